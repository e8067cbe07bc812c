"""Old spellings become the declarations' parameters; nothing that an old Keras took is refused."""

from __future__ import annotations

from typing import Any

import pytest

from flake8_paramcount import keras as catalogue
from flake8_paramcount.dims import symbol
from flake8_paramcount.keras import generations
from flake8_paramcount.keras.generations import adapt
from flake8_paramcount.keras.layer import LAYERS, Fault, Shape
from flake8_paramcount.unknown import Undetermined, Unknown


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "expected"),
    [
        ("Dense", (), {"output_dim": 5, "bias": False}, {"units": 5, "use_bias": False}),
        (
            "Dense",
            (5, "uniform", "relu"),
            {},
            {"units": 5, "kernel_initializer": "uniform", "activation": "relu"},
        ),
        ("Embedding", (20, 4, "uniform"), {}, {"input_dim": 20, "output_dim": 4}),
        ("Conv2D", (32, 3, 5), {}, {"filters": 32, "kernel_size": (3, 5)}),
        ("Conv2D", (), {"nb_filter": 32, "nb_row": 3, "nb_col": 2}, {"kernel_size": (3, 2)}),
        ("Conv3D", (8, 1, 2, 3), {}, {"kernel_size": (1, 2, 3)}),
        ("Conv2D", (8, 3, 3), {"border_mode": "same"}, {"padding": "same"}),
        ("Conv2D", (8, 3, 3), {"subsample": (2, 2)}, {"strides": (2, 2)}),
        ("Conv2D", (8, 3, 3), {"dim_ordering": "th"}, {"data_format": "channels_first"}),
        ("Conv2D", (8, 3, 3), {"dim_ordering": "tf"}, {"data_format": "channels_last"}),
        ("Conv2D", (8, 3, 3), {"dim_ordering": "default"}, {"data_format": None}),
        ("Conv1D", (8, 3), {"subsample_length": 2}, {"strides": 2}),
        ("Dropout", (), {"p": 0.5}, {"rate": 0.5}),
        ("GaussianNoise", (), {"sigma": 0.5}, {"stddev": 0.5}),
        ("UpSampling1D", (), {"length": 3}, {"size": 3}),
        ("MaxPooling1D", (), {"pool_length": 3, "stride": 1}, {"pool_size": 3, "strides": 1}),
        ("LSTM", (), {"output_dim": 3, "dropout_W": 0.2}, {"units": 3, "dropout": 0.2}),
        ("LSTM", (3,), {"inner_activation": "sigmoid"}, {"recurrent_activation": "sigmoid"}),
        ("GRU", (3,), {}, {"reset_after": False}),
        ("BatchNormalization", (1e-3, 0, 1), {}, {"epsilon": 1e-3, "axis": 1}),
        ("PReLU", (), {"init": "zero"}, {"alpha_initializer": "zero"}),
    ],
)
def test_keras_1(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], expected: dict[str, Any]
) -> None:
    adapted, _, arguments = adapt(name, args, kwargs, 1)
    assert adapted == name
    assert {key: arguments.get(key) for key in expected} == expected
    assert set(arguments) <= set(LAYERS[name].parameters) | {"input_dim"}


@pytest.mark.parametrize(
    "keyword", ["weights", "input_length", "consume_less", "batch_input_shape", "mode"]
)
def test_what_changes_nothing_is_dropped(keyword: str) -> None:
    assert keyword not in adapt("LSTM", (3,), {keyword: 1}, 1)[2]


def test_keras_2_spelling_passes_in_generation_1() -> None:
    """Keras 2.0 to 2.3 takes both spellings, and files mix them."""
    args = (32, (3, 3))
    assert adapt("Conv2D", args, {"padding": "same"}, 1) == ("Conv2D", args, {"padding": "same"})
    assert adapt("Conv2D", (32, 3), {}, 1) == ("Conv2D", (32, 3), {})


def test_symbolic_kernel_is_a_kernel() -> None:
    rows = symbol("rows", lower=1)
    assert adapt("Conv2D", (32, rows, 3), {}, 1)[2]["kernel_size"] == (rows, 3)


@pytest.mark.parametrize("args", [(32,), (32, (3, 3), 1), (32, 3), ()])
def test_strides_are_strides(args: tuple[Any, ...]) -> None:
    assert not catalogue.reads_as_strides("Conv2D", args)


@pytest.mark.parametrize(("name", "args"), [("Conv2D", (32, 3, 3)), ("Conv3D", (8, 3, 3, 3))])
def test_strides_that_were_a_kernel(name: str, args: tuple[Any, ...]) -> None:
    assert catalogue.reads_as_strides(name, args)
    assert not catalogue.reads_as_strides("Dense", args)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("Dense", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), {}),
        ("Conv2D", (8, 3, 3), {"nb_filter": 8}),
        ("Conv2D", (), {"nb_filter": 8, "nb_row": 3}),
    ],
)
def test_refused_in_keras_1(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    with pytest.raises(Fault) as raised:
        adapt(name, args, kwargs, 1)
    assert raised.value.kind == "argument"


@pytest.mark.parametrize(
    ("name", "kwargs"), [("Conv2D", {"border_mode": "full"}), ("LSTM", {"time_major": True})]
)
def test_not_followed(name: str, kwargs: dict[str, Any]) -> None:
    with pytest.raises(Undetermined):
        adapt(name, (8, 3, 3) if name == "Conv2D" else (3,), kwargs, 1)


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "count"),
    [
        ("Dense", (64.0,), {}, 64 * 4 + 64),
        ("Dense", (), {"units": "3"}, 15),
        ("Dense", (2.5,), {}, 10),
    ],
)
def test_keras_2_takes_what_int_takes(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], count: int
) -> None:
    spec = LAYERS[name]
    result = catalogue.bind(spec, args, kwargs, generation=2).apply(Shape((None, 4)))
    assert sum(weight.count for weight in result.weights) == count  # type: ignore[misc]
    with pytest.raises(Fault):
        catalogue.bind(spec, args, kwargs)


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "x", "output"),
    [
        ("Conv2D", (4.0, 3), {}, (8, 8, 3), (6, 6, 4)),
        ("MaxPooling2D", (2,), {"padding": "SAME"}, (7, 8, 3), (4, 4, 3)),
        ("AveragePooling2D", (), {}, (8, 8, 3), (4, 4, 3)),
        ("SeparableConv1D", (4, 3), {"padding": "causal"}, (8, 3), (8, 4)),
        ("Dense", (3,), {"batch_input_shape": (None, 4)}, (4,), (3,)),
        ("GaussianNoise", (2,), {}, (4,), (4,)),
        ("AlphaDropout", (2,), {}, (4,), (4,)),
        ("GaussianDropout", (-1,), {}, (4,), (4,)),
        ("LeakyReLU", (-1,), {}, (4,), (4,)),
        ("LeakyReLU", (), {"alpha": -0.1}, (4,), (4,)),
        ("BatchNormalization", ([1, 3],), {"fused": False}, (5, 6, 3), (5, 6, 3)),
    ],
)
def test_only_keras_2_takes(
    name: str, args: tuple[Any, ...], kwargs: dict[str, Any], x: Any, output: Any
) -> None:
    found = catalogue.lookup(name, 2)
    assert found is not None
    bound = catalogue.bind(found, args, kwargs, generation=2)
    assert catalogue.apply(bound, Shape((None, *x))).output == Shape((None, *output))
    with pytest.raises(Fault):
        catalogue.apply(catalogue.bind(LAYERS[name], args, kwargs), Shape((None, *x)))


def test_merging_fills_in_in_keras_2() -> None:
    for name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"):
        shapes = (Shape((None, None, 3)), Shape((None, 4, 3)))
        older, newer = (catalogue.lookup(name, generation) for generation in (2, 3))
        assert older is not None
        assert newer is not None
        assert catalogue.bind(older, generation=2).apply(shapes).output == Shape((None, 4, 3))
        assert catalogue.bind(newer).apply(shapes).output == Shape((None, None, 3))


def test_every_table_speaks_of_declared_parameters() -> None:
    for name, renamed in generations.RENAMED_IN.items():
        assert set(renamed.values()) <= set(LAYERS[name].parameters), name
    for table in generations.DEFAULTS.values():
        for name, defaults in table.items():
            assert set(defaults) <= set(LAYERS[name].parameters), name
    everything = {parameter for spec in LAYERS.values() for parameter in spec.parameters}
    assert set(generations.RENAMED.values()) <= everything
    for table_of_names in generations.POSITIONS.values():
        assert set(table_of_names) <= set(LAYERS)


def test_unknown_values_pass_through() -> None:
    rate = Unknown("a value", "rate")
    assert adapt("Dropout", (), {"p": rate}, 1)[2]["rate"] is rate
    units = Unknown("a value", "n")
    assert adapt("Dense", (units,), {}, 2)[1] == (units,)
