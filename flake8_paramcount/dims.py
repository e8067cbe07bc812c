"""Integers that may be symbolic: exact polynomials over named symbols, with bounds and text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from math import gcd, log10
from typing import TypeAlias, Union, cast
from weakref import WeakValueDictionary

from flake8_paramcount import intervals
from flake8_paramcount.intervals import Interval

MAX_DEGREE = 64
MAX_TERMS = 2_000
MAX_WEIGHT = 200
MAX_DEPTH = 40
MAX_SHOWN_BITS = 2_000  # about 600 digits; Python refuses to print ints far above that

Monomial: TypeAlias = "tuple[tuple[Symbol, int], ...]"
Terms: TypeAlias = "dict[Monomial, int]"

_serial = count()


class Symbol:
    """An integer that the source names but does not determine. Identity is meaning.

    An opaque symbol has no source text that would tell a reader anything. `kind` marks what the
    integer is known to be ("word_index": the length of a tokenizer's word index).
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
        self.order = next(_serial)

    def __repr__(self) -> str:
        return f"Symbol({self.text!r})"

    def parts(self) -> frozenset[Symbol]:
        """The symbols that this one is made of: itself, unless it is compound."""
        return frozenset((self,))


class Compound(Symbol):
    """A symbol for an operation that polynomials cannot express, such as `(n + 1)//2`."""

    __slots__ = ("_parts", "depth", "operands", "operation", "weight")

    def __init__(self, operation: str, operands: tuple[Exact, Exact], interval: Interval) -> None:
        self._parts = frozenset[Symbol]().union(*map(_symbols, operands))
        opaque = [part for part in self._parts if part.opaque]
        super().__init__(
            _FORMATS[operation](*operands),
            *interval,
            opaque=bool(opaque),
            reason=min(opaque, key=_order).reason if opaque else None,
        )
        self.operation = operation
        self.operands = operands
        self.depth = 1 + max(map(_depth, operands))
        self.weight = 1 + sum(map(_weight, operands))

    def parts(self) -> frozenset[Symbol]:
        """The symbols inside the operands."""
        return self._parts


class Poly:
    """An immutable polynomial with integer coefficients and at least one symbol.

    `==` is structural; what can be *proved* about values is asked with `less`, `equal` and the
    like, and the truth of a polynomial is never taken silently.
    """

    __slots__ = ("_bounds", "_hash", "_symbols", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._hash: int | None = None
        self._bounds: Interval | None = None
        self._symbols: frozenset[Symbol] | None = None

    def symbols(self) -> frozenset[Symbol]:
        """The symbols that the value depends on, those inside compound symbols included."""
        if self._symbols is None:
            direct = {symbol for monomial in self.terms for symbol, _ in monomial}
            self._symbols = frozenset[Symbol]().union(*(symbol.parts() for symbol in direct))
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
        """Provable bounds; None where there is none."""
        if self._bounds is None:
            self._bounds = _poly_bounds(self)
        return self._bounds

    def substitute(self, values: Mapping[Symbol, Exact]) -> Exact:
        """The value with symbols replaced, inside compound symbols too.

        The values must lie within the bounds of the symbols that they stand for.
        """
        if self.symbols().isdisjoint(values):
            return self
        return _sum(_term_value(term, values) for term in self.terms.items())

    def __add__(self, other: Exact) -> Exact:
        if not isinstance(other, (int, Poly)):
            return NotImplemented
        return _sum((self, other))

    __radd__ = __add__

    def __neg__(self) -> Poly:
        return Poly({monomial: -coefficient for monomial, coefficient in self.terms.items()})

    def __pos__(self) -> Poly:
        return self

    def __sub__(self, other: Exact) -> Exact:
        if not isinstance(other, (int, Poly)):
            return NotImplemented
        return _sum((self, -other))

    def __rsub__(self, other: int) -> Exact:
        if not isinstance(other, int):
            return NotImplemented
        return _sum((-self, other))

    def __mul__(self, other: Exact) -> Exact:
        if isinstance(other, int):
            return _made({monomial: value * other for monomial, value in self.terms.items()})
        if not isinstance(other, Poly):
            return NotImplemented
        return _multiplied(self, other)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Exact:
        if not isinstance(exponent, int) or exponent < 0:
            return NotImplemented
        if exponent > MAX_DEGREE:
            return _too_large("**", (self, exponent), _power_sign(self.bounds, exponent))
        result: Exact = 1
        for _ in range(exponent):
            result = result * self
        return result

    def __floordiv__(self, other: Exact) -> Exact:
        return _floor(self, other) if isinstance(other, (int, Poly)) else NotImplemented

    def __rfloordiv__(self, other: int) -> Exact:
        return _floor(other, self) if isinstance(other, int) else NotImplemented

    def __mod__(self, other: Exact) -> Exact:
        return _modulo(self, other) if isinstance(other, (int, Poly)) else NotImplemented

    def __rmod__(self, other: int) -> Exact:
        return _modulo(other, self) if isinstance(other, int) else NotImplemented

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __bool__(self) -> bool:
        raise TypeError(f"the truth of the symbolic integer `{self}` is not determined")

    def __repr__(self) -> str:
        return text(self)


Exact: TypeAlias = Union[int, Poly]  # noqa: UP007 (evaluated at import, on 3.10 too)
Dim: TypeAlias = Union[int, Poly, None]  # noqa: UP007


def symbol(
    text: str,
    *,
    lower: int | None = None,
    upper: int | None = None,
    reason: str | None = None,
    opaque: bool = False,
    kind: str | None = None,
    site: int = 0,
) -> Poly:
    """A fresh symbol as a polynomial: equal to nothing but itself, whatever its text."""
    return _single(Symbol(text, lower, upper, reason, opaque, kind, site))


def product(dims: Iterable[Dim]) -> Dim:
    """The product; None if any factor is None (0·None included)."""
    result: Exact = 1
    for dim in dims:
        if dim is None:
            return None
        result = result * dim
    return result


def total(dims: Iterable[Dim]) -> Dim:
    """The sum; None if any summand is None."""
    known: list[Exact] = []
    for dim in dims:
        if dim is None:
            return None
        known.append(dim)
    return _sum(known)


def floordiv(a: Dim, b: Dim) -> Dim:
    """`a // b` as Python computes it. Raises ZeroDivisionError for a divisor of 0."""
    return None if a is None or b is None else _floor(a, b)


def ceildiv(a: Dim, b: Dim) -> Dim:
    """`a / b` rounded up. Raises ZeroDivisionError for a divisor of 0."""
    return None if a is None or b is None else _ceil(a, b)


def mod(a: Dim, b: Dim) -> Dim:
    """`a % b` as Python computes it. Raises ZeroDivisionError for a divisor of 0."""
    return None if a is None or b is None else _modulo(a, b)


def maximum(a: Dim, b: Dim) -> Dim:
    """The greater of two."""
    return None if a is None or b is None else _greater(a, b)


def minimum(a: Dim, b: Dim) -> Dim:
    """The lesser of two."""
    return None if a is None or b is None else _lesser(a, b)


def less(a: Dim, b: Dim) -> bool | None:
    """Whether `a < b`; None where that is not provable either way."""
    if isinstance(a, int) and isinstance(b, int):
        return a < b
    lower, upper = _gap(a, b)
    if lower is not None and lower > 0:
        return True
    return False if upper is not None and upper <= 0 else None


def less_equal(a: Dim, b: Dim) -> bool | None:
    """Whether `a <= b`; None where that is not provable either way."""
    opposite = less(b, a)
    return None if opposite is None else not opposite


def equal(a: Dim, b: Dim) -> bool | None:
    """Whether `a == b`; None where that is not provable either way, and for None itself."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    if a is None or b is None:
        return None
    difference = a - b
    if isinstance(difference, int):
        return difference == 0
    lower, upper = difference.bounds
    if (lower is not None and lower > 0) or (upper is not None and upper < 0):
        return False
    if lower == upper == 0:
        return True
    return None if _reaches_zero(difference) else False


def bounds(dim: Dim) -> Interval:
    """Provable bounds (lower, upper) of a dimension; None where there is none."""
    if isinstance(dim, int):
        return dim, dim
    return (None, None) if dim is None else dim.bounds


def text(dim: Dim) -> str:
    """For people: `64·vocab_size + 3,104`, highest degree first."""
    if isinstance(dim, int):
        return _number(dim)
    if dim is None:
        return "None"
    terms = sorted(dim.terms.items(), key=lambda term: _reading_order(term[0]))
    first, *rest = (_term(monomial, coefficient) for monomial, coefficient in terms)
    return first + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in rest)


def power_text(base: str, exponent: int) -> str:
    """A base to a power, such as `n²`."""
    return base if exponent == 1 else base + str(exponent).translate(_SUPERSCRIPTS)


def factor_text(dim: Dim) -> str:
    """`text`, in brackets where it would not stand as a factor of a product."""
    return text(dim) if isinstance(dim, int) and dim >= 0 else _bracketed(text(dim))


# Making polynomials.


def _single(symbol: Symbol) -> Poly:
    return Poly({((symbol, 1),): 1})


def _made(terms: Terms) -> Exact:
    """The integer or polynomial of terms that may be 0."""
    terms = {monomial: coefficient for monomial, coefficient in terms.items() if coefficient}
    if not terms:
        return 0
    return terms[()] if len(terms) == 1 and () in terms else Poly(terms)


def _terms(value: Exact) -> Terms:
    return {(): value} if isinstance(value, int) else value.terms


def _sum(values: Iterable[Exact]) -> Exact:
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
    return _made(terms)


def _multiplied(a: Poly, b: Poly) -> Exact:
    if len(a.terms) * len(b.terms) > MAX_TERMS or _degree(a) + _degree(b) > MAX_DEGREE:
        return _too_large("*", (a, b), intervals.times(a.bounds, b.bounds))
    terms: Terms = {}
    for left, x in a.terms.items():
        for right, y in b.terms.items():
            monomial = _joined(left, right)
            terms[monomial] = terms.get(monomial, 0) + x * y
    return _made(terms)


def _joined(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for symbol, power in right:
        powers[symbol] = powers.get(symbol, 0) + power
    return tuple(sorted(powers.items(), key=lambda factor: factor[0].order))


# Compound symbols.

_interned: WeakValueDictionary[tuple[str, Exact, Exact], Symbol] = WeakValueDictionary()


def _compound(operation: str, a: Exact, b: Exact) -> Exact:
    """The value of an operation that stays symbolic: one symbol for equal operands."""
    interval = intervals.clamped(_INTERVALS[operation](bounds(a), bounds(b)))
    if interval[0] is not None and interval[0] == interval[1]:
        return interval[0]
    if _weight(a) + _weight(b) > MAX_WEIGHT or max(_depth(a), _depth(b)) >= MAX_DEPTH:
        return _too_large(operation, (a, b), interval)
    key = (operation, a, b)
    found = _interned.get(key)
    if found is None:
        found = _interned[key] = Compound(operation, (a, b), interval)
    return _single(found)


def _too_large(operation: str, operands: tuple[Exact, Exact], interval: Interval) -> Poly:
    """An opaque symbol in place of an expression that nobody could read, or wait for."""
    key = (operation, *operands)
    found = _interned.get(key)
    if found is None:
        reason = "the expression is too large"
        found = _interned[key] = Symbol("(…)", *interval, reason=reason, opaque=True)
    return _single(found)


def _term_value(term: tuple[Monomial, int], values: Mapping[Symbol, Exact]) -> Exact:
    monomial, result = term[0], cast("Exact", term[1])
    for symbol, power in monomial:
        result = result * _value(symbol, values) ** power
    return result


def _value(symbol: Symbol, values: Mapping[Symbol, Exact]) -> Exact:
    if not isinstance(symbol, Compound):
        return values.get(symbol, _single(symbol))
    if symbol.parts().isdisjoint(values):
        return _single(symbol)
    return _OPERATIONS[symbol.operation](*(_replaced(part, values) for part in symbol.operands))


def _replaced(value: Exact, values: Mapping[Symbol, Exact]) -> Exact:
    return value if isinstance(value, int) else value.substitute(values)


def _floor(a: Exact, b: Exact) -> Exact:
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    if isinstance(b, int):
        return _floor_by_number(cast("Poly", a), b)
    exact = _divided(a, b)
    return _compound("//", a, b) if exact is None else exact


def _floor_by_number(a: Poly, divisor: int) -> Exact:
    """Whole multiples of the divisor leave the quotient; what stays keeps a positive lead."""
    if divisor == 0:
        raise ZeroDivisionError("division of a symbolic integer by zero")
    if divisor < 0:
        return _floor_by_number(-a, -divisor)
    whole = {m: _truncated(m, c, divisor) for m, c in a.terms.items()}
    rest = {m: c - whole[m] * divisor for m, c in a.terms.items()}
    return _made(whole) + _floor_of_rest(_made(rest), divisor)


def _truncated(monomial: Monomial, coefficient: int, divisor: int) -> int:
    # The constant is rounded down, so that it stays positive: (n - 3)//2 is (n + 1)//2 - 2.
    if coefficient < 0 and monomial:
        return -(-coefficient // divisor)
    return coefficient // divisor


def _floor_of_rest(rest: Exact, divisor: int) -> Exact:
    if isinstance(rest, int):
        return rest // divisor
    lead = min((m for m in rest.terms if m), key=_reading_order)
    if rest.terms[lead] < 0:
        return -_floor_by_number(cast("Poly", divisor - 1 - rest), divisor)
    common = gcd(divisor, *(c for m, c in rest.terms.items() if m))
    if common > 1:
        # floor(floor(x / g) / d) is floor(x / (g·d)), and x / g only has to lose its constant.
        reduced = _made({m: c // common for m, c in rest.terms.items()})
        return _floor(reduced, divisor // common)
    return _compound("//", rest, divisor)


def _ceil(a: Exact, b: Exact) -> Exact:
    if isinstance(b, int):
        return _floor(a + (b - 1), b) if b > 0 else _floor(-a + (-b - 1), -b)
    exact = _divided(a, b)
    return _compound("ceil", a, b) if exact is None else exact


def _modulo(a: Exact, b: Exact) -> Exact:
    if isinstance(a, int) and isinstance(b, int):
        return a % b
    if isinstance(b, int):
        return _modulo_number(cast("Poly", a), b)
    if _divided(a, b) is not None:
        return 0
    return a if less_equal(0, a) and less(a, b) else _compound("%", a, b)


def _modulo_number(a: Exact, divisor: int) -> Exact:
    if isinstance(a, int):
        return a % divisor
    if divisor == 0:
        raise ZeroDivisionError("modulo of a symbolic integer by zero")
    if divisor < 0:
        return -_modulo_number(-a, -divisor)
    if less_equal(0, a) and less(a, divisor):
        return a
    rest = _made({monomial: c % divisor for monomial, c in a.terms.items()})
    common = gcd(divisor, *_terms(rest).values())
    if common == 1:
        return rest if isinstance(rest, int) else _compound("%", rest, divisor)
    shared = _made({monomial: c // common for monomial, c in _terms(rest).items()})
    return common * _modulo_number(shared, divisor // common)


def _greater(a: Exact, b: Exact) -> Exact:
    if isinstance(a, int) and isinstance(b, int):
        return max(a, b)
    above = less_equal(a, b)
    if above is not None:
        return b if above else a
    return _compound("max", *sorted((a, b), key=_operand_order))


def _lesser(a: Exact, b: Exact) -> Exact:
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)
    above = less_equal(a, b)
    if above is not None:
        return a if above else b
    return _compound("min", *sorted((a, b), key=_operand_order))


def _divided(a: Exact, b: Poly) -> Exact | None:
    """The quotient if it is a polynomial, else None."""
    if a == 0:
        return 0
    if len(_terms(a)) * len(b.terms) > MAX_TERMS:
        return None
    lead = max(b.terms, key=_lexical)
    rest, quotient = a, {}
    while not isinstance(rest, int):
        top = max(rest.terms, key=_lexical)
        factor = _monomial_quotient(top, lead)
        if factor is None or rest.terms[top] % b.terms[lead]:
            return None
        quotient[factor] = rest.terms[top] // b.terms[lead]
        rest = rest - b * _made({factor: quotient[factor]})
        if len(quotient) > MAX_WEIGHT:
            return None
    return _made(quotient) if rest == 0 else None


def _monomial_quotient(a: Monomial, b: Monomial) -> Monomial | None:
    powers = dict(a)
    for symbol, power in b:
        if powers.get(symbol, 0) < power:
            return None
        powers[symbol] -= power
    return tuple((symbol, power) for symbol, power in powers.items() if power)


_OPERATIONS: dict[str, Callable[[Exact, Exact], Exact]] = {
    "//": _floor,
    "ceil": _ceil,
    "%": _modulo,
    "max": _greater,
    "min": _lesser,
}

_INTERVALS: dict[str, Callable[[Interval, Interval], Interval]] = {
    "//": intervals.floor,
    "ceil": intervals.ceil,
    "%": intervals.modulo,
    "max": intervals.maximum,
    "min": intervals.minimum,
}


# What is provable.


def _gap(a: Dim, b: Dim) -> Interval:
    """Bounds of `b - a`."""
    return intervals.ANY if a is None or b is None else bounds(b - a)


def _poly_bounds(poly: Poly) -> Interval:
    result: Interval = (0, 0)
    for monomial, coefficient in poly.terms.items():
        interval: Interval = (coefficient, coefficient)
        for symbol, power in monomial:
            span = intervals.power((symbol.lower, symbol.upper), power)
            interval = intervals.times(interval, span)
        result = intervals.plus(result, interval)
    return intervals.clamped(result)


def _reaches_zero(poly: Poly) -> bool:
    """Whether divisibility allows the value 0: `2·n + 1` never is."""
    common = gcd(*(coefficient for monomial, coefficient in poly.terms.items() if monomial))
    return poly.terms.get((), 0) % common == 0


def _power_sign(interval: Interval, exponent: int) -> Interval:
    lower = interval[0]
    if lower is not None and lower >= 0:
        return min(lower, 1), None
    return (0, None) if exponent % 2 == 0 else intervals.ANY


# Sizes and orders.


def _symbols(value: Exact) -> frozenset[Symbol]:
    return frozenset() if isinstance(value, int) else value.symbols()


def _degree(poly: Poly) -> int:
    return max(sum(power for _, power in monomial) for monomial in poly.terms)


def _weight(value: Exact) -> int:
    return sum(1 + sum(symbol.weight for symbol, _ in monomial) for monomial in _terms(value))


def _depth(value: Exact) -> int:
    return max((s.depth for monomial in _terms(value) for s, _ in monomial), default=0)


def _order(symbol: Symbol) -> int:
    return symbol.order


def _lexical(monomial: Monomial) -> tuple[tuple[int, int], ...]:
    return tuple((-symbol.order, power) for symbol, power in monomial)


def _reading_order(monomial: Monomial) -> tuple[object, ...]:
    degree = sum(power for _, power in monomial)
    return -degree, sorted((symbol.text, -power, symbol.order) for symbol, power in monomial)


def _operand_order(value: Exact) -> tuple[object, ...]:
    if isinstance(value, int):
        return (1,)
    return 0, sorted((_lexical(monomial), c) for monomial, c in value.terms.items())


# Text.

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _number(number: int) -> str:
    if number.bit_length() <= MAX_SHOWN_BITS:
        return f"{number:,}"
    return f"{'-' if number < 0 else ''}about 10^{round(log10(abs(number)))}"


def _term(monomial: Monomial, coefficient: int) -> str:
    if not monomial:
        return _number(coefficient)
    if abs(coefficient) == 1 and len(monomial) == 1 and monomial[0][1] == 1:
        symbol = monomial[0][0]
        body = symbol.text if isinstance(symbol, Compound) else _bracketed(symbol.text)
    else:
        factors = sorted(monomial, key=lambda factor: (factor[0].text, factor[0].order))
        body = "·".join(power_text(_bracketed(s.text), power) for s, power in factors)
    if abs(coefficient) != 1:
        body = f"{_number(abs(coefficient))}·{body}"
    return f"-{body}" if coefficient < 0 else body


def _bracketed(text: str) -> str:
    """The text in brackets, unless it is a name, a number, a call or the like."""
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character in " +-*/%·<>=!&|^~":
            return f"({text})"
    return text


_FORMATS: dict[str, Callable[[Exact, Exact], str]] = {
    "//": lambda a, b: f"{factor_text(a)}//{factor_text(b)}",
    "ceil": lambda a, b: f"ceil({factor_text(a)}/{factor_text(b)})",
    "%": lambda a, b: f"{factor_text(a)}%{factor_text(b)}",
    "max": lambda a, b: f"max({text(a)}, {text(b)})",
    "min": lambda a, b: f"min({text(a)}, {text(b)})",
}
