"""Models that Keras 1 merges at the start of another: `Merge([left, right], mode="concat")`."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.interpreter.construct import ModelLayer
from flake8_paramcount.interpreter.freezing import Wrapped
from flake8_paramcount.interpreter.models import (
    Flow,
    LayerObject,
    ModelObject,
    apply_layer,
    declared_input,
    entries,
    first_of,
    flow,
)
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.keras.layer import BoundLayer, Built, Fault, Shape
from flake8_paramcount.unknown import Undetermined, Unknown


def begins_with_branches(run: Run, model: ModelObject) -> bool:
    """Whether a model takes what other models put out, and so needs no input of its own."""
    first = next(iter(entries(run, model)), None)
    bound = first.bound if isinstance(first, LayerObject) and first.class_name == "Merge" else None
    return bound is not None and bool(bound.arguments["layers"])


def merge_flow(run: Run, layer: LayerObject, bound: BoundLayer) -> Flow:
    """The layer that merges models, with all that is in them."""
    inner = tuple(_branches(run, bound))
    step = Flow(layer, None, inner=inner)
    for each in inner:
        if each.fault is not None:
            return step._replace(fault=each.fault)
        if not isinstance(each.output, Shape):
            why = first_of(each.unknown, Unknown("what a merged model puts out"))
            return step._replace(unknown=why)
    shapes = tuple(each.output for each in inner if isinstance(each.output, Shape))
    weights = tuple(weight for each in inner if each.built for weight in each.built.weights)
    step = step._replace(inputs=shapes)
    try:
        made = apply_layer(run, layer, shapes)
    except Fault as fault:
        return step._replace(fault=fault)
    except Undetermined as stop:
        return step._replace(built=Built(weights, Shape(stop.unknown)))
    return step._replace(built=Built(weights, made.output))


def _branches(run: Run, bound: BoundLayer) -> Iterator[Flow]:
    for branch in bound.arguments["layers"]:
        if isinstance(branch, ModelLayer):
            yield flow(run, branch.model, declared_input(run, branch.model), 0)
        elif isinstance(branch, Wrapped) and isinstance(branch.owner, LayerObject):
            yield flow(run, branch.owner, branch.owner.shape, 0)
        else:
            why = branch if isinstance(branch, Unknown) else Unknown("a merged layer")
            yield Flow(branch, None, unknown=why)
