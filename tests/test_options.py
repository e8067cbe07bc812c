"""The option table, through argparse as flake8 and the command line use it."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

import pytest

from flake8_paramcount.options import OPTIONS, add_to_argparse, settings_from
from flake8_paramcount.quantities import PARSERS
from flake8_paramcount.settings import DEFAULT_FUEL, Growth, Settings


def parsed(*argv: str) -> Settings:
    parser = argparse.ArgumentParser(prog="prog")
    add_to_argparse(parser)
    return settings_from(parser.parse_args(argv))


def test_nothing_given_gives_the_defaults() -> None:
    assert parsed() == Settings()


@pytest.mark.parametrize(
    ("flag", "value", "expected"),
    [
        ("budget", "5M", {"budget": 5_000_000}),
        ("budget", "0", {"budget": 0}),
        ("layer-budget", "250k", {"layer_budget": 250_000}),
        ("trainable-budget", "2_000_000", {"trainable_budget": 2_000_000}),
        ("size-budget", "16 MB", {"size_budget": 16_000_000}),
        ("activation-budget", "2GiB", {"activation_budget": 2**31}),
        ("batch", "128", {"batch": 128}),
        ("growth", "10k", {"growth": Growth(10_000)}),
        ("growth", "2.5 %", {"growth": Growth(percent=2.5)}),
        ("growth", "5 percent", {"growth": Growth(percent=5.0)}),
        ("baseline-strict", "yes", {"baseline_strict": True}),
        ("dtype", "Float16", {"dtype": "float16"}),
        ("optimizer-slots", "2", {"optimizer_slots": 2}),
        ("flatten-parameters", "1M", {"flatten_parameters": 1_000_000}),
        ("flatten-share", "75 %", {"flatten_share": 0.75}),
        ("flatten-share", "0.5percent", {"flatten_share": 0.005}),
        ("vocab-size", "20k", {"vocab_size": 20_000}),
        ("assume", "n=1,x.shape[1]=13", {"assume": {"n": 1, "x.shape[1]": 13}}),
        ("keras", "1", {"keras": 1}),
        ("keras", "auto", {"keras": None}),
        ("fuel", "10k", {"fuel": 10_000}),
        ("follow-imports", "no", {"follow_imports": False}),
        ("follow-imports", "yes", {"follow_imports": True}),
        ("budget", "5M  # of all layers", {"budget": 5_000_000}),
    ],
)
def test_value_is_read(flag: str, value: str, expected: dict[str, Any]) -> None:
    assert parsed(f"--paramcount-{flag}", value) == Settings(**expected)


@pytest.mark.parametrize(
    ("flag", "value", "allowed"),
    [
        ("budget", "lots", "5M"),
        ("budget", "-5", "5M"),
        ("budget", "", "5M"),
        ("budget", "# nothing", "5M"),
        ("layer-budget", "1.5", "5M"),
        ("trainable-budget", "1e6", "5M"),
        ("size-budget", "16M", "16MiB"),
        ("activation-budget", "2G", "16MiB"),
        ("batch", "0", "at least 1"),
        ("growth", "-5%", "5%"),
        ("growth", "much", "5%"),
        ("baseline", "no/such/file.json", "paramcount summary"),
        ("baseline", "pyproject.toml", "paramcount summary"),
        ("baseline-strict", "very", "yes, no"),
        ("dtype", "float31", "float32"),
        ("vocab-size", "0", "at least 1"),
        ("assume", "n", "name=value"),
        ("assume", "n=m", "name=value"),
        ("keras", "4", "1, 2, 3, auto"),
        ("fuel", "0", "at least 1"),
        ("follow-imports", "perhaps", "yes, no"),
        ("budget", "9" * 5000, "5M"),
        ("budget", "5M\n6M", "5M"),
    ],
)
def test_wrong_value_is_one_line_and_status_two(
    flag: str, value: str, allowed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed(f"--paramcount-{flag}={value}")

    message = capsys.readouterr().err.splitlines()[-1]
    assert caught.value.code == 2
    assert message.startswith(f"prog: error: argument --paramcount-{flag}: ")
    assert f"{value[:50]!r}"[:-1] in message
    assert allowed in message
    assert len(message) < 300


def test_baseline_is_read() -> None:
    baseline = parsed("--paramcount-baseline", "examples/baseline.json").baseline

    assert baseline is not None
    assert [model.total for model in baseline.files["example.py"]] == [50_240]


def test_table_is_complete_and_described() -> None:
    for option in OPTIONS:
        assert option.flag.startswith("--paramcount-")
        assert option.destination == f"paramcount_{option.field}"
        assert option.help
        assert "%" not in option.help
        assert option.kind in PARSERS


def test_help_states_the_default_fuel() -> None:
    (fuel,) = [option for option in OPTIONS if option.field == "fuel"]

    assert f"(default: {DEFAULT_FUEL // 1000}k)" in fuel.help


def test_help_shows_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--help")

    shown = capsys.readouterr().out
    assert all(option.flag in shown for option in OPTIONS)


@pytest.mark.parametrize(("argv", "imported"), [([], False), (["--paramcount-budget=5M"], True)])
def test_pydantic_is_imported_only_for_an_option_that_is_set(
    argv: list[str], imported: bool
) -> None:
    code = (
        "import argparse, sys\n"
        "from flake8_paramcount.options import add_to_argparse, settings_from\n"
        "parser = argparse.ArgumentParser()\n"
        "add_to_argparse(parser)\n"
        "arguments = parser.parse_args()\n"
        "assert 'pydantic' not in sys.modules\n"
        "settings_from(arguments)\n"
        "print('pydantic' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(imported)
