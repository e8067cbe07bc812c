"""KPC4xx: what Keras would raise when the model is built, before it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flake8_paramcount.dims import Dim, text
from flake8_paramcount.keras.layer import BoundLayer
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.kinds import (
    BATCH_WISE,
    CONVOLUTIONS,
    NEEDS_SEQUENCES,
    PASSIVE,
    POOLINGS,
    RECURRENT,
)
from flake8_paramcount.rules.older import may_be_of_keras_2
from flake8_paramcount.rules.registry import Context, fault_rule, layer_rule

LEAST_IMAGE_SIDE = 8
"""KPC409 takes an axis for one of an image if it is at least this long."""


def _fed(node: Node) -> str:
    return f"it is fed {wording.shape(node.record.inputs)}"


# -- ranks ------------------------------------------------------------------------------------

_AXES = {
    "1D": ("batch, steps, channels", 3),
    "2D": ("batch, height, width, channels", 4),
    "3D": ("batch, depth, height, width, channels", 5),
}


@fault_rule("KPC401", "rank")
def rank_mismatch(context: Context, node: Node) -> Iterator[str]:
    """A layer is fed a tensor of another rank than it takes.

    Keras raises when the layer meets its input: a convolution without a channel axis, a recurrent
    layer behind a Dense, an image without batch axis in its `input_shape`. What follows the layer
    is not known and not reported.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28)), layers.Conv2D(32, 3), layers.Flatten()])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(32, 3), layers.Flatten()])
    """
    if _last_step_only(node) is not None or may_be_of_keras_2(context)(node):
        return
    message, details = node.fault.message, node.fault.details
    expected, found = details.get("expected"), details.get("found")
    if type(expected) is int and type(found) is int:
        least = "at least " if "min_ndim" in message else ""
        message = f"takes {least}{expected} dimensions{_axes(node, expected)}, not {found}"
    yield f"{wording.layer(node.record)} {message}: {_fed(node)}{_rank_hint(node, found)}"


def _axes(node: Node, expected: int) -> str:
    """What the axes of a layer's input are called."""
    if node.kind in RECURRENT:
        return " (batch, steps, features)"
    if node.argument("data_format") == "channels_first":
        return ""
    names, rank = _AXES.get(node.kind.removesuffix("Transpose")[-2:], ("", 0))
    return f" ({names})" if rank == expected else ""


def _rank_hint(node: Node, found: object) -> str:
    """How the input most likely gets the rank that is wanted."""
    shape = node.input
    first = node.argument("data_format") == "channels_first"
    if shape is None or first or node.kind not in CONVOLUTIONS + POOLINGS:
        return ""
    wanted = int(node.kind.removesuffix("Transpose")[-2]) + 2
    if found == wanted - 1 and len(shape) == found and found > 2:
        return f"; with a channel axis it is {wording.dims((*shape, 1))}"
    return ""


@fault_rule("KPC402", "rank", "input")
def rnn_without_return_sequences(context: Context, node: Node) -> Iterator[str]:
    """A layer that needs a sequence stands behind a recurrent layer that gives only its last step.

    Without `return_sequences=True` a recurrent layer puts out one vector per sequence, of rank 2.
    The next recurrent layer, attention or TimeDistributed needs rank 3 and raises.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((10, 8)), layers.LSTM(32), layers.LSTM(16)])

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((10, 8)), layers.LSTM(32, return_sequences=True), layers.LSTM(16)]
        )
    """
    source = _last_step_only(node)
    if source is not None:
        yield (
            f"{wording.layer(node.record)} needs a sequence, but {wording.layer(source.record)} "
            f"on line {context.line(source.record.site)} gives only its last step: "
            f"{_fed(node)}; that layer needs return_sequences=True"
        )


def _last_step_only(node: Node) -> Node | None:
    """The recurrent layer whose missing `return_sequences` is the cause of a fault."""
    fault = node.record.fault
    if fault is None or fault.kind not in ("rank", "input") or node.kind not in NEEDS_SEQUENCES:
        return None
    for source in node.behind(PASSIVE | set(BATCH_WISE)):
        if _returns_last_step(source):
            return source
    return None


def stands_behind_last_step(node: Node) -> bool:
    """Whether KPC402 says what a layer's fault comes from."""
    return _last_step_only(node) is not None


def _returns_last_step(node: Node) -> bool:
    """Whether a layer is recurrent and puts out one vector per sequence."""
    if node.output is None or len(node.output) != 2:
        return False
    if node.kind == "Bidirectional":
        inner = node.argument("layer")
        return isinstance(inner, BoundLayer) and not inner.arguments.get("return_sequences")
    return node.kind in RECURRENT and not node.argument("return_sequences")


# -- sizes ------------------------------------------------------------------------------------


@fault_rule("KPC403", "exhausted")
def size_exhausted(context: Context, node: Node) -> Iterator[str]:
    """A convolution, pooling or cropping leaves nothing of its input.

    Every unpadded convolution and every pooling shrinks the image; behind enough of them the
    window is larger than what is left, and Keras raises. The message names the size that the
    layer needs, and where it can be traced back, the size that the model's input needs.

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((12, 12, 1)),
            layers.Conv2D(8, 5),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((14, 14, 1)),
            layers.Conv2D(8, 5),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 5),
        ])
    """
    if not any(_swapped(context, each) for each in (node, *node.upstream())):
        needed = _origin(node, node.fault.details)
        yield f"{wording.layer(node.record)}: {node.fault.message}{needed}"


def _origin(node: Node, details: Mapping[str, Any]) -> str:
    """The size that the model's input would need, where it can be traced back."""
    needed, axis = details.get("needed"), details.get("axis")
    if type(needed) is not int or type(axis) is not int:
        return ""
    length: int | None = needed
    while length is not None and len(node.parents) == 1:
        (node,) = node.parents
        length = _needed_by(node, axis, length)
    shape = node.input
    if length is None or length == needed or node.parents or not shape or axis >= len(shape):
        return ""
    return f", which takes {length:,} at the model's input in place of {text(shape[axis])}"


def _needed_by(node: Node, axis: int, length: int) -> int | None:
    """The least input size from which a layer makes `length` along an axis."""
    if node.kind in PASSIVE or node.kind in (*BATCH_WISE, "InputLayer"):
        return length
    shape = node.input
    if shape is None or node.kind not in CONVOLUTIONS + POOLINGS or "Transpose" in node.kind:
        return None
    index = axis - (2 if node.argument("data_format") == "channels_first" else 1)
    window = node.argument("kernel_size" if node.kind in CONVOLUTIONS else "pool_size")
    extent = _along(window, index)
    stride = extent if node.argument("strides") is None else _along(node.argument("strides"), index)
    gap = _along(node.argument("dilation_rate") or 1, index)
    if extent is None or stride is None or gap is None:
        return None
    same = node.argument("padding") in ("same", "causal")
    return (length - 1) * stride + (1 if same else (extent - 1) * gap + 1)


def _along(value: object, index: int) -> int | None:
    """The part of an int or tuple argument for one spatial axis."""
    if isinstance(value, tuple):
        value = value[index] if index < len(value) else None
    return value if type(value) is int else None


@fault_rule("KPC404", "reshape")
def reshape_size(context: Context, node: Node) -> Iterator[str]:
    """A Reshape asks for another number of elements than it is fed.

    Keras raises when the layer meets its input. At most one size may be -1; it takes what the
    others leave, and must come out whole.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((784,)), layers.Reshape((28, 29, 1))])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((784,)), layers.Reshape((28, 28, 1))])
    """
    yield f"{wording.layer(node.record)}: {node.fault.message}"


@fault_rule("KPC405", "merge")
def merge_shape(context: Context, node: Node) -> Iterator[str]:
    """The inputs of a merging layer do not fit together.

    Add, Multiply and their like need shapes that broadcast, Concatenate equal sizes on all axes
    but its own, Dot equal sizes on the axes that it contracts. Keras raises otherwise.

    Bad:

        from keras import Input, Model, layers

        a = Input((32,))
        b = Input((16,))
        model = Model([a, b], layers.Add()([a, b]))

    Good:

        from keras import Input, Model, layers

        a = Input((32,))
        b = Input((32,))
        model = Model([a, b], layers.Add()([a, b]))
    """
    yield f"{wording.layer(node.record)}: {node.fault.message}"


@fault_rule("KPC406", "undefined")
def undefined_dimension(context: Context, node: Node) -> Iterator[str]:
    """A weight needs a size that is None.

    A weight must have a size when the model is built. A Dense behind the Flatten of a sequence
    of variable length has none, so Keras raises; a pooling over the sequence has one.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((None, 8)), layers.Flatten(), layers.Dense(10)])

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((None, 8)), layers.GlobalAveragePooling1D(), layers.Dense(10)]
        )
    """
    yield f"{wording.layer(node.record)}: {node.fault.message}, {_fed(node)}{_flat(node)}"


def _flat(node: Node) -> str:
    """The Flatten that lost the size, with what to use in its place."""
    for source in node.behind(PASSIVE):
        if source.kind == "Flatten" and source.input is not None:
            rank = len(source.input) - 2
            mend = f", GlobalAveragePooling{rank}D has" if 1 <= rank <= 3 else ""
            return f"; Flatten of {wording.dims(source.input)} has no fixed length{mend}"
    return ""


@layer_rule("KPC408", "Flatten")
def useless_flatten(context: Context, node: Node) -> Iterator[str]:
    """A Flatten is fed what is flat already.

    It does nothing. Either it is left over from a change, or the layer before it was meant to
    keep an axis that it drops, such as a recurrent layer without `return_sequences=True`.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((10, 8)), layers.LSTM(32), layers.Flatten()])

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((10, 8)), layers.LSTM(32, return_sequences=True), layers.Flatten()]
        )
    """
    if all(map(_is_useless, context.at(node.record.site))):
        yield f"this Flatten does nothing: {_fed(node)}, which is flat already"


def _is_useless(node: Node) -> bool:
    """Whether a Flatten is fed what is flat already, and that alone."""
    shape = node.input if node.graph.variant.built else None
    return shape is not None and len(shape) == 2 and not node.record.shared


# -- channel order ----------------------------------------------------------------------------


@layer_rule("KPC409", "Conv2D", "SeparableConv2D", "DepthwiseConv2D")
def channel_order(context: Context, node: Node) -> Iterator[str]:
    """The input of the first convolution has its channels where an image side is expected.

    `(3, 224, 224)` under `channels_last`, Keras' default, is an image three pixels high with 224
    channels: the convolution slides over the channels. The rule fires on the first convolution
    only, when one end of the shape is 1 or 3 and both other sizes are those of a square image,
    and not in a file that asks for or sets Keras' default order.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((3, 224, 224)), layers.Conv2D(32, 3, padding="same")])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((224, 224, 3)), layers.Conv2D(32, 3, padding="same")])
    """
    mended = _swapped(context, node)
    if mended is not None and node.input is not None:
        wanted = node.argument("data_format") or "channels_last"
        yield (
            f"{wording.layer(node.record)} works on {wanted}, but is fed "
            f"{wording.dims(node.input)}: that would be {wording.dims(mended)}"
        )


def _sets_order(context: Context) -> bool:
    """Whether the file deals with the default channel order itself."""
    source = context.analysis.source
    return "image_data_format" in source or "image_dim_ordering" in source


def _swapped(context: Context, node: Node) -> tuple[Dim, ...] | None:
    """The input shape in the other channel order, where that is clearly what it is in."""
    shape = node.input
    if shape is None or len(shape) != 4 or node.kind not in CONVOLUTIONS:
        return None
    if node.graph.model.generation == 1 or _sets_order(context):
        return None  # which order is the default is up to the backend, or to the program
    if any(parent.record.inbound or parent.kind != "InputLayer" for parent in node.parents):
        return None
    batch, *sizes = shape
    first = node.argument("data_format") == "channels_first"
    channels, sides = (sizes[2], sizes[:2]) if first else (sizes[0], sizes[1:])
    height, width = sides
    if channels not in (1, 3) or height != width or type(height) is not int:
        return None
    if height < LEAST_IMAGE_SIDE:
        return None
    return (batch, channels, *sides) if first else (batch, *sides, channels)
