"""Says at the end of a run how much was compared with the real Keras."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    try:
        import keras

        from tests.differential.keras_truth import compared
    except ImportError:
        return
    if compared:
        weights = sum(compared.values())
        terminalreporter.write_line(
            f"compared {weights:,} weights of {len(compared)} layers with keras {keras.__version__}"
        )
