"""The text of a value: `str`, `repr` and `format` of all that is known to its last part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.containers import present
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    DictObject,
    ErrorObject,
    Instance,
    ListObject,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# Nests deeper than this have no text here, nor are their items more together.
MAX_DEPTH = 12
MAX_ITEMS = 2_000

_CONVERSIONS: dict[str, Callable[[Any], str]] = {"r": repr, "a": ascii, "s": str}


class Foreign:
    """An object of the program that stands in something whose text is wanted."""

    def __init__(self, run: Run, value: Instance) -> None:
        self._run = run
        self._value = value

    def __repr__(self) -> str:
        return _by_method(self._run, self._value, "__repr__")

    def __str__(self) -> str:
        return _by_method(self._run, self._value, "__str__", "__repr__")

    def __format__(self, spec: str) -> str:
        from flake8_paramcount.interpreter.classes import method_of

        if method_of(self._run, self._value.cls, "__format__") is None:
            return format(str(self), spec) if not spec else object.__format__(self, spec)
        return _by_method(self._run, self._value, "__format__", arguments=(spec,))


def _by_method(run: Run, value: Instance, *names: str, arguments: tuple[Value, ...] = ()) -> str:
    from flake8_paramcount.interpreter.classes import called, method_of
    from flake8_paramcount.interpreter.errors import kind_of
    from flake8_paramcount.interpreter.fields import repr_of

    for name in names:
        if method_of(run, value.cls, name) is not None:
            found = run.journal.force(called(run, value, name, *arguments))
            if isinstance(found, str):
                return found
            raise Undetermined(run.unknown("the text of an object"))
    kind = kind_of(run, value)
    if kind is not None and "__str__" in names:
        return str(kind(*as_python(run, run.journal.read(value)["args"])))
    return repr_of(run, value)


def as_python(run: Run, value: Value) -> Any:
    """A value as Python's own. Raises `Undetermined` where a part is not known."""
    return _as_python(run, value, 0, [MAX_ITEMS])


def _as_python(run: Run, value: Value, depth: int, left: list[int]) -> Any:
    value = run.operand(value)
    left[0] -= 1
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if depth > MAX_DEPTH or left[0] < 0:
        raise Undetermined(run.unknown("the text of something large"))
    if value is None or isinstance(value, str | int | float | complex | bytes | range):
        return value
    run.fuel.burn()
    if isinstance(value, Instance):
        return Foreign(run, value)
    if isinstance(value, ErrorObject):
        return value.kind(*_as_python(run, run.journal.read(value)[("attribute", "args")], 1, left))
    return _container(run, value, depth + 1, left)


def _container(run: Run, value: Value, depth: int, left: list[int]) -> Any:
    held = run.journal.read(value) if isinstance(value, ListObject) else value
    run.fuel.walk(len(held) if isinstance(held, tuple | list) else 0)
    if type(value) is tuple:
        return tuple(_as_python(run, item, depth, left) for item in value)
    if type(value) is ListObject:
        return [_as_python(run, item, depth, left) for item in run.journal.read(value)]
    if type(value) is DictObject:
        return {
            _as_python(run, key, depth, left): _as_python(run, item, depth, left)
            for key, item in present(run, value)
        }
    if isinstance(value, SetObject) and len(run.journal.read(value)) < 2:
        # The order of more is not known.
        return {_as_python(run, key, depth, left) for key, _ in present(run, value)}
    kind = "a symbolic number" if isinstance(value, Poly) else type(value).__name__
    raise Undetermined(run.unknown(f"the text of {kind}"))


def formatted(run: Run, value: Value, conversion: str | None, spec: str) -> Value:
    """A part of an f-string. Raises `Undetermined`."""
    from flake8_paramcount.interpreter.concatenating import WIDE

    if len(spec) > 20 or WIDE.search(spec):
        raise Undetermined(run.unknown("a formatted string of unknown width"))
    held = as_python(run, value)
    if conversion is not None:
        held = _CONVERSIONS[conversion](held)
    try:
        return format(held, spec)
    except (OverflowError, TypeError, ValueError) as error:
        run.fails(type(error), *error.args)
        raise Undetermined(run.unknown("a format that does not fit")) from error
