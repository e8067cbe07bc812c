"""What remains known when something cannot be followed: everything that it cannot have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.journal import Delta, same
from flake8_paramcount.interpreter.models import SETTLED, Events, ModelObject
from flake8_paramcount.interpreter.repeating import CHANGES, grows, repeated
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    FLAGS,
    MISSING,
    Choice,
    Condition,
    DictObject,
    ListObject,
    Ref,
    Repeat,
    Scope,
    SetObject,
    Value,
)
from flake8_paramcount.records import Event
from flake8_paramcount.unknown import Unknown

Places = set[tuple[Ref, object]]
"""Parts of the state: an object and a key of it, or None for all of it."""


def widen(run: Run, delta: Delta, reason: Unknown, widened: Places) -> bool:
    """Make unknown whatever one round of a loop has changed of what was there before it.

    Whether there was anything that was not seen to change before.
    """
    news = False
    for ref, after in delta.items():
        changed = _changed_places(run, ref, after) - widened
        widened |= changed
        news = news or bool(changed)
        if (ref, None) in changed:
            run.journal.replace(ref, _among_rounds(run, ref, after, reason))
        elif changed:
            among = {key: _in_between(run, key, after.get(key), reason) for _, key in changed}
            run.journal.write(ref).update(among)
    return news


def _in_between(run: Run, key: object, after: Value, reason: Unknown) -> Value:
    """What is there when some rounds have been: what a layer was built as, it stays."""
    if key in FLAGS:
        return run.either
    return after if key in SETTLED else _lost(reason, key)


def give_up(run: Run, tried: Delta, reason: Unknown) -> None:
    """Make unknown whatever was changed on any way through something that broke off."""
    for ref, after in tried.items():
        before = ref.state
        if ref is run.counters:
            continue
        if _is_whole(ref) or not isinstance(before, dict) or not isinstance(after, dict):
            run.journal.replace(ref, _after_rounds(ref, after, reason))
            continue
        changed = (key for key in after if not same(before.get(key, MISSING), after[key]))
        lost = {key: _in_between(run, key, after[key], reason) for key in changed}
        if lost:
            run.journal.write(ref).update(lost)


def soften(run: Run, tried: Delta, reason: Unknown) -> None:
    """Make open whether something has been done: what it would have changed is not known."""
    for ref, after in tried.items():
        before = ref.state
        if ref is run.counters or before is after:
            continue
        if _is_whole(ref) or not isinstance(before, dict) or not isinstance(after, dict):
            happened = isinstance(ref, Events) and isinstance(after, list)
            seen = [*after, Event("elsewhere", reason.site)] if happened else None
            run.journal.replace(ref, seen or reason.holding(after))
            continue
        changed = (key for key in after if not same(before.get(key, MISSING), after[key]))
        open_ = {
            key: run.either if key in FLAGS else reason.holding(before.get(key), after[key])
            for key in changed
        }
        if open_:
            run.journal.write(ref).update(open_)


def _is_whole(ref: Ref) -> bool:
    """Whether an object is known as a whole or not at all."""
    return isinstance(ref, ListObject | DictObject | SetObject)


def _changed_places(run: Run, ref: Ref, after: Any) -> Places:
    if ref is run.counters:
        return set()
    before = ref.state
    if not isinstance(before, dict) or not isinstance(after, dict):
        return {(ref, None)}
    return {(ref, key) for key in before if not same(before[key], after.get(key, MISSING))}


def _among_rounds(run: Run, ref: Ref, after: Any, reason: Unknown) -> Any:
    """The state of a list when some rounds have been: nobody can tell what they have added."""
    if grows(run, ref, after):
        return [*ref.state, Repeat(0, ())]
    return _after_rounds(ref, after, reason)


def keep_fresh(run: Run, delta: Delta, reason: Unknown, count: int | Poly | None) -> None:
    """Apply a loop's round: new objects stay, other changed values are not known behind it."""
    ran = Condition(lambda: "the loop runs at all", reason.site)
    for ref, after in delta.items():
        before = ref.state
        if ref is run.counters:
            run.journal.replace(ref, after)
            continue
        if not isinstance(before, dict) or not isinstance(after, dict):
            layers = repeated(ref, after, count) if grows(run, ref, after) else None
            lost = _after_rounds(ref, after, reason) if layers is None else layers
            run.journal.replace(ref, lost)
            continue
        kept = {
            key: _behind(ran, before.get(key, MISSING), value, reason, key)
            if key not in FLAGS or same(before.get(key), value)
            else run.either
            for key, value in after.items()
        }
        run.journal.replace(ref, kept)


def _after_rounds(ref: Ref, after: Any, reason: Unknown) -> Any:
    """The state of a list behind a loop: unknown, but what happened to a model did happen."""
    if isinstance(ref, Events) and isinstance(after, list):
        return [*after, Event("elsewhere", reason.site)]
    return _changed(reason)


def _behind(ran: Condition, before: Value, after: Value, reason: Unknown, key: object) -> Value:
    if same(before, after):
        return after
    if isinstance(after, int | float) and not isinstance(after, bool):
        return _lost(reason, key)
    return after if before is MISSING else Choice(ran, after, before)


def _lost(reason: Unknown, key: object) -> Unknown:
    text = key if isinstance(key, str) and key.isidentifier() else None
    return Unknown(f"{CHANGES} ({reason.reason})", text, reason.site)


def _changed(reason: Unknown) -> Unknown:
    return Unknown(f"{CHANGES} ({reason.reason})", None, reason.site)


def mentioned(run: Run, node: cst.CSTNode) -> tuple[list[str], list[str]]:
    """The names that a statement reads or binds, and those that it binds; looked for once."""
    found = run.mentioned.get(node)
    if found is None:
        names = list(dict.fromkeys(name.value for name in names_in(node)))
        found = run.mentioned[node] = names, list(dict.fromkeys(_targets(node)))
        run.fuel.burn(len(names))
    return found


def mentioned_values(run: Run, node: cst.CSTNode, scope: Scope) -> Iterator[Value]:
    """What the names stand for that are read in a node."""
    for name in mentioned(run, node)[0]:
        found = binding_of(scope, name)
        if found is not None:
            yield found.state.get(name)


def bound_in(node: cst.CSTNode) -> Iterator[str]:
    """The names that a body binds in its own scope."""
    for target in _target_nodes(node):
        if isinstance(target, cst.Name):
            yield target.value
        elif isinstance(target, cst.Tuple | cst.List):
            yield from (name.value for name in names_in(target))
    if isinstance(node, cst.AsName) and isinstance(node.name, cst.Name):
        yield node.name.value
    if isinstance(node, cst.FunctionDef | cst.ClassDef | cst.Lambda | cst.BaseComp):
        return
    for child in node.children:
        yield from bound_in(child)


def yields(node: cst.CSTNode) -> bool:
    """Whether a statement has a `yield` that is not in a function within."""
    inner = (cst.FunctionDef, cst.Lambda, cst.ClassDef)
    return isinstance(node, cst.Yield) or any(
        yields(child) for child in node.children if not isinstance(child, inner)
    )


def lose_object(run: Run, ref: Ref, unknown: Unknown) -> None:
    """Make the contents of a container or the layers of a model unknown."""
    if isinstance(ref, ModelObject):
        run.journal.replace(ref.layers, unknown)
        run.journal.replace(ref.events, unknown)
    elif _is_whole(ref):
        run.journal.replace(ref, unknown)


def binding_of(scope: Scope | None, name: str) -> Scope | None:
    """The scope that a name is looked up in."""
    while scope is not None and name not in scope.state:
        scope = scope.parent
    return scope


def names_in(node: cst.CSTNode) -> Iterator[cst.Name]:
    """The names in a node, it itself if it is one."""
    if isinstance(node, cst.Name):
        yield node
        return
    for child in node.children:
        yield from names_in(child)


def _targets(node: cst.CSTNode) -> Iterator[str]:
    """The names that a statement binds, in the bodies below it too."""
    for target in _target_nodes(node):
        if isinstance(target, cst.Name):
            yield target.value
        elif isinstance(target, cst.Tuple | cst.List):
            yield from (name.value for name in names_in(target))
    for child in node.children:
        if not isinstance(child, cst.Lambda):
            yield from _targets(child)


def _target_nodes(node: Any) -> list[Any]:
    if isinstance(node, cst.Assign):
        return [target.target for target in node.targets]
    if isinstance(node, cst.For | cst.AugAssign | cst.AnnAssign | cst.NamedExpr):
        return [node.target]
    if isinstance(node, cst.AsName | cst.FunctionDef | cst.ClassDef):
        return [node.name]
    return []
