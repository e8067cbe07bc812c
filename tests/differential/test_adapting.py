"""LoRA, quantization and frozen parts against the real Keras, weight by weight."""

from __future__ import annotations

from typing import Any, NamedTuple

import keras
import pytest

from flake8_paramcount.keras.adapting import BLOCK_SIZE, DENSE, PARTS, Change, adapted
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined
from tests.differential.keras_truth import Layer, a, bound_layer, compared, real_layer

B = None  # the batch axis

LORA, INT8, FLOAT8 = Change("lora", 3), Change("int8"), Change("float8")
CHANNELS, BLOCKS, SMALL = Change("int4"), Change("int4", BLOCK_SIZE), Change("int4", 4)
FREEZE, THAW = Change("freeze"), Change("thaw")


class Case(NamedTuple):
    """A layer on the shape or shapes of its input, and what is done to it."""

    layer: Layer
    shape: Any
    changes: tuple[Change, ...]


EMBEDDINGS = [
    a("Embedding", input_dim=30, output_dim=7),
    a("ReversibleEmbedding", input_dim=30, output_dim=7),
    a("ReversibleEmbedding", input_dim=30, output_dim=9, tie_weights=False),
]
MAPS = [
    (a("Dense", units=5), (B, 9)),
    (a("Dense", units=4, use_bias=False), (B, 2, 200)),
    (a("Dense", units=5, lora_rank=2), (B, 9)),
    (a("EinsumDense", equation="abc,cd->abd", output_shape=(None, 7), bias_axes="d"), (B, 3, 9)),
    (a("EinsumDense", equation="abc,cde->abde", output_shape=(None, 3, 5)), (B, 3, 9)),
    (a("EinsumDense", equation="abde,dec->abc", output_shape=(None, 5)), (B, 8, 6, 7)),
    (a("EinsumDense", equation="abc,bcd->ad", output_shape=7, bias_axes="d"), (B, 3, 9)),
    (a("EinsumDense", equation="...x,xy->...y", output_shape=6, bias_axes="y"), (B, 2, 8, 9)),
    (a("EinsumDense", equation="ab,bc->ac", output_shape=4, lora_rank=2), (B, 9)),
]
CONVOLUTIONS = [
    (a("Conv1D", filters=4, kernel_size=3), (B, 9, 6)),
    (a("Conv2D", filters=4, kernel_size=(3, 2), groups=2, use_bias=False), (B, 9, 9, 6)),
    (a("Conv3D", filters=4, kernel_size=2), (B, 5, 5, 5, 3)),
]
ATTENTION = [
    (a("MultiHeadAttention", num_heads=2, key_dim=3), [(B, 5, 8), (B, 4, 9)]),
    (
        a("MultiHeadAttention", num_heads=2, key_dim=3, value_dim=5, use_gate=True, output_shape=7),
        [(B, 2, 5, 8), (B, 2, 4, 9), (B, 2, 4, 6)],
    ),
    (
        a("GroupQueryAttention", head_dim=3, num_query_heads=4, num_key_value_heads=2),
        [(B, 5, 8), (B, 4, 8)],
    ),
]

QUANTIZED = [(INT8,), (CHANNELS,), (BLOCKS,), (SMALL,), (INT8, LORA), (SMALL, LORA)]
MIXED = [(LORA,), (LORA, THAW), (LORA, INT8, THAW), (FREEZE, LORA, THAW), (SMALL, FREEZE, THAW)]
FLOATS = [(FLOAT8,), (FLOAT8, LORA, THAW)]

CASES = {
    "linear maps": [
        Case(*each, changes) for each in MAPS for changes in (*QUANTIZED, *FLOATS, *MIXED)
    ],
    "embeddings": [
        Case(each, (B, 4), done) for each in EMBEDDINGS for done in (*QUANTIZED[:5], *MIXED[2:])
    ],
    "convolutions": [Case(*each, changes) for each in CONVOLUTIONS for changes in MIXED[:2]],
} | {
    f"attention {number}": [
        Case(*each, tuple(change._replace(part=part) for part in parts for change in changes))
        for parts in (DENSE, ("query", "value"), ("attention_output",))
        for changes in (*QUANTIZED, *FLOATS, *MIXED)
    ]
    for number, each in enumerate(ATTENTION)
}

# How many weights there are to compare where Keras does not refuse: no family falls silent.
LEAST = {
    "linear maps": 470,
    "embeddings": 95,
    "convolutions": 20,
    "attention 0": 600,
    "attention 1": 720,
    "attention 2": 600,
}


@pytest.mark.parametrize("family", CASES)
def test_weights_like_keras(family: str) -> None:
    found = 0
    for case in CASES[family]:
        truth = real(case)
        # Keras refuses LoRA on top of LoRA or of packed embeddings, and to quantize some equations.
        if not isinstance(truth, str):
            assert ours(case) == truth, case
            found += len(truth)
    assert found > LEAST[family]
    compared["LoRA and quantization"] = compared.get("LoRA and quantization", 0) + found


def real(case: Case) -> list[Any] | str:
    """The weights that Keras has after the changes, or its error."""
    layer = real_layer(case.layer)
    shapes = case.shape if isinstance(case.shape, list) else [case.shape]
    layer(*map(keras.KerasTensor, shapes))
    try:
        for change in case.changes:
            _do(_part(layer, case.layer.name, change.part), change)
    except Exception as error:
        return repr(error)
    trained = set(map(id, layer.trainable_weights))
    return sorted((w.name, tuple(w.shape), id(w) in trained) for w in layer.weights)


def _part(layer: Any, class_name: str, part: str) -> Any:
    names = PARTS.get(class_name, {})
    found = [name for name, each in names.items() if each == part and name.startswith("_")]
    return getattr(layer, found[0], None) if part else layer


def _do(layer: Any, change: Change) -> None:
    if layer is None:  # an attention layer without a gate
        return
    if change.kind == "lora":
        layer.enable_lora(change.size)
    elif change.kind in ("freeze", "thaw"):
        layer.trainable = change.kind == "thaw"
    elif change.kind == "int4":
        layer.quantize(config=keras.quantizers.Int4QuantizationConfig(block_size=change.size))
    else:
        layer.quantize(change.kind)


def ours(case: Case) -> list[Any] | str:
    """The weights that we say are there after the changes."""
    several = isinstance(case.shape, list)
    x: Any = tuple(map(Shape, case.shape)) if several else Shape(case.shape)
    bound = bound_layer(case.layer)
    weights = bound.apply(x).weights
    try:
        made = adapted(bound.class_name, bound.arguments, x, weights, case.changes)
    except Undetermined as stop:
        return repr(stop)
    return sorted((w.name.rpartition("/")[2], w.shape, w.trainable) for w in made)


@pytest.mark.parametrize(
    ("dtype", "change"),
    [
        ("int8_from_float32", INT8),
        ("int4_from_float32", CHANNELS),
        ("int4/4_from_mixed_bfloat16", SMALL),
        ("int4/-1_from_float32", CHANNELS),
        ("float8_from_float32", FLOAT8),
    ],
)
@pytest.mark.parametrize("layer", [MAPS[0], MAPS[2], MAPS[5], MAPS[6]], ids=str)
def test_built_with_a_policy(layer: Any, dtype: str, change: Change) -> None:
    made, shape = layer
    case = Case(a(made.name, dtype=dtype, **made.arguments), shape, ())
    assert ours(Case(made, shape, (change,))) == real(case)
