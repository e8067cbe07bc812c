"""KPC313 to KPC318, KPC912, KPC913: the loss against the head, and the order of training."""

from __future__ import annotations

from typing import Any

import pytest

from flake8_paramcount.records import Event, Model
from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, call, findings, model, sequence, variant

VECTOR = (None, 64)
HEADS = ("KPC302", "KPC313", "KPC314", "KPC315", "KPC912")
ORDER = ("KPC316", "KPC317", "KPC318")
BINARY, CATEGORICAL = "binary_crossentropy", "categorical_crossentropy"
SPARSE = "sparse_categorical_crossentropy"


def compiled(loss: str | None, logits: bool | None = False, site: int = 90, **rest: Any) -> Event:
    return Event("compile", site, loss=loss, from_logits=logits, **rest)


def dense(units: object, activation: object = None) -> Call:
    return call("Dense", units, activation=activation)


def trained(units: object, activation: object, *events: Event) -> Model:
    return sequence(VECTOR, dense(units, activation), events=events)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(trained(10, "softmax", compiled(SPARSE)), id="313 probabilities"),
        pytest.param(trained(10, None, compiled(SPARSE, True)), id="313 logits"),
        pytest.param(trained(10, None, compiled(SPARSE, None)), id="313 unknown logits"),
        pytest.param(trained(10, None, compiled("mean_squared_error")), id="313 regression"),
        pytest.param(trained(10, None, compiled("hinge")), id="313 hinge"),
        pytest.param(trained(10, None, compiled(None)), id="313 loss of the program"),
        pytest.param(
            trained(10, Unknown("read", "f"), compiled(SPARSE)), id="313 unknown function"
        ),
        pytest.param(trained(10, None), id="313 never compiled"),
        pytest.param(trained(5, "sigmoid", compiled(BINARY)), id="314 several labels"),
        pytest.param(trained(2, "softmax", compiled(BINARY)), id="314 two classes"),
        pytest.param(trained(1, "sigmoid", compiled(BINARY)), id="314 one probability"),
        pytest.param(trained(10, "softmax", compiled(CATEGORICAL)), id="314 classes"),
        pytest.param(
            trained(Unknown("read", "n"), "softmax", compiled(BINARY)), id="314 unknown width"
        ),
        pytest.param(trained(1, "relu", compiled("mean_squared_error")), id="315 regression"),
        pytest.param(trained(1, "relu", compiled("poisson")), id="315 counts"),
        pytest.param(trained(10, "sigmoid", compiled("mean_squared_error")), id="912 sigmoid"),
        pytest.param(
            sequence(
                VECTOR, dense(10, "softmax"), call("Lambda", "f"), events=(compiled(SPARSE, True),)
            ),
            id="313 lambda behind",
        ),
    ],
)
def test_loss_fits(record: Model) -> None:
    assert [each for each in findings(record, *HEADS) if each[1] != "KPC308"] == []


def test_an_output_that_is_no_layer() -> None:
    record = model(
        variant(VECTOR, dense(10, "softmax"), outputs=None), events=(compiled(SPARSE, True),)
    )

    assert findings(record, *HEADS) == []


def test_one_variant_of_two_fits() -> None:
    variants = (variant(VECTOR, dense(1, "sigmoid")), variant(VECTOR, dense(5, "softmax")))

    assert findings(model(*variants, events=(compiled(BINARY),)), *HEADS) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            trained(10, "softmax", compiled(SPARSE, True)),
            "KPC313 Dense gives the probabilities of a softmax, but the "
            "sparse_categorical_crossentropy of line 90 takes logits (from_logits=True)",
            id="313 twice",
        ),
        pytest.param(
            trained(1, None, compiled(BINARY)),
            "KPC313 Dense has no activation, but the binary_crossentropy of line 90 takes "
            "probabilities: give it a sigmoid, or the loss from_logits=True",
            id="313 logits",
        ),
        pytest.param(
            sequence(
                VECTOR,
                dense(10),
                call("Activation", "softmax"),
                call("Reshape", (10, 1)),
                events=(compiled(CATEGORICAL, True),),
            ),
            "KPC313 Activation on line 20 gives the probabilities of a softmax, but the "
            "categorical_crossentropy of line 90 takes logits (from_logits=True)",
            id="313 reshaped",
        ),
        pytest.param(
            trained(10, "softmax", compiled(BINARY)),
            "KPC314 Dense gives a softmax over 10 classes, which binary_crossentropy takes for 10 "
            "questions of yes and no: the loss of line 90",
            id="314 binary",
        ),
        pytest.param(
            trained(1, "sigmoid", compiled(CATEGORICAL)),
            "KPC314 Dense gives one value, but categorical_crossentropy needs one for each class: "
            "the loss of line 90",
            id="314 one unit",
        ),
        pytest.param(
            trained(10, "sigmoid", compiled(CATEGORICAL)),
            "KPC314 Dense gives 10 sigmoids, which categorical_crossentropy takes for the "
            "probabilities of classes that exclude each other: the loss of line 90",
            id="314 sigmoids",
        ),
        pytest.param(
            trained(10, "relu", compiled(SPARSE)),
            "KPC315 Dense puts out relu, but the sparse_categorical_crossentropy of line 90 takes "
            "probabilities",
            id="315",
        ),
        pytest.param(
            trained(10, "softmax", compiled("mean_squared_error")),
            "KPC912 Dense gives a softmax over 10, but the loss of line 90 is mean_squared_error",
            id="912",
        ),
        pytest.param(
            trained(1, "softmax", compiled(CATEGORICAL)),
            "KPC302 the softmax of Dense is taken over an axis of size 1 of (None, 1): its output "
            "is always 1; a sigmoid gives one probability",
            id="the cause alone",
        ),
    ],
)
def test_loss_does_not_fit(record: Model, expected: str) -> None:
    assert [f"{code} {message}" for _, code, message in findings(record, *HEADS)] == [expected]


FIT, CHANGE = Event("fit", 93), Event("trainable", 92)
MSE, MAE = compiled("mean_squared_error"), compiled("mean_absolute_error", site=91)


@pytest.mark.parametrize(
    "events",
    [
        pytest.param((CHANGE, MSE, FIT), id="316 before"),
        pytest.param((MSE, CHANGE, MSE, FIT), id="316 compiled again"),
        pytest.param((MSE, CHANGE), id="316 not trained"),
        pytest.param((MSE, CHANGE, Event("predict", 93)), id="316 used only"),
        pytest.param((MSE, CHANGE, Event("compiled_within", 93), FIT), id="316 GAN"),
        pytest.param((MSE, CHANGE, Event("elsewhere", 93), FIT), id="316 out of sight"),
        pytest.param((Event("elsewhere", 80), CHANGE, FIT), id="316 compiled elsewhere"),
        pytest.param((MSE, FIT, MAE), id="317 fitted"),
        pytest.param((MSE, MSE, FIT), id="317 the same loss"),
        pytest.param((MSE, compiled(None), FIT), id="317 unknown loss"),
        pytest.param((MSE, Event("evaluate", 91), MAE), id="317 evaluated"),
        pytest.param((MSE, Event("elsewhere", 91), MAE), id="317 out of sight"),
        pytest.param((Event("summary", 91),), id="318 built"),
    ],
)
def test_order_is_right(events: tuple[Event, ...]) -> None:
    assert findings(sequence(VECTOR, dense(1), events=events), *ORDER) == []


def test_first_embedding_may_state_its_shape() -> None:
    unbuilt = Event("summary", 90, built=False)
    record = sequence(None, call("Embedding", 10, 4), events=(unbuilt,))

    assert findings(record, "KPC318") == []
    assert len(findings(record, "KPC318", keras=3)) == 1


def test_directive_states_the_input() -> None:
    unbuilt = Event("summary", 90, built=False)
    record = sequence(None, dense(1), events=(unbuilt,), directives={"input_shape": (None, 8)})

    assert findings(record, "KPC318") == []


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param(
            (MSE, FIT, CHANGE, FIT),
            (
                92,
                "KPC316",
                "`trainable` changes after model `model` was compiled on line 90, and `fit` on "
                "line 93 needs another compile to take it into account",
            ),
            id="316",
        ),
        pytest.param(
            (MSE, Event("summary", 80), MAE, FIT),
            (
                91,
                "KPC317",
                "model `model` is compiled with mean_absolute_error, but it has not been used "
                "since it was compiled with mean_squared_error on line 90",
            ),
            id="317",
        ),
        pytest.param(
            (Event("count_params", 91, built=False),),
            (
                91,
                "KPC318",
                "model `model` has no input shape here, so it has no weights for count_params() or "
                "get_weights(): begin it with an Input, or build it first",
            ),
            id="318",
        ),
    ],
)
def test_order_is_wrong(events: tuple[Event, ...], expected: tuple[int, str, str]) -> None:
    assert findings(sequence(VECTOR, dense(1), events=events), *ORDER) == [expected]


@pytest.mark.parametrize(
    ("optimizer", "rate"),
    [("Adam", 0.001), ("Adam", 0.01), ("SGD", 0.5), ("Adadelta", 1.0), ("Adam", None), (None, 5.0)],
)
def test_learning_rate_is_usual(optimizer: str | None, rate: float | None) -> None:
    event = compiled(None, optimizer=optimizer, learning_rate=rate if optimizer else None)

    assert findings(trained(1, None, event), "KPC913") == []


@pytest.mark.parametrize(
    ("optimizer", "rate", "limit"),
    [("Adam", 0.1, "0.01"), ("SGD", 10.0, "1"), ("Adam", 0.0, "0.01")],
)
def test_learning_rate_is_unusual(optimizer: str, rate: float, limit: str) -> None:
    event = compiled(None, optimizer=optimizer, learning_rate=rate)

    assert findings(trained(1, None, event), "KPC913") == [
        (
            90,
            "KPC913",
            f"{optimizer} is given a learning rate of {rate:g}; 1e-07 to {limit} is usual",
        )
    ]
