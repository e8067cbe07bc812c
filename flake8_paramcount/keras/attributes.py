"""Arguments of a layer's constructor that can be set as attributes later, and what that does."""

from __future__ import annotations

_KINDS = ("initializer", "regularizer", "constraint")

# What a recurrent layer only reads from its cell, and the arguments that it keeps itself.
_CELLS = ("SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")
_KEPT_BY_RNN = frozenset(
    "return_sequences return_state go_backwards stateful unroll zero_output_for_mask".split()
)
_OF_ATTENTION = frozenset("num_heads key_dim value_dim dropout use_bias attention_axes".split())

# Arguments of which the constructor makes something else that counts, and layers inside.
_WORKED_OUT = {
    "EinsumDense": frozenset({"output_shape"}),
    "MultiHeadAttention": frozenset({"output_shape", "use_gate"}),
    "GroupQueryAttention": frozenset({"head_dim", "num_query_heads", "num_key_value_heads"}),
    "Normalization": frozenset({"axis", "mean", "variance"}),
    "AdditiveAttention": frozenset({"use_scale"}),
    **{
        f"{kind}Pooling{rank}D": frozenset({"pool_size"})
        for kind in ("Average", "Max")
        for rank in (1, 2, 3)
    },
}
_INSIDE = frozenset({"backward_layer", "cell", "cells", "forward_layer", "layer"})

# Arguments that neither weights nor shapes depend on.
_NEUTRAL = frozenset(
    "activation epsilon mask_zero momentum name rate recurrent_activation seed".split()
)


def is_read_only(class_name: str, name: str) -> bool:
    """Whether Keras refuses that an attribute is set."""
    if class_name == "MultiHeadAttention":
        return name in _OF_ATTENTION
    return class_name in _CELLS and name not in _KEPT_BY_RNN


def is_neutral(name: str) -> bool:
    """Whether nothing that is counted depends on an argument."""
    return name in _NEUTRAL or name.endswith(_KINDS)


def is_worked_out(class_name: str, name: str) -> bool:
    """Whether it is not known what a layer becomes when an attribute is set."""
    if name in _INSIDE or name in _WORKED_OUT.get(class_name, ()):
        return True
    return name.startswith("_") and not name.startswith("__")
