"""`paramcount explain`, `rules` and `layers`: what the tool knows, looked up."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from flake8_paramcount.cli.exhibits import exhibit, generations, sentence, signature
from flake8_paramcount.keras.layer import LayerSpec
from flake8_paramcount.rules.registry import Rule

WRONG = 2


def explain(names: Iterable[str]) -> int:
    """Print the pages of rules, by code or name."""
    from flake8_paramcount.rules import RULES

    by_name = {rule.name: rule for rule in RULES.values()}
    status = 0
    for asked in names:
        found = RULES.get(asked.upper()) or by_name.get(asked.lower())
        if found is None:
            _deny("rule", asked, [*RULES, *by_name])
            status = WRONG
            continue
        print(_page(found))
    return status


def rules() -> int:
    """Print all rules: code, name, whether on, and the first sentence of the page."""
    from flake8_paramcount.rules import RULES

    width = max(len(rule.name) for rule in RULES.values())
    for code, rule in sorted(RULES.items()):
        print(f"{code}  {rule.name:{width}}  {rule.default:3}  {_first_line(rule.page)}")
    print("\non*: silent until its setting is given.")
    return 0


def layers(name: str | None) -> int:
    """Print one layer of the catalogue, or the names of all."""
    from flake8_paramcount.keras import LAYERS

    if name is None:
        for key in sorted({spec.name for spec in LAYERS.values()}):
            print(_line(LAYERS[key]))
        return 0
    by_lower = {key.lower(): spec for key, spec in LAYERS.items()}
    spec = by_lower.get(name.lower())
    if spec is None:
        _deny("layer", name, LAYERS)
        return WRONG
    print("\n".join(_entry(spec)))
    return 0


def _page(rule: Rule) -> str:
    head = f"{rule.code} {rule.name} ({rule.default})"
    return f"{head}\n{'=' * len(head)}\n\n{rule.page}\n"


def _first_line(page: str) -> str:
    return page.partition("\n")[0]


def _deny(what: str, asked: str, known: Iterable[str]) -> None:
    folded = {key.lower(): key for key in known}
    near = [folded[match] for match in get_close_matches(asked.lower(), folded, n=4, cutoff=0.5)]
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    print(f"paramcount: error: there is no {what} {asked!r}{hint}", file=sys.stderr)


# -- layers -----------------------------------------------------------------------------------


def _line(spec: LayerSpec) -> str:
    others = f"  = {', '.join(spec.aliases)}" if spec.aliases else ""
    everywhere = spec.generations == {1, 2, 3}
    return f"{spec.name}{others}{'' if everywhere else f'  (Keras {generations(spec)})'}"


def _entry(spec: LayerSpec) -> Iterator[str]:
    yield signature(spec)
    if spec.aliases:
        yield f"  also: {', '.join(spec.aliases)}"
    yield f"  Keras: {generations(spec)}"
    if sentence(spec):
        yield f"  {sentence(spec)}"
    shown = exhibit(spec)
    if shown is None:
        yield "  what it becomes depends on more than its arguments"
        return
    yield f"  on {shown.input}: {shown.output}"
    yield from (f"    {weight}" for weight in shown.weights)
    yield f"  parameters: {shown.formula}"
