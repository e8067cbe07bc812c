"""Built-in functions that ask what an object is: `isinstance`, `type`, `getattr` and the like."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.attributes import get_attribute
from flake8_paramcount.interpreter.classes import defines, lineage, own, shape_class
from flake8_paramcount.interpreter.commandline import Options
from flake8_paramcount.interpreter.enums import IntMember, StrMember
from flake8_paramcount.interpreter.errors import builtin_error
from flake8_paramcount.interpreter.havoc import lose_object
from flake8_paramcount.interpreter.kinship import is_keras_instance
from flake8_paramcount.interpreter.mappings import entries
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.natives import attribute, find_method
from flake8_paramcount.interpreter.possible import holding
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import Call, certain, known, text
from flake8_paramcount.interpreter.streams import until
from flake8_paramcount.interpreter.values import (
    MISSING,
    Array,
    BoundMethod,
    ClassObject,
    DictObject,
    ErrorObject,
    Function,
    Instance,
    ListObject,
    Native,
    NativeMethod,
    Property,
    Qualified,
    Ref,
    Scope,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Unknown

_NONE = object()


@known("builtins.print")
def print_(call: Call, *values: Value, **options: Value) -> None:
    """Nothing that matters here."""


@known("builtins.getattr")
def getattr_(call: Call, receiver: Value, name: Value, default: Value = _NONE) -> Value:
    run = call.run
    if isinstance(name, Unknown) and isinstance(receiver, Instance):
        return holding(call.unknown(name.reason), *_members(run, receiver))
    name = text(name)
    if default is _NONE or not isinstance(receiver, _CLOSED):
        return get_attribute(run, receiver, name, call.arguments.text)
    found = until(
        run, AttributeError, lambda: get_attribute(run, receiver, name, call.arguments.text)
    )
    return default if found is MISSING else found


def _members(run: Run, receiver: Instance) -> Iterator[Value]:
    """All that an attribute of an object may be of which the name is not known."""
    for cls in lineage(run, receiver.cls):
        if isinstance(cls, ClassObject):
            for value in cls.state.values():
                yield BoundMethod(receiver, value) if isinstance(value, Function) else value
    yield from receiver.state.values()


# Objects of which an attribute that is not there is known not to be there.
_CLOSED = (Instance, Function, Options)


@known("builtins.setattr")
def setattr_(call: Call, receiver: Value, name: Value, value: Value) -> None:
    from flake8_paramcount.interpreter.assignment import set_attribute
    from flake8_paramcount.interpreter.possible import attempted

    if not isinstance(name, Unknown) or not isinstance(receiver, Instance):
        set_attribute(call.run, receiver, text(name), value)
        return
    for each in list(call.run.journal.read(receiver)):
        change = partial(set_attribute, call.run, receiver, each, value)
        attempted(call.run, change, name)


@known("builtins.hasattr")
def hasattr_(call: Call, receiver: Value, name: Value) -> Value:
    """Only a presence can be proved: what is not modelled may still be there."""
    run, name = call.run, text(name)
    if isinstance(receiver, _CLOSED):
        work = lambda: get_attribute(run, receiver, name, call.arguments.text)  # noqa: E731
        found = until(run, AttributeError, work)
        if isinstance(found, Unknown) or found is MISSING:
            return call.unknown(f"whether it has `{name}`") if found is not MISSING else False
        return True
    if isinstance(receiver, ClassObject) and defines(run, receiver, name):
        return True
    kind = _PYTHON.get(type(receiver))
    if kind is not None:
        return hasattr(kind, name)
    if find_method(type(receiver), name) is not None:
        return True
    return call.unknown(f"whether it has `{name}`")


@known("builtins.callable")
def callable_(call: Call, value: Value) -> Value:
    if isinstance(value, (Function, BoundMethod, ClassObject, Native, NativeMethod)):
        return True
    if value is None or isinstance(value, (str, int, float, Poly, ListObject, DictObject)):
        return False
    return call.unknown("whether it can be called")


# What Python's own values have is what Python says.
_PYTHON: dict[type, type] = {
    int: int,
    bool: bool,
    float: float,
    str: str,
    bytes: bytes,
    tuple: tuple,
    range: range,
    type(None): type(None),
    ListObject: list,
    DictObject: dict,
    SetObject: set,
}


@known("builtins.eval", "builtins.compile", "builtins.__import__", pure=False)
def evaluated_text(call: Call, *values: Value) -> Value:
    """A text that is run may do anything."""
    return anything(call)


@known("builtins.exec", pure=False)
def exec_(call: Call, *values: Value, **options: Value) -> Value:
    return anything(call)


def anything(call: Call) -> Unknown:
    """Make unknown every name in sight, and what the names hold."""
    lost = call.unknown("a text is run as a program")
    scope: Scope | None = call.run.scope
    while scope is not None:
        state = call.run.journal.write(scope)
        for name, value in list(state.items()):
            held = call.run.journal.resolve(value)
            if isinstance(held, Ref):
                lose_object(call.run, held, lost)
            elif not isinstance(held, Qualified | Function) and not name.startswith("__"):
                state[name] = lost.derive(name, name)
        scope = scope.parent
    return lost


@known("builtins.id", "builtins.hash", "builtins.input", pure=False)
def _outside(call: Call, *values: Value, **options: Value) -> Value:
    return call.unknown("it is not known before the program runs")


_KINDS: dict[str, Callable[[Value], bool]] = {
    "int": lambda value: isinstance(value, (int, Poly)),
    "float": lambda value: isinstance(value, float),
    "bool": lambda value: isinstance(value, bool),
    "str": lambda value: isinstance(value, str),
    "bytes": lambda value: isinstance(value, bytes),
    "tuple": lambda value: type(value) is tuple,
    "list": lambda value: type(value) is ListObject,
    "dict": lambda value: isinstance(value, DictObject),
    "set": lambda value: isinstance(value, SetObject),
    "range": lambda value: isinstance(value, range),
    "object": lambda value: True,
    "type": lambda value: isinstance(value, ClassObject),
    "frozenset": lambda value: isinstance(value, SetObject),
    "NoneType": lambda value: value is None,
}

# Values of which the kinds above tell everything.
_PLAIN = (int, float, Poly, str, bytes, range, type(None))


@known("builtins.isinstance")
def isinstance_(call: Call, value: Value, kinds: Value) -> Value:
    if type(kinds) is not tuple:
        kinds = (kinds,)
    answers = [_is_instance(call, value, kind) for kind in kinds]
    if any(answer is True for answer in answers):
        return True
    if all(answer is False for answer in answers):
        return False
    return call.unknown("whether it is an instance")


def _is_instance(call: Call, value: Value, kind: Value) -> bool | None:
    """Three-valued; what is not one of Python's own kinds may be anything."""
    if isinstance(value, Poly):
        certain(value)
    if isinstance(value, Unknown) or not isinstance(kind, Qualified):
        return _is_of_class(call, value, kind)
    if (wanted := builtin_error(kind)) is not None and isinstance(value, ErrorObject):
        return issubclass(value.kind, wanted)
    if isinstance(value, Instance):
        return _by_bases(call, value, kind)
    test = _KINDS.get(kind.path.removeprefix("builtins."))
    if test is not None:
        plain = isinstance(value, (*_PLAIN, ListObject, DictObject, SetObject, Array, Instance))
        return test(value) if plain or type(value) is tuple else None
    answer = is_keras_instance(call.run, value, kind.path)
    return _by_module(value, kind.path) if answer is None else answer


def _by_bases(call: Call, value: Instance, kind: Qualified) -> bool | None:
    """Whether an object of the program is one of a class from elsewhere."""
    from flake8_paramcount.interpreter.errors import takes
    from flake8_paramcount.interpreter.fields import is_record

    if kind.path == "builtins.object":
        return True
    if kind.path == "builtins.tuple" and is_record(call.run, value.cls):
        return True
    if builtin_error(kind) is not None:
        return takes(call.run, kind, value)
    bases = lineage(call.run, value.cls)
    if kind in bases:
        return True
    keras = is_keras_instance(call.run, value, kind.path)
    if keras is not None:
        return keras
    return False if all(isinstance(base, ClassObject) for base in bases) else None


def _by_module(value: Value, path: str) -> bool | None:
    if path in ("numpy.ndarray", "numpy.generic") and isinstance(value, Array):
        return True if path == "numpy.ndarray" else None
    if path.startswith(("keras.", "numpy.", "tensorflow.")) and isinstance(value, _PLAIN):
        return False
    return None


def _is_of_class(call: Call, value: Value, kind: Value) -> bool | None:
    if not isinstance(kind, ClassObject):
        return None
    if isinstance(value, Instance | IntMember | StrMember):
        return _inherits(call, value.cls, kind)
    certain_kind = isinstance(value, (*_PLAIN, *_CONTAINERS)) or type(value) is tuple
    return False if certain_kind else None


_CONTAINERS = (ListObject, DictObject, SetObject, Function, ErrorObject)


def _inherits(call: Call, cls: ClassObject, kind: ClassObject) -> bool | None:
    """A class of a library has no base in this file; an unknown one might."""
    bases = lineage(call.run, cls)
    if any(base is kind for base in bases):
        return True
    return False if all(isinstance(base, ClassObject | Qualified) for base in bases) else None


_TYPES: Iterable[tuple[type, str]] = (
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "str"),
    (tuple, "tuple"),
    (range, "range"),
    (DictObject, "dict"),
    (SetObject, "set"),
)


def _made_class(call: Call, name: Value, bases: Value, namespace: Value) -> Value:
    """`type(name, bases, namespace)`."""
    if not isinstance(namespace, DictObject) or type(bases) is not tuple:
        return call.unknown("a class that is made at run time")
    state = dict(entries(call.run, namespace))
    made = ClassObject(text(name), text(name), bases, state, call.site)
    own(call.run, made)
    return shape_class(call.run, made)


@known("builtins.issubclass")
def issubclass_(call: Call, cls: Value, kinds: Value) -> Value:
    kinds = kinds if type(kinds) is tuple else (kinds,)
    if isinstance(cls, ClassObject):
        line = lineage(call.run, cls)
        if any(kind in line or kind == Qualified("builtins.object") for kind in kinds):
            return True
        if all(isinstance(base, ClassObject) for base in line):
            return False
    if isinstance(cls, Qualified) and all(isinstance(kind, Qualified) for kind in kinds):
        own_kind, others = _python_class(cls), [_python_class(kind) for kind in kinds]
        if own_kind is not None and None not in others:
            return issubclass(own_kind, tuple(others))  # type: ignore[arg-type]
    return call.unknown("whether it is a subclass")


def _python_class(kind: Qualified) -> type | None:
    module, _, name = kind.path.rpartition(".")
    found = getattr(builtins, name, None) if module == "builtins" else None
    return found if isinstance(found, type) else None


@known("builtins.property", "abc.abstractproperty", "builtins.abstractproperty")
def property_(
    call: Call, fget: Value = None, fset: Value = None, fdel: Value = None, doc: Value = None
) -> Value:
    return Property(fget, fset, fdel)


@known("functools.cached_property", "builtins.cached_property")
def cached_property(call: Call, function: Value) -> Value:
    return Property(function, cached=True)


def _part_of_property(name: str, part: str) -> None:
    @attribute(Property, name)
    def decorate(run: Run, receiver: Property) -> Value:
        return Native(
            name,
            lambda arguments: receiver._replace(**{part: run.journal.force(arguments.args[0])}),
        )


for _name, _part in (("getter", "getter"), ("setter", "setter"), ("deleter", "deleter")):
    _part_of_property(_name, _part)


def _flagged(name: str) -> None:
    @known(f"builtins.{name}")
    def decorate(call: Call, function: Value) -> Value:
        if not isinstance(function, Function):
            raise TypeError("a function is needed")
        made = Function(
            function.name,
            function.qualname,
            function.node,
            function.parameters,
            function.scope,
            function.site,
        )
        made.statement = function.statement
        made.decorators = function.decorators | {name}
        return made


for _name in ("staticmethod", "classmethod"):
    _flagged(_name)


@known("builtins.type")
def type_(call: Call, value: Value, *more: Value) -> Value:
    if more:
        return _made_class(call, value, *more)
    if isinstance(value, Instance | IntMember | StrMember):
        return value.cls
    if isinstance(value, ErrorObject):
        return Qualified(f"builtins.{value.kind.__name__}")
    if value is None:
        return Qualified("builtins.NoneType")
    if isinstance(value, ClassObject):
        return Qualified("builtins.type")
    if isinstance(value, Function):
        return Qualified("types.FunctionType")
    if isinstance(value, bytes):
        return Qualified("builtins.bytes")
    if type(value) is ListObject:
        return Qualified("builtins.list")
    if isinstance(value, LayerObject | ModelObject):
        from flake8_paramcount.interpreter.configs import class_of

        return class_of(call.run, value)
    for kind, name in _TYPES:
        if type(value) is kind:
            return Qualified(f"builtins.{name}")
    return call.unknown("the type of a value that is not followed")
