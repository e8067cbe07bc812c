"""Generators: functions and expressions that stop at each `yield`, and go on when they are asked.

What remains to be done is a value, so a generator is that value and the scope to do it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

import libcst as cst

from flake8_paramcount.interpreter.assignment import assign
from flake8_paramcount.interpreter.branching import branch
from flake8_paramcount.interpreter.continuations import (
    NEXT,
    Continuation,
    Frame,
    Rest,
    Signal,
    Step,
    proceed,
)
from flake8_paramcount.interpreter.errors import kind_of, made_error, raised_value
from flake8_paramcount.interpreter.execution import Block
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.streams import ended, one_step, over
from flake8_paramcount.interpreter.unfollowed import lose_reached
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    IteratorObject,
    NeedSplit,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown


class Generator(IteratorObject):
    """A generator: its state is what remains to be done, until nothing does."""

    __slots__ = ("enter",)

    def __init__(
        self, rest: Continuation, enter: Callable[[], AbstractContextManager[None]]
    ) -> None:
        super().__init__([rest], lambda run, stream: resumed(run, self, NEXT))
        self.enter = enter


def generator(run: Run, node: cst.FunctionDef, scope: Scope, arguments: Arguments) -> Value:
    """What a call of a generator function gives: nothing of its body has run yet."""
    site = arguments.site
    if not all(_is_followed(statement) for statement in yielding(node.body)):
        run.strangers += 1
        lose_reached(run, node.body, scope)
        reason = "a generator with a `yield` within an expression"
        return Unknown(reason, arguments.text, site)
    made = Generator(Rest(Block(node.body.body), None), lambda: run.inside(scope, site=site))
    made.body = node.body, scope
    return made


def resumed(run: Run, stream: Generator, signal: Signal) -> Value:
    """The value of the next `yield`; MISSING at the end."""
    rest = run.journal.force(run.journal.read(stream)[0])
    if isinstance(rest, Unknown):
        raise Undetermined(rest)
    before = run.rounds, run.whole
    run.rounds, run.whole = (), True
    try:
        with stream.enter():
            stopped = proceed(run, rest, signal)
    finally:
        run.rounds, run.whole = before
    if stopped.kind == "stopped":
        value, rest = stopped.value
        run.journal.write(stream)[0] = rest
        return value
    run.journal.replace(stream, [])
    if stopped.kind == "raise":
        raise Raised(stopped.value)
    if stopped.kind == "mixed":
        raise Undetermined(run.unknown("it is not known what the generator yields"))
    run.journal.replace(stream.returned, [stopped.value if stopped.kind == "return" else None])
    return MISSING


# -- `yield` --------------------------------------------------------------------------------------


def yielding(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The statements and expressions around each `yield` of a body, not of functions in it."""
    for child in node.children:
        if isinstance(child, cst.Yield):
            yield node
        if not isinstance(child, cst.FunctionDef | cst.Lambda | cst.ClassDef):
            yield from yielding(child)


def _is_followed(node: cst.CSTNode) -> bool:
    """Whether a `yield` is a statement, or all that one assigns."""
    return isinstance(node, cst.Expr | cst.Assign | cst.AnnAssign | cst.Return)


def yield_from_statement(run: Run, node: cst.Yield, receive: Frame, rest: Continuation) -> Step:
    """A statement that is a `yield`: `receive` gets what it evaluates to."""
    behind = Rest(receive, rest)
    if isinstance(node.value, cst.From):
        return NEXT, Rest(Delegate(over(run, run.evaluate(node.value.item))), behind)
    return Signal("yield", None if node.value is None else run.evaluate(node.value)), behind


class Receive(Frame):
    """What is sent to a generator is assigned to targets."""

    __slots__ = ("targets",)

    def __init__(self, targets: Sequence[cst.BaseExpression]) -> None:
        self.targets = targets

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind != "next":
            return signal, behind
        for target in self.targets:
            assign(run, target, signal.value)
        return NEXT, behind


class Give(Frame):
    """What is sent to a generator is what it returns."""

    __slots__ = ()

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        return (Signal("return", signal.value) if signal.kind == "next" else signal), behind


class Delegate(Frame):
    """`yield from`: the items of another iterator, and the value that it returns."""

    __slots__ = ("stream",)

    def __init__(self, stream: IteratorObject) -> None:
        self.stream = stream

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        inner = self.stream
        passed = isinstance(inner, Generator) and (signal.kind == "raise" or signal.value)
        if signal.kind != "next" and not passed:
            return signal, behind
        try:
            item = resumed(run, inner, signal) if passed else one_step(run, inner)  # type: ignore[arg-type]
        except NeedSplit as need:
            return branch(run, need.condition, self._again, self._again, behind)
        if item is MISSING:
            return Signal("next", ended(run, inner)), behind
        return Signal("yield", item), Rest(self, behind)

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)


# -- generator expressions ------------------------------------------------------------------------


class Clauses(Frame):
    """A clause of a generator expression, over the items that are left."""

    __slots__ = ("clause", "element", "memory", "number", "stream")

    def __init__(
        self,
        clause: cst.CompFor,
        element: cst.BaseExpression,
        stream: IteratorObject,
        number: int = 0,
    ) -> None:
        self.clause = clause
        self.element = element
        self.stream = stream
        self.number = number
        self.memory: dict[object, Value] = {}

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind != "next":
            return signal, behind
        run.rounds = (*run.rounds[:-1], self.number)
        try:
            with run.repeatable(self.memory):
                item = one_step(run, self.stream)
                if item is MISSING:
                    return NEXT, behind
                return self._with(run, item, behind)
        except NeedSplit as need:
            return branch(run, need.condition, self._again, self._again, behind)

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)

    def _with(self, run: Run, item: Value, behind: Continuation) -> Step:
        assign(run, self.clause.target, item)
        following = Clauses(self.clause, self.element, self.stream, self.number + 1)
        rest = Rest(following, behind)
        if not all(run.truth(run.evaluate(test.test)) for test in self.clause.ifs):
            return NEXT, rest
        inner = self.clause.inner_for_in
        if inner is not None:
            stream = over(run, run.evaluate(inner.iter))
            return NEXT, Rest(Clauses(inner, self.element, stream), rest)
        return Signal("yield", run.evaluate(self.element)), rest


def generator_expression(run: Run, node: cst.GeneratorExp) -> Value:
    """A generator over the items that its first clause has now. Raises `Undetermined`."""
    stream = over(run, run.evaluate(node.for_in.iter))
    scope, site, statement = Scope("comprehension", run.scope), run.site(node), run.statement

    def enter() -> AbstractContextManager[None]:
        return run.inside(scope, site=site, statement=statement)

    made = Generator(Rest(Clauses(node.for_in, node.elt, stream), None), enter)
    made.endless = stream.endless and not node.for_in.ifs
    made.body, made.sources = (node.elt, scope), (stream,)
    return made


# -- methods --------------------------------------------------------------------------------------


@method(Generator, "send")
def send(run: Run, stream: Generator, arguments: Arguments) -> Value:
    return _stepped(run, stream, Signal("next", arguments.args[0]))


@method(Generator, "throw")
def throw(run: Run, stream: Generator, arguments: Arguments) -> Value:
    error = raised_value(run, arguments.args[0], arguments.site)
    return _stepped(run, stream, Signal("raise", error))


@method(Generator, "close")
def close(run: Run, stream: Generator, arguments: Arguments) -> Value:
    if not run.journal.read(stream):
        return None
    try:
        resumed(run, stream, Signal("raise", made_error(run, GeneratorExit, ())))
    except Raised as stop:
        if kind_of(run, stop.error) not in (GeneratorExit, StopIteration):
            raise
    return None


def _stepped(run: Run, stream: Generator, signal: Signal) -> Value:
    item = MISSING if not run.journal.read(stream) else resumed(run, stream, signal)
    if item is not MISSING:
        return item
    if signal.kind == "raise":
        raise Raised(signal.value)
    run.fails(StopIteration, ended(run, stream))
    return run.unknown("the generator has ended")
