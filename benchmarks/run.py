"""What the plugin costs: CPU time and peak memory of flake8 with it, as ratios to flake8 alone."""

from __future__ import annotations

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

BUILDERS = 10
BLOCKS = 13
ADDED_LINES = 10_000
CALLED_LINES = 5_000

HEADER = """\
from tensorflow import keras
from tensorflow.keras.layers import LSTM, BatchNormalization, Conv1D, Dense
from tensorflow.keras.models import Sequential
"""

BLOCK = """\
    model.add(Conv1D(units * 2, 3, padding="same", activation="relu"))
    model.add(BatchNormalization())
    model.add(LSTM(units + {number}, return_sequences=True, dropout=0.2))
    model.add(Dense(128, activation="relu", name="dense_{number}"))
"""

FUNCTION = """

def build_{index}(units=64, features=32):
    model = Sequential()
    model.add(keras.Input(shape=(100, features)))
{blocks}    return model
"""

COUNT_WITH_TENSORFLOW = """
import runpy, sys
module = runpy.run_path(sys.argv[1])
for name, value in module.items():
    if name.startswith("build_"):
        print(name, value().count_params())
"""


class Cost(NamedTuple):
    """What one run of a command took: CPU seconds (user and system) and peak memory in MB."""

    seconds: float
    megabytes: float


class Comparison(NamedTuple):
    """The medians over all runs of one input."""

    name: str
    bare: Cost
    plugin: Cost

    @property
    def ratio(self) -> float:
        return self.plugin.seconds / self.bare.seconds

    @property
    def added(self) -> float:
        return self.plugin.megabytes - self.bare.megabytes


def empty() -> str:
    """A file with nothing in it: what is left is the start-up."""
    return ""


def dense() -> str:
    """About 600 lines: 520 layers in ten builder functions."""
    blocks = "".join(BLOCK.format(number=number) for number in range(BLOCKS))
    functions = (FUNCTION.format(index=index, blocks=blocks) for index in range(BUILDERS))
    return HEADER + "".join(functions)


def long_chain() -> str:
    """One model of 10,000 lines of `.add`."""
    lines = "model.add(Dense(64))\n" * ADDED_LINES
    return f"{HEADER}\nmodel = Sequential()\nmodel.add(keras.Input(shape=(64,)))\n{lines}"


def functional() -> str:
    """One model of 5,000 calls of layers on tensors."""
    lines = "x = Dense(64)(x)\n" * CALLED_LINES
    return (
        f"{HEADER}\ninputs = x = keras.Input(shape=(64,))\n{lines}model = keras.Model(inputs, x)\n"
    )


INPUTS: dict[str, Callable[[], str]] = {
    "empty file": empty,
    "600 dense lines, 520 layers": dense,
    "10,000 .add lines": long_chain,
    "5,000 functional calls": functional,
}


def measure(command: Sequence[str]) -> Cost:
    """Run a command to its end; findings (status 1) are no failure."""
    with tempfile.TemporaryFile() as errors:
        # Elsewhere than in the checkout, which would be imported in place of what is installed.
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=errors, cwd=tempfile.gettempdir()
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):
            errors.seek(0)
            raise SystemExit(f"{' '.join(command)}:\n{errors.read().decode(errors='replace')}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def median(costs: Iterable[Cost]) -> Cost:
    """The median of each part."""
    seconds, megabytes = zip(*costs, strict=True)
    return Cost(statistics.median(seconds), statistics.median(megabytes))


def compare(name: str, path: Path, pythons: tuple[Path, Path], runs: int) -> Comparison:
    """Measure both environments in turn, so that both meet the same state of the machine."""
    commands = [
        [str(python), "-m", "flake8", "--isolated", "-j1", "--max-line-length=100", str(path)]
        for python in pythons
    ]
    for command in commands:
        measure(command)
    rounds = [[measure(command) for command in commands] for _ in range(runs)]
    bare, plugin = (median(costs) for costs in zip(*rounds, strict=True))
    return Comparison(name, bare, plugin)


def environment(folder: Path, requirements: Sequence[str]) -> Path:
    """The interpreter of a virtual environment, made when missing, with `requirements`."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", *requirements], check=True)
    return python


def flake8_of(python: Path) -> str:
    """The requirement that pins flake8 to the version another environment has."""
    code = "import flake8; print(f'flake8=={flake8.__version__}')"
    return subprocess.check_output([python, "-c", code], text=True).strip()


def environments(folder: Path) -> tuple[Path, Path]:
    """The interpreters without and with the plugin, with the same flake8 in both."""
    plugin = environment(folder / "plugin", [str(ROOT)])
    return environment(folder / "bare", [flake8_of(plugin)]), plugin


def table(rows: Iterable[Comparison]) -> str:
    """The comparisons as a Markdown table."""
    head = (
        "| input | flake8 | with the plugin | ratio | memory | added |\n"
        "|---|---:|---:|---:|---:|---:|\n"
    )
    return head + "".join(
        f"| {row.name} | {row.bare.seconds:.3f} s | {row.plugin.seconds:.3f} s"
        f" | {row.ratio:.2f}× | {row.plugin.megabytes:.1f} MB | {row.added:+.1f} MB |\n"
        for row in rows
    )


def against_tensorflow(path: Path, python: Path) -> str:
    """CPU time of our summary and of `count_params()` on the same file."""
    if importlib.util.find_spec("tensorflow") is None:
        return "TensorFlow is not installed here: not compared with count_params().\n"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    ours = measure([str(python), "-m", "flake8_paramcount", "summary", str(path)])
    theirs = measure([sys.executable, "-c", COUNT_WITH_TENSORFLOW, str(path)])
    return (
        f"count_params() with TensorFlow: {theirs.seconds:.2f} s, {theirs.megabytes:.0f} MB; "
        f"paramcount summary: {ours.seconds:.2f} s, {ours.megabytes:.0f} MB; "
        f"{theirs.seconds / ours.seconds:.1f}× faster\n"
    )


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="runs per input (default: 11)")
    parser.add_argument(
        "--environments", type=Path, help="folder to keep the two virtual environments in"
    )
    return parser.parse_args()


def run(folder: Path, kept: Path, runs: int) -> None:
    """Make the inputs in `folder`, measure them in the environments in `kept`, print."""
    pythons = environments(kept)
    rows = []
    for number, (name, generate) in enumerate(INPUTS.items()):
        path = folder / f"input_{number}.py"
        path.write_text(generate(), encoding="utf-8")
        rows.append(compare(name, path, pythons, runs))
    print(table(rows))
    print(against_tensorflow(folder / "input_1.py", pythons[1]), end="")


def main() -> None:
    """Run the benchmark."""
    options = arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, options.environments or folder / "environments", options.runs)


if __name__ == "__main__":
    main()
