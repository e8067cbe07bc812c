"""The layers of one variant of a model as a graph that rules can walk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any

from flake8_paramcount.dims import Dim
from flake8_paramcount.keras.layer import LAYERS, Fault, FaultKind, Shape, Shapes
from flake8_paramcount.records import Event, LayerRecord, Model, Site, Variant
from flake8_paramcount.summary import tally


class Node:
    """One layer in its graph."""

    __slots__ = ("graph", "index", "record")

    def __init__(self, graph: Graph, index: int, record: LayerRecord) -> None:
        self.graph = graph
        self.index = index
        self.record = record

    @property
    def kind(self) -> str:
        """The layer's class."""
        return self.record.class_name

    @property
    def fault(self) -> Fault:
        """Why Keras refuses the layer, which it must do for this to be asked."""
        if self.record.fault is None:
            raise ValueError(f"{self.kind} has no fault")
        return self.record.fault

    @property
    def parents(self) -> list[Node]:
        """The layers that feed this one."""
        return [self.graph.nodes[index] for index in self.record.inbound]

    @property
    def feeding(self) -> list[Node]:
        """The layers that feed this one directly; none where an operation stands between."""
        return [] if self.record.operated else self.parents

    @property
    def before(self) -> Node | None:
        """The one layer that feeds this one directly, and nothing else."""
        record = self.record
        if len(record.inbound) != 1 or record.operated or record.shared:
            return None
        source = self.graph.nodes[record.inbound[0]]
        if source.record.shared or len(source.children) != 1 or source.may_be_output:
            return None
        return source

    @property
    def children(self) -> list[Node]:
        """The layers that this one feeds."""
        return self.graph.children[self.index]

    @property
    def input(self) -> tuple[Dim, ...] | None:
        """The dimensions of the only input, batch first, if they are known."""
        return dims_of(self.record.inputs)

    @property
    def output(self) -> tuple[Dim, ...] | None:
        """The dimensions of the only output, batch first, if they are known."""
        return dims_of(self.record.output)

    @property
    def may_be_output(self) -> bool:
        """Whether the layer's output may be one of those that the model puts out."""
        return self.record.leaves or not self.children

    def given(self, name: str) -> bool:
        """Whether the argument is another than Keras' default."""
        spec = LAYERS.get(self.kind)
        value, default = self.argument(name), spec.defaults.get(name) if spec else None
        return value is not default and not (type(value) is type(default) and value == default)

    def argument(self, name: str) -> Any:
        """The argument as written, or Keras' default."""
        if name in self.record.arguments:
            return self.record.arguments[name]
        spec = LAYERS.get(self.kind)
        return spec.defaults.get(name) if spec else None

    def upstream(self) -> list[Node]:
        """All layers whose outputs flow into this one."""
        found: dict[int, Node] = {}
        waiting = self.parents
        while waiting:
            node = waiting.pop()
            if node.index not in found:
                found[node.index] = node
                waiting += node.parents
        return list(found.values())

    def behind(self, passing: Collection[str] = ()) -> list[Node]:
        """The nearest layers upstream that are not of the `passing` kinds."""
        found: dict[int, Node] = {}
        waiting = self.feeding
        while waiting:
            node = waiting.pop()
            if node.index in found:
                continue
            found[node.index] = node
            if node.kind in passing:
                waiting += node.feeding
        return [node for node in found.values() if node.kind not in passing]


class Graph:
    """All layers of a variant, with the edges in both directions.

    The variant is the inside of a layer where `whole`, that of the model around it, is another.
    """

    def __init__(self, variant: Variant, model: Model, whole: Variant | None = None) -> None:
        self.variant = variant
        self.model = model
        self.whole = whole or variant
        self.nodes = [Node(self, index, record) for index, record in enumerate(variant.layers)]

    @cached_property
    def children(self) -> dict[int, list[Node]]:
        """Which layers each layer feeds."""
        found: dict[int, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for index in node.record.inbound:
                found[index].append(node)
        return found

    @cached_property
    def heads(self) -> Sequence[Node | None]:
        """The layers that give the model its outputs, in their order, where they are known."""
        nodes = [self.nodes[index] for index in self.variant.outputs or ()]
        return [None if each.record.shared or each.record.nested else each for each in nodes]

    def is_head(self, node: Node) -> bool:
        """Whether a layer gives the model an output."""
        return node in self.heads

    def events_at(self, node: Node) -> Iterator[Event]:
        """What the program does with the model, as it concerns the output of one layer."""
        place = self.heads.index(node)
        for event in self.model.events:
            yield event.at(place, node.record.label, len(self.heads))

    @cached_property
    def named(self) -> dict[str, Node]:
        """The first layer under each name that the source gives."""
        found: dict[str, Node] = {}
        for node in self.nodes:
            if node.record.label is not None:
                found.setdefault(node.record.label, node)
        return found

    @cached_property
    def total(self) -> int | None:
        """The parameters of the whole model, if they are exact."""
        whole = tally(self.whole).value
        return whole if isinstance(whole, int) else None

    @cached_property
    def written(self) -> list[Node]:
        """The layers that a rule may find fault with: what Keras brings along, only if it fails."""
        return [node for node in self.nodes if not node.record.part or node.record.fault]

    @cached_property
    def _by_class(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self.written:
            found[node.kind].append(node)
        return found

    @cached_property
    def sites(self) -> frozenset[Site]:
        """Where the layers are constructed, those inside of nested models too."""
        return frozenset(_sites(self.variant))

    @cached_property
    def _refused(self) -> list[tuple[FaultKind, Node]]:
        return [(node.fault.kind, node) for node in self._blamed]

    @cached_property
    def _blamed(self) -> list[Node]:
        """The layers that Keras refuses, also those inside of nested models.

        What is inside of the program's own layers is a part that rules look at anyway.
        """
        found: list[Node] = []
        for node in self.nodes:
            nested = node.record.nested
            if node.record.fault is not None:
                found.append(node)
            elif nested and (self.whole is not self.variant or not node.record.defined):
                found += Graph(nested, self.model, self.whole)._blamed
        return found

    def refused(self, kinds: Collection[FaultKind]) -> list[Node]:
        """The layers with a fault of one of these kinds.

        What a layer makes of an input that is not known is proven for its arguments only.
        """
        return [
            node
            for kind, node in self._refused
            if kind in kinds and (kind == "argument" or is_known(node.record.inputs))
        ]

    def of(self, classes: Sequence[str]) -> list[Node]:
        """The layers of the given classes; all layers if none are given."""
        if not classes:
            return self.written
        return [node for name in classes for node in self._by_class.get(name, ())]


def _sites(variant: Variant) -> Iterator[Site]:
    for record in variant.layers:
        yield record.site
        if record.nested is not None and not record.defined:
            yield from _sites(record.nested)


def is_known(shapes: Shapes | None) -> bool:
    """Whether all shapes that flow somewhere are known."""
    every = shapes if isinstance(shapes, tuple) else (shapes,)
    return all(shape is not None and shape.known for shape in every)


def dims_of(shapes: Shapes | None) -> tuple[Dim, ...] | None:
    """The dimensions of a single known shape."""
    if isinstance(shapes, tuple) and len(shapes) == 1:
        shapes = shapes[0]
    return shapes.dims if isinstance(shapes, Shape) and shapes.known else None
