"""KPC106: counts that comments state, held against the computed ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import combinations
from typing import NamedTuple, TypeVar

from flake8_paramcount import dims
from flake8_paramcount.formula import formula
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.records import NOWHERE, LayerRecord, Position, Site
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.comments import Claim, claim, restated
from flake8_paramcount.rules.fixes import Fix
from flake8_paramcount.rules.places import Around, Places, lines_of
from flake8_paramcount.rules.registry import Context, Finding, rule
from flake8_paramcount.summary import Summary, is_complete, weights_of

FURTHEST = 10
"""Bare arithmetic speaks of a count only if its result is within this factor of it."""


@rule("KPC106")
def stale_count_comment(context: Context) -> Iterator[Finding]:
    """A comment states a parameter count that is not the computed one.

    People note counts beside the layers, by hand or from a printed summary, and later change the
    layer. Recognized are comments that say nothing else: `# params: 1,234`, `# 3,104 parameters`,
    `# Total params: 67,104`, and the arithmetic of a layer with its result,
    `# 64*32+32*32+32=3104`. They count at the end of the layer's line, alone directly below it,
    or alone above it; totals at the model. Arithmetic that does not come out is reported too.

    It is silent where a number may be about something else: a size (`# 28*28=784`), a number of
    arguments (`# 3 parameters`), a rounded count (`# 1.2M params`).

    Bad:

        from keras import Sequential, layers

        model = Sequential()
        model.add(layers.Embedding(1000, 64))
        model.add(layers.SimpleRNN(64))
        # 64*32+32*32+32=3104

    Good:

        from keras import Sequential, layers

        model = Sequential()
        model.add(layers.Embedding(1000, 64))
        model.add(layers.SimpleRNN(32))
        # 64*32+32*32+32=3104
    """
    stated = list(_stated(context.analysis.source))
    if not stated:
        return
    located = _Located(context)
    for found in stated:
        yield from _judged(located, found)


_Key = TypeVar("_Key")
_Each = TypeVar("_Each")


class _Stated(NamedTuple):
    """A claim and where it stands."""

    claim: Claim
    line: int
    column: int


def _stated(source: str) -> Iterator[_Stated]:
    """What looks like a claim; whether it stands in a comment is looked at later."""
    # The summary of a trained Keras 3 model counts the optimizer's state in its total.
    trained = "optimizer params" in source.lower()
    for line, text in enumerate(lines_of(source), start=1):
        column = text.find("#")
        while column >= 0:
            found = claim(text[column:])
            if found is not None and not (found.whole and trained):
                yield _Stated(found, line, column)
            column = text.find("#", column + 1)


class _Counted(NamedTuple):
    """A layer or a model at a site: what may be said of it, and what it is."""

    site: Site
    counts: frozenset[int]
    """The counts that a comment may state; empty if they are not known."""
    name: str
    arithmetic: str = ""
    kind: str = ""
    sizes: frozenset[int] = frozenset()
    """Sizes that belong to the layer and are no counts."""
    single: bool = False
    """Its count is one product, without a sum."""
    total: int | None = None


class _Located:
    """The layers and models of a file by the lines on which they start and end."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.places = Places(context.analysis.source)

    @cached_property
    def layers(self) -> dict[Site, _Counted]:
        """What stands at the sites of layers."""
        records: dict[Site, list[LayerRecord]] = defaultdict(list)
        for graphs in self.context.parts:
            for graph in graphs:
                for node in graph.nodes:
                    records[node.record.site].append(node.record)
        records.pop(NOWHERE, None)
        return {site: _layers(site, found) for site, found in records.items()}

    @cached_property
    def models(self) -> dict[Site, _Counted]:
        """What stands at the sites of models."""
        summaries: dict[Site, list[Summary]] = defaultdict(list)
        for summary in self.context.summaries:
            summaries[summary.model.site].append(summary)
        summaries.pop(NOWHERE, None)
        return {site: _models(site, found) for site, found in summaries.items()}

    @cached_property
    def lines(self) -> dict[Site, tuple[int, int]]:
        """The first and the last line of every layer's and model's call."""
        found = {}
        for site in {*self.layers, *self.models}:
            start = self.context.analysis.locate(site)
            found[site] = (start.line, self.places.end_of(start))
        return found

    def layers_at(self, line: int, *, starting: bool = False) -> list[_Counted]:
        """The layers whose call ends (or starts) on a line."""
        return (self._starting if starting else self._ending).get(line, [])

    @cached_property
    def _starting(self) -> dict[int, list[_Counted]]:
        return _grouped((self.lines[site][0], layer) for site, layer in self.layers.items())

    @cached_property
    def _ending(self) -> dict[int, list[_Counted]]:
        return _grouped((self.lines[site][1], layer) for site, layer in self.layers.items())

    def layers_closed_by(self, line: int) -> list[_Counted]:
        """The layers that end on a line, or inside brackets that it closes."""
        return next(filter(None, map(self.layers_at, self.places.closed_by(line))), [])

    def models_at(self, line: int) -> list[_Counted]:
        """The models whose construction is over with a line."""
        return self._over.get(line, [])

    @cached_property
    def _over(self) -> dict[int, list[_Counted]]:
        return _grouped(
            (line, self.models[summary.model.site])
            for summary, last in self._last
            for line in {last, *self.places.closing(last)}
        )

    def models_from(self, line: int) -> list[_Counted]:
        """The models whose construction starts on a line."""
        return self._opened.get(line, [])

    @cached_property
    def _opened(self) -> dict[int, list[_Counted]]:
        return _grouped((self.lines[site][0], model) for site, model in self.models.items())

    def models_closed_at(self, line: int) -> list[_Counted]:
        """The models whose own call ends on a line."""
        return self._closed.get(line, [])

    @cached_property
    def _closed(self) -> dict[int, list[_Counted]]:
        return _grouped((self.lines[site][1], model) for site, model in self.models.items())

    def models_named_at(self, line: int) -> list[_Counted]:
        """The models that a line below all their layers is about: `model.summary()`."""
        return [
            self.models[summary.model.site]
            for name in self.places.receivers(line)
            for summary, last in self._named.get(name, ())
            if max((last, *self.places.closing(last))) < line
        ]

    @cached_property
    def _named(self) -> dict[str, list[tuple[Summary, int]]]:
        return _grouped((each[0].model.name, each) for each in self._last if each[0].model.name)

    @cached_property
    def _last(self) -> list[tuple[Summary, int]]:
        """Each model with the line on which its last call ends."""
        return [(each, self._last_line(each)) for each in self.context.summaries if each.model.site]

    def _last_line(self, summary: Summary) -> int:
        sites = [layer.site for variant in summary.model.variants for layer in variant.layers]
        return max(
            self.lines[site][1] for site in (summary.model.site, *sites) if site in self.lines
        )


def _grouped(pairs: Iterable[tuple[_Key, _Each]]) -> dict[_Key, list[_Each]]:
    """What stands under each key, in order."""
    found: dict[_Key, list[_Each]] = defaultdict(list)
    for key, each in pairs:
        found[key].append(each)
    return dict(found)


def _layers(site: Site, records: list[LayerRecord]) -> _Counted:
    first = records[0]
    weights = list({weight.key: weight for weight in weights_of(first)}.values())
    counts = [_counts(record) for record in records]
    whole = counts[0]
    agree = whole is not None and all(each == whole for each in counts)
    return _Counted(
        site,
        whole if agree and whole is not None else frozenset(),
        wording.layer(first),
        arithmetic=formula(weights),
        kind=first.class_name,
        sizes=frozenset().union(*map(_sizes, records)),
        single=len(weights) == 1,
        total=max(whole) if agree and whole else None,
    )


def _counts(record: LayerRecord) -> frozenset[int] | None:
    """The counts that a comment on a layer may state: all, trainable, not trainable."""
    if not is_complete(record):
        return None
    weights = {weight.key: weight for weight in weights_of(record)}.values()
    parts = [
        dims.total(weight.count for weight in weights if weight.trainable in wanted)
        for wanted in ((True, False), (True,), (False,))
    ]
    whole, trainable, frozen = parts
    if not isinstance(whole, int):
        return None
    told = {part for part in (trainable, frozen) if isinstance(part, int) and part}
    return frozenset({whole, *told})


def _models(site: Site, summaries: list[Summary]) -> _Counted:
    totals = {summary.total for summary in summaries}
    known = {count for count in totals if isinstance(count, int)}
    return _Counted(
        site,
        frozenset(known) if len(known) == len(totals) == 1 else frozenset(),
        wording.model(summaries[0].model),
        total=max(known, default=None),
    )


def _sizes(record: LayerRecord) -> frozenset[int]:
    """Products of the layer's dimensions, and its integer arguments."""
    found = {value for value in record.arguments.values() if type(value) is int}
    for shape in (*_each(record.inputs), *_each(record.output)):
        known = [dim for dim in shape.dims if type(dim) is int] if shape.known else []
        for length in range(1, len(known) + 1):
            found.update(dims.product(chosen) for chosen in combinations(known, length))  # type: ignore[misc]
    return frozenset(found)


def _each(shapes: Shapes | None) -> Iterable[Shape]:
    if shapes is None:
        return ()
    return shapes if isinstance(shapes, tuple) else (shapes,)


# -- judging ----------------------------------------------------------------------------------


def _judged(located: _Located, stated: _Stated) -> Iterator[Finding]:
    found = stated.claim
    around = located.places.around(stated.line, stated.column)
    if (stated.line, stated.column) not in located.places.comments:
        return
    if found.like_code and not around.own:
        return
    meant, others = _meant(located, around, found)
    if not meant or not all(each.counts for each in (*meant, *others)):
        return
    if not found.labelled:
        meant = [each for each in meant if _plausible(found, each)]
    if not meant or (found.layer and found.layer != meant[0].kind.lower()):
        return
    line = located.lines[meant[0].site][0]
    where = "comment" if stated.line == line else f"comment on line {stated.line}"
    if not any(found.stated in each.counts for each in (*meant, *others)):
        message = f"the {where} says {wording.parameters(found.stated)}, but {_truth(meant)}"
        yield Finding("KPC106", meant[0].site, message, _fix(located, stated, meant))
    elif not found.comes_out and found.sum is not None:
        message = (
            f"the arithmetic in the {where} comes to {found.sum:,}, "
            f"not to the {found.stated:,} that it says"
        )
        yield Finding("KPC106", meant[0].site, message, _fix(located, stated, meant))


def _fix(located: _Located, stated: _Stated, meant: list[_Counted]) -> Fix | None:
    """The comment with the true count, where it is certain which one is meant."""
    only = meant[0]
    counts = only.counts & {stated.claim.stated} or only.counts
    if len(meant) != 1 or len(counts) != 1:
        return None
    (count,) = counts
    comment = located.places.lines[stated.line - 1][stated.column :]
    text = restated(comment, count, only.arithmetic)
    if text is None:
        return None
    return Fix(Position(stated.line, stated.column), "restate", "", text)


def _meant(
    located: _Located, around: Around, found: Claim
) -> tuple[list[_Counted], list[_Counted]]:
    """What a claim speaks of, and what else would make it true."""
    line = around.own or around.above
    models = located.models_at(line)
    if found.whole:
        below = located.models_from(around.below)
        near = (models, located.models_named_at(line), below)
        return _only(next(filter(None, near), [])), []
    ending = _only(located.layers_at(line))
    closed = _only(located.models_closed_at(line)) if found.labelled else []
    if closed and not ending:
        return closed, located.layers_closed_by(line)
    ending = ending or _only(located.layers_closed_by(line))
    if around.own:
        return ending or _only(located.layers_at(line, starting=True)), models
    return [*ending, *_only(located.layers_at(around.below, starting=True))], models


def _only(candidates: list[_Counted]) -> list[_Counted]:
    """The one that is there; of several none is certain to be meant."""
    return candidates if len(candidates) == 1 else []


def _plausible(found: Claim, counted: _Counted) -> bool:
    """Whether arithmetic without a word is about this layer's count, and not about a size."""
    count = counted.total
    if not count or found.stated in counted.sizes or found.sum in counted.sizes:
        return False
    if found.addends == 1 and not counted.single:
        return False
    return count <= FURTHEST * found.stated and found.stated <= FURTHEST * count


def _truth(meant: list[_Counted]) -> str:
    if len(meant) == 1:
        (only,) = meant
        arithmetic = f" = {only.arithmetic}" if only.arithmetic else ""
        return f"{only.name} has {dims.text(only.total)}{arithmetic}"
    above, below = meant
    return (
        f"neither {above.name} above ({dims.text(above.total)}) "
        f"nor {below.name} below ({dims.text(below.total)}) has that many"
    )
