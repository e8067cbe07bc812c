"""`argparse` as far as a reader can follow it: options evaluate to their declared defaults."""

from __future__ import annotations

from flake8_paramcount.interpreter.builtins import call_back
from flake8_paramcount.interpreter.signatures import Call, known, known_method, text
from flake8_paramcount.interpreter.values import Ref, Value
from flake8_paramcount.unknown import Unknown


class Parser(Ref):
    """An argument parser; its state holds the default of each destination, in order."""

    __slots__ = ()


class Options(Ref):
    """What `parse_args()` returns; its state holds the attributes."""

    __slots__ = ()


@known("argparse.ArgumentParser")
def argument_parser(call: Call, *args: Value, **options: Value) -> Value:
    if options.get("parents") is not None:
        return call.unknown("a parser with the arguments of another")
    return Parser({})


_SWITCHES = {"store_true": False, "store_false": True}


@known_method(Parser, "add_argument")
def add_argument(
    call: Call,
    parser: Parser,
    *names: Value,
    dest: Value = None,
    default: Value = None,
    type: Value = None,
    action: Value = "store",
    **options: Value,
) -> None:
    """A positional argument, or an option without a default, is known to the user alone."""
    name = _destination(list(map(text, names)), dest)
    if action in _SWITCHES and default is None:
        default = _SWITCHES[action]
    if isinstance(default, str) and type is not None:
        default = call_back(call, type, default)
    if default is None or not names or not text(names[0]).startswith("-"):
        default = Unknown("it is given on the command line", f"args.{name}", call.site)
    call.run.journal.write(parser)[name] = default


def _destination(names: list[str], dest: Value) -> str:
    """The attribute that an argument is stored under."""
    if dest is not None:
        return text(dest)
    long = [name for name in names if name.startswith("--")] or names
    return long[0].lstrip("-").replace("-", "_")


@known_method(Parser, "set_defaults")
def set_defaults(call: Call, parser: Parser, **values: Value) -> None:
    call.run.journal.write(parser).update(values)


@known_method(Parser, "add_argument_group", "add_mutually_exclusive_group")
def add_group(call: Call, parser: Parser, *args: Value, **options: Value) -> Value:
    return parser


@known_method(Parser, "add_subparsers")
def add_subparsers(call: Call, parser: Parser, *args: Value, **options: Value) -> Value:
    """Which sub-command runs decides which arguments there are."""
    lost = call.unknown("it depends on the sub-command")
    call.run.journal.replace(parser, lost)
    return lost


@known_method(Parser, "parse_args")
def parse_args(call: Call, parser: Parser, *args: Value, **options: Value) -> Value:
    state = call.run.journal.read(parser)
    return Options({("attribute", name): value for name, value in state.items()})


@known_method(Parser, "parse_known_args")
def parse_known_args(call: Call, parser: Parser, *args: Value, **options: Value) -> Value:
    return parse_args(call, parser), call.unknown("the rest of the command line")


@known_method(Parser, "print_help", "print_usage")
def print_help(call: Call, parser: Parser, *args: Value) -> None:
    """Nothing that matters here."""
