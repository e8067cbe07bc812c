"""Functions and methods that nothing in a file calls: what they build is counted, what they change
holds for that only.
"""

from __future__ import annotations

from flake8_paramcount import analyze
from flake8_paramcount.summary import Summary

HEAD = "from keras import Input, Sequential, layers\n"


def summaries(source: str) -> dict[str, Summary]:
    report = analyze(HEAD + source)
    assert report.error is None
    return {str(summary.model.name): summary for summary in report.summaries}


def test_what_a_function_freezes_is_frozen_in_what_it_builds() -> None:
    found = summaries("""
base = Sequential([Input((3,)), layers.Dense(4)], name="base")
alone = Sequential([Input((3,)), base])

def build():
    base.trainable = False
    model = Sequential([Input((3,)), base, layers.Dense(2)])
    return model
""")
    assert (found["model"].total, found["model"].trainable) == (16 + 10, 10)
    assert (found["alone"].total, found["alone"].trainable) == (16, 16)


def test_methods_are_tried_on_the_object_that_the_program_makes() -> None:
    found = summaries("""
class Trainer:
    def __init__(self, units):
        self.units = units

    def build(self):
        model = Sequential([Input((3,)), layers.Dense(self.units)])
        return model

trainer = Trainer(7)
""")
    assert found["model"].total == 28


def test_methods_see_what_others_have_made_of_an_object_that_no_program_makes() -> None:
    found = summaries("""
class Trainer:
    def __init__(self, units=7):
        self.units = units

    def build(self):
        self.inner = Sequential([Input((3,)), layers.Dense(self.units)])

    def extend(self):
        outer = Sequential([Input((3,)), self.inner, layers.Dense(2)])
        return outer
""")
    assert found["outer"].total == 28 + 16


def test_a_function_that_is_handed_on_may_be_called() -> None:
    found = summaries("""
from somewhere import run

model = Sequential([Input((3,))])

def extend(argv):
    model.add(layers.Dense(5))

run(extend)
""")
    assert found["model"].total == 20
