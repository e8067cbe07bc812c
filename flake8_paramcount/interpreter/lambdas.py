"""What a `Lambda` layer puts out: what its function gives, or what another one says of it."""

from __future__ import annotations

from flake8_paramcount.interpreter.calls import call
from flake8_paramcount.interpreter.construct import LambdaParts, shapes_of
from flake8_paramcount.interpreter.models import LayerObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Tensor, source_tensor, tensors_in
from flake8_paramcount.interpreter.values import (
    Arguments,
    BoundMethod,
    DictObject,
    Function,
    ListObject,
    Value,
)
from flake8_paramcount.keras.layer import Built, Shape, Shapes
from flake8_paramcount.unknown import Undetermined, Unknown


def with_output(run: Run, layer: LayerObject, shapes: Shapes, made: Built) -> Built:
    """A `Lambda` with the shape that it puts out on inputs of these shapes."""
    if not isinstance(made.output, Shape) or made.output.known:
        return made
    parts: LambdaParts = layer.function
    stated = run.journal.force(parts.output_shape)
    # In TensorFlow's Keras 2 nobody asks for it.
    if stated is not None and (run.generation != 2 or run.dialect.standalone):
        return made._replace(output=_stated(run, layer, stated, shapes))
    output = _called(run, layer, parts, shapes)
    if isinstance(output, Tensor):
        return made._replace(output=output.shape)
    several = tuple(tensor.shape for tensor in tensors_in(output))
    return made._replace(output=several) if several else made


def _stated(run: Run, layer: LayerObject, stated: Value, shapes: Shapes) -> Shapes:
    """What the function given as `output_shape` makes of the shapes that come in."""
    if isinstance(stated, Unknown):
        return Shape(stated)
    parts = shapes if isinstance(shapes, tuple) else (shapes,)
    told = [part.dims if part.known else part.why for part in parts]
    given = ListObject(told) if isinstance(shapes, tuple) else told[0]
    found = shapes_of(run, call(run, stated, Arguments((given,), {}, layer.site, str)))
    return found[0] if len(found) == 1 else found


def _called(run: Run, layer: LayerObject, parts: LambdaParts, shapes: Shapes) -> Value:
    """What the function returns for tensors of these shapes."""
    inputs = shapes if isinstance(shapes, tuple) else (shapes,)
    tensors = tuple(source_tensor(shape, layer.site) for shape in inputs)
    given = ListObject(list(tensors)) if isinstance(shapes, tuple) else tensors[0]
    keywords = {**_told(parts.function), **_keywords(run, parts.arguments)}
    return run.journal.force(
        call(run, parts.function, Arguments((given,), keywords, layer.site, str))
    )


def _told(function: Value) -> dict[str, Value]:
    """What Keras tells a function that asks for it."""
    function = function.function if isinstance(function, BoundMethod) else function
    asked = function.parameters if isinstance(function, Function) else ()
    return {each.name: None for each in asked if each.name in ("mask", "training")}


def _keywords(run: Run, arguments: Value) -> dict[str, Value]:
    """The further arguments of the function. Raises `Undetermined`."""
    arguments = run.journal.force(arguments)
    if arguments is None:
        return {}
    held = run.journal.read(arguments) if isinstance(arguments, DictObject) else None
    if not isinstance(held, dict) or not all(isinstance(name, str) for name in held):
        raise Undetermined(run.unknown("the arguments of its function are not known"))
    return dict(held)
