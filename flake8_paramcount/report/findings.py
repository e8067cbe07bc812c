"""The JSON and SARIF of `paramcount check`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import PurePath
from typing import Any, Literal, NamedTuple, TypeAlias
from urllib.parse import quote

from flake8_paramcount import __version__
from flake8_paramcount.codes import CODES
from flake8_paramcount.report import FileError
from flake8_paramcount.rules import RULES, Rule
from flake8_paramcount.rules.pages import markdown, parts

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
        "rules": [_page(rule) for rule in _rules(findings)],
        "errors": [{"path": error.path, "message": error.message} for error in errors],
    }
    return _dumps(document)


def as_sarif(findings: Sequence[Located], errors: Sequence[FileError]) -> str:
    """The findings as SARIF 2.1.0, which code hosts show beside the changed lines."""
    rules = _rules(findings)
    codes = [rule.code for rule in rules]
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes) for finding in findings],
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


def _rules(findings: Sequence[Located]) -> list[Rule]:
    """The rules that have found something."""
    return [RULES[code] for code in sorted({finding.code for finding in findings})]


def _page(rule: Rule) -> dict[str, Any]:
    """A rule with its page, so that an editor can show it where there is no address to go to."""
    return {
        "code": rule.code,
        "name": rule.name,
        "default": rule.default,
        "severity": severity(rule.code),
        "summary": parts(rule.page).summary,
        "page": markdown(rule),
        "help": help_url(rule.code),
    }


def _driver(rules: Sequence[Rule]) -> dict[str, Any]:
    return {"name": PACKAGE, "version": __version__, "rules": list(map(_descriptor, rules))}


def _descriptor(rule: Rule) -> dict[str, Any]:
    part, address = parts(rule.page), help_url(rule.code)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": part.summary},
        "fullDescription": {"text": f"{part.summary}\n\n{part.prose}".rstrip()},
        "help": {"text": rule.page, "markdown": markdown(rule)},
        **({"helpUri": address} if address else {}),
        "defaultConfiguration": {"enabled": rule.default != "off", "level": severity(rule.code)},
    }


def _result(finding: Located, codes: Sequence[str]) -> dict[str, Any]:
    region = {"startLine": finding.line, "startColumn": finding.column + 1}
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": severity(finding.code),
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {**_artifact(finding.path), "region": region}}],
    }


def _artifact(path: str) -> dict[str, Any]:
    return {"artifactLocation": {"uri": _uri(PurePath(path))}}


def _uri(path: PurePath) -> str:
    """A path as a URI: relative to where the command runs, unless it is absolute."""
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")


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
