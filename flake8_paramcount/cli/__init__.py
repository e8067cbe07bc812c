"""The `paramcount` command."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence

from flake8_paramcount import __version__

FAILED = 2
INTERRUPTED = 130

CHECK_HELP = "what flake8 reports with this plugin alone; takes flake8's own options"
EPILOG = """\
Exit status: 0 all well, 1 findings (check), 2 wrong usage, or a file that cannot be read or
parsed; the other files are done nevertheless.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command. Returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output has enough of it; what is still buffered goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


def _speak_utf8() -> None:
    """Formulas hold `·`, which not every terminal's encoding has."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _run(argv: list[str]) -> int:
    # flake8 parses the arguments of this one: its options are many, and not ours
    if argv[:1] == ["check"]:
        from flake8_paramcount.cli import check

        return check.main(argv[1:])
    arguments = _parser(argv).parse_args(argv)
    if arguments.command == "summary":
        return _summary(arguments)
    if arguments.command == "schema":
        return _schema()
    return _look_up(arguments)


def _summary(arguments: argparse.Namespace) -> int:
    if arguments.schema:
        return _schema()
    if not arguments.files:
        arguments.parser.error("give at least one FILE")
    from flake8_paramcount import options
    from flake8_paramcount.cli import summary

    try:
        settings = options.settings_from(arguments)
    except ValueError as error:
        arguments.parser.error(str(error))
    return summary.run(arguments, settings)


def _schema() -> int:
    from flake8_paramcount.report.json import schema

    print(json.dumps(schema(), indent=2))
    return 0


def _look_up(arguments: argparse.Namespace) -> int:
    from flake8_paramcount.cli import catalogue

    if arguments.command == "explain":
        return catalogue.explain(arguments.rule)
    if arguments.command == "layers":
        return catalogue.layers(arguments.name)
    return catalogue.rules()


def _parser(argv: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="paramcount",
        description="Count the parameters of Keras models from source text alone.",
        epilog=EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_summary(commands.add_parser("summary", help="the models of files, layer by layer"), argv)
    commands.add_parser("check", help=CHECK_HELP, add_help=False)
    explain = commands.add_parser("explain", help="the page of a rule")
    explain.add_argument("rule", nargs="+", metavar="CODE")
    commands.add_parser("rules", help="all rules")
    layers = commands.add_parser("layers", help="the layers that are known, or one of them")
    layers.add_argument("name", nargs="?", metavar="NAME")
    commands.add_parser("schema", help="the JSON schema of `summary --format json`")
    return parser


def _add_summary(parser: argparse.ArgumentParser, argv: list[str]) -> None:
    if argv[:1] != ["summary"]:
        return
    from flake8.exceptions import ExecutionError

    from flake8_paramcount import options
    from flake8_paramcount.cli import summary

    summary.add_arguments(parser)
    options.add_to_argparse(parser)
    try:
        parser.set_defaults(parser=parser, **summary.configured(argv[1:]))
    except ExecutionError as error:
        parser.error(str(error))
