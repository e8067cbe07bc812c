"""Recurrent layers, their cells and the wrappers against the real Keras."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined
from tests.differential.keras_truth import (
    Case,
    Layer,
    a,
    bound_layer,
    case,
    check,
    check_fault,
    declared,
    grid,
)

B = None  # the batch axis
BOTH = [True, False]

BUILT_IN = [
    *grid("SimpleRNN", (B, 5, 3), units=[1, 4], use_bias=BOTH, return_sequences=BOTH),
    *grid("LSTM", (B, 5, 3), units=[1, 4], use_bias=BOTH, return_sequences=BOTH),
    *grid("GRU", (B, 5, 3), units=[4], use_bias=BOTH, reset_after=BOTH, return_sequences=BOTH),
    *(
        found
        for name in ("SimpleRNN", "LSTM", "GRU")
        for found in grid(
            name,
            (B, None, 3),
            (2, 5, 3),
            units=[4],
            return_sequences=BOTH,
            return_state=BOTH,
            go_backwards=BOTH,
        )
    ),
    *grid("GRU", (B, 5, 3), units=[True], use_bias=BOTH),
    *grid("LSTM", (2, 5, 3), units=[4], stateful=[True], trainable=BOTH, unroll=BOTH),
    *grid("GRU", (B, 5, 3), units=[4], dropout=[0.3, 1], recurrent_dropout=[0.0, 0.2]),
    *grid("LSTM", (B, 5, 3), units=[4], implementation=[1, 2], use_cudnn=["auto", True, False]),
]

CELLS = [
    *grid("SimpleRNNCell", (B, 3), units=[4], use_bias=BOTH),
    *grid("LSTMCell", (B, 3), units=[4], use_bias=BOTH, unit_forget_bias=BOTH),
    *grid("GRUCell", (B, 3), units=[4], use_bias=BOTH, reset_after=BOTH),
    case("StackedRNNCells", (B, 3), cells=(a("LSTMCell", units=4), a("GRUCell", units=2))),
]

STACK = (a("GRUCell", units=4), a("SimpleRNNCell", units=2))
TALL = (a("GRUCell", units=4), a("LSTMCell", units=2))
RUN = [
    *grid(
        "RNN",
        (B, 5, 3),
        (B, None, 3),
        cell=[
            a("SimpleRNNCell", units=4),
            a("LSTMCell", units=4, use_bias=False),
            a("GRUCell", units=4, reset_after=False),
            a("StackedRNNCells", cells=STACK),
            STACK,
        ],
        return_sequences=BOTH,
        return_state=BOTH,
    ),
    *grid("RNN", (B, 5, 3), cell=[TALL], return_sequences=BOTH),
]

FRAMES = [
    *grid(
        "ConvLSTM1D",
        (B, 4, 7, 3),
        (2, None, 6, 3),
        filters=[2],
        kernel_size=[1, 3],
        strides=[1, 2],
        padding=["valid", "same", "Same"],
        use_bias=BOTH,
        return_sequences=BOTH,
    ),
    *grid(
        "ConvLSTM2D",
        (B, 4, 7, 6, 3),
        filters=[2],
        kernel_size=[3, (2, 1)],
        dilation_rate=[1, (1, 2)],
        data_format=[None, "channels_first"],
        return_sequences=BOTH,
        return_state=BOTH,
    ),
    case("ConvLSTM2D", (B, 4, 7, 7, 3), filters=0, kernel_size=3),
    *grid("ConvLSTM3D", (B, 2, 5, 6, 7, 1), filters=[2], kernel_size=[2], return_state=BOTH),
]

INNER = [
    a("SimpleRNN", units=4),
    a("LSTM", units=4, return_sequences=True),
    a("GRU", units=4, return_state=True),
    a("LSTM", units=4, return_state=True, return_sequences=True),
    a("RNN", cell=a("GRUCell", units=2)),
]
BACKWARD = a("GRU", units=5, go_backwards=True)
IMAGES = a("ConvLSTM1D", filters=2, kernel_size=2, data_format="channels_first")
BOTH_WAYS = [
    *grid(
        "Bidirectional",
        (B, 5, 3),
        (B, None, 3),
        layer=INNER,
        merge_mode=["concat", "sum", "mul", "ave", None],
    ),
    *grid("Bidirectional", (B, 5, 3), layer=[a("LSTM", units=3)], trainable=BOTH),
    *grid(
        "Bidirectional",
        (B, 5, 3),
        layer=[a("LSTM", units=3), a("GRU", units=3)],
        backward_layer=[BACKWARD],
        merge_mode=["concat", "sum"],
    ),
    *grid("Bidirectional", (B, 4, 3, 5), layer=[IMAGES]),
]

EACH_STEP = [
    *grid(
        "TimeDistributed",
        (B, 4, 8, 9, 3),
        (B, None, 8, 9, 3),
        layer=[
            a("Conv2D", filters=2, kernel_size=3),
            a("Dense", units=5),
            a("Flatten"),
            a("MaxPooling2D"),
            a("TimeDistributed", layer=a("Dense", units=2)),
        ],
    ),
    *grid("TimeDistributed", (2, 4, 5, 3), layer=[a("LSTM", units=2), a("Dropout", rate=0.5)]),
    *grid("TimeDistributed", (B, 4, 6), layer=[a("Embedding", input_dim=7, output_dim=2)]),
]

NORMALIZED = [
    *grid("SpectralNormalization", (B, 4), layer=[a("Dense", units=3, use_bias=False)]),
    *grid("SpectralNormalization", (B, 4), layer=[a("Embedding", input_dim=7, output_dim=3)]),
    *grid(
        "SpectralNormalization",
        (B, 6, 7, 3),
        layer=[
            a("Conv2D", filters=2, kernel_size=3),
            a("Conv2DTranspose", filters=2, kernel_size=3),
            a("DepthwiseConv2D", kernel_size=3, depth_multiplier=2),
        ],
        power_iterations=[1, 3],
    ),
]

REFUSED = [
    *(
        ("argument", case(name, (B, 5, 3), units=units))
        for name in ("SimpleRNN", "LSTM", "GRU")
        for units in (0, -1, 2.0, "3", None)
    ),
    *(("rank", case(name, (B, 5), units=4)) for name in ("SimpleRNN", "LSTM", "GRU")),
    *(("rank", case(name, (B, 5, 4, 3), units=4)) for name in ("SimpleRNN", "LSTM", "GRU")),
    *(("undefined", case(name, (B, 5, B), units=4)) for name in ("SimpleRNN", "LSTM", "GRU")),
    *(("input", case(name, (B, 5, 3), units=4, stateful=True)) for name in ("LSTM", "GRU")),
    ("argument", case("LSTM", (B, 5, 3), units=4, use_cudnn="no")),
    ("argument", case("LSTM", (B, 5, 3), units=4, dropout=None)),
    ("argument", case("RNN", (B, 5, 3), cell=4)),
    ("argument", case("RNN", (B, 5, 3), cell=a("Dense", units=4))),
    ("argument", case("RNN", (B, 5, 3), cell=(a("Dense", units=4),))),
    ("rank", case("RNN", (B, 5), cell=a("GRUCell", units=4))),
    ("rank", case("ConvLSTM2D", (B, 4, 7, 3), filters=2, kernel_size=3)),
    ("argument", case("ConvLSTM2D", (B, 4, 7, 7, 3), filters=-1, kernel_size=3)),
    ("argument", case("ConvLSTM2D", (B, 4, 7, 7, 3), filters=2, kernel_size=(3,))),
    (
        "argument",
        case("ConvLSTM2D", (B, 4, 7, 7, 3), filters=2, kernel_size=3, strides=2, dilation_rate=2),
    ),
    ("undefined", case("ConvLSTM2D", (B, 4, B, 7, 3), filters=2, kernel_size=3)),
    ("undefined", case("ConvLSTM2D", (B, 4, 7, 7, B), filters=2, kernel_size=3)),
    ("exhausted", case("ConvLSTM2D", (B, 4, 2, 7, 3), filters=2, kernel_size=3)),
    *(
        ("argument", case("Bidirectional", (B, 5, 3), **arguments))
        for arguments in (
            {"layer": 4},
            {"layer": a("LSTM", units=4), "merge_mode": "add"},
            {"layer": a("LSTM", units=4), "backward_layer": 4},
            {"layer": a("Dense", units=4)},
            {"layer": a("TimeDistributed", layer=a("Dense", units=4))},
            {"layer": a("LSTM", units=4, go_backwards=True)},
            {"layer": a("LSTM", units=4), "backward_layer": a("LSTM", units=4)},
            {"layer": a("LSTM", units=4, return_sequences=True), "backward_layer": BACKWARD},
        )
    ),
    ("rank", case("Bidirectional", (B, 5), layer=a("LSTM", units=4))),
    ("undefined", case("Bidirectional", (B, 5, B), layer=a("LSTM", units=4))),
    ("rank", case("TimeDistributed", (B, 5), layer=a("Dense", units=4))),
    ("argument", case("TimeDistributed", (B, 5, 3), layer=4)),
    ("argument", case("TimeDistributed", (B, 5, 3), layer=a("Dense", units=0))),
    (
        "input",
        case("TimeDistributed", (B, 2, 5, 3), layer=a("LSTM", units=4, return_state=True)),
    ),
    ("argument", case("SpectralNormalization", (B, 4), layer=4)),
    ("argument", case("SpectralNormalization", (B, 4), layer=a("Flatten"))),
    ("argument", case("SpectralNormalization", (B, 5, 4), layer=a("LSTM", units=3))),
    (
        "argument",
        case("SpectralNormalization", (B, 4), layer=a("Dense", units=3), power_iterations=0),
    ),
]


@pytest.mark.parametrize("found", [*BUILT_IN, *CELLS, *RUN, *FRAMES], ids=str)
def test_recurrent(found: Case) -> None:
    check(found)


@pytest.mark.parametrize("found", [*BOTH_WAYS, *EACH_STEP, *NORMALIZED], ids=str)
def test_wrapped(found: Case) -> None:
    check(found)


@pytest.mark.parametrize(("kind", "found"), REFUSED, ids=str)
def test_refused(kind: str, found: Case) -> None:
    check_fault(found, kind)


def test_several_states_of_a_stacked_cell_are_no_single_shape() -> None:
    layer = bound_layer(a("RNN", cell=TALL, return_state=True))
    output = layer.apply(Shape((B, 5, 3))).output
    assert isinstance(output, tuple)
    assert [shape.known for shape in output] == [True, True, False]


@pytest.mark.parametrize("name", ["TFSMLayer", "TorchModuleWrapper", "FlaxLayer", "JaxLayer"])
def test_what_is_not_keras_is_not_counted(name: str) -> None:
    first = {"TFSMLayer": "filepath", "JaxLayer": "call_fn"}.get(name, "module")
    with pytest.raises(Undetermined, match="not stated"):
        declared(case(name, (B, 4), **{first: "x"}))


def _recurrent(draw: st.DrawFn, **fixed: Any) -> Layer:
    name = draw(st.sampled_from(["SimpleRNN", "LSTM", "GRU"]))
    arguments = {
        "units": draw(st.integers(1, 6)),
        "use_bias": draw(st.booleans()),
        "return_sequences": draw(st.booleans()),
        "return_state": draw(st.booleans()),
        "go_backwards": draw(st.booleans()),
        "stateful": draw(st.sampled_from([False, False, True])),
    }
    if name == "GRU":
        arguments["reset_after"] = draw(st.booleans())
    return Layer(name, {**arguments, **fixed})


@st.composite
def recurrent(draw: st.DrawFn) -> Case:
    """A recurrent layer, bare or in a wrapper, with any arguments of the right types."""
    shape = draw(st.tuples(*[st.none() | st.integers(1, 6)] * 3))
    bare = draw(st.booleans())
    inner = _recurrent(draw)
    if bare:
        return Case(inner, shape)
    arguments: dict[str, Any] = {
        "layer": inner,
        "merge_mode": draw(st.sampled_from(["concat", "sum", "mul", "ave", None])),
    }
    if draw(st.booleans()):
        arguments["backward_layer"] = _recurrent(draw)
    return Case(Layer("Bidirectional", arguments), shape)


@given(recurrent())
def test_drawn_recurrence(found: Case) -> None:
    check(found)
