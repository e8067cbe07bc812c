"""Image preprocessing and augmentation layers: most change pixels only, a few the image's size."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.keras.imaging import (
    FILL_MODES,
    INTERPOLATIONS,
    check_filling,
    check_image_rank,
    check_odd,
    check_three_channels,
    each_within,
    or_zero,
    pair,
    reaches,
    resized,
    side,
    whole,
    with_sides,
)
from flake8_paramcount.keras.layer import Built, Shape, built, layer
from flake8_paramcount.keras.regularization import check_data_format
from flake8_paramcount.keras.shapes import is_channels_first
from flake8_paramcount.keras.values import option, within

# fmt: off


@layer()
def Resizing(
    x: Shape, height: Any, width: Any, interpolation: Any = "bilinear",
    crop_to_aspect_ratio: Any = False, pad_to_aspect_ratio: Any = False,
    fill_mode: Any = "constant", fill_value: Any = 0.0, antialias: Any = False,
    data_format: Any = None,
) -> Built:
    """Scales images to one size, keras.layers.Resizing."""
    return built(resized(x, side(height, "height"), side(width, "width"), data_format))


@layer()
def CenterCrop(x: Shape, height: Any, width: Any, data_format: Any = None) -> Built:
    """Cuts out the middle, keras.layers.CenterCrop."""
    rows, columns = side(height, "height"), side(width, "width")
    first = is_channels_first(data_format)
    check_image_rank(x)
    return built(with_sides(x, rows, columns, first))


@layer()
def RandomCrop(
    x: Shape, height: Any, width: Any, seed: Any = None, data_format: Any = None,
    name: Any = None,
) -> Built:
    """Cuts out a random place, keras.layers.RandomCrop."""
    rows, columns = side(height, "height"), side(width, "width")
    first = is_channels_first(data_format)
    x.of_min_rank(2 if first else 3)
    return built(with_sides(x, rows, columns, first))


@layer()
def MaxNumBoundingBoxes(x: Shape, max_number: Any, fill_value: Any = -1) -> Built:
    """Limits how many boxes an image has, keras.layers.MaxNumBoundingBoxes."""
    whole(max_number, "max_number")
    whole(fill_value, "fill_value")
    return built(x)


@layer()
def AutoContrast(x: Shape, value_range: Any = (0, 255)) -> Built:
    """Stretches the values, keras.layers.AutoContrast."""
    pair(value_range, "value_range")
    return built(x)


@layer()
def ContrastLimitedAdaptiveHistogramEqualization(
    x: Shape, value_range: Any = (0, 255), clip_limit: Any = 4.0, tile_grid_size: Any = (8, 8),
    data_format: Any = None,
) -> Built:
    """Evens out the values tile by tile."""
    check_data_format(data_format)
    return built(x)


@layer()
def Equalization(
    x: Shape, value_range: Any = (0, 255), bins: Any = 256, data_format: Any = None,
) -> Built:
    """Evens out the values, keras.layers.Equalization."""
    pair(value_range, "value_range")
    check_data_format(data_format)
    return built(x)


@layer()
def AugMix(
    x: Shape, value_range: Any = (0, 255), num_chains: Any = 3, chain_depth: Any = 3,
    factor: Any = 0.3, alpha: Any = 1.0, all_ops: Any = True, interpolation: Any = "bilinear",
    seed: Any = None, data_format: Any = None,
) -> Built:
    """Mixes chains of augmentations, keras.layers.AugMix."""
    check_data_format(data_format)
    each_within(factor, 0, 1, "factor")
    option(interpolation, "interpolation", INTERPOLATIONS)
    pair(value_range, "value_range")
    return built(x)


@layer()
def RandAugment(
    x: Shape, value_range: Any = (0, 255), num_ops: Any = 2, factor: Any = 0.5,
    interpolation: Any = "bilinear", seed: Any = None, data_format: Any = None,
) -> Built:
    """Applies random augmentations, keras.layers.RandAugment."""
    check_data_format(data_format)
    each_within(factor, 0, 1, "factor")
    option(interpolation, "interpolation", INTERPOLATIONS)
    pair(value_range, "value_range")
    return built(x)


@layer()
def CutMix(x: Shape, factor: Any = 1.0, seed: Any = None, data_format: Any = None) -> Built:
    """Pastes parts of other images, keras.layers.CutMix."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    return built(x)


@layer()
def MixUp(x: Shape, alpha: Any = 0.2, data_format: Any = None, seed: Any = None) -> Built:
    """Blends with other images, keras.layers.MixUp."""
    check_data_format(data_format)
    return built(x)


@layer()
def RandomBrightness(
    x: Shape, factor: Any, value_range: Any = (0, 255), seed: Any = None,
) -> Built:
    """Changes brightness at random, keras.layers.RandomBrightness."""
    reaches(or_zero(factor), -1, 1, "factor")
    pair(value_range, "value_range")
    return built(x)


@layer()
def RandomContrast(
    x: Shape, factor: Any, value_range: Any = (0, 255), seed: Any = None,
) -> Built:
    """Changes contrast at random, keras.layers.RandomContrast."""
    reaches(factor, 0, 1, "factor")
    return built(x)


@layer()
def RandomColorDegeneration(
    x: Shape, factor: Any, value_range: Any = (0, 255), data_format: Any = None,
    seed: Any = None,
) -> Built:
    """Fades colours at random, keras.layers.RandomColorDegeneration."""
    check_data_format(data_format)
    reaches(factor, -1, 1, "factor")
    pair(value_range, "value_range")
    check_image_rank(x)
    check_three_channels(x.dims[-3 if is_channels_first(data_format) else -1])
    return built(x)


@layer()
def RandomColorJitter(
    x: Shape, value_range: Any = (0, 255), brightness_factor: Any = None,
    contrast_factor: Any = None, saturation_factor: Any = None, hue_factor: Any = None,
    seed: Any = None, data_format: Any = None,
) -> Built:
    """Changes colours at random, keras.layers.RandomColorJitter."""
    check_data_format(data_format)
    if brightness_factor is not None:
        reaches(or_zero(brightness_factor), -1, 1, "brightness_factor")
    for name, factor, lower in (
        ("contrast_factor", contrast_factor, 0),
        ("saturation_factor", saturation_factor, -1),
        ("hue_factor", hue_factor, 0),
    ):
        if factor is not None:
            reaches(factor, lower, 1, name)
    if brightness_factor is not None or saturation_factor is not None:
        pair(value_range, "value_range")
    return built(x)


@layer()
def RandomElasticTransform(
    x: Shape, factor: Any = 1.0, scale: Any = 1.0, interpolation: Any = "bilinear",
    fill_mode: Any = "reflect", fill_value: Any = 0.0, value_range: Any = (0, 255),
    seed: Any = None, data_format: Any = None,
) -> Built:
    """Warps images at random, keras.layers.RandomElasticTransform."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    reaches(scale, 0, 1, "scale")
    option(interpolation, "interpolation", INTERPOLATIONS)
    option(fill_mode, "fill_mode", (*FILL_MODES, "mirror"))
    return built(x)


@layer()
def RandomErasing(
    x: Shape, factor: Any = 1.0, scale: Any = (0.02, 0.33), fill_value: Any = None,
    value_range: Any = (0, 255), seed: Any = None, data_format: Any = None,
) -> Built:
    """Blanks parts at random, keras.layers.RandomErasing."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    reaches(scale, 0, 1, "scale")
    return built(x)


@layer()
def RandomFlip(
    x: Shape, mode: Any = "horizontal_and_vertical", seed: Any = None, data_format: Any = None,
) -> Built:
    """Mirrors at random, keras.layers.RandomFlip."""
    check_data_format(data_format)
    return built(x)


@layer()
def RandomGaussianBlur(
    x: Shape, factor: Any = 1.0, kernel_size: Any = 3, sigma: Any = 1.0,
    value_range: Any = (0, 255), data_format: Any = None, seed: Any = None,
) -> Built:
    """Blurs at random, keras.layers.RandomGaussianBlur."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    check_odd(kernel_size)
    reaches(sigma, 0, 1, "sigma")
    return built(x)


@layer()
def RandomGrayscale(
    x: Shape, factor: Any = 0.5, data_format: Any = None, seed: Any = None,
) -> Built:
    """Drops colour at random, keras.layers.RandomGrayscale."""
    within(factor, 0, 1, "factor")
    check_data_format(data_format)
    return built(x)


@layer()
def RandomHue(
    x: Shape, factor: Any, value_range: Any = (0, 255), data_format: Any = None,
    seed: Any = None,
) -> Built:
    """Shifts hues at random, keras.layers.RandomHue."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    return built(x)


@layer()
def RandomInvert(
    x: Shape, factor: Any = 1.0, value_range: Any = (0, 255), seed: Any = None,
    data_format: Any = None,
) -> Built:
    """Inverts at random, keras.layers.RandomInvert."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    return built(x)


@layer()
def RandomPerspective(
    x: Shape, factor: Any = 1.0, scale: Any = 1.0, interpolation: Any = "bilinear",
    fill_value: Any = 0.0, seed: Any = None, data_format: Any = None,
) -> Built:
    """Tilts at random, keras.layers.RandomPerspective."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    within(scale, 0, 1, "scale")
    option(interpolation, "interpolation", INTERPOLATIONS)
    return built(x)


@layer()
def RandomPosterization(
    x: Shape, factor: Any, value_range: Any = (0, 255), data_format: Any = None,
    seed: Any = None,
) -> Built:
    """Reduces the bits of a colour at random, keras.layers.RandomPosterization."""
    check_data_format(data_format)
    reaches(factor, 1, 8, "factor")
    pair(value_range, "value_range")
    return built(x)


@layer()
def RandomRotation(
    x: Shape, factor: Any, fill_mode: Any = "reflect", interpolation: Any = "bilinear",
    seed: Any = None, fill_value: Any = 0.0, data_format: Any = None,
) -> Built:
    """Turns at random, keras.layers.RandomRotation."""
    check_data_format(data_format)
    reaches(or_zero(factor), -1, 1, "factor")
    check_filling(fill_mode, interpolation)
    return built(x)


@layer()
def RandomSaturation(
    x: Shape, factor: Any, value_range: Any = (0, 255), data_format: Any = None,
    seed: Any = None,
) -> Built:
    """Changes saturation at random, keras.layers.RandomSaturation."""
    check_data_format(data_format)
    reaches(factor, -1, 1, "factor")
    pair(value_range, "value_range")
    return built(x)


@layer()
def RandomSharpness(
    x: Shape, factor: Any, value_range: Any = (0, 255), data_format: Any = None,
    seed: Any = None,
) -> Built:
    """Sharpens at random, keras.layers.RandomSharpness."""
    check_data_format(data_format)
    reaches(factor, 0, 1, "factor")
    pair(value_range, "value_range")
    return built(x)


@layer()
def RandomShear(
    x: Shape, x_factor: Any = 0.0, y_factor: Any = 0.0, interpolation: Any = "bilinear",
    fill_mode: Any = "reflect", fill_value: Any = 0.0, data_format: Any = None,
    seed: Any = None,
) -> Built:
    """Slants at random, keras.layers.RandomShear."""
    check_data_format(data_format)
    each_within(x_factor, 0, 1, "x_factor")
    each_within(y_factor, 0, 1, "y_factor")
    check_filling(fill_mode, interpolation)
    return built(x)


@layer()
def RandomTranslation(
    x: Shape, height_factor: Any, width_factor: Any, fill_mode: Any = "reflect",
    interpolation: Any = "bilinear", seed: Any = None, fill_value: Any = 0.0,
    data_format: Any = None,
) -> Built:
    """Moves at random, keras.layers.RandomTranslation."""
    check_data_format(data_format)
    each_within(height_factor, -1, 1, "height_factor")
    each_within(width_factor, -1, 1, "width_factor")
    check_filling(fill_mode, interpolation)
    return built(x)


@layer()
def RandomZoom(
    x: Shape, height_factor: Any, width_factor: Any = None, fill_mode: Any = "reflect",
    interpolation: Any = "bilinear", seed: Any = None, fill_value: Any = 0.0,
    data_format: Any = None,
) -> Built:
    """Zooms at random, keras.layers.RandomZoom."""
    each_within(height_factor, -1, 1, "height_factor", open_below=True)
    if width_factor is not None:
        each_within(width_factor, -1, 1, "width_factor", open_below=True)
    check_filling(fill_mode, interpolation)
    check_data_format(data_format)
    return built(x)


@layer()
def Solarization(
    x: Shape, addition_factor: Any = 0.0, threshold_factor: Any = 0.0,
    value_range: Any = (0, 255), seed: Any = None,
) -> Built:
    """Inverts what is bright, keras.layers.Solarization."""
    each_within(addition_factor, 0, 1, "addition_factor")
    each_within(threshold_factor, 0, 1, "threshold_factor")
    pair(value_range, "value_range")
    return built(x)

# fmt: on
