"""KPC105 and KPC110: models against their baseline, and the memory of their outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flake8_paramcount.baseline import read, recorded_in
from flake8_paramcount.settings import Baseline, Growth, Recorded
from flake8_paramcount.unknown import Unknown
from tests.rules.making import call, findings, model, sequence, variant

VECTOR = (None, 64)


def baseline(*models: Recorded) -> Baseline:
    return Baseline("/nowhere/baseline.json", {"example.py": models})


def had(total: int | None, name: str = "model", function: str | None = None) -> Recorded:
    return Recorded(name, function, total)


DENSE = sequence(VECTOR, call("Dense", 10))
"""A model of 650 parameters."""


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({}, id="no baseline"),
        pytest.param({"baseline": baseline(had(650))}, id="the same"),
        pytest.param({"baseline": baseline(had(900))}, id="smaller now"),
        pytest.param({"baseline": baseline(had(600)), "growth": Growth(50)}, id="by a number"),
        pytest.param(
            {"baseline": baseline(had(600)), "growth": Growth(percent=9.0)}, id="by a part"
        ),
        pytest.param({"baseline": baseline(had(None))}, id="not known before"),
        pytest.param({"baseline": baseline(had(1, "other"))}, id="another model"),
        pytest.param({"baseline": baseline(had(1, function="build"))}, id="another function"),
    ],
)
def test_no_growth(settings: dict[str, Any]) -> None:
    assert findings(DENSE, "KPC105", **settings) == []


def test_growth() -> None:
    found = findings(DENSE, "KPC105", baseline=baseline(had(600)), growth=Growth(percent=5.0))

    assert found == [
        (
            1,
            "KPC105",
            "model `model` has 650 parameters, 50 more than the 600 of its baseline, "
            "which may grow by 30",
        )
    ]


def test_lower_bound_is_above_the_baseline() -> None:
    record = sequence(VECTOR, call("Dense", 10), call("Dense", Unknown("read", "n")))
    ((_, _, message),) = findings(record, "KPC105", baseline=baseline(had(600)))

    assert message.startswith("model `model` has at least ")


def test_second_model_of_a_name() -> None:
    recorded = baseline(had(650), had(100))
    found = findings([DENSE, DENSE], "KPC105", baseline=recorded)

    assert [message for *_, message in found] == [
        "model `model` has 650 parameters, 550 more than the 100 of its baseline"
    ]


def test_strict_mode_wants_every_model() -> None:
    empty = baseline()

    assert findings(DENSE, "KPC105", baseline=empty) == []
    assert findings(DENSE, "KPC105", baseline=empty, baseline_strict=True) == [
        (1, "KPC105", "model `model` is not in the baseline")
    ]


def test_baseline_is_read_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "baseline.json"
    path.parent.mkdir()
    entry = {"name": "model", "function": None, "total": None, "maximum": 7}
    path.write_text(json.dumps({"files": [{"path": "../net.py", "models": [entry]}]}))

    assert recorded_in(read(str(path)), str(tmp_path / "net.py")) == (had(7),)
    assert recorded_in(read(str(path)), str(tmp_path / "other.py")) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"files": 3}',
        '{"files": [{"path": "a.py", "models": [{}]}]}',
        '{"files": [{"path": "a", "models": '
        '[{"name": null, "function": null, "total": "7", "maximum": null}]}]}',
        "[" * 100_000,
    ],
)
def test_no_baseline(text: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)

    with pytest.raises(ValueError, match="paramcount summary"):
        read(str(path))


def test_missing_baseline(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        read(str(tmp_path / "baseline.json"))


# -- memory -------------------------------------------------------------------------------------

IMAGE = (None, 10, 10, 3)
CONV = call("Conv2D", 4, 1)


@pytest.mark.parametrize(
    ("record", "settings"),
    [
        pytest.param(sequence(IMAGE, CONV), {}, id="no budget"),
        pytest.param(sequence(IMAGE, CONV), {"activation_budget": 51_200}, id="within"),
        pytest.param(
            sequence(IMAGE, CONV), {"activation_budget": 1_600, "batch": 1}, id="smaller batch"
        ),
        pytest.param(
            sequence((1, 10, 10, 3), CONV), {"activation_budget": 1_600}, id="batch of the model"
        ),
        pytest.param(
            sequence((None, None, None, 3), CONV), {"activation_budget": 600}, id="any size"
        ),
        pytest.param(
            model(variant(IMAGE, CONV, CONV), variant(IMAGE, call("Flatten"))),
            {"activation_budget": 51_200},
            id="one variant",
        ),
    ],
)
def test_activations_fit(record: Any, settings: dict[str, int]) -> None:
    assert findings(record, "KPC110", **settings) == []


def test_activations_do_not_fit() -> None:
    record = sequence(IMAGE, CONV, call("ReLU"))

    assert findings(record, "KPC110", activation_budget=51_200) == [
        (
            1,
            "KPC110",
            "the outputs of model `model` take 100.0 KiB for a batch of 32, 50.0 KiB more than the "
            "activation budget of 50.0 KiB; largest: Conv2D 50.0 KiB (line 10), "
            "ReLU 50.0 KiB (line 20)",
        )
    ]
