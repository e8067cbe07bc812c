"""A functional model called on a tensor: what becomes of shapes that its own input left open."""

from __future__ import annotations

from collections.abc import Sequence

from flake8_paramcount.dims import Dim, equal, text
from flake8_paramcount.interpreter.graph import ends_of, nodes_between, outputs_of
from flake8_paramcount.interpreter.models import BEHIND_FAULT, Flow, ModelObject, flow, flows
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Node, Tensor
from flake8_paramcount.keras.layer import Built, Fault, Shape, Shapes
from flake8_paramcount.unknown import Unknown


def applied(run: Run, model: ModelObject, shapes: Shapes) -> tuple[tuple[Flow, ...], Shapes | None]:
    """The layers of a functional model and what it puts out, on an input of these shapes.

    Raises `Fault` where Keras refuses the input.
    """
    inputs, outputs = ends_of(run, model)
    steps = tuple(flows(run, model, None))
    given = shapes if isinstance(shapes, tuple) else (shapes,)
    if len(given) != len(inputs):
        return steps, outputs_of(run, model)
    pairs = list(zip(inputs, given, strict=True))
    found = [merged(run, tensor.shape, shape) for tensor, shape in pairs]
    if all(shape == tensor.shape for tensor, shape in zip(inputs, found, strict=True)):
        return steps, outputs_of(run, model)
    again = Again(run, inputs, found)
    for node in nodes_between(run, inputs, outputs):
        again.apply(node)
    results = tuple(again.shape(tensor) for tensor in outputs)
    single = len(results) == 1 and model.state.get("single", True)
    return tuple(map(again.step, steps)), results[0] if single else results


def merged(run: Run, stated: Shape, given: Shape) -> Shape:
    """What flows in: where the model leaves a size open, the size of what is given.

    Raises `Fault` where Keras refuses it.
    """
    if not stated.known or not given.known:
        return stated
    if run.generation >= 3 and _refuses(stated.dims, given.dims):
        message = f"the model takes {_text(stated.dims)}, not {_text(given.dims)}"
        raise Fault("input", message, expected=stated.dims, found=given.dims)
    if stated.rank != given.rank:
        return stated
    pairs = zip(stated.dims, given.dims, strict=True)
    return Shape(other if one is None or run.generation < 3 else one for one, other in pairs)


def _refuses(stated: tuple[Dim, ...], given: tuple[Dim, ...]) -> bool:
    """Whether sizes differ, as far as both go; a last axis of 1 may be there or not."""
    pairs = zip(_trimmed(stated)[1:], _trimmed(given)[1:], strict=False)
    return any(None not in pair and equal(*pair) is False for pair in pairs)


def _trimmed(dims: tuple[Dim, ...]) -> tuple[Dim, ...]:
    return dims[:-1] if dims and dims[-1] == 1 else dims


def _text(dims: tuple[Dim, ...]) -> str:
    return f"({', '.join(map(text, dims))})"


class Again:
    """A walk through a model with other shapes at its inputs."""

    def __init__(self, run: Run, inputs: Sequence[Tensor], shapes: Sequence[Shape]) -> None:
        self._run = run
        self._shapes = {_key(tensor): shape for tensor, shape in zip(inputs, shapes, strict=True)}
        self._steps: dict[int, Flow] = {}

    def shape(self, tensor: Tensor) -> Shape:
        """The shape that a tensor of the model has this time."""
        return self._shapes.get(_key(tensor), tensor.shape)

    def step(self, step: Flow) -> Flow:
        """What became of a layer this time."""
        found = self._steps.get(id(step.layer))
        return step if found is None else found._replace(inbound=step.inbound)

    def apply(self, node: Node) -> None:
        """Apply a layer or an operation again, if what flows into it is different."""
        shapes = tuple(map(self.shape, node.inputs))
        if all(shape is tensor.shape for shape, tensor in zip(shapes, node.inputs, strict=True)):
            return
        if node.layer is None:
            why = Unknown("an operation that is not followed")
            self._put(node, node.again(shapes) if node.again is not None else Shape(why))
            return
        step = self._applied(node, shapes)
        self._steps.setdefault(id(node.layer), step)
        why = step.unknown if step.unknown is not None else BEHIND_FAULT
        self._put(node, step.output if step.output is not None else Shape(why))

    def _put(self, node: Node, output: Shapes) -> None:
        parts = output if isinstance(output, tuple) else (output,)
        self._shapes |= {(id(node), index): shape for index, shape in enumerate(parts)}

    def _applied(self, node: Node, shapes: tuple[Shape, ...]) -> Flow:
        """The layer with the weights that it has, which do not change any more."""
        before: Flow = node.flow
        if not isinstance(before.inputs, tuple):
            step = flow(self._run, node.layer, shapes[0], 0)
        elif len(before.inputs) == len(shapes):
            step = flow(self._run, node.layer, shapes, 0)
        else:
            step = before._replace(built=None, unknown=Unknown("what else it is called with"))
        if before.built is None:
            return before
        if step.built is None:
            if step.fault is not None:
                return step
            output = Shape(step.unknown if step.unknown is not None else BEHIND_FAULT)
            return step._replace(built=Built(before.built.weights, output), unknown=None)
        if [w.shape for w in step.built.weights] != [w.shape for w in before.built.weights]:
            fault = Fault("input", "the layer was built for inputs of another shape")
            return step._replace(built=None, fault=fault)
        return step


def _key(tensor: Tensor) -> tuple[int, int]:
    return id(tensor.node), tensor.index
