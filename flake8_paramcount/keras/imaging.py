"""What image layers check of their arguments, and the arithmetic of image sizes."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.dims import Dim, equal, text
from flake8_paramcount.keras.layer import Fault, Shape
from flake8_paramcount.keras.shapes import is_channels_first, refuse, size
from flake8_paramcount.keras.values import above, below, number, option, within

FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("nearest", "bilinear")

# --- arguments -----------------------------------------------------------------------------------


def side(value: Any, name: str) -> Dim:
    """A stated height or width; Keras lets None through."""
    return None if value is None else size(value, name, minimum=0)


def whole(value: Any, name: str) -> None:
    """Refuse what `int()` refuses."""
    if value is None or isinstance(value, (tuple, list)):
        refuse(name, value)


def pair(value: Any, name: str) -> None:
    """A range is a pair."""
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return
    if value is None or isinstance(value, (int, float, str, tuple, list)):
        refuse(name, value)


def reaches(factor: Any, lower: float, upper: float, name: str) -> None:
    """A factor is a number in a range, or a pair that reaches into it."""
    if not isinstance(factor, (tuple, list)):
        within(factor, lower, upper, name)
        return
    pair(factor, name)
    if _number(factor[0]) and above(factor[0], upper):
        refuse(name, factor)
    if _number(factor[1]) and below(factor[1], lower):
        refuse(name, factor)


def each_within(
    factor: Any, lower: float, upper: float, name: str, *, open_below: bool = False
) -> None:
    """A factor is a number in a range, or a pair of them."""
    if isinstance(factor, (tuple, list)):
        pair(factor, name)
    for part in factor if isinstance(factor, (tuple, list)) else (factor,):
        within(part, lower, upper, name)
        if open_below and _number(part) and part == lower:
            refuse(name, factor)


def or_zero(factor: Any) -> Any:
    """Some layers read any factor that counts as false as 0."""
    return 0.0 if factor is None or factor == () else factor


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))


def check_filling(fill_mode: Any, interpolation: Any) -> None:
    """How pixels from outside are made up."""
    option(fill_mode, "fill_mode", FILL_MODES)
    option(interpolation, "interpolation", INTERPOLATIONS)


def check_odd(kernel_size: Any) -> None:
    """A blur's kernel has a middle."""
    parts = kernel_size if isinstance(kernel_size, (tuple, list)) else (kernel_size,)
    if isinstance(kernel_size, (tuple, list)):
        pair(kernel_size, "kernel_size")
    for part in parts:
        if number(part, "kernel_size") and _number(part) and part % 2 == 0:
            refuse("kernel_size", kernel_size)


# --- shapes --------------------------------------------------------------------------------------


def check_image_rank(x: Shape) -> None:
    """An image, or a batch of them."""
    if x.rank not in (3, 4):
        message = f"expected ndim=3 or 4, found ndim={x.rank}"
        raise Fault("rank", message, expected=4, found=x.rank)


def check_three_channels(channels: Dim) -> None:
    """Colour takes three channels."""
    if channels is not None and equal(channels, 3) is False:
        raise Fault("input", f"expected 3 channels, found {text(channels)}", found=channels)


def with_sides(x: Shape, height: Dim, width: Dim, channels_first: bool) -> Shape:
    """The shape with other heights and widths, counted from the end."""
    dims = list(x.dims)
    row = -2 if channels_first else -3
    dims[row], dims[row + 1] = height, width
    return Shape(dims)


def resized(x: Shape, height: Dim, width: Dim, data_format: Any) -> Shape:
    """What Resizing states: it takes every rank but 4 for a single image."""
    first = 1 if is_channels_first(data_format) else 0
    dims = list(x.of_min_rank(first + 2))
    row = first + (len(dims) == 4)
    dims[row], dims[row + 1] = height, width
    return Shape(dims)
