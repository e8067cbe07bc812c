"""From a layer object's call to what it is applied to: inputs in order, and the call's options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flake8_paramcount.keras.attention import CALL_PARAMETERS as ATTENTION_PARAMETERS
from flake8_paramcount.keras.attention import SCORES, scores
from flake8_paramcount.keras.layer import BoundLayer, Buildable, Built, Fault, Shapes
from flake8_paramcount.keras.shapes import flag
from flake8_paramcount.unknown import Undetermined, Unknown

_RECURRENT = ("sequences", "initial_state", "mask", "training")

CALL_PARAMETERS: dict[str, tuple[str, ...]] = {
    **ATTENTION_PARAMETERS,
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "RNN", "Bidirectional"), _RECURRENT),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _RECURRENT),
}
"""What a layer object is called with, in order, where it is more than its inputs."""

ONE_TENSOR = frozenset(
    """
    convolution pooling reshaping
    BatchNormalization CategoryEncoding CenterCrop Dense Discretization EinsumDense Embedding
    GroupNormalization LayerNormalization Masking MelSpectrogram Normalization PReLU
    RMSNormalization RandomCrop Resizing SpatialDropout1D SpatialDropout2D SpatialDropout3D
    """.split()
)
"""Families of layers, and layers, that refuse a list of several tensors in every generation."""

DEFAULT = ("inputs", "training", "mask")


def call_parameters(name: str) -> tuple[str, ...]:
    """The parameters of a layer class' `call`, in order; the inputs come first."""
    return CALL_PARAMETERS.get(name, DEFAULT)


def call_inputs(
    name: str, args: Iterable[Any], kwargs: Mapping[str, Any]
) -> tuple[Any, dict[str, Any]]:
    """What a layer object is applied to, and the options of that call.

    The inputs are one value, as given; for layers that are called with query, value and maybe key
    they are a tuple of these, in that order, whatever the order and spelling of the call.
    """
    names = call_parameters(name)
    values = {**dict(zip(names, args, strict=False)), **kwargs}
    if name.endswith(("Cell", "Cells")) and len(values) == 1:
        raise Fault("argument", "it is called without states: RNN runs a cell over a sequence")
    if names[0] == "query":
        return _attended(name, values)
    if names[0] in values:
        return values.pop(names[0]), values
    if not values:
        raise Fault("argument", f"{name} is called with nothing", layer=name)
    first = next(iter(values))
    return values.pop(first), values


def _attended(name: str, values: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    for needed in ("query", "value"):
        if values.get(needed) is None:
            raise Fault("argument", f"it is called without a {needed}", argument=needed)
    inputs = [values.pop(part, None) for part in ("query", "value", "key")]
    return tuple(value for value in inputs if value is not None), values


def apply(bound: Buildable, x: Shapes, options: Mapping[str, Any] | None = None) -> Built:
    """What a layer object makes of shapes, the options of its call considered.

    Raises `Fault` where Keras refuses the inputs, and `Undetermined` where nothing can be said.
    """
    if not isinstance(bound, BoundLayer):
        return bound.apply(x)
    result = bound.apply(_as_taken(bound, x))
    if SCORES not in call_parameters(bound.class_name) or not flag((options or {}).get(SCORES)):
        return result
    second = scores(bound.class_name, x, bound.arguments)
    outputs = result.output if isinstance(result.output, tuple) else (result.output,)
    return Built(result.weights, (*outputs, second))


def _as_taken(bound: BoundLayer, x: Shapes) -> Shapes:
    """One shape for a layer that takes one tensor."""
    if bound.spec.many_inputs or not isinstance(x, tuple):
        return x
    if len(x) != 1:
        module = bound.spec.declaration.__module__.rpartition(".")[2]
        if module in ONE_TENSOR or bound.class_name in ONE_TENSOR:
            raise Fault("input", f"it takes one tensor, not {len(x)}")
        what = f"{bound.class_name} is called with {len(x)} tensors"
        raise Undetermined(Unknown(what))
    return x[0]
