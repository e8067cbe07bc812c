"""Continuations: what remains to be done after a statement, as a value.

A linked list of frames, up to the end of the function. Two ways of going on can be run with the
same rest, one after the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple, TypeAlias

from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Value


class Signal(NamedTuple):
    """How a run of statements ends: `next`, `return`, `break`, `continue`, `raise` or `mixed`."""

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


class Rest(NamedTuple):
    """What is still to be done: a frame, and the rest behind it."""

    frame: Frame
    behind: Rest | None


Continuation: TypeAlias = "Rest | None"
Step: TypeAlias = "tuple[Signal, Continuation]"


class Leave(Frame):
    """A signal that was given before, as a frame."""

    __slots__ = ("signal",)

    def __init__(self, signal: Signal) -> None:
        self.signal = signal

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        return self.signal if signal.kind == "next" else signal, behind


def proceed(run: Run, rest: Continuation) -> Signal:
    """Run all that is to be done."""
    signal = NEXT
    while rest is not None:
        signal, rest = rest.frame.resume(run, signal, rest.behind)
    return signal


def guarded(rest: Continuation) -> bool:
    """Whether a `try` is open around what is to be done."""
    while rest is not None:
        if rest.frame.guards:
            return True
        rest = rest.behind
    return False
