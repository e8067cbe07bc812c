"""When Keras builds a Sequential: as soon as its input is known, and once more for what is added.

Layers of Keras' own are the same whenever they are looked at. Code of the program is not: it is run
when Keras would run it, and what it made then is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from flake8_paramcount.interpreter.fence import FAILURES
from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.interpreter.models import (
    MAY_RUN_CODE,
    SETTLED_STEPS,
    LayerObject,
    ModelObject,
    Settled,
    declared_input,
    flows,
    stack,
)
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.values import Instance, NeedSplit, Value
from flake8_paramcount.unknown import Undetermined

_UNFINISHED = (NeedSplit, Undetermined, Raised, OutOfFuel, RecursionError, *FAILURES)


def settle(run: Run, model: ModelObject, added: Sequence[Value] = ()) -> None:
    """Build a Sequential of which the input is known, if that runs code of the program."""
    if model.kind != "sequential" or not _may_run_code(run, model, added):
        return
    if run.bindings or not run.has_code or not _runs_code(run, model):
        return
    made = len(run.models)
    try:
        with run.fuel.half(), run.journal.speculation() as delta:
            shape = declared_input(run, model)
            layers = () if shape is None else tuple(stack(run, model))
            steps = tuple(flows(run, model, shape)) if layers else ()
    except _UNFINISHED:
        del run.models[made:]
        return
    if layers and len(steps) == len(layers):
        run.journal.apply(delta)
        run.journal.write(model)[SETTLED_STEPS] = Settled(shape, layers, steps)


def _may_run_code(run: Run, model: ModelObject, added: Sequence[Value]) -> bool:
    """Whether there may be code in the layers: of those that are there already it is known."""
    if model.state[MAY_RUN_CODE] is False and any(map(_may_be_code, added)):
        run.journal.write(model)[MAY_RUN_CODE] = True
    return model.state[MAY_RUN_CODE] is not False


def _may_be_code(layer: Value) -> bool:
    """What is added to a model later, when it is inside another, may be code."""
    if isinstance(layer, LayerObject):
        return layer.function is not None
    return isinstance(layer, ModelObject | Instance)


def _runs_code(run: Run, model: ModelObject) -> bool:
    held = model.layers.state
    if not isinstance(held, list):
        return False
    run.fuel.sweep(2 * len(held))
    return any(_is_code(run, layer) for layer in held)


def _is_code(run: Run, layer: Value) -> bool:
    if isinstance(layer, ModelObject):
        run.fuel.burn()
        return layer.kind == "sequential" and _runs_code(run, layer)
    return isinstance(layer, Instance) or (
        isinstance(layer, LayerObject) and layer.function is not None
    )
