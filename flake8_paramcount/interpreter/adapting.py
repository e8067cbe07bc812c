"""What changes the weights of a layer that is there already: its log, LoRA, and its parts.

A layer keeps a log of its changes; what they make of its weights is worked out when those are asked
for. A log that is not known is an unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flake8_paramcount.interpreter.freezing import (
    WRAPPED,
    Wrapped,
    all_inside,
    inner_of,
    wrapped_in,
)
from flake8_paramcount.interpreter.models import (
    Flow,
    LayerObject,
    ModelObject,
    apply_layer,
    declared_input,
)
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Ref, Value
from flake8_paramcount.keras.adapting import MAIN, PARTS, Change, adapted
from flake8_paramcount.keras.layer import Fault, Weight
from flake8_paramcount.keras.shapes import flag, size, size_of
from flake8_paramcount.unknown import Undetermined, Unknown

CHANGES = "changes"
DERIVED = "derived"
WHY = "its weights are changed by `enable_lora` or `quantize`"


class PartOf(Ref):
    """A layer inside of one of Keras' own."""

    __slots__ = ("owner", "part")

    def __init__(self, owner: LayerObject, part: str) -> None:
        super().__init__({})
        self.owner = owner
        self.part = part


# --- the log --------------------------------------------------------------------------------------


def log_of(run: Run, layer: LayerObject) -> tuple[Change, ...] | Unknown:
    """The changes of a layer so far."""
    return run.journal.force(layer.state[CHANGES])  # type: ignore[no-any-return]


def log(run: Run, layer: LayerObject, *changes: Change) -> None:
    """Note changes."""
    before = log_of(run, layer)
    if not isinstance(before, Unknown):
        run.journal.write(layer)[CHANGES] = (*before, *changes)


def followed(run: Run, layer: LayerObject, site: int, change: Callable[[], None]) -> None:
    """Do what changes a layer, which loses its log where that is not followed."""
    try:
        change()
    except (Fault, Undetermined):
        lose_log(run, layer, site)


def lose_log(run: Run, layer: LayerObject, site: int) -> None:
    """Note a change that is not followed."""
    run.journal.write(layer)[CHANGES] = Unknown(WHY, None, site)


def changed_weights(run: Run, step: Flow, target: Value) -> Sequence[Weight]:
    """The weights that a layer has by now, which was built as the step says."""
    assert step.built is not None
    if not isinstance(target, LayerObject):
        return step.built.weights
    weights = _with_flags(run, step)
    changes = log_of(run, target)
    if _has_changed_parts(run, target):
        changes = Unknown(WHY, None, target.site)
    if isinstance(changes, Unknown):
        return _unknown(changes)
    if not changes:
        return weights
    arguments = {} if target.bound is None else target.bound.arguments
    inputs = step.inputs if target is step.layer else None
    try:
        return adapted(target.class_name, arguments, inputs, weights, changes)
    except Undetermined as stop:
        return _unknown(stop.unknown)


def _with_flags(run: Run, step: Flow) -> tuple[Weight, ...]:
    """The weights of a step, with the flags that layers which it wraps have by now."""
    assert step.built is not None
    weights, layer = step.built.weights, step.layer
    if not isinstance(layer, LayerObject) or step.inputs is None or not wrapped_in(layer):
        return weights
    try:
        now = apply_layer(run, layer, step.inputs).weights
    except (Fault, Undetermined):
        return weights
    same = [weight.shape for weight in now] == [weight.shape for weight in weights]
    return now if same else weights


def _unknown(why: Unknown) -> list[Weight]:
    """Weights of which nothing is known: some may train, and some may not."""
    flags = (True, False)
    return [Weight("?", (size_of(why.derive(("weights", flag), None), 0),), flag) for flag in flags]


def _has_changed_parts(run: Run, layer: LayerObject) -> bool:
    """Whether a wrapper that does more than to wrap has a layer that was changed."""
    if layer.bound is None or WRAPPED.isdisjoint(layer.bound.arguments):
        return False
    if inner_of(layer) is not None:
        return False
    return any(
        isinstance(value, Wrapped) and value.owner is not None and log_of(run, value.owner) != ()
        for value in layer.bound.arguments.values()
    )


# --- LoRA -----------------------------------------------------------------------------------------


@method(LayerObject, "enable_lora")
def enable_lora(run: Run, layer: LayerObject, arguments: Arguments) -> Value:
    """`layer.enable_lora(rank)`."""
    if layer.class_name not in MAIN:
        run.fails(AttributeError)
        return
    followed(run, layer, arguments.site, lambda: _enable_lora(run, layer, "", arguments))


@method(PartOf, "enable_lora")
def enable_lora_of_part(run: Run, inside: PartOf, arguments: Arguments) -> Value:
    """`attention.query_dense.enable_lora(rank)`."""
    layer, part = inside.owner, inside.part
    if layer.class_name == "Bidirectional":
        run.fails(AttributeError)
        return
    followed(run, layer, arguments.site, lambda: _enable_lora(run, layer, part, arguments))


def _enable_lora(run: Run, layer: LayerObject, part: str, arguments: Arguments) -> None:
    """Keras refuses where LoRA is on already, or finds no weights that it could adapt."""
    changes = known_log(run, layer)
    kinds = [change.kind for change in changes if change.part == part]
    given = {} if layer.bound is None or part else layer.bound.arguments
    if "lora" in kinds or is_on(given.get("lora_rank")) or _is_constrained(layer, given):
        run.fails(ValueError)
        return
    if not is_built(run, layer) or ("int4" in kinds and layer.class_name.endswith("Embedding")):
        raise Undetermined(Unknown(WHY))
    rank = size(run.operand(arguments.get(0, "rank")), "rank", minimum=0)
    log(run, layer, Change("lora", rank, part))


def known_log(run: Run, layer: LayerObject) -> tuple[Change, ...]:
    """The changes of a layer so far. Raises `Undetermined`."""
    changes = log_of(run, layer)
    if isinstance(changes, Unknown):
        raise Undetermined(changes)
    return changes


def is_on(rank: Value) -> bool:
    """Whether a `lora_rank` puts LoRA on. Raises `Undetermined`."""
    return rank is not None and flag(rank)


def _is_constrained(layer: LayerObject, given: Mapping[str, Value]) -> bool:
    """Whether the main weight has a constraint. Raises `Undetermined`."""
    constraint = given.get(f"{MAIN.get(layer.class_name)}_constraint")
    if isinstance(constraint, Unknown):
        raise Undetermined(constraint)
    return constraint is not None


def is_built(run: Run, layer: LayerObject) -> bool:
    """Whether a layer has provably been built."""
    if run.journal.force(layer.state["built"]) is not None:
        return True
    holders = (model for model in run.models if _states_input(run, model))
    return any(each is layer for model in holders for each in all_inside(run, model))


def _states_input(run: Run, model: ModelObject) -> bool:
    return model.kind == "sequential" and declared_input(run, model) is not None


# --- layers inside of layers ----------------------------------------------------------------------


def inside_of(layer: LayerObject, name: str) -> Value:
    """The layer inside of one that an attribute is; None if it is none."""
    part = PARTS.get(layer.class_name, {}).get(name)
    if part is not None:
        return PartOf(layer, part)
    value = layer.bound.arguments.get(name) if layer.bound is not None else None
    if name not in ("layer", "cell"):
        return None
    return value.owner if isinstance(value, Wrapped) else getattr(value, "model", None)


@method(PartOf, "set_trainable")
def set_trainable_of_part(run: Run, inside: PartOf, arguments: Arguments) -> Value:
    """`bidirectional.forward_layer.trainable = False`."""
    value = arguments.args[0]
    kind = {True: "thaw", False: "freeze"}.get(value) if isinstance(value, bool) else None
    if kind is None:
        lose_log(run, inside.owner, arguments.site)
        return
    log(run, inside.owner, Change(kind, None, inside.part))


def thaw(run: Run, layer: LayerObject, value: Value) -> None:
    """`layer.trainable = True` reaches also the weights that LoRA or a part's flag has frozen."""
    given = {} if layer.bound is None else layer.bound.arguments
    adapts = layer.class_name in MAIN and given.get("lora_rank") is not None
    if value is False or (log_of(run, layer) == () and not adapts):
        return
    if value is not True or (adapts and not is_built(run, layer)):
        lose_log(run, layer, layer.site)
    else:
        log(run, layer, Change("thaw"))
