"""`paramcount check --fix` and `--diff` over files: which findings count, and what is written."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flake8.processor import FileProcessor
from flake8.style_guide import Decision, StyleGuideManager
from flake8.violation import Violation

from flake8_paramcount.cli.files import Unreadable, shown
from flake8_paramcount.cli.rewriting import difference, original, rewrite
from flake8_paramcount.plugin import RERAISE, settings_of
from flake8_paramcount.rules import Finding

FIXABLE = frozenset(("KPC106", "KPC108", "KPC202", "KPC306", "KPC307"))
"""The codes of the rules that know fixes: files without them are not looked at again."""
UNREADABLE = "E9"


class Mending:
    """The fixing of all files of a run."""

    def __init__(self, options: argparse.Namespace, guide: StyleGuideManager) -> None:
        self.fixed = 0
        self.failed = False
        self._options = options
        self._guide = guide
        self._settings = settings_of(options)

    def run(self, results: Iterable[tuple[str, list[Any], Any]]) -> None:
        """Fix the files that the results of a check name, or print what that would change."""
        files = 0
        for path, found, _ in sorted(results):
            codes = {result[0] for result in found}
            if self._options.diff:
                self._tell_unreadable(path, found)
            if codes & FIXABLE:
                fixed = self._fix(path)
                self.fixed, files = self.fixed + fixed, files + bool(fixed)
        if self.fixed and not self._options.diff:
            self._say(f"fixed {_many(self.fixed, 'finding')} in {_many(files, 'file')}")

    def _tell_unreadable(self, path: str, found: Sequence[Any]) -> None:
        for code, _line, _column, text, _physical in found:
            if code.startswith(UNREADABLE):
                self._fail(path, f"{code} {text}")

    def _fix(self, path: str) -> int:
        """Fix one file; the number of findings that are mended."""
        try:
            return self._write(path)
        except Unreadable as error:
            self._fail(path, str(error))
        except Exception as error:
            if os.environ.get(RERAISE):
                raise
            self._fail(path, f"internal error: {type(error).__name__}: {error}")
        return 0

    def _write(self, path: str) -> int:
        from flake8_paramcount.cli.fixing import mended

        def wanted(text: str, findings: Sequence[Finding]) -> Iterator[Finding]:
            return self._wanted(path, text, findings)

        found = original(path)
        text, fixed = mended(found.text, path, self._settings, wanted)
        if not fixed:
            return 0
        if self._options.diff:
            print(difference(found, text), end="")
        else:
            rewrite(found, text)
        return fixed

    def _wanted(self, path: str, text: str, findings: Sequence[Finding]) -> Iterator[Finding]:
        """The findings that flake8 would show: selected, and not silenced on their line."""
        guide = self._guide.style_guide_for(path)
        file = FileProcessor(path, self._options, text.splitlines(keepends=True))
        for finding in findings:
            if guide.should_report_error(finding.code) is not Decision.Selected:
                continue
            line = file.noqa_line_for(finding.line)
            shown_at = (finding.line, finding.column + 1)
            violation = Violation(finding.code, path, *shown_at, finding.message, line)
            if not violation.is_inline_ignored(self._options.disable_noqa):
                yield finding

    def _fail(self, path: str, message: str) -> None:
        self.failed = True
        print(f"{shown(path)}: {message}", file=sys.stderr)

    def _say(self, message: str) -> None:
        if not self._options.quiet:
            print(f"paramcount check: {message}", file=sys.stderr)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
