"""What the interpreter knows of iterators: `zip`, `map`, `next`, and all of `itertools`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.builtins import MAX_BITS, call_back, constant
from flake8_paramcount.interpreter.containers import MAX_ITEMS, packed, peek
from flake8_paramcount.interpreter.operators import plus
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import Call, given, known, whole
from flake8_paramcount.interpreter.streams import next_of, one_step, over, snapshot, step, steps
from flake8_paramcount.interpreter.values import (
    MISSING,
    Choice,
    Instance,
    IteratorObject,
    ListObject,
    Value,
)
from flake8_paramcount.unknown import Undetermined

_NONE = object()

Maker = Callable[[Run], Value]
"""Makes the next item of an iterator; MISSING at the end."""


def made_by(maker: Maker, *sources: IteratorObject, endless: bool | None = None) -> IteratorObject:
    """An iterator whose items come from others; it has no end where none of them has one."""
    if endless is None:
        endless = bool(sources) and all(source.endless for source in sources)
    return IteratorObject([True], lambda run, stream: maker(run), endless=endless)


def counted(maker: Callable[[Run, int], Value], *, endless: bool = False) -> IteratorObject:
    """An iterator whose items depend on how many there have been."""

    def advance(run: Run, stream: IteratorObject) -> Value:
        (number,) = run.journal.read(stream)
        item = maker(run, number)
        run.journal.write(stream)[0] = number + 1
        return item

    # The state is empty at the end alone.
    return IteratorObject([0], advance, endless=endless)


def _one_of_each(run: Run, sources: Sequence[IteratorObject]) -> list[Value] | None:
    """An item of each source; None once one of them has ended."""
    items = []
    for source in sources:
        item = step(run, source)
        if item is MISSING:
            return None
        items.append(item)
    return items


def _all_over(call: Call, values: Iterable[Value]) -> list[IteratorObject]:
    return [over(call.run, value) for value in values]


# -- built in -------------------------------------------------------------------------------------


@known("builtins.iter")
def iter_(call: Call, values: Value, sentinel: Value = _NONE) -> Value:
    if sentinel is _NONE:
        return over(call.run, values)
    end = constant(sentinel)

    def make(run: Run) -> Value:
        item = call_back(call, values)
        return MISSING if constant(item) == end else item

    return made_by(make)


@known("builtins.next")
def next_(call: Call, iterator: Value, default: Value = _NONE) -> Value:
    if isinstance(iterator, Instance):
        iterator = over(call.run, iterator)
    if not isinstance(iterator, IteratorObject):
        return call.unknown("the next item of what is not followed")
    if default is _NONE:
        return next_of(call.run, iterator, call.unknown("nothing is left to iterate over"))
    item = one_step(call.run, iterator)
    return default if item is MISSING else item


@known("builtins.zip")
def zip_(call: Call, *iterables: Value, strict: Value = False) -> Value:
    sources = _all_over(call, iterables)

    def make(run: Run) -> Value:
        items = _one_of_each(run, sources) if sources else None
        return MISSING if items is None else packed(run, items)

    return made_by(make, *sources)


@known("builtins.enumerate")
def enumerate_(call: Call, iterable: Value, start: Value = 0) -> Value:
    first, source = whole(start), over(call.run, iterable)

    def make(run: Run, number: int) -> Value:
        item = step(run, source)
        return MISSING if item is MISSING else packed(run, (first + number, item))

    return counted(make, endless=source.endless)


@known("builtins.map")
def map_(call: Call, function: Value, *iterables: Value) -> Value:
    sources = _all_over(call, iterables)

    def make(run: Run) -> Value:
        items = _one_of_each(run, sources)
        return MISSING if items is None else call_back(call, function, *items)

    return made_by(make, *sources)


def kept(call: Call, function: Value, source: IteratorObject, wanted: bool) -> IteratorObject:
    """The items for which a function gives something that is true, or not."""

    def make(run: Run) -> Value:
        while (item := step(run, source)) is not MISSING:
            if _keeps(call, function, item) is wanted:
                break
        return item

    return made_by(make, source)


def _keeps(call: Call, function: Value, item: Value) -> bool:
    result = item if function is None else call_back(call, function, item)
    if isinstance(result, Choice):
        raise Undetermined(call.unknown("it depends on a test of what is not known"))
    return call.truth(result)


@known("builtins.filter")
def filter_(call: Call, function: Value, iterable: Value) -> Value:
    return kept(call, function, over(call.run, iterable), True)


@known("builtins.reversed")
def reversed_(call: Call, values: Value) -> Value:
    if type(values) is not ListObject:
        return snapshot(peek(call.run, values)[::-1])

    size = len(call.run.journal.read(values))

    def make(run: Run, number: int) -> Value:
        items = run.journal.read(values)
        return items[size - 1 - number] if number < size <= number + len(items) else MISSING

    return counted(make)


# -- itertools ------------------------------------------------------------------------------------


def _bounded(call: Call, count: int) -> None:
    """Refuse to make too many items."""
    if count > MAX_ITEMS:
        raise OverflowError("too many items")
    call.run.fuel.walk(2 * count)


def tuples(call: Call, items: Iterable[tuple[Value, ...]]) -> IteratorObject:
    """An iterator over new tuples, none of which may hold too much."""
    return snapshot([packed(call.run, item) for item in items])


@known("itertools.chain")
def chain(call: Call, *iterables: Value) -> Value:
    return chain_from_iterable(call, iterables)


@known("itertools.chain.from_iterable")
def chain_from_iterable(call: Call, iterables: Value) -> Value:
    outer = over(call.run, iterables)

    def advance(run: Run, stream: IteratorObject) -> Value:
        while True:
            (inner,) = run.journal.read(stream)
            item = MISSING if inner is None else step(run, inner)
            if item is not MISSING:
                return item
            following = step(run, outer)
            if following is MISSING:
                return MISSING
            run.journal.write(stream)[0] = over(run, following)

    return IteratorObject([None], advance)


@known("itertools.product")
def product(call: Call, *iterables: Value, repeat: Value = 1) -> Value:
    if whole(repeat) > 16:
        raise OverflowError("too many items")
    parts = [call.items(part) for part in iterables] * whole(repeat)
    _bounded(call, math.prod(map(len, parts)) * max(len(parts), 1))
    return tuples(call, itertools.product(*parts))


@known("itertools.combinations")
def combinations(call: Call, iterable: Value, r: Value) -> Value:
    items = call.items(iterable)
    _bounded(call, math.comb(min(len(items), MAX_BITS), whole(r)) * max(whole(r), 1))
    return tuples(call, itertools.combinations(items, whole(r)))


@known("itertools.combinations_with_replacement")
def combinations_with_replacement(call: Call, iterable: Value, r: Value) -> Value:
    items = call.items(iterable)
    width = whole(r)
    _bounded(call, width)
    _bounded(call, math.comb(min(len(items) + width, MAX_BITS), width) * max(width, 1))
    return tuples(call, itertools.combinations_with_replacement(items, width))


@known("itertools.permutations")
def permutations(call: Call, iterable: Value, r: Value = None) -> Value:
    items = call.items(iterable)
    size = len(items) if not given(r) else whole(r)
    _bounded(call, math.perm(min(len(items), MAX_BITS), size) * max(size, 1))
    return tuples(call, itertools.permutations(items, size))


@known("itertools.repeat")
def repeat(call: Call, object: Value, times: Value = None) -> Value:
    if not given(times):
        return made_by(lambda run: object, endless=True)
    number = whole(times)
    return counted(lambda run, index: object if index < number else MISSING)


@known("itertools.count")
def count(call: Call, start: Value = 0, step: Value = 1) -> Value:
    if not all(isinstance(value, (int, Poly)) for value in (start, step)):
        raise TypeError("a count in steps that are no integers")
    return counted(lambda run, index: start + index * step, endless=True)


@known("itertools.cycle")
def cycle(call: Call, iterable: Value) -> Value:
    items = call.items(iterable)
    if not items:
        return snapshot(())
    return counted(lambda run, index: items[index % len(items)], endless=True)


@known("itertools.accumulate")
def accumulate(call: Call, iterable: Value, func: Value = None, *, initial: Value = None) -> Value:
    source = over(call.run, iterable)
    first = source if not given(initial) else snapshot((initial,))

    def advance(run: Run, stream: IteratorObject) -> Value:
        (total,) = run.journal.read(stream)
        item = step(run, first if total is _NONE else source)
        if item is MISSING:
            return MISSING
        if total is not _NONE:
            combined = call_back(call, func, total, item) if given(func) else plus(run, total, item)
            item = combined
        run.journal.write(stream)[0] = item
        return item

    return IteratorObject([_NONE], advance, endless=source.endless)


@known("itertools.zip_longest")
def zip_longest(call: Call, *iterables: Value, fillvalue: Value = None) -> Value:
    sources = _all_over(call, iterables)

    def make(run: Run) -> Value:
        items = [step(run, source) for source in sources]
        if all(item is MISSING for item in items):
            return MISSING
        return packed(run, [fillvalue if item is MISSING else item for item in items])

    return made_by(make, *sources, endless=any(source.endless for source in sources))


@known("itertools.islice")
def islice(call: Call, iterable: Value, *bounds: Value) -> Value:
    """As many items of the source are taken as Python takes, and no more."""
    source = over(call.run, iterable)
    limits = slice(*(None if bound is None else whole(bound) for bound in bounds))
    start, stride = limits.start or 0, 1 if limits.step is None else limits.step
    if start < 0 or stride < 1 or (limits.stop is not None and limits.stop < 0):
        raise ValueError("a slice that fails")

    def make(run: Run, number: int) -> Value:
        wanted = start + number * stride
        stop = limits.stop
        if stop is not None and wanted >= stop:
            wanted, ended = max(stop, start) - 1, True
        else:
            ended = False
        taken = start + (number - 1) * stride + 1 if number else 0
        item: Value = MISSING
        for _ in range(taken, wanted + 1):
            item = step(run, source)
            if item is MISSING:
                return MISSING
        return MISSING if ended else item

    return counted(make, endless=source.endless and limits.stop is None)


@known("itertools.pairwise")
def pairwise(call: Call, iterable: Value) -> Value:
    source = over(call.run, iterable)

    def advance(run: Run, stream: IteratorObject) -> Value:
        (left,) = run.journal.read(stream)
        left = step(run, source) if left is _NONE else left
        right = MISSING if left is MISSING else step(run, source)
        if right is MISSING:
            return MISSING
        run.journal.write(stream)[0] = right
        return packed(run, (left, right))

    return IteratorObject([_NONE], advance, endless=source.endless)


@known("itertools.starmap")
def starmap(call: Call, function: Value, iterable: Value) -> Value:
    source = over(call.run, iterable)

    def make(run: Run) -> Value:
        item = step(run, source)
        return MISSING if item is MISSING else call_back(call, function, *steps(run, item))

    return made_by(make, source)


@known("itertools.takewhile")
def takewhile(call: Call, predicate: Value, iterable: Value) -> Value:
    source = over(call.run, iterable)

    def make(run: Run) -> Value:
        item = step(run, source)
        return item if item is not MISSING and _keeps(call, predicate, item) else MISSING

    return made_by(make, endless=False)


@known("itertools.dropwhile")
def dropwhile(call: Call, predicate: Value, iterable: Value) -> Value:
    source = over(call.run, iterable)

    def make(run: Run, number: int) -> Value:
        item = step(run, source)
        while number == 0 and item is not MISSING and _keeps(call, predicate, item):
            item = step(run, source)
        return item

    return counted(make, endless=source.endless)


@known("itertools.filterfalse")
def filterfalse(call: Call, function: Value, iterable: Value) -> Value:
    return kept(call, function, over(call.run, iterable), False)


@known("itertools.compress")
def compress(call: Call, data: Value, selectors: Value) -> Value:
    sources = _all_over(call, (data, selectors))

    def make(run: Run) -> Value:
        while (items := _one_of_each(run, sources)) is not None:
            if call.truth(items[1]):
                return items[0]
        return MISSING

    return made_by(make, *sources)


@known("itertools.tee")
def tee(call: Call, iterable: Value, n: Value = 2) -> Value:
    source, held, number = over(call.run, iterable), ListObject([]), whole(n)
    _bounded(call, number)

    def make(run: Run, index: int) -> Value:
        if index == len(run.journal.read(held)):
            item = step(run, source)
            if item is MISSING:
                return MISSING
            run.journal.write(held).append(item)
        return run.journal.read(held)[index]

    return tuple(counted(make, endless=source.endless) for _ in range(number))


@known("itertools.groupby")
def groupby(call: Call, iterable: Value, key: Value = None) -> Value:
    """Each group is made as a whole; the one before ends when the next begins."""
    source = over(call.run, iterable)

    def key_of(item: Value) -> Any:
        return constant(call.settle(call_back(call, key, item) if given(key) else item))

    def advance(run: Run, stream: IteratorObject) -> Value:
        item, last = run.journal.read(stream)
        if last is not None:
            run.journal.replace(last, [])
        item = step(run, source) if item is _NONE else item
        if item is MISSING:
            return MISSING
        wanted, items = key_of(item), [item]
        while (item := step(run, source)) is not MISSING and key_of(item) == wanted:
            items.append(item)
        group = snapshot(items)
        run.journal.write(stream)[:] = [item, group]
        return wanted, group

    return IteratorObject([_NONE, None], advance)
