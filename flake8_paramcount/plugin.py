"""The flake8 plugin: its options, the gate before any work, and the fence around all of it."""

from __future__ import annotations

import ast
import logging
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from flake8_paramcount import __version__

if TYPE_CHECKING:
    import argparse

    from flake8.options.manager import OptionManager

    from flake8_paramcount.settings import Settings

Violation: TypeAlias = tuple[int, int, str, type[Any]]

LOG = logging.getLogger("flake8.paramcount")
RERAISE = "PARAMCOUNT_RERAISE"
"""Environment variable that takes the fence down, for our own tests."""

WORD = "keras"
ROOTS = frozenset(("keras", "tensorflow", "tf_keras"))
BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


class ParamCount:
    """Counts the parameters of Keras models; flake8 makes one instance per file."""

    name = "flake8-paramcount"
    version = __version__

    _options: ClassVar[argparse.Namespace | None] = None
    _settings: ClassVar[Settings | None] = None

    def __init__(self, tree: ast.AST, lines: list[str], filename: str = "-") -> None:
        self._tree = tree
        self._lines = lines
        self._filename = filename

    @classmethod
    def add_options(cls, option_manager: OptionManager) -> None:
        """Register the options, and the codes that are off unless asked for."""
        from flake8_paramcount.codes import OFF_BY_DEFAULT
        from flake8_paramcount.options import add_to_flake8

        add_to_flake8(option_manager)
        option_manager.extend_default_ignore(OFF_BY_DEFAULT)

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Keep the options; they become settings when a file needs them."""
        cls._options = options
        cls._settings = None

    def run(self) -> Iterator[Violation]:
        """The violations of the file, in order."""
        yield from self._fenced()

    def _fenced(self) -> list[Violation]:
        """No exception of ours ends a run over files that may be none of our business."""
        try:
            return self._violations()
        except Exception:
            if os.environ.get(RERAISE):
                raise
            LOG.debug("analysis of %s failed", self._filename, exc_info=True)
            return []

    def _violations(self) -> list[Violation]:
        source = "".join(self._lines)
        if WORD not in source or not imports_keras(self._tree):
            return []
        settings = self._set()
        if settings.codes is not None and not settings.codes:
            return []
        from flake8_paramcount.collector import collector_off

        with collector_off():
            from flake8_paramcount.analysis import report_on

            report = report_on(source, self._tree, settings, self._filename)
        return [(f.line, f.column, f"{f.code} {f.message}", type(self)) for f in report.findings]

    @classmethod
    def _set(cls) -> Settings:
        """The settings, made of the options once per process."""
        if cls._settings is None:
            cls._settings = settings_of(cls._options)
        return cls._settings


def imports_keras(tree: ast.AST) -> bool:
    """Whether a module imports Keras, under any of its names and anywhere in it."""
    # Only statements can hold an import: going into expressions would take most of the time.
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            if any(alias.name.partition(".")[0] in ROOTS for alias in node.names):
                return True
        elif isinstance(node, ast.ImportFrom):
            if not node.level and (node.module or "").partition(".")[0] in ROOTS:
                return True
        elif not isinstance(node, ast.expr):
            for field in BODIES:
                waiting += getattr(node, field, ())
    return False


def settings_of(options: argparse.Namespace | None) -> Settings:
    """The settings that flake8's options stand for."""
    from flake8_paramcount.options import settings_from

    return settings_from(options, codes=None if options is None else _seen(options))


def _seen(options: argparse.Namespace) -> frozenset[str]:
    """The codes that flake8 will show somewhere: to find the others would be lost work."""
    from flake8.style_guide import Decision, DecisionEngine

    from flake8_paramcount.codes import CODES

    engine = DecisionEngine(options)
    return frozenset(code for code in CODES if engine.decision_for(code) is Decision.Selected)
