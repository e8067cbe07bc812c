"""Library functions written with the signature that they have in the library.

`@known` wraps a Python function `f(call, …)` into a native: arguments bind by Python's own rules,
and whatever cannot be worked out, or would raise in the analysed program, ends as an unknown that
carries the source text of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.calls import settle
from flake8_paramcount.interpreter.constants import CONSTANTS, libraries
from flake8_paramcount.interpreter.containers import iterate, present
from flake8_paramcount.interpreter.rounds import handed_on
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    Arguments,
    NeedSplit,
    Qualified,
    SetObject,
    Value,
    are_constants,
)
from flake8_paramcount.keras.layer import Fault
from flake8_paramcount.keras.shapes import size_of
from flake8_paramcount.unknown import Undetermined, Unknown

Body: TypeAlias = Callable[..., Value]

# What a body may raise where the analysed program would raise, or where a value has a form that
# the body does not follow.
_FAILURES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, Fault)


class Call(NamedTuple):
    """One call of a library function, with what its body needs of the evaluation."""

    run: Run
    arguments: Arguments
    name: str
    pure: bool = True
    """Whether equal arguments give equal results; False for random numbers."""

    @property
    def site(self) -> int:
        """Where the call stands."""
        return self.arguments.site

    def unknown(self, reason: str) -> Unknown:
        """An unknown that carries the source text of this call."""
        return Unknown(reason, self.arguments.text, self.site)

    def number(self, reason: str) -> Unknown:
        """An unknown number that carries the source text of this call."""
        made = self.unknown(reason)
        made.scalar = True
        return made

    def stated(self) -> int | None:
        """What the settings say that the text of this call is worth, if they do."""
        return self.run.assumed(self.arguments.text()) if self.run.assume else None

    def symbol(self, suffix: str = "", *, lower: int = 0, **facts: Any) -> int | Poly:
        """A fresh symbol named by the text of this call, such as `pad(x).shape[1]`."""
        text = self.arguments.text() + suffix
        stated = self.run.assumed(text) if self.run.assume else None
        if stated is not None:
            return stated
        return dims.symbol(text, lower=lower, site=self.site, **facts)

    def items(self, value: Value) -> list[Value]:
        """The items of a value, choices made. Raises `Undetermined` and `NeedSplit`."""
        with self.run.journal.speculation() as delta:
            found = list(iterate(self.run, value))
            self.run.fuel.sweep(4 * len(found))
            items = [operand(self.run, settle(self.run, item)) for item in found]
        self.run.journal.apply(delta)
        return items

    def members(self, value: Value) -> list[Value]:
        """The items of a value for what does not depend on their order."""
        if isinstance(value, SetObject):
            return [key for key, _ in present(self.run, value)]
        return self.items(value)

    def settle(self, value: Value) -> Value:
        """A value with its choices made. Raises `NeedSplit`."""
        return settle(self.run, value)

    def truth(self, value: Value) -> bool:
        """The truth of a value; one that is not decided makes the whole result unknown.

        The way back through `NeedSplit` would meet another unknown each time, where the value is
        the result of a function that is not known.
        """
        value = self.settle(value)
        try:
            return self.run.truth(value)
        except NeedSplit:
            raise Undetermined(self.unknown("it depends on a test of what is not known")) from None

    def perform(self, body: Body, *receiver: Value) -> Value:
        """Bind the arguments to the body's signature and evaluate it."""
        if not self.arguments.complete:
            return self.unknown(f"`{self.name}` is called with arguments that are not known")
        args = [operand(self.run, value) for value in self.arguments.args]
        kwargs = {name: operand(self.run, value) for name, value in self.arguments.kwargs.items()}
        try:
            return body(self, *receiver, *args, **kwargs)
        except Undetermined as stop:
            handed_on(self.run, self._values(), stop.unknown)
            # Not the operand itself: f(u) is another number than u.
            result = self._derived(stop.unknown)
            result.scalar = self.name in ("int", "float")
            return result
        except _FAILURES as error:
            if isinstance(error, ZeroDivisionError) or self.name in ("int", "float"):
                self.run.fails(type(error), *error.args)
            return self.unknown(f"`{self.name}` fails: {type(error).__name__}")

    def _values(self) -> tuple[Value, ...]:
        return (*self.arguments.args, *self.arguments.kwargs.values())

    def _derived(self, operand: Unknown) -> Unknown:
        if not self.pure or not all(map(_is_plain, self._values())):
            return self.unknown(operand.reason)
        key = (self.name, self.arguments.args, tuple(self.arguments.kwargs.items()))
        return operand.derive(key, self.arguments.text)


def operand(run: Run, value: Value) -> Value:
    """A value as a library function sees it: a name from elsewhere is what it stands for."""
    if type(value) is tuple:
        return value if are_constants(value) else tuple(operand(run, item) for item in value)
    if not isinstance(value, Qualified):
        return value
    if value.path in CONSTANTS:
        return CONSTANTS[value.path]
    return value if value.path.partition(".")[0] in libraries() else run.outside(value)


def _is_plain(value: Value) -> bool:
    """Whether equal arguments of this kind mean equal results."""
    return isinstance(value, (int, float, str, bytes, Unknown, Poly, Qualified, type(None)))


def known(*paths: str, pure: bool = True) -> Callable[[Body], Body]:
    """Register a library function under its qualified names."""

    def register(body: Body) -> Body:
        for path in paths:
            natives.function(path)(_function(body, path.rpartition(".")[2], pure))
        return body

    return register


def _function(body: Body, name: str, pure: bool) -> natives.NativeFunction:
    return lambda run, arguments: Call(run, arguments, name, pure).perform(body)


def known_method(kind: type, *names: str) -> Callable[[Body], Body]:
    """Register a method of a kind of value; its body gets the receiver behind the call."""

    def register(body: Body) -> Body:
        for name in names:
            natives.method(kind, name)(_method(body, name))
        return body

    return register


def _method(body: Body, name: str) -> natives.NativeMethodFunction:
    return lambda run, receiver, arguments: Call(run, arguments, name, pure=False).perform(
        body, receiver
    )


def under(*packages: str) -> Callable[[str], tuple[str, ...]]:
    """A function that spells a name under each of several packages."""
    return lambda name: tuple(f"{package}.{name}" for package in packages)


def extent(value: Value) -> int | Poly:
    """A length or size as an exact integer; an unknown is the symbol of its text, 0 or more."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, (int, Poly)):
        return value
    if isinstance(value, Unknown):
        return size_of(value, 0)
    raise TypeError(f"{type(value).__name__} is no integer")


def certain(value: Poly) -> Poly:
    """A symbolic value that is an integer. Raises `Undetermined` if it may be anything else.

    Arithmetic makes a symbol of any unknown operand, of an array or a float too; only what has been
    a length or a size has a lower bound.
    """
    if any(symbol.lower is None for symbol in value.symbols()):
        raise Undetermined(Unknown("it may be no integer", dims.text(value)))
    return value


def number(value: Value) -> Any:
    """A number that is known."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, (int, float)):
        return value
    raise TypeError(f"{type(value).__name__} is no known number")


def text(value: Value) -> str:
    """A string that is known."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, str):
        return value
    raise TypeError(f"{type(value).__name__} is no string")


def whole(value: Value) -> int:
    """An integer that is known."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} is no known integer")


def given(value: Value) -> bool:
    """Whether an optional argument is given; an unknown might be None."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value is not None


def length_of(call: Call, value: Value, named: Callable[[], str] | None = None) -> int | Poly:
    """`len(value)`: for an unknown the symbol of that text, the same each time."""
    if isinstance(value, Unknown):
        label = named or (lambda: f"len({value.text})" if value.text else "")
        counted = value.derive("len", lambda: label() or None)  # type: ignore[arg-type,return-value]
        return size_of(counted, 0)
    sized = natives.find_method(type(value), "__len__")
    if sized is not None:
        return extent(sized(call.run, value, call.arguments._replace(args=(), kwargs={})))
    from flake8_paramcount.interpreter.containers import length

    return extent(length(call.run, value))
