"""Which generation of Keras a file is taken to be written for."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter.generation import Dialect, dialect


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
