"""What remains known when something cannot be followed: everything that it cannot have changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from flake8_paramcount.interpreter.journal import Delta, same
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.models import ModelObject
from flake8_paramcount.interpreter.values import (
    MISSING,
    Choice,
    Condition,
    DictObject,
    ListObject,
    Ref,
    Scope,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Unknown


def widen(run: Run, delta: Delta, reason: Unknown) -> None:
    """Make unknown whatever one round of a loop has changed of what was there before it."""
    for ref, after in delta.items():
        if ref is run.counters:
            continue
        before = ref.state
        if not isinstance(before, dict) or not isinstance(after, dict):
            run.journal.replace(ref, _changed(reason))
            continue
        changed = [key for key in before if not same(before[key], after.get(key, MISSING))]
        if changed:
            run.journal.write(ref).update({key: _lost(reason, key) for key in changed})


def keep_fresh(run: Run, delta: Delta, reason: Unknown) -> None:
    """Apply a loop's round: new objects stay, other changed values are not known behind the loop."""
    ran = Condition(lambda: "the loop runs at all", reason.site)
    for ref, after in delta.items():
        before = ref.state
        if ref is run.counters:
            run.journal.replace(ref, after)
            continue
        if not isinstance(before, dict) or not isinstance(after, dict):
            run.journal.replace(ref, _changed(reason))
            continue
        kept = {
            key: _behind(ran, before.get(key, MISSING), value, reason, key)
            for key, value in after.items()
        }
        run.journal.replace(ref, kept)


def _behind(ran: Condition, before: Value, after: Value, reason: Unknown, key: object) -> Value:
    if same(before, after):
        return after
    if isinstance(after, int | float) and not isinstance(after, bool):
        return _lost(reason, key)
    return after if before is MISSING else Choice(ran, after, before)


def _lost(reason: Unknown, key: object) -> Unknown:
    text = key if isinstance(key, str) and key.isidentifier() else None
    return Unknown(f"it changes in a loop of unknown length ({reason.reason})", text, reason.site)


def _changed(reason: Unknown) -> Unknown:
    return Unknown(f"it changes in a loop of unknown length ({reason.reason})", None, reason.site)


def lose(run: Run, node: cst.CSTNode, unknown: Unknown) -> None:
    """Make unknown whatever a statement that is not followed may have changed."""
    for name in _names(node):
        scope = _binding(run.scope, name.value)
        value = scope.state.get(name.value, MISSING) if scope is not None else MISSING
        if isinstance(value, Ref):
            lose_object(run, value, unknown)
    for target in _targets(node):
        run.journal.write(run.scope)[target] = Unknown(unknown.reason, target, unknown.site)


def lose_object(run: Run, ref: Ref, unknown: Unknown) -> None:
    """Make the contents of a container or the layers of a model unknown."""
    if isinstance(ref, ModelObject):
        run.journal.replace(ref.layers, unknown)
    elif isinstance(ref, ListObject | DictObject | SetObject):
        run.journal.replace(ref, unknown)


def _binding(scope: Scope | None, name: str) -> Scope | None:
    while scope is not None and name not in scope.state:
        scope = scope.parent
    return scope


def _names(node: cst.CSTNode) -> Iterator[cst.Name]:
    for child in node.children:
        if isinstance(child, cst.Name):
            yield child
        else:
            yield from _names(child)


def _targets(node: cst.CSTNode) -> Iterator[str]:
    """The names that a statement binds, in the bodies below it too."""
    for target in _target_nodes(node):
        if isinstance(target, cst.Name):
            yield target.value
        elif isinstance(target, cst.Tuple | cst.List):
            yield from (name.value for name in _names(target))
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
