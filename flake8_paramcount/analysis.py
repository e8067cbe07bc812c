"""The whole way of one file, from its text to sorted findings."""

from __future__ import annotations

import ast
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
    analysis = analyze(source, tree, settings, filename)
    summaries = tuple(summarize(model, settings) for model in analysis.models)
    findings = tuple(check(analysis, summaries, settings))
    return Report(filename, summaries, findings, analysis.error)
