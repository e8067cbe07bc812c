"""Calls as Keras 1 and 2 spell them, against counts and shapes that those versions reported.

The recorded ones are in `legacy_rows.json`: Keras 1.2.2, Keras 2.2.4 reading Keras 1's spelling,
and tf.keras 2.21.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flake8_paramcount import keras as catalogue
from flake8_paramcount.keras.layer import BoundLayer, Built, Fault, Shape

ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("legacy_rows.json").read_text())


class Names(dict[str, Any]):
    """A namespace in which every layer's name is a constructor of one generation."""

    def __init__(self, generation: int) -> None:
        super().__init__(a=None, b=None)
        self.generation = generation

    def __missing__(self, name: str) -> Any:
        spec = catalogue.lookup(catalogue.FUNCTIONS.get(name, name), self.generation)
        if spec is None:
            raise KeyError(name)

        def construct(*args: Any, **kwargs: Any) -> BoundLayer:
            values = args[1:] if name in catalogue.FUNCTIONS else args
            tuples = {key: _tupled(value) for key, value in kwargs.items()}
            return catalogue.bind(spec, values, tuples, generation=self.generation)

        return construct


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def made(code: str, generation: int) -> BoundLayer:
    """The layer that a constructor call makes, read as Python."""
    code = code.removesuffix("([a,b])")
    layer = eval(code, {"__builtins__": {}}, Names(generation))
    assert isinstance(layer, BoundLayer)
    return layer


def applied(code: str, generation: int, given: Any) -> Built:
    several = isinstance(given[0], list)
    x = tuple(Shape((None, *one)) for one in given) if several else Shape((None, *given))
    return catalogue.apply(made(code, generation), x)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['keras']}-{row['code']}")
def test_recorded(row: dict[str, Any]) -> None:
    result = applied(row["code"], row["generation"], row["input"])
    counts = [(weight.count, weight.trainable) for weight in result.weights]
    assert sum(count for count, _ in counts) == row["total"]
    assert sum(count for count, trainable in counts if trainable) == row["trainable"]
    assert isinstance(result.output, Shape)
    assert list(result.output.dims) == row["output_shape"]


@pytest.mark.parametrize(
    ("code", "total", "output"),
    [
        ("CuDNNLSTM(5)", 4 * (5 * (6 + 5) + 2 * 5), (None, 5)),
        ("CuDNNGRU(5, return_sequences=True)", 3 * (5 * (6 + 5) + 2 * 5), (None, 10, 5)),
        ("GRU(5)", 195, (None, 5)),
        ("GRU(5, reset_after=False)", 180, (None, 5)),
    ],
)
def test_recurrent_of_keras_2(code: str, total: int, output: tuple[Any, ...]) -> None:
    result = applied(code, 2, [10, 6])
    assert sum(weight.count for weight in result.weights) == total  # type: ignore[misc]
    assert result.output == Shape(output)


def test_states_of_cudnn_layers() -> None:
    assert len(applied("CuDNNLSTM(5, return_state=True)", 2, [10, 6]).output) == 3  # type: ignore[arg-type]
    assert len(applied("CuDNNGRU(5, return_state=True)", 2, [10, 6]).output) == 2  # type: ignore[arg-type]


ONLY_OLDER = sorted(name for name, spec in catalogue.LAYERS.items() if 3 not in spec.generations)


@pytest.mark.parametrize("name", ONLY_OLDER)
def test_keras_3_has_no(name: str) -> None:
    spec = catalogue.LAYERS[name]
    assert catalogue.lookup(name) is None
    assert catalogue.lookup(name, min(spec.generations)) is spec
    with pytest.raises(Fault) as raised:
        catalogue.bind(spec, (5,))
    assert raised.value.details["removed"]
    assert raised.value.details["successor"] == catalogue.SUCCESSORS[spec.name]


def test_locally_connected_refuses_what_keras_refuses() -> None:
    with pytest.raises(Fault):
        made("LocallyConnected1D(5, 3, padding='same')", 2)
    with pytest.raises(Fault) as raised:
        applied("LocallyConnected1D(5, 3)", 2, [None, 6])
    assert raised.value.kind == "undefined"
    with pytest.raises(Fault) as raised:
        applied("LocallyConnected2D(5, 3)", 2, [2, 2, 6])
    assert raised.value.kind == "exhausted"


def test_merge_of_keras_1() -> None:
    for mode in ("sum", "mul", "ave", "max"):
        with pytest.raises(Fault) as raised:
            applied(f"Merge(mode={mode!r})", 1, [[5, 8], [5, 1]])
        assert raised.value.kind == "merge"
    with pytest.raises(Fault):
        made("Merge(mode='difference')", 1)
    assert applied("Merge(mode='dot', dot_axes=[[2], [2]])", 1, [[5, 8], [6, 8]]).output == Shape(
        (None, 5, 6)
    )
    assert applied("Merge(mode='cos')", 1, [[8], [8]]).output == Shape((None, 1))
