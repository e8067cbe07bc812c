"""KPC3xx: what layers are told, and whether Keras does what that seems to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from flake8_paramcount.dims import Dim, equal, total
from flake8_paramcount.keras.generations import OLD_KEYWORDS
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.fixes import Fix, renaming
from flake8_paramcount.rules.graph import Node, dims_of
from flake8_paramcount.rules.kinds import CONVOLUTIONS, DROPOUTS, PASSIVE, POOLINGS, RECURRENT
from flake8_paramcount.rules.older import may_be_of_keras_2, may_be_registered
from flake8_paramcount.rules.registry import Context, Mended, fault_rule, layer_rule
from flake8_paramcount.rules.shapes import stands_behind_last_step

RATES = ("rate", "dropout", "recurrent_dropout")
STATE = "stateful"
DROPPING = (*DROPOUTS, *RECURRENT, "MultiHeadAttention", "GroupQueryAttention")


@layer_rule("KPC301")
def dropout_rate(context: Context, node: Node) -> Iterator[str]:
    """A dropout rate is below 0, or 1 and above.

    The rate is the fraction of values that is dropped: 0.5, not 50. Of a rate above 1 Keras 3
    refuses `Dropout`, but quietly drops everything inside a recurrent layer.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(32), layers.Dropout(50)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(32), layers.Dropout(0.5)])
    """
    for name, rate in _bad_rates(node):
        hint = f"; {rate} % is {name}={rate / 100:g}" if 1 < rate < 100 else ""
        yield (
            f"{node.kind}({name}={rate}): a rate is the fraction to drop, "
            f"at least 0 and below 1{hint}"
        )


def _bad_rates(node: Node) -> list[tuple[str, float]]:
    """The rates of a layer that are out of range, or of the layer inside it that Keras blames."""
    given = node.record.arguments if node.kind in DROPPING else {}
    rates = [(name, given[name]) for name in RATES if name in given]
    fault = node.record.fault
    if not rates and fault is not None and fault.details.get("argument") in RATES:
        rates = [(fault.details["argument"], fault.details.get("value"))]
    return [(name, rate) for name, rate in rates if _is_number(rate) and not 0 <= rate < 1]


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


@layer_rule("KPC306", "Conv2D", "SeparableConv2D")
def legacy_positional(context: Context, node: Node) -> Iterator[Mended]:
    """The third positional argument was a kernel width once, and is the strides now.

    In Keras 1 `Conv2D(32, 3, 3)` had a kernel of 3×3. Since Keras 2 the same call has a kernel of
    3×3 and strides of 3: the image shrinks to a ninth, and nothing is said.

    Even sizes such as `Conv2D(64, 2, 2)` or `Conv2D(768, 16, 16)`, which cut an image into
    patches on purpose, are not reported.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(32, 3, 3)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(32, (3, 3))])
    """
    if not _is_legacy(node):
        return
    filters, size = node.argument("filters"), node.argument("kernel_size")
    site = node.record.site
    certain = all(map(_is_legacy, context.at(site)))
    yield Mended(
        f"{node.kind}({filters}, {size}, {size}) has strides of {size} since Keras 2; "
        f"a kernel of {size}×{size} is {node.kind}({filters}, ({size}, {size}))",
        Fix(site, "join", "kernel_size", (1, 2)) if certain else None,
    )


def _is_legacy(node: Node) -> bool:
    """Whether a kernel is given as Keras 1 took it, with a size that is no patch's."""
    size, strides = node.argument("kernel_size"), node.argument("strides")
    if node.record.positional < 3 or node.graph.model.generation == 1:
        return False
    return type(size) is int and size == strides and size % 2 == 1 and size > 1


@fault_rule("KPC307", "argument")
def removed_argument(context: Context, node: Node) -> Iterator[Mended]:
    """An argument or a layer is gone from the Keras generation in use.

    Programs written for Keras 1 or 2 stop with an error under Keras 3. Where there is a
    successor, the message names it.

    The generation is what `paramcount-keras` says. Where it is left to the file's imports and
    spellings, only arguments of Keras 1 are reported: Keras 2 and 3 are imported alike.

    Options:

        paramcount-keras = 3

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(32, 3, border_mode="same")])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28, 1)), layers.Conv2D(32, 3, padding="same")])
    """
    details = _removed(node)
    if details is None or not _is_certain(context, details):
        return
    what, successor = details.get("argument"), details.get("successor")
    subject = f"{node.kind} has no argument `{what}`" if what else f"there is no {node.kind}"
    mend = f"; it is `{successor}` now" if successor else ""
    yield Mended(
        f"{subject} in Keras {node.graph.model.generation}{mend}",
        renaming(node.record.site, node.kind, details) if what and successor else None,
    )


def _is_certain(context: Context, details: Mapping[str, Any]) -> bool:
    """Whether the generation in use is known: set, or newer than Keras 1 for what only that had."""
    return context.settings.keras is not None or details.get("argument") in OLD_KEYWORDS


def _removed(node: Node) -> Mapping[str, Any] | None:
    """The details of a fault that comes from another generation's spelling."""
    fault = node.record.fault
    if fault is None or fault.kind != "argument" or not fault.details.get("removed"):
        return None
    return fault.details


@fault_rule("KPC308", "argument", "input")
def invalid_argument(context: Context, node: Node) -> Iterator[str]:
    """Keras refuses the layer: an argument is missing, unknown, or has a value it cannot have.

    Units that are not positive, a padding that does not exist, groups that do not divide the
    filters or the channels, an axis that the input does not have. Keras raises when the layer is
    made or meets its input; a program that gets there only after loading its data fails late.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28, 6)), layers.Conv2D(32, 3, groups=5)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((28, 28, 6)), layers.Conv2D(32, 3, groups=2)])
    """
    explained = (
        _bad_rates,
        _removed,
        may_be_registered(context),
        _lacks_batch_size,
        may_be_of_keras_2(context),
        stands_behind_last_step,
    )
    if not any(explains(node) for explains in explained):
        yield f"{wording.layer(node.record)}: {node.fault.message}"


@layer_rule("KPC309")
def duplicate_layer_name(context: Context, node: Node) -> Iterator[str]:
    """Two layers of one model are given the same name.

    Keras refuses the model, because weights and outputs are found by these names.

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((8,)),
            layers.Dense(16, activation="relu", name="hidden"),
            layers.Dense(16, activation="relu", name="hidden"),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((8,)),
            layers.Dense(16, activation="relu", name="hidden_1"),
            layers.Dense(16, activation="relu", name="hidden_2"),
        ])
    """
    name = node.record.label
    if name is None:
        return
    first = node.graph.named[name]
    if first.index < node.index and first.record.key != node.record.key:
        yield (
            f"another layer of this model is named {name!r}: {first.kind} on line "
            f"{context.line(first.record.site)}; names must differ"
        )


@fault_rule("KPC310", "input")
def stateful_without_batch(context: Context, node: Node) -> Iterator[str]:
    """A stateful recurrent layer does not know the batch size.

    `stateful=True` keeps one state per row of the batch, so Keras needs its size when the model
    is built and raises without it.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((10, 8)), layers.LSTM(32, stateful=True)])

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((10, 8), batch_size=4), layers.LSTM(32, stateful=True)]
        )
    """
    if _lacks_batch_size(node):
        yield (
            f"{wording.layer(node.record)} with stateful=True needs a fixed batch size, but is "
            f"fed {wording.shape(node.record.inputs)}; give the input a batch_size"
        )


def _lacks_batch_size(node: Node) -> bool:
    fault = node.record.fault
    return fault is not None and fault.kind == "input" and fault.details.get("argument") == STATE


@layer_rule("KPC311")
def late_input_shape(context: Context, node: Node) -> Iterator[str]:
    """A later layer states an input shape that is not what it is fed.

    Keras reads `input_shape` on the first layer only and ignores it on all others, so the model
    works on other sizes than the reader is told.

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Dense(64, input_shape=(784,), activation="relu"),
            layers.Dense(32, input_shape=(784,)),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Dense(64, input_shape=(784,), activation="relu"),
            layers.Dense(32),
        ])
    """
    stated, shape = dims_of(node.record.stated), node.input
    if stated is None or shape is None or node.record.fault:
        return
    if "input_shape" in node.graph.model.directives:
        return  # it may be for another model than the one that the source states
    if len(stated) == len(shape) and False not in map(_may_be, stated[1:], shape[1:]):
        return
    if stated[1:] == shape:
        return  # the shape of what comes before, batch and all
    yield (
        f"{wording.layer(node.record)} states input_shape={wording.dims(stated[1:])}, which Keras "
        f"ignores on a later layer; it is fed {wording.dims(shape)}"
    )


def _may_be(stated: Dim, fed: Dim) -> bool:
    """Whether a stated size is not provably another than the one fed."""
    return stated is None or fed is None or equal(stated, fed) is not False


@layer_rule("KPC312", "BatchNormalization")
def normalization_axis(context: Context, node: Node) -> Iterator[str]:
    """A BatchNormalization normalizes another axis than that of the channels.

    Behind a convolution with `data_format="channels_first"` the channels are on axis 1, but
    `axis` is -1 unless it is given. The statistics are then those of image columns.

    It is silent behind `channels_last`: that is only Keras' default where no configuration file
    says otherwise, and `axis=1` may be meant for one that does.

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((3, 32, 32)),
            layers.Conv2D(64, 3, data_format="channels_first"),
            layers.Activation("relu"),
            layers.BatchNormalization(),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((3, 32, 32)),
            layers.Conv2D(64, 3, data_format="channels_first"),
            layers.Activation("relu"),
            layers.BatchNormalization(axis=1),
        ])
    """
    axis, shape = node.argument("axis"), node.input
    if type(axis) is not int or shape is None or node.record.fault:
        return
    for source in node.behind(PASSIVE | set(POOLINGS)):
        if source.kind not in CONVOLUTIONS or axis % len(shape) == 1:
            continue
        if source.argument("data_format") == "channels_first":
            yield (
                f"BatchNormalization(axis={axis}) behind channels_first {source.kind} of line "
                f"{context.line(source.record.site)} normalizes axis {axis % len(shape)} of "
                f"{wording.dims(shape)}; the channels are on axis=1"
            )


@layer_rule("KPC319")
def shared_layer_by_multiplication(context: Context, node: Node) -> Iterator[str]:
    """A list was multiplied to get several layers, but holds one layer several times.

    `[Dense(8)] * 3` makes one Dense and names it three times: the three share their weights. A
    comprehension makes three. A layer that is added several times by its name is silent.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((8,))] + [layers.Dense(8, activation="relu")] * 3)

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((8,))] + [layers.Dense(8, activation="relu") for _ in range(3)]
        )
    """
    if node.graph.model.kind != "sequential" or not node.record.multiplied:
        return
    if not node.record.shared or not node.record.weights:
        return
    times = _repeated(node)
    count = total(weight.count for weight in node.record.weights)
    if times > 1 and isinstance(count, int):
        yield (
            f"one {wording.layer(node.record)} stands here {times} times and is counted once: "
            f"{count:,} parameters, not {times * count:,}; a comprehension makes {times} layers"
        )


def _repeated(node: Node) -> int:
    """How often the same layer follows itself, counted at the first of them."""
    nodes, key = node.graph.nodes, node.record.key
    if node.index and nodes[node.index - 1].record.key == key:
        return 0
    return sum(1 for _ in takewhile(lambda other: other.record.key == key, nodes[node.index :]))
