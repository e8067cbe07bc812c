"""KPC1xx: budgets, and parameters that a model could do without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import TypeAlias

from flake8_paramcount.dims import Dim, bounds
from flake8_paramcount.records import LayerRecord, WeightRecord
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.fixes import Fix
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.kinds import CHANNELWISE_CONSTANT, WITH_BIAS
from flake8_paramcount.rules.registry import Context, Finding, Mended, layer_rule, rule
from flake8_paramcount.settings import DTYPE_BYTES
from flake8_paramcount.summary import Row, Summary

LARGEST_SHOWN = 3

Over: TypeAlias = "tuple[Summary, int, int]"


def _over(
    context: Context, directive: str, measure: Callable[[Summary], int | None]
) -> Iterator[Over]:
    """Models whose proven minimum is above their limit: summary, minimum, limit."""
    for summary in context.summaries:
        default = getattr(context.settings, directive)
        limit = context.allowed(summary.model, directive, default)
        minimum = measure(summary)
        if limit is not None and minimum is not None and minimum > limit:
            yield summary, minimum, limit


def _at_least(count: int, whole: Dim) -> str:
    return "" if count == whole else "at least "


@rule("KPC101")
def model_over_budget(context: Context) -> Iterator[Finding]:
    """The model has more parameters than its budget allows.

    The budget is the `paramcount-budget` option, or what a directive at the model states:
    `# paramcount: budget=2M`; the directive wins. A count that is not exact is compared by its
    proven lower bound, so a model may be found over budget though not all of it is known. The
    message names the largest layers: that is where to save.

    Options:

        paramcount-budget = 50k

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Embedding(1000, 64),
            layers.SimpleRNN(32),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Embedding(500, 64),
            layers.SimpleRNN(32),
        ])
    """
    for summary, count, budget in _over(context, "budget", attrgetter("minimum")):
        yield Finding(
            "KPC101",
            summary.model.site,
            f"{wording.model(summary.model)} has {_at_least(count, summary.total)}"
            f"{wording.parameters(count)}, {count - budget:,} more than its budget of "
            f"{budget:,}{_largest(context, summary)}",
        )


def _largest(context: Context, summary: Summary) -> str:
    """The layers that hold most of the model, largest first."""
    counted = [(row.total, row) for row in summary.rows if isinstance(row.total, int) and row.total]
    counted.sort(key=lambda pair: -pair[0])
    shown = [_priced(context, count, row) for count, row in counted[:LARGEST_SHOWN]]
    return f"; largest: {', '.join(shown)}" if shown else ""


def _priced(context: Context, count: int, row: Row) -> str:
    site = row.layer.site
    share = "" if row.share is None else f"{wording.percent(row.share)}"
    line = f"line {context.line(site)}" if site else ""
    details = ", ".join(filter(None, (line, share)))
    return f"{wording.layer(row.layer)} {count:,}{details and f' ({details})'}"


@layer_rule("KPC102")
def layer_over_budget(context: Context, node: Node) -> Iterator[str]:
    """One layer has more parameters than the layer budget allows.

    The budget is the `paramcount-layer-budget` option or a directive at the model
    (`# paramcount: layer_budget=50k`). It finds the one wide layer that a budget for the whole
    model would hide.

    Options:

        paramcount-layer-budget = 50k

    Bad:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(10)]
        )

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((784,)), layers.Dense(32, activation="relu"), layers.Dense(10)]
        )
    """
    default = context.settings.layer_budget
    budget = context.allowed(node.graph.model, "layer_budget", default)
    if budget is None or node.record.nested is not None:
        return
    count = floor_of(node.record)
    if count > budget:
        bound = "at least " if is_uncertain(node.record) else ""
        yield (
            f"{wording.layer(node.record)} has {bound}{wording.parameters(count)}, "
            f"{count - budget:,} more than the layer budget of {budget:,}"
        )


def floor_of(record: LayerRecord) -> int:
    """Parameters that a layer is proven to have at least."""
    counts = {weight.key: weight.count for weight in record.weights}
    return sum(max(bounds(count)[0] or 0, 0) for count in counts.values())


def is_uncertain(record: LayerRecord) -> bool:
    """Whether what a layer holds is not known exactly."""
    return not record.known or any(not isinstance(each.count, int) for each in record.weights)


@rule("KPC103")
def trainable_over_budget(context: Context) -> Iterator[Finding]:
    """The model has more trainable parameters than their budget allows.

    What is trained costs gradients and optimizer state beside its own size. The budget is the
    `paramcount-trainable-budget` option or a directive at the model
    (`# paramcount: trainable_budget=50k`). Frozen layers do not count.

    Options:

        paramcount-trainable-budget = 50k

    Bad:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(10)]
        )

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((784,)), layers.Dense(128, trainable=False), layers.Dense(10)]
        )
    """
    for summary, count, budget in _over(
        context, "trainable_budget", attrgetter("trainable_minimum")
    ):
        yield Finding(
            "KPC103",
            summary.model.site,
            f"{wording.model(summary.model)} has {_at_least(count, summary.trainable)}"
            f"{count:,} trainable parameters, {count - budget:,} more than their budget of "
            f"{budget:,}",
        )


@rule("KPC104")
def size_over_budget(context: Context) -> Iterator[Finding]:
    """The weights of the model take more bytes than the size budget allows.

    Bytes are parameters times the size of one at `paramcount-dtype` (float32 unless it is set).
    The budget is the `paramcount-size-budget` option (`16MiB`) or a directive at the model
    (`# paramcount: size_budget=16MiB`). What is to fit into the memory of a training holds more:
    `paramcount-optimizer-slots` says how many values the optimizer keeps for each parameter that
    is trained (2 for Adam, 1 for SGD with momentum).

    Options:

        paramcount-size-budget = 256KiB
        paramcount-dtype = float32

    Bad:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(10)]
        )

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((784,)), layers.Dense(64, activation="relu"), layers.Dense(10)]
        )
    """
    slots = context.settings.optimizer_slots
    for summary, count, budget in _over(context, "size_budget", partial(_bytes, slots=slots)):
        whole = "" if summary.status == "exact" else "at least "
        kept = f" and {slots} optimizer slot{'' if slots == 1 else 's'}" if slots else ""
        taken = f"{whole}{wording.size(count)}"
        yield Finding(
            "KPC104",
            summary.model.site,
            f"the weights{kept} of {wording.model(summary.model)} take {taken} "
            f"({wording.parameters(summary.minimum)} of {summary.dtype}), "
            f"{wording.size(count - budget)} more than the size budget of {wording.size(budget)}",
        )


def _bytes(summary: Summary, slots: int) -> int | None:
    """Bytes that a model and what an optimizer keeps for it provably take at least."""
    if summary.minimum is None:
        return None
    kept = summary.minimum + slots * (summary.trainable_minimum or 0)
    return kept * DTYPE_BYTES[summary.dtype]


@layer_rule("KPC108", *WITH_BIAS)
def redundant_bias(context: Context, node: Node) -> Iterator[Mended]:
    """A bias is cancelled by the BatchNormalization that follows.

    BatchNormalization subtracts the mean of each channel, the bias with it, and adds an offset of
    its own. The bias gets no gradient: its parameters are stored, loaded and counted for nothing.
    Layers between the two do not matter as long as they only move a channel's values or pool them.

    It is silent where the bias counts: behind an activation, where the output also goes
    elsewhere, before LayerNormalization, which takes its mean over the channels, and in a call
    that makes other layers too, of which not all are normalized.

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((32, 32, 3)),
            layers.Conv2D(64, 3),
            layers.BatchNormalization(),
            layers.Activation("relu"),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((32, 32, 3)),
            layers.Conv2D(64, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.Activation("relu"),
        ])
    """
    normalization = _cancelling(context, node)
    if normalization is None:
        return
    site = node.record.site
    if not all(_cancelling(context, other) for other in context.at(site)):
        return  # the same call makes layers whose bias counts
    yield Mended(
        f"the bias of {wording.layer(node.record)} is cancelled by the BatchNormalization "
        f"on line {context.line(normalization.record.site)}: "
        f"{wording.parameters(_biases(node)[0].count)} wasted; use_bias=False saves them",
        Fix(site, "set", "use_bias", False),
    )


def _biases(node: Node) -> list[WeightRecord]:
    return [weight for weight in node.record.weights if weight.name == "bias"]


def _cancelling(context: Context, node: Node) -> Node | None:
    """The BatchNormalization that makes the bias of a layer useless."""
    normalization = _only_normalization(node)
    if normalization is None or node.record.shared or node.record.key in context.put_out:
        return None
    if node.argument("activation") not in (None, "linear"):
        return None
    wasted = _biases(node)
    if not wasted or not wasted[0].trainable or not isinstance(wasted[0].count, int):
        return None
    return normalization


_KEEPING = CHANNELWISE_CONSTANT | {"BatchNormalization"}


def _only_normalization(node: Node) -> Node | None:
    """The BatchNormalization that alone sees the output, over the axis of the bias."""
    if len(node.children) != 1 or node.children[0].kind not in _KEEPING:
        return None
    axis = _channel_axis(node)
    first = node.argument("data_format") == "channels_first"
    while node.output is not None and len(node.children) == 1 and not node.may_be_output:
        (node,) = node.children
        if node.record.operated:
            return None
        if node.kind == "BatchNormalization":
            return node if _normalizes(node, axis) else None
        if not _keeps_constants(node, channels_first=first):
            return None
        axis = axis if node.output and len(node.output) > axis else 1
    return None


def _keeps_constants(node: Node, *, channels_first: bool) -> bool:
    """Whether a constant added to a channel is still that behind this layer."""
    if node.kind not in CHANNELWISE_CONSTANT or node.record.shared:
        return False
    if node.kind == "Activation":
        return node.argument("activation") in (None, "linear")
    return (node.argument("data_format") == "channels_first") is channels_first


def _channel_axis(node: Node) -> int:
    if node.argument("data_format") == "channels_first":
        return 1
    return len(node.output or ()) - 1


def _normalizes(node: Node, axis: int) -> bool:
    """Whether a BatchNormalization with its own offset is trained over this axis."""
    over = node.argument("axis")
    if type(over) is not int or node.record.shared or node.argument("center") is not True:
        return False
    offsets = [weight for weight in node.record.weights if weight.name == "beta"]
    return bool(offsets) and offsets[0].trainable and over % len(node.input or "?") == axis
