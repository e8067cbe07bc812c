"""Keras by qualified name: which constructor a dotted path means."""

from __future__ import annotations

from functools import cache, partial

from flake8_paramcount.interpreter.natives import NativeFunction
from flake8_paramcount.keras import LAYERS

_SEQUENTIAL = frozenset(
    {"keras.Sequential", "keras.models.Sequential", "keras.engine.sequential.Sequential"}
)
_MODEL = frozenset(
    {
        "keras.Model",
        "keras.models.Model",
        "keras.Functional",
        "keras.models.Functional",
        "keras.engine.Model",
        "keras.engine.training.Model",
        "keras.engine.topology.Model",
    }
)
_INPUTS = frozenset({"Input"})

MODULES = frozenset(
    """
    activations applications backend callbacks constraints datasets initializers layers losses
    metrics models ops optimizers preprocessing random regularizers utils
    """.split()
)
"""What `from keras import *` binds beside classes and functions."""


@cache
def constructor(path: str) -> NativeFunction | None:
    """The constructor of a Keras class or functional form; None if the path is no such thing."""
    if not path.startswith("keras."):
        return None
    from flake8_paramcount.interpreter import assembling, construct

    if path in _SEQUENTIAL:
        return assembling.sequential
    if path in _MODEL:
        return assembling.functional
    base, _, name = path.rpartition(".")
    if name == "from_config" and is_keras_class(base) is not None:
        from flake8_paramcount.interpreter.configs import from_config

        return partial(from_config, base)
    if name in _INPUTS:
        return assembling.input_tensor
    if not is_layer_path(path):
        return None
    if name in LAYERS:
        return partial(construct.layer, name)
    return assembling.MERGES.get(name)


def is_layer_path(path: str) -> bool:
    """Whether a dotted path leads into `keras.layers`, in any of its historical places."""
    parts = path.split(".")
    return "layers" in parts[1:-1] or parts[1] == "legacy"


def class_name(path: str) -> str | None:
    """The name of the Keras class that a dotted path means."""
    if path in _SEQUENTIAL:
        return "Sequential"
    name = path.rpartition(".")[2]
    if is_keras_class(path) is None:
        return None
    return LAYERS[name].name if name in LAYERS else name


def is_keras_class(path: str) -> str | None:
    """`model` or `layer` for the path of a class that a program's class can derive from."""
    if path in _MODEL or path in _SEQUENTIAL:
        return "model"
    name = path.rpartition(".")[2]
    if path.startswith("keras.") and (name == "Layer" or (is_layer_path(path) and name in LAYERS)):
        return "layer"
    return None
