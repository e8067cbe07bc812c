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
        ("GaussianNoise", "stddev"),
    }
)
"""What Keras 2 lets one give, or leave out."""


def may_be_of_keras_2(context: Context) -> Callable[[Node], bool]:
    """Whether Keras 2 may take what Keras 3 refuses, and nothing says which one is used."""
    certain = context.settings.keras is not None

    def may_be(node: Node) -> bool:
        fault = node.record.fault
        if certain or fault is None:
            return False
        if fault.kind == "rank":
            return _has_more_batch_axes(node)
        if fault.kind != "argument":
            return False
        name = str(fault.details.get("argument"))
        if node.kind in PREPROCESSING or name.endswith("_layout") or "CuDNN" in fault.message:
            return True
        return (node.kind.rstrip("123D"), name) in KERAS_2

    return may_be


def _has_more_batch_axes(node: Node) -> bool:
    """Whether a convolution is fed more axes than it needs: Keras 2 takes them for batch axes."""
    expected, found = (node.fault.details.get(key) for key in ("expected", "found"))
    plain = node.kind in ("Conv1D", "Conv2D", "Conv3D")
    return plain and type(expected) is int and type(found) is int and found > expected


def may_be_registered(context: Context) -> Callable[[Node], bool]:
    """Whether a name that Keras does not know may be one that the program gives a meaning."""
    registers = any(word in context.analysis.source for word in REGISTERING)

    def may_be(node: Node) -> bool:
        details = node.record.fault.details if node.record.fault else {}
        named = str(details.get("argument")).endswith(NAMING) and type(details.get("value")) is str
        return registers and named

    return may_be
