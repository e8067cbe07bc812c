"""Which weights train, and which layer owns them: `trainable` as Keras hands it down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flake8_paramcount.interpreter.models import LayerObject, ModelObject, bound_now
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Instance, Value
from flake8_paramcount.keras.layer import BoundLayer, Built, Shapes
from flake8_paramcount.unknown import Unknown

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

# The parameters of layers that take layers.
WRAPPED = frozenset({"layer", "cell", "cells", "backward_layer", "layers"})

_SET = "set_trainable"  # one of FLAGS


@dataclass(frozen=True)
class Wrapped(BoundLayer):
    """A layer that a wrapper has been given, with the object that it is: its flag may change."""

    run: Run | None = field(default=None, compare=False)
    owner: LayerObject | None = None

    def apply(self, x: Shapes) -> Built:
        """Weights and output, with the flag that the layer has by now."""
        assert self.run is not None
        if self.owner is None:
            return BoundLayer(self.spec, self.arguments).apply(x)
        bound = bound_now(self.run, self.owner)
        return replace(bound, trainable=trains(self.run, self.owner)).apply(x)


def copies(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for a wrapper that makes new layers of those that it is given."""
    return {name: _copy(value) for name, value in arguments.items()}


def _copy(value: Any) -> Any:
    if not isinstance(value, Wrapped) or value.run is None:
        return value
    return BoundLayer(value.spec, value.arguments, trains(value.run, value.owner))


def inner_of(layer: Value) -> LayerObject | ModelObject | Instance | None:
    """The layer or model whose weights a wrapper has, and nothing else."""
    if not isinstance(layer, LayerObject) or layer.bound is None:
        return None
    parameter = _INNER.get(layer.class_name)
    if parameter is None:
        return None
    inner = layer.bound.arguments.get(parameter)
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
            from flake8_paramcount.interpreter.adapting import thaw

            thaw(run, owner, value)
            run.journal.write(owner)[_SET] = value
            waiting.append(inner_of(owner))
        else:
            _set_behind(run, owner, value)
            waiting.extend(parts_of(run, owner))


def open_flag(run: Run, owner: LayerObject | ModelObject | Instance, value: Value) -> None:
    """`owner.trainable = value` may be done, or not."""
    from flake8_paramcount.interpreter.adapting import thaw

    if owner.state.get("trainable") is value:
        return
    run.journal.write(owner)["trainable"] = run.either
    if isinstance(owner, LayerObject):
        run.journal.write(owner)[_SET] = run.either
        if value is not False:
            thaw(run, owner, Unknown("whether it trains"))
    else:
        _set_behind(run, owner, run.either)


def _set_behind(run: Run, owner: ModelObject | Instance, value: Value) -> None:
    from flake8_paramcount.interpreter.subclassing import model_behind

    model = model_behind(owner)
    if model is not None:
        run.journal.write(model)["trainable"] = value


def wrapped_in(layer: LayerObject) -> list[Value]:
    """The layers and models that a layer has been given as they are."""
    if layer.bound is None or WRAPPED.isdisjoint(layer.bound.arguments):
        return []
    found: list[Value] = []
    for value in layer.bound.arguments.values():
        for each in value if type(value) is tuple else (value,):
            inner = each.owner if isinstance(each, Wrapped) else getattr(each, "model", None)
            if inner is not None:
                found.append(inner)
    return found


def all_inside(run: Run, owner: Value) -> Iterator[Value]:
    """A layer or model and all that is inside, each once."""
    waiting = [owner]
    met: set[int] = set()
    while waiting:
        owner = run.journal.force(waiting.pop())
        if id(owner) in met:
            continue
        run.fuel.burn()
        met.add(id(owner))
        yield owner
        if isinstance(owner, ModelObject | Instance):
            waiting.extend(parts_of(run, owner))
        elif isinstance(owner, LayerObject):
            waiting.extend(wrapped_in(owner))


def parts_of(run: Run, owner: ModelObject | Instance) -> list[Value]:
    """The layers that a model has, or an object of a class that the program defines."""
    from flake8_paramcount.interpreter.holding import tracked
    from flake8_paramcount.interpreter.methods import model_layers

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
    run.fuel.burn()
    inner = inner_of(layer)
    below = trains(run, inner) if isinstance(inner, LayerObject) else True
    if isinstance(layer, LayerObject) and layer.class_name in COMPOSITE:
        given = run.truth(layer.state.get(_SET, True)) if inner is None else below
        return given and (run.generation >= 3 or flag(run, layer))
    return below and flag(run, layer)
