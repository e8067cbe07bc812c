"""Programs as people write them: what is marked is found, and nothing else."""

from __future__ import annotations

from collections import Counter

import pytest

from flake8_paramcount.codes import CODES
from tests.rules.evaluating import Eval, evals

EVALS = list(evals())
LEAST = {"bad": 2, "near": 5}


@pytest.mark.parametrize("each", EVALS, ids=lambda each: f"{each.code} {each.kind}: {each.name}")
def test_exactly_what_is_marked_is_found(each: Eval) -> None:
    found = each.findings()

    told = [(finding.line, finding.code) for finding in found]
    assert sorted(told) == [(mark.line, mark.code) for mark in each.marks], found
    for mark in each.marks:
        messages = [f.message for f in found if (f.line, f.code) == (mark.line, mark.code)]
        assert any(mark.words in message for message in messages), messages


@pytest.mark.parametrize("each", EVALS, ids=lambda each: f"{each.code} {each.kind}: {each.name}")
def test_only_bad_programs_have_marks_and_of_their_own_code(each: Eval) -> None:
    codes = {mark.code for mark in each.marks}

    assert each.code in codes if each.kind == "bad" else not codes


@pytest.mark.parametrize("kind", LEAST)
def test_every_rule_has_enough_programs(kind: str) -> None:
    counted = Counter(each.code for each in EVALS if each.kind == kind)

    assert {code: counted[code] for code in CODES if counted[code] < LEAST[kind]} == {}


def test_names_differ() -> None:
    assert len({each[:3] for each in EVALS}) == len(EVALS)
