"""Methods that change the weights of a layer after it has been made, where that is not certain."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary, summarize

HEAD = """\
import os
import keras
from keras import Input, Model, Sequential
from keras.layers import Dense, Embedding, SpectralNormalization
from elsewhere import rank, setting
"""
CHAIN = "model = Sequential([Input((4,)), Dense(3), Dense(2)])\n"


def summaries(source: str) -> list[Summary]:
    return [summarize(model, Settings()) for model in analyze(HEAD + source).models]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("model.quantize(setting)", id="mode"),
        pytest.param("model.quantize('gptq', config=setting)", id="calibrated"),
        pytest.param("model.quantize('int8', filters='(a+)+b')", id="pattern"),
        pytest.param("model.quantize('int8', filters=setting)", id="filter"),
        pytest.param("model.layers[0].quantize('int8', type_check=False)", id="unchecked"),
        pytest.param("model.layers[0].enable_lora([2])", id="no rank"),
        pytest.param(
            "model.add(SpectralNormalization(Dense(3)))\nmodel.quantize('int8')", id="wrapper"
        ),
        pytest.param("model.quantize('int8')\nmodel = keras.models.clone_model(model)", id="clone"),
        pytest.param(
            "policy = keras.dtype_policies.DTypePolicyMap()\nmodel.add(Dense(3, dtype=policy))",
            id="map of policies",
        ),
        pytest.param("model.add(Dense(3, dtype='gptq/4/128_from_float32'))", id="GPTQ"),
        pytest.param("d = Dense(3)\nd.enable_lora(2)\nmodel.add(d)", id="perhaps not built"),
    ],
)
def test_a_change_that_is_not_followed(source: str) -> None:
    found = summaries(CHAIN + source + "\n")[-1]
    assert (found.status, found.total) == ("unknown", None)
    assert found.trainable is None
    assert found.non_trainable is None
    assert [reason.site > 0 for reason in found.reasons] == [True]


def test_other_models_keep_their_count() -> None:
    other = "other = Sequential([Input((4,)), Dense(3)])\n"
    found = summaries(CHAIN + other + "model.quantize('gptq', config=setting)\n")
    assert [each.status for each in found] == ["unknown", "exact"]


def test_a_change_that_is_perhaps_made() -> None:
    (found,) = summaries(CHAIN + "if setting:\n    model.layers[0].enable_lora(1)\n")
    assert (found.status, found.minimum, found.maximum) == ("range", 23, 30)


def test_a_rank_that_is_not_known() -> None:
    (found,) = summaries(CHAIN + "model.layers[0].enable_lora(rank)\n")
    assert (found.expression, found.minimum) == ("7·rank + 23", 23)


def test_what_keras_refuses_is_not_done() -> None:
    twice = "    model.layers[0].enable_lora(2)\n    model.layers[0].quantize('none')\n"
    refused = f"try:\n{twice}except ValueError:\n    pass\n"
    (found,) = summaries(f"{CHAIN}model.layers[0].enable_lora(1)\n{refused}")
    assert found.total == 30
