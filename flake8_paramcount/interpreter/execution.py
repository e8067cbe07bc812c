"""Execution: the statements of a body one by one, each within its fence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import libcst as cst

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
from flake8_paramcount.interpreter.fence import why_lost
from flake8_paramcount.interpreter.havoc import give_up
from flake8_paramcount.interpreter.journal import Delta
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.unfollowed import lose
from flake8_paramcount.interpreter.values import NeedSplit, Value
from flake8_paramcount.unknown import Undetermined, Unknown


class Block(Frame):
    """Statements of a body, from an index on."""

    __slots__ = ("index", "statements")

    def __init__(self, statements: Sequence[cst.CSTNode], index: int = 0) -> None:
        self.statements = statements
        self.index = index

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind != "next":
            return signal, behind
        statements, index = self.statements, self.index
        while index < len(statements):
            statement = statements[index]
            index += 1
            rest = Rest(Block(statements, index), behind) if index < len(statements) else behind
            signal, then = execute(run, statement, rest)
            if signal.kind != "next" or then is not rest:
                return signal, then
        return NEXT, behind


def body_of(node: Any, behind: Continuation) -> Continuation:
    """The body below a header, in front of what follows."""
    if node is None:
        return behind
    if isinstance(node, cst.If):
        return Rest(Block((node,)), behind)
    return Rest(Block(node.body.body), behind) if node.body.body else behind


def execute_body(run: Run, body: cst.BaseSuite) -> Value:
    """The value that the body of a function returns."""
    before = run.rounds, run.whole
    run.rounds, run.whole = (), True
    try:
        signal = proceed(run, Rest(Block(body.body), None))
    finally:
        run.rounds, run.whole = before
    if signal.kind == "raise":
        raise Raised(signal.value)
    if signal.kind == "mixed":
        raise Undetermined(run.unknown("it is not known how the function ends"))
    return signal.value if signal.kind == "return" else None


# The part of the fuel that a compound statement of the module leaves to what comes behind it.
RESERVE = 0.125


def execute_alone(run: Run, statement: cst.CSTNode) -> Signal:
    """Execute a whole statement of the module: what fails in it costs only what it changes."""
    run.fuel.top_up()
    work = Rest(Block((statement,)), None)
    if isinstance(statement, cst.SimpleStatementLine):
        return proceed(run, work)
    made = len(run.models)
    with run.fuel.keeping(RESERVE), run.journal.trial() as (delta, tried):
        try:
            ended: Signal | Unknown = proceed(run, work)
        except Exception as error:
            ended = Unknown(why_lost(error), None, run.site(statement))
    if isinstance(ended, Unknown):
        _forget(run, statement, made, tried, ended)
        return NEXT
    run.journal.apply(delta)
    return ended


def _forget(run: Run, statement: cst.CSTNode, made: int, tried: Delta, reason: Unknown) -> None:
    """Make unknown what a statement has changed that was not followed to its end."""
    run.unfinished.update(id(model) for model in run.models[made:])
    give_up(run, tried, reason)
    run.statement = statement
    lose(run, statement, reason)


Executor: TypeAlias = Callable[[Run, Any, Continuation], Step]
_EXECUTORS: dict[type[cst.CSTNode], Executor] = {}


def executes(*kinds: type[cst.CSTNode]) -> Callable[[Executor], Executor]:
    """Register the executor of one or more kinds of statement."""

    def register(function: Executor) -> Executor:
        _EXECUTORS.update(dict.fromkeys(kinds, function))
        return function

    return register


def execute(run: Run, statement: cst.CSTNode, rest: Continuation) -> Step:
    """Execute one statement; the result says how to go on."""
    run.fuel.burn()
    run.statement = statement
    executor = _EXECUTORS.get(type(statement))
    if executor is None:
        return NEXT, rest
    if len(run.calls) <= FENCED_DEPTH and type(statement) in _FENCED:
        return _fenced(run, executor, statement, rest)
    return _execute(run, executor, statement, rest)


# Calls of functions in one another whose statements are fenced one by one, like the module's.
FENCED_DEPTH = 2

# Statements that end before the next begins; of the others only the header is fenced.
_FENCED = frozenset(
    {
        *(cst.AnnAssign, cst.Assert, cst.Assign, cst.AugAssign, cst.ClassDef, cst.Del, cst.Expr),
        *(cst.FunctionDef, cst.Import, cst.ImportFrom),
    }
)


def _fenced(run: Run, executor: Executor, statement: cst.CSTNode, rest: Continuation) -> Step:
    """A statement that fails or takes too long costs only what it changes."""
    made = len(run.models)
    share = RESERVE if run.calls else 0.5
    with run.fuel.keeping(share), run.journal.trial() as (delta, tried):
        try:
            step: Step | Unknown = _execute(run, executor, statement, rest)
        except Raised as stop:
            step = Signal("raise", stop.error), rest
        except Exception as error:
            step = Unknown(why_lost(error), None, run.site(statement))
    if not isinstance(step, Unknown):
        run.journal.apply(delta)
        return step
    _forget(run, statement, made, tried, step)
    return NEXT, rest


def header(run: Run, expression: cst.BaseExpression) -> Value:
    """The value of an expression in a header; the module's own are fenced like its statements."""
    if run.calls:
        return run.evaluate(expression)
    made = len(run.models)
    lost: Unknown | None = None
    raised: Raised | None = None
    value = None
    with run.fuel.half(), run.journal.trial() as (delta, tried):
        try:
            value = run.evaluate(expression)
        except (NeedSplit, Undetermined):
            raise
        except Raised as stop:
            raised = stop
        except Exception as error:
            value = lost = Unknown(why_lost(error), None, run.site(run.statement))
    if lost is None:
        run.journal.apply(delta)
        if raised is not None:
            raise raised
    else:
        run.unfinished.update(id(model) for model in run.models[made:])
        give_up(run, tried, lost)
    return value


def _execute(run: Run, executor: Executor, statement: cst.CSTNode, rest: Continuation) -> Step:
    try:
        return executor(run, statement, rest)
    except NeedSplit as need:
        # No executor leaves a choice open before it has begun to change something.
        return branch(
            run,
            need.condition,
            lambda behind: Rest(Block((statement,)), behind),
            lambda behind: Rest(Block((statement,)), behind),
            rest,
        )
    except Undetermined as stop:
        lose(run, statement, stop.unknown)
        return NEXT, rest
