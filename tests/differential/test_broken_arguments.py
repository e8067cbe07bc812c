"""Every layer class with one argument wrong: Keras refuses the layer, or we say nothing of it.

All calls of a class that hypothesis draws stand in one program, a line each. Where Keras takes a
layer, and only data show what is wrong with it, data are what it is tried on.
"""

from __future__ import annotations

import contextlib
from functools import cache
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_paramcount.analysis import report_on
from flake8_paramcount.rules import Finding
from tests.differential.broken_programs import (
    ALL,
    IMPORTS,
    Pen,
    Program,
    Step,
    functional,
    layer_breaks,
    write,
)
from tests.differential.test_broken_programs import ARTEFACTS, CLAIMS, KERAS_3

EXAMPLES = 14
PEN = Pen()


class Site(NamedTuple):
    """A layer of a sound program, and the shapes of the tensors that it is called on."""

    step: Step
    shapes: dict[str, tuple[tuple[int | None, ...], str]]


@cache
def sites() -> dict[str, Site]:
    """For each class the first layer of it in the sound programs."""
    found: dict[str, Site] = {}
    for program in ALL.values():
        for step in program:
            if step.given is not None and step.kind not in found:
                names = tensors(program)
                shapes = {name: (names[name].shape, names[name].dtype) for name in step.reads}
                found[step.kind] = Site(step, shapes)
    return found


@cache
def tensors(program: Program) -> dict[str, Any]:
    """What a program's names stand for once it has run."""
    names: dict[str, Any] = {}
    with contextlib.suppress(ValueError):  # of the model, which some tensors cannot be part of
        exec(write(program, functional), names)
    return names


def refusal(site: Site, call: str) -> str | None:
    """Keras' error on a layer's call."""
    names: dict[str, Any] = {"layers": keras.layers}
    names |= {name: keras.KerasTensor(*given) for name, given in site.shapes.items()}
    return _error(call, names)


def fails_on_data(site: Site, call: str) -> bool:
    """Whether a layer that Keras takes fails once it is called on numbers."""
    names: dict[str, Any] = {"layers": keras.layers, "np": np}
    for name, (shape, dtype) in site.shapes.items():
        names[name] = np.ones([5 if size is None else size for size in shape], dtype)
    return _error(call, names) is not None


def _error(call: str, names: dict[str, Any]) -> str | None:
    try:
        eval(call, names)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


class Outcome(NamedTuple):
    """A call, Keras' error on it, and what we say of it."""

    call: str
    error: str | None
    findings: tuple[Finding, ...]


@cache
def outcomes(kind: str) -> tuple[Outcome, ...]:
    """What becomes of the calls that hypothesis draws of a class."""
    site, errors = sites()[kind], dict[str, str | None]()
    options = {what: layer for _, what, layer in layer_breaks(site.step.layer)}

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), database=None)
    @given(st.sampled_from(sorted(options)))
    def draw(what: str) -> None:
        call = f"{PEN.layer(options[what])}({site.step.words})"
        if call not in errors:
            errors[call] = refusal(site, call)

    draw()
    found = findings(site, list(errors))
    return tuple(
        Outcome(call, error, found[call])
        for call, error in errors.items()
        if error is None or not any(text in error for text in ARTEFACTS)
    )


def findings(site: Site, calls: list[str]) -> dict[str, tuple[Finding, ...]]:
    """What we find in each of the calls, all of them in one program."""
    head = [IMPORTS["layers."].strip(), "import numpy as np"]
    head += [
        f"{name} = Input(batch_shape={a}, dtype={b!r})" for name, (a, b) in site.shapes.items()
    ]
    body = [f"m = Model([{', '.join(site.shapes)}], {call})" for call in calls]
    report = report_on("\n".join([*head, *body, ""]), None, KERAS_3, "program.py")
    return {
        call: tuple(each for each in report.findings if each.line == line)
        for line, call in enumerate(calls, len(head) + 1)
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", sorted(sites()))
def test_accepted_arguments_are_not_refused(kind: str) -> None:
    for call, error, found in outcomes(kind):
        claims = [finding.message for finding in found if finding.code in CLAIMS]
        if error is None and claims:
            assert fails_on_data(sites()[kind], call), f"{call}: {claims}"


@pytest.mark.filterwarnings("ignore")
def test_nearly_all_refused_arguments_are_found() -> None:
    refused = [each for kind in sites() for each in outcomes(kind) if each.error]
    missed = [f"{call}: {error}"[:200] for call, error, found in refused if not found]
    print(f"{len(refused) - len(missed)} of {len(refused)} refused calls found", *missed, sep="\n")
    assert len(refused) > 4 * len(sites())
    assert len(missed) <= 0.03 * len(refused), missed
