"""Both ways of an undecided condition: joined as soon as they meet.

They may meet behind the statement, at the end of the loop around it, or at the end of the function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

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
from flake8_paramcount.interpreter.journal import Delta
from flake8_paramcount.interpreter.run import FORK_COST, Run
from flake8_paramcount.interpreter.values import MISSING, Condition, Value

Way: TypeAlias = "Callable[[Continuation], Continuation]"


def branch(run: Run, condition: Condition, then: Way, otherwise: Way, rest: Continuation) -> Step:
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
        if frames[-1].is_loop:
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
        if one[0].kind == "raise" and other[0].kind != "mixed" and not run.guarded:
            run.journal.apply(other[1])
            return other[0], rest
    if ours[0].kind == theirs[0].kind and ours[0].kind not in ("mixed", "stopped"):
        return _joined(run, condition, ours, theirs), rest
    del run.models[made:]
    return None


def _stopped(signal: Signal) -> tuple[Value, Continuation]:
    """What a generator gives, and how it goes on; one that has ended gives nothing."""
    if signal.kind == "stopped":
        return signal.value  # type: ignore[no-any-return]
    ended = Signal("return", signal.value if signal.kind == "return" else None)
    return MISSING, Rest(Leave(ended), None)


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
    kinds = {ours[0].kind, theirs[0].kind}
    for one, other in ((ours, theirs), (theirs, ours)):
        # A way that raises is not the way that a program which runs has taken, if nothing takes it.
        if one[0].kind == "raise" and not run.guarded:
            run.journal.apply(other[1])
            return other[0]
    if (not run.whole and len(kinds) > 1) or kinds & {"mixed", "raise"}:
        return MIXED
    join = run.journal.joiner(condition)
    run.journal.merge(ours[1], theirs[1], join)
    if "stopped" in kinds:
        (one, way), (other, other_way) = _stopped(ours[0]), _stopped(theirs[0])
        return Signal("stopped", (join(one, other), join(way, other_way)))
    if kinds == {"next"}:
        return NEXT
    if kinds <= {"next", "return"}:
        return Signal("return", join(ours[0].value, theirs[0].value))
    return ours[0]
