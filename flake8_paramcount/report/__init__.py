"""The reports: what was found, written for people and for programs, one module per format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flake8_paramcount.dims import Dim, text
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.notation import MAX_SHOWN_BITS
from flake8_paramcount.records import NOWHERE, Position, Reason, Site
from flake8_paramcount.summary import Summary


@dataclass(frozen=True, slots=True)
class FileReport:
    """What `paramcount summary` found in one file."""

    path: str
    summaries: tuple[Summary, ...]
    locate: Callable[[Site], Position]


@dataclass(frozen=True, slots=True)
class FileError:
    """A file that could not be read or analysed, and why."""

    path: str
    message: str


def line_of(site: Site, locate: Callable[[Site], Position]) -> int | None:
    """The line of a site; None for a site that is nowhere."""
    return None if site == NOWHERE else locate(site).line


def shape_text(shapes: Shapes | None) -> str:
    """A shape as Keras writes it: `(None, 10, 64)`; several as a list; `?` if unknown."""
    if shapes is None:
        return "?"
    if isinstance(shapes, tuple):
        return f"[{', '.join(map(shape_text, shapes))}]"
    return _tuple_text(shapes) if shapes.known else "?"


def _tuple_text(shape: Shape) -> str:
    sizes = [size_text(size) for size in shape.dims]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def size_text(size: Dim) -> str:
    """One dimension of a shape, without separators, so that it stands as in source."""
    return text(size) if number(size) is None else str(size)


def number(value: Dim) -> int | None:
    """An integer to print in full; None for what is none, or has too many digits."""
    if not isinstance(value, int) or value.bit_length() > MAX_SHOWN_BITS:
        return None
    return value


def reason_text(reason: Reason, locate: Callable[[Site], Position]) -> str:
    """A reason in one line: what, where, and the directive that settles it."""
    line = line_of(reason.site, locate)
    where = "" if line is None else f" (line {line})"
    directive = f"; settle it: {reason.directive}" if reason.directive else ""
    return one_line(f"{reason.text}{where}{directive}")


def one_line(words: str) -> str:
    """Text that quotes source, which may run over lines, in a single one."""
    return " ".join(words.split())
