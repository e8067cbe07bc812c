"""Pooling layers: windows, whole axes, and windows that fit a stated output."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.keras.layer import Built, Shape, built, layer
from flake8_paramcount.keras.shapes import (
    Window,
    choice,
    flag,
    image,
    is_channels_first,
    sizes,
    slide,
)

# Signatures are those of the Keras classes, so they are laid out to be compared, not one per line.
# fmt: off


@layer("MaxPool1D")
def MaxPooling1D(
    x: Shape, pool_size: Any = 2, strides: Any = None, padding: Any = "valid",
    data_format: Any = None, name: Any = None,
) -> Built:
    """Maximum over windows of time, keras.layers.MaxPooling1D."""
    return _pooled(x, 1, pool_size, strides, padding, data_format)


@layer("MaxPool2D")
def MaxPooling2D(
    x: Shape, pool_size: Any = (2, 2), strides: Any = None, padding: Any = "valid",
    data_format: Any = None, name: Any = None,
) -> Built:
    """Maximum over windows of images, keras.layers.MaxPooling2D."""
    return _pooled(x, 2, pool_size, strides, padding, data_format)


@layer("MaxPool3D")
def MaxPooling3D(
    x: Shape, pool_size: Any = (2, 2, 2), strides: Any = None, padding: Any = "valid",
    data_format: Any = None, name: Any = None,
) -> Built:
    """Maximum over windows of volumes, keras.layers.MaxPooling3D."""
    return _pooled(x, 3, pool_size, strides, padding, data_format)


@layer("AvgPool1D")
def AveragePooling1D(
    x: Shape, pool_size: Any, strides: Any = None, padding: Any = "valid",
    data_format: Any = None, name: Any = None,
) -> Built:
    """Mean over windows of time, keras.layers.AveragePooling1D."""
    return _pooled(x, 1, pool_size, strides, padding, data_format)


@layer("AvgPool2D")
def AveragePooling2D(
    x: Shape, pool_size: Any, strides: Any = None, padding: Any = "valid",
    data_format: Any = None, name: Any = None,
) -> Built:
    """Mean over windows of images, keras.layers.AveragePooling2D."""
    return _pooled(x, 2, pool_size, strides, padding, data_format)


@layer("AvgPool3D")
def AveragePooling3D(
    x: Shape, pool_size: Any, strides: Any = None, padding: Any = "valid",
    data_format: Any = None, name: Any = None,
) -> Built:
    """Mean over windows of volumes, keras.layers.AveragePooling3D."""
    return _pooled(x, 3, pool_size, strides, padding, data_format)


@layer("GlobalMaxPool1D")
def GlobalMaxPooling1D(x: Shape, data_format: Any = None, keepdims: Any = False) -> Built:
    """Maximum over all of time, keras.layers.GlobalMaxPooling1D."""
    return _pooled_whole(x, 1, data_format, keepdims)


@layer("GlobalMaxPool2D")
def GlobalMaxPooling2D(x: Shape, data_format: Any = None, keepdims: Any = False) -> Built:
    """Maximum over all of images, keras.layers.GlobalMaxPooling2D."""
    return _pooled_whole(x, 2, data_format, keepdims)


@layer("GlobalMaxPool3D")
def GlobalMaxPooling3D(x: Shape, data_format: Any = None, keepdims: Any = False) -> Built:
    """Maximum over all of volumes, keras.layers.GlobalMaxPooling3D."""
    return _pooled_whole(x, 3, data_format, keepdims)


@layer("GlobalAvgPool1D")
def GlobalAveragePooling1D(x: Shape, data_format: Any = None, keepdims: Any = False) -> Built:
    """Mean over all of time, keras.layers.GlobalAveragePooling1D."""
    return _pooled_whole(x, 1, data_format, keepdims)


@layer("GlobalAvgPool2D")
def GlobalAveragePooling2D(x: Shape, data_format: Any = None, keepdims: Any = False) -> Built:
    """Mean over all of images, keras.layers.GlobalAveragePooling2D."""
    return _pooled_whole(x, 2, data_format, keepdims)


@layer("GlobalAvgPool3D")
def GlobalAveragePooling3D(x: Shape, data_format: Any = None, keepdims: Any = False) -> Built:
    """Mean over all of volumes, keras.layers.GlobalAveragePooling3D."""
    return _pooled_whole(x, 3, data_format, keepdims)


@layer()
def AdaptiveAveragePooling1D(x: Shape, output_size: Any, data_format: Any = None) -> Built:
    """Mean over as many windows as asked for, keras.layers.AdaptiveAveragePooling1D."""
    return _pooled_to(x, 1, output_size, data_format)


@layer()
def AdaptiveAveragePooling2D(x: Shape, output_size: Any, data_format: Any = None) -> Built:
    """Mean over as many windows as asked for, keras.layers.AdaptiveAveragePooling2D."""
    return _pooled_to(x, 2, output_size, data_format)


@layer()
def AdaptiveAveragePooling3D(x: Shape, output_size: Any, data_format: Any = None) -> Built:
    """Mean over as many windows as asked for, keras.layers.AdaptiveAveragePooling3D."""
    return _pooled_to(x, 3, output_size, data_format)


@layer()
def AdaptiveMaxPooling1D(x: Shape, output_size: Any, data_format: Any = None) -> Built:
    """Maximum over as many windows as asked for, keras.layers.AdaptiveMaxPooling1D."""
    return _pooled_to(x, 1, output_size, data_format)


@layer()
def AdaptiveMaxPooling2D(x: Shape, output_size: Any, data_format: Any = None) -> Built:
    """Maximum over as many windows as asked for, keras.layers.AdaptiveMaxPooling2D."""
    return _pooled_to(x, 2, output_size, data_format)


@layer()
def AdaptiveMaxPooling3D(x: Shape, output_size: Any, data_format: Any = None) -> Built:
    """Maximum over as many windows as asked for, keras.layers.AdaptiveMaxPooling3D."""
    return _pooled_to(x, 3, output_size, data_format)

# fmt: on


def _pooled(
    x: Shape, rank: int, pool_size: Any, strides: Any, padding: Any, data_format: Any
) -> Built:
    window = Window(
        size=sizes(pool_size, rank, "pool_size"),
        strides=sizes(pool_size if strides is None else strides, rank, "strides"),
        padding=choice(padding, "padding", ("valid", "same")),
        dilation=(1,) * rank,
        noun="pool",
    )
    is_channels_first(data_format)
    source = image(x.of_rank(rank + 2), data_format)
    return built(Shape(source.dims(spatial=slide(source, window))))


def _pooled_whole(x: Shape, rank: int, data_format: Any, keepdims: Any) -> Built:
    is_channels_first(data_format)
    source = image(x.of_rank(rank + 2), data_format)
    if flag(keepdims):
        return built(Shape(source.dims(spatial=(1,) * rank)))
    return built(Shape((source.batch, source.channels)))


def _pooled_to(x: Shape, rank: int, output_size: Any, data_format: Any) -> Built:
    wanted = sizes(output_size, rank, "output_size", minimum=0)
    # Unlike other layers, these compare the data format as it is written, and take any rank.
    choice(data_format or None, "data_format", (None, "channels_first", "channels_last"))
    source = image(x.of_min_rank(2), data_format or None)
    return built(Shape(source.dims(spatial=wanted)))
