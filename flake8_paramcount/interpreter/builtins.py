"""Python's built-in functions over the values of the interpreter."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter import (  # noqa: F401 (they register what they define)
    mapping_making,
    sets,
    strings,
)
from flake8_paramcount.interpreter.calls import settle
from flake8_paramcount.interpreter.classes import called
from flake8_paramcount.interpreter.containers import is_hashable, is_key, listed, packed
from flake8_paramcount.interpreter.mappings import pairs_of
from flake8_paramcount.interpreter.operators import less, plus
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    given,
    known,
    known_method,
    length_of,
    number,
    text,
    whole,
)
from flake8_paramcount.interpreter.streams import steps
from flake8_paramcount.interpreter.values import (
    Arguments,
    DictObject,
    Instance,
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


def by_method(call: Call, value: Value, name: str) -> Value:
    """What a method of the object's class gives; the value itself for any other."""
    return called(call.run, value, name) if isinstance(value, Instance) else value


@known("builtins.int")
def int_(call: Call, value: Value = 0, base: Value = _NONE) -> Value:
    value = by_method(call, value, "__int__")
    if isinstance(value, Poly):
        return certain(value)
    if isinstance(value, str):
        if len(value) > 100:
            raise ValueError("a long number")
        return int(value) if base is _NONE else int(value, whole(base))
    return bounded(int(number(value)))


@known("builtins.float")
def float_(call: Call, value: Value = 0.0) -> Value:
    value = by_method(call, value, "__float__")
    return float(value if isinstance(value, str) else number(value))


@known("builtins.bool")
def bool_(call: Call, value: Value = False) -> Value:
    if isinstance(value, Unknown):
        return value.derive("bool", call.arguments.text)
    return call.truth(value)


@known("builtins.round")
def round_(call: Call, value: Value, ndigits: Value = None) -> Value:
    value = by_method(call, value, "__round__") if ndigits is None else value
    if isinstance(value, Poly) and ndigits is None:
        return certain(value)
    return round(number(value), ndigits if ndigits is None else whole(ndigits))


@known("builtins.abs")
def abs_(call: Call, value: Value) -> Value:
    value = by_method(call, value, "__abs__")
    if isinstance(value, Poly):
        return dims.maximum(value, -value)
    return abs(value if isinstance(value, complex) else number(value))


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
    items = call.members(values[0]) if len(values) == 1 else list(values)
    if not items and default is not _NONE:
        return default
    if not items:
        call.run.refuses(ValueError)
    if given(key):
        keys = [Ordered(call.run, call_back(call, key, item)) for item in items]
        return items[keys.index(plain(keys))]
    return _greatest(call, items, symbolic, plain)


def _extreme_of(call: Call, items: list[Value], plain: Callable[..., Any]) -> Value:
    if all(is_key(item) and type(item) is not tuple for item in items):
        return plain(items)
    call.run.fuel.walk(2 * len(items))
    return plain(Ordered(call.run, item) for item in items).value


def _greatest(
    call: Call, items: list[Value], symbolic: Callable[..., Any], plain: Callable[..., Any]
) -> Value:
    if not any(isinstance(item, Poly) for item in items):
        return _extreme_of(call, items, plain)
    result, *rest = items
    call.run.fuel.walk(sum(4 * len(item.terms) for item in items if isinstance(item, Poly)))
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
    items = call.members(values)
    if isinstance(start, float) or any(isinstance(item, float) for item in items):
        return _float_sum(call, [start, *items])
    result: Any = start
    call.run.fuel.walk(2 * len(items))
    for item in items:
        result = plus(call.run, result, item)
    return result


def _float_sum(call: Call, items: list[Value]) -> Value:
    """From Python 3.12 on, `sum` rounds in another way than before."""
    exact = sum(map(number, items))
    one_by_one: Any = 0
    for item in items:
        one_by_one = one_by_one + item
    fused = math.fsum(items)
    if one_by_one != fused or call.name == "fsum":
        return fused if call.name == "fsum" else _either_way(call, exact, one_by_one)
    return exact


def _either_way(call: Call, one: Any, other: Any) -> Value:
    return one if one == other else call.unknown("a sum that depends on the version of Python")


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
    members = [call.settle(member) for member in call.members(values)]
    if not all(is_hashable(call.run, member) for member in members):
        raise Undetermined(call.unknown("a set with unknown members"))
    return SetObject(dict.fromkeys(members))


@known("builtins.dict", "collections.OrderedDict")
def dict_(call: Call, values: Value = (), /, **entries: Value) -> Value:
    return DictObject({**dict(pairs_of(call.run, values)), **entries})


@known("builtins.slice")
def slice_(call: Call, *bounds: Value) -> Value:
    return slice(*bounds)


@known("builtins.complex")
def complex_(call: Call, *parts: Value) -> Value:
    return complex(*map(number, parts))


@known("builtins.bytes")
def bytes_(call: Call, value: Value = b"", *encoding: Value) -> Value:
    if isinstance(value, str):
        return value.encode(*map(text, encoding))
    if isinstance(value, int):
        return bytes(value if value < 10_000 else whole(None))
    return bytes(map(whole, call.items(value)))


class Ordered:
    """A value that is compared as the program compares it."""

    __slots__ = ("run", "value")

    def __init__(self, run: Run, value: Value) -> None:
        self.run = run
        self.value = settle(run, value)
        if isinstance(self.value, Unknown):
            raise Undetermined(self.value)

    def __lt__(self, other: Ordered) -> bool:
        return less(self.run, self.value, other.value)

    def __gt__(self, other: Ordered) -> bool:
        return less(self.run, other.value, self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ordered) and self.value is other.value


@known("builtins.sorted")
def sorted_(call: Call, values: Value, *, key: Value = None, reverse: Value = False) -> Value:
    return ListObject(_in_order(call, call.members(values), key, reverse))


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
    call.run.fuel.walk(2 * len(items))
    keys = [Ordered(call.run, call_back(call, key, item) if given(key) else item) for item in items]
    if not isinstance(reverse, (int, Unknown)):
        call.run.refuses(TypeError)
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=call.truth(reverse))
    return [items[index] for index in order]
