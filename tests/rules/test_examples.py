"""Every rule's own examples: the bad one gives exactly its code, the good one nothing."""

from __future__ import annotations

import argparse
from functools import cache
from typing import Any

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.codes import CODES
from flake8_paramcount.options import OPTIONS, settings_from
from flake8_paramcount.rules import RULES
from flake8_paramcount.rules.pages import Page, parts
from flake8_paramcount.settings import Settings

ON = frozenset(code for code, entry in CODES.items() if entry.default != "off")


def settings_for(code: str, page: Page) -> Settings:
    """The settings that a page states for its examples: what is on by default, and the rule."""
    given: dict[str, Any] = {}
    parsers = {option.destination: option.parse for option in OPTIONS}
    for line in page.options.splitlines():
        name, _, value = line.partition("=")
        destination = name.strip().replace("-", "_")
        given[destination] = parsers[destination](value.strip())
    return settings_from(argparse.Namespace(**given), codes=ON | {code})


@cache
def findings(code: str, source: str) -> list[str]:
    report = report_on(source, None, settings_for(code, parts(RULES[code].page)), "example.py")
    assert report.error is None
    return [f"{finding.code} {finding.message}" for finding in report.findings]


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_bad_example_gives_exactly_this_code(code: str) -> None:
    found = findings(code, parts(RULES[code].page).bad)

    assert {finding[:6] for finding in found} == {code}, found


@pytest.mark.parametrize("code", sorted(RULES))
def test_the_good_example_gives_nothing(code: str) -> None:
    assert findings(code, parts(RULES[code].page).good) == []
