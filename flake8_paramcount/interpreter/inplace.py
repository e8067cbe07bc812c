"""Functions of the standard library that change a list in place: `heapq`, `bisect`."""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Callable
from typing import Any

from flake8_paramcount.interpreter.builtins import Ordered
from flake8_paramcount.interpreter.havoc import lose_object
from flake8_paramcount.interpreter.signatures import Call, known, whole
from flake8_paramcount.interpreter.values import ListObject, Value
from flake8_paramcount.unknown import Undetermined


def _changed(call: Call, values: Value, change: Callable[[list[Any]], Any]) -> Value:
    """Change a list as the library does; one whose order is not known is lost."""
    if type(values) is not ListObject:
        raise TypeError("a list is needed")
    try:
        items = [Ordered(call.run, item) for item in call.run.journal.read(values)]
        result = change(items)
    except Undetermined as stop:
        lose_object(call.run, values, stop.unknown)
        raise
    call.run.journal.replace(values, [item.value for item in items])
    return result.value if isinstance(result, Ordered) else result


@known("heapq.heapify")
def heapify(call: Call, x: Value) -> Value:
    return _changed(call, x, heapq.heapify)


@known("heapq.heappush")
def heappush(call: Call, heap: Value, item: Value) -> Value:
    return _changed(call, heap, lambda items: heapq.heappush(items, Ordered(call.run, item)))


@known("heapq.heappop")
def heappop(call: Call, heap: Value) -> Value:
    return _changed(call, heap, heapq.heappop)


@known("heapq.heappushpop")
def heappushpop(call: Call, heap: Value, item: Value) -> Value:
    return _changed(call, heap, lambda items: heapq.heappushpop(items, Ordered(call.run, item)))


@known("heapq.heapreplace")
def heapreplace(call: Call, heap: Value, item: Value) -> Value:
    return _changed(call, heap, lambda items: heapq.heapreplace(items, Ordered(call.run, item)))


@known("heapq.nlargest", "heapq.nsmallest")
def extremes(call: Call, n: Value, iterable: Value) -> Value:
    items = [Ordered(call.run, item) for item in call.members(iterable)]
    found = getattr(heapq, call.name)(whole(n), items)
    return ListObject([item.value for item in found])


def _register(name: str, *, changes: bool) -> None:
    function = getattr(bisect, name)

    @known(f"bisect.{name}")
    def perform(call: Call, a: Value, x: Value, lo: Value = 0) -> Value:
        def place(items: list[Any]) -> Any:
            return function(items, Ordered(call.run, x), whole(lo))

        if changes:
            return _changed(call, a, place)
        return place([Ordered(call.run, item) for item in call.items(a)])


for _name in ("insort", "insort_left", "insort_right"):
    _register(_name, changes=True)
for _name in ("bisect", "bisect_left", "bisect_right"):
    _register(_name, changes=False)
