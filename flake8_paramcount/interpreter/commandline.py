"""Command lines as far as a reader can follow them: options evaluate to their declared defaults."""

from __future__ import annotations

import argparse
from typing import Any, NamedTuple

from flake8_paramcount.interpreter.builtins import call_back
from flake8_paramcount.interpreter.signatures import Call, known, known_method, text
from flake8_paramcount.interpreter.values import (
    Arguments,
    ClassObject,
    Function,
    Instance,
    ListObject,
    Native,
    Parameter,
    Ref,
    Value,
)
from flake8_paramcount.unknown import Unknown


class Argument(NamedTuple):
    """An argument as it is declared; `names` are what stands on the command line."""

    names: tuple[str, ...]
    default: Value
    type: Value = None
    action: Value = "store"
    nargs: Value = None
    const: Value = None


class Parser(Ref):
    """An argument parser; its state holds the argument of each destination, in order."""

    __slots__ = ()


_NAMESPACE = ClassObject("Namespace", "Namespace", (), {}, 0)


class Options(Instance):
    """What `parse_args()` returns: an object with an attribute for each argument."""

    __slots__ = ()

    def __init__(self, state: dict[str, Value]) -> None:
        super().__init__(_NAMESPACE, 0)
        self.state.update(state)


@known("argparse.Namespace")
def namespace(call: Call, **entries: Value) -> Value:
    return Options(entries)


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
    nargs: Value = None,
    const: Value = None,
    **options: Value,
) -> None:
    written = tuple(map(text, names))
    name = _destination(list(written), dest)
    if action in _SWITCHES and default is None:
        default = _SWITCHES[action]
    if isinstance(default, str) and type is not None:
        default = call_back(call, type, default)
    argument = Argument(written, default, type, action, nargs, const)
    call.run.journal.write(parser)[name] = argument


def _destination(names: list[str], dest: Value) -> str:
    """The attribute that an argument is stored under."""
    if dest is not None:
        return text(dest)
    long = [name for name in names if name.startswith("--")] or names
    return long[0].lstrip("-").replace("-", "_")


@known_method(Parser, "set_defaults")
def set_defaults(call: Call, parser: Parser, **values: Value) -> None:
    state = call.run.journal.write(parser)
    for name, value in values.items():
        state[name] = state.get(name, Argument((), None))._replace(default=value)


@known_method(Parser, "get_default")
def get_default(call: Call, parser: Parser, dest: Value) -> Value:
    found = call.run.journal.read(parser).get(text(dest))
    return None if found is None else found.default


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
def parse_args(
    call: Call, parser: Parser, args: Value = None, namespace: Value = None, **options: Value
) -> Value:
    if namespace is not None:
        return call.unknown("options that are added to others")
    return _parsed(call, parser, args)[0]


@known_method(Parser, "parse_known_args")
def parse_known_args(
    call: Call, parser: Parser, args: Value = None, namespace: Value = None
) -> Value:
    return _parsed(call, parser, args)


def _parsed(call: Call, parser: Parser, args: Value) -> tuple[Value, Value]:
    """The options of a command line, and the rest of it."""
    declared: dict[str, Argument] = call.run.journal.read(parser)
    if args is None:
        # It is not known, and taken for empty; what has no default is known to the user alone.
        options = {name: _assumed(call, name, each) for name, each in declared.items()}
        return Options(options), call.unknown("the rest of the command line")
    words = [text(word) for word in call.items(args)]
    found, rest = _split(declared, words)
    options = {
        name: _given(call, each, found[name]) if name in found else each.default
        for name, each in declared.items()
    }
    return Options(options), ListObject(list(rest))


def _assumed(call: Call, name: str, argument: Argument) -> Value:
    positional = not argument.names or not argument.names[0].startswith("-")
    if argument.default is None or (positional and argument.names):
        return Unknown("it is given on the command line", f"args.{name}", call.site)
    return argument.default


def _split(declared: dict[str, Argument], words: list[str]) -> tuple[dict[str, Any], list[str]]:
    """The words for each destination, as `argparse` itself splits them."""
    parser = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    parser.error = _refuse  # type: ignore[method-assign,assignment]
    for name, argument in declared.items():
        if argument.names:
            parser.add_argument(*argument.names, **_details(name, argument))
    found, rest = parser.parse_known_args(words)
    return vars(found), rest


def _refuse(message: str) -> None:
    raise ValueError(message)


def _details(name: str, argument: Argument) -> dict[str, Any]:
    action = argument.action
    if not isinstance(action, str):
        if getattr(action, "path", "") != "argparse.BooleanOptionalAction":
            raise TypeError("an action of the program's own")
        action = argparse.BooleanOptionalAction
    details: dict[str, Any] = {"action": action, "default": argparse.SUPPRESS}
    if action == "append":
        details["default"] = []
    if argument.names[0].startswith("-"):
        details["dest"] = name
    if isinstance(argument.nargs, int | str):
        details["nargs"] = argument.nargs
    if action == "count":
        details["default"] = argument.default or 0
    if action == "store_const":
        details["const"] = argument.const
    return details


def _given(call: Call, argument: Argument, words: Any) -> Value:
    """What words on the command line stand for, by the type of the argument."""
    if isinstance(words, list):
        items = [_given(call, argument, word) for word in words]
        held = argument.default if argument.action == "append" else None
        return ListObject([*(call.items(held) if held is not None else ()), *items])
    if isinstance(words, str) and argument.type is not None:
        return call_back(call, argument.type, words)
    return words


@known_method(Parser, "print_help", "print_usage")
def print_help(call: Call, parser: Parser, *args: Value) -> None:
    """Nothing that matters here."""


# -- click and typer ------------------------------------------------------------------------------


@known("click.option")
def click_option(call: Call, *names: Value, **options: Value) -> Value:
    """The parameter of the command gets the declared default."""
    written = [text(name) for name in names]
    plain = [name for name in written if not name.startswith("-")]
    name = plain[0] if plain else _destination([name.split("/")[0] for name in written], None)
    default = options.get("default")
    if default is None and (options.get("is_flag") is True or "/" in written[0]):
        default = False
    if isinstance(default, str) and options.get("type") is not None:
        default = call_back(call, options["type"], default)
    several = options.get("multiple") is True or options.get("nargs") is not None
    if default is None or several or options.get("callback") is not None:
        default = Unknown("it is given on the command line", name, call.site)
    return _with_default(call, name, default)


@known("click.argument")
def click_argument(call: Call, name: Value, **options: Value) -> Value:
    label = text(name)
    return _with_default(call, label, Unknown("it is given on the command line", label, call.site))


def _with_default(call: Call, name: str, default: Value) -> Native:
    def decorate(arguments: Arguments) -> Value:
        function = call.run.journal.force(arguments.args[0])
        if isinstance(function, Function):
            function.parameters = tuple(
                Parameter(each.name, each.kind, default) if each.name == name else each
                for each in function.parameters
            )
        return function

    return Native("option", decorate)


@known("typer.Option", "typer.Argument")
def typer_option(call: Call, default: Value = ..., *names: Value, **options: Value) -> Value:
    if default is ... or default is None:
        return call.unknown("it is given on the command line")
    return default


# -- absl -----------------------------------------------------------------------------------------

_FLAG_MODULES = (
    "absl.flags",
    "tensorflow.flags",
    "tensorflow.app.flags",
    "tensorflow.compat.v1.flags",
    "tensorflow.compat.v1.app.flags",
)
_KINDS = "integer float string boolean bool enum list".split()


class Flag(Ref):
    """What `DEFINE_…` gives: its `value` is the flag's."""

    __slots__ = ()


def _paths(name: str) -> list[str]:
    return [f"{module}.{name}" for module in _FLAG_MODULES]


@known(*(path for kind in _KINDS for path in _paths(f"DEFINE_{kind}")))
def define_flag(call: Call, name: Value, default: Value, *rest: Value, **options: Value) -> Value:
    label = text(name)
    if default is None:
        default = Unknown("it is given on the command line", f"FLAGS.{label}", call.site)
    if call.name == "DEFINE_list":
        items = default.split(",") if isinstance(default, str) else call.items(default)
        default = ListObject(list(items))
    for path in _paths(f"FLAGS.{label}"):
        call.run.flags[path] = default
    return Flag({("attribute", "value"): default})
