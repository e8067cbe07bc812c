"""How numbers, powers and products are written for people: `3,104`, `n²`, `64·(n + 1)`."""

from __future__ import annotations

from math import log10

MAX_SHOWN_BITS = 2_000  # about 600 digits; Python itself refuses to print far longer integers

_OPERATORS = frozenset(" +-*/%·<>=!&|^~")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: int) -> str:
    """With thousands separators: `3,104`; an astronomical one as `about 10^5000`."""
    if value.bit_length() <= MAX_SHOWN_BITS:
        return f"{value:,}"
    return f"{'-' if value < 0 else ''}about 10^{round(log10(abs(value)))}"


def power(base: str, exponent: int) -> str:
    """A base to a power: `n²`."""
    return base if exponent == 1 else base + str(exponent).translate(_SUPERSCRIPTS)


def factor(text: str) -> str:
    """The text in brackets, unless it is a name, a number, a call or the like."""
    depth = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character in _OPERATORS:
            return f"({text})"
    return text


def sum_of(terms: list[str]) -> str:
    """Terms, some of which may start with a minus, as a sum: `n² - n + 1`."""
    first, *rest = terms
    return first + "".join(f" - {t[1:]}" if t[0] == "-" else f" + {t}" for t in rest)
