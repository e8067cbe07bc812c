"""Which weights train, and which layer owns them: `trainable` as Keras hands it down."""

from __future__ import annotations

from dataclasses import dataclass

from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Instance, Value
from flake8_paramcount.keras.layer import BoundLayer

# The weights of these belong to layers inside of them, which a flag given to the constructor does
# not reach; one that is set later does.
COMPOSITE = frozenset(
    {
        "Bidirectional",
        "ConvLSTM1D",
        "ConvLSTM2D",
        "ConvLSTM3D",
        "GroupQueryAttention",
        "MultiHeadAttention",
        "RNN",
        "SpectralNormalization",
        "StackedRNNCells",
        "TimeDistributed",
    }
)

# The argument whose weights a wrapper has, where it has no others and makes no copy.
_INNER = {"TimeDistributed": "layer", "RNN": "cell"}

_SET = "set_trainable"


@dataclass(frozen=True, slots=True)
class Wrapped(BoundLayer):
    """A layer that a wrapper has been given, with the object that it is."""

    owner: LayerObject | None = None


def inner_of(layer: Value) -> LayerObject | ModelObject | Instance | None:
    """The layer or model whose weights a wrapper has, and nothing else."""
    if not isinstance(layer, LayerObject) or layer.bound is None:
        return None
    inner = layer.bound.arguments.get(_INNER.get(layer.class_name, ""))
    if isinstance(inner, Wrapped):
        return inner.owner
    model = getattr(inner, "model", None)
    return model if isinstance(model, ModelObject | Instance) else None


def set_trainable(run: Run, owner: Value, value: Value) -> None:
    """`owner.trainable = value`: it reaches all that is inside at this time."""
    waiting = [owner]
    # What stands inside in several places is reached once.
    met: set[int] = set()
    while waiting:
        owner = run.journal.force(waiting.pop())
        if not isinstance(owner, LayerObject | ModelObject | Instance) or id(owner) in met:
            continue
        met.add(id(owner))
        run.journal.write(owner)["trainable"] = value
        if isinstance(owner, LayerObject):
            run.journal.write(owner)[_SET] = value
            waiting.append(inner_of(owner))
        else:
            waiting.extend(_layers(run, owner))


def _layers(run: Run, owner: ModelObject | Instance) -> list[Value]:
    from flake8_paramcount.interpreter.methods import model_layers
    from flake8_paramcount.interpreter.subclassing import model_behind, tracked

    model = model_behind(owner)
    if model is not None:
        run.journal.write(model)["trainable"] = owner.state["trainable"]
    if isinstance(owner, Instance):
        return list(tracked(run, owner))
    if owner.kind == "subclassed":
        return list(tracked(run, owner.state["instance"]))
    return list(run.journal.read(model_layers(run, owner)))


def flag(run: Run, layer: Value) -> bool:
    """The layer's own `trainable`."""
    if isinstance(layer, LayerObject | ModelObject | Instance):
        return run.truth(layer.state.get("trainable", True))
    return True


def trains(run: Run, layer: Value) -> bool:
    """Whether the weights train that a layer owns, or that a wrapper has of another."""
    inner = inner_of(layer)
    below = trains(run, inner) if isinstance(inner, LayerObject) else True
    if isinstance(layer, LayerObject) and layer.class_name in COMPOSITE:
        given = run.truth(layer.state.get(_SET, True)) if inner is None else below
        return given and (run.generation >= 3 or flag(run, layer))
    return below and flag(run, layer)
