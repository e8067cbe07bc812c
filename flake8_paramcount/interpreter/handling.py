"""`try`: which handler takes what is raised."""

from __future__ import annotations

import builtins
from typing import Any

import libcst as cst

from flake8_paramcount.interpreter.branching import branch
from flake8_paramcount.interpreter.classes import method_of
from flake8_paramcount.interpreter.continuations import (
    NEXT,
    Continuation,
    Frame,
    Leave,
    Rest,
    Signal,
    Step,
    proceed,
)
from flake8_paramcount.interpreter.execution import body_of
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.journal import Delta
from flake8_paramcount.interpreter.models import Events
from flake8_paramcount.interpreter.names import dotted, store
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Condition, Instance, Value


class Guarded(Frame):
    """The body of a `try`: a raise inside it runs the first handler."""

    __slots__ = ("node",)
    guards = True

    def __init__(self, node: cst.Try | cst.TryStar) -> None:
        self.node = node

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind == "next":
            return NEXT, body_of(self.node.orelse, behind)
        handler = _handler(self.node, signal.value) if signal.kind == "raise" else None
        if handler is None:
            return signal, behind
        if handler.name is not None and isinstance(handler.name.name, cst.Name):
            store(run, handler.name.name.value, run.unknown("an exception"))
        return NEXT, body_of(handler, behind)


class Tried(Frame):
    """A `try` whose body calls something from elsewhere: nobody can say whether that raises.

    A handler that changes something is the other way that the program may have taken.
    """

    __slots__ = ("node",)

    def __init__(self, node: cst.Try | cst.TryStar) -> None:
        self.node = node

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind != "next":
            return signal, behind
        if not self._has_two_ways(run):
            return NEXT, self._succeeds(behind)
        site = run.site(self.node)
        condition = Condition(lambda: "the body of the `try` raises", site)
        return branch(run, condition, self._fails, self._succeeds, behind)

    def _succeeds(self, behind: Continuation) -> Continuation:
        return body_of(self.node, Rest(Guarded(self.node), behind))

    def _fails(self, behind: Continuation) -> Continuation:
        return body_of(self.node.handlers[0], behind)

    def _has_two_ways(self, run: Run) -> bool:
        if not self.node.handlers:
            return False
        ends, delta = _tried(run, self._fails(None))
        changed = any(ref is not run.counters and not isinstance(ref, Events) for ref in delta)
        if ends.kind != "next" or not changed:
            return False
        strangers = run.strangers
        _tried(run, body_of(self.node, None))
        return run.strangers > strangers


def _tried(run: Run, rest: Continuation) -> tuple[Signal, Delta]:
    """How a part would end and what it would change; it is undone."""
    made = len(run.models)
    whole, run.whole = run.whole, False
    try:
        with run.journal.speculation() as delta:
            signal = proceed(run, rest)
    finally:
        run.whole = whole
        del run.models[made:]
    return signal, delta


class Finally(Frame):
    """What is done however a `try` or `with` ends."""

    __slots__ = ("work",)

    def __init__(self, work: Frame) -> None:
        self.work = work

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind == "mixed":
            return signal, behind
        after = behind if signal.kind == "next" else Rest(Leave(signal), behind)
        return NEXT, Rest(self.work, after)


class Exit(Frame):
    """The end of a `with` over an object of the program."""

    __slots__ = ("manager", "node")

    def __init__(self, node: cst.With, manager: Instance) -> None:
        self.node = node
        self.manager = manager

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind == "next":
            run.statement = self.node
            manage(run, self.manager, "__exit__", None, None, None)
        return signal, behind


def manage(run: Run, manager: Instance, name: str, *args: Value) -> Value:
    """Call `__enter__` or `__exit__` of an object of the program."""
    function = method_of(run, manager.cls, name)
    if function is None:
        return manager
    site = run.site(run.statement)
    return call_function(run, function, Arguments((manager, *args), {}, site, lambda: name))


def _handler(node: cst.Try | cst.TryStar, error: Value) -> Any:
    """The handler that takes an exception of that name; the first one if it has no name."""
    for handler in node.handlers:
        if error is None or handler.type is None or _takes(handler.type, error):
            return handler
    return None


def _takes(kind: cst.BaseExpression, error: str) -> bool:
    """Whether `except <kind>` takes a built-in exception; one of another name might be it."""
    parts = [part.value for part in kind.elements] if isinstance(kind, cst.Tuple) else [kind]
    raised = getattr(builtins, error, None)
    for part in parts:
        wanted = getattr(builtins, dotted(part), None)
        if not isinstance(wanted, type) or not isinstance(raised, type):
            return True
        if issubclass(raised, wanted):
            return True
    return False
