"""Integers that may be symbolic: operations that stay exact, and comparisons that prove.

A dimension is an `int`, None (free at run time) or a `Poly`. Nothing here guesses: what is not
exact becomes a symbol that carries the whole expression, and what is not provable is None.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd
from typing import TypeAlias, Union

from flake8_paramcount import intervals, notation
from flake8_paramcount.intervals import Interval
from flake8_paramcount.polynomials import (
    MAX_TERMS,
    OPERATIONS,
    Compound,
    Exact,
    Operation,
    Poly,
    compound,
    made,
    single,
    sum_of,
    terms_of,
)
from flake8_paramcount.polynomials import bounds as exact_bounds
from flake8_paramcount.symbols import Monomial, Symbol, direct, reading_order, text_of

__all__ = [
    "Dim",
    "Exact",
    "Interval",
    "Poly",
    "Symbol",
    "bounds",
    "ceildiv",
    "equal",
    "factor_text",
    "floordiv",
    "less",
    "less_equal",
    "maximum",
    "minimum",
    "mod",
    "product",
    "symbol",
    "text",
    "total",
]

MAX_QUOTIENT = 200

Dim: TypeAlias = Union[int, Poly, None]  # noqa: UP007 (evaluated at import, on 3.10 too)


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
    return single(Symbol(text, lower, upper, reason, opaque, kind, site))


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
    return sum_of(known)


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
    if a is None or b is None:
        return None
    lower, upper = exact_bounds(b - a)
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
    lower, upper = exact_bounds(difference)
    if lower == upper == 0:
        return True
    if (lower is not None and lower > 0) or (upper is not None and upper < 0):
        return False
    return None if _may_be_zero(difference) else False


def bounds(dim: Dim) -> Interval:
    """Provable bounds (lower, upper) of a dimension; None where there is none."""
    return intervals.ANY if dim is None else exact_bounds(dim)


def text(dim: Dim) -> str:
    """For people: `64·vocab_size + 3,104`, highest degree first."""
    if isinstance(dim, int):
        return notation.number(dim)
    return "None" if dim is None else text_of(dim.terms)


def factor_text(dim: Dim) -> str:
    """`text`, in brackets where it would not stand as a factor of a product."""
    return notation.factor(text(dim))


def _may_be_zero(value: Exact) -> bool:
    """Whether divisibility allows the value 0: `2·n + 1` never is."""
    terms = terms_of(value)
    common = gcd(*(coefficient for monomial, coefficient in terms.items() if monomial))
    return terms.get((), 0) % common == 0


# Division.


def _floor(a: Exact, b: Exact) -> Exact:
    if isinstance(b, int):
        return a // b if isinstance(a, int) else _floor_by_number(a, b)
    exact = _divided(a, b)
    return compound("//", a, b) if exact is None else exact


def _floor_by_number(a: Poly, divisor: int) -> Exact:
    """Whole multiples of the divisor leave the quotient."""
    if divisor == 0:
        raise ZeroDivisionError("division of a symbolic integer by zero")
    if divisor < 0:
        return _floor_by_number(-a, -divisor)
    whole = {m: _whole(m, coefficient, divisor) for m, coefficient in a.terms.items()}
    rest = {m: coefficient - whole[m] * divisor for m, coefficient in a.terms.items()}
    return made(whole) + _floor_of_rest(made(rest), divisor)


def _whole(monomial: Monomial, coefficient: int, divisor: int) -> int:
    # The constant is rounded down, so that its rest is positive: (n - 3)//2 is (n + 1)//2 - 2.
    if coefficient < 0 and monomial:
        return -(-coefficient // divisor)
    return coefficient // divisor


def _floor_of_rest(rest: Exact, divisor: int) -> Exact:
    if isinstance(rest, int):
        return rest // divisor
    lead = min((monomial for monomial in rest.terms if monomial), key=reading_order)
    if rest.terms[lead] < 0:
        # floor(-x / d) is -ceil(x / d): one form for both.
        return -_floor(divisor - 1 - rest, divisor)
    common = gcd(divisor, *(c for monomial, c in rest.terms.items() if monomial))
    if common > 1:
        # floor(x / (g·d)) is floor(floor(x / g) / d), and x / g only has to lose its constant.
        return _floor(made({m: c // common for m, c in rest.terms.items()}), divisor // common)
    inner = _inner_floor(rest)
    if inner is None:
        return compound("//", rest, divisor)
    # (x//k + y)//d is (x + k·y)//(k·d).
    number, step = inner.operands
    return _floor(number + (rest - single(inner)) * step, step * divisor)


def _inner_floor(value: Poly) -> Compound | None:
    """The only symbol of the value that is itself a floor division by a number."""
    floors = [s for s in direct(value.terms) if isinstance(s, Compound) and s.operation == "//"]
    if len(floors) != 1 or not isinstance(floors[0].operands[1], int):
        return None
    alone = value.terms.get(((floors[0], 1),)) == 1
    used = sum(floors[0] in dict(monomial) for monomial in value.terms)
    return floors[0] if alone and used == 1 else None


def _ceil(a: Exact, b: Exact) -> Exact:
    if isinstance(b, int):
        return _floor(a + (b - 1), b) if b > 0 else _floor(-a - (b + 1), -b)
    exact = _divided(a, b)
    return compound("ceil", a, b) if exact is None else exact


def _modulo(a: Exact, b: Exact) -> Exact:
    if isinstance(b, int):
        return a % b if isinstance(a, int) else _modulo_number(a, b)
    if _divided(a, b) is not None:
        return 0
    return a if less_equal(0, a) and less(a, b) else compound("%", a, b)


def _modulo_number(a: Poly, divisor: int) -> Exact:
    if divisor == 0:
        raise ZeroDivisionError("modulo of a symbolic integer by zero")
    if divisor < 0:
        return -_modulo_number(-a, -divisor)
    if less_equal(0, a) and less(a, divisor):
        return a
    rest = made({monomial: coefficient % divisor for monomial, coefficient in a.terms.items()})
    if isinstance(rest, int):
        return rest
    common = gcd(divisor, *rest.terms.values())
    if common == 1:
        return compound("%", rest, divisor)
    shared = made({monomial: c // common for monomial, c in rest.terms.items()})
    return common * _modulo(shared, divisor // common)


def _divided(a: Exact, b: Poly) -> Exact | None:
    """The quotient if it is itself a polynomial with integer coefficients, else None."""
    if len(terms_of(a)) * len(b.terms) > MAX_TERMS:
        return None
    lead = max(b.terms, key=_lexical)
    rest = a
    quotient: dict[Monomial, int] = {}
    while not isinstance(rest, int):
        top = max(rest.terms, key=_lexical)
        factor = _monomial_quotient(top, lead)
        if factor is None or rest.terms[top] % b.terms[lead] or len(quotient) > MAX_QUOTIENT:
            return None
        quotient[factor] = rest.terms[top] // b.terms[lead]
        rest = rest - b * made({factor: quotient[factor]})
    return made(quotient) if rest == 0 else None


def _monomial_quotient(a: Monomial, b: Monomial) -> Monomial | None:
    powers = dict(a)
    for symbol, power in b:
        powers[symbol] = powers.get(symbol, 0) - power
        if powers[symbol] < 0:
            return None
    return tuple((symbol, power) for symbol, power in powers.items() if power)


def _lexical(monomial: Monomial) -> list[tuple[object, int]]:
    return [(symbol.order, power) for symbol, power in reversed(monomial)]


# Extremes.


def _greater(a: Exact, b: Exact) -> Exact:
    if isinstance(a, int) and isinstance(b, int):
        return max(a, b)
    above = less_equal(a, b)
    if above is None:
        return compound("max", *sorted((a, b), key=_operand_order))
    return b if above else a


def _lesser(a: Exact, b: Exact) -> Exact:
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)
    above = less_equal(a, b)
    if above is None:
        return compound("min", *sorted((a, b), key=_operand_order))
    return a if above else b


def _operand_order(value: Exact) -> tuple[object, ...]:
    """As the symbols were made, numbers last."""
    if isinstance(value, int):
        return (1,)
    terms = (([(s.order, power) for s, power in m], c) for m, c in value.terms.items())
    return 0, sorted(terms, reverse=True)


# What ties compound symbols to their operands, as bounds of `rest + coefficient·compound`.


def _relaxed_quotient(rest: Exact, coefficient: int, quotient: Compound) -> Interval:
    number, divisor = quotient.operands
    if not isinstance(divisor, int):
        return _relaxed_part(rest, coefficient, quotient) if _is_positive(divisor) else _ANY
    # number = divisor·quotient + remainder, so this is `divisor` times what is asked.
    whole = exact_bounds(rest * divisor + number * coefficient)
    remainder = intervals.times((-coefficient, -coefficient), (0, divisor - 1))
    scaled, by = intervals.plus(whole, remainder), (divisor, divisor)
    return intervals.ceil(scaled, by)[0], intervals.floor(scaled, by)[1]


def _relaxed_remainder(rest: Exact, coefficient: int, remainder: Compound) -> Interval:
    if not _is_positive(remainder.operands[1]):
        return _ANY
    return _relaxed_part(rest, coefficient, remainder)


def _relaxed_part(rest: Exact, coefficient: int, part: Compound) -> Interval:
    """For a compound that is at most its first operand, if that is not negative."""
    if not less_equal(0, part.operands[0]):
        return _ANY
    lower, upper = exact_bounds(rest + part.operands[0] * coefficient)
    return (lower, None) if coefficient < 0 else (None, upper)


def _relaxed_extreme(rest: Exact, coefficient: int, extreme: Compound) -> Interval:
    """One of the operands it is, and the better one for the sign."""
    first, second = (exact_bounds(rest + part * coefficient) for part in extreme.operands)
    if (extreme.operation == "max") == (coefficient > 0):
        return intervals.maximum(first, second)
    return intervals.minimum(first, second)


def _is_positive(value: Exact) -> bool:
    return less(0, value) is True


_ANY = intervals.ANY

OPERATIONS.update(
    {
        "//": Operation(
            _floor,
            intervals.floor,
            lambda a, b: f"{factor_text(a)}//{factor_text(b)}",
            _relaxed_quotient,
        ),
        "ceil": Operation(
            _ceil,
            intervals.ceil,
            lambda a, b: f"ceil({factor_text(a)}/{factor_text(b)})",
            lambda *_: _ANY,
        ),
        "%": Operation(
            _modulo,
            intervals.modulo,
            lambda a, b: f"{factor_text(a)}%{factor_text(b)}",
            _relaxed_remainder,
        ),
        "max": Operation(
            _greater,
            intervals.maximum,
            lambda a, b: f"max({text(a)}, {text(b)})",
            _relaxed_extreme,
        ),
        "min": Operation(
            _lesser,
            intervals.minimum,
            lambda a, b: f"min({text(a)}, {text(b)})",
            _relaxed_extreme,
        ),
    }
)
