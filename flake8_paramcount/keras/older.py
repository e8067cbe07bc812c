"""Layers that Keras 1 or 2 builds otherwise than Keras 3 does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from flake8_paramcount.keras import core
from flake8_paramcount.keras.layer import Built, Declaration, LayerSpec, Shape, Shapes, built
from flake8_paramcount.keras.merging import broadcast, tensors
from flake8_paramcount.keras.normalization import batch_weights, normalized
from flake8_paramcount.keras.regularization import check_noise_shape
from flake8_paramcount.keras.shapes import flag, known, refuse

OLDER: dict[tuple[str, int], LayerSpec] = {}
"""Layers that a generation builds otherwise than Keras 3, by name and generation."""


def older(*generations: int, many_inputs: bool = False) -> Callable[[Declaration], Declaration]:
    """Register what a layer is in older generations, beside what it is in Keras 3."""

    def register(declaration: Declaration) -> Declaration:
        name = declaration.__name__
        spec = LayerSpec(name, declaration, (), frozenset(generations), many_inputs)
        for generation in generations:
            OLDER[spec.name, generation] = spec
        return declaration

    return register


# fmt: off

@older(1, 2)
def BatchNormalization(
    x: Shape, axis: Any = -1, momentum: Any = 0.99, epsilon: Any = 0.001, center: Any = True,
    scale: Any = True, beta_initializer: Any = "zeros", gamma_initializer: Any = "ones",
    moving_mean_initializer: Any = "zeros", moving_variance_initializer: Any = "ones",
    beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
    gamma_constraint: Any = None, *, renorm: Any = False, renorm_clipping: Any = None,
    renorm_momentum: Any = 0.99, synchronized: Any = False,
) -> Built:
    """Batch normalization as of tf.keras 2, which takes a list of axes too."""
    if not isinstance(known(axis), (int, tuple, list)):
        refuse("axis", axis)
    renormalized = flag(renorm)
    return built(x, batch_weights(normalized(x, axis), scale, center, renormalized))


@older(1)
def Dropout(x: Shape, rate: Any, noise_shape: Any = None, seed: Any = None) -> Built:
    """Dropout that takes any rate: one outside of 0 … 1 drops nothing."""
    check_noise_shape(noise_shape)
    return built(x)


@older(1, 2)
def AlphaDropout(x: Shape, rate: Any, noise_shape: Any = None, seed: Any = None) -> Built:
    """Alpha dropout that takes any rate."""
    return built(x)


@older(1, 2)
def GaussianDropout(x: Shape, rate: Any, seed: Any = None) -> Built:
    """Multiplicative noise that takes any rate."""
    return built(x)


@older(1, 2)
def GaussianNoise(x: Shape, stddev: Any, seed: Any = None) -> Built:
    """Additive noise that takes any deviation."""
    return built(x)


@older(1, 2)
def LeakyReLU(x: Shape, negative_slope: Any = 0.3, *, alpha: Any = None) -> Built:
    """A leaky rectifier that takes any slope."""
    return built(x)


@older(2)
def EinsumDense(
    x: Shape, equation: Any, output_shape: Any, activation: Any = None, bias_axes: Any = None,
    kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None,
) -> Built:
    """An einsum equation; a None in `output_shape` is filled in from the input."""
    weights, output = core.EinsumDense(x, equation, output_shape, bias_axes=bias_axes)
    assert isinstance(output, Shape)
    return Built(weights, filled_in(output, x, core.Einsum.of(known(equation))))

# fmt: on


def _fills_in(name: str) -> Declaration:
    """Element-wise merging as of tf.keras 2, where a None takes the size that it meets."""
    inputs = 2 if name == "Subtract" else None

    def merge(x: Shapes) -> Built:
        return built(broadcast(tensors(x, exactly=inputs), fill_in=True))

    merge.__name__ = name
    return merge


for _name in ("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"):
    older(2, many_inputs=True)(_fills_in(_name))


def filled_in(output: Shape, x: Shape, einsum: core.Einsum) -> Shape:
    """An output whose None dimensions are those of the same letters in the input."""
    shift = einsum.elided(x.rank) if einsum.left_elided else 0
    given = {letter: x.dims[index + shift] for index, letter in enumerate(einsum.inputs)}
    letters = ("",) * shift + tuple(einsum.output)
    named = zip_longest(output.dims, letters[: output.rank], fillvalue="")
    return Shape(given.get(str(letter)) if dim is None else dim for dim, letter in named)  # type: ignore[misc]
