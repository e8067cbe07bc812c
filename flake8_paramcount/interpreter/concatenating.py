"""`+`, `*`, `%` and the operators of sets, on texts, tuples and containers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from flake8_paramcount.interpreter import texts
from flake8_paramcount.interpreter.containers import is_hashable, listed, packed, present
from flake8_paramcount.interpreter.mappings import Counter, View, combined, shown
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MULTIPLIED,
    DictObject,
    Instance,
    ListObject,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Unknown

# No sequence made here has more items.
MAX_LENGTH = 100_000

# What asks for a width of over three digits, or for one that stands elsewhere.
WIDE = re.compile(r"\d{4}|\*")


def sequences(run: Run, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """`left symbol right` of texts, tuples and containers."""
    if symbol == "*":
        sequence, times = (left, right) if isinstance(right, int) else (right, left)
        if isinstance(times, int):
            return _repeat(run, sequence, times, node)
    if symbol == "+" and (whole := _joined(run, left, right, node)) is not None:
        return whole
    if symbol == "%" and isinstance(left, str):
        return _format(run, left, right, node)
    if isinstance(left, Counter) and isinstance(right, Counter) and symbol in "+-&|":
        return combined(run, symbol, left, right)
    sides = [_as_set(run, side) for side in (left, right)]
    if isinstance(left, View | SetObject) and None not in sides and symbol in _OF_SETS:
        return SetObject(_OF_SETS[symbol](*sides))  # type: ignore[arg-type]
    if symbol == "|" and isinstance(left, DictObject) and isinstance(right, DictObject):
        return DictObject({**dict(present(run, left)), **dict(present(run, right))})
    if all(isinstance(side, _OWN) or type(side) is tuple for side in (left, right)):
        run.refuses(TypeError)
    return run.unknown(f"`{symbol}` of {type(left).__name__} and {type(right).__name__}", node)


def _joined(run: Run, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """One sequence behind another of its kind; None if they are no such two."""
    if type(left) is tuple and type(right) is tuple:
        return sized(run, packed(run, left + right), node)
    if isinstance(left, ListObject) and isinstance(right, ListObject):
        return ListObject(listed(run, [*run.journal.read(left), *run.journal.read(right)]))
    if type(left) is type(right) and isinstance(left, str | bytes):
        return sized(run, left + right, node)
    if isinstance(left, str) and isinstance(right, str):
        return sized(run, left + right, node)
    return None


# Python's own values: what is not done with two of them here, Python refuses as well.
_OWN = (str, bytes, int, float, complex, type(None), ListObject, DictObject, SetObject, range)


def _as_set(run: Run, value: Value) -> dict[Any, None] | None:
    """The members of a set or of a view of keys."""
    if isinstance(value, SetObject):
        return run.journal.read(value)  # type: ignore[no-any-return]
    if isinstance(value, View) and value.part != "values":
        return dict.fromkeys(item for item in shown(run, value) if is_hashable(run, item))
    return None


_OF_SETS: dict[str, Callable[[dict[Any, None], dict[Any, None]], dict[Any, None]]] = {
    "|": lambda left, right: {**left, **right},
    "&": lambda left, right: {key: None for key in left if key in right},
    "-": lambda left, right: {key: None for key in left if key not in right},
    "^": lambda left, right: {
        key: None for key in (*left, *right) if (key in left) is not (key in right)
    },
}


def _repeat(run: Run, sequence: Value, times: int, node: cst.CSTNode) -> Value:
    if times > 1 and type(sequence) is tuple:
        _mark_multiplied(run, sequence)
    if type(sequence) is tuple or isinstance(sequence, str | bytes):
        if len(sequence) * times > MAX_LENGTH:
            return run.unknown("a sequence of over 100,000 items", node)
        return sized(run, sequence * times, node)
    if isinstance(sequence, ListObject):
        items = run.journal.read(sequence)
        if len(items) * times > MAX_LENGTH:
            return run.unknown("a sequence of over 100,000 items", node)
        if times > 1:
            _mark_multiplied(run, items)
        return ListObject(listed(run, items * times))
    return run.unknown(f"`*` of {type(sequence).__name__}", node)


def _mark_multiplied(run: Run, items: Sequence[Value]) -> None:
    """Remember of layers that a multiplied list names them several times."""
    from flake8_paramcount.interpreter.models import LayerObject, ModelObject

    run.fuel.walk(2 * len(items))
    for item in items:
        if isinstance(item, LayerObject | ModelObject | Instance):
            run.journal.write(item)[MULTIPLIED] = True


def sized(run: Run, result: Any, node: cst.CSTNode) -> Value:
    """A new string or tuple; unknown if it is too long."""
    if isinstance(result, Unknown):
        return result
    if len(result) > MAX_LENGTH:
        return run.unknown("a sequence of over 100,000 items", node)
    # A character takes an eighth of what an item takes.
    run.fuel.sweep(len(result) if type(result) is tuple else len(result) // 8)
    return result


def _format(run: Run, template: str, values: Value, node: cst.CSTNode) -> Value:
    """`"layer_%d" % i`; widths are bounded by what a template may be long."""
    if len(template) > 200:
        return run.unknown("a formatted string with an unknown part", node)
    if WIDE.search(template):
        return run.unknown("a formatted string of unknown width", node)
    operands = texts.as_python(run, values)
    try:
        return sized(run, template % operands, node)
    except (OverflowError, TypeError, ValueError) as error:
        run.fails(type(error), *error.args)
        return run.unknown("a format that does not fit", node)
