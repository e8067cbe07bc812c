"""Models for the tests of rules: records made by hand, filled by the real layer catalogue.

A site is a line: the layers of a model stand on lines 10, 20, … unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flake8_paramcount import rules
from flake8_paramcount.keras import LAYERS, bind
from flake8_paramcount.keras.layer import BoundLayer, Fault, Shape, Shapes
from flake8_paramcount.records import (
    NOWHERE,
    LayerRecord,
    Model,
    Position,
    Variant,
    Vocabulary,
    WeightRecord,
)
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize
from flake8_paramcount.unknown import Undetermined, Unknown

UNSTATED = Unknown("the input shape is not stated")


@dataclass(frozen=True)
class Call:
    """A layer's constructor call, and what is known of it beside its arguments."""

    name: str
    args: tuple[Any, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)
    site: int | None = None
    inbound: tuple[int, ...] | None = None
    fed: Vocabulary | None = None
    key: int | None = None
    label: str | None = None
    stated: Shape | None = None
    multiplied: bool = False
    operated: bool = False


def call(name: str, *args: Any, **arguments: Any) -> Call:
    """A layer as a program would construct it."""
    return Call(name, args, arguments)


@dataclass
class Text:
    """A file as rules see it."""

    source: str = ""
    directives: Any = None
    idle: dict[int, Position] = field(default_factory=dict)
    filename: str = "example.py"

    def locate(self, site: int) -> Position:
        """Sites are lines; code starts where the line's text does."""
        lines = self.source.split("\n")
        line = lines[site - 1] if 0 < site <= len(lines) else ""
        return Position(site, len(line) - len(line.lstrip()))


def bound(made: Call) -> BoundLayer:
    """The layer of a call, by the real catalogue."""
    return bind(LAYERS[made.name], made.args, made.arguments)


def _record(made: Call, index: int, flowing: Shapes, inbound: tuple[int, ...]) -> LayerRecord:
    key = index + 1 if made.key is None else made.key
    base = LayerRecord(
        key=key,
        name=made.label or made.name.lower(),
        class_name=made.name,
        site=10 * (index + 1) if made.site is None else made.site,
        arguments={},
        inputs=flowing,
        output=None,
        known=False,
        inbound=inbound,
        fed=made.fed,
        label=made.label,
        positional=len(made.args),
        stated=made.stated,
        multiplied=made.multiplied,
        operated=made.operated,
    )
    try:
        layer = bound(made)
        base = replace(base, arguments=layer.arguments, class_name=layer.class_name)
        weights, output = layer.apply(flowing)
    except Fault as fault:
        return replace(base, fault=fault)
    except Undetermined:
        return base
    records = tuple(
        WeightRecord(
            (key, place), each.name, each.block, each.gates, each.trainable, each.shape, each.count
        )
        for place, each in enumerate(weights)
    )
    return replace(base, output=output, weights=records, known=True)


def variant(given: Sequence[Any] | None, *calls: Call, **rest: Any) -> Variant:
    """The layers of a model, one behind the other unless their `inbound` says otherwise."""
    first = Shape(UNSTATED if given is None else given)
    records: list[LayerRecord] = []
    for index, made in enumerate(calls):
        inbound = made.inbound
        if inbound is None:
            inbound = (index - 1,) if index else ()
        outputs = [records[place].output for place in inbound]
        if any(output is None for output in outputs):
            break
        flowing: Any = tuple(outputs) if len(outputs) > 1 else (outputs or [first])[0]
        records.append(_record(made, index, flowing, inbound))
    keys = [record.key for record in records]
    shared = [replace(record, shared=keys.count(record.key) > 1) for record in records]
    rest.setdefault("outputs", (len(records) - 1,) if records else None)
    return Variant(tuple(shared), first, records[-1].output if records else None, **rest)


def model(*variants: Variant, **rest: Any) -> Model:
    """A model on line 1."""
    fields: dict[str, Any] = {"name": "model", "function": None, "kind": "sequential", "site": 1}
    return Model(variants=variants, **{**fields, **rest})


def findings(
    models: Model | Iterable[Model], *codes: str, source: str = "", **settings: Any
) -> list[tuple[int, str, str]]:
    """Line, code and message of all findings (with these codes, if any are named)."""
    wanted = Settings(codes=frozenset(codes) or None, **settings)
    every = [models] if isinstance(models, Model) else list(models)
    text = Text(source, NoDirectives())
    found = rules.check(text, [summarize(each, wanted) for each in every], wanted)
    return [(finding.line, finding.code, finding.message) for finding in found]


class NoDirectives:
    """A file without directives."""

    errors: tuple[Any, ...] = ()


def fed(largest: Any, source: str = "imdb.load_data", site: int = NOWHERE) -> Vocabulary:
    """Integers of which this is the largest."""
    return Vocabulary(largest, source, site)


def sequence(given: Sequence[Any], *calls: Call, **rest: Any) -> Model:
    """A Sequential of one variant."""
    return model(variant(given, *calls), **rest)
