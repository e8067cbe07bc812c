"""Methods that change the weights of a layer after it has been made."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

HEAD = "from keras import Input, Model, Sequential\nfrom keras.layers import Dense\n"
CHAIN = "model = Sequential([Input((4,)), Dense(3), Dense(2)])\n"


def status(source: str) -> list[str]:
    models = analyze(HEAD + source).models
    return [summarize(model, Settings()).status for model in models]


@pytest.mark.parametrize(
    "source",
    [
        CHAIN + "model.layers[0].enable_lora(2)\n",
        CHAIN + "for layer in model.layers:\n    layer.quantize('int8')\n",
        CHAIN + "model.quantize('int8')\n",
        CHAIN + "outer = Sequential([Input((4,)), model])\nouter.quantize('int8')\n",
        "x = Input((4,))\nd = Dense(3)\nmodel = Model(x, d(x))\nd.enable_lora(rank=4)\n",
    ],
)
def test_a_count_that_is_changed_is_not_stated(source: str) -> None:
    assert set(status(source)) == {"unknown"}


def test_other_models_keep_their_count() -> None:
    other = "other = Sequential([Input((4,)), Dense(3)])\n"
    assert status(CHAIN + other + "model.quantize('int8')\n") == ["unknown", "exact"]
