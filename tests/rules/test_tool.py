"""KPC0xx: what the tool knows, and what it could not read."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from flake8_paramcount import rules
from flake8_paramcount.dims import symbol
from flake8_paramcount.directives import parse
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import Condition, LayerRecord, Model, Reason, Variant
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize
from tests.rules.making import Text, call, fed, findings, model, sequence, variant

WORDS = symbol("vocab_size", lower=1, site=3)

EXACT = sequence((None, 500, 128), call("Conv1D", 32, 7), call("Flatten"))
OPEN = sequence((None, 10), call("Embedding", WORDS, 64), call("SimpleRNN", 32))
BRANCHES = model(
    *(
        replace(variant((None, 8), call("Dense", units)), conditions=(Condition("wide", 5, holds),))
        for units, holds in ((4, False), (64, True))
    )
)


def unknown(class_name: str, **rest: Any) -> LayerRecord:
    return LayerRecord(1, "?", class_name, 10, {}, Shape((None, 8)), None, known=False, **rest)


UNKNOWN = model(Variant((unknown("Mixer", reasons=(Reason("`Mixer` is not known", 4),)),)))


def test_exact_count_needs_no_words() -> None:
    assert findings(EXACT, "KPC001") == []


@pytest.mark.parametrize(
    ("record", "message"),
    [
        pytest.param(
            OPEN,
            "model `model` has 64·vocab_size + 3,104 parameters: `vocab_size` is not known (line "
            "3), settled by `# paramcount: vocab_size=…`",
            id="symbolic",
        ),
        pytest.param(
            BRANCHES,
            "model `model` has 36 … 576 parameters: it depends on `wide` (line 5)",
            id="range",
        ),
        pytest.param(
            UNKNOWN,
            "model `model` has an unknown number of parameters: `Mixer` is not known (line 4)",
            id="unknown",
        ),
    ],
)
def test_why_a_count_is_not_exact(record: Model, message: str) -> None:
    assert findings(record, "KPC001") == [(1, "KPC001", message)]


@pytest.mark.parametrize("text", ["# paramcount: budget=2M\nx = 1", "# 3 layers\nx = 1", "x = 1"])
def test_directives_that_can_be_read(text: str) -> None:
    assert bad_directives(text) == []


def test_directive_that_cannot_be_read() -> None:
    ((line, column, message),) = bad_directives("if x:\n    y = 1  # paramcount: budget=lots\n")

    assert (line, column) == (2, 11)
    assert "budget=lots" in message


def bad_directives(text: str) -> list[tuple[int, int, str]]:
    source = Text(text, parse(text))
    found = rules.check(source, [], Settings(codes=frozenset({"KPC002"})))
    return [(finding.line, finding.column, finding.message) for finding in found]


def test_notes_on_layers() -> None:
    assert findings(EXACT, "KPC003") == [
        (
            10,
            "KPC003",
            "Conv1D: 7·128·32 + 32 = 28,704 parameters, output (None, 494, 32)",
        ),
        (20, "KPC003", "Flatten: 0 parameters, output (None, 15808)"),
    ]


def test_note_on_an_unknown_layer() -> None:
    assert findings(UNKNOWN, "KPC003") == [
        (10, "KPC003", "Mixer: parameters unknown, output unknown")
    ]


@pytest.mark.parametrize(
    ("record", "count"),
    [
        (EXACT, "28,704 parameters, 28,704 trainable, 112.1 KiB of float32"),
        (OPEN, "64·vocab_size + 3,104 parameters"),
        (BRANCHES, "36 … 576 parameters"),
        (UNKNOWN, "an unknown number of parameters"),
    ],
    ids=["exact", "symbolic", "range", "unknown"],
)
def test_notes_on_models(record: Model, count: str) -> None:
    assert findings(record, "KPC004") == [(1, "KPC004", f"model `model` has {count}")]


@pytest.mark.parametrize(
    ("record", "budget"),
    [
        pytest.param(OPEN, None, id="no budget"),
        pytest.param(EXACT, 28_704, id="within"),
        pytest.param(EXACT, 28_703, id="over it, which is proven"),
        pytest.param(BRANCHES, 576, id="largest branch within"),
        pytest.param(BRANCHES, 35, id="smallest branch over"),
    ],
)
def test_budget_is_decided(record: Model, budget: int | None) -> None:
    assert findings(record, "KPC005", budget=budget) == []


@pytest.mark.parametrize("record", [OPEN, BRANCHES, UNKNOWN], ids=["symbolic", "range", "unknown"])
def test_budget_is_not_decided(record: Model) -> None:
    ((line, _, message),) = findings(
        record, "KPC005", "KPC101", budget=500 + 3_000 * (record is OPEN)
    )

    assert line == 1
    assert "which is not proved to be within its budget of " in message


# -- check itself -------------------------------------------------------------------------------


def test_findings_are_located_sorted_and_each_once() -> None:
    record = sequence(
        (None, 10), replace(call("Embedding", 10, 4), fed=fed(10)), call("Dropout", 2.0)
    )
    settings = Settings()
    summary = summarize(record, settings)

    found = rules.check(Text("", parse("")), [summary, summary], settings)

    assert found == sorted(set(found), key=lambda each: (each.position, each.code, each.message))
    assert [(each.line, each.code) for each in found if each.code > "KPC2"] == [
        (10, "KPC201"),
        (20, "KPC301"),
    ]


def test_only_wanted_rules_run() -> None:
    source = SimpleNamespace(source="", directives=parse(""), idle={}, locate=None)
    settings = Settings(codes=frozenset({"KPC002"}))

    assert rules.check(source, [summarize(EXACT, settings)], settings) == []


def test_a_finding_knows_its_name_and_must_be_located() -> None:
    finding = rules.Finding("KPC101", 7, "-")

    assert finding.name == "model-over-budget"
    with pytest.raises(TypeError):
        assert finding.line


# -- layers that are not known ------------------------------------------------------------------


def holding(*records: LayerRecord) -> Model:
    return model(Variant(records, built=False))


def unknown_layer(class_name: str, *reasons: Reason) -> LayerRecord:
    return LayerRecord(1, "?", class_name, 0, {}, None, None, known=False, reasons=reasons)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(unknown_layer("Dense", Reason("its units", 5)), id="a layer of Keras"),
        pytest.param(unknown_layer("MyLayer", Reason("its call", 5)), id="a class of the program"),
        pytest.param(unknown_layer("?"), id="no reason"),
    ],
)
def test_class_of_a_layer_is_known(record: LayerRecord) -> None:
    assert findings(holding(record), "KPC006") == []


def test_class_of_a_layer_is_not_known() -> None:
    record = unknown_layer("?", Reason("`crf.CRF` is not part of this file", 5))

    assert findings(holding(record, record), "KPC006") == [
        (
            5,
            "KPC006",
            "a layer of model `model` is not known: `crf.CRF` is not part of this file; "
            "its count is a lower bound",
        )
    ]
