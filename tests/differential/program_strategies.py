"""Programs that hypothesis writes: chains of layers in many human styles of Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

_IMPORTS = (
    ("import keras", "keras.{m}", "keras.layers.{l}"),
    ("import keras as k\nfrom keras import layers as L", "k.{m}", "L.{l}"),
    ("from keras import layers, models, Sequential, Model, Input", "{m}", "layers.{l}"),
    (
        "from tensorflow import keras\nfrom tensorflow.keras import layers",
        "keras.{m}",
        "layers.{l}",
    ),
    ("import tensorflow as tf", "tf.keras.{m}", "tf.keras.layers.{l}"),
    (
        "from keras.models import *\nfrom keras.layers import *\nfrom keras import Input",
        "{m}",
        "{l}",
    ),
)


class Writer:
    """Writes one program, asking hypothesis wherever there is a choice of style."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.head: list[str] = []
        self.body: list[str] = []
        self.names = 0
        self.opening, self.model, self.layer_form = self.pick(_IMPORTS)

    # Choices

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def small(self, low: int = 1, high: int = 6) -> int:
        return int(self.draw(st.integers(low, high)))

    def chance(self, of: int = 2) -> bool:
        return self.small(1, of) == 1

    def name(self, stem: str) -> str:
        self.names += 1
        return f"{stem}{self.names}"

    # Expressions

    def number(self, n: int) -> str:
        """An expression worth `n`."""
        style = self.small(1, 24)
        return _NUMBERS.get(style, lambda writer, n: str(n))(self, n)

    def define(self, stem: str, text: str) -> str:
        """A constant of the module."""
        name = self.name(stem)
        self.head.append(f"{name} = {text}")
        return name

    def keras_layer(self, kind: str, *args: str, **kwargs: str) -> str:
        words = [*args, *(f"{key}={value}" for key, value in kwargs.items())]
        return f"{self.layer_form.format(l=kind)}({', '.join(words)})"

    def keras_model(self, kind: str) -> str:
        return self.model.format(m=kind)

    def flag(self, value: bool) -> str:
        style = self.small(1, 8)
        if style == 1:
            return self.define("USE_", str(value))
        if style == 2:
            return f"not {not value}"
        if style == 3:
            return f"{self.number(3)} {'<' if value else '>'} 5"
        return str(value)

    # Layers

    def vector_layer(self) -> str:
        kind = self.pick(("Dense", "Dense", "Dense", "Dropout", "BatchNormalization", "Activation"))
        if kind == "Dense":
            return self.dense(self.small())
        if kind == "Dropout":
            return self.keras_layer("Dropout", "0.5")
        if kind == "Activation":
            return self.keras_layer("Activation", self.pick(("'relu'", '"tanh"')))
        return self.keras_layer(kind, **({"scale": self.flag(False)} if self.chance(3) else {}))

    def dense(self, n: int) -> str:
        options: dict[str, str] = {}
        if self.chance(3):
            options["activation"] = "'relu'"
        if self.chance(4):
            options["use_bias"] = self.flag(self.chance())
        if self.chance(6):
            options["trainable"] = self.flag(self.chance())
        if self.chance(4):
            options = {"units": self.number(n), **options}
            return self.keras_layer("Dense", **options)
        return self.keras_layer("Dense", self.number(n), **options)

    def image_layer(self) -> str:
        kind = self.pick(
            ("Conv2D", "Conv2D", "SeparableConv2D", "DepthwiseConv2D", "BatchNormalization")
        )
        if kind == "BatchNormalization":
            return self.keras_layer(kind)
        size = self.pick(("3", "(3, 3)", "(1, 3)", "[2, 2]", self.number(3)))
        options = {"padding": "'same'", **({"use_bias": "False"} if self.chance(4) else {})}
        if kind == "DepthwiseConv2D":
            return self.keras_layer(kind, size, **options)
        if self.chance(3):
            return self.keras_layer(
                kind, filters=self.number(self.small()), kernel_size=size, **options
            )
        return self.keras_layer(kind, self.number(self.small()), size, **options)

    def sequence_layer(self) -> str:
        kind = self.pick(("LSTM", "GRU", "SimpleRNN", "Conv1D", "Bidirectional", "TimeDistributed"))
        units = self.number(self.small())
        if kind == "Conv1D":
            return self.keras_layer(kind, units, "3", padding="'same'")
        if kind == "TimeDistributed":
            return self.keras_layer(kind, self.dense(self.small()))
        if kind == "Bidirectional":
            inner = self.keras_layer("LSTM", units, return_sequences="True")
            return self.keras_layer(kind, inner)
        return self.keras_layer(kind, units, return_sequences=self.flag(True))

    def chain(self) -> tuple[str, list[str]]:
        """An input shape and layers that fit one after the other."""
        kind = self.pick(("vector", "vector", "image", "sequence"))
        heads = [self.vector_layer() for _ in range(self.small(1, 4))]
        if kind == "vector":
            return f"({self.number(self.small())},)", heads
        count = self.small(1, 3)
        if kind == "image":
            layers = [self.image_layer() for _ in range(count)]
            close = self.pick(("Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D"))
            shape = f"({self.number(6)}, 6, {self.number(self.small(1, 3))})"
        else:
            layers = [self.sequence_layer() for _ in range(count)]
            close = self.pick(("Flatten", "GlobalAveragePooling1D", "GlobalMaxPooling1D"))
            shape = f"({self.number(5)}, {self.number(self.small())})"
        return shape, [*layers, self.keras_layer(close), *heads]

    # Programs

    def source(self) -> str:
        return "\n".join([self.opening, *self.head, *self.body, ""])

    def zeros(self, shape: str) -> str:
        self.head.append("import numpy as np")
        return f"np.zeros((2,) + {shape})"


def _function(writer: Writer, n: int) -> str:
    name = writer.name("f")
    a = writer.small(1, 3)
    form = writer.pick(
        (
            f"def {name}(a, b={a}):\n    return a + b",
            f"def {name}(a, *, b={a}):\n    c = a\n    c += b\n    return c",
            f"{name} = lambda a, b={a}: a + b",
            f"def {name}(a):\n    if a > 1000:\n        return 0\n    return a + {a}",
            f"def {name}(*args):\n    return sum(args) + {a}",
        )
    )
    writer.head.append(form)
    return f"{name}({n - a})"


def _config(writer: Writer, n: int) -> str:
    name, field = writer.name("Config"), writer.pick(("units", "size", "n"))
    form = writer.pick(
        (
            (f"class {name}:\n    {field} = {n}", f"{name}.{field}"),
            (f"class {name}:\n    {field} = {n}", f"{name}().{field}"),
            (
                f"class {name}:\n    def __init__(self, k={n}):\n        self.{field} = k",
                f"{name}().{field}",
            ),
            (
                f"import dataclasses as d\n@d.dataclass\nclass {name}:\n    {field}: int = {n}",
                f"{name}().{field}",
            ),
            (
                f"class {name}:\n    @property\n    def {field}(self):\n        return {n}",
                f"{name}().{field}",
            ),
        )
    )
    writer.head.append(form[0])
    return str(form[1])


_NUMBERS: dict[int, Callable[[Writer, int], str]] = {
    1: lambda w, n: w.define("N", str(n)),
    2: lambda w, n: f"{n * 2} // 2",
    3: lambda w, n: w.define("CONFIG", f"{{'a': {n}, 'b': 99}}") + "['a']",
    4: lambda w, n: w.define("SIZES", f"[7, {n}, 8]") + "[1]",
    5: lambda w, n: w.define("SIZES", f"(7, 8, {n})") + "[-1]",
    6: _function,
    7: _config,
    8: lambda w, n: f"int('{n}')",
    9: lambda w, n: f"max({n}, 1)",
    10: lambda w, n: f"len('{'x' * n}')",
    11: lambda w, n: f"({n} if True else 77)",
    12: lambda w, n: f"sum([1] * {n})",
    13: lambda w, n: f"{n + 3} - 3",
    14: lambda w, n: f"int({n}.0)",
    15: lambda w, n: w.define("TEXT", repr("-".join(["7", str(n)]))) and f"int(TEXT{w.names}[-1])",
    16: lambda w, n: w.define("D", f"dict(u={n})") + ".get('u', 3)",
    17: lambda w, n: f"range({n + 1})[-1]",
}


def write(draw: Callable[[Any], Any]) -> str:
    """One whole program."""
    writer = Writer(draw)
    for _ in range(writer.small(1, 2)):
        name = writer.name("model")
        shape, layers = writer.chain()
        assemble = writer.pick(_ASSEMBLIES)
        assemble(writer, name, shape, layers)
        if assemble is not _subclassed:
            writer.pick(_AFTERWARDS)(writer, name, len(layers))
    return writer.source()


programs = st.composite(write)


# Ways to put layers together


def _listed(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    first = f"{w.keras_model('Input')}({w.pick(('shape=', ''))}{shape})"
    items = ", ".join([first, *layers])
    w.body.append(f"{name} = {w.keras_model('Sequential')}([{items}])")


def _added(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    w.body.append(f"{name} = {w.keras_model('Sequential')}()")
    w.body.append(f"{name}.add({w.keras_model('Input')}({shape}))")
    w.body.extend(f"{name}.add({layer})" for layer in layers)


def _looped(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    """Layers in a list, added by a loop of some kind."""
    items = w.name("stack")
    w.body.append(f"{items} = [{', '.join(layers)}]")
    w.body.append(f"{name} = {w.keras_model('Sequential')}([{w.keras_model('Input')}({shape})])")
    w.body.append(
        w.pick(
            (
                f"for layer in {items}:\n    {name}.add(layer)",
                f"for i in range(len({items})):\n    {name}.add({items}[i])",
                f"for i, layer in enumerate({items}):\n    if i >= 0:\n        {name}.add(layer)",
                f"while {items}:\n    {name}.add({items}.pop(0))",
                f"[{name}.add(layer) for layer in {items}]",
                f"i = 0\nwhile True:\n    {name}.add({items}[i])\n    i += 1\n"
                f"    if i == len({items}):\n        break",
                f"for a, b in zip({items}, {items}):\n    {name}.add(a)",
            )
        )
    )


def _built(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    """A function that builds the model."""
    function = w.name("build")
    lines = [f"def {function}(shape={shape}, *more, extra=None, **options):"]
    lines += [f"    net = {w.keras_model('Sequential')}(**options)"]
    lines += [f"    net.add({w.keras_model('Input')}(shape))"]
    lines += [f"    net.add({layer})" for layer in layers]
    lines += ["    for layer in more:", "        net.add(layer)"]
    lines += ["    if extra:", f"        net.add({w.keras_layer('Dense', 'extra')})"]
    lines += ["    return net"]
    w.body.extend(lines)
    call = w.pick(("", shape, f"extra={w.number(4)}", f"{shape}, {w.dense(3)}", "name='net'"))
    w.body.append(f"{name} = {function}({call})")


def _in_class(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    """A class whose methods put the model together."""
    kind = w.name("Net")
    w.body += [f"class {kind}:", f"    def __init__(self, shape={shape}):"]
    w.body += ["        self.shape = shape", "        self.parts = []"]
    w.body += [
        "    def put(self, layer):",
        "        self.parts.append(layer)",
        "        return self",
    ]
    w.body += ["    def build(self):"]
    w.body += [f"        items = [{w.keras_model('Input')}(self.shape)] + self.parts"]
    w.body += [f"        return {w.keras_model('Sequential')}(items)"]
    calls = "".join(f".put({layer})" for layer in layers)
    w.body.append(f"{name} = {kind}(){calls}.build()")


def _nested(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    """The first layers as a model of their own."""
    cut = w.small(1, len(layers))
    inner = w.name("inner")
    _listed(w, inner, shape, layers[:cut])
    rest = ", ".join([inner, *layers[cut:]])
    w.body.append(
        f"{name} = {w.keras_model('Sequential')}([{w.keras_model('Input')}({shape}), {rest}])"
    )


def _functional(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    x, y = w.name("x"), w.name("y")
    w.body.append(f"{x} = {w.keras_model('Input')}(shape={shape})")
    w.body.append(f"{y} = {x}")
    w.body.extend(f"{y} = {layer}({y})" for layer in layers)
    if w.chance(3):
        side = w.keras_layer("Dense", w.number(3))
        w.body.append(
            f"{y} = {w.keras_layer('Concatenate')}()([{y}, {side}({y})])".replace("()()", "()")
        )
    if w.chance(3):
        units = w.number(4)
        shared = w.name("shared")
        w.body.append(f"{shared} = {w.keras_layer('Dense', units)}")
        w.body.append(f"{y} = {shared}({w.keras_layer('Dense', units)}({y}))")
        w.body.append(f"{y} = {w.keras_layer('Add')}([{y}, {shared}({y})])")
    ends = w.pick((f"{x}, {y}", f"inputs={x}, outputs={y}", f"[{x}], [{y}]"))
    w.body.append(f"{name} = {w.keras_model('Model')}({ends})")


def _subclassed(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    kind = w.name("Net")
    w.body += [f"class {kind}({w.keras_model('Model')}):", "    def __init__(self):"]
    w.body += [w.pick(("        super().__init__()", f"        super({kind}, self).__init__()"))]
    if w.chance():
        w.body += [f"        self.parts = [{', '.join(layers)}]", "    def call(self, x):"]
        w.body += ["        for part in self.parts:", "            x = part(x)", "        return x"]
    else:
        w.body += [f"        self.l{index} = {layer}" for index, layer in enumerate(layers)]
        w.body += ["    def call(self, inputs, training=None):", "        x = inputs"]
        w.body += [f"        x = self.l{index}(x)" for index in range(len(layers))]
        w.body += ["        return x"]
    w.body += [f"{name} = {kind}()", f"{name}({w.zeros(shape)})"]


def _concatenated(w: Writer, name: str, shape: str, layers: list[str]) -> None:
    """Lists that are added, starred and sliced."""
    cut = w.small(0, len(layers))
    one, two = w.name("part"), w.name("part")
    w.body.append(f"{one} = [{w.keras_model('Input')}({shape}), {', '.join(layers[:cut])}]")
    w.body.append(f"{two} = [{', '.join(layers[cut:])}]")
    form = w.pick(
        (
            f"{one} + {two}",
            f"[*{one}, *{two}]",
            f"({one} + {two} + [None])[:-1]",
            f"list({one}) + {two}",
        )
    )
    w.body.append(f"{name} = {w.keras_model('Sequential')}({form})")


_ASSEMBLIES = (
    _listed,
    _added,
    _looped,
    _built,
    _in_class,
    _nested,
    _functional,
    _subclassed,
    _concatenated,
)


# What happens to a model once it is there


def _nothing(w: Writer, name: str, count: int) -> None:
    w.body.append(f"{name}.summary()" if w.chance() else "")


def _frozen(w: Writer, name: str, count: int) -> None:
    w.body.append(
        w.pick(
            (
                f"{name}.trainable = False",
                f"for layer in {name}.layers[:-1]:\n    layer.trainable = False",
                f"{name}.layers[0].trainable = False",
                f"{name}.trainable = False\n{name}.layers[-1].trainable = True",
                f"{name}.trainable = False\n{name}.trainable = True",
                f"for i, layer in enumerate({name}.layers):\n    layer.trainable = i % 2 == 0",
                f"for layer in {name}.layers:\n    layer.trainable = 'dense' in layer.name",
            )
        )
    )


def _on_top(w: Writer, name: str, count: int) -> None:
    """A second model around the first."""
    other = w.name("outer")
    x = w.name("x")
    w.body.append(f"{x} = {w.keras_model('Input')}({name}.inputs[0].shape[1:])")
    w.body.append(f"{other} = {w.keras_model('Model')}({x}, {w.dense(w.small())}({name}({x})))")
    if w.chance():
        _frozen(w, w.pick((name, other)), count)


def _aliased(w: Writer, name: str, count: int) -> None:
    other = w.name("alias")
    w.body.append(f"{other} = {name}")
    w.body.append(
        f"if hasattr({other}, 'add'):\n    {other}.add({w.dense(w.small())})"
        if w.chance(3)
        else f"{other}.trainable = {w.flag(w.chance())}"
    )


_AFTERWARDS = (_nothing, _nothing, _frozen, _on_top, _aliased)
