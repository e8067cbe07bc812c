"""`keras.applications`: constructors that make whole models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from flake8_paramcount.dims import equal
from flake8_paramcount.interpreter.construct import auto_name, plain, shape_of
from flake8_paramcount.interpreter.deciding import agree, equals, is_positive, is_three, pooling_of
from flake8_paramcount.interpreter.models import (
    BEHIND_FAULT,
    Flow,
    LayerObject,
    ModelObject,
    Part,
    flow,
)
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Node, Tensor, broadcast, sources
from flake8_paramcount.interpreter.values import Arguments, ListObject, Value
from flake8_paramcount.keras import bind
from flake8_paramcount.keras.admission import Image, as_trained, check, default_side, image
from flake8_paramcount.keras.applications import (
    CONSTRUCTORS,
    ONLY_KERAS_2,
    SPECS,
    Architecture,
    Row,
    architecture,
    bound_layer,
)
from flake8_paramcount.keras.layer import Fault, Shape, Shapes
from flake8_paramcount.keras.shapes import opaque
from flake8_paramcount.unknown import Undetermined, Unknown

# What the package `keras_applications` is told about the Keras to work with.
_PLUMBING = frozenset({"backend", "layers", "models", "utils"})


# What layers become on shapes, so far.
Known: TypeAlias = "dict[tuple[int, Shapes], Flow]"


class Application(ModelObject):
    """A model of `keras.applications`: a functional model that nobody had to write."""

    __slots__ = ()

    record_kind = "application"


class Origin:
    """One call of a constructor: the evaluation, where the call stands, and what it was given."""

    __slots__ = ("arguments", "number", "run", "values", "what")

    def __init__(self, run: Run, arguments: Arguments, what: Architecture) -> None:
        self.run = run
        self.arguments = arguments
        self.what = what
        self.values: dict[str, Any] = {}
        self.number: int | None = None

    @property
    def site(self) -> int:
        """Where the call stands."""
        return self.arguments.site


def application(name: str, run: Run, arguments: Arguments) -> Value:
    """The model that a call of a constructor makes. Raises `NeedSplit`."""
    origin = Origin(run, arguments, architecture(name))
    if name in ONLY_KERAS_2 and run.generation == 3:
        return _stand_in(origin, why=Unknown(f"only tf.keras 2 has `{name}`", None, origin.site))
    try:
        origin.values = _decided(origin, _bound(origin))
        check(origin.what, origin.values, run.journal.force(run.session.state["image_data_format"]))
        source, shape = _source(origin)
        return _model(origin, source, _network(origin, source, shape), _model_name(origin, shape))
    except Fault as fault:
        return _stand_in(origin, fault=fault)
    except Undetermined as stop:
        return _stand_in(origin, why=stop.unknown)


def _stand_in(origin: Origin, **why: Any) -> Application:
    """A model that cannot be followed: one layer that says why."""
    what = origin.what
    name = _own_name(what) or what.name.lower()
    source = _input(origin, Shape(Unknown("what it takes is not known")))
    layer = LayerObject(what.name, origin.site, name=name, **why)
    step = flow(origin.run, layer, source.shape, 0)
    unknown = BEHIND_FAULT if step.unknown is None else step.unknown
    output = Tensor(Shape(unknown), Node(layer, (source,), origin.site, step))
    return _model(origin, source, output, name)


def _model(origin: Origin, source: Tensor, output: Tensor, name: Value) -> Application:
    model = Application(origin.run, "functional", origin.site)
    inputs = tuple(sources(source))
    model.state |= {"name": name, "inputs": inputs, "outputs": (output,), "single": True}
    return model


# --- arguments ------------------------------------------------------------------------------------


def _bound(origin: Origin) -> dict[str, Value]:
    """The arguments under the names that they have in the signature. Raises `Fault`."""
    what, arguments = origin.what, origin.arguments
    if not arguments.complete:
        why = "its arguments are unpacked from something unknown"
        raise Undetermined(Unknown(why, None, origin.site))
    names = tuple(what.signature)
    if len(arguments.args) > len(names):
        message = f"{what.name} takes {len(names)} positional arguments"
        raise Fault("argument", message, layer=what.name, found=len(arguments.args))
    given = dict(zip(names, arguments.args, strict=False))
    for name, value in arguments.kwargs.items():
        if name in _PLUMBING:
            continue
        if name in given or name not in names:
            message = f"{what.name} takes no argument `{name}`"
            if name in given:
                message = f"`{name}` is given twice"
            raise Fault("argument", message, argument=name, value=value, layer=what.name)
        given[name] = value
    return {**what.signature, **given}


def _decided(origin: Origin, given: Mapping[str, Value]) -> dict[str, Any]:
    """The arguments with everything decided that the structure follows. Raises `NeedSplit`."""
    run, values = origin.run, dict(given)
    for flag in ("include_top", "include_preprocessing", "minimalistic"):
        if flag in values:
            values[flag] = run.truth(values[flag])
    for name in ("weights", "classes", "classifier_activation", "depth_multiplier"):
        if name in values:
            values[name] = plain(run, values[name])
    values["pooling"] = pooling_of(run, values["pooling"])
    alpha = values.get("alpha", 1.0)
    if not isinstance(alpha, (int, float)):
        raise Undetermined(alpha if isinstance(alpha, Unknown) else Unknown("alpha is not known"))
    values.setdefault("name", values.get("model_name", origin.what.model))
    if origin.what.name.startswith("EfficientNetV2") and values["name"] != _own_name(origin.what):
        raise Undetermined(Unknown("Keras looks the blocks up under the name of the model"))
    return values


def _own_name(what: Architecture) -> Value:
    """The name of a model for which the call states none."""
    return what.signature.get("name", what.signature.get("model_name", what.model))


def _model_name(origin: Origin, shape: Image) -> Value:
    """The name of the model: the MobileNets have their width and image in it."""
    stated, what = origin.values["name"], origin.what
    if stated is not None or what.name not in ("MobileNet", "MobileNetV2"):
        return stated
    side = shape[0]
    if origin.values["weights"] == "imagenet":
        side = default_side(what, shape)
    return f"{what.name.lower()}_{origin.values['alpha']:0.2f}_{side}"


# --- the input ------------------------------------------------------------------------------------


def _source(origin: Origin) -> tuple[Tensor, Image]:
    """The tensor that flows in, and the shape that the constructor reckons with."""
    tensor = origin.values["input_tensor"]
    if isinstance(tensor, Tensor):
        return tensor, _image_beside(origin, tensor)
    shape = _image(origin)
    if tensor is None:
        return _input(origin, Shape((None, *shape))), shape
    if isinstance(tensor, Unknown):
        return _input(origin, Shape(tensor)), shape
    raise Undetermined(Unknown("`input_tensor` is no symbolic tensor", None, origin.site))


def _input(origin: Origin, shape: Shape) -> Tensor:
    name = auto_name(origin.run, "InputLayer")
    source = LayerObject("InputLayer", origin.site, name=name, shape=shape)
    return Tensor(shape, Node(source, (), origin.site, None))


def _image_beside(origin: Origin, tensor: Tensor) -> Image:
    """The shape that is reckoned with when a tensor is given as well."""
    values, what = origin.values, origin.what
    dims = tensor.shape.of_rank(4)[1:]
    if values["weights"] == "imagenet" and equal(dims[2], 3) is False:
        message = "the weights of `imagenet` take 3 channels"
        raise Fault("argument", message, argument="input_tensor", value=dims, layer=what.name)
    if values["input_shape"] is None and what.name.startswith("MobileNetV3"):
        return image(what, values, (dims[1], dims[0], 3))
    if values["input_shape"] is None and what.name == "MobileNetV2":
        side = default_side(what, dims)
        return (side, side, 3) if values["include_top"] else (None, None, 3)
    return _image(origin)


def _image(origin: Origin) -> Image:
    values, stated = origin.values, origin.values["input_shape"]
    if isinstance(stated, Unknown):
        if values["include_top"] and as_trained(origin.what, values):
            return image(origin.what, values, None)
        return _unknown_image(origin, stated)
    if stated is None:
        return image(origin.what, values, None)
    dims = shape_of(origin.run, stated).dims
    trained = values["include_top"] and as_trained(origin.what, values)
    if isinstance(stated, ListObject) and trained:
        # Keras compares what it is given with a tuple.
        message = "`input_shape` must be a tuple here, not a list"
        raise Fault("argument", message, argument="input_shape", value=dims, layer=origin.what.name)
    return image(origin.what, values, dims)


def _unknown_image(origin: Origin, stated: Unknown) -> Image:
    """An image of which only the channels may be known: pretrained weights have three."""
    if origin.what.name.startswith("NASNet"):
        raise Undetermined(stated)
    reason = f"{stated.text}: {stated.reason}" if stated.text else stated.reason
    pretrained = origin.values["weights"] == "imagenet"
    return (opaque(reason), opaque(reason), 3 if pretrained else opaque(reason))


# --- the network ----------------------------------------------------------------------------------


def _network(origin: Origin, source: Tensor, shape: Image) -> Tensor:
    """The tensor that the last layer puts out."""
    what, values = origin.what, origin.values
    facts = _facts(origin, shape)
    end = "top" if values["include_top"] else values["pooling"]
    tensors = [source]
    shapes = [source.shape]
    known: Known = {}
    for row in what.rows(_form(origin, source), end):
        origin.run.fuel.burn(3)
        inputs = tuple(tensors[place] for place in row.inputs)
        if not all(agree(inputs) if fact == "residual" else facts[fact]() for fact in row.when):
            # What a row that is left out would have taken goes on in its place.
            made = inputs[-1]
        else:
            made = _made(origin, row, inputs, shapes, known)
        tensors.append(made)
        shapes.append(made.shape)
    return tensors[-1]


def _form(origin: Origin, source: Tensor) -> str:
    """Which form of an architecture the arguments ask for."""
    if origin.values.get("minimalistic"):
        return "minimalistic"
    if "free" in origin.what.forms and source.shape.of_rank(4)[2] is None:
        return "free"
    return "default"


def _made(
    origin: Origin,
    row: Row,
    inputs: tuple[Tensor, ...],
    shapes: Sequence[Shape],
    known: Known,
) -> Tensor:
    """What a row puts out."""
    site, name = origin.site, row.kind.class_name
    if name == "operation":
        shape = _added(tuple(tensor.shape for tensor in inputs))
        return Tensor(shape, Node(None, inputs, site, None, _added))
    layer = _stack(origin, row) if name == "Sequential" else _layer(origin, row, shapes)
    several = name in SPECS and SPECS[name].many_inputs
    given = tuple(tensor.shape for tensor in inputs) if several else inputs[0].shape
    step = _flow(origin, layer, given, known)
    layer.state["built"] = step.built
    output = step.output
    if not isinstance(output, Shape):
        output = Shape(BEHIND_FAULT if step.unknown is None else step.unknown)
    return Tensor(output, Node(layer, inputs, site, step))


def _added(shapes: Sequence[Shape]) -> Shape:
    """What an operation between tensors, or with a number, gives."""
    return broadcast(shapes[0], shapes[-1])


def _flow(origin: Origin, layer: LayerObject | ModelObject, given: Shapes, known: Known) -> Flow:
    """A layer on shapes; the same layer on the same shapes is worked out once."""
    if not isinstance(layer, LayerObject) or layer.bound is None:
        return flow(origin.run, layer, given, 0)
    found = known.get((id(layer.bound), given))
    if found is None:
        found = known[id(layer.bound), given] = flow(origin.run, layer, given, 0)
    return found._replace(layer=layer)


def _layer(origin: Origin, row: Row, shapes: Sequence[Shape]) -> LayerObject:
    name = row.kind.class_name
    automatic = row.kind.arguments.get("function", name)
    made: dict[str, Any] = {"name": _name(origin, row.name) or auto_name(origin.run, automatic)}
    try:
        made["bound"] = bound_layer(row, origin.values, shapes)
    except Fault as fault:
        made["fault"] = fault
    except Undetermined as stop:
        made["why"] = stop.unknown
    return Part(name, origin.site, **made)


def _stack(origin: Origin, row: Row) -> ModelObject:
    """A Sequential inside an architecture; it is no model of the program."""
    run = origin.run
    layers = [
        Part(kind, origin.site, name=_name(origin, name), bound=bind(SPECS[kind], (), given))
        for name, kind, given in row.kind.arguments["layers"]
    ]
    model = ModelObject(run, "sequential", origin.site, layers)
    run.models.remove(model)
    model.state["name"] = _name(origin, row.name)
    return model


def _name(origin: Origin, name: str | None) -> Value:
    """A layer's name; `%` in it stands for the model's, `#` for the number of such models."""
    if name is None:
        return None
    if "#" in name:
        name = name.replace("#", str(_number(origin)))
    if "%" not in name:
        return name
    stated = origin.values["name"]
    if not isinstance(stated, str):
        return Unknown("the name of the model is not known")
    return name.replace("%", stated)


def _number(origin: Origin) -> int:
    """How many models of this kind tf.keras has named its layers for, this one included."""
    if origin.number is None:
        counters = origin.run.journal.write(origin.run.counters)
        key = CONSTRUCTORS[origin.what.name][0] + "#"
        number = counters.get(key, 0)
        origin.number = counters[key] = number + 1 if isinstance(number, int) else 1
    return origin.number


def _facts(origin: Origin, shape: Image) -> dict[str, Callable[[], bool]]:
    """What rows can depend on, each asked for only if there is such a row."""
    run, values = origin.run, origin.values
    return {
        "preprocessing": lambda: bool(values["include_preprocessing"]),
        "imagenet": lambda: equals(run, values["weights"], "imagenet"),
        "rgb": lambda: is_three(run, shape[2]),
        "dropout": lambda: is_positive(run, values["dropout_rate"]),
    }


def _register() -> None:
    for name, modules in CONSTRUCTORS.items():
        paths = [f"{root}.{name}" for root in _roots(modules)]
        function(*paths)(partial(application, name))


def _roots(modules: Sequence[str]) -> list[str]:
    roots = ("keras.applications", "keras_applications")
    return [*roots, *(f"{root}.{module}" for root in roots for module in modules)]


_register()
