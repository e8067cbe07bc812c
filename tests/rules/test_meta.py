"""Code table, registry, pages, README and changelog speak of the same rules."""

from __future__ import annotations

import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_paramcount import rules
from flake8_paramcount.codes import CODES
from flake8_paramcount.rules import RULES, Rule
from flake8_paramcount.rules.pages import parts
from flake8_paramcount.rules.registry import rule as register

ROOT = Path(__file__).resolve().parents[2]

TOOLS = {
    "claims",
    "comments",
    "fixes",
    "graph",
    "heads",
    "kinds",
    "older",
    "pages",
    "places",
    "registry",
    "wording",
}
"""Modules of the package that hold no rules."""

EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)


def test_every_code_is_a_rule() -> None:
    assert set(RULES) == set(CODES)


def test_names_are_unique() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_every_family_is_imported() -> None:
    modules = {module.name for module in pkgutil.iter_modules(rules.__path__)}

    assert {family.__name__.rpartition(".")[2] for family in rules.FAMILIES} == modules - TOOLS


@EVERY
def test_name_and_default_are_those_of_the_table(rule: Rule) -> None:
    assert (rule.name, rule.default) == CODES[rule.code]
    assert re.fullmatch(r"KPC\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)


@EVERY
def test_page_has_a_sentence_a_reason_and_two_examples(rule: Rule) -> None:
    page = parts(rule.page)

    assert page.summary.endswith(".")
    assert "\n" not in page.summary
    assert page.bad
    assert page.good
    assert page.bad != page.good
    assert (rule.default != "on*") or page.options


@EVERY
def test_rule_is_tested(rule: Rule) -> None:
    tests = Path(__file__).parent.glob("test_*.py")

    assert any(rule.code in path.read_text(encoding="utf-8") for path in tests)


@EVERY
def test_changelog_names_the_code(rule: Rule) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"{rule.code} {rule.name}" in changelog


def test_documentation_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_code_is_registered_once_and_with_a_page() -> None:
    def check(context: object) -> object:
        return iter(())

    with pytest.raises(ValueError, match="KPC101"):
        register("KPC101")(check)  # type: ignore[arg-type]
