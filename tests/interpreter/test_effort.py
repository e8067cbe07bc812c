"""What the fuel is spent on: helpers with the arguments that they get, loops that string layers."""

from __future__ import annotations

from flake8_paramcount.interpreter import analyze
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize

HEAD = "import keras\nfrom keras import Input, Model, layers\n"


def totals(source: str, **settings: int) -> list[object]:
    chosen = Settings(**settings)  # type: ignore[arg-type]
    return [summarize(each, chosen).total for each in analyze(HEAD + source, None, chosen).models]


def test_a_helper_is_read_with_the_arguments_that_it_gets() -> None:
    """Although the function that calls it is mentioned as well."""
    source = (
        "def net(units):\n"
        "    inputs = Input((4,))\n"
        "    return Model(inputs, layers.Dense(units)(inputs))\n"
        "def build():\n"
        "    return net(3)\n"
        "build.__doc__ = 'builds'\n"
    )
    assert totals(source) == [15]


def test_a_long_loop_that_strings_layers_together_is_followed() -> None:
    source = (
        "inputs = x = Input((4,))\n"
        "for index in range(300):\n    x = layers.Dense(4)(x)\n"
        "m = Model(inputs, x)\n"
    )
    # The loop takes a good part of the fuel, but not nearly all.
    assert totals(source, fuel=12_000) == [300 * 20]


def test_a_long_loop_that_changes_names_only_is_not() -> None:
    source = (
        "m = keras.Sequential([Input((4,)), layers.Dense(3)])\n"
        "for step in range(10**6):\n    loss = step * 2\n"
        "k = keras.Sequential([Input((4,)), layers.Dense(5)])\n"
    )
    assert totals(source, fuel=12_000) == [15, 25]
