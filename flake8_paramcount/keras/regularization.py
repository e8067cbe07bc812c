"""Regularization layers: they change training, never a shape or a count."""

from __future__ import annotations

from math import isfinite, isnan
from typing import Any

from flake8_paramcount.keras.layer import Built, Shape, built, layer
from flake8_paramcount.keras.shapes import is_channels_first, known, refuse, size
from flake8_paramcount.keras.values import at_least, within
from flake8_paramcount.unknown import Unknown

# fmt: off


@layer()
def Dropout(x: Shape, rate: Any, noise_shape: Any = None, seed: Any = None) -> Built:
    """Drops elements at random, keras.layers.Dropout."""
    check_fraction(rate, "rate")
    check_noise_shape(noise_shape)
    return built(x)


@layer()
def AlphaDropout(x: Shape, rate: Any, noise_shape: Any = None, seed: Any = None) -> Built:
    """Dropout that keeps mean and variance, keras.layers.AlphaDropout."""
    check_fraction(rate, "rate")
    return built(x)


@layer()
def GaussianDropout(x: Shape, rate: Any, seed: Any = None) -> Built:
    """Multiplicative noise, keras.layers.GaussianDropout."""
    check_fraction(rate, "rate")
    return built(x)


@layer()
def GaussianNoise(x: Shape, stddev: Any, seed: Any = None) -> Built:
    """Additive noise, keras.layers.GaussianNoise."""
    check_fraction(stddev, "stddev")
    return built(x)


@layer()
def SpatialDropout1D(
    x: Shape, rate: Any, seed: Any = None, name: Any = None, dtype: Any = None,
) -> Built:
    """Drops whole channels of a sequence, keras.layers.SpatialDropout1D."""
    return spatial_dropout(x, rate, 3)


@layer()
def SpatialDropout2D(
    x: Shape, rate: Any, data_format: Any = None, seed: Any = None, name: Any = None,
    dtype: Any = None,
) -> Built:
    """Drops whole channels of an image, keras.layers.SpatialDropout2D."""
    check_data_format(data_format)
    return spatial_dropout(x, rate, 4)


@layer()
def SpatialDropout3D(
    x: Shape, rate: Any, data_format: Any = None, seed: Any = None, name: Any = None,
    dtype: Any = None,
) -> Built:
    """Drops whole channels of a volume, keras.layers.SpatialDropout3D."""
    check_data_format(data_format)
    return spatial_dropout(x, rate, 5)


@layer()
def ActivityRegularization(x: Shape, l1: Any = 0.0, l2: Any = 0.0) -> Built:
    """Adds a penalty on what flows through, keras.layers.ActivityRegularization."""
    for name, penalty in (("l1", l1), ("l2", l2)):
        check_penalty(name, penalty)
    return built(x)

# fmt: on


def check_fraction(value: Any, name: str) -> None:
    """A rate lies between 0 and 1, both included."""
    within(value, 0, 1, name)
    if isinstance(value, float) and isnan(value):
        refuse(name, value)


def spatial_dropout(x: Shape, rate: Any, rank: int) -> Built:
    """Dropout on tensors of exactly one rank."""
    check_fraction(rate, "rate")
    if x.known:
        x.of_rank(rank)
    return built(x)


def check_data_format(data_format: Any) -> None:
    """Refuse a data format that does not exist; where it only says what is dropped."""
    if not isinstance(data_format, Unknown):
        is_channels_first(data_format)


def check_noise_shape(noise_shape: Any) -> None:
    """A noise shape is a tuple of None and positive integers."""
    if noise_shape is None or isinstance(noise_shape, Unknown):
        return
    if isinstance(noise_shape, (str, int, float)):
        refuse("noise_shape", noise_shape)
    if isinstance(noise_shape, (tuple, list)):
        for part in noise_shape:
            if part is not None:
                size(part, "noise_shape")


def check_penalty(name: str, penalty: Any) -> None:
    """A penalty is a finite number that is not negative, or None."""
    if isinstance(penalty, Unknown) or known(penalty) is None:
        return
    at_least(penalty, 0, name)
    if isinstance(penalty, float) and not isfinite(penalty):
        refuse(name, penalty)
