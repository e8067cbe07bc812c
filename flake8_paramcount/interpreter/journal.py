"""Changes of state under undecided conditions: facts, speculation, and the join of two outcomes.

An undecided condition runs both ways, one after the other, on the same objects. What each way
changed is recorded and rolled back; then the two outcomes are joined: where they agree nothing
happened, where they differ stands a `Choice`. A choice costs nothing until somebody must look
inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, TypeAlias

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.fuel import Fuel
from flake8_paramcount.interpreter.values import (
    MISSING,
    Choice,
    Condition,
    ListObject,
    NeedSplit,
    Ref,
    Value,
)
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

Delta: TypeAlias = dict[Ref, Any]
Join: TypeAlias = Callable[[Value, Value], Value]

# Nested undecided conditions: 2**MAX_FACTS is the largest number of variants of anything.
MAX_FACTS = 6

_PLAIN = (int, str, bytes, bool, type(None), range, Poly, Shape)


def same(first: Value, second: Value) -> bool:
    """Whether two values are one and the same to every later computation."""
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if isinstance(first, Unknown):
        return first.joins(second)
    if isinstance(first, tuple):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, Choice):
        return (
            first.condition is second.condition
            and same(first.then, second.then)
            and same(first.otherwise, second.otherwise)
        )
    if isinstance(first, float | complex):
        return repr(first) == repr(second)
    return isinstance(first, _PLAIN) and bool(first == second)


class Journal:
    """The facts assumed at this moment, and what has changed since each open frame began."""

    def __init__(self, fuel: Fuel) -> None:
        self.fuel = fuel
        self.facts: dict[Condition, bool] = {}
        self._frames: list[tuple[int, Delta]] = []
        self._tried: Delta = {}
        self._serials = count(1)

    # Facts

    def decided(self, condition: Condition) -> bool | None:
        """What the facts say of a condition, if anything."""
        known = self.facts.get(condition)
        if known is not None or condition.subject is None:
            return known
        # A subject that equals one constant does not equal another.
        for fact, holds in self.facts.items():
            if holds and fact.subject is condition.subject:
                return bool(fact.constant == condition.constant)
        return None

    def resolve(self, value: Value) -> Value:
        """The value with its outermost choices made as far as the facts decide them."""
        while isinstance(value, Choice):
            holds = self.decided(value.condition)
            if holds is None:
                return value
            value = value.then if holds else value.otherwise
        return value

    def force(self, value: Value) -> Value:
        """The value itself; raises `NeedSplit` where the facts leave a choice open."""
        if not isinstance(value, Choice):
            return value
        value = self.resolve(value)
        if isinstance(value, Choice):
            raise NeedSplit(value.condition)
        return value

    @contextmanager
    def assuming(self, condition: Condition, holds: bool) -> Iterator[None]:
        """Take a condition as decided for a while."""
        self.facts[condition] = holds
        try:
            yield
        finally:
            del self.facts[condition]

    # State

    def read(self, ref: Ref) -> Any:
        """The state of an object, to look at. Raises `NeedSplit` or `Undetermined`."""
        state = ref.state
        if isinstance(state, list | dict):
            return state
        state = self.force(state)
        if isinstance(state, Unknown):
            raise Undetermined(state)
        # The two outcomes of an undecided condition may be tuples of items.
        return list(state) if type(state) is tuple else state

    def write(self, ref: Ref) -> Any:
        """The state of an object, to change. Raises `NeedSplit` or `Undetermined`."""
        state = self.read(ref)
        if self._save(ref) or state is not ref.state:
            self.fuel.copy(len(state))
            ref.state = state = state.copy()
        return state

    def replace(self, ref: Ref, state: Any) -> None:
        """Give an object another state as a whole; one that is lost may hold what it held."""
        self._save(ref)
        before = ref.state
        if isinstance(state, Unknown) and isinstance(before, list | dict) and before:
            state = state if any(each is before for each in state.held) else state.holding(before)
        ref.state = state

    def _save(self, ref: Ref) -> bool:
        """Remember the present state for a roll-back; whether that was necessary."""
        if not self._frames:
            return False
        start, saved = self._frames[-1]
        if ref.birth >= start or ref in saved:
            return False
        saved[ref] = ref.state
        return True

    def now(self) -> int:
        """The present moment: what is born later has a larger birth."""
        return Ref(None).birth

    @contextmanager
    def speculation(self, since: int | None = None) -> Iterator[Delta]:
        """Record all changes into the yielded delta, and roll them back at the end.

        Objects born from here on are nobody else's, and need no roll-back: by default those of the
        speculation, else those born after the moment `since`.
        """
        delta: Delta = {}
        saved: Delta = {}
        self._frames.append((self.now() if since is None else since, saved))
        try:
            yield delta
        finally:
            self._frames.pop()
            for ref, before in saved.items():
                delta[ref] = ref.state
                self._note_try(ref, before)
                ref.state = before

    @contextmanager
    def trial(self) -> Iterator[tuple[Delta, Delta]]:
        """A speculation that may break off anywhere: what it changed, and what any way in it did.

        The second delta is for what has to be given up: a way that came to its end before another
        broke off has left no trace in the first.
        """
        outer, self._tried = self._tried, {}
        tried = self._tried
        try:
            with self.speculation() as delta:
                yield delta, tried
        finally:
            self._tried = outer

    def _note_try(self, ref: Ref, before: Any) -> None:
        known, after = self._tried.get(ref), ref.state
        if isinstance(known, dict) and isinstance(before, dict) and isinstance(after, dict):
            keys = {**before, **after}
            changed = (key for key in keys if before.get(key) is not after.get(key))
            known.update({key: after.get(key, MISSING) for key in changed})
        else:
            self._tried[ref] = after.copy() if isinstance(after, dict) else after

    def apply(self, delta: Delta) -> None:
        """Make recorded changes after all."""
        for ref, state in delta.items():
            self.replace(ref, state)

    def merge(self, first: Delta, second: Delta, join: Join) -> None:
        """Give every object that either outcome changed the join of its two states."""
        for ref in {**first, **second}:
            ours, theirs = first.get(ref, ref.state), second.get(ref, ref.state)
            if ours is not theirs:
                self.replace(ref, _join_states(ref, ours, theirs, join))

    def joiner(self, condition: Condition) -> Join:
        """How two outcomes of a condition are joined; past `MAX_FACTS` the result is unknown."""
        if len(self.facts) < MAX_FACTS:
            return lambda ours, theirs: choose(condition, ours, theirs)
        return lambda ours, theirs: blur(condition, ours, theirs)


def choose(condition: Condition, ours: Value, theirs: Value) -> Value:
    """The join of two values under a condition."""
    return ours if same(ours, theirs) else Choice(condition, ours, theirs)


def blur(condition: Condition, ours: Value, theirs: Value) -> Value:
    """The join of two values when no more conditions can be told apart."""
    if same(ours, theirs):
        return ours
    return Unknown("too many undecided conditions", None, condition.site)


def _join_states(ref: Ref, ours: Any, theirs: Any, join: Join) -> Any:
    if isinstance(ours, dict) and isinstance(theirs, dict) and not isinstance(ref, ListObject):
        return {
            key: join(ours.get(key, MISSING), theirs.get(key, MISSING))
            for key in {**ours, **theirs}
        }
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [join(one, other) for one, other in zip(ours, theirs, strict=True)]
    return join(ours, theirs)
