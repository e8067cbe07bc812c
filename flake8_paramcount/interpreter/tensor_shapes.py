"""What functions of Keras and TensorFlow give on tensors, where it is not what NumPy gives on data.

Each is written with the parameters that it has in `keras.ops`; an array of the same shape stands
for each tensor, and sizes may be free (`None`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from flake8_paramcount.dims import Dim, Poly, floordiv, product
from flake8_paramcount.interpreter.array_shaping import axes_of, axis_of
from flake8_paramcount.interpreter.array_values import as_array
from flake8_paramcount.interpreter.construct import shape_of
from flake8_paramcount.interpreter.signatures import Body, Call, extent, whole
from flake8_paramcount.interpreter.tensors import broadcast
from flake8_paramcount.interpreter.values import Array, ListObject, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

SHAPES: dict[str, Body] = {}
"""The functions by their last name, or by their whole path where libraries differ."""


def gives(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that gives the sizes of one tensor, or lists of sizes of several."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        def on_arrays(call: Call, *args: Value, **kwargs: Value) -> Value:
            found = body(call, *args, **kwargs)
            if isinstance(found, list):
                return ListObject([Array(Shape(sizes), site=call.site) for sizes in found])
            return Array(Shape(found), site=call.site)

        SHAPES.update(dict.fromkeys(names, on_arrays))
        return body

    return register


def sizes_of(call: Call, value: Value) -> tuple[Dim, ...]:
    """The sizes of a tensor or of data."""
    return as_array(call, value).shape.dims


# --- element by element --------------------------------------------------------------------------


@gives(
    *"add arctan2 bitwise_and bitwise_or bitwise_xor divide divide_no_nan floor_divide floormod "
    "fmax fmin fmod greater greater_equal heaviside hypot less less_equal logaddexp logical_and "
    "logical_or logical_xor maximum minimum mod multiply not_equal power squared_difference "
    "subtract".split()
)
def element_by_element(call: Call, x1: Value, x2: Value) -> Any:
    return _broadcast(call, x1, x2)


@gives("tensorflow.where", "keras.ops.where", "keras.backend.switch", "keras.ops.numpy.where")
def where(call: Call, condition: Value, x1: Value, x2: Value) -> Any:
    return _broadcast(call, condition, x1, x2)


def _broadcast(call: Call, *values: Value) -> tuple[Dim, ...]:
    result = Shape(())
    for value in values:
        result = broadcast(result, as_array(call, value).shape)
    return result.dims


@gives("keras.ops.cumsum", "keras.ops.cumprod", "keras.ops.numpy.cumsum", "keras.ops.numpy.cumprod")
def cumulated(call: Call, x: Value, axis: Value = None, dtype: Value = None) -> Any:
    return (product(sizes_of(call, x)),) if axis is None else sizes_of(call, x)


@gives("cumsum", "cumprod")
def cumulated_along(call: Call, x: Value, axis: Value = 0, *rest: Value, **options: Value) -> Any:
    return sizes_of(call, x)


@gives("keras.ops.normalize", "keras.ops.nn.normalize", "tensorflow.math.l2_normalize")
def normalize(call: Call, x: Value, axis: Value = -1, *rest: Value, **options: Value) -> Any:
    return sizes_of(call, x)


@gives("take_along_axis")
def take_along_axis(call: Call, x: Value, indices: Value, axis: Value = None) -> Any:
    if axis is None:
        raise TypeError("indices into all elements")
    sizes, index = sizes_of(call, x), axis_of(axis, len(sizes_of(call, x)))
    found = sizes_of(call, indices)
    pairs = zip(sizes, found, strict=True)
    return tuple(
        theirs if place == index else broadcast(Shape((mine,)), Shape((theirs,))).dims[0]
        for place, (mine, theirs) in enumerate(pairs)
    )


# --- reductions ----------------------------------------------------------------------------------


@gives(
    *"all any argmax argmin count_nonzero euclidean_norm logsumexp max amax mean median min amin "
    "nanmax nanmean nanmin nansum prod ptp std sum var variance".split()
)
def reduction(
    call: Call, x: Value, axis: Value = None, keepdims: Value = False, **options: Value
) -> Any:
    return _reduced(call, sizes_of(call, x), axis, keepdims)


@gives("norm")
def norm(
    call: Call, x: Value, ord: Value = None, axis: Value = None, keepdims: Value = False
) -> Any:
    return _reduced(call, sizes_of(call, x), axis, keepdims)


@gives("moments")
def moments(call: Call, x: Value, axes: Value, keepdims: Value = False, **options: Value) -> Any:
    return [_reduced(call, sizes_of(call, x), axes, keepdims)] * 2


def _reduced(call: Call, sizes: Sequence[Dim], axis: Value, keepdims: Value) -> tuple[Dim, ...]:
    axes = range(len(sizes)) if axis is None else axes_of(call, axis, len(sizes))
    if call.truth(keepdims):
        return tuple(1 if index in axes else size for index, size in enumerate(sizes))
    return tuple(size for index, size in enumerate(sizes) if index not in axes)


# --- other sizes ---------------------------------------------------------------------------------


@gives("reshape")
def reshape(call: Call, x: Value, shape: Value) -> Any:
    source = sizes_of(call, x)
    target = list(shape_of(call.run, _with_free(call, shape)).dims)
    if target and target[0] is None and source and source[0] is None:
        # A leading -1 in front of a free batch is that batch, if the rest has the same size.
        rest, wanted = product(source[1:]), product(target[1:])
        if rest == wanted and rest is not None:
            return (None, *target[1:])
    if target.count(None) == 1 and None not in source:
        known = product(size for size in target if size is not None)
        target[target.index(None)] = floordiv(product(source), known)
    return tuple(target)


def _with_free(call: Call, shape: Value) -> tuple[Value, ...]:
    """A target shape with its -1 as a size that is free."""
    return tuple(
        None if (isinstance(item, int) and item < 0) or isinstance(item, Array) else item
        for item in call.items(shape)
    )


@gives("squeeze")
def squeeze(call: Call, x: Value, axis: Value = None) -> Any:
    sizes = sizes_of(call, x)
    if axis is not None:
        axes = axes_of(call, axis, len(sizes))
        return tuple(size for index, size in enumerate(sizes) if index not in axes)
    if any(not isinstance(size, int) for size in sizes[1:]):
        raise Undetermined(Unknown("which axes have size 1"))
    return tuple(size for size in sizes if size != 1)


@gives("batch_flatten")
def batch_flatten(call: Call, x: Value) -> Any:
    first, *rest = sizes_of(call, x)
    return (first, product(rest))


@gives("keras.backend.repeat")
def repeat_vector(call: Call, x: Value, n: Value) -> Any:
    batch, features = sizes_of(call, x)
    return (batch, extent(n), features)


@gives("split")
def split(call: Call, x: Value, indices_or_sections: Value, axis: Value = 0) -> Any:
    places = indices_or_sections
    cuts = None if isinstance(places, int | Poly | Unknown) else call.items(places)
    return _split(sizes_of(call, x), axis, places if cuts is None else None, cuts)


@gives("tensorflow.split")
def split_intosizes_of(
    call: Call, value: Value, num_or_size_splits: Value, axis: Value = 0, num: Value = None
) -> Any:
    parts = num_or_size_splits
    if isinstance(parts, int | Poly | Unknown):
        return _split(sizes_of(call, value), axis, parts, None)
    sizes = list(sizes_of(call, value))
    index = axis_of(axis, len(sizes))
    return [(*sizes[:index], extent(part), *sizes[index + 1 :]) for part in call.items(parts)]


def _split(sizes: Sequence[Dim], axis: Value, count: Value, cuts: list[Value] | None) -> Any:
    index = axis_of(axis, len(sizes))
    size = sizes[index]
    if cuts is None:
        parts: list[Dim] = [None if size is None else floordiv(size, whole(count))] * whole(count)
    else:
        ends = [0, *map(whole, cuts), whole(size)]
        if sorted(ends) != ends:
            raise ValueError("cuts that are not in order")
        parts = [end - start for start, end in itertools.pairwise(ends)]
    return [(*sizes[:index], part, *sizes[index + 1 :]) for part in parts]


@gives("unstack")
def unstack(call: Call, x: Value, num: Value = None, axis: Value = 0) -> Any:
    sizes = sizes_of(call, x)
    index = axis_of(axis, len(sizes))
    count = whole(sizes[index] if num is None else num)
    return [(*sizes[:index], *sizes[index + 1 :])] * count


@gives("take")
def take(call: Call, x: Value, indices: Value, axis: Value = None) -> Any:
    sizes, chosen = sizes_of(call, x), sizes_of(call, indices)
    if axis is None:
        return chosen
    index = axis_of(axis, len(sizes))
    return (*sizes[:index], *chosen, *sizes[index + 1 :])


@gives("gather")
def gather(call: Call, params: Value, indices: Value, *, axis: Value = 0) -> Any:
    return take(call, params, indices, axis)


@gives("slice")
def slice_(call: Call, x: Value, start_indices: Value, shape: Value) -> Any:
    wanted = [whole(size) for size in call.items(shape)]
    if -1 in wanted:
        raise TypeError("a slice up to the end")
    return tuple(wanted)


@gives("one_hot")
def one_hot(call: Call, x: Value, num_classes: Value, axis: Value = -1, **options: Value) -> Any:
    sizes = list(sizes_of(call, x))
    sizes.insert(axis_of(axis, len(sizes) + 1), extent(num_classes))
    return tuple(sizes)


@gives("top_k")
def top_k(call: Call, x: Value, k: Value = 1, sorted: Value = True) -> Any:
    return [(*sizes_of(call, x)[:-1], extent(k))] * 2


@gives("glu")
def glu(call: Call, x: Value, axis: Value = -1) -> Any:
    sizes = list(sizes_of(call, x))
    index = axis_of(axis, len(sizes))
    sizes[index] = None if sizes[index] is None else floordiv(sizes[index], 2)
    return tuple(sizes)
