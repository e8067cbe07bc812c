"""The plugin through the real flake8 process: configuration, selection, suppression, bad input."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from flake8_paramcount.options import OPTIONS

MODEL = """\
from keras import Sequential, layers

model = Sequential(
    [
        layers.Embedding(10000, 64),
        layers.SimpleRNN(32),
        layers.Dropout(50),
    ]
)
"""
"""640,000 + 3,104 parameters, and a dropout rate of 50."""

SOUND = MODEL.replace("50", "0.5")

PLAIN = "import os\n\nprint(os.name)\n"

RATE = (7, 9, "KPC301")
OVER = (3, 9, "KPC101")


class Run(NamedTuple):
    status: int
    output: str
    errors: str

    @property
    def found(self) -> list[tuple[int, int, str]]:
        """Line, column (from 1, as flake8 prints it) and code of each violation."""
        lines = re.findall(r"^[^:\n]+:(\d+):(\d+): (\w+)", self.output, re.MULTILINE)
        return [(int(line), int(column), code) for line, column, code in lines]


def flake8(folder: Path, *argv: str, stdin: str | bytes | None = None) -> Run:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "flake8", *argv],
        cwd=folder,
        input=data,
        capture_output=True,
        check=False,
        env={**os.environ, "PARAMCOUNT_RERAISE": "1"},
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(MODEL)
    return tmp_path


def test_flake8_lists_the_plugin(folder: Path) -> None:
    assert "flake8-paramcount: 0.1.0" in flake8(folder, "--version").output.replace("\n", " ")


def test_help_lists_every_option(folder: Path) -> None:
    shown = flake8(folder, "--help").output

    assert all(option.flag in shown for option in OPTIONS)


def test_without_settings_only_faults_are_found(folder: Path) -> None:
    run = flake8(folder, "model.py")

    assert run.found == [RATE]
    assert run.status == 1


def test_budget_on_the_command_line(folder: Path) -> None:
    run = flake8(folder, "--paramcount-budget=100k", "model.py")

    assert run.found == [OVER, RATE]
    assert "643,104" in run.output
    assert "100,000" in run.output


def test_budget_that_is_kept(folder: Path) -> None:
    (folder / "model.py").write_text(SOUND)

    assert flake8(folder, "--paramcount-budget=643104", "model.py").found == []
    assert flake8(folder, "--paramcount-budget=643103", "model.py").found == [OVER]


@pytest.mark.parametrize("name", ["setup.cfg", "tox.ini", ".flake8"])
def test_budget_in_a_configuration_file(folder: Path, name: str) -> None:
    (folder / name).write_text("[flake8]\nparamcount-budget = 100k  # of each model\n")

    assert flake8(folder, "model.py").found == [OVER, RATE]


def test_keys_may_have_underscores(folder: Path) -> None:
    (folder / ".flake8").write_text("[flake8]\nparamcount_budget = 100k\n")

    assert flake8(folder, "model.py").found == [OVER, RATE]


def test_command_line_overrides_the_configuration(folder: Path) -> None:
    (folder / "model.py").write_text(SOUND)
    (folder / ".flake8").write_text("[flake8]\nparamcount-budget = 100k\n")

    assert flake8(folder, "--paramcount-budget=1M", "model.py").found == []


@pytest.mark.parametrize(
    ("argument", "found"),
    [
        ("--paramcount-layer-budget=100k", (5, 9, "KPC102")),
        ("--paramcount-trainable-budget=100k", (3, 9, "KPC103")),
        ("--paramcount-size-budget=1MiB", (3, 9, "KPC104")),
        ("--paramcount-vocab-size=20k", (5, 9, "KPC201")),
    ],
)
def test_other_settings(folder: Path, argument: str, found: tuple[int, int, str]) -> None:
    assert flake8(folder, argument, "model.py").found == [found, RATE]


def test_dtype_decides_the_size(folder: Path) -> None:
    budget = "--paramcount-size-budget=2MiB"

    assert flake8(folder, budget, "model.py").found == [(3, 9, "KPC104"), RATE]
    assert flake8(folder, budget, "--paramcount-dtype=float16", "model.py").found == [RATE]


def test_assumed_values_make_a_count_exact(folder: Path) -> None:
    source = (
        "from data import x\n"
        "from keras import Sequential, layers\n"
        "\n"
        "model = Sequential([layers.Input((x.shape[1],)), layers.Dense(10)])\n"
    )
    (folder / "assumed.py").write_text(source)
    argv = ("--paramcount-budget=100", "assumed.py")

    assert "KPC101" not in flake8(folder, *argv).output
    run = flake8(folder, "--paramcount-assume=n=3,x.shape[1]=13", *argv)
    assert run.found == [(4, 9, "KPC101")]
    assert "140" in run.output


def test_directive_sets_the_budget_of_one_model(folder: Path) -> None:
    source = (
        "from keras import Sequential, layers\n"
        "\n"
        "a = Sequential([layers.Embedding(100, 8)])  # paramcount: budget=500\n"
        "# paramcount: budget=5k\n"
        "b = Sequential([layers.Embedding(100, 8)])\n"
        "c = Sequential([layers.Embedding(100, 8)])\n"
    )
    (folder / "directed.py").write_text(source)

    assert flake8(folder, "directed.py").found == [(3, 5, "KPC101")]
    assert flake8(folder, "--paramcount-budget=600", "directed.py").found == [
        (3, 5, "KPC101"),
        (6, 5, "KPC101"),
    ]


@pytest.mark.parametrize(
    ("inputs", "directive"),
    [
        pytest.param("x.shape[1]", "x.shape[1]=13", id="expression"),
        pytest.param("width", "width=13", id="imported name"),
        pytest.param("undefined", "undefined=13", id="undefined name"),
    ],
)
def test_directive_binds_a_symbol(folder: Path, inputs: str, directive: str) -> None:
    source = (
        "from data import width, x  # noqa\n"
        "from keras import Sequential, layers\n"
        "\n"
        f"# paramcount: budget=100, {directive}\n"
        f"a = Sequential([layers.Input(({inputs},)), layers.Dense(10)])  # noqa: F821\n"
    )
    (folder / "bound.py").write_text(source)

    run = flake8(folder, "bound.py")

    assert run.found == [(5, 5, "KPC101")]
    assert "140" in run.output


def test_bad_directive(folder: Path) -> None:
    source = MODEL.replace("Sequential(\n", "Sequential(  # paramcount: budget=much\n")
    (folder / "model.py").write_text(source)

    run = flake8(folder, "model.py")

    assert run.found == [(3, 22, "KPC002"), RATE]
    assert "budget=much" in run.output


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("budget", "lots", "5M"),
        ("size-budget", "16M", "16MiB"),
        ("dtype", "float31", "float32"),
        ("vocab-size", "0", "at least 1"),
        ("assume", "n:3", "name=value"),
        ("keras", "4", "1, 2, 3, auto"),
        ("follow-imports", "perhaps", "yes, no"),
    ],
)
@pytest.mark.parametrize("place", ["command line", "configuration"])
def test_wrong_value(folder: Path, option: str, value: str, allowed: str, place: str) -> None:
    if place == "configuration":
        (folder / ".flake8").write_text(f"[flake8]\nparamcount-{option} = {value}\n")
        run = flake8(folder, "model.py")
    else:
        run = flake8(folder, f"--paramcount-{option}={value}", "model.py")

    assert run.status == 2
    assert "Traceback" not in run.errors
    (line,) = [line for line in run.errors.splitlines() if "error" in line]
    assert f"--paramcount-{option}: {value!r} is not allowed" in line
    assert allowed in line


def test_standard_input(folder: Path) -> None:
    run = flake8(folder, "--stdin-display-name=shown.py", "-", stdin=MODEL)

    assert run.found == [RATE]
    assert run.output.startswith("shown.py:7:9: KPC301")


def test_two_jobs_find_the_same(folder: Path) -> None:
    for number in range(4):
        (folder / f"model{number}.py").write_text(MODEL)
    argv = ("--paramcount-budget=100k", ".")

    alone, together = flake8(folder, "-j1", *argv), flake8(folder, "-j2", *argv)

    assert alone.found == together.found == [OVER, RATE] * 5
    assert sorted(alone.output.splitlines()) == sorted(together.output.splitlines())


def test_noqa(folder: Path) -> None:
    source = MODEL.replace("(50),", "(50),  # noqa: KPC301")
    (folder / "model.py").write_text(source)
    assert flake8(folder, "--paramcount-budget=100k", "model.py").found == [OVER]

    (folder / "model.py").write_text(source.replace("Sequential(\n", "Sequential(  # noqa\n"))
    assert flake8(folder, "--paramcount-budget=100k", "model.py").found == []


@pytest.mark.parametrize(
    ("argv", "found"),
    [
        (["--select=KPC"], [OVER, RATE]),
        (["--select=KPC1"], [OVER]),
        (["--select=KPC301"], [RATE]),
        (["--select=E,F"], []),
        (["--ignore=KPC101"], [OVER, RATE][1:]),
        (["--extend-ignore=KPC3"], [OVER]),
        (["--extend-ignore=KPC"], []),
        (["--per-file-ignores=model.py:KPC301"], [OVER]),
        (["--disable-noqa"], [OVER, RATE]),
    ],
)
def test_selection(folder: Path, argv: list[str], found: list[tuple[int, int, str]]) -> None:
    run = flake8(folder, "--paramcount-budget=100k", *argv, "model.py")

    # An explicit --ignore turns on what is off by default; that has its own test below.
    shown = [each for each in run.found if each[2] not in ("KPC001", "KPC003", "KPC004")]
    assert [each for each in shown if each[2].startswith("KPC")] == found


def test_off_by_default_codes_are_on_when_asked_for(folder: Path) -> None:
    run = flake8(folder, "--extend-select=KPC003,KPC004", "model.py")

    assert run.found == [
        (3, 9, "KPC004"),
        (5, 9, "KPC003"),
        (6, 9, "KPC003"),
        (7, 9, "KPC003"),
        RATE,
    ]
    assert "643,104" in run.output
    assert "3,104" in run.output


def test_ignoring_something_else_switches_them_on(folder: Path) -> None:
    """That is flake8's rule; `extend-ignore` leaves them off."""
    codes = {code for *_, code in flake8(folder, "--ignore=E501", "model.py").found}

    assert {"KPC003", "KPC004"} <= codes
    assert flake8(folder, "--extend-ignore=E501", "model.py").found == [RATE]


def test_unknown_count_is_explained_when_asked_for(folder: Path) -> None:
    source = (
        "from keras import Sequential, layers\n"
        "from data import width\n"
        "\n"
        "model = Sequential([layers.Input((width,)), layers.Dense(10)])\n"
    )
    (folder / "unknown.py").write_text(source)

    run = flake8(folder, "--extend-select=KPC001", "unknown.py")

    assert run.found == [(4, 9, "KPC001")]
    assert "width" in run.output
    assert flake8(folder, "unknown.py").found == []


def test_several_files_with_and_without_keras(folder: Path) -> None:
    (folder / "plain.py").write_text(PLAIN)
    (folder / "other.py").write_text(SOUND)

    run = flake8(folder, "plain.py", "model.py", "other.py")

    assert run.found == [RATE]
    assert run.output.startswith("model.py:")


def test_violations_stand_in_order_and_once(folder: Path) -> None:
    source = (
        "from keras import Sequential, layers\n"
        "\n"
        "\n"
        "def build():\n"
        "    return Sequential([layers.Dropout(2), layers.Dropout(3)])\n"
        "\n"
        "\n"
        "a, b = build(), build()\n"
    )
    (folder / "twice.py").write_text(source)

    assert flake8(folder, "twice.py").found == [(5, 24, "KPC301"), (5, 43, "KPC301")]


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(b"import keras\ndef (:\n", ["E999"], id="syntax error"),
        pytest.param(b"import keras\nprint keras\n", ["E999"], id="Python 2"),
        pytest.param(b"import keras\nx = '\x00'\n", ["E999"], id="null byte"),
        pytest.param(b"import keras\nx = " + b"(" * 5000, ["E999"], id="deep brackets"),
        # flake8 reads these two as latin-1
        pytest.param(b"import keras\nx = '\xff\xfe'\n", ["F401"], id="undecodable"),
        pytest.param(b"# coding: klingon\nimport keras\n", ["F401"], id="unknown encoding"),
        pytest.param(b"import keras\nkeras.x(" + b"-" * 80 + b"1)\n", [], id="deep signs"),
        pytest.param(b"\xef\xbb\xbfimport keras\n\nkeras.x()\n", [], id="byte order mark"),
        pytest.param(b"import keras\r\nkeras.x()\r\n", [], id="other line ends"),
        pytest.param(b"import keras\n\x0c\nkeras.x()\n", [], id="form feed"),
    ],
)
def test_bad_file_leaves_the_others_alone(folder: Path, data: bytes, codes: list[str]) -> None:
    (folder / "bad.py").write_bytes(data)

    run = flake8(folder, "--extend-ignore=E1,E2,E3,E5,E7,W", "bad.py", "model.py")

    assert "Traceback" not in run.errors
    assert [code for *_, code in run.found] == [*codes, "KPC301"]
    assert run.output.splitlines()[-1].startswith("model.py:7:9: KPC301")


def test_missing_directory(folder: Path) -> None:
    run = flake8(folder, "nowhere", "model.py")

    assert "nowhere:0:1: E902" in run.output
    assert RATE in run.found
    assert "Traceback" not in run.errors


def test_file_that_is_endless_to_run_ends(folder: Path) -> None:
    source = (
        "import keras\n"
        "from keras import layers\n"
        "\n"
        "\n"
        "def build():\n"
        "    return build()\n"
        "\n"
        "\n"
        "build()\n"
        "model = keras.Sequential()\n"
        "for number in range(10**12):\n"
        "    model.add(layers.Dense(number))\n"
        "x = 10**10**10\n"
        "keras.Sequential([layers.Dropout(50)])\n"
    )
    (folder / "endless.py").write_text(source)

    run = flake8(folder, "--paramcount-fuel=100k", "endless.py", "model.py")

    assert run.status == 1
    assert "Traceback" not in run.errors
    assert "model.py:7:9: KPC301" in run.output


MODULES = """\
import json, sys
from flake8.main import cli
cli.main(sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
"""


def loaded(folder: Path, *argv: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", MODULES, "-j1", *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    return {name for name in modules if name.partition(".")[0] in ("libcst", "pydantic", "rich")}


@pytest.mark.parametrize("argv", [(), ("--paramcount-budget=5M", "--paramcount-assume=n=3")])
def test_a_file_without_keras_loads_nothing(tmp_path: Path, argv: tuple[str, ...]) -> None:
    (tmp_path / "plain.py").write_text(PLAIN + "NAME = 'keras'  # paramcount: budget=2M\n")

    assert not loaded(tmp_path, *argv, "plain.py")


def test_a_file_with_keras_loads_what_it_needs(folder: Path) -> None:
    assert "libcst" in loaded(folder, "model.py")
    assert "pydantic" not in loaded(folder, "model.py")


def test_a_file_of_which_nothing_is_selected_loads_nothing(folder: Path) -> None:
    assert not loaded(folder, "--select=E,F,W", "model.py")
