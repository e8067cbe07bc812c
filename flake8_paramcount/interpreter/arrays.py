"""Arithmetic of arrays and their attributes; importing this registers all that is known of data."""

from __future__ import annotations

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter import (  # noqa: F401 (registered by import)
    array_items,
    array_making,
    array_reading,
    array_shaping,
    commandline,
    data,
    iteration,
    library,
    objects,
)
from flake8_paramcount.interpreter.array_values import (
    Labels,
    broadcast,
    fitting,
    is_integer,
    rearranged,
)
from flake8_paramcount.interpreter.natives import attribute, method
from flake8_paramcount.interpreter.operators import is_scalar
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import certain
from flake8_paramcount.interpreter.values import Arguments, Array, ListObject, Qualified, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})

_FLOATS = ("float16", "float32", "float64")


def array_binary(symbol: str, left: Value, right: Value) -> Value:
    """`left symbol right` where one side is an array. Raises `Undetermined`."""
    one, other = _operand(left), _operand(right)
    shape = _shape(symbol, one, other)
    site = (one if isinstance(left, Array) else other).site
    if symbol in _COMPARISONS:
        return Array(shape, "bool", 0, 1, None, site)
    dtype = _dtype(symbol, left, right)
    low, high = fitting(dtype, *_range(symbol, left, right))
    source = (one if isinstance(left, Array) else other).source if high is not None else None
    return Array(shape, dtype, low, high, source, site)


def _operand(value: Value) -> Array:
    if isinstance(value, Array):
        return value
    if is_scalar(value):
        return Array(Shape(()))
    if isinstance(value, Poly):
        certain(value)
    if isinstance(value, (bool, int, float, complex)):
        return Array(Shape(()))
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, ListObject) and _holds_numbers(value.state):
        return Array(Shape((len(value.state),)))
    raise Undetermined(Unknown(f"arithmetic of an array and {type(value).__name__}"))


def _holds_numbers(state: Value) -> bool:
    return isinstance(state, list) and all(isinstance(item, (int, float, Poly)) for item in state)


def _shape(symbol: str, one: Array, other: Array) -> Shape:
    for side in (one, other):
        if not side.shape.known:
            return Shape(Unknown("an operand of unknown shape"))
    try:
        if symbol == "@":
            return Shape(matrix_product(list(one.shape.dims), list(other.shape.dims)))
        return Shape(broadcast(one.shape.dims, other.shape.dims))
    except ValueError as error:
        raise Undetermined(Unknown(str(error))) from error


def matrix_product(one: list[Dim], other: list[Dim]) -> list[Dim]:
    """The shape of `one @ other`. Raises `ValueError` where NumPy does."""
    if not one or not other:
        raise ValueError("a matrix product with a scalar")
    inner = other[-2] if len(other) > 1 else other[0]
    if dims.equal(one[-1], inner) is False:
        raise ValueError("a matrix product whose sizes do not fit")
    rows = one[-2:-1]
    columns = other[-1:] if len(other) > 1 else []
    return [*broadcast(one[:-2], other[:-2]), *rows, *columns]


def _dtype(symbol: str, left: Value, right: Value) -> str | None:
    """The dtype of the result, where the operands leave no doubt."""
    found = [side.dtype for side in (left, right) if isinstance(side, Array)]
    if len(found) == 2:
        same = found[0] == found[1]
        return found[0] if same and (symbol != "/" or found[0] in _FLOATS) else None
    number = right if isinstance(left, Array) else left
    if found[0] in _FLOATS:
        return found[0]
    if not is_integer(found[0]) or not isinstance(number, (int, float, Poly)):
        return None
    whole = isinstance(number, (int, Poly)) and symbol != "/"
    return found[0] if whole else "float64"


def _range(symbol: str, left: Value, right: Value) -> tuple[Dim, Dim]:
    """The range of `array symbol number`: with one number, extremes go to extremes."""
    if isinstance(left, Array) and isinstance(right, (int, Poly)):
        return _shifted(symbol, left.low, left.high, right)
    if isinstance(right, Array) and isinstance(left, (int, Poly)) and symbol in ("+", "*"):
        return _shifted(symbol, right.low, right.high, left)
    return None, None


def _shifted(symbol: str, low: Dim, high: Dim, number: int | Poly) -> tuple[Dim, Dim]:
    if low is None or high is None:
        return None, None
    if symbol == "+":
        return low + number, high + number
    if symbol == "-":
        return low - number, high - number
    if symbol == "*" and dims.less_equal(0, number):
        return low * number, high * number
    if symbol == "//" and dims.less(0, number):
        return dims.floordiv(low, number), dims.floordiv(high, number)
    if symbol == "%" and dims.less_equal(0, low) and dims.less(high, number):
        return low, high
    return None, None


# --- attributes ----------------------------------------------------------------------------------


@attribute(Array, "shape")
def shape(run: Run, array: Array) -> Value:
    """The shape as a tuple; its sizes may be symbolic."""
    if array.shape.why is not None:
        return array.shape.why.derive("shape", None)
    return array.shape.dims


@attribute(Array, "ndim")
def ndim(run: Run, array: Array) -> Value:
    return array.shape.rank


@attribute(Array, "size")
def size(run: Run, array: Array) -> Value:
    return dims.product(array.shape.dims)


@attribute(Array, "T", "mT")
def transposed(run: Run, array: Array) -> Value:
    return rearranged(array, array.shape.dims[::-1], values=array.values)


@attribute(Array, "dtype")
def dtype(run: Run, array: Array) -> Value:
    if array.dtype is None:
        return Unknown("the dtype of an array", None, array.site)
    return Qualified(f"numpy.{array.dtype}")


@attribute(Array, "values", "real")
def values(run: Run, array: Array) -> Value:
    return array


@attribute(Array, "data", "nbytes", "itemsize", "flat", "base", "strides")
def unfollowed(run: Run, array: Array) -> Value:
    return Unknown("an attribute of an array that is not followed", None, array.site)


@method(Array, "__len__")
def len_(run: Run, array: Array, arguments: Arguments) -> Value:
    if not array.shape.dims:
        raise TypeError("len of a scalar")
    return array.shape.dims[0]


__all__ = ["Labels", "array_binary", "matrix_product"]
