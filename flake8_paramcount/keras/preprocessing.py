"""Preprocessing layers for numbers, categories, text and sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flake8_paramcount.dims import Dim, Poly, equal
from flake8_paramcount.keras.layer import Built, Fault, Shape, Shapes, Weight, built, layer
from flake8_paramcount.keras.shapes import (
    axis_index,
    known,
    opaque,
    refuse,
    size,
)
from flake8_paramcount.keras.values import below, conflict, is_true, option
from flake8_paramcount.unknown import Undetermined, Unknown

ADAPTED = "the vocabulary is found in data, by `adapt`"

# fmt: off


@layer()
def Normalization(
    x: Shape, axis: Any = -1, mean: Any = None, variance: Any = None, invert: Any = False,
) -> Built:
    """Subtracts a mean, divides by a deviation, keras.layers.Normalization."""
    axes = kept_axes(axis)
    check_statistics(mean, variance, axes)
    indices = sorted(axis_index(each, x.rank) for each in axes)
    kept = tuple(x.dims[index] for index in indices)
    stated = [Weight(name, kept, trainable=False) for name in ("mean", "variance")]
    weights = [*stated, Weight("count", (), trainable=False)]
    built(x, weights)
    if known(mean) is None:
        check_repeated(indices, x.dims)
        return built(x, weights)
    check_mean_fits(mean, kept)
    return built(x)


@layer()
def Rescaling(x: Shape, scale: Any, offset: Any = 0.0) -> Built:
    """Multiplies and adds, keras.layers.Rescaling."""
    return built(x)


@layer()
def CategoryEncoding(
    x: Shape, num_tokens: Any = None, output_mode: Any = "multi_hot", sparse: Any = False,
) -> Built:
    """Encodes integers as vectors, keras.layers.CategoryEncoding."""
    option(output_mode, "output_mode", ("binary", "count", "one_hot", "multi_hot"))
    depth = size(num_tokens, "num_tokens")
    if x.rank == 0:
        return built(Shape((depth,)))
    return built(encoded(x.dims, depth, known(output_mode)))


@layer()
def Discretization(
    x: Shape, bin_boundaries: Any = None, num_bins: Any = None, epsilon: Any = 0.01,
    output_mode: Any = "int", sparse: Any = False, dtype: Any = None, name: Any = None,
) -> Built:
    """Sorts numbers into bins, keras.layers.Discretization."""
    check_sparse(sparse, output_mode)
    option(output_mode, "output_mode", ("int", "one_hot", "multi_hot", "count"))
    depth = bins(bin_boundaries, num_bins)
    if known(output_mode) == "int":
        return built(x)
    if output_mode == "one_hot":
        return built(encoded(x.dims, depth, "one_hot"))
    if x.rank < 2:
        return built(Shape((depth,)))
    return built(Shape((x.dims[0], *x.dims[2:], depth)))


@layer()
def Hashing(
    x: Shape, num_bins: Any, mask_value: Any = None, salt: Any = None, output_mode: Any = "int",
    sparse: Any = False,
) -> Built:
    """Hashes values into bins, keras.layers.Hashing."""
    depth = size(num_bins, "num_bins")
    option(output_mode, "output_mode", ("int", "one_hot", "multi_hot", "count"))
    check_sparse(sparse, output_mode)
    check_salt(salt)
    if known(output_mode) == "int":
        return built(x)
    return built(Shape((*x.dims[:-1], depth)))


@layer(many_inputs=True)
def HashedCrossing(
    x: Shapes, num_bins: Any, output_mode: Any = "int", sparse: Any = False, name: Any = None,
    dtype: Any = None,
) -> Built:
    """Hashes pairs of values into bins, keras.layers.HashedCrossing."""
    depth = size(num_bins, "num_bins")
    option(output_mode, "output_mode", ("int", "one_hot"))
    left, right = crossed(x)
    if left and right and equal(left[-1], right[-1]) is False:
        raise Fault("merge", "the two inputs must have the same shape", shapes=(left, right))
    if known(output_mode) == "int":
        return built(Shape(left))
    return built(encoded(left, depth, "one_hot"))


@layer(many_inputs=True)
def Pipeline(x: Shapes, layers: Any, name: Any = None) -> Built:
    """Layers one after the other, keras.layers.Pipeline."""
    weights: list[Weight] = []
    if not isinstance(known(layers), tuple) or not layers:
        refuse("layers", layers)
    for each in layers:
        if not hasattr(each, "apply"):
            raise Undetermined(Unknown("what a Pipeline holds is not known"))
        result = each.apply(x)
        weights += result.weights
        x = result.output
    return built(x, weights)

# fmt: on


# --- Normalization -------------------------------------------------------------------------------


def kept_axes(axis: Any) -> tuple[int, ...]:
    """The axes along which means are kept: none for `axis=None`."""
    if known(axis) is None:
        return ()
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    if not all(isinstance(known(each), int) for each in axes):
        refuse("axis", axis)
    return tuple(axes)


def check_repeated(indices: Sequence[int], dims: Sequence[Dim]) -> None:
    """An axis that is kept twice gives means that fit the input only where its size is 1."""
    for index in {index for index in indices if indices.count(index) > 1}:
        if equal(dims[index], 1) is False:
            raise Fault("input", f"axis {index} is given twice", argument="axis")


def check_statistics(mean: Any, variance: Any, axes: tuple[int, ...]) -> None:
    """Mean and variance are given both or neither, in the same shape."""
    if isinstance(mean, Unknown) or isinstance(variance, Unknown):
        return
    if (mean is None) != (variance is None):
        conflict("mean", mean, "`mean` and `variance` must be set together")
    shape, other = literal_shape(mean), literal_shape(variance)
    if shape is not None and other is not None and shape != other:
        conflict("mean", mean, "`mean` and `variance` must have the same shape")
    if shape is not None and len(shape) > len(axes):
        conflict("mean", mean, f"`mean` has more dimensions than `axis` keeps ({len(axes)})")


def literal_shape(value: Any) -> tuple[int, ...] | None:
    """The shape of nested tuples of numbers; None for anything else."""
    if isinstance(value, (int, float)):
        return ()
    if not isinstance(value, (tuple, list)) or not value:
        return None
    first = literal_shape(value[0])
    return None if first is None else (len(value), *first)


def check_mean_fits(mean: Any, kept: tuple[Dim, ...]) -> None:
    """A mean is spread over the kept axes: from the last one, where sizes are equal or 1."""
    shape = literal_shape(mean) or ()
    for length, dim in zip(reversed(shape), reversed(kept), strict=False):
        if length != 1 and equal(length, dim) is False:
            raise Fault("input", "`mean` does not fit the input", argument="mean", found=dim)


# --- categories ----------------------------------------------------------------------------------


def encoded(dims: Sequence[Dim], depth: Dim, mode: str) -> Shape:
    """Vectors of `depth` in place of the last axis; "one_hot" keeps that axis unless it is 1."""
    if mode != "one_hot":
        return Shape((*dims[:-1], depth))
    if len(dims) < 2 or not is_one(dims[-1]):
        return Shape((*dims, depth))
    return Shape((*dims[:-1], depth))


def is_one(dim: Dim) -> bool:
    """Whether a size is 1. Raises `Undetermined` where that is open."""
    if dim is None:
        return False
    answer = equal(dim, 1)
    if answer is None:
        raise Undetermined(Unknown("it is open whether the last dimension is 1"))
    return answer


def bins(boundaries: Any, count: Any) -> Dim:
    """How many bins there are: stated, or one more than there are boundaries."""
    if isinstance(count, (int, float, Poly)) and below(count, 0):
        refuse("num_bins", count)
    if count is None and boundaries is None:
        conflict("num_bins", None, "either `num_bins` or `bin_boundaries` must be set")
    unknown = isinstance(boundaries, Unknown) or isinstance(count, Unknown)
    if not unknown and count is not None and boundaries is not None:
        conflict("num_bins", count, "`num_bins` excludes `bin_boundaries`")
    if isinstance(boundaries, (tuple, list)):
        return len(boundaries) + 1
    if count is None or boundaries is not None:
        return opaque("the number of bins is not known")
    return size(count, "num_bins", minimum=0)


def check_sparse(sparse: Any, output_mode: Any) -> None:
    """Indices are never sparse."""
    if is_true(sparse) and output_mode == "int":
        conflict("sparse", sparse, "`sparse=True` does not go with `output_mode='int'`")


def check_salt(salt: Any) -> None:
    """A salt is an integer or two."""
    if isinstance(salt, (tuple, list)) and len(salt) != 2:
        refuse("salt", salt)
    if isinstance(salt, (str, float)):
        refuse("salt", salt)


def crossed(x: Shapes) -> tuple[tuple[Dim, ...], tuple[Dim, ...]]:
    """The dimensions of the two inputs of a crossing."""
    if isinstance(x, Shape) or len(x) != 2:
        found = len([x.dims]) if isinstance(x, Shape) else len(x)
        raise Fault("merge", f"expected 2 inputs, found {found}", found=found)
    return x[0].dims, x[1].dims
