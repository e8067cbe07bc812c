"""KPC1xx: models against what they were before, and the memory that their outputs take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from flake8_paramcount.baseline import recorded_in
from flake8_paramcount.dims import Dim, bounds, product
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.records import LayerRecord, Variant
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.registry import Context, Finding, rule
from flake8_paramcount.settings import DTYPE_BYTES, Recorded
from flake8_paramcount.summary import Summary

LARGEST_SHOWN = 3


@rule("KPC105")
def model_grew(context: Context) -> Iterator[Finding]:
    """A model has more parameters than it had, by more than is allowed.

    What it had stands in the file that `paramcount-baseline` names, as `paramcount summary
    --format json` writes it; commit that file, and write it anew when a model is meant to grow.
    Models are found again by file, name and function. `paramcount-growth` says how much is allowed,
    as a number of parameters or as a part; with `paramcount-baseline-strict` a model that the file
    does not have is reported too.

    Options:

        paramcount-baseline = examples/baseline.json
        paramcount-growth = 5%

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((784,)), layers.Dense(128, activation="relu")])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((784,)), layers.Dense(64, activation="relu")])
    """
    baseline = context.settings.baseline
    if baseline is None:
        return
    recorded = recorded_in(baseline, context.analysis.filename)
    for summary, before in _paired(context.summaries, recorded):
        name = wording.model(summary.model)
        if before is None and context.settings.baseline_strict:
            yield Finding("KPC105", summary.model.site, f"{name} is not in the baseline")
        elif before is not None and _grew(context, summary, before):
            had = before.total or 0
            least = "" if summary.minimum == summary.total else "at least "
            yield Finding(
                "KPC105",
                summary.model.site,
                f"{name} has {least}{wording.parameters(summary.minimum)}, "
                f"{(summary.minimum or 0) - had:,} more than the {had:,} of its baseline"
                f"{_allowance(context, had)}",
            )


def _paired(
    summaries: Sequence[Summary], recorded: Sequence[Recorded]
) -> Iterator[tuple[Summary, Recorded | None]]:
    """Each model with the one of that name that the baseline has at that place."""
    seen: Counter[tuple[str | None, str | None]] = Counter()
    for summary in summaries:
        key = (summary.model.name, summary.model.function)
        same = [each for each in recorded if (each.name, each.function) == key]
        yield summary, same[seen[key]] if seen[key] < len(same) else None
        seen[key] += 1


def _grew(context: Context, summary: Summary, before: Recorded) -> bool:
    if before.total is None or summary.minimum is None:
        return False
    return summary.minimum > context.settings.growth.allowed(before.total)


def _allowance(context: Context, had: int) -> str:
    allowed = context.settings.growth.allowed(had) - had
    return f", which may grow by {allowed:,}" if allowed else ""


@rule("KPC110")
def activation_memory(context: Context) -> Iterator[Finding]:
    """The outputs of all layers of a model take more bytes for one batch than is allowed.

    Training keeps them all for the gradients, so they, not the weights, decide which batch fits
    into memory. Counted is batch × elements × bytes of `paramcount-dtype`, over the layers whose
    output shape is known; the batch is `paramcount-batch` (32 unless it is set) where the model
    does not state one. What optimizers and operations need besides is not counted, nor what a
    layer keeps inside.

    Options:

        paramcount-activation-budget = 16MiB
        paramcount-batch = 64

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((128, 128, 3)), layers.Conv2D(32, 3, padding="same")])

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((128, 128, 3)), layers.Conv2D(32, 3, padding="same", strides=4)]
        )
    """
    budget = context.settings.activation_budget
    if budget is None:
        return
    for summary in context.summaries:
        taken = [_taken(context, variant) for variant in summary.model.variants]
        least = min(taken, key=_whole, default=[])
        if _whole(least) > budget:
            yield Finding(
                "KPC110",
                summary.model.site,
                f"the outputs of {wording.model(summary.model)} take "
                f"{wording.size(_whole(least))} for a batch of {context.settings.batch:,}, "
                f"{wording.size(_whole(least) - budget)} more than the activation budget of "
                f"{wording.size(budget)}{_largest(context, least)}",
            )


def _whole(taken: list[tuple[int, LayerRecord]]) -> int:
    return sum(count for count, _ in taken)


def _taken(context: Context, variant: Variant) -> list[tuple[int, LayerRecord]]:
    """The bytes of each layer's output, as far as they are known; the inside of nested models."""
    found = []
    for record in variant.layers:
        if record.nested is not None:
            found += _taken(context, record.nested)
        elif record.class_name != "InputLayer":
            found.append((_bytes(context, record.output), record))
    return found


def _bytes(context: Context, shapes: Shapes | None) -> int:
    every = shapes if isinstance(shapes, tuple) else (shapes,)
    return sum(_bytes_of(context, shape) for shape in every if shape is not None and shape.known)


def _bytes_of(context: Context, shape: Shape) -> int:
    """What is provably taken by one output; sizes that are not known count as 1."""
    sizes: list[Dim] = [1 if size is None else size for size in shape.dims]
    if sizes and shape.dims[0] is None:
        sizes[0] = context.settings.batch
    least = bounds(product(sizes))[0]
    return (least or 0) * DTYPE_BYTES[context.settings.dtype]


def _largest(context: Context, taken: list[tuple[int, LayerRecord]]) -> str:
    """The layers whose outputs take most."""
    ranked = sorted((each for each in taken if each[0]), key=lambda pair: -pair[0])
    shown = ", ".join(
        f"{wording.layer(record)} {wording.size(count)}"
        f"{f' (line {context.line(record.site)})' if record.site else ''}"
        for count, record in ranked[:LARGEST_SHOWN]
    )
    return f"; largest: {shown}" if shown else ""
