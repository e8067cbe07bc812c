"""Layers as they are shown: every one on an input whose sizes have names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, NamedTuple

from flake8_paramcount.dims import Poly, symbol
from flake8_paramcount.formula import formula
from flake8_paramcount.keras import LAYERS, bind
from flake8_paramcount.keras.layer import BoundLayer, Fault, LayerSpec, Shape, Shapes, Weight
from flake8_paramcount.records import WeightRecord
from flake8_paramcount.report import shape_text
from flake8_paramcount.unknown import Undetermined, Unknown

Sizes = tuple[str | None, ...]

SEQUENCE: Sizes = (None, "steps", "features")
FLAT: Sizes = (None, "features")
TOKENS: Sizes = (None, "tokens")
SOUND: Sizes = (None, "samples")
IMAGE: Sizes = (None, "height", "width", "channels")
VOLUME: Sizes = (None, "depth", "height", "width", "channels")
BY_RANK: dict[str, Sizes] = {"1D": SEQUENCE, "2D": IMAGE, "3D": VOLUME}

INPUTS: tuple[tuple[Sizes, ...], ...] = (
    (SEQUENCE,),
    (FLAT,),
    (IMAGE,),
    (VOLUME,),
    (SEQUENCE, SEQUENCE),
    (FLAT, FLAT),
    ((None,),),
)
"""What a layer is tried on, until it takes one; a single input before several."""

PREFERRED: dict[str, tuple[Sizes, ...]] = {
    **dict.fromkeys(("Activation", "Dense", "BatchNormalization", "RepeatVector"), (FLAT,)),
    **dict.fromkeys(("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells"), (FLAT,)),
    **dict.fromkeys(("Embedding", "ReversibleEmbedding", "CategoryEncoding"), (TOKENS,)),
    **dict.fromkeys(("Hashing", "IntegerLookup", "StringLookup"), (TOKENS,)),
    **dict.fromkeys(("MelSpectrogram", "STFTSpectrogram"), (SOUND,)),
    **dict.fromkeys(("Flatten", "Reshape", "GroupNormalization"), (IMAGE,)),
    **dict.fromkeys(("RandomHeight", "RandomWidth"), (IMAGE,)),
    # They have arguments that are called as the sides of an image.
    **dict.fromkeys(
        ("CenterCrop", "RandomCrop", "Resizing"), ((None, "rows", "columns", "channels"),)
    ),
    "ConvLSTM1D": ((None, "time", "steps", "channels"),),
    "ConvLSTM2D": ((None, "time", *IMAGE[1:]),),
    "ConvLSTM3D": ((None, "time", *VOLUME[1:]),),
    "HashedCrossing": ((None, None), (None, None)),
    "SpectralNormalization": (FLAT,),
    "TextVectorization": ((None,),),
    **dict.fromkeys(
        ("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"),
        ((None, "targets", "features"), (None, "sources", "features")),
    ),
}
"""What shows a layer best, where it would take another input first."""

AXES: dict[str, tuple[str, ...]] = {
    "1D": ("",),
    "2D": ("_height", "_width"),
    "3D": ("_depth", "_height", "_width"),
}
SPATIAL = {"kernel_size": "kernel", "pool_size": "pool", "output_size": "output"}
"""Arguments that hold one number for each spatial axis."""


@cache
def _symbol(name: str) -> Poly:
    """The same name is the same size wherever it stands."""
    return symbol(name, lower=1)


def _named(*names: str | None) -> tuple[Poly | None, ...]:
    return tuple(None if name is None else _symbol(name) for name in names)


def _layer(name: str, *names: str) -> BoundLayer:
    return bind(LAYERS[name], _named(*names))


def signature(spec: LayerSpec) -> str:
    """The parameters of a layer's constructor, as Python writes them."""
    defaults = spec.defaults
    words = []
    for name in spec.parameters:
        if name not in spec.positional and "*" not in words:
            words.append("*")
        words.append(f"{name}={defaults[name]!r}" if name in defaults else name)
    return f"{spec.name}({', '.join(words)})"


def sentence(spec: LayerSpec) -> str:
    """What a layer is, in one sentence."""
    return (spec.declaration.__doc__ or "").strip().partition("\n")[0]


def generations(spec: LayerSpec) -> str:
    """The generations of Keras that have a layer: `1, 2, 3`."""
    return ", ".join(map(str, sorted(spec.generations)))


class Exhibit(NamedTuple):
    """What a layer becomes on an input, in words."""

    input: str
    output: str
    weights: tuple[str, ...]
    formula: str


def exhibit(spec: LayerSpec) -> Exhibit | None:
    """The first input that a layer takes, and what it becomes on it; None if it takes none."""
    for sizes in (*_preferred(spec), *INPUTS):
        if len(sizes) > 1 and not spec.many_inputs:
            continue
        shapes = tuple(Shape(_named(*each)) for each in sizes)
        for arguments in _arguments(spec):
            shown = _shown(spec, shapes if len(shapes) > 1 else shapes[0], arguments)
            if shown is not None:
                return shown
    return None


def _preferred(spec: LayerSpec) -> Iterator[tuple[Sizes, ...]]:
    if spec.name in PREFERRED:
        yield PREFERRED[spec.name]
    if _rank(spec) in BY_RANK:
        yield (BY_RANK[_rank(spec)],)
    if spec.declaration.__module__.endswith("augmentation"):
        yield (IMAGE,)


def _rank(spec: LayerSpec) -> str:
    """`2D` of a layer that has it in its name."""
    found = re.search("[123]D", spec.name)
    return found[0] if found else ""


def _shown(spec: LayerSpec, x: Shapes, arguments: Mapping[str, Any]) -> Exhibit | None:
    try:
        bound = bind(spec, (), arguments, generation=max(spec.generations))
        weights, output = bound.apply(x)
    except (Fault, Undetermined, TypeError, ValueError, AttributeError):
        return None
    words = tuple(map(_weight, weights))
    return Exhibit(shape_text(x), shape_text(output), words, _formula(weights))


def _arguments(spec: LayerSpec) -> Iterator[dict[str, Any]]:
    """The arguments without a default, each standing for itself where that says enough."""
    required = [name for name in spec.parameters if name not in spec.defaults]
    choices = [list(_values(spec, name)) for name in required]
    for chosen in product(*choices):
        yield {**dict(zip(required, chosen, strict=True)), **GIVEN.get(spec.name, {})}


def _values(spec: LayerSpec, name: str) -> Iterator[Any]:
    axes = AXES.get(_rank(spec), ())
    if name in SPATIAL and len(axes) > 1:
        yield _named(*(f"{SPATIAL[name]}{axis}" for axis in axes))
    yield from VALUES.get((spec.name, name), VALUES.get(name, ()))
    if name not in VALUES:
        yield Unknown(name, name)


VALUES: dict[Any, tuple[Any, ...]] = {
    ("Bidirectional", "layer"): (_layer("LSTM", "units"),),
    ("Dot", "axes"): (1,),
    ("EinsumDense", "equation"): ("abc,cd->abd",),
    ("EinsumDense", "output_shape"): ((None, _symbol("units")),),
    ("Reshape", "target_shape"): ((-1,),),
    ("Permute", "dims"): ((2, 1),),
    "cell": (_layer("LSTMCell", "units"),),
    "cells": ((_layer("LSTMCell", "units"), _layer("LSTMCell", "units")),),
    "layer": (_layer("Dense", "units"),),
    "rate": (0.5,),
    "factor": (0.1,),
    "stddev": (0.1,),
    "num_query_heads": (8,),
    "num_key_value_heads": (2,),
}
"""What arguments are that cannot stand for themselves, by layer and name or by name."""


GIVEN: dict[str, dict[str, Any]] = {
    "CategoryEncoding": {"num_tokens": _symbol("num_tokens")},
    "Discretization": {"num_bins": _symbol("num_bins")},
    "HashedCrossing": {"output_mode": "int"},
}
"""Arguments without which a layer cannot be shown, though they have a default."""


def _weight(weight: Weight) -> str:
    frozen = "" if weight.trainable else " (not trainable)"
    return f"{weight.name} {shape_text(Shape(weight.shape))}{frozen}"


def _formula(weights: tuple[Weight, ...]) -> str:
    records = [
        WeightRecord(
            key=(0, index),
            name=weight.name,
            block=weight.block,
            gates=weight.gates,
            trainable=weight.trainable,
            shape=weight.shape,
            count=weight.count,
        )
        for index, weight in enumerate(weights)
    ]
    return formula(records) or "0"
