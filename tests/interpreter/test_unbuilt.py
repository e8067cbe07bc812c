"""What is proven of a Sequential that states no input shape."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary, summarize

HEAD = "from keras import Sequential\nfrom keras.layers import *\n"


def summary(layers: str) -> Summary:
    (model,) = analyze(f"{HEAD}model = Sequential([{layers}])\n").models
    assert not model.variants[0].built
    return summarize(model, Settings())


@pytest.mark.parametrize(
    ("layers", "total"),
    [
        ("Embedding(100, 8)", 800),
        ("Embedding(1000, 64), SimpleRNN(32)", 67_104),
        ("Embedding(100, 8), GlobalAveragePooling1D(), Dense(2)", 818),
        ("Embedding(100, 8), Conv1D(4, 3), GlobalMaxPooling1D(), Dense(2)", 910),
        ("Embedding(100, 8, input_length=10), Flatten(), Dense(2)", 962),
        ("Reshape((28, 28, 1)), Conv2D(4, 3), GlobalMaxPooling2D(), Dense(3)", 55),
        ("Dropout(0.5), Flatten()", 0),
    ],
)
def test_what_no_input_shape_changes_is_exact(layers: str, total: int) -> None:
    found = summary(layers)
    assert (found.status, found.total) == ("exact", total)


@pytest.mark.parametrize(
    ("layers", "expression"),
    [
        ("Dense(3), Dense(2)", "3·input_shape[-1] + 11"),
        ("BatchNormalization(), Dense(4)", "8·input_shape[-1] + 4"),
        ("LSTM(2), Dense(1)", "8·input_shape[-1] + 27"),
        ("Conv2D(8, 3), GlobalMaxPooling2D(), Dense(2)", "72·input_shape[-1] + 26"),
    ],
)
def test_a_missing_size_is_a_symbol(layers: str, expression: str) -> None:
    found = summary(layers)
    assert (found.status, found.expression) == ("symbolic", expression)


@pytest.mark.parametrize(
    ("layers", "minimum"),
    [
        # What Flatten makes of it depends on the rank, so nothing behind it is known.
        ("Dense(3), Flatten(), Dense(2)", 6),
        ("Embedding(100, 8), Flatten(), Dense(2)", 800),
        ("Conv2D(8, 3), Flatten(), Dense(2)", 80),
    ],
)
def test_what_depends_on_the_rank_is_unknown(layers: str, minimum: int) -> None:
    found = summary(layers)
    assert (found.status, found.total) == ("unknown", None)
    assert found.minimum is not None
    assert found.minimum >= minimum
    assert [reason.text for reason in found.reasons] == ["the input shape is not stated"]


NET = """
from keras import Model

class Net(Model):
    def __init__(self):
        super().__init__()
        self.parts = [{layers}]

    def call(self, x, training=False):
        for part in self.parts:
            x = part(x)
        return x

"""


def own(layers: str, directive: str = "") -> Summary:
    source = HEAD + NET.format(layers=layers) + f"model = Net()  {directive}\n"
    return summarize(analyze(source).models[-1], Settings())


@pytest.mark.parametrize(
    ("layers", "status", "total"),
    [
        ("Embedding(1000, 64), SimpleRNN(32)", "exact", "67104"),
        ("Dense(3), Dense(2)", "symbolic", "3·input_shape[-1] + 11"),
        ("Conv2D(8, 3), GlobalMaxPooling2D(), Dense(2)", "symbolic", "72·input_shape[-1] + 26"),
        ("Conv2D(8, 3), Flatten(), Dense(2)", "unknown", "None"),
    ],
)
def test_a_model_of_an_own_class_that_nothing_calls(layers: str, status: str, total: str) -> None:
    found = own(layers)
    assert (found.status, found.expression or str(found.total)) == (status, total)
    assert not found.model.variants[0].built


def test_a_directive_states_the_input_of_an_own_class() -> None:
    found = own("Dense(3), Flatten(), Dense(2)", "# paramcount: input_shape=(None, 5, 4)")
    assert (found.status, found.total) == ("exact", 4 * 3 + 3 + 15 * 2 + 2)


@pytest.mark.parametrize(("first", "total"), [("load()", None), ("np.ones((9, 1))", 2)])
def test_rows_without_features_do_not_build_what_something_else_has(
    first: str, total: int | None
) -> None:
    source = f"""\
import numpy as np
from keras import Sequential, layers
m = Sequential([layers.Dense(1)])
m.fit({first}, np.ones(9))
m.predict(np.ones(9))
"""
    (model,) = analyze(source).models
    found = summarize(model, Settings())
    assert found.total == total or found.status == "symbolic"
    assert not any(layer.fault for variant in model.variants for layer in variant.layers)


def test_what_is_tried_builds_nothing() -> None:
    source = """\
from keras import Sequential, layers
class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3, padding="same")
        self.way = Sequential([layers.Conv2D(filters, 1)])
    def build(self, shape):
        self.scale = self.add_weight(shape=(3,))
    def call(self, x):
        return layers.add([self.conv(x), self.way(x)])
m = Sequential([Block(4), Block(8)])
"""
    (whole,) = (model for model in analyze(source).models if model.name == "m")
    found = summarize(whole, Settings())
    assert not any(layer.fault for variant in whole.variants for layer in variant.layers)
    # Whatever goes into the first, the second gets 4 channels.
    assert found.status == "symbolic"
    assert found.minimum == 40 + 8 + 3 + (9 * 4 * 8 + 8) + (4 * 8 + 8) + 3
