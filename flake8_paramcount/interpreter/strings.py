"""Methods of str and the functions that make text, bounded in size."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.signatures import Call, known, known_method, text, whole
from flake8_paramcount.interpreter.texts import as_python
from flake8_paramcount.interpreter.values import ListObject, Value
from flake8_paramcount.unknown import Undetermined, Unknown

# No text made here is longer.
MAX_TEXT = 10_000

# Methods whose result is never longer than their receiver and arguments together, times three.
_PLAIN_METHODS = (
    "capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit isidentifier "
    "islower isnumeric isspace istitle isupper lower lstrip removeprefix removesuffix rfind "
    "rindex rstrip startswith strip swapcase title upper"
).split()

# Methods that split: their result is a list or a tuple of strings.
_SPLITTING = "partition rpartition rsplit split splitlines".split()


def short(value: str) -> str:
    """A text that is not too long to go on with."""
    if len(value) > MAX_TEXT:
        raise OverflowError("a text of over 10,000 characters")
    return value


def plain(value: Value) -> Any:
    """An argument of a string method: a constant, or a tuple of them."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if type(value) is tuple:
        return tuple(map(plain, value))
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"{type(value).__name__} is no constant")


def _plain_method(name: str) -> Callable[..., Value]:
    function = getattr(str, name)

    def perform(call: Call, receiver: str, *args: Value, **kwargs: Value) -> Value:
        values = {key: plain(value) for key, value in kwargs.items()}
        return function(short(receiver), *map(plain, args), **values)

    return perform


def _splitting_method(name: str) -> Callable[..., Value]:
    perform = _plain_method(name)

    def split(call: Call, receiver: str, *args: Value, **kwargs: Value) -> Value:
        parts = perform(call, receiver, *args, **kwargs)
        return ListObject(parts) if isinstance(parts, list) else parts

    return split


for _name in _PLAIN_METHODS:
    known_method(str, _name)(_plain_method(_name))
for _name in _SPLITTING:
    known_method(str, _name)(_splitting_method(_name))


@known_method(str, "replace")
def replace(call: Call, receiver: str, old: Value, new: Value, count: Value = -1) -> Value:
    old, new, count = text(old), text(new), plain(count)
    if (receiver.count(old) + 1) * len(new) > MAX_TEXT:
        raise OverflowError("a text of over 10,000 characters")
    return short(receiver).replace(old, new, count)


@known_method(str, "join")
def join(call: Call, receiver: str, parts: Value) -> Value:
    return short(short(receiver).join(map(text, call.items(parts))))


def _padding_method(name: str) -> Callable[..., Value]:
    function = getattr(str, name)

    def perform(call: Call, receiver: str, width: Value, *fill: Value) -> Value:
        if plain(width) > MAX_TEXT:
            raise OverflowError("a text of over 10,000 characters")
        return function(short(receiver), width, *map(text, fill))

    return perform


for _name in ("zfill", "ljust", "rjust", "center"):
    known_method(str, _name)(_padding_method(_name))


@known_method(str, "encode")
def encode(call: Call, receiver: str, *options: Value) -> Value:
    return short(receiver).encode(*map(text, options))


@known_method(str, "format")
def format_method(call: Call, receiver: str, *args: Value, **kwargs: Value) -> Value:
    """Only plain fields: a nested or long format could ask for any width."""
    for _, field, spec, _ in Formatter().parse(receiver):
        if "{" in (spec or "") or "." in (field or "") or "[" in (field or ""):
            raise ValueError("a format that is not followed")
    named = {key: as_python(call.run, value) for key, value in kwargs.items()}
    values = [as_python(call.run, value) for value in args]
    return short(_checked(receiver).format(*values, **named))


def _checked(template: str) -> str:
    """A template without widths of over three digits, attributes or items."""
    digits = 0
    for character in short(template):
        digits = digits + 1 if character.isdigit() else 0
        if digits > 3 or character in "[]":
            raise ValueError("a format that is not followed")
    return template


@known("builtins.str")
def str_(call: Call, value: Value = "", *encoding: Value) -> Value:
    if isinstance(value, Poly) or encoding:
        return call.unknown("a text with a part that is not known")
    return short(str(as_python(call.run, value)))


@known("builtins.repr")
def repr_(call: Call, value: Value) -> Value:
    return short(repr(as_python(call.run, value)))


@known("builtins.ascii")
def ascii_(call: Call, value: Value) -> Value:
    return short(ascii(as_python(call.run, value)))


@known("builtins.bin", "builtins.hex", "builtins.oct")
def digits(call: Call, value: Value) -> Value:
    return {"bin": bin, "hex": hex, "oct": oct}[call.name](whole(value))


@known("builtins.format")
def format_(call: Call, value: Value, spec: Value = "") -> Value:
    return short(format(as_python(call.run, value), _checked(text(spec))))


@known("builtins.chr")
def chr_(call: Call, value: Value) -> Value:
    return chr(plain(value))


@known("builtins.ord")
def ord_(call: Call, value: Value) -> Value:
    return ord(text(value))
