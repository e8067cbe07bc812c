"""Layers that rearrange, repeat, cut or pad, and hold no weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from flake8_paramcount.dims import Dim, Poly, equal, floordiv, less, product, text
from flake8_paramcount.keras.layer import Built, Fault, Shape, built, layer
from flake8_paramcount.keras.shapes import (
    Image,
    Size,
    axis_label,
    exhausted,
    image,
    indivisible,
    is_channels_first,
    known,
    plus,
    refuse,
    size,
    size_of,
    sizes,
    times,
)
from flake8_paramcount.unknown import Unknown

# Signatures are those of the Keras classes, so they are laid out to be compared, not one per line.
# fmt: off


@layer()
def Flatten(x: Shape, data_format: Any = None) -> Built:
    """All axes but the batch in one, keras.layers.Flatten."""
    is_channels_first(data_format)
    batch, *rest = x.of_min_rank(1)
    return built(Shape((batch, product(rest))))


@layer()
def Reshape(x: Shape, target_shape: Any) -> Built:
    """The same elements in another shape, keras.layers.Reshape."""
    if isinstance(target_shape, Unknown):
        return built(Shape(target_shape))
    target = _target(target_shape)
    batch, *rest = x.of_min_rank(1)
    return built(Shape((batch, *_reshaped(rest, target))))


@layer()
def Permute(x: Shape, dims: Any) -> Built:
    """Axes in another order, counted from 1 without the batch, keras.layers.Permute."""
    order = known(dims)
    if not isinstance(order, tuple) or not _is_permutation(order):
        refuse("dims", dims)
    shape = x.of_rank(len(order) + 1)
    return built(Shape((shape[0], *(shape[axis] for axis in order))))


@layer()
def RepeatVector(x: Shape, n: Any) -> Built:
    """A vector repeated along a new time axis, keras.layers.RepeatVector."""
    times_ = size(n, "n", bools=False)
    batch, features = x.of_rank(2)
    return built(Shape((batch, times_, features)))


@layer()
def Cropping1D(x: Shape, cropping: Any = (1, 1)) -> Built:
    """Cuts time steps off both ends, keras.layers.Cropping1D."""
    cut = sizes(cropping, 2, "cropping", minimum=0)
    return _cropped(image(x.of_rank(3), None), (cut,))


@layer()
def Cropping2D(x: Shape, cropping: Any = ((0, 0), (0, 0)), data_format: Any = None) -> Built:
    """Cuts the edges off images, keras.layers.Cropping2D."""
    is_channels_first(data_format)
    cut = _pairs(cropping, 2, "cropping")
    return _cropped(image(x.of_rank(4), data_format), cut)


@layer()
def Cropping3D(
    x: Shape, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None
) -> Built:
    """Cuts the edges off volumes, keras.layers.Cropping3D."""
    is_channels_first(data_format)
    cut = _pairs(cropping, 3, "cropping")
    return _cropped(image(x.of_rank(5), data_format), cut)


@layer()
def UpSampling1D(x: Shape, size: Any = 2) -> Built:
    """Repeats time steps, keras.layers.UpSampling1D."""
    factor = _size(size, "size", bools=False)
    return _repeated(image(x.of_rank(3), None), (factor,))


@layer()
def UpSampling2D(
    x: Shape, size: Any = (2, 2), data_format: Any = None, interpolation: Any = "nearest"
) -> Built:
    """Repeats or interpolates pixels, keras.layers.UpSampling2D."""
    is_channels_first(data_format)
    factors = sizes(size, 2, "size")
    if not isinstance(interpolation, (str, Unknown)):
        refuse("interpolation", interpolation)
    return _repeated(image(x.of_rank(4), data_format), factors)


@layer()
def UpSampling3D(x: Shape, size: Any = (2, 2, 2), data_format: Any = None) -> Built:
    """Repeats voxels, keras.layers.UpSampling3D."""
    is_channels_first(data_format)
    factors = sizes(size, 3, "size")
    return _repeated(image(x.of_rank(5), data_format), factors)


@layer()
def ZeroPadding1D(x: Shape, padding: Any = 1, data_format: Any = None) -> Built:
    """Adds zeros at both ends of time, keras.layers.ZeroPadding1D."""
    is_channels_first(data_format)
    added = sizes(padding, 2, "padding", minimum=0)
    return _padded(image(x.of_rank(3), data_format), (added,))


@layer()
def ZeroPadding2D(x: Shape, padding: Any = (1, 1), data_format: Any = None) -> Built:
    """Adds zeros around images, keras.layers.ZeroPadding2D."""
    is_channels_first(data_format)
    added = _pairs(padding, 2, "padding", signed=True)
    return _padded(image(x.of_rank(4), data_format), added)


@layer()
def ZeroPadding3D(
    x: Shape, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None
) -> Built:
    """Adds zeros around volumes, keras.layers.ZeroPadding3D."""
    is_channels_first(data_format)
    added = _pairs(padding, 3, "padding", signed=True)
    return _padded(image(x.of_rank(5), data_format), added)

# fmt: on


Pair: TypeAlias = "tuple[Size, ...]"

_size = size  # UpSampling's own parameter is called `size`


def _pairs(value: Any, rank: int, name: str, *, signed: bool = False) -> tuple[Pair, ...]:
    """What is cut off or added before and behind every axis.

    One number stands for all of them; Keras lets a negative one pass where it pads.
    """
    if isinstance(value, Unknown):
        parts = (value.derive(("axis", axis), None) for axis in range(rank))
        return tuple((size_of(part, 0),) * 2 for part in parts)
    if isinstance(value, (int, Poly)):
        amount = value if signed else size(value, name, minimum=0)
        return ((amount, amount),) * rank
    if not isinstance(value, tuple) or len(value) != rank:
        refuse(name, value)
    return tuple(_pair(part, value, name) for part in value)


def _pair(part: Any, whole: Any, name: str) -> Pair:
    try:
        return sizes(part, 2, name, minimum=0)
    except Fault:
        refuse(name, whole)


def _cropped(x: Image, cut: Sequence[Pair]) -> Built:
    return built(Shape(x.dims(spatial=[_cut(x, index, pair) for index, pair in enumerate(cut)])))


def _cut(x: Image, index: int, pair: Pair) -> Dim:
    length, lost = x.spatial[index], plus(*pair)
    if length is None or lost is None:
        return None
    if less(lost, length) is False:
        raise exhausted(
            f"cropping {text(lost)}",
            axis=x.first_axis + index,
            label=axis_label(index, len(x.spatial)),
            size=length,
            needed=plus(lost, 1),
        )
    return length - lost


def _repeated(x: Image, factors: Sequence[Size]) -> Built:
    pairs = zip(x.spatial, factors, strict=True)
    return built(Shape(x.dims(spatial=[times(length, factor) for length, factor in pairs])))


def _padded(x: Image, added: Sequence[Pair]) -> Built:
    spatial = [plus(length, *pair) for length, pair in zip(x.spatial, added, strict=True)]
    for index, length in enumerate(spatial):
        if length is not None and less(length, 0):
            raise exhausted(
                "negative padding",
                axis=x.first_axis + index,
                label=axis_label(index, len(spatial)),
                size=x.spatial[index],
                needed=times(-1, plus(*added[index])),
            )
    return built(Shape(x.dims(spatial=spatial)))


def _is_permutation(order: Sequence[Any]) -> bool:
    axes = [known(axis) for axis in order]
    if not all(isinstance(axis, int) for axis in axes):
        return False
    return sorted(axes) == list(range(1, len(axes) + 1))


# --- Reshape -------------------------------------------------------------------------------------


class _Free:
    """The -1 in a target shape: whatever is left over."""


FREE = _Free()
Part: TypeAlias = "int | Poly | _Free | Unknown | None"


def _target(target_shape: Any) -> tuple[Part, ...]:
    if isinstance(target_shape, str):
        target_shape = tuple(target_shape)
    if not isinstance(target_shape, tuple):
        refuse("target_shape", target_shape, f"`target_shape` must be a tuple: {target_shape!r}")
    if any(isinstance(part, int) and part < -1 for part in target_shape):
        refuse("target_shape", target_shape)
    target = tuple(map(_part, target_shape))
    if target.count(FREE) > 1:
        raise Fault("reshape", f"more than one -1 in {target_shape}", target=target_shape)
    return target


def _part(part: Any) -> Part:
    if isinstance(part, int):
        return FREE if part == -1 else int(part)
    # What is no integer at all Keras takes for a size that is free at run time.
    return part if isinstance(part, (Poly, Unknown)) else None


def _dim(part: Part) -> Dim:
    if isinstance(part, Unknown):
        return size_of(part)
    return None if isinstance(part, _Free) else part


def _reshaped(source: Sequence[Dim], target: Sequence[Part]) -> tuple[Dim, ...]:
    """The target, with the one size that it leaves open worked out from the element count."""
    gap = _gap(target)
    whole = product(source)
    stated = [_dim(part) for index, part in enumerate(target) if index != gap]
    filled = product(stated)
    if whole is None or filled is None:
        return tuple(map(_dim, target))
    if gap is None:
        if equal(whole, filled) is False:
            raise _misfit(whole, filled, source, target)
        return tuple(stated)
    if equal(filled, 0) or indivisible(whole, filled):
        raise _misfit(whole, filled, source, target)
    stated.insert(gap, floordiv(whole, filled))
    return tuple(stated)


def _gap(target: Sequence[Part]) -> int | None:
    """Where the size stands that follows from the others: the -1, or the only unknown one."""
    if FREE in target:
        return target.index(FREE)
    unknown = [index for index, part in enumerate(target) if isinstance(part, Unknown)]
    return unknown[0] if len(unknown) == 1 and 0 not in target else None


def _misfit(whole: Dim, filled: Dim, source: Sequence[Dim], target: Sequence[Part]) -> Fault:
    wanted = tuple(-1 if isinstance(part, _Free) else _dim(part) for part in target)
    return Fault(
        "reshape",
        f"{text(whole)} elements do not fit {wanted}",
        source=tuple(source),
        target=wanted,
        elements=whole,
        wanted=filled,
    )
