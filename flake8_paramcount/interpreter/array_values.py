"""Data as shape, dtype and value range: how values become arrays, and how arrays broadcast."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.signatures import Call, certain, extent
from flake8_paramcount.interpreter.values import Array, ListObject, Qualified, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

# Elements themselves are kept for one-dimensional arrays up to this length.
MAX_VALUES = 1_000

# A nested list with more items than this is not read through.
MAX_ELEMENTS = 20_000

_INTEGER_LIMITS = {
    f"{prefix}int{bits}": (0, 2**bits - 1) if prefix else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    for prefix in ("", "u")
    for bits in (8, 16, 32, 64)
}

_DTYPES = {
    "int": "int64",
    "int_": "int64",
    "long": "int64",
    "float": "float64",
    "float_": "float64",
    "double": "float64",
    "single": "float32",
    "half": "float16",
    "bool_": "bool",
    "uint": "uint64",
    "byte": "int8",
    "ubyte": "uint8",
    "object_": "object",
    "f": "float32",
    "d": "float64",
    "i": "int32",
}


class Labels(Array):
    """Class labels of which every one from `low` to `high` occurs, as in a known data set."""

    __slots__ = ()


class OneHot(Array):
    """Classes as rows that are 1 at the class and 0 elsewhere."""

    __slots__ = ()


def no_array(value: Value) -> Undetermined:
    """Why a value cannot be read as an array."""
    if isinstance(value, Unknown):
        return Undetermined(value)
    return Undetermined(Unknown(f"an array made of {type(value).__name__}"))


def derived(array: Array, shape: Iterable[Dim] | Unknown, **changes: Any) -> Array:
    """An array of another shape whose elements are elements of this one."""
    return Array(
        Shape(shape),
        changes.get("dtype", array.dtype),
        changes.get("low", array.low),
        changes.get("high", array.high),
        array.source,
        array.site,
        changes.get("values"),
    )


def rearranged(array: Array, shape: Iterable[Dim], **changes: Any) -> Array:
    """An array of another shape with all the elements of this one, and no others."""
    result = derived(array, shape, **changes)
    return Labels(*result) if isinstance(array, Labels) else result


def measured(array: Array, shape: Iterable[Dim] | Unknown, dtype: str | None = "float64") -> Array:
    """An array of numbers computed from this one, whose range is not known."""
    return Array(Shape(shape), dtype, None, None, None, array.site)


def opaque(reason: str, upper: Dim = None, lower: int = 0) -> Poly:
    """A length that nothing in the source says."""
    return dims.symbol(reason, lower=lower, upper=dims.bounds(upper)[1], reason=reason, opaque=True)


def not_negative(value: Dim) -> Dim:
    """A length: the value, or 0 where it would be negative."""
    return value if dims.less_equal(0, value) else dims.maximum(value, 0)


def dtype_name(value: Value) -> str | None:
    """The name of a dtype argument; None when it is not known."""
    if isinstance(value, Qualified):
        value = value.path.rpartition(".")[2]
    return _DTYPES.get(value, value) if isinstance(value, str) else None


def is_integer(dtype: str | None) -> bool:
    """Whether a dtype is provably one of integers."""
    return dtype in _INTEGER_LIMITS


def fitting(dtype: str | None, low: Dim, high: Dim) -> tuple[Dim, Dim]:
    """A range, if it provably does not wrap around in the dtype."""
    if low is None or high is None:
        return None, None
    least, most = _INTEGER_LIMITS.get(dtype or "", (None, None))
    if least is None or not (dims.less_equal(least, low) and dims.less_equal(high, most)):
        return None, None
    return low, high


# --- values as arrays ----------------------------------------------------------------------------


def as_array(call: Call, value: Value) -> Array:
    """A value as `np.asarray` reads it. Raises `Undetermined` and `NeedSplit`."""
    if isinstance(value, Array):
        return value
    call.run.fuel.burn()
    if isinstance(value, range):
        return _of_range(value)
    if isinstance(value, Poly):
        return _of_scalar(certain(value), call.site)
    if isinstance(value, (bool, int, float, str)):
        return _of_scalar(value, call.site)
    if isinstance(value, ListObject) or type(value) is tuple:
        return of_items(call, call.items(value))
    raise no_array(value)


def _of_range(value: range) -> Array:
    ends = (value[0], value[-1]) if value else (0, 0)
    values = tuple(value) if len(value) <= MAX_VALUES else None
    return Array(Shape((len(value),)), "int64", min(ends), max(ends), values=values)


def _of_scalar(value: Any, site: int) -> Array:
    low = int(value) if isinstance(value, int) else value if isinstance(value, Poly) else None
    return Array(Shape(()), _scalar_dtype(value), low, low, None, site)


def _scalar_dtype(value: Value) -> str | None:
    for kind, name in ((bool, "bool"), (int, "int64"), (float, "float64"), (Poly, "int64")):
        if isinstance(value, kind):
            return name
    return "str"


def of_items(call: Call, items: Sequence[Value]) -> Array:
    """The array of a list: of scalars, or of rows that have one shape."""
    if len(items) > MAX_ELEMENTS:
        raise no_array(Unknown("a list of many items"))
    if not items:
        return Array(Shape((0,)), "float64", site=call.site)
    rows = [as_array(call, item) for item in items]
    shapes = {row.shape for row in rows}
    if len(shapes) != 1:
        return _ragged(rows, call.site)
    shape = (len(rows), *rows[0].shape.dims)
    low, high = joined_range(rows)
    values = tuple(items) if _keeps_values(items) else None
    return Array(Shape(shape), joined_dtype(rows), low, high, *_origin(rows, call.site), values)


def _keeps_values(items: Sequence[Value]) -> bool:
    return len(items) <= MAX_VALUES and all(isinstance(item, (int, float, Poly)) for item in items)


def _ragged(rows: Sequence[Array], site: int) -> Array:
    """Rows of several lengths: an array of sequences, each a list of its own."""
    if any(not row.shape.known or row.shape.rank != 1 for row in rows):
        raise no_array(Unknown("a list of items of several shapes"))
    low, high = joined_range(rows)
    return Array(Shape((len(rows),)), "object", low, high, *_origin(rows, site))


def _origin(rows: Sequence[Array], site: int) -> tuple[str | None, int]:
    """The source and site that a reader is told, where the rows agree on one."""
    origins = {(row.source, row.site) for row in rows if row.source}
    return origins.pop() if len(origins) == 1 else (None, site)


def joined_range(arrays: Sequence[Array]) -> tuple[Dim, Dim]:
    """The range of all elements of several arrays; empty ones have none."""
    low, high = arrays[0].low, arrays[0].high
    for array in arrays[1:]:
        low, high = dims.minimum(low, array.low), dims.maximum(high, array.high)
    return low, high


def joined_dtype(arrays: Sequence[Array]) -> str | None:
    """The dtype that holds the elements of several arrays, for the common cases."""
    found = {array.dtype for array in arrays}
    if len(found) == 1:
        return found.pop()
    if found <= {"bool", "int64", "float64"}:
        return "float64" if "float64" in found else "int64"
    return None


def length(call: Call, array: Array) -> int | Poly:
    """The number of rows."""
    return extent(array.shape.dims[0])


# --- broadcasting --------------------------------------------------------------------------------


def broadcast(*shapes: Sequence[Dim]) -> list[Dim]:
    """The shape of an element-wise operation. Raises `ValueError` where NumPy does."""
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    return [_common(axis) for axis in zip(*padded, strict=True)]


def _common(sizes: Sequence[Dim]) -> Dim:
    result: Dim = 1
    for size in sizes:
        result = _common_of_two(result, size)
    return result


def _common_of_two(one: Dim, other: Dim) -> Dim:
    if one == 1 or one == other:
        return other
    if other == 1:
        return one
    if isinstance(one, int) and isinstance(other, int):
        raise ValueError("shapes that do not broadcast")
    # A size that is known and not 1 is the result, if the operation is possible at all.
    if isinstance(one, int):
        return one
    return other if isinstance(other, int) else opaque("a size of a broadcast")
