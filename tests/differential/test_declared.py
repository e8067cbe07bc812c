"""Declared layers against the real layers that they describe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import flake8_paramcount

keras = pytest.importorskip("keras")


class Projection(keras.layers.Layer):
    """Projects the last axis."""

    def __init__(self, units: int, use_bias: bool = True, **options: Any) -> None:
        super().__init__(**options)
        self.units, self.use_bias = units, use_bias

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], self.units))
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,))

    def call(self, x: Any) -> Any:
        out = keras.ops.matmul(x, self.kernel)
        return out + self.bias if self.use_bias else out


class Positions(keras.layers.Layer):
    """Adds a table of positions, scaled by what is not trained."""

    def build(self, shape: Any) -> None:
        self.table = self.add_weight(name="table", shape=(shape[1] + 1, shape[2] // 2))
        self.scale = self.add_weight(name="scale", shape=(), trainable=False)

    def call(self, x: Any) -> Any:
        return x * self.scale


class Halves(keras.layers.Layer):
    """Joins pairs of steps."""

    def call(self, x: Any) -> Any:
        _, steps, width = x.shape
        return keras.ops.reshape(x, (-1, steps // 2, 2 * width))


LAYERS = {
    "Projection": {
        "arguments": ["units", "use_bias=True"],
        "weights": {
            "kernel": ["features", "units"],
            "bias": {"shape": ["units"], "when": "use_bias"},
        },
        "output": ["...", "units"],
    },
    "Positions": {
        "input": ["batch", "steps", "width"],
        "weights": {
            "table": ["steps + 1", "width // 2"],
            "scale": {"shape": [], "trainable": False},
        },
    },
    "Halves": {
        "input": ["batch", "steps", "width"],
        "output": ["batch", "steps // 2", "2*width"],
    },
}
CALLS = [
    "Projection(7)",
    "Projection(7, use_bias=False, trainable=False)",
    "Projection(units=1, dtype='float16')",
    "Positions()",
    "Halves()",
    "Halves(name='h')",
]


@pytest.mark.parametrize("shape", [(6, 4), (8, 10)])
@pytest.mark.parametrize("call", CALLS)
def test_weights_and_output(call: str, shape: tuple[int, ...], tmp_path: Path) -> None:
    inputs = keras.Input(shape)
    layer = eval(call)  # of this file's own list
    output = layer(inputs)
    real = [(list(w.shape), w.trainable) for w in layer.weights]
    path = tmp_path / "layers.json"
    path.write_text(json.dumps(LAYERS))

    report = flake8_paramcount.analyze(
        "import keras\nfrom mine import *\nfrom mine import Projection, Positions, Halves\n"
        f"model = keras.Sequential([keras.Input({shape}), {call}])\n",
        {"layers": str(path)},
    )

    (summary,) = report.summaries
    (row,) = summary.rows
    weights = row.layer.weights
    order = sorted(real, key=lambda each: not each[1])
    ours = [(list(w.shape), w.trainable) for w in weights]
    assert sorted(ours, key=lambda each: not each[1]) == order
    assert summary.total == layer.count_params()
    assert list(row.layer.output.dims) == list(output.shape)
