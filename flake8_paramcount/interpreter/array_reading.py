"""Functions that reduce, search or compute element by element."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.array_shaping import axes_of
from flake8_paramcount.interpreter.array_values import (
    Labels,
    as_array,
    broadcast,
    derived,
    measured,
    opaque,
)
from flake8_paramcount.interpreter.library import multiplied
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    given,
    known,
    known_method,
    number,
)
from flake8_paramcount.interpreter.values import Array, Value
from flake8_paramcount.keras.layer import Shape

_INT64_BITS = 63


def reductions(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register `numpy.name(array, …)` and the method of arrays at once."""

    def register(body: Callable[..., Value]) -> Callable[..., Value]:
        def on_value(call: Call, a: Value, *args: Value, **kwargs: Value) -> Value:
            return body(call, as_array(call, a), *args, **kwargs)

        known(*(f"{package}.{name}" for package in ("numpy", "jax.numpy") for name in names))(
            on_value
        )
        known_method(Array, *names)(body)
        return body

    return register


def reduced(call: Call, array: Array, axis: Value, keepdims: Value) -> list[Dim]:
    """The shape behind a reduction."""
    shape = array.shape.dims
    gone = range(len(shape)) if not given(axis) else axes_of(call, axis, len(shape))
    if call.truth(keepdims):
        return [1 if index in gone else size for index, size in enumerate(shape)]
    return [size for index, size in enumerate(shape) if index not in gone]


def numbers_of(array: Array) -> list[Any] | None:
    """The elements of an array, if they are known numbers."""
    if array.values is None or any(isinstance(value, Poly) for value in array.values):
        return None
    return [number(value) for value in array.values]


def _extreme(name: str, pick: Callable[[Sequence[Any]], Any]) -> None:
    """`max` and `min`: a range is only a bound of what occurs, unless all of it is known to."""

    @reductions(name, f"a{name}", f"nan{name}")
    def perform(
        call: Call, array: Array, axis: Value = None, out: Value = None, keepdims: Value = False
    ) -> Value:
        shape = reduced(call, array, axis, keepdims)
        if shape:
            return measured(array, shape, array.dtype)
        values = numbers_of(array)
        if values:
            return pick(values)
        if labelled(array):
            return array.high if name == "max" else array.low
        return call.number(f"the {name}imum of data")


def labelled(array: Array) -> bool:
    """Whether every integer of the range occurs in the array."""
    if not isinstance(array, Labels) or not array.shape.known:
        return False
    count = dims.product(array.shape.dims)
    high, low = array.high, array.low
    return isinstance(high, int) and isinstance(low, int) and bool(dims.less(high - low, count))


_extreme("max", max)
_extreme("min", min)


@reductions("sum", "mean", "std", "var", "median", "nansum", "nanmean", "ptp", "average")
def statistic(
    call: Call,
    array: Array,
    axis: Value = None,
    *rest: Value,
    keepdims: Value = False,
    **options: Value,
) -> Value:
    shape = reduced(call, array, axis, keepdims)
    if shape:
        return measured(array, shape, None)
    values = numbers_of(array)
    if not values or rest or options or call.name != "sum":
        return call.number("a statistic of data")
    return sum(values)


@known("numpy.sum")
def sum_(call: Call, a: Value, *rest: Value, **options: Value) -> Value:
    array = as_array(call, a)
    if rest or options or numbers_of(array) is None:
        return statistic(call, array, *rest, **options)
    return sum(numbers_of(array) or ())


@known("numpy.mean", "numpy.average")
def mean(call: Call, a: Value, *rest: Value, **options: Value) -> Value:
    array = as_array(call, a)
    values = numbers_of(array)
    if rest or options or not values:
        return statistic(call, array, *rest, **options)
    return sum(values) / len(values)


@known("numpy.prod", "numpy.product", "jax.numpy.prod", "keras.ops.prod", "keras.backend.prod")
@known("tensorflow.reduce_prod", "tensorflow.math.reduce_prod")
def prod(call: Call, a: Value, axis: Value = None, **options: Value) -> Value:
    array = as_array(call, a)
    if given(axis) or options or array.values is None:
        return statistic(call, array, axis, **options)
    result = multiplied(call.run, list(array.values))
    # NumPy's integers wrap around where Python's do not.
    if isinstance(result, int) and result.bit_length() > _INT64_BITS:
        raise OverflowError("a product of over 63 bits")
    return result


known_method(Array, "prod")(prod)


@reductions("argmax", "argmin")
def argmax(
    call: Call, array: Array, axis: Value = None, out: Value = None, *, keepdims: Value = False
) -> Value:
    shape = reduced(call, array, axis, keepdims)
    if not shape:
        return call.number("a position in data")
    (position,) = axes_of(call, axis, array.shape.rank)
    size = array.shape.dims[position]
    high = None if size is None else size - 1
    return Array(Shape(shape), "int64", 0, high, None, array.site)


@reductions("argsort", "cumsum", "cumprod")
def same_shape(call: Call, array: Array, axis: Value = -1, **options: Value) -> Value:
    if call.name != "argsort" and axis == -1 and array.shape.rank > 1:
        raise TypeError("a running sum over all elements")
    return measured(array, array.shape.dims, None)


@reductions("any", "all")
def any_(call: Call, array: Array, axis: Value = None, **options: Value) -> Value:
    if not given(axis):
        return call.unknown("a test of data")
    shape = reduced(call, array, axis, options.get("keepdims", False))
    return Array(Shape(shape), "bool", 0, 1, None, array.site)


@known("numpy.unique")
def unique(call: Call, ar: Value, *rest: Value, **options: Value) -> Value:
    array = as_array(call, ar)
    count, values = _distinct(call, array)
    distinct = derived(array, (count,), values=values)
    if not rest and not options:
        return distinct
    return call.unknown("the parts of `numpy.unique`")


def _distinct(call: Call, array: Array) -> tuple[Dim, tuple[Any, ...] | None]:
    """How many different elements there are, and which if that is known."""
    values = numbers_of(array)
    if values is not None:
        found = tuple(sorted(set(values)))
        return len(found), found
    if labelled(array):
        return array.high - array.low + 1, None  # type: ignore[operator]
    return call.symbol(".size"), None


@known("numpy.bincount")
def bincount(call: Call, x: Value) -> Value:
    array = as_array(call, x)
    size = array.high + 1 if labelled(array) and array.high is not None else opaque("a count")
    return measured(array, (size,), "int64")


@known("numpy.where", "numpy.nonzero")
def where(call: Call, condition: Value, *branches: Value) -> Value:
    if len(branches) != 2:
        return call.unknown("the positions of data")
    found = [as_array(call, value) for value in (condition, *branches)]
    shape = broadcast(*(array.shape.dims for array in found))
    return measured(found[0], shape, None)


@known("numpy.dot", "numpy.matmul", "jax.numpy.dot", "jax.numpy.matmul")
def dot(call: Call, a: Value, b: Value, **options: Value) -> Value:
    from flake8_paramcount.interpreter.arrays import array_binary

    one, other = as_array(call, a), as_array(call, b)
    if max(one.shape.rank, other.shape.rank) > 2 and call.name == "dot":
        raise TypeError("a dot product of rank 3")
    if not one.shape.dims or not other.shape.dims:
        return array_binary("*", one, other)
    return array_binary("@", one, other)


# --- element by element --------------------------------------------------------------------------


def _elementwise(name: str, plain: Callable[[Any], Any] | None) -> None:
    @known(f"numpy.{name}", f"jax.numpy.{name}")
    def perform(call: Call, x: Value, *rest: Value, **options: Value) -> Value:
        if isinstance(x, Array) or not isinstance(x, (int, float, Poly)):
            array = as_array(call, x)
            return measured(array, array.shape.dims, None)
        if isinstance(x, Poly) and name in _WHOLE:
            return certain(x)
        if plain is None or rest or options:
            raise TypeError("a function that is not followed")
        return plain(number(x))


_WHOLE = frozenset({"floor", "ceil", "rint", "round", "around", "trunc"})

for _name, _plain in (
    ("sqrt", math.sqrt),
    ("exp", math.exp),
    ("log", math.log),
    ("log2", math.log2),
    ("log10", math.log10),
    ("log1p", math.log1p),
    ("sin", math.sin),
    ("cos", math.cos),
    ("tan", math.tan),
    ("tanh", math.tanh),
    ("floor", lambda x: float(math.floor(x))),
    ("ceil", lambda x: float(math.ceil(x))),
    ("trunc", lambda x: float(math.trunc(x))),
    ("rint", lambda x: float(round(x))),
    ("abs", abs),
    ("absolute", abs),
    ("square", lambda x: x * x),
    ("round", None),
    ("around", None),
    ("sign", None),
    ("nan_to_num", None),
    ("isnan", None),
    ("sinc", None),
    ("clip", None),
):
    _elementwise(_name, _plain)


@known("numpy.int32", "numpy.int64", "numpy.int_", "numpy.int16", "numpy.intp", "numpy.uint8")
def as_integer(call: Call, value: Value = 0) -> Value:
    if isinstance(value, Poly):
        return certain(value)
    if isinstance(value, Array):
        return value._replace(dtype=None, low=None, high=None, values=None)
    return int(number(value))


@known("numpy.float32", "numpy.float64", "numpy.float16")
def as_float(call: Call, value: Value = 0.0) -> Value:
    if isinstance(value, Array):
        return value._replace(dtype=None, low=None, high=None, values=None)
    return float(number(value))


@known("numpy.shape", "jax.numpy.shape")
def shape(call: Call, a: Value) -> Value:
    return as_array(call, a).shape.dims


@known("numpy.ndim")
def ndim(call: Call, a: Value) -> Value:
    return as_array(call, a).shape.rank


@known("numpy.size")
def size(call: Call, a: Value) -> Value:
    return dims.product(as_array(call, a).shape.dims)


def _pairwise(name: str, symbol: str) -> None:
    @known(f"numpy.{name}", f"jax.numpy.{name}")
    def perform(call: Call, x1: Value, x2: Value) -> Value:
        from flake8_paramcount.interpreter.arrays import array_binary

        if not isinstance(x1, Array) and not isinstance(x2, Array):
            x1 = as_array(call, x1)
            if not x1.shape.dims:
                raise TypeError("arithmetic of scalars by name")
        return array_binary(symbol, x1, x2)


for _name, _symbol in (
    ("add", "+"),
    ("subtract", "-"),
    ("multiply", "*"),
    ("divide", "/"),
    ("greater", ">"),
    ("less", "<"),
    ("equal", "=="),
    ("not_equal", "!="),
):
    _pairwise(_name, _symbol)
