"""Execution of statements by explicit continuations.

What remains to be done after a statement is a linked list of frames (`Rest`), up to the end of the
function. An undecided `if` first tries to run just its two bodies and to join what they did. Where
one of them leaves (return, break, continue, raise) and the other does not, both ways run on to the
end of the function, each with the whole rest, and are joined there.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import libcst as cst

from flake8_paramcount.interpreter import operators
from flake8_paramcount.interpreter.assignment import assign, delete
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.interpreter.functions import Yielded
from flake8_paramcount.interpreter.havoc import Places, keep_fresh, lose, widen
from flake8_paramcount.interpreter.journal import Delta
from flake8_paramcount.interpreter.models import Events
from flake8_paramcount.interpreter.names import dotted, import_from, import_names, store
from flake8_paramcount.interpreter.repeating import CHANGES, rounds_of
from flake8_paramcount.interpreter.run import FORK_COST, Raised, Run
from flake8_paramcount.interpreter.values import (
    Choice,
    Condition,
    NeedSplit,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown


class Signal(NamedTuple):
    """How a run of statements ends: `next`, `return`, `break`, `continue`, `raise` or `mixed`."""

    kind: str
    value: Value = None


NEXT = Signal("next")
MIXED = Signal("mixed")


class Rest(NamedTuple):
    """What is still to be done: a frame, and the rest behind it."""

    frame: Frame
    behind: Rest | None


Continuation: TypeAlias = "Rest | None"
Step: TypeAlias = "tuple[Signal, Continuation]"


class Block:
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


class Pace(NamedTuple):
    """How a loop began: the rounds around it, and the fuel levels that it is measured by.

    A loop that reaches `look` must change something that lasts, or the rest of its rounds is not
    followed one by one: training loops have thousands. One that reaches `enough` is not followed
    in any case.
    """

    around: tuple[int, ...]
    look: int
    enough: int

    def allows(self, run: Run, node: cst.For | cst.While) -> Pace | None:
        """The pace of the next round; None if there is no next one to be followed."""
        if run.fuel.left < self.enough:
            return None
        if run.fuel.left > self.look:
            return self
        return self._replace(look=-1) if _lasts(run, node) else None


def pace(run: Run) -> Pace:
    """The pace of a loop that begins now."""
    left = run.fuel.left
    return Pace(run.rounds, left - left // 10, left // 3)


def _lasts(run: Run, node: cst.For | cst.While) -> bool:
    """Whether a round of a loop changes anything but names."""
    made = len(run.models)
    _, delta = _one_round(run, node, Unknown("a round of a loop", None, run.site(node)))
    del run.models[made:]
    return any(not isinstance(ref, Scope | Events) and ref is not run.counters for ref in delta)


class Loop:
    """The rounds of a `for` over known items, from an index on."""

    __slots__ = ("index", "items", "node", "pace")

    def __init__(self, node: cst.For, items: Sequence[Value], pace: Pace, index: int = 0) -> None:
        self.node = node
        self.items = items
        self.pace = pace
        self.index = index

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind in ("return", "raise", "mixed"):
            return signal, behind
        run.rounds = self.pace.around
        if signal.kind == "break":
            return NEXT, behind
        if self.index >= len(self.items):
            return NEXT, _body(self.node.orelse, behind)
        run.fuel.burn()
        run.statement = self.node
        allowed = self.pace.allows(run, self.node)
        if allowed is None:
            return _unknown_loop(run, self.node, _too_long(run, self.node), behind)
        assign(run, self.node.target, self.items[self.index])
        run.rounds = (*allowed.around, self.index)
        following = Loop(self.node, self.items, allowed, self.index + 1)
        return NEXT, _body(self.node, Rest(following, behind))


class WhileLoop:
    """The rounds of a `while` whose tests are known."""

    __slots__ = ("node", "number", "pace")

    def __init__(self, node: cst.While, pace: Pace, number: int = 0) -> None:
        self.node = node
        self.pace = pace
        self.number = number

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind in ("return", "raise", "mixed"):
            return signal, behind
        run.rounds = self.pace.around
        if signal.kind == "break":
            return NEXT, behind
        run.fuel.burn()
        run.statement = self.node
        test = run.evaluate(self.node.test)
        try:
            holds = run.truth(test)
        except (NeedSplit, Undetermined):
            return _unknown_loop(run, self.node, None, behind)
        if not holds:
            return NEXT, _body(self.node.orelse, behind)
        allowed = self.pace.allows(run, self.node)
        if allowed is None or (self.number > MAX_ENDLESS and _endless(self.node.test)):
            return _unknown_loop(run, self.node, _too_long(run, self.node), behind)
        run.rounds = (*allowed.around, self.number)
        following = WhileLoop(self.node, allowed, self.number + 1)
        return NEXT, _body(self.node, Rest(following, behind))


class Guarded:
    """The body of a `try`: a raise inside it runs the first handler."""

    __slots__ = ("node",)

    def __init__(self, node: cst.Try | cst.TryStar) -> None:
        self.node = node

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        final = _body(self.node.finalbody, behind)
        if signal.kind == "next":
            return NEXT, _body(self.node.orelse, final)
        handler = _handler(self.node, signal.value) if signal.kind == "raise" else None
        if handler is None:
            return (NEXT, _body(self.node.finalbody, Rest(Leave(signal), behind)))
        if handler.name is not None and isinstance(handler.name.name, cst.Name):
            store(run, handler.name.name.value, run.unknown("an exception"))
        return NEXT, _body(handler, final)


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


Frame: TypeAlias = "Block | Loop | WhileLoop | Guarded | Decided | Rounds | Cases | Leave"

# What a loop changes is found in so many passes, or the loop is not followed.
MAX_PASSES = 4

# Loops of unknown length inside one another: each doubles the work.
MAX_UNKNOWN_LOOPS = 4

# A `while True` that has not ended after so many rounds waits for something outside.
MAX_ENDLESS = 8


def _too_long(run: Run, node: cst.CSTNode) -> Unknown:
    return Unknown("a loop that takes too long to follow", None, run.site(node))


def _endless(test: cst.BaseExpression) -> bool:
    return isinstance(test, cst.Name | cst.Integer) and test.value in ("True", "1")


def _body(node: Any, behind: Continuation) -> Continuation:
    """The body below a header, in front of what follows."""
    if node is None:
        return behind
    if isinstance(node, cst.If):
        return Rest(Block((node,)), behind)
    return Rest(Block(node.body.body), behind) if node.body.body else behind


def proceed(run: Run, rest: Continuation) -> Signal:
    """Run all that is to be done."""
    signal = NEXT
    while rest is not None:
        signal, rest = rest.frame.resume(run, signal, rest.behind)
    return signal


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
    return signal.value if signal.kind == "return" else None


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
    if not run.calls and isinstance(statement, cst.SimpleStatementLine):
        return _fenced(run, executor, statement, rest)
    return _execute(run, executor, statement, rest)


def _fenced(
    run: Run, executor: Executor, statement: cst.SimpleStatementLine, rest: Continuation
) -> Step:
    """A statement of the module: one that fails or takes too long costs only what it changes."""
    made = len(run.models)
    with run.fuel.half(), run.journal.speculation() as delta:
        try:
            step: Step | Unknown = _execute(run, executor, statement, rest)
        except (OutOfFuel, RecursionError):
            step = Unknown("it takes too long to follow", None, run.site(statement))
        except Exception:
            if os.environ.get("PARAMCOUNT_RERAISE"):
                raise
            step = Unknown("it cannot be followed", None, run.site(statement))
    if not isinstance(step, Unknown):
        run.journal.apply(delta)
        return step
    run.unfinished.update(id(model) for model in run.models[made:])
    widen(run, delta, step, set())
    run.statement = statement
    lose(run, statement, step)
    return NEXT, rest


def _execute(run: Run, executor: Executor, statement: cst.CSTNode, rest: Continuation) -> Step:
    return (_watched if _guarded(rest) else _plainly)(run, executor, statement, rest)


def _watched(run: Run, executor: Executor, statement: cst.CSTNode, rest: Continuation) -> Step:
    """A statement in a `try`: if it is bound to raise, it does nothing else."""
    made, failed = len(run.models), len(run.failures)
    with run.journal.speculation() as delta:
        step = _plainly(run, executor, statement, rest)
    if len(run.failures) > failed:
        error = run.failures[failed]
        del run.models[made:], run.failures[failed:]
        return Signal("raise", error), rest
    run.journal.apply(delta)
    return step


def _plainly(run: Run, executor: Executor, statement: cst.CSTNode, rest: Continuation) -> Step:
    try:
        return executor(run, statement, rest)
    except Raised as stop:
        return Signal("raise", stop.error), rest
    except NeedSplit as need:
        # No executor leaves a choice open before it has begun to change something.
        return branch(run, need.condition, statement, statement, rest)
    except Undetermined as stop:
        lose(run, statement, stop.unknown)
        return NEXT, rest


# Simple statements


@executes(cst.SimpleStatementLine, cst.SimpleStatementSuite)
def simple_line(run: Run, node: cst.SimpleStatementLine, rest: Continuation) -> Step:
    if len(node.body) == 1:
        return execute(run, node.body[0], rest)
    return NEXT, Rest(Block(node.body), rest)


@executes(cst.Expr)
def expression(run: Run, node: cst.Expr, rest: Continuation) -> Step:
    if not isinstance(node.value, cst.SimpleString | cst.ConcatenatedString):
        run.evaluate(node.value)
    return NEXT, rest


@executes(cst.Assign)
def assignment(run: Run, node: cst.Assign, rest: Continuation) -> Step:
    value = run.evaluate(node.value)
    for target in node.targets:
        assign(run, target.target, value)
    return NEXT, rest


@executes(cst.AnnAssign)
def annotated_assignment(run: Run, node: cst.AnnAssign, rest: Continuation) -> Step:
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value))
    _annotate(run, node)
    return NEXT, rest


def _annotate(run: Run, node: cst.AnnAssign) -> None:
    """Note the fields of a class body in their order: a dataclass takes them as parameters."""
    if run.scope.kind == "class" and isinstance(node.target, cst.Name):
        fields = run.scope.state.get("__annotations__", ())
        run.scope.state["__annotations__"] = (*fields, node.target.value)


@executes(cst.AugAssign)
def augmented_assignment(run: Run, node: cst.AugAssign, rest: Continuation) -> Step:
    target = run.evaluate(node.target)
    value = run.evaluate(node.value)
    assign(run, node.target, operators.augmented(run, type(node.operator), target, value, node))
    return NEXT, rest


@executes(cst.Return)
def return_statement(run: Run, node: cst.Return, rest: Continuation) -> Step:
    return Signal("return", run.evaluate(node.value) if node.value is not None else None), rest


@executes(cst.Break)
def break_statement(run: Run, node: cst.Break, rest: Continuation) -> Step:
    return Signal("break"), rest


@executes(cst.Continue)
def continue_statement(run: Run, node: cst.Continue, rest: Continuation) -> Step:
    return Signal("continue"), rest


@executes(cst.Raise)
def raise_statement(run: Run, node: cst.Raise, rest: Continuation) -> Step:
    raised = node.exc.func if isinstance(node.exc, cst.Call) else node.exc
    return Signal("raise", dotted(raised) or None), rest


@executes(cst.Assert)
def assert_statement(run: Run, node: cst.Assert, rest: Continuation) -> Step:
    run.evaluate(node.test)
    return NEXT, rest


@executes(cst.Del)
def del_statement(run: Run, node: cst.Del, rest: Continuation) -> Step:
    delete(run, node.target)
    return NEXT, rest


@executes(cst.Global, cst.Nonlocal)
def declaration(run: Run, node: cst.Global | cst.Nonlocal, rest: Continuation) -> Step:
    kind = "global" if isinstance(node, cst.Global) else "nonlocal"
    for item in node.names:
        run.scope.globals[item.name.value] = kind
    return NEXT, rest


@executes(cst.Import)
def import_statement(run: Run, node: cst.Import, rest: Continuation) -> Step:
    import_names(run, node)
    return NEXT, rest


@executes(cst.ImportFrom)
def import_from_statement(run: Run, node: cst.ImportFrom, rest: Continuation) -> Step:
    import_from(run, node)
    return NEXT, rest


# Definitions


@executes(cst.FunctionDef)
def function_definition(run: Run, node: cst.FunctionDef, rest: Continuation) -> Step:
    from flake8_paramcount.interpreter.decorators import decorated_function

    store(run, node.name.value, decorated_function(run, node))
    return NEXT, rest


@executes(cst.ClassDef)
def class_definition(run: Run, node: cst.ClassDef, rest: Continuation) -> Step:
    from flake8_paramcount.interpreter.classes import make_class

    store(run, node.name.value, make_class(run, node))
    return NEXT, rest


# Control flow


@executes(cst.If)
def if_statement(run: Run, node: cst.If, rest: Continuation) -> Step:
    test = run.evaluate(node.test)
    try:
        holds = run.truth(test)
    except NeedSplit as need:
        return _branch_if(run, node, test, need.condition, rest)
    return NEXT, _branch_body(node, holds, rest)


def _branch_if(
    run: Run, node: cst.If, test: Value, condition: Condition, rest: Continuation
) -> Step:
    """Both ways of an undecided `if`: the test is not evaluated again."""

    def way(behind: Continuation) -> Continuation:
        return Rest(Decided(node, test), behind)

    return _branch(run, condition, way, way, rest)


class Decided:
    """An `if` whose test has been evaluated, to be gone on with under new facts."""

    __slots__ = ("node", "test")

    def __init__(self, node: cst.If, test: Value) -> None:
        self.node = node
        self.test = test

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        run.statement = self.node
        try:
            holds = run.truth(self.test)
        except NeedSplit as need:
            return _branch_if(run, self.node, self.test, need.condition, behind)
        return NEXT, _branch_body(self.node, holds, behind)


def _branch_body(node: cst.If, holds: bool, behind: Continuation) -> Continuation:
    # `_body` of an `if` is the statement itself where it stands for an `elif`.
    return Rest(Block(node.body.body), behind) if holds else _body(node.orelse, behind)


@executes(cst.With)
def with_statement(run: Run, node: cst.With, rest: Continuation) -> Step:
    for item in node.items:
        value = run.evaluate(item.item)
        if item.asname is not None:
            assign(run, item.asname.name, value)
    return NEXT, _body(node, rest)


@executes(cst.Try, cst.TryStar)
def try_statement(run: Run, node: cst.Try | cst.TryStar, rest: Continuation) -> Step:
    return NEXT, _body(node, Rest(Guarded(node), rest))


@executes(cst.For)
def for_statement(run: Run, node: cst.For, rest: Continuation) -> Step:
    iterable = run.evaluate(node.iter)
    items = run.attempt(lambda: tuple(iterate(run, iterable)))
    return NEXT, Rest(Rounds(node, items), rest)


class Rounds:
    """A `for` whose iterable has been evaluated."""

    __slots__ = ("items", "node")

    def __init__(self, node: cst.For, items: Value) -> None:
        self.node = node
        self.items = items

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        items = run.journal.resolve(self.items)
        if isinstance(items, Choice):
            return _branch(run, items.condition, self._again, self._again, behind)
        if isinstance(items, tuple):
            return NEXT, Rest(Loop(self.node, items, pace(run)), behind)
        return _unknown_loop(run, self.node, items, behind)

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)


@executes(cst.While)
def while_statement(run: Run, node: cst.While, rest: Continuation) -> Step:
    return NEXT, Rest(WhileLoop(node, pace(run)), rest)


def _unknown_loop(run: Run, node: cst.For | cst.While, items: Value, rest: Continuation) -> Step:
    """A loop of unknown length: what one round changes is not known at the start of another.

    Each pass runs one round with all unknown that has been seen to change, until no more does.
    """
    reason = items
    if not isinstance(reason, Unknown):
        reason = Unknown("a loop of unknown length", None, run.site(node))
    if run.loops >= MAX_UNKNOWN_LOOPS:
        lose(run, node, reason)
        return NEXT, rest
    count = rounds_of(run, node)
    made = len(run.models)
    widened: Places = set()
    for _ in range(MAX_PASSES):
        del run.models[made:]
        signal, delta = _one_round(run, node, reason)
        if signal.kind == "mixed" or not widen(run, delta, reason, widened):
            break
    else:
        signal = MIXED
    if signal.kind == "mixed":
        del run.models[made:]
        lose(run, node, reason)
        return NEXT, rest
    keep_fresh(run, delta, reason, count)
    if signal.kind == "return":
        return _maybe_returned(run, node, signal, rest)
    return NEXT, rest if signal.kind == "break" else _body(node.orelse, rest)


def _one_round(run: Run, node: cst.For | cst.While, reason: Unknown) -> tuple[Signal, Delta]:
    before = run.whole, run.rounds
    run.whole, run.rounds = False, (*run.rounds, -1)
    run.statement = node
    run.loops += 1
    try:
        with run.journal.speculation() as delta:
            if isinstance(node, cst.For):
                item = Unknown(f"{CHANGES} ({reason.reason})", run.text(node.target), reason.site)
                assign(run, node.target, item)
            signal = proceed(run, Rest(Block(node.body.body), None))
    finally:
        run.whole, run.rounds = before
        run.loops -= 1
    return signal, delta


def _maybe_returned(run: Run, node: cst.CSTNode, signal: Signal, rest: Continuation) -> Step:
    condition = Condition(lambda: "the loop runs", run.site(node))
    return _branch(
        run, condition, lambda behind: Rest(Leave(signal), behind), lambda behind: behind, rest
    )


class Leave:
    """A signal that was given before, as a frame."""

    __slots__ = ("signal",)

    def __init__(self, signal: Signal) -> None:
        self.signal = signal

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        return self.signal, behind


# Both ways of an undecided condition


def branch(
    run: Run, condition: Condition, then: cst.CSTNode, otherwise: cst.CSTNode, rest: Continuation
) -> Step:
    """Execute one statement if the condition holds, and another if not."""
    return _branch(
        run,
        condition,
        lambda behind: Rest(Block((then,)), behind),
        lambda behind: Rest(Block((otherwise,)), behind),
        rest,
    )


Way: TypeAlias = "Callable[[Continuation], Continuation]"


def _branch(run: Run, condition: Condition, then: Way, otherwise: Way, rest: Continuation) -> Step:
    """Go both ways: joined behind the statement if possible, at the end of the function if not."""
    for near, beyond in _ends(rest):
        step = _try_branch(run, condition, then(near), otherwise(near), beyond)
        if step is not None:
            return step
    if not run.whole and rest is None:
        return MIXED, None
    ours = _go(run, condition, True, then(rest))
    theirs = _go(run, condition, False, otherwise(rest))
    return _joined(run, condition, ours, theirs), None


def _ends(rest: Continuation) -> Iterator[tuple[Continuation, Continuation]]:
    """Where two ways may meet: behind the statement, then behind the loop around it."""
    yield None, rest
    frames: list[Frame] = []
    while rest is not None:
        frames.append(rest.frame)
        rest = rest.behind
        if isinstance(frames[-1], Loop | WhileLoop):
            near: Continuation = None
            for frame in reversed(frames):
                near = Rest(frame, near)
            yield near, rest
            return


def _try_branch(
    run: Run,
    condition: Condition,
    then: Continuation,
    otherwise: Continuation,
    rest: Continuation,
) -> Step | None:
    """Both ways up to a place where they can be joined; None if they do not both get there."""
    made = len(run.models)
    whole, run.whole = run.whole, False
    try:
        ours = _go(run, condition, True, then)
        theirs = _go(run, condition, False, otherwise)
    finally:
        run.whole = whole
    for one, other in ((ours, theirs), (theirs, ours)):
        # A way that raises is not the one that a program which runs has taken.
        if one[0].kind == "raise" and other[0].kind != "mixed" and not _guarded(rest):
            run.journal.apply(other[1])
            return other[0], rest
    if ours[0].kind == theirs[0].kind != "mixed":
        return _joined(run, condition, ours, theirs), rest
    del run.models[made:]
    return None


def _guarded(rest: Continuation) -> bool:
    """Whether a `try` is open around what is to be done."""
    while rest is not None:
        if isinstance(rest.frame, Guarded):
            return True
        rest = rest.behind
    return False


def _go(run: Run, condition: Condition, holds: bool, rest: Continuation) -> tuple[Signal, Delta]:
    run.fuel.burn(FORK_COST)
    before = run.statement, run.rounds
    try:
        with run.journal.assuming(condition, holds), run.journal.speculation() as delta:
            signal = proceed(run, rest)
    finally:
        run.statement, run.rounds = before
    return signal, delta


def _joined(
    run: Run,
    condition: Condition,
    ours: tuple[Signal, Delta],
    theirs: tuple[Signal, Delta],
) -> Signal:
    """The join of two ways that went on to the same end."""
    for one, other in ((ours, theirs), (theirs, ours)):
        # A way that raises is not the way that a program which runs has taken.
        if one[0].kind == "raise":
            run.journal.apply(other[1])
            return other[0]
    kinds = {ours[0].kind, theirs[0].kind}
    if (not run.whole and len(kinds) > 1) or "mixed" in kinds:
        return MIXED
    join = run.journal.joiner(condition)
    run.journal.merge(ours[1], theirs[1], join)
    if kinds == {"next"}:
        return NEXT
    if kinds <= {"next", "return"}:
        return Signal("return", join(ours[0].value, theirs[0].value))
    return ours[0]


@executes(cst.Match)
def match_statement(run: Run, node: cst.Match, rest: Continuation) -> Step:
    return NEXT, Rest(Cases(node, run.evaluate(node.subject)), rest)


class Cases:
    """A `match` whose subject has been evaluated."""

    __slots__ = ("memory", "node", "subject")

    def __init__(self, node: cst.Match, subject: Value) -> None:
        self.node = node
        self.subject = subject
        self.memory: dict[object, Value] = {}

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        from flake8_paramcount.interpreter.matching import select_case

        run.statement = self.node
        try:
            with run.repeatable(self.memory):
                case = select_case(run, self.subject, self.node.cases)
        except NeedSplit as need:
            return _branch(run, need.condition, self._again, self._again, behind)
        except Undetermined as stop:
            lose(run, self.node, stop.unknown)
            return NEXT, behind
        return NEXT, behind if case is None else Rest(Block(case.body.body), behind)

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)


def generator(run: Run, node: cst.Yield) -> Value:
    """A `yield` makes the function that is being called a generator."""
    raise Yielded
