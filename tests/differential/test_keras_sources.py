"""The model files of `keras.applications` as installed, read as source text: totals are Keras'."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from keras.src import applications as real

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.keras.applications import CONSTRUCTORS, ONLY_KERAS_2
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

RECORDED = Path(__file__).parents[1] / "keras" / "applications_totals.json"
TOTALS: dict[str, Any] = json.loads(RECORDED.read_text(encoding="utf-8"))["totals"]

# Several calls of a file's constructors need more than one file with one call.
PLENTY = Settings(fuel=10 * Settings().fuel)


def path_of(module: str) -> Path:
    return Path(real.__path__[0]) / f"{module}.py"


FILES: dict[str, list[str]] = {}
for _name, (_module, *_) in CONSTRUCTORS.items():
    if path_of(_module).exists():
        FILES.setdefault(_module, []).append(_name)


def outcomes(module: str, calls: str, settings: Settings) -> list[list[Any]]:
    """Trainable, non-trainable and output shape of the whole models that a file makes."""
    path = path_of(module)
    analysis = analyze(path.read_text(encoding="utf-8") + calls, None, settings, str(path))
    found = []
    # What else a file makes is a stack of layers inside of a model.
    for model in (each for each in analysis.models if each.kind == "functional"):
        summary = summarize(model, settings)
        [variant] = model.variants
        assert summary.status == "exact"
        assert isinstance(variant.output_shape, Shape)
        dims = list(variant.output_shape.dims)
        found.append([summary.trainable, summary.non_trainable, dims])
    return found


def test_there_are_files() -> None:
    assert set(CONSTRUCTORS) - ONLY_KERAS_2 == {name for names in FILES.values() for name in names}


@pytest.mark.parametrize("module", FILES)
def test_what_a_file_shows_is_what_its_constructors_make(module: str) -> None:
    """Nothing in the file calls them: each is read once, with its defaults."""
    wanted = [TOTALS[name]["default"] for name in FILES[module]]
    assert sorted(outcomes(module, "", Settings())) == sorted(wanted)


@pytest.mark.parametrize("module", FILES)
def test_what_calls_make(module: str) -> None:
    """The first constructor of each file in all ways, the others in one."""
    first, *others = FILES[module]
    recorded = [(first, *each) for each in TOTALS[first].items()]
    recorded += [(name, "classes=10", TOTALS[name]["classes=10"]) for name in others]
    # A call that Keras refuses ends the program.
    recorded.sort(key=lambda each: each[-1] is None)
    calls = "".join(
        f"{name}({'' if given == 'default' else given + ', '}weights=None)\n"
        for name, given, _ in recorded
    )
    wanted = [each[-1] for each in recorded if each[-1] is not None]
    assert outcomes(module, calls, PLENTY) == wanted
