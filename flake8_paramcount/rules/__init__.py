"""The rules: one generator each, in families by the first digit of their codes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flake8_paramcount.records import Position
from flake8_paramcount.rules import (
    activations,
    arguments,
    arrangement,
    counts,
    feeding,
    growth,
    losses,
    masks,
    opinion,
    shapes,
    shares,
    stale,
    tool,
    training,
    vocabulary,
)
from flake8_paramcount.rules.registry import RULES, Context, Finding, Rule, Source
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary
from flake8_paramcount.unknown import Undetermined

__all__ = ["FAMILIES", "RULES", "Context", "Finding", "Rule", "check"]

FAMILIES = (
    tool,
    counts,
    shares,
    growth,
    stale,
    vocabulary,
    masks,
    feeding,
    arguments,
    activations,
    losses,
    training,
    shapes,
    opinion,
    arrangement,
)


def check(analysis: Source, summaries: Sequence[Summary], settings: Settings) -> list[Finding]:
    """All findings that `settings` want to see: located, in order, each once."""
    context = Context(analysis, summaries, settings)
    located = (
        finding._replace(place=_position(analysis, finding))
        for code, rule in RULES.items()
        if settings.wants(code)
        for finding in _found(rule, context)
    )
    found = {(each.position, each.code, each.message): each for each in located}
    return [found[key] for key in sorted(found)]


def _found(rule: Rule, context: Context) -> Iterator[Finding]:
    """What a rule finds until it meets something that the source does not determine."""
    try:
        yield from rule.check(context)
    except Undetermined:
        return


def _position(analysis: Source, finding: Finding) -> Position:
    place = finding.place
    return place if isinstance(place, Position) else analysis.locate(place)
