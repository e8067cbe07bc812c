"""What the constructors of `keras.applications` accept, and the image that their model takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

from flake8_paramcount.dims import Dim, equal, less
from flake8_paramcount.keras.applications import Architecture
from flake8_paramcount.keras.layer import Fault
from flake8_paramcount.unknown import Undetermined, Unknown

Image: TypeAlias = "tuple[Dim, ...]"

# Widths for which there are pretrained weights.
_ALPHAS = {
    "MobileNet": (0.25, 0.5, 0.75, 1.0),
    "MobileNetV2": (0.35, 0.5, 0.75, 1.0, 1.3, 1.4),
    "MobileNetV3Large": (0.75, 1.0),
    "MobileNetV3Small": (0.75, 1.0),
}
# Sides of images for which there are pretrained weights; any other means the default.
SIDES = {"MobileNet": (128, 160, 192, 224), "MobileNetV2": (96, 128, 160, 192, 224)}

# Constructors that refuse `channels_first`.
_LAST_ONLY = ("ConvNeXt", "DenseNet", "NASNet")

CLASSES = 1000
"""The classes of ImageNet."""


class Wanted(NamedTuple):
    """What a model wants of its images: the usual side and the smallest, top and weights."""

    name: str
    side: Dim
    smallest: Dim
    top: bool
    pretrained: bool


def refuse(name: str, argument: str, value: Any, message: str) -> Fault:
    """The fault of an argument that a constructor refuses."""
    return Fault("argument", message, argument=argument, value=value, layer=name)


def check(what: Architecture, values: Mapping[str, Any], data_format: str) -> None:
    """Raise a fault where Keras provably refuses the arguments."""
    if data_format != "channels_last":
        _check_format(what, data_format)
    if values["weights"] == "imagenet":
        _check_pretrained(what, values)
    if values["include_top"] and isinstance(values["weights"], str):
        activation = values["classifier_activation"]
        if isinstance(activation, str) and activation not in ("softmax", "linear"):
            message = "pretrained weights go with `softmax` or None only"
            raise refuse(what.name, "classifier_activation", activation, message)


def _check_format(what: Architecture, data_format: Any) -> None:
    if data_format == "channels_first" and what.name.startswith(_LAST_ONLY):
        raise refuse(what.name, "data_format", data_format, f"{what.name} has no `channels_first`")
    raise Undetermined(Unknown("applications are followed with channels last only"))


def _check_pretrained(what: Architecture, values: Mapping[str, Any]) -> None:
    classes = values["classes"]
    if values["include_top"] and isinstance(classes, int) and classes != CLASSES:
        message = f"the classifier of `imagenet` has {CLASSES:,} classes"
        raise refuse(what.name, "classes", classes, message)
    multiplier = values.get("depth_multiplier", 1)
    if isinstance(multiplier, (int, float)) and multiplier != 1:
        message = "there are weights of `imagenet` for a depth multiplier of 1 only"
        raise refuse(what.name, "depth_multiplier", multiplier, message)
    allowed = (1.0,) if values.get("minimalistic") else _ALPHAS.get(what.name)
    alpha = values.get("alpha")
    if allowed is not None and isinstance(alpha, (int, float)) and alpha not in allowed:
        texts = ", ".join(map(str, allowed))
        raise refuse(what.name, "alpha", alpha, f"there are weights of `imagenet` for {texts} only")


def image(what: Architecture, values: Mapping[str, Any], given: Image | None) -> Image:
    """The shape of the images that a model takes, without the batch.

    `given` is what `input_shape` states. Raises a fault where Keras refuses it.
    """
    top, pretrained = values["include_top"], as_trained(what, values)
    wanted = Wanted(what.name, 0, what.min_size, top, pretrained)
    if what.name.startswith("MobileNetV3"):
        return _checked(wanted, given or (None, None, 3))
    if what.name == "NASNetMobile" and not top and not given:
        given = (224, 224, 3)
    if given and None in given and pretrained and what.name.startswith("NASNet"):
        raise _unstated(wanted, given)
    return obtained(wanted._replace(side=default_side(what, given)), given)


def as_trained(what: Architecture, values: Mapping[str, Any]) -> bool:
    """Whether the image must be one that the pretrained weights go with."""
    # There are weights for several images, and Keras does not ask which is meant.
    return values["weights"] == "imagenet" and not what.name.startswith("ResNetRS")


def default_side(what: Architecture, given: Image | None) -> int:
    """The side of the images, where nothing else is said."""
    sides = SIDES.get(what.name, ())
    if given and given[0] in sides and given[0] == given[1]:
        return given[0]  # type: ignore[return-value]
    return what.default_size or 224


def obtained(wanted: Wanted, given: Image | None) -> Image:
    """The shape of the images: what `keras.applications.imagenet_utils` has for all models."""
    default = (wanted.side, wanted.side, 3)
    if wanted.top and wanted.pretrained:
        return default if given is None else _as_pretrained(wanted, given, default)
    if not given:
        return default if wanted.top else (None, None, 3)
    _check_rank(wanted, given)
    if None in given and wanted.top:
        raise _unstated(wanted, given)
    return _checked(wanted, given)


def _check_rank(wanted: Wanted, given: Image) -> None:
    if len(given) != 3:
        message = "an image has height, width and channels"
        raise refuse(wanted.name, "input_shape", given, message)


def _unstated(wanted: Wanted, given: Image) -> Fault:
    return refuse(wanted.name, "input_shape", given, "the size of the image must be stated")


def _as_pretrained(wanted: Wanted, given: Image, default: Image) -> Image:
    """The shape that the pretrained classifier needs."""
    _check_rank(wanted, given)
    answers = [equal(one, other) for one, other in zip(given, default, strict=True)]
    if None in given or False in answers:
        message = f"with the classifier of `imagenet` it is {default}"
        raise refuse(wanted.name, "input_shape", given, message)
    return default


def _checked(wanted: Wanted, given: Image) -> Image:
    """A stated shape that is large enough and has the channels that the weights have."""
    _check_rank(wanted, given)
    if wanted.pretrained and equal(given[2], 3) is False:
        raise refuse(wanted.name, "input_shape", given, "the weights of `imagenet` take 3 channels")
    smallest = wanted.smallest
    if any(size is not None and less(size, smallest) for size in given[:2]):
        message = f"the image must be at least {smallest}×{smallest}"
        raise refuse(wanted.name, "input_shape", given, message)
    return given
