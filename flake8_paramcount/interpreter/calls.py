"""Calls: what happens when a value of each kind is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flake8_paramcount.interpreter import catalogue, natives
from flake8_paramcount.interpreter.claims import ALL
from flake8_paramcount.interpreter.fence import FAILURES
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.happenings import escape
from flake8_paramcount.interpreter.havoc import lose_object
from flake8_paramcount.interpreter.hidden import note_call
from flake8_paramcount.interpreter.imports import beside
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.operators import key_of
from flake8_paramcount.interpreter.possible import call_any, holding
from flake8_paramcount.interpreter.rounds import handed_on
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import may_hold_tensors, tensors_in, with_chosen
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    BoundMethod,
    ClassObject,
    DictObject,
    Function,
    Instance,
    ListObject,
    Native,
    NativeMethod,
    Qualified,
    Ref,
    SetObject,
    Value,
    are_constants,
)
from flake8_paramcount.keras import declared
from flake8_paramcount.keras.declared import DeclaredSpec
from flake8_paramcount.unknown import Undetermined, Unknown

# What it takes to make a layer or model: to bind its arguments, and to check them.
CONSTRUCTION_COST = 10


def call(run: Run, callee: Value, arguments: Arguments) -> Value:
    """The value of a call."""
    run.fuel.sweep(sum(map(_length, arguments.args)))
    if arguments.kwargs:
        run.fuel.sweep(sum(map(_length, arguments.kwargs.values())))
    callee = run.journal.resolve(callee)
    handler = _HANDLERS.get(type(callee))
    if handler is not None:
        return handler(run, callee, arguments)
    return run.attempt(
        lambda: _call_other(run, run.journal.force(callee), arguments), arguments.text
    )


def _call_other(run: Run, callee: Value, arguments: Arguments) -> Value:
    handler = _HANDLERS.get(type(callee))
    if handler is not None:
        return handler(run, callee, arguments)
    native = natives.find_method(type(callee), "__call__")
    if native is not None:
        return native(run, callee, settled(run, arguments))
    if callee is None or isinstance(callee, int | float | str | ListObject | DictObject):
        run.refuses(TypeError)
    return Unknown(f"a call of {type(callee).__name__}", arguments.text, arguments.site)


def settled(run: Run, arguments: Arguments) -> Arguments:
    """The arguments with their choices made. Raises `NeedSplit`."""
    return arguments._replace(
        args=tuple(settle(run, value) for value in arguments.args),
        kwargs={name: settle(run, value) for name, value in arguments.kwargs.items()},
    )


def settle(run: Run, value: Value) -> Value:
    """A value with its choices made, those inside tuples too. Raises `NeedSplit`."""
    value = run.journal.force(value)
    if type(value) is not tuple or are_constants(value):
        return value
    run.fuel.walk(len(value))
    return tuple(settle(run, item) for item in value)


def _call_qualified(run: Run, callee: Qualified, arguments: Arguments) -> Value:
    if may_hold_tensors((*arguments.args, *arguments.kwargs.values())):
        return run.attempt(lambda: _on_tensors(run, callee, arguments), arguments.text)
    return _otherwise(run, callee, arguments)


def _on_tensors(run: Run, callee: Qualified, arguments: Arguments) -> Value:
    """A function on values that are tensors, if not only on one side of a choice."""
    from flake8_paramcount.interpreter.operations import tensor_function

    chosen = with_chosen(run, settled(run, arguments))
    if any(map(tensors_in, (*chosen.args, *chosen.kwargs.values()))):
        result = tensor_function(run, callee.path, chosen)
        if result is not None:
            return result
    return _otherwise(run, callee, arguments)


def _otherwise(run: Run, callee: Qualified, arguments: Arguments) -> Value:
    """A function that is none of tensors."""
    spec = declared.find(run.declared, callee.path)
    if spec is not None:
        return _declared(run, spec, arguments)
    native = natives.FUNCTIONS.get(callee.path)
    if native is None and callee.path.startswith("keras.ops."):
        # On data they are NumPy's functions of these names.
        native = natives.FUNCTIONS.get(f"numpy.{callee.path.removeprefix('keras.ops.')}")
    if native is not None:
        result = run.attempt(lambda: _perform(run, callee.path, native, arguments))
        if not callee.path.startswith(_HANDING_ON):
            return result
        return holding(result, *arguments.args, *arguments.kwargs.values())
    constructor = catalogue.constructor(callee.path)
    if constructor is not None:
        return run.attempt(lambda: _construct(run, constructor, arguments), arguments.text)
    own = beside(run, callee.path)
    if own is not MISSING:
        return call(run, own, arguments)
    # Whatever an unknown function does with an object of unknown content, it may change it.
    escape(run, *arguments.args, *arguments.kwargs.values())
    run.strangers += 1
    why = f"`{callee.path}` is not part of this file"
    result = Unknown(why, arguments.text, arguments.site, _wanted(arguments))
    note_call(run, callee, arguments, result)
    return result


# Where the functions are whose results may be what they were given; others make data of it.
_HANDING_ON = (
    *("builtins.", "collections.", "copy.", "functools.", "itertools.", "operator.", "random."),
    *("numpy.random.choice", "tensorflow.nest.", "keras.tree."),
)

# Methods of models and layers whose results may be objects of the program.
_GIVING_PARTS = frozenset({"get_layer", "pop", "submodules", "layers"})


def _length(value: Value) -> int:
    """How long it takes to look through an argument."""
    held = value.state if isinstance(value, ListObject | DictObject) else value
    if not isinstance(held, list | tuple | dict):
        return len(held) if type(held) is str else 0
    return len(held) if isinstance(held, dict) or are_constants(held) else 8 * len(held)


def _construct(run: Run, constructor: natives.NativeFunction, arguments: Arguments) -> Value:
    run.fuel.burn(CONSTRUCTION_COST)
    made = len(run.models)
    try:
        return constructor(run, settled(run, arguments))
    except Undetermined:
        # What could not be constructed is no model of the program.
        del run.models[made:]
        raise
    except FAILURES as error:
        del run.models[made:]
        return _failed("the constructor", error, arguments)


def _perform(run: Run, path: str, native: natives.NativeFunction, arguments: Arguments) -> Value:
    """The result of a function that the interpreter knows.

    Where it needs an unknown, equal calls give the same unknown: `len(x)` is `len(x)`.
    """
    arguments = settled(run, arguments)
    try:
        result = native(run, arguments)
        # What gives something unknown may as well have raised: a file that is not there.
        run.strangers += isinstance(result, Unknown)
        return result
    except Undetermined as stop:
        values = (*arguments.args, *arguments.kwargs.values())
        if any(isinstance(value, Ref) for value in values):
            # What is in an object may be something else at the next call.
            return Unknown(stop.unknown.reason, arguments.text, stop.unknown.site)
        return stop.unknown.derive((path, *map(key_of, values)), arguments.text)
    except FAILURES as error:
        return _failed(path, error, arguments)


def _call_method(run: Run, callee: NativeMethod, arguments: Arguments) -> Value:
    receiver = callee.receiver
    native = natives.find_method(type(receiver), callee.name)
    if native is None and isinstance(receiver, int | float | complex | bytes):
        return _of_number(run, callee, arguments)
    if native is None:
        _change_inside(run, receiver, callee.name)
        escape(run, receiver, *arguments.args, *arguments.kwargs.values())
        run.strangers += 1
        if isinstance(receiver, ListObject | DictObject | SetObject):
            kind = {ListObject: list, DictObject: dict, SetObject: set}.get(type(receiver), object)
            if not hasattr(kind, callee.name):
                run.fails(
                    AttributeError, f"{kind.__name__!r} object has no attribute {callee.name!r}"
                )
            lose_object(run, receiver, run.unknown(f"method `{callee.name}` is not followed"))
        return Unknown(f"method `{callee.name}` is not followed", arguments.text, arguments.site)

    def perform() -> Value:
        try:
            result = native(run, receiver, settled(run, arguments))
            # What gives something unknown may as well have raised.
            run.strangers += isinstance(result, Unknown)
            return result
        except Undetermined as stop:
            _lose(run, receiver, callee.name, stop.unknown)
            raise
        except FAILURES as error:
            _lose(run, receiver, callee.name, unknown := _failed(callee.name, error, arguments))
            return unknown

    result = run.attempt(perform, arguments.text)
    if isinstance(receiver, LayerObject | ModelObject) and callee.name not in _GIVING_PARTS:
        return result
    return holding(result, receiver, *arguments.args, *arguments.kwargs.values())


def _failed(name: str, error: Exception, arguments: Arguments) -> Unknown:
    return Unknown(f"`{name}` fails: {type(error).__name__}", arguments.text, arguments.site)


# Methods of numbers and bytes whose results are small.
_SMALL = frozenset(
    "bit_length bit_count is_integer as_integer_ratio conjugate hex decode __add__ __sub__ "
    "__mul__ startswith endswith to_bytes".split()
)


def _of_number(run: Run, callee: NativeMethod, arguments: Arguments) -> Value:
    """What Python's own method gives for arguments that are known."""
    args = [run.operand(value) for value in arguments.args]
    plain = all(isinstance(value, int | float | str) for value in args)
    large = any(isinstance(value, int) and abs(value) > 10_000 for value in args)
    if plain and not large and callee.name in _SMALL and not arguments.kwargs:
        try:
            return getattr(callee.receiver, callee.name)(*args)
        except (ArithmeticError, TypeError, ValueError) as error:
            run.fails(type(error), *error.args)
    return Unknown(f"method `{callee.name}` is not followed", arguments.text, arguments.site)


# Methods that change their receiver: when one cannot be followed, neither can the receiver.
_CHANGING = frozenset(
    "append extend insert pop remove sort reverse clear update setdefault popitem add discard "
    "appendleft extendleft popleft rotate subtract move_to_end intersection_update "
    "difference_update symmetric_difference_update "
    "__iadd__ __imul__ __ior__ __iand__ __isub__ __ixor__ __setitem__ __delitem__".split()
)


def _lose(run: Run, receiver: Value, name: str, unknown: Unknown) -> None:
    if isinstance(receiver, Ref) and name in _CHANGING:
        lose_object(run, receiver, unknown)


def _change_inside(run: Run, receiver: Value, name: str) -> None:
    """`model._layers.pop()`: a change of what is not followed inside of an object."""
    inner = receiver
    while isinstance(inner, NativeMethod):
        inner = inner.receiver
    if inner is not receiver:
        _lose(run, inner, name, run.unknown("it is changed inside"))


def _call_native(run: Run, callee: Native, arguments: Arguments) -> Value:
    return run.attempt(lambda: callee.call(arguments), arguments.text)


def _call_unknown(run: Run, callee: Unknown, arguments: Arguments) -> Value:
    note_call(run, callee, arguments, None)
    callee.forget()
    run.strangers += 1
    escape(run, *arguments.args, *arguments.kwargs.values())
    call_any(run, callee, arguments)
    if "key" in arguments.kwargs:
        handed_on(run, (arguments.kwargs["key"], callee), callee)
    return Unknown(callee.reason, arguments.text, arguments.site, _wanted(arguments))


def _wanted(arguments: Arguments) -> str | None:
    """What a directive would have to state of something unknown that is called on tensors."""
    return ALL if may_hold_tensors((*arguments.args, *arguments.kwargs.values())) else None


def _call_bound(run: Run, callee: BoundMethod, arguments: Arguments) -> Value:
    return call_function(
        run, callee.function, arguments._replace(args=(callee.receiver, *arguments.args))
    )


def _call_class(run: Run, callee: ClassObject, arguments: Arguments) -> Value:
    from flake8_paramcount.interpreter.classes import instantiate

    spec = declared.find(run.declared, callee.name)
    if spec is not None:
        return _declared(run, spec, arguments)
    return instantiate(run, callee, arguments)


def _declared(run: Run, spec: DeclaredSpec, arguments: Arguments) -> Value:
    """The layer object that a call of a declared class makes."""
    from flake8_paramcount.interpreter.construct import declared_layer

    return run.attempt(lambda: declared_layer(spec, run, settled(run, arguments)), arguments.text)


def _call_instance(run: Run, callee: Instance, arguments: Arguments) -> Value:
    from flake8_paramcount.interpreter.classes import call_instance

    return call_instance(run, callee, arguments)


_HANDLERS: dict[type, Callable[[Run, Any, Arguments], Value]] = {
    Function: call_function,
    BoundMethod: _call_bound,
    ClassObject: _call_class,
    Instance: _call_instance,
    Qualified: _call_qualified,
    NativeMethod: _call_method,
    Native: _call_native,
    Unknown: _call_unknown,
}
