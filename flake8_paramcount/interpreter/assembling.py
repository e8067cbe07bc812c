"""Constructors of models, of their inputs, and functions that make a layer and call it."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from flake8_paramcount.interpreter.bindings import asking
from flake8_paramcount.interpreter.catalogue import constructor
from flake8_paramcount.interpreter.claims import OUTPUT
from flake8_paramcount.interpreter.construct import auto_name, input_shape, layer, plain, with_tuple
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.graph import call_layer
from flake8_paramcount.interpreter.journal import choose
from flake8_paramcount.interpreter.models import BEHIND_FAULT, STALE, Flow, LayerObject, ModelObject
from flake8_paramcount.interpreter.natives import NativeFunction
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.settling import settle
from flake8_paramcount.interpreter.tensors import Node, Tensor, chosen
from flake8_paramcount.interpreter.values import (
    Arguments,
    Choice,
    DictObject,
    ListObject,
    Qualified,
    Value,
)
from flake8_paramcount.keras import FUNCTIONS, LAYERS, bind
from flake8_paramcount.keras.layer import Fault, Shape
from flake8_paramcount.unknown import Undetermined, Unknown


def sequential(run: Run, arguments: Arguments) -> Value:
    """`Sequential(layers=None, trainable=True, name=None)`."""
    given = arguments.get(0, "layers")
    model = ModelObject(run, "sequential", arguments.site)
    named = arguments.get(1 if run.generation < 3 else 2, "name")
    model.state["name"] = named if named is not None else auto_name(run, "Sequential")
    model.state["trainable"] = arguments.kwargs.get("trainable", True)
    if isinstance(given, Unknown):
        run.journal.replace(model.layers, given)
    elif not arguments.complete:
        run.journal.replace(model.layers, run.unknown("its arguments are not known"))
    elif given is not None:
        layers = list(iterate(run, given))
        run.fuel.burn(len(layers))
        items = [stacked(layer, arguments.site) for layer in layers]
        run.journal.write(model.layers).extend(items)
        settle(run, model, items)
    return model


def stacked(item: Value, site: int) -> Value:
    """What `add` puts on the stack: the input layer of an `Input(...)` tensor.

    What is no layer cannot be added at `site`: a class that is not called, or a plain value.
    """
    if isinstance(item, Choice):
        return choose(item.condition, stacked(item.then, site), stacked(item.otherwise, site))
    if isinstance(item, ModelObject):
        item.stacked = True
    if isinstance(item, Tensor):
        return item.node.layer
    if isinstance(item, Qualified) and constructor(item.path) is not None:
        name = item.path.rpartition(".")[2]
        message = f"the class {name} is added, where {name}(…) would make a layer"
        return LayerObject(name, site, fault=Fault("argument", message))
    if isinstance(item, str | int | float):
        return LayerObject("Layer", site, fault=Fault("argument", f"{item!r} is added, no layer"))
    if isinstance(item, LayerObject) and item.state[STALE] is not False:
        return Unknown("its attributes were set after it was built", None, site)
    return item


def functional(run: Run, arguments: Arguments) -> Value:
    """`Model(inputs, outputs, name=None)`."""
    inputs = arguments.kwargs.get("input", arguments.get(0, "inputs"))
    outputs = arguments.kwargs.get("output", arguments.get(1, "outputs"))
    model = ModelObject(run, "functional", arguments.site)
    named = arguments.get(2, "name")
    model.state["name"] = named if named is not None else auto_name(run, "Functional")
    model.state["trainable"] = arguments.kwargs.get("trainable", True)
    connect(run, model, inputs, outputs)
    return model


def connect(run: Run, model: ModelObject, inputs: Value, outputs: Value) -> None:
    """Make a model the functional one between inputs and outputs."""
    model.kind = "functional"
    state = run.journal.write(model)
    state["inputs"], state["outputs"] = _tensors(run, inputs), _tensors(run, outputs)
    state["single"] = not isinstance(run.journal.force(outputs), ListObject | tuple)


def _tensors(run: Run, value: Value) -> tuple[Tensor, ...] | Unknown:
    """The tensors of an `inputs=` or `outputs=` argument, unknown if some are not known."""
    value = chosen(run, run.journal.force(value))
    items = _leaves(run, value)
    if items and all(isinstance(item, Tensor) for item in items):
        return tuple(items)
    if isinstance(value, Unknown):
        return value
    missing = next((item for item in items if isinstance(item, Unknown)), None)
    if missing is not None:
        return missing
    return run.unknown("some of its tensors are not known")  # type: ignore[no-any-return]


def _leaves(run: Run, value: Value) -> list[Value]:
    """What stands in the lists, tuples and dicts of an `inputs=` or `outputs=` argument."""
    run.fuel.burn()
    if isinstance(value, DictObject):
        value = tuple(run.journal.read(value).values())
    elif isinstance(value, ListObject):
        value = tuple(run.journal.read(value))
    if type(value) is not tuple:
        return [value]
    return [leaf for item in value for leaf in _leaves(run, run.journal.force(item))]


def input_tensor(run: Run, arguments: Arguments) -> Value:
    """`Input(shape=None, batch_size=None, …)`: a tensor that an input layer puts out."""
    arguments = with_tuple(run, arguments)
    name = arguments.kwargs.get("name")
    labelled = name is not None
    name = name if labelled else auto_name(run, "InputLayer")
    try:
        shape = asking(input_shape(run, arguments), OUTPUT, arguments.site)
        _check_input(run, arguments)
    except Fault as fault:
        source = LayerObject("InputLayer", arguments.site, name=name, fault=fault)
        step = Flow(source, None, fault=fault)
        return Tensor(Shape(BEHIND_FAULT), Node(source, (), arguments.site, step))
    source = LayerObject("InputLayer", arguments.site, name=name, shape=shape, labelled=labelled)
    return Tensor(shape, Node(source, (), arguments.site, None))


def _check_input(run: Run, arguments: Arguments) -> None:
    """Hold the call of `Input` against its signature, and its values against what Keras takes."""
    if run.generation < 3 or not arguments.complete:
        return
    words = {key: plain(run, value) for key, value in arguments.kwargs.items()}
    with suppress(Undetermined):
        bind(LAYERS["Input"], [plain(run, value) for value in arguments.args], words)


def _merge(name: str, run: Run, arguments: Arguments) -> Value:
    """A functional form such as `add([a, b])` or `concatenate([a, b], axis=1)`."""
    inputs = arguments.get(0, "inputs")
    keywords = {key: value for key, value in arguments.kwargs.items() if key != "inputs"}
    made = layer(name, run, arguments._replace(args=arguments.args[1:], kwargs=keywords))
    return call_layer(run, made, arguments._replace(args=(inputs,), kwargs={}))


MERGES: dict[str, NativeFunction] = {
    function: partial(_merge, name) for function, name in FUNCTIONS.items()
}
