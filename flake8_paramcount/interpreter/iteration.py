"""What the interpreter knows of `itertools`: iterators over items that are known."""

from __future__ import annotations

import itertools
import math
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.builtins import MAX_BITS, call_back, tuples
from flake8_paramcount.interpreter.containers import MAX_ITEMS, listed
from flake8_paramcount.interpreter.signatures import Call, given, known, whole
from flake8_paramcount.interpreter.values import IteratorObject, Value


def _counted(call: Call, count: int) -> None:
    """Refuse to make too many items."""
    if count > MAX_ITEMS:
        raise OverflowError("too many items")
    call.run.fuel.sweep(4 * count)


@known("itertools.chain")
def chain(call: Call, *iterables: Value) -> Value:
    items = [item for part in iterables for item in call.items(part)]
    return IteratorObject(listed(call.run, items))


@known("itertools.chain.from_iterable")
def chain_from_iterable(call: Call, iterables: Value) -> Value:
    return chain(call, *call.items(iterables))


@known("itertools.product")
def product(call: Call, *iterables: Value, repeat: Value = 1) -> Value:
    if whole(repeat) > 16:
        raise OverflowError("too many items")
    parts = [call.items(part) for part in iterables] * whole(repeat)
    _counted(call, math.prod(map(len, parts)) * max(len(parts), 1))
    return tuples(call, itertools.product(*parts))


@known("itertools.combinations")
def combinations(call: Call, iterable: Value, r: Value) -> Value:
    items = call.items(iterable)
    _counted(call, math.comb(min(len(items), MAX_BITS), whole(r)) * max(whole(r), 1))
    return tuples(call, itertools.combinations(items, whole(r)))


@known("itertools.permutations")
def permutations(call: Call, iterable: Value, r: Value = None) -> Value:
    items = call.items(iterable)
    size = len(items) if not given(r) else whole(r)
    _counted(call, math.perm(min(len(items), MAX_BITS), size) * max(size, 1))
    return tuples(call, itertools.permutations(items, size))


@known("itertools.repeat")
def repeat(call: Call, item: Value, times: Value = None) -> Value:
    if not given(times):
        return call.unknown("an iteration without end")
    _counted(call, whole(times))
    return IteratorObject([item] * whole(times))


@known("itertools.accumulate")
def accumulate(call: Call, iterable: Value, func: Value = None, *, initial: Value = None) -> Value:
    items = call.items(iterable)
    if given(initial):
        items.insert(0, initial)

    def step(left: Any, right: Any) -> Any:
        if given(func):
            return call_back(call, func, left, right)
        if all(isinstance(value, (int, float, Poly)) for value in (left, right)):
            return left + right
        raise TypeError("a sum of what is no number")

    return IteratorObject(list(itertools.accumulate(items, step)))


@known("itertools.zip_longest")
def zip_longest(call: Call, *iterables: Value, fillvalue: Value = None) -> Value:
    parts = map(call.items, iterables)
    return tuples(call, itertools.zip_longest(*parts, fillvalue=fillvalue))


@known("itertools.islice")
def islice(call: Call, iterable: Value, *bounds: Value) -> Value:
    """An iterator that is read in part goes on where the slice ends, so it is not followed."""
    if isinstance(iterable, IteratorObject):
        raise TypeError("a part of an iterator")
    limits = [None if bound is None else whole(bound) for bound in bounds]
    return IteratorObject(list(itertools.islice(call.items(iterable), *limits)))


@known("itertools.pairwise")
def pairwise(call: Call, iterable: Value) -> Value:
    items = call.items(iterable)
    return tuples(call, itertools.pairwise(items))


@known("itertools.starmap")
def starmap(call: Call, function: Value, iterable: Value) -> Value:
    rounds = [call.items(item) for item in call.items(iterable)]
    return IteratorObject([call_back(call, function, *items) for items in rounds])
