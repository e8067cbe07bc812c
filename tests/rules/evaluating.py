"""Programs that show what a rule finds and what it leaves alone, read from `evals/KPCxxx.txt`.

A file has a head that its programs share. `### bad: name` begins a program with findings, each
marked at the end of its line: `# KPC304`, or `# KPC304: words` of its message. `### near: name`
begins one that a careful reader would not object to, though it looks much like a bad one.
`#! paramcount-budget = 50k` is an option, of all programs if it stands in the head.

The marks are no part of the program that is read.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from flake8_paramcount.analysis import report_on
from flake8_paramcount.codes import CODES
from flake8_paramcount.options import OPTIONS, settings_from
from flake8_paramcount.rules import Finding
from flake8_paramcount.settings import Settings

FOLDER = Path(__file__).with_name("evals")
ON = frozenset(code for code, entry in CODES.items() if entry.default != "off")

_TITLE = re.compile(r"^### (bad|near): (.+)\n", re.MULTILINE)
_MARK = re.compile(r"(?:^|\s+)# (KPC\d{3}(?: KPC\d{3})*)(?:: (.+))?$")
_OPTION = re.compile(r"^#! (\S+) = (.+)$", re.MULTILINE)


class Mark(NamedTuple):
    """A finding that is expected on a line, with words that its message must have."""

    line: int
    code: str
    words: str = ""


class Eval(NamedTuple):
    """A program with what is to be found in it."""

    code: str
    kind: Literal["bad", "near"]
    name: str
    source: str
    marks: tuple[Mark, ...]

    @property
    def settings(self) -> Settings:
        """What is on by default, and the rule that the program is about; and its options."""
        options = "\n".join(f"{name} = {value}" for name, value in _OPTION.findall(self.source))
        return settings_for(self.code, options)

    def findings(self) -> list[Finding]:
        """All that is found in the program."""
        report = report_on(self.source, None, self.settings, "example.py")
        assert report.error is None, report.error
        return list(report.findings)


def settings_for(code: str, options: str) -> Settings:
    """What is on by default and one rule, with options as a configuration file states them."""
    given: dict[str, Any] = {}
    parsers = {option.destination: option.parse for option in OPTIONS}
    for line in options.splitlines():
        name, _, value = line.partition("=")
        destination = name.strip().replace("-", "_")
        given[destination] = parsers[destination](value.strip())
    return settings_from(argparse.Namespace(**given), codes=ON | {code})


def evals() -> Iterator[Eval]:
    """The programs of all files."""
    for path in sorted(FOLDER.glob("KPC*.txt")):
        head, *blocks = _TITLE.split(path.read_text(encoding="utf-8"))
        for kind, name, text in zip(blocks[::3], blocks[1::3], blocks[2::3], strict=True):
            lines = (head + text).rstrip().split("\n")
            marks = tuple(mark for line, each in enumerate(lines, 1) for mark in _marks(line, each))
            source = "\n".join(_MARK.sub("", line) for line in lines) + "\n"
            yield Eval(path.stem, kind, name, source, marks)  # type: ignore[arg-type]


def _marks(line: int, text: str) -> Iterator[Mark]:
    found = _MARK.search(text)
    if found:
        for code in found[1].split():
            yield Mark(line, code, found[2] or "")
