"""Decorators: transparent unless they are known to change what they decorate."""

from __future__ import annotations

import libcst as cst

from flake8_paramcount.interpreter.calls import call
from flake8_paramcount.interpreter.functions import make_function
from flake8_paramcount.interpreter.names import dotted
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Function, Value

# These change how a class looks a function up, not what it does.
_KINDS = frozenset({"property", "staticmethod", "classmethod", "cached_property"})


def decorated_function(run: Run, node: cst.FunctionDef) -> Value:
    """The value that a `def` with its decorators binds."""
    function = make_function(run, node)
    names = [_name(decorator.decorator) for decorator in node.decorators]
    function.decorators = frozenset(name for name in names if name in _KINDS)
    value: Value = function
    for decorator in reversed(node.decorators):
        if _name(decorator.decorator) not in _KINDS:
            value = _decorated(run, decorator, value)
    return value


def _name(node: cst.BaseExpression) -> str:
    return dotted(node.func if isinstance(node, cst.Call) else node).rpartition(".")[2]


def _decorated(run: Run, decorator: cst.Decorator, value: Value) -> Value:
    """A decorator of this file is called; one from elsewhere is taken for transparent."""
    applied = run.journal.resolve(run.evaluate(decorator.decorator))
    if not isinstance(applied, Function):
        return value
    site = run.site(decorator.decorator)
    return call(run, applied, Arguments((value,), {}, site, run.text(decorator.decorator)))
