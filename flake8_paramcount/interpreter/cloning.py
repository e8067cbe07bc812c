"""`clone_model`: a model with the same layers made anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flake8_paramcount.interpreter.adapting import log_of, lose_log
from flake8_paramcount.interpreter.construct import ModelLayer, buildable
from flake8_paramcount.interpreter.freezing import Wrapped
from flake8_paramcount.interpreter.graph import ends_of, nodes_between
from flake8_paramcount.interpreter.models import LayerObject, ModelObject, bound_now
from flake8_paramcount.interpreter.models import flow as applied
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Node, Tensor
from flake8_paramcount.interpreter.values import Arguments, Value
from flake8_paramcount.keras.adapting import Change
from flake8_paramcount.keras.layer import BoundLayer
from flake8_paramcount.unknown import Undetermined, Unknown


@function("keras.models.clone_model", "keras.clone_model")
def clone_model(run: Run, arguments: Arguments) -> Value:
    """A new model of the same kind; a function that changes layers on the way is not followed."""
    model = arguments.get(0, "model")
    if not isinstance(model, ModelObject):
        raise Undetermined(model if isinstance(model, Unknown) else Unknown("no model to clone"))
    if len(arguments.args) > 1 or arguments.kwargs.keys() - {"model"}:
        raise Undetermined(Unknown("a clone with other inputs or layers", arguments.text))
    return cloned_model(run, model, arguments.site)


def cloned_model(run: Run, model: ModelObject, site: int) -> ModelObject:
    """A model with clones of all its layers."""
    if model.kind == "subclassed":
        raise Undetermined(Unknown("a clone of a subclassed model"))
    made: dict[int, Value] = {}
    copy = ModelObject(run, model.kind, site)
    copy.stacked = model.stacked
    copy.state.update({**run.journal.read(model), "variable": None, "tensors": None})
    layers = [cloned(run, layer, site, made) for layer in run.journal.read(model.layers)]
    run.journal.write(copy.layers).extend(layers)
    if isinstance(model.state.get("outputs"), tuple):
        _clone_graph(run, model, copy, made)
    return copy


def cloned(run: Run, layer: Value, site: int, made: dict[int, Value]) -> Value:
    """A layer made anew from its own arguments; one layer stays one layer."""
    layer = run.journal.force(layer)
    if id(layer) not in made:
        made[id(layer)] = _cloned(run, layer, site)
    return made[id(layer)]


def _cloned(run: Run, layer: Value, site: int) -> Value:
    if isinstance(layer, ModelObject):
        made = len(run.models)
        copy = cloned_model(run, layer, site)
        # The inner model is a part of the clone, not a model that the program names.
        del run.models[made:]
        return copy
    if not isinstance(layer, LayerObject):
        raise Undetermined(Unknown("a clone of a layer that is not Keras' own"))
    return copied(run, layer, site)


def copied(run: Run, layer: LayerObject, site: int) -> LayerObject:
    """A layer of Keras made anew, with the layers that it wraps."""
    changes = log_of(run, layer)
    bound = None if layer.bound is None else _with_copies(run, bound_now(run, layer), site)
    if bound is not None and _is_only_lora(changes):
        bound = replace(bound, arguments={**bound.arguments, "lora_rank": changes[0].size})
        changes = ()
    copy = LayerObject(
        layer.class_name,
        layer.site,
        name=layer.state["name"],
        bound=bound,
        why=layer.why,
        fault=layer.fault,
        shape=layer.shape,
        length=layer.length,
        function=layer.function,
        trainable=layer.state["trainable"],
    )
    copy.state["built"] = layer.state["built"]
    if changes != ():
        lose_log(run, copy, site)
    return copy


def _is_only_lora(changes: Sequence[Change] | Unknown) -> bool:
    """Whether all that was done to a layer is what its constructor can do as well."""
    if isinstance(changes, Unknown) or len(changes) != 1:
        return False
    return changes[0].kind == "lora" and not changes[0].part


def _with_copies(run: Run, bound: BoundLayer, site: int) -> BoundLayer:
    """A layer with copies of those that it wraps."""
    copies = {name: _copy(run, value, site) for name, value in bound.arguments.items()}
    if all(copies[name] is value for name, value in bound.arguments.items()):
        return bound
    return replace(bound, arguments=copies)


def _copy(run: Run, value: Any, site: int) -> Any:
    if isinstance(value, tuple) and any(isinstance(item, Wrapped) for item in value):
        return tuple(_copy(run, item, site) for item in value)
    if isinstance(value, Wrapped) and value.owner is not None:
        return buildable(run, copied(run, value.owner, site))
    if isinstance(value, ModelLayer):
        return buildable(run, _cloned(run, value.model, site))
    return value


def _clone_graph(run: Run, model: ModelObject, copy: ModelObject, made: dict[int, Value]) -> None:
    """The nodes between the ends of a functional model, over cloned layers."""
    inputs, outputs = ends_of(run, model)
    tensors: dict[int, Tensor] = {}
    nodes: dict[int, Node] = {}
    for node in (*(tensor.node for tensor in inputs), *nodes_between(run, inputs, outputs)):
        nodes.setdefault(id(node), _cloned_node(run, node, tensors, nodes, made))
    ends = [
        tuple(_cloned_tensor(tensor, tensors, nodes) for tensor in part)
        for part in (inputs, outputs)
    ]
    run.journal.write(copy).update(inputs=ends[0], outputs=ends[1])


def _cloned_node(
    run: Run,
    node: Node,
    tensors: dict[int, Tensor],
    nodes: dict[int, Node],
    made: dict[int, Value],
) -> Node:
    inputs = tuple(_cloned_tensor(tensor, tensors, nodes) for tensor in node.inputs)
    layer = None if node.layer is None else cloned(run, node.layer, node.site, made)
    flow = node.flow._replace(layer=layer) if node.flow is not None else None
    if isinstance(layer, LayerObject) and flow is not None and log_of(run, node.layer) != ():
        flow = applied(run, layer, flow.inputs, 0)
        run.journal.write(layer)["built"] = flow.built
    return Node(layer, inputs, node.site, flow, node.again, keeps=node.keeps)


def _cloned_tensor(tensor: Tensor, tensors: dict[int, Tensor], nodes: dict[int, Node]) -> Tensor:
    found = tensors.get(id(tensor))
    if found is None:
        node = nodes.get(id(tensor.node), tensor.node)
        found = tensors[id(tensor)] = Tensor(tensor.shape, node, tensor.index)
    return found
