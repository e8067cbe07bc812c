"""What README.md says is true: its commands, its sample output, its lists."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Commands that later blocks show the output of: `$ command`, then what it prints.
SESSION = "console"


def blocks(language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(README) if found == language]


def single_line_commands() -> list[str]:
    return [line for text in blocks("sh") for line in text.splitlines()]


def sessions() -> list[tuple[str, str]]:
    """Each command of the README's sample sessions, with the output that it shows."""
    found = []
    for text in blocks(SESSION):
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def run(command: str) -> str:
    """The output of a sample command, run by this interpreter's own environment."""
    program, *arguments = shlex.split(command)
    modules = {"flake8": "flake8", "paramcount": "flake8_paramcount"}
    done = subprocess.run(
        [sys.executable, "-m", modules[program], *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    assert done.stderr == ""
    return done.stdout


def without_trailing_space(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def test_the_readme_shows_sessions() -> None:
    assert [command.split()[0] for command, _ in sessions()] == ["flake8", "paramcount"]


@pytest.mark.parametrize(
    ("command", "output"), [pytest.param(*session, id=session[0]) for session in sessions()]
)
def test_sample_output_is_what_the_command_prints(command: str, output: str) -> None:
    assert without_trailing_space(run(command)) == without_trailing_space(output)


def test_two_commands_do_all() -> None:
    lint, test = single_line_commands()

    assert lint == "python -m pip install . && python -m flake8 examples"
    assert test == 'python -m pip install -e ".[test]" && python -m pytest -n auto'


def test_every_option_is_described() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flake8", "--help"], capture_output=True, text=True, check=True
    )

    options = set(re.findall(r"--paramcount-[a-z0-9-]+", done.stdout))
    described = set(re.findall(r"`--(paramcount-[a-z0-9-]+)", README))
    assert {f"--{name}" for name in described} == options


def test_every_rule_is_listed() -> None:
    from flake8_paramcount.rules import RULES

    table = README.partition("<!-- rules -->")[2].partition("<!-- /rules -->")[0]
    assert set(re.findall(r"KPC\d{3}", table)) == set(RULES)


def test_links_to_files_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)

    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
