"""Fixes as data: which call or comment, which argument, which value; who applies them is elsewhere."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from flake8_paramcount.records import Position, Site

FixKind: TypeAlias = Literal[
    "set",  # the argument gets the value
    "add",  # the value is added to the argument
    "join",  # the arguments that the value names (or counts, from 0) become one tuple
    "rename",  # the argument is called by the value from now on
    "restate",  # the comment reads as the value from now on
]


class Fix(NamedTuple):
    """One certain mend: what becomes of an argument of a call, or of a comment."""

    place: Site | Position
    """The call's site, or where the comment stands."""
    kind: FixKind
    argument: str
    value: Any
