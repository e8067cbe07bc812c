"""KPC107 and KPC109: layers that hold most of their model."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.dims import product
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.counts import floor_of, is_uncertain
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.kinds import PASSIVE
from flake8_paramcount.rules.registry import Context, layer_rule

DOMINANT_SHARE = 0.9


@layer_rule("KPC107", "Dense")
def flatten_dense_blowup(context: Context, node: Node) -> Iterator[str]:
    """A Dense behind a Flatten holds over 90 % of the model and over 10M parameters.

    Flatten hands every position of every channel to the Dense, which learns a weight for each:
    most of them are never needed, and the input size can no longer change. Global pooling hands
    it one value per channel. The message says what the layer would cost then.

    Both limits can be set.

    Options:

        paramcount-flatten-parameters = 10M
        paramcount-flatten-share = 90%

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((224, 224, 3)),
            layers.Conv2D(32, 3, strides=4),
            layers.Flatten(),
            layers.Dense(256),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((224, 224, 3)),
            layers.Conv2D(32, 3, strides=4),
            layers.GlobalAveragePooling2D(),
            layers.Dense(256),
        ])
    """
    whole, settings = node.graph.total, context.settings
    if whole is None or whole < settings.flatten_parameters or is_uncertain(node.record):
        return
    count = floor_of(node.record)
    if count < settings.flatten_parameters or count < settings.flatten_share * whole:
        return
    flattened = [each for each in node.behind(PASSIVE) if each.kind == "Flatten"]
    if not flattened:
        return
    yield (
        f"this Dense behind Flatten holds {wording.percent(count / whole)} of "
        f"{wording.parameters(whole)}{_pooled(flattened[0], node, count)}"
    )


def _pooled(flatten: Node, dense: Node, count: int) -> str:
    """What global pooling in place of Flatten would make of the Dense."""
    shape, width = flatten.input, dense.output
    if shape is None or width is None or len(shape) < 3:
        return ""
    first = flatten.argument("data_format") == "channels_first"
    channels, units = shape[1 if first else -1], width[-1]
    kernel = product((channels, units))
    if not isinstance(kernel, int) or not isinstance(units, int):
        return ""
    bias = any(weight.name == "bias" for weight in dense.record.weights)
    pooled = kernel + (units if bias else 0)
    return (
        f"; behind global average pooling it would have {pooled:,} in place of {count:,}"
        if pooled < count
        else ""
    )


@layer_rule("KPC109", "Embedding")
def embedding_dominates(context: Context, node: Node) -> Iterator[str]:
    """An Embedding holds over 90 % of the model.

    Often it is as it should be; it is worth knowing where a model must become smaller: a smaller
    vocabulary, a narrower embedding, hashing, or one that is shared with the output.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Embedding(1000, 64), layers.SimpleRNN(32)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Embedding(100, 64), layers.SimpleRNN(32)])
    """
    count, whole = floor_of(node.record), node.graph.total
    if whole and not is_uncertain(node.record) and count > DOMINANT_SHARE * whole:
        yield (
            f"{wording.layer(node.record)} holds {count:,} of {wording.parameters(whole)} "
            f"({wording.percent(count / whole)})"
        )
