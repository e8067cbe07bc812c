"""The run over one module: its statements in order, then the functions that nothing has called."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import partial

import libcst as cst

from flake8_paramcount.directives import Directives
from flake8_paramcount.interpreter import (  # noqa: F401  (they register what they define)
    adapting,
    applications,
    arrays,
    builtins,
    cloning,
    configs,
    contexts,
    data,
    deques,
    expressions,
    fields,
    functional,
    imagenet_utils,
    inplace,
    items,
    methods,
    pipelines,
    quantizing,
    session,
    statements,
    training,
    tuning,
)
from flake8_paramcount.interpreter.classes import instantiate, keras_kind
from flake8_paramcount.interpreter.definitions import definitions
from flake8_paramcount.interpreter.execution import execute_alone
from flake8_paramcount.interpreter.fence import why_lost
from flake8_paramcount.interpreter.fuel import Fuel, OutOfFuel
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.generation import dialect
from flake8_paramcount.interpreter.imports import Project
from flake8_paramcount.interpreter.mentions import mentioned
from flake8_paramcount.interpreter.parsing import lines_of, parse_module
from flake8_paramcount.interpreter.positions import Sites
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.values import Arguments, ClassObject, Function, Value
from flake8_paramcount.settings import Settings, canonical

# Methods that Keras itself calls, with what it makes of its own arguments.
_CALLED_BY_KERAS = frozenset({"call", "build", "compute_output_shape", "get_config", "__init__"})


def run_module(
    source: str,
    tree: ast.Module,
    settings: Settings,
    module: cst.Module | None = None,
    filename: str | None = None,
    directives: Directives | None = None,
) -> Run:
    """Evaluate a module. Every input comes back; what is not followed is unknown in the result."""
    run = run_statements(source, tree, settings, module, filename, directives)
    _call_the_rest(run)
    return run


def run_statements(
    source: str,
    tree: ast.Module,
    settings: Settings,
    module: cst.Module | None = None,
    filename: str | None = None,
    directives: Directives | None = None,
) -> Run:
    """Evaluate the statements of a module, without what nothing in it calls."""
    module = module or parse_module(source, tree)
    run = Run(module, Sites(module, tree, lines_of(source)), fuel=Fuel(settings.fuel))
    run.assume = {canonical(name): value for name, value in settings.assume.items()}
    run.declared = settings.layers
    if directives is not None:
        run.claims, run.stated = directives.claims, directives.lines
    if settings.follow_imports and filename is not None:
        run.project = Project(filename)
    run.mentions = mentioned(tree)
    imports = definitions(module).imports
    run.dialect = dialect(settings.keras, imports, run.mentions.names, run.mentions.keywords)
    session.begin(run)
    run.uses_tuner = any(path.startswith(("keras_tuner", "kerastuner")) for path in imports)
    _guarded(run, partial(_execute, run, module.body))
    return run


def _execute(run: Run, body: Sequence[cst.CSTNode]) -> None:
    """The statements of a module, up to one that raises."""
    for statement in body:
        if execute_alone(run, statement).kind == "raise":
            return


def _guarded(run: Run, work: Callable[[], object]) -> None:
    """Do a part of the work; running out of fuel marks what it was making."""
    made = len(run.models)
    try:
        work()
    except Raised:
        pass
    except (OutOfFuel, RecursionError, MemoryError):
        run.unfinished.update(id(model) for model in run.models[made:])
    except Exception as error:
        why_lost(error)
        run.unfinished.update(id(model) for model in run.models)


def _call_the_rest(run: Run) -> None:
    """Call what nothing has called, helpers last: what calls them gives them arguments."""
    names, callees = run.mentions.names, run.mentions.callees
    end = run.journal.now()
    for rank in range(3):
        index = 0
        while index < len(run.functions):
            function = run.functions[index]
            index += 1
            name = function.name
            if id(function.node) in run.called or (name in names) + (name in callees) != rank:
                continue
            with run.fuel.half():
                _try(run, function, end, stays=function.owner is None and rank > 0)


def _try(run: Run, function: Function, end: int, *, stays: bool) -> None:
    """Call a function that the program itself does not call.

    What the program has made by its `end` is as the function changes it only for the models that
    the function makes; unless that `stays`, because what is handed on may yet be called.
    """
    made = len(run.models)
    with run.journal.speculation(end) as delta:
        _guarded(run, partial(_enter, run, function))
    if stays:
        run.journal.apply(delta)
    else:
        run.views.update(dict.fromkeys(map(id, run.models[made:]), delta))


def _enter(run: Run, function: Function) -> None:
    """Call a function with its defaults, and with unknowns for the rest."""
    arguments = Arguments((), {}, 0, lambda: function.qualname)
    run.statement = run.module
    if function.owner is None:
        call_function(run, function, arguments)
        return
    by_keras = function.name in _CALLED_BY_KERAS and keras_kind(run, function.owner) is not None
    if by_keras and function.name != "__init__":
        return
    instance = _instance(run, function.owner, arguments)
    if id(function.node) not in run.called:
        call_function(run, function, arguments._replace(args=(instance,)))


def _instance(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    """An object of a class: the first that the program made, else one with the defaults."""
    made = run.instances.get(cls)
    return instantiate(run, cls, arguments) if made is None else made


def evaluate_source(source: str, settings: Settings | None = None) -> Run:
    """Evaluate a source text: the run, whose `globals` hold the values."""
    return run_module(source, ast.parse(source), settings or Settings())
