"""KerasTuner's search spaces: a hyperparameter is every value that it may take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flake8_paramcount.dims import Poly, symbol
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.natives import function, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Choice, Condition, Value
from flake8_paramcount.unknown import Undetermined, Unknown

# A space of at most so many integers is followed value by value; a larger one is a symbol.
MAX_VALUES = 5


# The methods that name a hyperparameter; nothing but a tuner's object has them.
SPACES = frozenset({"Int", "Choice", "Boolean", "Float", "Fixed"})


class HyperParameters(NamedTuple):
    """The `hp` that a tuner hands to the function which builds a model."""

    name: str | None


@function("keras_tuner.HyperParameters", "kerastuner.HyperParameters")
def hyperparameters(run: Run, arguments: Arguments) -> Value:
    """`HyperParameters()`."""
    return HyperParameters("hp")


@method(HyperParameters, "Int")
def int_space(run: Run, hp: HyperParameters, arguments: Arguments) -> Value:
    """`hp.Int(name, min_value, max_value, step=1)`."""
    low, high = arguments.get(1, "min_value"), arguments.get(2, "max_value")
    step = arguments.get(3, "step", 1)
    step = 1 if step is None else step
    if not all(isinstance(bound, int) for bound in (low, high, step)) or step < 1:
        raise Undetermined(Unknown("a search space that is not known", arguments.text))
    if arguments.get(4, "sampling") in ("log", "reverse_log") and step > 1:
        raise Undetermined(Unknown("a search space in geometric steps", arguments.text))
    values = range(low, high + 1, step)
    if not values:
        raise Undetermined(Unknown("an empty search space", arguments.text))
    return _space(run, arguments, values)


@method(HyperParameters, "Choice")
def choice_space(run: Run, hp: HyperParameters, arguments: Arguments) -> Value:
    """`hp.Choice(name, values)`."""
    values = list(iterate(run, arguments.get(1, "values")))
    if values and all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return _space(run, arguments, sorted(values))
    if len(values) <= MAX_VALUES and all(isinstance(v, str | int | float) for v in values):
        return _either(run, arguments, values)
    raise Undetermined(Unknown("one of several values", arguments.text, arguments.site))


@method(HyperParameters, "Boolean", "Float")
def unknown_space(run: Run, hp: HyperParameters, arguments: Arguments) -> Value:
    """`hp.Boolean(name)` and `hp.Float(name, …)`: the same unknown for the same name."""
    return _named(run, arguments)


@method(HyperParameters, "Fixed")
def fixed(run: Run, hp: HyperParameters, arguments: Arguments) -> Value:
    """`hp.Fixed(name, value)`."""
    return arguments.get(1, "value")


def _named(run: Run, arguments: Arguments) -> Unknown:
    """The unknown that stands for a hyperparameter: one for each name."""
    name = arguments.get(0, "name")
    key = ("hp", name if isinstance(name, str) else arguments.site)
    found = run.tests.get(key)
    if found is None:
        text = name if isinstance(name, str) else arguments.text
        found = run.tests[key] = Unknown("the tuner chooses it", text, arguments.site)
    return found


def _space(run: Run, arguments: Arguments, values: Sequence[int]) -> Value:
    if len(values) <= MAX_VALUES:
        return _either(run, arguments, values)
    unknown = _named(run, arguments)
    if unknown._symbol is None:
        unknown._symbol = symbol(
            unknown.text or "hp",
            lower=values[0],
            upper=values[-1],
            reason=unknown.reason,
            site=unknown.site,
        )
    found: int | Poly = unknown._symbol  # type: ignore[assignment]
    return found


def _either(run: Run, arguments: Arguments, values: Sequence[Value]) -> Value:
    """One of the values, whichever: a choice that every later use agrees on."""
    unknown = _named(run, arguments)
    result = values[-1]
    for value in reversed(values[:-1]):
        result = Choice(_is_value(run, unknown, value), value, result)
    return result


def _is_value(run: Run, unknown: Unknown, value: Value) -> Condition:
    text = f"{unknown.text} == {value!r}"
    return run.condition(("hp", unknown, value), lambda: text, unknown, value)
