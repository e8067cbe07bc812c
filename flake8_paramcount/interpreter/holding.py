"""The layers and models that an object of the program holds among its attributes."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.interpreter.classes import keras_kind
from flake8_paramcount.interpreter.inheriting import BASE, stands_for
from flake8_paramcount.interpreter.models import LayerObject, ModelObject, is_input
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tracking import REPLACED
from flake8_paramcount.interpreter.values import DictObject, Instance, ListObject, Value
from flake8_paramcount.unknown import Unknown


def tracked(run: Run, instance: Instance) -> Iterator[Value]:
    """The layers among the attributes, also those in lists and dicts, in order, each once."""
    seen: set[int] = set()
    state = run.journal.read(instance)
    for key, value in ((REPLACED, state.get(REPLACED)), *state.items()):
        hidden = key.startswith("__") and key.endswith("__")
        if key in (BASE, REPLACED) or not hidden:
            for layer in _layers_in(run, value):
                if id(layer) not in seen:
                    seen.add(id(layer))
                    yield layer


def _layers_in(run: Run, value: Value) -> Iterator[Value]:
    run.fuel.burn()
    value = run.journal.force(value)
    if isinstance(value, Unknown):
        value = run.strange.get(value)
    if isinstance(value, LayerObject | ModelObject):
        if not is_input(value):
            yield value
    elif isinstance(value, Instance):
        if keras_kind(run, value.cls) is not None:
            yield stands_for(run, value)
    elif isinstance(value, ListObject):
        for item in run.journal.read(value):
            yield from _layers_in(run, item)
    elif isinstance(value, DictObject):
        for item in run.journal.read(value).values():
            yield from _layers_in(run, item)
    elif type(value) is tuple:
        for item in value:
            yield from _layers_in(run, item)
