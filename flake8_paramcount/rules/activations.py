"""KPC3xx: functions between layers, and how weights start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flake8_paramcount.dims import Dim
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.heads import LINEAR, activation
from flake8_paramcount.rules.kinds import (
    BATCH_WISE,
    CONVOLUTIONS,
    GLOBAL_POOLINGS,
    PASSIVE,
    POOLINGS,
)
from flake8_paramcount.rules.registry import Context, layer_rule

FUNCTIONS = ("Activation", "Softmax", "ReLU", "LeakyReLU", "PReLU", "ELU", "ThresholdedReLU")
CONSTANTS = frozenset({"zeros", "zero", "Zeros", "ones", "one", "Ones", "constant", "Constant"})
PLAIN = tuple(name for name in CONVOLUTIONS if "Depth" not in name and "Separable" not in name)


def is_softmax_over_one(node: Node) -> bool:
    """Whether a layer's softmax has one value to choose from."""
    return activation(node) == "softmax" and _softmax_size(node) == 1


def _softmax_size(node: Node) -> Dim:
    """The size of the axis that a softmax is taken over."""
    shape = node.output
    axis = node.argument("axis") if node.kind == "Softmax" else -1
    if shape is None:
        return node.argument("units") if node.kind == "Dense" else None
    if type(axis) is not int or not -len(shape) <= axis < len(shape):
        return None
    return shape[axis]


@layer_rule("KPC302", "Dense", "Activation", "Softmax", *CONVOLUTIONS)
def softmax_over_one(context: Context, node: Node) -> Iterator[str]:
    """A softmax is taken over an axis of size 1, so it is always 1.

    Softmax makes the values along an axis positive and lets them sum to 1. Of a single value it
    makes 1, whatever the layers before it say: nothing is learned. A single probability takes a
    sigmoid, and attention over steps takes a softmax over the axis of the steps.

    References: NeuraLint (arXiv 2105.08095), UMLAUT (CHI 2021).

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(1, activation="softmax")])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(1, activation="sigmoid")])
    """
    if is_softmax_over_one(node):
        fed = f" of {wording.shape(node.record.output)}" if node.output else ""
        yield (
            f"the softmax of {wording.layer(node.record)} is taken over an axis of size 1{fed}: "
            "its output is always 1; a sigmoid gives one probability"
        )


@layer_rule("KPC303", *FUNCTIONS)
def activation_twice(context: Context, node: Node) -> Iterator[str]:
    """An activation is applied to the output of another, with nothing between.

    Most often the activation was written both into the layer and behind it. ReLU behind ReLU does
    nothing; a sigmoid behind a ReLU never gets below 0.5; a softmax behind a softmax is nearly
    uniform and hardly learns.

    A softmax that gives weights to what is scored by a bounded function (`tanh`), as attention
    does, is silent, and so is a function whose input is also used elsewhere, as a gate does.

    References: NeuraLint (arXiv 2105.08095), UMLAUT (CHI 2021).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Activation("relu"),
            layers.Dense(10),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(32),
            layers.Activation("relu"),
            layers.Dense(10),
        ])
    """
    source = node.before
    if source is None or is_softmax_over_one(node):
        return
    first, second = activation(source), activation(node)
    if first is None or second is None or LINEAR in (first, second):
        return
    if second == "softmax" and first == "tanh" and not node.graph.is_head(node):
        return
    yield (
        f"{second} is applied to the {first} of {wording.layer(source.record)} on line "
        f"{context.line(source.record.site)}, with nothing between"
    )


# Of a longer row only the end is looked at.
LONGEST_ROW = 1_000


@layer_rule("KPC304", "Dense")
def linear_stack(context: Context, node: Node) -> Iterator[str]:
    """A Dense stands directly on a Dense, with no activation between.

    Two linear layers in a row can do no more than one. The message says what that one would save.

    It is silent where the first layer is narrower than both its input and its output: then the two
    are a matrix of low rank, with fewer parameters than one layer would have, and meant. It is
    silent too where the first output is used elsewhere, regularized, or not trained.

    Convolutions are KPC914's, which is off by default.

    References: NeuraLint (arXiv 2105.08095), UMLAUT (CHI 2021).

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(128), layers.Dense(10)])

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((64,)), layers.Dense(128, activation="relu"), layers.Dense(10)]
        )
    """
    if any(_is_linear_pair(context, node, child) for child in node.children):
        return  # it is told at the end of the row
    row = [node]
    while (before := row[-1].before) is not None and _is_linear_pair(context, before, row[-1]):
        row.append(before)
    part = _of_full_rank(row[::-1])
    if part:
        saved = _saved_by_one(part)
        first = context.line(part[0].record.site)
        price = f"; one Dense in their place saves {wording.parameters(saved)}" if saved > 0 else ""
        yield (
            f"{len(part)} Dense layers in a row, from line {first} on, have no activation between: "
            f"together they are one linear layer{price}"
        )


def _of_full_rank(row: Sequence[Node]) -> Sequence[Node]:
    """The first part of a row of Dense layers that can do no more, and no less, than one could."""
    waiting = [row[-LONGEST_ROW:]]
    while waiting:
        row = waiting.pop()
        if len(row) < 2:
            continue
        narrowest = min(row[:-1], key=_units)
        if _units(narrowest) >= min(_width(row[0]), _units(row[-1])):
            return row
        cut = row.index(narrowest) + 1
        waiting += (row[cut:], row[:cut])
    return ()


def _units(node: Node) -> int:
    return int(node.argument("units"))


def _width(node: Node) -> int:
    """The size of the last axis that a layer is fed, which must be known."""
    size = (node.input or (0,))[-1]
    return size if isinstance(size, int) else 0


def _is_linear_pair(context: Context, first: Node, second: Node) -> bool:
    """Whether two Dense layers of known sizes are one linear layer."""
    if first.kind != "Dense" or second.kind != "Dense" or second.before is not first:
        return False
    if activation(first) != LINEAR or first.given("activity_regularizer"):
        return False
    if first.record.key in context.put_out or not _trains(first) or not _trains(second):
        return False
    sizes = (first.input or (None,))[-1], first.argument("units"), second.argument("units")
    counts = (weight.count for node in (first, second) for weight in node.record.weights)
    return all(type(size) is int for size in (*sizes, *counts))


def _saved_by_one(row: Sequence[Node]) -> int:
    """The parameters that a row of Dense layers has more than one in their place."""
    last = _units(row[-1])
    bias = last if any(node.argument("use_bias") for node in row) else 0
    counts = [weight.count for node in row for weight in node.record.weights]
    return sum(count for count in counts if isinstance(count, int)) - _width(row[0]) * last - bias


def _trains(node: Node) -> bool:
    weights = node.record.weights
    return bool(weights) and all(weight.trainable for weight in weights)


@layer_rule("KPC305", "Dense", *PLAIN)
def constant_initializer(context: Context, node: Node) -> Iterator[str]:
    """The weights of a hidden layer all start with the same value.

    All units of the layer then compute the same, so at the start it is worth one unit; from zeros
    behind a ReLU no gradient comes back at all, and it never changes. A random initializer gives
    each unit something else to learn.

    It is silent for the last layer and for one whose output is merged or reshaped first, which may
    well start at zero, as residual branches and spatial transformers do, and for weights that are
    not trained.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(32, activation="relu", kernel_initializer="zeros"),
            layers.Dense(10),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(32, activation="relu", kernel_initializer="he_normal"),
            layers.Dense(10),
        ])
    """
    initializer = node.argument("kernel_initializer")
    units = node.argument("units" if node.kind == "Dense" else "filters")
    if not isinstance(initializer, str) or initializer not in CONSTANTS:
        return
    if type(units) is not int or units < 2 or not _trains(node) or node.given("bias_initializer"):
        return
    if _feeds_only_layers_with_weights(node):
        yield (
            f"all weights of {wording.layer(node.record)} start equal "
            f"(kernel_initializer={initializer!r}): its {units:,} units compute the same"
        )


_BETWEEN = PASSIVE | {*BATCH_WISE, *POOLINGS, *GLOBAL_POOLINGS, "Flatten"}


def _feeds_only_layers_with_weights(node: Node) -> bool:
    """Whether the next layer that does more than hand on is a plain one with weights."""
    while len(node.children) == 1 and not node.may_be_output and not node.record.shared:
        (node,) = node.children
        if node.record.operated:
            return False
        if node.kind == "Dense" or node.kind in CONVOLUTIONS:
            return True
        if node.kind not in _BETWEEN:
            return False
    return False
