"""Reading arguments that are not sizes: fractions, ranges, choices and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from flake8_paramcount.dims import Poly, less, less_equal
from flake8_paramcount.keras.shapes import refuse
from flake8_paramcount.unknown import Unknown


def number(value: Any, name: str) -> bool:
    """Whether an argument is a number that can be compared; what is plainly none is refused.

    Unknown values and objects that the interpreter does not look into are neither.
    """
    if isinstance(value, (int, float, Poly)):
        return True
    if value is None or isinstance(value, (str, bytes, tuple, list, dict)):
        refuse(name, value)
    return False


def at_least(value: Any, lower: float, name: str) -> None:
    """Refuse a number that is provably below `lower`, and what is no number at all."""
    if number(value, name) and below(value, lower):
        refuse(name, value)


def within(value: Any, lower: float, upper: float, name: str) -> None:
    """Refuse a number that is provably outside of `lower` … `upper`, and what is no number."""
    if number(value, name) and (below(value, lower) or above(value, upper)):
        refuse(name, value, f"`{name}` must lie between {lower:g} and {upper:g}, not {value!r}")


def below(value: Any, lower: float) -> bool:
    """Whether `value` is provably less than `lower`."""
    if isinstance(value, Poly):
        return bool(less(value, int(lower)))
    return bool(value < lower)


def above(value: Any, upper: float) -> bool:
    """Whether `value` is provably greater than `upper`."""
    if isinstance(value, Poly):
        return less_equal(value, int(upper)) is False
    return bool(value > upper)


def option(value: Any, name: str, options: Sequence[Any]) -> None:
    """Refuse a plain value that is not one of `options`; anything else passes."""
    plain = value is None or isinstance(value, (str, int, float, tuple))
    if plain and value not in options:
        refuse(name, value)


def is_true(value: Any) -> bool:
    """Whether an argument is known to be true."""
    return not isinstance(value, (Unknown, Poly)) and bool(value)


def conflict(name: str, value: Any, message: str) -> NoReturn:
    """Raise the fault for arguments that exclude each other."""
    refuse(name, value, message)
