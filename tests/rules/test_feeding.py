"""KPC203, KPC206 to KPC209, KPC320 and KPC407: data against what a model takes and puts out."""

from __future__ import annotations

from typing import Any

import pytest

from flake8_paramcount.dims import symbol
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import Data, Event, Model
from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, call, findings, model, sequence, variant

CODES = ("KPC206", "KPC207", "KPC208", "KPC209", "KPC407")
CATEGORICAL, SPARSE = "categorical_crossentropy", "sparse_categorical_crossentropy"
MSE = "mean_squared_error"
VECTOR = (None, 64)


def data(*shape: Any, **rest: Any) -> Data:
    return Data(Shape(shape), **rest)


def labels(classes: int, *shape: Any) -> Data:
    return data(*(shape or (100,)), low=0, high=classes - 1, labels=True, source="mnist.load_data")


def one_hot(width: Any) -> Data:
    return data(100, width, one_hot=True, source="to_categorical")


def fed(
    given: Any,
    *calls: Call,
    loss: str | None = SPARSE,
    x: Data | None = None,
    y: Data | None = None,
) -> Model:
    events = (Event("compile", 90, loss=loss), Event("fit", 91, x=x, y=y))
    return sequence(given, *calls, events=events)


TEN = call("Dense", 10, activation="softmax")
ONE = call("Dense", 1)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(fed(VECTOR, TEN, y=labels(10)), id="206 as many"),
        pytest.param(fed(VECTOR, TEN, y=labels(8)), id="206 more than needed"),
        pytest.param(fed(VECTOR, TEN, y=labels(10, 100, 1)), id="206 column"),
        pytest.param(fed(VECTOR, TEN, y=data(100, low=0, high=99)), id="206 a mere bound"),
        pytest.param(fed(VECTOR, ONE, y=labels(10), loss=MSE), id="206 regression on labels"),
        pytest.param(fed(VECTOR, TEN, y=one_hot(10), loss=CATEGORICAL), id="206 width"),
        pytest.param(fed(VECTOR, TEN, y=one_hot(symbol("n")), loss=CATEGORICAL), id="206 symbol"),
        pytest.param(fed(VECTOR, TEN, y=labels(20), loss=None), id="206 unknown loss"),
        pytest.param(fed(VECTOR, TEN, y=None), id="206 unknown labels"),
        pytest.param(fed(VECTOR, TEN, y=one_hot(10), loss=CATEGORICAL), id="207 rows"),
        pytest.param(fed(VECTOR, TEN, y=data(100, 10), loss=CATEGORICAL), id="207 not known rows"),
        pytest.param(fed(VECTOR, TEN, y=data(100, 10)), id="207 not known numbers"),
        pytest.param(fed(VECTOR, ONE, y=data(100), loss="binary_crossentropy"), id="207 binary"),
        pytest.param(fed(VECTOR, ONE, y=data(100), loss=CATEGORICAL), id="207 one unit is 314"),
        pytest.param(fed((None, 28, 28), ONE, x=data(100, 28, 28)), id="208 fits"),
        pytest.param(fed((None, 28, 28, 1), ONE, x=data(100, 28, 28)), id="208 axis added"),
        pytest.param(fed((None, 28, 28), ONE, x=data(100, 28, 28, 1)), id="208 axis removed"),
        pytest.param(fed((None, None, 8), ONE, x=data(100, 7, 8)), id="208 any length"),
        pytest.param(fed((None, 1), ONE, x=data(100)), id="208 column"),
        pytest.param(fed((None, 8), ONE, x=data(100, symbol("n"))), id="208 symbol"),
        pytest.param(fed((None, 8), ONE, x=data(100, dtype="object")), id="208 lists"),
        pytest.param(fed((None, 8), ONE, x=Data(Shape(Unknown("read")))), id="208 unknown"),
        pytest.param(fed((None, 10, 8), TEN, y=data(100, 10)), id="407 labels for each step"),
        pytest.param(fed((None, 10, 8), TEN, y=data(100, 10, 1)), id="407 column for each step"),
        pytest.param(fed((None, 10, 8), ONE, y=data(100, 10), loss=MSE), id="407 series"),
        pytest.param(
            fed((None, 10, 8), TEN, y=data(100, 10, 10), loss=CATEGORICAL), id="407 one-hot steps"
        ),
        pytest.param(
            fed((None, 8, 8, 3), call("Conv2D", 10, 1), y=data(100)), id="407 convolution"
        ),
        pytest.param(fed((None, 10, 8), TEN, y=None), id="407 unknown"),
    ],
)
def test_data_fit(record: Model) -> None:
    assert findings(record, *CODES) == []


def test_one_variant_of_two_takes_the_data() -> None:
    events = (Event("compile", 90, loss=MSE), Event("fit", 91, x=data(100, 32)))
    variants = (variant((None, 64), ONE), variant((None, 32), ONE))

    assert findings(model(*variants, events=events), *CODES) == []


def test_compile_out_of_sight() -> None:
    events = (
        Event("compile", 90, loss=CATEGORICAL),
        Event("elsewhere", 91),
        Event("fit", 92, y=labels(10)),
    )

    assert findings(sequence(VECTOR, TEN, events=events), *CODES) == []


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(
            fed(VECTOR, TEN, y=labels(100)),
            (10, "KPC206", "Dense puts out 10 values, but mnist.load_data gives 100 classes"),
            id="206 labels",
        ),
        pytest.param(
            fed(VECTOR, ONE, y=one_hot(2), loss="binary_crossentropy"),
            (10, "KPC206", "Dense puts out 1 value, but to_categorical gives 2 classes"),
            id="206 one-hot",
        ),
        pytest.param(
            fed(VECTOR, TEN, y=one_hot(10)),
            (
                10,
                "KPC207",
                "sparse_categorical_crossentropy on line 90 takes class numbers, but "
                "to_categorical gives one-hot rows: it is categorical_crossentropy for those",
            ),
            id="207 sparse",
        ),
        pytest.param(
            fed(VECTOR, TEN, y=labels(10), loss=CATEGORICAL),
            (
                10,
                "KPC207",
                "categorical_crossentropy on line 90 takes one-hot rows, but mnist.load_data "
                "gives class numbers: it is sparse_categorical_crossentropy for those",
            ),
            id="207 categorical",
        ),
        pytest.param(
            fed((None, 784), TEN, x=data(100, 28, 28)),
            (
                91,
                "KPC208",
                "`fit` is given data of shape (100, 28, 28), but model `model` takes (None, 784)",
            ),
            id="208 rank",
        ),
        pytest.param(
            fed((None, 28, 28, 1), ONE, x=data(28, 28, 1)),
            (
                91,
                "KPC208",
                "`fit` is given data of shape (28, 28, 1), but model `model` takes "
                "(None, 28, 28, 1)",
            ),
            id="208 one image without batch",
        ),
        pytest.param(
            fed((None, 28, 28), TEN, y=labels(10)),
            (
                10,
                "KPC407",
                "Dense puts out (None, 28, 10), one result for each position, but mnist.load_data "
                "gives labels of shape (100,); a Flatten or a pooling is missing before it",
            ),
            id="407",
        ),
    ],
)
def test_data_do_not_fit(record: Model, expected: tuple[int, str, str]) -> None:
    assert findings(record, *CODES) == [expected]


def autoencoder(*calls: Call, loss: str | None = MSE, same: bool = True) -> Model:
    events = (Event("compile", 90, loss=loss), Event("fit", 91, x_is_y=same))
    return sequence((None, 28, 28, 1), *calls, events=events)


DOWN = call("Conv2D", 8, 3, strides=2, padding="same")
UP = call("Conv2DTranspose", 1, 3, strides=2, padding="same")


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(autoencoder(DOWN, UP), id="same shape"),
        pytest.param(autoencoder(DOWN, same=False), id="other targets"),
        pytest.param(autoencoder(DOWN, loss=None), id="unknown loss"),
        pytest.param(autoencoder(call("Reshape", (28, 28))), id="axis of 1"),
        pytest.param(autoencoder(call("Dense", 10), loss=SPARSE), id="next token"),
        pytest.param(autoencoder(call("Conv2D", Unknown("n", "n"), 1)), id="unknown filters"),
    ],
)
def test_autoencoder_gives_back_its_input(record: Model) -> None:
    assert findings(record, "KPC209") == []


def test_autoencoder_of_another_shape() -> None:
    assert findings(autoencoder(DOWN), "KPC209") == [
        (
            10,
            "KPC209",
            "`fit` on line 91 compares the output with the input, but Conv2D puts out "
            "(None, 14, 14, 8) and the input is (None, 28, 28, 1)",
        )
    ]


# -- masks --------------------------------------------------------------------------------------

MASKED = call("Embedding", 100, 8, mask_zero=True)


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([call("Hashing", 100), call("Embedding", 100, 8)], id="no mask"),
        pytest.param([call("Hashing", 100, mask_value=""), MASKED], id="mask value"),
        pytest.param([call("StringLookup", mask_token=""), MASKED], id="mask token"),
        pytest.param([call("TextVectorization"), MASKED], id="padding of its own"),
        pytest.param([MASKED], id="fed from outside"),
        pytest.param(
            [call("Hashing", 100), call("Embedding", 100, 8, mask_zero=Unknown("m", "m"))],
            id="unknown",
        ),
    ],
)
def test_index_0_is_padding(calls: list[Call]) -> None:
    assert findings(sequence((None, 5), *calls), "KPC203") == []


def test_index_0_is_a_value() -> None:
    record = sequence((None, 5), call("Hashing", 100), MASKED)

    assert findings(record, "KPC203") == [
        (
            20,
            "KPC203",
            "Embedding(mask_zero=True) masks index 0, which is no padding from Hashing on line 10; "
            "give Hashing a mask_value",
        )
    ]


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([MASKED, call("LSTM", 8)], id="handed on"),
        pytest.param([MASKED, call("Dropout", 0.5), call("LSTM", 8)], id="dropout"),
        pytest.param([MASKED, call("Dense", 8), call("LSTM", 8)], id="dense"),
        pytest.param(
            [call("Embedding", 100, 8), call("Conv1D", 8, 3), call("LSTM", 8)], id="no mask"
        ),
        pytest.param([MASKED, call("Conv1D", 8, 3), call("Flatten")], id="nobody needs it"),
    ],
)
def test_mask_is_kept_or_not_needed(calls: list[Call]) -> None:
    assert findings(sequence((None, 20), *calls), "KPC320") == []


def test_mask_is_lost() -> None:
    record = sequence((None, 20), MASKED, call("Conv1D", 8, 3), call("LSTM", 8))

    assert findings(record, "KPC320") == [
        (
            30,
            "KPC320",
            "LSTM gets no mask: Conv1D on line 20 drops that of Embedding on line 10",
        )
    ]
