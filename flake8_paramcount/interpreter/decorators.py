"""Decorators: transparent unless they are known to change what they decorate."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.calls import call
from flake8_paramcount.interpreter.functions import make_function
from flake8_paramcount.interpreter.names import dotted
from flake8_paramcount.interpreter.operators import key_of
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    Arguments,
    BoundMethod,
    ClassObject,
    DictObject,
    Function,
    Instance,
    Native,
    Qualified,
    Value,
)

# These change how a class looks a function up, not what it does.
_KINDS = frozenset({"staticmethod", "classmethod", "abstractmethod"})

# These give for equal arguments the object that they gave before.
_CACHES = frozenset({"cache", "lru_cache"})

# These make a property of a method, whatever package they come from.
_PROPERTIES = frozenset({"property", "cached_property", "abstractproperty"})

# These make a class whose fields are parameters.
_RECORDS = frozenset({"dataclass", "define", "attrs", "frozen", "mutable", "attr.s"})

# What the program itself defines, or the interpreter makes, is called with what it decorates.
_CALLED = (Function, BoundMethod, ClassObject, Instance, Native)


def decorated_function(run: Run, node: cst.FunctionDef) -> Value:
    """The value that a `def` with its decorators binds."""
    decorators = [_evaluated(run, decorator) for decorator in node.decorators]
    function = make_function(run, node)
    names = [_name(decorator.decorator) for decorator in node.decorators]
    function.decorators = frozenset(name for name in names if name in _KINDS)
    value: Value = function
    for decorator, applied in reversed(list(zip(node.decorators, decorators, strict=True))):
        name = _name(decorator.decorator)
        if name in _CACHES:
            value = _cached(run, value)
        elif name in _PROPERTIES:
            value = natives.FUNCTIONS[f"builtins.{name}"](run, _given(run, decorator, value))
        elif name not in _KINDS:
            value = _decorated(run, decorator, applied, value)
    return value


def decorated_class(run: Run, node: cst.ClassDef, cls: ClassObject) -> Value:
    """The value that a `class` with its decorators binds."""
    from flake8_paramcount.interpreter.fields import declare

    value: Value = cls
    for decorator in reversed(node.decorators):
        path = dotted(_callee(decorator.decorator))
        if path in _RECORDS or path.rpartition(".")[2] in _RECORDS:
            given = _options(run, decorator.decorator)
            if path.endswith("frozen"):
                given["frozen"] = True
            declare(run, cls, given)
        else:
            value = _decorated(run, decorator, _evaluated(run, decorator), value)
    return value


def _options(run: Run, node: cst.BaseExpression) -> dict[str, Value]:
    """The arguments that a decorator is called with by name."""
    args: Sequence[cst.Arg] = node.args if isinstance(node, cst.Call) else ()
    return {arg.keyword.value: run.evaluate(arg.value) for arg in args if arg.keyword is not None}


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

    return Native(getattr(function, "name", "function"), call_once)


def _callee(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node


def _name(node: cst.BaseExpression) -> str:
    return dotted(_callee(node)).rpartition(".")[2]


def _evaluated(run: Run, decorator: cst.Decorator) -> Value:
    return run.journal.resolve(run.evaluate(decorator.decorator))


def _given(run: Run, decorator: cst.Decorator, value: Value) -> Arguments:
    site = run.site(decorator.decorator)
    return Arguments((value,), {}, site, run.text(decorator.decorator))


def _decorated(run: Run, decorator: cst.Decorator, applied: Value, value: Value) -> Value:
    """A decorator of this file is called; one from elsewhere is taken for transparent."""
    known = isinstance(applied, Qualified) and applied.path in _KNOWN
    if not known and not isinstance(applied, _CALLED):
        return value
    return call(run, applied, _given(run, decorator, value))


# Decorators of libraries that the interpreter follows.
_KNOWN = frozenset(
    {
        *("contextlib.contextmanager", "functools.singledispatch", "functools.total_ordering"),
        *("atexit.register",),
    }
)
