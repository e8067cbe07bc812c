"""What flake8 imports at start-up stays light: every run pays for it, with Keras or without."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROBE = """
import json, sys
before = set(sys.modules)
import {module}
print(json.dumps(sorted(set(sys.modules) - before)))
"""

AFTER_RUN = """
import json, sys
from flake8.main import cli
cli.main([{path!r}, "--isolated", "-j1"])
print(json.dumps(sorted(sys.modules)))
"""

HEAVY = {"libcst", "pydantic", "rich", "numpy", "keras"}

# Standard modules that cost milliseconds and that nothing at start-up needs.
COSTLY = {"asyncio", "concurrent.futures", "decimal", "http", "importlib.metadata", "unittest"}


def packages(modules: list[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def run_python(code: str, *, cwd: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=True
    )
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    return modules


@pytest.mark.parametrize("module", ["flake8_paramcount", "flake8_paramcount.plugin"])
def test_import_is_light(module: str, tmp_path: Path) -> None:
    imported = run_python(PROBE.format(module=module), cwd=tmp_path)

    assert not HEAVY & packages(imported)
    assert not COSTLY & set(imported)


def test_import_of_the_entry_point_loads_few_modules_of_its_own(tmp_path: Path) -> None:
    imported = run_python(PROBE.format(module="flake8_paramcount.plugin"), cwd=tmp_path)

    own = {name for name in imported if name.startswith("flake8_paramcount")}
    assert own <= {
        "flake8_paramcount",
        "flake8_paramcount.plugin",
        "flake8_paramcount.settings",
        "flake8_paramcount.unknown",
    }


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("", id="empty"),
        pytest.param("import os\n\nprint(os.name)\n", id="without keras"),
        pytest.param("# ported from keras\nNAME = 'keras'\n", id="keras as a mere word"),
        pytest.param("from torch.nn import Sequential\n\nSequential()\n", id="another library"),
    ],
)
def test_flake8_on_a_file_without_keras_imports_no_heavy_library(
    source: str, tmp_path: Path
) -> None:
    path = tmp_path / "plain.py"
    path.write_text(source)

    imported = run_python(AFTER_RUN.format(path=str(path)), cwd=tmp_path)

    assert "flake8_paramcount.plugin" in imported
    assert not HEAVY & packages(imported)


def test_flake8_on_a_keras_file_does_import_them(tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text("import keras\n\nmodel = keras.Sequential([keras.layers.Dense(1)])\n")

    imported = run_python(AFTER_RUN.format(path=str(path)), cwd=tmp_path)

    assert "libcst" in imported
    assert not {"pydantic", "rich", "numpy", "keras"} & packages(imported)
