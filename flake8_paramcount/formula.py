"""The arithmetic behind a layer's count, read off its weights: `4·(64·32 + 32² + 32)`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import gcd
from typing import TypeAlias

from flake8_paramcount import notation
from flake8_paramcount.dims import Dim, factor_text
from flake8_paramcount.records import WeightRecord

Block: TypeAlias = "tuple[Dim, ...]"
Multiple: TypeAlias = "tuple[int, int]"
"""How often a product counts, and how many gates lie side by side in it."""


def formula(weights: Sequence[WeightRecord]) -> str:
    """A sum of products that comes out as the sum of the weights' counts.

    Weights that are alike are counted (`4·64`), gates and repeated parts stand before a bracket.
    Empty without weights, and where a weight has a dimension that is None.
    """
    if any(size is None for weight in weights for size in weight.block):
        return ""
    return " + ".join(
        _multiplied(multiple, products) for multiple, products in _grouped(weights).items()
    )


def _grouped(weights: Iterable[WeightRecord]) -> dict[Multiple, list[str]]:
    """The distinct blocks by what they are multiplied with, in the order of the weights."""
    alike = Counter((weight.gates, weight.block) for weight in weights)
    # The gates of a layer stay together, whichever of its weights happen to be alike.
    common = {
        gates: gcd(*(times for (other, _), times in alike.items() if other == gates))
        for gates, _ in alike
        if gates != 1
    }
    groups: dict[Multiple, list[str]] = {}
    for (gates, block), times in alike.items():
        outside = common.get(gates, times)
        product = _multiplied((times // outside, 1), [_block_text(block)])
        groups.setdefault((outside, gates), []).append(product)
    return groups


def _multiplied(multiple: Multiple, products: list[str]) -> str:
    factors = [notation.number(times) for times in multiple if times != 1]
    if not factors:
        return " + ".join(products)
    body = products[0] if len(products) == 1 else f"({' + '.join(products)})"
    return "·".join([*factors, body])


def _block_text(block: Block) -> str:
    # Only a matrix is squared: a convolution's kernel reads better as its shape, 3·3·64·64.
    if len(block) == 2 and block[0] == block[1] != 1:
        return notation.power(factor_text(block[0]), 2)
    return "·".join(map(factor_text, block)) or "1"
