"""Attributes of a layer that are arguments of its constructor: until it is built, they count."""

from __future__ import annotations

from flake8_paramcount.interpreter.models import RESTATED, STALE, LayerObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tracking import is_state, state_in
from flake8_paramcount.interpreter.values import Value
from flake8_paramcount.keras.attributes import is_neutral, is_read_only, is_worked_out
from flake8_paramcount.unknown import Unknown


def set_on_layer(run: Run, layer: LayerObject, name: str, value: Value) -> None:
    """`layer.units = 7`: it is built with it, if it is not built yet."""
    from flake8_paramcount.interpreter.adapting import is_built
    from flake8_paramcount.interpreter.construct import plain

    bound = layer.bound
    lost = Unknown(f"`{name}` of the layer is set", None, run.site(run.statement))
    if any(map(is_state, state_in(run, value))) and not is_built(run, layer):
        run.journal.write(layer)[RESTATED] = lost
    parameters = () if bound is None else bound.spec.parameters
    if name in parameters and is_read_only(layer.class_name, name):
        run.refuses(AttributeError)
        return
    run.journal.write(layer)[("attribute", name)] = value
    inner = is_worked_out(layer.class_name, name) and name.lstrip("_") in {*parameters, "cell"}
    if bound is None or is_neutral(name) or not (inner or name in parameters):
        return
    if is_built(run, layer):
        run.journal.write(layer)[STALE] = True
        return
    restated = lost if inner else _restated(run, layer, name, plain(run, value))
    run.journal.write(layer)[RESTATED] = restated


def _restated(run: Run, layer: LayerObject, name: str, value: Value) -> Value:
    before = run.journal.force(layer.state[RESTATED])
    return before if isinstance(before, Unknown) else {**(before or {}), name: value}
