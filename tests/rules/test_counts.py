"""KPC1xx: budgets, and parameters that a model could do without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flake8_paramcount.dims import symbol
from flake8_paramcount.records import Model
from tests.rules.making import Call, call, findings, model, sequence, variant

WORDS = symbol("vocab_size", lower=1)

TEXT = sequence((None, 10), call("Embedding", 1000, 64), call("SimpleRNN", 32))
OPEN = sequence((None, 10), call("Embedding", WORDS, 64), call("SimpleRNN", 32))
FLAGGED = model(
    variant((None, 8), call("Dense", 4)),
    variant((None, 8), call("Dense", 64)),
)
FROZEN = sequence((None, 784), call("Dense", 128, trainable=False), call("Dense", 10))


@pytest.mark.parametrize(
    ("record", "settings"),
    [
        pytest.param(TEXT, {}, id="no budget"),
        pytest.param(TEXT, {"budget": 67_104}, id="exactly the budget"),
        pytest.param(OPEN, {"budget": 50_000}, id="could be within it"),
        pytest.param(FLAGGED, {"budget": 100}, id="one branch is within it"),
        pytest.param(
            replace(TEXT, directives={"budget": 70_000}), {"budget": 10}, id="directive allows it"
        ),
        pytest.param(FROZEN, {"trainable_budget": 1_290}, id="frozen layers do not count"),
        pytest.param(TEXT, {"layer_budget": 64_000}, id="exactly the layer budget"),
        pytest.param(FLAGGED, {"layer_budget": 40}, id="one branch has a small layer"),
        pytest.param(TEXT, {"size_budget": 4 * 67_104}, id="exactly the size budget"),
        pytest.param(
            TEXT, {"size_budget": 2 * 67_104, "dtype": "float16"}, id="within it at half precision"
        ),
    ],
)
def test_within_budget(record: Model, settings: dict[str, Any]) -> None:
    codes = ("KPC101", "KPC102", "KPC103", "KPC104")

    assert findings(record, *codes, **settings) == []


def test_over_budget_names_the_largest_layers() -> None:
    assert findings(TEXT, "KPC101", budget=50_000) == [
        (
            1,
            "KPC101",
            "model `model` has 67,104 parameters, 17,104 more than its budget of 50,000; "
            "largest: Embedding 64,000 (line 10, 95.4 %), SimpleRNN 3,104 (line 20, 4.6 %)",
        )
    ]


def test_only_three_layers_are_named() -> None:
    record = sequence((None, 4), *(call("Dense", 4) for _ in range(5)))

    ((_, _, message),) = findings(record, "KPC101", budget=10)

    assert message.count("Dense 20") == 3


def test_a_lower_bound_can_be_over_budget() -> None:
    ((_, _, message),) = findings(OPEN, "KPC101", budget=3_000)

    assert "has at least 3,168 parameters, 168 more than its budget of 3,000" in message


def test_both_branches_over_budget() -> None:
    ((_, _, message),) = findings(FLAGGED, "KPC101", budget=30)

    assert "has at least 36 parameters, 6 more than its budget of 30" in message


def test_directive_wins_over_option() -> None:
    record = replace(TEXT, directives={"budget": 60_000})

    ((_, _, message),) = findings(record, "KPC101", budget=1_000_000)

    assert "7,104 more than its budget of 60,000" in message


def test_layer_over_budget() -> None:
    assert findings(TEXT, "KPC102", layer_budget=50_000) == [
        (
            10,
            "KPC102",
            "Embedding has 64,000 parameters, 14,000 more than the layer budget of 50,000",
        )
    ]


def test_layer_in_two_models_is_reported_once() -> None:
    assert len(findings([TEXT, replace(TEXT, name="again")], "KPC102", layer_budget=50_000)) == 1


def test_trainable_over_budget() -> None:
    assert findings(FROZEN, "KPC103", trainable_budget=1_000) == [
        (
            1,
            "KPC103",
            "model `model` has 1,290 trainable parameters, 290 more than their budget of 1,000",
        )
    ]


def test_size_over_budget() -> None:
    assert findings(TEXT, "KPC104", size_budget=256 * 1024) == [
        (
            1,
            "KPC104",
            "the weights of model `model` take 262.1 KiB (67,104 parameters of float32), "
            "6.1 KiB more than the size budget of 256.0 KiB",
        )
    ]


# -- Dense behind Flatten -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param(
            [call("Conv2D", 64, 3), call("GlobalAveragePooling2D"), call("Dense", 256)],
            id="pooled",
        ),
        pytest.param([call("MaxPooling2D", 32), call("Flatten"), call("Dense", 256)], id="small"),
        pytest.param([call("Flatten"), call("Dense", 64)], id="just below 10M"),
        pytest.param(
            [call("Reshape", (150_528,)), call("Dense", 256)], id="a Dense without Flatten"
        ),
        pytest.param([call("Conv2D", 64, 224), call("Flatten"), call("Dense", 10)], id="share"),
    ],
)
def test_no_blowup(calls: list[Call]) -> None:
    assert findings(sequence((None, 224, 224, 3), *calls), "KPC107") == []


def test_blowup_is_priced() -> None:
    record = sequence(
        (None, 112, 112, 64), call("Flatten"), call("Dropout", 0.5), call("Dense", 256)
    )

    assert findings(record, "KPC107") == [
        (
            30,
            "KPC107",
            "this Dense behind Flatten holds 100.0 % of 205,521,152 parameters; behind global "
            "average pooling it would have 16,640 in place of 205,521,152",
        )
    ]


# -- biases -------------------------------------------------------------------------------------

IMAGE = (None, 32, 32, 3)
CONV = call("Conv2D", 64, 3)
NORM = call("BatchNormalization")


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([call("Conv2D", 64, 3, use_bias=False), NORM], id="no bias"),
        pytest.param([call("Conv2D", 64, 3, activation="relu"), NORM], id="activation inside"),
        pytest.param([CONV, call("Activation", "relu"), NORM], id="activation between"),
        pytest.param([CONV, call("ReLU"), NORM], id="ReLU between"),
        pytest.param([CONV, call("Dropout", 0.5), NORM], id="Dropout between"),
        pytest.param([CONV, call("ZeroPadding2D", 1), NORM], id="padding between"),
        pytest.param([CONV, call("LayerNormalization")], id="LayerNormalization"),
        pytest.param([CONV, call("GroupNormalization", 8)], id="GroupNormalization"),
        pytest.param([CONV, call("BatchNormalization", center=False)], id="no offset"),
        pytest.param([CONV, call("BatchNormalization", axis=1)], id="over another axis"),
        pytest.param([CONV, call("BatchNormalization", trainable=False)], id="frozen statistics"),
        pytest.param([CONV, call("Conv2D", 8, 3), call("Activation", "relu")], id="none"),
        pytest.param([CONV], id="last layer"),
        pytest.param(
            [CONV, NORM, replace(call("Add"), inbound=(0, 1))], id="output goes elsewhere too"
        ),
    ],
)
def test_bias_counts(calls: list[Call]) -> None:
    assert findings(sequence(IMAGE, *calls), "KPC108") == []


def test_bias_of_a_layer_that_is_the_output_of_another_model() -> None:
    whole, part = sequence(IMAGE, CONV, NORM), sequence(IMAGE, CONV, name="features")

    assert findings([whole, part], "KPC108") == []


@pytest.mark.parametrize(
    ("calls", "line"),
    [
        pytest.param([CONV, NORM], 20, id="Conv2D"),
        pytest.param([call("SeparableConv2D", 64, 3), NORM], 20, id="SeparableConv2D"),
        pytest.param([call("Dense", 64), NORM], 20, id="Dense"),
        pytest.param([CONV, call("MaxPooling2D"), NORM], 30, id="pooled between"),
        pytest.param([CONV, call("GlobalAveragePooling2D"), NORM], 30, id="pooled away"),
        pytest.param([CONV, call("Activation", "linear"), NORM], 30, id="linear between"),
    ],
)
def test_bias_is_wasted(calls: list[Call], line: int) -> None:
    name = calls[0].name

    assert findings(sequence(IMAGE, *calls), "KPC108") == [
        (
            10,
            "KPC108",
            f"the bias of {name} is cancelled by the BatchNormalization on line {line}: "
            "64 parameters wasted; use_bias=False saves them",
        )
    ]


# -- embeddings ---------------------------------------------------------------------------------


def test_embedding_at_the_limit_does_not_dominate() -> None:
    record = sequence((None, 10), call("Embedding", 9, 10), call("Dense", 1, use_bias=False))

    assert findings(record, "KPC109") == []


def test_embedding_dominates() -> None:
    ((line, _, message),) = findings(TEXT, "KPC109")

    assert (line, message) == (10, "Embedding holds 64,000 of 67,104 parameters (95.4 %)")
