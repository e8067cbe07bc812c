"""What breaks off for want of fuel: what it may have changed is not known, and all else is."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary, summarize

LITTLE = Settings(fuel=5_000)

THIRSTY = """\
import os
from keras import Input, Sequential
from keras.layers import Dense
def count(n):
    lost = []
    for i in range(100_000):
        lost.append(n * i)
    return lost
def waste():
    for i in range(100_000):
        count(i)
        count(i + 1)
"""

MADE = "m = Sequential([Input((4,)), Dense(3)])\n"


def models(source: str) -> list[Summary]:
    """The models of a source text, read with little fuel."""
    analysis = analyze(source, None, LITTLE)
    assert analysis.error is None
    return [summarize(model, LITTLE) for model in analysis.models]


@pytest.mark.parametrize(
    "change",
    [
        "    m.add(Dense(7))\n    waste()\n",
        "    if os.listdir():\n        m.add(Dense(7))\n        waste()\n",
        "    if os.listdir():\n        m.add(Dense(7))\n    else:\n        waste()\n",
        "    for name in os.listdir():\n        m.add(Dense(7))\n        waste()\n",
    ],
)
def test_what_was_changed_on_the_way_is_not_taken_for_unchanged(change: str) -> None:
    (summary,) = models(f"{THIRSTY}{MADE}def change():\n{change}change()\n")
    assert summary.total in (None, 43)


@pytest.mark.parametrize(
    "change",
    [
        "sizes = {}\ndef change():\n    sizes['n'] = 5\n    waste()\n",
        "sizes = {'n': 4}\ndef change():\n    sizes['n'] = 5\n    waste()\n",
    ],
)
def test_a_dict_that_was_changed_on_the_way_is_not_taken_for_unchanged(change: str) -> None:
    made = "m = Sequential([Input((4,)), Dense(sizes['n']), Dense(len(sizes))])\n"
    (summary,) = models(f"{THIRSTY}{change}change()\n{made}")
    assert summary.total in (None, 31)


@pytest.mark.parametrize("call", ["main()\n", "if __name__ == '__main__':\n    main()\n", ""])
def test_a_thirsty_statement_of_a_function_costs_only_itself(call: str) -> None:
    body = "".join(f"    {line}\n" for line in (MADE.strip(), "waste()", "k = Sequential()"))
    later = "    k.add(Input((2,)))\n    k.add(Dense(2))\n"
    found = models(f"{THIRSTY}def main():\n{body}{later}{call}")
    assert [summary.total for summary in found] == [15, 6]


def test_a_model_that_is_trained_in_a_loop_too_long_to_follow_is_counted() -> None:
    source = """\
from elsewhere import world
from keras import Input, Sequential, layers

class Player:
    def __init__(self):
        self.seen = []
        self.greed = 1.0
        self.model = Sequential([Input((4,)), layers.Dense(3)])

    def learn(self):
        for state, reward in self.seen:
            self.model.fit(state, reward)
        if self.greed > 0.1:
            self.greed *= 0.9

player = Player()
for game in range(1_000):
    over = False
    while not over:
        state, over = world.step(world.move() if world.dice() < player.greed else None)
        player.seen.append((state, over))
    if len(player.seen) > world.size:
        player.learn()
"""
    assert [(each.status, each.total) for each in models(source)] == [("exact", 15)]
