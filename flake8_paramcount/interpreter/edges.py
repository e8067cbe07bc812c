"""What lies before a layer in a graph: the layers that flow into it, and values that reach it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from flake8_paramcount.interpreter.models import Flow, LayerObject, Source
from flake8_paramcount.interpreter.tensors import Node, Tensor
from flake8_paramcount.interpreter.values import Value
from flake8_paramcount.interpreter.words import vocabulary_range
from flake8_paramcount.records import Vocabulary

# Layers that hand on the values that they get, whatever they do to the shape.
_KEEPING = frozenset(
    "Identity InputLayer Flatten Reshape Permute RepeatVector Masking Cropping1D".split()
)


def owner(node: Node) -> int:
    """What makes two nodes one in `model.layers`: the layer, or the operation itself."""
    return id(node.layer) if node.layer is not None else id(node)


def inbound(nodes: Iterable[Node], places: Mapping[int, int]) -> tuple[set[int], bool]:
    """The layers that flow into some nodes, and whether operations without weights lie between."""
    found: set[int] = set()
    operated = False
    work = [tensor.node for node in nodes for tensor in node.inputs]
    seen: set[int] = set()
    while work:
        source = work.pop()
        if id(source) in seen:
            continue
        seen.add(id(source))
        if source.layer is not None and owner(source) in places:
            found.add(places[owner(source)])
        elif source.layer is None:
            operated = operated or bool(source.inputs)
            work.extend(tensor.node for tensor in source.inputs)
    return found, operated


def leaving(outputs: Sequence[Tensor]) -> set[int]:
    """The owners of what a graph puts out, as it is or behind operations without weights."""
    found: set[int] = set()
    work = [tensor.node for tensor in outputs]
    while work:
        node = work.pop()
        if owner(node) not in found:
            found.add(owner(node))
            if node.layer is None:
                work.extend(tensor.node for tensor in node.inputs)
    return found


def sources(node: Node, inputs: Sequence[Tensor]) -> tuple[Source, ...]:
    """Where the values come from that flow into a node, for each of its inputs."""
    places = {_key(tensor): place for place, tensor in enumerate(inputs)}
    return tuple(_source(tensor, places) for tensor in node.inputs)


def _source(tensor: Tensor, places: Mapping[tuple[int, int], int]) -> Source:
    while _key(tensor) not in places:
        looked_up = vocabulary_of(tensor.node.layer)
        if looked_up is not None:
            return looked_up
        if len(tensor.node.inputs) != 1 or not _keeps(tensor.node):
            return None
        tensor = tensor.node.inputs[0]
    return places[_key(tensor)]


def _key(tensor: Tensor) -> tuple[int, int]:
    return id(tensor.node), tensor.index


def _keeps(node: Node) -> bool:
    return node.keeps if node.layer is None else keeps_values(node.layer)


def keeps_values(layer: Value) -> bool:
    """Whether a layer hands on the values that it gets."""
    return isinstance(layer, LayerObject) and layer.class_name in _KEEPING


def vocabulary_of(layer: Value) -> Vocabulary | None:
    """The integers that a layer puts out which looks its input up; None for any other layer."""
    if not isinstance(layer, LayerObject) or layer.bound is None:
        return None
    found = vocabulary_range(layer.class_name, layer.bound.arguments)
    return None if found is None else Vocabulary(found[1], layer.class_name, layer.site)


def chained(steps: Sequence[Flow]) -> list[Flow]:
    """The layers of a Sequential, each with the source of the values that reach it."""
    found: list[Flow] = []
    source: Source = 0
    for step in steps:
        found.append(step._replace(sources=(source,)))
        looked_up = vocabulary_of(step.layer)
        if looked_up is not None or not keeps_values(step.layer):
            source = looked_up
    return found


def connected(
    steps: Sequence[Flow],
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    nodes: Sequence[Node],
) -> list[Flow]:
    """The layers that an object holds, with the edges between them that its `call` makes."""
    ends = leaving(outputs)
    places = {id(step.layer): place for place, step in enumerate(steps)}
    uses: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        uses[id(node.layer)].append(node)
    return [
        _joined(step, uses.get(id(step.layer), ()), inputs, places)._replace(
            leaves=id(step.layer) in ends
        )
        for step in steps
    ]


def _joined(
    step: Flow, uses: Sequence[Node], inputs: Sequence[Tensor], places: Mapping[int, int]
) -> Flow:
    """A layer with what flows into it; one that is used more than once has no one place."""
    before, operated = inbound(uses, places)
    step = step._replace(inbound=tuple(sorted(before)), operated=operated, reused=len(uses) > 1)
    if len(uses) != 1 or uses[0].flow is None:
        return step
    used: Flow = uses[0].flow
    return step._replace(
        inputs=used.inputs,
        fault=step.fault or used.fault,
        sources=sources(uses[0], inputs),
    )
