"""The JSON and SARIF of `paramcount check`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import PurePath
from typing import Any, Literal, NamedTuple, TypeAlias

from flake8_paramcount import __version__
from flake8_paramcount.codes import CODES
from flake8_paramcount.report import FileError

VERSION = 1
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


PACKAGE = "flake8-paramcount"
DOCUMENTATION = "Documentation"

Severity: TypeAlias = Literal["error", "warning", "note"]

NOTES = frozenset(("KPC001", "KPC003", "KPC004"))
"""Codes that report what is, and no fault."""
ERRORS = frozenset(
    "KPC002 KPC101 KPC102 KPC103 KPC104 KPC201 KPC202 KPC205 KPC301 KPC307 KPC308 KPC309 KPC310 "
    "KPC401 KPC402 KPC403 KPC404 KPC405 KPC406".split()
)
"""Codes of what Keras refuses, of what fails on data, and of limits that are not kept."""


class Located(NamedTuple):
    """A finding as it is printed: 1-based line, 0-based column in code points."""

    path: str
    line: int
    column: int
    code: str
    message: str


def severity(code: str) -> Severity:
    """How an editor should show a finding; a suggestion."""
    if code in ERRORS:
        return "error"
    return "note" if code in NOTES or code.startswith("KPC9") else "warning"


def help_url(code: str) -> str | None:
    """The page of a rule, where the package's metadata name a place of the documentation."""
    place = _documentation()
    return f"{place}/rules/{code}.md" if place else None


@cache
def _documentation() -> str | None:
    try:
        entries = metadata(PACKAGE).get_all("Project-URL") or ()
    except PackageNotFoundError:
        return None
    named = dict(entry.split(", ", 1) for entry in entries if ", " in entry)
    return named.get(DOCUMENTATION, "").rstrip("/") or None


def as_json(findings: Sequence[Located], errors: Sequence[FileError]) -> str:
    """The findings as JSON text, in the manner of `paramcount summary --format json`."""
    document = {
        "schema": VERSION,
        "findings": [_finding(finding) for finding in findings],
        "errors": [{"path": error.path, "message": error.message} for error in errors],
    }
    return _dumps(document)


def as_sarif(findings: Sequence[Located], errors: Sequence[FileError]) -> str:
    """The findings as SARIF 2.1.0, which code hosts show beside the changed lines."""
    run = {
        "tool": {"driver": _driver(findings)},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding) for finding in findings],
        "invocations": [_invocation(errors)],
    }
    return _dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _dumps(document: dict[str, Any]) -> str:
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.encode(errors="backslashreplace").decode()


def _finding(finding: Located) -> dict[str, Any]:
    return {
        "path": finding.path,
        "line": finding.line,
        "column": finding.column,
        "code": finding.code,
        "name": CODES[finding.code].name,
        "message": finding.message,
        "severity": severity(finding.code),
        "help": help_url(finding.code),
    }


def _driver(findings: Sequence[Located]) -> dict[str, Any]:
    codes = sorted({finding.code for finding in findings})
    return {
        "name": PACKAGE,
        "version": __version__,
        "rules": list(map(_rule, codes)),
    }


def _rule(code: str) -> dict[str, Any]:
    level = {"defaultConfiguration": {"level": severity(code)}}
    page = help_url(code)
    return {"id": code, "name": CODES[code].name, **level, **({"helpUri": page} if page else {})}


def _result(finding: Located) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column + 1}
    return {
        "ruleId": finding.code,
        "level": severity(finding.code),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {**_artifact(finding.path), "region": region}}],
    }


def _artifact(path: str) -> dict[str, Any]:
    return {"artifactLocation": {"uri": PurePath(path).as_posix()}}


def _invocation(errors: Sequence[FileError]) -> dict[str, Any]:
    notes = [
        {
            "level": "error",
            "message": {"text": error.message},
            "locations": [{"physicalLocation": _artifact(error.path)}],
        }
        for error in errors
    ]
    return {"executionSuccessful": not errors, "toolExecutionNotifications": notes}
