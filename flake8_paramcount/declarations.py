"""The file of `paramcount-layers`: declared layers in JSON or TOML, checked by pydantic."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from flake8_paramcount.keras import LAYERS
from flake8_paramcount.keras.declared import (
    FREE,
    REST,
    Declaration,
    DeclaredSpec,
    DeclaredWeight,
    Size,
    Term,
    spec_of,
)

ALLOWED = "give a JSON or TOML file of layers, each with weights, output, arguments and input"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Expression = Annotated[str, BeforeValidator(lambda value: _spelled(value))]


class _Weight(_Form):
    """A weight: its shape, and whether it is trained and when it is there."""

    shape: list[_Expression]
    trainable: bool = True
    when: str | None = None


class _Layer(_Form):
    """A layer."""

    arguments: list[str] = Field(default_factory=list)
    input: list[str] = Field(default_factory=lambda: [REST, "features"])
    weights: dict[
        str,
        Annotated[
            _Weight,
            BeforeValidator(lambda value: {"shape": value} if isinstance(value, list) else value),
        ],
    ] = Field(default_factory=dict)
    output: list[_Expression] | None = None


_FILE = TypeAdapter(dict[str, _Layer])


def _spelled(value: object) -> object:
    """A size as text: `null` is free, and numbers need no quotes."""
    if value is None:
        return FREE
    return str(value) if type(value) is int else value


def read(path: str) -> Mapping[str, DeclaredSpec]:
    """The layers that a file declares. Raises `ValueError` with file, layer and what is allowed."""
    path = os.path.abspath(path.strip())
    try:
        layers = _FILE.validate_python(_document(path))
    except ValidationError as error:
        raise ValueError(f"{path}: {_first(error)}; {ALLOWED}") from None
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or 'cannot be read'}; {ALLOWED}") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: {error}; {ALLOWED}") from None
    specs = {}
    for called, layer in layers.items():
        try:
            specs[called] = _spec(called, layer)
        except ValueError as error:
            raise ValueError(f"{path}: layer {called!r}: {error}") from None
    return specs


def _document(path: str) -> Any:
    with open(path, "rb") as stream:
        data = stream.read()
    if not path.lower().endswith(".toml"):
        return json.loads(data)
    try:
        toml = import_module("tomllib")
    except ImportError:
        raise ValueError("TOML needs Python 3.11 or later, where JSON does not") from None
    return toml.loads(data.decode())


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    if not detail["loc"]:
        return str(detail["msg"])
    layer, *where = map(str, detail["loc"])
    place = f"{'.'.join(where)}: " if where else ""
    return f"layer {layer!r}: {place}{detail['msg']}"


# -- one layer --------------------------------------------------------------------------------


def _spec(called: str, layer: _Layer) -> DeclaredSpec:
    if not all(part.isidentifier() for part in called.split(".")):
        raise ValueError("give the name of a class, or the dotted path that it is imported by")
    if called in LAYERS:
        raise ValueError("Keras has a layer of that name: give the dotted path of your own")
    arguments = dict(map(_argument, layer.arguments))
    _check_input(layer.input)
    known = {*arguments, *layer.input} - {REST}
    stated = Declaration(
        called,
        arguments=tuple(arguments),
        defaults={name: value for name, value in arguments.items() if value is not ...},
        input=tuple(layer.input),
        weights=tuple(_weights(layer.weights, known, set(arguments))),
        output=None if layer.output is None else tuple(_sizes("output", layer.output, known)),
    )
    if layer.output is not None and layer.output.count(REST) > layer.input.count(REST):
        raise ValueError(f"output: {REST!r} stands for what it stands for in the input: once")
    name = called.rpartition(".")[2]
    return spec_of(stated, called if name in LAYERS else name)


def _argument(text: str) -> tuple[str, Any]:
    """The name of an argument and its default, `...` if it has none."""
    name, equal, default = (part.strip() for part in text.partition("="))
    if not name.isidentifier():
        raise ValueError(f"arguments: {text!r}: give a name, or name=default")
    if not equal:
        return name, ...
    try:
        value = ast.literal_eval(default)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        value = []
    if not isinstance(value, bool | int | float | str | None):
        raise ValueError(f"arguments: {text!r}: give a number, a text, True, False or None")
    return name, value


def _check_input(names: list[str]) -> None:
    plain = [name for name in names if name != REST]
    if not all(map(str.isidentifier, plain)) or len({*plain}) < len(plain):
        raise ValueError(f"input: {names}: give each axis a name of its own, {REST!r} for others")
    if len(names) - len(plain) > 1:
        raise ValueError(f"input: {REST!r} may stand there once")


def _weights(
    weights: Mapping[str, _Weight], known: set[str], arguments: set[str]
) -> Iterator[DeclaredWeight]:
    for name, weight in weights.items():
        place = f"weights.{name}"
        shape = tuple(_sizes(place, weight.shape, known))
        terms = tuple(term for term in shape if isinstance(term, Term))
        if len(terms) < len(shape):
            raise ValueError(f"{place}: a weight has neither {REST!r} nor {FREE} in its shape")
        flag = weight.when and weight.when.removeprefix("not ").strip()
        if flag is not None and flag not in arguments:
            raise ValueError(f"{place}: when: give an argument, or not and an argument")
        yield DeclaredWeight(name, terms, weight.trainable, weight.when)


def _sizes(place: str, sizes: list[str], known: set[str]) -> Iterator[Size]:
    for text in sizes:
        if text in (REST, FREE):
            yield text
            continue
        try:
            term = Term(text)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None
        foreign = sorted(term.names - known)
        if foreign:
            what = f"`{foreign[0]}` is neither an argument nor a size of the input"
            raise ValueError(f"{place}: {what}: give {', '.join(sorted(known)) or 'numbers'}")
        yield term
