"""`paramcount summary`: the models of files, as tables or JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator

from flake8.options import config

from flake8_paramcount.cli.files import STDIN, Source, Unreadable, expand, read, shown
from flake8_paramcount.plugin import RERAISE, WORD, imports_keras
from flake8_paramcount.records import Position, Site
from flake8_paramcount.report import FileError, FileReport
from flake8_paramcount.settings import Settings

FAILED = 2
PREFIX = "paramcount"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command, beside the options of the plugin."""
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="source file, directory, or - for standard input"
    )
    parser.add_argument("--format", choices=("table", "json"), default="table")
    parser.add_argument("--schema", action="store_true", help="print the schema of the JSON")
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="tables drawn by rich, if it is installed (default: auto, on a terminal)",
    )
    parser.add_argument(
        "--stdin-display-name", default="stdin", metavar="NAME", help="name of the file that - is"
    )
    parser.add_argument("--config", metavar="PATH", help="configuration file instead of flake8's")
    parser.add_argument("--isolated", action="store_true", help="read no configuration file")


def configured(argv: list[str]) -> dict[str, str]:
    """The plugin's options in flake8's configuration, as defaults for the command line."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("--config")
    first.add_argument("--isolated", action="store_true")
    early, _ = first.parse_known_args(argv)
    found, _ = config.load_config(early.config, [], isolated=early.isolated)
    section = found.items("flake8") if found.has_section("flake8") else []
    pairs = ((key.replace("-", "_"), value) for key, value in section)
    return {key: value for key, value in pairs if key.startswith(PREFIX)}


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Analyse the files and print what they hold."""
    errors: list[FileError] = []
    reports = _reports(arguments, settings, errors)
    if arguments.format == "json":
        _print_json(list(reports), errors)
    else:
        _print_tables(reports, arguments)
        for error in errors:
            print(f"{error.path}: {error.message}", file=sys.stderr)
    return FAILED if errors else 0


def _reports(
    arguments: argparse.Namespace, settings: Settings, errors: list[FileError]
) -> Iterator[FileReport]:
    for path in expand(arguments.files):
        name = arguments.stdin_display_name if path == STDIN else path
        try:
            yield analyzed(path, name, settings)
        except Unreadable as error:
            errors.append(FileError(shown(name), str(error)))


def analyzed(path: str, name: str, settings: Settings) -> FileReport:
    """The models of one file. Raises `Unreadable`, and nothing else whatever the file holds."""
    source = read(path)
    if WORD not in source.text or not imports_keras(source.tree):
        return FileReport(shown(name), (), _nowhere)
    try:
        return _report(source, name, settings)
    except Exception as error:
        if os.environ.get(RERAISE) or isinstance(error, Unreadable):
            raise
        raise Unreadable(f"internal error: {type(error).__name__}: {error}") from error


def _report(source: Source, name: str, settings: Settings) -> FileReport:
    from flake8_paramcount.interpreter import analyze
    from flake8_paramcount.summary import summarize

    analysis = analyze(source.text, source.tree, settings, name)
    if analysis.error is not None:
        raise Unreadable(analysis.error)
    summaries = tuple(summarize(model, settings) for model in analysis.models)
    return FileReport(shown(name), summaries, analysis.locate)


def _nowhere(_site: Site) -> Position:
    return Position(1, 0)


def _print_json(reports: list[FileReport], errors: list[FileError]) -> None:
    from flake8_paramcount.report.json import dumps

    print(dumps(reports, errors))


def _print_tables(reports: Iterator[FileReport], arguments: argparse.Namespace) -> None:
    from flake8_paramcount.report.table import has_rich, plain, print_rich, sheets

    forced = arguments.color == "always"
    rich = has_rich() and (forced or (arguments.color == "auto" and sys.stdout.isatty()))
    for report in reports:
        if not report.summaries and report.path in arguments.files:
            print(f"{report.path}: no Keras model\n")
        for sheet in sheets(report):
            if rich:
                print_rich(sheet, sys.stdout, color=True)
            else:
                print(plain(sheet))
