"""What every test relies on: the lightest Keras backend, no clock in hypothesis, golden files."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("KERAS_BACKEND", "numpy")

# A shared machine's pauses are no fault of the code, and a red run must be the same on each.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")

# The release of Keras that the counts are held against does not run on Python 3.10.
HAS_KERAS_315 = sys.version_info >= (3, 11)
collect_ignore = [] if HAS_KERAS_315 else ["differential"]

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden from what is printed now"
    )


def pytest_report_header() -> str:
    return "" if HAS_KERAS_315 else "without tests/differential: Keras 3.15 needs Python 3.11"


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the golden file of that name, or rewrite the file."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare
