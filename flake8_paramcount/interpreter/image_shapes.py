"""Functions on tensors that are images, channels last or first."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.dims import Dim, floordiv, product
from flake8_paramcount.interpreter.construct import shape_of
from flake8_paramcount.interpreter.signatures import Call, extent, whole
from flake8_paramcount.interpreter.tensor_shapes import gives, sizes_of
from flake8_paramcount.interpreter.values import Value


def _is_last(call: Call, data_format: Value) -> bool:
    """Whether channels come last, where nothing is said by the session's setting."""
    if data_format is None:
        data_format = call.settle(call.run.session.state["image_data_format"])
    if data_format not in ("channels_last", "channels_first", "NHWC", "NCHW"):
        raise TypeError("an order of axes that is not known")
    return data_format in ("channels_last", "NHWC")


def _resized(call: Call, x: Value, size: tuple[Dim, ...], data_format: Value) -> tuple[Dim, ...]:
    sizes = sizes_of(call, x)
    if len(sizes) not in (3, 4):
        raise ValueError("no images")
    if _is_last(call, data_format):
        return (*sizes[:-3], *size, sizes[-1])
    return (*sizes[:-2], *size)


def _size(call: Call, size: Value) -> tuple[Dim, ...]:
    return tuple(shape_of(call.run, size).dims)


@gives("keras.ops.image.resize")
def resize(
    call: Call,
    images: Value,
    size: Value,
    interpolation: Value = "bilinear",
    antialias: Value = False,
    crop_to_aspect_ratio: Value = False,
    pad_to_aspect_ratio: Value = False,
    fill_mode: Value = "constant",
    fill_value: Value = 0.0,
    data_format: Value = None,
) -> Any:
    return _resized(call, images, _size(call, size), data_format)


@gives("resize", "resize_bilinear", "resize_nearest_neighbor", "resize_bicubic", "resize_images")
def resize_with_tensorflow(
    call: Call,
    images: Value,
    size: Value,
    method: Value = None,
    preserve_aspect_ratio: Value = False,
    **options: Value,
) -> Any:
    if call.truth(preserve_aspect_ratio):
        raise TypeError("a size that depends on the image")
    return _resized(call, images, _size(call, size), "channels_last")


@gives("resize_with_pad", "resize_with_crop_or_pad")
def resize_to(call: Call, image: Value, height: Value, width: Value, *rest: Value) -> Any:
    return _resized(call, image, (extent(height), extent(width)), "channels_last")


@gives("keras.backend.resize_images")
def resize_by_factors(
    call: Call,
    x: Value,
    height_factor: Value,
    width_factor: Value,
    data_format: Value = None,
    interpolation: Value = "nearest",
) -> Any:
    sides = sizes_of(call, x)[1:3] if _is_last(call, data_format) else sizes_of(call, x)[2:4]
    factors = (extent(height_factor), extent(width_factor))
    return _resized(call, x, tuple(map(product, zip(sides, factors, strict=True))), data_format)


@gives("rgb_to_grayscale")
def rgb_to_grayscale(call: Call, images: Value, data_format: Value = "channels_last") -> Any:
    sizes = sizes_of(call, images)
    return (*sizes[:-1], 1) if _is_last(call, data_format) else (*sizes[:-3], 1, *sizes[-2:])


@gives("space_to_depth")
def space_to_depth(
    call: Call, x: Value, block_size: Value, data_format: Value = "channels_last"
) -> Any:
    """Blocks of an image become channels."""
    batch, height, width, channels = _images(call, x, data_format)
    block = whole(block_size)
    sides = (None if side is None else floordiv(side, block) for side in (height, width))
    return (batch, *sides, product((channels, block * block)))


@gives("depth_to_space")
def depth_to_space(
    call: Call, x: Value, block_size: Value, data_format: Value = "channels_last"
) -> Any:
    """Channels become blocks of an image."""
    batch, height, width, channels = _images(call, x, data_format)
    block = whole(block_size)
    depth = None if channels is None else floordiv(channels, block * block)
    return (batch, product((height, block)), product((width, block)), depth)


def _images(call: Call, x: Value, data_format: Value) -> tuple[Dim, ...]:
    sizes = sizes_of(call, x)
    if len(sizes) != 4 or not _is_last(call, data_format):
        raise TypeError("images that are not followed")
    return sizes


@gives("keras.ops.image.extract_patches", "keras.ops.extract_patches")
def extract_patches(call: Call, images: Value, size: Value) -> Any:
    """Patches side by side, each flattened."""
    batch, height, width, channels = _images(call, images, None)
    rows, columns = (size, size) if isinstance(size, int) else map(whole, call.items(size))
    area = product((rows, columns, channels))
    return (batch, floordiv(height, rows), floordiv(width, columns), area)
