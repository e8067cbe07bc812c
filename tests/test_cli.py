"""The `paramcount` command, as a process: output, exit status, configuration, bad files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flake8_paramcount import __version__
from flake8_paramcount.cli.files import shown
from flake8_paramcount.codes import CODES

ROOT = Path(__file__).resolve().parents[1]

RECURRENT = """\
from keras import Sequential, layers

model = Sequential([
    layers.Input((10,)),
    layers.Embedding(1000, 64),
    layers.SimpleRNN(32),
])
"""
PARAMETRIC = """\
from keras import Sequential, layers

def build(n_words):
    return Sequential([
        layers.Input((10,)),
        layers.Embedding(n_words, 64),
        layers.SimpleRNN(32),
    ])
"""
DROPOUT = """\
from keras import Sequential, layers

model = Sequential()
model.add(layers.Dropout(50))
"""

# What no file may be able to do: end the run, or keep the other files from being done.
BROKEN = {
    "syntax": b"import keras\nmodel = keras.Sequential(\n",
    "python2": b"import keras\nprint 'hello'\n",
    "undecodable": b"import keras\nx = '\xff\xfe'\n",
    "coding": b"# -*- coding: nonsense -*-\nimport keras\n",
    "null": b"import keras\nx = 1\0\n",
    "deep": b"import keras\nx = " + b"(" * 5000 + b")" * 5000 + b"\n",
    "unary": b"import keras\nx = " + b"-" * 20000 + b"1\n",
}


def run(
    *arguments: str,
    cwd: Path,
    given: bytes = b"",
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "flake8_paramcount", *arguments],
        cwd=cwd,
        input=given,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def summary_json(*arguments: str, cwd: Path, given: bytes = b"") -> dict[str, Any]:
    done = run("summary", "--format", "json", *arguments, cwd=cwd, given=given)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def models_of(*arguments: str, cwd: Path) -> list[dict[str, Any]]:
    """The models of the one file that the arguments name."""
    (file,) = summary_json(*arguments, cwd=cwd)["files"]
    models: list[dict[str, Any]] = file["models"]
    return models


# -- summary ----------------------------------------------------------------------------------


def test_summary_prints_the_table(tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    done = run("summary", "a.py", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "model: sequential model, a.py:3:9, Keras 3",
        "Layer                   Output shape    Params  Share  Arithmetic",
        "───────────────────────────────────────────────────────────────────────",
        "embedding (Embedding)   (None, 10, 64)  64,000  95.4%  1,000·64",
        "simple_rnn (SimpleRNN)  (None, 32)       3,104   4.6%  64·32 + 32² + 32",
        "───────────────────────────────────────────────────────────────────────",
        "Total params: 67,104 (262.12 KiB as float32)",
        "Trainable params: 67,104",
        "Non-trainable params: 0",
        "",
    ]


@pytest.mark.parametrize("number", ["640,000", "67,104", "9,408", "4,457,472", "28,704"])
def test_summary_prints_the_founding_numbers(number: str) -> None:
    done = run("summary", "examples/seed.py", cwd=ROOT)

    assert f"Total params: {number}" in done.stdout


def test_summary_json(tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    found = summary_json("a.py", cwd=tmp_path)

    assert (found["schema"], found["errors"]) == (1, [])
    ((model,),) = [file["models"] for file in found["files"]]
    assert [file["path"] for file in found["files"]] == ["a.py"]
    assert (model["name"], model["line"], model["column"]) == ("model", 3, 8)
    assert (model["status"], model["total"]) == ("exact", 67_104)
    assert [(layer["class"], layer["line"], layer["column"]) for layer in model["layers"]] == [
        ("Embedding", 5, 4),
        ("SimpleRNN", 6, 4),
    ]


def test_columns_count_code_points(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "import keras\nsmörgås = '🥪'; m = keras.Sequential([])\n")
    found = summary_json("a.py", cwd=tmp_path)

    assert found["files"][0]["models"][0]["column"] == 19


def test_summary_of_several_files_keeps_their_order(tmp_path: Path) -> None:
    for name in ("b.py", "a.py"):
        write(tmp_path, name, RECURRENT)
    found = summary_json("b.py", "a.py", cwd=tmp_path)

    assert [file["path"] for file in found["files"]] == ["b.py", "a.py"]


def test_summary_of_a_file_without_keras(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "x = 1\n")
    done = run("summary", "a.py", cwd=tmp_path)

    assert (done.returncode, done.stdout.strip()) == (0, "a.py: no Keras model")


def test_summary_of_an_empty_file(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "")

    assert summary_json("a.py", cwd=tmp_path)["files"] == [{"path": "a.py", "models": []}]


def test_summary_of_standard_input(tmp_path: Path) -> None:
    found = summary_json(
        "--stdin-display-name", "shown.py", "-", cwd=tmp_path, given=RECURRENT.encode()
    )

    assert [file["path"] for file in found["files"]] == ["shown.py"]
    assert found["files"][0]["models"][0]["total"] == 67_104


def test_summary_walks_directories(tmp_path: Path) -> None:
    for name in ("z.py", "inner/a.py", ".hidden/b.py", "env/lib/c.py", "__pycache__/d.py", "e.txt"):
        write(tmp_path, name, RECURRENT)
    write(tmp_path, "env/pyvenv.cfg", "")
    found = summary_json(".", cwd=tmp_path)

    paths = [Path(file["path"]).as_posix() for file in found["files"]]
    assert paths == ["z.py", "inner/a.py"]


@pytest.mark.parametrize("name", BROKEN)
def test_summary_goes_on_after_a_broken_file(name: str, tmp_path: Path) -> None:
    write(tmp_path, "broken.py", BROKEN[name])
    write(tmp_path, "good.py", RECURRENT)
    done = run("summary", "--format", "json", "broken.py", "good.py", cwd=tmp_path)

    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (2, "")
    assert [error["path"] for error in found["errors"]] == ["broken.py"]
    assert "\n" not in found["errors"][0]["message"]
    assert [file["path"] for file in found["files"]] == ["good.py"]


def test_summary_of_a_missing_file(tmp_path: Path) -> None:
    done = run("summary", "gone.py", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "gone.py: cannot be read: No such file or directory\n"


def test_file_name_that_is_no_text_can_be_printed() -> None:
    shown("\udcff.py").encode()


def test_summary_without_files_is_wrong_usage(tmp_path: Path) -> None:
    done = run("summary", cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.endswith("error: give at least one FILE\n")


def test_schema_is_the_published_one(tmp_path: Path) -> None:
    published = json.loads((ROOT / "docs" / "summary.schema.json").read_text(encoding="utf-8"))

    assert json.loads(run("schema", cwd=tmp_path).stdout) == published
    assert json.loads(run("summary", "--schema", cwd=tmp_path).stdout) == published


def test_options_of_the_analysis(tmp_path: Path) -> None:
    write(tmp_path, "a.py", PARAMETRIC)

    (symbolic,) = models_of("a.py", cwd=tmp_path)
    (exact,) = models_of("--paramcount-assume", "n_words=1000", "a.py", cwd=tmp_path)

    assert (symbolic["status"], symbolic["expression"]) == ("symbolic", "64·n_words + 3,104")
    assert (exact["status"], exact["total"]) == ("exact", 67_104)


def test_summary_reads_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    write(tmp_path, "setup.cfg", "[flake8]\nparamcount-dtype = float16  # half\nignore = E501\n")

    assert "131.06 KiB as float16" in run("summary", "a.py", cwd=tmp_path).stdout
    assert "262.12 KiB as float32" in run("summary", "--isolated", "a.py", cwd=tmp_path).stdout


@pytest.mark.parametrize("command", ["summary", "check"])
def test_wrong_option_value_is_one_line(command: str, tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    done = run(command, "--paramcount-budget=many", "a.py", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    last = done.stderr.splitlines()[-1]
    assert "--paramcount-budget" in last
    assert "'many'" in last
    assert "5M" in last


@pytest.mark.parametrize("command", ["summary", "check"])
def test_wrong_value_in_the_configuration_is_one_line(command: str, tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    write(tmp_path, ".flake8", "[flake8]\nparamcount-keras = 9\n")
    done = run(command, "a.py", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "--paramcount-keras" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("command", ["summary", "check"])
def test_missing_configuration_is_one_line(command: str, tmp_path: Path) -> None:
    done = run(command, "--config", "gone.cfg", "a.py", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert "gone.cfg" in done.stderr.splitlines()[-1]


def test_reader_that_has_enough_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT * 200)
    process = subprocess.Popen(
        [sys.executable, "-m", "flake8_paramcount", "summary", "a.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()

    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_output_is_utf8_whatever_the_locale(tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    done = run("summary", "a.py", cwd=tmp_path, environment={"PYTHONIOENCODING": "ascii"})

    assert "1,000·64" in done.stdout


# -- check ------------------------------------------------------------------------------------


def test_check_reports_as_flake8_does(tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT)
    done = run("check", "a.py", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (1, "")
    (line,) = done.stdout.splitlines()
    assert line.startswith("a.py:4:11: KPC301 ")


def test_check_reports_what_flake8_reports(tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT + RECURRENT)
    own = run("check", "--paramcount-budget=1k", "a.py", cwd=tmp_path)
    flake8 = subprocess.run(
        [sys.executable, "-m", "flake8", "--extend-ignore=E,W,F", "--paramcount-budget=1k", "a.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert own.stdout == flake8.stdout
    assert own.returncode == flake8.returncode == 1


def test_check_without_findings_says_nothing(tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    done = run("check", "a.py", cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_looks_at_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, "a.py", "import os,sys\nx=1 ;y = undefined\n")

    assert run("check", "a.py", cwd=tmp_path).returncode == 0


def test_check_honours_noqa(tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT.replace("(50))", "(50))  # noqa: KPC301"))
    write(tmp_path, "b.py", "# flake8: noqa\n" + DROPOUT)

    assert run("check", "a.py", "b.py", cwd=tmp_path).returncode == 0
    assert run("check", "--disable-noqa", "a.py", cwd=tmp_path).returncode == 1


@pytest.mark.parametrize(
    "options",
    [
        "ignore = KPC",
        "extend-ignore = KPC3",
        "select = KPC1",
        "per-file-ignores = a.py: KPC301",
        "exclude = a.py",
        "filename = *.pyx",
    ],
)
def test_check_honours_the_configuration(options: str, tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT)
    write(tmp_path, "tox.ini", f"[flake8]\n{options}\n")

    assert run("check", ".", cwd=tmp_path).stdout == ""
    assert run("check", "--isolated", ".", cwd=tmp_path).returncode == 1


def test_check_reads_budgets_from_the_configuration(tmp_path: Path) -> None:
    write(tmp_path, "a.py", RECURRENT)
    write(tmp_path, "setup.cfg", "[flake8]\nparamcount-budget = 50k\n")
    done = run("check", "a.py", cwd=tmp_path)

    assert done.returncode == 1
    assert "KPC101" in done.stdout
    assert "67,104" in done.stdout


def test_malformed_code_in_the_configuration_is_one_line(tmp_path: Path) -> None:
    write(tmp_path, "setup.cfg", "[flake8]\nignore = model-over-budget\n")
    done = run("check", ".", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1


def test_check_walks_directories(tmp_path: Path) -> None:
    for name in ("z.py", "inner/a.py", ".hidden/b.py", "env/lib/c.py", "e.txt"):
        write(tmp_path, name, DROPOUT)
    write(tmp_path, "env/pyvenv.cfg", "")
    found = run("check", cwd=tmp_path)

    paths = [Path(line.partition(":")[0]).as_posix() for line in found.stdout.splitlines()]
    assert paths == ["inner/a.py", "z.py"]
    assert found.returncode == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_check_in_several_processes(jobs: str, tmp_path: Path) -> None:
    for name in ("a.py", "b.py", "c.py"):
        write(tmp_path, name, DROPOUT)
    done = run("check", "-j", jobs, "c.py", "a.py", "b.py", cwd=tmp_path)

    assert [line[:4] for line in done.stdout.splitlines()] == ["a.py", "b.py", "c.py"]


def test_check_of_standard_input(tmp_path: Path) -> None:
    done = run(
        "check", "--stdin-display-name", "shown.py", "-", cwd=tmp_path, given=DROPOUT.encode()
    )

    assert done.stdout.startswith("shown.py:4:11: KPC301 ")


@pytest.mark.parametrize("name", ["syntax", "python2", "null", "deep", "unary"])
def test_check_goes_on_after_a_broken_file(name: str, tmp_path: Path) -> None:
    write(tmp_path, "a.py", BROKEN[name])
    write(tmp_path, "b.py", DROPOUT)
    done = run("check", "--format=json", "a.py", "b.py", cwd=tmp_path)

    found = json.loads(done.stdout)
    assert done.returncode == 2
    assert [error["path"] for error in found["errors"]] == ["a.py"]
    assert [finding["path"] for finding in found["findings"]] == ["b.py"]


def test_check_of_a_missing_file(tmp_path: Path) -> None:
    write(tmp_path, "b.py", DROPOUT)
    done = run("check", "gone.py", "b.py", cwd=tmp_path)

    assert done.returncode == 2
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["KPC301", "E902"]


def test_check_json(tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT)
    found = json.loads(run("check", "--format", "json", "a.py", cwd=tmp_path).stdout)

    (finding,) = found["findings"]
    assert (found["schema"], found["errors"]) == (1, [])
    assert list(finding) == [
        *("path", "line", "column", "code", "name", "message", "severity", "help")
    ]
    assert (finding["path"], finding["line"], finding["column"]) == ("a.py", 4, 10)
    assert (finding["code"], finding["name"]) == ("KPC301", "dropout-rate")
    assert finding["severity"] == "error"


def test_help_is_where_the_package_says_that_its_documentation_is(tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT)
    write(
        tmp_path,
        "installed/flake8_paramcount-0.1.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: flake8-paramcount\nVersion: 0.1.0\n"
        "Project-URL: Source, https://a.test/source\n"
        "Project-URL: Documentation, https://a.test/docs/\n",
    )
    where = {"PYTHONPATH": os.pathsep.join((str(tmp_path / "installed"), str(ROOT)))}
    outputs = [
        json.loads(run("check", "--format", kind, "a.py", cwd=tmp_path, environment=where).stdout)
        for kind in ("json", "sarif")
    ]

    page = "https://a.test/docs/rules/KPC301.md"
    assert outputs[0]["findings"][0]["help"] == page
    (rule,) = outputs[1]["runs"][0]["tool"]["driver"]["rules"]
    assert (rule["name"], rule["helpUri"]) == ("dropout-rate", page)
    assert rule["defaultConfiguration"] == {"enabled": True, "level": "error"}


def test_without_an_address_the_rules_come_along(tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT)
    write(
        tmp_path,
        "installed/flake8_paramcount-0.1.0.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: flake8-paramcount\nVersion: 0.1.0\n",
    )
    where = {"PYTHONPATH": os.pathsep.join((str(tmp_path / "installed"), str(ROOT)))}
    listed, sarif = (
        json.loads(run("check", "--format", kind, "a.py", cwd=tmp_path, environment=where).stdout)
        for kind in ("json", "sarif")
    )

    page = (ROOT / "docs" / "rules" / "KPC301.md").read_text(encoding="utf-8")
    assert [(rule["code"], rule["page"], rule["help"]) for rule in listed["rules"]] == [
        ("KPC301", page, None)
    ]
    (rule,) = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert rule["help"]["markdown"] == page
    assert "helpUri" not in rule


def test_check_sarif(tmp_path: Path) -> None:
    write(tmp_path, "a.py", DROPOUT)
    found = json.loads(run("check", "--format", "sarif", "a.py", cwd=tmp_path).stdout)

    (sarif_run,) = found["runs"]
    (result,) = sarif_run["results"]
    assert (found["version"], result["ruleId"]) == ("2.1.0", "KPC301")
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "a.py"},
        "region": {"startLine": 4, "startColumn": 11},
    }


# -- what the tool knows ----------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["KPC101", "kpc101", "model-over-budget"])
def test_explain_prints_the_page(asked: str, tmp_path: Path) -> None:
    done = run("explain", asked, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("KPC101 model-over-budget")
    assert "Bad:" in done.stdout
    assert "Good:" in done.stdout


@pytest.mark.parametrize(
    ("asked", "near"),
    [("KPC11", "KPC101"), ("budget", "model-over-budget"), ("dropout", "dropout-rate")],
)
def test_explain_of_a_wrong_code_names_those_near(asked: str, near: str, tmp_path: Path) -> None:
    done = run("explain", asked, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert asked in done.stderr
    assert near in done.stderr


def test_rules_lists_all(tmp_path: Path) -> None:
    done = run("rules", cwd=tmp_path)

    listed = [line.split()[:3] for line in done.stdout.splitlines() if line.startswith("KPC")]
    assert listed == [[code, entry.name, entry.default] for code, entry in sorted(CODES.items())]


def test_layers_lists_the_catalogue(tmp_path: Path) -> None:
    done = run("layers", cwd=tmp_path)

    assert {"Dense", "LSTM", "Conv2D"} <= {line.split()[0] for line in done.stdout.splitlines()}


def test_layers_shows_one(tmp_path: Path) -> None:
    done = run("layers", "lstm", cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith("LSTM(units, ")
    assert "recurrent_kernel (units, 4·units)" in done.stdout
    assert "parameters: 4·(features·units + units² + units)" in done.stdout


def test_layers_of_a_wrong_name(tmp_path: Path) -> None:
    done = run("layers", "Dens", cwd=tmp_path)

    assert done.returncode == 2
    assert "Dense" in done.stderr


def test_version(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"paramcount {__version__}\n"


@pytest.mark.parametrize("arguments", [(), ("nonsense",), ("summary", "--nonsense", "a.py")])
def test_wrong_usage(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("command", ["summary", "check", "explain", "rules", "layers", "schema"])
def test_help(command: str, tmp_path: Path) -> None:
    done = run(command, "--help", cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout.startswith(f"usage: paramcount {command}")
