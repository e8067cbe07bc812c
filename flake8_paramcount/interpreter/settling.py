"""When Keras builds a Sequential: as soon as its input is known, and once more for what is added.

Layers of Keras' own are the same whenever they are looked at. Code of the program is not: it is run
when Keras would run it, and what it made then is kept.
"""

from __future__ import annotations

from flake8_paramcount.interpreter.fence import FAILURES
from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.interpreter.models import (
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


def settle(run: Run, model: ModelObject) -> None:
    """Build a Sequential of which the input is known, if that runs code of the program."""
    if model.kind != "sequential" or run.bindings or not run.has_code:
        return
    if not _runs_code(run, model):
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
