"""Lists, tuples, dicts and sets: their displays, iteration, items and methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import libcst as cst

from flake8_paramcount.dims import Dim, Poly, symbol
from flake8_paramcount.interpreter.natives import find_method, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    Array,
    ClassObject,
    DictObject,
    Function,
    Instance,
    IteratorObject,
    ListObject,
    Qualified,
    Ref,
    SetObject,
    Value,
    are_constants,
)
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

# A loop over more known items than this is not unrolled, and no container holds more.
MAX_ITEMS = 100_000

# Tuples in tuples: so many items below the first level, or so many for each of its items, and so
# many levels. Python compares and hashes them natively, without a way to stop it.
MAX_NESTED = 2_000
MAX_NESTED_EACH = 20
MAX_LEVELS = 30


def is_container(value: Ref) -> bool:
    """Whether an object's truth is that it holds something."""
    return isinstance(value, ListObject | DictObject | SetObject)


def is_key(value: Value) -> bool:
    """Whether a value can be a dict key here: a constant, or a tuple of constants."""
    if type(value) is tuple:
        return are_constants(value) or all(map(is_key, value))
    return isinstance(value, str | int | float | bytes | None)


def is_hashable(run: Run, value: Value) -> bool:
    """Whether a value can be a key: a constant, or what equals itself alone."""
    if type(value) is tuple:
        run.fuel.sweep(4 * len(value))
        return are_constants(value) or all(is_hashable(run, item) for item in value)
    if isinstance(value, ListObject | DictObject):
        run.refuses(TypeError)
    if isinstance(value, Instance):
        from flake8_paramcount.interpreter.classes import is_plain

        return is_plain(run, value.cls)
    return is_key(value) or isinstance(value, Function | ClassObject)


def display_items(run: Run, elements: Sequence[cst.BaseElement]) -> list[Value] | Value:
    """The items of a list, tuple or set display; unknown where a starred part is."""
    items: list[Value] = []
    for element in elements:
        value = run.evaluate(element.value)
        if not isinstance(element, cst.StarredElement):
            items.append(value)
            continue
        more = spread(run, value)
        if not isinstance(more, tuple):
            from flake8_paramcount.interpreter.possible import holding

            lost = run.unknown("it has a part of unknown length", element.value)
            return holding(lost, *items, more, value)
        items.extend(more)
        if len(items) > MAX_ITEMS:
            return run.unknown("a display of over 100,000 items", element.value)
    return items


def packed(run: Run, items: Sequence[Value]) -> Value:
    """A tuple; unknown if it would hold more in all its levels than can be gone through."""
    made = tuple(items)
    if any(type(item) is tuple for item in made) and not _is_small(made):
        return run.unknown("a tuple that holds too much")
    return made


def _is_small(value: tuple[Value, ...]) -> bool:
    left = max(MAX_NESTED, MAX_NESTED_EACH * len(value))
    level: Sequence[Value] = value
    for _ in range(MAX_LEVELS):
        inner: list[Value] = []
        for item in level:
            if type(item) is tuple:
                inner += item
                left -= len(item)
                if left < 0:
                    return False
        if not inner:
            return True
        level = inner
    return False


def listed(run: Run, items: list[Value]) -> list[Value]:
    """The items of a list that is to be made. Raises `Undetermined` for too many."""
    if len(items) > MAX_ITEMS:
        raise Undetermined(run.unknown("a list of over 100,000 items"))
    run.fuel.sweep(len(items))
    return items


def spread(run: Run, value: Value) -> Value:
    """The items of a value as a tuple; unknown or a choice where they are."""
    return run.attempt(lambda: tuple(iterate(run, value)))


def iterate(run: Run, value: Value) -> Iterator[Value]:
    """The items that a loop over a value sees. Raises `Undetermined` and `NeedSplit`.

    An iterator gives its items once.
    """
    value = run.operand(value)
    if isinstance(value, IteratorObject | Instance):
        from flake8_paramcount.interpreter.streams import drained, over

        return iter(drained(run, over(run, value)))
    return iter(peek(run, value))


def peek(run: Run, value: Value) -> Sequence[Value]:
    """The items of what holds them all. Raises `Undetermined` and `NeedSplit`."""
    value = run.operand(value)
    items = _items(run, value)
    if items is None:
        raise Undetermined(_not_iterable(run, value))
    if isinstance(items, range) and extent(items) > MAX_ITEMS:
        raise Undetermined(run.unknown(f"a loop of {extent(items):,} rounds"))
    if isinstance(items, range):
        run.fuel.sweep(len(items))
    else:
        run.fuel.walk(len(items))
    return items


def extent(items: range) -> int:
    """The length of a range, which `len` refuses to tell of a very long one."""
    return max(0, -((items.start - items.stop) // items.step))


def _not_iterable(run: Run, value: Value) -> Unknown:
    if isinstance(value, Unknown):
        return value
    if value is None or isinstance(value, int | float):
        run.fails(TypeError, f"{type(value).__name__!r} object is not iterable")
    unknown: Unknown = Unknown(
        f"iteration over {type(value).__name__}", None, run.site(run.statement)
    )
    return unknown


def _items(run: Run, value: Value) -> Sequence[Value] | None:
    if isinstance(value, range):
        return value
    if isinstance(value, str):
        return value
    if isinstance(value, Array):
        return _array_items(run, value)
    if type(value) is tuple:
        return value
    if isinstance(value, ListObject):
        return list(run.journal.read(value))
    if isinstance(value, DictObject):
        return [key for key, item in present(run, value)]
    if isinstance(value, SetObject):
        return _in_some_order(run, [key for key, item in present(run, value)])
    if isinstance(value, bytes):
        return value
    held = find_method(type(value), "__items__")
    items: Sequence[Value] | None = None
    if held is not None:
        items = held(run, value, Arguments((), {}, run.site(run.statement), str))
    return items


def _in_some_order(run: Run, members: list[Value]) -> Sequence[Value]:
    """The members of a set as they are gone through: only that of small numbers is known."""
    if len(members) < 2:
        return members
    if all(type(member) is int and 0 <= member < 8 for member in members):
        return sorted(members)
    return [run.unknown("any member of a set") for _ in members]


def present(run: Run, value: Ref) -> list[tuple[Any, Value]]:
    """The items of a dict, with keys whose presence is decided."""
    state = run.journal.read(value)
    run.fuel.sweep(4 * len(state))
    pairs = [(key, run.journal.force(item)) for key, item in state.items()]
    return [(key, item) for key, item in pairs if item is not MISSING]


def _array_items(run: Run, array: Array) -> Sequence[Value] | None:
    if array.values is not None:
        return array.values
    dims = array.shape.dims
    if not dims or not isinstance(dims[0], int) or dims[0] > MAX_ITEMS:
        return None
    if array.dtype == "object":
        length: Dim = symbol("len(…)", lower=0, reason="rows of any length", opaque=True)
        return [Array(Shape((length,)), source=array.source, site=array.site)] * dims[0]
    row = Array(Shape(dims[1:]), array.dtype, array.low, array.high, array.source, array.site)
    return [row] * dims[0]


def length(run: Run, value: Value) -> Value:
    """`len(value)`. Raises `Undetermined`."""
    if isinstance(value, Array):
        return value.shape.dims[0] if value.shape.dims else Unknown("len of a scalar")
    if isinstance(value, range):
        return extent(value)
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, ListObject):
        return len(run.journal.read(value))
    if isinstance(value, DictObject | SetObject):
        return len(present(run, value))
    if isinstance(value, IteratorObject):
        run.refuses(TypeError)
    items = _items(run, value)
    if items is None:
        raise Undetermined(_not_iterable(run, value))
    return len(items)


_KIND_NAMES = {list: "list", tuple: "tuple", str: "string", range: "range object", bytes: ""}


def get_item(run: Run, receiver: Value, index: Value, text: Callable[[], str]) -> Value:
    """`receiver[index]`. Raises `Undetermined`."""
    from flake8_paramcount.interpreter.natives import find_method

    if isinstance(receiver, Unknown):
        return receiver.derive(("item", _identity(index)), text)
    if isinstance(receiver, Qualified):
        return get_item(run, run.outside(receiver), index, text)
    if isinstance(receiver, DictObject):
        return _dict_item(run, receiver, index, text)
    if isinstance(receiver, ListObject):
        return _sequence_item(run, run.journal.read(receiver), index, ListObject, text)
    if type(receiver) is tuple:
        return _sequence_item(run, receiver, index, tuple, text)
    if isinstance(receiver, str | range | bytes):
        return _sequence_item(run, receiver, index, lambda part: part, text)
    if isinstance(receiver, Instance | ClassObject):
        from flake8_paramcount.interpreter.items import item_of

        return item_of(run, receiver, index, text)
    native = find_method(type(receiver), "__getitem__")
    if native is not None:
        return native(run, receiver, Arguments((index,), {}, run.site(run.statement), text))
    if receiver is None or isinstance(receiver, int | float):
        run.refuses(TypeError)
    return Unknown(f"an item of {type(receiver).__name__}", text, run.site(run.statement))


def _identity(index: Value) -> Any:
    if isinstance(index, slice):
        return ("slice", index.start, index.stop, index.step)
    return index if is_key(index) else id(index)


def _dict_item(run: Run, receiver: DictObject, index: Value, text: Callable[[], str]) -> Value:
    if not is_hashable(run, index):
        raise Undetermined(run.unknown("a dict item under a key that is not known"))
    value = run.journal.force(run.journal.read(receiver).get(index, MISSING))
    if value is MISSING and type(receiver) is not DictObject:
        from flake8_paramcount.interpreter.mappings import missing_item

        arguments = Arguments((), {}, run.site(run.statement), text)
        value = missing_item(run, receiver, index, arguments)
    if value is MISSING:
        run.fails(KeyError, index)
        return Unknown(f"there is no key {index!r}", text, run.site(run.statement))
    return value


def _sequence_item(
    run: Run,
    items: Sequence[Value],
    index: Value,
    make: Callable[[Any], Value],
    text: Callable[[], str],
) -> Value:
    if isinstance(index, slice):
        bounds = [run.journal.force(part) for part in (index.start, index.stop, index.step)]
        for part in bounds:
            if isinstance(part, Unknown | Poly):
                raise Undetermined(
                    part if isinstance(part, Unknown) else Unknown("a symbolic slice")
                )
        return _sliced(run, items, slice(*bounds), make, text)
    if isinstance(index, Unknown):
        raise Undetermined(index)
    if not isinstance(index, int):
        if index is None or isinstance(index, str | float):
            run.refuses(TypeError)
        return Unknown("an index that is no integer", text)
    size = extent(items) if isinstance(items, range) else len(items)
    if not -size <= index < size:
        run.fails(IndexError, f"{_KIND_NAMES[type(items)]} index out of range".strip())
        return Unknown(f"index {index} is out of range", text, run.site(run.statement))
    return items[index]


def _sliced(
    run: Run,
    items: Sequence[Value],
    part: slice,
    make: Callable[[Any], Value],
    text: Callable[[], str],
) -> Value:
    try:
        found = items[part]
    except (TypeError, ValueError) as error:
        run.fails(type(error), *error.args)
        return Unknown("a slice that fails", text, run.site(run.statement))
    if not isinstance(found, range):
        run.fuel.sweep(len(found))
    return make(found)


def set_item(run: Run, receiver: Value, index: Value, value: Value) -> None:
    """`receiver[index] = value`; what cannot be followed makes the container unknown."""
    from flake8_paramcount.interpreter.tracking import untracked_item

    receiver = run.journal.force(receiver)
    if isinstance(receiver, DictObject) and is_hashable(run, index):
        before = run.journal.write(receiver).get(index)
        run.journal.write(receiver)[index] = value
        untracked_item(run, receiver, before)
    elif isinstance(receiver, ListObject):
        _set_list_item(run, receiver, index, value)
        untracked_item(run, receiver, value)
    elif isinstance(receiver, DictObject):
        run.journal.replace(receiver, run.unknown("it was changed under a key that is not known"))
    elif isinstance(receiver, Unknown):
        from flake8_paramcount.interpreter.possible import change_any

        receiver.forget()
        change_any(run, receiver, lambda each: set_item(run, each, index, value))
    else:
        _changed(run, receiver, index, value)


def _changed(run: Run, receiver: Value, *values: Value) -> None:
    """Tell an object of another kind that its items change, if it wants to know."""
    if isinstance(receiver, Instance):
        from flake8_paramcount.interpreter.items import change_item

        change_item(run, receiver, *values)
        return
    native = find_method(type(receiver), "__setitem__")
    if native is not None:
        native(run, receiver, Arguments(values, {}, run.site(run.statement), str))


def _set_list_item(run: Run, receiver: ListObject, index: Value, value: Value) -> None:
    state = run.journal.write(receiver)
    if isinstance(index, int) and -len(state) <= index < len(state):
        state[index] = value
        return
    if isinstance(index, slice) and all(
        isinstance(part, int | None) for part in (index.start, index.stop, index.step)
    ):
        try:
            state[index] = list(iterate(run, value))
            listed(run, state)
        except ValueError:
            pass
        else:
            return
    if isinstance(index, int):
        run.fails(IndexError, "list assignment index out of range")
    run.journal.replace(receiver, run.unknown("it was changed at an index that is not known"))


def delete_item(run: Run, receiver: Value, index: Value) -> None:
    """`del receiver[index]`."""
    from flake8_paramcount.interpreter.tracking import untracked_item

    receiver = run.journal.force(receiver)
    if isinstance(receiver, DictObject) and is_hashable(run, index):
        if run.journal.read(receiver).get(index, MISSING) is MISSING:
            run.fails(KeyError, index)
        untracked_item(run, receiver, run.journal.write(receiver).pop(index, None))
    elif isinstance(receiver, Instance):
        from flake8_paramcount.interpreter.items import remove_item

        remove_item(run, receiver, index)
    elif isinstance(receiver, Unknown):
        from flake8_paramcount.interpreter.possible import change_any

        change_any(run, receiver, lambda each: delete_item(run, each, index))
    elif isinstance(receiver, ListObject) and isinstance(index, int | slice):
        try:
            del run.journal.write(receiver)[index]
        except (IndexError, TypeError, Undetermined):
            run.journal.replace(receiver, run.unknown("it was changed at an unknown index"))
    elif isinstance(receiver, ListObject | DictObject):
        run.journal.replace(receiver, run.unknown("it was changed at an unknown index"))
    else:
        _changed(run, receiver)


@method(ListObject, "append")
def list_append(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    from flake8_paramcount.interpreter.tracking import added_item

    run.journal.write(receiver).append(arguments.args[0])
    added_item(run, receiver, arguments.args[0])


@method(ListObject, "extend")
def list_extend(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    extend(run, receiver, arguments.args[0])


def extend(run: Run, receiver: ListObject, values: Value) -> None:
    """Put further items at the end of a list; what cannot be followed makes it unknown."""
    items = run.attempt(
        lambda: tuple(listed(run, [*run.journal.read(receiver), *iterate(run, values)]))
    )
    run.journal.replace(receiver, list(items) if isinstance(items, tuple) else items)


@method(ListObject, "insert")
def list_insert(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    index, item = arguments.args
    if isinstance(index, int):
        run.journal.write(receiver).insert(index, item)
    else:
        run.journal.replace(receiver, run.unknown("an item was inserted at an unknown index"))


@method(ListObject, "pop")
def list_pop(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    index = arguments.get(0, "index", -1)
    state = run.journal.write(receiver)
    if isinstance(index, int) and -len(state) <= index < len(state):
        return state.pop(index)
    if isinstance(index, int):
        run.fails(IndexError, "pop from empty list" if not state else "pop index out of range")
    lost = run.unknown("an item was popped at an unknown index")
    run.journal.replace(receiver, lost)
    return lost


@method(ListObject, "clear")
def list_clear(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    run.journal.write(receiver).clear()


@method(ListObject, "reverse")
def list_reverse(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    run.journal.write(receiver).reverse()


@method(ListObject, "copy", "__copy__")
def list_copy(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    return ListObject(list(run.journal.read(receiver)))


@method(ListObject, "sort", "__iadd__", "__imul__")
def list_change(run: Run, receiver: ListObject, arguments: Arguments) -> Value:
    """A change that needs comparisons of its items: followed for constants only."""
    raise Undetermined(run.unknown("a change of a list that is not followed"))
