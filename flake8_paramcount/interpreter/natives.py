"""The registry of functions, methods and attributes that the interpreter knows by itself.

Each is a Python function over values. Arguments arrive with their choices made; a native that needs
a value that is not known simply uses it: the `Undetermined` that this raises makes the result
unknown, with that value's reason.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Value

NativeFunction: TypeAlias = Callable[[Run, Arguments], Value]
NativeMethodFunction: TypeAlias = Callable[[Run, Any, Arguments], Value]
NativeAttribute: TypeAlias = Callable[[Run, Any], Value]

FUNCTIONS: dict[str, NativeFunction] = {}
METHODS: dict[tuple[type, str], NativeMethodFunction] = {}
ATTRIBUTES: dict[tuple[type, str], NativeAttribute] = {}


def function(*paths: str) -> Callable[[NativeFunction], NativeFunction]:
    """Register a function under its qualified names (`numpy.zeros`, `builtins.len`)."""

    def register(native: NativeFunction) -> NativeFunction:
        FUNCTIONS.update(dict.fromkeys(paths, native))
        return native

    return register


def method(kind: type, *names: str) -> Callable[[NativeMethodFunction], NativeMethodFunction]:
    """Register a method of a kind of value."""

    def register(native: NativeMethodFunction) -> NativeMethodFunction:
        METHODS.update(((kind, name), native) for name in names)
        return native

    return register


def attribute(kind: type, *names: str) -> Callable[[NativeAttribute], NativeAttribute]:
    """Register a computed attribute of a kind of value."""

    def register(native: NativeAttribute) -> NativeAttribute:
        ATTRIBUTES.update(((kind, name), native) for name in names)
        return native

    return register


def find_method(kind: type, name: str) -> NativeMethodFunction | None:
    """The method of a kind of value, its base classes included."""
    for base in kind.__mro__:
        found = METHODS.get((base, name))
        if found is not None:
            return found
    return None


def find_attribute(kind: type, name: str) -> NativeAttribute | None:
    """The computed attribute of a kind of value, its base classes included."""
    for base in kind.__mro__:
        found = ATTRIBUTES.get((base, name))
        if found is not None:
            return found
    return None
