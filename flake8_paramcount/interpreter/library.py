"""What the interpreter knows of `math`, `operator`, `functools`, `copy` and the like."""

from __future__ import annotations

import ast
import json
import math
import posixpath
from collections.abc import Callable
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.builtins import (
    MAX_BITS,
    bounded,
)
from flake8_paramcount.interpreter.classes import defines, lineage
from flake8_paramcount.interpreter.containers import is_key, present
from flake8_paramcount.interpreter.enums import is_enum
from flake8_paramcount.interpreter.equality import equal
from flake8_paramcount.interpreter.imports import as_value
from flake8_paramcount.interpreter.mappings import DefaultDict
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    known,
    known_method,
    number,
    text,
    whole,
)
from flake8_paramcount.interpreter.texts import as_python
from flake8_paramcount.interpreter.values import (
    Array,
    ClassObject,
    DictObject,
    Instance,
    ListObject,
    Qualified,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# --- math ----------------------------------------------------------------------------------------

_FLOAT_FUNCTIONS = (
    "sqrt exp expm1 log log2 log10 log1p sin cos tan asin acos atan atan2 sinh cosh tanh hypot "
    "degrees radians fabs fmod copysign isnan isinf isfinite modf remainder gamma lgamma erf erfc "
    "isclose frexp"
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


@known("math.perm")
def perm(call: Call, n: Value, k: Value = None) -> Value:
    if whole(n) > 200:
        raise OverflowError("a large number of permutations")
    return math.perm(whole(n), None if k is None else whole(k))


@known("math.comb")
def comb(call: Call, n: Value, k: Value) -> Value:
    if whole(n) > MAX_BITS:
        raise OverflowError("a large binomial coefficient")
    return math.comb(whole(n), whole(k))


@known("math.prod")
def prod(call: Call, values: Value, *, start: Value = 1) -> Value:
    return multiplied(call.run, [start, *call.items(values)])


def multiplied(run: Run, values: list[Value]) -> Value:
    """The product of numbers that may be symbolic."""
    result: Any = 1
    for value in values:
        if isinstance(value, Poly) and isinstance(result, Poly):
            run.fuel.walk(8 * max(len(value.terms), len(result.terms)))
        result = result * (value if isinstance(value, Poly) else number(value))
        if isinstance(result, int):
            bounded(result)
    return result


# --- copy and collections ------------------------------------------------------------------------


@known("copy.copy")
def copy(call: Call, value: Value) -> Value:
    if type(value) is ListObject:
        return ListObject(list(call.run.journal.read(value)))
    if isinstance(value, (DictObject, SetObject)):
        return _like(value, dict(call.run.journal.read(value)))
    if isinstance(value, Instance) and is_copied(call.run, value.cls):
        return _like(value, dict(call.run.journal.read(value)))
    return _unshared(value)


def is_copied(run: Run, cls: ClassObject) -> bool:
    """Whether a copy of an object is another one with the same attributes."""
    own = ("__copy__", "__deepcopy__", "__reduce__", "__getstate__", "__setstate__")
    if is_enum(run, cls) or any(defines(run, cls, name) for name in own):
        return False
    return all(isinstance(base, ClassObject) for base in lineage(run, cls))


def _like(value: Value, state: Any) -> Value:
    """An object of the same kind with another state."""
    if isinstance(value, Instance):
        made: Value = Instance(value.cls, value.site)
    elif isinstance(value, DefaultDict):
        made = DefaultDict({}, value.factory)
    else:
        made = type(value)({})
    made.state = state
    return made


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
    copied = isinstance(value, Instance) and is_copied(call.run, value.cls)
    held = type(value) is ListObject or isinstance(value, (DictObject, SetObject))
    if not held and not copied:
        return _unshared(value)
    if value not in memo:
        memo[value] = _like(value, None)
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


def _places(call: Call, receiver: Value, value: Value) -> list[int]:
    """Where a sequence has an item that equals a value."""
    items = receiver if type(receiver) is tuple else call.run.journal.read(receiver)
    call.run.fuel.sweep(4 * len(items))
    if is_key(value) and all(map(is_key, items)):
        return [index for index, item in enumerate(items) if item == value]
    answers = [equal(call.run, item, value) for item in items]
    if None in answers:
        raise Undetermined(call.unknown("a comparison that is not followed"))
    return [index for index, same in enumerate(answers) if same]


@known_method(ListObject, "index")
@known_method(tuple, "index")
def list_index(
    call: Call, receiver: Value, value: Value, start: Value = 0, stop: Value = 2**60
) -> Value:
    first, last = whole(start), whole(stop)
    if first < 0 or last < 0:
        raise ValueError("a place counted from the end")
    places = [place for place in _places(call, receiver, value) if first <= place < last]
    if not places:
        call.run.refuses(ValueError)
    return places[0]


@known_method(ListObject, "count")
@known_method(tuple, "count")
def list_count(call: Call, receiver: Value, value: Value) -> Value:
    return len(_places(call, receiver, value))


@known_method(ListObject, "remove")
def list_remove(call: Call, receiver: ListObject, value: Value) -> Value:
    try:
        places = _places(call, receiver, value)
    except Undetermined as stop:
        call.run.journal.replace(receiver, stop.unknown)
        return None
    if not places:
        call.run.fails(ValueError, "list.remove(x): x not in list")
        return None
    del call.run.journal.write(receiver)[places[0]]
    return None


# --- the world outside ---------------------------------------------------------------------------


@known("os.environ.get", "os.getenv", "os.environ.setdefault")
def environment(call: Call, name: Value, default: Value = None) -> Value:
    """The default is no fact: who runs the program may have set the variable."""
    return call.unknown("it is read from the environment")


_PATHS = "basename dirname splitext split normpath isabs".split()


def _path_function(name: str) -> None:
    function = getattr(posixpath, name)

    @known(f"os.path.{name}")
    def perform(call: Call, path: Value) -> Value:
        return function(text(path))


for _name in _PATHS:
    _path_function(_name)


@known("json.loads")
def json_loads(call: Call, s: Value) -> Value:
    return as_value(json.loads(_short(s)))


@known("json.dumps")
def json_dumps(call: Call, obj: Value, **options: Value) -> Value:
    plain = {name: as_python(call.run, value) for name, value in options.items()}
    if plain.keys() - {"indent", "sort_keys", "ensure_ascii"} or plain.get("indent", 0) not in (
        0,
        2,
        4,
    ):
        raise TypeError("a text in a form that is not followed")
    return json.dumps(as_python(call.run, obj), **plain)


@known("ast.literal_eval")
def literal_eval(call: Call, node_or_string: Value) -> Value:
    return _as_literal(ast.literal_eval(_short(node_or_string).strip()))


def _as_literal(data: Any) -> Value:
    if isinstance(data, tuple):
        return tuple(map(_as_literal, data))
    if isinstance(data, list):
        return ListObject([_as_literal(item) for item in data])
    if isinstance(data, dict):
        return DictObject({key: _as_literal(item) for key, item in data.items()})
    return SetObject(dict.fromkeys(data)) if isinstance(data, set) else data


def _short(value: Value) -> str:
    """A text that takes no time to read."""
    found = text(value)
    if len(found) > 10_000 or sum(map(found.count, "([{")) > 500:
        raise OverflowError("a long text")
    return found


@known("typing.cast")
def cast(call: Call, typ: Value, val: Value) -> Value:
    return val


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
