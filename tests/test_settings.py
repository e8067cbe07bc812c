"""Settings: the record, its look-ups, and the validation of what is given for it."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

import flake8_paramcount
from flake8_paramcount.codes import CODES, OFF_BY_DEFAULT
from flake8_paramcount.options import OPTIONS
from flake8_paramcount.settings import DTYPE_BYTES, Settings
from flake8_paramcount.validation import validated


def test_nothing_is_limited_by_default() -> None:
    settings = Settings()

    assert (settings.budget, settings.layer_budget, settings.trainable_budget) == (None,) * 3
    assert (settings.size_budget, settings.vocab_size, settings.keras) == (None,) * 3
    assert settings.dtype == "float32"
    assert settings.follow_imports
    assert not settings.assume


def test_settings_are_immutable() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().budget = 1  # type: ignore[misc]


def test_settings_travel_to_worker_processes() -> None:
    settings = Settings(budget=5, assume={"n": 1}, codes=frozenset({"KPC101"}))

    assert pickle.loads(pickle.dumps(settings)) == settings


@pytest.mark.parametrize(
    ("stated", "asked", "expected"),
    [
        pytest.param("n", "n", 3, id="name"),
        pytest.param("n", "m", None, id="another name"),
        pytest.param("x.shape[1]", "x.shape[ 1 ]", 3, id="spaces"),
        pytest.param("df['a']", 'df["a"]', 3, id="quotes"),
        pytest.param("x", "x.shape[1]", None, id="a part of it"),
        pytest.param("x", "x +", None, id="no expression"),
    ],
)
def test_assumed_compares_source_text_by_meaning(
    stated: str, asked: str, expected: int | None
) -> None:
    assert Settings(assume={stated: 3}).assumed(asked) == expected


def test_wants_every_code_unless_told() -> None:
    assert Settings().wants("KPC101")
    assert Settings(codes=frozenset({"KPC101"})).wants("KPC101")
    assert not Settings(codes=frozenset({"KPC102"})).wants("KPC101")


def test_every_field_but_codes_has_an_option() -> None:
    fields = {field.name for field in dataclasses.fields(Settings)}

    assert {option.field for option in OPTIONS} == fields - {"codes"}


def test_validated_without_values_gives_the_defaults() -> None:
    assert validated({}) == Settings()


def test_validated_reads_texts_as_options_do() -> None:
    given = {
        "budget": "5M",
        "size_budget": "16MiB",
        "dtype": "float16",
        "assume": "n=3",
        "keras": "2",
        "follow_imports": "no",
    }

    assert validated(given) == Settings(
        budget=5_000_000,
        size_budget=16 * 2**20,
        dtype="float16",
        assume={"n": 3},
        keras=2,
        follow_imports=False,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("budget", -1),
        ("budget", 1.5),
        ("budget", True),
        ("budget", "many"),
        ("layer_budget", [1]),
        ("size_budget", "16M"),
        ("dtype", "float31"),
        ("dtype", 32),
        ("vocab_size", 0),
        ("assume", {"n": "three"}),
        ("keras", 4),
        ("fuel", 0),
        ("follow_imports", 1),
        ("buget", 1),
    ],
)
def test_validated_names_the_field_that_is_wrong(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{field}: ") as caught:
        validated({field: value})
    assert "\n" not in str(caught.value)


def test_types_of_weights_have_sizes() -> None:
    assert DTYPE_BYTES["float16"] == DTYPE_BYTES["bfloat16"] == 2
    assert all(size in (1, 2, 4, 8) for size in DTYPE_BYTES.values())


def test_codes_are_what_flake8_accepts() -> None:
    assert all(code.startswith("KPC") and code[3:].isdigit() and len(code) == 6 for code in CODES)
    assert list(CODES) == sorted(CODES)


def test_off_by_default_are_exactly_the_codes_marked_so() -> None:
    assert set(OFF_BY_DEFAULT) >= {"KPC001", "KPC003", "KPC004"}
    assert all((CODES[code].default == "off") == (code in OFF_BY_DEFAULT) for code in CODES)


def test_analyze_is_the_public_way_in() -> None:
    source = "from keras import Sequential, layers\nm = Sequential([layers.Embedding(100, 8)])\n"

    report = flake8_paramcount.analyze(source, {"budget": "500"}, "model.py")

    assert [summary.total for summary in report.summaries] == [800]
    assert [(f.code, f.line, f.column) for f in report.findings if f.code == "KPC101"] == [
        ("KPC101", 2, 4)
    ]
    assert (report.filename, report.error) == ("model.py", None)


def test_analyze_says_why_it_could_not() -> None:
    report = flake8_paramcount.analyze("def (:\n")

    assert not report.summaries
    assert not report.findings
    assert report.error is not None


def test_analyze_refuses_wrong_settings() -> None:
    with pytest.raises(ValueError, match="budget"):
        flake8_paramcount.analyze("", {"budget": "much"})
