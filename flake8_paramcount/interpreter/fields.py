"""Classes that declare their fields: data classes, named tuples, and models of settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, NamedTuple

from flake8_paramcount.interpreter.calls import call as call_value
from flake8_paramcount.interpreter.classes import FIELDS, lineage, method_of
from flake8_paramcount.interpreter.functions import bound_parameters
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import Call, known, text
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    ClassObject,
    DictObject,
    Instance,
    ListObject,
    Parameter,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

_OPTIONS = "__options__"


class Field(NamedTuple):
    """What `field(…)` says of a field."""

    default: Value = MISSING
    factory: Value = MISSING
    init: bool = True
    kw_only: bool | None = None
    compare: bool = True
    repr: bool = True


class Options(NamedTuple):
    """What a decorator says of a data class."""

    frozen: bool = False
    eq: bool = True
    order: bool = False
    kw_only: bool = False
    init: bool = True
    repr: bool = True


@known("dataclasses.field", "attr.ib", "attr.field", "attrs.field", "pydantic.Field")
def field(call: Call, default: Value = MISSING, **options: Value) -> Value:
    factory = options.get("default_factory", options.get("factory", MISSING))
    default = MISSING if default is ... else default
    flags = {name: call.truth(options[name]) for name in Field._fields[2:] if name in options}
    return Field(default, factory, **flags)


def declare(run: Run, cls: ClassObject, given: dict[str, Value]) -> None:
    """Note that a class is a data class, with the options of its decorator."""
    flags = {name: run.truth(given[name]) for name in Options._fields if name in given}
    cls.state[FIELDS] = True
    cls.state[_OPTIONS] = Options(**flags)


def options_of(run: Run, cls: ClassObject) -> Options | None:
    """The options of a data class; of the nearest one that it derives from."""
    for base in lineage(run, cls):
        found = base.state.get(_OPTIONS) if isinstance(base, ClassObject) else None
        if isinstance(found, Options):
            return found
    return None


def is_record(run: Run, cls: ClassObject) -> bool:
    """Whether objects of a class are tuples with names."""
    return any(
        isinstance(base, ClassObject) and base.state.get(FIELDS) == "tuple"
        for base in lineage(run, cls)
    )


def fields_of(run: Run, cls: ClassObject) -> dict[str, tuple[Field, ClassObject]]:
    """The fields of a class in their order, with what is declared of each, and where."""
    found: dict[str, tuple[Field, ClassObject]] = {}
    for base in reversed(lineage(run, cls)):
        if not isinstance(base, ClassObject):
            continue
        for name in base.state.get("__annotations__", ()):
            value = run.journal.force(base.state.get(name, MISSING))
            found[name] = (value if isinstance(value, Field) else Field(value)), base
    return found


def initialize_fields(run: Run, instance: Instance, arguments: Arguments) -> None:
    """The `__init__` that a class gets for its fields."""
    cls = instance.cls
    fields = fields_of(run, cls)
    parameters = [
        Parameter(name, _kind(run, each, base), _default(each))
        for name, (each, base) in fields.items()
        if each.init
    ]
    parameters.sort(key=lambda parameter: parameter.kind == "k")
    given = bound_parameters(run, cls.qualname, parameters, arguments, cls.site)
    state = run.journal.write(instance)
    once = {}
    for name, (each, base) in fields.items():
        value = given.get(name, _default(each))
        if value is _BY_FACTORY:
            value = call_value(run, each.factory, arguments._replace(args=(), kwargs={}))
        if name in base.state.get("__once__", ()):
            once[name] = value
        elif value is not MISSING:
            state[name] = value
    hook = method_of(run, cls, "__post_init__")
    if hook is not None:
        call_value(run, hook, arguments._replace(args=(instance, *once.values()), kwargs={}))


_BY_FACTORY = object()


def _default(each: Field) -> Value:
    return each.default if each.factory is MISSING else _BY_FACTORY


def _kind(run: Run, each: Field, base: ClassObject) -> str:
    """`k` for a parameter that has to be named."""
    options = base.state.get(_OPTIONS)
    named = each.kw_only if each.kw_only is not None else bool(options and options.kw_only)
    return "k" if named else ""


def names_of(run: Run, cls: ClassObject) -> list[str]:
    """The names of the fields that an object keeps."""
    found = fields_of(run, cls).items()
    return [name for name, (_, base) in found if name not in base.state.get("__once__", ())]


def as_tuple(run: Run, value: Value) -> Value:
    """A named tuple as a tuple without names; any other value as it is."""
    if isinstance(value, Instance) and is_record(run, value.cls):
        return values_of(run, value)
    return value


def values_of(run: Run, instance: Instance) -> tuple[Value, ...]:
    """The values of the fields in their order."""
    state = run.journal.read(instance)
    return tuple(state[name] for name in names_of(run, instance.cls) if name in state)


def compared_fields(run: Run, cls: ClassObject) -> list[str] | None:
    """The fields that two objects of a class are compared by; None if nobody knows."""
    options = options_of(run, cls)
    if options is None or not options.eq:
        return None
    fields = fields_of(run, cls)
    return [name for name in names_of(run, cls) if fields[name][0].compare]


def repr_of(run: Run, instance: Instance) -> str:
    """The text of an object whose class does not define one. Raises `Undetermined`."""
    from flake8_paramcount.interpreter.texts import as_python

    options = options_of(run, instance.cls)
    if not is_record(run, instance.cls) and (options is None or not options.repr):
        raise Undetermined(run.unknown("the text of an object says where it is"))
    state = run.journal.read(instance)
    shown = [name for name, (each, _) in fields_of(run, instance.cls).items() if each.repr]
    parts = [f"{name}={as_python(run, state[name])!r}" for name in shown]
    return f"{instance.cls.qualname.rpartition('.')[2]}({', '.join(parts)})"


# -- functions of `dataclasses` -------------------------------------------------------------------


def _fielded(run: Run, value: Value) -> Instance:
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if not isinstance(value, Instance) or options_of(run, value.cls) is None:
        raise TypeError("an object of a data class is needed")
    return value


@known("dataclasses.replace", "attr.evolve", "attrs.evolve", "copy.replace")
def replace(call: Call, obj: Value, /, **changes: Value) -> Value:
    from flake8_paramcount.interpreter.classes import instantiate

    instance = _fielded(call.run, obj)
    state = call.run.journal.read(instance)
    fields = fields_of(call.run, instance.cls)
    kept = {name: state[name] for name, (each, _) in fields.items() if each.init}
    arguments = call.arguments._replace(args=(), kwargs={**kept, **changes})
    return instantiate(call.run, instance.cls, arguments)


@known("dataclasses.asdict", "attr.asdict", "attrs.asdict")
def asdict(call: Call, obj: Value, **options: Value) -> Value:
    if options:
        raise TypeError("a dict of another kind")
    return _plain(call.run, _fielded(call.run, obj), as_dict=True)


@known("dataclasses.astuple", "attr.astuple", "attrs.astuple")
def astuple(call: Call, obj: Value) -> Value:
    return _plain(call.run, _fielded(call.run, obj), as_dict=False)


def _plain(run: Run, value: Value, *, as_dict: bool) -> Value:
    """A value with the data classes in it, and what holds them, made anew."""
    value = run.journal.force(value)
    run.fuel.burn()
    if isinstance(value, Instance) and options_of(run, value.cls) is not None:
        parts = [_plain(run, part, as_dict=as_dict) for part in values_of(run, value)]
        names = names_of(run, value.cls)
        return DictObject(dict(zip(names, parts, strict=True))) if as_dict else tuple(parts)
    if type(value) is ListObject:
        return ListObject([_plain(run, part, as_dict=as_dict) for part in run.journal.read(value)])
    if type(value) is tuple:
        return tuple(_plain(run, part, as_dict=as_dict) for part in value)
    if type(value) is DictObject:
        items = run.journal.read(value).items()
        return DictObject({key: _plain(run, part, as_dict=as_dict) for key, part in items})
    return value


@known("dataclasses.fields")
def fields(call: Call, class_or_instance: Value) -> Value:
    value = class_or_instance
    cls = value.cls if isinstance(value, Instance) else value
    if not isinstance(cls, ClassObject) or options_of(call.run, cls) is None:
        raise TypeError("a data class is needed")
    made = ClassObject("Field", "Field", (), {}, call.site)
    found = []
    for name in names_of(call.run, cls):
        each = Instance(made, call.site)
        each.state["name"] = name
        found.append(each)
    return tuple(found)


@known("dataclasses.is_dataclass")
def is_dataclass(call: Call, obj: Value) -> Value:
    cls = obj.cls if isinstance(obj, Instance) else obj
    if isinstance(cls, ClassObject):
        return options_of(call.run, cls) is not None
    return call.unknown("whether it is a data class")


FROZEN = dataclasses.FrozenInstanceError


# -- named tuples ---------------------------------------------------------------------------------


@known("collections.namedtuple")
def namedtuple(
    call: Call, typename: Value, field_names: Value, *, defaults: Value = (), **options: Value
) -> Value:
    if options:
        raise TypeError("a named tuple with options")
    if isinstance(field_names, str):
        names = field_names.replace(",", " ").split()
    else:
        names = [text(name) for name in call.items(field_names)]
    return _record_class(call, text(typename), names, call.items(defaults) if defaults else [])


@known("typing.NamedTuple", "typing_extensions.NamedTuple")
def typed_namedtuple(call: Call, typename: Value, fields: Value = ()) -> Value:
    names = [text(call.items(pair)[0]) for pair in call.items(fields)]
    return _record_class(call, text(typename), names, [])


def _record_class(call: Call, name: str, names: Sequence[str], defaults: list[Value]) -> Value:
    state: dict[str, Any] = {"__annotations__": tuple(names), FIELDS: "tuple"}
    if defaults:
        state.update(zip(names[-len(defaults) :], defaults, strict=True))
    return ClassObject(name, name, (), state, call.site)


def record_attribute(run: Run, cls: ClassObject, instance: Value, name: str) -> Value:
    """An attribute that every named tuple has; MISSING if it is none."""
    from flake8_paramcount.interpreter.classes import instantiate
    from flake8_paramcount.interpreter.values import Native

    names = names_of(run, cls)
    if name == "_fields":
        return tuple(names)
    if name == "_field_defaults":
        fields = fields_of(run, cls).items()
        return DictObject(
            {key: each.default for key, (each, _) in fields if each.default is not MISSING}
        )
    if name == "_make":
        from flake8_paramcount.interpreter.containers import iterate

        return Native(
            name,
            lambda given: instantiate(
                run, cls, given._replace(args=tuple(iterate(run, given.args[0])))
            ),
        )
    if not isinstance(instance, Instance):
        return MISSING
    held = dict(zip(names, values_of(run, instance), strict=True))
    if name == "_asdict":
        return Native(name, lambda given: DictObject(dict(held)))
    if name == "_replace":
        return Native(
            name,
            lambda given: instantiate(
                run, cls, given._replace(args=(), kwargs={**held, **given.kwargs})
            ),
        )
    return MISSING


# -- plain holders of attributes ------------------------------------------------------------------


_NAMESPACE = ClassObject("SimpleNamespace", "SimpleNamespace", (), {}, 0)


@function("types.SimpleNamespace")
def simple_namespace(run: Run, arguments: Arguments) -> Value:
    """An object that has just the attributes that it is given."""
    if arguments.args or not arguments.complete:
        raise Undetermined(Unknown("a namespace", arguments.text, arguments.site))
    instance = Instance(_NAMESPACE, arguments.site)
    instance.state.update(arguments.kwargs)
    return instance
