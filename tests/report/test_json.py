"""The JSON of `paramcount summary` keeps its contract: keys, nulls, columns, schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flake8_paramcount.dims import symbol
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import Model, Reason, Variant
from flake8_paramcount.report import FileError, FileReport
from flake8_paramcount.report.json import SummaryJson, dumps, schema
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize
from flake8_paramcount.unknown import Unknown
from tests.handmade import branch, dense, embedding, layer, locate, model, of_layers, weight

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "summary.schema.json"

MODEL_KEYS = [
    "name",
    "function",
    "call_line",
    "line",
    "column",
    "kind",
    "built",
    "status",
    "total",
    "trainable",
    "non_trainable",
    "minimum",
    "maximum",
    "expression",
    "reasons",
    "input_shape",
    "output_shape",
    "layers",
]
LAYER_KEYS = [
    "name",
    "class",
    "line",
    "column",
    "output_shape",
    "weights",
    "total",
    "trainable",
    "status",
    "formula",
    "shared",
    "proven",
]
WORDS = symbol("vocab_size", lower=1, site=7)


def document(*models: Model, errors: tuple[FileError, ...] = ()) -> dict[str, Any]:
    summaries = tuple(summarize(each, Settings()) for each in models)
    text = dumps([FileReport("models.py", summaries, locate)], errors)
    SummaryJson.model_validate_json(text)
    found: dict[str, Any] = json.loads(text)
    return found


def only(record: Model) -> dict[str, Any]:
    found: dict[str, Any] = document(record)["files"][0]["models"][0]
    return found


def test_published_schema_is_current() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == schema()


def test_document_without_files() -> None:
    assert json.loads(dumps([], [])) == {"schema": 1, "files": [], "errors": []}


def test_document_with_an_error() -> None:
    found = document(errors=(FileError("gone.py", "cannot be read: No such file"),))

    assert found["errors"] == [{"path": "gone.py", "message": "cannot be read: No such file"}]
    assert found["files"] == [{"path": "models.py", "models": []}]


def test_exact_model() -> None:
    variant = Variant(
        (dense(1, 784, 10),), input_shape=Shape((None, 784)), output_shape=Shape((None, 10))
    )
    found = only(model(variant, name="classifier", function="build", site=3, call_site=40))

    assert list(found) == MODEL_KEYS
    assert list(found["layers"][0]) == LAYER_KEYS
    assert found == {
        "name": "classifier",
        "function": "build",
        "call_line": 40,
        "line": 3,
        "column": 4,
        "kind": "sequential",
        "built": True,
        "status": "exact",
        "total": 7_850,
        "trainable": 7_850,
        "non_trainable": 0,
        "minimum": 7_850,
        "maximum": 7_850,
        "expression": None,
        "reasons": [],
        "input_shape": [None, 784],
        "output_shape": [None, 10],
        "layers": [
            {
                "name": "dense",
                "class": "Dense",
                "line": 10,
                "column": 4,
                "output_shape": [None, 10],
                "weights": [
                    {"name": "kernel", "shape": [784, 10], "trainable": True},
                    {"name": "bias", "shape": [10], "trainable": True},
                ],
                "total": 7_850,
                "trainable": 7_850,
                "status": "exact",
                "formula": "784·10 + 10",
                "shared": False,
                "proven": True,
            }
        ],
    }


def test_symbolic_model() -> None:
    found = only(of_layers(embedding(1, WORDS, 64)))

    assert (found["status"], found["expression"]) == ("symbolic", "64·vocab_size")
    assert (found["total"], found["trainable"], found["non_trainable"]) == (None, None, 0)
    assert (found["minimum"], found["maximum"]) == (64, None)
    assert found["layers"][0]["weights"][0]["shape"] == ["vocab_size", 64]
    assert found["layers"][0]["total"] is None
    assert found["reasons"] == [
        "`vocab_size` is not known (line 7); settle it: # paramcount: vocab_size=…"
    ]


def test_range() -> None:
    found = only(model(branch(True, dense(1, 8, 8)), branch(False, dense(1, 8, 4))))

    assert (found["status"], found["total"]) == ("range", None)
    assert (found["minimum"], found["maximum"]) == (36, 72)


def test_unknown_model() -> None:
    mine = layer(1, "mine", "Mine", known=False, reasons=(Reason("`Mine` is not known"),))
    found = only(of_layers(mine))

    assert (found["status"], found["total"], found["minimum"]) == ("unknown", None, None)
    assert found["reasons"] == ["`Mine` is not known"]
    assert (found["input_shape"], found["output_shape"]) == (None, None)


def test_model_without_variants() -> None:
    found = only(model())

    assert (found["built"], found["layers"], found["input_shape"]) == (False, [], None)


def test_model_is_built_only_if_every_variant_is() -> None:
    part = dense(1, 8, 4)

    assert only(model(Variant((part,)), Variant((part,), built=False)))["built"] is False


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param(Shape(Unknown("not known")), None, id="unknown rank"),
        pytest.param(Shape((None, 4)), [None, 4], id="one"),
        pytest.param(Shape((None, WORDS)), [None, "vocab_size"], id="symbol"),
        pytest.param(
            (Shape((None, 4)), Shape(Unknown("not known"))), [[None, 4], None], id="several"
        ),
    ],
)
def test_shapes(shape: Shape | tuple[Shape, ...] | None, expected: object) -> None:
    found = only(of_layers(layer(1, "a", "A", output=shape)))

    assert found["layers"][0]["output_shape"] == expected


def test_layer_made_by_no_call_stands_where_its_model_does() -> None:
    found = only(of_layers(layer(1, "input_layer", "InputLayer", site=0), site=9))

    assert (found["layers"][0]["line"], found["layers"][0]["column"]) == (9, 4)


def test_nested_weights_are_listed() -> None:
    inner = Variant((dense(2, 8, 4),))
    found = only(of_layers(layer(1, "encoder", "Sequential", nested=inner)))

    assert [each["shape"] for each in found["layers"][0]["weights"]] == [[8, 4], [4]]


def test_lone_surrogates_do_not_stop_the_report() -> None:
    found = only(of_layers(layer(1, "a\ud800", "A"), name="b\udcff"))

    assert (found["name"], found["layers"][0]["name"]) == ("b\\udcff", "a\\ud800")


def test_number_too_long_to_print_is_left_out() -> None:
    found = only(of_layers(layer(1, "a", "A", weight((1, 0), "w", 10**5_000))))

    assert (found["total"], found["minimum"]) == (None, None)
    assert found["layers"][0]["weights"][0]["shape"] == ["about 10^5000"]


def test_reason_that_quotes_several_lines_is_one_line() -> None:
    why = Reason("Dense(\n    units,\n)(x): not known", 3)
    found = only(model(Variant((), reasons=(why,))))

    assert found["reasons"] == ["Dense( units, )(x): not known (line 3)"]


def test_models_stay_in_order() -> None:
    found = document(*(of_layers(name=name) for name in "abc"))

    assert [each["name"] for each in found["files"][0]["models"]] == ["a", "b", "c"]
