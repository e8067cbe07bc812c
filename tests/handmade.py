"""Model records made by hand, for tests of what works on records alone."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.dims import Dim, product
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import (
    Condition,
    LayerRecord,
    Model,
    Position,
    Variant,
    WeightRecord,
)


def weight(
    key: tuple[int, int], name: str, *block: Dim, gates: int = 1, trainable: bool = True
) -> WeightRecord:
    shape: tuple[Dim, ...] = block
    if gates != 1:
        last = product((block[-1], gates))
        shape = (*block[:-1], last)
    return WeightRecord(key, name, block, gates, trainable, shape, product(shape))


def layer(key: int, name: str, class_name: str, *weights: WeightRecord, **rest: Any) -> LayerRecord:
    fields: dict[str, Any] = {
        "site": 10 * key,
        "arguments": {},
        "inputs": None,
        "output": None,
        **rest,
    }
    return LayerRecord(key, name, class_name, weights=weights, **fields)


def dense(
    key: int, features: Dim, units: Dim, *, trainable: bool = True, **rest: Any
) -> LayerRecord:
    name = "dense" if key == 1 else f"dense_{key - 1}"
    return layer(
        key,
        name,
        "Dense",
        weight((key, 0), "kernel", features, units, trainable=trainable),
        weight((key, 1), "bias", units, trainable=trainable),
        **{"output": Shape((None, units)), **rest},
    )


def embedding(key: int, words: Dim, size: Dim, **rest: Any) -> LayerRecord:
    return layer(
        key,
        "embedding",
        "Embedding",
        weight((key, 0), "embeddings", words, size),
        **{"output": Shape((None, 10, size)), **rest},
    )


def normalization(key: int, channels: Dim) -> LayerRecord:
    return layer(
        key,
        "batch_normalization",
        "BatchNormalization",
        weight((key, 0), "gamma", channels),
        weight((key, 1), "beta", channels),
        weight((key, 2), "moving_mean", channels, trainable=False),
        weight((key, 3), "moving_variance", channels, trainable=False),
        output=Shape((None, channels)),
    )


def model(*variants: Variant, **rest: Any) -> Model:
    fields: dict[str, Any] = {
        "name": "model",
        "function": None,
        "kind": "sequential",
        "site": 1,
        **rest,
    }
    return Model(variants=variants, **fields)


def of_layers(*layers: LayerRecord, **rest: Any) -> Model:
    return model(Variant(layers), **rest)


def branch(holds: bool, *layers: LayerRecord, text: str = "deep", site: int = 5) -> Variant:
    return Variant(layers, conditions=(Condition(text, site, holds),))


def locate(site: int) -> Position:
    """Sites of hand-made models are their lines."""
    return Position(site, 4)
