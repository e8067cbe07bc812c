"""Layers on sizes and arguments that the source names but does not determine."""

from __future__ import annotations

from typing import Any

import pytest

from flake8_paramcount import keras as catalogue
from flake8_paramcount.dims import Dim, maximum, symbol, text, total
from flake8_paramcount.keras.layer import LAYERS, Built, Fault, Shape
from flake8_paramcount.unknown import Undetermined, Unknown

N = symbol("n", lower=1)
M = symbol("m", lower=1)
WIDE = symbol("wide", lower=2)


def build(name: str, x: Any, **arguments: Any) -> Built:
    shapes = tuple(map(Shape, x)) if isinstance(x, list) else Shape(x)
    return catalogue.bind(LAYERS[name], (), arguments).apply(shapes)


def dims(result: Built) -> tuple[Dim, ...]:
    assert isinstance(result.output, Shape)
    return result.output.dims


def count(result: Built) -> str:
    return text(total(weight.count for weight in result.weights))


def test_merging() -> None:
    assert dims(build("Add", [(None, N), (None, N)])) == (None, N)
    assert dims(build("Add", [(None, N), (None, 4)])) == (None, 4)
    assert dims(build("Add", [(None, N), (None, WIDE)])) == (None, WIDE)
    assert dims(build("Add", [(None, N), (None, M)])) == (None, maximum(N, M))
    assert dims(build("Concatenate", [(None, N), (None, M), (None, 3)])) == (None, N + M + 3)
    assert dims(build("Concatenate", [(None, N), (None, None)])) == (None, None)
    assert dims(build("Dot", [(None, N, 3), (None, N, 4)], axes=1)) == (None, 3, 4)


@pytest.mark.parametrize(
    ("name", "x", "arguments"),
    [
        ("Add", [(None, WIDE), (None, WIDE + 1)], {}),
        ("Concatenate", [(None, N, 3), (None, N + 1, 3)], {}),
        ("Dot", [(None, N), (None, N + 1)], {"axes": 1}),
        ("Dot", [(None, N), (None, None)], {"axes": 1}),
    ],
)
def test_provable_mismatch(name: str, x: Any, arguments: dict[str, Any]) -> None:
    with pytest.raises(Fault) as raised:
        build(name, x, **arguments)
    assert raised.value.kind == "merge"


def test_normalization() -> None:
    assert count(build("BatchNormalization", (None, 8, N))) == "4·n"
    assert count(build("LayerNormalization", (None, N, M), axis=(1, 2))) == "2·m·n"
    assert count(build("GroupNormalization", (None, N))) == "2·n"
    assert count(build("PReLU", (None, N, M))) == "m·n"
    assert count(build("Normalization", (None, N))) == "2·n + 1"
    with pytest.raises(Fault):
        build("GroupNormalization", (None, symbol("few", lower=1, upper=8)))


def test_attention() -> None:
    x = [(None, 5, N), (None, 6, N)]
    result = build("MultiHeadAttention", x, num_heads=2, key_dim=3, use_bias=False)
    assert count(result) == "24·n"
    assert dims(result) == (None, 5, N)
    heads = Unknown("read from a file", "heads")
    result = build("MultiHeadAttention", x[:1] * 2, num_heads=heads, key_dim=1)
    assert count(result) == "4·heads·n + 3·heads + n"


def test_preprocessing() -> None:
    height = Unknown("read from a file", "height")
    assert text(dims(build("Resizing", (None, 8, 8, 3), height=height, width=4))[1]) == "height"
    assert dims(build("CategoryEncoding", (None, 3), num_tokens=N)) == (None, N)
    result = build("STFTSpectrogram", (None, 1000, 1), frame_length=N, fft_length=256, frame_step=1)
    assert count(result) == "258·n"
    lookup = {"output_mode": "multi_hot", "max_tokens": N + 1, "pad_to_max_tokens": True}
    assert dims(build("TextVectorization", (None,), **lookup)) == (None, N + 1)


@pytest.mark.parametrize(
    ("name", "x", "arguments"),
    [
        ("BatchNormalization", (None, 3), {"scale": Unknown("a flag", "flag")}),
        ("LayerNormalization", (None, 3), {"axis": Unknown("an axis", "axis")}),
        ("Concatenate", [(None, 3), (None, 3)], {"axis": Unknown("an axis", "axis")}),
        ("Normalization", (None, 3), {"mean": Unknown("an array", "mean")}),
        ("MultiHeadAttention", [(None, 4, 3)] * 2, {"use_bias": Unknown("a flag", "bias")}),
        ("CategoryEncoding", (None, N), {"num_tokens": 3, "output_mode": "one_hot"}),
    ],
)
def test_what_decides_must_be_known(name: str, x: Any, arguments: dict[str, Any]) -> None:
    needed = {"num_heads": 2, "key_dim": 2} if name == "MultiHeadAttention" else {}
    with pytest.raises(Undetermined):
        build(name, x, **needed, **arguments)


@pytest.mark.parametrize(
    "name", ["Dropout", "ReLU", "RandomFlip", "Rescaling", "UnitNormalization"]
)
def test_what_changes_nothing_needs_no_shape(name: str) -> None:
    needed: dict[str, Any] = {"Dropout": {"rate": 0.5}, "Rescaling": {"scale": 2}}.get(name, {})
    unknown = Shape(Unknown("a tensor"))
    result = catalogue.bind(LAYERS[name], (), needed).apply(unknown)
    assert result == Built((), unknown)


def test_rates_are_judged_only_where_they_are_known() -> None:
    build("Dropout", (None, 3), rate=Unknown("a rate", "rate"))
    build("Dropout", (None, 3), rate=N)
    with pytest.raises(Fault):
        build("Dropout", (None, 3), rate=WIDE)
