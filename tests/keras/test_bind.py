"""Constructor calls bound to declarations, and layer calls brought into order."""

from __future__ import annotations

from typing import Any

import pytest

from flake8_paramcount import keras as catalogue
from flake8_paramcount.dims import symbol
from flake8_paramcount.keras.binding import BASE_OF
from flake8_paramcount.keras.layer import LAYERS, BoundLayer, Fault, Shape
from flake8_paramcount.unknown import Undetermined, Unknown


def bind(name: str, /, *args: Any, **kwargs: Any) -> BoundLayer:
    return catalogue.bind(LAYERS[name], args, kwargs)


def refused(name: str, /, *args: Any, **kwargs: Any) -> Fault:
    with pytest.raises(Fault) as raised:
        bind(name, *args, **kwargs)
    assert raised.value.kind == "argument"
    return raised.value


def test_arguments_have_names_and_defaults() -> None:
    bound = bind("Dense", 5, "relu", use_bias=False)
    assert (bound.class_name, bound.trainable) == ("Dense", True)
    assert set(bound.arguments) == set(LAYERS["Dense"].parameters)
    assert bound.arguments["units"] == 5
    assert bound.arguments["activation"] == "relu"
    assert bound.arguments["kernel_initializer"] == "glorot_uniform"


@pytest.mark.parametrize("keyword", ["name", "dtype", "input_shape", "input_dim", "autocast"])
def test_base_keywords_are_taken_out(keyword: str) -> None:
    value = {"name": "first", "dtype": "float32"}.get(keyword)
    assert keyword not in bind("Flatten", **{keyword: value}).arguments


def test_unexpected_argument() -> None:
    fault = refused("Dense", 5, foo=1)
    assert fault.details["argument"] == "foo"
    assert not fault.details["removed"]
    assert fault.details["successor"] is None


@pytest.mark.parametrize(
    ("name", "args", "keyword", "successor"),
    [
        ("Conv2D", (8, 3), "border_mode", "padding"),
        ("Conv2D", (8, 3), "nb_row", "kernel_size"),
        ("Dropout", (0.5,), "p", "rate"),
        ("Dense", (5,), "weights", None),
        ("LSTM", (5,), "input_length", None),
        ("Dense", (5,), "batch_input_shape", None),
    ],
)
def test_removed_argument(
    name: str, args: tuple[Any, ...], keyword: str, successor: str | None
) -> None:
    details = refused(name, *args, **{keyword: 1}).details
    assert details["argument"] == keyword
    assert details["removed"]
    assert details["successor"] == successor


def test_missing_and_surplus_arguments() -> None:
    assert refused("Dense").details["argument"] == "units"
    assert refused("Dense", activation="relu").details["missing"]
    assert refused("Dense", 5, units=5).details["argument"] == "units"
    assert refused("Flatten", None, 1).details["found"] == 2


@pytest.mark.parametrize(
    "call",
    [
        ("Dense", (5,), {"activation": "rleu"}),
        ("Dense", (5,), {"activation": 5}),
        ("Dense", (5,), {"kernel_initializer": "he"}),
        ("Dense", (5,), {"kernel_regularizer": "l3"}),
        ("Dense", (5,), {"kernel_constraint": "small"}),
        ("LSTM", (5,), {"recurrent_activation": "none"}),
        ("Activation", ("LeakyReLU",), {}),
        ("Dense", (5,), {"name": "a/b"}),
        ("Dense", (5,), {"name": 5}),
        ("Dense", (5,), {"trainable": 1}),
        ("Dense", (0,), {}),
        ("Dropout", (50,), {}),
    ],
)
def test_refused_by_the_constructor(call: tuple[str, tuple[Any, ...], dict[str, Any]]) -> None:
    name, args, kwargs = call
    refused(name, *args, **kwargs)


def test_names_are_judged_by_keras_3_only() -> None:
    catalogue.bind(LAYERS["Dense"], (5,), {"activation": "rleu"}, generation=2)


# What these layers need though it has a default.
NEEDED: dict[str, dict[str, Any]] = {
    "CategoryEncoding": {"num_tokens": 3},
    "Discretization": {"num_bins": 3},
    "Input": {"shape": (3,)},
    "InputLayer": {"shape": (3,)},
}


@pytest.mark.parametrize("name", sorted({spec.name for spec in LAYERS.values()}))
def test_unknown_arguments_never_refuse(name: str) -> None:
    """What is not known is no reason to say that Keras would raise, and no reason to crash."""
    spec = LAYERS[name]
    generation = max(spec.generations)
    required = [each for each in spec.parameters if each not in spec.defaults]
    for parameter in set(spec.parameters) - {"trainable"}:
        given = {each: Unknown("read from a file", each) for each in (*required, parameter)}
        if not parameter.startswith("batch_"):
            given = {**NEEDED.get(name, {}), **given}
        elif name in ("Input", "InputLayer") and parameter == "batch_size":
            given["shape"] = (3,)
        catalogue.bind(spec, (), given, generation=generation)


def test_trainable() -> None:
    frozen = bind("Dense", 5, trainable=False)
    assert not frozen.trainable
    weights = frozen.apply(Shape((None, 3))).weights
    assert [weight.trainable for weight in weights] == [False, False]
    with pytest.raises(Undetermined):
        bind("Dense", 5, trainable=Unknown("a flag"))


def test_data_format() -> None:
    spec = LAYERS["Conv2D"]
    first = catalogue.bind(spec, (8, 3), data_format="channels_first")
    assert first.arguments["data_format"] == "channels_first"
    own = {"data_format": "channels_last"}
    last = catalogue.bind(spec, (8, 3), own, data_format="channels_first")
    assert last.arguments["data_format"] == "channels_last"
    assert "data_format" not in catalogue.bind(LAYERS["Dense"], (5,), data_format="x").arguments


@pytest.mark.parametrize("name", [name for name in BASE_OF if name in LAYERS])
def test_base_keywords_of_closed_constructors(name: str) -> None:
    required = {p: 1 for p in LAYERS[name].parameters if p not in LAYERS[name].defaults}
    with pytest.raises(Fault):
        bind(name, **required, input_shape=(3,))


def test_lookup() -> None:
    assert catalogue.lookup("Convolution2D") is LAYERS["Conv2D"]
    assert catalogue.lookup("Dens") is None
    assert catalogue.lookup("Merge") is None
    assert catalogue.lookup("Merge", 1) is LAYERS["Merge"]
    assert catalogue.lookup("SyncBatchNormalization", 2) is catalogue.lookup(
        "BatchNormalization", 2
    )
    assert catalogue.lookup("SyncBatchNormalization") is None


def test_every_declaring_module_is_a_family() -> None:
    modules = {spec.declaration.__module__ for spec in LAYERS.values()}
    assert modules == {family.__name__ for family in catalogue.FAMILIES} - {
        "flake8_paramcount.keras.older"
    }


# --- calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "kwargs", "inputs", "options"),
    [
        (("q", "v"), {}, ("q", "v"), {}),
        (("q", "v", "k"), {}, ("q", "v", "k"), {}),
        ((), {"key": "k", "value": "v", "query": "q"}, ("q", "v", "k"), {}),
        (("q",), {"value": "v"}, ("q", "v"), {}),
        (("q",), {"key": "k", "value": "v"}, ("q", "v", "k"), {}),
        (("q", "v", None), {"training": True}, ("q", "v"), {"training": True}),
    ],
)
def test_inputs_of_attention(
    args: tuple[Any, ...], kwargs: dict[str, Any], inputs: Any, options: dict[str, Any]
) -> None:
    found = catalogue.call_inputs("MultiHeadAttention", args, kwargs)
    assert found == (inputs, options)


def test_attention_needs_query_and_value() -> None:
    with pytest.raises(Fault) as raised:
        catalogue.call_inputs("MultiHeadAttention", ("q",), {})
    assert raised.value.details["argument"] == "value"


def test_inputs_of_other_layers() -> None:
    assert catalogue.call_inputs("Dense", ("x",), {}) == ("x", {})
    assert catalogue.call_inputs("Dense", (), {"inputs": "x"}) == ("x", {})
    assert catalogue.call_inputs("RMSNormalization", (), {"x": 1}) == (1, {})
    states = {"initial_state": "h"}
    assert catalogue.call_inputs("LSTM", ("x", "h"), {}) == ("x", states)
    assert catalogue.call_inputs("LSTM", (), {"sequences": "x", **states}) == ("x", states)
    with pytest.raises(Fault):
        catalogue.call_inputs("Dense", (), {})


def test_scores_are_a_second_output() -> None:
    x = (Shape((None, 4, 3)), Shape((None, 5, 3)))
    asked = {"return_attention_scores": True}
    bound = bind("MultiHeadAttention", 2, 3)
    assert catalogue.apply(bound, x).output == Shape((None, 4, 3))
    assert catalogue.apply(bound, x, asked).output == (x[0], Shape((None, 2, 4, 4)))
    assert catalogue.apply(bind("Attention"), x, asked).output == (x[0], Shape((None, 4, 5)))
    with pytest.raises(Undetermined):
        catalogue.apply(bound, x, {"return_attention_scores": Unknown("a flag")})


def test_one_tensor_for_layers_that_take_one() -> None:
    one = Shape((None, 3))
    assert catalogue.apply(bind("Dense", 5), (one,)).output == Shape((None, 5))
    with pytest.raises(Fault, match="one tensor"):
        catalogue.apply(bind("Dense", 5), (one, one))
    with pytest.raises(Undetermined):  # Keras 2 took an initial state so
        catalogue.apply(bind("GRU", 5), (one, one))


def test_symbolic_arguments_stay_symbolic() -> None:
    units = symbol("units", lower=1)
    result = bind("BatchNormalization").apply(Shape((None, units)))
    assert sum(weight.count for weight in result.weights) == 4 * units  # type: ignore[misc]
