"""What code has changed that was not followed: whatever it can reach, in the ways in which it does.

The code is only looked at, with all functions and methods that it may call. Objects of the program
are told apart from what it does: a training loop changes its lists, but adds no layer to its model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import libcst as cst

from flake8_paramcount.interpreter.adapting import CHANGES
from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.interpreter.havoc import binding_of, lose_object, mentioned, yields
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
_RESTACKS = frozenset({"add", "pop", "insert", "layers", "_layers"})

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
    if isinstance(ref, Instance | ClassObject):
        own = [name for name in ref.state if isinstance(name, str) and not name.startswith("__")]
        for name in own if sets_any else reach.sets:
            run.journal.write(ref)[name] = Unknown(unknown.reason, None, unknown.site)
        return
    if isinstance(ref, LayerObject | ModelObject):
        if sets_any or "trainable" in reach.sets:
            flag = Unknown(unknown.reason, None, unknown.site)
            run.journal.write(ref)["trainable"] = flag
        if isinstance(ref, LayerObject) and not _ADAPTS.isdisjoint(reach.words):
            run.journal.write(ref)[CHANGES] = unknown
        if isinstance(ref, LayerObject):
            _restate(run, ref, reach, unknown, sets_any)
            return
    if isinstance(ref, ModelObject) and _RESTACKS.isdisjoint(reach.uses) and not sets_any:
        run.journal.replace(ref.events, unknown)
        return
    lose_object(run, ref, unknown)


def _restate(run: Run, layer: LayerObject, reach: Reach, unknown: Unknown, sets_any: bool) -> None:
    """An argument of a layer that is set before it is built is what it is built with."""
    from flake8_paramcount.interpreter.restating import set_on_layer

    parameters = () if layer.bound is None else layer.bound.spec.parameters
    for name in parameters if sets_any else reach.sets.intersection(parameters):
        set_on_layer(run, layer, name, unknown)


class Deeds(NamedTuple):
    """What a piece of code does: the attributes that it reads and sets, what it binds outside."""

    uses: frozenset[str]
    sets: frozenset[str]
    outer: frozenset[str]


class Reach:
    """A walk through code and the objects that it names, as far as they lead to more code."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._seen: set[int] = set()
        self._waiting: list[Value] = []
        self._members: list[tuple[str, Value]] = []
        self.words: set[str] = set()
        self.uses: set[str] = set()
        self.sets: set[str] = set()
        self.outer: set[tuple[Scope, str]] = set()
        self.objects: list[Ref] = []

    def look_at(self, node: cst.CSTNode, scope: Scope, receiver: str | None = None) -> None:
        """Code that is there to run, where its names are looked up, and what it calls itself."""
        if id(node) in self._seen:
            return
        self._run.fuel.burn()
        self._seen.add(id(node))
        names, _ = mentioned(self._run, node)
        deeds = self._deeds(node, receiver)
        self.words.update(names)
        self.uses |= deeds.uses
        self.sets |= deeds.sets
        for name in names:
            owner = binding_of(scope, name)
            if owner is not None:
                self._waiting.append(owner.state[name])
        for name in deeds.outer:
            owner = binding_of(scope, name)
            self.outer.add((owner or scope.module, name))

    def _deeds(self, node: cst.CSTNode, receiver: str | None) -> Deeds:
        found: Deeds | None = self._run.deeds.get(node)
        if found is None:
            sets, outer = frozenset(_sets(node, receiver)), frozenset(_outer(node))
            found = self._run.deeds[node] = Deeds(frozenset(_uses(node)), sets, outer)
        return found

    def give_up(self, scope: Scope) -> None:
        """Too much to look at: it may do what is done anywhere, to all models and names."""
        everything = self._run.mentions
        self.words |= everything.names
        self.uses |= everything.attributes
        self.sets |= everything.sets
        if self._run.project is not None and self._run.project.modules:
            self.words |= _SETS_ANY
        found: Scope | None = scope
        while found is not None:
            self.outer |= {(found, name) for name in self._run.mentions.outer}
            self.objects += (value for value in found.state.values() if isinstance(value, Ref))
            found = found.parent
        self.objects += self._run.models

    def go_on(self) -> None:
        """Follow the objects to the end, and the methods whose names are mentioned."""
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
            makes = value.name == "__init__" and value.parameters
            self.look_at(value.node, value.scope, value.parameters[0].name if makes else None)
        elif not isinstance(value, int | str | float) and id(value) not in self._seen:
            self._run.fuel.burn()
            self._seen.add(id(value))
            if isinstance(value, ClassObject):
                self._of_class(value)
                return
            if isinstance(value, Ref):
                self.objects.append(value)
            if isinstance(value, Instance):
                self._waiting.append(value.cls)
            # The stack of a model changes with the model, not like a list that code has got.
            stack = value.layers if isinstance(value, ModelObject) else None
            self._waiting.extend(part for part in inside(self._run, value) if part is not stack)

    def _of_class(self, cls: ClassObject) -> None:
        self._waiting.extend(cls.bases)
        self.objects.append(cls)
        if not isinstance(cls.state, dict):
            return
        for name, value in cls.state.items():
            special = name.startswith("__") and name.endswith("__")
            if special or not isinstance(value, Function | Property):
                self._waiting.append(value)
            else:
                self._members.append((name, value))


def _sets(node: cst.CSTNode, receiver: str | None) -> Iterator[str]:
    """The attributes that code sets or deletes; not those of the object that it makes."""
    for target in _targets(node):
        yield from _set_in(target, receiver)
    for child in node.children:
        yield from _sets(child, receiver)


def _set_in(target: cst.CSTNode, receiver: str | None) -> Iterator[str]:
    if isinstance(target, cst.Attribute):
        owner = target.value
        if not isinstance(owner, cst.Name) or owner.value != receiver:
            yield target.attr.value
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from _set_in(element.value, receiver)


def _targets(node: Any) -> list[cst.CSTNode]:
    if isinstance(node, cst.Assign):
        return [each.target for each in node.targets]
    if isinstance(node, cst.For | cst.AugAssign | cst.AnnAssign | cst.Del | cst.CompFor):
        return [node.target]
    if isinstance(node, cst.AsName):
        return [node.name]
    return []


def _uses(node: cst.CSTNode) -> Iterator[str]:
    """The attributes that code reads, but for the modules of Keras."""
    if isinstance(node, cst.Attribute):
        owner = node.value.attr if isinstance(node.value, cst.Attribute) else node.value
        if not isinstance(owner, cst.Name) or owner.value != "keras":
            yield node.attr.value
    for child in node.children:
        yield from _uses(child)


def _outer(node: cst.CSTNode) -> Iterator[str]:
    """The names that functions in a piece of code declare `global` or `nonlocal`."""
    if isinstance(node, cst.Global | cst.Nonlocal):
        yield from (item.name.value for item in node.names)
    for child in node.children:
        yield from _outer(child)
