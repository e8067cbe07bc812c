"""Functions that give an array another shape: reshape, transpose, concatenate and their kin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.array_values import (
    as_array,
    derived,
    joined_dtype,
    joined_range,
    opaque,
    rearranged,
)
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    extent,
    given,
    known,
    known_method,
    whole,
)
from flake8_paramcount.interpreter.values import Array, ListObject, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

# Where the functions of NumPy stand under their own names.
_PACKAGES = ("numpy", "jax.numpy", "tensorflow")


def reshapes(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register `numpy.name(array, …)` and the method `array.name(…)` at once."""

    def register(body: Callable[..., Value]) -> Callable[..., Value]:
        def on_value(call: Call, a: Value, *args: Value, **kwargs: Value) -> Value:
            return body(call, as_array(call, a), *args, **kwargs)

        known(*(f"{package}.{name}" for package in _PACKAGES for name in names))(on_value)
        known_method(Array, *names)(body)
        return body

    return register


# --- reshape -------------------------------------------------------------------------------------


@known("numpy.reshape", "jax.numpy.reshape", "tensorflow.reshape")
def reshape_function(
    call: Call, a: Value, shape: Value = None, order: Value = "C", *, newshape: Value = None
) -> Value:
    wanted = shape if given(shape) else newshape
    if isinstance(a, Unknown):
        return reshaped_unknown(call, wanted)
    return reshape(call, as_array(call, a), wanted)


@known_method(Array, "reshape")
def reshape(call: Call, receiver: Array, *shape: Value, order: Value = "C") -> Value:
    count = dims.product(receiver.shape.dims) if receiver.shape.known else None
    return rearranged(receiver, solved(_sizes(call, shape), count))


def _sizes(call: Call, shape: Sequence[Value]) -> list[Value]:
    """The sizes asked for, of which one may be -1 and some unknown."""
    if len(shape) == 1 and isinstance(shape[0], Poly):
        return [certain(shape[0])]
    if len(shape) == 1 and not isinstance(shape[0], int):
        if isinstance(shape[0], Unknown):
            raise Undetermined(shape[0])
        return call.items(shape[0])
    return list(shape)


def reshaped_unknown(call: Call, shape: Value) -> Array:
    """Data of which nothing is known but the shape that it is given."""
    sizes = solved(_sizes(call, (shape,)), None)
    return Array(Shape(sizes), site=call.site)


def solved(wanted: Sequence[Value], count: Dim) -> list[Dim]:
    """The shape that `reshape` gives to that many elements. Raises `ValueError` as it does."""
    open_ones = [index for index, size in enumerate(wanted) if not _is_size(size)]
    if sum(size == -1 for size in wanted if isinstance(size, int)) > 1:
        raise ValueError("two sizes of -1")
    known_part = dims.product(size for size in wanted if _is_size(size))
    if not open_ones and count is not None and dims.equal(known_part, count) is False:
        raise ValueError("a reshape whose sizes do not fit")
    return [
        _open_size(open_ones, count, known_part) if index in open_ones else size
        for index, size in enumerate(wanted)
    ]


def _is_size(size: Value) -> bool:
    """Whether a size is certainly no -1."""
    if isinstance(size, (int, Poly)):
        return bool(dims.less_equal(0, size))
    if isinstance(size, Unknown):
        return False
    raise TypeError("a size that is no integer")


def _open_size(open_ones: Sequence[int], count: Dim, known_part: Dim) -> Dim:
    """The one size that is not stated follows from the rest; of several none does."""
    if len(open_ones) > 1 or count is None or dims.less(0, known_part) is not True:
        return opaque("a size that reshape works out")
    if isinstance(count, int) and isinstance(known_part, int) and count % known_part:
        raise ValueError("a reshape whose sizes do not fit")
    return dims.floordiv(count, known_part)


@reshapes("ravel", "flatten")
def ravel(call: Call, array: Array, order: Value = "C") -> Value:
    return rearranged(array, (dims.product(array.shape.dims),))


@known_method(Array, "copy", "numpy", "to_numpy", "__copy__")
def copy(call: Call, array: Array, *rest: Value, **options: Value) -> Value:
    return array


@known_method(Array, "tolist")
def tolist(call: Call, array: Array) -> Value:
    if array.values is None:
        return call.unknown("a list of data")
    return ListObject(list(array.values))


# --- axes ----------------------------------------------------------------------------------------


def axis_of(axis: Value, rank: int) -> int:
    """An axis as an index from 0. Raises `IndexError` as NumPy does."""
    index = whole(axis)
    if not -rank <= index < rank:
        raise IndexError("an axis out of range")
    return index % rank


def axes_of(call: Call, axis: Value, rank: int) -> list[int]:
    """One axis or several, from 0."""
    if isinstance(axis, int):
        return [axis_of(axis, rank)]
    return [axis_of(item, rank) for item in call.items(axis)]


@known("numpy.expand_dims", "jax.numpy.expand_dims", "tensorflow.expand_dims")
def expand_dims(call: Call, a: Value, axis: Value) -> Value:
    array = as_array(call, a)
    shape = list(array.shape.dims)
    rank = len(shape) + (1 if isinstance(axis, int) else len(call.items(axis)))
    for position in sorted(axes_of(call, axis, rank)):
        shape.insert(position, 1)
    return rearranged(array, shape)


@reshapes("squeeze")
def squeeze(call: Call, array: Array, axis: Value = None) -> Value:
    shape = array.shape.dims
    if given(axis):
        dropped = axes_of(call, axis, len(shape))
        if any(dims.equal(shape[index], 1) is False for index in dropped):
            raise ValueError("an axis of another size than 1")
    else:
        if any(dims.equal(size, 1) is None for size in shape):
            raise TypeError("a size that may be 1")
        dropped = [index for index, size in enumerate(shape) if size == 1]
    return rearranged(array, [size for index, size in enumerate(shape) if index not in dropped])


@reshapes("transpose")
def transpose(call: Call, array: Array, *axes: Value) -> Value:
    shape = array.shape.dims
    if not axes or axes[0] is None:
        return rearranged(array, shape[::-1])
    order = [
        axis_of(item, len(shape))
        for item in (axes if isinstance(axes[0], int) else call.items(axes[0]))
    ]
    if sorted(order) != list(range(len(shape))):
        raise ValueError("axes that do not match")
    return rearranged(array, [shape[index] for index in order])


@reshapes("swapaxes")
def swapaxes(call: Call, array: Array, axis1: Value, axis2: Value) -> Value:
    shape = list(array.shape.dims)
    one, other = axis_of(axis1, len(shape)), axis_of(axis2, len(shape))
    shape[one], shape[other] = shape[other], shape[one]
    return rearranged(array, shape)


@known("numpy.moveaxis", "jax.numpy.moveaxis")
def moveaxis(call: Call, a: Value, source: Value, destination: Value) -> Value:
    array = as_array(call, a)
    shape = array.shape.dims
    moved = axes_of(call, source, len(shape))
    places = axes_of(call, destination, len(shape))
    order = [index for index in range(len(shape)) if index not in moved]
    for place, index in sorted(zip(places, moved, strict=True)):
        order.insert(place, index)
    return rearranged(array, [shape[index] for index in order])


@known("numpy.flip", "numpy.fliplr", "numpy.flipud", "numpy.roll", "numpy.sort")
def flip(call: Call, a: Value, *rest: Value, **options: Value) -> Value:
    array = as_array(call, a)
    if call.name == "sort" and (rest or options):
        raise TypeError("an order that is not followed")
    return rearranged(array, array.shape.dims)


@known("numpy.rot90")
def rot90(call: Call, m: Value, k: Value = 1, axes: Value = (0, 1)) -> Value:
    array = as_array(call, m)
    if whole(k) % 2 == 0:
        return rearranged(array, array.shape.dims)
    return swapaxes(call, array, *call.items(axes))


@known("numpy.atleast_2d")
def atleast_2d(call: Call, a: Value) -> Value:
    array = as_array(call, a)
    shape = array.shape.dims
    return rearranged(array, (1,) * (2 - len(shape)) + shape)


# --- several arrays ------------------------------------------------------------------------------


def combined(arrays: Sequence[Array], shape: Sequence[Dim], site: int) -> Array:
    """An array made of all elements of several."""
    low, high = joined_range(arrays)
    origins = {(array.source, array.site) for array in arrays}
    source, origin = origins.pop() if len(origins) == 1 else (None, site)
    return Array(Shape(shape), joined_dtype(arrays), low, high, source, origin)


def _arrays(call: Call, values: Value) -> list[Array]:
    if isinstance(values, Array) and values.dtype == "object":
        raise TypeError("rows of several lengths")
    arrays = [as_array(call, value) for value in call.items(values)]
    if not arrays:
        raise ValueError("no arrays")
    return arrays


def merged(sizes: Sequence[Dim]) -> Dim:
    """The one size that several must have. Raises `ValueError` if they provably differ."""
    exact = [size for size in sizes if isinstance(size, int)]
    if any(dims.equal(sizes[0], size) is False for size in sizes):
        raise ValueError("sizes that do not fit")
    return exact[0] if exact else sizes[0]


def joined(arrays: Sequence[Array], axis: int, site: int) -> Array:
    """`np.concatenate` along an axis from 0."""
    shapes = [array.shape.dims for array in arrays]
    if len({len(shape) for shape in shapes}) != 1:
        raise ValueError("ranks that differ")
    shape = [
        dims.total(sizes) if index == axis else merged(sizes)
        for index, sizes in enumerate(zip(*shapes, strict=True))
    ]
    return combined(arrays, shape, site)


@known("numpy.concatenate", "numpy.concat", "jax.numpy.concatenate", "tensorflow.concat")
def concatenate(call: Call, arrays: Value, axis: Value = 0, **options: Value) -> Value:
    found = _arrays(call, arrays)
    if axis is None:
        total = dims.total(dims.product(array.shape.dims) for array in found)
        return combined(found, (total,), call.site)
    return joined(found, axis_of(axis, found[0].shape.rank), call.site)


@known("numpy.append")
def append(call: Call, arr: Value, values: Value, axis: Value = None) -> Value:
    return concatenate(call, (arr, values), axis)


@known("numpy.stack", "jax.numpy.stack", "tensorflow.stack")
def stack(call: Call, arrays: Value, axis: Value = 0, **options: Value) -> Value:
    found = _arrays(call, arrays)
    shapes = [array.shape.dims for array in found]
    if len({len(shape) for shape in shapes}) != 1:
        raise ValueError("ranks that differ")
    shape = [merged(sizes) for sizes in zip(*shapes, strict=True)]
    shape.insert(axis_of(axis, len(shape) + 1), len(found))
    return combined(found, shape, call.site)


def _with_rank(array: Array, shape: tuple[Dim, ...]) -> Array:
    return array._replace(shape=Shape(shape), values=None)


@known("numpy.vstack", "numpy.row_stack", "jax.numpy.vstack")
def vstack(call: Call, tup: Value) -> Value:
    found = _arrays(call, tup)
    rows = [_with_rank(array, (1,) * (2 - array.shape.rank) + array.shape.dims) for array in found]
    return joined(rows, 0, call.site)


@known("numpy.hstack", "jax.numpy.hstack")
def hstack(call: Call, tup: Value) -> Value:
    found = _arrays(call, tup)
    rows = [_with_rank(array, array.shape.dims or (1,)) for array in found]
    return joined(rows, 0 if rows[0].shape.rank == 1 else 1, call.site)


@known("numpy.column_stack")
def column_stack(call: Call, tup: Value) -> Value:
    found = _arrays(call, tup)
    columns = [
        _with_rank(array, array.shape.dims + (1,) * (2 - array.shape.rank)) for array in found
    ]
    return joined(columns, 1, call.site)


@known("numpy.dstack")
def dstack(call: Call, tup: Value) -> Value:
    found = _arrays(call, tup)
    if any(array.shape.rank < 2 for array in found):
        raise TypeError("arrays of rank 1 are not followed")
    layers = [
        _with_rank(array, array.shape.dims + (1,) * (3 - array.shape.rank)) for array in found
    ]
    return joined(layers, 2, call.site)


# --- repetition ----------------------------------------------------------------------------------


@reshapes("repeat")
def repeat(call: Call, array: Array, repeats: Value, axis: Value = None) -> Value:
    times = extent(repeats)
    shape = list(array.shape.dims)
    if not given(axis):
        return derived(array, (dims.product([*shape, times]),))
    index = axis_of(axis, len(shape))
    shape[index] = dims.product((shape[index], times))
    return derived(array, shape)


@known("numpy.tile", "jax.numpy.tile", "tensorflow.tile")
def tile(call: Call, A: Value, reps: Value) -> Value:
    array = as_array(call, A)
    scalar = isinstance(reps, (int, Poly, Unknown))
    times = [extent(reps)] if scalar else [extent(item) for item in call.items(reps)]
    shape = array.shape.dims
    rank = max(len(shape), len(times))
    sizes = ((1,) * (rank - len(shape)) + shape, (1,) * (rank - len(times)) + tuple(times))
    return derived(array, map(dims.product, zip(*sizes, strict=True)))


@known("numpy.pad")
def pad(call: Call, array: Value, pad_width: Value, *mode: Value, **options: Value) -> Value:
    found = as_array(call, array)
    rank = found.shape.rank
    widths = [_pair(call, item) for item in _widths(call, pad_width, rank)]
    shape = [dims.total((size, *pair)) for size, pair in zip(found.shape.dims, widths, strict=True)]
    return derived(found, shape, low=None, high=None)


def _widths(call: Call, pad_width: Value, rank: int) -> list[Value]:
    if isinstance(pad_width, int):
        return [pad_width] * rank
    items = call.items(pad_width)
    if all(isinstance(item, (int, Poly)) for item in items):
        return [tuple(items)] * rank
    return items * rank if len(items) == 1 else items


def _pair(call: Call, width: Value) -> tuple[Dim, ...]:
    if isinstance(width, (int, Poly)):
        return (width, width)
    before, *after = map(extent, call.items(width))
    return (before, *(after or [before]))


@known("numpy.broadcast_to")
def broadcast_to(call: Call, array: Value, shape: Value) -> Value:
    found = as_array(call, array)
    return derived(found, tuple(map(extent, call.items(shape))))


@known("numpy.split", "numpy.array_split")
def split(call: Call, ary: Value, sections: Value, axis: Value = 0) -> Value:
    array = as_array(call, ary)
    shape = list(array.shape.dims)
    index = axis_of(axis, len(shape))
    count = whole(sections)
    if count > len(shape) + 1_000:
        raise OverflowError("many parts")
    size = dims.floordiv(shape[index], count)
    if dims.equal(dims.mod(shape[index], count), 0) is not True:
        raise TypeError("parts of several sizes")
    part = derived(array, [*shape[:index], size, *shape[index + 1 :]])
    return ListObject([part] * count)
