"""The options, as one table that serves flake8 (command line and configuration) and the CLI."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, TypeVar

from flake8_paramcount import quantities
from flake8_paramcount.settings import DEFAULT_FUEL, DTYPE_BYTES, Generation, Settings

T = TypeVar("T")

PREFIX = "--paramcount-"
_LONGEST_SHOWN = 60


class Option(NamedTuple):
    """One option: `parse` reads its text, or raises `ValueError` saying what is allowed."""

    flag: str
    parse: Callable[[str], Any]
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


class AddOption(Protocol):
    """The part of flake8's option manager that is used here."""

    def add_option(self, *args: Any, **kwargs: Any) -> None:
        """Register one option."""


def dtype(text: str) -> str:
    """A name that Keras has for a type of weights."""
    return _choice(text, {name: name for name in DTYPE_BYTES})


def generation(text: str) -> Generation | None:
    """The Keras generation; `auto` leaves it to each file."""
    generations: dict[str, Generation | None] = {"1": 1, "2": 2, "3": 3, "auto": None}
    return _choice(text, generations)


def yes_or_no(text: str) -> bool:
    """A choice between two."""
    return _choice(text, {"yes": True, "no": False})


def _choice(text: str, choices: dict[str, T]) -> T:
    key = text.strip().lower()
    if key not in choices:
        raise ValueError(f"give one of {', '.join(choices)}")
    return choices[key]


OPTIONS: tuple[Option, ...] = (
    Option(
        "--paramcount-budget",
        quantities.count,
        "N",
        "most parameters that a model may have: 5M, 250k, 2_000_000",
    ),
    Option(
        "--paramcount-layer-budget",
        quantities.count,
        "N",
        "most parameters that one layer may have",
    ),
    Option(
        "--paramcount-trainable-budget",
        quantities.count,
        "N",
        "most trainable parameters that a model may have",
    ),
    Option(
        "--paramcount-size-budget",
        quantities.size,
        "BYTES",
        "most bytes that the weights of a model may take: 16MiB, 500kB",
    ),
    Option(
        "--paramcount-dtype",
        dtype,
        "NAME",
        "type of the weights, for their size (default: float32)",
    ),
    Option(
        "--paramcount-vocab-size",
        quantities.positive,
        "N",
        "number of different integers that Embedding layers are fed: 20000, 20k",
    ),
    Option(
        "--paramcount-assume",
        quantities.bindings,
        "NAME=N,...",
        "values that the source does not show: n_classes=10,x_train.shape[1]=13",
    ),
    Option(
        "--paramcount-keras",
        generation,
        "GENERATION",
        "generation of Keras: 1, 2, 3, or auto to infer it from each file (default: auto)",
    ),
    Option(
        "--paramcount-fuel",
        quantities.positive,
        "STEPS",
        f"evaluation steps that one file may take (default: {DEFAULT_FUEL})",
    ),
    Option(
        "--paramcount-follow-imports",
        yes_or_no,
        "yes|no",
        "read sibling modules for constants and builder functions (default: yes)",
    ),
)


def add_to_flake8(manager: AddOption) -> None:
    """Register all options for flake8's command line and configuration files."""
    for option in OPTIONS:
        manager.add_option(option.flag, parse_from_config=True, **_arguments(option))


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
        try:
            # A configuration file hands over inline comments as part of the value.
            return option.parse(quantities.before_comment(text))
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
    if not chosen:
        return Settings(**extra)
    from flake8_paramcount.validation import validated

    return validated({**chosen, **extra})
