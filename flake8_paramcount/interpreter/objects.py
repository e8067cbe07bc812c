"""Built-in functions that ask what an object is: `isinstance`, `type`, `getattr` and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.attributes import get_attribute
from flake8_paramcount.interpreter.classes import lineage
from flake8_paramcount.interpreter.kinship import is_keras_instance
from flake8_paramcount.interpreter.natives import find_method
from flake8_paramcount.interpreter.signatures import Call, certain, known, text
from flake8_paramcount.interpreter.values import (
    Array,
    BoundMethod,
    ClassObject,
    DictObject,
    Function,
    Instance,
    ListObject,
    Native,
    NativeMethod,
    Qualified,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Unknown

_NONE = object()


@known("builtins.print")
def print_(call: Call, *values: Value, **options: Value) -> None:
    """Nothing that matters here."""


@known("builtins.getattr")
def getattr_(call: Call, receiver: Value, name: Value, default: Value = _NONE) -> Value:
    return get_attribute(call.run, receiver, text(name), call.arguments.text)


@known("builtins.setattr")
def setattr_(call: Call, receiver: Value, name: Value, value: Value) -> None:
    from flake8_paramcount.interpreter.assignment import set_attribute

    set_attribute(call.run, receiver, text(name), value)


@known("builtins.hasattr")
def hasattr_(call: Call, receiver: Value, name: Value) -> Value:
    """Only a presence can be proved: what is not modelled may still be there."""
    name = text(name)
    if isinstance(receiver, Instance) and name in call.run.journal.read(receiver):
        return True
    if find_method(type(receiver), name) is not None:
        return True
    return call.unknown(f"whether it has `{name}`")


@known("builtins.callable")
def callable_(call: Call, value: Value) -> Value:
    if isinstance(value, (Function, BoundMethod, ClassObject, Native, NativeMethod)):
        return True
    if value is None or isinstance(value, (str, int, float, Poly, ListObject, DictObject)):
        return False
    return call.unknown("whether it can be called")


@known("builtins.id", "builtins.hash", "builtins.input", pure=False)
def _outside(call: Call, *values: Value, **options: Value) -> Value:
    return call.unknown("it is not known before the program runs")


_KINDS: dict[str, Callable[[Value], bool]] = {
    "int": lambda value: isinstance(value, (int, Poly)),
    "float": lambda value: isinstance(value, float),
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "bytes": lambda value: isinstance(value, bytes),
    "tuple": lambda value: type(value) is tuple,
    "list": lambda value: type(value) is ListObject,
    "dict": lambda value: isinstance(value, DictObject),
    "set": lambda value: isinstance(value, SetObject),
    "range": lambda value: isinstance(value, range),
}

# Values of which the kinds above tell everything.
_PLAIN = (int, float, Poly, str, bytes, range, type(None))


@known("builtins.isinstance")
def isinstance_(call: Call, value: Value, kinds: Value) -> Value:
    if type(kinds) is not tuple:
        kinds = (kinds,)
    answers = [_is_instance(call, value, kind) for kind in kinds]
    if any(answer is True for answer in answers):
        return True
    if all(answer is False for answer in answers):
        return False
    return call.unknown("whether it is an instance")


def _is_instance(call: Call, value: Value, kind: Value) -> bool | None:
    """Three-valued; what is not one of Python's own kinds may be anything."""
    if isinstance(value, Poly):
        certain(value)
    if isinstance(value, Unknown) or not isinstance(kind, Qualified):
        return _is_of_class(call, value, kind)
    test = _KINDS.get(kind.path.removeprefix("builtins."))
    if test is not None:
        plain = isinstance(value, (*_PLAIN, ListObject, DictObject, SetObject, Array, Instance))
        return test(value) if plain or type(value) is tuple else None
    answer = is_keras_instance(call.run, value, kind.path)
    return _by_module(value, kind.path) if answer is None else answer


def _by_module(value: Value, path: str) -> bool | None:
    if path in ("numpy.ndarray", "numpy.generic") and isinstance(value, Array):
        return True if path == "numpy.ndarray" else None
    if path.startswith(("keras.", "numpy.", "tensorflow.")) and isinstance(value, _PLAIN):
        return False
    return None


def _is_of_class(call: Call, value: Value, kind: Value) -> bool | None:
    if not isinstance(kind, ClassObject):
        return None
    if isinstance(value, Instance):
        return _inherits(call, value.cls, kind)
    return False if isinstance(value, _PLAIN) or type(value) is tuple else None


def _inherits(call: Call, cls: ClassObject, kind: ClassObject) -> bool | None:
    """A class of a library has no base in this file; an unknown one might."""
    bases = lineage(call.run, cls)
    if any(base is kind for base in bases):
        return True
    return False if all(isinstance(base, ClassObject | Qualified) for base in bases) else None


_TYPES: Iterable[tuple[type, str]] = (
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "str"),
    (tuple, "tuple"),
    (range, "range"),
    (DictObject, "dict"),
    (SetObject, "set"),
)


@known("builtins.type")
def type_(call: Call, value: Value, *more: Value) -> Value:
    if more:
        return call.unknown("a class that is made at run time")
    if isinstance(value, Instance):
        return value.cls
    if type(value) is ListObject:
        return Qualified("builtins.list")
    for kind, name in _TYPES:
        if type(value) is kind:
            return Qualified(f"builtins.{name}")
    return call.unknown("the type of a value that is not followed")
