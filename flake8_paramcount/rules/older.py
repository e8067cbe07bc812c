"""Faults that may be none: what Keras 2 takes, and what the program makes known to Keras."""

from __future__ import annotations

from collections.abc import Callable

from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.registry import Context

NAMING = ("activation", "_initializer", "_regularizer", "_constraint")
REGISTERING = ("custom_object", "CustomObject", "register_keras_serializable")

PREPROCESSING = frozenset(
    {
        "CategoryEncoding",
        "Discretization",
        "Hashing",
        "IntegerLookup",
        "Normalization",
        "StringLookup",
        "TextVectorization",
    }
)
"""Layers whose arguments have changed with nearly every release of Keras 2."""

KERAS_2 = frozenset(
    {
        ("AveragePooling", "pool_size"),
        ("DepthwiseConv", "kernel_constraint"),
        ("DepthwiseConv", "kernel_initializer"),
        ("DepthwiseConv", "kernel_regularizer"),
    }
)
"""What Keras 2 lets one give, or leave out."""


def may_be_of_keras_2(context: Context) -> Callable[[Node], bool]:
    """Whether Keras 2 may take what Keras 3 refuses, and nothing says which one is used."""
    certain = context.settings.keras is not None

    def may_be(node: Node) -> bool:
        fault = node.record.fault
        if certain or fault is None or fault.kind != "argument":
            return False
        name = str(fault.details.get("argument"))
        if node.kind in PREPROCESSING or name.endswith("_layout") or "CuDNN" in fault.message:
            return True
        return (node.kind[:-2], name) in KERAS_2

    return may_be


def may_be_registered(context: Context) -> Callable[[Node], bool]:
    """Whether a name that Keras does not know may be one that the program gives a meaning."""
    registers = any(word in context.analysis.source for word in REGISTERING)

    def may_be(node: Node) -> bool:
        details = node.record.fault.details if node.record.fault else {}
        named = str(details.get("argument")).endswith(NAMING) and type(details.get("value")) is str
        return registers and named

    return may_be
