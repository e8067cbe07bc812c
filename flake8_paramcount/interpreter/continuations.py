"""Continuations: what remains to be done after a statement, as a value.

A linked list of frames, up to the end of the function. Two ways of going on can be run with the
same rest, one after the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple, TypeAlias

from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.values import Value


class Signal(NamedTuple):
    """How a run of statements ends: `next`, `return`, `break`, `continue`, `raise` or `mixed`.

    A generator also ends at a `yield`, and is `stopped` then, which has its value and what is left
    to do. With `next` comes what is sent to it.
    """

    kind: str
    value: Value = None


NEXT = Signal("next")
MIXED = Signal("mixed")


class Frame(ABC):
    """One thing that is still to be done."""

    __slots__ = ()
    is_loop: ClassVar[bool] = False
    guards: ClassVar[bool] = False
    """Whether it takes what is raised before it."""

    @abstractmethod
    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        """Go on after what was before has ended with a signal."""


class Rest:
    """What is still to be done: a frame, and the rest behind it."""

    __slots__ = ("behind", "frame", "guarded")

    def __init__(self, frame: Frame, behind: Rest | None) -> None:
        self.frame = frame
        self.behind = behind
        # Whether a `try` is open around what is to be done.
        self.guarded: bool = frame.guards or (behind is not None and behind.guarded)


Continuation: TypeAlias = "Rest | None"
Step: TypeAlias = "tuple[Signal, Continuation]"


class Leave(Frame):
    """A signal that was given before, as a frame."""

    __slots__ = ("signal",)

    def __init__(self, signal: Signal) -> None:
        self.signal = signal

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        return self.signal if signal.kind == "next" else signal, behind


def proceed(run: Run, rest: Continuation, signal: Signal = NEXT) -> Signal:
    """Run all that is to be done; a `yield` ends it with its value and what is left to do."""
    outer = run.guarded
    try:
        while rest is not None:
            frame, rest = rest.frame, rest.behind
            run.guarded = outer or (rest is not None and rest.guarded)
            try:
                signal, rest = frame.resume(run, signal, rest)
            except Raised as stop:
                signal = Signal("raise", stop.error)
            if signal.kind == "yield":
                return Signal("stopped", (signal.value, rest))
            if signal.kind == "stopped":
                return signal
    finally:
        run.guarded = outer
    return signal
