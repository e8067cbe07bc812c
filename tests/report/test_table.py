"""The table, as golden files: `pytest --update-golden` rewrites them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest

from flake8_paramcount.dims import symbol
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import Model, Reason, Variant
from flake8_paramcount.report import FileReport, shape_text
from flake8_paramcount.report.table import COLUMNS, Sheet, plain, print_rich, sheet, sheets
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize
from flake8_paramcount.unknown import Unknown
from tests.handmade import (
    branch,
    dense,
    embedding,
    layer,
    locate,
    model,
    normalization,
    of_layers,
    weight,
)

Compare = Callable[[str, str], None]

WORDS = symbol("vocab_size", lower=1, site=7, reason="`vocab_size` is read from a file")
SHARED = dense(1, 8, 8, shared=True)

MODELS = {
    "exact": of_layers(
        embedding(1, 1_000, 64),
        layer(
            2,
            "simple_rnn",
            "SimpleRNN",
            weight((2, 0), "kernel", 64, 32),
            weight((2, 1), "recurrent_kernel", 32, 32),
            weight((2, 2), "bias", 32),
            output=Shape((None, 32)),
        ),
    ),
    "frozen": of_layers(dense(1, 8, 4, trainable=False), normalization(2, 4)),
    "function": of_layers(
        dense(1, 784, 10), name="build", function="Trainer.build", call_site=40, generation=2
    ),
    "nameless": of_layers(dense(1, 784, 10), name=None),
    "nested": of_layers(
        layer(1, "encoder", "Sequential", nested=Variant((dense(2, 8, 4), dense(3, 4, 2))))
    ),
    "nothing": of_layers(),
    "range": model(
        branch(True, dense(1, 8, 8), dense(2, 8, 4)),
        branch(False, dense(1, 8, 4)),
    ),
    "shared": of_layers(SHARED, dense(2, 8, 8), SHARED),
    "symbolic": of_layers(embedding(1, WORDS, 64), dense(2, 64, 48)),
    "symbolic_bounded": of_layers(dense(1, 10, symbol("units", lower=32, upper=512))),
    "unbuilt": model(
        Variant((dense(1, symbol("features", lower=1), 10, output=None),), built=False)
    ),
    "unknown": of_layers(
        dense(1, 8, 4),
        layer(
            2,
            "mine",
            "Mine",
            known=False,
            reasons=(Reason("`Mine` is neither Keras' nor defined here", 20),),
        ),
    ),
    "unknown_layers": model(
        Variant((dense(1, 8, 4),), reasons=(Reason("the loop runs an unknown number of times", 3),))
    ),
}


def sheet_of(record: Model) -> Sheet:
    return sheet(summarize(record, Settings()), "models.py", locate)


@pytest.mark.parametrize("name", MODELS)
def test_table(name: str, golden: Compare) -> None:
    golden(f"table_{name}.txt", plain(sheet_of(MODELS[name])))


@pytest.mark.parametrize("name", MODELS)
def test_rich_shows_the_same_words(name: str) -> None:
    page = sheet_of(MODELS[name])
    stream = io.StringIO()

    print_rich(page, stream, color=True)

    shown = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    words = {word for row in page.rows for word in row[2:4]} if page.rows else set()
    assert [word for word in words if word not in shown] == []
    assert [line for line in (page.title, *page.totals, *page.notes) if line not in shown] == []


def test_markup_in_names_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    part = layer(1, "[bold]x[/nonsense]", "Dense")
    stream = io.StringIO()

    print_rich(sheet_of(of_layers(part)), stream, color=False)

    assert "[bold]x[/nonsense]" in stream.getvalue()


def test_one_table_for_each_model() -> None:
    summaries = tuple(summarize(record, Settings()) for record in MODELS.values())
    report = FileReport("models.py", summaries, locate)

    assert len(list(sheets(report))) == len(MODELS)


def test_columns_are_aligned() -> None:
    text = plain(sheet_of(MODELS["exact"]))
    head, _, *rows = text.splitlines()[1:]
    end = head.index(COLUMNS[2]) + len(COLUMNS[2])

    assert [row[:end].rsplit(" ", 1)[1] for row in rows[:2]] == ["64,000", "3,104"]


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        pytest.param(1, "4 B", id="bytes"),
        pytest.param(255, "1020 B", id="below a KiB"),
        pytest.param(256, "1.00 KiB", id="a KiB"),
        pytest.param(67_104, "262.12 KiB", id="KiB"),
        pytest.param(4_457_472, "17.00 MiB", id="MiB"),
        pytest.param(138_357_544, "527.79 MiB", id="large"),
        pytest.param(10**30, "3,469,446,951,953.61 EiB", id="absurd"),
    ],
)
def test_size(count: int, shown: str) -> None:
    page = sheet_of(of_layers(layer(1, "a", "A", weight((1, 0), "w", count))))

    assert f"({shown} as float32)" in page.totals[0]


@pytest.mark.parametrize(
    ("shape", "shown"),
    [
        pytest.param(None, "?", id="nothing"),
        pytest.param(Shape(Unknown("not known")), "?", id="unknown rank"),
        pytest.param(Shape((None,)), "(None,)", id="one"),
        pytest.param(Shape((32, 10_000, 64)), "(32, 10000, 64)", id="as in source"),
        pytest.param(Shape((None, WORDS)), "(None, vocab_size)", id="symbol"),
        pytest.param((Shape((None, 1)), Shape((None, 2))), "[(None, 1), (None, 2)]", id="several"),
    ],
)
def test_shape(shape: Shape | tuple[Shape, ...] | None, shown: str) -> None:
    assert shape_text(shape) == shown
