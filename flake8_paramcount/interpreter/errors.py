"""Exceptions as values: which class one has, what takes it, and what it says."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from typing import Any

from flake8_paramcount.interpreter.classes import instantiate, lineage
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.natives import function, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    Arguments,
    ClassObject,
    ErrorObject,
    Instance,
    Qualified,
    Value,
)


def builtin_error(value: Value) -> type[BaseException] | None:
    """The exception class of Python's own that a name from elsewhere stands for."""
    if not isinstance(value, Qualified):
        return None
    module, _, name = value.path.rpartition(".")
    return _KINDS.get(name) if module == "builtins" else None


def made_error(run: Run, kind: type[BaseException], args: tuple[Value, ...]) -> ErrorObject:
    """An exception of one of Python's own classes, with what the class makes of its arguments."""
    error = ErrorObject(kind, args)
    if issubclass(kind, _GROUP) and len(args) == 2:
        error.state[("attribute", "message")] = args[0]
        error.state[("attribute", "exceptions")] = tuple(iterate(run, args[1]))
    return error


_KINDS: dict[str, type[BaseException]] = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}

# Python 3.10 has none, and no value is an instance of no class.
_GROUP: Any = _KINDS.get("BaseExceptionGroup", ())


def _register(name: str, kind: type[BaseException]) -> None:
    @function(f"builtins.{name}")
    def make(run: Run, arguments: Arguments) -> Value:
        return made_error(run, kind, arguments.args)


for _name, _kind in _KINDS.items():
    _register(_name, _kind)


def parts_of(run: Run, error: Value) -> tuple[Value, ...]:
    """The exceptions that a group holds; any other is alone."""
    if isinstance(error, ErrorObject):
        held = run.journal.read(error).get(("attribute", "exceptions"))
        return held if type(held) is tuple else (error,)
    return () if error is None else (error,)


def group_of(run: Run, error: Value, parts: list[Value]) -> Value:
    """A group like another one with some of its parts; of one exception alone a new one."""
    held = run.journal.read(error).get(("attribute", "exceptions"))
    kind = error.kind if isinstance(error, ErrorObject) and held else _KINDS["ExceptionGroup"]
    message = run.journal.read(error)[("attribute", "message")] if held else ""
    return made_error(run, kind, (message, tuple(parts)))


def raised_value(run: Run, value: Value, site: int) -> Value:
    """What `raise value` raises: an object of the class if it is one; None if it is not known."""
    value = run.journal.force(value)
    arguments = Arguments((), {}, site, lambda: "raise")
    if isinstance(value, ClassObject):
        return instantiate(run, value, arguments)
    if isinstance(value, ErrorObject | Instance):
        return value
    kind = builtin_error(value)
    return None if kind is None else made_error(run, kind, ())


def takes(run: Run, kind: Value, error: Value) -> bool | None:
    """Whether `except kind` takes an exception; None where that is not known."""
    kind = run.journal.force(kind)
    if type(kind) is tuple:
        return _any(takes(run, part, error) for part in kind)
    wanted = builtin_error(kind)
    if wanted in (BaseException, Exception) and not _leaves(error):
        return True
    if isinstance(error, ErrorObject):
        if wanted is None:
            return False if isinstance(kind, ClassObject) else None
        return issubclass(error.kind, wanted)
    if not isinstance(error, Instance):
        return None
    return _any(_derives(base, kind, wanted) for base in lineage(run, error.cls))


def _leaves(error: Value) -> bool:
    """Whether an exception may be one that `except Exception` does not take."""
    return isinstance(error, ErrorObject) and not issubclass(error.kind, Exception)


def _derives(base: Value, kind: Value, wanted: type[BaseException] | None) -> bool | None:
    if base is kind:
        return True
    own = builtin_error(base)
    if own is not None:
        if wanted is None:
            return False if isinstance(kind, ClassObject) else None
        return issubclass(own, wanted)
    return False if isinstance(base, ClassObject) else None


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Three-valued `any`."""
    found = list(answers)
    return True if True in found else None if None in found else False


@method(ErrorObject, "with_traceback")
def with_traceback(run: Run, error: ErrorObject, arguments: Arguments) -> Value:
    return error


@method(ErrorObject, "add_note")
def add_note(run: Run, error: ErrorObject, arguments: Arguments) -> Value:
    return None


def kind_of(run: Run, value: Value) -> type[BaseException] | None:
    """Python's own class of an exception, or the one that its class derives from."""
    if isinstance(value, ErrorObject):
        return value.kind
    bases = lineage(run, value.cls) if isinstance(value, Instance) else ()
    return next((kind for kind in map(builtin_error, bases) if kind is not None), None)
