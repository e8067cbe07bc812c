"""KPC203 and KPC320: masks for padding, where they are made and where they get lost."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.rules import wording
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.kinds import PASSIVE
from flake8_paramcount.rules.registry import Context, layer_rule

LOOKUPS = ("Hashing", "StringLookup", "IntegerLookup", "Discretization")
MASK_TOKENS = {"Hashing": "mask_value", "StringLookup": "mask_token", "IntegerLookup": "mask_token"}
TAKES_MASKS = ("LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", "MultiHeadAttention")
LOSES_MASKS = frozenset(
    {
        "AveragePooling1D",
        "Conv1D",
        "Conv1DTranspose",
        "Cropping1D",
        "Lambda",
        "MaxPooling1D",
        "Permute",
        "RepeatVector",
        "Reshape",
        "SeparableConv1D",
        "UpSampling1D",
        "ZeroPadding1D",
    }
)


@layer_rule("KPC203", "Embedding")
def mask_zero_off_by_one(context: Context, node: Node) -> Iterator[str]:
    """An Embedding masks index 0, but index 0 is a value like any other.

    `mask_zero=True` takes index 0 for padding. What comes from Hashing, or from a lookup without a
    mask token, counts from 0 for real values: one bin, or all unknown words, are treated as if
    they were not there. A mask token moves the values up by one; the Embedding then needs a row
    more than there are values.

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((20,), dtype="string"),
            layers.Hashing(num_bins=1000),
            layers.Embedding(1000, 64, mask_zero=True),
            layers.LSTM(32),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((20,), dtype="string"),
            layers.Hashing(num_bins=1000, mask_value=""),
            layers.Embedding(1000, 64, mask_zero=True),
            layers.LSTM(32),
        ])
    """
    if node.argument("mask_zero") is not True:
        return
    for source in node.behind():
        token = MASK_TOKENS.get(source.kind, "")
        if source.kind in LOOKUPS and source.argument(token) is None:
            mend = f"; give {source.kind} a {token}" if token else "; leave mask_zero out"
            yield (
                f"Embedding(mask_zero=True) masks index 0, which is no padding from "
                f"{wording.layer(source.record)} on line {context.line(source.record.site)}{mend}"
            )


@layer_rule("KPC320", *TAKES_MASKS)
def mask_lost(context: Context, node: Node) -> Iterator[str]:
    """A mask is made, then dropped before the layer that would use it.

    `mask_zero=True` and Masking tell later layers which steps are padding. A convolution, a
    pooling or a Reshape does not hand the mask on, so the recurrent layer behind it reads the
    padding like everything else.

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((100,)),
            layers.Embedding(1000, 64, mask_zero=True),
            layers.Conv1D(32, 5, activation="relu"),
            layers.LSTM(32),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((100,)),
            layers.Embedding(1000, 64, mask_zero=True),
            layers.LSTM(32),
        ])
    """
    for source in node.behind(PASSIVE):
        if source.kind in LOSES_MASKS:
            for origin in source.behind((PASSIVE - {"Masking"}) | LOSES_MASKS):
                if origin.kind == "Masking" or origin.argument("mask_zero") is True:
                    yield (
                        f"{wording.layer(node.record)} gets no mask: {source.kind} on line "
                        f"{context.line(source.record.site)} drops that of {origin.kind} on line "
                        f"{context.line(origin.record.site)}"
                    )
