"""`try`: which handler takes what is raised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from flake8_paramcount.interpreter.assignment import assign
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
from flake8_paramcount.interpreter.errors import group_of, parts_of, takes
from flake8_paramcount.interpreter.execution import body_of, header
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.journal import Delta
from flake8_paramcount.interpreter.models import Events
from flake8_paramcount.interpreter.names import store
from flake8_paramcount.interpreter.natives import find_method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    Condition,
    ErrorObject,
    Instance,
    Qualified,
    Value,
)
from flake8_paramcount.unknown import Undetermined


class Guarded(Frame):
    """The body of a `try`: a raise inside it runs the first handler."""

    __slots__ = ("node",)
    guards = True

    def __init__(self, node: cst.Try | cst.TryStar) -> None:
        self.node = node

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind == "next":
            return NEXT, body_of(self.node.orelse, behind)
        if signal.kind != "raise":
            return signal, behind
        run.statement = self.node
        return NEXT, Rest(Handlers(self.node, signal), behind)


class Handlers(Frame):
    """The handlers of a `try`, from an index on, for an exception that one of them may take."""

    __slots__ = ("index", "node", "signal")

    def __init__(self, node: cst.Try | cst.TryStar, signal: Signal, index: int = 0) -> None:
        self.node = node
        self.signal = signal
        self.index = index

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind != "next":
            return signal, behind
        if self.index == len(self.node.handlers):
            return self.signal, behind
        if isinstance(self.node, cst.TryStar):
            return self._of_group(run, behind)
        handler = self.node.handlers[self.index]
        taken = self._takes(run, handler.type)
        if taken is None:
            condition = Condition(lambda: "the handler takes it", run.site(self.node))
            return branch(run, condition, self._handled, self._others, behind)
        return NEXT, (self._handled if taken else self._others)(behind)

    def _takes(self, run: Run, kind: cst.BaseExpression | None) -> bool | None:
        if kind is None:
            return True
        return takes(run, run.evaluate(kind), self.signal.value)

    def _handled(self, behind: Continuation) -> Continuation:
        return handled(self.node.handlers[self.index], self.signal.value, behind)

    def _others(self, behind: Continuation) -> Continuation:
        return Rest(Handlers(self.node, self.signal, self.index + 1), behind)

    def _of_group(self, run: Run, behind: Continuation) -> Step:
        """`except*`: what the handler takes out of the group; the others get what is left."""
        handler = self.node.handlers[self.index]
        error = self.signal.value
        parts = parts_of(run, error)
        kind = run.evaluate(handler.type) if handler.type is not None else None
        answers = [takes(run, kind, part) for part in parts]
        if None in answers or not parts:
            raise Undetermined(run.unknown("which of the exceptions are handled"))
        taken = [part for part, answer in zip(parts, answers, strict=True) if answer]
        left = [part for part, answer in zip(parts, answers, strict=True) if not answer]
        rest = behind
        if left:
            signal = Signal("raise", group_of(run, error, left)) if taken else self.signal
            rest = Rest(Handlers(self.node, signal, self.index + 1), behind)
        return NEXT, handled(handler, group_of(run, error, taken), rest) if taken else rest


def handled(handler: Any, error: Value, behind: Continuation) -> Continuation:
    """The body of a handler, with its name bound while it runs."""
    name = handler.name.name.value if handler.name is not None else None
    return Rest(Bind(name, error), body_of(handler, Rest(Caught(name, error), behind)))


class Bind(Frame):
    """The beginning of a handler: its name is the exception."""

    __slots__ = ("error", "name")

    def __init__(self, name: str | None, error: Value) -> None:
        self.name = name
        self.error = error

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if self.name is not None:
            lost = self.error is None
            store(run, self.name, run.unknown("an exception") if lost else self.error)
        return signal, behind


class Caught(Frame):
    """The end of a handler: its name is unbound."""

    __slots__ = ("error", "name")

    def __init__(self, name: str | None, error: Value) -> None:
        self.name = name
        self.error = error

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if self.name is not None and signal.kind != "mixed":
            store(run, self.name, MISSING)
        return signal, behind


def being_handled(rest: Continuation) -> Value:
    """The exception that a bare `raise` raises again; None where it is not known."""
    while rest is not None:
        if isinstance(rest.frame, Caught):
            return rest.frame.error
        rest = rest.behind
    return None


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
        return handled(self.node.handlers[0], None, behind)

    def _has_two_ways(self, run: Run) -> bool:
        if not self.node.handlers:
            return False
        ends, delta = _tried(run, self._fails(None))
        changed = any(ref is not run.counters and not isinstance(ref, Events) for ref in delta)
        if ends.kind != "next" or not changed:
            return False
        strangers = run.strangers
        # What is bound to raise in it does, and is no stranger.
        guarded, run.guarded = run.guarded, True
        try:
            _tried(run, body_of(self.node, None))
        finally:
            run.guarded = guarded
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


class Enter(Frame):
    """The beginning of a `with`, from one of its managers on."""

    __slots__ = ("index", "node")

    def __init__(self, node: cst.With, index: int = 0) -> None:
        self.node = node
        self.index = index

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind != "next":
            return signal, behind
        if self.index == len(self.node.items):
            return NEXT, body_of(self.node, behind)
        run.statement = self.node
        item = self.node.items[self.index]
        value = run.journal.resolve(header(run, item.item))
        if is_manager(run, value):
            behind = Rest((Taking if may_swallow(run, value) else Exit)(self.node, value), behind)
            value = manage(run, value, "__enter__")
        if item.asname is not None:
            assign(run, item.asname.name, value)
        return NEXT, Rest(Enter(self.node, self.index + 1), behind)


class Exit(Frame):
    """The end of a `with` over an object that the evaluation follows."""

    __slots__ = ("manager", "node")

    def __init__(self, node: cst.With, manager: Value) -> None:
        self.node = node
        self.manager = manager

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        run.statement = self.node
        if signal.kind == "mixed":
            return signal, behind
        if signal.kind != "raise":
            manage(run, self.manager, "__exit__", None, None, None)
            return signal, behind
        swallowed = manage(run, self.manager, "__exit__", *described(run, signal.value))
        return NEXT if run.truth(swallowed) else signal, behind


class Taking(Exit):
    """One whose manager may take what is raised."""

    __slots__ = ()
    guards = True


def is_manager(run: Run, value: Value) -> bool:
    """Whether `with` calls methods of a value that are followed."""
    return isinstance(value, Instance) or find_method(type(value), "__exit__") is not None


def may_swallow(run: Run, manager: Value) -> bool:
    """Whether `__exit__` may return something true."""
    if not isinstance(manager, Instance):
        return True
    function = method_of(run, manager.cls, "__exit__")
    return function is not None and any(_returned(function.node))


def _returned(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    """The values that a function may return, those of functions in it included."""
    if isinstance(node, cst.Return) and node.value is not None:
        yield node.value
    for child in node.children:
        yield from _returned(child)


def manage(run: Run, manager: Value, name: str, *args: Value) -> Value:
    """Call `__enter__` or `__exit__` of an object."""
    site = run.site(run.statement)
    if not isinstance(manager, Instance):
        native = find_method(type(manager), name)
        arguments = Arguments(args, {}, site, lambda: name)
        return native(run, manager, arguments) if native is not None else manager
    function = method_of(run, manager.cls, name)
    if function is None:
        return manager if name == "__enter__" else None
    return call_function(run, function, Arguments((manager, *args), {}, site, lambda: name))


def described(run: Run, error: Value) -> tuple[Value, Value, Value]:
    """What `__exit__` is told of an exception."""
    if error is None:
        return (run.unknown("the class of an exception"), run.unknown("an exception"), None)
    if isinstance(error, ErrorObject):
        return Qualified(f"builtins.{error.kind.__name__}"), error, None
    return error.cls, error, run.unknown("a traceback")
