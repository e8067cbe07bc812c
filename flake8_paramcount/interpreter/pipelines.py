"""`tf.data`: what flows through a pipeline that begins with arrays."""

from __future__ import annotations

from collections.abc import Sequence

from flake8_paramcount.dims import Dim
from flake8_paramcount.interpreter.array_values import Labels
from flake8_paramcount.interpreter.builtins import call_back
from flake8_paramcount.interpreter.data import DataSource
from flake8_paramcount.interpreter.signatures import Call, known, known_method
from flake8_paramcount.interpreter.values import Array, Ref, Value
from flake8_paramcount.keras.layer import Shape


class Examples(Ref):
    """Single examples, one behind the other: `element` is what one of them consists of."""

    __slots__ = ("element",)

    def __init__(self, element: tuple[Value, ...]) -> None:
        super().__init__({})
        self.element = element


@known("tensorflow.data.Dataset.from_tensor_slices")
def from_tensor_slices(call: Call, tensors: Value, name: Value = None) -> Value:
    parts = tensors if type(tensors) is tuple else (tensors,)
    if not all(isinstance(part, Array) and part.shape.known for part in parts):
        return call.unknown("a pipeline of what is not known")
    return Examples(tuple(_shaped(part, part.shape.dims[1:]) for part in parts))


def _shaped(part: Value, dims: Sequence[Dim]) -> Value:
    """A part of an element with another shape; what is no array stays as it is."""
    return part._replace(shape=Shape(dims)) if isinstance(part, Array) else part


@known_method(Examples, "batch")
def batch(
    call: Call, data: Examples, batch_size: Value, drop_remainder: Value = False, **options: Value
) -> Value:
    """Batches of a size that is left open: the last may be smaller."""
    return DataSource(tuple(map(_batched, data.element)))


def _batched(part: Value) -> Value:
    known = isinstance(part, Array) and part.shape.known
    return _shaped(part, (None, *part.shape.dims)) if known else part


@known_method(Examples, "shuffle", "cache", "prefetch", "repeat", "with_options")
def same_examples(call: Call, data: Examples, *args: Value, **options: Value) -> Value:
    return data


@known_method(Examples, "take", "skip", "shard", "filter")
def some_examples(call: Call, data: Examples, *args: Value, **options: Value) -> Value:
    """Not every class need be among them."""
    return Examples(tuple(map(_some, data.element)))


def _some(part: Value) -> Value:
    return Array(*part) if isinstance(part, Labels) else part


@known_method(Examples, "map")
def map_examples(
    call: Call, data: Examples, function: Value, *rest: Value, **options: Value
) -> Value:
    return Examples(_mapped(call, function, data.element))


@known_method(DataSource, "map")
def map_batches(
    call: Call, data: DataSource, function: Value, *args: Value, **rest: Value
) -> Value:
    return DataSource(_mapped(call, function, data.element))


def _mapped(call: Call, function: Value, element: tuple[Value, ...]) -> tuple[Value, ...]:
    """What a function makes of an element: a tuple stays one, anything else is a single part."""
    made = call_back(call, function, *element)
    return made if type(made) is tuple else (made,)
