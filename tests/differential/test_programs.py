"""Hand-written programs, hard to read right: all that we count must be what Keras counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.differential.program_truth import compare, truth

PROGRAMS = Path(__file__).with_name("programs")


def programs() -> Iterator[tuple[str, str]]:
    """The programs by name: in each file `### name` begins one, behind a head that all share."""
    for path in sorted(PROGRAMS.glob("*.txt")):
        head, *cases = path.read_text(encoding="utf-8").split("### ")
        for case in cases:
            name, _, text = case.partition("\n")
            yield f"{path.stem}: {name}", head + text


CASES = dict(programs())


@pytest.fixture(autouse=True)
def _reraise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAMCOUNT_RERAISE", "1")


@pytest.mark.parametrize("name", CASES)
def test_program(name: str) -> None:
    source = CASES[name]
    assert truth(source)["raised"] is None
    verdict = compare(source)
    assert verdict.models > 0
    assert not verdict.faults
