"""Hand-written programs, hard to read right: all that we count must be what Keras counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.differential.program_strategies import programs as written
from tests.differential.program_truth import compare, found, truth
from tests.differential.program_unknowns import Program
from tests.differential.program_unknowns import programs as unknowns

PROGRAMS = Path(__file__).with_name("programs")


# What a program hides from us, with all that it may be: `<0 | 1>`.
HOLE = re.compile(r"<([^<>\n]*\|[^<>\n]*)>")


def programs(folder: Path) -> Iterator[tuple[str, str]]:
    """The programs by name: in each file `### name` begins one, behind a head that all share."""
    for path in sorted(folder.glob("*.txt")):
        head, *cases = path.read_text(encoding="utf-8").split("### ")
        for case in cases:
            name, _, text = case.partition("\n")
            yield f"{path.stem}: {name}", head + text


CASES = dict(programs(PROGRAMS))
HIDDEN = dict(programs(PROGRAMS / "hidden"))


@pytest.fixture(autouse=True)
def _reraise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAMCOUNT_RERAISE", "1")


@pytest.mark.parametrize("name", CASES)
def test_program_by_hand(name: str) -> None:
    source = CASES[name]
    assert truth(source)["raised"] is None
    verdict = compare(source)
    assert verdict.models > 0
    assert not verdict.faults


def _filled(text: str, values: Iterable[str]) -> str:
    waiting = iter(values)
    return HOLE.sub(lambda hole: next(waiting), text)


@pytest.mark.parametrize("name", HIDDEN)
def test_program_with_something_hidden(name: str) -> None:
    """Whatever stands where we see nothing, Keras' numbers are among those that we allow."""
    text = HIDDEN[name]
    holes = [hole.split("|") for hole in HOLE.findall(text)]
    hidden = _filled(text, [f"mystery.value{index}()" for index in range(len(holes))])
    models = 0
    for values in product(*holes):
        shown = _filled(text, map(str.strip, values))
        assert truth(shown)["raised"] is None
        verdict = compare(hidden, shown)
        assert not verdict.faults, values
        models += verdict.models
    assert models > 0


def test_nearly_all_programs_by_hand_are_exact() -> None:
    missed = [name for name, source in CASES.items() if compare(source).misses]
    assert len(missed) <= 0.05 * len(CASES), missed


def test_generated_programs() -> None:
    models, missed = 0, []

    @settings(max_examples=40, suppress_health_check=list(HealthCheck))
    @given(written())
    def check(source: str) -> None:
        nonlocal models
        if truth(source)["raised"] is not None:
            return
        verdict = compare(source)
        assert not verdict.faults, source
        models += verdict.models
        missed.extend(verdict.misses)

    check()
    assert models > 40
    assert len(missed) <= 0.05 * models, missed


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(unknowns())
def test_what_is_not_shown_lies_in_the_range(program: Program) -> None:
    """Whatever the hidden decisions and sizes are, Keras' total is one that we allow."""
    for shown, values in program.shown():
        if truth(shown)["raised"] is None:
            verdict = compare(program.hidden(), shown, values)
            assert not verdict.faults, shown


def test_a_match_on_something_unknown_keeps_what_follows() -> None:
    source = """\
import x
from keras import Input, Sequential
from keras.layers import Dense
match x.kind():
    case "a":
        n = 4
    case "b":
        n = 5
    case _:
        n = 6
m = Sequential([Input((2,)), Dense(n)])
"""
    (summary,) = found(source).summaries
    assert (summary.status, summary.minimum, summary.maximum) == ("range", 12, 18)


@pytest.mark.parametrize("test", ["u() < 5 < 7", "1 < u() < 5", "u() and v()", "not u() or 2 > 3"])
def test_a_test_that_is_partly_known_is_not_decided(test: str) -> None:
    source = f"""\
from keras import Input, Sequential
from keras.layers import Dense
m = Sequential([Input((2,)), Dense(4)])
if {test}:
    m.add(Dense(1))
"""
    (summary,) = found(source).summaries
    assert (summary.status, summary.minimum, summary.maximum) == ("range", 12, 17)
