"""Items of objects and classes of the program: `x[i]`, by what their classes define."""

from __future__ import annotations

from collections.abc import Callable

from flake8_paramcount.interpreter.classes import called, method_of
from flake8_paramcount.interpreter.enums import distinct, is_enum, member_named
from flake8_paramcount.interpreter.fields import is_record, values_of
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, ClassObject, Instance, Value
from flake8_paramcount.unknown import Undetermined, Unknown


def item_of(
    run: Run, receiver: Instance | ClassObject, index: Value, text: Callable[[], str]
) -> Value:
    """`receiver[index]`; a class with an index in brackets is the class, for other types."""
    if isinstance(receiver, ClassObject):
        if is_enum(run, receiver):
            return member_named(run, receiver, index)
        own = method_of(run, receiver, "__class_getitem__")
        return receiver if own is None else run.unknown("a class with an index")
    if method_of(run, receiver.cls, "__getitem__") is not None:
        return called(run, receiver, "__getitem__", index)
    if is_record(run, receiver.cls):
        from flake8_paramcount.interpreter.containers import get_item

        return get_item(run, values_of(run, receiver), index, text)
    return Unknown("an item of an object", text, run.site(run.statement))


def change_item(run: Run, receiver: Instance, *values: Value) -> None:
    """`receiver[index] = value`; without a value it is not known what is changed."""
    if len(values) == 2 and method_of(run, receiver.cls, "__setitem__") is not None:
        called(run, receiver, "__setitem__", *values)


def remove_item(run: Run, receiver: Instance, index: Value) -> None:
    """`del receiver[index]`."""
    if method_of(run, receiver.cls, "__delitem__") is not None:
        called(run, receiver, "__delitem__", index)


@method(Instance, "__items__")
def items(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """What an object without methods for it is gone through as; None for most."""
    return values_of(run, instance) if is_record(run, instance.cls) else None


@method(Instance, "__len__")
def length(run: Run, instance: Instance, arguments: Arguments) -> Value:
    if method_of(run, instance.cls, "__len__") is not None:
        return called(run, instance, "__len__")
    if is_record(run, instance.cls):
        return len(values_of(run, instance))
    raise Undetermined(run.unknown("the length of an object"))


@method(ClassObject, "__items__")
def members(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    return distinct(run, cls) if is_enum(run, cls) else None


@method(ClassObject, "__len__")
def number_of_members(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    if is_enum(run, cls):
        return len(distinct(run, cls))
    raise Undetermined(run.unknown("the length of a class"))
