"""Programs of plain Python against CPython: what we know of their names is what CPython says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.interpreter.python_strategies import programs as written
from tests.interpreter.python_truth import compare, truth

PROGRAMS = Path(__file__).with_name("python")


def programs() -> Iterator[tuple[str, str]]:
    """The programs by name: in each file `### name` begins one."""
    for path in sorted(PROGRAMS.glob("*.txt")):
        for case in path.read_text(encoding="utf-8").split("### ")[1:]:
            name, _, text = case.partition("\n")
            yield f"{path.stem}: {name}", text


CASES = dict(programs())


@pytest.fixture(autouse=True)
def _reraise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAMCOUNT_RERAISE", "1")


@pytest.mark.parametrize("name", CASES)
def test_program(name: str) -> None:
    assert not compare(CASES[name]).faults


def test_nearly_all_values_are_known() -> None:
    verdicts = {name: compare(source) for name, source in CASES.items()}
    missed = {name: verdict.misses for name, verdict in verdicts.items() if verdict.misses}
    total = sum(verdict.names for verdict in verdicts.values())
    # What is left are parts of the library that nobody makes sizes with, and `exec`.
    assert sum(map(len, missed.values())) <= 0.12 * total, missed


def test_generated_programs() -> None:
    names, missed = 0, []

    @settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
    @given(written())
    def check(source: str) -> None:
        nonlocal names
        real = truth(source)
        if real is None:
            return
        verdict = compare(source, real)
        assert not verdict.faults, source
        names += verdict.names
        missed.extend(verdict.misses)

    check()
    assert names > 100
    assert len(missed) <= 0.05 * names, missed
