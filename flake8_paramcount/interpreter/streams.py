"""Iterators: each makes its next item when it is asked, out of a state that it then changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flake8_paramcount.interpreter.containers import MAX_ITEMS, get_item, peek
from flake8_paramcount.interpreter.fence import FAILURES
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    Choice,
    Instance,
    IteratorObject,
    ListObject,
    NeedSplit,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# The share of the fuel that the items of one iterator may take, if all are asked for at once.
SHARE = 3


def step(run: Run, stream: IteratorObject) -> Value:
    """The next item; MISSING at the end. Raises `NeedSplit` and `Undetermined`."""
    run.fuel.burn()
    if not run.journal.read(stream):
        return MISSING
    try:
        item = run.journal.resolve(stream.advance(run, stream))
    except FAILURES as error:
        reason = f"the iterator fails: {type(error).__name__}"
        raise Undetermined(run.unknown(reason)) from error
    if isinstance(item, Choice) and MISSING in (item.then, item.otherwise):
        raise NeedSplit(item.condition)
    if item is MISSING:
        run.journal.replace(stream, [])
    return item


def one_step(run: Run, stream: IteratorObject) -> Value:
    """`step`, undone where it cannot be finished."""
    return _undone(run, lambda: step(run, stream))


def _undone(run: Run, work: Callable[[], Any]) -> Any:
    """What a piece of work gives; its changes are kept only if it comes to an end."""
    raised: Raised | None = None
    result = None
    with run.journal.speculation() as delta:
        try:
            result = work()
        except Raised as stop:
            raised = stop
    run.journal.apply(delta)
    if raised is not None:
        raise raised
    return result


def drained(run: Run, stream: IteratorObject) -> list[Value]:
    """All items that are left. Raises `NeedSplit` and `Undetermined`, and is undone then."""
    if stream.endless:
        raise Undetermined(run.unknown("an iteration without end"))
    items: list[Value] = _undone(run, lambda: list(_bounded(run, stream)))
    return items


def _bounded(run: Run, stream: IteratorObject) -> Iterator[Value]:
    enough = run.fuel.left - run.fuel.left // SHARE
    for number, item in enumerate(steps(run, stream)):
        if number > MAX_ITEMS or run.fuel.left < enough:
            raise Undetermined(run.unknown("an iterator that takes too long to follow"))
        yield item


def steps(run: Run, value: Value) -> Iterator[Value]:
    """The items of anything, one by one, as they are when they are asked for."""
    stream = over(run, value)
    while (item := step(run, stream)) is not MISSING:
        yield item


def over(run: Run, value: Value) -> IteratorObject:
    """`iter(value)`. Raises `Undetermined` for what is not iterated here."""
    value = run.operand(value)
    if isinstance(value, IteratorObject):
        return value
    if type(value) is ListObject:
        made = IteratorObject([value, 0], _next_of_list)
    elif isinstance(value, Instance):
        made = _over_instance(run, value)
    else:
        made = snapshot(peek(run, value))
    made.sources = (*made.sources, value)
    return made


def snapshot(items: Sequence[Value]) -> IteratorObject:
    """An iterator over items that do not change any more."""
    return IteratorObject([items, 0], _next_of_items)


def _next_of_list(run: Run, stream: IteratorObject) -> Value:
    values, index = run.journal.read(stream)
    items = run.journal.read(values)
    return _item_at(run, stream, items, index)


def _next_of_items(run: Run, stream: IteratorObject) -> Value:
    return _item_at(run, stream, *run.journal.read(stream))


def _item_at(run: Run, stream: IteratorObject, items: Sequence[Value], index: int) -> Value:
    if index >= len(items):
        return MISSING
    run.journal.write(stream)[1] = index + 1
    return items[index]


# -- objects of the program -----------------------------------------------------------------------


def _over_instance(run: Run, value: Instance) -> IteratorObject:
    """An iterator over an object whose class says how."""
    from flake8_paramcount.interpreter.classes import called, method_of

    if method_of(run, value.cls, "__iter__") is not None:
        made = run.journal.force(called(run, value, "__iter__"))
        if made is value or (isinstance(made, Instance) and _steps_itself(run, made)):
            return IteratorObject([made], _next_of_instance)
        if isinstance(made, IteratorObject):
            return made
        raise Undetermined(made if isinstance(made, Unknown) else run.unknown("an iterator"))
    if method_of(run, value.cls, "__getitem__") is not None:
        return IteratorObject([value, 0], _item_of_instance)
    return snapshot(peek(run, value))


def _steps_itself(run: Run, value: Instance) -> bool:
    from flake8_paramcount.interpreter.classes import method_of

    return method_of(run, value.cls, "__next__") is not None


def _next_of_instance(run: Run, stream: IteratorObject) -> Value:
    from flake8_paramcount.interpreter.classes import called

    (value,) = run.journal.read(stream)
    return until(run, StopIteration, lambda: called(run, value, "__next__"))


def _item_of_instance(run: Run, stream: IteratorObject) -> Value:
    value, index = run.journal.read(stream)
    run.journal.write(stream)[1] = index + 1
    return until(run, IndexError, lambda: get_item(run, value, index, lambda: "an item"))


def until(run: Run, end: type[BaseException], work: Callable[[], Value]) -> Value:
    """What a piece of work gives; MISSING where it raises an exception of that class."""
    from flake8_paramcount.interpreter.errors import kind_of

    before, run.guarded = run.guarded, True
    try:
        return work()
    except Raised as stop:
        kind = kind_of(run, stop.error)
        if kind is None or not issubclass(kind, end):
            raise
        return MISSING
    finally:
        run.guarded = before


@method(IteratorObject, "__iter__")
def iterator_itself(run: Run, stream: IteratorObject, arguments: Arguments) -> Value:
    return stream


@method(IteratorObject, "__next__")
def following(run: Run, stream: IteratorObject, arguments: Arguments) -> Value:
    """`next(iterator)` without a default."""
    return next_of(run, stream, run.unknown("nothing is left to iterate over"))


def next_of(run: Run, stream: IteratorObject, lost: Unknown) -> Value:
    """The next item; at the end the program raises, outside of a `try` it is unknown."""
    item = one_step(run, stream)
    if item is not MISSING:
        return item
    value = ended(run, stream)
    run.fails(StopIteration, *(() if value is None else (value,)))
    return lost


def ended(run: Run, stream: IteratorObject) -> Value:
    """What a generator has returned."""
    returned = run.journal.read(stream.returned)
    return returned[0] if returned else None
