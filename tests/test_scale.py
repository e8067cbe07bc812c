"""Twice the source takes about twice the work, counted in calls of functions, not in seconds."""

from __future__ import annotations

import ast
import sys

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.settings import Settings

HEAD = """\
import keras
from keras import Input, Model, Sequential
from keras.layers import Dense
"""
START = HEAD + "i = x = Input((4,))\nm = Sequential([i])\n"

# A source as `(before, repeated, behind)`; `_I_` is the number of the repetition.
SHAPES = {
    "lines of add": (START, "m.add(Dense(4))\n", ""),
    "functional calls": (START, "x = Dense(4)(x)\n", "n = Model(i, x)\n"),
    "residual sums": (START, "x = x + Dense(4)(x)\n", "n = Model(i, x)\n"),
    "ends behind operations": (
        START + "ends = []\n",
        "x = x * 2\nends.append(Dense(4)(x))\n",
        "n = Model(i, ends)\n",
    ),
    "findings in one statement": (
        HEAD + "n = Sequential([\n    Input((4,)),\n",
        "    Dense(4, activation='relo'),\n",
        "])\n",
    ),
    "models trained": (
        HEAD,
        "m_I_ = Sequential([Input((4,)), Dense(4)])\nm_I_.compile('adam', 'mse')\n",
        "",
    ),
    "wider and wider": (START, "m.add(Dense(4 + _I_))\n", ""),
    "comments on models": (
        HEAD,
        "m_I_ = Sequential([Input((4,)), Dense(4)])  # 20 parameters\nm_I_.summary()\n",
        "",
    ),
}


def _work(source: str) -> int:
    """The functions that are called to read a source."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    tree = ast.parse(source)
    sys.setprofile(count)
    try:
        report = report_on(source, tree, Settings(), "<string>")
    finally:
        sys.setprofile(None)
    assert report.error is None
    return calls


def _source(name: str, times: int) -> str:
    before, repeated, behind = SHAPES[name]
    return before + "".join(repeated.replace("_I_", str(i)) for i in range(times)) + behind


@pytest.mark.parametrize("name", SHAPES)
def test_linear(name: str) -> None:
    _work(_source(name, 3))  # what is imported and remembered once
    small, middle, large = (_work(_source(name, times)) for times in (40, 120, 200))
    assert large - middle < 1.05 * (middle - small)
