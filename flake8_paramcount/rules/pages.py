"""A rule's docstring taken apart, what it says, its options, its two examples; and as Markdown."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from flake8_paramcount.rules.registry import Rule

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


_DEFAULTS = {
    "on": "on",
    "on*": "on, silent until its setting is given",
    "off": "off",
}


def markdown(rule: Rule) -> str:
    """A rule's page as Markdown."""
    part = parts(rule.page)
    head = f"# {rule.code} {rule.name}\n\n{part.summary}\n\n*Default: {_DEFAULTS[rule.default]}.*\n"
    prose = f"\n{part.prose}\n" if part.prose else ""
    options = f"\n## Options\n\n```ini\n[flake8]\n{part.options}\n```\n" if part.options else ""
    return f"{head}{prose}{options}{_example('Bad', part.bad)}{_example('Good', part.good)}"


def _example(title: str, code: str) -> str:
    return f"\n## {title}\n\n```python\n{code}\n```\n"


def _body(section: str) -> str:
    return dedent(section).strip("\n")
