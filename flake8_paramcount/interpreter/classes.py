"""Classes and instances of the analysed program."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import libcst as cst

from flake8_paramcount.interpreter import catalogue
from flake8_paramcount.interpreter.functions import call_function, qualified_prefix
from flake8_paramcount.interpreter.names import dotted
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    BoundMethod,
    ClassObject,
    DictObject,
    Function,
    Instance,
    Native,
    Qualified,
    Scope,
    Super,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown


def make_class(run: Run, node: cst.ClassDef) -> Value:
    """The class that a `class` statement makes."""
    name = node.name.value
    qualname = qualified_prefix(run.scope) + name
    bases = tuple(run.evaluate(base.value) for base in node.bases)
    site = run.site(node)
    scope = Scope("class", run.scope)
    scope.globals["__qualname__"] = qualname
    with run.inside(scope):
        _execute_class_body(run, node)
    made = ClassObject(name, qualname, bases, scope.state, site)
    for value in scope.state.values():
        if isinstance(value, Function) and value.owner is None:
            value.owner = made
    _greet(run, made)
    names = {
        dotted(_callee(decorator.decorator)).rpartition(".")[2] for decorator in node.decorators
    }
    if "dataclass" in names:
        made.state["__dataclass__"] = True
    return _decorated(run, node, made)


def _greet(run: Run, cls: ClassObject) -> None:
    """Call the `__init_subclass__` that the bases define."""
    for base in lineage(run, cls)[1:]:
        hook = base.state.get("__init_subclass__") if isinstance(base, ClassObject) else None
        if isinstance(hook, Function):
            call_function(run, hook, Arguments((cls,), {}, cls.site, lambda: cls.name))
            return


def _decorated(run: Run, node: cst.ClassDef, cls: Value) -> Value:
    """A decorator of the file is called on the class; one from elsewhere leaves it as it is."""
    for decorator in reversed(node.decorators):
        applied = run.journal.resolve(run.evaluate(decorator.decorator))
        if isinstance(applied, Function):
            text = run.text(decorator.decorator)
            cls = call_function(run, applied, Arguments((cls,), {}, run.site(node), text))
    return cls


def _callee(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node


def _execute_class_body(run: Run, node: cst.ClassDef) -> None:
    from flake8_paramcount.interpreter.continuations import Rest, proceed
    from flake8_paramcount.interpreter.execution import Block

    whole, run.whole = run.whole, True
    try:
        proceed(run, Rest(Block(node.body.body), None))
    finally:
        run.whole = whole


def lineage(run: Run, cls: ClassObject) -> list[Value]:
    """A class and its bases in Python's order of look-up; a base from elsewhere as it evaluated."""
    return _line(run, cls, {})


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
        return _found(run, behind, name, receiver.receiver, text)
    if isinstance(receiver, Instance):
        value = run.journal.force(run.journal.read(receiver).get(name, MISSING))
        if value is not MISSING:
            return value
        if name == "__class__":
            return receiver.cls
        from flake8_paramcount.interpreter.subclassing import keras_attribute

        found = _found(run, lineage(run, receiver.cls), name, receiver, text)
        hook = method_of(run, receiver.cls, "__getattr__") if isinstance(found, Unknown) else None
        if hook is not None and not _defines(run, receiver.cls, name):
            return call_function(run, hook, Arguments((receiver, name), {}, receiver.site, text))
        if isinstance(found, Unknown) and keras_kind(run, receiver.cls) is not None:
            return keras_attribute(run, receiver, name, found)
        return found
    if name in ("__name__", "__qualname__"):
        return receiver.name
    inherits = name == "from_config" and not _defines(run, receiver, name)
    if inherits and keras_kind(run, receiver) == "layer":
        return Native(name, lambda arguments: _from_config(run, receiver, arguments))
    return _found(run, lineage(run, receiver), name, None, text)


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
    instance: Value,
    text: Callable[[], str],
) -> Value:
    for cls in classes:
        if not isinstance(cls, ClassObject):
            continue
        value = run.journal.force(run.journal.read(cls).get(name, MISSING))
        if value is not MISSING:
            return _looked_up(run, value, cls, instance, text)
    foreign = next((cls for cls in classes if isinstance(cls, Qualified)), None)
    if isinstance(instance, Instance) and isinstance(foreign, Qualified):
        from flake8_paramcount.interpreter.inheriting import inherited

        method = inherited(run, instance, foreign, name)
        if method is not None:
            return method
    if name == "__init__":
        return Native("__init__", lambda arguments: _initialize_base(run, instance, arguments))
    if foreign is not None:
        return Unknown(f"`{name}` comes from `{foreign.path}`", text, run.site(run.statement))
    if isinstance(instance, Instance) and _is_closed(run, instance.cls):
        run.fails(AttributeError, f"{instance.cls.name!r} object has no attribute {name!r}")
    return Unknown(f"there is no attribute `{name}`", text, run.site(run.statement))


def raises(run: Run, cls: ClassObject) -> bool:
    """Whether a class is one of exceptions."""
    from flake8_paramcount.interpreter.errors import builtin_error

    return any(builtin_error(base) is not None for base in lineage(run, cls))


def _initialize_base(run: Run, instance: Value, arguments: Arguments) -> None:
    """`super().__init__(…)` of a base from elsewhere: an exception keeps the arguments."""
    if isinstance(instance, Instance) and raises(run, instance.cls):
        run.journal.write(instance)["args"] = arguments.args


def _is_closed(run: Run, cls: ClassObject) -> bool:
    """Whether all that an object of a class can have is in sight."""
    hooks = ("__getattr__", "__getattribute__")
    return not any(_defines(run, cls, hook) for hook in hooks) and all(
        isinstance(base, ClassObject) or base == Qualified("builtins.object")
        for base in lineage(run, cls)
    )


def _defines(run: Run, cls: ClassObject, name: str) -> bool:
    """Whether a class of the program, or a base in it, has an attribute of that name."""
    return any(name in base.state for base in lineage(run, cls) if isinstance(base, ClassObject))


def _looked_up(
    run: Run, value: Value, cls: ClassObject, instance: Value, text: Callable[[], str]
) -> Value:
    """What a class attribute is on an instance: a method is bound, a property is called."""
    if not isinstance(value, Function) or "staticmethod" in value.decorators:
        return value
    if "classmethod" in value.decorators:
        return BoundMethod(cls, value)
    if instance is None:
        return value
    if value.decorators & {"property", "cached_property"}:
        site = run.site(run.statement)
        return call_function(run, value, Arguments((instance,), {}, site, text))
    return BoundMethod(instance, value)


def instantiate(run: Run, cls: ClassObject, arguments: Arguments) -> Value:
    """The object that a call of a class makes."""
    if keras_kind(run, cls) is not None:
        from flake8_paramcount.interpreter.subclassing import keras_instance

        instance = keras_instance(run, cls, arguments)
    else:
        instance = Instance(cls, arguments.site)
        if raises(run, cls):
            instance.state["args"] = arguments.args
        initialize(run, instance, arguments)
    if not run.journal.facts:
        # The first object of a class is the one that its methods are tried on.
        run.instances.setdefault(cls, instance)
    return instance


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
    fields = [
        field
        for cls in reversed(lineage(run, instance.cls))
        if isinstance(cls, ClassObject)
        for field in cls.state.get("__annotations__", ())
    ]
    for index, field in enumerate(fields):
        value = arguments.get(index, field, MISSING)
        if value is not MISSING:
            run.journal.write(instance)[field] = value
    for name, value in arguments.kwargs.items():
        if name not in fields and (foreign_bases(run, instance.cls)):
            run.journal.write(instance)[name] = value


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


def as_dict(run: Run, instance: Instance) -> DictObject:
    """`vars(instance)`."""
    return DictObject(dict(run.journal.read(instance)))
