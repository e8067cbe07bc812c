"""The architectures of `keras.applications`: what is written of them, and the real constructors."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import keras
import pytest

import flake8_paramcount.keras.applications as applications
from flake8_paramcount.dims import symbol
from flake8_paramcount.interpreter import analyze
from flake8_paramcount.keras.admission import image
from flake8_paramcount.keras.applications import (
    CONSTRUCTORS,
    ONLY_KERAS_2,
    SPECS,
    architecture,
    bound_layer,
    divisible,
    halving,
)
from flake8_paramcount.keras.layer import Fault, Shape
from flake8_paramcount.settings import Settings

FOLDER = Path(applications.__file__).parent / "architectures"


def test_every_constructor_of_keras_is_there() -> None:
    real = {name for name in dir(keras.applications) if name[0].isupper()}
    assert real <= set(CONSTRUCTORS) - ONLY_KERAS_2


def test_every_constructor_has_its_file() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(CONSTRUCTORS)


def test_the_files_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.json")) < 650_000


@pytest.mark.parametrize("name", CONSTRUCTORS)
def test_rows_are_known_layers_behind_earlier_rows(name: str) -> None:
    what = architecture(name)
    for form, written in what.forms.items():
        for end in written["tails"]:
            rows = list(what.rows(form, end))
            assert [row.place for row in rows] == list(range(1, len(rows) + 1))
            for row in rows:
                assert all(0 <= place < row.place for place in row.inputs)
                assert row.kind.class_name in {*SPECS, "Sequential", "operation"}


@pytest.mark.parametrize("name", [name for name in CONSTRUCTORS if name not in ONLY_KERAS_2])
def test_signatures_and_modules_are_those_of_keras(name: str) -> None:
    real = inspect.signature(getattr(keras.applications, name)).parameters
    assert {key: value.default for key, value in real.items()} == architecture(name).signature
    modules = [getattr(keras.applications, module, None) for module in CONSTRUCTORS[name]]
    assert name.startswith("MobileNetV3") or any(hasattr(module, name) for module in modules)


# --- against the real constructors ----------------------------------------------------------------

REAL = [
    ("MobileNet", {"alpha": 0.25, "input_shape": (32, 45, 1), "include_top": False}),
    ("MobileNet", {"alpha": 0.3, "depth_multiplier": 2, "input_shape": (33, 32, 3), "classes": 7}),
    ("MobileNetV2", {"alpha": 0.1, "input_shape": (47, 38, 3), "classes": 5}),
    (
        "MobileNetV3Small",
        {"alpha": 0.4, "input_shape": (35, 32, 3), "include_preprocessing": False},
    ),
    ("MobileNetV3Small", {"minimalistic": True, "alpha": 1.3, "input_shape": (64, 64, 3)}),
    ("EfficientNetB0", {"include_top": False, "input_shape": (37, 42, 3), "pooling": "max"}),
]


@pytest.mark.parametrize(("name", "arguments"), REAL)
def test_layers_and_weights_are_those_of_keras(name: str, arguments: dict[str, Any]) -> None:
    keras.utils.clear_session()
    real = getattr(keras.applications, name)(weights=None, **arguments)
    words = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    source = f"import keras\nm = keras.applications.{name}(weights=None, {words})\n"
    [model] = analyze(source, None, Settings(), "m.py").models
    [variant] = model.variants
    ours = [
        (each.name, each.output.dims, [(w.shape, w.trainable) for w in each.weights])  # type: ignore[union-attr]
        for each in variant.layers
    ]
    theirs = [
        (each.name, each.output.shape, [(tuple(w.shape), w.trainable) for w in each.weights])
        for each in real.layers
    ]
    assert ours == theirs
    assert variant.output_shape == Shape(real.output_shape)


# --- the rules in the data ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("width", "rounding", "wanted"),
    [(31.9, "down", 31), (3.2, "eight", 8), (18.0, "eight", 24), (24.5, "eight", 24)],
)
def test_widths_are_rounded(width: float, rounding: str, wanted: int) -> None:
    assert divisible(width, rounding) == wanted


@pytest.mark.parametrize(
    ("sizes", "padding"),
    [((32, 32), ((0, 1), (0, 1))), ((33, 32), ((1, 1), (0, 1))), ((None, None), ((0, 1), (0, 1)))],
)
def test_padding_halves_even_and_odd_images(sizes: Any, padding: Any) -> None:
    assert halving(Shape((None, *sizes, 8)), 3) == padding


def test_padding_of_a_symbolic_image_is_symbolic() -> None:
    side = symbol("side", lower=1)
    [variable] = side.symbols()
    (above, below), _ = halving(Shape((None, side, side, 8)), 5)
    assert [above.substitute({variable: size}) for size in (32, 33)] == [1, 2]
    assert below == 2


def test_layers_without_rules_are_bound_once() -> None:
    rows = [row for row in architecture("ResNet50").rows("default", "none") if row.kind.bound]
    assert len({id(row.kind.bound) for row in rows}) < len(rows) / 5
    assert bound_layer(rows[0], {}, ()) is rows[0].kind.bound


# --- what constructors accept ---------------------------------------------------------------------

VALUES = {"include_top": True, "weights": None}


@pytest.mark.parametrize(
    ("name", "values", "given", "wanted"),
    [
        ("VGG16", {}, None, (224, 224, 3)),
        ("InceptionV3", {}, None, (299, 299, 3)),
        ("VGG16", {"include_top": False}, None, (None, None, 3)),
        ("VGG16", {"weights": "imagenet"}, (224, 224, 3), (224, 224, 3)),
        ("MobileNet", {"weights": "imagenet"}, (160, 160, 3), (160, 160, 3)),
        ("NASNetMobile", {"include_top": False}, None, (224, 224, 3)),
        ("MobileNetV3Small", {}, None, (None, None, 3)),
    ],
)
def test_the_image_is_that_of_keras(name: str, values: Any, given: Any, wanted: Any) -> None:
    assert image(architecture(name), {**VALUES, **values}, given) == wanted


@pytest.mark.parametrize(
    ("name", "values", "given"),
    [
        ("VGG16", {"weights": "imagenet"}, (225, 224, 3)),
        ("VGG16", {"weights": "imagenet", "include_top": False}, (224, 224, 1)),
        ("VGG16", {}, (224, 224)),
        ("VGG16", {}, (None, None, 3)),
        ("VGG16", {"include_top": False}, (31, 224, 3)),
        ("Xception", {"include_top": False}, (70, 71, 3)),
        ("MobileNetV3Large", {}, (224, 31, 3)),
    ],
)
def test_images_that_keras_refuses(name: str, values: Any, given: Any) -> None:
    with pytest.raises(Fault):
        image(architecture(name), {**VALUES, **values}, given)
    values = {"weights": None, **values}
    with pytest.raises(ValueError, match=r"."):
        getattr(keras.applications, name)(input_shape=given, **values)
