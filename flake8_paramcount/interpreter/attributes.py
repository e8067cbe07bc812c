"""Attributes: what `value.name` is for each kind of value."""

from __future__ import annotations

from collections.abc import Callable

from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.constants import CONSTANTS
from flake8_paramcount.interpreter.enums import IntMember, StrMember, own_attribute
from flake8_paramcount.interpreter.models import LayerObject
from flake8_paramcount.interpreter.names import canonical
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tuning import SPACES, HyperParameters
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    Array,
    ClassObject,
    DictObject,
    ErrorObject,
    Function,
    Instance,
    ListObject,
    ModuleObject,
    Namespace,
    Native,
    NativeMethod,
    Property,
    Qualified,
    Ref,
    SetObject,
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
        return _of_qualified(run, receiver, name)
    if isinstance(receiver, Unknown):
        if run.uses_tuner and name in SPACES:
            return NativeMethod(HyperParameters(receiver.text), name)
        return receiver.derive(("attribute", name), text)
    if isinstance(receiver, ErrorObject) and name == "__class__":
        return Qualified(f"builtins.{receiver.kind.__name__}")
    if isinstance(receiver, IntMember | StrMember):
        own = own_attribute(run, receiver, name)
        if own is not None:
            return own
    if isinstance(receiver, Instance | ClassObject | Super):
        from flake8_paramcount.interpreter.classes import class_attribute

        return class_attribute(run, receiver, name, text)
    computed = natives.find_attribute(type(receiver), name)
    if computed is not None:
        return computed(run, receiver)
    if natives.find_method(type(receiver), name) is not None:
        return NativeMethod(receiver, name)
    return _stored(run, receiver, name, text)


def _of_qualified(run: Run, receiver: Qualified, name: str) -> Value:
    """A name in a package or a class of a library."""
    path = canonical(f"{receiver.path}.{name}")
    if name == "__name__" and receiver.path.startswith("builtins."):
        return receiver.path.rpartition(".")[2]
    if path in run.flags:
        return run.flags[path]
    return CONSTANTS[path] if path in CONSTANTS else Qualified(path)


def _stored(run: Run, receiver: Value, name: str, text: Callable[[], str]) -> Value:
    """An attribute that the program has set itself, or one that is not followed."""
    if isinstance(receiver, Ref) and isinstance(state := run.journal.read(receiver), dict):
        value = run.journal.force(state.get(("attribute", name), MISSING))
        if value is not MISSING:
            return value
    if isinstance(receiver, LayerObject):
        from flake8_paramcount.interpreter.adapting import inside_of

        if name == "__dict__":
            return Namespace(receiver)
        inside = inside_of(receiver, name)
        if inside is not None:
            return inside
    kept = getattr(receiver, "bound", None)
    if kept is not None and name in KEPT and name in kept.arguments:
        return kept.arguments[name]
    if isinstance(receiver, Function):
        return _of_function(run, receiver, name, text)
    if isinstance(receiver, PLAIN):
        return _of_constant(run, receiver, name, text)
    kind = _PYTHON.get(type(receiver))
    if kind is not None and not hasattr(kind, name):
        run.fails(AttributeError, f"{kind.__name__!r} object has no attribute {name!r}")
    if isinstance(receiver, (Native | Array | tuple, Ref)):
        return NativeMethod(receiver, name)
    return Unknown(f"`{name}` of {type(receiver).__name__}", text, run.site(run.statement))


_PYTHON: dict[type, type] = {ListObject: list, DictObject: dict, SetObject: set, tuple: tuple}

PLAIN = (str, bytes, int, float, complex, range, type(None))


def _of_constant(run: Run, receiver: Value, name: str, text: Callable[[], str]) -> Value:
    """An attribute of one of Python's own constants: a part of it, or a method."""
    found = getattr(receiver, name, MISSING) if not name.startswith("__") else MISSING
    if isinstance(found, PLAIN):
        return found
    if found is not MISSING or hasattr(receiver, name):
        return NativeMethod(receiver, name)
    run.fails(AttributeError, f"{type(receiver).__name__!r} object has no attribute {name!r}")
    return Unknown(f"there is no attribute `{name}`", text, run.site(run.statement))


def _of_function(run: Run, function: Function, name: str, text: Callable[[], str]) -> Value:
    value = run.journal.force(run.journal.read(function.attributes).get(name, MISSING))
    if value is not MISSING:
        return value
    if name == "__name__":
        return function.name
    run.fails(AttributeError, f"'function' object has no attribute {name!r}")
    return Unknown("a function's attribute", text, run.site(run.statement))


def set_attribute(run: Run, receiver: Value, name: str, value: Value) -> None:
    """`receiver.name = value`; the receiver is decided."""
    setter = natives.find_method(type(receiver), f"set_{name}")
    if setter is not None:
        setter(run, receiver, Arguments((value,), {}, run.site(run.statement), lambda: name))
        return
    if isinstance(receiver, Instance) and name == "trainable":
        from flake8_paramcount.interpreter.freezing import set_trainable

        set_trainable(run, receiver, value)
    elif name == "trainable" and isinstance(receiver, Array | NativeMethod):
        from flake8_paramcount.interpreter.hidden import set_weight_flag

        set_weight_flag(run, receiver, value)
    elif isinstance(receiver, Function):
        run.journal.write(receiver.attributes)[name] = value
    elif isinstance(receiver, Instance):
        _set_on_instance(run, receiver, name, value)
    elif isinstance(receiver, ClassObject):
        run.journal.write(receiver)[name] = value
    elif isinstance(receiver, Unknown):
        from flake8_paramcount.interpreter.possible import set_on_any

        receiver.forget()
        set_on_any(run, receiver, name, value)
    elif isinstance(receiver, LayerObject):
        from flake8_paramcount.interpreter.restating import set_on_layer

        set_on_layer(run, receiver, name, value)
    elif isinstance(receiver, NativeMethod) and isinstance(receiver.receiver, LayerObject):
        # What lies inside of a layer is not followed.
        set_attribute(run, receiver.receiver, f"_{receiver.name}", value)
    elif isinstance(receiver, Ref) and isinstance(run.journal.read(receiver), dict):
        run.journal.write(receiver)[("attribute", name)] = value


def _set_on_instance(run: Run, receiver: Instance, name: str, value: Value) -> None:
    """An attribute of an object of the program, unless its class has a say in it."""
    from flake8_paramcount.interpreter.calls import call
    from flake8_paramcount.interpreter.classes import called, class_value, keras_kind, method_of
    from flake8_paramcount.interpreter.tracking import track

    cls = receiver.cls
    if method_of(run, cls, "__setattr__") is not None:
        called(run, receiver, "__setattr__", name, value)
        return
    declared = class_value(run, cls, name)
    if isinstance(declared, Property) and declared.setter is not None:
        text = run.text(run.statement)
        call(run, declared.setter, Arguments((receiver, value), {}, receiver.site, text))
    elif isinstance(declared, Instance) and method_of(run, declared.cls, "__set__") is not None:
        called(run, declared, "__set__", receiver, value)
    elif not _refuses(run, receiver, name, declared):
        if run.generation >= 3 and keras_kind(run, cls) is not None:
            value = track(run, receiver, name, value)
        run.journal.write(receiver)[name] = value
        base = run.journal.force(receiver.state.get("__base__"))
        if isinstance(base, LayerObject):
            set_attribute(run, base, name, value)


def _refuses(run: Run, receiver: Instance, name: str, declared: Value) -> bool:
    """Whether the class does not let the attribute be set: the program raises."""
    from flake8_paramcount.interpreter.classes import slots_of
    from flake8_paramcount.interpreter.fields import FROZEN, is_record, options_of

    cls = receiver.cls
    options = options_of(run, cls)
    if options is not None and options.frozen:
        run.refuses(FROZEN)
        return True
    slots = slots_of(run, cls)
    closed = slots is not None and name not in slots
    if closed or is_record(run, cls) or (isinstance(declared, Property) and not declared.cached):
        run.refuses(AttributeError)
        return True
    return False


def delete_attribute(run: Run, receiver: Value, name: str) -> None:
    """`del receiver.name`; the receiver is decided."""
    from flake8_paramcount.interpreter.calls import call
    from flake8_paramcount.interpreter.classes import called, class_value, keras_kind, method_of
    from flake8_paramcount.interpreter.tracking import keep_replaced

    if isinstance(receiver, Instance) and method_of(run, receiver.cls, "__delattr__") is not None:
        called(run, receiver, "__delattr__", name)
        return
    declared = class_value(run, receiver.cls, name) if isinstance(receiver, Instance) else None
    if isinstance(declared, Property) and declared.deleter is not None:
        text = run.text(run.statement)
        call(run, declared.deleter, Arguments((receiver,), {}, receiver.site, text))
    elif isinstance(receiver, Instance | ClassObject):
        if run.journal.read(receiver).get(name, MISSING) is MISSING:
            run.refuses(AttributeError)
        if isinstance(receiver, Instance) and keras_kind(run, receiver.cls) is not None:
            keep_replaced(run, receiver, name)
        run.journal.write(receiver)[name] = MISSING
    elif isinstance(receiver, Unknown):
        receiver.forget()
    elif isinstance(receiver, Ref) and isinstance(run.journal.read(receiver), dict):
        run.journal.write(receiver)[("attribute", name)] = MISSING
