"""Why a count is not exact: what is not known, what would settle it, what the total depends on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flake8_paramcount.counting import Tally, is_complete, weights_of
from flake8_paramcount.dims import Dim, Poly, Symbol
from flake8_paramcount.records import Condition, Reason, Variant


def reasons_of(variants: Iterable[Variant]) -> tuple[Reason, ...]:
    """Why the count is not exact: each reason once, in the order of the layers."""
    found: dict[tuple[str, int], Reason] = {}
    for variant in variants:
        for reason in _of_variant(variant):
            found.setdefault((reason.text, reason.site), reason)
    settled = {reason.directive for reason in found.values()}
    for symbol in _symbols(variants):
        reason = _reason_for(symbol)
        if reason.directive is None or reason.directive not in settled:
            found.setdefault((reason.text, reason.site), reason)
    return tuple(found.values())


def _of_variant(variant: Variant) -> Iterator[Reason]:
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
            yield from _of_variant(layer.nested)
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


def deciding(
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
