"""Whole programs: what the real Keras builds from a text, and the comparison with what we read."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter import Analysis, analyze
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary, summarize

SERVER = Path(__file__).with_name("program_server.py")


@functools.cache
def _server() -> subprocess.Popen[str]:
    """The one process that runs programs with Keras, started when first needed."""
    process = subprocess.Popen(
        [sys.executable, str(SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "numpy"},
    )
    atexit.register(process.kill)
    return process


@functools.lru_cache(maxsize=4096)
def _answer(source: str) -> str:
    process = _server()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(source) + "\n")
    process.stdin.flush()
    return process.stdout.readline()


def truth(source: str) -> dict[str, Any]:
    """What Keras makes of a program: `raised`, and all `models` that it constructed."""
    answer: dict[str, Any] = json.loads(_answer(source))
    return answer


class Found(NamedTuple):
    """What we read from a program: each model with its place and numbers."""

    analysis: Analysis
    summaries: tuple[Summary, ...]

    def at(self, place: tuple[int, int]) -> list[Summary]:
        """The models constructed at a place."""
        return [
            each for each in self.summaries if tuple(self.analysis.locate(each.model.site)) == place
        ]


@functools.lru_cache(maxsize=8)
def found(source: str) -> Found:
    """Our reading of a program."""
    settings = Settings()
    analysis = analyze(source, None, settings, "program.py")
    assert analysis.error is None, analysis.error
    return Found(analysis, tuple(summarize(model, settings) for model in analysis.models))


class Verdict(NamedTuple):
    """How a program compares: faults are wrong numbers, misses are numbers that we do not give."""

    models: int
    faults: tuple[str, ...]
    misses: tuple[str, ...]


def compare(
    source: str, theirs: str | None = None, values: Mapping[str, int] | None = None
) -> Verdict:
    """Hold our reading of `source` against Keras' run of it, or of `theirs`, alike in its lines.

    `values` says what Keras is given where we read an unknown of that text.
    """
    real, ours = truth(theirs or source), found(source)
    faults: list[str] = []
    misses: list[str] = []
    places = {tuple(model["place"]) for model in real["models"]}
    for place in sorted(places):
        models = [model for model in real["models"] if tuple(model["place"]) == place]
        candidates = ours.at(place)
        if not candidates:
            misses.append(f"{place}: not found")
        for model in models:
            _compare_one({**model, "values": values or {}}, candidates, faults, misses)
        if theirs is None:
            _surplus(place, models, candidates, faults)
    return Verdict(len(real["models"]), tuple(faults), tuple(misses))


def _compare_one(
    model: dict[str, Any], candidates: list[Summary], faults: list[str], misses: list[str]
) -> None:
    """A model of Keras must agree with one of ours that was made at the same place."""
    if not candidates:
        return
    reports = [differences(model, each) for each in candidates]
    if not any(not report for report in reports):
        faults.extend(f"{tuple(model['place'])}: {line}" for line in min(reports, key=len))
    elif all(each.status != "exact" for each in candidates) and _decided(model):
        why = "; ".join(reason.text for each in candidates for reason in each.reasons)
        misses.append(f"{tuple(model['place'])}: {candidates[0].status}: {why}")


def _decided(model: dict[str, Any]) -> bool:
    """Whether the program determines the model's total."""
    built = model["built"] and any(layer["built"] for layer in model["layers"])
    return built or len(model.get("once_built", ())) == 1


def _surplus(
    place: Any, models: list[dict[str, Any]], candidates: list[Summary], faults: list[str]
) -> None:
    """An exact total that no model of Keras at this place has is wrong."""
    if any(str(place) in fault for fault in faults):
        return
    for each in candidates:
        if each.status == "exact" and all(differences(model, each) for model in models):
            faults.append(f"{place}: a model of {each.total} that Keras does not make")


def differences(model: dict[str, Any], ours: Summary) -> list[str]:
    """What our numbers say that Keras does not."""
    if not model["built"] or not any(layer["built"] for layer in model["layers"]):
        return _unbuilt_differences(model, ours)
    lines = _outside(model["total"], ours, "total", model.get("values"))
    if ours.status != "exact":
        return lines
    if isinstance(ours.trainable, int) and ours.trainable != model["trainable"]:
        lines.append(f"trainable {ours.trainable}, Keras {model['trainable']}")
    assert ours.variant is not None
    if ours.variant.built is False:
        lines.append("we say unbuilt, Keras has built it")
    return lines or _layer_differences(model, ours)


def _unbuilt_differences(model: dict[str, Any], ours: Summary) -> list[str]:
    if ours.variant is not None and ours.variant.built and ours.minimum:
        return ["we say built, Keras has not built it"]
    totals = model.get("once_built", [])
    return [line for total in totals for line in _outside(total, ours, "total once built")]


def _outside(
    total: int, ours: Summary, what: str, values: Mapping[str, int] | None = None
) -> list[str]:
    """A number of Keras that our statement excludes."""
    if ours.status == "exact" and ours.total != total:
        return [f"{what} {ours.total}, Keras {total}"]
    if ours.minimum is not None and total < ours.minimum:
        return [f"{what} at least {ours.minimum}, Keras {total}"]
    if ours.maximum is not None and total > ours.maximum:
        return [f"{what} at most {ours.maximum}, Keras {total}"]
    if isinstance(ours.total, Poly) and values:
        known = {each: values[each.text] for each in ours.total.symbols() if each.text in values}
        worth = ours.total.substitute(known)
        if isinstance(worth, int) and worth != total:
            return [f"{what} {ours.expression}, Keras {total}"]
    return []


def _layer_differences(model: dict[str, Any], ours: Summary) -> list[str]:
    rows, layers = ours.rows, model["layers"]
    if sum(layer["total"] for layer in layers) < model["total"]:
        # Keras counts weights that a model has beside its layers; we show them behind the layers.
        rows = rows[: len(layers)]
    if len(rows) != len(layers):
        return [f"{len(rows)} layers, Keras {[layer['class'] for layer in layers]}"]
    lines = []
    for row, layer in zip(rows, layers, strict=True):
        if row.total != layer["total"]:
            lines.append(f"{layer['name']}: {row.total}, Keras {layer['total']}")
        alone = model["flag"] and len(ours.model.variants) == 1
        if alone and row.trainable != layer["trainable"]:
            lines.append(f"{layer['name']}: trainable {row.trainable}, Keras {layer['trainable']}")
        output = _dims(row.layer.output)
        if None not in (output, layer["output"]) and not _same(output, layer["output"]):
            lines.append(f"{layer['name']}: output {output}, Keras {layer['output']}")
    return lines


def _same(ours: Any, theirs: Any) -> bool:
    """Equal shapes; a batch that Keras took from the data fed is free for us."""
    return len(ours) == len(theirs) and all(
        one[1:] == other[1:] and one[:1] in ([None], other[:1])
        for one, other in zip(ours, theirs, strict=True)
    )


def _dims(shapes: Shapes | None) -> list[list[Dim]] | None:
    """Output shapes as lists; None where one is not known."""
    if shapes is None:
        return None
    parts = (shapes,) if isinstance(shapes, Shape) else shapes
    if not all(part.known for part in parts):
        return None
    if any(isinstance(dim, Poly) for part in parts for dim in part.dims):
        return None
    return [list(part.dims) for part in parts]
