"""Values that directives state for variables and expressions which the source leaves open."""

from __future__ import annotations

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.settings import Settings

HEAD = """\
import sys
import numpy as np
from keras import Input, Sequential
from keras.layers import Dense
"""


def total(source: str) -> tuple[str, int | None]:
    (summary,) = report_on(HEAD + source, None, Settings(), "model.py").summaries
    return summary.status, summary.minimum


MODEL = "m = Sequential([Input((4,)), Dense(n)])"


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"n = int(input())  # paramcount: n=10\n{MODEL}\n", id="where it is assigned"),
        pytest.param(f"# paramcount: n=10\nn = sys.argv[1]\n{MODEL}\n", id="above"),
        pytest.param(f"n = int(input())\n{MODEL}  # paramcount: n=10\n", id="at the model"),
        pytest.param(f"n = np.load('x').shape[1]\n{MODEL}  # paramcount: n=10\n", id="a size"),
        pytest.param(
            "class Config:\n    def __init__(self):\n"
            "        self.n = int(input())  # paramcount: self.n=10\n"
            f"n = Config().n\n{MODEL}\n",
            id="an attribute",
        ),
        pytest.param(
            "def build(k):\n    n = k()  # paramcount: n=10\n"
            "    return Sequential([Input((4,)), Dense(n)])\nm = build(sys.stdin.read)\n",
            id="in a function",
        ),
        pytest.param(
            f"n = 3\nif sys.argv:\n    n = 9\nn = n  # paramcount: n=10\n{MODEL}\n", id="a choice"
        ),
    ],
)
def test_a_variable_is_worth_what_is_stated(source: str) -> None:
    assert total(source) == ("exact", 50)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"n = 3  # paramcount: n=10\n{MODEL}\n", id="it is known"),
        pytest.param(f"n = 10\nn = 3\n{MODEL}  # paramcount: n=10\n", id="known at the model"),
    ],
)
def test_what_the_source_shows_counts(source: str) -> None:
    assert total(source) == ("exact", 15)
