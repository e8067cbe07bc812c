"""Attention layers. They take several tensors: query, value and, where it differs, key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flake8_paramcount.dims import Dim, equal
from flake8_paramcount.keras.layer import Built, Fault, Shape, Shapes, Weight, built, layer
from flake8_paramcount.keras.shapes import flag, indivisible, known, refuse, size
from flake8_paramcount.keras.values import at_least, is_true, number, option, within
from flake8_paramcount.unknown import Unknown

SCORES = "return_attention_scores"
_TENSORS = ("query", "value", "key")
_OPTIONS = ("query_mask", "value_mask", "key_mask", "attention_mask", SCORES)

CALL_PARAMETERS: dict[str, tuple[str, ...]] = {
    "Attention": ("inputs", "mask", "training", SCORES, "use_causal_mask"),
    "AdditiveAttention": ("inputs", "mask", "training", SCORES, "use_causal_mask"),
    "MultiHeadAttention": (*_TENSORS, *_OPTIONS, "training", "use_causal_mask"),
    "GroupQueryAttention": (*_TENSORS, *_OPTIONS, "training", "use_causal_mask"),
}
"""The parameters of `call`, in order: what a layer object of this class is called with."""

# fmt: off


@layer(many_inputs=True)
def Attention(
    x: Shapes, use_scale: Any = False, score_mode: Any = "dot", dropout: Any = 0.0,
    seed: Any = None,
) -> Built:
    """Luong's attention on [query, value(, key)], keras.layers.Attention."""
    number(dropout, "dropout")
    option(score_mode, "score_mode", ("dot", "concat"))
    shapes = query_value_key(x)
    scale = Weight("scale", ()) if flag(use_scale) else None
    score = Weight("concat_score_weight", ()) if known(score_mode) == "concat" else None
    return built(attended(shapes), [scale, score])


@layer(many_inputs=True)
def AdditiveAttention(x: Shapes, use_scale: Any = True, dropout: Any = 0.0) -> Built:
    """Bahdanau's attention on [query, value(, key)], keras.layers.AdditiveAttention."""
    number(dropout, "dropout")
    shapes = query_value_key(x)
    scale = Weight("scale", (shapes[0][-1],)) if flag(use_scale) else None
    return built(attended(shapes), [scale])


@layer(many_inputs=True)
def MultiHeadAttention(
    x: Shapes, num_heads: Any, key_dim: Any, value_dim: Any = None, dropout: Any = 0.0,
    use_bias: Any = True, output_shape: Any = None, attention_axes: Any = None,
    sliding_window: Any = None, flash_attention: Any = None,
    kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None, use_gate: Any = False, seed: Any = None,
) -> Built:
    """Vaswani et al. 2017, keras.layers.MultiHeadAttention."""
    heads = size(num_heads, "num_heads")
    keys = size(key_dim, "key_dim")
    values = keys if value_dim is None else size(value_dim, "value_dim")
    projected = projection_shape(output_shape)
    check_attention_axes(attention_axes)
    check_window(sliding_window, flash_attention, dropout)
    query, value, key = query_value_key(x)
    check_same_steps(value, key)
    within(dropout, 0, 1, "dropout")
    check_axes_in_rank(attention_axes, len(value))
    biased = flag(use_bias)
    gate = dense("gate", query[-1:], (heads, values), biased) if flag(use_gate) else ()
    output = projected or query[-1:]
    return built(Shape((*query[:-1], *output)), [
        *dense("query", query[-1:], (heads, keys), biased),
        *dense("key", key[-1:], (heads, keys), biased),
        *gate,
        *dense("value", value[-1:], (heads, values), biased),
        *dense("attention_output", (heads, values), output, biased),
    ])


@layer(many_inputs=True)
def GroupQueryAttention(
    x: Shapes, head_dim: Any, num_query_heads: Any, num_key_value_heads: Any,
    dropout: Any = 0.0, use_bias: Any = True, sliding_window: Any = None,
    flash_attention: Any = None, kernel_initializer: Any = "glorot_uniform",
    bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None,
    kernel_constraint: Any = None, bias_constraint: Any = None, use_gate: Any = False,
    seed: Any = None,
) -> Built:
    """Ainslie et al. 2023, keras.layers.GroupQueryAttention."""
    width = size(head_dim, "head_dim")
    heads = size(num_query_heads, "num_query_heads")
    groups = size(num_key_value_heads, "num_key_value_heads")
    if indivisible(heads, groups):
        refuse("num_query_heads", num_query_heads, "the key/value heads do not divide the heads")
    check_window(sliding_window, flash_attention, dropout)
    query, value, key = query_value_key(x, rank=3)
    within(dropout, 0, 1, "dropout")
    check_same_width(query, value)
    check_same_steps(value, key)
    biased = flag(use_bias)
    gate = dense("gate", query[-1:], (heads, width), biased) if flag(use_gate) else ()
    return built(Shape(query), [
        *dense("query", query[-1:], (heads, width), biased),
        *dense("key", key[-1:], (groups, width), biased),
        *gate,
        *dense("value", value[-1:], (groups, width), biased),
        *dense("attention_output", (heads, width), query[-1:], biased),
    ])

# fmt: on


# --- inputs --------------------------------------------------------------------------------------


def query_value_key(x: Shapes, rank: int | None = None) -> list[tuple[Dim, ...]]:
    """The dimensions of query, value and key; the value serves as key where none is given."""
    if isinstance(x, Shape):
        raise _inputs_fault(1 if x.of_min_rank(0) else 0)
    if not 2 <= len(x) <= 3:
        raise _inputs_fault(len(x))
    dims = [shape.of_min_rank(1) if rank is None else shape.of_rank(rank) for shape in x]
    return [*dims, dims[1]][:3]


def _inputs_fault(found: int) -> Fault:
    return Fault("input", f"takes query, value and maybe key: found {found} inputs", found=found)


def check_same_steps(value: Sequence[Dim], key: Sequence[Dim]) -> None:
    """Keras wants value and key to agree in all but the batch and the last axis."""
    steps = list(zip(value[1:-1], key[1:-1], strict=False))
    if len(value) != len(key) or any(_differ(a, b) for a, b in steps):
        raise Fault("input", "value and key differ in a dimension before the last", found=key)


def check_same_width(query: Sequence[Dim], value: Sequence[Dim]) -> None:
    """Grouped-query attention wants query and value to have the same last dimension."""
    if _differ(query[-1], value[-1]):
        raise Fault("input", "query and value differ in their last dimension", found=value)


def _differ(a: Dim, b: Dim) -> bool:
    return (a is None) != (b is None) or equal(a, b) is False


# --- constructor ---------------------------------------------------------------------------------


def projection_shape(output_shape: Any) -> tuple[Dim, ...]:
    """The `output_shape` argument as a tuple: empty where the query's width is kept."""
    if isinstance(output_shape, (tuple, list)):
        return tuple(size(part, "output_shape", minimum=0) for part in output_shape)
    if output_shape is None or output_shape == 0:
        return ()
    return (size(output_shape, "output_shape"),)


def check_attention_axes(axes: Any) -> None:
    """The axes are an integer or a list."""
    if isinstance(axes, (str, float)) and axes:
        refuse("attention_axes", axes)


def check_axes_in_rank(axes: Any, rank: int) -> None:
    """Refuse axes that the projected value, one axis longer than the value, does not have."""
    if isinstance(axes, Unknown):
        return
    for axis in axes if isinstance(axes, (tuple, list)) else (axes,):
        if isinstance(axis, int) and not -2 * rank - 1 <= axis <= rank:
            raise Fault("input", f"no axis {axis} to attend over", argument="attention_axes")


def check_window(sliding_window: Any, flash_attention: Any, dropout: Any) -> None:
    """A window is a positive integer or None; flash attention excludes dropout."""
    if sliding_window is not None:
        size(sliding_window, "sliding_window")
    if is_true(flash_attention):
        at_least(dropout, 0, "dropout")
        if isinstance(dropout, (int, float)) and dropout > 0:
            refuse("dropout", dropout, "dropout does not go with flash attention")


# --- weights and output --------------------------------------------------------------------------


def dense(
    name: str, inputs: tuple[Dim, ...], outputs: tuple[Dim, ...], biased: bool
) -> tuple[Weight, ...]:
    """One of the maps inside: a kernel and maybe a bias."""
    kernel = Weight(f"{name}/kernel", (*inputs, *outputs))
    return (kernel, Weight(f"{name}/bias", outputs)) if biased else (kernel,)


def attended(shapes: Sequence[tuple[Dim, ...]]) -> Shape:
    """The query's shape with the last dimension of the value."""
    query, value, _ = shapes
    return Shape((*query[:-1], value[-1]))


def scores(name: str, x: Shapes, arguments: Any) -> Shape:
    """The shape of the second output that a call with `return_attention_scores=True` gives."""
    query, _value, key = query_value_key(x)
    if name in ("Attention", "AdditiveAttention"):
        return Shape((*query[:-1], key[-2]))
    heads = arguments.get("num_heads", arguments.get("num_query_heads"))
    # Keras' MultiHeadAttention states the query's length for both axes.
    steps = query[1] if name == "MultiHeadAttention" else key[1]
    return Shape((query[0], size(heads, "num_heads"), query[1], steps))
