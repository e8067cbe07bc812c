"""The arithmetic that is shown reads well and comes out as the count."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_paramcount.dims import Dim, Exact, maximum, product, symbol, total
from flake8_paramcount.formula import formula
from flake8_paramcount.records import WeightRecord

VOCAB = symbol("vocab_size", lower=1)
UNITS = symbol("units", lower=1)
NAMED = {"vocab_size": VOCAB, "units": UNITS}


def weights(*blocks: tuple[Dim, ...], gates: int = 1) -> list[WeightRecord]:
    return [weight(block, gates) for block in blocks]


def weight(block: tuple[Dim, ...], gates: int = 1) -> WeightRecord:
    shape = (*block[:-1], product((block[-1], gates))) if gates != 1 else block
    return WeightRecord((0, 0), "kernel", block, gates, True, shape, product(shape))


def value(shown: str) -> Exact:
    """What the arithmetic of a formula comes out as."""
    source = shown.replace(",", "").replace("·", "*").replace("²", "**2")
    return evaluated(ast.parse(source or "0", mode="eval").body)


def evaluated(node: ast.expr) -> Exact:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return NAMED[node.id]
    assert isinstance(node, ast.BinOp)
    left, right = evaluated(node.left), evaluated(node.right)
    if isinstance(node.op, ast.Add):
        return left + right
    return left**right if isinstance(node.op, ast.Pow) else left * right


GRU = weights((64, 32), (32, 32), (2, 32), gates=3)
LSTM = weights((4096, 256), (256, 256), (256,), gates=4)
SQUARE = weights((8, 8), (8, 8), (8,), gates=4)

CASES = [
    ("nothing", [], ""),
    ("dense", weights((784, 128), (128,)), "784·128 + 128"),
    ("dense without bias", weights((784, 128)), "784·128"),
    ("square dense", weights((64, 64), (64,)), "64² + 64"),
    ("one to one", weights((1, 1), (1,)), "1·1 + 1"),
    ("simple rnn", weights((64, 32), (32, 32), (32,)), "64·32 + 32² + 32"),
    ("lstm", LSTM, "4·(4,096·256 + 256² + 256)"),
    ("lstm without bias", LSTM[:2], "4·(4,096·256 + 256²)"),
    ("gru", GRU, "3·(64·32 + 32² + 2·32)"),
    ("bidirectional lstm", LSTM * 2, "2·4·(4,096·256 + 256² + 256)"),
    ("square lstm", SQUARE, "4·(2·8² + 8)"),
    ("bidirectional square lstm", SQUARE * 2, "2·4·(2·8² + 8)"),
    ("bidirectional gru", GRU * 2, "2·3·(64·32 + 32² + 2·32)"),
    (
        "bidirectional rnn",
        weights((64, 32), (32, 32), (32,)) * 2,
        "2·(64·32 + 32² + 32)",
    ),
    ("embedding", weights((10000, 64)), "10,000·64"),
    ("symbolic embedding", weights((VOCAB, 64)), "vocab_size·64"),
    ("symbolic sum", weights((VOCAB + 1, 64)), "(vocab_size + 1)·64"),
    ("symbolic square", weights((UNITS, UNITS), (UNITS,), gates=4), "4·(units² + units)"),
    ("symbolic sum squared", weights((UNITS + 1, UNITS + 1)), "(units + 1)²"),
    ("symbolic function", weights((maximum(VOCAB, UNITS), 8)), "max(vocab_size, units)·8"),
    ("conv1d", weights((7, 128, 32), (32,)), "7·128·32 + 32"),
    ("conv2d", weights((3, 3, 64, 64), (64,)), "3·3·64·64 + 64"),
    ("batch normalization", weights((64,), (64,), (64,), (64,)), "4·64"),
    ("one gated vector", weights((64,), gates=4), "4·64"),
    ("separable", weights((3, 3, 8, 1), (1, 1, 8, 16), (16,)), "3·3·8·1 + 1·1·8·16 + 16"),
    (
        "attention",
        weights(*[(64, 8, 16), (8, 16)] * 3, (8, 16, 64), (64,)),
        "3·(64·8·16 + 8·16) + 8·16·64 + 64",
    ),
    ("scalars", weights((), (5,), (5,)), "1 + 2·5"),
    ("gates and none", [*weights((8, 4), gates=4), *weights((4,))], "4·8·4 + 4"),
    ("not built", weights((None, 4), (4,)), ""),
    ("astronomical", weights((10**5000, 4)), "(about 10^5000)·4"),
]


@pytest.mark.parametrize(
    ("records", "shown"),
    [pytest.param(records, shown, id=name) for name, records, shown in CASES],
)
def test_golden(records: list[WeightRecord], shown: str):
    assert formula(records) == shown


sizes = st.one_of(st.integers(1, 2_000), st.sampled_from([1, 3, 64, VOCAB, UNITS, UNITS + 1]))
blocks = st.lists(sizes, min_size=1, max_size=4).map(tuple)
records = st.builds(weight, blocks, st.sampled_from([1, 1, 3, 4]))


@given(st.lists(records, max_size=8), st.integers(1, 3))
def test_it_comes_out_as_the_sum_of_the_counts(some: list[WeightRecord], times: int):
    every = some * times
    assert value(formula(every)) == total(record.count for record in every)


@given(st.lists(records, max_size=8))
def test_each_distinct_product_is_shown_once(some: list[WeightRecord]):
    terms = re.split(r" \+ (?![^(]*\))", formula(some))
    assert len(terms) <= max(1, len({(record.gates, record.block) for record in some}))
