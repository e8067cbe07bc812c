"""Values that directives state for variables and expressions which the source leaves open."""

from __future__ import annotations

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

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


DATA = "from keras import Model\nx = np.load('x')\n"


@pytest.mark.parametrize(
    ("source", "line", "directive"),
    [
        ("m = Sequential([Input(x.shape[1:]), Dense(3)])", 7, "input_shape=(None, …)"),
        ("m = Sequential([Dense(3, input_shape=x.shape[1:])])", 7, "input_shape=(None, …)"),
        ("i = Input(x.shape[1:])\nm = Model(i, Dense(3)(i))", 7, "output_shape=(None, …)"),
        ("m = Sequential([Input((4,)), Dense(x.shape[1])])", 6, "x.shape[1]=…"),
        ("i = Input((4,))\nm = Model(i, Dense(3)(new(i)))", 8, "params=…, output_shape=(None, …)"),
    ],
)
def test_the_directive_that_settles_it_is_suggested(source: str, line: int, directive: str) -> None:
    analysis = analyze(f"{HEAD}{DATA}{source}\n")
    (reason,) = summarize(analysis.models[-1], Settings()).reasons
    assert (analysis.locate(reason.site).line, reason.directive) == (
        line,
        f"# paramcount: {directive}",
    )


@pytest.mark.parametrize(
    "source",
    [
        "m = Sequential([Dense(3, input_shape=x.shape[1:])])  # paramcount: input_shape=(None, 4)",
        "i = Input(x.shape[1:])  # paramcount: output_shape=(None, 4)\nm = Model(i, Dense(3)(i))",
        "m = Sequential([Input((4,)), Dense(x.shape[1])])  # paramcount: x.shape[1]=3",
    ],
)
def test_the_directive_settles_it(source: str) -> None:
    assert total(f"{DATA}{source}\n") == ("exact", 15)
