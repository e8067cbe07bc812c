"""Configurations: what `get_config` gives of a layer or model, and what is made of it."""

from __future__ import annotations

import re
from typing import Any

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter import catalogue
from flake8_paramcount.interpreter.cloning import cloned_model, copied
from flake8_paramcount.interpreter.construct import layer
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.natives import attribute, function, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    DictObject,
    Qualified,
    Value,
)
from flake8_paramcount.keras import LAYERS
from flake8_paramcount.unknown import Undetermined, Unknown

# What Keras keeps as one number for each axis, whatever it is given.
_EACH_AXIS = frozenset({"kernel_size", "strides", "dilation_rate", "pool_size"})
# What else it does not keep as it is given.
_OTHERWISE = frozenset({"padding", "cropping", "size", "target_size", "axis", "data_format"})
_RANK = re.compile(r"(\d)D(?:Transpose)?$")


class Config(DictObject):
    """The configuration of a layer or model: what it was told, and a copy of the object."""

    __slots__ = ("source", "told")

    def __init__(self, source: LayerObject | ModelObject, told: dict[str, Value]) -> None:
        super().__init__(dict(told))
        self.source = source
        self.told = told


@method(LayerObject, "get_config")
def layer_config(run: Run, owner: LayerObject, arguments: Arguments) -> Value:
    """The arguments of a layer, as far as Keras keeps them as they were given."""
    told = {"name": owner.state["name"], "trainable": owner.state["trainable"]}
    source = copied(run, owner, owner.site)
    bound = source.bound
    for name, value in bound.arguments.items() if bound is not None else ():
        told[name] = _kept(owner.class_name, name, value)
    return Config(source, told)


def _kept(class_name: str, name: str, value: Any) -> Value:
    """What stands in the configuration for an argument."""
    found = _RANK.search(class_name)
    if name in _EACH_AXIS and isinstance(value, int | Poly) and found is not None:
        return (value,) * int(found[1])
    plain = value is None or isinstance(value, bool | int | float | str | Poly | Unknown)
    if name == "padding" and isinstance(value, str):
        return value.lower()
    tuples = name in _EACH_AXIS and type(value) is tuple
    if (plain and name not in _EACH_AXIS | _OTHERWISE) or tuples:
        return value
    return Unknown(f"the configuration has `{name}` in a form of its own")


@method(ModelObject, "get_config", "to_json")
def model_config(run: Run, owner: ModelObject, arguments: Arguments) -> Value:
    """A copy of the model as it is now."""
    return Config(_hidden(run, owner, arguments.site), {})


def _hidden(run: Run, model: ModelObject, site: int) -> ModelObject:
    """A copy that is no model of the program."""
    made = len(run.models)
    copy = cloned_model(run, model, site)
    del run.models[made:]
    return copy


def from_config(path: str, run: Run, arguments: Arguments) -> Value:
    """`Class.from_config(config)` for the class of a path."""
    config = run.journal.force(arguments.get(0, "config"))
    name = catalogue.class_name(path)
    if type(config) is DictObject and name in LAYERS:
        return layer(name, run, arguments._replace(args=(), kwargs=_words(run, config)))
    if not isinstance(config, Config):
        raise Undetermined(config if isinstance(config, Unknown) else Unknown("a configuration"))
    if isinstance(config.source, ModelObject):
        if catalogue.is_keras_class(path) != "model" or run.journal.read(config):
            raise Undetermined(Unknown("a configuration of another class", arguments.text))
        return cloned_model(run, config.source, arguments.site)
    if name != config.source.class_name:
        raise Undetermined(Unknown("a configuration of another class", arguments.text))
    return _made(run, config, config.source, arguments)


@function("keras.models.model_from_json", "keras.models.model_from_config")
def model_from_text(run: Run, arguments: Arguments) -> Value:
    """A model out of its configuration, or of that as a text."""
    return from_config("keras.Model", run, arguments)


def _made(run: Run, config: Config, source: LayerObject, arguments: Arguments) -> Value:
    """A layer like the one that the configuration is of, but for what was changed in it."""
    words = _words(run, config)
    changed = {key: value for key, value in words.items() if config.told.get(key) is not value}
    name = words.get("name", MISSING)
    if changed.keys() <= {"name", "trainable"} and words.keys() == config.told.keys():
        made = copied(run, source, arguments.site)
        made.state.update(built=None, name=name, trainable=words["trainable"])
        return made
    if source.bound is None or config.told.keys() - words.keys() - {"name", "trainable"}:
        raise Undetermined(Unknown("a configuration that is not followed", arguments.text))
    kept = {**source.bound.arguments, "trainable": config.told["trainable"]}
    return layer(source.class_name, run, arguments._replace(args=(), kwargs={**kept, **changed}))


def _words(run: Run, config: DictObject) -> dict[str, Value]:
    """A dictionary as keywords. Raises `Undetermined`."""
    held = run.journal.read(config)
    if not isinstance(held, dict) or not all(isinstance(key, str) for key in held):
        raise Undetermined(held if isinstance(held, Unknown) else Unknown("other keys than names"))
    return dict(held)


def class_of(run: Run, owner: LayerObject | ModelObject) -> Value:
    """`owner.__class__`."""
    if isinstance(owner, LayerObject):
        if owner.class_name not in LAYERS:
            raise Undetermined(Unknown("its class"))
        return Qualified(f"keras.layers.{owner.class_name}")
    if owner.kind == "subclassed" or owner.state.get("instance") is not None:
        raise Undetermined(Unknown("its class"))
    return Qualified("keras.Sequential" if owner.kind == "sequential" else "keras.Model")


@attribute(LayerObject, "__class__")
@attribute(ModelObject, "__class__")
def class_attribute(run: Run, owner: LayerObject | ModelObject) -> Value:
    """The class of a layer or model of Keras."""
    return class_of(run, owner)
