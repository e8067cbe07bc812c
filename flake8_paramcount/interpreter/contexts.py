"""`contextlib`: managers that are made of a generator, and those that do little."""

from __future__ import annotations

from typing import NamedTuple

from flake8_paramcount.interpreter.continuations import Signal
from flake8_paramcount.interpreter.errors import takes
from flake8_paramcount.interpreter.generators import Generator, resumed
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.signatures import Call, known
from flake8_paramcount.interpreter.streams import one_step
from flake8_paramcount.interpreter.values import MISSING, Arguments, Function, Native, Value
from flake8_paramcount.unknown import Undetermined, Unknown


class Manager(NamedTuple):
    """A manager whose generator stops where the body of the `with` runs."""

    generator: Generator


class Suppressing(NamedTuple):
    """`suppress(…)`: what it takes of what is raised."""

    kinds: tuple[Value, ...]


class Idle(NamedTuple):
    """`nullcontext(value)`."""

    value: Value


@known("contextlib.contextmanager")
def contextmanager(call: Call, function: Value) -> Value:
    from flake8_paramcount.interpreter.calls import call as call_value

    def manage(arguments: Arguments) -> Value:
        made = call_value(call.run, function, arguments)
        if isinstance(made, Generator):
            return Manager(made)
        return made if isinstance(made, Unknown) else call.unknown("a manager")

    return Native(function.name if isinstance(function, Function) else "manager", manage)


@known("contextlib.suppress")
def suppress(call: Call, *exceptions: Value) -> Value:
    return Suppressing(exceptions)


@known("contextlib.nullcontext")
def nullcontext(call: Call, enter_result: Value = None) -> Value:
    return Idle(enter_result)


@method(Manager, "__enter__")
def enter(run: Run, manager: Manager, arguments: Arguments) -> Value:
    value = one_step(run, manager.generator)
    return run.unknown("the generator does not yield") if value is MISSING else value


@method(Manager, "__exit__")
def leave(run: Run, manager: Manager, arguments: Arguments) -> Value:
    """What is raised in the body goes on behind the `yield`; it is taken if the end is reached."""
    _, error, _ = arguments.args
    if error is None:
        one_step(run, manager.generator)
        return False
    if isinstance(error, Unknown):
        raise Undetermined(error)
    try:
        resumed(run, manager.generator, Signal("raise", error))
    except Raised as stop:
        if stop.error is error:
            return False
        raise
    return True


@method(Suppressing, "__enter__")
def enter_suppressing(run: Run, manager: Suppressing, arguments: Arguments) -> Value:
    return None


@method(Suppressing, "__exit__")
def leave_suppressing(run: Run, manager: Suppressing, arguments: Arguments) -> Value:
    _, error, _ = arguments.args
    if error is None:
        return False
    taken = takes(run, manager.kinds, error)
    if taken is None:
        raise Undetermined(run.unknown("whether the exception is suppressed"))
    return taken


@method(Idle, "__enter__")
def enter_idle(run: Run, manager: Idle, arguments: Arguments) -> Value:
    return manager.value


@method(Idle, "__exit__")
def leave_idle(run: Run, manager: Idle, arguments: Arguments) -> Value:
    return False
