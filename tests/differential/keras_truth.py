"""What the real Keras makes of a layer, and the comparison with what its declaration says."""

from __future__ import annotations

import importlib
import itertools
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import keras

import flake8_paramcount.keras as catalogue
from flake8_paramcount.keras.layer import LAYERS, BoundLayer, Built, Fault, Shape
from flake8_paramcount.unknown import Undetermined

for module in pkgutil.iter_modules(catalogue.__path__):
    importlib.import_module(f"{catalogue.__name__}.{module.name}")

Dims = tuple[Any, ...]


class Layer(NamedTuple):
    """A layer to be built on both sides: given to a wrapper, or put to the test."""

    name: str
    arguments: Mapping[str, Any]

    def __repr__(self) -> str:
        inside = ",".join(f"{key}={value!r}" for key, value in self.arguments.items())
        return f"{self.name}({inside})"


def a(name: str, /, **arguments: Any) -> Layer:
    """A layer by its name and keyword arguments."""
    return Layer(name, arguments)


class Case(NamedTuple):
    """A layer on the shape of its input, batch first; several inputs are a list of shapes."""

    layer: Layer
    shape: Any

    def __str__(self) -> str:
        return f"{self.layer!r} on {self.shape}"


def case(name: str, shape: Any, /, **arguments: Any) -> Case:
    """A layer and the shape that it is put on."""
    return Case(a(name, **arguments), shape)


def grid(name: str, /, *shapes: Any, **choices: list[Any]) -> Iterator[Case]:
    """Every combination of the shapes and the values that the arguments may take."""
    for shape in shapes:
        for values in itertools.product(*choices.values()):
            yield case(name, shape, **dict(zip(choices, values, strict=True)))


class Truth(NamedTuple):
    """Weights as (name, shape, trainable) and all outputs' shapes."""

    weights: tuple[tuple[str, Dims, bool], ...]
    outputs: tuple[Dims, ...]


compared: dict[str, int] = {}
"""How many weights of each layer class have been compared."""


def real_layer(layer: Layer) -> Any:
    """The same layer made by Keras."""
    return getattr(keras.layers, layer.name)(**_converted(layer.arguments, real_layer))


def bound_layer(layer: Layer) -> BoundLayer:
    """The same layer made of its declaration."""
    arguments = _converted(layer.arguments, bound_layer)
    trainable = arguments.pop("trainable", True)
    return BoundLayer(LAYERS[layer.name], arguments, trainable)


def _converted(arguments: Mapping[str, Any], make: Any) -> dict[str, Any]:
    return {key: _argument(value, make) for key, value in arguments.items()}


def _argument(value: Any, make: Any) -> Any:
    if isinstance(value, Layer):
        return make(value)
    if isinstance(value, tuple):
        return tuple(_argument(part, make) for part in value)
    return value


def real(case: Case) -> Truth | str:
    """What Keras builds, or its error."""
    try:
        made = real_layer(case.layer)
        if case.layer.name == "InputLayer":
            return Truth((), (made.batch_shape,))
        if case.layer.name.endswith(("Cell", "Cells")):
            made.build(case.shape)
            return Truth(_weights(made), ())
        outputs = made(_tensors(case.shape))
        return Truth(_weights(made), _flat_shapes(outputs))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _tensors(shape: Any) -> Any:
    if isinstance(shape, list):
        return [keras.KerasTensor(one) for one in shape]
    return keras.KerasTensor(shape)


def _weights(made: Any) -> tuple[tuple[str, Dims, bool], ...]:
    trained = set(map(id, made.trainable_weights))
    return tuple((w.name, tuple(w.shape), id(w) in trained) for w in made.weights)


def _flat_shapes(outputs: Any) -> tuple[Dims, ...]:
    return tuple(tuple(tensor.shape) for tensor in keras.tree.flatten(outputs))


def declared(case: Case) -> Truth | Fault:
    """What the declaration says, or its fault."""
    shape = case.shape
    x = tuple(map(Shape, shape)) if isinstance(shape, list) else Shape(shape)
    try:
        return _truth(bound_layer(case.layer).apply(x), case)
    except Fault as fault:
        return fault


def _truth(found: Built, case: Case) -> Truth:
    weights = tuple((_bare(w.name), w.shape, w.trainable) for w in found.weights)
    if case.layer.name.endswith(("Cell", "Cells")):
        return Truth(weights, ())
    outputs = found.output if isinstance(found.output, tuple) else (found.output,)
    return Truth(weights, tuple(output.dims for output in outputs))


def _bare(name: str) -> str:
    return name.removeprefix("forward_").removeprefix("backward_")


def check(case: Case) -> None:
    """Hold a declaration against Keras: weights one by one, outputs, and errors in both or none."""
    truth, found = real(case), declared(case)
    if isinstance(truth, str):
        assert isinstance(found, Fault), f"{case}: Keras raises {truth}\nwe say {found}"
        return
    assert not isinstance(found, Fault), f"{case}: we raise {found!r}\nKeras says {truth}"
    assert found.weights == truth.weights, str(case)
    assert found.outputs == truth.outputs, str(case)
    name = case.layer.name
    compared[name] = compared.get(name, 0) + len(truth.weights)


def check_fault(case: Case, kind: str) -> Fault:
    """Keras raises here, and so does the declaration, with a fault of this kind."""
    truth, found = real(case), declared(case)
    assert isinstance(truth, str), f"{case}: Keras says {truth}"
    assert isinstance(found, Fault), f"{case}: Keras raises {truth}\nwe say {found}"
    assert found.kind == kind, f"{case}: {found!r}"
    return found


__all__ = [
    "Case",
    "Fault",
    "Undetermined",
    "a",
    "bound_layer",
    "case",
    "check",
    "check_fault",
    "compared",
    "declared",
    "grid",
    "real",
    "real_layer",
]
