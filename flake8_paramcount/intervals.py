"""Interval arithmetic on integers: what is provable of a result from what is known of its parts."""

from __future__ import annotations

from math import inf
from typing import TypeAlias

MAX_BOUND = 1 << 4096

Interval: TypeAlias = "tuple[int | None, int | None]"
"""The least and the greatest possible value; None = not bounded on that side."""

ANY: Interval = (None, None)


def clamped(interval: Interval) -> Interval:
    """The interval without astronomical bounds, which would make later arithmetic slow."""
    lower, upper = interval
    if lower is not None and not -MAX_BOUND <= lower <= MAX_BOUND:
        lower = MAX_BOUND if lower > 0 else None
    if upper is not None and not -MAX_BOUND <= upper <= MAX_BOUND:
        upper = -MAX_BOUND if upper < 0 else None
    return lower, upper


def negated(a: Interval) -> Interval:
    """Where `-a` lies."""
    lower, upper = a
    return None if upper is None else -upper, None if lower is None else -lower


def plus(a: Interval, b: Interval) -> Interval:
    """Where `a + b` lies."""
    return (
        None if a[0] is None or b[0] is None else a[0] + b[0],
        None if a[1] is None or b[1] is None else a[1] + b[1],
    )


def meet(a: Interval, b: Interval) -> Interval:
    """What two proven intervals of one value say together."""
    lowers = [bound for bound in (a[0], b[0]) if bound is not None]
    uppers = [bound for bound in (a[1], b[1]) if bound is not None]
    return max(lowers, default=None), min(uppers, default=None)


def maximum(a: Interval, b: Interval) -> Interval:
    """Where `max(a, b)` lies."""
    lowers = [bound for bound in (a[0], b[0]) if bound is not None]
    upper = None if a[1] is None or b[1] is None else max(a[1], b[1])
    return max(lowers, default=None), upper


def minimum(a: Interval, b: Interval) -> Interval:
    """Where `min(a, b)` lies."""
    return negated(maximum(negated(a), negated(b)))


def times(a: Interval, b: Interval) -> Interval:
    """Where `a * b` lies."""
    corners = [_corner(x, y) for x in _ends(a) for y in _ends(b)]
    return _finite(min(corners)), _finite(max(corners))


def power(a: Interval, exponent: int) -> Interval:
    """Where `a ** exponent` lies, for an exponent above 0."""
    lower, upper = a
    if exponent % 2 or (lower is not None and lower >= 0):
        return (
            None if lower is None else lower**exponent,
            None if upper is None else upper**exponent,
        )
    if upper is not None and upper <= 0:
        return power(negated(a), exponent)
    if lower is None or upper is None:
        return 0, None
    return 0, max(-lower, upper) ** exponent


def floor(a: Interval, b: Interval) -> Interval:
    """Where `a // b` lies."""
    if b[1] is not None and b[1] < 0:
        a, b = negated(a), negated(b)
    least, greatest = b
    if least is None or least <= 0:
        return ANY
    lower, upper = a
    if lower is not None:
        lower = _quotient(lower, least if lower < 0 else greatest)
    if upper is not None:
        upper = _quotient(upper, greatest if upper < 0 else least)
    return lower, upper


def ceil(a: Interval, b: Interval) -> Interval:
    """Where `a / b`, rounded up, lies."""
    return negated(floor(negated(a), b))


def modulo(a: Interval, b: Interval) -> Interval:
    """Where `a % b` lies."""
    if b[1] is not None and b[1] < 0:
        return negated(modulo(negated(a), negated(b)))
    if b[0] is None or b[0] <= 0:
        return ANY
    upper = None if b[1] is None else b[1] - 1
    if a[0] is not None and a[0] >= 0:
        return meet((0, upper), (0, a[1]))
    return 0, upper


def _quotient(number: int, divisor: int | None) -> int:
    """`number // divisor`, where None is a divisor without limit."""
    if divisor is None:
        return -1 if number < 0 else 0
    return number // divisor


def _ends(a: Interval) -> tuple[int | float, int | float]:
    return -inf if a[0] is None else a[0], inf if a[1] is None else a[1]


def _corner(x: int | float, y: int | float) -> int | float:
    # An int may be too large to become a float, so infinities are multiplied by sign alone.
    if x == 0 or y == 0:
        return 0
    if isinstance(x, float) or isinstance(y, float):
        return inf if (x > 0) == (y > 0) else -inf
    return x * y


def _finite(bound: int | float) -> int | None:
    return None if isinstance(bound, float) else bound
