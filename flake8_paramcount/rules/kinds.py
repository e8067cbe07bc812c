"""Which layers are of which kind, as far as rules must know it."""

from __future__ import annotations

DROPOUTS = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "GaussianDropout",
    "AlphaDropout",
)

ACTIVATIONS = (
    "Activation",
    "ReLU",
    "LeakyReLU",
    "PReLU",
    "ELU",
    "Softmax",
    "ThresholdedReLU",
)

RECURRENT = (
    "SimpleRNN",
    "LSTM",
    "GRU",
    "CuDNNLSTM",
    "CuDNNGRU",
    "RNN",
)

NEEDS_SEQUENCES = frozenset(
    {
        *RECURRENT,
        "Bidirectional",
        "TimeDistributed",
        "Attention",
        "AdditiveAttention",
        "MultiHeadAttention",
        "GroupQueryAttention",
    }
)

BATCH_WISE = ("BatchNormalization", "LayerNormalization", "UnitNormalization")

PASSIVE = frozenset(
    {
        *DROPOUTS,
        *ACTIVATIONS,
        "GaussianNoise",
        "ActivityRegularization",
        "Masking",
        "Identity",
    }
)
"""Layers that hand on the shape they get and hold next to no parameters."""

CONVOLUTIONS = tuple(
    f"{kind}{rank}D{suffix}"
    for kind, ranks, suffix in (
        ("Conv", (1, 2, 3), ""),
        ("Conv", (1, 2, 3), "Transpose"),
        ("SeparableConv", (1, 2), ""),
        ("DepthwiseConv", (1, 2), ""),
    )
    for rank in ranks
)

POOLINGS = tuple(f"{kind}Pooling{rank}D" for kind in ("Max", "Average") for rank in (1, 2, 3))

GLOBAL_POOLINGS = tuple(f"Global{name}" for name in POOLINGS)

WITH_BIAS = ("Dense", *CONVOLUTIONS)

CHANNELWISE_CONSTANT = frozenset(
    {
        "Activation",
        "Identity",
        "Cropping1D",
        "Cropping2D",
        "Cropping3D",
        "UpSampling1D",
        "UpSampling2D",
        "UpSampling3D",
        *POOLINGS,
        *GLOBAL_POOLINGS,
    }
)
"""Layers through which a constant added to a channel stays a constant added to that channel."""
