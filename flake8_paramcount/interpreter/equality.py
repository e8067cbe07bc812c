"""Equality and order of values, as far as all that they depend on is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flake8_paramcount.interpreter.classes import is_plain, method_of
from flake8_paramcount.interpreter.containers import is_key, present
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    BoundMethod,
    ClassObject,
    DictObject,
    ErrorObject,
    Function,
    Instance,
    IteratorObject,
    ListObject,
    Native,
    Qualified,
    SetObject,
    Value,
    are_constants,
)
from flake8_paramcount.unknown import Unknown

# Nests deeper than this are not compared.
MAX_DEPTH = 20

# Kinds of value that equal nothing of another kind.
_KINDS: tuple[type | tuple[type, ...], ...] = (
    (bool, int, float, complex),
    str,
    bytes,
    type(None),
    range,
    ListObject,
    DictObject,
    SetObject,
)

# What equals itself alone.
_IDENTICAL = (Function, ClassObject, IteratorObject, ErrorObject)


def equal(run: Run, left: Value, right: Value, depth: int = 0) -> bool | None:
    """Three-valued `left == right`. Raises `NeedSplit` and `Undetermined`."""
    left, right = run.journal.force(left), run.journal.force(right)
    if left is right and not isinstance(left, float):
        return True
    if depth > MAX_DEPTH or isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    if is_key(left) and is_key(right):
        return bool(left == right)
    run.fuel.burn()
    if isinstance(left, Instance) or isinstance(right, Instance):
        return _equal_instances(run, left, right, depth)
    if isinstance(left, _IDENTICAL) or isinstance(right, _IDENTICAL):
        return False
    return _equal_of_kind(run, left, right, depth)


def _equal_of_kind(run: Run, left: Value, right: Value, depth: int) -> bool | None:
    kinds = _kind(left), _kind(right)
    if kinds[0] != kinds[1]:
        return False if None not in kinds else None
    if type(left) is tuple:
        return _equal_items(run, left, right, depth)
    if isinstance(left, ListObject):
        return _equal_items(run, run.journal.read(left), run.journal.read(right), depth)
    if isinstance(left, SetObject):
        return _members(run, left) == _members(run, right)
    if isinstance(left, DictObject):
        return _equal_dicts(run, dict(present(run, left)), dict(present(run, right)), depth)
    if isinstance(left, Qualified | BoundMethod | Native):
        return True if left == right else None
    return bool(left == right) if isinstance(left, range | complex) else None


def _kind(value: Value) -> object:
    """The kind of a value, such that values of two kinds are not equal; None if none is sure."""
    if type(value) is tuple:
        return tuple
    found = next((kind for kind in _KINDS if isinstance(value, kind)), None)
    return found if found is not None else type(value) if isinstance(value, Qualified) else None


def _members(run: Run, value: SetObject) -> set[Value]:
    return {key for key, _ in present(run, value)}


def _equal_items(
    run: Run, left: Sequence[Value], right: Sequence[Value], depth: int
) -> bool | None:
    if len(left) != len(right):
        return False
    run.fuel.sweep(len(left))
    if are_constants(left) and are_constants(right):
        return list(left) == list(right)
    run.fuel.walk(len(left))
    if all(map(is_key, left)) and all(map(is_key, right)):
        return list(left) == list(right)
    answers = [equal(run, *pair, depth + 1) for pair in zip(left, right, strict=True)]
    return False if False in answers else None if None in answers else True


def _equal_dicts(
    run: Run, left: dict[Any, Value], right: dict[Any, Value], depth: int
) -> bool | None:
    if left.keys() != right.keys():
        return False
    return _equal_items(run, list(left.values()), [right[key] for key in left], depth)


def _equal_instances(run: Run, left: Value, right: Value, depth: int) -> bool | None:
    from flake8_paramcount.interpreter.dunders import NOT_IMPLEMENTED, compared

    result = compared(run, "==", left, right)
    if isinstance(result, Unknown):
        return None
    if result is not NOT_IMPLEMENTED:
        return run.truth(result)
    from flake8_paramcount.interpreter.fields import as_tuple

    if isinstance(left, Instance) and isinstance(right, Instance) and left.cls is right.cls:
        both = _namespaces(run, left, right)
        if both is not None:
            return _equal_dicts(run, *both, depth)
    records = as_tuple(run, left), as_tuple(run, right)
    if type(records[0]) is tuple or type(records[1]) is tuple:
        return equal(run, *records, depth + 1)
    for value, other in ((left, right), (right, left)):
        if isinstance(value, Instance) and not is_plain(run, value.cls):
            return _equal_fields(run, value, other, depth)
    return False


def _namespaces(
    run: Run, left: Instance, right: Instance
) -> tuple[dict[Any, Value], dict[Any, Value]] | None:
    """The attributes of two objects that have nothing else; None if they are no such two."""
    if left.cls.name not in ("SimpleNamespace", "Namespace") or left.cls.bases or left.cls.state:
        return None
    return dict(present(run, left)), dict(present(run, right))


def _equal_fields(run: Run, left: Instance, right: Value, depth: int) -> bool | None:
    """Equality of two objects of a class whose fields are what it compares."""
    from flake8_paramcount.interpreter.fields import compared_fields

    fields = compared_fields(run, left.cls)
    if fields is None:
        return None
    if not isinstance(right, Instance) or right.cls is not left.cls:
        return None if method_of(run, left.cls, "__iter__") else False
    ours, theirs = run.journal.read(left), run.journal.read(right)
    return _equal_items(
        run, [ours[name] for name in fields], [theirs[name] for name in fields], depth
    )


def ordered(run: Run, symbol: str, left: Value, right: Value) -> bool | None:
    """Three-valued `left symbol right` of two sequences, or of two sets."""
    if isinstance(left, SetObject) and isinstance(right, SetObject):
        return bool(_ORDER[symbol](_members(run, left), _members(run, right)))
    from flake8_paramcount.interpreter.fields import as_tuple, options_of, values_of

    left, right = as_tuple(run, left), as_tuple(run, right)
    if isinstance(left, Instance) and isinstance(right, Instance) and left.cls is right.cls:
        options = options_of(run, left.cls)
        if options is not None and options.order:
            left, right = values_of(run, left), values_of(run, right)
    items = [_sequence(run, side) for side in (left, right)]
    if items[0] is None or items[1] is None or (type(left) is tuple) != (type(right) is tuple):
        return None
    return _first_difference(run, symbol, items[0], items[1])


def _sequence(run: Run, value: Value) -> Sequence[Value] | None:
    if isinstance(value, ListObject):
        return run.journal.read(value)  # type: ignore[no-any-return]
    return value if type(value) is tuple else None


def _first_difference(
    run: Run, symbol: str, left: Sequence[Value], right: Sequence[Value]
) -> bool | None:
    """The order of the first items that differ, or of the lengths."""
    run.fuel.walk(min(len(left), len(right)))
    for one, other in zip(left, right, strict=False):
        same = equal(run, one, other)
        if same is None:
            return None
        if not same:
            one, other = run.journal.force(one), run.journal.force(other)
            if _kind(one) == _kind(other) and is_key(one) and not isinstance(one, tuple):
                return bool(_ORDER[symbol](one, other)) if one is not None else None
            return ordered(run, symbol, one, other)
    return bool(_ORDER[symbol](len(left), len(right)))


_ORDER: dict[str, Any] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
