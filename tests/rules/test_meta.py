"""The catalogue as it was planned, code table, registry, pages, README, changelog, and programs."""

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

CATALOGUE = """\
001 count-unknown off
002 bad-directive on
003 layer-count off
004 model-count off
005 budget-unverifiable on*
006 unknown-layer off
101 model-over-budget on*
102 layer-over-budget on*
103 trainable-over-budget on*
104 size-over-budget on*
105 model-grew on*
106 stale-count-comment on
107 flatten-dense-blowup on
108 redundant-bias on
109 embedding-dominates off
110 activation-memory on*
201 embedding-below-vocabulary on
202 embedding-off-by-one on
203 mask-zero-off-by-one on
204 embedding-above-vocabulary off
205 embedding-matrix-shape on
206 units-below-classes on
207 loss-label-form on
208 data-shape-mismatch on
209 autoencoder-shape on
301 dropout-rate on
302 softmax-over-one on
303 activation-twice on
304 linear-stack on
305 constant-initializer on
306 legacy-positional on
307 removed-argument on
308 invalid-argument on
309 duplicate-layer-name on
310 stateful-without-batch on
311 late-input-shape on
312 normalization-axis on
313 logits-mismatch on
314 crossentropy-mismatch on
315 relu-output on
316 trainable-after-compile on
317 compiled-twice on
318 model-never-built on
319 shared-layer-by-multiplication on
320 mask-lost off
401 rank-mismatch on
402 rnn-without-return-sequences on
403 size-exhausted on
404 reshape-size on
405 merge-shape on
406 undefined-dimension on
407 missing-flatten on
408 useless-flatten on
409 channel-order on
901 dropout-before-normalization off
902 dropout-before-pooling off
903 dropout-over-half off
904 shrinking-window off
905 shrinking-filters off
906 growing-dense off
907 no-pooling off
908 pooling-after-every-conv off
909 heterogeneous-blocks off
910 ineffective-pooling off
911 non-zero-bias-initializer off
912 regression-loss-on-softmax off
913 learning-rate-range off
914 linear-stack-of-convolutions off
"""
"""What was asked for: number, name, default."""

EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)


def test_the_catalogue_is_complete() -> None:
    planned = [line.split() for line in CATALOGUE.splitlines()]

    assert [[code[3:], *entry] for code, entry in CODES.items()] == planned


def test_every_code_is_a_rule_with_a_page_and_programs() -> None:
    pages, programs = (ROOT / "docs" / "rules"), (ROOT / "tests" / "rules" / "evals")

    assert set(RULES) == set(CODES)
    assert {path.stem for path in pages.glob("*.md")} == set(CODES)
    assert {path.stem for path in programs.glob("*.txt")} == set(CODES)


@EVERY
def test_readme_links_the_page(rule: Rule) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert f"| [{rule.code}](docs/rules/{rule.code}.md) | {rule.name} |" in readme


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
