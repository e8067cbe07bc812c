"""Indexing and slicing of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.array_values import (
    as_array,
    derived,
    not_negative,
    opaque,
    rearranged,
)
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    known,
    known_method,
    operand,
    whole,
)
from flake8_paramcount.interpreter.values import Array, ListObject, Value
from flake8_paramcount.unknown import Undetermined, Unknown


@known_method(Array, "__getitem__")
def item(call: Call, array: Array, index: Value) -> Value:
    """`array[index]`."""
    if array.dtype == "object":
        return _sequence(call, array, index)
    parts = _parts(call, index, array.shape.rank)
    lone = _lone_index(array, parts)
    if lone is not None:
        return lone
    shape = _indexed(array.shape.dims, parts)
    if not shape and not any(isinstance(part, Array) for part in parts):
        return call.number("it is an element of data")
    whole_array = all(part is None or _is_whole(part) for part in parts)
    return rearranged(array, shape) if whole_array else derived(array, shape)


def _is_whole(part: Value) -> bool:
    """Whether a slice leaves nothing out."""
    return (
        isinstance(part, slice) and part.start is part.stop is None and part.step in (None, -1, 1)
    )


def _sequence(call: Call, array: Array, index: Value) -> Value:
    """An item of an array of sequences, of which only the number and the range are known."""
    parts = _parts(call, index, 1)
    shape = _indexed(array.shape.dims, parts)
    if shape:
        return derived(array, shape)
    return derived(array, (opaque("the length of a sequence"),), dtype="int64")


def _lone_index(array: Array, parts: Sequence[Value]) -> Value:
    """An element, or a slice, of an array whose elements are known."""
    if array.values is None or len(parts) != 1 or array.shape.rank != 1:
        return None
    part = parts[0]
    if isinstance(part, int) and not isinstance(part, bool):
        return array.values[part]
    if isinstance(part, slice) and all(
        isinstance(bound, (int, type(None))) for bound in (part.start, part.stop, part.step)
    ):
        values = array.values[part]
        return derived(array, (len(values),), values=values, **_range_of(values))
    return None


def _range_of(values: Sequence[Any]) -> dict[str, Dim]:
    if values and all(isinstance(value, int) for value in values):
        return {"low": min(values), "high": max(values)}
    return {"low": None, "high": None}


# --- the parts of an index -----------------------------------------------------------------------


def _parts(call: Call, index: Value, rank: int) -> list[Value]:
    """One part for each axis, None for each new one; ellipses written out."""
    given = list(index) if type(index) is tuple else [index]
    parts = [_part(call, part) for part in given]
    used = sum(_axes_used(part) for part in parts if part is not Ellipsis)
    if used > rank:
        raise IndexError("too many indices")
    rest = [slice(None)] * (rank - used)
    if Ellipsis not in [part for part in parts if part is Ellipsis]:
        return parts + rest
    position = next(i for i, part in enumerate(parts) if part is Ellipsis)
    return [*parts[:position], *rest, *parts[position + 1 :]]


def _axes_used(part: Value) -> int:
    if part is None:
        return 0
    if isinstance(part, Array) and part.dtype == "bool":
        return part.shape.rank
    return 1


def _part(call: Call, part: Value) -> Value:
    part = operand(call.run, call.settle(part))
    if isinstance(part, slice):
        return slice(*(call.settle(bound) for bound in (part.start, part.stop, part.step)))
    if isinstance(part, (ListObject, range)):
        return as_array(call, part)
    if isinstance(part, Unknown):
        raise Undetermined(part)
    if isinstance(part, Poly):
        return certain(part)
    if part is None or part is Ellipsis or isinstance(part, Array):
        return part
    if isinstance(part, int) and not isinstance(part, bool):
        return part
    raise TypeError(f"an index of {type(part).__name__}")


# --- the shape that is left ----------------------------------------------------------------------


def _indexed(shape: Sequence[Dim], parts: Sequence[Value]) -> list[Dim]:
    """The shape behind an index. Raises `IndexError` where NumPy provably does."""
    advanced = [part for part in parts if isinstance(part, Array)]
    if advanced and (len(advanced) > 1 or any(isinstance(part, (int, Poly)) for part in parts)):
        raise TypeError("several index arrays")
    left = list(shape)
    result: list[Dim] = []
    for part in parts:
        if part is None:
            result.append(1)
            continue
        axes = [left.pop(0) for _ in range(_axes_used(part))]
        result.extend(_axis(axes, part))
    return result


def _axis(sizes: Sequence[Dim], part: Value) -> Sequence[Dim]:
    """What one part of an index makes of the axes that it takes."""
    if isinstance(part, Array):
        if part.dtype == "bool":
            return [opaque("the number of rows that a mask keeps", dims.product(sizes))]
        return part.shape.dims
    if isinstance(part, slice):
        return [sliced(sizes[0], part)]
    if isinstance(part, int) and isinstance(sizes[0], int) and not -sizes[0] <= part < sizes[0]:
        raise IndexError("an index out of range")
    return []


def sliced(size: Dim, part: slice) -> Dim:
    """The length of a slice of an axis."""
    step = 1 if part.step is None else part.step
    bounds = (part.start, part.stop)
    if isinstance(size, int) and all(isinstance(b, (int, type(None))) for b in (*bounds, step)):
        return len(range(*slice(*bounds, step).indices(size)))
    if part.start is part.stop is None and step in (1, -1):
        return size
    if not isinstance(step, int) or step < 1 or any(isinstance(b, Unknown) for b in bounds):
        return opaque("the length of a slice", size)
    start, stop = _clipped(part.start, size, 0), _clipped(part.stop, size, size)
    if start is None or stop is None:
        return opaque("the length of a slice", size)
    return dims.ceildiv(not_negative(dims.total((stop, _negative(start)))), step)


def _negative(value: Dim) -> Dim:
    return None if value is None else -value


def _clipped(bound: Value, size: Dim, default: Dim) -> Dim:
    """A bound of a slice within the axis; None if its sign is not known."""
    if bound is None:
        return default
    if dims.less_equal(0, bound):
        return dims.minimum(bound, size)
    if dims.less(bound, 0):
        return not_negative(dims.total((size, bound)))
    return None


@known("numpy.take")
def take(call: Call, a: Value, indices: Value, axis: Value = None, **options: Value) -> Value:
    array, chosen = as_array(call, a), as_array(call, indices)
    if axis is None:
        return derived(array, chosen.shape.dims)
    position = whole(axis) % array.shape.rank
    shape = array.shape.dims
    return derived(array, (*shape[:position], *chosen.shape.dims, *shape[position + 1 :]))
