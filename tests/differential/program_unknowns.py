"""Programs with decisions and sizes that the source does not show, and all that they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st

SIZES = (3, 5)


class Program(NamedTuple):
    """A text with `<FLAG…>` and `<SIZE…>` where the source hides a value."""

    text: str
    flags: int
    sizes: int

    def hidden(self) -> str:
        """What we are given to read."""
        return self._filled(
            [f"mystery.flag{index}()" for index in range(self.flags)],
            [f"mystery.size{index}()" for index in range(self.sizes)],
        )

    def shown(self) -> Iterator[tuple[str, dict[str, int]]]:
        """What Keras may be given to run, with the sizes by their text in the hidden program."""
        for flags in product(("True", "False"), repeat=self.flags):
            for size in SIZES[: 1 + bool(self.sizes)]:
                sizes = [size + index for index in range(self.sizes)]
                values = {f"mystery.size{index}()": value for index, value in enumerate(sizes)}
                yield self._filled(list(flags), list(map(str, sizes))), values

    def _filled(self, flags: list[str], sizes: list[str]) -> str:
        text = self.text
        for stem, values in (("FLAG", flags), ("SIZE", sizes)):
            for index, value in enumerate(values):
                text = text.replace(f"<{stem}{index}>", value)
        return text


def write(draw: Callable[[Any], Any]) -> Program:
    """A program with one to three flags and up to two sizes."""
    flags, sizes = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    lines = ["from keras import Input, Model, Sequential, layers", "from keras.layers import Dense"]
    lines += [f"F{index} = <FLAG{index}>" for index in range(flags)]
    lines += [f"N{index} = <SIZE{index}>" for index in range(sizes)]
    tests = [f"F{index}" for index in range(flags)]
    numbers = [*(f"N{index}" for index in range(sizes)), "4", "6"]

    def pick(options: Any) -> Any:
        return draw(st.sampled_from(list(options)))

    def test() -> str:
        one, two = pick(tests), pick(tests)
        forms = (
            one,
            one,
            f"not {one}",
            f"{one} and {two}",
            f"{one} or not {two}",
            f"{one} == {two}",
        )
        return str(pick(forms))

    def number() -> str:
        one = pick(numbers)
        return str(pick((one, one, f"{one} * 2", f"{one} + 1")))

    def dense() -> str:
        last = pick(("", "", f", use_bias={test()}", f", trainable={test()}"))
        return f"Dense({number()}{last})"

    body = [f"m.add({dense()})"]
    for _ in range(draw(st.integers(1, 4))):
        body.extend(pick(_STEPS)(test, number, dense).split("\n"))
    lines += _wrapped(pick(("module", "function", "method")), number(), body)
    if draw(st.integers(1, 3)) == 1:
        lines += [f"if {test()}:", f"    m.add({dense()})"]
    if draw(st.integers(1, 3)) == 1:
        lines += [f"k = Sequential([Input((4,)), Dense({number()} if {test()} else {number()})])"]
    return Program("\n".join([*lines, ""]), flags, sizes)


programs = st.composite(write)

Maker = Callable[[], str]


def _wrapped(place: str, width: str, body: list[str]) -> list[str]:
    """The body in the module, in a function or in a method; a `return` needs one of the latter."""
    if place == "module" and any("return" in line for line in body):
        place = "function"
    opening = f"m = Sequential([Input(({width},))])"
    if place == "module":
        return [opening, *body]
    if place == "function":
        inner = [f"    {line}" for line in [opening, *body, "return m"]]
        return ["def build():", *inner, "m = build()"]
    inner = [f"        {line}" for line in [opening, *body, "return m"]]
    return ["class Net:", "    def build(self):", *inner, "m = Net().build()"]


_STEPS: tuple[Callable[[Maker, Maker, Maker], str], ...] = (
    lambda t, n, d: f"if {t()}:\n    m.add({d()})",
    lambda t, n, d: f"if {t()}:\n    m.add({d()})\nelse:\n    m.add({d()})",
    lambda t, n, d: f"if {t()}:\n    m.add({d()})\nelif {t()}:\n    m.add({d()})\n    m.add({d()})",
    lambda t, n, d: f"m.add({d()} if {t()} else {d()})",
    lambda t, n, d: f"u = {n()} if {t()} else {n()}\nm.add(Dense(u))",
    lambda t, n, d: f"u = {n()}\nif {t()}:\n    u = {n()}\n    m.add({d()})\nm.add(Dense(u))",
    lambda t, n, d: f"if {t()}:\n    return m\nm.add({d()})",
    lambda t, n, d: f"for i in range(3):\n    if {t()}:\n        break\n    m.add({d()})",
    lambda t, n, d: f"for i in range(2):\n    if {t()}:\n        continue\n    m.add({d()})",
    lambda t, n, d: f"p = [{d()}]\nif {t()}:\n    p.append({d()})\nfor q in p:\n    m.add(q)",
    lambda t, n, d: f"c = {{'u': {n()}}}\nif {t()}:\n    c['u'] = {n()}\nm.add(Dense(c['u']))",
    lambda t, n, d: f"[m.add(Dense(s)) for s in ({n()}, {n()}) if {t()}]",
    lambda t, n, d: f"for i in range({n()}):\n    m.add({d()})",
    lambda t, n, d: f"if {t()}:\n    m.pop()\n    m.add({d()})",
    lambda t, n, d: f"if {t()}:\n    m.layers[0].trainable = False",
    lambda t, n, d: f"m.trainable = {t()}",
    lambda t, n, d: (
        f"def g(u):\n    if {t()}:\n        return Dense(u)\n    return {d()}\nm.add(g({n()}))"
    ),
    lambda t, n, d: f"m.add(layers.LayerNormalization()) if {t()} else None",
    lambda t, n, d: f"d = {d()}\nif {t()}:\n    d = Dense({n()})\nm.add(d)\nd.trainable = {t()}",
    lambda t, n, d: f"while {t()}:\n    m.add({d()})\n    break",
    lambda t, n, d: (
        f"try:\n    if {t()}:\n        raise ValueError\n    m.add({d()})\n"
        f"except ValueError:\n    m.add({d()})"
    ),
    lambda t, n, d: f"o = m\nif {t()}:\n    o = Sequential([Input((3,)), {d()}])\no.add({d()})",
)
