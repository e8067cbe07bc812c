"""Convolutions against the real Keras."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.differential.keras_truth import Case, case, check, check_fault, grid

B = None  # the batch axis
PADDINGS = ["valid", "same", "Same", "causal"]

PLAIN = [
    *grid(
        "Conv1D",
        (B, 9, 4),
        (B, None, 4),
        filters=[1, 6],
        kernel_size=[1, 3, (2,)],
        strides=[1, 2],
        padding=PADDINGS,
        use_bias=[True, False],
        groups=[1, 2],
    ),
    *grid(
        "Conv2D",
        (B, 8, 9, 3),
        (2, None, 7, 3),
        filters=[3, 6],
        kernel_size=[1, 3, (2, 4)],
        strides=[1, (3, 2)],
        padding=["valid", "same"],
        data_format=[None, "channels_last"],
        groups=[1, 3],
    ),
    *grid(
        "Conv2D",
        (B, 3, 8, 9),
        (B, 3, None, None),
        filters=[6],
        kernel_size=[3],
        dilation_rate=[1, 2, (1, 3)],
        padding=["valid", "same"],
        data_format=["channels_first", "Channels_First"],
        use_bias=[True, False],
    ),
    *grid("Conv2D", (B, 8, 8, 3), filters=[4], kernel_size=[3], lora_rank=[0, 2]),
    *grid(
        "Conv3D",
        (B, 5, 6, 7, 2),
        filters=[4],
        kernel_size=[2, (1, 2, 3)],
        strides=[1, (1, 2, 1)],
        padding=["valid", "same"],
        groups=[1, 2],
    ),
    *grid("Conv3D", (B, 2, 5, 6, 7), filters=[4], kernel_size=[2], data_format=["channels_first"]),
]

TRANSPOSED = [
    *grid(
        "Conv1DTranspose",
        (B, 5, 3),
        (B, None, 3),
        filters=[4],
        kernel_size=[1, 2, 5],
        strides=[1, 2, 3],
        padding=PADDINGS,
        output_padding=[None, 0, 1, 2],
    ),
    *grid(
        "Conv2DTranspose",
        (B, 5, 6, 3),
        (B, 1, None, 2),
        filters=[4],
        kernel_size=[2, (3, 1)],
        strides=[1, 2, (3, 2)],
        padding=["valid", "same"],
        output_padding=[None, (1, 0)],
        use_bias=[True, False],
    ),
    *grid(
        "Conv2DTranspose",
        (B, 3, 5, 6),
        filters=[4],
        kernel_size=[3],
        dilation_rate=[1, 2, (2, 1)],
        padding=["valid", "same"],
        data_format=["channels_first"],
        output_padding=[None, 0],
    ),
    *grid("Conv3DTranspose", (B, 2, 3, 4, 5), filters=[2], kernel_size=[2], strides=[1, (1, 2, 3)]),
]

BY_CHANNEL = [
    *grid(
        "DepthwiseConv1D",
        (B, 9, 4),
        (B, None, 4),
        kernel_size=[1, 3],
        strides=[1, 2],
        padding=PADDINGS,
        depth_multiplier=[1, 3],
        use_bias=[True, False],
    ),
    *grid(
        "DepthwiseConv2D",
        (B, 8, 9, 3),
        (B, 9, 7, 11),
        kernel_size=[2, (3, 1)],
        strides=[1, 2, (1, 2)],
        padding=["valid", "same"],
        depth_multiplier=[1, 2],
        dilation_rate=[1, 2],
        data_format=[None, "channels_first"],
    ),
    *grid(
        "SeparableConv1D",
        (B, 9, 4),
        filters=[5],
        kernel_size=[1, 3],
        strides=[1, 2],
        padding=PADDINGS,
        dilation_rate=[1, 2],
        depth_multiplier=[1, 3],
        use_bias=[True, False],
    ),
    *grid(
        "SeparableConv2D",
        (B, 8, 9, 3),
        filters=[5],
        kernel_size=[2, (3, 1)],
        strides=[1, (1, 2)],
        padding=["valid", "same"],
        depth_multiplier=[1, 2],
        data_format=[None, "channels_first"],
    ),
]

NAMES = ["Conv2D", "Conv2DTranspose", "SeparableConv2D"]
BAD_ARGUMENTS: list[dict[str, Any]] = [
    {"filters": 0},
    {"filters": -4},
    {"filters": 4.0},
    {"filters": None},
    {"kernel_size": 0},
    {"kernel_size": (3,)},
    {"kernel_size": (3, 3, 3)},
    {"kernel_size": None},
    {"kernel_size": (3, "a")},
    {"kernel_size": "33"},
    {"kernel_size": 2.5},
    {"strides": 0},
    {"strides": (1, -1)},
    {"dilation_rate": 0},
    {"padding": "full"},
    {"padding": "causal"},
    {"padding": None},
    {"padding": (1, 1)},
    {"data_format": "last"},
]

REFUSED = [
    *(
        ("argument", case(name, (B, 9, 9, 3), **{"filters": 4, "kernel_size": 3, **bad}))
        for name in NAMES
        for bad in BAD_ARGUMENTS
    ),
    *(
        ("argument", case(name, (B, 9, 9, 3), filters=4, kernel_size=3, strides=2, dilation_rate=2))
        for name in ("Conv2D", "Conv2DTranspose")
    ),
    *(
        (kind, case(name, shape, filters=4, kernel_size=3))
        for name in NAMES
        for kind, shape in (("rank", (B, 9, 9)), ("rank", (B, 2, 9, 9, 3)))
    ),
    *(("undefined", case(name, (B, 9, 9, B), filters=4, kernel_size=3)) for name in NAMES),
    ("undefined", case("DepthwiseConv2D", (B, 9, 9, B), kernel_size=3)),
    ("argument", case("Conv2D", (B, 9, 9, 4), filters=4, kernel_size=3, groups=3)),
    ("argument", case("Conv2D", (B, 9, 9, 4), filters=4, kernel_size=3, groups=0)),
    ("input", case("Conv2D", (B, 9, 9, 4), filters=6, kernel_size=3, groups=3)),
    ("argument", case("Conv2DTranspose", (B, 9, 9, 4), filters=6, kernel_size=3, output_padding=1)),
    ("argument", case("DepthwiseConv2D", (B, 9, 9, 4), kernel_size=3, depth_multiplier=0)),
    ("argument", case("DepthwiseConv2D", (B, 9, 9, 4), kernel_size=3, depth_multiplier=None)),
    ("exhausted", case("Conv2D", (B, 2, 9, 3), filters=4, kernel_size=3)),
    ("exhausted", case("Conv1D", (B, 4, 3), filters=4, kernel_size=3, dilation_rate=2)),
    ("exhausted", case("SeparableConv2D", (B, 9, 2, 3), filters=4, kernel_size=3)),
]


@pytest.mark.parametrize("found", [*PLAIN, *TRANSPOSED, *BY_CHANNEL], ids=str)
def test_convolution(found: Case) -> None:
    check(found)


@pytest.mark.parametrize(("kind", "found"), REFUSED, ids=str)
def test_refused(kind: str, found: Case) -> None:
    check_fault(found, kind)


def test_exhausted_size_counts_the_holes() -> None:
    found = case("Conv2D", (B, 9, 4, 3), filters=4, kernel_size=3, dilation_rate=(1, 2))
    fault = check_fault(found, "exhausted")
    assert fault.details == {"axis": 2, "label": "width", "size": 4, "needed": 5}


def _steps(rank: int, largest: int) -> st.SearchStrategy[Any]:
    one = st.integers(1, largest)
    return one | st.tuples(*(one,) * rank)


@st.composite
def convolutions(draw: st.DrawFn) -> Case:
    """Any convolution with any arguments that have the right types."""
    kind = draw(st.sampled_from(["Conv", "ConvTranspose", "DepthwiseConv", "SeparableConv"]))
    rank = draw(st.integers(1, 3 if kind.startswith("Conv") else 2))
    arguments: dict[str, Any] = {
        "kernel_size": draw(_steps(rank, 4)),
        "strides": draw(_steps(rank, 3)),
        "dilation_rate": draw(st.just(1) | _steps(rank, 3)),
        "padding": draw(st.sampled_from(["valid", "same", "causal"])),
        "data_format": draw(st.sampled_from([None, "channels_last", "channels_first"])),
        "use_bias": draw(st.booleans()),
    }
    if kind != "DepthwiseConv":
        arguments["filters"] = draw(st.integers(1, 8))
    if kind in ("DepthwiseConv", "SeparableConv"):
        arguments["depth_multiplier"] = draw(st.integers(1, 3))
    if kind == "Conv":
        arguments["groups"] = draw(st.sampled_from([1, 1, 2, 3]))
    if kind == "ConvTranspose":
        arguments["output_padding"] = draw(st.none() | st.integers(0, 2))
    name = kind.replace("Conv", f"Conv{rank}D")
    sides = st.lists(st.none() | st.integers(1, 9), min_size=rank + 1, max_size=rank + 1)
    return case(name, (draw(st.sampled_from([None, 2])), *draw(sides)), **arguments)


@given(convolutions())
def test_drawn_convolution(found: Case) -> None:
    check(found)
