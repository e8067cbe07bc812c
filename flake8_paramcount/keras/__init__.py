"""The layer catalogue: what Keras is. Importing it registers every layer."""

from __future__ import annotations

from flake8_paramcount.keras import (
    activation,
    attention,
    augmentation,
    conv_recurrent,
    convolution,
    core,
    legacy,
    merging,
    normalization,
    older,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
    sound,
    vocabulary,
    wrappers,
)
from flake8_paramcount.keras.binding import base_keywords, bind, check_base
from flake8_paramcount.keras.calling import apply, call_inputs, call_parameters
from flake8_paramcount.keras.generations import (
    CLASSES,
    SUCCESSORS,
    reads_as_strides,
)
from flake8_paramcount.keras.layer import LAYERS, LayerSpec

FAMILIES = (
    activation,
    attention,
    augmentation,
    conv_recurrent,
    convolution,
    core,
    legacy,
    merging,
    normalization,
    older,
    pooling,
    preprocessing,
    recurrent,
    regularization,
    reshaping,
    sound,
    vocabulary,
    wrappers,
)
"""The modules that declare layers."""

FUNCTIONS = {
    "add": "Add",
    "average": "Average",
    "concatenate": "Concatenate",
    "dot": "Dot",
    "maximum": "Maximum",
    "merge": "Merge",
    "minimum": "Minimum",
    "multiply": "Multiply",
    "subtract": "Subtract",
}
"""Functions that make a layer of their keywords and call it on their first argument."""


def lookup(name: str, generation: int = 3) -> LayerSpec | None:
    """The layer of this name in a generation of Keras; None if it has none."""
    spec = older.OLDER.get((name, generation)) or LAYERS.get(name)
    if spec is None and generation < 3:
        spec = LAYERS.get(CLASSES.get(name, ""))
    if spec is None or generation not in spec.generations:
        return None
    return older.OLDER.get((spec.name, generation), spec)


__all__ = [
    "FAMILIES",
    "FUNCTIONS",
    "LAYERS",
    "SUCCESSORS",
    "LayerSpec",
    "apply",
    "base_keywords",
    "bind",
    "call_inputs",
    "call_parameters",
    "check_base",
    "lookup",
    "reads_as_strides",
]
