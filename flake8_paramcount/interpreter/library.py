"""What the interpreter knows of `math`, `operator`, `functools`, `copy` and the like."""

from __future__ import annotations

import math
import operator
import posixpath
from collections.abc import Callable
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.builtins import (
    MAX_BITS,
    bounded,
    call_back,
)
from flake8_paramcount.interpreter.containers import get_item, present
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    known,
    known_method,
    number,
    text,
    whole,
)
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    DictObject,
    ListObject,
    Native,
    Qualified,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# --- math ----------------------------------------------------------------------------------------

_FLOAT_FUNCTIONS = (
    "sqrt exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh hypot "
    "degrees radians fabs fmod copysign isnan isinf isfinite modf"
).split()


def _plain_function(function: Callable[..., Any]) -> Callable[..., Value]:
    def perform(call: Call, *values: Value) -> Value:
        return function(*map(number, values))

    return perform


for _name in _FLOAT_FUNCTIONS:
    known(f"math.{_name}")(_plain_function(getattr(math, _name)))


@known("math.pow")
def float_power(call: Call, base: Value, exponent: Value) -> Value:
    return math.pow(number(base), number(exponent))


def _rounding(name: str) -> None:
    function = getattr(math, name)

    @known(f"math.{name}")
    def perform(call: Call, value: Value) -> Value:
        return certain(value) if isinstance(value, Poly) else bounded(function(number(value)))


for _name in ("floor", "ceil", "trunc"):
    _rounding(_name)


@known("math.isqrt")
def isqrt(call: Call, value: Value) -> Value:
    return math.isqrt(whole(value))


@known("math.gcd")
def gcd(call: Call, *values: Value) -> Value:
    return math.gcd(*map(whole, values))


@known("math.lcm")
def lcm(call: Call, *values: Value) -> Value:
    return bounded(math.lcm(*map(whole, values)))


@known("math.factorial")
def factorial(call: Call, value: Value) -> Value:
    if whole(value) > 200:
        raise OverflowError("a factorial of over 200")
    return math.factorial(whole(value))


@known("math.comb")
def comb(call: Call, n: Value, k: Value) -> Value:
    if whole(n) > MAX_BITS:
        raise OverflowError("a large binomial coefficient")
    return math.comb(whole(n), whole(k))


@known("math.prod")
def prod(call: Call, values: Value, *, start: Value = 1) -> Value:
    return multiplied([start, *call.items(values)])


def multiplied(values: list[Value]) -> Value:
    """The product of numbers that may be symbolic."""
    result: Any = 1
    for value in values:
        result = result * (value if isinstance(value, Poly) else number(value))
        if isinstance(result, int):
            bounded(result)
    return result


# --- operator ------------------------------------------------------------------------------------


def _arithmetic(name: str, function: Callable[[Any, Any], Any]) -> None:
    @known(f"operator.{name}")
    def perform(call: Call, left: Value, right: Value) -> Value:
        symbolic = isinstance(left, Poly) or isinstance(right, Poly)
        if not symbolic:
            left, right = number(left), number(right)
        result = function(left, right)
        return bounded(result) if isinstance(result, int) else result


for _name, _function in (
    ("add", operator.add),
    ("sub", operator.sub),
    ("mul", operator.mul),
    ("floordiv", operator.floordiv),
    ("truediv", operator.truediv),
    ("mod", operator.mod),
):
    _arithmetic(_name, _function)


@known("operator.neg")
def negative(call: Call, value: Value) -> Value:
    return -value if isinstance(value, Poly) else -number(value)


@known("operator.itemgetter")
def itemgetter(call: Call, *keys: Value) -> Value:
    def get(arguments: Arguments) -> Value:
        (receiver,) = arguments.args
        receiver = call.settle(receiver)
        found = [get_item(call.run, receiver, key, arguments.text) for key in keys]
        return found[0] if len(found) == 1 else tuple(found)

    return Native("itemgetter", get)


# --- functools -----------------------------------------------------------------------------------


@known("functools.partial")
def partial(call: Call, function: Value, /, *args: Value, **kwargs: Value) -> Value:
    def apply(arguments: Arguments) -> Value:
        from flake8_paramcount.interpreter.calls import call as call_value

        complete = arguments._replace(
            args=(*args, *arguments.args), kwargs={**kwargs, **arguments.kwargs}
        )
        return call_value(call.run, function, complete)

    return Native("partial", apply)


@known("functools.reduce")
def reduce(call: Call, function: Value, iterable: Value, *initial: Value) -> Value:
    items = [*initial, *call.items(iterable)]
    if not items:
        raise TypeError("nothing to reduce")
    result = items[0]
    for item in items[1:]:
        result = call_back(call, function, result, item)
    return result


# --- copy and collections ------------------------------------------------------------------------


@known("copy.copy")
def copy(call: Call, value: Value) -> Value:
    if type(value) is ListObject:
        return ListObject(list(call.run.journal.read(value)))
    if isinstance(value, (DictObject, SetObject)):
        return type(value)(dict(call.run.journal.read(value)))
    return _unshared(value)


@known("copy.deepcopy")
def deepcopy(call: Call, value: Value, memo: Value = None) -> Value:
    return _deep(call, value, {}, depth=0)


def _deep(call: Call, value: Value, memo: dict[Value, Value], *, depth: int) -> Value:
    if depth > 20:
        raise ValueError("a deep nest")
    call.run.fuel.burn()
    value = call.run.journal.force(value)
    if type(value) is tuple:
        return tuple(_deep(call, item, memo, depth=depth + 1) for item in value)
    if type(value) is not ListObject and not isinstance(value, (DictObject, SetObject)):
        return _unshared(value)
    if value not in memo:
        memo[value] = type(value)(None)
        memo[value].state = _deep_state(call, value, memo, depth)
    return memo[value]


def _deep_state(call: Call, value: Value, memo: dict[Value, Value], depth: int) -> Any:
    if isinstance(value, ListObject):
        return [_deep(call, item, memo, depth=depth + 1) for item in call.run.journal.read(value)]
    return {key: _deep(call, item, memo, depth=depth + 1) for key, item in present(call.run, value)}


def _unshared(value: Value) -> Value:
    """A value that is its own copy."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if value is None or isinstance(value, (str, int, float, bytes, range, Poly, Array, Qualified)):
        return value
    if type(value) is tuple:
        return value
    raise TypeError(f"a copy of {type(value).__name__} is not followed")


known("collections.deque")(
    lambda call, values=(), maxlen=None: (
        ListObject(call.items(values)) if maxlen is None else call.unknown("a bounded queue")
    )
)


@known_method(ListObject, "index")
def list_index(call: Call, receiver: ListObject, value: Value) -> Value:
    return [_comparable(item) for item in call.items(receiver)].index(_comparable(value))


@known_method(ListObject, "count")
def list_count(call: Call, receiver: ListObject, value: Value) -> Value:
    return [_comparable(item) for item in call.items(receiver)].count(_comparable(value))


def _comparable(value: Value) -> Value:
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if not isinstance(value, (str, int, float)):
        raise TypeError("a comparison that is not followed")
    return value


# --- the world outside ---------------------------------------------------------------------------


@known("os.environ.get", "os.getenv", "os.environ.setdefault")
def environment(call: Call, name: Value, default: Value = None) -> Value:
    """The default is no fact: who runs the program may have set the variable."""
    return call.unknown("it is read from the environment")


@known("os.path.join")
def join_paths(call: Call, *parts: Value) -> Value:
    return posixpath.join(*map(text, parts))


_RANDOM = "random randint randrange choice choices sample uniform gauss getrandbits".split()


@known(
    *(f"random.{name}" for name in _RANDOM),
    *("time.time", "time.perf_counter", "time.strftime", "datetime.datetime.now"),
    pure=False,
)
def outside(call: Call, *values: Value, **options: Value) -> Value:
    return call.unknown("it differs from run to run")


@known("random.shuffle", pure=False)
def shuffle(call: Call, values: Value) -> None:
    """The items stay, their order is lost."""
    if isinstance(values, ListObject):
        call.run.journal.replace(values, call.unknown("a shuffled list"))
