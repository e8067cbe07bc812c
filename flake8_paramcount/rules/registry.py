"""What a rule is: a generator over finished models, registered under its code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc
from itertools import zip_longest
from typing import Any, NamedTuple, Protocol, TypeAlias

from flake8_paramcount.codes import CODES, Default
from flake8_paramcount.keras.layer import FaultKind
from flake8_paramcount.records import Model, Position, Site
from flake8_paramcount.rules.fixes import Fix
from flake8_paramcount.rules.graph import Graph, Node
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary
from flake8_paramcount.unknown import Undetermined


class Source(Protocol):
    """What rules ask of an analysis beside its models."""

    source: str
    filename: str
    directives: Any

    @property
    def idle(self) -> Mapping[int, Position]: ...

    def locate(self, site: Site) -> Position: ...


class Finding(NamedTuple):
    """A fault at a place: a `Site` as a rule reports it, a `Position` once it is located."""

    code: str
    place: Site | Position
    message: str
    fix: Fix | None = None
    """What mends it, where that is certain."""

    @property
    def position(self) -> Position:
        """Where a located finding stands."""
        if not isinstance(self.place, Position):
            raise TypeError(f"{self.code} has not been located")
        return self.place

    @property
    def line(self) -> int:
        """The 1-based line of a located finding."""
        return self.position.line

    @property
    def column(self) -> int:
        """The 0-based column of a located finding."""
        return self.position.column

    @property
    def name(self) -> str:
        """The rule's readable name."""
        return CODES[self.code].name


class Mended(NamedTuple):
    """A message about a layer, with the fix that does what it says; None if that is not certain."""

    message: str
    fix: Fix | None = None


@dataclass(frozen=True)
class Context:
    """Everything that a rule may look at."""

    analysis: Source
    summaries: Sequence[Summary]
    settings: Settings

    @cached_property
    def graphs(self) -> Sequence[Sequence[Graph]]:
        """For each model the graphs of its variants."""
        return [
            [Graph(variant, summary.model) for variant in summary.model.variants]
            for summary in self.summaries
        ]

    @cached_property
    def parts(self) -> Sequence[Sequence[Graph]]:
        """The graphs of models, and those inside of each layer that the program defines."""
        found = list(self.graphs)
        for graphs in found:  # which grows: such a layer may hold others
            within: dict[int, list[Graph]] = defaultdict(list)
            for graph in graphs:
                for node in graph.nodes:
                    if node.record.defined and node.record.nested is not None:
                        inside = Graph(node.record.nested, graph.model, graph.whole)
                        within[node.record.key].append(inside)
            found.extend(within.values())
        return found

    def at(self, site: Site) -> list[Node]:
        """All layers, of all models, that one call makes."""
        return self._made.get(site, [])

    @cached_property
    def _made(self) -> Mapping[Site, list[Node]]:
        found: dict[Site, list[Node]] = defaultdict(list)
        for graphs in self.parts:
            for graph in graphs:
                for node in graph.nodes:
                    found[node.record.site].append(node)
        return found

    @cached_property
    def put_out(self) -> frozenset[int]:
        """Keys of the layers whose outputs are outputs of a model."""
        return frozenset(
            node.record.key
            for graphs in self.parts
            for graph in graphs
            for node in graph.nodes
            if node.may_be_output
        )

    def line(self, site: Site) -> int:
        """The line of a site, for a message that is about to be reported."""
        return self.analysis.locate(site).line

    def allowed(self, model: Model, directive: str, default: int | None) -> int | None:
        """The limit that holds for a model: a directive overrides the option."""
        stated = model.directives.get(directive, default)
        return stated if isinstance(stated, int) else None


Check: TypeAlias = Callable[[Context], Iterator[Finding]]
Messages: TypeAlias = Mapping[Site, list[Mended]]
LayerCheck: TypeAlias = "Callable[[Context, Node], Iterator[str | Mended]]"


@dataclass(frozen=True, slots=True)
class Rule:
    """A registered rule; `page` is its documentation."""

    code: str
    name: str
    default: Default
    check: Check
    page: str


RULES: dict[str, Rule] = {}


def _register(code: str, check: Check, doc: str | None) -> None:
    if code in RULES or not doc:
        raise ValueError(f"{code} needs a page and one registration")
    RULES[code] = Rule(code, *CODES[code], check, cleandoc(doc))


def rule(code: str) -> Callable[[Check], Check]:
    """Register a generator of findings; its name and default stand in `codes.CODES`."""

    def register(check: Check) -> Check:
        _register(code, check, check.__doc__)
        return check

    return register


def layer_rule(code: str, *classes: str) -> Callable[[LayerCheck], LayerCheck]:
    """Register a generator of messages about one layer, of one of `classes` if any are named.

    Layers inside of layers that the program defines are looked at where they are constructed.
    A layer that stands in several variants of a model is reported only if every one of them is
    at fault: which variant runs is not known. A call that makes several layers, in a loop or in a
    function, is reported once.
    """
    return _on_nodes(code, lambda graph: graph.of(classes))


def fault_rule(code: str, *kinds: FaultKind) -> Callable[[LayerCheck], LayerCheck]:
    """Register a generator of messages about one layer that Keras refuses, as `layer_rule`."""
    return _on_nodes(code, lambda graph: graph.refused(kinds))


def head_rule(code: str) -> Callable[[LayerCheck], LayerCheck]:
    """Register a generator of messages about each output layer of a model that is trained.

    Every variant of the model must be at fault: which of them is trained is not known.
    """

    def register(check: LayerCheck) -> LayerCheck:
        def findings(context: Context) -> Iterator[Finding]:
            found: dict[Site, list[str]] = defaultdict(list)
            for graphs in context.graphs:
                ends = [graph.heads for graph in graphs if graph.model.events]
                for place in zip_longest(*ends):
                    heads = [head for head in place if head is not None]
                    told = [list(_about(context, head, check)) for head in heads]
                    if len(told) == len(graphs) and all(told):
                        found[heads[0].record.site].append(told[0][0])
            for site, messages in found.items():
                yield Finding(code, site, _first_of(list(dict.fromkeys(messages))))

        _register(code, findings, check.__doc__)
        return check

    return register


def _about(context: Context, node: Node, check: LayerCheck) -> Iterator[str]:
    with suppress(Undetermined):
        for told in check(context, node):
            yield told.message if isinstance(told, Mended) else told


def _on_nodes(
    code: str, nodes: Callable[[Graph], Sequence[Node]]
) -> Callable[[LayerCheck], LayerCheck]:
    def register(check: LayerCheck) -> LayerCheck:
        def findings(context: Context) -> Iterator[Finding]:
            found: dict[Site, dict[str, Fix | None]] = defaultdict(dict)
            for graphs in context.parts:
                by_variant = [_messages(context, nodes(graph), check) for graph in graphs]
                for site, told in _agreed(graphs, by_variant):
                    found[site].setdefault(told.message, told.fix)
            for site, messages in found.items():
                fixes = set(messages.values())
                fix = fixes.pop() if len(fixes) == 1 else None
                yield Finding(code, site, _first_of(list(messages)), fix)

        _register(code, findings, check.__doc__)
        return check

    return register


def _first_of(messages: Sequence[str]) -> str:
    """The first of the messages about one call, and how many there are."""
    if len(messages) == 1:
        return messages[0]
    return f"{messages[0]} (the first of {len(messages)} such layers made here)"


def _messages(context: Context, nodes: Sequence[Node], check: LayerCheck) -> Messages:
    found: dict[Site, list[Mended]] = defaultdict(list)
    for node in nodes:
        try:
            for told in check(context, node):
                each = told if isinstance(told, Mended) else Mended(told)
                found[node.record.site].append(each)
        except Undetermined:
            continue
    return found


def _agreed(
    graphs: Sequence[Graph], by_variant: Sequence[Messages]
) -> Iterator[tuple[Site, Mended]]:
    """The messages at sites that are at fault in all variants that have them."""
    told: set[Site] = set()
    for found in by_variant:
        for site, messages in found.items():
            if site not in told and all(
                site in other or site not in graph.sites
                for graph, other in zip(graphs, by_variant, strict=True)
            ):
                yield from ((site, told) for told in messages)
            told.add(site)
