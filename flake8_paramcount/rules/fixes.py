"""Fixes as data: which call or comment, which argument, which value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from flake8_paramcount.keras.generations import DATA_FORMATS, KERNEL_PARTS
from flake8_paramcount.records import Position, Site

FixKind: TypeAlias = Literal[
    "set",  # the argument gets the value
    "add",  # the value is added to the argument
    "join",  # the arguments that the value names (or counts, from 0) become one tuple
    "rename",  # the argument is called by the value from now on
    "reword",  # the argument gets the name and the value that the value holds
    "restate",  # the comment reads as the value from now on
]


class Fix(NamedTuple):
    """One certain mend: what becomes of an argument of a call, or of a comment."""

    place: Site | Position
    """The call's site, or where the comment stands."""
    kind: FixKind
    argument: str
    value: Any


def renaming(site: Site, layer: str, details: Mapping[str, Any]) -> Fix | None:
    """What makes an argument of an older generation one of today, from the details of a fault."""
    old, new, value = details["argument"], details["successor"], details.get("value")
    parts = KERNEL_PARTS.get(layer, ())
    if old in parts:
        return Fix(site, "join", new, parts)
    if old != "dim_ordering":
        return Fix(site, "rename", old, new)
    if not isinstance(value, str) or value not in DATA_FORMATS:
        return None
    return Fix(site, "reword", old, (new, DATA_FORMATS[value]))
