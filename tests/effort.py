"""How much work something is, counted: no clock decides a test, and no busy machine disturbs it."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager


class Effort:
    """The calls that were made: of Python's functions, and of those written in C."""

    def __init__(self) -> None:
        self.of_functions = 0
        self.of_natives = 0

    @property
    def calls(self) -> int:
        return self.of_functions + self.of_natives

    def count(self, frame: types.FrameType, event: str, argument: object) -> None:
        """What `sys.setprofile` calls at each event."""
        self.of_functions += event == "call"
        self.of_natives += event == "c_call"


@contextmanager
def effort() -> Iterator[Effort]:
    """Count the calls that are made inside of the `with`."""
    found, before = Effort(), sys.getprofile()
    sys.setprofile(found.count)
    try:
        yield found
    finally:
        sys.setprofile(before)
