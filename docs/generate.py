"""Write docs/rules and the README's table of rules from the rules' docstrings, docs/layers.md from
the layer catalogue.

`python docs/generate.py` writes; with `--check` it only says what is out of date (exit status 1).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from flake8_paramcount.cli.exhibits import (  # noqa: E402
    exhibit,
    generations,
    sentence,
    signature,
)
from flake8_paramcount.keras import FAMILIES, FUNCTIONS, LAYERS, LayerSpec  # noqa: E402
from flake8_paramcount.rules import RULES  # noqa: E402
from flake8_paramcount.rules.pages import markdown, parts  # noqa: E402

FOLDER = ROOT / "docs" / "rules"
CATALOGUE = ROOT / "docs" / "layers.md"
README = ROOT / "README.md"
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- /rules -->)", re.DOTALL)


def table() -> str:
    """All rules as a Markdown table."""
    rows = [
        f"| [{rule.code}](docs/rules/{rule.code}.md) | {rule.name} | {parts(rule.page).summary} "
        f"| {rule.default} |\n"
        for _, rule in sorted(RULES.items())
    ]
    legend = "\non\\*: on, but silent until its setting is given.\n"
    return "\n| code | name | reported | default |\n|---|---|---|---|\n" + "".join(rows) + legend


def catalogue() -> str:
    """All layers as Markdown, family by family."""
    specs = {spec.name: spec for spec in LAYERS.values()}
    head = (
        "# Layers\n\n"
        f"The {len(specs)} layers that are counted, as `paramcount layers` lists them: signature, "
        "and what each becomes\non an input whose sizes have names. Every other name leads to one "
        f"of them:\n\n{_aliases()}\n\n"
    )
    return head + "\n".join(_family(family, specs) for family in FAMILIES if _of(family, specs))


def _aliases() -> str:
    names = {name: spec.name for name, spec in LAYERS.items() if name != spec.name} | FUNCTIONS
    rows = "".join(f"| `{name}` | `{names[name]}` |\n" for name in sorted(names))
    return f"| name | layer |\n|---|---|\n{rows}".rstrip()


def _of(family: ModuleType, specs: dict[str, LayerSpec]) -> list[LayerSpec]:
    """The layers that a module declares."""
    found = [spec for spec in specs.values() if spec.declaration.__module__ == family.__name__]
    return sorted(found, key=lambda spec: spec.name)


def _family(family: ModuleType, specs: dict[str, LayerSpec]) -> str:
    title = family.__name__.rpartition(".")[2].replace("_", " ").capitalize()
    return f"## {title}\n\n" + "\n".join(map(_layer, _of(family, specs)))


def _layer(spec: LayerSpec) -> str:
    shown = exhibit(spec)
    lines = [f"### {spec.name}", "", f"```python\n{signature(spec)}\n```", ""]
    lines += [f"{sentence(spec)} Keras {generations(spec)}.".lstrip(), ""]
    if shown is not None:
        lines += [f"- on `{shown.input}`: `{shown.output}`"]
        lines += [f"- weight `{weight}`" for weight in shown.weights]
        lines += [f"- parameters: `{shown.formula}`", ""]
    return "\n".join(lines)


def wanted() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text that it should have."""
    for code, rule in sorted(RULES.items()):
        yield FOLDER / f"{code}.md", markdown(rule)
    yield CATALOGUE, catalogue()
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
