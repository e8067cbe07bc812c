"""Dicts and what looks like one: their methods, views of them, `globals()` and `vars(x)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flake8_paramcount.interpreter.containers import is_hashable, iterate, present
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.natives import NativeMethodFunction, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tracking import untracked_item
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    ClassObject,
    DictObject,
    Namespace,
    Ref,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown


class View(NamedTuple):
    """What `keys`, `values` or `items` gives: it shows each change of the dict."""

    owner: Ref
    part: str


def shown(run: Run, view: View) -> list[Value]:
    """The items of a view at this moment."""
    pairs = entries(run, view.owner)
    if view.part == "items":
        return list(pairs)
    return [key if view.part == "keys" else value for key, value in pairs]


@method(View, "__items__")
def view_items(run: Run, view: View, arguments: Arguments) -> Value:
    return shown(run, view)


@method(View, "__len__")
def view_length(run: Run, view: View, arguments: Arguments) -> Value:
    return len(entries(run, view.owner))


@method(Namespace, "__items__")
def namespace_names(run: Run, receiver: Namespace, arguments: Arguments) -> Value:
    return [key for key, _ in entries(run, receiver.owner)]


def entries(run: Run, owner: Ref) -> list[tuple[Any, Value]]:
    """The items of a dict, or the names of a scope or an object that a program sees."""
    pairs = present(run, owner)
    if isinstance(owner, DictObject):
        return pairs
    hidden = not isinstance(owner, ClassObject)
    return [
        (key, value)
        for key, value in pairs
        if isinstance(key, str) and not (hidden and key.startswith("__") and key.endswith("__"))
    ]


def owner_of(receiver: DictObject | Namespace) -> Ref:
    """The object whose state the entries are."""
    return receiver.owner if isinstance(receiver, Namespace) else receiver


Body = Callable[[Run, Ref, Arguments], Value]


def mapping_method(name: str) -> Callable[[Body], Body]:
    """Register a method of dicts and of namespaces."""

    def register(body: Body) -> Body:
        perform: NativeMethodFunction = lambda run, receiver, arguments: body(  # noqa: E731
            run, owner_of(receiver), arguments
        )
        method(DictObject, name)(perform)
        method(Namespace, name)(perform)
        return body

    return register


def hashable(run: Run, key: Value) -> Value:
    """A value as a key. Raises `Undetermined` for what cannot be one here."""
    if isinstance(key, Unknown):
        raise Undetermined(key)
    if not is_hashable(run, key):
        raise Undetermined(run.unknown("a dict item under a key that is not known"))
    return key


def _found(run: Run, owner: Ref, key: Value) -> Value:
    return run.journal.force(run.journal.read(owner).get(hashable(run, key), MISSING))


@mapping_method("get")
def get(run: Run, owner: Ref, arguments: Arguments) -> Value:
    value = _found(run, owner, arguments.args[0])
    return arguments.get(1, "default") if value is MISSING else value


@mapping_method("keys")
def keys(run: Run, owner: Ref, arguments: Arguments) -> Value:
    return View(owner, "keys")


@mapping_method("values")
def values(run: Run, owner: Ref, arguments: Arguments) -> Value:
    return View(owner, "values")


@mapping_method("items")
def items(run: Run, owner: Ref, arguments: Arguments) -> Value:
    return View(owner, "items")


@mapping_method("copy")
def copy(run: Run, owner: Ref, arguments: Arguments) -> Value:
    return DictObject(dict(entries(run, owner)))


@mapping_method("clear")
def clear(run: Run, owner: Ref, arguments: Arguments) -> Value:
    run.journal.write(owner).clear()


@mapping_method("update")
def update(run: Run, owner: Ref, arguments: Arguments) -> Value:
    more = dict(pairs_of(run, arguments.args[0])) if arguments.args else {}
    if not arguments.complete:
        raise Undetermined(run.unknown("it was updated with values that are not known"))
    _set_all(run, owner, {**more, **arguments.kwargs})


def _set_all(run: Run, owner: Ref, values: dict[Any, Value]) -> None:
    """Set items of a dict or names of a scope; those of Keras' own objects are attributes."""
    from flake8_paramcount.interpreter.attributes import set_attribute

    if isinstance(owner, LayerObject | ModelObject):
        for name, value in values.items():
            set_attribute(run, owner, name, value)
    else:
        run.journal.write(owner).update(values)


def pairs_of(run: Run, values: Value) -> list[tuple[Any, Value]]:
    """The items of a dict, or of an iterable of pairs, with keys that are known."""
    values = run.operand(values)
    if isinstance(values, DictObject | Namespace):
        return entries(run, owner_of(values))
    pairs = list(iterate(run, values))
    run.fuel.walk(2 * len(pairs))
    found = [tuple(iterate(run, pair)) for pair in pairs]
    if any(len(pair) != 2 for pair in found):
        run.refuses(ValueError)
        raise Undetermined(run.unknown("an update with what is no pair"))
    return [(hashable(run, run.journal.force(key)), value) for key, value in found]


@mapping_method("pop")
def pop(run: Run, owner: Ref, arguments: Arguments) -> Value:
    key = arguments.args[0]
    value = _found(run, owner, key)
    if value is not MISSING:
        del run.journal.write(owner)[key]
        return value
    if len(arguments.args) > 1:
        return arguments.args[1]
    run.fails(KeyError, key)
    return run.unknown(f"there is no key {key!r}")


@mapping_method("popitem")
def popitem(run: Run, owner: Ref, arguments: Arguments) -> Value:
    pairs = entries(run, owner)
    if not pairs:
        run.fails(KeyError, "popitem(): dictionary is empty")
        return run.unknown("the dict is empty")
    last = run.truth(arguments.get(0, "last", True))
    key, value = pairs[-1 if last else 0]
    del run.journal.write(owner)[key]
    return key, value


@mapping_method("setdefault")
def setdefault(run: Run, owner: Ref, arguments: Arguments) -> Value:
    key = arguments.args[0]
    value = _found(run, owner, key)
    if value is MISSING:
        value = run.journal.write(owner)[key] = arguments.get(1, "default")
        untracked_item(run, owner, value)
    return value


@mapping_method("move_to_end")
def move_to_end(run: Run, owner: Ref, arguments: Arguments) -> Value:
    key = hashable(run, arguments.args[0])
    state = run.journal.write(owner)
    value = {key: state.pop(key)}
    rest = dict(state)
    state.clear()
    last = run.truth(arguments.get(1, "last", True))
    state.update({**rest, **value} if last else {**value, **rest})


@method(Namespace, "__getitem__")
def namespace_item(run: Run, receiver: Namespace, arguments: Arguments) -> Value:
    name = arguments.args[0]
    value = _found(run, receiver.owner, name)
    if value is MISSING:
        run.fails(KeyError, name)
        return run.unknown(f"there is no name {name!r}")
    return value


@method(Namespace, "__setitem__")
def set_namespace_item(run: Run, receiver: Namespace, arguments: Arguments) -> Value:
    if len(arguments.args) < 2 or not isinstance(arguments.args[0], str):
        lost = run.unknown("a name is set that is not known")
        state = run.journal.write(receiver.owner)
        state.update({name: lost for name in state if isinstance(name, str)})
        return
    name, value = arguments.args
    _set_all(run, receiver.owner, {name: value})


# -- defaultdict and Counter ----------------------------------------------------------------------


class DefaultDict(DictObject):
    """A dict that makes what is missing."""

    __slots__ = ("factory",)

    def __init__(self, state: Any, factory: Value = None) -> None:
        super().__init__(state)
        self.factory = factory


def missing_item(run: Run, receiver: DictObject, key: Value, arguments: Arguments) -> Value:
    """What a dict gives for a key that it does not hold; MISSING if nothing."""
    from flake8_paramcount.interpreter.calls import call as call_value

    if isinstance(receiver, Counter):
        return 0
    if not isinstance(receiver, DefaultDict) or receiver.factory is None:
        return MISSING
    value = call_value(run, receiver.factory, arguments)
    run.journal.write(receiver)[key] = value
    return value


class Counter(DictObject):
    """A dict of counts."""

    __slots__ = ()


def add_counts(run: Run, receiver: Ref, arguments: Arguments, sign: int) -> None:
    """Add to counts, or subtract from them."""
    values = arguments.args[0] if arguments.args else None
    if isinstance(values, DictObject):
        pairs = present(run, values)
    elif values is not None:
        items = list(iterate(run, values))
        run.fuel.walk(len(items))
        pairs = [(hashable(run, run.journal.force(item)), 1) for item in items]
    else:
        pairs = []
    state = run.journal.write(receiver)
    for key, number in [*pairs, *arguments.kwargs.items()]:
        state[key] = state.get(key, 0) + sign * number


@method(Counter, "update")
def counter_update(run: Run, receiver: Counter, arguments: Arguments) -> Value:
    add_counts(run, receiver, arguments, 1)


@method(Counter, "subtract")
def counter_subtract(run: Run, receiver: Counter, arguments: Arguments) -> Value:
    add_counts(run, receiver, arguments, -1)


def _numbers(run: Run, receiver: Counter) -> list[tuple[Any, int]]:
    pairs = present(run, receiver)
    for _, number in pairs:
        if not isinstance(number, int):
            raise Undetermined(run.unknown("a count that is not known"))
    return pairs


@method(Counter, "most_common")
def most_common(run: Run, receiver: Counter, arguments: Arguments) -> Value:
    from flake8_paramcount.interpreter.values import ListObject

    pairs = sorted(_numbers(run, receiver), key=lambda pair: pair[1], reverse=True)
    number = arguments.get(0, "n")
    return ListObject(list(pairs if number is None else pairs[:number]))


@method(Counter, "elements")
def elements(run: Run, receiver: Counter, arguments: Arguments) -> Value:
    from flake8_paramcount.interpreter.streams import snapshot

    pairs = _numbers(run, receiver)
    if sum(number for _, number in pairs) > 10_000:
        raise Undetermined(run.unknown("too many items"))
    return snapshot([key for key, number in pairs for _ in range(number)])


@method(Counter, "total")
def counter_total(run: Run, receiver: Counter, arguments: Arguments) -> Value:
    return sum(number for _, number in _numbers(run, receiver))


@method(Counter, "copy")
def counter_copy(run: Run, receiver: Counter, arguments: Arguments) -> Value:
    return Counter(dict(present(run, receiver)))


@method(DefaultDict, "copy")
def defaultdict_copy(run: Run, receiver: DefaultDict, arguments: Arguments) -> Value:
    return DefaultDict(dict(present(run, receiver)), receiver.factory)


def combined(run: Run, symbol: str, left: Counter, right: Counter) -> Value:
    """`+`, `-`, `&` and `|` of counts: only what is left above zero stays."""
    ours, theirs = dict(_numbers(run, left)), dict(_numbers(run, right))
    combine = _COMBINED[symbol]
    counts = {key: combine(ours.get(key, 0), theirs.get(key, 0)) for key in {**ours, **theirs}}
    return Counter({key: number for key, number in counts.items() if number > 0})


_COMBINED: dict[str, Callable[[int, int], int]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "&": min,
    "|": max,
}
