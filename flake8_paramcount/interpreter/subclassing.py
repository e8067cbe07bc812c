"""Layers and models that the program itself defines as classes.

Such a layer is counted as Keras builds it: `build` and `call` of the class are evaluated on the
symbolic input, `add_weight` and the layers among the attributes give the weights.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.classes import initialize, keras_kind, method_of
from flake8_paramcount.interpreter.construct import auto_name, shape_of
from flake8_paramcount.interpreter.functions import call_function
from flake8_paramcount.interpreter.hidden import unseen, variables
from flake8_paramcount.interpreter.inheriting import BASE, keras_base, stands_for
from flake8_paramcount.interpreter.models import (
    Flow,
    LayerObject,
    ModelObject,
    is_input,
)
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Node, Tensor, source_tensor, tensors_in
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

_MODEL, _WEIGHTS, _BUILT, _NAME = "__model__", "__weights__", "__built__", "__name__"
_TRAINABLE = "trainable"
_FOLLOWED = "__followed__"


def keras_instance(run: Run, cls: ClassObject, arguments: Arguments) -> Instance:
    """An object of a class that derives from a Keras layer or model."""
    instance = Instance(cls, arguments.site)
    state = run.journal.write(instance)
    name = arguments.kwargs.get("name")
    state[_NAME] = name if isinstance(name, str) else auto_name(run, cls.name)
    state[_WEIGHTS] = ListObject([])
    state[_TRAINABLE] = True
    state[_BUILT] = None
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
    if name == "add_weight":
        return Native(name, lambda arguments: _add_weight(run, instance, arguments))
    if name == "name":
        return instance.state[_NAME]
    if name == "built":
        return instance.state.get(_BUILT) is not None
    base = instance.state.get(BASE)
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
    """`add_weight(shape=None, …)`: Keras 3 takes the shape first, Keras 2 the name."""
    values = dict(arguments.kwargs)
    for value in arguments.args:
        if isinstance(value, str):
            values.setdefault("name", value)
        elif type(value) is tuple or isinstance(value, ListObject):
            values.setdefault("shape", value)
    shape = shape_of(run, values["shape"]) if values.get("shape") is not None else Shape(())
    trainable = run.truth(values.get("trainable", True))
    name = values.get("name")
    weight = Weight(name if isinstance(name, str) else "variable", shape.dims, trainable)
    run.journal.write(run.journal.force(instance.state[_WEIGHTS])).append(weight)
    return Array(shape, "float32", site=arguments.site)


def tracked(run: Run, instance: Instance) -> Iterator[Value]:
    """The layers among the attributes, also those in lists and dicts, in order, each once."""
    seen: set[int] = set()
    for key, value in run.journal.read(instance).items():
        hidden = key.startswith("__") and key.endswith("__")
        if key == BASE or not hidden:
            for layer in _layers_in(run, value):
                if id(layer) not in seen:
                    seen.add(id(layer))
                    yield layer


def _layers_in(run: Run, value: Value) -> Iterator[Value]:
    run.fuel.burn()
    value = run.journal.force(value)
    if isinstance(value, LayerObject | ModelObject):
        if not is_input(value):
            yield value
    elif isinstance(value, Instance):
        if keras_kind(run, value.cls) is not None:
            yield stands_for(run, value)
    elif isinstance(value, ListObject):
        for item in run.journal.read(value):
            yield from _layers_in(run, item)
    elif isinstance(value, DictObject):
        for item in run.journal.read(value).values():
            yield from _layers_in(run, item)
    elif type(value) is tuple:
        for item in value:
            yield from _layers_in(run, item)


def call_keras_instance(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """A subclassed layer or model called on tensors."""
    values = [*arguments.args, *arguments.kwargs.values()]
    inputs = tuple(tensor for value in values for tensor in tensors_in(value))
    if not inputs and arguments.args:
        inputs = _as_input(run, instance, run.journal.force(arguments.args[0]))
    if not inputs:
        return Unknown(f"a call of `{instance.cls.name}`", arguments.text, arguments.site)
    output = _call(run, instance, inputs, arguments)
    if all(tensor.shape.known for tensor in tensors_in(output)) and tensors_in(output):
        run.journal.write(instance)[_FOLLOWED] = True
    shapes = tuple(tensor.shape for tensor in inputs)
    step = instance_flow(run, instance, shapes if len(shapes) > 1 else shapes[0], output)
    node = Node(instance, inputs, arguments.site, step)
    if type(output) is tuple or isinstance(output, ListObject):
        return tuple(
            Tensor(tensor.shape, node, index) for index, tensor in enumerate(tensors_in(output))
        )
    shape = output.shape if isinstance(output, Tensor) else Shape(_why(output))
    return Tensor(shape, node)


def build_instance(run: Run, instance: Instance, shape: Shape, arguments: Arguments) -> None:
    """`model.build(input_shape)`: its `call` is followed on a tensor of that shape.

    Since Keras 3 the layers inside are not built until the model is called on data.
    """
    if run.journal.force(instance.state.get(_BUILT)) is not None:
        return
    source = LayerObject("InputLayer", instance.site, name="input_layer", shape=shape)
    tensor = Tensor(shape, Node(source, (), instance.site, None))
    call_keras_instance(run, instance, arguments._replace(args=(tensor,), kwargs={}))
    if run.generation >= 3:
        run.journal.write(instance)[_BUILT] = None


def _as_input(run: Run, instance: Instance, data: Value) -> tuple[Tensor, ...]:
    if not isinstance(data, Array):
        return ()
    return (source_tensor(data.shape, instance.site),)


def _why(output: Value) -> Unknown:
    return output if isinstance(output, Unknown) else Unknown("its `call` is not followed")


def _call(
    run: Run, instance: Instance, inputs: tuple[Tensor, ...], arguments: Arguments
) -> Value:
    """What the class's own `call` returns; `build` is run first, once."""
    _build(run, instance, inputs)
    own = method_of(run, instance.cls, "call")
    if own is None:
        return inputs[0]
    given = arguments.args or (inputs if len(inputs) > 1 else (inputs[0],))
    if arguments.args and not tensors_in(arguments.args):
        given = inputs
    keywords = {key: value for key, value in arguments.kwargs.items() if key != "mask"}
    return call_function(
        run, own, arguments._replace(args=(instance, *given), kwargs=keywords)
    )


def _build(run: Run, instance: Instance, inputs: tuple[Tensor, ...]) -> None:
    if run.journal.force(instance.state.get(_BUILT)) is not None:
        return
    shapes = tuple(tensor.shape for tensor in inputs)
    run.journal.write(instance)[_BUILT] = shapes if len(shapes) > 1 else shapes[0]
    own = method_of(run, instance.cls, "build")
    if own is None:
        return
    dims = tuple(_dims(shape) for shape in shapes)
    arguments = Arguments((instance, dims[0] if len(dims) == 1 else dims), {}, instance.site, str)
    call_function(run, own, arguments)


def _dims(shape: Shape) -> Value:
    return shape.dims if shape.known else shape.why


def own_weights(run: Run, instance: Instance) -> list[Weight]:
    """The weights that the class itself adds."""
    held = run.journal.force(instance.state.get(_WEIGHTS))
    added = () if held is None else run.journal.read(held)
    return [*added, *variables(run, instance)]


def instance_flow(run: Run, instance: Instance, shapes: Shapes, output: Value) -> Flow:
    """A subclassed layer that has been called, as one step of a model."""
    inner: list[Flow] = []
    why: Unknown | None = None
    for step in tracked_flows(run, instance):
        inner.append(step)
        why = why if why is not None else step.unknown
    weights = own_weights(run, instance)
    for step in inner:
        weights.extend(step.built.weights if step.built is not None else ())
        if step.fault is not None:
            return Flow(instance, shapes, fault=step.fault, inner=tuple(inner))
    shape = output.shape if isinstance(output, Tensor) else Shape(_why(output))
    if why is not None:
        return Flow(instance, shapes, unknown=why, inner=tuple(inner))
    try:
        return Flow(instance, shapes, built(shape, weights), inner=tuple(inner))
    except Fault as fault:
        return Flow(instance, shapes, fault=fault, inner=tuple(inner))


def tracked_flows(run: Run, instance: Instance) -> Iterator[Flow]:
    """All layers that a subclassed object holds, and the weights that a model itself adds."""
    followed = run.truth(instance.state.get(_FOLLOWED, False))
    for layer in tracked(run, instance):
        made = run.journal.force(layer.state["built"]) if isinstance(layer, LayerObject) else layer
        if followed and made is None and layer.fault is None:
            # What a `call` leaves out gets no weights.
            yield Flow(layer, None, Built((), Shape(Unknown("it is never called"))))
        else:
            yield tracked_flow(run, layer)
    why = unseen(run, instance)
    if why is not None:
        yield Flow(instance, None, unknown=why)


def model_flows(run: Run, instance: Instance) -> Iterator[Flow]:
    """The layers of a subclassed model, and the weights that it adds itself."""
    yield from tracked_flows(run, instance)
    if weights := own_weights(run, instance):
        yield Flow(instance, None, built(Shape(Unknown("they are no layer")), weights))


def tracked_flow(run: Run, layer: Value) -> Flow:
    """A layer that a subclassed object holds: as it was built when it was called."""
    if isinstance(layer, LayerObject):
        made = run.journal.force(layer.state["built"])
        if layer.fault is not None:
            return Flow(layer, None, fault=layer.fault)
        if isinstance(made, Unknown):
            return Flow(layer, None, unknown=made)
        if made is None:
            return _never_called(run, layer)
        return Flow(layer, None, made)
    if isinstance(layer, Instance):
        shapes = run.journal.force(layer.state.get(_BUILT))
        if shapes is None:
            return Flow(layer, None, unknown=Unknown("it is never called"))
        return instance_flow(run, layer, shapes, None)
    from flake8_paramcount.interpreter.models import declared_input, flow

    return flow(run, layer, declared_input(run, layer), 0)


def _never_called(run: Run, layer: LayerObject) -> Flow:
    """A layer without a call: Keras has no weights for it, unless they need no input."""
    if layer.bound is None:
        return Flow(layer, None, unknown=layer.why)
    why = Unknown("the layer has not been called on a tensor", None, layer.site)
    try:
        return Flow(layer, None, layer.bound.apply(Shape(why)))
    except Undetermined as stop:
        return Flow(layer, None, unknown=stop.unknown)
    except Fault as fault:
        return Flow(layer, None, fault=fault)


def flow_through(run: Run, instance: Instance, shapes: Shapes) -> Flow:
    """A subclassed layer in a chain: called on a tensor of the shape that flows in."""
    parts = shapes if isinstance(shapes, tuple) else (shapes,)
    inputs = tuple(source_tensor(part, instance.site) for part in parts)
    arguments = Arguments(inputs, {}, instance.site, str)
    output = call_keras_instance(run, instance, arguments)
    if isinstance(output, Tensor) and output.node.flow is not None:
        return output.node.flow  # type: ignore[no-any-return]
    return Flow(instance, shapes, built=Built((), parts[0]))
