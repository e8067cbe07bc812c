"""KPC313 to KPC315 and KPC912: the loss against the output layer."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.dims import text
from flake8_paramcount.records import Event
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.activations import is_softmax_over_one
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.heads import (
    BINARY,
    CATEGORICAL,
    CROSSENTROPIES,
    LINEAR,
    REGRESSION,
    Head,
    compilations,
    head_of,
)
from flake8_paramcount.rules.registry import Context, head_rule

PROBABILITIES = ("softmax", "sigmoid")
RECTIFIERS = ("relu", "relu6")


def _heads(node: Node) -> Iterator[tuple[Head, Event]]:
    """The head of a model with each `compile` whose loss is a crossentropy."""
    head = head_of(node)
    if head is not None and not is_softmax_over_one(head.node):
        for event in compilations(node):
            if event.loss in CROSSENTROPIES:
                yield head, event


def _place(context: Context, head: Head) -> str:
    """The layer that applies the last function, by its line."""
    node = head.node
    if node.graph.is_head(node):
        return wording.layer(node.record)
    return f"{wording.layer(node.record)} on line {context.line(node.record.site)}"


@head_rule("KPC313")
def logits_mismatch(context: Context, node: Node) -> Iterator[str]:
    """The loss takes logits for probabilities, or probabilities for logits.

    A crossentropy expects probabilities, unless it is told `from_logits=True`; then it applies the
    softmax or sigmoid itself, a second time if the model has one. A last layer without activation
    gives logits. The program runs either way, and learns badly.

    References: NeuraLint (arXiv 2105.08095), UMLAUT (CHI 2021).

    Bad:

        from keras import Sequential, layers, losses

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss=losses.SparseCategoricalCrossentropy(from_logits=True))

    Good:

        from keras import Sequential, layers, losses

        model = Sequential([layers.Input((64,)), layers.Dense(10)])
        model.compile(loss=losses.SparseCategoricalCrossentropy(from_logits=True))
    """
    for head, event in _heads(node):
        line = context.line(event.site)
        if event.from_logits is True and head.function in PROBABILITIES:
            yield (
                f"{_place(context, head)} gives the probabilities of a {head.function}, but the "
                f"{event.loss} of line {line} takes logits (from_logits=True)"
            )
        elif event.from_logits is False and head.function == LINEAR:
            mend = "sigmoid" if event.loss in BINARY else "softmax"
            yield (
                f"{_place(context, head)} has no activation, but the {event.loss} of line {line} "
                f"takes probabilities: give it a {mend}, or the loss from_logits=True"
            )


@head_rule("KPC314")
def crossentropy_mismatch(context: Context, node: Node) -> Iterator[str]:
    """The kind of crossentropy is not the one for the output layer.

    A softmax over several classes goes with a categorical crossentropy: the binary one takes each
    class for a question of its own, and its accuracy counts every class that is rightly not
    chosen. A categorical crossentropy needs a probability for each class, which neither one unit
    nor a sigmoid gives.

    Binary crossentropy with several sigmoids is right: an example may have several labels.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="binary_crossentropy")

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="categorical_crossentropy")
    """
    for head, event in _heads(node):
        why = _mismatch(head, event)
        if why:
            yield f"{_place(context, head)} {why}: the loss of line {context.line(event.site)}"


def _mismatch(head: Head, event: Event) -> str:
    """What is wrong with a crossentropy behind an output layer."""
    width, function = head.width, head.function
    known = type(width) is int
    if event.loss in BINARY and function == "softmax" and known and width != 2:
        return (
            f"gives a softmax over {width:,} classes, which {event.loss} takes for {width:,} "
            "questions of yes and no"
        )
    if event.loss in BINARY:
        return ""
    if width == 1 and function in ("sigmoid", LINEAR):
        return f"gives one value, but {event.loss} needs one for each class"
    if event.loss in CATEGORICAL and function == "sigmoid" and known:
        return (
            f"gives {width:,} sigmoids, which {event.loss} takes for the probabilities of classes "
            "that exclude each other"
        )
    return ""


@head_rule("KPC315")
def relu_output(context: Context, node: Node) -> Iterator[str]:
    """The output of a ReLU is taken for a probability.

    A ReLU gives values above 1 and exact zeros; a crossentropy needs probabilities, or logits that
    may be negative. Where it gives zero, no gradient comes back.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="relu")])
        model.compile(loss="categorical_crossentropy")

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="categorical_crossentropy")
    """
    for head, event in _heads(node):
        if head.function in RECTIFIERS:
            wanted = "logits" if event.from_logits else "probabilities"
            yield (
                f"{_place(context, head)} puts out {head.function}, but the {event.loss} of line "
                f"{context.line(event.site)} takes {wanted}"
            )


@head_rule("KPC912")
def regression_loss_on_softmax(context: Context, node: Node) -> Iterator[str]:
    """A softmax is trained with a loss for numbers.

    It learns, but slowly where it is wrong: the gradient of a squared error vanishes there, that
    of a crossentropy does not. A model that is to imitate the probabilities of another may want it.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="mean_squared_error")

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="categorical_crossentropy")
    """
    head = head_of(node)
    if head is None or head.function != "softmax" or is_softmax_over_one(head.node):
        return
    for event in compilations(node):
        if event.loss in REGRESSION:
            yield (
                f"{_place(context, head)} gives a softmax over {text(head.width)}, but the loss of "
                f"line {context.line(event.site)} is {event.loss}"
            )
