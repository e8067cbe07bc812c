"""Products of tensors: which axes stay, and which are summed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flake8_paramcount.dims import Dim
from flake8_paramcount.interpreter.array_shaping import axes_of, axis_of, merged
from flake8_paramcount.interpreter.signatures import Call
from flake8_paramcount.interpreter.tensor_shapes import gives, sizes_of
from flake8_paramcount.interpreter.tensors import broadcast, matrix_product
from flake8_paramcount.interpreter.values import Value
from flake8_paramcount.keras.layer import Shape


@gives("matmul")
def matmul(
    call: Call,
    x1: Value,
    x2: Value,
    transpose_a: Value = False,
    transpose_b: Value = False,
    adjoint_a: Value = False,
    adjoint_b: Value = False,
) -> Any:
    one = _turned(call, x1, transpose_a, adjoint_a)
    other = _turned(call, x2, transpose_b, adjoint_b)
    return matrix_product(one, other)


def _turned(call: Call, value: Value, *turns: Value) -> tuple[Dim, ...]:
    sizes = sizes_of(call, value)
    return (*sizes[:-2], *reversed(sizes[-2:])) if any(map(call.truth, turns)) else sizes


@gives("dot")
def dot(call: Call, x1: Value, x2: Value) -> Any:
    """As NumPy's: the last axis of one with the last but one of the other, all others kept."""
    one, other = sizes_of(call, x1), sizes_of(call, x2)
    if not one or not other:
        return one or other
    return (*one[:-1], *other[:-2], *(other[-1:] if len(other) > 1 else ()))


@gives("tensordot")
def tensordot(call: Call, x1: Value, x2: Value, axes: Value = 2) -> Any:
    one, other = sizes_of(call, x1), sizes_of(call, x2)
    if isinstance(axes, int):
        if not 0 <= axes <= min(len(one), len(other)):
            raise ValueError("axes that are not there")
        return (*one[: len(one) - axes], *other[axes:])
    first, second = (axes_of(call, item, r) for item, r in zip_ranks(call, axes, one, other))
    return (
        *(size for index, size in enumerate(one) if index not in first),
        *(size for index, size in enumerate(other) if index not in second),
    )


def zip_ranks(call: Call, axes: Value, one: Sequence[Dim], other: Sequence[Dim]) -> Any:
    """The axes of each of two operands beside its rank."""
    return zip(call.items(axes), (len(one), len(other)), strict=True)


@gives("batch_dot")
def batch_dot(call: Call, x: Value, y: Value, axes: Value = None) -> Any:
    one, other = list(sizes_of(call, x)), list(sizes_of(call, y))
    if axes is None:
        axes = (len(one) - 1, max(len(other) - 2, 1))
    pair = (axes, axes) if isinstance(axes, int) else call.items(axes)
    places = [axis_of(axis, r) for axis, r in zip(pair, (len(one), len(other)), strict=True)]
    if 0 in places:
        raise ValueError("the batch is not summed over")
    del one[places[0]], other[places[1]]
    result = (*one, *other[1:])
    return result if len(result) > 1 else (*result, 1)


@gives("einsum")
def einsum(call: Call, subscripts: Value, *operands: Value, **options: Value) -> Any:
    """The sizes of the letters behind the arrow, or of those that occur once."""
    if not isinstance(subscripts, str) or options:
        raise TypeError("subscripts that are not known")
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    found: dict[str, list[Dim]] = {}
    outer = Shape(())
    for term, operand in zip(terms, operands, strict=True):
        letters, ellipsis = _letters(term, sizes_of(call, operand))
        outer = broadcast(outer, Shape(ellipsis))
        for letter, size in letters:
            found.setdefault(letter, []).append(size)
    if not arrow:
        once = sorted(letter for letter in found if left.count(letter) == 1)
        right = ("..." if "..." in left else "") + "".join(once)
    before, dots, after = right.partition("...")
    middle = outer.dims if dots else ()
    return tuple(
        size if part is None else merged([s for s in found[part] if s != 1] or [1])
        for part, size in (
            *((letter, None) for letter in before),
            *((None, size) for size in middle),
            *((letter, None) for letter in after),
        )
    )


def _letters(term: str, sizes: Sequence[Dim]) -> tuple[list[tuple[str, Dim]], tuple[Dim, ...]]:
    """The letters of an operand with their sizes, and the sizes that its ellipsis stands for."""
    before, dots, after = term.partition("...")
    hidden = len(sizes) - len(before) - len(after)
    if hidden < 0 or (hidden and not dots):
        raise ValueError("subscripts for another rank")
    inner = (*sizes[: len(before)], *sizes[len(before) + hidden :])
    pairs = list(zip(before + after, inner, strict=True))
    return pairs, tuple(sizes[len(before) : len(before) + hidden])
