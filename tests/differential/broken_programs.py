"""Programs that are sound, all ways to write them that people have, and ways to break them.

A sound program is a list of layer calls. A break changes one thing about it; whether Keras takes
what comes out is for Keras to say. A style writes the calls down as somebody would.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import keras

LAYERS = vars(keras.layers)


class Step(NamedTuple):
    """`targets = layer(arguments)`; an input has no arguments."""

    targets: tuple[str, ...]
    layer: ast.Call
    given: ast.Call | None

    @property
    def kind(self) -> str:
        return name_of(self.layer)

    @property
    def reads(self) -> tuple[str, ...]:
        """The tensors that the layer is called on."""
        nodes = () if self.given is None else (*self.given.args, *self.given.keywords)
        found = (each for node in nodes for each in ast.walk(node))
        return tuple(each.id for each in found if isinstance(each, ast.Name))

    @property
    def words(self) -> str:
        """What stands between the parentheses of the layer's call."""
        return "" if self.given is None else call_words(self.given)


Program = tuple[Step, ...]


def name_of(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Name)
    return call.func.id


def call_words(call: ast.Call) -> str:
    words = [ast.unparse(arg) for arg in call.args]
    return ", ".join([*words, *(f"{each.arg}={ast.unparse(each.value)}" for each in call.keywords)])


def read(text: str) -> Program:
    """A program from lines such as `c = Dense(4)(b)`."""
    return tuple(map(_step, ast.parse(text).body))


def _step(statement: ast.stmt) -> Step:
    assert isinstance(statement, ast.Assign)
    target, value = statement.targets[0], statement.value
    assert isinstance(value, ast.Call)
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    targets = tuple(ast.unparse(name) for name in names)
    if isinstance(value.func, ast.Call):
        return Step(targets, value.func, value)
    return Step(targets, value, None)


def _sound() -> dict[str, Program]:
    parts = Path(__file__).with_name("sound_programs.txt").read_text(encoding="utf-8").split("\n\n")
    return {name: read(text) for name, _, text in (part.partition("\n") for part in parts)}


ALL = _sound()
SOUND = {name: program for name, program in ALL.items() if name not in ("spectra", "equalized")}
"""Without what Keras takes on its own, but not in a model on the numpy backend."""


def is_chain(program: Program) -> bool:
    """Whether each layer is called on nothing but what the one before it puts out."""
    pairs = pairwise(program)
    straight = all(len(one.targets) == 1 and other.words == one.targets[0] for one, other in pairs)
    return straight and len(program[-1].targets) == 1 and program[0].given is None


# --- breaks --------------------------------------------------------------------------------------


class Break(NamedTuple):
    """A program that may be broken, and how it came to be."""

    kind: str
    what: str
    program: Program


def _call(text: str) -> ast.Call:
    found = ast.parse(text, mode="eval").body
    assert isinstance(found, ast.Call)
    return found


def _value(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


VALUES = (
    "-1", "0", "2.5", "'same'", "None", "(3,)", "(2, 3, 4)", "True", "'nonsense'", "100", "[]",
    "1.5", "-0.5", "'3'", "[2, 2]",
)  # fmt: skip
"""What may be given in the place of anything."""

NAMED_VALUES: dict[str, tuple[str, ...]] = {
    "padding": ("'vaild'", "'SAME'", "'causal'", "'full'", "'valid'", "((1, 1), (1, 1))"),
    "activation": ("'rellu'", "'Relu'", "'softmax '", "'leakyrelu'", "'swish'", "5"),
    "recurrent_activation": ("'hardsigmoid'",),
    "kernel_initializer": ("'he_norm'", "'xavier'", "'glorot'", "5"),
    "bias_initializer": ("'zeroes'",),
    "kernel_regularizer": ("'l3'", "0.01"),
    "kernel_constraint": ("'maxnorm'",),
    "data_format": ("'channels_first'", "'channel_last'", "'NCHW'"),
    "interpolation": ("'cubic'", "'linear'", "'nearest'", "'bilinear'"),
    "axis": ("0", "1", "-2", "3", "5", "-7", "'last'", "(1, 2)"),
    "axes": ("0", "1", "(1, 1)", "(2, 2)", "(1, 2)", "(0, 1)", "5"),
    "kernel_size": ("50", "(3, 30)", "4", "'3x3'"),
    "pool_size": ("50", "(2, 20)", "(1, 2)"),
    "strides": ("2", "(2, 1)", "50"),
    "dilation_rate": ("2", "(2, 3)", "40"),
    "groups": ("3", "5", "7"),
    "units": ("'10'", "10.0", "(10,)"),
    "filters": ("'8'", "8.0", "(8, 3)"),
    "rate": ("50", "1.0", "1", "1.2", "'0.5'"),
    "dropout": ("50", "-0.2", "1.2"),
    "target_shape": ("(5, 5)", "(-1, -1)", "(7, -1)", "784", "(28, 29)"),
    "dims": ("(2, 1)", "(1, 2)", "(0, 1)", "(1, 1, 2)", "(3, 2, 1)"),
    "cropping": ("20", "(9, 9)", "((9, 9), (9, 9))", "5"),
    "size": ("2", "(2, 2)", "(2, 2, 2)"),
    "n": ("3", "'3'"),
    "merge_mode": ("'add'", "'concatenate'", "'ave'"),
    "equation": ("'ab,bc->ac'", "'abc,cd->abd'", "'abc,de->abe'", "'abc->abd'", "'abc,cd=>abd'"),
    "output_shape": ("(8,)", "(None, 8)", "(3, 8)"),
    "bias_axes": ("'d'", "'x'", "'bd'"),
    "shape": ("()", "(16,)", "(28, 28)", "(None,)", "(None, None)", "(28, 28, 1)", "(2, 2, 3)",
              "(None, None, 3)", "(4, 4, 4, 4)", "(3, None)", "28", "(28.0,)"),
    "num_heads": ("3", "2.0"),
    "key_dim": ("'8'", "8.5"),
    "attention_axes": ("1", "(1, 2)", "2", "3"),
    "score_mode": ("'scaled'", "'concat'"),
    "output_mode": ("'onehot'", "'multi-hot'", "'int'"),
    "input_dim": ("'1000'", "1000.0"),
    "return_sequences": ("False", "True"),
    "return_state": ("True",),
    "stateful": ("True",),
    "mode": ("'vertical'", "'both'", "'left'"),
}  # fmt: skip
"""What is mistaken for a value of just this argument."""

OLD_WORDS = {
    "units": "output_dim",
    "filters": "nb_filter",
    "padding": "border_mode",
    "strides": "subsample",
    "kernel_initializer": "init",
    "use_bias": "bias",
    "rate": "p",
    "data_format": "dim_ordering",
    "activation": "activaton",
    "kernel_size": "kernal_size",
    "return_sequences": "return_sequence",
    "pool_size": "poolsize",
}

STRANGERS = (
    "Flatten()", "Dense(8)", "GlobalAveragePooling2D()", "GlobalMaxPooling1D()", "LSTM(4)",
    "Conv1D(4, 3)", "Conv2D(4, 3)", "Conv3D(2, 2)", "MaxPooling2D(2)", "MaxPooling1D(3)",
    "Reshape((4, 4))", "Reshape((-1, 3))", "Embedding(100, 4)", "RepeatVector(3)", "UpSampling2D()",
    "TimeDistributed(Dense(3))", "Bidirectional(LSTM(3))", "Permute((2, 1))", "Cropping2D(3)",
    "BatchNormalization(axis=2)", "Softmax(axis=2)", "Conv2DTranspose(3, 3)", "ZeroPadding2D(1)",
    "SpatialDropout1D(0.2)", "ConvLSTM2D(3, 3)", "SeparableConv2D(3, 3)", "DepthwiseConv2D(5)",
    "GroupNormalization(3)", "TimeDistributed(Conv2D(3, 3))", "AveragePooling3D()", "PReLU()",
    "GRU(3, return_sequences=True)", "TimeDistributed(Flatten())", "LayerNormalization(axis=3)",
    "CategoryEncoding(5)", "Resizing(8, 8)", "CenterCrop(4, 4)", "RNN(Dense(3))",
    "Bidirectional(Dense(4))", "TimeDistributed(3)", "AdaptiveMaxPooling2D(2)", "Masking()",
)  # fmt: skip
"""Layers that somebody puts in the wrong place."""


def parameters(kind: str) -> tuple[str, ...]:
    """The parameters of a layer's constructor, in order."""
    if kind == "Input":
        return ("shape", "batch_size", "dtype")
    found = inspect.signature(LAYERS[kind]).parameters.values()
    return tuple(p.name for p in found if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL))


@cache
def breaks(program: Program) -> Sequence[Break]:
    """All single breaks of a program."""
    return tuple(_breaks(program))


def _breaks(program: Program) -> Iterator[Break]:
    yield from _rearranged(program)
    for index, step in enumerate(program):
        for kind, what, layer in layer_breaks(step.layer):
            changed = (*program[:index], step._replace(layer=layer), *program[index + 1 :])
            yield Break(kind, f"{what} of {step.kind}", changed)


def _rearranged(program: Program) -> Iterator[Break]:
    """Layers left out, twice, in another order, or where they do not belong."""
    for index, step in enumerate(program):
        if step.given is None or len(step.targets) != 1:
            continue
        head, tail = program[:index], program[index + 1 :]
        source = step.reads[0]
        yield Break("left out", step.kind, (*head, *_renamed(tail, step.targets[0], source)))
        twice = Step(step.targets, step.layer, _call(f"_({step.targets[0]})"))
        yield Break("twice", step.kind, (*head, step, twice, *tail))
        for text in STRANGERS:
            stranger = Step(step.targets, _call(text), _call(f"_({step.targets[0]})"))
            yield Break("misplaced", f"{text} behind {step.kind}", (*head, step, stranger, *tail))
        if tail and len(set(step.reads)) == len(set(tail[0].reads)) == 1:
            other = tail[0]
            moved = other._replace(targets=step.targets, given=step.given)
            then = step._replace(targets=other.targets, given=other.given)
            yield Break("swapped", f"{step.kind}, {other.kind}", (*head, moved, then, *tail[1:]))
        yield from _fed_otherwise(program, index)


def _fed_otherwise(program: Program, index: int) -> Iterator[Break]:
    """A layer called on other tensors than it should be."""
    step = program[index]
    head, tail = program[:index], program[index + 1 :]
    before = [each.targets[0] for each in head]
    for other in before[-4:]:
        if other != step.reads[0]:
            given = _call(_replace_name(step.words, step.reads[0], other))
            what = f"{step.kind} on another tensor"
            yield Break("fed otherwise", what, (*head, step._replace(given=given), *tail))
    for words in (f"[{step.reads[0]}, {before[0]}]", ""):
        changed = step._replace(given=_call(f"_({words})"))
        yield Break("fed otherwise", f"{step.kind} on ({words})", (*head, changed, *tail))


def _replace_name(words: str, old: str, new: str) -> str:
    tree = _call(f"_({words})")
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new
            break
    return ast.unparse(tree)


def _renamed(steps: Iterable[Step], old: str, new: str) -> Iterator[Step]:
    for step in steps:
        given = deepcopy(step.given)
        for node in () if given is None else ast.walk(given):
            if isinstance(node, ast.Name) and node.id == old:
                node.id = new
        yield step._replace(given=given)


def layer_breaks(layer: ast.Call) -> Iterator[tuple[str, str, ast.Call]]:
    """The call of a layer with one thing changed, also inside of what it wraps."""
    yield from _call_breaks(layer)
    for index, arg in enumerate(layer.args):
        if isinstance(arg, ast.Call) and isinstance(arg.func, ast.Name):
            for kind, what, inner in layer_breaks(arg):
                changed = deepcopy(layer)
                changed.args[index] = inner
                yield kind, f"{what} of {name_of(arg)}", changed


def _call_breaks(layer: ast.Call) -> Iterator[tuple[str, str, ast.Call]]:
    names = parameters(name_of(layer))
    places = dict(zip(names, range(len(layer.args)), strict=False))
    words = {each.arg: each.value for each in layer.keywords}
    for name in names:
        for text in dict.fromkeys((*NAMED_VALUES.get(name, ()), *VALUES)):
            changed = deepcopy(layer)
            _give(changed, places, name, _value(text))
            yield "value", f"{name}={text}", changed
    for name in (*names[: len(layer.args)], *words):
        yield "missing", str(name), _without(layer, places, str(name))
        if name in words:
            for other in (OLD_WORDS.get(str(name)), f"{name}s", str(name)[:-1]):
                if other is not None:
                    yield "misspelled", f"{other}", _respelled(layer, str(name), other)
    for text in ("foo=1", "input_shape=(4,)", "name='a/b'", "name=3", "trainable=1", "dtype='f'"):
        changed = deepcopy(layer)
        changed.keywords.extend(_call(f"_({text})").keywords)
        yield "extra", text, changed
    changed = deepcopy(layer)
    changed.args.append(_value("7"))
    yield "extra", "a positional 7", changed


def _give(layer: ast.Call, places: dict[str, int], name: str, value: ast.expr) -> None:
    if name in places:
        layer.args[places[name]] = value
        return
    layer.keywords = [each for each in layer.keywords if each.arg != name]
    layer.keywords.append(ast.keyword(name, value))


def _without(layer: ast.Call, places: dict[str, int], name: str) -> ast.Call:
    changed = deepcopy(layer)
    if name in places:
        del changed.args[places[name]]
    changed.keywords = [each for each in changed.keywords if each.arg != name]
    return changed


def _respelled(layer: ast.Call, name: str, other: str) -> ast.Call:
    changed = deepcopy(layer)
    for each in changed.keywords:
        if each.arg == name:
            each.arg = other
    return changed


# --- styles --------------------------------------------------------------------------------------

IMPORTS = {
    "layers.": "from keras import Input, Model, Sequential, layers\n",
    "": "from keras import Input, Model, Sequential\nfrom keras.layers import *\n",
    "tf.keras.layers.": "import tensorflow as tf\nfrom tensorflow.keras import *\n",
}


class Pen:
    """Writes layers: how they are spelled, and whether a call goes over several lines."""

    def __init__(self, prefix: str = "layers.", *, broad: bool = False) -> None:
        self.prefix = prefix
        self.broad = broad

    def layer(self, call: ast.Call, indent: str = "") -> str:
        if name_of(call) == "Input":
            return f"Input({call_words(call)})"
        words = [self._word(arg) for arg in call.args]
        words += [f"{each.arg}={self._word(each.value)}" for each in call.keywords]
        name = f"{self.prefix}{name_of(call)}"
        if self.broad and len(words) > 1:
            inside = "".join(f"{indent}    {word},\n" for word in words)
            return f"{name}(\n{inside}{indent})"
        return f"{name}({', '.join(words)})"

    def _word(self, node: ast.expr) -> str:
        if isinstance(node, ast.List):
            return f"[{', '.join(map(self._word, node.elts))}]"
        is_layer = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        return self.layer(node) if is_layer else ast.unparse(node)  # type: ignore[arg-type]


Style = Callable[[Program, Pen], str]


def _ends(program: Program) -> tuple[str, str]:
    """The tensors that a model of all steps takes and puts out."""
    read = {name: index for index, step in enumerate(program) for name in step.reads}
    inputs = [step.targets[0] for step in program if step.given is None]
    ends = {
        step.targets[0]: index
        for index, step in enumerate(program)
        if all(read.get(name, -1) <= index for name in step.targets)
    }
    outputs = [name for name, index in ends.items() if read.get(name, -1) <= index]
    inside = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
    return inside, outputs[0] if len(outputs) == 1 else f"[{', '.join(outputs)}]"


def _line(step: Step, pen: Pen, indent: str = "") -> str:
    called = "" if step.given is None else f"({step.words})"
    return f"{indent}{', '.join(step.targets)} = {pen.layer(step.layer, indent)}{called}\n"


def functional(program: Program, pen: Pen) -> str:
    inputs, outputs = _ends(program)
    lines = "".join(_line(step, pen) for step in program)
    return f"{lines}model = Model({inputs}, {outputs})\n"


def one_variable(program: Program, pen: Pen) -> str:
    """The functional style that reuses a name."""
    if not is_chain(program):
        return functional(program, pen)
    first, *rest = program
    lines = f"inputs = {pen.layer(first.layer)}\nx = inputs\n"
    lines += "".join(f"x = {pen.layer(step.layer)}(x)\n" for step in rest)
    return f"{lines}model = Model(inputs=inputs, outputs=x)\nmodel.summary()\n"


def in_function(program: Program, pen: Pen) -> str:
    inputs, outputs = _ends(program)
    lines = "".join(_line(step, pen, "    ") for step in program)
    return (
        f"def build_model(name='net'):\n{lines}"
        f"    return Model(inputs={inputs}, outputs={outputs}, name=name)\n\n"
        "model = build_model()\nprint(model.count_params())\n"
    )


def made_before(program: Program, pen: Pen) -> str:
    """All layers first, and then their calls."""
    inputs, outputs = _ends(program)
    steps = [(index, step) for index, step in enumerate(program) if step.given is not None]
    lines = "".join(f"layer_{index} = {pen.layer(step.layer)}\n" for index, step in steps)
    for index, step in enumerate(program):
        made = f"layer_{index}({step.words})" if step.given is not None else pen.layer(step.layer)
        lines += f"{', '.join(step.targets)} = {made}\n"
    return f"{lines}model = Model({inputs}, {outputs})\n"


def with_helper(program: Program, pen: Pen) -> str:
    """Layers applied by functions of the program."""
    inputs, outputs = _ends(program)
    lines = ""
    for index, step in enumerate(program):
        if step.given is None or len(step.targets) != 1 or step.words not in step.reads:
            lines += _line(step, pen)
            continue
        body = f"def unit_{index}(x):\n    return {pen.layer(step.layer, '    ')}(x)\n\n"
        lines = body + lines + f"{step.targets[0]} = unit_{index}({step.words})\n"
    return f"{lines}model = Model({inputs}, {outputs})\n"


def subclassed(program: Program, pen: Pen) -> str:
    """A model class of the program, called on symbolic inputs."""
    own = _class(program, pen, "Model", "Net")
    inputs = [step for step in program if step.given is None]
    lines = "".join(_line(step, pen) for step in inputs)
    return f"{own}{lines}model = Net()\nmodel({', '.join(step.targets[0] for step in inputs)})\n"


def own_layer(program: Program, pen: Pen) -> str:
    """A layer class of the program, in a functional model."""
    own = _class(program, pen, f"{pen.prefix}Layer", "Block")
    inputs = [step for step in program if step.given is None]
    names = ", ".join(step.targets[0] for step in inputs)
    lines = "".join(_line(step, pen) for step in inputs)
    return f"{own}{lines}outputs = Block()({names})\nmodel = Model([{names}], outputs)\n"


def _class(program: Program, pen: Pen, base: str, name: str) -> str:
    steps = [(index, step) for index, step in enumerate(program) if step.given is not None]
    taken = ", ".join(step.targets[0] for step in program if step.given is None)
    lines = f"class {name}({base}):\n    def __init__(self, **kwargs):\n"
    lines += "        super().__init__(**kwargs)\n"
    for index, step in steps:
        lines += f"        self.layer_{index} = {pen.layer(step.layer, '        ')}\n"
    lines += f"\n    def call(self, {taken}):\n"
    for index, step in steps:
        lines += f"        {', '.join(step.targets)} = self.layer_{index}({step.words})\n"
    return f"{lines}        return {_ends(program)[1]}\n\n"


def _stacked(program: Program, pen: Pen, start: int = 0) -> list[str]:
    return [pen.layer(step.layer, "    ") for step in program[start:]]


def sequential(program: Program, pen: Pen) -> str:
    items = "".join(f"    {item},\n" for item in _stacked(program, pen))
    return f"model = Sequential([\n{items}])\nmodel.summary()\n"


def added(program: Program, pen: Pen) -> str:
    lines = "".join(f"model.add({pen.layer(step.layer)})\n" for step in program)
    return f"model = Sequential()\n{lines}model.summary()\n"


def looped(program: Program, pen: Pen) -> str:
    items = "".join(f"    {item},\n" for item in _stacked(program, pen))
    return f"stack = [\n{items}]\nmodel = Sequential()\nfor layer in stack:\n    model.add(layer)\n"


def applied_in_loop(program: Program, pen: Pen) -> str:
    items = "".join(f"    {item},\n" for item in _stacked(program, pen, 1))
    first = pen.layer(program[0].layer)
    return (
        f"x = inputs = {first}\nfor layer in [\n{items}]:\n    x = layer(x)\n"
        "model = Model(inputs, x)\n"
    )


def nested(program: Program, pen: Pen) -> str:
    cut = len(program) // 2 + 1
    front = "".join(f"    {item},\n" for item in _stacked(program[:cut], pen))
    back = "".join(f"    {item},\n" for item in _stacked(program, pen, cut))
    return f"inner = Sequential([\n{front}])\nmodel = Sequential([\n    inner,\n{back}])\n"


def nested_headless(program: Program, pen: Pen) -> str:
    """The later layers as a model without an input of its own, on top of a functional one."""
    cut = len(program) // 2 + 1
    front = "".join(_line(step, pen) for step in program[:cut])
    back = "".join(f"    {item},\n" for item in _stacked(program, pen, cut))
    inputs, last = program[0].targets[0], program[cut - 1].targets[0]
    return f"head = Sequential([\n{back}])\n{front}model = Model({inputs}, head({last}))\n"


def method(program: Program, pen: Pen) -> str:
    """A class that is no Keras class and builds a model."""
    lines = "".join(f"        model.add({pen.layer(step.layer)})\n" for step in program)
    return (
        "class Trainer:\n    def __init__(self):\n        self.model = self._build()\n\n"
        f"    def _build(self):\n        model = Sequential()\n{lines}        return model\n\n"
        "trainer = Trainer()\n"
    )


ANY_STYLES: tuple[Style, ...] = (
    functional,
    one_variable,
    in_function,
    made_before,
    with_helper,
    subclassed,
    own_layer,
)
CHAIN_STYLES: tuple[Style, ...] = (
    sequential,
    added,
    looped,
    applied_in_loop,
    nested,
    nested_headless,
    method,
)


def styles(program: Program) -> tuple[Style, ...]:
    """The styles in which a program can be written."""
    return (*ANY_STYLES, *CHAIN_STYLES) if is_chain(program) else ANY_STYLES


def write(program: Program, style: Style, prefix: str = "layers.", *, broad: bool = False) -> str:
    """The source of a program."""
    return IMPORTS[prefix] + "\n" + style(program, Pen(prefix, broad=broad))


def written(program: Program, pick: Callable[[Any], Any]) -> str:
    """The source of a program in a style that is picked."""
    return write(
        program, pick(styles(program)), pick(tuple(IMPORTS)), broad=pick((False, False, True))
    )


# --- training ------------------------------------------------------------------------------------

LOSSES = {"softmax": "categorical_crossentropy", "sigmoid": "binary_crossentropy"}


def trained(source: str, program: Program, *, sparse: bool) -> str:
    """The source with a training of its model: a loss that fits, on data that fit."""
    names: dict[str, Any] = {}
    exec(write(program, functional), names)
    model = names["model"]
    last = ast.unparse(program[-1].layer)
    loss = next((loss for word, loss in LOSSES.items() if word in last.lower()), "mse")
    output = _data(model.outputs[0].shape)
    if loss == LOSSES["softmax"] and sparse:
        loss, output = f"sparse_{loss}", _data(model.outputs[0].shape[:-1], "int32")
    inputs = [_data(tensor.shape) for tensor in model.inputs]
    given = inputs[0] if len(inputs) == 1 else f"[{', '.join(inputs)}]"
    return (
        f"{source}import numpy as np\n"
        f"model.compile(optimizer='adam', loss='{loss}', metrics=['accuracy'])\n"
        f"model.fit({given}, {output}, batch_size=2, epochs=3)\n"
    )


def _data(shape: tuple[int | None, ...], dtype: str = "float32") -> str:
    sizes = tuple(2 if size is None else size for size in shape)
    return f"np.zeros({sizes}, dtype='{dtype}')"
