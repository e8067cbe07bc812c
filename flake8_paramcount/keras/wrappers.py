"""Layers around layers, and layers around what is not Keras."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, NoReturn

from flake8_paramcount.keras.layer import (
    LAYERS,
    Buildable,
    Built,
    Fault,
    Shape,
    Shapes,
    Weight,
    built,
    layer,
)
from flake8_paramcount.keras.shapes import choice, flag, number, refuse, times
from flake8_paramcount.unknown import Undetermined, Unknown

# Signatures are those of the Keras classes, so they are laid out to be compared, not one per line.
# fmt: off

wrapper = layer  # the decorator, where a parameter is called `layer`


@wrapper()
def Bidirectional(
    x: Shape, layer: Any, merge_mode: Any = "concat", weights: Any = None,
    backward_layer: Any = None,
) -> Built:
    """A recurrent layer run both ways, keras.layers.Bidirectional."""
    forward = wrapped(layer, "layer")
    backward = forward if backward_layer is None else wrapped(backward_layer, "backward_layer")
    mode = choice(merge_mode, "merge_mode", ("sum", "mul", "ave", "concat", None))
    _check_directions(forward, None if backward_layer is None else backward)
    ahead, back = forward.apply(x), backward.apply(x)
    both = (*_prefixed("forward", ahead.weights), *_prefixed("backward", back.weights))
    return built(_merged(ahead.output, mode), both)


@wrapper()
def TimeDistributed(x: Shape, layer: Any) -> Built:
    """A layer applied to every time step, keras.layers.TimeDistributed."""
    inner = wrapped(layer, "layer")
    if not x.known:
        return built(x, inner.apply(x).weights)
    batch, steps, *rest = x.of_min_rank(3)
    step = inner.apply(Shape((batch, *rest)))
    if not isinstance(step.output, Shape):
        raise Fault("input", "TimeDistributed takes a layer with one output")
    if not step.output.known:
        return built(step.output, step.weights)
    first, *others = step.output.dims
    return built(Shape((first, steps, *others)), step.weights)


@wrapper()
def SpectralNormalization(x: Shape, layer: Any, power_iterations: Any = 1) -> Built:
    """Divides a kernel by its largest singular value, keras.layers.SpectralNormalization."""
    inner = wrapped(layer, "layer")
    number(power_iterations, "power_iterations")
    if isinstance(power_iterations, (int, float)) and power_iterations <= 0:
        refuse("power_iterations", power_iterations)
    _check_kernel(inner)
    within = inner.apply(x)
    kernel, *others = within.weights
    vector = Weight("vector_u", (1, kernel.shape[-1]), trainable=False)
    return built(within.output, (kernel, vector, *others))


@wrapper()
def Wrapper(x: Shapes, layer: Any) -> Built:
    """The base class of wrappers, keras.layers.Wrapper: it has its layer's weights."""
    inner = wrapped(layer, "layer")
    return built(Shape(Unknown("Wrapper is an abstract class")), inner.apply(x).weights)


@wrapper()
def TFSMLayer(
    x: Shapes, filepath: Any, call_endpoint: Any = "serve", call_training_endpoint: Any = None,
    trainable: Any = True, name: Any = None, dtype: Any = None,
) -> Built:
    """A saved TensorFlow model, keras.layers.TFSMLayer."""
    return _foreign("a model saved in a file")


@wrapper()
def TorchModuleWrapper(
    x: Shapes, module: Any, name: Any = None, output_shape: Any = None
) -> Built:
    """A PyTorch module, keras.layers.TorchModuleWrapper."""
    return _foreign("a PyTorch module")


@wrapper()
def FlaxLayer(x: Shapes, module: Any, method: Any = None, variables: Any = None) -> Built:
    """A Flax module, keras.layers.FlaxLayer."""
    return _foreign("a Flax module")


@wrapper()
def JaxLayer(
    x: Shapes, call_fn: Any, init_fn: Any = None, params: Any = None, state: Any = None,
    seed: Any = None, native_serialization_platforms: Any = None,
) -> Built:
    """A JAX function, keras.layers.JaxLayer."""
    return _foreign("a JAX function")

# fmt: on


def _foreign(what: str) -> NoReturn:
    raise Undetermined(Unknown(f"the weights of {what} are not stated in the source"))


def wrapped(value: Any, name: str) -> Buildable:
    """The layer that a wrapper is given."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if not hasattr(value, "apply"):
        refuse(name, value, f"`{name}` must be a layer, not {value!r}")
    return value  # type: ignore[no-any-return]


# --- Bidirectional -------------------------------------------------------------------------------

RECURRENT = frozenset({"SimpleRNN", "LSTM", "GRU", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"})
COMMON_FLAGS = ("stateful", "return_sequences", "return_state")


def _check_directions(forward: Buildable, backward: Buildable | None) -> None:
    """Refuse layers that cannot run both ways, or that do not go together."""
    for inner in (forward, backward or forward):
        if inner.class_name in LAYERS and inner.class_name not in RECURRENT:
            refuse("layer", inner.class_name, f"{inner.class_name} is not a recurrent layer")
    back = True if backward is None else backward.arguments.get("go_backwards", False)
    if forward.arguments.get("go_backwards", False) == back:
        refuse("go_backwards", back, "forward and backward layer run the same way")
    for name in COMMON_FLAGS if backward is not None else ():
        ahead = _said(forward.arguments, name)
        other = _said((backward or forward).arguments, name)
        if None not in (ahead, other) and ahead != other:
            refuse(name, other, f"forward and backward layer differ in `{name}`")


def _said(arguments: Mapping[str, Any], name: str) -> bool | None:
    """Whether a flag is set; None where that is not known."""
    try:
        return flag(arguments.get(name, False))
    except Undetermined:
        return None


def _prefixed(prefix: str, weights: Iterable[Weight]) -> tuple[Weight, ...]:
    return tuple(replace(weight, name=f"{prefix}_{weight.name}") for weight in weights)


def _merged(output: Shapes, mode: str | None) -> Shapes:
    """What both directions give together; states follow, those of the forward layer first."""
    first, *states = output if isinstance(output, tuple) else (output,)
    both = (*states, *states)
    if mode is None:
        return (first, first, *both)
    merged = _joined(first) if mode == "concat" else first
    return (merged, *both) if isinstance(output, tuple) else merged


def _joined(shape: Shape) -> Shape:
    if not shape.known:
        return shape
    # Keras doubles the last axis whatever the widths of the two layers and their data format.
    *rest, last = shape.dims
    return Shape((*rest, times(last, 2)))


# --- SpectralNormalization -----------------------------------------------------------------------

KERNEL_OWNERS = frozenset(
    {
        "Dense",
        "EinsumDense",
        "Embedding",
        "ReversibleEmbedding",
        "Conv1D",
        "Conv2D",
        "Conv3D",
        "Conv1DTranspose",
        "Conv2DTranspose",
        "Conv3DTranspose",
        "DepthwiseConv1D",
        "DepthwiseConv2D",
        "SimpleRNNCell",
        "LSTMCell",
        "GRUCell",
        "SpectralNormalization",
    }
)


def _check_kernel(inner: Buildable) -> None:
    if inner.class_name in KERNEL_OWNERS:
        return
    if inner.class_name in LAYERS:
        refuse("layer", inner.class_name, f"{inner.class_name} has no kernel of its own")
    raise Undetermined(Unknown(f"the kernel of {inner.class_name} is not known"))
