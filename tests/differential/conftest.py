"""Says at the end of a run how much was compared with the real Keras."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

# Weights of each layer class that the processes of a parallel run have compared.
elsewhere: Counter[str] = Counter()


def _compared_here() -> Counter[str]:
    try:
        from tests.differential.keras_truth import compared
    except ImportError:  # without Keras there is nothing to compare with
        return Counter()
    return Counter(compared)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["compared"] = dict(_compared_here())


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    elsewhere.update(getattr(node, "workeroutput", {}).get("compared", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    compared = elsewhere + _compared_here()
    if compared:
        import keras

        terminalreporter.write_line(
            f"compared {compared.total():,} weights of {len(compared)} layers"
            f" with keras {keras.__version__}"
        )
