"""Write docs/rules and the README's table of rules from the rules' own docstrings.

`python docs/generate.py` writes; with `--check` it only says what is out of date (exit status 1).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flake8_paramcount.rules import RULES, Rule  # noqa: E402
from flake8_paramcount.rules.pages import parts  # noqa: E402

FOLDER = ROOT / "docs" / "rules"
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- /rules -->)", re.DOTALL)

DEFAULTS = {
    "on": "on",
    "on*": "on, silent until its setting is given",
    "off": "off",
}


def page(rule: Rule) -> str:
    """A rule's page as Markdown."""
    part = parts(rule.page)
    head = f"# {rule.code} {rule.name}\n\n{part.summary}\n\n*Default: {DEFAULTS[rule.default]}.*\n"
    prose = f"\n{part.prose}\n" if part.prose else ""
    options = f"\n## Options\n\n```ini\n[flake8]\n{part.options}\n```\n" if part.options else ""
    return f"{head}{prose}{options}{_example('Bad', part.bad)}{_example('Good', part.good)}"


def _example(title: str, code: str) -> str:
    return f"\n## {title}\n\n```python\n{code}\n```\n"


def table() -> str:
    """All rules as a Markdown table."""
    rows = [
        f"| [{rule.code}](docs/rules/{rule.code}.md) | {rule.name} | {parts(rule.page).summary} "
        f"| {rule.default} |\n"
        for _, rule in sorted(RULES.items())
    ]
    legend = "\non\\*: on, but silent until its setting is given.\n"
    return "\n| code | name | reported | default |\n|---|---|---|---|\n" + "".join(rows) + legend


def wanted() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text that it should have."""
    for code, rule in sorted(RULES.items()):
        yield FOLDER / f"{code}.md", page(rule)
    yield README, TABLE.sub(lambda _: table().lstrip("\n"), README.read_text(encoding="utf-8"))


def stale() -> list[Path]:
    """Files that are missing, out of date, or left over."""
    expected = dict(wanted())
    outdated = [path for path, text in expected.items() if _text(path) != text]
    return outdated + [path for path in FOLDER.glob("*.md") if path not in expected]


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def write() -> None:
    """Bring everything up to date."""
    FOLDER.mkdir(exist_ok=True)
    for path, text in wanted():
        path.write_text(text, encoding="utf-8")
    for path in stale():
        path.unlink()


def main(arguments: list[str]) -> int:
    """Write, or with `--check` list what is out of date."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    if not arguments:
        write()
    outdated = stale()
    for path in outdated:
        print(f"{path.relative_to(ROOT)} is out of date: run python docs/generate.py")
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
