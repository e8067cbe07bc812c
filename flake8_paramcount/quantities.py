"""The small language of option and directive values: `2.5M`, `16 MiB`, `x.shape[1]=13`, lists.

Every parser returns a value or raises `ValueError` with one line that says what is allowed.
"""

from __future__ import annotations

import ast
import itertools
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from flake8_paramcount.settings import DTYPE_BYTES, Baseline, Generation, Growth

if TYPE_CHECKING:
    from flake8_paramcount.keras.declared import DeclaredSpec

T = TypeVar("T")

LONGEST_VALUE = 2000
"""Longer texts are refused unread: nobody writes them, and parsing them costs."""

ALLOWED_COUNT = "give a whole number such as 5M, 250k, 2.5M or 2_000_000"
ALLOWED_SIZE = "give bytes such as 16MiB, 16 MB, 512kB or 1048576"
ALLOWED_SHARE = "give a part such as 90%"
ALLOWED_GROWTH = "give a number of parameters such as 10k, or a part such as 5%"
ALLOWED_BINDING = "give name=value with a whole number, such as vocab_size=20k or x.shape[1]=13"

_NUMBER = r"\s*([0-9]+(?:_[0-9]+)*|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?\s*([A-Za-z]*)\s*"
_MOST_DIGITS = 18
_COUNT_UNITS = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9, "g": 10**9, "t": 10**12}
_SIZE_UNITS = {
    "": 1,
    "b": 1,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 2**10,
    "mib": 2**20,
    "gib": 2**30,
    "tib": 2**40,
}
_OPENING = {"(": ")", "[": "]", "{": "}"}
_UNREADABLE = (ValueError, SyntaxError, TypeError, MemoryError, RecursionError)


def count(text: str) -> int:
    """A number of parameters: `5M`, `250k`, `2.5M`, `2_000_000`."""
    return _scaled(text, _COUNT_UNITS, ALLOWED_COUNT)


def positive(text: str) -> int:
    """A count of at least one."""
    value = count(text)
    if value < 1:
        raise ValueError(f"{ALLOWED_COUNT}, at least 1")
    return value


def size(text: str) -> int:
    """A number of bytes: `16MiB`, `16 MB`, `1048576`."""
    return _scaled(text, _SIZE_UNITS, ALLOWED_SIZE)


def _scaled(text: str, units: dict[str, int], allowed: str) -> int:
    """A decimal number with a unit, if it comes out whole."""
    match = re.fullmatch(_NUMBER, text)
    if match is None or len(text) > LONGEST_VALUE:
        raise ValueError(allowed)
    whole, fraction, unit = match[1].replace("_", "").replace(",", ""), match[2] or "", match[3]
    factor = units.get(unit.lower())
    if factor is None or len(whole + fraction) > _MOST_DIGITS:
        raise ValueError(allowed)
    divisor: int = 10 ** len(fraction)
    value, remainder = divmod(int(whole + fraction) * factor, divisor)
    if remainder:
        raise ValueError(allowed)
    return value


def growth(text: str) -> Growth:
    """How much a model may grow: `10k` parameters, or `5%` of what it had."""
    body = re.sub(r"\s*percent$", "%", text.strip())
    if not body.endswith("%"):
        return Growth(more=_scaled(body, _COUNT_UNITS, ALLOWED_GROWTH))
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?\s*%", body):
        raise ValueError(ALLOWED_GROWTH)
    return Growth(percent=float(body[:-1]))


def share(text: str) -> float:
    """A part of a whole: `90%`, `90 percent`."""
    found = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)\s*(?:%|percent)", text.strip())
    if found is None or float(found[1]) > 100:
        raise ValueError(ALLOWED_SHARE)
    return float(found[1]) / 100


def baseline(text: str) -> Baseline:
    """The baseline in a file."""
    from flake8_paramcount.baseline import read

    return read(text)


def layers(text: str) -> Mapping[str, DeclaredSpec]:
    """The layers that a file declares."""
    from flake8_paramcount.declarations import read

    return read(text)


def integer(text: str) -> int:
    """Any whole number: a count, a negative one, or another spelling that Python has."""
    body = text.strip()
    sign = -1 if body.startswith("-") else 1
    try:
        return sign * count(body.removeprefix("-"))
    except ValueError:
        value = literal(body)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(ALLOWED_COUNT)
    return value


def literal(text: str) -> Any:
    """A Python literal."""
    refusal = ValueError("give a Python literal")
    if len(text) > LONGEST_VALUE:
        raise refusal
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(text.strip())
    except _UNREADABLE:
        raise refusal from None


def bindings(text: str) -> dict[str, int]:
    """`name=value` pairs, separated by commas or line ends, as a mapping."""
    bound: dict[str, int] = {}
    for item in split(text.replace("\n", ",")):
        name, value = pair(item)
        if not is_source(name):
            raise ValueError(ALLOWED_BINDING)
        number = _bound(value)
        if bound.setdefault(name, number) != number:
            raise ValueError(f"{name} is given two values; {ALLOWED_BINDING}")
    if not bound:
        raise ValueError(ALLOWED_BINDING)
    return bound


def _bound(text: str) -> int:
    try:
        return integer(text)
    except ValueError:
        raise ValueError(ALLOWED_BINDING) from None


def is_source(text: str) -> bool:
    """Whether a text is an expression that can stand for a value: a name, `x.shape[1]`, …"""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval")
    except _UNREADABLE:
        return False
    return any(isinstance(node, ast.Name) for node in ast.walk(tree))


def names_in(text: str) -> set[str]:
    """The names that a piece of source text mentions."""
    return set(re.findall(r"[^\W\d]\w*", text))


def pair(text: str) -> tuple[str, str]:
    """The two sides of the first `=` that stands outside brackets and quotes."""
    for index, character in _outside(text):
        if character == "=" and text[:index].strip() and text[index + 1 :].strip():
            return text[:index].strip(), text[index + 1 :].strip()
        if character == "=":
            break
    raise ValueError("give name=value")


def split(text: str) -> list[str]:
    """What stands between the commas outside brackets and quotes, without empty parts."""
    if len(text) > LONGEST_VALUE:
        raise ValueError(f"give at most {LONGEST_VALUE} characters")
    cuts = [-1, *(i for i, character in _outside(text) if character == ","), len(text)]
    parts = (text[a + 1 : b].strip() for a, b in itertools.pairwise(cuts))
    return [part for part in parts if part]


def before_comment(text: str) -> str:
    """The text up to a `#` outside quotes."""
    quote = ""
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == "#":
            return text[:index].rstrip()
    return text.rstrip()


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """Each character that stands outside brackets and quotes, with its index."""
    closers: list[str] = []
    quote = ""
    for index, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in _OPENING:
            closers.append(_OPENING[character])
        elif character in ")]}":
            if not closers or closers.pop() != character:
                break
        elif not closers:
            yield index, character
    else:
        if not quote and not closers:
            return
    raise ValueError("brackets or quotes do not match")


def dtype(text: str) -> str:
    """A name that Keras has for a type of weights."""
    return _choice(text, {name: name for name in DTYPE_BYTES})


def generation(text: str) -> Generation | None:
    """The Keras generation; `auto` leaves it to each file."""
    generations: dict[str, Generation | None] = {"1": 1, "2": 2, "3": 3, "auto": None}
    return _choice(text, generations)


def yes_or_no(text: str) -> bool:
    """A choice between two."""
    return _choice(text, {"yes": True, "no": False})


def _choice(text: str, choices: dict[str, T]) -> T:
    key = text.strip().lower()
    if key not in choices:
        raise ValueError(f"give one of {', '.join(choices)}")
    return choices[key]


PARSERS: dict[str, Callable[[str], Any]] = {
    "count": count,
    "positive": positive,
    "size": size,
    "baseline": baseline,
    "bindings": bindings,
    "dtype": dtype,
    "generation": generation,
    "growth": growth,
    "layers": layers,
    "share": share,
    "yes or no": yes_or_no,
}
"""The parser of each kind of option."""
