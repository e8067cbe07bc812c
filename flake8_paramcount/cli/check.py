"""`paramcount check`: flake8 with this plugin alone, its options, configuration and `# noqa`."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import flake8
from flake8 import checker, exceptions
from flake8.formatting.base import BaseFormatter
from flake8.main import options as flake8_options
from flake8.main.application import Application
from flake8.options import aggregator, config, manager
from flake8.plugins import finder
from flake8.violation import Violation

from flake8_paramcount import __version__
from flake8_paramcount.cli.files import STDIN, expand, shown
from flake8_paramcount.report import FileError

if TYPE_CHECKING:
    from flake8_paramcount.report.findings import Located

FOUND, FAILED = 1, 2
UNREADABLE = "E9"
"""flake8's own codes for files that it cannot read (E902) or parse (E999)."""

CHECKERS = {"KPC": "flake8_paramcount.plugin:ParamCount"}
FORMATTERS = {
    "default": "flake8.formatting.default:Default",
    "pylint": "flake8.formatting.default:Pylint",
    "quiet-filename": "flake8.formatting.default:FilenameOnly",
    "quiet-nothing": "flake8.formatting.default:Nothing",
    "json": "flake8_paramcount.cli.check:JsonFormatter",
    "sarif": "flake8_paramcount.cli.check:SarifFormatter",
}
# Named here rather than discovered, so that no other plugin is imported for this command.
PLUGINS = [
    finder.Plugin("flake8-paramcount", __version__, EntryPoint(name, target, group))
    for group, targets in (("flake8.extension", CHECKERS), ("flake8.report", FORMATTERS))
    for name, target in targets.items()
]

EPILOG = """\
Exit status: 0 nothing found, 1 findings, 2 wrong usage, or a file that cannot be read, parsed or
written. With --fix, what has been fixed is no finding; with --diff, 1 says that there is a diff.
Options of flake8 that concern other checkers are accepted and mean nothing here.
"""


def main(argv: Sequence[str]) -> int:
    """Check the paths that `argv` names. The exit status: 0, 1 or 2."""
    application = Check()
    application.run(argv)
    return application.exit_code()


class Check(Application):
    """flake8's application, reduced to this plugin."""

    def run(self, argv: Sequence[str]) -> None:
        """Check and report; what stops the run as a whole is one line on stderr."""
        try:
            self.initialize(argv)
            self.run_checks()
            if self.differs is None:
                self.report()
        except (exceptions.ExecutionError, ValueError) as error:
            # flake8 lets a ValueError out for a malformed code in the configuration
            print(f"paramcount check: error: {error}", file=sys.stderr)
            self.catastrophic_failure = True
        except exceptions.EarlyQuit:
            self.catastrophic_failure = True

    differs: bool | None = None
    """With `--diff`, whether there is anything to fix."""

    def initialize(self, argv: Sequence[str]) -> None:
        """Read options and configuration."""
        self.plugins, self.options = parse_args(argv)
        if (self.options.fix or self.options.diff) and STDIN in self.options.filenames:
            raise exceptions.ExecutionError("--fix and --diff need files, not standard input")
        self.make_formatter()
        self.make_guide()
        self.make_file_checker_manager(argv)

    def make_file_checker_manager(self, argv: Sequence[str]) -> None:
        """The manager that runs this plugin only, in its worker processes too."""
        assert self.guide is not None
        assert self.plugins is not None
        self.file_checker_manager = Manager(self.guide, self.plugins.checkers, argv)

    def run_checks(self) -> None:
        """Check, and after fixing check again: what a file imports may have changed too."""
        super().run_checks()
        assert self.options is not None
        if not (self.options.fix or self.options.diff) or self.catastrophic_failure:
            return
        from flake8_paramcount.cli.mending import Mending

        assert self.guide is not None
        assert self.file_checker_manager is not None
        mending = Mending(self.options, self.guide)
        mending.run(self.file_checker_manager.results)
        if self.options.diff:
            self.differs = mending.fixed > 0
        elif mending.fixed:
            self.make_file_checker_manager(self.file_checker_manager.argv)
            super().run_checks()
        self.catastrophic_failure |= mending.failed

    def exit_code(self) -> int:
        """As documented, not as flake8 has it: a file that was not checked is no finding."""
        if self.catastrophic_failure:
            return FAILED
        assert self.options is not None
        assert self.guide is not None
        if self.options.exit_zero:
            return 0
        if self.differs is not None:
            return FOUND if self.differs else 0
        if any(code.startswith(UNREADABLE) for code in self.guide.stats.error_codes()):
            return FAILED
        return FOUND if self.result_count else 0


def parse_args(argv: Sequence[str]) -> tuple[finder.Plugins, argparse.Namespace]:
    """flake8's own parsing of command line and configuration, with no other plugin loaded."""
    first = flake8_options.stage1_arg_parser()
    early, rest = first.parse_known_args(argv)
    if early.output_file:
        rest += ["--output-file", early.output_file]
    flake8.configure_logging(early.verbose, early.output_file)
    cfg, folder = config.load_config(
        config=early.config, extra=early.append_config, isolated=early.isolated
    )
    plugins = finder.load_plugins(PLUGINS, finder.PluginOptions.blank())
    registry = manager.OptionManager(
        version=__version__,
        plugin_versions=f"flake8: {flake8.__version__}",
        parents=[first],
        formatter_names=list(plugins.reporters),
    )
    registry.parser.prog, registry.parser.epilog = "paramcount check", EPILOG
    flake8_options.register_default_options(registry)
    _add_options(registry)
    registry.register_plugins(plugins)
    registry.extend_default_select([UNREADABLE])
    options = aggregator.aggregate_options(registry, cfg, folder, rest)
    for loaded in plugins.all_plugins():
        parse_options = getattr(loaded.obj, "parse_options", None)
        if parse_options is not None:
            parse_options(options)
    return plugins, options


def _add_options(registry: manager.OptionManager) -> None:
    """The options that flake8 does not have."""
    registry.add_option(
        "--fix",
        action="store_true",
        default=False,
        help="mend what is certain, in the files themselves, and report the rest",
    )
    registry.add_option(
        "--diff",
        action="store_true",
        default=False,
        help="print what --fix would change, as a unified diff, and change nothing",
    )


class Manager(checker.Manager):
    """Runs the checkers of this module instead of flake8's."""

    def start(self) -> None:
        """Find the files: as flake8, but not in hidden directories and virtual environments."""
        self.filenames = tuple(
            expand(
                self.options.filenames or ["."],
                exclude=self.exclude,
                patterns=self.options.filename,
                stdin_name=self.options.stdin_display_name,
            )
        )
        self.jobs = min(len(self.filenames), self.jobs)

    def run_parallel(self) -> None:
        """Check in worker processes, or here where there can be none."""
        try:
            pool = multiprocessing.Pool(self.jobs, _start_worker, (self.argv,))
        except (OSError, ImportError):
            self.run_serial()
            return
        with pool:
            self.results = list(pool.imap_unordered(_check_in_worker, self.filenames))

    def run_serial(self) -> None:
        """Check one file after another."""
        self.results = [
            FileChecker(filename=filename, plugins=self.plugins, options=self.options).run_checks()
            for filename in self.filenames
        ]


_check_in_this_worker: Callable[[str], Any]


def _start_worker(argv: Sequence[str]) -> None:
    global _check_in_this_worker
    plugins, options = parse_args(argv)

    def check(filename: str) -> Any:
        found = FileChecker(filename=filename, plugins=plugins.checkers, options=options)
        return found.run_checks()

    _check_in_this_worker = check


def _check_in_worker(filename: str) -> Any:
    return _check_in_this_worker(filename)


class FileChecker(checker.FileChecker):
    """flake8's checker of one file, without the passes over lines and tokens."""

    def process_tokens(self) -> None:
        """Nothing here looks at tokens."""

    def run_checks(self) -> tuple[str, checker.Results, dict[str, int]]:
        """Check the file; what `ast` refuses by other means than a SyntaxError is E999 too."""
        try:
            return super().run_checks()
        except (ValueError, RecursionError, MemoryError) as error:
            self.report("E999", 1, 0, f"{type(error).__name__}: {error}")
            return self.display_name, self.results, self.statistics


class _DocumentFormatter(BaseFormatter):
    """A formatter that writes one document at the end."""

    def document(self) -> str:
        """The document's text."""
        raise NotImplementedError

    def after_init(self) -> None:
        """Start with nothing found."""
        self.findings: list[Located] = []
        self.errors: list[FileError] = []

    def handle(self, error: Violation) -> None:
        """Keep the finding until the end."""
        path = shown(error.filename)
        if error.code.startswith(UNREADABLE):
            self.errors.append(FileError(path, error.text))
            return
        from flake8_paramcount.report.findings import Located

        column = error.column_number - 1
        self.findings.append(Located(path, error.line_number, column, error.code, error.text))

    def stop(self) -> None:
        """Write the document."""
        self._write(self.document())
        super().stop()


class JsonFormatter(_DocumentFormatter):
    """`--format json`."""

    def document(self) -> str:
        """The findings as JSON, and the rules that they break: these are imported for it alone."""
        from flake8_paramcount.report.findings import as_json

        return as_json(self.findings, self.errors)


class SarifFormatter(_DocumentFormatter):
    """`--format sarif`."""

    def document(self) -> str:
        """The findings as SARIF."""
        from flake8_paramcount.report.findings import as_sarif

        return as_sarif(self.findings, self.errors)
