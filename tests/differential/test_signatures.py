"""Every declaration has its Keras class' signature, and every alias leads to it."""

from __future__ import annotations

import inspect
from typing import Any

import keras
import pytest

from tests.differential.keras_truth import LAYERS

NOT_LAYERS = {"InputSpec"}
CLASSES: dict[str, Any] = {
    name: found
    for name in dir(keras.layers)
    if isinstance(found := getattr(keras.layers, name), type) and name not in NOT_LAYERS
}


def parameters(function: Any) -> list[tuple[str, Any, Any]]:
    """Name, kind and default of all parameters behind the first, without *args and **kwargs."""
    found = list(inspect.signature(function).parameters.values())[1:]
    starred = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return [(p.name, p.kind, p.default) for p in found if p.kind not in starred]


@pytest.mark.parametrize("name", CLASSES)
def test_signature_is_that_of_keras(name: str) -> None:
    ours = [p for p in parameters(LAYERS[name].declaration) if p[0] not in _extra(name)]
    assert ours == parameters(CLASSES[name].__init__)


def _extra(name: str) -> set[str]:
    """Our keyword-only parameters that Keras takes through **kwargs: its code names them."""
    theirs = {p[0] for p in parameters(CLASSES[name].__init__)}
    ours = parameters(LAYERS[name].declaration)
    extra = {p[0] for p in ours if p[1] is inspect.Parameter.KEYWORD_ONLY} - theirs
    if not extra:
        return extra
    makers = [vars(base).get("__init__") for base in CLASSES[name].__mro__]
    code = "\n".join(inspect.getsource(maker) for maker in makers if inspect.isfunction(maker))
    return {parameter for parameter in extra if parameter in code}


def test_input_has_the_signature_of_the_function() -> None:
    ours = parameters(LAYERS["Input"].declaration)
    assert ours == [
        (p.name, p.kind, p.default) for p in inspect.signature(keras.Input).parameters.values()
    ]


@pytest.mark.parametrize("name", CLASSES)
def test_alias_leads_to_the_same_layer(name: str) -> None:
    same = [other for other, found in CLASSES.items() if found is CLASSES[name]]
    assert all(LAYERS[other] is LAYERS[name] for other in same)
    assert LAYERS[name].name in same
