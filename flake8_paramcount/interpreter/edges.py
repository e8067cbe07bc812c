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


# Of the layers that reach a node through operations only the nearest are noted: in a chain of
# `x = x + Dense(8)(x)` all that came before do.
NEAREST = 50


class Edges:
    """What lies before the nodes of a graph; each piece of a way is walked once."""

    def __init__(self, places: Mapping[int, int], inputs: Sequence[Tensor]) -> None:
        self._places = places
        self._through: dict[int, list[int]] = {}
        self._sources: dict[tuple[int, int], Source] = {
            _key(tensor): place for place, tensor in enumerate(inputs)
        }

    def inbound(self, nodes: Iterable[Node]) -> tuple[list[int], bool]:
        """The layers that flow into some nodes, and whether operations lie between."""
        before = [tensor.node for node in nodes for tensor in node.inputs]
        operations = [source for source in before if source.layer is None]
        for source in operations:
            self._look_through(source)
        return sorted(self._nearest(before)), any(source.inputs for source in operations)

    def _nearest(self, before: Iterable[Node]) -> dict[int, None]:
        """The places of layers, and of those that flow into operations, the nearest first."""
        direct: dict[int, None] = {}
        further: dict[int, None] = {}
        for source in before:
            if source.layer is None:
                further |= dict.fromkeys(self._through[id(source)])
            elif owner(source) in self._places:
                direct[self._places[owner(source)]] = None
        return direct | further

    def _look_through(self, operation: Node) -> None:
        """Note which layers flow into an operation, and into those before it."""
        waiting = [operation]
        while waiting:
            node = waiting[-1]
            before = [tensor.node for tensor in node.inputs]
            missing = [
                each for each in before if each.layer is None and id(each) not in self._through
            ]
            if missing:
                waiting += missing
                continue
            if id(node) not in self._through:
                self._through[id(node)] = list(self._nearest(before))[:NEAREST]
            waiting.pop()

    def sources(self, node: Node) -> tuple[Source, ...]:
        """Where the values come from that flow into a node, for each of its inputs."""
        return tuple(map(self._source, node.inputs))

    def _source(self, tensor: Tensor) -> Source:
        way = []
        found: Source = None
        while (key := _key(tensor)) not in self._sources:
            way.append(key)
            found = vocabulary_of(tensor.node.layer)
            if found is not None or len(tensor.node.inputs) != 1 or not _keeps(tensor.node):
                break
            tensor = tensor.node.inputs[0]
        else:
            found = self._sources[key]
        self._sources.update(dict.fromkeys(way, found))
        return found


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
    edges = Edges({id(step.layer): place for place, step in enumerate(steps)}, inputs)
    uses: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        uses[id(node.layer)].append(node)
    return [
        _joined(step, uses.get(id(step.layer), ()), edges)._replace(leaves=id(step.layer) in ends)
        for step in steps
    ]


def _joined(step: Flow, uses: Sequence[Node], edges: Edges) -> Flow:
    """A layer with what flows into it; one that is used more than once has no one place."""
    before, operated = edges.inbound(uses)
    step = step._replace(inbound=tuple(before), operated=operated, reused=len(uses) > 1)
    if len(uses) != 1 or uses[0].flow is None:
        return step
    used: Flow = uses[0].flow
    return step._replace(
        inputs=used.inputs,
        fault=step.fault or used.fault,
        sources=edges.sources(uses[0]),
    )
