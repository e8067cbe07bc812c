"""What a class of the program inherits from a class of Keras: a layer, Sequential, Model."""

from __future__ import annotations

from collections.abc import Callable

from flake8_paramcount.interpreter import catalogue
from flake8_paramcount.interpreter.adapting import DERIVED
from flake8_paramcount.interpreter.classes import lineage, method_of
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.natives import find_method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import may_hold_tensors
from flake8_paramcount.interpreter.values import (
    Arguments,
    DictObject,
    Instance,
    Native,
    NativeMethod,
    Qualified,
    Value,
)
from flake8_paramcount.keras import LAYERS
from flake8_paramcount.unknown import Unknown

BASE = "__base__"
STATED = "__stated__"
"""The input shape that an object's own arguments state."""


def keras_base(run: Run, instance: Instance) -> str | None:
    """The name of the first class of Keras among the bases."""
    names = (
        catalogue.class_name(base.path)
        for base in lineage(run, instance.cls)
        if isinstance(base, Qualified)
    )
    return next((name for name in names if name is not None), None)


def stands_for(run: Run, value: Value) -> Value:
    """The layer or model that an object is, where its class leaves the call to Keras."""
    from flake8_paramcount.interpreter.subclassing import model_behind

    if not isinstance(value, Instance):
        return value
    model = model_behind(value)
    if model is not None:
        return model if model.kind != "subclassed" else value
    base = run.journal.force(value.state.get(BASE))
    own = (method_of(run, value.cls, name) for name in ("build", "call", "add_weight"))
    return base if isinstance(base, LayerObject) and not any(own) else value


def inherited(run: Run, instance: Instance, base: Qualified, name: str) -> Value:
    """A method of Keras' class that the program calls through `super()`; None if not known."""
    from flake8_paramcount.interpreter.subclassing import model_behind

    if catalogue.class_name(base.path) is None:
        return None
    method = _METHODS.get(name)
    if method is not None:
        return Native(name, lambda given: method(run, instance, given))
    model = model_behind(instance)
    return None if model is None else _of_model(model, name)


def _of_model(model: ModelObject, name: str) -> Value:
    return NativeMethod(model, name) if find_method(ModelObject, name) is not None else None


def initialize_base(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """`super().__init__(…)` of a class that derives from one of Keras'."""
    from flake8_paramcount.interpreter.construct import layer, stated_shape
    from flake8_paramcount.interpreter.subclassing import model_behind

    state = run.journal.write(instance)
    for key, target in (("name", "__name__"), ("trainable", "trainable")):
        if arguments.kwargs.get(key) is not None:
            state[target] = arguments.kwargs[key]
    model = model_behind(instance)
    name = keras_base(run, instance)
    if model is not None:
        _initialize_model(run, model, instance, arguments)
    elif name == "Wrapper":
        state["layer"] = arguments.get(0, "layer")
        state[STATED] = stated_shape(run, "Layer", dict(arguments.kwargs))
    elif name in LAYERS:
        from flake8_paramcount.interpreter.calls import settled

        keywords = {"name": state["__name__"], **arguments.kwargs}
        made = layer(name, run, settled(run, arguments._replace(kwargs=keywords)))
        made.state[DERIVED] = True
        state[BASE], state[STATED] = made, made.shape


def _initialize_model(
    run: Run, model: ModelObject, instance: Instance, arguments: Arguments
) -> None:
    state = run.journal.write(model)
    state["name"], state["trainable"] = instance.state["__name__"], instance.state["trainable"]
    if model.kind == "sequential":
        layers = arguments.get(0, "layers")
        if isinstance(layers, Unknown):
            run.journal.replace(model.layers, layers)
        elif layers is not None:
            from flake8_paramcount.interpreter.assembling import stacked
            from flake8_paramcount.interpreter.settling import settle

            items = [stacked(item, arguments.site) for item in iterate(run, layers)]
            run.journal.write(model.layers).extend(items)
            settle(run, model, items)
        return
    if any(map(may_hold_tensors, (*arguments.args, *arguments.kwargs.values()))):
        from flake8_paramcount.interpreter.assembling import connect

        connect(run, model, arguments.get(0, "inputs"), arguments.get(1, "outputs"))


def _inner(run: Run, instance: Instance) -> Value:
    """The layer that an object is or, as a `Wrapper`, has."""
    key = "layer" if keras_base(run, instance) == "Wrapper" else BASE
    return run.journal.force(instance.state.get(key))


def _config(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """What the base class knows of a layer; Keras' own layers know more."""
    if keras_base(run, instance) not in ("Layer", "Wrapper", None):
        return Unknown("the configuration of a layer", arguments.text, arguments.site)
    names = {"name": "__name__", "trainable": "trainable"}
    config = {name: instance.state[key] for name, key in names.items()}
    return DictObject({**config, "dtype": "float32"})


def _call(run: Run, instance: Instance, arguments: Arguments) -> Value:
    from flake8_paramcount.interpreter.graph import call_layer
    from flake8_paramcount.interpreter.subclassing import model_behind

    target = model_behind(instance) or _inner(run, instance)
    if target is None or (isinstance(target, ModelObject) and target.kind == "subclassed"):
        return Unknown("Keras' own `call`", arguments.text, arguments.site)
    return call_layer(run, target, arguments)


def _build(run: Run, instance: Instance, arguments: Arguments) -> Value:
    """`super().build(input_shape)` makes the weights of the layer that is derived from."""
    from flake8_paramcount.interpreter.construct import shape_of
    from flake8_paramcount.interpreter.methods import build
    from flake8_paramcount.interpreter.models import flow
    from flake8_paramcount.interpreter.subclassing import model_behind

    model = model_behind(instance)
    if model is not None:
        build(run, model, arguments)
        return
    from flake8_paramcount.interpreter.building import build_by_default

    build_by_default(run, instance, arguments.get(0, "input_shape"))
    base = _inner(run, instance)
    if isinstance(base, LayerObject) and run.journal.force(base.state["built"]) is None:
        step = flow(run, base, shape_of(run, arguments.get(0, "input_shape")), 0)
        run.journal.write(base)["built"] = step.built


_METHODS: dict[str, Callable[[Run, Instance, Arguments], Value]] = {
    "__init__": initialize_base,
    "__call__": _call,
    "call": _call,
    "build": _build,
    "get_config": _config,
}
