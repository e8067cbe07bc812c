"""The log of what a program does with its models, which rules about training read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flake8_paramcount.interpreter.models import ModelObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import ListObject, NeedSplit, Value, are_constants
from flake8_paramcount.records import Event
from flake8_paramcount.unknown import Undetermined


def note(run: Run, model: ModelObject, event: Event) -> None:
    """Note what the program does with a model."""
    try:
        run.journal.write(model.events).append(event)
    except (NeedSplit, Undetermined):
        # What happened before is not known either.
        return


def noted(run: Run, model: ModelObject) -> Iterator[Event]:
    """What the program has done with a model, the latest first, as far as that is known."""
    try:
        events = run.journal.read(model.events)
    except (NeedSplit, Undetermined):
        return
    yield from (event for event in reversed(events) if isinstance(event, Event))


def escape(run: Run, *values: Value) -> None:
    """Note that models are handed to something that is not followed."""
    waiting = list(values)
    # A list may hold itself, or another one many times over.
    met: set[int] = set()
    while waiting:
        value = run.journal.resolve(waiting.pop())
        if type(value) is tuple:
            waiting.extend(_followed(run, value))
        elif not isinstance(value, ModelObject | ListObject) or id(value) in met:
            continue
        elif isinstance(value, ModelObject):
            note(run, value, Event("elsewhere", run.site(run.statement)))
        elif isinstance(value.state, list):
            waiting.extend(_followed(run, value.state))
        met.add(id(value))


def _followed(run: Run, items: Sequence[Value]) -> Sequence[Value]:
    """What may be a model, or have one in it, among many items."""
    if are_constants(items):
        run.fuel.sweep(len(items))
        return ()
    run.fuel.walk(len(items))
    return items
