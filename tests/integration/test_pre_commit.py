"""The hook in `.pre-commit-hooks.yaml`, run by the real pre-commit on a scratch repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CONFIG = """\
repos:
- repo: {repository}
  rev: {revision}
  hooks:
  - id: paramcount
    args: [--paramcount-budget=1k]
"""

GOOD = """\
import keras

model = keras.Sequential([keras.Input(shape=(8,)), keras.layers.Dense(4)])
"""

BAD = GOOD.replace("Dense(4)", "Dense(400)")

IDENTITY = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Somebody"), ("EMAIL", "somebody@example.org"))
}


def outer_environment() -> dict[str, str]:
    """The environment without what a git hook around the tests would put there."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}


def run(
    *command: str, cwd: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def git(*arguments: str, cwd: Path) -> str:
    environment = {**outer_environment(), **IDENTITY}
    done = run("git", *arguments, cwd=cwd, environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def hook_repository(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The checkout as it stands, committed to a repository of its own, and that commit."""
    path = tmp_path_factory.mktemp("hook")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, path / name)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "flake8_paramcount", path / "flake8_paramcount", ignore=ignored)
    git("init", "-q", cwd=path)
    git("add", "-A", cwd=path)
    git("commit", "-q", "-m", "The hook", cwd=path)
    return path, git("rev-parse", "HEAD", cwd=path)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment whose pre-commit keeps its clones and installs apart from the user's."""
    home = tmp_path_factory.mktemp("pre-commit-home")
    return {**outer_environment(), **IDENTITY, "PRE_COMMIT_HOME": str(home)}


def commit(
    source: str, project: Path, hook: tuple[Path, str], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Try to commit a file in a project that has the hook installed."""
    repository, revision = hook
    git("init", "-q", cwd=project)
    config = CONFIG.format(repository=repository.as_posix(), revision=revision)
    (project / ".pre-commit-config.yaml").write_text(config)
    (project / "model.py").write_text(source)
    git("add", "-A", cwd=project)
    pre_commit = (sys.executable, "-m", "pre_commit")
    installed = run(*pre_commit, "install", cwd=project, environment=environment)
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return run("git", "commit", "-m", "A model", cwd=project, environment=environment)


def test_commit_of_a_model_within_the_budget_goes_through(
    tmp_path: Path, hook_repository: tuple[Path, str], environment: dict[str, str]
) -> None:
    done = commit(GOOD, tmp_path, hook_repository, environment)

    assert done.returncode == 0, done.stdout + done.stderr
    assert git("log", "--format=%s", cwd=tmp_path) == "A model"


def test_commit_of_a_model_over_the_budget_is_refused_with_the_numbers(
    tmp_path: Path, hook_repository: tuple[Path, str], environment: dict[str, str]
) -> None:
    done = commit(BAD, tmp_path, hook_repository, environment)

    output = done.stdout + done.stderr
    assert done.returncode == 1, output
    assert "model.py:3:9: KPC101" in output
    assert "3,600" in output
    assert git("status", "--porcelain", cwd=tmp_path).startswith("A ")
