"""Layers that the user declares: weights and output as expressions over arguments and input sizes.

The expressions are small: names, whole numbers, `+ - * //` and brackets. Nothing else is evaluated.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from flake8_paramcount.dims import Dim, Poly, floordiv, less
from flake8_paramcount.keras.layer import (
    BoundLayer,
    Built,
    LayerSpec,
    Shape,
    Shapes,
    Weight,
    built,
)
from flake8_paramcount.keras.shapes import flag, size_of
from flake8_paramcount.unknown import Undetermined, Unknown

LONGEST = 200
REST = "..."
FREE = "None"
ALLOWED = "give names, whole numbers, + - * // and brackets"

Names: TypeAlias = Callable[[str], Dim]

_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Dim]] = {
    ast.Add: lambda a, b: None if a is None or b is None else a + b,
    ast.Sub: lambda a, b: None if a is None or b is None else a - b,
    ast.Mult: lambda a, b: None if a is None or b is None else a * b,
    ast.FloorDiv: floordiv,
}


class Term:
    """One expression, parsed and checked. Raises `ValueError` for what is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tree = _parsed(text)
        self.names = frozenset(
            node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)
        )

    def value(self, names: Names) -> Dim:
        """What the expression is worth. Raises `Undetermined`."""
        try:
            return _value(self._tree, names)
        except ZeroDivisionError:
            raise Undetermined(Unknown(f"`{self.text}` divides by 0")) from None


def _parsed(text: str) -> ast.expr:
    refusal = ValueError(f"{text[:LONGEST]!r}: {ALLOWED}")
    if len(text) > LONGEST:
        raise refusal
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise refusal from None
    if not _is_allowed(tree):
        raise refusal
    return tree


def _is_allowed(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        known = type(node.op) in _OPERATIONS
        return known and _is_allowed(node.left) and _is_allowed(node.right)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.USub) and _is_allowed(node.operand)
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    return isinstance(node, ast.Name)


def _value(node: ast.expr, names: Names) -> Dim:
    if isinstance(node, ast.BinOp):
        operation = _OPERATIONS[type(node.op)]
        return operation(_value(node.left, names), _value(node.right, names))
    if isinstance(node, ast.UnaryOp):
        value = _value(node.operand, names)
        return None if value is None else -value
    if isinstance(node, ast.Name):
        return names(node.id)
    number: int = ast.literal_eval(node)
    return number


# -- declarations -----------------------------------------------------------------------------

Size: TypeAlias = Term | str
"""A size of a shape: an expression, `REST` for all axes between, or `FREE`."""


@dataclass(frozen=True, slots=True)
class DeclaredWeight:
    """One weight of a declared layer; `when` names the flag that switches it on."""

    name: str
    shape: tuple[Term, ...]
    trainable: bool = True
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Declaration:
    """A layer as the user declares it; `called` is its name, or the path that it is imported by."""

    called: str
    arguments: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    input: tuple[str, ...] = (REST, "features")
    weights: tuple[DeclaredWeight, ...] = ()
    output: tuple[Size, ...] | None = None
    """None: as the input."""


_NOTHING = Declaration("")


@dataclass(frozen=True, slots=True)
class DeclaredSpec(LayerSpec):
    """A declared layer in the place of one of the catalogue."""

    stated: Declaration = _NOTHING

    @property
    def parameters(self) -> tuple[str, ...]:
        """The arguments that are declared."""
        return self.stated.arguments

    @property
    def positional(self) -> tuple[str, ...]:
        """All of them can be given by position."""
        return self.stated.arguments

    @property
    def defaults(self) -> dict[str, Any]:
        """The defaults that are declared."""
        return dict(self.stated.defaults)


def spec_of(stated: Declaration, name: str) -> DeclaredSpec:
    """The layer that a declaration describes, under the class name that reports show."""

    def declaration(x: Shapes, **arguments: Any) -> Built:
        return _applied(stated, x, arguments)

    return DeclaredSpec(name, declaration, many_inputs=True, stated=stated)


def find(layers: Mapping[str, DeclaredSpec], path: str) -> DeclaredSpec | None:
    """The declared layer that a dotted path means: declared by path, by its end, or by name."""
    for known, spec in layers.items():
        if path == known or path.endswith(f".{known}"):
            return spec
    return None


def bind(spec: DeclaredSpec, args: Iterable[Any], kwargs: Mapping[str, Any]) -> BoundLayer:
    """A layer object from a constructor call; keywords that are not declared do not matter.

    Raises `Undetermined` where an argument is missing.
    """
    names, args = spec.positional, tuple(args)
    if len(args) > len(names):
        raise Undetermined(_wrong(spec, f"{len(names)} arguments, and is given {len(args)}"))
    given = {**spec.defaults, **dict(zip(names, args, strict=False))}
    given |= {name: value for name, value in kwargs.items() if name in names}
    for name in names:
        if name not in given:
            raise Undetermined(_wrong(spec, f"the argument `{name}`, and is given none"))
    return BoundLayer(spec, MappingProxyType(given))


def _wrong(spec: LayerSpec, what: str) -> Unknown:
    return Unknown(f"{spec.name} is declared with {what}")


# -- application ------------------------------------------------------------------------------


def _applied(stated: Declaration, x: Shapes, arguments: Mapping[str, Any]) -> Built:
    """Weights and output on an input; of several inputs the first is the one described."""
    shape = x[0] if isinstance(x, tuple) else x
    sizes, rest = _matched(stated.input, shape)

    def look(name: str) -> Dim:
        if name in sizes:
            return sizes[name]
        if name in arguments:
            return _as_size(name, arguments[name])
        raise Undetermined(shape.why or Unknown(f"`{name}` is no size of the input"))

    weights = [
        Weight(weight.name, tuple(_size(term, look) for term in weight.shape), weight.trainable)
        for weight in stated.weights
        if _is_there(weight.when, arguments)
    ]
    if stated.output is None:
        return built(shape, weights)
    try:
        return built(Shape(_sizes(stated.output, look, rest, shape)), weights)
    except Undetermined as stop:
        return built(Shape(stop.unknown), weights)


def _matched(pattern: tuple[str, ...], shape: Shape) -> tuple[dict[str, Dim], tuple[Dim, ...]]:
    """The sizes of an input by the names that a pattern gives them, and those at `...`."""
    if not shape.known:
        return {}, ()
    if REST not in pattern:
        return dict(zip(pattern, shape.of_rank(len(pattern)), strict=True)), ()
    dims, first = shape.of_min_rank(len(pattern) - 1), pattern.index(REST)
    last = len(dims) - (len(pattern) - 1 - first)
    named = (*pattern[:first], *pattern[first + 1 :])
    return dict(zip(named, (*dims[:first], *dims[last:]), strict=True)), dims[first:last]


def _as_size(name: str, value: Any) -> Dim:
    if isinstance(value, Unknown):
        return size_of(value)
    if isinstance(value, (int, Poly)):
        return value
    raise Undetermined(Unknown(f"the argument `{name}` is no whole number"))


def _size(term: Term, look: Names) -> Dim:
    value = term.value(look)
    if value is not None and less(value, 0):
        raise Undetermined(Unknown(f"the declared size `{term.text}` is negative"))
    return value


def _sizes(
    output: tuple[Size, ...], look: Names, rest: tuple[Dim, ...], shape: Shape
) -> Iterable[Dim]:
    found: list[Dim] = []
    for each in output:
        if each == REST:
            found.extend(rest if shape.known else shape.dims)
        else:
            found.append(_size(each, look) if isinstance(each, Term) else None)
    return found


def _is_there(when: str | None, arguments: Mapping[str, Any]) -> bool:
    if when is None:
        return True
    name = when.removeprefix("not ").strip()
    value = arguments[name]
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return flag(value) is not when.startswith("not ")
