"""Convolutions and transposed convolutions in one to three dimensions."""

from __future__ import annotations

from typing import Any, NamedTuple

from flake8_paramcount.dims import Dim, floordiv, less, maximum, mod
from flake8_paramcount.keras.core import adapted
from flake8_paramcount.keras.layer import Built, Fault, Shape, Weight, built, layer
from flake8_paramcount.keras.shapes import (
    Image,
    Size,
    Window,
    choice,
    flag,
    image,
    indivisible,
    is_channels_first,
    plus,
    refuse,
    size,
    sizes,
    slide,
    times,
)

# Signatures are those of the Keras classes, so they are laid out to be compared, not one per line.
# fmt: off


@layer("Convolution1D")
def Conv1D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = 1, groups: Any = 1, activation: Any = None,
    use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
    *, lora_rank: Any = None, lora_alpha: Any = None,
) -> Built:
    """Convolution over time, keras.layers.Conv1D: the only one that may be causal."""
    settings = Sliding.of(1, kernel_size, strides, padding, data_format, dilation_rate)
    return _convolution(
        x, settings, filters, groups, flag(use_bias), lora_rank, kernel_constraint
    )


@layer("Convolution2D")
def Conv2D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = (1, 1), groups: Any = 1, activation: Any = None,
    use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
    *, lora_rank: Any = None, lora_alpha: Any = None,
) -> Built:
    """Convolution over images, keras.layers.Conv2D."""
    settings = Sliding.of(2, kernel_size, strides, padding, data_format, dilation_rate)
    return _convolution(
        x, settings, filters, groups, flag(use_bias), lora_rank, kernel_constraint
    )


@layer("Convolution3D")
def Conv3D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = (1, 1, 1), groups: Any = 1,
    activation: Any = None, use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
    *, lora_rank: Any = None, lora_alpha: Any = None,
) -> Built:
    """Convolution over volumes, keras.layers.Conv3D."""
    settings = Sliding.of(3, kernel_size, strides, padding, data_format, dilation_rate)
    return _convolution(
        x, settings, filters, groups, flag(use_bias), lora_rank, kernel_constraint
    )


@layer("Convolution1DTranspose")
def Conv1DTranspose(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    output_padding: Any = None, data_format: Any = None, dilation_rate: Any = 1,
    activation: Any = None, use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
) -> Built:
    """Transposed convolution over time, keras.layers.Conv1DTranspose."""
    settings = Sliding.of(1, kernel_size, strides, padding, data_format, dilation_rate, BOTH_ENDS)
    return _transposed(x, settings, filters, output_padding, flag(use_bias))


@layer("Convolution2DTranspose")
def Conv2DTranspose(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: Any = "valid",
    output_padding: Any = None, data_format: Any = None, dilation_rate: Any = (1, 1),
    activation: Any = None, use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
) -> Built:
    """Transposed convolution over images, keras.layers.Conv2DTranspose."""
    settings = Sliding.of(2, kernel_size, strides, padding, data_format, dilation_rate)
    return _transposed(x, settings, filters, output_padding, flag(use_bias))


@layer("Convolution3DTranspose")
def Conv3DTranspose(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = (1, 1, 1), padding: Any = "valid",
    data_format: Any = None, output_padding: Any = None, dilation_rate: Any = (1, 1, 1),
    activation: Any = None, use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
) -> Built:
    """Transposed convolution over volumes, keras.layers.Conv3DTranspose."""
    settings = Sliding.of(3, kernel_size, strides, padding, data_format, dilation_rate)
    return _transposed(x, settings, filters, output_padding, flag(use_bias))


@layer()
def DepthwiseConv1D(
    x: Shape, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    depth_multiplier: Any = 1, data_format: Any = None, dilation_rate: Any = 1,
    activation: Any = None, use_bias: Any = True, depthwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", depthwise_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None,
    depthwise_constraint: Any = None, bias_constraint: Any = None,
) -> Built:
    """One convolution per channel over time, keras.layers.DepthwiseConv1D."""
    settings = Sliding.of(1, kernel_size, strides, padding, data_format, dilation_rate, BOTH_ENDS)
    return _depthwise(x, settings, depth_multiplier, flag(use_bias))


@layer()
def DepthwiseConv2D(
    x: Shape, kernel_size: Any, strides: Any = (1, 1), padding: Any = "valid",
    depth_multiplier: Any = 1, data_format: Any = None, dilation_rate: Any = (1, 1),
    activation: Any = None, use_bias: Any = True, depthwise_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", depthwise_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None,
    depthwise_constraint: Any = None, bias_constraint: Any = None,
) -> Built:
    """One convolution per channel over images, keras.layers.DepthwiseConv2D."""
    settings = Sliding.of(2, kernel_size, strides, padding, data_format, dilation_rate)
    return _depthwise(x, settings, depth_multiplier, flag(use_bias))


@layer("SeparableConvolution1D")
def SeparableConv1D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = 1, depth_multiplier: Any = 1,
    activation: Any = None, use_bias: Any = True, depthwise_initializer: Any = "glorot_uniform",
    pointwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    depthwise_regularizer: Any = None, pointwise_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None,
    depthwise_constraint: Any = None, pointwise_constraint: Any = None,
    bias_constraint: Any = None,
) -> Built:
    """Depthwise, then pointwise convolution over time, keras.layers.SeparableConv1D."""
    settings = Sliding.of(1, kernel_size, strides, padding, data_format, dilation_rate, BOTH_ENDS)
    return _separable(x, settings, filters, depth_multiplier, flag(use_bias))


@layer("SeparableConvolution2D")
def SeparableConv2D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = (1, 1), depth_multiplier: Any = 1,
    activation: Any = None, use_bias: Any = True, depthwise_initializer: Any = "glorot_uniform",
    pointwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    depthwise_regularizer: Any = None, pointwise_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None,
    depthwise_constraint: Any = None, pointwise_constraint: Any = None,
    bias_constraint: Any = None,
) -> Built:
    """Depthwise, then pointwise convolution over images, keras.layers.SeparableConv2D."""
    settings = Sliding.of(2, kernel_size, strides, padding, data_format, dilation_rate)
    return _separable(x, settings, filters, depth_multiplier, flag(use_bias))

# fmt: on


BOTH_ENDS = ("valid", "same")
ANY_END = ("valid", "same", "causal")


class Sliding(NamedTuple):
    """How a kernel slides: what every convolution takes as arguments."""

    window: Window
    data_format: Any

    @classmethod
    def of(
        cls,
        rank: int,
        kernel_size: Any,
        strides: Any,
        padding: Any,
        data_format: Any,
        dilation_rate: Any,
        paddings: tuple[str, ...] | None = None,
    ) -> Sliding:
        """Check the arguments as Keras' constructors do."""
        window = Window(
            size=sizes(kernel_size, rank, "kernel_size"),
            strides=sizes(strides, rank, "strides"),
            dilation=sizes(dilation_rate, rank, "dilation_rate"),
            padding=choice(
                padding,
                "padding",
                paddings or (ANY_END if rank == 1 else BOTH_ENDS),
                fold=True,
            ),
        )
        is_channels_first(data_format)
        return cls(window, data_format)

    def image(self, x: Shape) -> Image:
        """The input taken apart, if its rank fits the kernel."""
        return image(x.of_rank(len(self.window.size) + 2), self.data_format)

    def refuse_holes_and_steps(self) -> None:
        """Refuse strides together with dilation."""
        if any(map(_above_one, self.window.strides)) and any(map(_above_one, self.window.dilation)):
            refuse(
                "dilation_rate",
                self.window.dilation,
                "`strides` > 1 does not go with `dilation_rate` > 1",
                strides=self.window.strides,
            )


def _above_one(step: Size) -> bool:
    return less(1, step) is True


def _bias(width: Dim, use_bias: bool) -> Weight | None:
    return Weight("bias", (width,)) if use_bias else None


def _convolution(
    x: Shape,
    settings: Sliding,
    filters: Any,
    groups: Any,
    use_bias: bool,
    lora_rank: Any,
    constraint: Any,
) -> Built:
    filters, groups = size(filters, "filters"), size(groups, "groups")
    if indivisible(filters, groups):
        refuse(
            "groups", groups, f"{filters} filters do not divide into {groups} groups", whole=filters
        )
    settings.refuse_holes_and_steps()
    source = settings.image(x)
    kernel = Weight(
        "kernel", (*settings.window.size, _channels_per_group(source.channels, groups), filters)
    )
    output = source.dims(spatial=slide(source, settings.window), channels=filters)
    return built(Shape(output), adapted(kernel, _bias(filters, use_bias), lora_rank, constraint))


def _channels_per_group(channels: Dim, groups: Size) -> Dim:
    if indivisible(channels, groups):
        raise Fault(
            "input",
            f"{channels} input channels do not divide into {groups} groups",
            argument="groups",
            value=groups,
            whole=channels,
        )
    return floordiv(channels, groups)


def _transposed(
    x: Shape, settings: Sliding, filters: Any, output_padding: Any, use_bias: bool
) -> Built:
    filters = size(filters, "filters")
    extra = _output_padding(output_padding, settings.window)
    settings.refuse_holes_and_steps()
    source = settings.image(x)
    kernel = Weight("kernel", (*settings.window.size, filters, source.channels))
    spatial = [
        _stretched(length, settings.window, index, extra)
        for index, length in enumerate(source.spatial)
    ]
    output = Shape(source.dims(spatial=spatial, channels=filters))
    return built(output, (kernel, _bias(filters, use_bias)))


def _output_padding(output_padding: Any, window: Window) -> tuple[Size, ...] | None:
    if output_padding is None:
        return None
    extra = sizes(output_padding, len(window.size), "output_padding", minimum=0)
    for added, stride in zip(extra, window.strides, strict=True):
        if less(added, stride) is False:
            refuse("output_padding", output_padding, "`output_padding` must be less than `strides`")
    return extra


def _stretched(length: Dim, window: Window, index: int, extra: tuple[Size, ...] | None) -> Dim:
    extent, stride = window.extent[index], window.strides[index]
    if length is None:
        return None
    if extra is None and window.padding == "same":
        return times(length, stride)
    steps = times(plus(length, -1), stride)
    if extra is None:
        return plus(steps, maximum(extent, stride))
    covered = extent if window.padding == "valid" else mod(extent, 2)
    return plus(steps, covered, extra[index])


def _depthwise(x: Shape, settings: Sliding, depth_multiplier: Any, use_bias: bool) -> Built:
    multiplier = size(depth_multiplier, "depth_multiplier")
    source = settings.image(x)
    width = times(source.channels, multiplier)
    kernel = Weight("kernel", (*settings.window.size, source.channels, multiplier))
    output = source.dims(spatial=slide(source, settings.window), channels=width)
    return built(Shape(output), (kernel, _bias(width, use_bias)))


def _separable(
    x: Shape, settings: Sliding, filters: Any, depth_multiplier: Any, use_bias: bool
) -> Built:
    filters = size(filters, "filters")
    multiplier = size(depth_multiplier, "depth_multiplier")
    source = settings.image(x)
    width = times(source.channels, multiplier)
    weights = (
        Weight("depthwise_kernel", (*settings.window.size, source.channels, multiplier)),
        Weight("pointwise_kernel", (*(1,) * len(settings.window.size), width, filters)),
        _bias(filters, use_bias),
    )
    output = source.dims(spatial=slide(source, settings.window), channels=filters)
    return built(Shape(output), weights)
