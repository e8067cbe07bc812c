"""The plugin class: its gate, its fence, and what it hands to flake8."""

from __future__ import annotations

import argparse
import ast
from typing import Any

import pytest
from flake8.options.manager import OptionManager

from flake8_paramcount import plugin
from flake8_paramcount.codes import OFF_BY_DEFAULT
from flake8_paramcount.options import OPTIONS
from flake8_paramcount.plugin import RERAISE, ParamCount, imports_keras

MODEL = """\
from keras import Sequential, layers

model = Sequential([layers.Embedding(1000, 64), layers.Dropout(50)])
"""


class BrokenLines(list[str]):
    """Lines that cannot be read: the fence must hold whatever goes wrong behind it."""

    def __iter__(self) -> Any:
        raise RuntimeError("broken on purpose")


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParamCount, "_options", None)
    monkeypatch.setattr(ParamCount, "_settings", None)
    monkeypatch.setenv(RERAISE, "1")


def violations(source: str) -> list[tuple[int, int, str, type[Any]]]:
    return list(ParamCount(ast.parse(source), source.splitlines(keepends=True), "m.py").run())


def manager() -> OptionManager:
    return OptionManager(version="7", plugin_versions="", parents=[], formatter_names=[])


def use(*argv: str) -> None:
    """Set the plugin up as flake8 does."""
    options = manager()
    ParamCount.add_options(options)
    parsed = options.parse_args(list(argv))
    chosen = {"select": None, "extend_select": None, "ignore": None, "extend_ignore": None}
    extended = {
        "extended_default_ignore": options.extended_default_ignore,
        "extended_default_select": ["KPC"],
    }
    ParamCount.parse_options(argparse.Namespace(**vars(parsed), **chosen, **extended))


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("", id="empty"),
        pytest.param("import os\n", id="another import"),
        pytest.param("import keras_tuner\n", id="a longer name"),
        pytest.param("from . import keras\n", id="relative import"),
        pytest.param("from .keras import layers\n", id="relative module"),
        pytest.param("from torch.nn import Sequential\n", id="another library"),
        pytest.param("x = 'import keras'\n", id="in a string"),
        pytest.param("keras = lambda: (yield)\n", id="lambda"),
    ],
)
def test_gate_stays_closed(source: str) -> None:
    assert not imports_keras(ast.parse(source))


@pytest.mark.parametrize(
    "statement",
    [
        "import keras",
        "import os, keras",
        "import keras as k",
        "import keras.layers",
        "import tensorflow as tf",
        "import tensorflow.keras as keras",
        "import tf_keras",
        "from keras import *",
        "from keras.layers import Dense",
        "from tensorflow import keras",
        "from tensorflow import *",
        "from tensorflow.keras.models import Sequential",
        "from tf_keras import layers",
    ],
)
@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("{}", id="module"),
        pytest.param("def f():\n    def g():\n        {}", id="function"),
        pytest.param("class A:\n    async def f(self):\n        {}", id="method"),
        pytest.param("try:\n    pass\nexcept ImportError:\n    {}", id="except"),
        pytest.param("try:\n    pass\nfinally:\n    {}", id="finally"),
        pytest.param("if a:\n    pass\nelif b:\n    pass\nelse:\n    {}", id="else"),
        pytest.param("with a:\n    {}", id="with"),
        pytest.param("for a in b:\n    pass\nelse:\n    {}", id="for else"),
        pytest.param("while a:\n    {}", id="while"),
        pytest.param("match a:\n    case 1:\n        {}", id="match"),
    ],
)
def test_gate_opens(statement: str, frame: str) -> None:
    assert imports_keras(ast.parse(frame.format(statement)))


def test_gate_copes_with_long_chains_and_deep_expressions() -> None:
    chain = "if a:\n    pass\n" + "elif a:\n    pass\n" * 90
    assert not imports_keras(ast.parse(chain + f"x = {'-' * 500}1\n"))


def test_directive_alone_opens_nothing() -> None:
    assert not violations("x = 'keras'  # paramcount: nonsense\n")


def test_violations_are_sorted_and_name_the_type() -> None:
    use("--paramcount-budget=10k")

    found = violations(MODEL)

    assert [(line, column, text[:6]) for line, column, text, _ in found] == [
        (3, 8, "KPC101"),
        (3, 48, "KPC301"),
    ]
    assert {kind for *_, kind in found} == {ParamCount}


def test_columns_count_characters_not_bytes() -> None:
    line = "ä = 'äöü'; m = Sequential([layers.Dropout(50)])"
    use()

    (violation,) = violations(f"from keras import layers, Sequential\n{line}\n")

    assert violation[:2] == (2, line.index("layers"))


def test_plugin_runs_without_options() -> None:
    assert "KPC301" in {text[:6] for _, _, text, _ in violations(MODEL)}


def test_the_file_on_disk_is_not_read(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.py").write_text("import keras\nthis is not Python\n")

    assert "KPC301" in {text[:6] for _, _, text, _ in violations(MODEL)}


def test_no_exception_leaves_the_fence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(RERAISE)

    assert list(ParamCount(ast.parse(MODEL), BrokenLines(), "m.py").run()) == []


def test_our_own_tests_see_exceptions() -> None:
    with pytest.raises(RuntimeError, match="on purpose"):
        list(ParamCount(ast.parse(MODEL), BrokenLines(), "m.py").run())


def test_options_are_registered_for_configuration_files_too() -> None:
    options = manager()

    ParamCount.add_options(options)

    assert {option.destination for option in OPTIONS} <= set(options.config_options_dict)
    assert options.extended_default_ignore == list(OFF_BY_DEFAULT)


def test_new_options_replace_the_settings_of_old_ones() -> None:
    use("--paramcount-budget=10k")
    assert "KPC101" in {text[:6] for _, _, text, _ in violations(MODEL)}

    use("--paramcount-budget=10M")
    assert "KPC101" not in {text[:6] for _, _, text, _ in violations(MODEL)}


def test_only_codes_that_flake8_shows_are_looked_for() -> None:
    use()
    assert ParamCount._options is not None

    seen = plugin._seen(ParamCount._options)

    assert "KPC101" in seen
    assert not seen & set(OFF_BY_DEFAULT)
