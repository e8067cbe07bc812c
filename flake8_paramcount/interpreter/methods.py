"""Methods and attributes of Keras layers and models in the analysed program."""

from __future__ import annotations

from flake8_paramcount.interpreter.assembling import stacked
from flake8_paramcount.interpreter.construct import auto_name, shape_of
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.freezing import set_trainable
from flake8_paramcount.interpreter.graph import ends_of
from flake8_paramcount.interpreter.hidden import VARIABLES
from flake8_paramcount.interpreter.models import (
    NESTED,
    STALE,
    LayerObject,
    ModelObject,
    apply_layer,
    declared_input,
    first_of,
    flow,
    flows,
    output_of,
    stack,
)
from flake8_paramcount.interpreter.natives import attribute, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.settling import settle
from flake8_paramcount.interpreter.tensors import Tensor
from flake8_paramcount.interpreter.training import note_trainable
from flake8_paramcount.interpreter.values import Arguments, ListObject, Value
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.unknown import Undetermined, Unknown


@method(ModelObject, "add")
def add(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`Sequential.add(layer)`; what is added may be unknown, but it is added."""
    _note_change(run, model)
    layer = stacked(arguments.get(0, "layer"), arguments.site)
    if run.guarded and _is_named_like(run, layer, model):
        run.refuses(ValueError)
    run.journal.write(model.layers).append(layer)
    settle(run, model, (layer,))


@method(ModelObject, "pop")
def pop(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    _note_change(run, model)
    state = run.journal.write(model.layers)
    if not state:
        raise Undetermined(run.unknown("there is no layer to pop"))
    return state.pop()


def _is_named_like(run: Run, layer: Value, model: ModelObject) -> bool:
    """Whether a layer has the name of another one that the Sequential has already."""
    others = [each for each in run.journal.read(model.layers) if each is not layer]
    name = _name_in(layer)
    return isinstance(name, str) and any(_name_in(each) == name for each in others)


def _name_in(layer: Value) -> Value:
    return layer.state["name"] if isinstance(layer, LayerObject | ModelObject) else None


def _note_change(run: Run, model: ModelObject) -> None:
    """What has called a Sequential, or has been built around it, does not see how it changes."""
    if model.state[STALE] is False and (model.state[NESTED] or _is_inside(run, model)):
        run.journal.write(model)[STALE] = True


def _is_inside(run: Run, model: ModelObject) -> bool:
    if not model.stacked:
        return False
    run.fuel.walk(len(run.models))
    return any(
        each is not model
        and each.kind == "sequential"
        and isinstance(each.layers.state, list)
        and _holds(run, each.layers.state, model)
        and declared_input(run, each) is not None
        for each in run.models
    )


def _holds(run: Run, layers: list[Value], model: ModelObject) -> bool:
    run.fuel.sweep(2 * len(layers))
    return any(layer is model for layer in layers)


@method(ModelObject, "build")
def build(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    shape = arguments.get(0, "input_shape")
    if shape is not None and model.kind == "sequential":
        run.journal.write(model)["input"] = shape_of(run, shape)
        settle(run, model)
    elif shape is not None and model.kind == "subclassed":
        from flake8_paramcount.interpreter.subclassing import build_instance

        build_instance(run, model.state["instance"], shape_of(run, shape), arguments)


@method(LayerObject, "compute_output_shape")
def layer_output_shape(run: Run, layer: LayerObject, arguments: Arguments) -> Value:
    """`layer.compute_output_shape(input_shape)`: nothing is built for it."""
    return _as_value(apply_layer(run, layer, shape_of(run, arguments.args[0])).output)


@method(LayerObject, "build")
def build_layer(run: Run, layer: LayerObject, arguments: Arguments) -> Value:
    """`layer.build(input_shape)`; one that has been built stays as it is."""
    if run.journal.force(layer.state["built"]) is None:
        step = flow(run, layer, shape_of(run, arguments.get(0, "input_shape")), 0)
        run.journal.write(layer)["built"] = step.built


@attribute(ModelObject, "layers")
def model_layers(run: Run, model: ModelObject) -> Value:
    if model.kind == "sequential":
        return ListObject(stack(run, model))
    return ListObject([step.layer for step in flows(run, model, None)])


@method(ModelObject, "get_layer")
def get_layer(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    layers = list(iterate(run, model_layers(run, model)))
    name, index = arguments.kwargs.get("name"), arguments.kwargs.get("index")
    if arguments.args:
        given = arguments.args[0]
        name, index = (given, index) if isinstance(given, str) else (name, given)
    if isinstance(index, int) and -len(layers) <= index < len(layers):
        return layers[index]
    for layer in layers:
        if isinstance(name, str) and run.journal.force(layer.state.get("name")) == name:
            return layer
    return Unknown("no such layer", arguments.text, arguments.site)


@attribute(LayerObject, "name")
@attribute(ModelObject, "name")
def name_of(run: Run, owner: LayerObject | ModelObject) -> Value:
    return owner.state["name"]


@attribute(LayerObject, "built")
def is_built(run: Run, layer: LayerObject) -> Value:
    """Whether a layer has been built; one that was called in a way that is not followed may be."""
    built = run.journal.force(layer.state["built"])
    if built is None and run.truth(layer.state.get("called", False)):
        return run.unknown("whether the layer is built")
    return built is not None


@attribute(ModelObject, "built")
def is_model_built(run: Run, model: ModelObject) -> Value:
    """Whether a model has its input."""
    if model.kind == "sequential" and declared_input(run, model) is None:
        return run.unknown("whether the model is built") if run.journal.read(model.feeds) else False
    return True if model.kind != "subclassed" else run.unknown("whether the model is built")


@attribute(LayerObject, *VARIABLES)
@attribute(ModelObject, *VARIABLES)
def variables_of(run: Run, owner: LayerObject | ModelObject) -> Value:
    """A list of which no more is known than whose variables they are."""
    return Unknown("its variables", None, run.site(run.statement)).holding(owner)


@method(LayerObject, "set_name", "set__name")
@method(ModelObject, "set_name", "set__name")
def set_name(run: Run, owner: LayerObject | ModelObject, arguments: Arguments) -> Value:
    run.journal.write(owner)["name"] = arguments.args[0]


@attribute(LayerObject, "trainable")
@attribute(ModelObject, "trainable")
def trainable_of(run: Run, owner: LayerObject | ModelObject) -> Value:
    value = owner.state["trainable"]
    return run.unknown("it may train or not") if value is run.either else value


@method(LayerObject, "set_trainable")
@method(ModelObject, "set_trainable")
def set_trainable_of(run: Run, owner: LayerObject | ModelObject, arguments: Arguments) -> Value:
    note_trainable(run, owner, arguments.args[0])
    set_trainable(run, owner, arguments.args[0])


def _input_of(run: Run, model: ModelObject) -> Shapes | None:
    if model.kind == "functional":
        inputs, _ = ends_of(run, model)
        return inputs[0].shape if len(inputs) == 1 else tuple(tensor.shape for tensor in inputs)
    return declared_input(run, model)


def _as_value(shapes: Shapes | None) -> Value:
    if shapes is None:
        return None
    if isinstance(shapes, Shape):
        return shapes.dims
    return tuple(shape.dims for shape in shapes)


@attribute(ModelObject, "input_shape")
def input_shape(run: Run, model: ModelObject) -> Value:
    return _as_value(_input_of(run, model))


@attribute(ModelObject, "output_shape")
def output_shape(run: Run, model: ModelObject) -> Value:
    given = _input_of(run, model)
    return _as_value(output_of(run, model, tuple(flows(run, model, given)), given))


@attribute(LayerObject, "output_shape", "input_shape")
def layer_shape(run: Run, layer: LayerObject) -> Value:
    built = run.journal.force(layer.state["built"])
    if built is None:
        raise Undetermined(Unknown("the layer has not been called on a tensor"))
    return _as_value(built.output)


@attribute(ModelObject, "outputs")
def model_outputs(run: Run, model: ModelObject) -> Value:
    if model.kind != "functional":
        return ListObject([_sequential_tensors(run, model)[-1]])
    _, outputs = ends_of(run, model)
    return ListObject(list(outputs))


@attribute(ModelObject, "output")
def model_output(run: Run, model: ModelObject) -> Value:
    return _alone(run, model_outputs(run, model))


@attribute(ModelObject, "inputs")
def model_inputs(run: Run, model: ModelObject) -> Value:
    if model.kind != "functional":
        return ListObject([_sequential_tensors(run, model)[0]])
    inputs, _ = ends_of(run, model)
    return ListObject(list(inputs))


@attribute(ModelObject, "input")
def model_input(run: Run, model: ModelObject) -> Value:
    return _alone(run, model_inputs(run, model))


def _alone(run: Run, tensors: ListObject) -> Value:
    """The tensor of a list of one, else the list."""
    items = run.journal.read(tensors)
    return items[0] if len(items) == 1 else tensors


def _sequential_tensors(run: Run, model: ModelObject) -> list[Tensor]:
    """The tensors between the layers of a Sequential: its input first."""
    from flake8_paramcount.interpreter.tensors import Node

    shape = declared_input(run, model)
    if shape is None:
        raise Undetermined(Unknown("the model has no input shape"))
    cached = model.state.get("tensors")
    layers = stack(run, model)
    if cached is not None and len(cached) == len(layers) + 1:
        return cached  # type: ignore[no-any-return]
    source = LayerObject("InputLayer", model.site, name=auto_name(run, "InputLayer"), shape=shape)
    tensors = [Tensor(shape, Node(source, (), model.site, None))]
    for step in flows(run, model, shape):
        output = step.output
        if not isinstance(output, Shape):
            output = Shape(first_of(step.unknown, Unknown("its output is not known")))
        inputs = (tensors[-1],)
        tensors.append(Tensor(output, Node(step.layer, inputs, model.site, step)))
    run.journal.write(model)["tensors"] = tensors
    return tensors


@attribute(LayerObject, "output")
def layer_output(run: Run, layer: LayerObject) -> Value:
    """The tensor that a layer puts out in the one model that holds it."""
    for model in run.models:
        tensor = _output_in(run, model, layer)
        if tensor is not None:
            return tensor
    raise Undetermined(Unknown("the layer has not been called on a tensor"))


@attribute(LayerObject, "input")
def layer_input(run: Run, layer: LayerObject) -> Value:
    """What a layer takes in the one model that holds it; an input layer gives its own tensor."""
    for model in run.models:
        tensor = _output_in(run, model, layer)
        if tensor is not None:
            inputs = tensor.node.inputs or (tensor,)
            return inputs[0] if len(inputs) == 1 else ListObject(list(inputs))
    raise Undetermined(Unknown("the layer has not been called on a tensor"))


def _output_in(run: Run, model: ModelObject, layer: LayerObject) -> Tensor | None:
    run.fuel.burn()
    if model.kind == "functional":
        from flake8_paramcount.interpreter.graph import nodes_between

        inputs, outputs = ends_of(run, model)
        for tensor in inputs:
            if tensor.node.layer is layer:
                return tensor
        for node in nodes_between(run, inputs, outputs):
            if (
                node.layer is layer
                and node.flow is not None
                and isinstance(node.flow.output, Shape)
            ):
                return Tensor(node.flow.output, node)
        return None
    if layer not in stack(run, model) or declared_input(run, model) is None:
        return None
    return _sequential_tensors(run, model)[stack(run, model).index(layer) + 1]
