"""What differs between Keras generations, as data, and the translation of old calls.

Generation 1 is Keras 1 and what Keras 2.0 to 2.3 still understood of it; generation 2 is Keras 2,
tf.keras included; generation 3 is what the declarations describe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.keras.layer import LAYERS, Fault
from flake8_paramcount.unknown import Undetermined, Unknown


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- keywords ------------------------------------------------------------------------------------

_RECURRENT = ("SimpleRNN", "GRU", "LSTM", "SimpleRNNCell", "GRUCell", "LSTMCell")
_CONVOLUTIONS = (
    *("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"),
    *("SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D"),
    *("LocallyConnected1D", "LocallyConnected2D"),
)
_POOLINGS = (
    *("MaxPooling1D", "MaxPooling2D", "MaxPooling3D"),
    *("AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
)

RENAMED: dict[str, str] = {
    "W_constraint": "kernel_constraint",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "atrous_rate": "dilation_rate",
    "b_constraint": "bias_constraint",
    "b_regularizer": "bias_regularizer",
    "beta_init": "beta_initializer",
    "bias": "use_bias",
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "dropout_U": "recurrent_dropout",
    "dropout_W": "dropout",
    "filter_length": "kernel_size",
    "gamma_init": "gamma_initializer",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "nb_filter": "filters",
    "subsample": "strides",
    "subsample_length": "strides",
}
"""Keywords of Keras 1 and what they are called since, whatever the layer."""

RENAMED_IN: dict[str, dict[str, str]] = {
    "Dense": {"output_dim": "units"},
    **{name: {"output_dim": "units"} for name in _RECURRENT},
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    **{name: {"pool_length": "pool_size", "stride": "strides"} for name in _POOLINGS},
    **{name: {"p": "rate"} for name in ("Dropout", "GaussianDropout", "AlphaDropout")},
    **{f"SpatialDropout{rank}D": {"p": "rate"} for rank in (1, 2, 3)},
    "GaussianNoise": {"sigma": "stddev"},
    "UpSampling1D": {"length": "size"},
    "PReLU": {"init": "alpha_initializer"},
    "SeparableConv2D": {"init": "depthwise_initializer"},
    "CategoryEncoding": {"max_tokens": "num_tokens"},
}
"""Keywords that were renamed in some layers only."""

KERNEL_PARTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("Conv2D", "Conv2DTranspose", "SeparableConv2D", "ConvLSTM2D", "LocallyConnected2D"),
        ("nb_row", "nb_col"),
    ),
    "Conv3D": ("kernel_dim1", "kernel_dim2", "kernel_dim3"),
}
"""Keywords of Keras 1 that together became `kernel_size`."""

DROPPED: dict[int, frozenset[str]] = {
    1: _words(
        """
        weights input_length batch_input_shape input_dtype batch_size create_input_layer
        consume_less forget_bias_init unroll_rnn mode implementation dropout
        """
    ),
    2: _words(
        """
        weights input_length batch_input_shape input_dtype batch_size input_spec dynamic
        implementation fused virtual_batch_size adjustment experimental_autocast
        """
    ),
    3: frozenset(),
}
"""Keywords of a generation that change neither a weight nor a shape, and are no more."""

OLD_KEYWORDS = frozenset(
    {*RENAMED, "nb_row", "nb_col", "kernel_dim1", "kernel_dim2", "kernel_dim3", "pool_length"}
    | {"consume_less", "forget_bias_init"}
) - {"init", "bias"}
"""Keywords that only Keras 1 had: a file that uses one is written for it."""

# --- positions -----------------------------------------------------------------------------------

_TAIL = "W_regularizer b_regularizer activity_regularizer W_constraint b_constraint bias"
_CONV = f"init activation weights border_mode subsample dim_ordering {_TAIL}"
_CELL = "W_regularizer U_regularizer b_regularizer dropout_W dropout_U"


def _spread(table: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(text.split()) for name, text in table.items()}


POSITIONS: dict[int, dict[str, tuple[str, ...]]] = {
    1: _spread(
        {
            "Dense": f"output_dim init activation weights {_TAIL} input_dim",
            "Embedding": "input_dim output_dim init input_length W_regularizer"
            " activity_regularizer W_constraint mask_zero weights dropout",
            "Conv1D": "nb_filter filter_length init activation weights border_mode subsample_length"
            f" {_TAIL} input_dim input_length",
            "Conv2D": f"nb_filter nb_row nb_col {_CONV}",
            "Conv3D": f"nb_filter kernel_dim1 kernel_dim2 kernel_dim3 {_CONV}",
            "SeparableConv2D": "nb_filter nb_row nb_col init activation weights border_mode"
            " subsample depth_multiplier dim_ordering",
            "LocallyConnected1D": "nb_filter filter_length init activation weights border_mode"
            f" subsample_length {_TAIL} input_dim input_length",
            "LocallyConnected2D": f"nb_filter nb_row nb_col {_CONV}",
            "ConvLSTM2D": "nb_filter nb_row nb_col init inner_init forget_bias_init activation"
            f" inner_activation dim_ordering border_mode subsample {_CELL}",
            "MaxPooling1D": "pool_length stride border_mode",
            "AveragePooling1D": "pool_length stride border_mode",
            "SimpleRNN": f"output_dim init inner_init activation {_CELL}",
            "GRU": f"output_dim init inner_init activation inner_activation {_CELL}",
            "LSTM": "output_dim init inner_init forget_bias_init activation inner_activation"
            f" {_CELL}",
            "BatchNormalization": "epsilon mode axis momentum weights beta_init gamma_init"
            " gamma_regularizer beta_regularizer",
            "PReLU": "init weights shared_axes",
        }
    ),
    2: _spread(
        {
            "Embedding": "input_dim output_dim embeddings_initializer embeddings_regularizer"
            " activity_regularizer embeddings_constraint mask_zero input_length",
        }
    ),
}
"""Positional parameters of a generation, where they differ from those of Keras 3."""

# --- defaults, values, classes -------------------------------------------------------------------

DEFAULTS: dict[int, dict[str, dict[str, Any]]] = {
    1: {"GRU": {"reset_after": False}, "GRUCell": {"reset_after": False}},
    2: {},
}
for _older in DEFAULTS.values():
    _older["AveragePooling1D"] = {"pool_size": 2}
    _older["AveragePooling2D"] = {"pool_size": (2, 2)}
    _older["AveragePooling3D"] = {"pool_size": (2, 2, 2)}

DATA_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": None}

CLASSES: dict[str, str] = {
    "ConvRecurrent2D": "ConvLSTM2D",
    "Deconv2D": "Conv2DTranspose",
    "Deconv3D": "Conv3DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "SyncBatchNormalization": "BatchNormalization",
}
"""Classes of older generations that are another class by another name."""

SUCCESSORS: dict[str, str] = {
    "AtrousConvolution1D": "Conv1D(dilation_rate=…)",
    "AtrousConvolution2D": "Conv2D(dilation_rate=…)",
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
    "Deconvolution2D": "Conv2DTranspose",
    "DenseFeatures": "keras.utils.FeatureSpace",
    "Highway": "a layer of your own",
    "LocallyConnected1D": "Conv1D",
    "LocallyConnected2D": "Conv2D",
    "MaxoutDense": "Dense, Reshape and Maximum",
    "Merge": "Add, Concatenate, Dot …",
    "ParametricSoftplus": "PReLU",
    "RandomFourierFeatures": "a layer of your own",
    "RandomHeight": "RandomZoom",
    "RandomWidth": "RandomZoom",
    "SReLU": "PReLU",
    "ThresholdedReLU": "ReLU(threshold=…)",
    "TimeDistributedDense": "Dense",
    **CLASSES,
}
"""Layers that Keras 3 no longer has, and what to use in their place."""


ONLY_KERAS_1 = frozenset({"Merge", "ParametricSoftplus", "SReLU", "TimeDistributedDense"})


def successor(name: str, keyword: str) -> str | None:
    """What a keyword of an older generation is called in Keras 3, if it was renamed."""
    if keyword in KERNEL_PARTS.get(name, ()):
        return "kernel_size"
    return RENAMED_IN.get(name, {}).get(keyword) or RENAMED.get(keyword)


def was_removed(keyword: str) -> bool:
    """Whether an older generation had a keyword that Keras 3 has not."""
    dropped = keyword in DROPPED[1] or keyword in DROPPED[2]
    return dropped or keyword in OLD_KEYWORDS or keyword in ("time_major", "init", "bias")


def reads_as_strides(name: str, args: tuple[Any, ...]) -> bool:
    """Whether a call such as `Conv2D(32, 3, 3)` meant a kernel of 3 x 3 in Keras 1."""
    names = POSITIONS[1].get(name, ())
    parts = KERNEL_PARTS.get(name, ())
    if not parts or ("nb_row" not in names and "kernel_dim1" not in names):
        return False
    sizes = args[1 : 1 + len(parts)]
    return len(sizes) == len(parts) and all(isinstance(size, (int, Poly)) for size in sizes)


# --- translation ---------------------------------------------------------------------------------


def adapt(
    name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], generation: int
) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
    """A call in an older generation's spelling as one of the declaration's parameters."""
    name = CLASSES.get(name, name)
    if generation >= 3:
        return name, args, dict(kwargs)
    names = _positions(name, args, generation)
    arguments = _named(name, names, args, kwargs) if names else dict(kwargs)
    rest = () if names else args
    own = frozenset(LAYERS[name].parameters)
    arguments = _renamed(name, arguments, own)
    _check_layout(arguments)
    for keyword in (DROPPED[generation] & arguments.keys()) - own:
        del arguments[keyword]
    for keyword, default in DEFAULTS[generation].get(name, {}).items():
        if not (rest and keyword == "pool_size"):
            arguments.setdefault(keyword, default)
    return (name, *_coerced(name, rest, arguments, generation))


def _positions(name: str, args: tuple[Any, ...], generation: int) -> tuple[str, ...]:
    """How the positional arguments are called, where not as in Keras 3."""
    names = POSITIONS[generation].get(name, ())
    if len(args) < 2 or not names:
        return ()
    parts = KERNEL_PARTS.get(name, ())
    # A kernel as a tuple, or as one number with nothing behind it, is Keras 2's spelling.
    if generation == 1 and parts and not reads_as_strides(name, args):
        return ()
    return names


def _named(
    name: str, names: tuple[str, ...], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    if len(args) > len(names):
        raise Fault("argument", f"{name} takes {len(names)} positional arguments", value=args)
    arguments = dict(zip(names, args, strict=False))
    twice = arguments.keys() & kwargs.keys()
    if twice:
        keyword = min(twice)
        raise Fault("argument", f"`{keyword}` is given twice", argument=keyword)
    return {**arguments, **kwargs}


def _renamed(name: str, arguments: Mapping[str, Any], own: frozenset[str]) -> dict[str, Any]:
    """Arguments under the names that the declaration has for them."""
    special = RENAMED_IN.get(name, {})
    parts = KERNEL_PARTS.get(name, ())
    result: dict[str, Any] = {}
    for keyword, value in arguments.items():
        if keyword in parts:
            continue
        if keyword in own:
            result[keyword] = value
            continue
        if keyword == "dim_ordering":
            value = DATA_FORMATS.get(value, value) if isinstance(value, str) else value
        result[special.get(keyword) or RENAMED.get(keyword, keyword)] = value
    if any(part in arguments for part in parts):
        result["kernel_size"] = _kernel(name, parts, arguments)
    return result


def _kernel(name: str, parts: tuple[str, ...], arguments: Mapping[str, Any]) -> tuple[Any, ...]:
    missing = [part for part in parts if part not in arguments]
    if missing:
        raise Fault("argument", f"{name} needs `{missing[0]}`", argument=missing[0])
    return tuple(arguments[part] for part in parts)


def _check_layout(arguments: Mapping[str, Any]) -> None:
    """Two options of older generations change shapes in a way that is not followed here."""
    if arguments.get("padding") == "full":
        raise Undetermined(Unknown("padding 'full' is not followed"))
    if arguments.get("time_major"):
        raise Undetermined(Unknown("time_major=True is not followed"))


# --- values --------------------------------------------------------------------------------------


def _as_int(value: Any) -> Any:
    """What `int()` makes of a number or a numeral; anything else stays what it is."""
    if not isinstance(value, (float, str)):
        return value
    try:
        return int(value)
    except (ValueError, OverflowError):
        return value


def _float_as_int(value: Any) -> Any:
    return _as_int(value) if isinstance(value, float) else value


def _lowered(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _causal_as_same(value: Any) -> Any:
    """Causal padding gives the sizes that "same" gives."""
    return "same" if _lowered(value) == "causal" else value


# What Keras 2 takes for one group.
_NO_GROUPS = (0, None)

COERCIONS: dict[str, tuple[int, str, Callable[[Any], Any]]] = {
    "Dense": (0, "units", _as_int),
    **{name: (0, "filters", _float_as_int) for name in _CONVOLUTIONS if "Depth" not in name},
    **dict.fromkeys(_POOLINGS, (2, "padding", _lowered)),
}
"""What Keras 2 makes of a value before it looks at it: position, keyword, conversion."""


def _coerced(
    name: str, args: tuple[Any, ...], arguments: dict[str, Any], generation: int
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    arguments.pop("time_major", None)
    if name in _RECURRENT:
        # It changes no shape, and only Keras 3 refuses to run it both ways.
        arguments.pop("go_backwards", None)
    if generation == 2 and "groups" in arguments and arguments["groups"] in _NO_GROUPS:
        arguments["groups"] = 1
    if generation == 2 and name == "SeparableConv1D" and "padding" in arguments:
        arguments["padding"] = _causal_as_same(arguments["padding"])
    if name not in COERCIONS or (generation == 1 and name not in _POOLINGS):
        return args, arguments
    position, keyword, convert = COERCIONS[name]
    if keyword in arguments:
        arguments[keyword] = convert(arguments[keyword])
    elif len(args) > position:
        args = (*args[:position], convert(args[position]), *args[position + 1 :])
    return args, arguments
