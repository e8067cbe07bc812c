"""Fuel: every step of the evaluation burns some, so that every evaluation ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

# What one unit copies or compares natively: this bounds the memory that a whole tank can fill.
ITEMS_PER_UNIT = 64

# What one unit goes through step by step.
STEPS_PER_UNIT = 8

# What one unit copies of a state that a statement changes: that is freed again behind it.
COPIED_PER_UNIT = 1_024


# Parts of the full tank: the spare can beside it, and what a single statement is given out of that.
SPARE = 0.2
SIP = 0.005

# What is kept beside a tenth of the tank for telling what else is lost with what breaks off.
RESCUE = 10_000


class OutOfFuel(Exception):
    """The evaluation has used up what it was given."""


class Fuel:
    """A tank that empties step by step."""

    __slots__ = ("full", "left", "rescue", "spare")

    def __init__(self, units: int) -> None:
        self.full = units
        self.spare = int(units * SPARE)
        self.rescue = RESCUE + units // 10
        self.left = units

    def burn(self, units: int = 1) -> None:
        """Use some; raises `OutOfFuel` once nothing is left."""
        self.left -= units
        if self.left < 0:
            raise OutOfFuel

    def pay(self, units: int) -> None:
        """Use some for work whose price is known: what cannot be done as a whole takes nothing."""
        if units > self.left:
            raise OutOfFuel
        self.left -= units

    def refill(self, share: float) -> None:
        """Make sure of a share of the full tank, for a last part of the work."""
        self.left = max(self.left, int(self.full * share))

    def top_up(self) -> None:
        """Make sure of a sip, out of the spare can, for a statement behind a thirsty one."""
        given = max(0, min(int(self.full * SIP) - self.left, self.spare))
        self.spare -= given
        self.left += given

    def sweep(self, items: int) -> None:
        """Burn what it takes to go through so many items at once."""
        if items >= ITEMS_PER_UNIT:
            self.burn(items // ITEMS_PER_UNIT)

    def walk(self, items: int) -> None:
        """Burn what it takes to go through so many items one by one."""
        if items >= STEPS_PER_UNIT:
            self.burn(items // STEPS_PER_UNIT)

    def copy(self, items: int) -> None:
        """Burn what it takes to copy a state as a whole, in case that it must be brought back."""
        if items >= COPIED_PER_UNIT:
            self.burn(items // COPIED_PER_UNIT)

    @contextmanager
    def rescuing(self) -> Iterator[None]:
        """Burn what is kept for telling what code has changed that ran out of fuel."""
        left, self.left = self.left, self.rescue
        try:
            yield
        finally:
            self.left, self.rescue = left, max(self.left, 0)

    def half(self) -> AbstractContextManager[None]:
        """Keep half of what is left for what comes after."""
        return self.keeping(0.5)

    @contextmanager
    def keeping(self, share: float) -> Iterator[None]:
        """Keep a share of what is left for what comes after."""
        reserve = int(self.left * share)
        self.left -= reserve
        try:
            yield
        finally:
            self.left = max(self.left, 0) + reserve
