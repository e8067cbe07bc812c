"""From a model's records to its numbers: rows, totals, bounds, and reasons where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flake8_paramcount.counting import (
    NOTHING,
    Status,
    Tally,
    is_complete,
    is_frozen,
    is_trainable,
    merged,
    sum_of,
    tally,
    unique,
    weights_of,
)
from flake8_paramcount.dims import Dim, text
from flake8_paramcount.formula import formula
from flake8_paramcount.reasons import deciding, reasons_of
from flake8_paramcount.records import (
    Condition,
    LayerRecord,
    Model,
    Reason,
    Variant,
    WeightRecord,
)
from flake8_paramcount.settings import DTYPE_BYTES, Settings

__all__ = [
    "Row",
    "Status",
    "Summary",
    "Tally",
    "is_complete",
    "size_of",
    "summarize",
    "tally",
    "weights_of",
]

# A model with more layers inside than this shows how many there are, not the sum of all.
ADDENDS = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a layer and what it counts."""

    layer: LayerRecord
    counts: Tally
    trainable: Dim
    formula: str
    share: float | None = None
    """The layer's part of the whole, 0 to 1; None where it is not known or counted above."""

    @property
    def total(self) -> Dim:
        """All parameters of the layer; None where they are not known."""
        return self.counts.value

    @property
    def minimum(self) -> int | None:
        """Parameters that the layer has at least."""
        return self.counts.lower

    @property
    def status(self) -> Status:
        """How much is known of the layer's total."""
        return self.counts.status


@dataclass(frozen=True)
class Summary:
    """All numbers of one model."""

    model: Model
    counts: Tally = NOTHING
    trainable_counts: Tally = NOTHING
    frozen_counts: Tally = NOTHING
    reasons: tuple[Reason, ...] = ()
    """Why the total is not exact, with the directives that would settle it."""
    conditions: tuple[Condition, ...] = ()
    """The decisions on which the total depends, as the variant shown takes them."""
    variant: Variant | None = None
    """The variant that the rows show: the largest."""
    dtype: str = "float32"

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The layers and their counts, made when somebody asks: most models are only checked."""
        return () if self.variant is None else _rows(self.variant)

    @property
    def status(self) -> Status:
        """How much is known of the total."""
        return self.counts.status

    @property
    def total(self) -> Dim:
        """All parameters: an int when exact, a polynomial when symbolic, else None."""
        return self.counts.value

    @property
    def trainable(self) -> Dim:
        """The trainable parameters, likewise."""
        return self.trainable_counts.value

    @property
    def non_trainable(self) -> Dim:
        """The parameters that training leaves alone, likewise."""
        return self.frozen_counts.value

    @property
    def minimum(self) -> int | None:
        """Parameters that the model provably has at least."""
        return self.counts.lower

    @property
    def maximum(self) -> int | None:
        """Parameters that the model provably has at most."""
        return self.counts.upper

    @property
    def trainable_minimum(self) -> int | None:
        """Trainable parameters that the model provably has at least."""
        return self.trainable_counts.lower

    @property
    def expression(self) -> str | None:
        """The total as text, when it is symbolic; all of them where there are several."""
        if self.counts.cases:
            return " or ".join(map(text, self.counts.cases))
        return text(self.total) if self.status == "symbolic" else None

    @property
    def size(self) -> Dim:
        """Bytes that the weights take at `dtype`."""
        return size_of(self.total, self.dtype)


def size_of(count: Dim, dtype: str) -> Dim:
    """Bytes that `count` parameters take at `dtype`."""
    return None if count is None else count * DTYPE_BYTES[dtype]


def summarize(model: Model, settings: Settings) -> Summary:
    """The numbers of `model`, over all its variants."""
    tallies = [tally(variant) for variant in model.variants]
    counts = merged(tallies)
    shown = max(range(len(tallies)), key=lambda index: _rank(tallies[index]), default=None)
    variant = None if shown is None else model.variants[shown]
    return Summary(
        model=model,
        counts=counts,
        trainable_counts=merged(tally(each, is_trainable) for each in model.variants),
        frozen_counts=merged(tally(each, is_frozen) for each in model.variants),
        reasons=() if counts.status == "exact" else reasons_of(model.variants),
        conditions=deciding(model.variants, tallies, variant),
        variant=variant,
        dtype=settings.dtype,
    )


def _rank(each: Tally) -> tuple[int, int]:
    """Larger for the variant that counts more; those with an end rank above those without."""
    return (each.upper or 0, each.lower or 0)


def _rows(variant: Variant) -> tuple[Row, ...]:
    whole = tally(variant).value
    rows = []
    counted: set[tuple[int, int]] = set()
    for layer in variant.layers:
        weights = unique(weights_of(layer))
        fresh = not weights or any(weight.key not in counted for weight in weights)
        counted.update(weight.key for weight in weights)
        rows.append(_row(layer, weights, whole if fresh else None))
    return tuple(rows)


def _row(layer: LayerRecord, weights: list[WeightRecord], whole: Dim) -> Row:
    complete = is_complete(layer)
    counts = sum_of(weights, complete=complete)
    return Row(
        layer=layer,
        counts=counts,
        trainable=sum_of(filter(is_trainable, weights), complete=complete).value,
        formula=_arithmetic(layer, weights),
        share=_share(counts.value, whole),
    )


def _share(part: Dim, whole: Dim) -> float | None:
    if not isinstance(part, int) or not isinstance(whole, int) or whole == 0:
        return None
    return part / whole


def _arithmetic(layer: LayerRecord, weights: list[WeightRecord]) -> str:
    if any(weight.count is None for weight in weights):
        return ""
    if layer.nested is None:
        return formula(weights)
    return _sum_of_parts(layer.nested.layers, len(weights))


def _sum_of_parts(layers: tuple[LayerRecord, ...], variables: int) -> str:
    """The counts of a nested model's layers as a sum, if it is short and comes out."""
    inner = [unique(weights_of(layer)) for layer in layers]
    counts = [sum_of(weights, complete=True).value for weights in inner if weights]
    if sum(map(len, inner)) != variables or len(counts) > ADDENDS or None in counts:
        return f"{len(layers)} layers"
    return " + ".join(map(text, counts))
