"""Programs for Keras 1 and 2, which cannot be run here: what their sources say that they count."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

BRANCHES = """\
from keras.layers import Dense, Merge
from keras.models import Sequential
a = Sequential([Dense(32, input_dim=784)])
b = Sequential([Dense(32, input_dim=784)])
"""
OWN = """\
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Conv2D, Dense, Layer
class Own(Layer):
    def __init__(self, units, **options):
        super().__init__(**options)
        self.units = units
    def build(self, shape):
        self.add_weight("scale", (shape[-1],), None, None, None, False)
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], self.units), trainable=None)
    def call(self, x):
        return K.dot(x, self.kernel)
"""
BRANCH = 784 * 32 + 32


@pytest.mark.parametrize(
    ("program", "total", "frozen"),
    [
        (BRANCHES + "m = Sequential([Merge([a, b], mode='sum'), Dense(10)])", 2 * BRANCH + 330, 0),
        (
            BRANCHES + "m = Sequential()\nm.add(Merge([a, b], mode='concat', concat_axis=1))\n"
            "m.add(Dense(10))",
            2 * BRANCH + 650,
            0,
        ),
        (BRANCHES + "m = Sequential([Merge([a, b], mode='dot'), Dense(9)])", 2 * BRANCH + 18, 0),
        (BRANCHES + "m = Sequential([Merge([a, a], mode='sum'), Dense(10)])", BRANCH + 330, 0),
        (
            BRANCHES + "c = Sequential([Merge([a, b], mode='sum'), Dense(10)])\n"
            "m = Sequential([Merge([c, a], mode='concat'), Dense(1)])",
            2 * BRANCH + 330 + 43,
            0,
        ),
        (OWN + "m = Sequential([Own(4, batch_input_shape=(None, 3)), Dense(2)])", 25, 3),
        (
            OWN + "m = Sequential([Conv2D(4, 3, groups=0, batch_input_shape=(None, 5, 5, 3))])",
            3 * 3 * 3 * 4 + 4,
            0,
        ),
        (OWN + "x = Input(7)\nm = Model(x, Dense(2)(x))", 16, 0),
        (OWN + "x = Input(shape=7)\nm = Model(x, Dense(2)(x))", 16, 0),
    ],
)
def test_total(program: str, total: int, frozen: int) -> None:
    settings = Settings()
    analysis = analyze(program, None, settings, "program.py")
    found = summarize(analysis.models[-1], settings)
    assert (found.status, found.total) == ("exact", total)
    assert found.trainable == total - frozen
