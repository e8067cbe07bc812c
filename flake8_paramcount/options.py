"""The options, as one table that serves flake8 (command line and configuration) and the CLI."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from flake8.options.manager import OptionManager

    from flake8_paramcount.settings import Settings

PREFIX = "--paramcount-"
FILES = frozenset(("baseline", "layers"))
"""Kinds of options that name a file: in a configuration, relative to where that stands."""
_LONGEST_SHOWN = 60


class Option(NamedTuple):
    """One option; `kind` is a key of `quantities.PARSERS`."""

    flag: str
    kind: str
    metavar: str
    help: str

    @property
    def field(self) -> str:
        """The field of `Settings` that it sets."""
        return self.flag.removeprefix(PREFIX).replace("-", "_")

    @property
    def destination(self) -> str:
        """Its attribute in a namespace of parsed arguments, and its key in a configuration."""
        return self.flag.removeprefix("--").replace("-", "_")

    def parse(self, text: str) -> Any:
        """The value of a text. Raises `ValueError`, which says what is allowed."""
        # flake8 registers the options on every run: their parsers are imported when one is set.
        from flake8_paramcount.quantities import PARSERS

        return PARSERS[self.kind](text)


OPTIONS: tuple[Option, ...] = (
    Option(
        "--paramcount-budget",
        "count",
        "N",
        "most parameters that a model may have: 5M, 250k, 2_000_000",
    ),
    Option(
        "--paramcount-layer-budget",
        "count",
        "N",
        "most parameters that one layer may have",
    ),
    Option(
        "--paramcount-trainable-budget",
        "count",
        "N",
        "most trainable parameters that a model may have",
    ),
    Option(
        "--paramcount-size-budget",
        "size",
        "BYTES",
        "most bytes that the weights of a model may take: 16MiB, 500kB",
    ),
    Option(
        "--paramcount-activation-budget",
        "size",
        "BYTES",
        "most bytes that the outputs of all layers of a model may take for one batch: 2GiB",
    ),
    Option(
        "--paramcount-batch",
        "positive",
        "N",
        "examples in a batch, for the activation budget (default: 32)",
    ),
    Option(
        "--paramcount-baseline",
        "baseline",
        "FILE",
        "what was counted before: JSON of `paramcount summary --format json`",
    ),
    Option(
        "--paramcount-growth",
        "growth",
        "N|PERCENT",
        "how much a model may grow: 10k parameters, or 5 percent (default: 0)",
    ),
    Option(
        "--paramcount-baseline-strict",
        "yes or no",
        "yes|no",
        "report models that the baseline does not have (default: no)",
    ),
    Option(
        "--paramcount-dtype",
        "dtype",
        "NAME",
        "type of the weights, for their size (default: float32)",
    ),
    Option(
        "--paramcount-optimizer-slots",
        "count",
        "N",
        "values that the optimizer keeps for each trained parameter, for the size budget: 2 for "
        "Adam (default: 0)",
    ),
    Option(
        "--paramcount-flatten-parameters",
        "count",
        "N",
        "parameters from which on a Dense behind a Flatten is reported (default: 10M)",
    ),
    Option(
        "--paramcount-flatten-share",
        "share",
        "PERCENT",
        "part of the model from which on such a Dense is reported (default: 90 percent)",
    ),
    Option(
        "--paramcount-vocab-size",
        "positive",
        "N",
        "number of different integers that Embedding layers are fed: 20000, 20k",
    ),
    Option(
        "--paramcount-assume",
        "bindings",
        "NAME=N,...",
        "values that the source does not show: n_classes=10,x_train.shape[1]=13",
    ),
    Option(
        "--paramcount-layers",
        "layers",
        "FILE",
        "JSON or TOML that declares layers which cannot be read: weights and output by name",
    ),
    Option(
        "--paramcount-keras",
        "generation",
        "GENERATION",
        "generation of Keras: 1, 2, 3, or auto to infer it from each file (default: auto)",
    ),
    Option(
        "--paramcount-fuel",
        "positive",
        "STEPS",
        "evaluation steps that one file may take (default: 250k)",
    ),
    Option(
        "--paramcount-follow-imports",
        "yes or no",
        "yes|no",
        "read sibling modules for constants and builder functions (default: yes)",
    ),
)


def add_to_flake8(manager: OptionManager) -> None:
    """Register all options for flake8's command line and configuration files."""
    for option in OPTIONS:
        manager.add_option(option.flag, parse_from_config=True, **_arguments(option))
        # Given to `add_option`, this would take the place of the option's own parser.
        manager.options[-1].normalize_paths = option.kind in FILES


def add_to_argparse(parser: argparse.ArgumentParser) -> None:
    """Register all options for a command of our own."""
    group = parser.add_argument_group("analysis")
    for option in OPTIONS:
        group.add_argument(option.flag, **_arguments(option))


def _arguments(option: Option) -> dict[str, Any]:
    return {"type": _reader(option), "metavar": option.metavar, "help": option.help}


def _reader(option: Option) -> Callable[[str], Any]:
    """The option's parser as argparse wants it: the error is one line and names the value."""

    def read(text: str) -> Any:
        from flake8_paramcount.quantities import before_comment

        try:
            # A configuration file hands over inline comments as part of the value.
            return option.parse(before_comment(text))
        except ValueError as error:
            raise argparse.ArgumentTypeError(refused(text, error)) from None

    return read


def refused(text: str, error: ValueError) -> str:
    """One line that says which value was not accepted, and what is."""
    shown = repr(text)
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[: _LONGEST_SHOWN - 1]}…"
    return f"{shown} is not allowed: {error}"


def settings_from(namespace: object, **extra: Any) -> Settings:
    """The settings that parsed arguments stand for; pydantic is imported only if one is set."""
    given = {option.field: getattr(namespace, option.destination, None) for option in OPTIONS}
    chosen = {field: value for field, value in given.items() if value is not None}
    from flake8_paramcount.settings import Settings

    if not chosen:
        return Settings(**extra)
    from flake8_paramcount.validation import validated

    return validated({**chosen, **extra})
