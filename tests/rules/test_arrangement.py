"""KPC907 to KPC910: how convolutions and poolings are arranged."""

from __future__ import annotations

import pytest

from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, call, findings, sequence

CODES = ("KPC907", "KPC908", "KPC909", "KPC910")
IMAGE = (None, 64, 64, 3)
POOL = call("MaxPooling2D")
FLATTEN = call("Flatten")


def conv(filters: object = 8, size: object = 3, strides: object = 1) -> Call:
    return call("Conv2D", filters, size, strides=strides, activation="relu", padding="same")


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([conv(), conv(), FLATTEN], id="907 two convolutions"),
        pytest.param([conv(), conv(), conv(), POOL, FLATTEN], id="907 pooled"),
        pytest.param([conv(), conv(8, 3, 2), conv(), FLATTEN], id="907 strides"),
        pytest.param([conv(), conv(8, 3, Unknown("s", "s")), conv(), FLATTEN], id="907 unknown"),
        pytest.param([conv(), conv(), conv()], id="907 not flattened"),
        pytest.param([conv(), POOL, conv(16), POOL], id="908 two"),
        pytest.param([conv(), conv(), POOL, conv(), POOL], id="908 pairs"),
        pytest.param([conv(), POOL, conv(), POOL, conv()], id="908 last without"),
        pytest.param([conv(8), POOL, conv(16)], id="909 another block"),
        pytest.param([conv(8), conv(16, 1)], id="909 a single point"),
        pytest.param([conv(8), conv(16, 3, 2)], id="909 strides begin a block"),
        pytest.param([conv(8), conv(Unknown("n", "n"))], id="909 unknown"),
        pytest.param([conv(16), conv(8)], id="909 shrinking is 905"),
        pytest.param([call("MaxPooling2D", 2)], id="910 two"),
        pytest.param([call("MaxPooling2D", 1, strides=2)], id="910 subsampling"),
        pytest.param([call("MaxPooling2D", 3, strides=1, padding="same")], id="910 same size"),
        pytest.param([call("MaxPooling2D", Unknown("n", "n"))], id="910 unknown"),
        pytest.param([call("GlobalAveragePooling2D")], id="910 image"),
    ],
)
def test_nothing_to_say(calls: list[Call]) -> None:
    assert findings(sequence(IMAGE, *calls), *CODES) == []


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param(
            [conv(), conv(), conv(), FLATTEN],
            (
                40,
                "KPC907",
                "3 convolutions are flattened with no pooling or stride: (None, 64, 64, 8)",
            ),
            id="907",
        ),
        pytest.param(
            [conv(), POOL, conv(), POOL, conv(), call("BatchNormalization"), POOL],
            (
                70,
                "KPC908",
                "each of the 3 convolutions of this model is followed by a pooling",
            ),
            id="908",
        ),
        pytest.param(
            [conv(8), conv(24)],
            (
                20,
                "KPC909",
                "Conv2D has filters=24, but Conv2D of the same block, on line 10, has 8",
            ),
            id="909",
        ),
        pytest.param(
            [call("MaxPooling2D", 1)],
            (
                10,
                "KPC910",
                "MaxPooling2D has nothing to pool: it is fed (None, 64, 64, 3) and its window is 1",
            ),
            id="910",
        ),
    ],
)
def test_opinion(calls: list[Call], expected: tuple[int, str, str]) -> None:
    assert findings(sequence(IMAGE, *calls), *CODES) == [expected]
