"""The whole way of one file, from its text to sorted findings."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.rules import Finding, check
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary, summarize


@dataclass(frozen=True, slots=True)
class Report:
    """What one file holds: its models in source order, and its faults in order of their places."""

    filename: str
    summaries: tuple[Summary, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: str | None = None
    """Why the file could not be analysed; None if it could."""


def report_on(source: str, tree: ast.AST | None, settings: Settings, filename: str) -> Report:
    """Analyse a source text; `tree` is its syntax tree, if somebody has parsed it already."""
    if tree is None:
        try:
            tree = _parsed(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return Report(filename, error=_one_line(error))
    analysis = analyze(source, tree, settings, filename)
    summaries = tuple(summarize(model, settings) for model in analysis.models)
    findings = tuple(check(analysis, summaries, settings))
    return Report(filename, summaries, findings, analysis.error)


def _parsed(source: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def _one_line(error: Exception) -> str:
    """An error of the parser, in one line."""
    kind = type(error).__name__
    if not isinstance(error, SyntaxError):
        return f"{kind}: {error}"
    return f"{kind}: {error.msg}" + (f" (line {error.lineno})" if error.lineno else "")
