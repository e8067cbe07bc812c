"""Symbols, and what can be said of sums of their products: degree, bounds, text."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any, TypeAlias

from flake8_paramcount import intervals, notation
from flake8_paramcount.intervals import Interval

MAX_SHOWN_TERMS = 60

Monomial: TypeAlias = "tuple[tuple[Symbol, int], ...]"
"""Symbols with their powers, sorted by their `order`; () is 1."""

Terms: TypeAlias = "dict[Monomial, int]"
"""A sum of products: the coefficient of each monomial."""

_serial = count()


class Symbol:
    """An integer that the source names but does not determine. Identity is meaning.

    An opaque symbol has no source text that would tell a reader anything. `kind` marks what it is
    known to be ("word_index": the length of a tokenizer's word index; "number": if no integer, then
    another number).
    """

    __slots__ = (
        "__weakref__",
        "kind",
        "lower",
        "opaque",
        "order",
        "reason",
        "site",
        "text",
        "upper",
    )
    compound = False
    depth = 0
    weight = 1

    def __init__(
        self,
        text: str,
        lower: int | None = None,
        upper: int | None = None,
        reason: str | None = None,
        opaque: bool = False,
        kind: str | None = None,
        site: int = 0,
    ) -> None:
        self.text = text
        self.lower, self.upper = intervals.clamped((lower, upper))
        self.reason = reason
        self.opaque = opaque
        self.kind = kind
        self.site = site
        self.order = self.place()

    def __repr__(self) -> str:
        return f"Symbol({self.text!r})"

    def __deepcopy__(self, _memo: object) -> Symbol:
        return self

    def place(self) -> tuple[Any, ...]:
        """A sort key: base symbols stand in the order in which they were made."""
        return (next(_serial),)

    def parts(self) -> frozenset[Symbol]:
        """The symbols that this one is made of: itself, unless it is compound."""
        return frozenset((self,))


def direct(terms: Terms) -> set[Symbol]:
    """The symbols that the terms are written with, compound ones as they stand."""
    return {symbol for monomial in terms for symbol, _ in monomial}


def degree(terms: Terms) -> int:
    """The highest degree of a term."""
    return max(sum(power for _, power in monomial) for monomial in terms)


def spanned(terms: Terms, spans: Mapping[Symbol, Interval]) -> Interval:
    """The sum of the intervals of the terms; `spans` overrides the bounds of symbols."""
    result: Interval = (0, 0)
    for monomial, coefficient in terms.items():
        interval: Interval = (coefficient, coefficient)
        for symbol, power in monomial:
            span = spans.get(symbol, (symbol.lower, symbol.upper))
            interval = intervals.times(interval, intervals.power(span, power))
        result = intervals.plus(result, interval)
    return intervals.clamped(result)


def reading_order(monomial: Monomial) -> tuple[object, ...]:
    """A sort key: highest degree first, then by text."""
    degree = sum(power for _, power in monomial)
    return -degree, sorted((symbol.text, -power, symbol.order) for symbol, power in monomial)


def text_of(terms: Terms) -> str:
    """For people: `64·vocab_size + 3,104`, highest degree first."""
    ordered = sorted(terms, key=reading_order)
    shown = [_term(monomial, terms[monomial]) for monomial in ordered[:MAX_SHOWN_TERMS]]
    if len(ordered) > MAX_SHOWN_TERMS:
        shown.append(f"… ({len(ordered) - MAX_SHOWN_TERMS:,} more terms)")
    if terms[ordered[0]] == -1 and _is_one_symbol(ordered[0]):
        # A bare minus would seem to belong to what is divided: -(n//2), not -n//2.
        shown[0] = "-" + notation.factor(shown[0][1:])
    return notation.sum_of(shown)


def _is_one_symbol(monomial: Monomial) -> bool:
    return len(monomial) == 1 and monomial[0][1] == 1


def _term(monomial: Monomial, coefficient: int) -> str:
    if not monomial:
        return notation.number(coefficient)
    body = _product(monomial, abs(coefficient))
    return f"-{body}" if coefficient < 0 else body


def _product(monomial: Monomial, coefficient: int) -> str:
    if coefficient == 1 and _is_one_symbol(monomial) and monomial[0][0].compound:
        return monomial[0][0].text
    factors = sorted(monomial, key=lambda factor: (factor[0].text, factor[0].order))
    texts = [notation.power(notation.factor(symbol.text), power) for symbol, power in factors]
    return "·".join(texts if coefficient == 1 else [notation.number(coefficient), *texts])
