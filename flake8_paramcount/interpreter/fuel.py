"""Fuel: every step of the evaluation burns some, so that every evaluation ends."""

from __future__ import annotations


class OutOfFuel(Exception):
    """The evaluation has used up what it was given."""


class Fuel:
    """A tank that only empties."""

    __slots__ = ("left",)

    def __init__(self, units: int) -> None:
        self.left = units

    def burn(self, units: int = 1) -> None:
        """Use some; raises `OutOfFuel` once nothing is left."""
        self.left -= units
        if self.left < 0:
            raise OutOfFuel
