"""Loops: round by round where the rounds are known and few, else widened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst

from flake8_paramcount.interpreter.assignment import assign
from flake8_paramcount.interpreter.branching import branch
from flake8_paramcount.interpreter.continuations import (
    MIXED,
    NEXT,
    Continuation,
    Frame,
    Leave,
    Rest,
    Signal,
    Step,
    proceed,
)
from flake8_paramcount.interpreter.execution import Block, body_of, header
from flake8_paramcount.interpreter.havoc import Places, keep_fresh, mentioned, widen, yields
from flake8_paramcount.interpreter.journal import Delta
from flake8_paramcount.interpreter.models import Events, LayerObject, ModelObject
from flake8_paramcount.interpreter.possible import holding
from flake8_paramcount.interpreter.repeating import CHANGES, rounds_of
from flake8_paramcount.interpreter.rounds import handed_on
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.streams import one_step, over
from flake8_paramcount.interpreter.tensors import Tensor
from flake8_paramcount.interpreter.unfollowed import lose
from flake8_paramcount.interpreter.values import (
    MISSING,
    Choice,
    Condition,
    ListObject,
    NeedSplit,
    Ref,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# What a loop changes is found in so many passes, or the loop is not followed.
MAX_PASSES = 4

# Loops of unknown length inside one another: each doubles the work.
MAX_UNKNOWN_LOOPS = 4

# What it takes to tell what a loop may change that is not looked into.
LOSS_COST = 3

# A `while True` that has not ended after so many rounds waits for something outside.
MAX_ENDLESS = 8


class Pace(NamedTuple):
    """How a loop began: the rounds around it, and the fuel levels that it is measured by.

    A loop that reaches `look` must change something that lasts, or the rest of its rounds is not
    followed one by one: training loops have thousands. One that makes no layers goes on to
    `modest`, so that there is fuel for the models behind it; none goes on below `enough`.
    """

    around: tuple[int, ...]
    look: int
    modest: int
    enough: int

    def allows(self, run: Run, node: cst.For | cst.While) -> Pace | None:
        """The pace of the next round; None if there is no next one to be followed."""
        if run.fuel.left < self.enough:
            return None
        if run.fuel.left > self.look:
            return self
        lasts, makes_layers = _what_lasts(run, node)
        if not lasts:
            return None
        return self._replace(look=-1, enough=self.enough if makes_layers else self.modest)


def pace(run: Run) -> Pace:
    """The pace of a loop that begins now."""
    left = run.fuel.left
    return Pace(run.rounds, left - left // 10, left - left // 4, left // 3)


def _what_lasts(run: Run, node: cst.For | cst.While) -> tuple[bool, bool]:
    """Whether a round changes anything but names, strings a layer behind others, or yields.

    And whether layers have to do with it.
    """
    if _carries_tensors(run, node) or (run.mentions.yields and yields(node)):
        return True, True
    made = len(run.models)
    _, delta = _one_round(run, node, Unknown("a round of a loop", None, run.site(node)))
    del run.models[made:]
    lasting = [ref for ref in delta if not isinstance(ref, Scope | Events)]
    makes_layers = run.counters in lasting
    return len(lasting) > makes_layers, makes_layers or any(map(_is_of_keras, lasting))


def _is_of_keras(ref: Ref) -> bool:
    return isinstance(ref, LayerObject | ModelObject)


def _carries_tensors(run: Run, node: cst.For | cst.While) -> bool:
    """Whether the rounds so far have left a symbolic tensor in a name that they bind."""
    _, bound = mentioned(run, node)
    names = run.scope.state
    return any(isinstance(run.journal.resolve(names.get(name)), Tensor) for name in bound)


class Loop(Frame):
    """The rounds of a `for` over known items, from an index on."""

    __slots__ = ("index", "items", "node", "pace", "source")
    is_loop = True

    def __init__(
        self,
        node: cst.For,
        items: Sequence[Value],
        pace: Pace,
        source: ListObject | None = None,
        index: int = 0,
    ) -> None:
        self.node = node
        self.items = items
        # The list itself, which the rounds may change.
        self.source = source
        self.pace = pace
        self.index = index

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind in ("return", "raise", "mixed"):
            return signal, behind
        run.rounds = self.pace.around
        if signal.kind == "break":
            return NEXT, behind
        try:
            items = self.items if self.source is None else run.journal.read(self.source)
        except NeedSplit as need:
            return branch(run, need.condition, self._again, self._again, behind)
        except Undetermined as stop:
            return unknown_loop(run, self.node, stop.unknown, behind)
        if self.index >= len(items):
            return NEXT, body_of(self.node.orelse, behind)
        run.fuel.burn()
        run.statement = self.node
        allowed = self.pace.allows(run, self.node)
        if allowed is None:
            return unknown_loop(run, self.node, _too_long(run, self.node), behind)
        assign(run, self.node.target, items[self.index])
        run.rounds = (*allowed.around, self.index)
        following = Loop(self.node, self.items, allowed, self.source, self.index + 1)
        return NEXT, body_of(self.node, Rest(following, behind))

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)


class Drawing(Frame):
    """The rounds of a `for` over an iterator, which makes an item for each."""

    __slots__ = ("memory", "node", "number", "pace", "source")
    is_loop = True

    def __init__(self, node: cst.For, source: Value, pace: Pace, number: int = 0) -> None:
        self.node = node
        self.source = source
        self.pace = pace
        self.number = number
        self.memory: dict[object, Value] = {}

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        if signal.kind in ("return", "raise", "mixed"):
            return signal, behind
        run.rounds = self.pace.around
        if signal.kind == "break":
            return NEXT, behind
        run.statement = self.node
        allowed = self.pace.allows(run, self.node)
        if allowed is None:
            return unknown_loop(run, self.node, _too_long(run, self.node), behind)
        try:
            with run.repeatable(self.memory):
                source = over(run, self.source)
                item = one_step(run, source)
        except NeedSplit as need:
            return branch(run, need.condition, self._again, self._again, behind)
        except Undetermined as stop:
            handed_on(run, (self.source,), stop.unknown)
            return unknown_loop(run, self.node, holding(stop.unknown, self.source), behind)
        if item is MISSING:
            return NEXT, body_of(self.node.orelse, behind)
        assign(run, self.node.target, item)
        run.rounds = (*allowed.around, self.number)
        return NEXT, body_of(
            self.node, Rest(Drawing(self.node, source, allowed, self.number + 1), behind)
        )

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)


class WhileLoop(Frame):
    """The rounds of a `while` whose tests are known."""

    __slots__ = ("node", "number", "pace")
    is_loop = True

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
        test = header(run, self.node.test)
        try:
            holds = run.truth(test)
        except (NeedSplit, Undetermined):
            return unknown_loop(run, self.node, None, behind)
        if not holds:
            return NEXT, body_of(self.node.orelse, behind)
        allowed = self.pace.allows(run, self.node)
        if allowed is None or (self.number > MAX_ENDLESS and _endless(run, self.node)):
            return unknown_loop(run, self.node, _too_long(run, self.node), behind)
        run.rounds = (*allowed.around, self.number)
        following = WhileLoop(self.node, allowed, self.number + 1)
        return NEXT, body_of(self.node, Rest(following, behind))


class Rounds(Frame):
    """A `for` whose iterable has been evaluated."""

    __slots__ = ("items", "node", "source")

    def __init__(self, node: cst.For, items: Value, source: ListObject | None) -> None:
        self.node = node
        self.items = items
        self.source = source

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        items = run.journal.resolve(self.items)
        if isinstance(items, Choice):
            return branch(run, items.condition, self._again, self._again, behind)
        if isinstance(items, tuple):
            return NEXT, Rest(Loop(self.node, items, pace(run), self.source), behind)
        return unknown_loop(run, self.node, items, behind)

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)


def unknown_loop(run: Run, node: cst.For | cst.While, items: Value, rest: Continuation) -> Step:
    """A loop of unknown length: what one round changes is not known at the start of another.

    Each pass runs one round with all unknown that has been seen to change, until no more does.
    """
    reason = items
    if not isinstance(reason, Unknown):
        reason = Unknown("a loop of unknown length", None, run.site(node))
    if run.loops >= MAX_UNKNOWN_LOOPS:
        run.fuel.burn(LOSS_COST)
        lose(run, node, reason)
        return NEXT, rest
    count = rounds_of(run, node)
    made = len(run.models)
    widened: Places = set()
    for _ in range(MAX_PASSES):
        del run.models[made:]
        signal, delta = _one_round(run, node, reason)
        if signal.kind == "stopped":
            # How often it yields is not known.
            raise Undetermined(reason)
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
    return NEXT, rest if signal.kind == "break" else body_of(node.orelse, rest)


def _one_round(run: Run, node: cst.For | cst.While, reason: Unknown) -> tuple[Signal, Delta]:
    before = run.whole, run.rounds
    run.whole, run.rounds = False, (*run.rounds, -1)
    run.statement = node
    run.loops += 1
    try:
        with run.journal.speculation() as delta:
            if isinstance(node, cst.For):
                item = Unknown(f"{CHANGES} ({reason.reason})", run.text(node.target), reason.site)
                item.origin = reason
                assign(run, node.target, item)
            signal = proceed(run, Rest(Block(node.body.body), None))
    finally:
        run.whole, run.rounds = before
        run.loops -= 1
    return signal, delta


def _maybe_returned(run: Run, node: cst.CSTNode, signal: Signal, rest: Continuation) -> Step:
    condition = Condition(lambda: "the loop runs", run.site(node))
    return branch(
        run, condition, lambda behind: Rest(Leave(signal), behind), lambda behind: behind, rest
    )


def _too_long(run: Run, node: cst.CSTNode) -> Unknown:
    return Unknown("a loop that takes too long to follow", None, run.site(node))


def _endless(run: Run, node: cst.While) -> bool:
    """Whether only a `break` ends a loop, and it does not stop at a `yield`."""
    test = node.test
    if not isinstance(test, cst.Name | cst.Integer) or test.value not in ("True", "1"):
        return False
    return not (run.mentions.yields and yields(node))
