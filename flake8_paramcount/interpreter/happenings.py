"""The log of what a program does with its models, which rules about training read."""

from __future__ import annotations

from flake8_paramcount.interpreter.models import ModelObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import ListObject, NeedSplit, Value
from flake8_paramcount.records import Event
from flake8_paramcount.unknown import Undetermined


def note(run: Run, model: ModelObject, event: Event) -> None:
    """Note what the program does with a model."""
    try:
        run.journal.write(model.events).append(event)
    except (NeedSplit, Undetermined):
        # What happened before is not known either.
        return


def noted(run: Run, model: ModelObject) -> list[Event]:
    """What the program has done with a model so far, as far as that is known."""
    try:
        return [event for event in run.journal.read(model.events) if isinstance(event, Event)]
    except (NeedSplit, Undetermined):
        return []


def escape(run: Run, *values: Value) -> None:
    """Note that models are handed to something that is not followed."""
    for value in values:
        value = run.journal.resolve(value)
        if isinstance(value, ModelObject):
            note(run, value, Event("elsewhere", run.site(run.statement)))
        elif type(value) is tuple:
            escape(run, *value)
        elif isinstance(value, ListObject) and isinstance(value.state, list):
            escape(run, *value.state)
