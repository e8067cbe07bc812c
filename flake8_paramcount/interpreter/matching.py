"""The `match` statement: which case a known subject takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from flake8_paramcount.interpreter.attributes import get_attribute
from flake8_paramcount.interpreter.containers import is_hashable
from flake8_paramcount.interpreter.mappings import entries, owner_of
from flake8_paramcount.interpreter.names import store
from flake8_paramcount.interpreter.natives import FUNCTIONS
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.streams import until
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    ClassObject,
    DictObject,
    ErrorObject,
    Instance,
    ListObject,
    Namespace,
    Qualified,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown


def takes(run: Run, subject: Value, case: cst.MatchCase) -> bool:
    """Whether a case matches. Raises `NeedSplit` and `Undetermined` where that is not decided."""
    return matches(run, subject, case.pattern) and (
        case.guard is None or run.truth(run.evaluate(case.guard))
    )


def matches(run: Run, subject: Value, pattern: cst.MatchPattern) -> bool:
    """Whether a subject matches a pattern."""
    if isinstance(pattern, cst.MatchAs):
        return _matches_as(run, subject, pattern)
    if isinstance(pattern, cst.MatchOr):
        return any(matches(run, subject, part.pattern) for part in pattern.patterns)
    subject = run.operand(subject)
    if isinstance(pattern, cst.MatchValue | cst.MatchSingleton):
        return _matches_value(run, subject, pattern)
    if isinstance(subject, Unknown):
        raise Undetermined(subject)
    if isinstance(pattern, cst.MatchSequence):
        return _matches_sequence(run, subject, pattern)
    if isinstance(pattern, cst.MatchMapping):
        return _matches_mapping(run, subject, pattern)
    if isinstance(pattern, cst.MatchClass):
        return _matches_class(run, subject, pattern)
    raise Undetermined(run.unknown("a pattern that is not followed"))


def _matches_value(run: Run, subject: Value, pattern: cst.MatchValue | cst.MatchSingleton) -> bool:
    from flake8_paramcount.interpreter import operators

    kind = cst.Is if isinstance(pattern, cst.MatchSingleton) else cst.Equal
    value = run.evaluate(pattern.value)
    return run.truth(operators.compare(run, kind, subject, value, pattern.value))


def _matches_as(run: Run, subject: Value, pattern: cst.MatchAs) -> bool:
    if pattern.pattern is not None and not matches(run, subject, pattern.pattern):
        return False
    if pattern.name is not None:
        store(run, pattern.name.value, subject)
    return True


def _matches_sequence(run: Run, subject: Value, pattern: cst.MatchSequence) -> bool:
    items = _sequence(run, subject)
    if items is None:
        return False
    parts = pattern.patterns
    star = next((i for i, part in enumerate(parts) if isinstance(part, cst.MatchStar)), None)
    if star is None:
        return len(items) == len(parts) and _all_match(run, items, parts)
    behind = len(parts) - star - 1
    if len(items) < len(parts) - 1:
        return False
    if not _all_match(run, items[:star], parts[:star]):
        return False
    if not _all_match(run, items[len(items) - behind :], parts[star + 1 :]):
        return False
    name = getattr(parts[star], "name", None)
    if name is not None:
        store(run, name.value, ListObject(list(items[star : len(items) - behind])))
    return True


def _all_match(
    run: Run,
    items: Sequence[Value],
    parts: Sequence[cst.MatchSequenceElement | cst.MatchStar],
) -> bool:
    return all(
        matches(run, item, part.value)  # type: ignore[union-attr]
        for item, part in zip(items, parts, strict=True)
    )


def _sequence(run: Run, subject: Value) -> Sequence[Value] | None:
    """The items of what counts as a sequence in a pattern. Raises `Undetermined`."""
    from flake8_paramcount.interpreter.fields import is_record, values_of

    if type(subject) is tuple or isinstance(subject, range):
        return subject
    if isinstance(subject, ListObject):
        return list(run.journal.read(subject))
    if isinstance(subject, Instance) and is_record(run, subject.cls):
        return values_of(run, subject)
    if subject is None or isinstance(subject, _NO_SEQUENCE):
        return None
    raise Undetermined(run.unknown("a pattern that is not followed"))


_NO_SEQUENCE = (str, bytes, int, float, DictObject, SetObject, Instance, ClassObject)


def _matches_mapping(run: Run, subject: Value, pattern: cst.MatchMapping) -> bool:
    if not isinstance(subject, DictObject | Namespace):
        return False
    held = dict(entries(run, owner_of(subject)))
    for element in pattern.elements:
        key = run.evaluate(element.key)
        if not is_hashable(run, key):
            raise Undetermined(run.unknown("a pattern that is not followed"))
        value = held.pop(key, MISSING)
        if value is MISSING or not matches(run, value, element.pattern):
            return False
    if pattern.rest is not None:
        store(run, pattern.rest.value, DictObject(held))
    return True


# What a pattern in the brackets of these classes matches is the subject itself.
_SELF = frozenset("bool bytes dict float frozenset int list set str tuple bytearray".split())


def _matches_class(run: Run, subject: Value, pattern: cst.MatchClass) -> bool:
    kind = run.journal.force(run.evaluate(pattern.cls))
    arguments = Arguments((subject, kind), {}, run.site(run.statement), lambda: "a pattern")
    answer = FUNCTIONS["builtins.isinstance"](run, arguments)
    if isinstance(answer, Unknown):
        raise Undetermined(answer)
    if not answer:
        return False
    positional = [element.value for element in pattern.patterns]
    named = {element.key.value: element.pattern for element in pattern.kwds}
    itself = isinstance(kind, Qualified) and kind.path.rpartition(".")[2] in _SELF
    if positional and itself and not matches(run, subject, positional.pop(0)):
        return False
    names = _match_args(run, kind) if positional else []
    if len(positional) > len(names):
        raise Undetermined(run.unknown("a pattern that is not followed"))
    wanted = {**dict(zip(names, positional, strict=False)), **named}
    return all(_matches_attribute(run, subject, name, part) for name, part in wanted.items())


def _match_args(run: Run, kind: Value) -> list[str]:
    """The attributes that the positional parts of a class pattern stand for."""
    from flake8_paramcount.interpreter.classes import class_value
    from flake8_paramcount.interpreter.fields import fields_of

    if not isinstance(kind, ClassObject):
        return []
    stated = class_value(run, kind, "__match_args__")
    if type(stated) is tuple:
        return [name for name in stated if isinstance(name, str)]
    return [name for name, (each, _) in fields_of(run, kind).items() if each.init]


def _matches_attribute(run: Run, subject: Value, name: str, pattern: cst.MatchPattern) -> bool:
    if not isinstance(subject, Instance | ErrorObject):
        raise Undetermined(run.unknown("a pattern that is not followed"))
    value = until(
        run, AttributeError, lambda: get_attribute(run, subject, name, lambda: f"….{name}")
    )
    return value is not MISSING and matches(run, value, pattern)


def captures(pattern: cst.CSTNode) -> Iterator[str]:
    """The names that a pattern may bind."""
    if isinstance(pattern, cst.MatchAs | cst.MatchStar) and pattern.name is not None:
        yield pattern.name.value
    if isinstance(pattern, cst.MatchMapping) and pattern.rest is not None:
        yield pattern.rest.value
    for child in pattern.children:
        yield from captures(child)
