"""Sums of weights: every variable once, with bounds that are proven where the sum is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple, TypeAlias

from flake8_paramcount.dims import Dim, Poly, bounds, total
from flake8_paramcount.records import LayerRecord, Variant, WeightRecord

Status: TypeAlias = Literal["exact", "range", "symbolic", "unknown"]
Wanted: TypeAlias = Callable[[WeightRecord], bool]


# More values than this tell a reader less than their bounds.
MAX_CASES = 4


class Tally(NamedTuple):
    """What is known of one count: its value, and bounds that are proven either way."""

    value: Dim
    """An int, a polynomial over named symbols, or None where neither is known."""
    lower: int | None
    upper: int | None
    cases: tuple[Dim, ...] = ()
    """The values that it has in one case or another, where some of them are symbolic."""

    @property
    def status(self) -> Status:
        if isinstance(self.value, int):
            return "exact"
        if self.value is not None:
            return "symbolic"
        if self.cases:
            return "range"
        return "unknown" if self.lower is None or self.upper is None else "range"


NOTHING = Tally(None, None, None)


def tally(variant: Variant, wanted: Wanted | None = None) -> Tally:
    """The sum of the wanted weights of a variant (by default all), every variable once."""
    if variant.reasons:  # which layers there are is not certain: nothing is proven
        return NOTHING
    weights = [weight for layer in variant.layers for weight in weights_of(layer)]
    if _contradictory((weight.key, weight.count) for weight in weights):
        return NOTHING
    if wanted and _contradictory((weight.key, weight.trainable) for weight in weights):
        return NOTHING
    complete = all(is_complete(layer) for layer in variant.layers)
    return sum_of(unique(filter(wanted, weights)), complete=complete)


def merged(tallies: Iterable[Tally]) -> Tally:
    """What holds of a count whichever of the variants comes to be."""
    all_of = list(tallies)
    if not all_of:
        return NOTHING
    first = all_of[0].value
    if first is not None and all(each.value == first for each in all_of):
        return all_of[0]
    lowers = [each.lower for each in all_of if each.lower is not None]
    uppers = [each.upper for each in all_of if each.upper is not None]
    lower = min(lowers) if len(lowers) == len(all_of) else None
    upper = max(uppers) if len(uppers) == len(all_of) else None
    return Tally(None, lower, upper, _cases(all_of))


def _cases(tallies: list[Tally]) -> tuple[Dim, ...]:
    """The distinct values, if all are known and some are symbolic."""
    values = list(dict.fromkeys(each.value for each in tallies))
    known = all(value is not None for value in values)
    symbolic = any(isinstance(value, Poly) for value in values)
    return tuple(values) if known and symbolic and len(values) <= MAX_CASES else ()


def weights_of(layer: LayerRecord) -> tuple[WeightRecord, ...]:
    """The weights of a layer, those of a model used as a layer included."""
    if layer.weights or layer.nested is None:
        return layer.weights
    return tuple(weight for inner in layer.nested.layers for weight in weights_of(inner))


def is_complete(layer: LayerRecord) -> bool:
    """Whether all weights of the layer are known to be listed."""
    if not layer.known or layer.fault is not None:
        return False
    if layer.nested is None:
        return True
    return not layer.nested.reasons and all(is_complete(inner) for inner in layer.nested.layers)


def sum_of(weights: Iterable[WeightRecord], *, complete: bool) -> Tally:
    """The sum of weights; `complete` says that there are no others."""
    counts = [weight.count for weight in weights]
    known = [count for count in counts if count is not None]
    if not complete or len(known) < len(counts):
        return Tally(None, _floor(known) or None, None)
    whole = total(known)
    if isinstance(whole, int):
        return Tally(whole, whole, whole)
    return Tally(None if _is_opaque(whole) else whole, _floor(known) or None, bounds(whole)[1])


def _floor(counts: list[int | Poly]) -> int:
    """The proven least sum: of the whole, or part by part, as no weight has a negative size."""
    parts = sum(max(bounds(count)[0] or 0, 0) for count in counts)
    return max(parts, bounds(total(counts))[0] or 0)


def unique(weights: Iterable[WeightRecord]) -> list[WeightRecord]:
    """The weights, each variable once."""
    return list({weight.key: weight for weight in weights}.values())


def _contradictory(facts: Iterable[tuple[tuple[int, int], object]]) -> bool:
    """Whether the same is said in two ways of any one variable."""
    said: dict[tuple[int, int], object] = {}
    return any(said.setdefault(key, fact) != fact for key, fact in facts)


def is_trainable(weight: WeightRecord) -> bool:
    """Whether training changes the weight."""
    return weight.trainable


def is_frozen(weight: WeightRecord) -> bool:
    """Whether training leaves the weight alone."""
    return not weight.trainable


def _is_opaque(count: Dim) -> bool:
    return isinstance(count, Poly) and count.opaque
