"""A rule's docstring taken apart: what it says, its options, its two examples."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import NamedTuple

HEADING = re.compile(r"^(Options|Bad|Good):$", re.MULTILINE)


class Page(NamedTuple):
    """The parts of a rule's documentation."""

    summary: str
    """The first line: one sentence."""
    prose: str
    """The paragraphs below it."""
    options: str
    """Lines of configuration that the examples are read with."""
    bad: str
    good: str


def parts(page: str) -> Page:
    """Take a rule's page apart."""
    text, *sections = HEADING.split(page)
    bodies = dict(zip(sections[::2], map(_body, sections[1::2]), strict=True))
    summary, _, prose = text.strip().partition("\n\n")
    return Page(
        summary, prose, bodies.get("Options", ""), bodies.get("Bad", ""), bodies.get("Good", "")
    )


def _body(section: str) -> str:
    return dedent(section).strip("\n")
