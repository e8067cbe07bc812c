"""The JSON and SARIF of `paramcount check`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from flake8_paramcount import __version__
from flake8_paramcount.codes import CODES
from flake8_paramcount.report import FileError

VERSION = 1
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class Located(NamedTuple):
    """A finding as it is printed: 1-based line, 0-based column in code points."""

    path: str
    line: int
    column: int
    code: str
    message: str


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
    }


def _driver(findings: Sequence[Located]) -> dict[str, Any]:
    codes = sorted({finding.code for finding in findings})
    return {
        "name": "flake8-paramcount",
        "version": __version__,
        "rules": [{"id": code, "name": CODES[code].name} for code in codes],
    }


def _result(finding: Located) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column + 1}
    return {
        "ruleId": finding.code,
        "level": "warning",
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
