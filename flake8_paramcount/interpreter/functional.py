"""What the interpreter knows of `operator` and `functools`."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter import operators
from flake8_paramcount.interpreter.attributes import get_attribute
from flake8_paramcount.interpreter.builtins import bounded, call_back
from flake8_paramcount.interpreter.calls import call as call_value
from flake8_paramcount.interpreter.containers import delete_item, get_item, set_item
from flake8_paramcount.interpreter.natives import attribute
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import Call, known, number, text
from flake8_paramcount.interpreter.streams import steps
from flake8_paramcount.interpreter.values import (
    Arguments,
    ClassObject,
    DictObject,
    Function,
    Native,
    NativeMethod,
    Value,
)

# --- operator ------------------------------------------------------------------------------------


def _arithmetic(name: str, kind: type, function: Callable[[Any, Any], Any]) -> None:
    @known(f"operator.{name}", f"operator.__{name.strip('_')}__")
    def perform(call: Call, left: Value, right: Value) -> Value:
        if not isinstance(left, (int, float, Poly)) or not isinstance(right, (int, float, Poly)):
            node = call.run.statement
            return operators.binary(call.run, kind, left, right, node)
        symbolic = isinstance(left, Poly) or isinstance(right, Poly)
        if not symbolic:
            left, right = number(left), number(right)
        result = function(left, right)
        return bounded(result) if isinstance(result, int) else result


_ARITHMETIC: tuple[tuple[str, type, Callable[[Any, Any], Any]], ...] = (
    ("add", cst.Add, operator.add),
    ("sub", cst.Subtract, operator.sub),
    ("mul", cst.Multiply, operator.mul),
    ("floordiv", cst.FloorDivide, operator.floordiv),
    ("truediv", cst.Divide, operator.truediv),
    ("mod", cst.Modulo, operator.mod),
)
for _name, _kind, _function in _ARITHMETIC:
    _arithmetic(_name, _kind, _function)


def _by_operator(name: str, kind: type) -> None:
    @known(f"operator.{name}")
    def perform(call: Call, left: Value, right: Value) -> Value:
        return operators.binary(call.run, kind, left, right, call.run.statement)


_OPERATORS: tuple[tuple[str, type], ...] = (
    ("and_", cst.BitAnd),
    ("or_", cst.BitOr),
    ("xor", cst.BitXor),
    ("lshift", cst.LeftShift),
    ("rshift", cst.RightShift),
    ("concat", cst.Add),
    ("matmul", cst.MatrixMultiply),
)
for _name, _kind in _OPERATORS:
    _by_operator(_name, _kind)


def _by_comparison(name: str, kind: type) -> None:
    @known(f"operator.{name}")
    def perform(call: Call, left: Value, right: Value) -> Value:
        return operators.compare(call.run, kind, left, right, call.run.statement)


_COMPARISONS: tuple[tuple[str, type], ...] = (
    ("eq", cst.Equal),
    ("ne", cst.NotEqual),
    ("lt", cst.LessThan),
    ("le", cst.LessThanEqual),
    ("gt", cst.GreaterThan),
    ("ge", cst.GreaterThanEqual),
    ("is_", cst.Is),
    ("is_not", cst.IsNot),
)
for _name, _kind in _COMPARISONS:
    _by_comparison(_name, _kind)


def _in_place(name: str, kind: type) -> None:
    @known(f"operator.{name}")
    def perform(call: Call, left: Value, right: Value) -> Value:
        return operators.augmented(call.run, kind, left, right, call.run.statement)


_IN_PLACE: tuple[tuple[str, type], ...] = (
    ("iadd", cst.AddAssign),
    ("isub", cst.SubtractAssign),
    ("imul", cst.MultiplyAssign),
    ("ior", cst.BitOrAssign),
    ("iand", cst.BitAndAssign),
)
for _name, _kind in _IN_PLACE:
    _in_place(_name, _kind)


@known("operator.neg")
def negative(call: Call, value: Value) -> Value:
    return -value if isinstance(value, Poly) else -number(value)


@known("operator.index")
def index(call: Call, value: Value) -> Value:
    return operator.index(number(value))


@known("operator.not_")
def not_(call: Call, value: Value) -> Value:
    return not call.truth(value)


@known("operator.truth")
def truth(call: Call, value: Value) -> Value:
    return call.truth(value)


@known("operator.contains")
def contains(call: Call, container: Value, item: Value) -> Value:
    return operators.compare(call.run, cst.In, item, container, call.run.statement)


@known("operator.getitem")
def getitem(call: Call, container: Value, key: Value) -> Value:
    return get_item(call.run, container, key, call.arguments.text)


@known("operator.setitem")
def setitem(call: Call, container: Value, key: Value, value: Value) -> None:
    set_item(call.run, container, key, value)


@known("operator.delitem")
def delitem(call: Call, container: Value, key: Value) -> None:
    delete_item(call.run, container, key)


def _each(call: Call, keys: tuple[Any, ...], get: Callable[[Value, Any], Value]) -> Native:
    """A function that gets one thing of its argument, or a tuple of several."""

    def perform(arguments: Arguments) -> Value:
        (receiver,) = arguments.args
        receiver = call.settle(receiver)
        found = [get(receiver, key) for key in keys]
        return found[0] if len(found) == 1 else tuple(found)

    return Native(call.name, perform)


@known("operator.itemgetter")
def itemgetter(call: Call, *keys: Value) -> Value:
    return _each(call, keys, lambda value, key: get_item(call.run, value, key, call.arguments.text))


@known("operator.attrgetter")
def attrgetter(call: Call, *names: Value) -> Value:
    def get(value: Value, path: str) -> Value:
        for name in path.split("."):
            value = get_attribute(call.run, call.settle(value), name, call.arguments.text)
        return value

    return _each(call, tuple(map(text, names)), get)


@known("operator.methodcaller")
def methodcaller(call: Call, name: Value, /, *args: Value, **kwargs: Value) -> Value:
    def get(value: Value, name: str) -> Value:
        method = get_attribute(call.run, value, name, call.arguments.text)
        return call_value(call.run, method, call.arguments._replace(args=args, kwargs=kwargs))

    return _each(call, (text(name),), get)


# --- functools -----------------------------------------------------------------------------------


@known("functools.partial")
def partial(call: Call, function: Value, /, *args: Value, **kwargs: Value) -> Value:
    def apply(arguments: Arguments) -> Value:
        complete = arguments._replace(
            args=(*args, *arguments.args), kwargs={**kwargs, **arguments.kwargs}
        )
        return call_value(call.run, function, complete)

    made = Native("partial", apply)
    call.run.partials[id(apply)] = {
        "func": function,
        "args": tuple(args),
        "keywords": DictObject(dict(kwargs)),
    }
    return made


def _of_partial(name: str) -> None:
    @attribute(Native, name)
    def get(run: Run, receiver: Native) -> Value:
        parts = run.partials.get(id(receiver.call))
        return NativeMethod(receiver, name) if parts is None else parts[name]


for _name in ("func", "args", "keywords"):
    _of_partial(_name)


@attribute(Native, "__name__")
def name_of(run: Run, receiver: Native) -> Value:
    return receiver.name if receiver.name.isidentifier() else run.unknown("the name of a function")


@known("functools.reduce")
def reduce(call: Call, function: Value, iterable: Value, *initial: Value) -> Value:
    items = [*initial, *steps(call.run, iterable)]
    if not items:
        call.run.fails(TypeError, "reduce() of empty iterable with no initial value")
        raise TypeError("nothing to reduce")
    result = items[0]
    for item in items[1:]:
        result = call_back(call, function, result, item)
    return result


@known("functools.wraps")
def wraps(call: Call, wrapped: Value, *assigned: Value, **options: Value) -> Value:
    def wrap(arguments: Arguments) -> Value:
        (wrapper,) = arguments.args
        wrapper = call.run.journal.force(wrapper)
        if isinstance(wrapper, Function):
            given = {"__wrapped__": wrapped}
            if isinstance(wrapped, Function | Native):
                given["__name__"] = get_attribute(call.run, wrapped, "__name__", arguments.text)
            call.run.journal.write(wrapper.attributes).update(given)
        return wrapper

    return Native("wraps", wrap)


@known("functools.total_ordering")
def total_ordering(call: Call, cls: Value) -> Value:
    """The other comparisons follow from the one that the class has and from equality."""
    if isinstance(cls, ClassObject):
        call.run.journal.write(cls)["__total__"] = True
    return cls


@known("functools.singledispatch", "functools.cmp_to_key")
def not_followed(call: Call, function: Value) -> Value:
    return call.unknown("a function that is chosen or called by the library")


@known("atexit.register")
def at_exit(call: Call, function: Value, *args: Value, **kwargs: Value) -> Value:
    return function
