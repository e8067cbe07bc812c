"""`paramcount check --fix` and `--diff`, as a process on scratch files."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

import flake8_paramcount
from flake8_paramcount.codes import CODES
from flake8_paramcount.rules import RULES
from flake8_paramcount.rules.pages import parts
from tests.test_cli import run, write

KERAS_3 = "[flake8]\nparamcount-keras = 3\n"
HEAD = "from keras import Input, Model, Sequential, layers\n"
TOKENS = """\
from keras.preprocessing.text import Tokenizer
tokenizer = Tokenizer()
tokenizer.fit_on_texts(open("corpus.txt"))
"""


class Case(NamedTuple):
    """A file, what becomes of it, and the totals of its models before and after."""

    code: str
    before: str
    after: str
    totals: tuple[list[Any], list[Any]]


def stack(*lines: str, shape: str = "(32, 32, 3)") -> str:
    inside = "".join(f"    {line}\n" for line in (f"Input({shape}),", *lines))
    return f"{HEAD}model = Sequential([\n{inside}])\n"


NORMALIZED = ("layers.BatchNormalization(),",)

CASES = {
    "bias": Case(
        "KPC108",
        stack("layers.Conv2D(64, 3),", *NORMALIZED),
        stack("layers.Conv2D(64, 3, use_bias=False),", *NORMALIZED),
        ([1_792 + 256], [1_728 + 256]),
    ),
    "bias said to be": Case(
        "KPC108",
        stack("layers.Conv2D(64, 3, use_bias = True, padding='same'),", *NORMALIZED),
        stack("layers.Conv2D(64, 3, use_bias = False, padding='same'),", *NORMALIZED),
        ([2_048], [1_984]),
    ),
    "bias by position": Case(
        "KPC108",
        stack("layers.Dense(8, None, True),", *NORMALIZED, shape="(4,)"),
        stack("layers.Dense(8, None, False),", *NORMALIZED, shape="(4,)"),
        ([72], [64]),
    ),
    "bias over lines": Case(
        "KPC108",
        stack("layers.Conv2D(", "    64,", "    3,  # wide", ")  ,  # first", *NORMALIZED),
        stack(
            *(
                "layers.Conv2D(",
                "    64,",
                "    3,  # wide",
                "    use_bias=False,",
                ")  ,  # first",
            ),
            *NORMALIZED,
        ),
        ([2_048], [1_984]),
    ),
    "bias over lines without a comma": Case(
        "KPC108",
        stack("layers.Dense(", "    8", "),", *NORMALIZED, shape="(4,)"),
        stack("layers.Dense(", "    8,", "    use_bias=False", "),", *NORMALIZED, shape="(4,)"),
        ([72], [64]),
    ),
    "biases in a loop": Case(
        "KPC108",
        HEAD
        + dedent("""\
            x = inputs = Input((4,))
            for units in (8, 16):
                x = layers.Dense(units)(x)
                x = layers.BatchNormalization()(x)
            model = Model(inputs, x)
        """),
        HEAD
        + dedent("""\
            x = inputs = Input((4,))
            for units in (8, 16):
                x = layers.Dense(units, use_bias=False)(x)
                x = layers.BatchNormalization()(x)
            model = Model(inputs, x)
        """),
        ([32 + 8 + 128 + 16 + 96], [32 + 128 + 96]),
    ),
    "two on one line": Case(
        "KPC108",
        stack(
            *("layers.Dense(8), layers.BatchNormalization(),", "layers.Dense(4),", *NORMALIZED),
            shape="(4,)",
        ).replace("),\n    layers.Dense(4)", "), layers.Dense(4)"),
        stack(
            "layers.Dense(8, use_bias=False), layers.BatchNormalization(),",
            *("layers.Dense(4, use_bias=False),", *NORMALIZED),
            shape="(4,)",
        ).replace("),\n    layers.Dense(4", "), layers.Dense(4"),
        ([40 + 32 + 36 + 16], [32 + 32 + 32 + 16]),
    ),
    "bias and the comment on it": Case(
        "KPC108",
        stack("layers.Conv2D(64, 3),  # 3*3*3*64 + 64 = 1,792", *NORMALIZED),
        stack("layers.Conv2D(64, 3, use_bias=False),  # 3*3*3*64 = 1,728", *NORMALIZED),
        ([2_048], [1_984]),
    ),
    "one row more": Case(
        "KPC202",
        f"{HEAD}{TOKENS}model = Sequential([layers.Embedding(len(tokenizer.word_index), 8)])\n",
        f"{HEAD}{TOKENS}model = Sequential([layers.Embedding(len(tokenizer.word_index) + 1, 8)])\n",
        (["8·len(tokenizer.word_index)"], ["8·len(tokenizer.word_index) + 8"]),
    ),
    "one row more by name": Case(
        "KPC202",
        f"{HEAD}{TOKENS}n = len(tokenizer.word_index)\n"
        "model = Sequential([layers.Embedding(output_dim=8, input_dim=n)])\n",
        f"{HEAD}{TOKENS}n = len(tokenizer.word_index)\n"
        "model = Sequential([layers.Embedding(output_dim=8, input_dim=n + 1)])\n",
        (["8·len(tokenizer.word_index)"], ["8·len(tokenizer.word_index) + 8"]),
    ),
    "comment": Case(
        "KPC106",
        stack("layers.Dense(8),  # params: 1_234", shape="(400,)"),
        stack("layers.Dense(8),  # params: 3_208", shape="(400,)"),
        ([3_208], [3_208]),
    ),
    "comment with arithmetic": Case(
        "KPC106",
        stack("layers.SimpleRNN(64),", "# 64*32 + 32*32 + 32 = 3104", shape="(5, 32)"),
        stack("layers.SimpleRNN(64),", "# 32*64 + 64*64 + 64 = 6208", shape="(5, 32)"),
        ([6_208], [6_208]),
    ),
    "comment on the model": Case(
        "KPC106",
        stack("layers.Dense(8),", shape="(400,)") + "# Total params: 3,200\n",
        stack("layers.Dense(8),", shape="(400,)") + "# Total params: 3,208\n",
        ([3_208], [3_208]),
    ),
    "kernel": Case(
        "KPC306",
        stack("layers.Conv2D(32, 3, 3, activation='relu'),"),
        stack("layers.Conv2D(32, (3, 3), activation='relu'),"),
        ([896], [896]),
    ),
    "renamed": Case(
        "KPC307",
        stack("layers.Conv2D(32, 3, border_mode='same', subsample=(2, 2), dim_ordering=\"tf\"),"),
        stack(
            "layers.Conv2D(32, 3, padding='same', strides=(2, 2), data_format=\"channels_last\"),"
        ),
        ([None], [896]),
    ),
    "kernel of two": Case(
        "KPC307",
        stack("layers.Conv2D(32, nb_row=3, nb_col=5, border_mode='same'),"),
        stack("layers.Conv2D(32, kernel_size=(3, 5), padding='same'),"),
        ([None], [32 * 45 + 32]),
    ),
}


def totals(text: str) -> list[Any]:
    report = flake8_paramcount.analyze(text, {"keras": 3})
    return [
        summary.total if isinstance(summary.total, int) else summary.expression
        for summary in report.summaries
    ]


def codes(text: str, **settings: Any) -> list[str]:
    report = flake8_paramcount.analyze(text, {"keras": 3, **settings})
    return [finding.code for finding in report.findings if CODES[finding.code].default != "off"]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_fixed_and_no_more_to_fix(case: Case, tmp_path: Path) -> None:
    write(tmp_path, "setup.cfg", KERAS_3)
    path = write(tmp_path, "a.py", case.before)
    assert case.code in codes(case.before)

    done = run("check", "--fix", "a.py", cwd=tmp_path)

    assert (path.read_text(), done.stdout, done.returncode) == (case.after, "", 0)
    assert done.stderr.startswith("paramcount check: fixed ")
    assert codes(case.after) == []
    assert (totals(case.before), totals(case.after)) == case.totals
    again = run("check", "--fix", "a.py", cwd=tmp_path)
    assert (path.read_text(), again.stdout, again.stderr) == (case.after, "", "")


@pytest.mark.parametrize("name", ["bias over lines", "bias and the comment on it", "renamed"])
def test_diff_shows_and_patch_does_the_same(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    write(tmp_path, "setup.cfg", KERAS_3)
    path = write(tmp_path, "a.py", case.before)

    done = run("check", "--diff", "a.py", cwd=tmp_path)

    assert (path.read_text(), done.stderr, done.returncode) == (case.before, "", 1)
    write(tmp_path, "a.diff", done.stdout)
    subprocess.run(["git", "apply", "a.diff"], cwd=tmp_path, check=True)
    assert path.read_text() == case.after
    assert run("check", "--diff", "a.py", cwd=tmp_path).returncode == 0


LEFT_ALONE = {
    "no finding": stack("layers.Conv2D(64, 3),"),
    "silenced": stack("layers.Conv2D(64, 3),  # noqa: KPC108", *NORMALIZED),
    "unpacked": f"extra = {{}}\n{stack('layers.Conv2D(64, 3, **extra),', *NORMALIZED)}",
    "a choice": f"bias = True\n{stack('layers.Conv2D(64, 3, use_bias=bias),', *NORMALIZED)}",
    "one of two calls": HEAD
    + dedent("""\
        def dense(x):
            return layers.Dense(8)(x)
        inputs = Input((4,))
        x = layers.BatchNormalization()(dense(inputs))
        model = Model(inputs, dense(x))
    """),
    "more by position": stack("layers.Conv2D(32, 3, 3, 'same'),"),
    "a size in bytes": stack("layers.Dense(8),  # params: 1,234 (4.82 KB)", shape="(400,)"),
    "a value that is no more": stack("layers.Conv2D(32, 3, border_mode='full'),"),
    "no successor": stack("layers.LSTM(8, consume_less='gpu'),", shape="(5, 4)"),
    "a matrix of the old size": f"import numpy as np\n{HEAD}{TOKENS}"
    "n = len(tokenizer.word_index)\n"
    "model = Sequential([layers.Embedding(n, 8, weights=[np.zeros((n, 8))])])\n",
    "over the budget": f"{HEAD}# paramcount: budget=5000\n"
    + stack("layers.Conv2D(32, 3, 3),", "layers.Flatten(),")
    .removeprefix(HEAD)
    .replace("Flatten(),", "Flatten(), layers.Dense(1),"),
}


@pytest.mark.parametrize("text", LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_left_alone(text: str, tmp_path: Path) -> None:
    write(tmp_path, "setup.cfg", KERAS_3)
    path = write(tmp_path, "a.py", text)
    before = path.stat().st_mtime_ns
    plain = run("check", "a.py", cwd=tmp_path)

    done = run("check", "--fix", "a.py", cwd=tmp_path)

    assert (done.stdout, done.stderr, done.returncode) == (plain.stdout, "", plain.returncode)
    assert (path.read_text(), path.stat().st_mtime_ns) == (text, before)


BIASED = stack("layers.Conv2D(64, 3),  # ü", *NORMALIZED)
BETTER = BIASED.replace("64, 3)", "64, 3, use_bias=False)")


@pytest.mark.parametrize(
    ("end", "encoding", "head"),
    [
        ("\n", "utf-8", ""),
        ("\r\n", "utf-8", ""),
        ("\r\n", "utf-8-sig", ""),
        ("\r", "utf-8", ""),
        ("\n", "latin-1", "# -*- coding: latin-1 -*-\n"),
        ("\r\n", "cp1252", "# coding: cp1252\n"),
    ],
)
def test_bytes_are_kept(end: str, encoding: str, head: str, tmp_path: Path) -> None:
    def data(text: str) -> bytes:
        return (head + text).replace("\n", end).encode(encoding)

    path = write(tmp_path, "a.py", data(BIASED))

    done = run("check", "--fix", "a.py", cwd=tmp_path)

    assert (done.returncode, path.read_bytes()) == (0, data(BETTER))


def test_mixed_line_ends_are_kept(tmp_path: Path) -> None:
    lines = stack("layers.Conv2D(", "    64,", "    3,", "),", *NORMALIZED).splitlines()
    ends = ["\r\n" if index % 3 else "\n" for index in range(len(lines))]
    path = write(tmp_path, "a.py", "".join(map("".join, zip(lines, ends, strict=True))))

    assert run("check", "--fix", "a.py", cwd=tmp_path).returncode == 0

    written = path.read_bytes().decode().splitlines(keepends=True)
    added = [line for line in written if "use_bias" in line]
    assert added == ["        use_bias=False,\r\n"]
    assert "".join(line for line in written if line not in added) == "".join(
        map("".join, zip(lines, ends, strict=True))
    )


LONG = (
    '# A licence\n\n"""What it is."""\n\n\n# about imports\nimport os  # kept\n'
    + "".join(f"\n# number {index}\nx{index} = ({index},  # here\n)\n\n" for index in range(40))
    + f"# the model\n{BIASED}"
    + "".join(f"\n\n# after {index}\ny{index} = os.sep; z = 1\n" for index in range(40))
    + "\n# the end\n\n"
)


def test_nothing_else_is_changed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.py", LONG)

    assert run("check", "--fix", "a.py", cwd=tmp_path).returncode == 0

    assert path.read_text() == LONG.replace(BIASED, BETTER)


def test_no_newline_at_the_end(tmp_path: Path) -> None:
    path = write(tmp_path, "a.py", BIASED.rstrip("\n"))

    diff = run("check", "--diff", "a.py", cwd=tmp_path).stdout
    assert run("check", "--fix", "a.py", cwd=tmp_path).returncode == 0

    assert path.read_text() == BETTER.rstrip("\n")
    assert diff.endswith(" ])\n\\ No newline at end of file\n")


def test_what_is_left_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "a.py", stack("layers.Conv2D(64, 3),", *NORMALIZED, "layers.Dropout(50),"))

    done = run("check", "--fix", "a.py", cwd=tmp_path)

    assert done.stdout.startswith("a.py:6:5: KPC301 ")
    assert (done.stderr, done.returncode) == ("paramcount check: fixed 1 finding in 1 file\n", 1)


def test_only_what_is_selected_is_fixed(tmp_path: Path) -> None:
    both = stack("layers.Conv2D(64, 3),", *NORMALIZED, "layers.Conv2D(8, 3, 3),")
    path = write(tmp_path, "a.py", both)

    run("check", "--fix", "--extend-ignore", "KPC108", "a.py", cwd=tmp_path)
    assert path.read_text() == both.replace("8, 3, 3", "8, (3, 3)")

    path = write(tmp_path, "a.py", both)
    run("check", "--fix", "--per-file-ignores", "a.py:KPC306", "a.py", cwd=tmp_path)
    assert path.read_text() == both.replace("64, 3", "64, 3, use_bias=False")


def test_many_files(tmp_path: Path) -> None:
    for index in range(5):
        write(tmp_path, f"d/{index}.py", BIASED)
    write(tmp_path, "d/broken.py", "import keras\nkeras.Sequential(\n")

    done = run("check", "--fix", "-j2", "d", cwd=tmp_path)

    assert "E999" in done.stdout
    assert (done.stderr, done.returncode) == ("paramcount check: fixed 5 findings in 5 files\n", 2)
    assert {(tmp_path / f"d/{index}.py").read_text() for index in range(5)} == {BETTER}


def test_a_broken_file_beside_a_diff(tmp_path: Path) -> None:
    write(tmp_path, "a.py", BIASED)
    write(tmp_path, "b.py", "import keras\nkeras.Sequential(\n")

    done = run("check", "--diff", ".", cwd=tmp_path)

    assert done.stdout.startswith("--- a/a.py\n+++ b/a.py\n")
    assert "b.py: E999" in done.stderr
    assert done.returncode == 2


PROTECTED = """
import builtins, sys

real = open

def opened(path, mode="r", *rest, **more):
    if mode == "wb":
        raise PermissionError(13, "no")
    return real(path, mode, *rest, **more)

builtins.open = opened
from flake8_paramcount.cli import main

sys.exit(main(["check", "--fix", "a.py"]))
"""


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    path = write(tmp_path, "a.py", BIASED)
    done = subprocess.run(
        [sys.executable, "-c", PROTECTED],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "a.py: cannot be written: no" in done.stderr
    assert "KPC108" in done.stdout
    assert (done.returncode, path.read_text()) == (2, BIASED)


@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_standard_input_is_refused(option: str, tmp_path: Path) -> None:
    done = run("check", option, "-", cwd=tmp_path, given=BIASED.encode())

    assert (done.stdout, done.returncode) == ("", 2)
    assert "need files, not standard input" in done.stderr


@pytest.mark.parametrize("code", ["KPC106", "KPC108", "KPC202", "KPC306", "KPC307"])
def test_the_bad_examples_are_fixed(code: str, tmp_path: Path) -> None:
    page = parts(RULES[code].page)
    write(tmp_path, "setup.cfg", f"[flake8]\n{page.options}\n")
    write(tmp_path, "a.py", page.bad + "\n")

    done = run("check", "--fix", "a.py", cwd=tmp_path)

    assert (done.stdout, done.returncode) == ("", 0)
