"""What is done any number of times: by a comprehension, or by whoever a function is handed to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import libcst as cst

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.fence import FAILURES
from flake8_paramcount.interpreter.havoc import Places, give_up, keep_fresh, widen
from flake8_paramcount.interpreter.repeating import CHANGES, rounds_of
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.unfollowed import lose_reached
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    BoundMethod,
    Function,
    IteratorObject,
    Native,
    NativeMethod,
    NeedSplit,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# Rounds of unknown number inside one another: each doubles the work.
MAX_NESTED = 4


def unknown_rounds(
    run: Run, work: Callable[[], object], reason: Unknown, count: int | Poly | None = None
) -> None:
    """Do something an unknown number of times: what it changes is not known behind it."""
    made, widened = len(run.models), Places()
    while True:
        del run.models[made:]
        with run.fuel.half(), a_round(run), run.journal.trial() as (delta, tried):
            done = _try(run, work)
        if not done or run.loops >= MAX_NESTED:
            give_up(run, tried, reason)
            return
        if not widen(run, delta, reason, widened):
            keep_fresh(run, delta, reason, count)
            return


def _try(run: Run, work: Callable[[], object]) -> bool:
    try:
        run.transact(work)
    except (Undetermined, NeedSplit, Raised, *FAILURES):
        return False
    return True


@contextmanager
def a_round(run: Run) -> Iterator[None]:
    """Evaluate one of an unknown number of rounds."""
    before = run.whole, run.rounds
    run.whole, run.rounds = False, (*run.rounds, -1)
    run.loops += 1
    try:
        yield
    finally:
        run.whole, run.rounds = before
        run.loops -= 1


# -- comprehensions -------------------------------------------------------------------------------


def open_comprehension(
    run: Run, node: cst.BaseComp, elements: Iterable[cst.BaseExpression], reason: Unknown
) -> None:
    """A comprehension over items that are not known, in its own scope."""

    def work() -> None:
        clause: cst.CompFor | None = node.for_in
        while clause is not None:
            _one_item(run, clause, reason)
            clause = clause.inner_for_in
        for element in elements:
            run.evaluate(element)

    plain = node.for_in.inner_for_in is None and not node.for_in.ifs
    with run.inside(Scope("comprehension", run.scope)):
        count = rounds_of(run, node.for_in) if plain else None
        unknown_rounds(run, work, reason, count)


def _one_item(run: Run, clause: cst.CompFor, reason: Unknown) -> None:
    from flake8_paramcount.interpreter.assignment import assign
    from flake8_paramcount.interpreter.possible import holding

    source = run.evaluate(clause.iter)
    item = Unknown(f"{CHANGES} ({reason.reason})", run.text(clause.target), reason.site)
    item.origin = reason
    assign(run, clause.target, holding(item, source))
    for test in clause.ifs:
        run.evaluate(test.test)


# -- functions and iterators that are handed on ---------------------------------------------------


def handed_on(run: Run, values: Iterable[Value], reason: Unknown) -> None:
    """Whoever is given functions may call them any number of times, with anything else given.

    An iterator may have been asked for any number of its items.
    """
    values = list(values)
    for value in map(run.journal.resolve, values):
        if isinstance(value, Function | BoundMethod | Native | NativeMethod):
            _called_back(run, value, [other for other in values if other is not value], reason)
        elif isinstance(value, IteratorObject):
            _drawn_from(run, value, reason)


def _called_back(run: Run, function: Value, others: Iterable[Value], reason: Unknown) -> None:
    """A function that may be called; if nothing else calls it, it is evaluated alone as well."""
    from flake8_paramcount.interpreter.calls import call
    from flake8_paramcount.interpreter.possible import holding

    item = holding(Unknown(f"{CHANGES} ({reason.reason})", None, reason.site), *others)
    given = Arguments((item,) * _wanted(function), {}, reason.site, lambda: "a call")
    made, called = len(run.models), set(run.called)
    unknown_rounds(run, partial(call, run, function, given), reason)
    del run.models[made:]
    run.called = called


def _wanted(function: Value) -> int:
    """How many arguments a function needs."""
    bound = isinstance(function, BoundMethod)
    function = function.function if bound else function
    if not isinstance(function, Function):
        return 1
    needed = (each for each in function.parameters if each.kind in ("", "/"))
    return max(sum(each.default is MISSING for each in needed) - bound, 0)


def _drawn_from(run: Run, stream: IteratorObject, reason: Unknown) -> None:
    """Whatever a generator changes, it may have changed any number of times."""
    if not stream.state:
        return
    run.journal.replace(stream, reason)
    if stream.body is not None:
        lose_reached(run, *stream.body)
    handed_on(run, stream.sources, reason)
