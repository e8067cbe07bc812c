"""Sets: their methods, as far as the members are known."""

from __future__ import annotations

from flake8_paramcount.interpreter.containers import is_hashable, iterate
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, SetObject, Value
from flake8_paramcount.unknown import Undetermined

Members = dict[Value, None]


def members_of(run: Run, values: Value) -> Members:
    """The members that an iterable gives. Raises `Undetermined` for one that is not known."""
    found = [run.journal.force(item) for item in iterate(run, values)]
    if not all(is_hashable(run, item) for item in found):
        raise Undetermined(run.unknown("a set with unknown members"))
    return dict.fromkeys(found)


def _union(ours: Members, theirs: Members) -> Members:
    return {**ours, **theirs}


def _intersection(ours: Members, theirs: Members) -> Members:
    return {key: None for key in ours if key in theirs}


def _difference(ours: Members, theirs: Members) -> Members:
    return {key: None for key in ours if key not in theirs}


def _symmetric_difference(ours: Members, theirs: Members) -> Members:
    return _union(_difference(ours, theirs), _difference(theirs, ours))


_COMBINED = {
    "union": _union,
    "intersection": _intersection,
    "difference": _difference,
    "symmetric_difference": _symmetric_difference,
}

_IN_PLACE = {
    "update": _union,
    "intersection_update": _intersection,
    "difference_update": _difference,
    "symmetric_difference_update": _symmetric_difference,
}

_TESTS = {
    "issubset": lambda ours, theirs: ours.keys() <= theirs.keys(),
    "issuperset": lambda ours, theirs: ours.keys() >= theirs.keys(),
    "isdisjoint": lambda ours, theirs: ours.keys().isdisjoint(theirs.keys()),
}


def _register(name: str) -> None:
    combine = {**_COMBINED, **_IN_PLACE}.get(name)

    @method(SetObject, name)
    def perform(run: Run, receiver: SetObject, arguments: Arguments) -> Value:
        members = run.journal.read(receiver)
        if combine is None:
            return _TESTS[name](members, members_of(run, arguments.args[0]))
        for values in arguments.args:
            members = combine(members, members_of(run, values))
        if name in _COMBINED:
            return SetObject(dict(members))
        run.journal.replace(receiver, dict(members))
        return None


for _name in (*_COMBINED, *_IN_PLACE, *_TESTS):
    _register(_name)


def _member(run: Run, arguments: Arguments) -> Value:
    value = run.journal.force(arguments.args[0])
    if not is_hashable(run, value):
        raise Undetermined(run.unknown("a member that is not known"))
    return value


@method(SetObject, "add")
def add(run: Run, receiver: SetObject, arguments: Arguments) -> Value:
    run.journal.write(receiver).setdefault(_member(run, arguments))


@method(SetObject, "discard")
def discard(run: Run, receiver: SetObject, arguments: Arguments) -> Value:
    run.journal.write(receiver).pop(_member(run, arguments), None)


@method(SetObject, "remove")
def remove(run: Run, receiver: SetObject, arguments: Arguments) -> Value:
    value = _member(run, arguments)
    if value not in run.journal.read(receiver):
        run.fails(KeyError, value)
        raise Undetermined(run.unknown("a member that is not there"))
    del run.journal.write(receiver)[value]


@method(SetObject, "pop")
def pop(run: Run, receiver: SetObject, arguments: Arguments) -> Value:
    """Which member it is depends on their order, unless it is the only one."""
    members = run.journal.write(receiver)
    if not members:
        run.fails(KeyError, "pop from an empty set")
    if len(members) != 1:
        raise Undetermined(run.unknown("any member of a set"))
    return members.popitem()[0]


@method(SetObject, "clear")
def clear(run: Run, receiver: SetObject, arguments: Arguments) -> Value:
    run.journal.write(receiver).clear()


@method(SetObject, "copy", "__copy__")
def copy(run: Run, receiver: SetObject, arguments: Arguments) -> Value:
    return SetObject(dict(run.journal.read(receiver)))
