"""Constructors of Keras: what a call of `Dense`, `Sequential`, `Model` or `Input` makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, NamedTuple

from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.freezing import WRAPPED, Wrapped, copies
from flake8_paramcount.interpreter.models import (
    LayerObject,
    ModelObject,
    bound_now,
    first_of,
)
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.quantizing import note_policy
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Tensor
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    Instance,
    ListObject,
    Qualified,
    Value,
)
from flake8_paramcount.keras import LAYERS, bind, check_base, declared, lookup
from flake8_paramcount.keras.declared import DeclaredSpec
from flake8_paramcount.keras.layer import Buildable, Built, Fault, LayerSpec, Shape, Shapes
from flake8_paramcount.keras.names import ACTIVATIONS
from flake8_paramcount.keras.shapes import size
from flake8_paramcount.unknown import Undetermined, Unknown

_SHAPES = frozenset({"shape", "input_shape"})
_BASE = {"name": None, "trainable": True}
_FUNCTIONS = re.compile(r"(?:keras\.activations|tensorflow\.nn|tensorflow|keras\.ops)\.(\w+)")


@dataclass(frozen=True, slots=True)
class Elements:
    """An initializer that copies the elements of an array."""

    shape: Shape


class Initializer(NamedTuple):
    """An initializer object that gives every element a known value: `told` is what layers see."""

    told: str | Elements


@function("keras.initializers.Zeros", "keras.initializers.zeros")
def zeros_initializer(run: Run, arguments: Arguments) -> Value:
    return Initializer("zeros")


@function("keras.initializers.Ones", "keras.initializers.ones")
def ones_initializer(run: Run, arguments: Arguments) -> Value:
    return Initializer("ones")


@function("keras.initializers.Constant", "keras.initializers.constant")
def constant_initializer(run: Run, arguments: Arguments) -> Value:
    """`Constant(0.1)`, or `Constant(matrix)`, which gives each element its own."""
    value = arguments.get(0, "value", 0)
    if isinstance(value, int | float | Array):
        return Initializer(Elements(value.shape) if isinstance(value, Array) else "constant")
    return Unknown("an initializer", arguments.text, arguments.site)


class LambdaParts(NamedTuple):
    """What says of a `Lambda` what it puts out."""

    function: Value
    output_shape: Value
    arguments: Value


def _lambda_parts(arguments: Arguments) -> LambdaParts:
    """From `Lambda(function, output_shape=None, mask=None, arguments=None)`."""
    names = (0, "function"), (1, "output_shape"), (3, "arguments")
    return LambdaParts(*(arguments.get(*name) for name in names))


class ModelLayer:
    """A model in the place of a layer that a wrapper wraps."""

    def __init__(self, run: Run, model: ModelObject) -> None:
        self._run = run
        self.model = model
        self.class_name = model.kind
        self.arguments: Mapping[str, Any] = {}

    def apply(self, x: Shapes) -> Any:
        """What the model becomes on a shape."""
        from flake8_paramcount.interpreter.models import flow

        step = flow(self._run, self.model, x, 0)
        if step.fault is not None:
            raise step.fault
        if step.built is None:
            raise Undetermined(first_of(step.unknown, Unknown("a model that is not known")))
        return step.built


class InstanceLayer:
    """A layer that the program defines in the place of one that a wrapper wraps."""

    def __init__(self, run: Run, instance: Instance) -> None:
        self._run = run
        self.model = instance
        self.class_name = instance.cls.name
        self.arguments: Mapping[str, Any] = {}

    def apply(self, x: Shapes) -> Built:
        """What the layer becomes on a shape; a cell of an RNN is given its states too."""
        from flake8_paramcount.interpreter.subclassing import step_through

        for part in x if isinstance(x, tuple) else (x,):
            if part.why is not None:
                raise Undetermined(part.why)
        return step_through(self._run, self.model, x)


def layer(name: str, run: Run, arguments: Arguments) -> Value:
    """The layer object that a call of a layer class makes."""
    spec = lookup(name, run.generation) or LAYERS[name]
    if name == "InputLayer":
        arguments = with_tuple(run, arguments)
    keywords = dict(arguments.kwargs)
    if run.dialect.standalone and "reset_after" in spec.parameters:
        keywords.setdefault("reset_after", _reset_after(run))
    stated = keywords.pop("name", None)
    trainable = keywords.pop("trainable", True)
    run.has_code = run.has_code or name == "Lambda"
    made: dict[str, Any] = {"function": _lambda_parts(arguments) if name == "Lambda" else None}
    name_given = stated if stated is not None else auto_name(run, spec.name)
    made |= {"name": name_given, "trainable": trainable, "positional": len(arguments.args)}
    made["labelled"] = stated is not None
    try:
        made |= _stated(run, name, keywords)
        _check_base(run, arguments)
    except Fault as fault:
        return LayerObject(spec.name, arguments.site, fault=fault, **made)
    if not arguments.complete:
        why = Unknown("its arguments are unpacked from something unknown", None, arguments.site)
        return LayerObject(spec.name, arguments.site, why=why, **made)
    wraps = not WRAPPED.isdisjoint(spec.parameters)
    refused = _refused(run, arguments) if wraps else None
    if refused is not None:
        return refused
    try:
        bound = bind(
            spec,
            tuple(plain(run, value, wraps) for value in arguments.args),
            {key: plain(run, value, wraps) for key, value in keywords.items()},
            generation=run.generation,
            data_format=_order_of_axes(run, spec, keywords),
        )
    except Fault as fault:
        return LayerObject(spec.name, arguments.site, fault=fault, **made)
    except Undetermined as stop:
        return LayerObject(spec.name, arguments.site, why=stop.unknown, **made)
    if spec.name == "Bidirectional":
        bound = replace(bound, arguments=copies(bound.arguments))
    found = LayerObject(spec.name, arguments.site, bound=bound, **made)
    note_policy(run, found, arguments)
    return found


def _check_base(run: Run, arguments: Arguments) -> None:
    """Hold the base class' keywords that are taken out of a call against what Keras takes."""
    if run.generation >= 3 and not arguments.kwargs.keys().isdisjoint(_BASE):
        words = {key: arguments.kwargs.get(key, default) for key, default in _BASE.items()}
        with suppress(Undetermined):
            check_base({key: plain(run, value) for key, value in words.items()})


def _refused(run: Run, arguments: Arguments) -> LayerObject | None:
    """The layer in a wrapper's arguments that Keras does not make: there is no wrapper then."""
    waiting = [*arguments.args, *arguments.kwargs.values()]
    for value in waiting:
        value = run.journal.force(value)
        if isinstance(value, LayerObject) and value.fault is not None:
            return value
        if isinstance(value, ListObject):
            items = run.journal.read(value)
            run.fuel.walk(len(items))
            waiting.extend(items)
    return None


# Before Keras 3 these have the channels last, whatever is set for images.
_STEPS = frozenset(
    "Conv1D MaxPooling1D AveragePooling1D GlobalMaxPooling1D GlobalAveragePooling1D".split()
)


def _order_of_axes(run: Run, spec: LayerSpec, keywords: Mapping[str, Value]) -> Any:
    """The data format that a layer takes from the session, if it takes one from there."""
    if "data_format" not in spec.parameters or keywords.keys() & {"data_format", "dim_ordering"}:
        return None
    if run.generation < 3 and spec.name in _STEPS:
        return "channels_last"
    return run.journal.force(run.session.state["image_data_format"])


def declared_layer(spec: DeclaredSpec, run: Run, arguments: Arguments) -> Value:
    """The layer object that a call of a class makes which the user has declared."""
    keywords = dict(arguments.kwargs)
    stated = keywords.pop("name", None)
    made: dict[str, Any] = {
        "name": stated if stated is not None else auto_name(run, spec.name.rpartition(".")[2]),
        "trainable": keywords.pop("trainable", True),
        "positional": len(arguments.args),
        "labelled": stated is not None,
    }
    for key, batch in (("batch_input_shape", ...), ("batch_shape", ...), ("input_shape", None)):
        if key in keywords and key not in spec.parameters:
            made["shape"] = shape_of(run, keywords.pop(key), batch)
    if not arguments.complete:
        why = Unknown("its arguments are unpacked from something unknown", None, arguments.site)
        return LayerObject(spec.name, arguments.site, why=why, **made)
    try:
        bound = declared.bind(
            spec,
            [plain(run, value) for value in arguments.args],
            {key: plain(run, value) for key, value in keywords.items()},
        )
    except Undetermined as stop:
        return LayerObject(spec.name, arguments.site, why=stop.unknown, **made)
    return LayerObject(spec.name, arguments.site, bound=bound, **made)


def _reset_after(run: Run) -> Unknown:
    """The default that Keras 2 changed from one release to the next."""
    found = run.tests.get("reset_after")
    if found is None:
        why = "the default of `reset_after` is False before Keras 2.4 and True since"
        found = run.tests["reset_after"] = Unknown(why, "reset_after")
    return found


def _stated(run: Run, name: str, keywords: dict[str, Value]) -> dict[str, Any]:
    """What a layer's own arguments state of its input."""
    shape = stated_shape(run, name, keywords)
    stated: dict[str, Any] = {} if shape is None else {"shape": shape}
    if name == "Embedding" and keywords.get("input_length") is not None:
        stated["length"] = _dim(_first(run, keywords["input_length"]))
    return stated


def stated_shape(run: Run, name: str, keywords: dict[str, Value]) -> Shape | None:
    """The input shape in a layer's own arguments; the keywords stay for `bind` to judge."""
    if name in ("InputLayer", "Input"):
        return input_shape(run, Arguments((), keywords, 0, str))
    for key in ("batch_input_shape", "batch_shape"):
        if key in keywords:
            return shape_of(run, keywords[key])
    if "input_shape" in keywords:
        return shape_of(run, keywords["input_shape"], keywords.get("batch_size"))
    if "input_dim" in keywords and "input_dim" not in LAYERS[name].parameters:
        width = _dim(keywords["input_dim"])
        if "input_length" in keywords and run.generation < 3:
            return Shape((None, _dim(keywords["input_length"]), width))
        return Shape((None, width))
    if name == "Embedding" and run.generation < 3:
        return Shape((None, _dim(keywords.get("input_length"))))
    return None


def with_tuple(run: Run, arguments: Arguments) -> Arguments:
    """`Input(7)` as TensorFlow's Keras 2 takes it, where the file may be written for that."""
    if run.generation != 2 and not run.dialect.either:
        return arguments
    first, *others = arguments.args or (None,)
    words = {key: arguments.kwargs[key] for key in _SHAPES & arguments.kwargs.keys()}
    told = {key: (value,) for key, value in words.items() if isinstance(value, int)}
    args = ((first,), *others) if isinstance(first, int) else arguments.args
    return arguments._replace(args=args, kwargs={**arguments.kwargs, **told})


def input_shape(run: Run, arguments: Arguments) -> Shape:
    """The shape that a call of `Input` states, batch first. Raises `Fault`."""
    for key in ("batch_shape", "batch_input_shape"):
        if arguments.kwargs.get(key) is not None:
            return shape_of(run, arguments.kwargs[key])
    given = arguments.get(0, "shape")
    if given is None:
        given = arguments.kwargs.get("input_shape")
    batch = arguments.get(1, "batch_size")
    tensor = arguments.kwargs.get("tensor", arguments.kwargs.get("input_tensor"))
    if isinstance(tensor, Tensor):
        return tensor.shape
    if given is None and tensor is not None:
        return tensor.shape if isinstance(tensor, Array) else Shape(_of_tensor(tensor))
    given = run.operand(given)
    if isinstance(given, Unknown):
        return Shape(given)
    if given is None or isinstance(given, int | float | str | Poly):
        raise Fault("argument", "a shape is a tuple", argument="shape", value=given)
    return shape_of(run, given, batch)


def _of_tensor(tensor: Value) -> Unknown:
    """Why the shape of a tensor from elsewhere is not known."""
    return tensor if isinstance(tensor, Unknown) else Unknown("the shape of a tensor")


def shape_of(run: Run, value: Value, batch: Value = ...) -> Shape:
    """A shape that the program states, with the batch in front unless `batch` is left out."""
    value = run.operand(value)
    if isinstance(value, Unknown):
        return Shape(value)
    parts = value if type(value) is tuple else tuple(iterate(run, value))
    run.fuel.burn(len(parts))
    front = () if batch is ... else (_dim(batch),)
    return Shape((*front, *(_dim(run.operand(part)) for part in parts)))


def shapes_of(run: Run, value: Value) -> tuple[Shape, ...]:
    """The shape that a function of shapes returns, or the several."""
    value = run.journal.force(value)
    if isinstance(value, Unknown):
        return (Shape(value),)
    items = run.journal.read(value) if isinstance(value, ListObject) else value
    if not isinstance(items, list | tuple):
        return (Shape(Unknown("no shape in a tuple or list", None, run.site(run.statement))),)
    items = tuple(map(run.journal.force, items))
    nested = items and all(isinstance(item, ListObject) or type(item) is tuple for item in items)
    return tuple(shape_of(run, shape) for shape in (items if nested else (items,)))


def _first(run: Run, value: Value) -> Value:
    """`input_length` may be a list of one length."""
    value = plain(run, value)
    return value[0] if type(value) is tuple and len(value) == 1 else value


def _dim(value: Value) -> Dim:
    return value if value is None or isinstance(value, Poly) else size(value, "shape", minimum=0)


def plain(run: Run, value: Value, wraps: bool = False) -> Value:
    """An argument as layer declarations take it: lists become tuples, objects become unknown."""
    value = run.journal.force(value)
    if isinstance(value, ListObject):
        value = tuple(run.journal.read(value))
    if type(value) is tuple:
        run.fuel.walk(2 * len(value))
        return tuple(plain(run, item, wraps) for item in value)
    if isinstance(value, str):
        run.fuel.walk(len(value))
    if isinstance(value, Poly):
        run.fuel.walk(4 * len(value.terms))
    if isinstance(value, Initializer):
        return value.told
    if isinstance(value, Qualified):
        named = _FUNCTIONS.fullmatch(value.path)
        known = named is not None and named[1] in ACTIVATIONS
        return named[1] if named and known else run.outside(value)
    if wraps and isinstance(value, LayerObject | ModelObject):
        return buildable(run, value)
    if wraps and isinstance(value, Instance):
        return _defined(run, value)
    if value is None or isinstance(value, bool | int | float | str | Poly | Unknown | Array):
        return value
    return Unknown(f"an object of {type(value).__name__}")


def _defined(run: Run, instance: Instance) -> Value:
    """An object of the program in a wrapper."""
    from flake8_paramcount.interpreter.classes import keras_kind
    from flake8_paramcount.interpreter.inheriting import stands_for

    target = stands_for(run, instance)
    if isinstance(target, LayerObject | ModelObject):
        return buildable(run, target)
    if keras_kind(run, instance.cls) is None:
        return Unknown(f"an object of `{instance.cls.name}`")
    return InstanceLayer(run, instance)


def buildable(run: Run, value: LayerObject | ModelObject) -> Buildable:
    """The layer that a wrapper wraps. Raises its own fault or reason."""
    if isinstance(value, ModelObject):
        return ModelLayer(run, value)
    if value.fault is not None:
        raise value.fault
    if value.bound is None:
        raise Undetermined(first_of(value.why, Unknown("an unknown layer")))
    return Wrapped(value.bound.spec, bound_now(run, value).arguments, run=run, owner=value)


@lru_cache(maxsize=1_024)
def _snake_case(name: str) -> str:
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(run: Run, class_name: str) -> str:
    """The name that Keras gives: the class in snake case, numbered from the second on."""
    base = _snake_case(class_name)
    counters = run.journal.write(run.counters)
    number = counters.get(base, 0)
    counters[base] = number + 1 if isinstance(number, int) else 1
    return f"{base}_{number}" if number else base
