"""What directives state of a layer, in the place of what the source does not show of it.

What the source does show goes before.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TypeAlias

from flake8_paramcount.dims import symbol
from flake8_paramcount.interpreter.models import Flow, LayerObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Instance
from flake8_paramcount.keras.layer import Built, Shape, Shapes, Weight
from flake8_paramcount.keras.shapes import NAMELESS
from flake8_paramcount.records import Claim
from flake8_paramcount.unknown import Unknown

CLAIM, USED, _WEIGHTS = "claim", "claimed", "claimed weights"
OUTPUT = "output_shape=(None, …)"
ALL = f"params=…, {OUTPUT}"

_SPLIT = "how many of its parameters train is not stated"

# Layers that are all the source's own, and so what they put out.
_OPEN = frozenset({"Lambda", "TFSMLayer", "TorchModuleWrapper", "FlaxLayer", "JaxLayer", "Wrapper"})

Claimable: TypeAlias = "LayerObject | Instance"


def with_claim(run: Run, layer: Claimable, step: Flow) -> Flow:
    """A step of a model, with what is stated in the place of what is not known.

    Where nothing is stated, what is not known says which directive would settle it.
    """
    counted = step.built is not None and all(isinstance(w.count, int) for w in step.built.weights)
    if step.fault is not None or (counted and not _is_open(step.output)):
        return step
    step = _wanting(layer, step)
    claim = run.journal.force(layer.state.get(CLAIM))
    if not isinstance(claim, Claim):
        return step
    output, built = step.output, step.built
    if _is_open(output) and claim.output is not None:
        output = claim.output
    if built is None or (claim.params is not None and not counted):
        built = Built(_stated(run, layer, claim, step.unknown), output or _nothing(layer))
        step = step._replace(inner=(), unknown=step.unknown if claim.params is None else None)
    elif output is step.output:
        return step
    run.journal.write(layer)[USED] = True
    return step._replace(built=built._replace(output=output or built.output))


def stranger(layer: Unknown) -> Unknown:
    """Why a layer is not known that something unknown has made."""
    if layer.site == 0 or (layer.text or "").isidentifier():
        return layer
    return Unknown(layer.reason, layer.text, layer.site, ALL)


def _nothing(layer: Claimable) -> Shape:
    return Shape(Unknown("what it puts out is not stated", None, layer.site, OUTPUT))


def _is_open(output: Shapes | None) -> bool:
    """Whether some output is not known."""
    parts = output if isinstance(output, tuple) else (output,)
    return not all(part is not None and part.known for part in parts)


def _wanting(layer: Claimable, step: Flow) -> Flow:
    """A step whose reasons say what to state of the layer, if they are its own."""
    if not (isinstance(layer, Instance) or layer.bound is None or layer.class_name in _OPEN):
        return step
    given = step.inputs if isinstance(step.inputs, tuple) else (step.inputs,)
    if any(shape is not None and not shape.known for shape in given):
        return step
    if step.unknown is not None:
        return step._replace(unknown=_settled(layer, step.unknown, ALL))
    output = step.output
    if step.built is None or not isinstance(output, Shape) or output.why is None:
        return step
    shape = Shape(_settled(layer, output.why, OUTPUT))
    return step._replace(built=step.built._replace(output=shape))


def _settled(layer: Claimable, why: Unknown, directive: str) -> Unknown:
    """An unknown that says which directive settles it, unless it names what it is."""
    if why.settles is not None or (why.text or "").isidentifier():
        return why
    return Unknown(why.reason, None, why.site or layer.site, directive)


def _stated(run: Run, layer: Claimable, claim: Claim, why: Unknown | None) -> tuple[Weight, ...]:
    """As many weights as are stated; how many of them train is another thing to state.

    One layer has the same ones each time, though nobody knows how many they are.
    """
    found = run.journal.force(layer.state.get(_WEIGHTS))
    if found is None:
        found = run.journal.write(layer)[_WEIGHTS] = tuple(_weights(layer, claim, why))
    return found  # type: ignore[no-any-return]


def _weights(layer: Claimable, claim: Claim, why: Unknown | None) -> Iterator[Weight]:
    reason = _SPLIT if why is None or claim.params is not None else why.reason
    some = partial(symbol, NAMELESS, lower=0, reason=reason, opaque=True, site=layer.site)
    if claim.params is None:
        yield from (Weight("?", (some(),), flag) for flag in (True, False))
        return
    unsaid = some(upper=claim.params) if claim.params else 0
    trained = unsaid if claim.trainable is None else claim.trainable
    for size, flag in ((trained, True), (claim.params - trained, False)):
        if size != 0:
            yield Weight("stated", (size,), flag)
