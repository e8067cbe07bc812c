"""The `match` statement: which case a known subject takes."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from flake8_paramcount.interpreter import operators
from flake8_paramcount.interpreter.names import store
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Value
from flake8_paramcount.unknown import Undetermined


def takes(run: Run, subject: Value, case: cst.MatchCase) -> bool:
    """Whether a case matches. Raises `NeedSplit` and `Undetermined` where that is not decided."""
    return matches(run, run.journal.force(subject), case.pattern) and (
        case.guard is None or run.truth(run.evaluate(case.guard))
    )


def matches(run: Run, subject: Value, pattern: cst.MatchPattern) -> bool:
    """Whether a subject matches a pattern of constants, names, alternatives or sequences."""
    if isinstance(pattern, cst.MatchValue | cst.MatchSingleton):
        value = run.evaluate(pattern.value)
        return run.truth(operators.compare(run, cst.Equal, subject, value, pattern.value))
    if isinstance(pattern, cst.MatchAs):
        return _matches_as(run, subject, pattern)
    if isinstance(pattern, cst.MatchOr):
        return any(matches(run, subject, part.pattern) for part in pattern.patterns)
    if isinstance(pattern, cst.MatchSequence) and type(subject) is tuple:
        return _matches_sequence(run, subject, pattern)
    raise Undetermined(run.unknown("a pattern that is not followed"))


def _matches_as(run: Run, subject: Value, pattern: cst.MatchAs) -> bool:
    if pattern.pattern is not None and not matches(run, subject, pattern.pattern):
        return False
    if pattern.name is not None:
        store(run, pattern.name.value, subject)
    return True


def _matches_sequence(run: Run, subject: tuple[Value, ...], pattern: cst.MatchSequence) -> bool:
    parts = pattern.patterns
    if any(isinstance(part, cst.MatchStar) for part in parts):
        raise Undetermined(run.unknown("a pattern that is not followed"))
    return len(parts) == len(subject) and all(
        matches(run, item, part.value)  # type: ignore[union-attr]
        for item, part in zip(subject, parts, strict=True)
    )


def captures(pattern: cst.CSTNode) -> Iterator[str]:
    """The names that a pattern may bind."""
    if isinstance(pattern, cst.MatchAs | cst.MatchStar) and pattern.name is not None:
        yield pattern.name.value
    if isinstance(pattern, cst.MatchMapping) and pattern.rest is not None:
        yield pattern.rest.value
    for child in pattern.children:
        yield from captures(child)
