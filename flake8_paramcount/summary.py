"""From a model's records to its numbers: rows, totals, bounds, and reasons where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from flake8_paramcount.dims import Dim, Poly, Symbol, bounds, text, total
from flake8_paramcount.formula import formula
from flake8_paramcount.records import (
    Condition,
    LayerRecord,
    Model,
    Reason,
    Variant,
    WeightRecord,
)
from flake8_paramcount.settings import DTYPE_BYTES, Settings

Status: TypeAlias = Literal["exact", "range", "symbolic", "unknown"]
Wanted: TypeAlias = Callable[[WeightRecord], bool]

# A model with more layers inside than this shows how many there are, not the sum of all.
ADDENDS = 6


class Tally(NamedTuple):
    """What is known of one count: its value, and bounds that are proven either way."""

    value: Dim
    """An int, a polynomial over named symbols, or None where neither is known."""
    lower: int | None
    upper: int | None

    @property
    def status(self) -> Status:
        if isinstance(self.value, int):
            return "exact"
        if self.value is not None:
            return "symbolic"
        return "unknown" if self.lower is None or self.upper is None else "range"


NOTHING = Tally(None, None, None)


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


@dataclass(frozen=True, slots=True)
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
    rows: tuple[Row, ...] = ()
    variant: Variant | None = None
    """The variant that the rows show: the largest."""
    dtype: str = "float32"

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
        """The total as text, when it is symbolic."""
        return text(self.total) if self.status == "symbolic" else None

    @property
    def size(self) -> Dim:
        """Bytes that the weights take at `dtype`."""
        return size_of(self.total, self.dtype)

    @property
    def minimum_size(self) -> int | None:
        """Bytes that the weights provably take at least."""
        return None if self.minimum is None else self.minimum * DTYPE_BYTES[self.dtype]


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
        trainable_counts=merged(tally(each, _is_trainable) for each in model.variants),
        frozen_counts=merged(tally(each, _is_frozen) for each in model.variants),
        reasons=() if counts.status == "exact" else _reasons(model.variants),
        conditions=_deciding(model.variants, tallies, variant),
        rows=() if variant is None else _rows(variant),
        variant=variant,
        dtype=settings.dtype,
    )


# -- counting ---------------------------------------------------------------------------------


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
    return _sum(_unique(filter(wanted, weights)), complete=complete)


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
    return Tally(None, lower, upper)


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


def _sum(weights: Iterable[WeightRecord], *, complete: bool) -> Tally:
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


def _unique(weights: Iterable[WeightRecord]) -> list[WeightRecord]:
    return list({weight.key: weight for weight in weights}.values())


def _contradictory(facts: Iterable[tuple[tuple[int, int], object]]) -> bool:
    """Whether the same is said in two ways of any one variable."""
    said: dict[tuple[int, int], object] = {}
    return any(said.setdefault(key, fact) != fact for key, fact in facts)


def _is_trainable(weight: WeightRecord) -> bool:
    return weight.trainable


def _is_frozen(weight: WeightRecord) -> bool:
    return not weight.trainable


def _is_opaque(count: Dim) -> bool:
    return isinstance(count, Poly) and count.opaque


def _rank(each: Tally) -> tuple[int, int]:
    """Larger for the variant that counts more; those with an end rank above those without."""
    return (each.upper or 0, each.lower or 0)


# -- rows -------------------------------------------------------------------------------------


def _rows(variant: Variant) -> tuple[Row, ...]:
    whole = tally(variant).value
    rows = []
    counted: set[tuple[int, int]] = set()
    for layer in variant.layers:
        weights = _unique(weights_of(layer))
        fresh = not weights or any(weight.key not in counted for weight in weights)
        counted.update(weight.key for weight in weights)
        rows.append(_row(layer, weights, whole if fresh else None))
    return tuple(rows)


def _row(layer: LayerRecord, weights: list[WeightRecord], whole: Dim) -> Row:
    complete = is_complete(layer)
    counts = _sum(weights, complete=complete)
    return Row(
        layer=layer,
        counts=counts,
        trainable=_sum(filter(_is_trainable, weights), complete=complete).value,
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
    inner = [_unique(weights_of(layer)) for layer in layers]
    counts = [_sum(weights, complete=True).value for weights in inner if weights]
    if sum(map(len, inner)) != variables or len(counts) > ADDENDS or None in counts:
        return f"{len(layers)} layers"
    return " + ".join(map(text, counts))


# -- reasons ----------------------------------------------------------------------------------


def _reasons(variants: Iterable[Variant]) -> tuple[Reason, ...]:
    """Why the count is not exact: each reason once, in the order of the layers."""
    found: dict[tuple[str, int], Reason] = {}
    for variant in variants:
        for reason in _reasons_of(variant):
            found.setdefault((reason.text, reason.site), reason)
    settled = {reason.directive for reason in found.values()}
    for symbol in _symbols(variants):
        reason = _reason_for(symbol)
        if reason.directive is None or reason.directive not in settled:
            found.setdefault((reason.text, reason.site), reason)
    return tuple(found.values())


def _reasons_of(variant: Variant) -> Iterator[Reason]:
    yield from variant.reasons
    for layer in variant.layers:
        counts = (weight.count for weight in weights_of(layer))
        if is_complete(layer) and all(isinstance(count, int) for count in counts):
            continue
        yield from layer.reasons
        if layer.fault is not None:
            label = f"`{layer.name}` ({layer.class_name})"
            yield Reason(f"{label} cannot be built: {layer.fault.message}", layer.site)
        if layer.nested is not None:
            yield from _reasons_of(layer.nested)
    yield from _contradictions(variant)


def _contradictions(variant: Variant) -> Iterator[Reason]:
    """The layers whose weights would have to have two sizes at once."""
    said: dict[tuple[int, int], Dim] = {}
    for layer in variant.layers:
        weights = weights_of(layer)
        if any(said.setdefault(weight.key, weight.count) != weight.count for weight in weights):
            yield Reason(f"`{layer.name}` is used on inputs of different sizes", layer.site)


def _symbols(variants: Iterable[Variant]) -> Iterator[Symbol]:
    seen: dict[Symbol, None] = {}
    for variant in variants:
        for layer in variant.layers:
            for weight in weights_of(layer):
                seen.update(dict.fromkeys(_named(weight.count)))
    yield from seen


def _named(count: Dim) -> list[Symbol]:
    """The symbols of a count, in a stable order."""
    if not isinstance(count, Poly):
        return []
    return sorted(count.symbols(), key=lambda symbol: symbol.order)


def _reason_for(symbol: Symbol) -> Reason:
    why = symbol.reason or f"`{symbol.text}` is not known"
    return Reason(why, symbol.site, None if symbol.opaque else _directive(symbol))


def _directive(symbol: Symbol) -> str:
    return f"# paramcount: {symbol.text}=…"


# -- conditions -------------------------------------------------------------------------------


def _deciding(
    variants: tuple[Variant, ...], tallies: list[Tally], shown: Variant | None
) -> tuple[Condition, ...]:
    """The conditions on which the totals differ, as `shown` takes them."""
    if shown is None or len(set(tallies)) == 1:
        return ()
    every = _conditions(variants, shown)
    chosen = tuple(each for each in every if _matters(each, variants, tallies))
    return chosen or every


def _conditions(variants: tuple[Variant, ...], shown: Variant) -> tuple[Condition, ...]:
    found: dict[tuple[str, int], Condition] = {}
    for variant in (shown, *variants):
        for condition in variant.conditions:
            found.setdefault((condition.text, condition.site), condition)
    return tuple(sorted(found.values(), key=lambda condition: condition.site))


def _matters(condition: Condition, variants: tuple[Variant, ...], tallies: list[Tally]) -> bool:
    """Whether the totals with the condition true are others than those with it false."""
    sides: dict[bool | None, set[Tally]] = {}
    for variant, each in zip(variants, tallies, strict=True):
        sides.setdefault(_taken(condition, variant), set()).add(each)
    return len(sides) > 1 and len({frozenset(side) for side in sides.values()}) > 1


def _taken(condition: Condition, variant: Variant) -> bool | None:
    for other in variant.conditions:
        if (other.text, other.site) == (condition.text, condition.site):
            return other.holds
    return None
