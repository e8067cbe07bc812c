"""`keras.applications.imagenet_utils`: what the models of ImageNet, and copies of them, share."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.interpreter.construct import plain, shape_of
from flake8_paramcount.interpreter.deciding import equals
from flake8_paramcount.interpreter.run import Raised
from flake8_paramcount.interpreter.signatures import Call, extent, known, whole
from flake8_paramcount.interpreter.values import DictObject, ListObject, Qualified, Value
from flake8_paramcount.keras.admission import Image, Wanted, obtained
from flake8_paramcount.keras.applications import halving
from flake8_paramcount.keras.layer import Fault, Shape
from flake8_paramcount.keras.shapes import opaque
from flake8_paramcount.unknown import Unknown

_MODULES = (
    "keras.applications.imagenet_utils",
    "keras_applications.imagenet_utils",
    "keras_applications",
)

_SUBMODULES = ("backend", "layers", "models", "utils")


def _paths(*names: str) -> list[str]:
    return [f"{module}.{name}" for module in _MODULES for name in names]


@known(*_paths("obtain_input_shape", "_obtain_input_shape"))
def obtain_input_shape(
    call: Call,
    input_shape: Value,
    default_size: Value,
    min_size: Value,
    data_format: Value = "channels_last",
    require_flatten: Value = True,
    weights: Value = None,
    **older: Value,
) -> Value:
    """The shape of a model's images: as it is stated, or what Keras takes where nothing is.

    Before Keras 2.1 a model with its classifier was taken for a pretrained one.
    """
    run = call.run
    first = _is_first(call, older.get("dim_ordering", data_format))
    pretrained = "include_top" in older or equals(run, weights, "imagenet")
    top = run.truth(older.get("include_top", require_flatten))
    if isinstance(input_shape, Unknown) and not pretrained:
        return input_shape
    wanted = Wanted("the model", extent(default_size), extent(min_size), top, pretrained)
    try:
        height, width, channels = obtained(wanted, _given(call, input_shape, wanted, first=first))
    except Fault:
        raise Raised("ValueError") from None
    return (channels, height, width) if first else (height, width, channels)


def _is_first(call: Call, data_format: Value) -> bool:
    """Whether a data format puts the channels first; Keras 1 called that `th`."""
    return any(equals(call.run, data_format, name) for name in ("channels_first", "th"))


def _given(call: Call, value: Value, wanted: Wanted, *, first: bool) -> Image | None:
    """The stated shape with its channels at the end; None if there is none."""
    whole_model = wanted.top and wanted.pretrained
    if value is None or (whole_model and isinstance(value, Unknown)):
        return None
    if isinstance(value, Unknown):
        # Pretrained weights have three channels, whatever the image.
        return (opaque(value.reason), opaque(value.reason), 3)
    if whole_model and isinstance(value, ListObject):
        raise Fault("argument", "Keras compares what it is given with a tuple")
    dims = shape_of(call.run, value).dims
    return (*dims[1:], *dims[:1]) if first else dims


@known(*_paths("get_submodules_from_kwargs"))
def get_submodules_from_kwargs(call: Call, kwargs: Value) -> Value:
    """The modules of the Keras to work with: those given, or those of the one that is there."""
    given = call.settle(kwargs)
    state = call.run.journal.read(given) if isinstance(given, DictObject) else {}
    return tuple(state.get(name, Qualified(f"keras.{name}")) for name in _SUBMODULES)


@known(*_paths("correct_pad"))
def correct_pad(call: Call, *values: Value, **options: Value) -> Value:
    """The padding in front of a convolution that halves an image."""
    # The package of its own takes the backend first.
    inputs, kernel_size = (*values, *options.values())[-2:]
    x = inputs.shape
    if _is_first(call, call.settle(call.run.session.state["image_data_format"])):
        batch, channels, *sizes = x.of_rank(4)
        x = Shape((batch, *sizes, channels))
    kernel: Any = plain(call.run, kernel_size)
    rows, columns = kernel if type(kernel) is tuple else (kernel, kernel)
    return (halving(x, whole(rows))[0], halving(x, whole(columns))[1])


@known(*_paths("validate_activation"))
def validate_activation(call: Call, classifier_activation: Value, weights: Value) -> Value:
    """Pretrained weights go with `softmax` or no activation at all."""
    activation = plain(call.run, classifier_activation)
    refused = isinstance(activation, str) and activation not in ("softmax", "linear")
    if refused and isinstance(plain(call.run, weights), str):
        raise Raised("ValueError")
    return None
