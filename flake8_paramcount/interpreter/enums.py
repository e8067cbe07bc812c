"""Enumerations: their members, and how those are found by name and by value."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.interpreter.classes import (
    foreign_bases,
    lineage,
    method_of,
)
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.natives import attribute
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import Call, known
from flake8_paramcount.interpreter.values import (
    Arguments,
    ClassObject,
    Function,
    Instance,
    Property,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

MEMBERS = "__members__"
"""Key in the namespace of an enumeration: its members by name, aliases included."""

_ENUMS = {f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")}
_NUMBERS = {"enum.IntEnum", "enum.IntFlag", "builtins.int"}
_TEXTS = {"enum.StrEnum", "builtins.str"}
_FLAGS = {"enum.Flag", "enum.IntFlag"}


class _Member:
    """What a member that is a number or a text has beside that."""

    cls: ClassObject
    name: str

    def __str__(self) -> str:
        # It depends on the version of Python.
        raise TypeError("the text of a member of an enumeration")

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        raise TypeError("the text of a member of an enumeration")


class IntMember(_Member, int):
    """A member that is an integer."""


class StrMember(_Member, str):
    """A member that is a text."""


class Auto:
    """`enum.auto()`: the value follows from the members before."""


@known("enum.auto")
def auto(call: Call) -> Value:
    return Auto()


def is_enum(run: Run, cls: ClassObject) -> bool:
    """Whether a class is an enumeration."""
    return any(path in _ENUMS for path in foreign_bases(run, cls))


def make_members(run: Run, cls: ClassObject) -> None:
    """Make members of what the body of an enumeration has assigned."""
    members: dict[str, Value] = {}
    last: Value = None
    for name, value in list(cls.state.items()):
        if name.startswith("_") or isinstance(value, Function | Property | ClassObject):
            continue
        if isinstance(value, Auto):
            value = _automatic(run, cls, name, last)
        members[name] = _alias(run, members, value) or _member(run, cls, name, value)
        last = value
    cls.state[MEMBERS] = members
    cls.state.update(members)


def _automatic(run: Run, cls: ClassObject, name: str, last: Value) -> Value:
    paths = set(foreign_bases(run, cls))
    if method_of(run, cls, "_generate_next_value_") is not None:
        return run.unknown("the value of `auto()`")
    if "enum.StrEnum" in paths:
        return name.lower()
    if paths & _FLAGS:
        return 1 if last is None else 1 << int(last).bit_length()
    return last + 1 if isinstance(last, int) else 1 if last is None else run.unknown("`auto()`")


def _alias(run: Run, members: dict[str, Value], value: Value) -> Value:
    """The member that has this value already."""
    from flake8_paramcount.interpreter.equality import equal

    for member in members.values():
        if equal(run, value_of(run, member), value):
            return member
    return None


def _member(run: Run, cls: ClassObject, name: str, value: Value) -> Value:
    paths = set(foreign_bases(run, cls))
    made: Any
    if paths & _NUMBERS and isinstance(value, int):
        made = IntMember(value)
    elif paths & _TEXTS and isinstance(value, str):
        made = StrMember(value)
    elif paths & (_NUMBERS | _TEXTS):
        return run.unknown("a member of an enumeration")
    else:
        return _plain_member(run, cls, name, value)
    made.cls, made.name = cls, name
    return made


def _plain_member(run: Run, cls: ClassObject, name: str, value: Value) -> Instance:
    made = Instance(cls, cls.site)
    made.state.update({"name": name, "value": value, "_name_": name, "_value_": value})
    own = method_of(run, cls, "__init__")
    if own is not None:
        args = value if type(value) is tuple else (value,)
        call_function(run, own, Arguments((made, *args), {}, cls.site, lambda: name))
    return made


def value_of(run: Run, member: Value) -> Value:
    """The value of a member."""
    if isinstance(member, IntMember):
        return int(member)
    if isinstance(member, StrMember):
        return str.__str__(member)
    return run.journal.read(member)["value"] if isinstance(member, Instance) else member


def members_of(run: Run, cls: ClassObject) -> dict[str, Value]:
    """The members of an enumeration by name."""
    found = next((base.state.get(MEMBERS) for base in lineage(run, cls)), None)
    return found if isinstance(found, dict) else {}


def distinct(run: Run, cls: ClassObject) -> list[Value]:
    """The members in their order, aliases left out."""
    return list({id(member): member for member in members_of(run, cls).values()}.values())


def member_of(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    """`Color(1)`: the member with a value."""
    from flake8_paramcount.interpreter.equality import equal

    value = run.journal.force(arguments.args[0])
    if method_of(run, cls, "_missing_") is not None or set(foreign_bases(run, cls)) & _FLAGS:
        raise Undetermined(run.unknown("a member of an enumeration"))
    answers = [
        (member, member is value or equal(run, value_of(run, member), value))
        for member in distinct(run, cls)
    ]
    for member, same in answers:
        if same:
            return member
    if all(same is False for _, same in answers):
        run.fails(ValueError, f"{value!r} is not a valid {cls.name}")
    return Unknown("a member of an enumeration", arguments.text, arguments.site)


def member_named(run: Run, cls: ClassObject, name: Value) -> Value:
    """`Color["RED"]`."""
    members = members_of(run, cls)
    if isinstance(name, str) and name in members:
        return members[name]
    if isinstance(name, str):
        run.fails(KeyError, name)
    raise Undetermined(run.unknown("a member of an enumeration"))


@attribute(IntMember, "name", "_name_")
@attribute(StrMember, "name", "_name_")
def name_of(run: Run, member: IntMember | StrMember) -> Value:
    return member.name


@attribute(IntMember, "value", "_value_")
@attribute(StrMember, "value", "_value_")
def value_of_member(run: Run, member: IntMember | StrMember) -> Value:
    return value_of(run, member)


def own_attribute(run: Run, member: IntMember | StrMember, name: str) -> Value:
    """What the class of a member defines beside it; None if nothing."""
    from flake8_paramcount.interpreter.calls import call
    from flake8_paramcount.interpreter.classes import class_value
    from flake8_paramcount.interpreter.values import MISSING, BoundMethod

    value = class_value(run, member.cls, name)
    if isinstance(value, Function):
        return BoundMethod(member, value)
    if isinstance(value, Property):
        return call(run, value.getter, Arguments((member,), {}, member.cls.site, lambda: name))
    return None if value is MISSING else value
