"""Python's built-in functions over the values of the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter import strings  # noqa: F401 (registers the methods of str)
from flake8_paramcount.interpreter.containers import is_key, listed, packed, present
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    given,
    known,
    known_method,
    length_of,
    number,
    whole,
)
from flake8_paramcount.interpreter.streams import steps
from flake8_paramcount.interpreter.values import (
    Arguments,
    DictObject,
    ListObject,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# No integer made here has more bits.
MAX_BITS = 4_096

_NONE = object()


def call_back(call: Call, function: Value, *args: Value) -> Value:
    """Call a function value with values, as `map` and `sorted` do; a choice stays one."""
    from flake8_paramcount.interpreter.calls import call as call_value

    arguments = Arguments(args, {}, call.site, call.arguments.text)
    return call.run.journal.resolve(call_value(call.run, function, arguments))


def bounded(value: int) -> int:
    """An integer that is not too large to go on with."""
    if value.bit_length() > MAX_BITS:
        raise OverflowError("a number of over 4,096 bits")
    return value


# Sizes and ranges


@known("builtins.len")
def len_(call: Call, value: Value) -> Value:
    stated = call.stated()
    return length_of(call, value, call.arguments.text) if stated is None else stated


@known("builtins.range")
def range_(call: Call, *bounds: Value) -> Value:
    for bound in bounds:
        if isinstance(bound, Poly):
            return call.unknown(f"the length of this range is symbolic: {dims.text(bound)}")
    return range(*map(whole, bounds))


# Numbers


@known("builtins.int")
def int_(call: Call, value: Value = 0, base: Value = _NONE) -> Value:
    if isinstance(value, Poly):
        return certain(value)
    if isinstance(value, str):
        if len(value) > 100:
            raise ValueError("a long number")
        return int(value) if base is _NONE else int(value, whole(base))
    return bounded(int(number(value)))


@known("builtins.float")
def float_(call: Call, value: Value = 0.0) -> Value:
    return float(value if isinstance(value, str) else number(value))


@known("builtins.bool")
def bool_(call: Call, value: Value = False) -> Value:
    if isinstance(value, Unknown):
        return value.derive("bool", call.arguments.text)
    return call.truth(value)


@known("builtins.round")
def round_(call: Call, value: Value, ndigits: Value = None) -> Value:
    if isinstance(value, Poly) and ndigits is None:
        return certain(value)
    return round(number(value), ndigits if ndigits is None else whole(ndigits))


@known("builtins.abs")
def abs_(call: Call, value: Value) -> Value:
    if isinstance(value, Poly):
        return dims.maximum(value, -value)
    return abs(number(value))


@known("builtins.divmod")
def divmod_(call: Call, a: Value, b: Value) -> Value:
    if isinstance(a, Poly) or isinstance(b, Poly):
        whole_a, whole_b = (certain(n) if isinstance(n, Poly) else whole(n) for n in (a, b))
        return dims.floordiv(whole_a, whole_b), dims.mod(whole_a, whole_b)
    return divmod(number(a), number(b))


@known("builtins.pow", "operator.pow")
def pow_(call: Call, base: Value, exponent: Value, modulo: Value = None) -> Value:
    if isinstance(base, Poly):
        return base ** whole(exponent)
    base, exponent = number(base), number(exponent)
    if given(modulo):
        return pow(base, exponent, whole(modulo))
    if isinstance(base, int) and abs(exponent) * base.bit_length() > MAX_BITS:
        raise OverflowError("a number of over 4,096 bits")
    return base**exponent


@known("builtins.max")
def max_(call: Call, *values: Value, key: Value = None, default: Value = _NONE) -> Value:
    return _extreme(call, values, key, default, dims.maximum, max)


@known("builtins.min")
def min_(call: Call, *values: Value, key: Value = None, default: Value = _NONE) -> Value:
    return _extreme(call, values, key, default, dims.minimum, min)


def _extreme(
    call: Call,
    values: tuple[Value, ...],
    key: Value,
    default: Value,
    symbolic: Callable[..., Any],
    plain: Callable[..., Any],
) -> Value:
    items = call.items(values[0]) if len(values) == 1 else list(values)
    if not items and default is not _NONE:
        return default
    if given(key):
        keys = [constant(call_back(call, key, item)) for item in items]
        return items[keys.index(plain(keys))]
    return _greatest(items, symbolic, plain)


def _greatest(items: list[Value], symbolic: Callable[..., Any], plain: Callable[..., Any]) -> Value:
    if not any(isinstance(item, Poly) for item in items):
        return plain(map(constant, items))
    result, *rest = items
    for item in rest:
        if not isinstance(item, (int, Poly)):
            raise TypeError("a symbolic integer is compared with what is no integer")
        result = symbolic(result, item)
    return result


def constant(value: Value) -> Any:
    """A value that Python itself can compare."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if not is_key(value):
        raise TypeError(f"{type(value).__name__} is no constant")
    return value


@known("builtins.sum", "math.fsum")
def sum_(call: Call, values: Value, start: Value = 0) -> Value:
    result: Any = start if isinstance(start, Poly) else number(start)
    for item in call.items(values):
        result = result + (item if isinstance(item, Poly) else number(item))
    return result


@known("builtins.any")
def any_(call: Call, values: Value) -> Value:
    return any(call.truth(item) for item in steps(call.run, values))


@known("builtins.all")
def all_(call: Call, values: Value) -> Value:
    return all(call.truth(item) for item in steps(call.run, values))


# Containers


@known("builtins.list")
def list_(call: Call, values: Value = ()) -> Value:
    return ListObject(listed(call.run, call.items(values)))


@known("builtins.tuple")
def tuple_(call: Call, values: Value = ()) -> Value:
    return packed(call.run, call.items(values))


@known("builtins.set", "builtins.frozenset")
def set_(call: Call, values: Value = ()) -> Value:
    return SetObject(dict.fromkeys(map(constant, call.items(values))))


@known("builtins.dict", "collections.OrderedDict")
def dict_(call: Call, values: Value = (), /, **entries: Value) -> Value:
    return DictObject({**dict(pairs(call, values)), **entries})


def pairs(call: Call, values: Value) -> list[tuple[Any, Value]]:
    """The items of a dict, or of an iterable of pairs, with keys that are known."""
    if isinstance(values, DictObject):
        return present(call.run, values)
    found = [tuple(call.items(pair)) for pair in call.items(values)]
    return [(constant(key), value) for key, value in found]


@known("builtins.sorted")
def sorted_(call: Call, values: Value, *, key: Value = None, reverse: Value = False) -> Value:
    return ListObject(_in_order(call, call.items(values), key, reverse))


@known_method(ListObject, "sort")
def list_sort(
    call: Call, receiver: ListObject, *, key: Value = None, reverse: Value = False
) -> None:
    items = call.run.attempt(lambda: tuple(_in_order(call, call.items(receiver), key, reverse)))
    if type(items) is tuple:
        call.run.journal.replace(receiver, list(items))
    else:
        call.run.journal.replace(receiver, call.unknown("the order of this list is not known"))


def _in_order(call: Call, items: list[Value], key: Value, reverse: Value) -> list[Value]:
    keys = [constant(call_back(call, key, item) if given(key) else item) for item in items]
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=call.truth(reverse))
    return [items[index] for index in order]
