"""Decorators: transparent unless they are known to change what they decorate."""

from __future__ import annotations

import libcst as cst

from flake8_paramcount.interpreter.calls import call
from flake8_paramcount.interpreter.functions import make_function
from flake8_paramcount.interpreter.names import dotted
from flake8_paramcount.interpreter.operators import key_of
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, DictObject, Function, Native, Value

# These change how a class looks a function up, not what it does.
_KINDS = frozenset({"property", "staticmethod", "classmethod", "cached_property"})

# These give for equal arguments the object that they gave before.
_CACHES = frozenset({"cache", "lru_cache"})


def decorated_function(run: Run, node: cst.FunctionDef) -> Value:
    """The value that a `def` with its decorators binds."""
    function = make_function(run, node)
    names = [_name(decorator.decorator) for decorator in node.decorators]
    function.decorators = frozenset(name for name in names if name in _KINDS)
    if names and names[0] == "setter":
        existing = run.journal.resolve(run.scope.state.get(node.name.value))
        if isinstance(existing, Function):
            existing.setter = function
            return existing
    value: Value = function
    for decorator in reversed(node.decorators):
        if _name(decorator.decorator) in _CACHES:
            value = _cached(run, value)
        elif _name(decorator.decorator) not in _KINDS:
            value = _decorated(run, decorator, value)
    return value


def _cached(run: Run, function: Value) -> Value:
    """`functools.cache(function)`."""
    memo = DictObject({})
    seen: list[Value] = []

    def call_once(arguments: Arguments) -> Value:
        names = tuple(sorted(arguments.kwargs))
        values = (*arguments.args, *(arguments.kwargs[name] for name in names))
        key = (names, *map(key_of, values))
        if key not in run.journal.read(memo):
            result = call(run, function, arguments)
            run.journal.write(memo)[key] = result
            # What tells objects apart is where they are, so they must stay.
            seen.extend(values)
        return run.journal.read(memo)[key]

    return Native(function.name, call_once)


def _name(node: cst.BaseExpression) -> str:
    return dotted(node.func if isinstance(node, cst.Call) else node).rpartition(".")[2]


def _decorated(run: Run, decorator: cst.Decorator, value: Value) -> Value:
    """A decorator of this file is called; one from elsewhere is taken for transparent."""
    applied = run.journal.resolve(run.evaluate(decorator.decorator))
    if not isinstance(applied, Function):
        return value
    site = run.site(decorator.decorator)
    return call(run, applied, Arguments((value,), {}, site, run.text(decorator.decorator)))
