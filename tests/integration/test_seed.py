"""The founding numbers, each as text of the tool's own output on `examples/seed.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PARAMCOUNT = (sys.executable, "-m", "flake8_paramcount")

EXPECTED = [
    pytest.param("embedding", ["640,000", "10,000·64", "(None, 10, 64)"], id="Embedding"),
    pytest.param("on_that_batch", ["640,000", "(32, 10, 64)"], id="Embedding on a batch"),
    pytest.param(
        "recurrent", ["64,000", "1,000·64", "3,104", "67,104", "(None, 32)"], id="SimpleRNN"
    ),
    pytest.param("without_bias", ["3,072", "(None, 32)"], id="SimpleRNN without bias"),
    pytest.param("gated", ["9,408", "(None, 32)"], id="GRU"),
    pytest.param("gated_before", ["9,312", "(None, 32)"], id="GRU, reset before"),
    pytest.param("gated_without_bias", ["9,216", "(None, 32)"], id="GRU without bias"),
    pytest.param("memory", ["4,457,472", "4,096·256", "(None, 256)"], id="LSTM"),
    pytest.param("convolution", ["28,704", "7·128·32 + 32", "(None, 494, 32)"], id="Conv1D"),
]


def paramcount(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PARAMCOUNT, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def summaries() -> dict[str, str]:
    """The text that `paramcount summary` prints for each model, by the model's name."""
    done = paramcount("summary", "examples/seed.py")
    assert done.returncode == 0, done.stderr
    return by_model(done.stdout)


def by_model(output: str) -> dict[str, str]:
    """Paragraphs that begin with `name: …`, by that name."""
    return {text.partition(":")[0]: text for text in output.split("\n\n")}


@pytest.mark.parametrize(("model", "texts"), EXPECTED)
def test_summary_shows_the_number_and_its_arithmetic(
    model: str, texts: list[str], summaries: dict[str, str]
) -> None:
    assert [text for text in texts if text not in summaries[model]] == []


def test_check_finds_nothing_wrong_with_the_seed() -> None:
    done = paramcount("check", "examples/seed.py")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_check_finds_an_index_that_the_embedding_does_not_have(tmp_path: Path) -> None:
    source = (ROOT / "examples" / "seed.py").read_text(encoding="utf-8")
    path = tmp_path / "seed.py"
    path.write_text(source.replace("randint(10_000", "randint(10_001"), encoding="utf-8")

    done = paramcount("check", str(path))

    line = 1 + source.splitlines().index("embedding.add(Embedding(10_000, 64))")
    assert done.returncode == 1
    assert f"seed.py:{line}:" in done.stdout
    assert "KPC201" in done.stdout
    assert "(10001," in done.stdout


def test_check_finds_the_stale_count_in_a_comment(tmp_path: Path) -> None:
    source = (ROOT / "examples" / "seed.py").read_text(encoding="utf-8")
    path = tmp_path / "seed.py"
    path.write_text(source.replace("SimpleRNN(32))  #", "SimpleRNN(33))  #"), encoding="utf-8")

    done = paramcount("check", str(path))

    assert done.returncode == 1
    assert "KPC106" in done.stdout
    assert "3,234" in done.stdout
