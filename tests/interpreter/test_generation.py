"""Which generation of Keras a file is taken to be written for."""

from __future__ import annotations

import pytest

from flake8_paramcount.counting import tally
from flake8_paramcount.interpreter import analyze
from flake8_paramcount.interpreter.generation import Dialect, dialect
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize


@pytest.mark.parametrize(
    ("imports", "names", "keywords", "generation", "standalone"),
    [
        (["keras"], ["Dense", "Conv2D"], ["units", "padding"], 3, False),
        (["keras.layers"], ["Dense"], ["init"], 3, False),
        (["keras.layers"], ["Convolution2D"], ["border_mode"], 1, True),
        (["keras.layers"], ["Merge"], [], 1, True),
        (["tensorflow.keras.layers"], ["CuDNNLSTM"], [], 2, False),
        (["keras.layers"], ["LocallyConnected1D"], ["kernel_size"], 2, True),
        (["tf_keras"], [], [], 2, False),
        (["keras.layers.recurrent", "keras.layers.recurrent.GRU"], [], [], 2, True),
        (["tensorflow.keras"], ["fit_generator"], [], 2, False),
        (["tensorflow.keras"], [], ["batch_input_shape"], 2, False),
    ],
)
def test_dialect(
    imports: list[str], names: list[str], keywords: list[str], generation: int, standalone: bool
) -> None:
    found = dialect(None, imports, names, keywords)
    assert (found.generation, found.standalone) == (generation, standalone)


def test_settings_go_before_clues() -> None:
    stated = dialect(3, ["tf_keras"], [], ["border_mode"])
    assert stated == Dialect(3, why="the setting `paramcount-keras`")


def test_the_clue_is_named() -> None:
    assert dialect(None, ["keras"], [], ["nb_filter"]).why == "`nb_filter` is Keras 1"


KERAS_1 = """\
from keras import backend as K
from keras.layers import Activation, Convolution2D, Dense, Flatten, Input, MaxPooling2D, merge
from keras.models import Model, Sequential
"""


@pytest.mark.parametrize(
    ("built", "totals"),
    [
        (
            "Sequential([Convolution2D(8, 3, 3, input_shape=(3, 9, 9)), Flatten(), Dense(2)])",
            {3 * 9 * 8 + 8 + 49 * 8 * 2 + 2, 9 * 9 * 8 + 8 + 7 * 8 * 2 + 2},
        ),
        (
            "Sequential([Convolution2D(8, 3, 3, input_shape=(3, 9, 9), border_mode='same')])",
            {3 * 9 * 8 + 8, 9 * 9 * 8 + 8},
        ),
        (
            "Sequential([Convolution2D(8, 3, 3, input_shape=(3, 9, 9), dim_ordering='th')])",
            {3 * 9 * 8 + 8},
        ),
        ("Sequential([Convolution2D(8, 3, 3, input_shape=shape)])", {3 * 9 * 8 + 8}),
        ("Model(x, merge([x, y], mode='concat', concat_axis=axis))", {3 * 9 * 8 + 8}),
    ],
)
def test_keras_1_is_read_in_both_orders_of_axes(built: str, totals: set[int | None]) -> None:
    source = f"""{KERAS_1}
if K.image_dim_ordering() == "th":
    shape, axis = (3, 9, 9), 1
else:
    shape, axis = (9, 9, 3), 3
x = Input(shape)
y = Convolution2D(8, 3, 3, border_mode="same")(x)
m = {built}
"""
    analysis = analyze(source)
    settings = Settings()
    (summary,) = (summarize(model, settings) for model in analysis.models)
    assert {tally(variant).value for variant in summary.model.variants} == totals, summary


def test_an_order_that_keras_1_is_told_decides() -> None:
    source = f"""{KERAS_1}
K.set_image_dim_ordering("th")
m = Sequential([Convolution2D(8, 3, 3, input_shape=(3, 9, 9), border_mode="same")])
"""
    (model,) = analyze(source).models
    assert summarize(model, Settings()).total == 3 * 9 * 8 + 8


@pytest.mark.parametrize("head", ["K.set_image_dim_ordering('th')", "pass"])
def test_steps_before_keras_3_have_their_channels_last(head: str) -> None:
    source = f"""{KERAS_1}
from keras.layers import Convolution1D, GlobalMaxPooling1D
{head}
m = Sequential([Convolution1D(8, 3, input_shape=(9, 5)), GlobalMaxPooling1D(), Dense(2)])
"""
    (model,) = analyze(source).models
    assert summarize(model, Settings()).total == 3 * 5 * 8 + 8 + 8 * 2 + 2


@pytest.mark.parametrize("tensor", ["batch", "np.ones((4, 7))"])
def test_an_input_around_a_tensor_states_no_shape(tensor: str) -> None:
    source = f"""\
import numpy as np
from keras.engine import Model
from keras.layers import Dense, Input
from pipeline import batch
x = Input(tensor={tensor})
m = Model(x, Dense(2)(x))
"""
    (model,) = analyze(source).models
    assert summarize(model, Settings()).total in (None, 16)
    assert not any(layer.fault for layer in model.variants[0].layers)
