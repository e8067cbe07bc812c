"""How Keras builds a layer of the program's own class, and what it says that the layer puts out.

Since Keras 3 a `compute_output_shape` of the class stands in for `call` until data come: what
follows the layer sees what it returns, and `call` makes no weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flake8_paramcount.dims import equal
from flake8_paramcount.interpreter.classes import method_of
from flake8_paramcount.interpreter.construct import shape_of, shapes_of
from flake8_paramcount.interpreter.freezing import inner_of
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.holding import tracked
from flake8_paramcount.interpreter.inheriting import BASE
from flake8_paramcount.interpreter.models import Flow, LayerObject, ModelObject, apply_layer
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Following, Run
from flake8_paramcount.interpreter.tensors import Tensor, operation, source_tensor, tensors_in
from flake8_paramcount.interpreter.values import (
    Arguments,
    DictObject,
    Function,
    Instance,
    Native,
    Value,
)
from flake8_paramcount.keras.layer import Built, Fault, Shape
from flake8_paramcount.unknown import Undetermined, Unknown

ABSTRACT = ("Layer", "Wrapper")
STATEMENTS = ("compute_output_shape", "compute_output_spec")
BUILT = "__built__"
BY_HAND = "__by_hand__"
LATE = "__late__"
"""The layers inside that have their weights only once data come."""


@contextmanager
def following(run: Run, what: Following) -> Iterator[Following]:
    """Follow a `call` as Keras makes it; the result is how the one around it is followed."""
    before: Following = run.following
    run.following = before if before in ("data", "untraced") else what
    try:
        yield before
    finally:
        run.following = before


# -- build ------------------------------------------------------------------------------------


def build_once(run: Run, instance: Instance, arguments: Arguments) -> None:
    """Run the class' own `build` on the shapes of what the object is called on, once."""
    if run.journal.force(instance.state.get(BUILT)) is not None:
        return
    values = (*arguments.args, *arguments.kwargs.values())
    shapes = tuple(tensor.shape for value in values for tensor in tensors_in(value))
    run.journal.write(instance)[BUILT] = shapes if len(shapes) > 1 else shapes[0]
    own = method_of(run, instance.cls, "build")
    if own is not None:
        call_function(run, own, _with_shapes(run, instance, own, arguments))


def builder(run: Run, instance: Instance, own: Function) -> Native:
    """`layer.build`, as Keras wraps it: a layer that has built itself is not built by a call."""

    def build(arguments: Arguments) -> Value:
        if run.journal.force(instance.state.get(BUILT)) is None:
            given = next(iter((*arguments.args, *arguments.kwargs.values())), None)
            run.journal.write(instance)[BUILT] = _given_shape(run, given)
            call_function(run, own, arguments._replace(args=(instance, *arguments.args)))

    return Native("build", build)


def build_by_default(run: Run, instance: Instance, given: Value) -> None:
    """`layer.build` of Keras' own class: the layer counts as built, whatever is inside."""
    if run.generation >= 3 and run.journal.force(instance.state.get(BUILT)) is None:
        state = run.journal.write(instance)
        state[BUILT], state[BY_HAND] = _given_shape(run, given), True


def _given_shape(run: Run, given: Value) -> Shape:
    try:
        return shape_of(run, given)
    except (Fault, Undetermined):
        return Shape(Unknown("the shape that it is built for"))


def _with_shapes(run: Run, instance: Instance, target: Function, arguments: Arguments) -> Arguments:
    """The shapes that Keras hands to `build` or `compute_output_shape`: the first, or by name."""
    shapes = {
        f"{name}_shape": _shapes_of(run, value)
        for name, value in _named(run, instance, arguments)
        if tensors_in(value)
    }
    names = [each.name for each in target.parameters[1:] if each.kind not in ("*", "**")]
    if len(names) > 1 and shapes.keys() >= set(names):
        told = {name: shapes[name] for name in names}
        return arguments._replace(args=(instance,), kwargs=told)
    first = tuple(shapes.values())[: max(len(names), 1)]
    return arguments._replace(args=(instance, *first), kwargs={})


def _named(run: Run, instance: Instance, arguments: Arguments) -> Iterator[tuple[str, Value]]:
    """What an object is called on, by the names of the parameters of its `call`."""
    own = method_of(run, instance.cls, "call")
    names = [each.name for each in own.parameters[1:]] if own is not None else []
    for index, value in enumerate(arguments.args):
        yield names[index] if index < len(names) else str(index), value
    for name, value in arguments.kwargs.items():
        if name != "mask":
            yield name, value


def _shapes_of(run: Run, value: Value) -> Value:
    """The shapes of an argument, in the lists and dicts that its tensors come in."""
    value = run.journal.force(value)
    if isinstance(value, Tensor):
        return _dims(value.shape)
    if isinstance(value, DictObject):
        entries = run.journal.read(value).items()
        return DictObject({key: _shapes_of(run, item) for key, item in entries})
    return tuple(_dims(tensor.shape) for tensor in tensors_in(value))


def _dims(shape: Shape) -> Value:
    return shape.dims if shape.known else shape.why


# -- what `call` is left to build -------------------------------------------------------------


def unbuilt(run: Run, instance: Instance) -> list[Value]:
    """The layers inside of an object that have no weights yet."""
    base = instance.state.get(BASE)
    held = (layer for layer in tracked(run, instance) if layer is not base)
    return [layer for layer in held if not _is_built(run, layer)]


def _is_built(run: Run, layer: Value) -> bool:
    if isinstance(layer, ModelObject):
        return layer.kind == "functional" or run.journal.force(layer.state["input"]) is not None
    key = BUILT if isinstance(layer, Instance) else "built"
    return run.journal.force(layer.state.get(key)) is not None


def note_late(run: Run, instance: Instance, waiting: Iterable[Value]) -> None:
    """Note the layers that got their weights in a `call` that Keras makes on data alone."""
    untraced = run.following == "untraced"
    late = tuple(layer for layer in waiting if _has_weights(run, layer)) if untraced else ()
    if late or not untraced:
        run.journal.write(instance)[LATE] = late


def late_layers(run: Run, instance: Instance) -> tuple[Value, ...]:
    """The layers inside of an object that have no weights before data come."""
    found = run.journal.force(instance.state.get(LATE))
    return found if type(found) is tuple else ()


def is_untraced(run: Run, instance: Instance) -> bool:
    """Whether Keras knows the output without the `call`, and takes the object for built."""
    by_hand = run.journal.force(instance.state.get(BY_HAND))
    built = by_hand or method_of(run, instance.cls, "build") is not None
    return run.generation >= 3 and built and states_output(run, instance)


def says_output(run: Run, instance: Instance) -> bool:
    """Whether a wrapper gets to know what an object puts out, which it has to be told."""
    base = run.journal.force(instance.state.get(BASE))
    derived = isinstance(base, LayerObject) and base.class_name not in ABSTRACT
    return run.generation < 3 or derived or states_output(run, instance)


def states_output(run: Run, instance: Instance) -> bool:
    """Whether the class says itself what its objects put out."""
    return any(method_of(run, instance.cls, name) is not None for name in STATEMENTS)


def _has_weights(run: Run, layer: Value) -> bool:
    if not isinstance(layer, LayerObject):
        return _is_built(run, layer)
    made = run.journal.force(layer.state["built"])
    return made is not None and (isinstance(made, Unknown) or bool(made.weights))


def why_late(run: Run, step: Flow) -> Unknown | None:
    """Why nobody knows yet what weights are in a step of the model that is recorded."""
    if run.fed or not _is_late(run, step):
        return None
    why = "Keras leaves layers inside to the first call on data"
    return Unknown(why, None, getattr(step.layer, "site", 0))


def _is_late(run: Run, step: Flow) -> bool:
    owner = inner_of(step.layer)
    if isinstance(owner, Instance):
        step = defined_flow(run, owner)
    return step.late or any(_is_late(run, inner) for inner in step.inner)


def defined_flow(run: Run, instance: Instance) -> Flow:
    """A layer that the program defines, as it was built inside of a wrapper."""
    from flake8_paramcount.interpreter.subclassing import tracked_flow

    return tracked_flow(run, instance)


def as_built(run: Run, step: Flow) -> Flow:
    """A layer that a `call` left out, as something else has built it since."""
    if step.inputs is not None or not isinstance(step.layer, LayerObject):
        return step
    made = run.journal.force(step.layer.state["built"])
    return step._replace(built=made) if isinstance(made, Built) else step


# -- what follows sees ------------------------------------------------------------------------


def seen_behind(
    run: Run, instance: Instance, arguments: Arguments, output: Value, before: Following
) -> Value:
    """What follows a layer sees of it: what its class states, else what `call` returns.

    Inside of another `call`, it is up to the backend which of both that is.
    """
    stated = None if isinstance(output, DictObject) else _stated(run, instance, arguments)
    if stated is None:
        return output
    inputs = tuple(tensors_in((*arguments.args, *arguments.kwargs.values())))
    made = tensors_in(output) or [operation(run, Shape(_OPEN), inputs) for _ in stated]
    inside = before != "nothing" or run.following == "data"
    if len(made) != len(stated):
        return output if inside else operation(run, Shape(_differing(instance)), inputs)
    shapes = stated
    if inside:
        pairs = zip(stated, made, strict=True)
        shapes = tuple(
            _agreed(shape, tensor.shape, instance)
            if shape.known or run.following != "data"
            else tensor.shape
            for shape, tensor in pairs
        )
    seen = tuple(
        Tensor(shape, tensor.node, tensor.index) for shape, tensor in zip(shapes, made, strict=True)
    )
    return seen[0] if len(seen) == 1 else seen


def _agreed(stated: Shape, made: Shape, instance: Instance) -> Shape:
    """The shape that both say, as far as they do not contradict each other."""
    if not (stated.known and made.known):
        return stated
    if stated.rank != made.rank or any(
        equal(one, other) is False for one, other in zip(stated.dims, made.dims, strict=True)
    ):
        return Shape(_differing(instance))
    pairs = zip(stated.dims, made.dims, strict=True)
    return Shape(other if one is None else one for one, other in pairs)


def _differing(instance: Instance) -> Unknown:
    return Unknown("`call` and `compute_output_shape` differ", None, instance.site)


def _stated(run: Run, instance: Instance, arguments: Arguments) -> tuple[Shape, ...] | None:
    """The output that the class states; None if it leaves that to `call`."""
    if run.generation == 2 and not run.dialect.standalone:
        return None
    spec = method_of(run, instance.cls, "compute_output_spec")
    if spec is not None:
        given = arguments._replace(args=(instance, *arguments.args))
        specs = tensors_in(call_function(run, spec, given))
        return tuple(each.shape for each in specs) or (Shape(_UNREAD),)
    own = method_of(run, instance.cls, "compute_output_shape")
    if own is None:
        return _stated_by_base(run, instance, arguments)
    value = call_function(run, own, _with_shapes(run, instance, own, arguments))
    return shapes_of(run, value)


def _stated_by_base(run: Run, instance: Instance, arguments: Arguments) -> tuple[Shape, ...] | None:
    """What a layer of Keras states, where the class changes no more than the `call`."""
    base = run.journal.force(instance.state.get(BASE))
    first = arguments.args[0] if arguments.args else None
    if not isinstance(base, LayerObject) or not isinstance(first, Tensor):
        return None
    if base.class_name in ABSTRACT:
        return None
    try:
        output = apply_layer(run, base, first.shape).output
    except (Fault, Undetermined):
        return None
    parts = output if isinstance(output, tuple) else (output,)
    return parts if all(part.known for part in parts) else None


_UNREAD = Unknown("`compute_output_spec` is not followed")
_OPEN = Unknown("its `call` is not followed")


@function("keras.KerasTensor", "keras.backend.KerasTensor")
def symbolic_tensor(run: Run, arguments: Arguments) -> Value:
    """`KerasTensor(shape, dtype=…)`: a tensor that comes from nowhere."""
    return source_tensor(shape_of(run, arguments.get(0, "shape")), arguments.site)
