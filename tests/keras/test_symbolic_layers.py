"""A declaration on symbols says what it says on numbers, once the numbers are put in."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flake8_paramcount.keras  # noqa: F401  (registers the layers)
from flake8_paramcount.dims import Dim, Poly, bounds, symbol, text
from flake8_paramcount.keras.layer import LAYERS, BoundLayer, Built, Fault, Shape
from flake8_paramcount.unknown import Undetermined, Unknown

LAYOUTS: list[tuple[str, int, list[str], dict[str, Any]]] = [
    ("Dense", 3, ["units"], {}),
    ("Dense", 2, ["units", "lora_rank"], {}),
    ("Embedding", 2, ["input_dim", "output_dim"], {}),
    ("Conv1D", 3, ["filters", "kernel_size", "strides"], {}),
    ("Conv1D", 3, ["filters", "kernel_size", "dilation_rate"], {"padding": "causal"}),
    ("Conv2D", 4, ["filters", "kernel_size", "strides"], {}),
    ("Conv2D", 4, ["filters", "kernel_size", "groups"], {"data_format": "channels_first"}),
    ("Conv2DTranspose", 4, ["filters", "kernel_size", "strides"], {}),
    ("Conv2DTranspose", 4, ["filters", "kernel_size", "strides"], {"padding": "same"}),
    ("Conv1DTranspose", 3, ["filters", "kernel_size", "strides", "output_padding"], {}),
    ("DepthwiseConv2D", 4, ["kernel_size", "depth_multiplier"], {}),
    ("SeparableConv1D", 3, ["filters", "kernel_size", "depth_multiplier"], {}),
    ("MaxPooling2D", 4, ["pool_size", "strides"], {}),
    ("AveragePooling1D", 3, ["pool_size"], {"padding": "same"}),
    ("GlobalAveragePooling2D", 4, [], {}),
    ("Flatten", 4, [], {}),
    ("RepeatVector", 2, ["n"], {}),
    ("Cropping1D", 3, ["cropping"], {}),
    ("ZeroPadding2D", 4, ["padding"], {}),
    ("UpSampling2D", 4, ["size"], {}),
    ("Reshape", 3, [], {"target_shape": (-1, 2)}),
    ("Reshape", 3, [], {"target_shape": (2, 3, 4)}),
    ("Permute", 3, [], {"dims": (2, 1)}),
    ("SimpleRNN", 3, ["units"], {"return_sequences": True}),
    ("LSTM", 3, ["units"], {"return_state": True}),
    ("GRU", 3, ["units"], {}),
    ("ConvLSTM1D", 4, ["filters", "kernel_size"], {}),
]


class Draw:
    """Numbers, and the same numbers as symbols."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.values: dict[Any, int] = {}

    def number(self, name: str) -> tuple[int, Any]:
        value = self.random.randint(1, 9)
        if self.random.random() < 0.4:
            return value, value
        found = symbol(name, lower=1)
        assert isinstance(found, Poly)
        self.values[found.sole] = value
        return value, found

    def put_in(self, dim: Dim) -> Dim:
        return dim.substitute(self.values) if isinstance(dim, Poly) else dim

    def numbers(self, built: Built) -> tuple[Any, ...]:
        outputs = built.output if isinstance(built.output, tuple) else (built.output,)
        return (
            [(w.name, tuple(map(self.put_in, w.shape)), w.trainable) for w in built.weights],
            [tuple(map(self.put_in, output.dims)) for output in outputs],
        )


def outcome(name: str, shape: Any, arguments: dict[str, Any]) -> Built | Fault:
    try:
        return BoundLayer(LAYERS[name], arguments).apply(Shape(shape))
    except Fault as fault:
        return fault


@pytest.mark.parametrize(("name", "rank", "symbolic", "fixed"), LAYOUTS)
@given(seed=st.integers(0, 2**32))
def test_symbols_say_what_numbers_say(
    name: str, rank: int, symbolic: list[str], fixed: dict[str, Any], seed: int
) -> None:
    draw = Draw(seed)
    dims = [draw.number(f"n{axis}") for axis in range(rank - 1)]
    arguments = {key: draw.number(key) for key in symbolic}
    plain, found = (
        outcome(
            name,
            (None, *(pair[side] for pair in dims)),
            {**{key: pair[side] for key, pair in arguments.items()}, **fixed},
        )
        for side in (0, 1)
    )
    if isinstance(found, Fault):
        assert isinstance(plain, Fault)
    elif not isinstance(plain, Fault):
        assert draw.numbers(found) == draw.numbers(plain)


def unknown(source: str | None = None) -> Unknown:
    return Unknown("it is read from a file", source)


def test_unknown_units_are_a_symbol_with_the_text_of_the_source() -> None:
    width = unknown("width")
    found = outcome("Dense", (None, 4), {"units": width})
    again = outcome("Dense", (None, 4), {"units": width})
    assert isinstance(found, Built)
    assert found == again
    assert [text(weight.count) for weight in found.weights] == ["4·width", "width"]
    assert bounds(found.weights[0].count) == (4, None)


def test_unknown_without_text_is_opaque() -> None:
    found = outcome("Dense", (None, 4), {"units": unknown()})
    assert isinstance(found, Built)
    count = found.weights[0].count
    assert isinstance(count, Poly)
    assert count.opaque


def test_unknown_kernel_leaves_the_channels_known() -> None:
    found = outcome("Conv2D", (None, 8, 8, 3), {"filters": 16, "kernel_size": unknown("k")})
    assert isinstance(found, Built)
    assert isinstance(found.output, Shape)
    assert found.output.dims[-1] == 16
    kernel, bias = found.weights
    assert isinstance(kernel.count, Poly)
    assert kernel.count.opaque  # `k` may be 3 or (3, 5): no arithmetic with it would be true
    assert bias.count == 16


def test_unknown_strides_leave_the_weights_exact() -> None:
    found = outcome(
        "Conv2D", (None, 8, 8, 3), {"filters": 16, "kernel_size": 3, "strides": unknown("s")}
    )
    assert isinstance(found, Built)
    assert [weight.count for weight in found.weights] == [432, 16]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Dense", {"units": 3, "use_bias": unknown("b")}),
        ("LSTM", {"units": 3, "return_sequences": unknown("r")}),
        ("Conv1D", {"filters": 3, "kernel_size": 1, "padding": unknown("p")}),
        ("Bidirectional", {"layer": unknown("inner")}),
        ("Dense", {"units": object()}),
        ("RNN", {"cell": object()}),
        ("TimeDistributed", {"layer": object()}),
    ],
)
def test_what_decides_the_structure_must_be_known(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Undetermined):
        outcome(name, (None, 5, 3), arguments)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Dense", {"units": 0}),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "strides": 2, "dilation_rate": 2}),
        ("LSTM", {"units": -1}),
        ("MaxPooling2D", {"padding": "SAME"}),
        ("Reshape", {"target_shape": 4}),
    ],
)
def test_constructor_is_checked_without_an_input(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Fault) as caught:
        BoundLayer(LAYERS[name], arguments).apply(Shape(unknown()))
    assert caught.value.kind == "argument"


def test_constructor_passes_without_an_input() -> None:
    with pytest.raises(Undetermined, match="read from a file"):
        BoundLayer(LAYERS["Dense"], {"units": 4}).apply(Shape(unknown()))


def test_embedding_needs_no_input_for_its_weights() -> None:
    found = BoundLayer(LAYERS["Embedding"], {"input_dim": 10, "output_dim": 4}).apply(
        Shape(unknown())
    )
    assert [weight.count for weight in found.weights] == [40]


def test_the_one_unknown_size_of_a_reshape_follows() -> None:
    found = outcome("Reshape", (None, 12), {"target_shape": (3, unknown("n"))})
    assert isinstance(found, Built)
    assert found.output == Shape((None, 3, 4))
    fault = outcome("Reshape", (None, 12), {"target_shape": (5, unknown("n"))})
    assert isinstance(fault, Fault)


def test_groups_that_provably_do_not_divide() -> None:
    channels = symbol("n", lower=1)
    found = outcome(
        "Conv1D", (None, 5, channels * 4), {"filters": 8, "kernel_size": 1, "groups": 4}
    )
    assert isinstance(found, Built)
    assert found.weights[0].shape == (1, channels, 8)
    fault = outcome(
        "Conv1D", (None, 5, channels * 4 + 1), {"filters": 8, "kernel_size": 1, "groups": 4}
    )
    assert isinstance(fault, Fault)
