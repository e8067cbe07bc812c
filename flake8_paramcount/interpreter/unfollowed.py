"""What code has changed that was not followed: whatever it can reach, in the ways in which it does.

The code is only looked at, with all functions and methods that it may call. Objects of the program
are told apart from what it does: a training loop changes its lists, but adds no layer to its model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

import libcst as cst

from flake8_paramcount.interpreter.adapting import CHANGES
from flake8_paramcount.interpreter.classes import lineage
from flake8_paramcount.interpreter.freezing import open_flag
from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.interpreter.havoc import (
    binding_of,
    lose_object,
    mentioned,
    names_in,
    yields,
)
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.possible import inside
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    BoundMethod,
    ClassObject,
    Function,
    Instance,
    Property,
    Ref,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# What code mentions that adds layers to a model, or takes some away.
_RESTACKS = frozenset({"add", "pop", "_layers", "_self_tracked_trackables"})

# What changes the list of a model's layers, which the oldest Keras hands out itself.
_CHANGES_LISTS = frozenset({"append", "extend", "insert", "remove", "clear", "reverse", "sort"})

# What code mentions that may set any attribute of anything.
_SETS_ANY = frozenset(
    {"setattr", "delattr", "getattr", "vars", "__dict__", "__setattr__", "exec", "eval"}
)

# What code mentions that gives a layer other weights.
_ADAPTS = frozenset({"enable_lora", "quantize"})


def lose(run: Run, node: cst.CSTNode, unknown: Unknown) -> None:
    """Make unknown whatever a statement that is not followed may have changed.

    Raises `Undetermined` for one that yields: nobody can tell how the generator goes on.
    """
    if (
        run.mentions.yields
        and not isinstance(node, cst.FunctionDef | cst.ClassDef)
        and yields(node)
    ):
        raise Undetermined(unknown)
    lose_reached(run, node, run.scope, unknown)
    for target in mentioned(run, node)[1]:
        run.journal.write(run.scope)[target] = Unknown(unknown.reason, target, unknown.site)


def lose_reached(run: Run, node: cst.CSTNode, scope: Scope, unknown: Unknown | None = None) -> None:
    """Make unknown what a piece of code may change whenever it runs."""
    if unknown is None:
        unknown = Unknown(
            "it may be changed by what is not followed", None, run.site(run.statement)
        )
    reach = Reach(run)
    try:
        with run.fuel.rescuing():
            reach.look_at(node, scope)
            reach.go_on()
    except OutOfFuel:
        reach.give_up(scope)
    for owner, name in reach.outer:
        if name in owner.state:
            run.journal.write(owner)[name] = Unknown(unknown.reason, name, unknown.site)
    for ref in reach.objects:
        _change(run, ref, reach, unknown)


def _change(run: Run, ref: Ref, reach: Reach, unknown: Unknown) -> None:
    sets_any = not _SETS_ANY.isdisjoint(reach.words)
    sets = {name for name, receiver in reach.sets if reach.may_be(receiver, ref)}
    if isinstance(ref, Instance | ClassObject):
        own = [name for name in ref.state if isinstance(name, str) and not name.startswith("__")]
        for name in own if sets_any else sets:
            run.journal.write(ref)[name] = Unknown(unknown.reason, None, unknown.site)
    elif isinstance(ref, LayerObject | ModelObject):
        if sets_any or "trainable" in sets:
            open_flag(run, ref, unknown)
        if isinstance(ref, LayerObject):
            _change_layer(run, ref, reach, unknown, None if sets_any else sets)
        elif sets_any or any(reach.may_be(receiver, ref) for receiver in reach.restacks):
            lose_object(run, ref, unknown)
        else:
            run.journal.replace(ref.events, unknown)
    else:
        lose_object(run, ref, unknown)


def _change_layer(
    run: Run, layer: LayerObject, reach: Reach, unknown: Unknown, sets: set[str] | None
) -> None:
    """LoRA, and arguments that are set before the layer is built: it is built with them."""
    from flake8_paramcount.interpreter.restating import set_on_layer

    if not _ADAPTS.isdisjoint(reach.words):
        run.journal.write(layer)[CHANGES] = unknown
    parameters = () if layer.bound is None else layer.bound.spec.parameters
    for name in parameters if sets is None else sets.intersection(parameters):
        set_on_layer(run, layer, name, unknown)


Receiver: TypeAlias = "str | ClassObject"
"""What an attribute is used of: what has that name, an object of that class, or (empty) any."""

ANYTHING = ""

# The methods that make an object what it is; what they set is not changed by running them.
_MAKING = frozenset({"__init__", "build"})


class Deeds(NamedTuple):
    """What a piece of code does, its receivers by their names: it sets attributes and restacks.

    And the names that it binds itself, and those that it declares to be from outside.
    """

    sets: frozenset[tuple[str, str]]
    restacks: frozenset[str]
    bound: frozenset[str]
    outer: frozenset[str]


class Reach:
    """A walk through code and the objects that it names, as far as they lead to more code."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._seen: set[int] = set()
        self._waiting: list[Value] = []
        self._members: list[tuple[str, Value]] = []
        self._named: dict[str, list[Value]] = {}
        self.words: set[str] = set()
        self.sets: set[tuple[str, Receiver]] = set()
        self.restacks: set[Receiver] = set()
        self.outer: set[tuple[Scope, str]] = set()
        self.objects: list[Ref] = []

    def may_be(self, receiver: Receiver, ref: Ref) -> bool:
        """Whether what an attribute is used of may be this object."""
        if isinstance(receiver, ClassObject):
            owner = ref.state.get("instance") if isinstance(ref, ModelObject) else ref
            return isinstance(owner, Instance) and receiver in lineage(self._run, owner.cls)
        found = self._named.get(receiver)
        changes = any(name == receiver for name, _ in self.sets)
        return changes or not found or any(value is ref or not _is_told(value) for value in found)

    def look_at(self, node: cst.CSTNode, scope: Scope, function: Function | None = None) -> None:
        """Code that is there to run, where its names are looked up, and what it calls itself."""
        if id(node) in self._seen:
            return
        self._run.fuel.burn()
        self._seen.add(id(node))
        names, _ = mentioned(self._run, node)
        self.words.update(names)
        for name in names:
            owner = binding_of(scope, name)
            if owner is not None:
                self._know(name, owner.state[name])
        self._take(self._deeds(node), scope, function)

    def _know(self, name: str, value: Value) -> None:
        self._named.setdefault(name, []).append(self._run.journal.resolve(value))
        self._waiting.append(value)

    def _take(self, deeds: Deeds, scope: Scope, function: Function | None) -> None:
        """Take up what code does; its `self` is an object of the class that it belongs to."""
        owner = function.owner if function is not None else None

        def receiver(name: str) -> Receiver:
            if name == "self" and owner is not None:
                return owner
            return ANYTHING if name in deeds.bound else name

        makes = function is not None and function.name in _MAKING
        for attribute, name in deeds.sets:
            if not (makes and receiver(name) is owner):
                self.sets.add((attribute, receiver(name)))
        self.restacks |= set(map(receiver, deeds.restacks))
        for name in deeds.outer:
            self.outer.add((binding_of(scope, name) or scope.module, name))

    def _deeds(self, node: cst.CSTNode) -> Deeds:
        found: Deeds | None = self._run.deeds.get(node)
        if found is None:
            bound = frozenset(mentioned(self._run, node)[1]) | frozenset(_parameters(node))
            restacks, outer = frozenset(_restacks(node)), frozenset(_outer(node))
            found = self._run.deeds[node] = Deeds(frozenset(_sets(node)), restacks, bound, outer)
        return found

    def give_up(self, scope: Scope) -> None:
        """Too much to look at: it may do what is done anywhere, to all models and names."""
        everything = self._run.mentions
        self.words |= everything.names
        self.sets |= {(name, ANYTHING) for name in everything.sets}
        if not _RESTACKS.isdisjoint(everything.attributes):
            self.restacks.add(ANYTHING)
        if self._run.project is not None and self._run.project.modules:
            self.words |= _SETS_ANY
        found: Scope | None = scope
        while found is not None:
            self.outer |= {(found, name) for name in self._run.mentions.outer}
            self.objects += (value for value in found.state.values() if isinstance(value, Ref))
            found = found.parent
        self.objects += self._run.models

    def go_on(self) -> None:
        """Follow the objects to the end, and the methods whose names are mentioned.

        Those that make an object run where its class is called by name.
        """
        while True:
            while self._waiting:
                self._follow(self._run.journal.resolve(self._waiting.pop()))
            called = [value for name, value in self._members if name in self.words]
            self._members = [each for each in self._members if each[0] not in self.words]
            self._waiting.extend(called)
            if not called:
                return

    def _follow(self, value: Value) -> None:
        if isinstance(value, BoundMethod):
            self._waiting += [value.receiver, value.function]
        elif isinstance(value, Property):
            self._waiting.append(value.getter)
        elif isinstance(value, Function):
            self.look_at(value.node, value.scope, value)
        elif isinstance(value, ClassObject):
            # A class that the code has got may be called in it.
            self.words.add(value.name)
            self._of_class(value)
        elif not isinstance(value, int | str | float) and id(value) not in self._seen:
            self._run.fuel.burn()
            self._seen.add(id(value))
            if isinstance(value, Ref):
                self.objects.append(value)
            if isinstance(value, Instance):
                self._of_instance(value)
                return
            # The stack of a model changes with the model, not like a list that code has got.
            stack = value.layers if isinstance(value, ModelObject) else None
            self._waiting.extend(part for part in inside(self._run, value) if part is not stack)

    def _of_instance(self, instance: Instance) -> None:
        self._of_class(instance.cls)
        if isinstance(instance.state, dict):
            for name, value in instance.state.items():
                self._know(str(name), value)

    def _of_class(self, cls: ClassObject) -> None:
        if id(cls) in self._seen:
            return
        self._seen.add(id(cls))
        line = [each for each in lineage(self._run, cls) if isinstance(each, ClassObject)]
        for each in line:
            self._of_body(each, cls.name)

    def _of_body(self, cls: ClassObject, name_called: str) -> None:
        self.objects.append(cls)
        if not isinstance(cls.state, dict):
            return
        for name, value in cls.state.items():
            special = name.startswith("__") and name.endswith("__")
            if name in _MAKING:
                self._members.append((name_called, value))
            elif special or not isinstance(value, Function | Property):
                self._know(name, value)
            else:
                self._members.append((name, value))


def _is_told(value: Value) -> bool:
    """Whether it is known which object a value is."""
    return isinstance(value, Ref | str | int | float | tuple) or value is None


def _receiver(node: cst.BaseExpression) -> str:
    """The last name of what an attribute is used of; nothing where it has none."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ANYTHING


def _sets(node: cst.CSTNode) -> Iterator[tuple[str, str]]:
    """The attributes that code sets or deletes, and of what."""
    for target in _targets(node):
        yield from _set_in(target)
    for child in node.children:
        yield from _sets(child)


def _set_in(target: cst.CSTNode) -> Iterator[tuple[str, str]]:
    if isinstance(target, cst.Attribute):
        yield target.attr.value, _receiver(target.value)
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _set_in(element.value)


def _targets(node: Any) -> list[cst.CSTNode]:
    if isinstance(node, cst.Assign):
        return [each.target for each in node.targets]
    if isinstance(node, cst.For | cst.AugAssign | cst.AnnAssign | cst.Del | cst.CompFor):
        return [node.target]
    if isinstance(node, cst.AsName):
        return [node.name]
    return []


def _restacks(node: cst.CSTNode) -> Iterator[str]:
    """Of what code uses the attributes that restack a model; modules of Keras are no models."""
    if isinstance(node, cst.Attribute):
        receiver = _receiver(node.value)
        if node.attr.value in _RESTACKS and receiver != "keras":
            yield receiver
        elif node.attr.value in _CHANGES_LISTS and receiver == "layers":
            yield ANYTHING
    for child in node.children:
        yield from _restacks(child)


def _parameters(node: cst.CSTNode) -> Iterator[str]:
    """The parameters of the functions in a piece of code, and what its comprehensions bind."""
    if isinstance(node, cst.Param):
        yield node.name.value
    if isinstance(node, cst.CompFor):
        yield from (name.value for name in names_in(node.target))
    for child in node.children:
        yield from _parameters(child)


def _outer(node: cst.CSTNode) -> Iterator[str]:
    """The names that functions in a piece of code declare `global` or `nonlocal`."""
    if isinstance(node, cst.Global | cst.Nonlocal):
        yield from (item.name.value for item in node.names)
    for child in node.children:
        yield from _outer(child)
