"""`try` statements: which of two ways a program may have taken."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

HEAD = """import numpy as np
from keras import Input, Sequential
from keras.layers import Dense
"""
TAIL = "model = Sequential([Input((4,)), Dense(n)])\n"


def bounds(source: str) -> tuple[str, int | None, int | None]:
    summaries = [summarize(model, Settings()) for model in analyze(HEAD + source).models]
    return summaries[-1].status, summaries[-1].minimum, summaries[-1].maximum


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    n = int('3')\nexcept ValueError:\n    n = 5\n",
        "n = 3\ntry:\n    np.load('x')\nexcept OSError:\n    print('no file')\n",
        "n = 3\ntry:\n    np.load('x')\nexcept OSError:\n    raise\n",
        "try:\n    n = 3\nfinally:\n    print('done')\n",
        "try:\n    import missing\nexcept ImportError:\n    missing = None\nn = 3\n",
        "try:\n    import tensorflow, json\n    n = 3\nexcept ImportError:\n    n = 5\n",
    ],
)
def test_one_way(source: str) -> None:
    assert bounds(source + TAIL) == ("exact", 15, 15)


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    np.load('x')\n    n = 3\nexcept OSError:\n    n = 5\n",
        "try:\n    import missing\n    n = 3\nexcept ImportError:\n    n = 5\n",
        "try:\n    from missing import n\n    n = 3\nexcept ImportError:\n    n = 5\n",
        "try:\n    from missing import *\n    n = 3\nexcept ImportError:\n    n = 5\n",
        "try:\n    download()\n    n = 3\nexcept:\n    n = 5\n",
        "n = 5\ntry:\n    np.load('x')\n    n = 3\nexcept OSError:\n    failed = True\n",
    ],
)
def test_both_ways_where_the_body_calls_something_from_elsewhere(source: str) -> None:
    assert bounds(source + TAIL) == ("range", 15, 25)


def test_a_model_that_only_a_handler_builds_is_found() -> None:
    source = """from keras import models
def build():
    return Sequential([Input((4,)), Dense(3)])
try:
    model = models.load_model("x.h5")
except OSError:
    model = build()
"""
    assert bounds(source) == ("exact", 15, 15)
