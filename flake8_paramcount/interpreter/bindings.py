"""Values that directives state for source text which the source leaves open.

They hold for one model: its arguments, shapes and weights are read with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Value
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.settings import canonical
from flake8_paramcount.symbols import Symbol
from flake8_paramcount.unknown import Unknown


@contextmanager
def binding(run: Run, directives: Mapping[str, Any]) -> Iterator[None]:
    """Read what follows with the values that directives state."""
    before = run.bindings
    run.bindings = {
        text: value
        for name, value in directives.items()
        if isinstance(value, int) and not isinstance(value, bool)
        for text in (canonical(name), _text_of(run, name))
        if text is not None
    }
    try:
        yield
    finally:
        run.bindings = before


def _text_of(run: Run, name: str) -> str | None:
    """The source text that a variable of the module was given, where its value is open."""
    value = run.journal.resolve(run.globals.state.get(name))
    source = value.sole if isinstance(value, Poly) else value
    text = source.text if isinstance(source, Symbol | Unknown) else None
    return canonical(text) if text else None


def bound_value(run: Run, value: Value) -> Value:
    """A value with what is stated put in the place of what is unknown."""
    if not run.bindings:
        return value
    if isinstance(value, Unknown):
        return run.bindings.get(canonical(value.text), value) if value.text else value
    if isinstance(value, Poly):
        return bound_dim(run, value)
    if type(value) is tuple:
        return tuple(bound_value(run, item) for item in value)
    return value


def bound_dim(run: Run, dim: Dim) -> Dim:
    """A size with the values of its symbols that are stated."""
    if not run.bindings or not isinstance(dim, Poly):
        return dim
    stated = {
        symbol: run.bindings[text]
        for symbol in dim.symbols()
        if (text := canonical(symbol.text)) in run.bindings
    }
    return dim.substitute(stated) if stated else dim


def asking(shape: Shape, directive: str, site: int | None = None) -> Shape:
    """A shape; one that is not known says which directive would state it, and where that stands."""
    why = shape.why
    if why is None or not why.named:
        return shape
    return Shape(Unknown(why.reason, why.text, why.site if site is None else site, directive))


def bound_shapes(run: Run, shapes: Shapes | None) -> Shapes | None:
    """Shapes with the values of their symbols that are stated."""
    if not run.bindings or shapes is None:
        return shapes
    if isinstance(shapes, tuple):
        return tuple(bound_shape(run, shape) for shape in shapes)
    return bound_shape(run, shapes)


def bound_shape(run: Run, shape: Shape) -> Shape:
    """A shape with the values of its symbols that are stated."""
    if not run.bindings or not shape.known:
        return shape
    return Shape(bound_dim(run, dim) for dim in shape.dims)
