"""Layers that Keras 1 or 2 builds otherwise than Keras 3 does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flake8_paramcount.keras.layer import Built, Declaration, LayerSpec, Shape, built
from flake8_paramcount.keras.normalization import batch_weights, normalized
from flake8_paramcount.keras.regularization import check_noise_shape
from flake8_paramcount.keras.shapes import flag, known, refuse

OLDER: dict[tuple[str, int], LayerSpec] = {}
"""Layers that a generation builds otherwise than Keras 3, by name and generation."""


def older(*generations: int) -> Callable[[Declaration], Declaration]:
    """Register what a layer is in older generations, beside what it is in Keras 3."""

    def register(declaration: Declaration) -> Declaration:
        spec = LayerSpec(declaration.__name__, declaration, (), frozenset(generations))
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
def LeakyReLU(x: Shape, negative_slope: Any = 0.3) -> Built:
    """A leaky rectifier that takes any slope."""
    return built(x)

# fmt: on
