"""The JSON and SARIF of findings: SARIF as the OASIS standard, version 2.1.0, describes it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from flake8_paramcount.report import FileError
from flake8_paramcount.report.findings import Located, as_json, as_sarif, severity
from flake8_paramcount.rules import RULES

FOUND = [
    Located("a.py", 4, 10, "KPC301", "Dropout(rate=50): a rate is the fraction to drop"),
    Located("deep/b c.py", 1, 0, "KPC108", "the bias of Conv2D is cancelled"),
    Located("/root/größe.py", 9, 4, "KPC301", "again"),
    Located("a.py", 7, 0, "KPC901", "an opinion"),
]
BROKEN = [FileError("100%.py", "SyntaxError: invalid syntax")]

# Of each object: properties that it must have, and that it may have. A name in brackets is a list
# of such objects, another name is such an object, a type is a type.
OBJECTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "log": ({"version": "2.1.0", "runs": ["run"]}, {"$schema": "uri"}),
    "run": (
        {"tool": "tool"},
        {
            "results": ["result"],
            "invocations": ["invocation"],
            "columnKind": ("utf16CodeUnits", "unicodeCodePoints"),
        },
    ),
    "tool": ({"driver": "component"}, {}),
    "component": (
        {"name": str},
        {"version": str, "rules": ["descriptor"], "informationUri": "uri"},
    ),
    "descriptor": (
        {"id": str},
        {
            "name": str,
            "shortDescription": "message",
            "fullDescription": "message",
            "help": "message",
            "helpUri": "uri",
            "defaultConfiguration": "configuration",
        },
    ),
    "message": ({"text": str}, {"markdown": str}),
    "configuration": ({}, {"enabled": bool, "level": "level"}),
    "result": (
        {"message": "message"},
        {"ruleId": str, "ruleIndex": int, "level": "level", "locations": ["location"]},
    ),
    "location": ({}, {"physicalLocation": "physical"}),
    "physical": ({"artifactLocation": "artifact"}, {"region": "region"}),
    "artifact": ({"uri": "uri"}, {}),
    "region": ({}, {"startLine": "positive", "startColumn": "positive"}),
    "invocation": (
        {"executionSuccessful": bool},
        {"toolExecutionNotifications": ["notification"]},
    ),
    "notification": ({"message": "message"}, {"level": "level", "locations": ["location"]}),
}


def check(kind: Any, value: Any) -> None:
    """Hold a value against what the standard says of its kind."""
    if isinstance(kind, list):
        assert isinstance(value, list)
        for item in value:
            check(kind[0], item)
    elif isinstance(kind, type):
        assert type(value) is kind
    elif isinstance(kind, tuple):
        assert value in kind
    elif kind in OBJECTS:
        needed, allowed = OBJECTS[kind]
        assert needed.keys() <= value.keys() <= needed.keys() | allowed.keys()
        for key, item in value.items():
            check((needed | allowed)[key], item)
    elif kind == "level":
        assert value in ("none", "note", "warning", "error")
    elif kind == "positive":
        assert value > 0
    elif kind == "uri":
        assert re.fullmatch(r"(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-F]{2})+", value, re.ASCII)
        assert urlsplit(value).scheme in ("", "file", "https")
    else:
        assert value == kind


@pytest.mark.parametrize("errors", [[], BROKEN], ids=["well", "broken"])
@pytest.mark.parametrize("found", [[], FOUND], ids=["nothing", "findings"])
def test_sarif_is_as_the_standard_has_it(found: list[Located], errors: list[FileError]) -> None:
    log = json.loads(as_sarif(found, errors))

    check("log", log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({each.code for each in found})
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]
    assert run["invocations"][0]["executionSuccessful"] is not bool(errors)


def test_sarif_names_files_by_uris() -> None:
    (run,) = json.loads(as_sarif(FOUND, BROKEN))["runs"]

    places = [each["locations"][0]["physicalLocation"] for each in run["results"]]
    assert [place["artifactLocation"]["uri"] for place in places] == [
        "a.py",
        "deep/b%20c.py",
        "file:///root/gr%C3%B6%C3%9Fe.py",
        "a.py",
    ]


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_described(code: str) -> None:
    found = [Located("a.py", 1, 0, code, "a message")]
    (described,) = json.loads(as_sarif(found, []))["runs"][0]["tool"]["driver"]["rules"]
    (listed,) = json.loads(as_json(found, []))["rules"]

    check("descriptor", described)
    assert described["help"]["markdown"] == listed["page"]
    assert listed["page"].startswith(f"# {code} {RULES[code].name}\n")
    assert described["defaultConfiguration"]["enabled"] is (listed["default"] != "off")
    assert listed["severity"] == severity(code)
