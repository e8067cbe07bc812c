"""Merging layers: element-wise sums and the like, concatenation, dot products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from flake8_paramcount.dims import Dim, equal, less_equal, maximum, text
from flake8_paramcount.keras.layer import Built, Fault, Shape, Shapes, built, layer
from flake8_paramcount.keras.shapes import axis_index, known, plus, refuse


@layer(many_inputs=True)
def Add(x: Shapes) -> Built:
    """The sum of its inputs, keras.layers.Add."""
    return built(broadcast(tensors(x)))


@layer(many_inputs=True)
def Average(x: Shapes) -> Built:
    """The mean of its inputs, keras.layers.Average."""
    return built(broadcast(tensors(x)))


@layer(many_inputs=True)
def Maximum(x: Shapes) -> Built:
    """The greatest of its inputs, keras.layers.Maximum."""
    return built(broadcast(tensors(x)))


@layer(many_inputs=True)
def Minimum(x: Shapes) -> Built:
    """The least of its inputs, keras.layers.Minimum."""
    return built(broadcast(tensors(x)))


@layer(many_inputs=True)
def Multiply(x: Shapes) -> Built:
    """The product of its inputs, keras.layers.Multiply."""
    return built(broadcast(tensors(x)))


@layer(many_inputs=True)
def Subtract(x: Shapes) -> Built:
    """The difference of two inputs, keras.layers.Subtract."""
    return built(broadcast(tensors(x, exactly=2)))


@layer(many_inputs=True)
def Concatenate(x: Shapes, axis: Any = -1) -> Built:
    """Its inputs side by side, keras.layers.Concatenate; `axis` counts the batch axis."""
    shapes = tensors(x)
    if not isinstance(known(axis), int):
        refuse("axis", axis)
    return built(Shape(concatenated(shapes, axis)))


@layer(many_inputs=True)
def Dot(x: Shapes, axes: Any, normalize: Any = False) -> Built:
    """The product of two inputs, summed over one axis of each, keras.layers.Dot."""
    check_axes(axes)
    left, right = tensors(x, exactly=2)
    first, second = contracted_axes(axes, left, right)
    check_contracted(left[first], right[second], (left, right))
    rest = [dim for index, dim in enumerate(right) if index != second]
    kept = [*(dim for index, dim in enumerate(left) if index != first), *rest[1:]]
    return built(Shape(kept if len(kept) != 1 else [*kept, 1]))


# --- inputs --------------------------------------------------------------------------------------


def tensors(x: Shapes, *, exactly: int | None = None) -> tuple[tuple[Dim, ...], ...]:
    """The inputs' dimensions; a merge fault where Keras wants a list and gets something else."""
    if isinstance(x, Shape):
        raise mismatch("a merging layer takes a list of tensors", [x.dims])
    if not x:
        raise mismatch("a merging layer takes at least one tensor", [])
    if exactly is not None and len(x) != exactly:
        raise Fault("merge", f"expected {exactly} inputs, found {len(x)}", found=len(x))
    return tuple(shape.dims for shape in x)


def mismatch(message: str, shapes: Iterable[Sequence[Dim]]) -> Fault:
    """The fault for inputs that do not go together."""
    return Fault("merge", message, shapes=tuple(map(tuple, shapes)))


# --- element-wise --------------------------------------------------------------------------------


def broadcast(shapes: tuple[tuple[Dim, ...], ...], *, fill_in: bool = False) -> Shape:
    """What element-wise merging puts out: aligned at the right, the batch axis apart.

    With `fill_in`, a size above 1 stands for a None that it meets, as it does in tf.keras 2.
    """
    if any(not shape for shape in shapes):
        raise mismatch("a merging layer takes tensors with a batch axis", shapes)
    batch = common_batch(shapes)
    output = shapes[0][1:]
    for shape in shapes[1:]:
        merged = _broadcast_pair(output, shape[1:], shapes)
        output = _filled_in(merged, output, shape[1:]) if fill_in else merged
    return Shape((batch, *output))


def common_batch(shapes: tuple[tuple[Dim, ...], ...]) -> Dim:
    """The batch size that the inputs share; None where none states it."""
    stated = [shape[0] for shape in shapes if shape[0] is not None]
    if any(equal(a, b) is False for a, b in combinations(stated, 2)):
        raise mismatch("the inputs have different batch sizes", shapes)
    return stated[0] if stated else None


def _broadcast_pair(
    a: tuple[Dim, ...], b: tuple[Dim, ...], shapes: tuple[tuple[Dim, ...], ...]
) -> tuple[Dim, ...]:
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    lead = len(longer) - len(shorter)
    pairs = zip(longer[lead:], shorter, strict=True)
    return (*longer[:lead], *(_broadcast_dim(i, j, shapes) for i, j in pairs))


def _filled_in(merged: tuple[Dim, ...], a: tuple[Dim, ...], b: tuple[Dim, ...]) -> tuple[Dim, ...]:
    result = list(merged)
    for index in range(1, min(len(a), len(b)) + 1):
        found = [dim for dim in (a[-index], b[-index]) if less_equal(2, dim)]
        if merged[-index] is None and found:
            result[-index] = found[0]
    return tuple(result)


def _broadcast_dim(i: Dim, j: Dim, shapes: tuple[tuple[Dim, ...], ...]) -> Dim:
    if i is None or j is None:
        return None
    same = equal(i, j)
    if same or equal(j, 1):
        return i
    if equal(i, 1):
        return j
    if same is False and equal(i, 1) is False and equal(j, 1) is False:
        raise mismatch(f"the inputs' sizes {text(i)} and {text(j)} do not go together", shapes)
    # One is 1 or both are equal, else Keras raises: either way it is the greater of the two.
    if less_equal(2, i):
        return i
    return j if less_equal(2, j) else maximum(i, j)


# --- concatenation -------------------------------------------------------------------------------


def concatenated(shapes: tuple[tuple[Dim, ...], ...], axis: int) -> tuple[Dim, ...]:
    """The first input's dimensions with the sizes on `axis` added up."""
    first = shapes[0]
    if len({len(shape) for shape in shapes}) > 1:
        raise mismatch("the inputs to concatenate have different ranks", shapes)
    if len(shapes) == 1 and axis >= len(first) > 0:
        return first  # Keras looks at the axis only when there is something to add.
    index = axis_index(axis, len(first))
    for others in zip(*(_without(shape, index) for shape in shapes), strict=True):
        _check_alike(others, shapes)
    return (*first[:index], plus(*(shape[index] for shape in shapes)), *first[index + 1 :])


def _without(shape: tuple[Dim, ...], index: int) -> tuple[Dim, ...]:
    return (*shape[:index], *shape[index + 1 :])


def _check_alike(dims: tuple[Dim, ...], shapes: tuple[tuple[Dim, ...], ...]) -> None:
    # Most are the same, and each pair of those that are not is compared.
    stated = dict.fromkeys(dim for dim in dims if dim is not None)
    if any(equal(a, b) is False for a, b in combinations(stated, 2)):
        raise mismatch("the inputs differ beside the axis of concatenation", shapes)


# --- dot product ---------------------------------------------------------------------------------


def check_axes(axes: Any) -> None:
    """Refuse what Dot's constructor refuses as `axes`: anything but one or two integers."""
    if isinstance(known(axes), int):
        return
    if not isinstance(axes, (tuple, list)) or len(axes) != 2:
        refuse("axes", axes)
    if not all(isinstance(known(axis), int) for axis in axes):
        refuse("axes", axes)


def contracted_axes(axes: Any, left: tuple[Dim, ...], right: tuple[Dim, ...]) -> tuple[int, int]:
    """The axis of each input that is summed over, from 0."""
    if not left or len(right) < 2:
        raise mismatch("Dot takes tensors with an axis beside the batch", [left, right])
    if not isinstance(axes, int):
        return axis_index(axes[0], len(left), "axes"), axis_index(axes[1], len(right), "axes")
    if axes < 0:
        return axes % len(left), axes % len(right)
    return axis_index(axes, len(left), "axes"), axis_index(axes, len(right), "axes")


def check_contracted(a: Dim, b: Dim, shapes: Iterable[Sequence[Dim]]) -> None:
    """Keras wants the same size on both contracted axes, and takes None for a size."""
    if (a is None) != (b is None) or equal(a, b) is False:
        raise mismatch(f"the contracted axes have sizes {text(a)} and {text(b)}", shapes)
