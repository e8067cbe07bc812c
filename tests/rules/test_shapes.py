"""KPC4xx: what Keras would raise when the model is built."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flake8_paramcount.dims import symbol
from flake8_paramcount.keras.layer import BoundLayer, Fault, Shape
from flake8_paramcount.records import LayerRecord, Model, Variant
from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, bound, call, findings, model, sequence, variant

STEPS = (None, 10, 8)
IMAGE = (None, 28, 28, 1)
SHAPE_RULES = tuple(f"KPC40{digit}" for digit in range(1, 10))


def wrapped(name: str, inner: Call, **arguments: Any) -> Call:
    layer: BoundLayer = bound(inner)
    return call(name, layer, **arguments)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(sequence(STEPS, call("LSTM", 8), call("Dense", 4)), id="last step to Dense"),
        pytest.param(
            sequence(STEPS, call("LSTM", 8, return_sequences=True), call("GRU", 4)),
            id="sequences",
        ),
        pytest.param(
            sequence(STEPS, call("LSTM", 8), call("RepeatVector", 3), call("LSTM", 4)),
            id="repeated",
        ),
        pytest.param(sequence(IMAGE, call("Conv2D", 8, 28)), id="kernel as large as the image"),
        pytest.param(
            sequence(IMAGE, call("Conv2D", 8, 99, padding="same")), id="padded kernel larger"
        ),
        pytest.param(
            sequence((None, None, None, 1), call("Conv2D", 8, 99)), id="size free at run time"
        ),
        pytest.param(
            sequence((None, symbol("size", lower=1), 28, 1), call("Conv2D", 8, (9, 3))),
            id="symbolic size",
        ),
        pytest.param(sequence(IMAGE, call("Conv2D", 8, Unknown("read", "k"))), id="unknown kernel"),
        pytest.param(sequence((None, 784), call("Reshape", (28, -1, 1))), id="one -1"),
        pytest.param(sequence(STEPS, call("Flatten"), call("Dense", 4)), id="fixed length"),
        pytest.param(
            sequence((None, None, 8), call("GlobalMaxPooling1D"), call("Dense", 4)), id="pooled"
        ),
        pytest.param(sequence((None, None, 8), call("Dense", 4)), id="Dense on steps"),
        pytest.param(model(variant(None, call("Flatten"), built=False)), id="nothing known"),
        pytest.param(model(variant((None, 8), call("Flatten"), built=False)), id="rank assumed"),
        pytest.param(sequence((None, 3, 40, 60), call("Conv2D", 8, 3)), id="no square"),
        pytest.param(sequence((None, 1, 5, 5), call("Conv2D", 8, 1)), id="small"),
        pytest.param(sequence((None, 64, 64, 1), call("Conv2D", 8, 3)), id="grey image"),
        pytest.param(
            sequence((None, 3, 64, 64), call("Conv2D", 8, 3, data_format="channels_first")),
            id="channels first, stated",
        ),
        pytest.param(
            sequence((None, 64, 64, 3), call("Permute", (3, 1, 2)), call("Conv2D", 8, 1)),
            id="not the first layer",
        ),
    ],
)
def test_keras_builds_it(record: Model) -> None:
    assert findings(record, *SHAPE_RULES) == []


def test_a_fault_on_an_unknown_input_is_not_proven() -> None:
    fault = Fault("rank", "expected ndim=5, found ndim=2", expected=5, found=2)
    for inputs in (None, Shape(Unknown("not called"))):
        layer = LayerRecord(1, "?", "Block", 10, {}, inputs, None, known=False, fault=fault)
        assert findings(model(Variant((layer,))), *SHAPE_RULES) == []


def only(record: Model) -> tuple[int, str, str]:
    (finding,) = findings(record, *SHAPE_RULES, "KPC308")
    return finding


def test_missing_channel_axis() -> None:
    assert only(sequence((None, 28, 28), call("Conv2D", 8, 3), call("Flatten"))) == (
        10,
        "KPC401",
        "Conv2D takes 4 dimensions (batch, height, width, channels), not 3: it is fed "
        "(None, 28, 28); with a channel axis it is (None, 28, 28, 1)",
    )


def test_recurrent_layer_behind_dense() -> None:
    line, code, message = only(sequence((None, 8), call("Dense", 8), call("LSTM", 4)))

    assert (line, code) == (20, "KPC401")
    assert "LSTM takes 3 dimensions (batch, steps, features), not 2" in message


@pytest.mark.parametrize(
    "second",
    [
        call("LSTM", 4),
        call("GRU", 4),
        wrapped("Bidirectional", call("LSTM", 4)),
        wrapped("TimeDistributed", call("Dense", 4)),
    ],
    ids=lambda made: made.name,
)
def test_last_step_where_a_sequence_is_needed(second: Call) -> None:
    line, code, message = only(sequence(STEPS, call("LSTM", 8), call("Dropout", 0.5), second))

    assert (line, code) == (30, "KPC402")
    assert message == (
        f"{second.name} needs a sequence, but LSTM on line 10 gives only its last step: it is "
        "fed (None, 8); that layer needs return_sequences=True"
    )


def test_last_step_of_a_bidirectional() -> None:
    first = wrapped("Bidirectional", call("LSTM", 8))

    assert only(sequence(STEPS, first, call("LSTM", 4)))[:2] == (20, "KPC402")


def test_exhausted_names_what_the_input_needs() -> None:
    record = sequence(
        (None, 12, 12, 1), call("Conv2D", 8, 5), call("MaxPooling2D", 2), call("Conv2D", 16, 5)
    )

    assert only(record) == (
        30,
        "KPC403",
        "Conv2D: a kernel of 5 leaves nothing of height 4: at least 5 is needed, "
        "which takes 14 at the model's input in place of 12",
    )


@pytest.mark.parametrize(
    ("calls", "needed"),
    [
        pytest.param([call("Conv2D", 8, 3, padding="same"), call("Conv2D", 8, 13)], None, id="0"),
        pytest.param([call("MaxPooling2D", 3), call("Conv2D", 8, 5)], 15, id="pool"),
        pytest.param([call("MaxPooling2D", 3, strides=2), call("Conv2D", 8, 7)], 15, id="overlap"),
        pytest.param([call("MaxPooling2D", padding="same"), call("Conv2D", 8, 7)], 13, id="same"),
        pytest.param([call("Conv2D", 8, 3, dilation_rate=2), call("Conv2D", 8, 9)], 13, id="holes"),
        pytest.param(
            [call("BatchNormalization"), call("Conv2D", 8, 3), call("Conv2D", 8, 11)],
            13,
            id="normalized",
        ),
    ],
)
def test_the_size_named_is_the_least_that_does(calls: list[Call], needed: int | None) -> None:
    message = only(sequence((None, 12, 12, 1), *calls))[2]

    if needed is None:
        assert "model's input" not in message
        return
    assert f"which takes {needed} at the model's input" in message
    assert findings(sequence((None, needed, needed, 1), *calls), *SHAPE_RULES) == []
    assert findings(sequence((None, needed - 1, needed - 1, 1), *calls), "KPC403") != []


def test_reshape_to_another_size() -> None:
    assert only(sequence((None, 784), call("Reshape", (28, 29))))[:2] == (10, "KPC404")


def test_inputs_that_do_not_merge() -> None:
    record = sequence(
        (None, 64),
        call("Dense", 32),
        replace(call("Dense", 16), inbound=()),
        replace(call("Add"), inbound=(0, 1)),
    )

    assert only(record)[:2] == (30, "KPC405")


def test_dense_behind_a_flatten_of_free_length() -> None:
    line, code, message = only(sequence((None, None, 8), call("Flatten"), call("Dense", 4)))

    assert (line, code) == (20, "KPC406")
    assert message.endswith(
        "it is fed (None, None); Flatten of (None, None, 8) has no fixed length, "
        "GlobalAveragePooling1D has"
    )


def test_flatten_of_what_is_flat() -> None:
    assert only(sequence(STEPS, call("LSTM", 8), call("Flatten"))) == (
        20,
        "KPC408",
        "this Flatten does nothing: it is fed (None, 8), which is flat already",
    )


def test_channels_where_the_height_should_be() -> None:
    assert only(sequence((None, 3, 224, 224), call("Conv2D", 8, 3))) == (
        10,
        "KPC409",
        "Conv2D works on channels_last, but is fed (None, 3, 224, 224): "
        "that would be (None, 224, 224, 3)",
    )


def test_a_file_that_sets_the_channel_order() -> None:
    record = sequence((None, 3, 224, 224), call("Conv2D", 8, 3))
    source = "K.set_image_data_format(order)"

    assert findings(record, *SHAPE_RULES, source=source) == []


def test_channel_order_is_the_cause_of_an_exhausted_size() -> None:
    assert only(sequence((None, 1, 28, 28), call("Conv2D", 8, 5)))[1] == "KPC409"


def test_channels_last_under_channels_first() -> None:
    record = sequence((None, 64, 64, 3), call("Conv2D", 8, 3, data_format="channels_first"))

    assert only(record)[2].endswith("that would be (None, 3, 64, 64)")
