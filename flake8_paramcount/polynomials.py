"""Exact polynomials over named symbols, and symbols for what polynomials cannot express.

`dims` is the interface to this module; it also defines the operations of compound symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias, Union, cast
from weakref import WeakValueDictionary

from flake8_paramcount import intervals
from flake8_paramcount.intervals import Interval
from flake8_paramcount.symbols import Monomial, Symbol, Terms, degree, direct, spanned, text_of

# Beyond these an expression becomes one opaque symbol: nobody could read it, or wait for it.
MAX_DEGREE = 64
MAX_TERMS = 2_000
MAX_WEIGHT = 200
MAX_DEPTH = 40
MAX_BITS = 128

# Up to these sizes bounds are worth more than the direct look at each term.
MAX_SHIFTED_DEGREE = 4
MAX_SHIFTED_TERMS = 32
MAX_RELAXED_WEIGHT = 16


class Compound(Symbol):
    """A symbol for an operation that polynomials cannot express, such as `(n + 1)//2`."""

    __slots__ = ("_parts", "depth", "operands", "operation", "weight")
    compound = True

    def __init__(self, operation: str, operands: tuple[Exact, Exact], interval: Interval) -> None:
        self.operation = operation
        self.operands = operands
        self.depth = 1 + max(map(_depth, operands))
        self.weight = 1 + sum(map(weight, operands))
        self._parts = frozenset[Symbol]().union(*map(symbols_of, operands))
        opaque = sorted((part for part in self._parts if part.opaque), key=lambda s: s.order)
        super().__init__(
            OPERATIONS[operation].text(*operands),
            *interval,
            opaque=bool(opaque),
            reason=opaque[0].reason if opaque else None,
        )

    def place(self) -> tuple[Any, ...]:
        """By what the symbol is made of: it may be forgotten and made anew at any time."""
        parts = sorted((part.order for part in self._parts), reverse=True)
        return (*parts[0], self.depth, self.text, parts)

    def parts(self) -> frozenset[Symbol]:
        """The symbols inside the operands."""
        return self._parts


class Poly:
    """An immutable polynomial with integer coefficients and at least one symbol.

    `==` is structural; what can be *proved* about values is asked with `dims.less`, `dims.equal`
    and the like, and the truth of a polynomial is never taken silently.
    """

    __slots__ = ("_bounds", "_hash", "_symbols", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._hash: int | None = None
        self._bounds: Interval | None = None
        self._symbols: frozenset[Symbol] | None = None

    def symbols(self) -> frozenset[Symbol]:
        """The symbols that the value depends on; those inside compound symbols in their place."""
        if self._symbols is None:
            self._symbols = frozenset[Symbol]().union(*(s.parts() for s in direct(self.terms)))
        return self._symbols

    @property
    def sole(self) -> Symbol | None:
        """The symbol that this polynomial consists of, if it is nothing but one symbol."""
        if len(self.terms) != 1:
            return None
        ((monomial, coefficient),) = self.terms.items()
        if coefficient != 1 or len(monomial) != 1 or monomial[0][1] != 1:
            return None
        return monomial[0][0]

    @property
    def opaque(self) -> bool:
        """Whether a symbol without meaningful text takes part."""
        return any(symbol.opaque for symbol in self.symbols())

    @property
    def lower(self) -> int | None:
        """The largest known integer that the value is provably not below."""
        return self.bounds[0]

    @property
    def upper(self) -> int | None:
        """The smallest known integer that the value is provably not above."""
        return self.bounds[1]

    @property
    def bounds(self) -> Interval:
        """Provable bounds (lower, upper); None where there is none."""
        if self._bounds is None:
            self._bounds = _bounds(self)
        return self._bounds

    def substitute(self, values: Mapping[Symbol, Exact]) -> Exact:
        """The value with symbols replaced, inside compound symbols too.

        The values must lie within the bounds of the symbols that they stand for. Raises
        ZeroDivisionError where a divisor becomes 0.
        """
        if self.symbols().isdisjoint(values):
            return self
        return sum_of(_term_value(term, values) for term in self.terms.items())

    def __add__(self, other: Exact) -> Exact:
        if not isinstance(other, (int, Poly)):
            return NotImplemented
        return sum_of((self, other))

    __radd__ = __add__

    def __neg__(self) -> Poly:
        return Poly({monomial: -coefficient for monomial, coefficient in self.terms.items()})

    def __pos__(self) -> Poly:
        return self

    def __sub__(self, other: Exact) -> Exact:
        if not isinstance(other, (int, Poly)):
            return NotImplemented
        return sum_of((self, -other))

    def __rsub__(self, other: int) -> Exact:
        if not isinstance(other, int):
            return NotImplemented
        return sum_of((-self, other))

    def __mul__(self, other: Exact) -> Exact:
        if isinstance(other, int):
            return made({monomial: value * other for monomial, value in self.terms.items()})
        if not isinstance(other, Poly):
            return NotImplemented
        return _multiplied(self, other)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Exact:
        if not isinstance(exponent, int) or exponent < 0:
            return NotImplemented
        if exponent > MAX_DEGREE:
            return _too_large("**", (self, exponent), _sign(self.bounds, exponent))
        result: Exact = 1
        for _ in range(exponent):
            result = result * self
        return result

    def __floordiv__(self, other: Exact) -> Exact:
        return _operated("//", self, other)

    def __rfloordiv__(self, other: int) -> Exact:
        return _operated("//", other, self)

    def __mod__(self, other: Exact) -> Exact:
        return _operated("%", self, other)

    def __rmod__(self, other: int) -> Exact:
        return _operated("%", other, self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __bool__(self) -> bool:
        raise TypeError(f"the truth of the symbolic integer `{self}` is not determined")

    def __repr__(self) -> str:
        return text_of(self.terms)


Exact: TypeAlias = Union[int, Poly]  # noqa: UP007 (evaluated at import, on 3.10 too)


class Operation(NamedTuple):
    """What a compound symbol does with its two operands.

    `relax` bounds `rest + coefficient·compound` by what ties the compound to its operands.
    """

    apply: Callable[[Exact, Exact], Exact]
    interval: Callable[[Interval, Interval], Interval]
    text: Callable[[Exact, Exact], str]
    relax: Callable[[Exact, int, Compound], Interval]


OPERATIONS: dict[str, Operation] = {}


def _operated(operation: str, a: Exact, b: Exact) -> Exact:
    if not isinstance(a, (int, Poly)) or not isinstance(b, (int, Poly)):
        return NotImplemented
    return OPERATIONS[operation].apply(a, b)


# Making polynomials.


def single(symbol: Symbol) -> Poly:
    """The polynomial of one symbol."""
    return Poly({((symbol, 1),): 1})


def made(terms: Terms) -> Exact:
    """The integer or polynomial of terms whose coefficients may be 0."""
    terms = {monomial: coefficient for monomial, coefficient in terms.items() if coefficient}
    if not terms:
        return 0
    return terms[()] if len(terms) == 1 and () in terms else Poly(terms)


def terms_of(value: Exact) -> Terms:
    """The coefficients by monomial, of an integer too."""
    return {(): value} if isinstance(value, int) else value.terms


def sum_of(values: Iterable[Exact]) -> Exact:
    """The sum, without a polynomial for each step."""
    constant = 0
    terms: Terms = {}
    for value in values:
        if isinstance(value, int):
            constant += value
            continue
        for monomial, coefficient in value.terms.items():
            terms[monomial] = terms.get(monomial, 0) + coefficient
    if not terms:
        return constant
    terms[()] = terms.get((), 0) + constant
    return made(terms)


def _multiplied(a: Poly, b: Poly) -> Exact:
    if len(a.terms) * len(b.terms) > MAX_TERMS or degree(a.terms) + degree(b.terms) > MAX_DEGREE:
        return _too_large("*", (a, b), intervals.times(a.bounds, b.bounds))
    terms: Terms = {}
    for left, x in a.terms.items():
        for right, y in b.terms.items():
            monomial = _joined(left, right)
            terms[monomial] = terms.get(monomial, 0) + x * y
    return made(terms)


def _joined(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for symbol, power in right:
        powers[symbol] = powers.get(symbol, 0) + power
    return tuple(sorted(powers.items(), key=lambda factor: factor[0].order))


def _term_value(term: tuple[Monomial, int], values: Mapping[Symbol, Exact]) -> Exact:
    monomial, result = term[0], cast("Exact", term[1])
    for symbol, power in monomial:
        result = result * _value(symbol, values) ** power
    return result


def _value(symbol: Symbol, values: Mapping[Symbol, Exact]) -> Exact:
    if not isinstance(symbol, Compound):
        return values.get(symbol, single(symbol))
    operands = (
        part if isinstance(part, int) else part.substitute(values) for part in symbol.operands
    )
    return OPERATIONS[symbol.operation].apply(*operands)


# Compound symbols.

_interned: WeakValueDictionary[tuple[str, Poly | str, Poly | str], Symbol] = WeakValueDictionary()


def _key(operation: str, a: Exact, b: Exact) -> tuple[str, Poly | str, Poly | str]:
    """What is equal for equal operands. All large powers of 2 share a few hashes; texts do not."""
    return operation, a if isinstance(a, Poly) else hex(a), b if isinstance(b, Poly) else hex(b)


def _is_large(a: Exact, b: Exact) -> bool:
    bits = max(value.bit_length() for value in (a, b, 0) if isinstance(value, int))
    return bits > MAX_BITS or weight(a) + weight(b) > MAX_WEIGHT


def compound(operation: str, a: Exact, b: Exact) -> Exact:
    """The value of an operation that stays symbolic: one symbol for equal operands."""
    interval = intervals.clamped(OPERATIONS[operation].interval(bounds(a), bounds(b)))
    if interval[0] is not None and interval[0] == interval[1]:
        return interval[0]
    if _is_large(a, b) or max(_depth(a), _depth(b)) >= MAX_DEPTH:
        return _too_large(operation, (a, b), interval)
    key = _key(operation, a, b)
    found = _interned.get(key)
    if found is None:
        found = _interned[key] = Compound(operation, (a, b), interval)
    return single(found)


def _too_large(operation: str, operands: tuple[Exact, Exact], interval: Interval) -> Poly:
    key = _key(operation, *operands)
    found = _interned.get(key)
    if found is None:
        reason = "the expression is too large"
        found = _interned[key] = Symbol("(…)", *interval, reason=reason, opaque=True)
    return single(found)


def _sign(interval: Interval, exponent: int) -> Interval:
    """All that is said about a power too large to compute."""
    lower = interval[0]
    if lower is not None and lower >= 0:
        return min(lower, 1), None
    return (0, None) if exponent % 2 == 0 else intervals.ANY


# Bounds.


def bounds(value: Exact) -> Interval:
    """Provable bounds of an integer or polynomial."""
    return (value, value) if isinstance(value, int) else value.bounds


def _bounds(poly: Poly) -> Interval:
    plain = spanned(poly.terms, {})
    if len(poly.terms) == 1:
        return plain
    return intervals.meet(plain, intervals.meet(_shifted(poly), _relaxed(poly)))


def _shifted(poly: Poly) -> Interval:
    """Bounds with every symbol measured from its lower bound: n² - n is m² + m for n = m + 1."""
    if not 1 < degree(poly.terms) <= MAX_SHIFTED_DEGREE or len(poly.terms) > MAX_SHIFTED_TERMS:
        return intervals.ANY
    lowers = {symbol: symbol.lower for symbol in direct(poly.terms) if symbol.lower}
    spans = {s: (0, None if s.upper is None else s.upper - low) for s, low in lowers.items()}
    shifts = {symbol: single(symbol) + low for symbol, low in lowers.items()}
    shifted = sum_of(
        _product(shifts.get(s, single(s)) ** power for s, power in monomial) * coefficient
        for monomial, coefficient in poly.terms.items()
    )
    return spanned(terms_of(shifted), spans) if lowers else intervals.ANY


def _product(values: Iterable[Exact]) -> Exact:
    result: Exact = 1
    for value in values:
        result = result * value
    return result


def _relaxed(poly: Poly) -> Interval:
    """Bounds by what ties the outermost compound symbol to its operands: n//2 is at most n/2."""
    if weight(poly) > MAX_RELAXED_WEIGHT:
        return intervals.ANY
    compounds = [symbol for symbol in direct(poly.terms) if isinstance(symbol, Compound)]
    if not compounds:
        return intervals.ANY
    outermost = max(compounds, key=lambda symbol: (symbol.depth, symbol.order))
    coefficient = poly.terms.get(((outermost, 1),), 0)
    rest = poly - coefficient * single(outermost)
    if not coefficient or (isinstance(rest, Poly) and outermost in direct(rest.terms)):
        return intervals.ANY
    return OPERATIONS[outermost.operation].relax(rest, coefficient, outermost)


# Sizes and orders.


def symbols_of(value: Exact) -> frozenset[Symbol]:
    """The symbols that an integer (none) or polynomial depends on."""
    return frozenset() if isinstance(value, int) else value.symbols()


def weight(value: Exact) -> int:
    """How much there is to read: terms and symbols, those inside compound symbols too."""
    return sum(1 + sum(symbol.weight for symbol, _ in monomial) for monomial in terms_of(value))


def _depth(value: Exact) -> int:
    return max((s.depth for monomial in terms_of(value) for s, _ in monomial), default=0)
