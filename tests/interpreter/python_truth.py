"""Programs of plain Python: what CPython makes of their names, held against what we read."""

from __future__ import annotations

import ast
import contextlib
import io
import sys
import types
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple
from unittest import mock

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.module import run_statements
from flake8_paramcount.interpreter.values import (
    MISSING,
    Choice,
    DictObject,
    Instance,
    ListObject,
    Namespace,
    Qualified,
    SetObject,
    Value,
)
from flake8_paramcount.settings import Settings
from flake8_paramcount.unknown import Unknown

# Nests deeper than this are not looked through, nor longer iterators.
DEPTH = 6
LENGTH = 50


class Verdict(NamedTuple):
    """How a program compares: faults are wrong values, misses are values that we do not know."""

    names: int
    faults: tuple[str, ...]
    misses: tuple[str, ...]


def truth(source: str) -> dict[str, Any] | None:
    """The names of a program that CPython has run; None if it raises."""
    module = types.ModuleType("__main__")
    names = vars(module)
    quiet = contextlib.redirect_stdout(io.StringIO())
    alone = mock.patch.dict(sys.modules, {"__main__": module})
    with quiet, alone, mock.patch.object(sys, "argv", ["program"]):
        try:
            exec(compile(source, "program.py", "exec"), names)  # the tests' own programs
        except Exception:
            return None
    return {name: value for name, value in names.items() if not name.startswith("__")}


def is_data(value: Any) -> bool:
    """Whether a value is neither a function, a class nor a module."""
    return not callable(value) and not isinstance(value, types.ModuleType)


def compare(source: str, theirs: Mapping[str, Any] | None = None) -> Verdict:
    """Hold what we read against what CPython has made of it."""
    real = truth(source) if theirs is None else theirs
    assert real is not None, source
    run = run_statements(source, ast.parse(source), Settings())
    ours = run.globals.state
    faults, misses = [], []
    for name in {**real, **ours}:
        if name.startswith("__"):
            continue
        value = ours.get(name, MISSING)
        if name not in real:
            if value is not MISSING and not isinstance(value, Unknown):
                faults.append(f"{name} is {value!r}, in truth it is not bound")
            continue
        found = _Comparison().of(value, real[name])
        if found is not None:
            faults.append(f"{name}: {found}")
        elif is_data(real[name]) and (why := unknown_in(value)):
            misses.append(f"{name}: {why}")
    return Verdict(sum(map(is_data, real.values())), tuple(faults), tuple(misses))


class _Comparison:
    """One comparison, with the pairs of objects that it has met."""

    def __init__(self) -> None:
        self.met: set[tuple[int, int]] = set()

    def of(self, ours: Value, theirs: Any, depth: int = 0) -> str | None:
        """What is wrong with a value; None if nothing is, or nothing is said."""
        if isinstance(ours, Unknown | Poly) or ours is MISSING or depth > DEPTH:
            return None
        if isinstance(ours, Choice):
            ways = self.of(ours.then, theirs, depth), self.of(ours.otherwise, theirs, depth)
            return None if None in ways else f"neither way: {ways}"
        if (id(ours), id(theirs)) in self.met:
            return None
        self.met.add((id(ours), id(theirs)))
        if isinstance(ours, ListObject | tuple | DictObject | SetObject) and not hasattr(
            type(ours), "_fields"
        ):
            return self._container(ours, theirs, depth)
        if isinstance(ours, Instance):
            return self._instance(ours, theirs, depth)
        if isinstance(ours, Namespace):
            held = DictObject({k: v for k, v in ours.owner.state.items() if k[:2] != "__"})
            return self.of(held, dict(theirs), depth)
        if isinstance(ours, Qualified):
            # A name from elsewhere: nothing is said of its worth.
            return None
        if ours is None or isinstance(ours, int | float | complex | str | bytes | range):
            same = type(ours) is type(theirs) and repr(ours) == repr(theirs)
            return None if same else f"{ours!r}, in truth {theirs!r}"
        plain = theirs is None or isinstance(theirs, int | float | str | list | dict | set)
        return f"{ours!r}, in truth {theirs!r}" if plain else None

    def _container(self, ours: Any, theirs: Any, depth: int) -> str | None:
        state = ours if isinstance(ours, tuple) else ours.state
        if not isinstance(state, list | dict | tuple):
            return None
        if isinstance(ours, tuple) != isinstance(theirs, tuple):
            return f"{ours!r}, in truth {theirs!r}"
        if isinstance(theirs, str | bytes | int | float) or not isinstance(theirs, Iterable):
            return f"{ours!r}, in truth {theirs!r}"
        if isinstance(ours, SetObject):
            return None if set(state) == theirs else f"{set(state)}, in truth {theirs}"
        if isinstance(ours, DictObject):
            return self._dict(state, theirs, depth)
        items = list(islice(theirs, LENGTH))
        if len(state) != len(items) and len(items) < LENGTH:
            return f"{len(state)} items {state!r}, in truth {items!r}"
        found = [self.of(*pair, depth + 1) for pair in zip(state, items, strict=False)]
        return next((f"item {i}: {each}" for i, each in enumerate(found) if each), None)

    def _dict(self, state: Any, theirs: Any, depth: int) -> str | None:
        if not isinstance(theirs, Mapping):
            return f"a dict, in truth {theirs!r}"
        held = {key: item for key, item in state.items() if item is not MISSING}
        if list(map(_key, held)) != list(map(_key, theirs)):
            return f"keys {list(held)}, in truth {list(theirs)}"
        pairs = zip(held.values(), theirs.values(), strict=True)
        found = [(key, self.of(*pair, depth + 1)) for key, pair in zip(held, pairs, strict=True)]
        return next((f"[{key!r}]: {each}" for key, each in found if each), None)

    def _instance(self, ours: Instance, theirs: Any, depth: int) -> str | None:
        if type(theirs).__name__ != ours.cls.name:
            return f"an object of {ours.cls.name}, in truth {theirs!r}"
        if not isinstance(ours.state, dict):
            return None
        for name, value in ours.state.items():
            if not isinstance(name, str) or name.startswith("__") or value is MISSING:
                continue
            if not hasattr(theirs, name):
                return f".{name} is {value!r}, in truth it is not there"
            found = self.of(value, getattr(theirs, name), depth + 1)
            if found is not None:
                return f".{name}: {found}"
        return None


def _key(value: Any) -> object:
    """A key as it is compared: an object of a class is as good as another."""
    return value if isinstance(value, int | float | str | bytes | tuple | None) else type


def unknown_in(value: Value, depth: int = 0) -> str | None:
    """Why a value, or a part of it, is not known."""
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Qualified):
        return f"`{value.path}` is not part of the file"
    if isinstance(value, Poly | Choice) or value is MISSING:
        return f"it is a {type(value).__name__}"
    if depth > DEPTH:
        return None
    state = value if type(value) is tuple else getattr(value, "state", ())
    if isinstance(state, Unknown):
        return state.reason
    if not isinstance(value, tuple | ListObject | DictObject | Instance):
        return None
    items = state.values() if isinstance(state, dict) else state
    if not isinstance(items, Iterable):
        return "its contents are not decided"
    return next((why for why in (unknown_in(each, depth + 1) for each in items) if why), None)
