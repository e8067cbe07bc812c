"""Declared layers: the file, its errors, the expressions, and programs that use them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

import flake8_paramcount
from flake8_paramcount.codes import CODES
from flake8_paramcount.declarations import read
from flake8_paramcount.keras.declared import Term
from flake8_paramcount.unknown import Undetermined

HEAD = "from keras import Input, Model, Sequential, layers\n"
PROJECTION: dict[str, Any] = {
    "arguments": ["units", "use_bias=True"],
    "weights": {
        "kernel": ["features", "units"],
        "bias": {"shape": ["units"], "when": "use_bias"},
    },
    "output": ["...", "units"],
}


def declare(folder: Path, layers: object) -> str:
    path = folder / "layers.json"
    path.write_text(json.dumps(layers), encoding="utf-8")
    return str(path)


def analyzed(folder: Path, source: str, **layers: Any) -> Any:
    path = declare(folder, layers)
    report = flake8_paramcount.analyze(HEAD + source, {"layers": path})
    (summary,) = report.summaries
    return summary


def rows(summary: Any) -> list[tuple[str, str, str]]:
    return [(row.layer.class_name, row.formula, str(row.layer.output)) for row in summary.rows]


# -- expressions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("a", 7), ("a + 2*b", 13), ("(a - b) // 2", 2), ("-(b - a)", 4), ("a // 2 * 2", 6)],
)
def test_value(text: str, value: int) -> None:
    assert Term(text).value({"a": 7, "b": 3}.__getitem__) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "a b", "a ** b", "a / b", "a % b", "f(a)", "a.b", "a[0]", "'a'", "1.5", "True"),
        *("lambda: a", "a if b else c", "[a]", "a := 1", "__import__('os')", "~a", "not a"),
        *("(" * 100 + "a" + ")" * 100 + "+1" * 100, "a" * 201),
    ],
)
def test_no_other_code(text: str) -> None:
    with pytest.raises(ValueError, match="give names, whole numbers"):
        Term(text)


def test_division_by_nothing() -> None:
    with pytest.raises(Undetermined):
        Term("a // b").value({"a": 7, "b": 0}.__getitem__)


# -- the file ---------------------------------------------------------------------------------

WRONG: dict[str, tuple[object, str]] = {
    "no mapping": ([1], "valid dictionary"),
    "a number": ({"A": 1}, "layer 'A'"),
    "unknown key": ({"A": {"weight": {}}}, "layer 'A': weight: Extra inputs"),
    "expression": (
        {"A": {"weights": {"k": ["features ** 2"]}}},
        "weights.k: 'features ** 2': give",
    ),
    "name": ({"A": {"weights": {"k": ["units"]}}}, "weights.k: `units` is neither an argument"),
    "free weight": ({"A": {"weights": {"k": [None, 3]}}}, "weights.k: a weight has neither"),
    "flag": ({"A": {"weights": {"k": {"shape": [3], "when": "b"}}}}, "when: give an argument"),
    "argument": ({"A": {"arguments": ["a b"]}}, "arguments: 'a b': give a name"),
    "default": ({"A": {"arguments": ["a=f()"]}}, "arguments: 'a=f()': give a number"),
    "input": ({"A": {"input": ["a", "a"]}}, "give each axis a name of its own"),
    "two rests": ({"A": {"input": ["...", "a", "..."]}}, "may stand there once"),
    "output": ({"A": {"input": ["a", "b"], "output": ["...", "b"]}}, "output: '...' stands for"),
    "class": ({"a-b": {}}, "layer 'a-b': give the name of a class"),
    "Keras' own": ({"Dense": {}}, "layer 'Dense': Keras has a layer of that name"),
}


@pytest.mark.parametrize(("layers", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_declaration_names_file_and_layer(
    layers: object, message: str, tmp_path: Path
) -> None:
    path = declare(tmp_path, layers)

    with pytest.raises(ValueError, match=r"layers\.json: ") as caught:
        read(path)

    assert message in str(caught.value)
    assert str(caught.value).startswith(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "layers.json").write_text("{")
    for name in ("layers.json", "gone.json"):
        with pytest.raises(ValueError, match="give a JSON or TOML file"):
            read(str(tmp_path / name))


def test_toml(tmp_path: Path) -> None:
    path = tmp_path / "layers.toml"
    path.write_text(
        '[Pool]\narguments = ["units"]\noutput = ["None", "units"]\n'
        'weights.kernel = ["features", "units"]\n'
    )
    if sys.version_info < (3, 11):
        with pytest.raises(ValueError, match=r"TOML needs Python 3\.11"):
            read(str(path))
        return
    assert list(read(str(path))) == ["Pool"]


# -- in a program -----------------------------------------------------------------------------


def test_an_imported_class(tmp_path: Path) -> None:
    found = analyzed(
        tmp_path,
        "from mine import Projection\n"
        "model = Sequential([Input((5, 8)), Projection(16), Projection(2, use_bias=False),"
        " layers.Dense(1)])\n",
        Projection=PROJECTION,
    )

    assert rows(found) == [
        ("Projection", "8·16 + 16", "Shape((None, 5, 16))"),
        ("Projection", "16·2", "Shape((None, 5, 2))"),
        ("Dense", "2·1 + 1", "Shape((None, 5, 1))"),
    ]
    assert found.total == 144 + 32 + 3


@pytest.mark.parametrize("called", ["Projection", "nn.Projection", "mine.nn.Projection"])
def test_by_name_or_by_path(called: str, tmp_path: Path) -> None:
    source = (
        "import mine.nn\n"
        "inputs = Input((8,))\nmodel = Model(inputs, mine.nn.Projection(units=4)(inputs))\n"
    )

    assert analyzed(tmp_path, source, **{called: PROJECTION}).total == 36


def test_by_another_path(tmp_path: Path) -> None:
    source = "from other import Projection\nmodel = Sequential([Input((8,)), Projection(4)])\n"

    assert analyzed(tmp_path, source, **{"mine.Projection": PROJECTION}).total is None


def test_a_class_with_the_name_of_one_of_keras(tmp_path: Path) -> None:
    found = analyzed(
        tmp_path,
        "import mine\nmodel = Sequential([Input((8,)), layers.Dense(4), mine.Dense(4)])\n",
        **{"mine.Dense": {"arguments": ["units"], "weights": {"k": ["units", "features"]}}},
    )

    assert [row[:2] for row in rows(found)] == [("Dense", "8·4 + 4"), ("mine.Dense", "4²")]


def test_a_class_of_the_file(tmp_path: Path) -> None:
    source = (
        "class Projection(layers.Layer):\n"
        "    def build(self, shape):\n"
        "        self.kernel = self.add_weight(shape=secret(shape))\n"
        "model = Sequential([Input((8,)), Projection(4)])\n"
    )

    assert analyzed(tmp_path, source).total is None
    assert analyzed(tmp_path, source, Projection=PROJECTION).total == 36


def test_symbols_unknown_inputs_and_other_keywords(tmp_path: Path) -> None:
    source = "from mine import P\nmodel = Sequential([{}P(n, kernel_initializer='zeros')])\n"

    assert analyzed(tmp_path, source.format("Input((8,)), "), P=PROJECTION).expression == "9·n"
    assert analyzed(tmp_path, source.format("Input((None, 8)), "), P=PROJECTION).expression == "9·n"
    free = analyzed(tmp_path, source.format("Input((None,)), "), P=PROJECTION)
    assert (free.total, free.minimum) == (None, None)
    fixed = {"arguments": ["n"], "weights": {"k": ["n"]}, "output": ["...", "n"]}
    assert analyzed(tmp_path, source.format(""), P=fixed).expression == "n"


def test_what_is_not_declared_is_unknown(tmp_path: Path) -> None:
    for call in ("P()", "P(1, 2, 3)", "P('wide')", "P(-3)", "P(**options)"):
        source = f"from mine import P\nmodel = Sequential([Input((8,)), {call}])\n"
        found = analyzed(tmp_path, source, P=PROJECTION)
        assert (found.total, found.status) == (None, "unknown"), call


def test_an_undecided_flag_is_a_range(tmp_path: Path) -> None:
    source = "from mine import P\nmodel = Sequential([Input((8,)), P(4, use_bias=flag)])\n"
    found = analyzed(tmp_path, source, P=PROJECTION)

    assert (found.minimum, found.maximum) == (32, 36)


def test_frozen_and_wrapped(tmp_path: Path) -> None:
    found = analyzed(
        tmp_path,
        "from mine import P\nmodel = Sequential([Input((5, 8)),"
        " layers.TimeDistributed(P(4)), P(2, trainable=False, name='last')])\n",
        P=PROJECTION,
    )

    assert (found.total, found.trainable) == (36 + 10, 36)
    assert found.rows[-1].layer.label == "last"


def test_the_rank_of_the_input(tmp_path: Path) -> None:
    path = declare(tmp_path, {"P": {"input": ["batch", "steps", "features"]}})
    source = f"{HEAD}from mine import P\nmodel = Sequential([Input((8,)), P()])\n"
    report = flake8_paramcount.analyze(source, {"layers": path})

    codes = {finding.code for finding in report.findings}
    assert {code for code in codes if CODES[code].default != "off"} == {"KPC401"}
