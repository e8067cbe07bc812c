"""The catalogue, and its page, against all names of `keras.layers` in the installed Keras."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import keras
import pytest

from flake8_paramcount.cli.exhibits import exhibit, signature
from flake8_paramcount.keras import FUNCTIONS, LAYERS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "layers.md").read_text(encoding="utf-8")
NO_LAYERS = {"InputSpec", "serialize", "deserialize"}
NAMES = sorted(name for name in dir(keras.layers) if not name.startswith("_"))

# What these become is more than their arguments say: a tensor, foreign code, what a file holds.
NOT_SHOWN = {
    *("Input", "InputLayer", "Pipeline", "RandomPosterization", "DenseFeatures"),
    *("FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper", "Deconvolution2D"),
}


@pytest.mark.parametrize("name", [name for name in NAMES if name not in NO_LAYERS])
def test_every_name_is_known_and_on_the_page(name: str) -> None:
    assert name in LAYERS or name in FUNCTIONS
    found = LAYERS.get(name) or LAYERS[FUNCTIONS[name]]
    assert f"### {found.name}\n\n```python\n{signature(found)}\n```" in PAGE
    assert name == found.name or f"| `{name}` | `{found.name}` |" in PAGE


def test_what_is_left_out_is_no_layer() -> None:
    for name in NO_LAYERS:
        found = getattr(keras.layers, name)
        assert not (inspect.isclass(found) and issubclass(found, keras.layers.Layer))


def test_which_layers_are_not_shown() -> None:
    specs = {spec.name: spec for spec in LAYERS.values()}

    assert {name for name, spec in specs.items() if exhibit(spec) is None} == NOT_SHOWN


def test_every_layer_of_the_page_is_one() -> None:
    titles = re.findall(r"^### (\w+)$", PAGE, re.MULTILINE)

    assert sorted(titles) == sorted({spec.name for spec in LAYERS.values()})


SHOWN = {
    "Dense": ("(None, features)", "(None, units)", "features·units + units"),
    "Conv2D": (
        "(None, height, width, channels)",
        "(None, height - kernel_height + 1, -kernel_width + width + 1, filters)",
        "kernel_height·kernel_width·channels·filters + filters",
    ),
    "LSTM": (
        "(None, steps, features)",
        "(None, units)",
        "4·(features·units + units² + units)",
    ),
    "Bidirectional": (
        "(None, steps, features)",
        "(None, 2·units)",
        "2·4·(features·units + units² + units)",
    ),
    "Add": (
        "[(None, steps, features), (None, steps, features)]",
        "(None, steps, features)",
        "0",
    ),
}


@pytest.mark.parametrize("name", SHOWN)
def test_shown(name: str) -> None:
    found = exhibit(LAYERS[name])

    assert found is not None
    assert (found.input, found.output, found.formula) == SHOWN[name]
