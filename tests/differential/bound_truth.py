"""A layer bound from a constructor call, held against the same call in the real Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras

from flake8_paramcount import keras as catalogue
from flake8_paramcount.keras.layer import Built, Fault, Shape

Weights = tuple[tuple[str, tuple[Any, ...], bool], ...]


class Call(NamedTuple):
    """A constructor call and the shapes that the layer is called on: one, or a list."""

    name: str
    shapes: Any
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        inside = ", ".join(f"{key}={value!r}" for key, value in self.arguments.items())
        return f"{self.name}({inside}) on {self.shapes}"


class Outcome(NamedTuple):
    """Weights as (name, shape, trainable), and the shapes of all outputs."""

    weights: Weights
    outputs: tuple[tuple[Any, ...], ...]


def call(layer: str, shapes: Any, **arguments: Any) -> Call:
    return Call(layer, shapes, arguments)


def theirs(case: Call) -> Outcome | Exception:
    """What Keras builds, or the exception that it raises."""
    try:
        made = getattr(keras.layers, case.name)(**case.arguments)
        outputs = _called(made, case)
    except Exception as error:
        return error
    weights = tuple((_tail(w), tuple(w.shape), bool(w.trainable)) for w in made.weights)
    return Outcome(weights, tuple(tuple(t.shape) for t in keras.tree.flatten(outputs)))


def _tail(weight: Any) -> str:
    """A weight's name, with that of the layer inside of which it lies."""
    parts = weight.path.split("/")
    return "/".join(parts[1:]) if len(parts) > 1 else weight.name


def _called(made: Any, case: Call) -> Any:
    if not isinstance(case.shapes, list):
        return made(keras.KerasTensor(case.shapes))
    tensors = [keras.KerasTensor(shape) for shape in case.shapes]
    if catalogue.call_parameters(case.name)[0] == "query":
        return made(*tensors)
    return made(tensors)


def ours(case: Call) -> Outcome | Fault:
    """What the catalogue makes of it, or its fault."""
    spec = catalogue.lookup(case.name)
    assert spec is not None, case.name
    shapes = case.shapes
    x = tuple(map(Shape, shapes)) if isinstance(shapes, list) else Shape(shapes)
    try:
        return outcome(catalogue.apply(catalogue.bind(spec, (), case.arguments), x))
    except Fault as fault:
        return fault


def outcome(result: Built) -> Outcome:
    weights = tuple((w.name, w.shape, w.trainable) for w in result.weights)
    outputs = result.output if isinstance(result.output, tuple) else (result.output,)
    return Outcome(weights, tuple(output.dims for output in outputs))


def check(case: Call) -> None:
    """The same weights one by one, the same outputs, and an error in both or in none."""
    real, found = theirs(case), ours(case)
    if isinstance(real, Exception):
        assert isinstance(found, Fault), f"{case}: Keras raises {real!r}\nwe say {found}"
        return
    assert not isinstance(found, Fault), f"{case}: we raise {found!r}\nKeras says {real}"
    assert found == real, f"{case}: we say {found}\nKeras says {real}"


def check_fault(case: Call, kind: str) -> None:
    """Keras raises, and the catalogue has a fault of this kind."""
    real, found = theirs(case), ours(case)
    assert isinstance(real, Exception), f"{case}: Keras says {real}"
    assert isinstance(found, Fault), f"{case}: Keras raises {real!r}\nwe say {found}"
    assert found.kind == kind, f"{case}: {found!r}"
