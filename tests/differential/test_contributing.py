"""The layer that CONTRIBUTING.md adds: its declaration and its test rows, run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from flake8_paramcount.keras import core
from flake8_paramcount.keras.layer import LAYERS
from tests.differential.keras_truth import Case, case, check, compared, keras

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"


class Scale(keras.layers.Layer):  # type: ignore[misc]
    """The layer that the guide says Keras had."""

    def __init__(self, units: int, use_bias: bool = True, **options: Any) -> None:
        super().__init__(**options)
        if units < 1:
            raise ValueError(units)
        self.input_spec = keras.layers.InputSpec(min_ndim=2)
        self.units, self.use_bias = units, use_bias

    def build(self, shape: Any) -> None:
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], self.units))
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,))

    def call(self, x: Any) -> Any:
        out = keras.ops.matmul(x, self.kernel)
        return out + self.bias if self.use_bias else out


def blocks() -> tuple[str, str]:
    """The two pieces of Python under "Adding a layer": the declaration, and the rows."""
    _, _, section = GUIDE.read_text(encoding="utf-8").partition("## Adding a layer")
    section, _, _ = section.partition("\n## ")
    declaration, rows = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)
    return declaration, rows


def test_the_layer_of_the_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    declaration, rows = blocks()
    monkeypatch.setattr(keras.layers, "Scale", Scale, raising=False)
    monkeypatch.setitem(LAYERS, "Scale", LAYERS["Dense"])
    exec(declaration, {**vars(core)})  # as if it stood in the module of its family
    assert LAYERS["Scale"].parameters == ("units", "use_bias")
    cases: list[Case] = eval(f"[{rows}]", {"case": case})
    for each in (*cases, case("Scale", (None, 8), units=0), case("Scale", (8,), units=2)):
        check(each)
    assert compared.pop("Scale") == 3
