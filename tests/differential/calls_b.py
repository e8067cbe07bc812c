"""Calls to be tried on both sides: for each layer its inputs and what its arguments may be.

Good and bad values stand side by side; the good ones often enough to come together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.differential.bound_truth import Call

SIZE = st.sampled_from([None, 1, 2, 3, 4, 6, 8])
KNOWN = st.sampled_from([1, 2, 3, 4, 6, 8])
BATCH = st.sampled_from([None, None, None, 2, 3])


@st.composite
def tensor(draw: DrawFn, low: int = 0, high: int = 5) -> tuple[Any, ...]:
    rank = draw(st.integers(low, high))
    return tuple(draw(BATCH if index == 0 else SIZE) for index in range(rank))


@st.composite
def alike(draw: DrawFn, most: int = 3) -> list[tuple[Any, ...]]:
    """Several shapes that differ in a place or two, if at all."""
    base = draw(tensor(1, 4))
    return [draw(_nearly(base)) for _ in range(draw(st.integers(1, most)))]


@st.composite
def _nearly(draw: DrawFn, base: tuple[Any, ...]) -> tuple[Any, ...]:
    shape = list(base)
    if draw(st.booleans()):
        shape[draw(st.integers(0, len(shape) - 1))] = draw(SIZE)
    if len(shape) > 2 and draw(st.integers(0, 5)) == 0:
        del shape[1]
    return tuple(shape)


def sequence(width: SearchStrategy[Any] = KNOWN) -> SearchStrategy[tuple[Any, ...]]:
    return st.tuples(BATCH, SIZE, width)


@st.composite
def attended(draw: DrawFn, ranks: tuple[int, ...] = (3,)) -> list[tuple[Any, ...]]:
    """Query, value and maybe key, which mostly fit."""
    rank = draw(st.sampled_from(ranks))
    width = draw(KNOWN)
    value = (None, *(draw(SIZE) for _ in range(rank - 2)), width)
    query = (None, *(draw(SIZE) for _ in range(rank - 2)), draw(st.sampled_from([width, 5, None])))
    key = draw(st.sampled_from([None, (*value[:-1], 7), value, (None, 9, 9)]))
    return [query, value] if key is None else [query, value, key]


class Table(NamedTuple):
    """What a layer is called on, its required arguments and those that may be left out."""

    shapes: SearchStrategy[Any]
    required: Mapping[str, list[Any]] = MappingProxyType({})
    optional: Mapping[str, list[Any]] = MappingProxyType({})


BOOLS = [True, False, 0, 1, None]
FORMATS = [None, "channels_first", "channels_last", "CHANNELS_FIRST", "x"]
RANGES = [(0, 255), (0, 1), [0, 1], (0, 1, 2), (1,), None, 5]
NUMBERS = [0, 0.5, 1, 1.0, True, 0.2, (0.1, 0.2), (0.2, 0.9), (0.1,), (0, 2), (-2, -1.5), 1.5, -1]
NUMBERS += [-0.1, None, "a", math.nan]
INTERPOLATIONS = ["bilinear", "nearest", "bicubic", None]
FILLINGS = ["reflect", "wrap", "constant", "nearest", "mirror", None]
AXES = [-1, -1, 1, 2, 0, -2, 3, 7, -5, (1, 2), [1], [-1, 1], (2, 1), (1, 1), (), None, "a", True]
AFFINE = {"center": BOOLS, "scale": BOOLS}
RATES = [0, 0.0, 0.5, 0.2, 1, 1.0, True, 1.5, -0.1, 50, None, "a", (0.1, 0.2), math.nan]
SIDES = [5, 8, 4, 3, None, 0, -1, 2.5]
PIXELS = st.one_of(st.just((None, 8, 8, 3)), tensor(1, 5))
FORMAT = {"data_format": FORMATS}
RANGE = {"value_range": RANGES}
FILLING = {"fill_mode": FILLINGS, "interpolation": INTERPOLATIONS}
FACTOR = {"factor": NUMBERS}
ATTENTION = {
    "dropout": [0, 0.5, 0.1, 2, None],
    "use_bias": BOOLS,
    "use_gate": BOOLS,
    "sliding_window": [None, 1, 2, 0, 1.5],
    "flash_attention": [None, False, True],
}

MERGING = {
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply"), Table(alike())),
    "Subtract": Table(st.one_of(alike(2), alike(3))),
    "Concatenate": Table(alike(), {}, {"axis": [-1, -1, 1, 2, 0, -2, -3, 5, -6, True, None]}),
    "Dot": Table(
        st.lists(st.tuples(BATCH, st.sampled_from([2, 3]), st.sampled_from([2, 3])), max_size=3),
        {"axes": [1, 2, -1, (1, 1), (1, 2), (2, 1), (-1, -2), 0, (0, 1), 5, (9, 1), (1,), None]},
        {"normalize": BOOLS},
    ),
}
ATTENDING = {
    "Attention": Table(
        st.one_of(attended((2, 3, 4)), alike(4)),
        {},
        {"use_scale": BOOLS, "score_mode": ["dot", "concat", "x", None], "dropout": [0, 0.5, None]},
    ),
    "AdditiveAttention": Table(
        st.one_of(attended((2, 3, 4)), alike(4)), {}, {"use_scale": BOOLS, "dropout": [0, 2, "a"]}
    ),
    "MultiHeadAttention": Table(
        attended((2, 3, 3, 3, 4)),
        {"num_heads": [1, 2, 2, 3, 4, True, 0, 2.0], "key_dim": [1, 2, 4, 5, 8, -1, "a"]},
        {
            **ATTENTION,
            "value_dim": [None, 3, 4, 0],
            "output_shape": [None, 0, 5, (3,), [2, 3], (), (0,), -1, (2, -1), "a"],
            "attention_axes": [None, 1, 2, (1,), (1, 2), -1, (-1,), [2], 4, 5, -5, -7, "a", 1.0],
        },
    ),
    "GroupQueryAttention": Table(
        attended((3, 3, 3, 2)),
        {
            "head_dim": [1, 2, 4, 0],
            "num_query_heads": [2, 4, 6, 3],
            "num_key_value_heads": [1, 2, 3, 0],
        },
        ATTENTION,
    ),
}
NORMALIZING = {
    "BatchNormalization": Table(
        tensor(0, 4),
        {},
        {
            **AFFINE,
            "axis": [*AXES, "1", 1.7],
            "momentum": [0.9, "0.5", None, "a"],
            "renorm": BOOLS,
            "renorm_clipping": [None, {}, {"rmax": 1}, {"x": 1}, {"rmax": 1, "rmin": 2}],
        },
    ),
    "LayerNormalization": Table(
        tensor(0, 4), {}, {**AFFINE, "axis": AXES, "rms_scaling": [False, True]}
    ),
    "GroupNormalization": Table(
        st.one_of(sequence(st.sampled_from([8, 32, 64, 6])), tensor(0, 4)),
        {},
        {**AFFINE, "axis": AXES, "groups": [32, 1, 2, 3, 4, -1, True, 0, -2, 2.0, None]},
    ),
    "RMSNormalization": Table(tensor(0, 4), {}, {"axis": AXES}),
    "UnitNormalization": Table(tensor(0, 4), {}, {"axis": AXES}),
}
REGULARIZING = {
    "Dropout": Table(
        tensor(),
        {"rate": RATES},
        {"noise_shape": [None, (None, 1), [None, 3], (1, 2, 3), 5, "a", (0,), (1.5,)]},
    ),
    "AlphaDropout": Table(tensor(), {"rate": RATES}),
    "GaussianDropout": Table(tensor(), {"rate": RATES}),
    "GaussianNoise": Table(tensor(), {"stddev": RATES}),
    "SpatialDropout1D": Table(tensor(2, 4), {"rate": RATES}, {"name": ["q", "a/b"]}),
    "SpatialDropout2D": Table(tensor(3, 5), {"rate": RATES}, FORMAT),
    "SpatialDropout3D": Table(tensor(4, 6), {"rate": RATES}, FORMAT),
    "ActivityRegularization": Table(tensor(), {}, {"l1": [*RATES, math.inf], "l2": RATES}),
}
ACTIVATING = {
    "Activation": Table(tensor(1, 4), {"activation": ["relu", "swish", "Relu", "x", None, 5]}),
    "ReLU": Table(
        tensor(), {}, {"max_value": NUMBERS, "negative_slope": NUMBERS, "threshold": NUMBERS}
    ),
    "LeakyReLU": Table(tensor(), {}, {"negative_slope": NUMBERS}),
    "ELU": Table(tensor(), {}, {"alpha": [1.0, 0, -1]}),
    "Softmax": Table(tensor(1, 4), {}, {"axis": [-1, 0, 1, 9, -9, (1, 2), (-1, 9)]}),
    "PReLU": Table(
        tensor(0, 4),
        {},
        {"shared_axes": [None, 1, 2, (1,), [1, 2], (1, 2, 3), (0,), (-1,), 9, "a", (1, None), ()]},
    ),
}
MEANS = [None, None, 0.5, 1, (1.0, 2.0), (1.0, 2.0, 3.0), ((1.0, 2.0), (3.0, 4.0)), (1.0,)]
CATEGORICAL = {
    "Normalization": Table(
        tensor(0, 4), {}, {"axis": [*AXES, 1.0], "mean": MEANS, "variance": MEANS}
    ),
    "Rescaling": Table(tensor(), {"scale": [0.5, 2, (1, 2)]}, {"offset": [0, -1]}),
    "CategoryEncoding": Table(
        tensor(0, 4),
        {"num_tokens": [5, 10, 1, 0, None, -2, 2.5, "a"]},
        {"output_mode": ["multi_hot", "one_hot", "count", "binary", "int", None]},
    ),
    "Discretization": Table(
        tensor(0, 4),
        {},
        {
            "bin_boundaries": [None, (1.0, 2.0, 3.0), [0.5], ()],
            "num_bins": [None, 5, 4, 0, -1],
            "output_mode": ["int", "multi_hot", "one_hot", "count", "binary", None],
        },
    ),
    "MaxNumBoundingBoxes": Table(tensor(1, 4), {"max_number": [1, 5, 2.5, None]}),
    "MelSpectrogram": Table(
        st.one_of(st.tuples(BATCH, st.sampled_from([None, 1000, 16000])), tensor(0, 4)),
        {},
        {
            "fft_length": [512, 2048, 256],
            "sequence_stride": [100, 256, 1],
            "sequence_length": [None, 0, 256, 1024],
            "num_mel_bins": [10, 80],
        },
    ),
    "STFTSpectrogram": Table(
        st.tuples(BATCH, st.sampled_from([None, 1000, 255, 100]), st.sampled_from([1, 2, 3, None])),
        {},
        {
            "mode": ["log", "magnitude", "psd", "real", "imag", "angle", "stft", "x"],
            "frame_length": [256, 100, 64, 33, 2, 1, 0],
            "frame_step": [None, 10, 64, 0, 300],
            "fft_length": [None, 256, 512, 100],
            "padding": ["valid", "same", "SAME"],
            "expand_dims": BOOLS,
            **FORMAT,
        },
    ),
}
IMAGES = {
    **dict.fromkeys(
        ("Resizing", "CenterCrop", "RandomCrop"),
        Table(tensor(0, 5), {"height": SIDES, "width": SIDES}, FORMAT),
    ),
    "AutoContrast": Table(PIXELS, {}, RANGE),
    "ContrastLimitedAdaptiveHistogramEqualization": Table(PIXELS, {}, {**RANGE, **FORMAT}),
    "Equalization": Table(PIXELS, {}, {**RANGE, **FORMAT}),
    "CutMix": Table(PIXELS, {}, {**FACTOR, **FORMAT}),
    "MixUp": Table(PIXELS, {}, {"alpha": [0.2], **FORMAT}),
    "RandomBrightness": Table(PIXELS, FACTOR, RANGE),
    "RandomContrast": Table(PIXELS, FACTOR, RANGE),
    "RandomColorDegeneration": Table(PIXELS, FACTOR, {**RANGE, **FORMAT}),
    "RandomColorJitter": Table(
        PIXELS,
        {},
        {
            **RANGE,
            **FORMAT,
            "brightness_factor": NUMBERS,
            "contrast_factor": NUMBERS,
            "saturation_factor": NUMBERS,
            "hue_factor": NUMBERS,
        },
    ),
    "RandomElasticTransform": Table(PIXELS, {}, {**FACTOR, "scale": NUMBERS, **FILLING}),
    "RandomErasing": Table(PIXELS, {}, {**FACTOR, "scale": NUMBERS, **FORMAT}),
    "RandomFlip": Table(PIXELS, {}, {"mode": ["horizontal", "x"], **FORMAT}),
    "RandomGaussianBlur": Table(
        PIXELS,
        {},
        {**FACTOR, "kernel_size": [3, 5, (3, 5), 1.5, 2, (3, 4), (3,), None], "sigma": NUMBERS},
    ),
    "RandomGrayscale": Table(PIXELS, {}, {**FACTOR, **FORMAT}),
    "RandomHue": Table(PIXELS, FACTOR, FORMAT),
    "RandomInvert": Table(PIXELS, {}, {**FACTOR, **FORMAT}),
    "RandomPerspective": Table(
        PIXELS, {}, {**FACTOR, "scale": NUMBERS, "interpolation": INTERPOLATIONS}
    ),
    "RandomPosterization": Table(PIXELS, {"factor": [*NUMBERS, 4, 8, 9, (1, 8), (9, 10)]}, RANGE),
    "RandomRotation": Table(PIXELS, FACTOR, FILLING),
    "RandomSaturation": Table(PIXELS, FACTOR, RANGE),
    "RandomSharpness": Table(PIXELS, FACTOR, RANGE),
    "RandomShear": Table(PIXELS, {}, {"x_factor": NUMBERS, "y_factor": NUMBERS, **FILLING}),
    "RandomTranslation": Table(
        PIXELS, {"height_factor": NUMBERS, "width_factor": NUMBERS}, FILLING
    ),
    "RandomZoom": Table(PIXELS, {"height_factor": NUMBERS}, {"width_factor": NUMBERS, **FILLING}),
    "Solarization": Table(
        PIXELS, {}, {"addition_factor": NUMBERS, "threshold_factor": NUMBERS, **RANGE}
    ),
}
# These two make a dozen layers each, which takes its time.
FACTORS = {"factor": [0.3, 1, (0.1, 0.2), (0, 2), -0.1, None]}
SLOW = {
    "AugMix": Table(PIXELS, {}, {**FACTORS, **RANGE, "interpolation": INTERPOLATIONS}),
    "RandAugment": Table(PIXELS, {}, {**FACTORS, **RANGE, "interpolation": INTERPOLATIONS}),
}
EXAMPLES = {
    **dict.fromkeys((*MERGING, *NORMALIZING, *CATEGORICAL), 80),
    **dict.fromkeys(ATTENDING, 120),
    **dict.fromkeys(SLOW, 10),
}
TABLES: dict[str, Table] = {
    **MERGING,
    **ATTENDING,
    **NORMALIZING,
    **REGULARIZING,
    **ACTIVATING,
    **CATEGORICAL,
    **IMAGES,
    **SLOW,
}


@st.composite
def calls(draw: DrawFn, name: str) -> Call:
    """A call of a layer: good values are drawn more often, for they stand in front."""
    table = TABLES[name]
    arguments = {key: draw(_early(values)) for key, values in table.required.items()}
    for key, values in table.optional.items():
        if draw(st.booleans()):
            arguments[key] = draw(_early(values))
    return Call(name, draw(table.shapes), arguments)


def _early(values: list[Any]) -> SearchStrategy[Any]:
    front = values[: max(2, len(values) // 2)]
    return st.one_of(st.sampled_from(front), st.sampled_from(front), st.sampled_from(values))
