"""Source text to the values of its names, as the interpreter sees them."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.interpreter.module import evaluate_source
from flake8_paramcount.interpreter.values import DictObject, ListObject, SetObject
from flake8_paramcount.settings import Settings


def evaluated(source: str, **settings: Any) -> dict[str, Any]:
    """The values of a module's names, containers as Python's own."""
    run = evaluate_source(source, Settings(**settings))
    return {name: plain(value) for name, value in run.globals.state.items()}


def value_of(expression: str, before: str = "", **settings: Any) -> Any:
    """The value of one expression, behind some statements."""
    return evaluated(f"{before}\nresult = {expression}\n", **settings)["result"]


def plain(value: Any) -> Any:
    """A value with the interpreter's containers replaced by Python's."""
    if isinstance(value, ListObject):
        return [plain(item) for item in value.state] if isinstance(value.state, list) else value
    if isinstance(value, DictObject):
        return {key: plain(item) for key, item in value.state.items()}
    if isinstance(value, SetObject):
        return set(value.state)
    if type(value) is tuple:
        return tuple(map(plain, value))
    return value
