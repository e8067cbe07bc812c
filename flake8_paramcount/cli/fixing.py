"""`paramcount check --fix`: fixes applied to a text, and kept only if they do what they promise.

A promise is about counts: a layer without its bias has exactly that many parameters less, a
comment changes none. So the new text is analysed, and every layer held against what it must be.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from flake8_paramcount.cli.codemod import apply
from flake8_paramcount.cli.files import Unreadable, parse
from flake8_paramcount.counting import weights_of
from flake8_paramcount.dims import Dim
from flake8_paramcount.interpreter import Analysis, analyze
from flake8_paramcount.records import NOWHERE, LayerRecord, Model, Position, Variant
from flake8_paramcount.report import size_text
from flake8_paramcount.rules import Finding, check
from flake8_paramcount.rules.fixes import Fix
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

MOST_ROUNDS = 200
"""Every round settles a fix or gives one up; no file of a person needs more."""

HIDING = frozenset(("rename", "reword"))
"""Kinds of fixes for calls that Keras refuses: what is behind such a call was not known."""

OPENING = HIDING | {"join"}
"""Kinds of fixes after which other layers have other inputs, and other weights."""

Wanted = Callable[[str, Sequence[Finding]], Iterable[Finding]]
Moved = Callable[[Position], Position]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and what was found in it."""

    text: str
    analysis: Analysis
    findings: tuple[Finding, ...]


def mended(text: str, name: str, settings: Settings, wanted: Wanted) -> tuple[str, int]:
    """The text with the fixes of wanted findings, and how many they were.

    Raises `Unreadable`.
    """
    reading, given_up, done = read(text, name, settings), set[object](), 0
    for _ in range(MOST_ROUNDS):
        fixable = [finding for finding in reading.findings if finding.fix is not None]
        waiting = [finding for finding in wanted(reading.text, fixable) if finding not in given_up]
        # Comments come last: other fixes change the counts that they state.
        first = [finding for finding in waiting if finding.code != "KPC106"] or waiting
        if not first:
            break
        better = _attempt(reading, first, name, settings)
        if better is None and len(first) > 1:
            first = first[:1]
            better = _attempt(reading, first, name, settings)
        if better is None:
            given_up.update(first)
        else:
            reading, done = better, done + len(first)
    return reading.text, done


def read(text: str, name: str, settings: Settings) -> Reading:
    """Analyse a text. Raises `Unreadable`."""
    analysis = analyze(text, parse(text).tree, settings, name)
    if analysis.error is not None:
        raise Unreadable(analysis.error)
    summaries = [summarize(model, settings) for model in analysis.models]
    return Reading(text, analysis, tuple(check(analysis, summaries, settings)))


def _attempt(
    before: Reading, findings: Sequence[Finding], name: str, settings: Settings
) -> Reading | None:
    """The text with these fixes, if all of them hold what they promise."""
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    comments = {fix.place: fix.value for fix in fixes if isinstance(fix.place, Position)}
    calls = [
        (before.analysis.node(fix.place), fix)
        for fix in fixes
        if not isinstance(fix.place, Position)
    ]
    text = apply(before.text, before.analysis.module, calls, comments)
    if text is None or text == before.text:
        return None
    try:
        after = read(text, name, settings)
    except Unreadable:
        return None
    return after if _holds(before, after, findings) else None


# -- the promise ------------------------------------------------------------------------------


def _holds(before: Reading, after: Reading, findings: Sequence[Finding]) -> bool:
    """Whether the findings are gone, nothing else is new, and all counts are as promised."""
    moved = _moved(before.text, after.text)
    left = {(each.code, each.position, each.message) for each in after.findings}
    if any((each.code, moved(each.position), each.message) in left for each in findings):
        return False
    if _news(before, after, findings, moved):
        return False
    fixes: dict[Position, list[Fix]] = {}
    for finding in findings:
        if finding.fix is not None and not isinstance(finding.fix.place, Position):
            fixes.setdefault(moved(finding.position), []).append(finding.fix)
    return _counts_hold(before, after, fixes, moved)


def _moved(old: str, new: str) -> Moved:
    """Where a place of one text is in the other, by the lines that came or went before it."""
    lines: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(None, old.split("\n"), new.split("\n"), autojunk=False)
    for _, first, last, start, _end in matcher.get_opcodes():
        lines.update((first + step + 1, start + step + 1) for step in range(last - first))
    return lambda place: Position(lines.get(place.line, place.line), place.column)


def _news(before: Reading, after: Reading, findings: Sequence[Finding], moved: Moved) -> bool:
    """Whether there are findings that were not there.

    A comment whose number a fix has made stale is the next to be fixed. What stands behind a
    call that Keras refused could not be seen before.
    """
    revealing = {
        moved(each.position).line for each in findings if each.fix and each.fix.kind in HIDING
    }
    known = Counter((each.code, moved(each.position).line) for each in before.findings)
    new = Counter((each.code, each.line) for each in after.findings) - known
    for code, line in new:
        if code == "KPC106" or (code == "KPC307" and line in revealing):
            continue
        if not revealing or line in revealing:
            return True
    return False


class Outline(NamedTuple):
    """A layer as two analyses can be compared: symbols of two runs are never equal."""

    place: Position
    class_name: str
    known: bool
    refused: str | None
    weights: tuple[tuple[str, tuple[str, ...], bool], ...]


def _counts_hold(
    before: Reading, after: Reading, fixes: Mapping[Position, list[Fix]], moved: Moved
) -> bool:
    """Whether every layer of every model has the weights that the fixes leave it."""
    changing = frozenset[str](fix.kind for each in fixes.values() for fix in each)
    for old, new in zip_longest(before.analysis.models, after.analysis.models):
        if old is None or new is None:
            return False
        for was, now in zip_longest(_layers(old), _layers(new)):
            if was is None or now is None:
                if changing & HIDING:
                    break
                return False
            place = moved(before.analysis.locate(was.site))
            found = _outline(now, after.analysis)
            mine = fixes.get(place, []) if was.site != NOWHERE else []
            if mine and not _layer_holds(was, place, mine, found):
                return False
            alike = _outline(was, before.analysis)[1:] == found[1:]
            if not mine and not alike and not changing & OPENING:
                return False
    return True


def _layers(model: Model) -> Iterator[LayerRecord]:
    """All layers of a model, those inside of nested models too."""
    for variant in model.variants:
        yield from _inside(variant)


def _inside(variant: Variant) -> Iterator[LayerRecord]:
    for layer in variant.layers:
        if layer.nested is None:
            yield layer
        else:
            yield from _inside(layer.nested)


def _outline(layer: LayerRecord, analysis: Analysis) -> Outline:
    weights = [
        (weight.name, tuple(map(size_text, weight.shape)), weight.trainable)
        for weight in weights_of(layer)
    ]
    refused = None if layer.fault is None else str(layer.fault.details.get("argument"))
    place = analysis.locate(layer.site)
    return Outline(place, layer.class_name, layer.known, refused, tuple(weights))


def _layer_holds(was: LayerRecord, place: Position, fixes: list[Fix], found: Outline) -> bool:
    """Whether a layer that was fixed is at its place, and is what the fixes make of it."""
    if found.place != place or found.class_name != was.class_name:
        return False
    kinds = frozenset[str](fix.kind for fix in fixes)
    if was.fault is not None:
        return found.refused not in {fix.argument for fix in fixes} - {None}
    wanted = [
        (weight.name, tuple(map(size_text, _shape(weight.shape, kinds))), weight.trainable)
        for weight in weights_of(was)
        if not (weight.name == "bias" and "set" in kinds)
    ]
    return found.refused is None and found.known and list(found.weights) == wanted


def _shape(shape: tuple[Dim, ...], kinds: frozenset[str]) -> tuple[Dim, ...]:
    """An Embedding's weights with the row that `+ 1` adds."""
    first, *others = shape or (None,)
    if "add" not in kinds or first is None:
        return shape
    return (first + 1, *others)
