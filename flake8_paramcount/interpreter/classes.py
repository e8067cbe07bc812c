"""Classes and instances of the analysed program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import libcst as cst

from flake8_paramcount.interpreter import catalogue
from flake8_paramcount.interpreter.functions import call_function, qualified_prefix
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    BoundMethod,
    ClassObject,
    DictObject,
    Function,
    Instance,
    ListObject,
    Namespace,
    Native,
    Property,
    Qualified,
    Scope,
    Super,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

FIELDS = "__fields__"
"""Key in the namespace of a class whose fields are its parameters; `tuple` for a named tuple."""


def make_class(run: Run, node: cst.ClassDef) -> Value:
    """The class that a `class` statement makes."""
    run.has_code = True
    name = node.name.value
    qualname = qualified_prefix(run.scope) + name
    bases = tuple(run.evaluate(base.value) for base in node.bases)
    options = {
        each.keyword.value: run.evaluate(each.value) for each in node.keywords if each.keyword
    }
    site = run.site(node)
    scope = Scope("class", run.scope)
    scope.globals["__qualname__"] = qualname
    with run.inside(scope):
        _execute_class_body(run, node)
    made = ClassObject(name, qualname, bases, scope.state, site)
    own(run, made)
    if isinstance(run.journal.resolve(options.pop("metaclass", None)), ClassObject):
        return Unknown("a class that a metaclass makes", run.text(node.name), site)
    shaped = shape_class(run, made)
    if shaped is not made:
        return shaped
    _greet(run, made, options)
    from flake8_paramcount.interpreter.decorators import decorated_class

    return decorated_class(run, node, made)


def own(run: Run, cls: ClassObject) -> None:
    """Tell functions and descriptors which class they stand in."""
    for name, value in list(cls.state.items()):
        parts = (value.getter, value.setter, value.deleter) if isinstance(value, Property) else ()
        for part in (value, *parts):
            if isinstance(part, Function) and part.owner is None:
                part.owner = cls
        if isinstance(value, Instance) and method_of(run, value.cls, "__set_name__") is not None:
            called(run, value, "__set_name__", cls, name)


def shape_class(run: Run, cls: ClassObject) -> Value:
    """What some bases make of a class: a named tuple, an enumeration, a kind of dict."""
    from flake8_paramcount.interpreter.enums import is_enum, make_members

    paths = foreign_bases(run, cls)
    names = {path.rpartition(".")[2] for path in paths}
    if "NamedTuple" in names:
        cls.state[FIELDS] = "tuple"
    if "TypedDict" in names:
        return Qualified("typing.TypedDict")
    if is_enum(run, cls):
        make_members(run, cls)
    return cls


def _greet(run: Run, cls: ClassObject, options: dict[str, Value]) -> None:
    """Call the `__init_subclass__` that the bases define."""
    for base in lineage(run, cls)[1:]:
        hook = base.state.get("__init_subclass__") if isinstance(base, ClassObject) else None
        if isinstance(hook, Function):
            call_function(run, hook, Arguments((cls,), options, cls.site, lambda: cls.name))
            return


def _execute_class_body(run: Run, node: cst.ClassDef) -> None:
    from flake8_paramcount.interpreter.continuations import Rest, proceed
    from flake8_paramcount.interpreter.execution import Block

    whole, run.whole = run.whole, True
    try:
        ended = proceed(run, Rest(Block(node.body.body), None))
    finally:
        run.whole = whole
    if ended.kind == "raise":
        raise Raised(ended.value)


def lineage(run: Run, cls: ClassObject) -> list[Value]:
    """A class and its bases in Python's order of look-up; a base from elsewhere as it evaluated."""
    # Facts decide which of several classes a base is.
    found = _line(run, cls, {} if run.journal.facts else run.lines)
    run.fuel.walk(len(found))
    return found


def _line(run: Run, cls: ClassObject, known: dict[ClassObject, list[Value]]) -> list[Value]:
    if cls in known:
        return known[cls]
    run.fuel.burn()
    bases = [run.journal.resolve(base) for base in cls.bases]
    lines = [_line(run, base, known) if isinstance(base, ClassObject) else [base] for base in bases]
    if len(lines) < 2:
        known[cls] = [cls, *(lines[0] if lines else ())]
    else:
        known[cls] = [cls, *_merged([*lines, bases])]
    run.fuel.sweep(len(known[cls]))
    return known[cls]


def _merged(lines: list[list[Value]]) -> Iterator[Value]:
    """The C3 merge: a class comes once nothing that is still to come derives from it."""
    while lines := [line for line in lines if line]:
        heads = [line[0] for line in lines]
        chosen = next(
            (head for head in heads if not any(head in line[1:] for line in lines)), heads[0]
        )
        yield chosen
        lines = [[item for item in line if item != chosen] for line in lines]


def foreign_bases(run: Run, cls: ClassObject) -> list[str]:
    """The dotted names of the bases that the file does not define."""
    return [base.path for base in lineage(run, cls) if isinstance(base, Qualified)]


def keras_kind(run: Run, cls: ClassObject) -> str | None:
    """`model` or `layer` for a class that derives from one of Keras'."""
    for path in foreign_bases(run, cls):
        kind = catalogue.is_keras_class(path)
        if kind is not None:
            return kind
    return None


def class_attribute(
    run: Run, receiver: Instance | ClassObject | Super, name: str, text: Callable[[], str]
) -> Value:
    """`receiver.name`, through the instance, its class and the bases."""
    if isinstance(receiver, Super):
        behind = _behind(run, receiver)
        owner = receiver.receiver
        cls = owner if isinstance(owner, ClassObject) else getattr(owner, "cls", receiver.cls)
        instance = None if isinstance(owner, ClassObject) else owner
        return _found(run, behind, name, Access(cls, instance), text)
    if isinstance(receiver, Instance):
        return _instance_attribute(run, receiver, name, text)
    described = _of_class(run, receiver, name)
    if described is not MISSING:
        return described
    inherits = name == "from_config" and not defines(run, receiver, name)
    if inherits and keras_kind(run, receiver) == "layer":
        return Native(name, lambda arguments: _from_config(run, receiver, arguments))
    return _found(run, lineage(run, receiver), name, Access(receiver, None), text)


def _instance_attribute(run: Run, receiver: Instance, name: str, text: Callable[[], str]) -> Value:
    from flake8_paramcount.interpreter.subclassing import keras_attribute

    cls = receiver.cls
    if method_of(run, cls, "__getattribute__") is not None:
        return called(run, receiver, "__getattribute__", name)
    if not _is_data_descriptor(run, cls, name):
        value = run.journal.force(run.journal.read(receiver).get(name, MISSING))
        if value is not MISSING:
            return value
    if name == "__class__":
        return cls
    if name == "__dict__":
        return namespace_of(run, receiver)
    hook = method_of(run, cls, "__getattr__")
    if hook is not None and not defines(run, cls, name):
        return call_function(run, hook, Arguments((receiver, name), {}, receiver.site, text))
    found = _found(run, lineage(run, cls), name, Access(cls, receiver), text)
    if isinstance(found, Unknown) and keras_kind(run, cls) is not None:
        return keras_attribute(run, receiver, name, found)
    if name == "build" and isinstance(found, BoundMethod) and keras_kind(run, cls) is not None:
        from flake8_paramcount.interpreter.building import builder

        return builder(run, receiver, found.function)
    return found


def _is_data_descriptor(run: Run, cls: ClassObject, name: str) -> bool:
    """Whether the class has a say before the object's own attribute of that name."""
    value = class_value(run, cls, name)
    if isinstance(value, Property):
        return not value.cached
    return isinstance(value, Instance) and method_of(run, value.cls, "__set__") is not None


def class_value(run: Run, cls: ClassObject, name: str) -> Value:
    """What a class, or a base in the program, has under a name; MISSING if nothing."""
    for base in lineage(run, cls):
        if isinstance(base, ClassObject):
            value = run.journal.force(run.journal.read(base).get(name, MISSING))
            if value is not MISSING:
                return value
    return MISSING


def _of_class(run: Run, cls: ClassObject, name: str) -> Value:
    """What every class has; MISSING if it is none of that."""
    if name == "__name__":
        return cls.name
    if name == "__qualname__":
        return cls.qualname
    if name == "__bases__":
        return cls.bases or (Qualified("builtins.object"),)
    if name in ("__mro__", "mro"):
        line = lineage(run, cls)
        if isinstance(line[-1], ClassObject):
            line = [*line, Qualified("builtins.object")]
        return tuple(line) if name == "__mro__" else Native(name, lambda _: ListObject(list(line)))
    if name == "__dict__":
        return namespace_of(run, cls)
    return MISSING


class Access(NamedTuple):
    """Through what an attribute is looked up: the class, and the object if it is one."""

    cls: ClassObject
    instance: Value


def _from_config(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    """`Class.from_config(config)`: the constructor gets what the dictionary holds."""
    config = run.journal.force(arguments.get(0, "config"))
    if not isinstance(config, DictObject):
        return Unknown(f"an object of `{cls.name}`", arguments.text, arguments.site)
    entries = dict(run.journal.read(config))
    return instantiate(run, cls, arguments._replace(args=(), kwargs=entries))


def _behind(run: Run, parent: Super) -> list[Value]:
    """Where `super()` looks: behind its class, in the order of the receiver's own class."""
    receiver = run.journal.force(parent.receiver)
    own = receiver if isinstance(receiver, ClassObject) else getattr(receiver, "cls", parent.cls)
    line = lineage(run, own)
    if parent.cls not in line:
        line = lineage(run, parent.cls)
    return line[line.index(parent.cls) + 1 :]


def _found(
    run: Run,
    classes: list[Value],
    name: str,
    access: Access,
    text: Callable[[], str],
) -> Value:
    from flake8_paramcount.interpreter.fields import is_record, record_attribute

    instance = access.instance
    for cls in classes:
        if not isinstance(cls, ClassObject):
            continue
        value = run.journal.force(run.journal.read(cls).get(name, MISSING))
        if value is not MISSING:
            return _looked_up(run, value, access, text)
    if name.startswith("_") and is_record(run, access.cls):
        value = record_attribute(run, access.cls, instance, name)
        if value is not MISSING:
            return value
    foreign = next((cls for cls in classes if isinstance(cls, Qualified)), None)
    if isinstance(instance, Instance) and isinstance(foreign, Qualified):
        from flake8_paramcount.interpreter.inheriting import inherited

        method = inherited(run, instance, foreign, name)
        if method is not None:
            return method
    if name in _ROOT and (foreign is None or name == "__init__"):
        return Native(name, lambda arguments: _ROOT[name](run, access, arguments))
    if foreign is not None:
        return Unknown(f"`{name}` comes from `{foreign.path}`", text, run.site(run.statement))
    if isinstance(instance, Instance) and _is_closed(run, instance.cls):
        run.fails(AttributeError, f"{instance.cls.name!r} object has no attribute {name!r}")
    return Unknown(f"there is no attribute `{name}`", text, run.site(run.statement))


def raises(run: Run, cls: ClassObject) -> bool:
    """Whether a class is one of exceptions."""
    from flake8_paramcount.interpreter.errors import builtin_error

    return any(builtin_error(base) is not None for base in lineage(run, cls))


def _initialize_base(run: Run, access: Access, arguments: Arguments) -> None:
    """`super().__init__(…)` of a base from elsewhere: an exception keeps the arguments."""
    instance = access.instance
    if isinstance(instance, Instance) and raises(run, instance.cls):
        run.journal.write(instance)["args"] = arguments.args


def _new(run: Run, access: Access, arguments: Arguments) -> Value:
    cls = run.journal.force(arguments.args[0])
    if not isinstance(cls, ClassObject):
        raise Undetermined(run.unknown("an object of an unknown class"))
    return new_instance(run, cls, arguments._replace(args=arguments.args[1:]))


def _set_raw(run: Run, access: Access, arguments: Arguments) -> None:
    from flake8_paramcount.interpreter.tracking import track

    *receiver, name, value = arguments.args
    owner = receiver[0] if receiver else access.instance
    if isinstance(owner, Instance) and run.generation >= 3 and keras_kind(run, owner.cls):
        value = track(run, owner, name, value)
    run.journal.write(owner)[name] = value


def _delete_raw(run: Run, access: Access, arguments: Arguments) -> None:
    *receiver, name = arguments.args
    run.journal.write(receiver[0] if receiver else access.instance)[name] = MISSING


def _get_raw(run: Run, access: Access, arguments: Arguments) -> Value:
    *receiver, name = arguments.args
    instance = receiver[0] if receiver else access.instance
    value = run.journal.force(run.journal.read(instance).get(name, MISSING))
    if value is not MISSING:
        return value
    return _found(run, lineage(run, instance.cls), name, access, arguments.text)


# What every class inherits from `object`.
_ROOT: dict[str, Callable[[Run, Access, Arguments], Value]] = {
    "__init__": _initialize_base,
    "__new__": _new,
    "__setattr__": _set_raw,
    "__delattr__": _delete_raw,
    "__getattribute__": _get_raw,
    "__init_subclass__": lambda run, access, arguments: None,
}


def _register(name: str) -> None:
    @function(f"builtins.object.{name}")
    def perform(run: Run, arguments: Arguments) -> Value:
        from flake8_paramcount.interpreter.attributes import set_attribute
        from flake8_paramcount.interpreter.models import LayerObject

        receiver = run.journal.force(arguments.args[0])
        if isinstance(receiver, LayerObject) and name == "__setattr__":
            return set_attribute(run, receiver, *arguments.args[1:])
        if not isinstance(receiver, Instance | ClassObject):
            raise Undetermined(run.unknown("an object that is not followed"))
        cls = receiver if isinstance(receiver, ClassObject) else receiver.cls
        return _ROOT[name](run, Access(cls, receiver), arguments)


for _name in ("__new__", "__setattr__", "__delattr__", "__getattribute__"):
    _register(_name)


def slots_of(run: Run, cls: ClassObject) -> set[str] | None:
    """The only attributes that an object of a class can have; None if it can have any."""
    names: set[str] = set()
    for base in lineage(run, cls):
        slots = base.state.get("__slots__") if isinstance(base, ClassObject) else None
        if isinstance(slots, str):
            names.add(slots)
        elif type(slots) is tuple and all(isinstance(name, str) for name in slots):
            names.update(slots)
        elif base != Qualified("builtins.object"):
            return None
    return names


def is_plain(run: Run, cls: ClassObject) -> bool:
    """Whether an object of a class equals itself alone."""
    from flake8_paramcount.interpreter.enums import is_enum

    if is_enum(run, cls):
        return True
    if cls.name in ("SimpleNamespace", "Namespace") or any(
        map(partial(defines, run, cls), _EQUALITY)
    ):
        return False
    return all(
        isinstance(base, ClassObject) or base.path in _BARE or raises(run, cls)
        for base in lineage(run, cls)
        if isinstance(base, ClassObject | Qualified)
    ) and not any(isinstance(base, Unknown) for base in lineage(run, cls))


_EQUALITY = ("__eq__", "__hash__", FIELDS)


def namespace_of(run: Run, owner: Instance | ClassObject) -> Value:
    """`vars(owner)`, which shows each change of the attributes and makes them."""
    cls = owner if isinstance(owner, ClassObject) else owner.cls
    if keras_kind(run, cls) is not None:
        raise Undetermined(run.unknown("the attributes of an object of Keras"))
    return Namespace(owner)


def _is_closed(run: Run, cls: ClassObject) -> bool:
    """Whether all that an object of a class can have is in sight."""
    hooks = ("__getattr__", "__getattribute__")
    return not any(defines(run, cls, hook) for hook in hooks) and all(
        isinstance(base, ClassObject) or base == Qualified("builtins.object")
        for base in lineage(run, cls)
    )


def defines(run: Run, cls: ClassObject, name: str) -> bool:
    """Whether a class of the program, or a base in it, has an attribute of that name."""
    return any(name in base.state for base in lineage(run, cls) if isinstance(base, ClassObject))


def _looked_up(run: Run, value: Value, access: Access, text: Callable[[], str]) -> Value:
    """What a class attribute is on an instance: a method is bound, a property is called."""
    instance = access.instance
    if isinstance(value, Property):
        return value if instance is None else _worked_out(run, value, instance, text)
    if isinstance(value, Instance) and method_of(run, value.cls, "__get__") is not None:
        return called(run, value, "__get__", instance, access.cls)
    if not isinstance(value, Function) or "staticmethod" in value.decorators:
        return value
    if "classmethod" in value.decorators:
        return BoundMethod(access.cls, value)
    return value if instance is None else BoundMethod(instance, value)


def _worked_out(run: Run, value: Property, instance: Value, text: Callable[[], str]) -> Value:
    """The value of a property; a cached one becomes an attribute of the object."""
    from flake8_paramcount.interpreter.calls import call

    site = run.site(run.statement)
    result = call(run, value.getter, Arguments((instance,), {}, site, text))
    if value.cached and isinstance(value.getter, Function) and isinstance(instance, Instance):
        run.journal.write(instance)[value.getter.name] = result
    return result


def instantiate(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    """The object that a call of a class makes."""
    if keras_kind(run, cls) is not None:
        from flake8_paramcount.interpreter.subclassing import keras_instance

        instance = keras_instance(run, cls, arguments)
    else:
        instance = _plain_object(run, cls, arguments)
    if isinstance(instance, Instance) and not run.journal.facts:
        # The first object of a class is the one that its methods are tried on.
        run.instances.setdefault(cls, instance)
    return instance


def _plain_object(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    """An object of a class that has nothing to do with Keras."""
    from flake8_paramcount.interpreter.enums import is_enum, member_of

    if is_enum(run, cls):
        return member_of(run, cls, arguments)
    if _is_abstract(run, cls):
        run.refuses(TypeError)
    maker = method_of(run, cls, "__new__")
    if maker is None:
        instance: Value = new_instance(run, cls, arguments)
    else:
        given = arguments._replace(args=(cls, *arguments.args))
        instance = run.journal.force(call_function(run, maker, given))
    if isinstance(instance, Instance) and cls in lineage(run, instance.cls):
        initialize(run, instance, arguments)
    return instance


def new_instance(run: Run, cls: ClassObject, arguments: Arguments) -> Instance:
    """An object that has not been initialized."""
    instance = Instance(cls, arguments.site)
    if raises(run, cls):
        instance.state["args"] = arguments.args
    return instance


def _is_abstract(run: Run, cls: ClassObject) -> bool:
    """Whether a class of abstract ones leaves a method without a body."""
    if not run.guarded or "abc.ABC" not in foreign_bases(run, cls):
        return False
    names = {
        name for base in lineage(run, cls) if isinstance(base, ClassObject) for name in base.state
    }
    return any(_abstract(class_value(run, cls, name)) for name in names)


def _abstract(value: Value) -> bool:
    value = value.getter if isinstance(value, Property) else value
    return isinstance(value, Function) and "abstractmethod" in value.decorators


def initialize(run: Run, instance: Instance, arguments: Arguments) -> None:
    """Run `__init__`, or set the fields that a dataclass or its like declares."""
    constructor = method_of(run, instance.cls, "__init__")
    if constructor is not None:
        call_function(run, constructor, arguments._replace(args=(instance, *arguments.args)))
        return
    if keras_kind(run, instance.cls) is not None:
        from flake8_paramcount.interpreter.inheriting import initialize_base

        initialize_base(run, instance, arguments)
        return
    from flake8_paramcount.interpreter.fields import fields_of, initialize_fields

    foreign = set(foreign_bases(run, instance.cls)) - _BARE
    if not foreign and not defines(run, instance.cls, FIELDS):
        if arguments.args or arguments.kwargs:
            run.refuses(TypeError)
        return
    if any(path.startswith("builtins.") for path in foreign):
        # An exception, or a kind of dict or list: what it is given are no attributes.
        return
    fields = fields_of(run, instance.cls)
    extra = {name: value for name, value in arguments.kwargs.items() if name not in fields}
    if foreign:
        run.journal.write(instance).update(extra)
        kept = {name: arguments.kwargs[name] for name in arguments.kwargs if name in fields}
        arguments = arguments._replace(kwargs=kept, args=arguments.args[: len(fields)])
    initialize_fields(run, instance, arguments)


# Bases that add nothing to how an object is made.
_BARE = {"abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol", "typing.NamedTuple"}


def method_of(run: Run, cls: ClassObject, name: str) -> Function | None:
    """The function that a class of the file, or a base of the file, defines under a name."""
    for candidate in lineage(run, cls):
        if isinstance(candidate, ClassObject):
            value = run.journal.resolve(candidate.state.get(name))
            if isinstance(value, Function):
                return value
    return None


def called(run: Run, instance: Instance, name: str, *args: Value) -> Value:
    """What a method of the object's class gives, such as `__next__`. Raises `Undetermined`."""
    function = method_of(run, instance.cls, name)
    if function is None:
        raise Undetermined(run.unknown(f"there is no method `{name}`"))
    site = run.site(run.statement)
    return call_function(run, function, Arguments((instance, *args), {}, site, lambda: name))


def call_instance(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """A call of an object: its `__call__`, or Keras' own for a subclassed layer or model."""
    own = method_of(run, instance.cls, "__call__")
    if own is not None:
        return call_function(run, own, arguments._replace(args=(instance, *arguments.args)))
    if keras_kind(run, instance.cls) is not None:
        from flake8_paramcount.interpreter.graph import call_layer
        from flake8_paramcount.interpreter.inheriting import stands_for
        from flake8_paramcount.interpreter.subclassing import call_keras_instance

        target = stands_for(run, instance)
        if isinstance(target, Instance):
            return call_keras_instance(run, instance, arguments)
        return call_layer(run, target, arguments)
    return Unknown(f"a call of `{instance.cls.name}`", arguments.text, arguments.site)


@function("builtins.super")
def super_object(run: Run, arguments: Arguments) -> Value:
    """`super()` inside a method, or `super(Class, self)`."""
    if len(arguments.args) == 2 and isinstance(arguments.args[0], ClassObject):
        return Super(arguments.args[1], arguments.args[0])
    scope: Scope | None = run.scope
    while scope is not None and not isinstance(scope.state.get("__class__"), ClassObject):
        scope = scope.parent
    if scope is None:
        return Unknown("`super()` outside a method", arguments.text, arguments.site)
    receiver = next(iter(scope.state.values()))
    return Super(receiver, scope.state["__class__"])
