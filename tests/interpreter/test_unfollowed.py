"""Code that is not followed: what it can reach and changes is not known any more, all else is."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

HEAD = """\
from elsewhere import more
from keras import Input, Sequential, layers
from keras.layers import Dense

class Config:
    n = 3
    def __init__(self):
        self.units = 3
        self.fresh = Dense(1)
    def widen(self):
        self.units += 1

config = Config()
sizes = [3]
table = {"n": 3}
dense = Dense(3)
model = Sequential([Input((4,)), Dense(3)])
n = 3

def grow():
    model.add(Dense(2))

def widen():
    config.units = 5

def deepen(cls):
    class Deep(cls):
        pass
    return Deep()

class Growing:
    def __init__(self):
        model.add(Dense(2))

class Grown(Growing):
    pass

kinds = [Grown]

def rebind():
    global n
    n = 5

jobs = [widen]
found = {1}
"""


def unfollowed(body: str) -> str:
    """The code in more loops of unknown length than are followed inside one another."""
    loops = "".join("    " * depth + f"while more({depth}):\n" for depth in range(5))
    return loops + "".join("    " * 5 + line + "\n" for line in body.splitlines())


def status(body: str, count: str) -> list[tuple[str, int | None]]:
    """The status and total of `model`, and of one that has so many units."""
    last = f"last = Sequential([Input((4,)), Dense({count})])\n"
    found = analyze(HEAD + unfollowed(body) + last).models
    done = [summarize(each, Settings()) for each in found if each.name in ("model", "last")]
    return [(each.status, each.maximum if each.status == "exact" else None) for each in done]


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("config.units = 5", "config.units"),
        ("config.widen()", "config.units"),
        ("widen()", "config.units"),
        ("jobs[0]()", "config.units"),
        ("(lambda: widen())()", "config.units"),
        ("setattr(config, more(), 5)", "config.units"),
        ("vars(config)[more()] = 5", "config.units"),
        ("Config.n = 5", "config.n"),
        ("a, config.units = more()", "config.units"),
        ("for config.units in more():\n    pass", "config.units"),
        ("del sizes[0]", "sizes[0]"),
        ("table.update(more())", "table['n']"),
        ("rebind()", "n"),
        ("n = 5", "n"),
    ],
)
def test_what_it_changes_is_not_known(body: str, count: str) -> None:
    assert status(body, count)[1][0] != "exact"


@pytest.mark.parametrize(
    "body",
    [
        "grow()",
        "model.add(Dense(2))",
        "stack = model\nstack.pop()",
        "getattr(model, 'add')(Dense(2))",
        "for f in [grow]:\n    f()",
        "model.layers.append(Dense(2))",
        "Growing()",
        "Grown()",
        "kinds[0]()",
        "kind = Grown\nkind()",
        "deepen(Grown)",
        "[m.add(Dense(2)) for m in [model]]",
        "getattr(model, more())(Dense(2))",
    ],
)
def test_a_model_that_it_may_restack_is_not_known(body: str) -> None:
    assert status(body, "3")[0][0] != "exact"


@pytest.mark.parametrize(
    "body",
    [
        "model.fit(more(), more())",
        "sizes.append(model.predict(more()))\nconfig.widen()",
        "config.seen = model(more())",
        "other = Config()\nother.units = len(sizes)",
        "seen = set()\nfound.add(more())\nmodel.predict(found)",
    ],
)
def test_a_model_that_is_only_used_stays(body: str) -> None:
    assert status(body, "3") == [("exact", 15), ("exact", 15)]


def test_an_object_that_it_makes_is_not_one_that_is_there() -> None:
    assert status("made = Config()", "config.units")[1] == ("exact", 15)


@pytest.mark.parametrize(
    "body",
    ["model.layers[0].trainable = more()", "for each in model.layers:\n    each.trainable = 0"],
)
def test_flags_that_it_may_set_are_not_known(body: str) -> None:
    found = analyze(HEAD + unfollowed(body)).models
    (model,) = (each for each in found if each.name == "model")
    done = summarize(model, Settings())
    assert (done.status, done.trainable_counts.status) == ("exact", "range")
