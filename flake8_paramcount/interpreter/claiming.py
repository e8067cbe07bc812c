"""Of which layers directives state something: `# paramcount: output_shape=(None, 64), params=12k`.

Of each layer that is constructed or called on the directive's line.
"""

from __future__ import annotations

import libcst as cst

from flake8_paramcount.interpreter.claims import CLAIM, Claimable
from flake8_paramcount.interpreter.classes import keras_kind
from flake8_paramcount.interpreter.construct import auto_name
from flake8_paramcount.interpreter.graph import call_layer
from flake8_paramcount.interpreter.models import LayerObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Tensor, tensors_in
from flake8_paramcount.interpreter.values import Arguments, Instance, Qualified, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import Claim
from flake8_paramcount.unknown import Unknown


def claim_before(run: Run, node: cst.Call, callee: Value, arguments: Arguments) -> None:
    """Note what a directive states of a layer that is about to be called on tensors."""
    claim = _claim_at(run, node)
    layer = run.journal.resolve(callee)
    if claim is not None and _is_layer(run, layer) and _has_tensors(arguments):
        _note(run, layer, node, claim)


def claim_behind(
    run: Run, node: cst.Call, callee: Value, arguments: Arguments, result: Value
) -> Value:
    """The result of a call, with what a directive states of the layer that it is, or is of."""
    callee, result = run.journal.resolve(callee), run.journal.resolve(result)
    if isinstance(callee, Unknown) and callee in run.strange and _has_tensors(arguments):
        return call_layer(run, run.strange[callee], arguments)
    claim = _claim_at(run, node)
    if claim is None:
        return result
    if _is_layer(run, result):
        _note(run, result, node, claim)
    elif isinstance(result, Unknown):
        layer = _strange(run, node, callee, arguments, result)
        _note(run, layer, node, claim)
        if _has_tensors(arguments):
            return call_layer(run, layer, arguments)
        run.strange[result] = layer
    elif isinstance(result, Tensor) and isinstance(callee, Qualified):
        return _operated(run, node, claim, result)
    return result


def _claim_at(run: Run, node: cst.Call) -> Claim | None:
    """What is stated on the line of a call, unless that stands in the body of a lambda."""
    inside = run.scope.module is not run.globals
    if inside or run.scope.globals.get("__function__", "").endswith("<lambda>"):
        return None
    line = run.sites.locate(run.site(node)).line
    run.passed.add(line)
    return run.claims.get(line)


def _is_layer(run: Run, value: Value) -> bool:
    if isinstance(value, Instance):
        return keras_kind(run, value.cls) is not None
    return isinstance(value, LayerObject) and value.class_name != "InputLayer"


def _has_tensors(arguments: Arguments) -> bool:
    return any(map(tensors_in, (*arguments.args, *arguments.kwargs.values())))


def _note(run: Run, layer: Claimable, node: cst.Call, claim: Claim) -> None:
    run.journal.write(layer)[CLAIM] = claim
    run.claimed.add(run.sites.locate(run.site(node)).line)


def _strange(
    run: Run, node: cst.Call, callee: Value, arguments: Arguments, why: Unknown
) -> LayerObject:
    """A layer of a class that is not known, or what a function that is not known does."""
    path = callee.path if isinstance(callee, Qualified) else "?"
    name = path.rpartition(".")[2]
    given = arguments.kwargs.get("name")
    label = given if isinstance(given, str) else auto_name(run, name if name != "?" else "layer")
    trainable = arguments.kwargs.get("trainable", True)
    trainable = trainable if isinstance(trainable, bool) else True
    # A dotted name is none of Keras' own, whatever the class is called.
    return LayerObject(
        path if "." in path else "?", run.site(node), name=label, why=why, trainable=trainable
    )


def _operated(run: Run, node: cst.Call, claim: Claim, result: Tensor) -> Tensor:
    """The tensor that a function gives, whose shape is not known but stated."""
    run.claimed.add(run.sites.locate(run.site(node)).line)
    if result.shape.known or not isinstance(claim.output, Shape):
        return result
    return Tensor(claim.output, result.node, result.index)
