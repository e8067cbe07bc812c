"""What flows into a layer or model that has no input shape of its own: what built it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from flake8_paramcount.interpreter.fence import why_lost
from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.interpreter.models import (
    BUILT_OTHERWISE,
    Flow,
    LayerObject,
    ModelObject,
    declared_input,
    flows,
    stack,
)
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import NeedSplit
from flake8_paramcount.keras.layer import Built, Fault, Shape
from flake8_paramcount.unknown import Undetermined


def note_inputs(run: Run) -> None:
    """Note what flows into each part of the models that state their input, if any does not."""
    if not any(_is_open(run, model) for model in run.models):
        return
    for model in run.models:
        if model.kind == "subclassed" or model.facts:
            continue
        with run.fuel.half(), run.journal.speculation():
            try:
                _note_all(run, model)
            except (NeedSplit, Undetermined):
                continue
            except Exception as error:
                why_lost(error)


def _note_all(run: Run, model: ModelObject) -> None:
    shape = declared_input(run, model) if model.kind == "sequential" else None
    if shape is not None or model.kind != "sequential":
        for step in flows(run, model, shape):
            _note(run, step)


def _is_open(run: Run, model: ModelObject) -> bool:
    try:
        return model.kind == "sequential" and declared_input(run, model) is None
    except (NeedSplit, Undetermined, RecursionError, OutOfFuel):
        return False


def _note(run: Run, step: Flow) -> None:
    if isinstance(step.inputs, Shape) and step.inputs.known and step.built is not None:
        run.inputs.setdefault(id(step.layer), step.inputs)
    for inner in step.inner:
        _note(run, inner)


def once_built(run: Run, steps: Sequence[Flow]) -> list[Flow]:
    """The layers of a model; Keras refuses one that another model has built for other inputs."""
    return [_first_build(run, step) for step in steps]


def _first_build(run: Run, step: Flow) -> Flow:
    layer = step.layer
    if step.built is None or not isinstance(layer, LayerObject) or run.journal.facts:
        return step
    called = run.journal.resolve(layer.state["built"])
    before = called if isinstance(called, Built) else run.built.setdefault(id(layer), step.built)
    if [weight.shape for weight in before.weights] == [each.shape for each in step.built.weights]:
        return step
    return step._replace(built=None, fault=Fault("input", BUILT_OTHERWISE))


def input_elsewhere(run: Run, model: ModelObject) -> Shape | None:
    """What the model was built for as a part of another."""
    return run.inputs.get(id(model))


def input_of_first(run: Run, model: ModelObject) -> Shape | None:
    """What the model's first layer was built for, in another model."""
    layers = stack(run, model)
    first = layers[0] if layers else None
    return run.inputs.get(id(first)) if isinstance(first, LayerObject) else None
