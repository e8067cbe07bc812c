"""What makes dicts and their kin: `globals()`, `dict.fromkeys`, `defaultdict`, `Counter`."""

from __future__ import annotations

from flake8_paramcount.interpreter.mappings import (
    Counter,
    DefaultDict,
    add_counts,
    entries,
    hashable,
    pairs_of,
)
from flake8_paramcount.interpreter.signatures import Call, known
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    ClassObject,
    DictObject,
    Instance,
    Namespace,
    Qualified,
    Value,
)


@known("builtins.dict.fromkeys", "collections.OrderedDict.fromkeys")
def fromkeys(call: Call, iterable: Value, value: Value = None) -> Value:
    return DictObject({hashable(call.run, key): value for key in call.items(iterable)})


@known("builtins.globals")
def globals_(call: Call) -> Value:
    return Namespace(call.run.scope.module)


@known("builtins.locals")
def locals_(call: Call) -> Value:
    scope = call.run.scope
    return (
        Namespace(scope) if scope.kind == "module" else DictObject(dict(entries(call.run, scope)))
    )


@known("builtins.vars")
def vars_(call: Call, value: Value = MISSING) -> Value:
    from flake8_paramcount.interpreter.attributes import get_attribute
    from flake8_paramcount.interpreter.classes import namespace_of

    if value is MISSING:
        return locals_(call)
    if isinstance(value, Instance | ClassObject):
        return namespace_of(call.run, value)
    return get_attribute(call.run, value, "__dict__", call.arguments.text)


@known("builtins.dir")
def dir_(call: Call, *values: Value) -> Value:
    return call.unknown("all the names of something")


@known("typing.TypedDict")
def typed_dict(call: Call, values: Value = (), /, **entries: Value) -> Value:
    if isinstance(values, str):
        return Qualified("typing.TypedDict")
    return DictObject({**dict(pairs_of(call.run, values)), **entries})


@known("collections.defaultdict")
def defaultdict(
    call: Call, factory: Value = None, values: Value = (), /, **entries: Value
) -> Value:
    return DefaultDict({**dict(pairs_of(call.run, values)), **entries}, factory)


@known("collections.Counter")
def counter(call: Call, values: Value = None, /, **entries: Value) -> Value:
    made = Counter({})
    add_counts(call.run, made, Arguments((values,), entries, call.site, str), 1)
    return made
