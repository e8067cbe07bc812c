"""KPC2xx: what an Embedding holds against what is fed to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from flake8_paramcount.dims import Dim, symbol
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import Model, Vocabulary
from flake8_paramcount.unknown import Unknown
from tests.rules.making import Call, call, fed, findings, sequence

WORD_INDEX = symbol("len(tokenizer.word_index)", lower=0, kind="word_index")
WORDS = symbol("vocab_size", lower=1)


def embedding(size: Any, largest: Vocabulary | None = None, **arguments: Any) -> Call:
    return replace(call("Embedding", size, 64, **arguments), fed=largest)


def text(*calls: Call, **rest: Any) -> Model:
    return sequence((None, 10), *calls, call("LSTM", 32), **rest)


@pytest.mark.parametrize(
    ("size", "largest"),
    [
        pytest.param(10_000, fed(9_999), id="just large enough"),
        pytest.param(10_000, fed(None), id="largest index unknown"),
        pytest.param(10_000, None, id="nothing known"),
        pytest.param(10_000, fed(WORDS), id="symbolic largest index"),
        pytest.param(WORDS, fed(9_999), id="symbolic size"),
        pytest.param(Unknown("read from a file", "n"), fed(9_999), id="unknown size"),
        pytest.param(WORDS + 1, fed(WORDS), id="one more than the largest"),
        pytest.param(WORD_INDEX + 1, fed(WORD_INDEX), id="padding index counted"),
        pytest.param(5_000, fed(symbol("top", upper=4_999)), id="bounded from above"),
    ],
)
def test_embedding_is_large_enough(size: Any, largest: Vocabulary | None) -> None:
    assert findings(text(embedding(size, largest)), "KPC201", "KPC202") == []


def test_embedding_below_what_is_fed() -> None:
    assert findings(text(embedding(10_000, fed(19_999, site=7))), "KPC201") == [
        (
            10,
            "KPC201",
            "Embedding(input_dim=10000) is smaller than the vocabulary fed to it (20000, from "
            "imdb.load_data on line 7): indices from 10000 on are out of range",
        )
    ]


@pytest.mark.parametrize(
    ("size", "largest"),
    [
        pytest.param(10_000, fed(10_000), id="by one"),
        pytest.param(WORDS, fed(WORDS), id="symbolic, by one"),
        pytest.param(WORDS, fed(WORDS + 3), id="symbolic"),
        pytest.param(100, fed(symbol("n", lower=100)), id="bounded from below"),
    ],
)
def test_embedding_is_provably_too_small(size: Dim, largest: Vocabulary) -> None:
    found = findings(text(embedding(size, largest)), "KPC201", "KPC202")

    assert [(line, code) for line, code, _ in found] == [(10, "KPC201")]


def test_option_states_the_vocabulary() -> None:
    ((_, _, message),) = findings(text(embedding(10_000)), "KPC201", vocab_size=20_000)

    assert "(20000, from paramcount-vocab-size)" in message


def test_directive_wins_over_option() -> None:
    record = text(embedding(10_000), directives={"vocab_size": 10_000})

    assert findings(record, "KPC201", vocab_size=20_000) == []


def test_what_the_program_shows_wins_over_option() -> None:
    record = text(embedding(10_000, fed(9_999)))

    assert findings(record, "KPC201", vocab_size=20_000) == []


def test_positions_beside_tokens_are_no_vocabulary() -> None:
    tokens, positions = embedding(20_000), replace(embedding(512), inbound=())
    record = sequence((None, 10), tokens, positions, replace(call("Add"), inbound=(0, 1)))

    assert findings(record, "KPC201", vocab_size=20_000) == []
    assert [line for line, *_ in findings(record, "KPC201", vocab_size=30_000)] == [10]


@pytest.mark.parametrize(
    ("size", "largest"),
    [
        pytest.param(WORD_INDEX + 1, None, id="with the padding index"),
        pytest.param(WORD_INDEX + 2, None, id="with more"),
        pytest.param(2 * WORD_INDEX, None, id="doubled"),
        pytest.param(WORD_INDEX, fed(4_999), id="num_words keeps the rest out"),
        pytest.param(WORDS, None, id="another symbol"),
    ],
)
def test_no_row_is_missing(size: Dim, largest: Vocabulary | None) -> None:
    assert findings(text(embedding(size, largest)), "KPC201", "KPC202") == []


@pytest.mark.parametrize("largest", [None, fed(WORD_INDEX)], ids=["unseen", "seen"])
def test_word_index_without_padding_is_one_finding(largest: Vocabulary | None) -> None:
    assert findings(text(embedding(WORD_INDEX, largest)), "KPC201", "KPC202") == [
        (
            10,
            "KPC202",
            "Embedding(input_dim=len(tokenizer.word_index)) is one row short: the words are "
            "numbered from 1, so the largest index is len(tokenizer.word_index); "
            "give len(tokenizer.word_index) + 1",
        )
    ]


@pytest.mark.parametrize("size", [10_000, 10_001, 11_000])
def test_some_room_is_no_waste(size: int) -> None:
    assert findings(text(embedding(size, fed(9_999))), "KPC204") == []


def test_rows_never_used_are_priced() -> None:
    ((_, _, message),) = findings(text(embedding(20_000, fed(9_999))), "KPC204")

    assert message == (
        "Embedding(input_dim=20000) is larger than the vocabulary fed to it (10000, from "
        "imdb.load_data): 10,000 rows are never used, 640,000 parameters"
    )


class Matrix(NamedTuple):
    """An array as an argument."""

    shape: Shape


def with_matrix(*dims: Dim) -> Model:
    record = text(embedding(10_001))
    variant = record.variants[0]
    first = variant.layers[0]
    arguments = {**first.arguments, "weights": (Matrix(Shape(dims)),)}
    layers = (replace(first, arguments=arguments), *variant.layers[1:])
    return replace(record, variants=(replace(variant, layers=layers),))


@pytest.mark.parametrize(
    "dims", [(10_001, 64), (WORDS, 64), (None, 64)], ids=["equal", "symbolic", "unknown"]
)
def test_matrix_may_fit(dims: tuple[Dim, ...]) -> None:
    assert findings(with_matrix(*dims), "KPC205") == []


@pytest.mark.parametrize("dims", [(10_000, 64), (10_001, 100), (64,)], ids=str)
def test_matrix_does_not_fit(dims: tuple[Dim, ...]) -> None:
    ((line, _, message),) = findings(with_matrix(*dims), "KPC205")

    assert (line, message) == (
        10,
        f"the matrix given to this Embedding has shape {dims}, but input_dim and output_dim ask "
        "for (10001, 64)",
    )
