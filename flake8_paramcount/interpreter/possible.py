"""What an unknown may be: the objects of the program that it was taken from.

`layers[n]` is one of the layers, whatever `n` is, so what is done to it is done to one of them.
Each is tried, and whatever that changes is not known any more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial

from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.fence import FAILURES
from flake8_paramcount.interpreter.freezing import open_flag, parts_of, wrapped_in
from flake8_paramcount.interpreter.havoc import soften
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.values import (
    Arguments,
    BoundMethod,
    Choice,
    ClassObject,
    DictObject,
    Function,
    Instance,
    IteratorObject,
    ListObject,
    Namespace,
    NativeMethod,
    NeedSplit,
    Ref,
    SetObject,
    Value,
    are_constants,
)
from flake8_paramcount.unknown import Undetermined, Unknown


def holding(value: Value, *sources: Value) -> Value:
    """An unknown that was made from objects of the program may be one of them, or hold them."""
    held = tuple(source for source in sources if _may_hold(source))
    if not held:
        return value
    if isinstance(value, IteratorObject):
        value.sources = (*value.sources, *held)
    return value.holding(*held) if isinstance(value, Unknown) else value


def _may_hold(value: Value) -> bool:
    if isinstance(value, Unknown):
        return value.holds
    if type(value) in (tuple, list):
        return len(value) > 0
    return isinstance(
        value, Ref | dict | Choice | BoundMethod | Function | NativeMethod | Namespace
    )


def items_of(run: Run, receiver: Value, index: Value) -> tuple[Value, ...]:
    """What an item may be that is taken from an object at a place that is not known."""
    state = getattr(run.journal.resolve(receiver), "state", None)
    if isinstance(receiver, ListObject | DictObject) and not isinstance(index, slice):
        return tuple(state.values()) if isinstance(state, dict) else (state,)
    return (receiver,)


def possible(run: Run, unknown: Unknown) -> list[Value]:
    """All objects that an unknown may be, or that lie in what it may be, each once."""
    found: dict[int, Value] = {}
    waiting: list[Value] = [unknown]
    while waiting:
        value = run.journal.resolve(waiting.pop())
        if id(value) in found or not _may_hold(value):
            continue
        run.fuel.burn()
        found[id(value)] = value
        waiting.extend(inside(run, value))
    return [value for value in found.values() if isinstance(value, _OBJECTS)]


_OBJECTS = (Ref, Function, BoundMethod)


def inside(run: Run, value: Value) -> Iterator[Value]:
    """What lies directly in a value, as far as that is known."""
    if isinstance(value, Unknown):
        yield from value.held
        if value.origin is not None:
            yield value.origin
    elif isinstance(value, Choice):
        yield from (value.then, value.otherwise)
    elif isinstance(value, BoundMethod | NativeMethod):
        yield value.receiver
    elif isinstance(value, Namespace):
        yield value.owner
    elif isinstance(value, tuple | list):
        yield from _held(run, value)
    elif isinstance(value, dict):
        yield from _held(run, value.values())
    elif isinstance(value, ModelObject):
        yield value.layers
        try:
            yield from parts_of(run, value)
        except (Undetermined, NeedSplit, *FAILURES):
            return
    elif isinstance(value, LayerObject):
        yield from wrapped_in(value)
    elif isinstance(value, ListObject | DictObject | SetObject | IteratorObject | Instance):
        state = value.state
        yield from _held(run, state.values()) if isinstance(state, dict) else (state,)
        yield from getattr(value, "sources", ())


def _held(run: Run, items: Collection[Value]) -> Collection[Value]:
    """The items of a container, unless they are all constants."""
    run.fuel.sweep(len(items))
    if are_constants(items):
        return ()
    run.fuel.walk(len(items))
    return items


def on_any(run: Run, unknown: Unknown, operation: Callable[[Value], object]) -> None:
    """Do to every object that an unknown may be what the program does to one of them, if any."""
    candidates = possible(run, unknown) if _may_hold(unknown) else []
    if not candidates:
        return
    reason = Unknown("it may be changed through what is not known", None, unknown.site)
    for candidate in candidates:
        attempted(run, partial(operation, candidate), reason)


def attempted(run: Run, work: Callable[[], object], reason: Unknown) -> None:
    """Do something that the program may do: what it changes is not known behind it."""
    made, called = len(run.models), set(run.called)
    with run.journal.trial() as (_, tried):
        try:
            run.transact(work)
        except (Undetermined, NeedSplit, Raised, *FAILURES):
            pass
    del run.models[made:]
    run.called = called
    soften(run, tried, reason)


def set_on_any(run: Run, unknown: Unknown, name: str, value: Value) -> None:
    """`unknown.name = value`."""
    if name == "trainable":
        _open_flags(run, unknown, value)
        return
    from flake8_paramcount.interpreter.attributes import set_attribute

    def operation(candidate: Value) -> None:
        if isinstance(candidate, LayerObject | ModelObject | Instance | ClassObject | Function):
            set_attribute(run, candidate, name, value)

    on_any(run, unknown, operation)


def _open_flags(run: Run, unknown: Unknown, value: Value) -> None:
    """`unknown.trainable = value`: there may be hundreds of layers that it may be."""
    for candidate in possible(run, unknown):
        if isinstance(candidate, LayerObject | ModelObject | Instance):
            open_flag(run, candidate, value)


def change_any(run: Run, unknown: Unknown, change: Callable[[Value], object]) -> None:
    """A change of the items of an unknown."""

    def operation(candidate: Value) -> None:
        if isinstance(candidate, ListObject | DictObject | SetObject | Instance):
            change(candidate)

    on_any(run, unknown, operation)


def call_any(run: Run, unknown: Unknown, arguments: Arguments) -> None:
    """A call of an unknown, or of a method of one."""
    from flake8_paramcount.interpreter.attributes import get_attribute
    from flake8_paramcount.interpreter.calls import call

    key = unknown.key
    method = key[1] if isinstance(key, tuple) and key[0] == "attribute" else None

    def operation(candidate: Value) -> None:
        callee = candidate
        if method is not None and isinstance(candidate, Ref):
            callee = get_attribute(run, candidate, method, arguments.text)
        if _is_callable(run, callee):
            call(run, callee, arguments)

    on_any(run, unknown, operation)


def _is_callable(run: Run, value: Value) -> bool:
    """Whether it is followed what a call of this does."""
    if isinstance(value, NativeMethod):
        return natives.find_method(type(value.receiver), value.name) is not None
    return isinstance(
        value, Function | BoundMethod | ClassObject | LayerObject | ModelObject | Instance
    )
