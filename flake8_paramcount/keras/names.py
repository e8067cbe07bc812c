"""The names that Keras 3 knows for activations, initializers, regularizers and constraints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flake8_paramcount.keras.shapes import refuse

# What is certainly neither a name nor an object that Keras looks for.
PLAIN = (int, float, tuple)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACTIVATIONS = _names(
    """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
    leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink
    softmax softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh
    tanh_shrink threshold
    """
)
INITIALIZERS = _names(
    """
    Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer
    LecunNormal LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform
    STFT STFTInitializer TruncatedNormal VarianceScaling Zeros constant glorot_normal
    glorot_uniform he_normal he_uniform identity lecun_normal lecun_uniform normal one ones
    orthogonal random_normal random_uniform stft truncated_normal uniform variance_scaling zero
    zeros
    """
)
REGULARIZERS = _names(
    """
    L1 L1L2 L2 OrthogonalRegularizer Regularizer l1 l1l2 l2 orthogonal_regularizer regularizer
    """
)
CONSTRAINTS = _names(
    """
    Constraint MaxNorm MinMaxNorm NonNeg UnitNorm constraint max_norm min_max_norm non_neg
    unit_norm
    """
)

DTYPES = _names(
    """
    bfloat16 bool complex64 complex128 float float8_e4m3fn float8_e5m2 float16 float32 float64
    double half int int8 int16 int32 int64 string uint8 uint16 uint32 uint64
    mixed_bfloat16 mixed_float16
    """
)
"""Keras 2 took `double`, `float` and `half` too: they are no sure fault."""

_BY_ENDING = {
    "activation": ACTIVATIONS,
    "_initializer": INITIALIZERS,
    "_regularizer": REGULARIZERS,
    "_constraint": CONSTRAINTS,
}


def names_for(parameter: str) -> frozenset[str] | None:
    """What a parameter's value may be called; None for a parameter that takes no such name."""
    for ending, names in _BY_ENDING.items():
        if parameter.endswith(ending):
            return names
    return None


def check_dtype(value: Any) -> None:
    """Refuse a type or policy that Keras does not know; those of quantization are not looked at."""
    known = value in DTYPES or "_from_" in value if isinstance(value, str) else True
    if not known or isinstance(value, (int, float, tuple)):
        refuse("dtype", value, f"`dtype`: Keras knows no {value!r}")


def check_names(checked: Mapping[str, frozenset[str]], arguments: Mapping[str, Any]) -> None:
    """Refuse strings and numbers that name nothing Keras knows."""
    for parameter, names in checked.items():
        value = arguments.get(parameter)
        wrong = value not in names if isinstance(value, str) else isinstance(value, PLAIN)
        if wrong:
            refuse(parameter, value, f"`{parameter}`: Keras knows no {value!r}")
