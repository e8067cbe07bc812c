"""What a program feeds to the inputs of its models: the integers that an Embedding may meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from flake8_paramcount.interpreter.graph import ends_of
from flake8_paramcount.interpreter.models import ModelObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Array, DictObject, ListObject, NeedSplit, Value
from flake8_paramcount.records import Vocabulary
from flake8_paramcount.unknown import Undetermined

Feeds: TypeAlias = Mapping[int, "Vocabulary | None"]
"""The integers that are fed, by the place of the input."""


def feeds_of(run: Run, model: ModelObject) -> Feeds:
    """The first integers that the program is known to feed to each input of a model."""
    found: dict[int, Vocabulary | None] = {}
    try:
        for data in run.journal.read(model.feeds):
            for place, value in _by_place(run, model, data):
                each = run.journal.resolve(value)
                if isinstance(each, Array) and each.high is not None:
                    fed = Vocabulary(each.high, each.source or "the data fed", each.site)
                    found.setdefault(place, fed)
    except (NeedSplit, Undetermined):
        return {}
    return found


def _by_place(run: Run, model: ModelObject, data: Value) -> Iterator[tuple[int, Value]]:
    """Data by the input that they are for: one, several in order, or by the inputs' names."""
    if isinstance(data, DictObject):
        given, names = run.journal.read(data), _input_names(run, model)
        yield from ((names.index(name), given[name]) for name in names if name in given)
    elif isinstance(data, ListObject) or type(data) is tuple:
        items = run.journal.read(data) if isinstance(data, ListObject) else data
        run.fuel.walk(len(items))
        yield from enumerate(items)
    else:
        yield 0, data


def _input_names(run: Run, model: ModelObject) -> list[Value]:
    if model.kind != "functional":
        return []
    layers = (tensor.node.layer for tensor in ends_of(run, model)[0])
    return [run.journal.resolve(layer.state["name"]) for layer in layers]
