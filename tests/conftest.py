"""What every test relies on: the lightest Keras, no clock in hypothesis, golden files, a tally."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


# -- how much was compared with the real Keras ----------------------------------------------------

# Weights of each layer class that the processes of a parallel run have compared.
compared_elsewhere: Counter[str] = Counter()


def _compared_here() -> Counter[str]:
    truth = sys.modules.get("tests.differential.keras_truth")
    return Counter(truth.compared) if truth is not None else Counter()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["compared"] = dict(_compared_here())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    compared_elsewhere.update(getattr(node, "workeroutput", {}).get("compared", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    compared = compared_elsewhere + _compared_here()
    if compared:
        import keras

        terminalreporter.write_line(
            f"compared {compared.total():,} weights of {len(compared)} layers"
            f" with keras {keras.__version__}"
        )
