"""Merging, attention, normalization, regularization, activation and preprocessing layers, held
against the real Keras: weights one by one, output shapes, and an error in both or in none."""

from __future__ import annotations

import inspect
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import keras
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras.src import activations, constraints, initializers, regularizers
from keras.src.layers.preprocessing.index_lookup import IndexLookup

from flake8_paramcount import keras as catalogue
from flake8_paramcount.keras import names
from flake8_paramcount.keras.layer import LAYERS, Fault, Shape
from flake8_paramcount.unknown import Undetermined
from tests.differential.bound_truth import Call, call, check, check_fault
from tests.differential.calls_b import EXAMPLES, TABLES, calls

PUBLIC = {
    name: found
    for name in dir(keras.layers)
    if inspect.isclass(found := getattr(keras.layers, name))
}
NO_LAYERS = {"InputSpec": "describes what a layer takes"}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_like_keras(name: str) -> None:
    @settings(
        max_examples=EXAMPLES.get(name, 40), suppress_health_check=list(HealthCheck), database=None
    )
    @given(calls(name))
    def hold(case: Call) -> None:
        check(case)

    hold()


@pytest.mark.parametrize(
    "case",
    [
        call("Add", [(None, 4), (None, 4)]),
        call("Concatenate", [(None, 5, 4), (None, 6, 4)], axis=1),
        call("Dot", [(None, 4, 3), (None, 3, 5)], axes=(2, 1)),
        call("MultiHeadAttention", [(None, 8, 16), (None, 6, 12)], num_heads=4, key_dim=7),
        call(
            "MultiHeadAttention",
            [(None, 8, 16), (None, 6, 12), (None, 6, 5)],
            num_heads=4,
            key_dim=7,
            value_dim=3,
            output_shape=(2, 9),
            use_gate=True,
        ),
        call(
            "GroupQueryAttention",
            [(None, 8, 16), (None, 6, 16)],
            head_dim=4,
            num_query_heads=6,
            num_key_value_heads=2,
        ),
        call("Attention", [(None, 8, 16), (None, 6, 16)], use_scale=True, score_mode="concat"),
        call("AdditiveAttention", [(None, 8, 16), (None, 6, 16)]),
        call("BatchNormalization", (None, 8, 16), axis=1, renorm=True),
        call("BatchNormalization", (None, 8, 16), trainable=False),
        call("LayerNormalization", (None, 8, 16), axis=[2, 1]),
        call("GroupNormalization", (None, 8, 64), groups=-1),
        call("PReLU", (None, 8, 9, 3), shared_axes=[1, 2]),
        call("Normalization", (None, 8, 3), axis=(1, 2)),
        call("STFTSpectrogram", (None, 1000, 2), mode="stft", expand_dims=True),
    ],
    ids=str,
)
def test_builds_as_keras_does(case: Call) -> None:
    check(case)


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        (call("Add", [(None, 4), (None, 5)]), "merge"),
        (call("Add", (None, 4)), "merge"),
        (call("Subtract", [(None, 4)] * 3), "merge"),
        (call("Concatenate", [(None, 4, 3), (None, 5, 3)]), "merge"),
        (call("Concatenate", [(None, 4), (None, 4)], axis=5), "input"),
        (call("Dot", [(None, 4), (None, 5)], axes=1), "merge"),
        (call("Dot", [(None, 4), (None, 4)], axes="a"), "argument"),
        (call("MultiHeadAttention", [(None, 4, 3)], num_heads=2, key_dim=3), "input"),
        (call("MultiHeadAttention", [(None, 4, 3)] * 2, num_heads=0, key_dim=3), "argument"),
        (call("MultiHeadAttention", [(None, 4, None)] * 2, num_heads=2, key_dim=3), "undefined"),
        (call("BatchNormalization", (None, 4), axis=5), "input"),
        (call("BatchNormalization", (None, 4), axis=[1]), "argument"),
        (call("BatchNormalization", (None, 4, None)), "undefined"),
        (call("LayerNormalization", (None, 4, None)), "undefined"),
        (call("GroupNormalization", (None, 4, 8)), "input"),
        (call("GroupNormalization", (None, 4, 8), groups=0), "argument"),
        (call("Dropout", (None, 4), rate=50), "argument"),
        (call("GaussianNoise", (None, 4), stddev=2), "argument"),
        (call("SpatialDropout2D", (None, 4, 5), rate=0.5), "rank"),
        (call("PReLU", (None, None, 4)), "undefined"),
        (call("PReLU", (None, 4), shared_axes=9), "input"),
        (call("LeakyReLU", (None, 4), negative_slope=-1), "argument"),
        (call("LeakyReLU", (None, 4), alpha=-1), "argument"),
        (call("Normalization", (None, None)), "undefined"),
        (call("Normalization", (None, 4), axis=9), "input"),
        (call("CenterCrop", (None, 4), height=2, width=2), "rank"),
        (call("RandomColorDegeneration", (None, 4, 4, 1), factor=0.5), "input"),
        (call("STFTSpectrogram", (None, 100, 1)), "exhausted"),
        (call("CategoryEncoding", (None, 4)), "argument"),
        (call("Rescaling", (None, 4), scale=2, foo=1), "argument"),
        (call("Rescaling", (None, 4)), "argument"),
        (call("Rescaling", (None, 4), scale=2, name="a/b"), "argument"),
        (call("Rescaling", (None, 4), scale=2, trainable=1), "argument"),
        (call("SpatialDropout1D", (None, 4, 5), rate=0.5, trainable=False), "argument"),
    ],
    ids=str,
)
def test_refuses_as_keras_does(case: Call, kind: str) -> None:
    check_fault(case, kind)


@pytest.mark.parametrize("keyword", ["bounding_box_format", "data_format"])
def test_image_layers_take_the_keywords_of_their_base(keyword: str) -> None:
    for name in ("AutoContrast", "RandomBrightness", "RandomContrast"):
        required = {"factor": 0.5} if name != "AutoContrast" else {}
        check(call(name, (None, 8, 8, 3), **required, **{keyword: None}))


def test_pipeline_applies_its_layers() -> None:
    spec = LAYERS["Pipeline"]
    inside = (
        catalogue.bind(LAYERS["Resizing"], (5, 6)),
        catalogue.bind(LAYERS["Normalization"], ()),
    )
    found = catalogue.bind(spec, (inside,)).apply(Shape((None, 8, 8, 3)))
    layers = [keras.layers.Resizing(5, 6), keras.layers.Normalization()]
    output = keras.layers.Pipeline(layers)(keras.KerasTensor((None, 8, 8, 3)))
    assert found.output == Shape(output.shape)
    assert [w.shape for w in found.weights] == [w.shape for w in layers[1].weights]


# --- the catalogue as a whole --------------------------------------------------------------------


def test_every_public_layer_is_declared() -> None:
    missing = {name for name in PUBLIC if catalogue.lookup(name) is None}
    assert missing == set(NO_LAYERS)


def test_every_declaration_is_of_a_public_layer() -> None:
    current = {name for name, spec in LAYERS.items() if 3 in spec.generations}
    assert current - set(PUBLIC) == {"Input"}


def test_all_layers_of_these_families_are_compared() -> None:
    families = ("activation", "attention", "augmentation", "merging", "normalization")
    families += ("preprocessing", "regularization", "sound", "vocabulary")
    declared = {
        spec.name
        for spec in LAYERS.values()
        if spec.declaration.__module__.rpartition(".")[2] in families
    }
    assert declared - set(TABLES) == {"Pipeline", *NEED_TENSORFLOW}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_constructors_that_take_no_base_keywords(name: str) -> None:
    kinds = {p.kind for p in inspect.signature(PUBLIC[name].__init__).parameters.values()}
    spec = catalogue.lookup(name)
    closed = inspect.Parameter.VAR_KEYWORD not in kinds
    assert spec is None or closed == (not catalogue.base_keywords(spec))


@pytest.mark.parametrize("name", sorted(set(PUBLIC) - set(NO_LAYERS)))
def test_call_parameters(name: str) -> None:
    theirs = list(inspect.signature(PUBLIC[name].call).parameters)[1:]
    ours = catalogue.call_parameters(name)
    if ours[0] != "inputs" or name in ("Attention", "AdditiveAttention"):
        assert list(ours) == theirs
    elif "inputs" in theirs:
        assert theirs[0] == "inputs"


@pytest.mark.parametrize(
    ("ours", "module"),
    [
        (names.ACTIVATIONS, activations),
        (names.CONSTRAINTS, constraints),
        (names.INITIALIZERS, initializers),
        (names.REGULARIZERS, regularizers),
    ],
)
def test_names_are_those_of_keras(ours: frozenset[str], module: Any) -> None:
    usable = {name for name in module.ALL_OBJECTS_DICT if name.lower() != "initializer"}
    assert ours == usable


# --- layers that need TensorFlow to be made: what Keras states of their shapes -------------------

NEED_TENSORFLOW = {
    "HashedCrossing",
    "Hashing",
    "IntegerLookup",
    "StringLookup",
    "TextVectorization",
}
SHAPES = [(), (None,), (None, 1), (None, 4), (None, 4, 1), (2, 3, 4)]
MODES = ["int", "one_hot", "multi_hot", "count"]


def ours(name: str, x: Any, **arguments: Any) -> Any:
    shape = tuple(map(Shape, x)) if isinstance(x, list) else Shape(x)
    try:
        return catalogue.bind(LAYERS[name], (), arguments).apply(shape).output.dims  # type: ignore[union-attr]
    except Fault:
        return Fault


def theirs(name: str, attributes: Any, x: Any) -> Any:
    stated = getattr(keras.layers, name).compute_output_shape
    try:
        return tuple(stated(attributes, x))
    except (ValueError, IndexError):
        return Fault


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("x", SHAPES)
def test_hashing(mode: str, x: tuple[Any, ...]) -> None:
    attributes = SimpleNamespace(num_bins=7, output_mode=mode)
    assert ours("Hashing", x, num_bins=7, output_mode=mode) == theirs("Hashing", attributes, x)


@pytest.mark.parametrize("mode", ["int", "one_hot"])
@pytest.mark.parametrize(
    "x", [[(None, 1), (None, 1)], [(None, 4), (None, 4)], [(None, 4), (None, 5)], [(None, 1)]]
)
def test_hashed_crossing(mode: str, x: list[Any]) -> None:
    attributes = SimpleNamespace(num_bins=7, output_mode=mode)
    real = theirs("HashedCrossing", attributes, x)
    assert ours("HashedCrossing", x, num_bins=7, output_mode=mode) == real


def lookup_attributes(mode: str, depth: int) -> SimpleNamespace:
    return SimpleNamespace(
        max_tokens=depth, pad_to_max_tokens=True, _frozen_vocab_size=None, output_mode=mode
    )


@pytest.mark.parametrize("name", ["IntegerLookup", "StringLookup"])
@pytest.mark.parametrize("mode", [*MODES, "tf_idf"])
@pytest.mark.parametrize("x", SHAPES[1:])
def test_lookups(name: str, mode: str, x: tuple[Any, ...]) -> None:
    real = tuple(IndexLookup.compute_output_shape(lookup_attributes(mode, 9), x))
    assert ours(name, x, output_mode=mode, max_tokens=9, pad_to_max_tokens=True) == real


@pytest.mark.parametrize("mode", [*MODES, "tf_idf"])
@pytest.mark.parametrize("split", ["whitespace", None])
@pytest.mark.parametrize("x", SHAPES[1:])
def test_text_vectorization(mode: str, split: Any, x: tuple[Any, ...]) -> None:
    inner = lookup_attributes(mode, 9)
    inner.compute_output_shape = lambda shape: IndexLookup.compute_output_shape(inner, shape)
    attributes = SimpleNamespace(
        _output_mode=mode, _split=split, _output_sequence_length=None, _lookup_layer=inner
    )
    found = ours(
        "TextVectorization", x, output_mode=mode, split=split, max_tokens=9, pad_to_max_tokens=True
    )
    assert found == theirs("TextVectorization", attributes, x)


@pytest.mark.parametrize(
    ("arguments", "depth"),
    [
        ({"vocabulary": ("a", "b", "c")}, 4),
        ({"vocabulary": ("[UNK]", "a", "b")}, 3),
        ({"vocabulary": ("a", "b", "c"), "num_oov_indices": 2}, 5),
        ({"vocabulary": ("a", "b", "c"), "mask_token": ""}, 4),
    ],
)
def test_depth_of_a_stated_vocabulary(arguments: dict[str, Any], depth: int) -> None:
    assert ours("StringLookup", (None, 4), output_mode="multi_hot", **arguments) == (None, depth)


def test_a_vocabulary_from_data_has_no_known_depth() -> None:
    width = ours("StringLookup", (None, 4), output_mode="multi_hot")[-1]
    assert width.opaque


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("StringLookup", {"max_tokens": 1}),
        ("StringLookup", {"pad_to_max_tokens": True}),
        ("StringLookup", {"output_mode": "x"}),
        ("StringLookup", {"invert": True, "output_mode": "count"}),
        ("StringLookup", {"idf_weights": (0.1,)}),
        ("StringLookup", {"sparse": True}),
        ("StringLookup", {"salt": (1, 2, 3)}),
        ("IntegerLookup", {"vocabulary_dtype": "int32"}),
        ("IntegerLookup", {"oov_method": "x"}),
        ("Hashing", {"num_bins": 0}),
        ("Hashing", {"num_bins": 3, "sparse": True}),
        ("HashedCrossing", {"num_bins": 3, "output_mode": "count"}),
        ("TextVectorization", {"standardize": "upper"}),
        ("TextVectorization", {"split": "lines"}),
        ("TextVectorization", {"ngrams": "2"}),
        ("TextVectorization", {"output_sequence_length": 5, "output_mode": "count"}),
        ("TextVectorization", {"output_sequence_length": 5.0}),
        ("TextVectorization", {"ragged": True, "output_mode": "count"}),
    ],
)
def test_refused_without_tensorflow(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(Fault) as raised:
        catalogue.bind(LAYERS[name], (), arguments)
    assert raised.value.kind == "argument"


@given(st.sampled_from(sorted(TABLES)), st.data())
@settings(max_examples=300, suppress_health_check=list(HealthCheck), database=None)
def test_unknown_shapes_end_in_a_result_or_a_reason(name: str, data: st.DataObject) -> None:
    """Whatever is wrong with a constructor call shows without any input."""
    from flake8_paramcount.keras.binding import UNAPPLIED

    case = data.draw(calls(name))
    with suppress(Undetermined):
        try:
            bound = catalogue.bind(LAYERS[name], (), case.arguments)
        except Fault as fault:
            kind = fault.kind
        else:
            kind = "argument"
            assert not bound.apply(UNAPPLIED).weights
        assert kind == "argument"
