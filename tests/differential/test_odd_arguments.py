"""Every layer class with one argument that is odd, and may be legal: what Keras takes, it builds.

Numbers of NumPy, floats and flags in the place of sizes, lists of the wrong length, names in the
wrong case: where Keras takes one, weights and claims are held against those of the real layer.
"""

from __future__ import annotations

import ast
import inspect
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.summary import Summary, summarize
from tests.differential.broken_programs import IMPORTS, Pen
from tests.differential.test_broken_arguments import Site, fails_on_data, findings, sites
from tests.differential.test_broken_programs import CLAIMS, KERAS_3

CALLS = 16
ODD = """
np.int64(3) 3.0 2.5 '3' True False None 0 -1 1 2 4 (2,) (2,2) [2,2] (2,1) (2,2,2) [3]
'channels_first' 'CHANNELS_LAST' 'same' 'SAME' 'Valid' 'causal' 'zeros' 0.5 -0.5 1.5 'relu' 1000.0
(None,) (-1,) [] () {} 'sum' 'x' np.array(2) np.array([2,2]) range(2) ((1,1),(2,2)) b'x' 1e400
'float16' 'int32' 10**20 1+0j {2}
""".split()


class Made(NamedTuple):
    """What Keras makes of a call: how many weights there are, and how many of them train."""

    total: int
    trainable: int


def calls(kind: str, site: Site) -> Iterator[str]:
    """Calls of a class that differ from a sound one in one argument, or in the flag as well."""
    sound: Any = ast.parse(Pen().layer(site.step.layer), mode="eval").body
    names = list(inspect.signature(getattr(keras.layers, kind)).parameters)
    given = dict(zip(names, map(ast.unparse, sound.args), strict=False))
    given |= {each.arg: ast.unparse(each.value) for each in sound.keywords}
    draw = random.Random(kind)
    for name in draw.choices([*names, "trainable", "dtype"], k=CALLS):
        words = {**given, name: draw.choice(ODD)}
        if name != "kwargs":
            arguments = ", ".join(f"{key}={value}" for key, value in words.items())
            yield f"layers.{kind}({arguments})({site.step.words})"


def made(site: Site, call: str) -> Made | None:
    """The real layer's weights; None where Keras refuses it."""
    names: dict[str, Any] = {"layers": keras.layers, "np": np}
    names |= {name: keras.KerasTensor(*given) for name, given in site.shapes.items()}
    constructor = call.rpartition(")(")[0] + ")"
    try:
        names["made"] = eval(constructor, names)
        eval(call.replace(constructor, "made"), names)
    except Exception:
        return None
    sizes = [(int(np.prod(each.shape)), each.trainable) for each in names["made"].weights]
    return Made(sum(size for size, _ in sizes), sum(size for size, flag in sizes if flag))


def counted(site: Site, lines: list[str]) -> dict[str, list[Summary]]:
    """What we count of each call, all of them in one program."""
    head = [IMPORTS["layers."].strip(), "import numpy as np"]
    head += [
        f"{name} = Input(batch_shape={a}, dtype={b!r})" for name, (a, b) in site.shapes.items()
    ]
    body = [f"m = Model([{', '.join(site.shapes)}], {call})" for call in lines]
    analysis = analyze("\n".join([*head, *body, ""]), None, KERAS_3, "program.py")
    found: dict[str, list[Summary]] = {}
    for model in analysis.models:
        line, _ = analysis.locate(model.site)
        found.setdefault(lines[line - len(head) - 1], []).append(summarize(model, KERAS_3))
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", sorted(sites()))
def test_what_keras_takes_is_counted_as_it_is(kind: str) -> None:
    site = sites()[kind]
    lines = list(dict.fromkeys(calls(kind, site)))
    ours, claims = counted(site, lines), findings(site, lines)
    for call in lines:
        theirs = made(site, call)
        if theirs is None:
            continue
        claimed = [each.message for each in claims[call] if each.code in CLAIMS]
        assert not claimed or fails_on_data(site, call), f"{call}: {claimed}"
        for each in ours.get(call, ()):
            if each.status == "exact":
                assert (each.total, each.trainable) == theirs, call
