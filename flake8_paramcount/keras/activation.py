"""Activation layers: functions applied element by element, one of them with weights."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.dims import Dim
from flake8_paramcount.keras.layer import Built, Shape, Weight, built, layer
from flake8_paramcount.keras.shapes import axis_index, known, refuse
from flake8_paramcount.keras.values import at_least

# fmt: off


@layer()
def Activation(x: Shape, activation: Any) -> Built:
    """A named function, keras.layers.Activation."""
    return built(x)


@layer()
def ReLU(
    x: Shape, max_value: Any = None, negative_slope: Any = 0.0, threshold: Any = 0.0,
) -> Built:
    """The rectifier, keras.layers.ReLU."""
    if max_value is not None:
        at_least(max_value, 0, "max_value")
    at_least(negative_slope, 0, "negative_slope")
    at_least(threshold, 0, "threshold")
    return built(x)


@layer()
def LeakyReLU(x: Shape, negative_slope: Any = 0.3, *, alpha: Any = None) -> Built:
    """A rectifier that lets a little through, keras.layers.LeakyReLU; `alpha` is its old name."""
    at_least(negative_slope if alpha is None else alpha, 0, "negative_slope")
    return built(x)


@layer()
def ELU(x: Shape, alpha: Any = 1.0) -> Built:
    """The exponential linear unit, keras.layers.ELU."""
    return built(x)


@layer()
def Softmax(x: Shape, axis: Any = -1) -> Built:
    """Normalised exponentials over an axis, keras.layers.Softmax."""
    return built(x)


@layer()
def PReLU(
    x: Shape, alpha_initializer: Any = "Zeros", alpha_regularizer: Any = None,
    alpha_constraint: Any = None, shared_axes: Any = None,
) -> Built:
    """A rectifier whose slopes are weights, keras.layers.PReLU."""
    alpha = per_element("alpha", x.dims, shared_axes)
    return built(x, [alpha])

# fmt: on


def per_element(name: str, dims: tuple[Dim, ...], shared_axes: Any) -> Weight:
    """A weight with one number for every element of a sample, shared along some axes."""
    shape = list(dims[1:])
    for axis in shared(shared_axes):
        shape[axis_index(axis - 1, len(shape), "shared_axes")] = 1
    return Weight(name, tuple(shape))


def shared(shared_axes: Any) -> tuple[int, ...]:
    """The `shared_axes` argument as a tuple; axes count from 1, the batch axis being 0."""
    if known(shared_axes) is None:
        return ()
    axes = shared_axes if isinstance(shared_axes, (tuple, list)) else (shared_axes,)
    if not all(isinstance(known(axis), int) for axis in axes):
        refuse("shared_axes", shared_axes)
    return tuple(axes)
