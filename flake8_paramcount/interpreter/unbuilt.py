"""Models that no input shape is stated of: what their layers prove of it, whatever is fed."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.dims import symbol
from flake8_paramcount.interpreter.models import Flow, LayerObject, ModelObject, entries, flows
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.subclassing import call_on, model_flows
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.keras.shapes import opaque
from flake8_paramcount.unknown import Unknown

WHY = "the input shape is not stated"

# No layer takes an input of a higher rank: ConvLSTM3D takes 6.
MAX_RANK = 6


def unstated_flows(run: Run, model: ModelObject) -> tuple[Shape | None, list[Flow]]:
    """The input that a model without a stated one takes, and its layers on it.

    Inputs of every rank are tried with symbols for their sizes. Where all that fit give a layer
    the same weights, those are its weights, whatever the input will be. The shape is None where
    they differ in anything.
    """
    fitting = [
        (shape, steps)
        for shape in _candidates(run, model)
        if _fits(steps := _tried(run, model, shape))
    ]
    if not fitting or len({len(steps) for _, steps in fitting}) > 1:
        return None, _followed(run, model, None)
    (shape, _), *others = fitting
    kept = _followed(run, model, shape)
    agreed = [_agreed(steps) for steps in zip(kept, *(steps for _, steps in others), strict=True)]
    whole = all(step is first for step, first in zip(agreed, kept, strict=True))
    return shape if whole else None, agreed


def _tried(run: Run, model: ModelObject, shape: Shape) -> list[Flow]:
    """The layers of a model on an input that it may not take: nothing in it is built for that."""
    with run.journal.speculation():
        return _followed(run, model, shape)


def _followed(run: Run, model: ModelObject, shape: Shape | None) -> list[Flow]:
    """The layers of a model on an input of this shape; what follows `call` is not kept."""
    if model.kind != "subclassed":
        return list(flows(run, model, shape))
    instance = model.state["instance"]
    with run.journal.speculation():
        if shape is not None:
            call_on(run, instance, shape)
        return model_flows(run, instance)


def _candidates(run: Run, model: ModelObject) -> Iterator[Shape]:
    """Inputs of every rank; just one where an Embedding states the length of what is fed."""
    layers = entries(run, model) if model.kind == "sequential" else []
    first = layers[0] if layers else None
    if isinstance(first, LayerObject) and first.length is not None:
        yield Shape((None, first.length))
        return
    features = symbol("input_shape[-1]", lower=1, reason=WHY)
    for rank in range(2, MAX_RANK + 1):
        yield Shape((None, *(opaque(WHY) for _ in range(rank - 2)), features))


def _fits(steps: list[Flow]) -> bool:
    return all(step.fault is None or step.fault.kind == "argument" for step in steps)


def _agreed(steps: tuple[Flow, ...]) -> Flow:
    """What holds of a layer for inputs of all these ranks."""
    first = steps[0]
    if any(_weights(step) != _weights(first) for step in steps):
        return Flow(first.layer, None, unknown=Unknown(WHY), inbound=first.inbound)
    outputs = {step.output for step in steps}
    if len(outputs) == 1 or first.built is None or _last_alike(steps):
        return first
    return first._replace(built=first.built._replace(output=Shape(Unknown(WHY))))


def _weights(step: Flow) -> object:
    return None if step.built is None else [weight.shape for weight in step.built.weights]


def _last_alike(steps: tuple[Flow, ...]) -> bool:
    """Whether every rank leads to the same last axis, so that the lowest rank can stand for all."""
    shapes = [step.output for step in steps]
    if not all(isinstance(shape, Shape) and shape.known and shape.dims for shape in shapes):
        return False
    return len({shape.dims[-1] for shape in shapes if isinstance(shape, Shape)}) == 1
