"""Normalization layers: scales, shifts and running statistics along an axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flake8_paramcount.dims import Dim, less, text
from flake8_paramcount.keras.layer import Built, Fault, Shape, Weight, built, layer
from flake8_paramcount.keras.shapes import axis_index, flag, indivisible, known, refuse, size
from flake8_paramcount.keras.values import number

# fmt: off


@layer()
def BatchNormalization(
    x: Shape, axis: Any = -1, momentum: Any = 0.99, epsilon: Any = 0.001, center: Any = True,
    scale: Any = True, beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
    moving_mean_initializer: Any = "zeros", moving_variance_initializer: Any = "ones",
    beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
    gamma_constraint: Any = None, renorm: Any = False, renorm_clipping: Any = None,
    renorm_momentum: Any = 0.99, synchronized: Any = False,
) -> Built:
    """Ioffe & Szegedy 2015, keras.layers.BatchNormalization."""
    index = as_int(axis, "axis")
    as_float(momentum, "momentum")
    as_float(epsilon, "epsilon")
    renormalized = flag(renorm)
    if renormalized:
        check_clipping(renorm_clipping)
    width = (x.dims[axis_index(index, x.rank)],)
    return built(x, batch_weights(width, scale, center, renormalized))


@layer()
def LayerNormalization(
    x: Shape, axis: Any = -1, epsilon: Any = 0.001, center: Any = True, scale: Any = True,
    beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
    beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
    gamma_constraint: Any = None, *, rms_scaling: Any = False,
) -> Built:
    """Ba et al. 2016, keras.layers.LayerNormalization."""
    check_axis(axis)
    shape = normalized(x, axis)
    gamma, beta = affine(shape, flag(scale) or flag(rms_scaling), center)
    return built(x, [gamma, None if flag(rms_scaling) else beta])


@layer()
def GroupNormalization(
    x: Shape, groups: Any = 32, axis: Any = -1, epsilon: Any = 0.001, center: Any = True,
    scale: Any = True, beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
    beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
    gamma_constraint: Any = None,
) -> Built:
    """Wu & He 2018, keras.layers.GroupNormalization; `groups=-1` is one group per channel."""
    if groups != -1:
        groups = size(groups, "groups")
    channels = x.dims[axis_index(axis, x.rank)]
    if channels is None:
        raise Fault("undefined", "the number of channels is None", shape=x.dims, weight="gamma")
    if groups != -1:
        check_groups(groups, channels)
    return built(x, affine((channels,), scale, center))


@layer()
def RMSNormalization(x: Shape, axis: Any = -1, epsilon: Any = 1e-06) -> Built:
    """Zhang & Sennrich 2019, keras.layers.RMSNormalization."""
    return built(x, [Weight("scale", normalized(x, axis))])


@layer()
def UnitNormalization(x: Shape, axis: Any = -1) -> Built:
    """Scales to unit length, keras.layers.UnitNormalization."""
    check_axis(axis)
    if x.known:
        normalized(x, axis)
    return built(x)

# fmt: on


def as_int(value: Any, name: str) -> int:
    """An argument that goes through Python's `int()` before it is used."""
    try:
        return int(known(value))
    except (TypeError, ValueError, OverflowError):
        refuse(name, value)


def as_float(value: Any, name: str) -> None:
    """Refuse what Python's `float()` refuses."""
    try:
        float(value if isinstance(value, str) else number(value, name))
    except ValueError:
        refuse(name, value)


def check_axis(axis: Any) -> None:
    """An axis is an integer or a list."""
    if not isinstance(known(axis), (int, tuple, list)):
        refuse("axis", axis)


def normalized(x: Shape, axis: Any) -> tuple[Dim, ...]:
    """The sizes of the axes that are normalized over, in Keras' order."""
    if not isinstance(known(axis), (tuple, list)):
        return (x.dims[axis_index(axis, x.rank)],)
    if not all(isinstance(known(each), int) for each in axis):
        refuse("axis", axis)
    return tuple(x.dims[axis_index(each, x.rank)] for each in sorted(axis))


def affine(shape: tuple[Dim, ...], scale: Any, center: Any) -> tuple[Weight | None, Weight | None]:
    """The learned scale and shift, each where it is asked for."""
    gamma = Weight("gamma", shape) if flag(scale) else None
    beta = Weight("beta", shape) if flag(center) else None
    return gamma, beta


def batch_weights(
    shape: tuple[Dim, ...], scale: Any, center: Any, renormalized: bool
) -> list[Weight | None]:
    """Scale and shift, then the statistics that training keeps without learning them."""
    names = ["moving_mean", "moving_variance"]
    if renormalized:
        names += ["moving_stddev", "renorm_mean", "renorm_stddev"]
    statistics = [Weight(name, shape, trainable=False) for name in names]
    return [*affine(shape, scale, center), *statistics]


def check_clipping(clipping: Any) -> None:
    """Batch renormalization clips by `rmax`, `rmin` and `dmax`."""
    if not isinstance(clipping, Mapping):
        return
    if set(clipping) - {"rmax", "rmin", "dmax"}:
        refuse("renorm_clipping", clipping)
    rmax, rmin, dmax = (_plain(clipping.get(key)) for key in ("rmax", "rmin", "dmax"))
    if (rmax is not None and rmin is not None and rmax < rmin) or (dmax is not None and dmax < 0):
        refuse("renorm_clipping", clipping)


def _plain(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) else None


def check_groups(groups: Any, channels: Dim) -> None:
    """Groups divide the channels, and there are not more of them."""
    if less(channels, groups) or indivisible(channels, groups):
        raise Fault(
            "input",
            f"{text(groups)} groups do not divide {text(channels)} channels",
            argument="groups",
            value=groups,
            channels=channels,
        )
