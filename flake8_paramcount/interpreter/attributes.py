"""Attributes: what `value.name` is for each kind of value."""

from __future__ import annotations

from collections.abc import Callable

from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.constants import CONSTANTS
from flake8_paramcount.interpreter.models import LayerObject
from flake8_paramcount.interpreter.names import canonical
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tuning import SPACES, HyperParameters
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    Array,
    ClassObject,
    Function,
    Instance,
    ModuleObject,
    Native,
    NativeMethod,
    Qualified,
    Ref,
    Super,
    Value,
)
from flake8_paramcount.unknown import Unknown

KEPT = frozenset(
    "units filters input_dim output_dim num_heads key_dim use_bias rate return_sequences "
    "return_state stateful".split()
)
"""Arguments of a layer's constructor that are its attributes as they were given."""


def get_attribute(run: Run, receiver: Value, name: str, text: Callable[[], str]) -> Value:
    """`receiver.name`; the receiver is decided."""
    if isinstance(receiver, ModuleObject):
        from flake8_paramcount.interpreter.imports import module_attribute

        return module_attribute(run, receiver, name)
    if isinstance(receiver, Qualified):
        path = canonical(f"{receiver.path}.{name}")
        return CONSTANTS[path] if path in CONSTANTS else Qualified(path)
    if isinstance(receiver, Unknown):
        if run.uses_tuner and name in SPACES:
            return NativeMethod(HyperParameters(receiver.text), name)
        return receiver.derive(("attribute", name), text)
    if isinstance(receiver, Instance | ClassObject | Super):
        from flake8_paramcount.interpreter.classes import class_attribute

        return class_attribute(run, receiver, name, text)
    computed = natives.find_attribute(type(receiver), name)
    if computed is not None:
        return computed(run, receiver)
    if natives.find_method(type(receiver), name) is not None:
        return NativeMethod(receiver, name)
    return _stored(run, receiver, name, text)


def _stored(run: Run, receiver: Value, name: str, text: Callable[[], str]) -> Value:
    """An attribute that the program has set itself, or one that is not followed."""
    if isinstance(receiver, Ref) and isinstance(state := run.journal.read(receiver), dict):
        value = run.journal.force(state.get(("attribute", name), MISSING))
        if value is not MISSING:
            return value
    if isinstance(receiver, LayerObject):
        from flake8_paramcount.interpreter.adapting import inside_of

        inside = inside_of(receiver, name)
        if inside is not None:
            return inside
    kept = getattr(receiver, "bound", None)
    if kept is not None and name in KEPT and name in kept.arguments:
        return kept.arguments[name]
    if isinstance(receiver, Function):
        return {"__name__": receiver.name}.get(name) or Unknown("a function's attribute", text)
    if isinstance(receiver, (Native | Array | str | int | float | tuple, Ref)):
        return NativeMethod(receiver, name)
    return Unknown(f"`{name}` of {type(receiver).__name__}", text, run.site(run.statement))


def set_attribute(run: Run, receiver: Value, name: str, value: Value) -> None:
    """`receiver.name = value`; the receiver is decided."""
    setter = natives.find_method(type(receiver), f"set_{name}")
    if setter is not None:
        setter(run, receiver, Arguments((value,), {}, run.site(run.statement), lambda: name))
        return
    if isinstance(receiver, Instance) and name == "trainable":
        from flake8_paramcount.interpreter.freezing import set_trainable

        set_trainable(run, receiver, value)
    elif isinstance(receiver, Instance) and (own := _setter(run, receiver, name)) is not None:
        from flake8_paramcount.interpreter.functions import call_function

        arguments = Arguments((receiver, value), {}, receiver.site, run.text(run.statement))
        call_function(run, own, arguments)
    elif isinstance(receiver, Instance | ClassObject):
        run.journal.write(receiver)[name] = value
    elif isinstance(receiver, Unknown):
        receiver.forget()
    elif isinstance(receiver, Ref) and isinstance(run.journal.read(receiver), dict):
        run.journal.write(receiver)[("attribute", name)] = value


def _setter(run: Run, receiver: Instance, name: str) -> Function | None:
    """The setter of a property that the class of an object has."""
    from flake8_paramcount.interpreter.classes import method_of

    found = method_of(run, receiver.cls, name)
    return found.setter if found is not None else None
