"""Layers that a loop of unknown length adds: as many rounds as a symbol says.

Where every round adds layers of the same weights, their count is a product: `n·(64·64 + 64)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from flake8_paramcount.dims import Dim, Poly, bounds, symbol
from flake8_paramcount.interpreter.models import Flow, LayerObject, flow
from flake8_paramcount.interpreter.operators import as_integer
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    ListObject,
    NeedSplit,
    Qualified,
    Ref,
    Repeat,
    Value,
)
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.unknown import Unknown

# How the reason of a value begins that differs from round to round.
CHANGES = "it changes in a loop of unknown length"


def rounds_of(run: Run, node: cst.For | cst.While | cst.CompFor) -> int | Poly | None:
    """How often a `for` runs: a symbol, named by what its length is in the source."""
    if not isinstance(node, cst.For | cst.CompFor):
        return None
    count = _range_argument(node.iter)
    if count is not None:
        found = run.attempt(lambda: run.operand(run.evaluate(count)))
        return _named(as_integer(found))
    text = run.text(node.iter)()
    return symbol(f"len({text})", lower=0, reason="a loop of unknown length", site=run.site(node))


def _range_argument(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """`n` of `range(n)`."""
    if not (isinstance(node, cst.Call) and isinstance(node.func, cst.Name)):
        return None
    is_range = node.func.value == "range" and len(node.args) == 1
    return node.args[0].value if is_range and not node.args[0].star else None


def _named(count: int | Poly | None) -> int | Poly | None:
    return None if isinstance(count, Poly) and count.opaque else count


def grows(run: Run, ref: Ref, after: Any) -> bool:
    """Whether a round has only added layers to a Sequential."""
    before = ref.state
    if not isinstance(ref, ListObject) or not isinstance(before, list):
        return False
    if not isinstance(after, list) or len(after) <= len(before):
        return False
    kept = all(one is other for one, other in zip(before, after, strict=False))
    return kept and any(model.layers is ref for model in run.models)


def repeated(ref: Ref, after: list[Value], count: int | Poly | None) -> list[Value] | None:
    """The layers behind the loop, if every round adds the same; None if that is not certain."""
    *before, rounds = ref.state
    added = after[len(before) + 1 :]
    if count is None or not isinstance(rounds, Repeat):
        return None
    if not all(_is_steady(layer, rounds) for layer in added):
        return None
    return [*before, Repeat(count, tuple(added))]


def _is_steady(layer: Value, rounds: Repeat) -> bool:
    """Whether a layer is made anew in every round, from arguments that do not change."""
    if not isinstance(layer, LayerObject) or layer.bound is None or layer.birth < rounds.birth:
        return False
    return not any(_changes(value) for value in layer.bound.arguments.values())


def _changes(value: Value) -> bool:
    if isinstance(value, Unknown):
        return value.reason.startswith(CHANGES)
    if isinstance(value, Poly):
        return any((part.reason or "").startswith(CHANGES) for part in value.symbols())
    if type(value) is tuple:
        return any(map(_changes, value))
    return isinstance(value, Qualified)


def repeated_flows(run: Run, repeat: Repeat, shapes: Shapes | None, index: int) -> Iterator[Flow]:
    """The layers of a repeat: those of the first round, and those of all others."""
    first, behind = _round(run, repeat, shapes, index)
    if _alike(shapes, behind):
        yield from (step._replace(times=repeat.count) for step in first)
        return
    if not _runs(run, repeat.count):
        return
    second, behind_second = _round(run, repeat, behind, index)
    if not _alike(behind, behind_second):
        why = Unknown("each round of a loop of unknown length adds other weights")
        yield from (Flow(step.layer, None, unknown=why, inbound=step.inbound) for step in first)
        return
    yield from first
    others = repeat.count - 1
    yield from (step._replace(times=others) for step in second)


def _round(
    run: Run, repeat: Repeat, shapes: Shapes | None, index: int
) -> tuple[list[Flow], Shapes | None]:
    steps = []
    for offset, layer in enumerate(repeat.layers):
        step = flow(run, layer, shapes, index + offset)
        steps.append(step)
        shapes = step.output
    return steps, shapes


def _alike(one: Shapes | None, other: Shapes | None) -> bool:
    """Whether the same flows out as flowed in, so that another round does the same."""
    if not isinstance(one, Shape) or not isinstance(other, Shape):
        return False
    return one.known and other.known and one.dims == other.dims


def _runs(run: Run, count: Dim) -> bool:
    """Whether the loop runs at all. Raises `NeedSplit` where that is not decided."""
    lower, upper = bounds(count)
    if lower is not None and lower >= 1:
        return True
    if upper is not None and upper <= 0:
        return False
    condition = run.condition(("runs", count), lambda: f"{count} >= 1")
    holds = run.journal.decided(condition)
    if holds is None:
        raise NeedSplit(condition)
    return holds
