"""Functions of the analysed program: making them, binding their arguments, calling them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst

from flake8_paramcount.interpreter.containers import packed
from flake8_paramcount.interpreter.run import MAX_DEPTH, Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    DictObject,
    Function,
    Parameter,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Unknown

# What Keras itself calls, with more arguments than are told here.
_CALLED_BY_KERAS = frozenset({"call", "build", "compute_output_shape", "get_config"})


def make_function(run: Run, node: cst.FunctionDef) -> Function:
    """The function that a `def` makes; its defaults are evaluated now, once."""
    outer = run.scope
    name = node.name.value
    prefix = qualified_prefix(outer)
    function = Function(
        name, prefix + name, node, parameters(run, node.params), outer, run.site(node)
    )
    if outer.module is run.globals:
        run.functions.append(function)
    return function


def qualified_prefix(scope: Scope) -> str:
    """What stands before the name in the qualified name of something defined in a scope."""
    label = scope.globals.get("__qualname__")
    return f"{label}." if label else ""


def make_lambda(run: Run, node: cst.Lambda) -> Function:
    """The function that a lambda makes."""
    name = f"{qualified_prefix(run.scope)}<lambda>"
    function = Function(
        "<lambda>", name, node, parameters(run, node.params), run.scope, run.site(node)
    )
    function.statement = run.statement
    return function


def parameters(run: Run, node: cst.Parameters) -> tuple[Parameter, ...]:
    """The parameters in order, with defaults evaluated."""
    found = [*_group(run, node.posonly_params, "/"), *_group(run, node.params, "")]
    if isinstance(node.star_arg, cst.Param):
        found.append(Parameter(node.star_arg.name.value, "*"))
    found.extend(_group(run, node.kwonly_params, "k"))
    if node.star_kwarg is not None:
        found.append(Parameter(node.star_kwarg.name.value, "**"))
    return tuple(found)


def _group(run: Run, params: Sequence[cst.Param], kind: str) -> list[Parameter]:
    return [
        Parameter(
            param.name.value,
            kind,
            MISSING if param.default is None else run.evaluate(param.default),
        )
        for param in params
    ]


def call_function(run: Run, function: Function, arguments: Arguments) -> Value:
    """The value that a call of a function of the file returns."""
    from flake8_paramcount.interpreter.execution import execute_body

    run.fuel.burn(5)
    if len(run.calls) >= MAX_DEPTH:
        return Unknown("calls nest too deeply", arguments.text, arguments.site)
    run.called.add(id(function.node))
    scope = Scope("function", function.scope)
    scope.node = function.node
    scope.globals["__qualname__"] = f"{function.qualname}.<locals>"
    scope.globals["__function__"] = function.qualname
    bind_arguments(run, function, arguments, scope)
    if function.owner is not None:
        scope.state["__class__"] = function.owner
    with run.inside(scope, site=arguments.site):
        if isinstance(function.node, cst.Lambda):
            run.statement = function.statement
            return run.evaluate(function.node.body)
        if function.node.asynchronous is not None:
            return Unknown("the result of a coroutine", arguments.text, arguments.site)
        if is_generator(run, function):
            from flake8_paramcount.interpreter.generators import generator

            return generator(run, function.node, scope, arguments)
        return execute_body(run, function.node.body)


def is_generator(run: Run, function: Function) -> bool:
    """Whether a function has a `yield` of its own; looked for once."""
    from flake8_paramcount.interpreter.generators import yielding

    if not run.mentions.yields and function.scope.module is run.globals:
        return False
    found = run.generators.get(id(function.node))
    if found is None:
        found = any(yielding(function.node.body))
        run.generators[id(function.node)] = found
    return found


def bind_arguments(run: Run, function: Function, arguments: Arguments, scope: Scope) -> None:
    """Bind arguments to parameters as Python does; what is missing becomes unknown."""
    names = bound_parameters(run, function.qualname, function.parameters, arguments, function.site)
    scope.state.update(names)


def bound_parameters(
    run: Run, qualname: str, parameters: Sequence[Parameter], arguments: Arguments, site: int
) -> dict[str, Value]:
    """The value of each parameter of what is called."""
    names: dict[str, Value] = {}
    function = Callee(qualname, site)
    given = list(arguments.args)
    keywords = dict(arguments.kwargs)
    for parameter in parameters:
        if parameter.kind == "*":
            names[parameter.name] = (
                packed(run, given) if arguments.complete else _rest(function, parameter)
            )
            given = []
        elif parameter.kind == "**":
            names[parameter.name] = DictObject(keywords)
            if not arguments.complete:
                run.journal.replace(names[parameter.name], _rest(function, parameter))
            keywords = {}
        elif given and parameter.kind in ("", "/"):
            names[parameter.name] = given.pop(0)
        elif parameter.name in keywords and parameter.kind != "/":
            names[parameter.name] = keywords.pop(parameter.name)
        else:
            names[parameter.name] = _default(run, function, parameter, arguments)
    if (given or keywords) and arguments.complete:
        run.refuses(TypeError)
    return names


class Callee(NamedTuple):
    """What is called, as far as messages name it."""

    qualname: str
    site: int


def _default(run: Run, function: Callee, parameter: Parameter, arguments: Arguments) -> Value:
    assumed = run.assumed(parameter.name)
    if assumed is not None:
        return assumed
    if parameter.default is not MISSING and arguments.complete:
        return parameter.default
    if arguments.complete and function.qualname.rpartition(".")[2] not in _CALLED_BY_KERAS:
        run.refuses(TypeError)
    return _rest(function, parameter)


def _rest(function: Callee, parameter: Parameter) -> Unknown:
    return Unknown(
        f"it is the parameter `{parameter.name}` of `{function.qualname}`",
        parameter.name,
        function.site,
    )
