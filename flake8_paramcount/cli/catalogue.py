"""`paramcount explain`, `rules` and `layers`: what the tool knows, looked up."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from flake8_paramcount.dims import Dim, symbol
from flake8_paramcount.formula import formula
from flake8_paramcount.keras.layer import Fault, LayerSpec, Shape, Weight
from flake8_paramcount.records import WeightRecord
from flake8_paramcount.report import shape_text
from flake8_paramcount.rules.registry import Rule
from flake8_paramcount.unknown import Undetermined, Unknown

WRONG = 2

# The sizes of an input by its rank, batch first; a layer is shown on the first that it takes.
INPUTS = (
    (None, "steps", "features"),
    (None, "features"),
    (None, "height", "width", "channels"),
    (None, "depth", "height", "width", "channels"),
)


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
    return f"{spec.name}{others}{_generations(spec)}"


def _generations(spec: LayerSpec) -> str:
    if spec.generations == {1, 2, 3}:
        return ""
    return f"  (Keras {', '.join(map(str, sorted(spec.generations)))})"


def _entry(spec: LayerSpec) -> Iterator[str]:
    yield f"{spec.name}({_signature(spec)})"
    if spec.aliases:
        yield f"  also: {', '.join(spec.aliases)}"
    yield f"  Keras: {', '.join(map(str, sorted(spec.generations)))}"
    document = (spec.declaration.__doc__ or "").strip()
    if document:
        yield f"  {_first_line(document)}"
    yield from _example(spec)


def _signature(spec: LayerSpec) -> str:
    defaults = spec.defaults
    words = []
    for name in spec.parameters:
        if name not in spec.positional and "*" not in words:
            words.append("*")
        words.append(f"{name}={defaults[name]!r}" if name in defaults else name)
    return ", ".join(words)


def _example(spec: LayerSpec) -> Iterator[str]:
    """Weights and output on an input whose sizes have names, where the layer takes one."""
    for sizes in INPUTS:
        shape = Shape(_named(size) for size in sizes)
        try:
            weights, output = spec.declaration(shape, **_arguments(spec))
        except (Fault, Undetermined, TypeError, ValueError):
            continue
        yield f"  on {shape_text(shape)}: {shape_text(output)}"
        yield from (f"    {_weight(weight)}" for weight in weights)
        yield f"  parameters: {formula(list(map(_record, weights))) or '0'}"
        return


def _named(size: str | None) -> Dim:
    return None if size is None else symbol(size, lower=1)


def _arguments(spec: LayerSpec) -> dict[str, Any]:
    """The arguments without a default, each standing for itself."""
    required = [name for name in spec.parameters if name not in spec.defaults]
    return {name: Unknown(name, name) for name in required}


def _weight(weight: Weight) -> str:
    frozen = "" if weight.trainable else " (not trainable)"
    return f"{weight.name} {shape_text(Shape(weight.shape))}{frozen}"


def _record(weight: Weight) -> WeightRecord:
    return WeightRecord(
        key=(0, 0),
        name=weight.name,
        block=weight.block,
        gates=weight.gates,
        trainable=weight.trainable,
        shape=weight.shape,
        count=weight.count,
    )
