"""Layers and models that the program itself defines as classes.

Such a layer is counted as Keras builds it: `build` and `call` of the class are evaluated on the
symbolic input, `add_weight` and the layers among the attributes give the weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from types import EllipsisType
from typing import NamedTuple

from flake8_paramcount.dims import Dim
from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.building import (
    ABSTRACT,
    BUILT,
    BY_HAND,
    build_once,
    following,
    is_untraced,
    late_layers,
    note_late,
    says_output,
    seen_behind,
    states_output,
    unbuilt,
)
from flake8_paramcount.interpreter.claims import CLAIM, with_claim
from flake8_paramcount.interpreter.classes import initialize, keras_kind, method_of
from flake8_paramcount.interpreter.construct import auto_name, plain, shape_of
from flake8_paramcount.interpreter.edges import connected
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.graph import call_layer, nodes_between, put_out
from flake8_paramcount.interpreter.hidden import VARIABLES, as_flagged, unseen, variables
from flake8_paramcount.interpreter.holding import tracked
from flake8_paramcount.interpreter.inheriting import BASE, keras_base
from flake8_paramcount.interpreter.models import (
    Flow,
    LayerObject,
    ModelObject,
    bound_now,
    first_of,
)
from flake8_paramcount.interpreter.run import Following, Run
from flake8_paramcount.interpreter.tensors import (
    Node,
    Tensor,
    is_open,
    source_tensor,
    tensors_in,
    with_chosen,
)
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    ClassObject,
    DictObject,
    Instance,
    ListObject,
    Native,
    NativeMethod,
    Value,
)
from flake8_paramcount.keras.layer import Built, Fault, Shape, Shapes, Weight, built
from flake8_paramcount.unknown import Undetermined, Unknown

_MODEL, _WEIGHTS, _NAME = "__model__", "__weights__", "__name__"
_TRAINABLE = "trainable"
_FOLLOWED = "__followed__"
_LOST = "__lost__"
_CALLED = "called"
_INSIDE = "__inside__"


def keras_instance(run: Run, cls: ClassObject, arguments: Arguments) -> Instance:
    """An object of a class that derives from a Keras layer or model."""
    instance = Instance(cls, arguments.site)
    state = run.journal.write(instance)
    name = arguments.kwargs.get("name")
    state[_NAME] = name if isinstance(name, str) else auto_name(run, cls.name)
    state[_WEIGHTS] = ListObject([])
    state[_TRAINABLE] = True
    state[BUILT] = None
    state[_FOLLOWED] = False
    if keras_kind(run, cls) == "model":
        is_stack = keras_base(run, instance) == "Sequential"
        model = ModelObject(run, "sequential" if is_stack else "subclassed", arguments.site)
        model.state["name"] = state[_NAME]
        model.state["instance"] = instance
        state[_MODEL] = model
    initialize(run, instance, arguments)
    return instance


def keras_attribute(run: Run, instance: Instance, name: str, otherwise: Value) -> Value:
    """What a subclassed layer or model inherits from Keras."""
    if name in ("add_weight", "add_variable"):
        return Native(name, lambda arguments: _add_weight(run, instance, arguments))
    if name == "name":
        return instance.state[_NAME]
    if name == "built":
        return instance.state.get(BUILT) is not None
    if name in VARIABLES:
        return Unknown("its variables", None, instance.site).holding(instance)
    base = instance.state.get(BASE)
    if isinstance(base, LayerObject) and natives.find_method(LayerObject, name) is not None:
        return NativeMethod(base, name)
    if isinstance(base, LayerObject) and base.bound is not None and name in base.bound.arguments:
        return base.bound.arguments[name]
    model = instance.state.get(_MODEL)
    if isinstance(model, ModelObject):
        computed = natives.find_attribute(ModelObject, name)
        if computed is not None and model.kind != "subclassed":
            return computed(run, model)
        if name == "layers":
            return ListObject(list(tracked(run, instance)))
        if natives.find_method(ModelObject, name) is not None:
            return NativeMethod(model, name)
    return otherwise


def model_behind(owner: Value) -> ModelObject | None:
    """The model that an object of a subclassed model stands for."""
    model = owner.state.get(_MODEL) if isinstance(owner, Instance) else None
    return model if isinstance(model, ModelObject) else None


def _add_weight(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """`add_weight(shape=None, …)`; one that cannot be followed is a weight nevertheless."""
    try:
        return _added(run, instance, arguments)
    except (Undetermined, Fault) as stop:
        why = stop.unknown if isinstance(stop, Undetermined) else Unknown(stop.message)
        run.journal.write(instance)[_LOST] = why
        raise


# The order of parameters, as it was in Keras 2 and since; what Keras 3 has dropped comes last.
_NAME_FIRST = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
_SHAPE_FIRST = ("shape", "initializer", "dtype", "trainable")


def _added(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """The weight that is added: Keras 3 takes the shape first, Keras 2 the name."""
    first, second = (*map(run.journal.force, arguments.args[:2]), None, None)[:2]
    named = isinstance(first, str) or type(second) is tuple or isinstance(second, ListObject)
    order = _NAME_FIRST if named else _SHAPE_FIRST
    values = {**dict(zip(order, arguments.args, strict=False)), **arguments.kwargs}
    shape = shape_of(run, values["shape"]) if values.get("shape") is not None else Shape(())
    trainable = values.get("trainable", True)
    if trainable is None and run.generation < 3:
        trainable = True
    name = values.get("name")
    label = name if isinstance(name, str) else "variable"
    weight = Weight(label, shape.dims, run.truth(trainable))
    array = Array(shape, "float32", site=arguments.site)
    run.journal.write(run.journal.force(instance.state[_WEIGHTS])).append((array, weight))
    return array


def call_keras_instance(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """A subclassed layer or model called on tensors."""
    arguments = with_chosen(run, arguments)
    values = [*arguments.args, *arguments.kwargs.values()]
    inputs = tuple(tensor for value in values for tensor in tensors_in(value))
    what: Following = "symbols" if inputs else "data"
    if not inputs and arguments.args:
        model = model_behind(instance)
        if model is not None:
            run.journal.write(model.feeds).append(arguments.args[0])
        given = tuple(_symbolic(run, instance, value) for value in arguments.args)
        arguments = arguments._replace(args=given)
        inputs = tuple(tensors_in(given))
    run.journal.write(instance)[_CALLED] = True
    if not inputs:
        return Unknown(f"a call of `{instance.cls.name}`", arguments.text, arguments.site)
    with following(run, what) as before:
        output = _call(run, instance, inputs, arguments)
        if is_open(output):
            output = Unknown("what it puts out is not decided", arguments.text, arguments.site)
        if all(tensor.shape.known for tensor in tensors_in(output)) and tensors_in(output):
            run.journal.write(instance)[_FOLLOWED] = True
        output = seen_behind(run, instance, arguments, output, before)
    _note_inside(run, instance, inputs, output)
    shapes = tuple(tensor.shape for tensor in inputs)
    step = instance_flow(run, instance, shapes if len(shapes) > 1 else shapes[0], output)
    step = with_claim(run, instance, step)
    node = Node(instance, inputs, arguments.site, step)
    if run.journal.force(instance.state.get(CLAIM)) is not None and step.output is not None:
        return put_out(step, node)
    if type(output) is tuple or isinstance(output, ListObject):
        return tuple(
            Tensor(tensor.shape, node, index) for index, tensor in enumerate(tensors_in(output))
        )
    shape = output.shape if isinstance(output, Tensor) else Shape(_why(output))
    return Tensor(shape, node)


class Inside(NamedTuple):
    """The graph that the `call` of an object makes between its inputs and its outputs."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    @property
    def output(self) -> Shapes:
        """What comes out of the object."""
        shapes = tuple(tensor.shape for tensor in self.outputs)
        return shapes[0] if len(shapes) == 1 else shapes


def _note_inside(run: Run, instance: Instance, inputs: tuple[Tensor, ...], output: Value) -> None:
    """Keep the graph of the first call."""
    outputs = tuple(tensors_in(output))
    if outputs and _INSIDE not in instance.state:
        run.journal.write(instance)[_INSIDE] = Inside(inputs, outputs)


def inside_of(run: Run, instance: Instance) -> Inside | None:
    """The graph inside of an object, if its `call` was followed."""
    found = run.journal.resolve(instance.state.get(_INSIDE))
    return found if isinstance(found, Inside) else None


def build_instance(run: Run, instance: Instance, shape: Shape, arguments: Arguments) -> None:
    """`model.build(input_shape)`: its `call` is followed on a tensor of that shape.

    Since Keras 3 the layers inside are not built until the model is called on data.
    """
    if run.journal.force(instance.state.get(BUILT)) is not None:
        return
    source = LayerObject("InputLayer", instance.site, name="input_layer", shape=shape)
    tensor = Tensor(shape, Node(source, (), instance.site, None))
    late = run.generation >= 3 and states_output(run, instance)
    with following(run, "untraced" if late else run.following):
        call_keras_instance(run, instance, arguments._replace(args=(tensor,), kwargs={}))
    if run.generation >= 3:
        run.journal.write(instance).update({BUILT: None, BY_HAND: True})


def call_on(run: Run, instance: Instance, shapes: Shapes) -> None:
    """Follow `call` on an input of this shape, or on a list of several."""
    parts = shapes if isinstance(shapes, tuple) else (shapes,)
    tensors: list[Value] = [source_tensor(part, instance.site) for part in parts]
    given = ListObject(tensors) if isinstance(shapes, tuple) else tensors[0]
    call_keras_instance(run, instance, Arguments((given,), {}, instance.site, str))


def build_on(run: Run, instance: Instance, data: Value) -> None:
    """Data that the model is trained on or applied to: the first ones build it, batch by batch."""
    if run.journal.force(instance.state.get(BUILT)) is None:
        given = _symbolic(run, instance, data, batch=None)
        if tensors_in(given):
            with following(run, "data"):
                call_keras_instance(run, instance, Arguments((given,), {}, instance.site, str))


def _symbolic(
    run: Run, instance: Instance, data: Value, depth: int = 3, *, batch: Dim | EllipsisType = ...
) -> Value:
    """Data as the tensors that `call` sees, in the lists and dicts that it comes in."""
    data = run.journal.force(data)
    if isinstance(data, Array):
        return source_tensor(_with_batch(data.shape, batch), instance.site)
    if not depth or not (isinstance(data, ListObject | DictObject) or type(data) is tuple):
        return data
    held = run.journal.read(data) if isinstance(data, ListObject | DictObject) else data
    inner = partial(_symbolic, run, instance, depth=depth - 1, batch=batch)
    if isinstance(held, dict):
        return DictObject({key: inner(held[key]) for key in held})
    items = list(map(inner, held))
    return ListObject(items) if isinstance(data, ListObject) else tuple(items)


def _with_batch(shape: Shape, batch: Dim | EllipsisType) -> Shape:
    """The shape of a batch out of data; that of the data themselves if `batch` is left out."""
    if batch is ... or not shape.known or not shape.dims:
        return shape
    return Shape((batch, *shape.dims[1:]))


def _base_call(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """What the class of Keras makes of a call that the program's own leaves to it."""
    base = run.journal.force(instance.state.get(BASE))
    if isinstance(base, LayerObject) and base.class_name not in ABSTRACT:
        return call_layer(run, base, arguments)
    # Since Keras 3 a layer that says nothing of its call cannot be called.
    abstract = run.generation >= 3 or model_behind(instance) is not None
    return Unknown("it has no `call`", None, instance.site) if abstract else arguments.args[0]


def _why(output: Value) -> Unknown:
    return output if isinstance(output, Unknown) else Unknown("its `call` is not followed")


def _call(run: Run, instance: Instance, inputs: tuple[Tensor, ...], arguments: Arguments) -> Value:
    """What the class's own `call` returns; `build` is run first, once."""
    given = arguments.args or inputs
    build_once(run, instance, arguments._replace(args=given))
    own = method_of(run, instance.cls, "call")
    if own is None:
        return _base_call(run, instance, arguments._replace(args=given))
    keywords = {key: value for key, value in arguments.kwargs.items() if key != "mask"}
    waiting = unbuilt(run, instance)
    given = (instance, *given)
    with following(run, "untraced" if is_untraced(run, instance) else run.following):
        output = call_function(run, own, arguments._replace(args=given, kwargs=keywords))
        note_late(run, instance, waiting)
    return output


def own_weights(run: Run, instance: Instance) -> list[Weight]:
    """The weights that the class itself adds."""
    held = run.journal.force(instance.state.get(_WEIGHTS))
    added = () if held is None else run.journal.read(held)
    made = [as_flagged(run, array, weight) for array, weight in added]
    return [*made, *variables(run, instance)]


def instance_flow(run: Run, instance: Instance, shapes: Shapes, output: Value) -> Flow:
    """A subclassed layer that has been called, as one step of a model."""
    shape = output.shape if isinstance(output, Tensor) else Shape(_why(output))
    return _whole(run, instance, shapes, shape, tuple(tracked_flows(run, instance)))


def _whole(
    run: Run, instance: Instance, shapes: Shapes, output: Shape, inner: tuple[Flow, ...]
) -> Flow:
    """A layer with the weights of its own and of those that it holds."""
    step = Flow(instance, shapes, inner=inner)
    for fault in (each.fault for each in inner):
        if fault is not None:
            return step._replace(fault=fault)
    for why in (each.unknown for each in inner):
        if why is not None:
            return step._replace(unknown=why)
    weights = own_weights(run, instance)
    for each in inner:
        weights.extend(each.built.weights if each.built is not None else ())
    try:
        return step._replace(built=built(output, weights))
    except Fault as fault:
        return step._replace(fault=fault)


def tracked_flows(run: Run, instance: Instance) -> list[Flow]:
    """All layers that a subclassed object holds, connected as its `call` does."""
    followed = run.truth(instance.state.get(_FOLLOWED, False))
    steps = list(_tracked_flows(run, instance, followed))
    inside = inside_of(run, instance)
    if inside is None:
        return steps
    nodes = nodes_between(run, inside.inputs, inside.outputs)
    return connected(steps, inside.inputs, inside.outputs, nodes)


def _tracked_flows(run: Run, instance: Instance, followed: bool) -> Iterator[Flow]:
    late = late_layers(run, instance)
    for layer in tracked(run, instance):
        left_out = followed and _is_left_out(run, layer)
        step = _left_out(run, layer) if left_out else tracked_flow(run, layer)
        yield step._replace(late=True) if layer in late else step
    why = run.journal.force(instance.state.get(_LOST))
    why = unseen(run, instance, followed=followed) if why is None else why
    if why is not None:
        yield Flow(instance, None, unknown=why)


def _is_left_out(run: Run, layer: Value) -> bool:
    """Whether a layer has neither been called nor built."""
    if isinstance(layer, ModelObject) or run.truth(layer.state.get(_CALLED, False)):
        return False
    if isinstance(layer, Instance):
        return not is_called(run, layer)
    return layer.fault is None and run.journal.force(layer.state["built"]) is None


def _left_out(run: Run, layer: LayerObject | Instance) -> Flow:
    """A layer that is never called: it has the weights that its constructor makes."""
    never = Shape(Unknown("it is never called"))
    if isinstance(layer, LayerObject):
        return Flow(layer, None, Built((), never))
    inner = tuple(_tracked_flows(run, layer, True))
    return _whole(run, layer, never, never, inner)


def is_called(run: Run, instance: Instance) -> bool:
    """Whether `call` has been followed, or begun to be, on some input."""
    return _INSIDE in instance.state or run.journal.force(instance.state[BUILT]) is not None


def model_flows(run: Run, instance: Instance) -> list[Flow]:
    """The layers of a subclassed model, and the weights that it adds itself."""
    steps = tracked_flows(run, instance)
    if weights := own_weights(run, instance):
        steps.append(Flow(instance, None, built(Shape(Unknown("they are no layer")), weights)))
    return steps


def flows_beside(run: Run, model: ModelObject, steps: Sequence[Flow]) -> Iterator[Flow]:
    """The layers that an object of a functional model holds beside those of its graph."""
    instance = run.journal.force(model.state.get("instance"))
    if isinstance(instance, Instance):
        met = {id(step.layer) for step in steps}
        for layer in tracked(run, instance):
            if id(layer) not in met and not _is_left_out(run, layer):
                yield tracked_flow(run, layer)


def tracked_flow(run: Run, layer: Value) -> Flow:
    """A layer that a subclassed object holds: as it was built when it was called."""
    if isinstance(layer, LayerObject):
        made = run.journal.force(layer.state["built"])
        if layer.fault is not None:
            return Flow(layer, None, fault=layer.fault)
        refused = run.journal.force(layer.state.get("refused"))
        if isinstance(refused, Flow):
            return refused
        if isinstance(made, Unknown):
            return Flow(layer, None, unknown=made)
        if made is None:
            return _never_called(run, layer)
        return Flow(layer, None, made)
    if isinstance(layer, Instance):
        shapes = run.journal.force(layer.state.get(BUILT))
        if shapes is None:
            return Flow(layer, None, unknown=Unknown("it is never called"))
        return with_claim(run, layer, instance_flow(run, layer, shapes, None))
    from flake8_paramcount.interpreter.models import declared_input, flow

    return flow(run, layer, declared_input(run, layer), 0)


def _never_called(run: Run, layer: LayerObject) -> Flow:
    """A layer without a call: Keras has no weights for it, unless they need no input."""
    if layer.bound is None:
        return with_claim(run, layer, Flow(layer, None, unknown=layer.why))
    why = Unknown("the layer has not been called on a tensor", None, layer.site)
    try:
        return Flow(layer, None, bound_now(run, layer).apply(Shape(why)))
    except Undetermined as stop:
        return Flow(layer, None, unknown=stop.unknown)
    except Fault as fault:
        return Flow(layer, None, fault=fault)


def step_through(run: Run, instance: Instance, shapes: Shapes) -> Built:
    """A subclassed layer inside of a wrapper; a cell is called with its states, which it returns.

    Raises its fault, and `Undetermined`.
    """
    parts = shapes if isinstance(shapes, tuple) else (shapes,)
    inputs: tuple[Value, ...] = tuple(source_tensor(part, instance.site) for part in parts)
    sizes = plain(run, run.journal.read(instance).get("state_size"))
    if sizes is not None:
        each = sizes if type(sizes) is tuple else (sizes,)
        batch = parts[0].dims[0]
        shaped = (Shape((batch, *(size if type(size) is tuple else (size,)))) for size in each)
        inputs = (*inputs, tuple(source_tensor(shape, instance.site) for shape in shaped))
    with following(run, "untraced" if run.generation >= 3 else "symbols"):
        output = call_keras_instance(run, instance, Arguments(inputs, {}, instance.site, str))
    outputs = tuple(tensors_in(output))
    step = outputs[0].node.flow if outputs else None
    if step is None:
        raise Undetermined(_why(output))
    if step.fault is not None:
        raise step.fault
    if step.built is None:
        raise Undetermined(first_of(step.unknown, Unknown("its weights are not known")))
    found = tuple(tensor.shape for tensor in outputs)
    if sizes is None and not says_output(run, instance):
        why = f"`{instance.cls.name}` has no `compute_output_shape` to tell the wrapper"
        found = (Shape(Unknown(why, None, instance.site)),)
    return Built(step.built.weights, found[0] if sizes is not None or len(found) == 1 else found)


def flow_through(run: Run, instance: Instance, shapes: Shapes) -> Flow:
    """A subclassed layer in a chain: called on a tensor of the shape that flows in."""
    parts = shapes if isinstance(shapes, tuple) else (shapes,)
    inputs = tuple(source_tensor(part, instance.site) for part in parts)
    arguments = Arguments(inputs, {}, instance.site, str)
    output = call_keras_instance(run, instance, arguments)
    if isinstance(output, Tensor) and output.node.flow is not None:
        return output.node.flow  # type: ignore[no-any-return]
    return Flow(instance, shapes, built=Built((), parts[0]))
