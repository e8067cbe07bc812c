"""Core, pooling and reshaping layers against the real Keras."""

from __future__ import annotations

import itertools

import pytest

from tests.differential.keras_truth import Case, case, check, check_fault, grid

B = None  # the batch axis

CORE = [
    *grid("Dense", (B, 4), (B, 5, 4), (2, 3, 5, 4), units=[1, 7], use_bias=[True, False]),
    *grid("Dense", (B, None, 4), units=[True, 3], activation=["relu", None]),
    *grid("Dense", (B, 4), (B, 0), units=[3], lora_rank=[None, 2], trainable=[True, False]),
    *grid("Embedding", (B, 4), (B,), (B, None), (B, 2, 3), input_dim=[10], output_dim=[1, 4]),
    *grid("Embedding", (B, 4), input_dim=[10], output_dim=[4], lora_rank=[2], mask_zero=[True]),
    *grid(
        "ReversibleEmbedding",
        (B, 4),
        (B, None),
        input_dim=[10],
        output_dim=[4],
        tie_weights=[True, False],
        lora_rank=[None, 3],
    ),
    *grid("Masking", (B, 4, 3), (B, 4), mask_value=[0.0, -1]),
    *grid("Identity", (B, 4), (B,), (B, None, 3)),
    *grid("Lambda", (B, 4), (2, 3), function=[abs], output_shape=[(7,), (2, 3), (None,)]),
]

EINSUM = [
    case("EinsumDense", shape, equation=equation, output_shape=output, bias_axes=bias)
    for shape, equation, output, biases in [
        ((B, 4), "ab,bc->ac", 5, [None, "c"]),
        ((B, 4), "ab,bc->ac", (5,), ["c"]),
        ((B, 8, 4), "abc,cd->abd", (None, 6), [None, "d"]),
        ((B, 8, 4), "abc,cd->abd", (8, 6), [None, "d", "bd"]),
        ((B, None, 4), "abc,cd->abd", (None, 6), ["d"]),
        ((B, 8, 4), "abc,cde->abde", (None, 6, 7), ["de", "d", "e", "ed"]),
        ((B, 8, 4), "abc,bde->ade", (6, 7), [None]),
        ((B, 8, 6, 7), "abde,dec->abc", (None, 5), ["c"]),
        ((B, 4), "...x,xy->...y", 6, [None, "y"]),
        ((B, 8, 4), "...x,xy->...y", 6, [None, "y"]),
        ((B, 2, 8, 4), "...x,xy->...y", 6, ["y"]),
        ((B, 2, 8, 4), "...cx,xy->...cy", (8, 6), ["y", "cy"]),
        ((B, 4, 8), "ab...,bc->ac...", 6, [None, "c"]),
        ((B, 4, 8, 9), "ab...,bc->ac...", 6, ["c"]),
        ((B, 4, 3), "ab,bc->ac", 5, ["c"]),
    ]
    for bias in biases
]

INPUT = [
    *grid("InputLayer", (), shape=[(), (4,), (None, 3), (0, 2), (True,)], batch_size=[None, 2]),
    *grid("InputLayer", (), batch_shape=[(None,), (2, 3), (None, None, 4)]),
]

FORMATS = [None, "channels_last", "channels_first", "Channels_First"]

POOLS = [
    *grid(
        "MaxPooling1D",
        (B, 9, 3),
        (2, None, 3),
        (B, 3, None),
        pool_size=[1, 2, (3,)],
        strides=[None, 1, 4],
        padding=["valid", "same"],
        data_format=[None, "channels_first"],
    ),
    *grid(
        "AveragePooling2D",
        (B, 9, 8, 5),
        (B, None, 8, None),
        pool_size=[2, (3, 1)],
        strides=[None, 2, (1, 3)],
        padding=["valid", "same"],
        data_format=FORMATS,
    ),
    *grid("MaxPooling2D", (B, 4, 5, 3), (1, 7, 9, 2), data_format=[None, "channels_first"]),
    *grid("MaxPooling3D", (B, 4, 5, 6, 3), padding=["valid", "same"], data_format=FORMATS),
    *grid("AveragePooling1D", (B, 4, 5), (B, 0, 5), pool_size=[3], padding=["valid", "same"]),
    *grid("AveragePooling3D", (B, 4, 5, 6, 3), pool_size=[(1, 2, 3)], strides=[None, 2]),
]

WHOLE = [
    found
    for word, rank in itertools.product(("Max", "Average"), (1, 2, 3))
    for found in grid(
        f"Global{word}Pooling{rank}D",
        (B, *range(4, 4 + rank), 3),
        (2, *(None,) * rank, None),
        (B,),
        (B, *range(5 + rank)),
        keepdims=[True, False],
        data_format=[None, "channels_first", "somewhere"],
    )
]

ADAPTIVE = [
    found
    for word, rank in itertools.product(("Max", "Average"), (1, 2, 3))
    for found in grid(
        f"Adaptive{word}Pooling{rank}D",
        (B, *range(4, 4 + rank), 3),
        (B, *(None,) * rank, 3),
        (B, 5),
        output_size=[1, 2, (2,), (2, 3), (1, 2, 3), 0, -1, None, 2.5, "a"],
        data_format=[None, "channels_first", "Channels_first"],
    )
]

FLAT = [
    *grid("Flatten", (B,), (B, 3), (B, 3, 4), (B, None, 3), (2, 0, 3), data_format=FORMATS),
    *grid(
        "Reshape",
        (B, 12),
        (B, 3, 4),
        (2, None, 4),
        (B,),
        (B, 0),
        target_shape=[
            (12,), (3, 4), (4, -1), (-1,), (-1, 5), (2, 3, 2), (), (1,), (0,), (-1, 0), (0, -1),
            (None, 4), (12, None), (-1, None), (2.0, 6), ("a",), 12, (-1, -1), (-2, 6), None,
        ],
    ),
    *grid(
        "Permute",
        (B, 3, 4),
        (B, 3, None, 5),
        dims=[(1, 2), (2, 1), (3, 1, 2), (1,), (0, 1), (1, 1), (2, 3), ("a", "b"), (1.0, 2)],
    ),
    *grid("RepeatVector", (B, 3), (B, None), (B, 3, 4), n=[1, 5, 0, -1, 2.0, True, "a", None]),
]  # fmt: skip

PAIRS = [(1, 2), ((1, 0), (2, 1)), ((1, 2), 1), (1, 2, 3), (1, -1)]
AMOUNTS = [0, 1, 2, 3, -1, *PAIRS, None, 1.5, "ab"]
CUBES = [0, 1, 2, -1, (1, 0, 1), ((1, 0), (0, 1), (1, 1)), ((0, 1), 1, 0), (1, 2), None, 1.5]

EDGES = [
    *grid("Cropping1D", (B, 5, 3), (B, None, 3), (B, 5), cropping=AMOUNTS),
    *grid("Cropping2D", (B, 5, 6, 3), (B, None, 6, 3), cropping=AMOUNTS, data_format=FORMATS),
    *grid("Cropping2D", (B, 5, 6), (B, 2, 4, 3), cropping=[1, 2]),
    *grid("Cropping3D", (B, 3, 4, 5, 3), (B, None, 4, 5, 3), cropping=CUBES, data_format=FORMATS),
    *grid("ZeroPadding1D", (B, 5, 3), (B, None, None), padding=AMOUNTS, data_format=FORMATS),
    *grid("ZeroPadding1D", (B, 5), padding=AMOUNTS),
    *grid("ZeroPadding2D", (B, 5, 6, 3), (B, None, 6, 3), padding=AMOUNTS, data_format=FORMATS),
    *grid("ZeroPadding2D", (B, 2, 6, 3), (B, 1, 6, 3), padding=[-1, -2]),
    *grid("ZeroPadding3D", (B, 3, 4, 5, 3), (B, 3, 4, 5), padding=CUBES, data_format=FORMATS),
    *grid("UpSampling1D", (B, 5, 3), (B, None, 3), (B, 5), size=[1, 3, 0, True, 2.0, (2,), None]),
    *grid(
        "UpSampling2D",
        (B, 5, 6, 3),
        (B, None, 6, 3),
        (B, 5, 6),
        size=[1, 3, 0, (2, 3), (2,), 2.5, None],
        data_format=[*FORMATS, "last"],
        interpolation=["nearest", "Bilinear"],
    ),
    *grid("UpSampling3D", (B, 3, 4, 5, 3), size=[1, (1, 2, 3), (1, 2), -1], data_format=FORMATS),
]

REFUSED = [
    *((kind, found) for kind, found in [
        *(("argument", case("Dense", (B, 4), units=units)) for units in (0, -1, 2.0, "3", None)),
        ("rank", case("Dense", (B,), units=3)),
        ("undefined", case("Dense", (B, None), units=3)),
        ("argument", case("Dense", (B, 4), units=3, lora_rank=2, kernel_constraint="max_norm")),
        *(
            ("argument", case("Embedding", (B, 4), input_dim=rows, output_dim=width))
            for rows, width in ((0, 4), (10, 0), (True, 4), (10, True), (10.0, 4), (None, 4))
        ),
        ("argument", case("EinsumDense", (B, 4), equation="ab, bc -> ac", output_shape=3)),
        ("argument", case("EinsumDense", (B, 4), equation="ab,bd->ac", output_shape=3)),
        ("argument", case("EinsumDense", (B, 4), equation="ab,bc->acd", output_shape=(3, 4))),
        ("argument", case("EinsumDense", (B, 4), equation=3, output_shape=3)),
        ("argument", case("EinsumDense", (B, 4), equation="ab,bcd->acd", output_shape=3)),
        (
            "argument",
            case("EinsumDense", (B, 4), equation="ab,bc->ac", output_shape=3, bias_axes="x"),
        ),
        (
            "argument",
            case("EinsumDense", (B, 4), equation="ab,bc->ac", output_shape=3, bias_axes=""),
        ),
        ("rank", case("EinsumDense", (B, 4), equation="abc,cd->abd", output_shape=(2, 3))),
        ("undefined", case("EinsumDense", (B, None), equation="ab,bc->ac", output_shape=3)),
        ("undefined", case("EinsumDense", (B, 4), equation="ab,bc->ac", output_shape=(None,))),
        ("input", case("EinsumDense", (B, 5, 4), equation="abc,cd->abd", output_shape=(6, 3))),
        ("input", case("EinsumDense", (B, None, 4), equation="abc,cd->abd", output_shape=(6, 3))),
        *(
            ("argument", case("InputLayer", (), **arguments))
            for arguments in (
                {"shape": 4}, {"shape": (-1,)}, {"shape": (2.0,)}, {"shape": ("a",)}, {},
                {"shape": (4,), "batch_shape": (None, 4)},
                {"batch_size": 2, "batch_shape": (None, 4)},
            )
        ),
        ("exhausted", case("MaxPooling2D", (B, 2, 2, 3), pool_size=3)),
        ("rank", case("MaxPooling2D", (B, 2, 3), pool_size=1)),
        *(
            ("argument", case("MaxPooling2D", (B, 9, 9, 3), **arguments))
            for arguments in (
                {"pool_size": 0}, {"pool_size": (2,)}, {"pool_size": None}, {"pool_size": 2.5},
                {"padding": "SAME"}, {"padding": "causal"}, {"strides": 0}, {"strides": (1, 2, 3)},
                {"data_format": "first"},
            )
        ),
        ("exhausted", case("Cropping1D", (B, 2, 3), cropping=1)),
        ("exhausted", case("Cropping2D", (B, 5, 4, 3), cropping=(1, 2))),
        ("reshape", case("Reshape", (B, 12), target_shape=(5, -1))),
        ("reshape", case("Reshape", (B, 12), target_shape=(5, 2))),
        ("reshape", case("Reshape", (B, 12), target_shape=(-1, -1))),
        ("argument", case("Reshape", (B, 12), target_shape=(-2, 6))),
        ("rank", case("Permute", (B, 12), dims=(2, 1))),
    ]),
]  # fmt: skip


@pytest.mark.parametrize("found", [*CORE, *EINSUM, *INPUT], ids=str)
def test_core(found: Case) -> None:
    check(found)


@pytest.mark.filterwarnings("ignore:Argument `input_length`")
def test_input_length_is_ignored() -> None:
    check(case("Embedding", (B, 4), input_dim=10, output_dim=4, input_length=7))


@pytest.mark.parametrize("found", [*POOLS, *WHOLE, *ADAPTIVE], ids=str)
def test_pooling(found: Case) -> None:
    check(found)


@pytest.mark.parametrize("found", [*FLAT, *EDGES], ids=str)
def test_reshaping(found: Case) -> None:
    check(found)


@pytest.mark.parametrize(("kind", "found"), REFUSED, ids=str)
def test_refused(kind: str, found: Case) -> None:
    check_fault(found, kind)


def test_exhausted_size_says_what_would_do() -> None:
    fault = check_fault(case("MaxPooling2D", (B, 5, 2, 3), pool_size=(2, 3)), "exhausted")
    assert fault.details == {"axis": 2, "label": "width", "size": 2, "needed": 3}
    first = {"pool_size": (2, 3), "data_format": "channels_first"}
    fault = check_fault(case("MaxPooling2D", (B, 3, 5, 2), **first), "exhausted")
    assert fault.details["axis"] == 3
