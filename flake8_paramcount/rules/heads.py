"""What rules ask about the output layer of a model and about how the model is trained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flake8_paramcount.dims import Dim
from flake8_paramcount.records import Event
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.kinds import CONVOLUTIONS

LINEAR = "linear"
CROSSENTROPIES = frozenset(
    {
        "binary_crossentropy",
        "binary_focal_crossentropy",
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "sparse_categorical_crossentropy",
    }
)
BINARY = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
CATEGORICAL = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy"})
SPARSE = "sparse_categorical_crossentropy"
REGRESSION = frozenset(
    {
        "mean_squared_error",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_logarithmic_error",
        "huber",
        "log_cosh",
    }
)
TRAINING = frozenset({"fit", "evaluate"})
USES = frozenset({"fit", "evaluate", "predict"})

_ACTIVATED = frozenset({"Dense", "EinsumDense", "Activation", *CONVOLUTIONS})
_LAYERS = {
    "Softmax": "softmax",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
    "ThresholdedReLU": "threshold",
}
_SHAPING = frozenset({"Reshape", "Flatten", "Permute", "Identity"})


def activation(node: Node) -> str | None:
    """The name of the function that a layer applies last; None if that is not known."""
    if node.kind in _LAYERS:
        return "leaky_relu" if node.argument("negative_slope") else _LAYERS[node.kind]
    if node.kind not in _ACTIVATED:
        return None
    value = node.argument("activation")
    if value is None:
        return LINEAR
    return value if isinstance(value, str) else None


class Head(NamedTuple):
    """The function that gives a model its output, and the layer that applies it."""

    node: Node
    function: str
    width: Dim
    """Size of the last axis of the output; None if it is not known."""


def head_of(node: Node) -> Head | None:
    """The head of the output layer: what applies a function, before any reshaping."""
    output = node.output
    last: Node | None = node
    while last is not None and _hands_on(last):
        last = last.before
    function = None if last is None or last.record.fault else activation(last)
    if last is None or function is None:
        return None
    width = last.output[-1] if last.output else None
    return Head(last, function, width if output and last.output else None)


def _hands_on(node: Node) -> bool:
    return node.kind in _SHAPING or (node.kind == "Activation" and activation(node) == LINEAR)


class Training(NamedTuple):
    """A use of a model, with the `compile` that holds for it."""

    compiled: Event
    used: Event


def compilations(node: Node) -> Iterator[Event]:
    """Each `compile` of a model, as it concerns the output of one layer."""
    return (event for event in node.graph.events_at(node) if event.kind == "compile")


def trainings(node: Node) -> Iterator[Training]:
    """Each `fit` and `evaluate` for which the `compile` is known, for the output of one layer."""
    compiled: Event | None = None
    for event in node.graph.events_at(node):
        if event.kind == "compile":
            compiled = event
        elif event.kind == "elsewhere":
            compiled = None
        elif event.kind in TRAINING and compiled is not None:
            yield Training(compiled, event)
