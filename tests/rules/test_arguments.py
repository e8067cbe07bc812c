"""KPC3xx: what layers are told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flake8_paramcount.keras.layer import Fault, Shape
from flake8_paramcount.records import LayerRecord, Model, Variant
from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, call, findings, model, sequence, variant

VECTOR = (None, 64)
STEPS = (None, 10, 8)
IMAGE = (None, 28, 28, 6)


# -- dropout ------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [0, 0.0, 0.5, 0.999, True, Unknown("read", "rate"), "0.5"])
def test_rate_is_a_fraction_or_not_known(rate: Any) -> None:
    assert findings(sequence(VECTOR, call("Dropout", rate)), "KPC301") == []


def test_rate_of_a_layer_without_rates() -> None:
    assert findings(sequence(VECTOR, call("Dense", 50)), "KPC301") == []


@pytest.mark.parametrize(
    ("rate", "hint"),
    [
        pytest.param(50, "; 50 % is rate=0.5", id="percent"),
        pytest.param(256, "", id="units"),
        pytest.param(1, "", id="all"),
        pytest.param(-0.1, "", id="negative"),
    ],
)
def test_rate_out_of_range(rate: float, hint: str) -> None:
    found = findings(sequence(VECTOR, call("Dropout", rate)), "KPC301", "KPC308")

    assert found == [
        (
            10,
            "KPC301",
            f"Dropout(rate={rate}): a rate is the fraction to drop, at least 0 and below 1{hint}",
        )
    ]


def test_rate_inside_a_recurrent_layer() -> None:
    ((_, _, message),) = findings(sequence(STEPS, call("LSTM", 8, dropout=20)), "KPC301")

    assert message.startswith("LSTM(dropout=20): ")
    assert message.endswith("; 20 % is dropout=0.2")


def test_one_bad_branch_of_two_is_not_proven() -> None:
    branches = (variant(VECTOR, call("Dropout", 50)), variant(VECTOR, call("Dropout", 0.5)))

    assert findings(model(*branches), "KPC301") == []


def test_a_fault_in_all_branches_that_have_the_layer() -> None:
    with_it = variant(VECTOR, call("Dense", 8), call("Dropout", 50))
    without = variant(VECTOR, call("Dense", 8))

    assert [line for line, *_ in findings(model(without, with_it), "KPC301")] == [20]


# -- older spellings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(call("Conv2D", 32, (3, 3)), id="tuple"),
        pytest.param(call("Conv2D", 32, 3), id="two arguments"),
        pytest.param(call("Conv2D", 32, 3, strides=3), id="by keyword"),
        pytest.param(call("Conv2D", 32, 3, 2), id="strides of 2"),
        pytest.param(call("Conv2D", 32, 1, 1), id="1 by 1"),
        pytest.param(call("Conv2D", 768, 16, 16), id="patches of 16"),
        pytest.param(call("Conv2D", 64, 2, 2), id="halving"),
    ],
)
def test_strides_are_meant(made: Call) -> None:
    assert findings(sequence(IMAGE, made), "KPC306") == []


def test_strides_in_keras_1() -> None:
    record = sequence(IMAGE, call("Conv2D", 32, 3, 3), generation=1)

    assert findings(record, "KPC306") == []


def test_kernel_width_has_become_strides() -> None:
    assert findings(sequence(IMAGE, call("Conv2D", 32, 3, 3)), "KPC306") == [
        (
            10,
            "KPC306",
            "Conv2D(32, 3, 3) has strides of 3 since Keras 2; "
            "a kernel of 3×3 is Conv2D(32, (3, 3))",
        )
    ]


def faulty(fault: Fault, class_name: str = "Conv2D") -> Model:
    layer = LayerRecord(1, "?", class_name, 10, {}, Shape(IMAGE), None, known=False, fault=fault)
    return model(Variant((layer,)))


def test_removed_argument_names_its_successor() -> None:
    fault = Fault("argument", "-", argument="border_mode", removed=True, successor="padding")

    assert findings(faulty(fault))[-1:] == [
        (10, "KPC307", "Conv2D has no argument `border_mode` in Keras 3; it is `padding` now")
    ]
    assert findings(faulty(fault), "KPC308") == []


def test_removed_layer() -> None:
    fault = Fault("argument", "-", layer="CuDNNLSTM", removed=True, successor="LSTM")

    assert findings(faulty(fault, "CuDNNLSTM"), "KPC307", "KPC308", keras=3) == [
        (10, "KPC307", "there is no CuDNNLSTM in Keras 3; it is `LSTM` now")
    ]


def test_generation_that_is_only_assumed() -> None:
    for fault in (
        Fault("argument", "-", argument="weights", removed=True, successor=None),
        Fault("argument", "-", layer="CuDNNLSTM", removed=True, successor="LSTM"),
    ):
        assert findings(faulty(fault), "KPC307", "KPC308") == []


# -- what Keras refuses -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(call("Conv2D", 32, 3, groups=2), id="groups that divide"),
        pytest.param(call("Conv2D", 32, 3, padding="SAME"), id="upper case"),
        pytest.param(call("Dense", Unknown("read", "n")), id="unknown units"),
        pytest.param(call("Conv2D", 32, Unknown("read", "k")), id="unknown kernel"),
    ],
)
def test_keras_takes_it(made: Call) -> None:
    assert findings(sequence(IMAGE, made), "KPC308") == []


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(call("Dense", 0), id="no units"),
        pytest.param(call("Dense", -5), id="negative units"),
        pytest.param(call("Dense", "64"), id="text"),
        pytest.param(call("Dense"), id="missing"),
        pytest.param(call("Dense", 8, unit=3), id="unknown"),
        pytest.param(call("Conv2D", 32, 3, padding="full"), id="padding"),
        pytest.param(call("Conv2D", 32, 3, groups=5), id="groups of filters"),
        pytest.param(call("Conv2D", 32, 3, groups=4), id="groups of channels"),
        pytest.param(call("Conv2D", 32, (3, 3, 3)), id="kernel of another rank"),
    ],
)
def test_keras_refuses_it(made: Call) -> None:
    found = findings(sequence(IMAGE, made), "KPC307", "KPC308")

    assert [(line, code) for line, code, _ in found] == [(10, "KPC308")]


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(call("DepthwiseConv2D", 3, kernel_initializer="zeros"), id="base class"),
        pytest.param(call("AveragePooling2D"), id="default"),
        pytest.param(call("Dense", 8, kernel_layout=None), id="layout"),
        pytest.param(call("Discretization", bins=[1.0]), id="preprocessing"),
    ],
)
def test_keras_2_takes_it(made: Call) -> None:
    assert findings(sequence(IMAGE, made), "KPC308") == []
    assert len(findings(sequence(IMAGE, made), "KPC308", keras=3)) == 1


def test_keras_2_wraps_more() -> None:
    fault = Fault("argument", "CuDNNGRU is not a recurrent layer", argument="layer")

    assert findings(faulty(fault, "Bidirectional"), "KPC308") == []
    assert len(findings(faulty(fault, "Bidirectional"), "KPC308", keras=3)) == 1


def test_a_name_that_the_program_registers() -> None:
    record = sequence(IMAGE, replace(call("Dense", 8, activation="softer")))
    source = "get_custom_objects().update({'softer': softer})"

    assert findings(record, "KPC308", source=source) == []
    assert len(findings(record, "KPC308")) == 1


def test_a_call_in_a_loop_is_reported_once() -> None:
    calls = [replace(call("Dense", 8, activation=name), site=10) for name in ("a", "b")]
    models = [sequence(IMAGE, each) for each in calls]

    assert findings(models, "KPC308") == [
        (
            10,
            "KPC308",
            "Dense: `activation`: Keras knows no 'a' (the first of 2 such layers made here)",
        )
    ]


def test_what_follows_a_fault_is_silent() -> None:
    record = sequence(IMAGE, call("Conv2D", 32, 3, groups=5), call("LSTM", 8))

    assert len([code for _, code, _ in findings(record) if code >= "KPC3"]) == 1


# -- names --------------------------------------------------------------------------------------


def named(label: str | None, **rest: Any) -> Call:
    return replace(call("Dense", 8), label=label, **rest)


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([named("a"), named("b")], id="different"),
        pytest.param([named(None), named(None)], id="not given"),
        pytest.param([named("a", key=7), named("a", key=7)], id="the same layer"),
    ],
)
def test_names_differ(calls: list[Call]) -> None:
    assert findings(sequence(VECTOR, *calls), "KPC309") == []


def test_names_repeat() -> None:
    record = sequence(VECTOR, named("hidden"), named("other"), named("hidden"))

    assert findings(record, "KPC309") == [
        (
            30,
            "KPC309",
            "another layer of this model is named 'hidden': Dense on line 10; names must differ",
        )
    ]


# -- state and shapes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(sequence((4, 10, 8), call("LSTM", 8, stateful=True)), id="batch size given"),
        pytest.param(sequence(STEPS, call("LSTM", 8)), id="stateless"),
        pytest.param(sequence(None, call("LSTM", 8, stateful=True)), id="nothing stated"),
    ],
)
def test_batch_size_is_known_or_not_needed(record: Model) -> None:
    assert findings(record, "KPC310") == []


def test_stateful_without_batch_size() -> None:
    found = findings(sequence(STEPS, call("GRU", 8, stateful=True)), "KPC308", "KPC310")

    assert found == [
        (
            10,
            "KPC310",
            "GRU with stateful=True needs a fixed batch size, but is fed (None, 10, 8); "
            "give the input a batch_size",
        )
    ]


def stating(*dims: Any) -> Call:
    return replace(call("Dense", 8), stated=Shape((None, *dims)))


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([stating(64)], id="first layer"),
        pytest.param([call("Dense", 32), stating(32)], id="what it is fed"),
        pytest.param([call("Dense", 32), stating(None)], id="any size"),
        pytest.param([call("Dense", 32), call("Dense", 8)], id="not stated"),
        pytest.param([call("Dense", 32), stating(None, 32)], id="batch and all"),
    ],
)
def test_stated_shape_holds(calls: list[Call]) -> None:
    assert findings(sequence(VECTOR, *calls), "KPC311") == []


@pytest.mark.parametrize("dims", [(64,), (4, 8)], ids=["size", "rank"])
def test_stated_shape_is_ignored(dims: tuple[int, ...]) -> None:
    ((line, _, message),) = findings(sequence(VECTOR, call("Dense", 32), stating(*dims)), "KPC311")

    assert line == 20
    assert message.endswith("which Keras ignores on a later layer; it is fed (None, 32)")


# -- axes ---------------------------------------------------------------------------------------

FIRST = call("Conv2D", 8, 3, data_format="channels_first")


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([FIRST, call("BatchNormalization", axis=1)], id="channels first"),
        pytest.param([FIRST, call("BatchNormalization", axis=-3)], id="from the end"),
        pytest.param([call("Conv2D", 8, 3), call("BatchNormalization")], id="default"),
        pytest.param([call("Conv2D", 8, 3), call("BatchNormalization", axis=1)], id="not stated"),
        pytest.param([FIRST, call("Flatten"), call("BatchNormalization")], id="flattened"),
    ],
)
def test_axis_of_the_channels(calls: list[Call]) -> None:
    assert findings(sequence(IMAGE, *calls), "KPC312") == []


def test_axis_of_image_columns() -> None:
    record = sequence(IMAGE, FIRST, call("ReLU"), call("BatchNormalization"))

    assert findings(record, "KPC312") == [
        (
            30,
            "KPC312",
            "BatchNormalization(axis=-1) behind channels_first Conv2D of line 10 normalizes "
            "axis 3 of (None, 8, 26, 4); the channels are on axis=1",
        )
    ]


# -- one layer several times --------------------------------------------------------------------


def again(name: str, *args: Any) -> Call:
    return replace(call(name, *args), key=9, site=10, multiplied=True)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(sequence(VECTOR, *[call("Dense", 64)] * 3), id="three layers"),
        pytest.param(sequence(VECTOR, *[again("Dropout", 0.5)] * 3), id="no weights"),
        pytest.param(
            sequence(VECTOR, again("Dense", 64), call("ReLU"), again("Dense", 64)), id="apart"
        ),
        pytest.param(sequence(VECTOR, *[again("Dense", 64)] * 2, kind="functional"), id="graph"),
        pytest.param(
            sequence(VECTOR, *[replace(again("Dense", 64), multiplied=False)] * 3), id="by name"
        ),
    ],
)
def test_sharing_is_meant_or_harmless(record: Model) -> None:
    assert findings(record, "KPC319") == []


def test_multiplied_list_is_one_layer() -> None:
    assert findings(sequence(VECTOR, *[again("Dense", 64)] * 3), "KPC319") == [
        (
            10,
            "KPC319",
            "one Dense stands here 3 times and is counted once: 4,160 parameters, not 12,480; "
            "a comprehension makes 3 layers",
        )
    ]
