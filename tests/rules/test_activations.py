"""KPC302 to KPC305: functions between layers, and how weights start."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import Model
from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, call, findings, model, sequence, variant

VECTOR = (None, 64)
STEPS = (None, 10, 8)
IMAGE = (None, 28, 28, 6)
CODES = ("KPC302", "KPC303", "KPC304", "KPC305")
RELU = call("ReLU")
SOMETHING = Unknown("read", "something")


def dense(units: object, activation: object = None, **rest: object) -> Call:
    return call("Dense", units, activation=activation, **rest)


@pytest.mark.parametrize(
    "record",
    [
        # 302
        pytest.param(sequence(VECTOR, dense(1, "sigmoid")), id="302 sigmoid"),
        pytest.param(sequence(VECTOR, dense(2, "softmax")), id="302 two classes"),
        pytest.param(sequence(STEPS, dense(1), call("Softmax", axis=1)), id="302 over steps"),
        pytest.param(sequence(VECTOR, dense(SOMETHING, "softmax")), id="302 unknown units"),
        pytest.param(sequence(VECTOR, dense(1, SOMETHING)), id="302 unknown function"),
        pytest.param(
            sequence(IMAGE, call("Conv2D", 1, 1), call("Softmax", axis=[1, 2])), id="302 axes"
        ),
        # 303
        pytest.param(sequence(VECTOR, dense(8), RELU), id="303 one"),
        pytest.param(sequence(VECTOR, dense(8, "linear"), RELU), id="303 linear"),
        pytest.param(
            sequence(VECTOR, dense(8, "relu"), call("BatchNormalization"), RELU), id="303 between"
        ),
        pytest.param(sequence(VECTOR, dense(8, SOMETHING), RELU), id="303 unknown"),
        pytest.param(
            sequence(STEPS, call("LSTM", 8, return_sequences=True), RELU), id="303 recurrent"
        ),
        pytest.param(
            sequence(STEPS, dense(4, "tanh"), call("Softmax"), dense(1)), id="303 attention"
        ),
        pytest.param(
            sequence(VECTOR, dense(8, "relu"), replace(RELU, operated=True)), id="303 operation"
        ),
        # 304
        pytest.param(sequence(VECTOR, dense(8, "relu"), dense(4)), id="304 activation"),
        pytest.param(sequence(VECTOR, dense(8), RELU, dense(4)), id="304 layer"),
        pytest.param(sequence(VECTOR, dense(8), dense(64)), id="304 low rank"),
        pytest.param(sequence((None, 3), dense(2), dense(3)), id="304 linear autoencoder"),
        pytest.param(sequence(VECTOR, dense(8), call("Dropout", 0.5), dense(4)), id="304 dropout"),
        pytest.param(sequence(VECTOR, dense(SOMETHING), dense(4)), id="304 unknown units"),
        pytest.param(sequence(None, dense(8), dense(4)), id="304 unknown input"),
        pytest.param(
            sequence(VECTOR, dense(64, activity_regularizer="l2"), dense(4)), id="304 regularized"
        ),
        pytest.param(
            sequence(VECTOR, dense(64, trainable=False), dense(4)), id="304 frozen features"
        ),
        pytest.param(sequence(VECTOR, dense(8), replace(dense(4), operated=True)), id="304 op"),
        pytest.param(
            sequence(IMAGE, call("Conv2D", 8, 1), call("Conv2D", 4, 1)), id="304 convolutions"
        ),
        # 305
        pytest.param(
            sequence(VECTOR, dense(8, "relu", kernel_initializer="he_normal"), dense(1)),
            id="305 random",
        ),
        pytest.param(sequence(VECTOR, dense(8, kernel_initializer="zeros")), id="305 last"),
        pytest.param(
            sequence(VECTOR, dense(1, "tanh", kernel_initializer="zeros"), dense(2)), id="305 one"
        ),
        pytest.param(
            sequence(VECTOR, dense(8, "relu", kernel_initializer=SOMETHING), dense(1)),
            id="305 unknown",
        ),
        pytest.param(
            sequence(
                VECTOR,
                dense(6, "tanh", kernel_initializer="zeros", bias_initializer="ones"),
                dense(1),
            ),
            id="305 transformer",
        ),
        pytest.param(
            sequence(
                VECTOR, dense(8, "tanh", kernel_initializer="ones", trainable=False), dense(1)
            ),
            id="305 fixed filter",
        ),
        pytest.param(
            sequence(VECTOR, dense(8, "relu", bias_initializer="zeros"), dense(1)), id="305 bias"
        ),
    ],
)
def test_nothing_to_say(record: Model) -> None:
    assert findings(record, *CODES) == []


def test_residual_branch_may_start_at_zero() -> None:
    branch = variant(
        VECTOR,
        call("InputLayer", Shape(VECTOR)),
        dense(64, kernel_initializer="zeros"),
        replace(call("Add"), inbound=(0, 1)),
        dense(1),
    )

    assert findings(model(branch), "KPC305") == []


def test_gate_uses_the_same_input_twice() -> None:
    gate = variant(
        VECTOR,
        call("InputLayer", Shape(VECTOR)),
        dense(64, "relu"),
        call("Activation", "sigmoid"),
        replace(call("Multiply"), inbound=(1, 2)),
    )

    assert findings(model(gate), "KPC303") == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            sequence(VECTOR, dense(1, "softmax")),
            (
                10,
                "KPC302",
                "the softmax of Dense is taken over an axis of size 1 of (None, 1): "
                "its output is always 1; a sigmoid gives one probability",
            ),
            id="302",
        ),
        pytest.param(
            sequence(STEPS, dense(1), call("Activation", "softmax")),
            (
                20,
                "KPC302",
                "the softmax of Activation is taken over an axis of size 1 of (None, 10, 1): "
                "its output is always 1; a sigmoid gives one probability",
            ),
            id="302 attention over features",
        ),
        pytest.param(
            sequence(VECTOR, dense(8, "relu"), call("Activation", "relu"), dense(1)),
            (
                20,
                "KPC303",
                "relu is applied to the relu of Dense on line 10, with nothing between",
            ),
            id="303",
        ),
        pytest.param(
            sequence(VECTOR, dense(8, "tanh"), call("Softmax")),
            (
                20,
                "KPC303",
                "softmax is applied to the tanh of Dense on line 10, with nothing between",
            ),
            id="303 output",
        ),
        pytest.param(
            sequence(VECTOR, dense(128), dense(10)),
            (
                20,
                "KPC304",
                "2 Dense layers in a row, from line 10 on, have no activation between: "
                "together they are one linear layer; one Dense in their place saves "
                "8,960 parameters",
            ),
            id="304",
        ),
        pytest.param(
            sequence((None, 1), dense(5), dense(3), dense(4), dense(1)),
            (
                40,
                "KPC304",
                "4 Dense layers in a row, from line 10 on, have no activation between: "
                "together they are one linear layer; one Dense in their place saves 47 parameters",
            ),
            id="304 a row is told once",
        ),
        pytest.param(
            sequence(VECTOR, dense(32, "relu", kernel_initializer="zeros"), dense(10)),
            (
                10,
                "KPC305",
                "all weights of Dense start equal (kernel_initializer='zeros'): "
                "its 32 units compute the same",
            ),
            id="305",
        ),
        pytest.param(
            sequence(IMAGE, call("Conv2D", 8, 3, kernel_initializer="ones"), RELU, dense(1)),
            (
                10,
                "KPC305",
                "all weights of Conv2D start equal (kernel_initializer='ones'): "
                "its 8 units compute the same",
            ),
            id="305 convolution",
        ),
    ],
)
def test_finding(record: Model, expected: tuple[int, str, str]) -> None:
    assert findings(record, *CODES) == [expected]
