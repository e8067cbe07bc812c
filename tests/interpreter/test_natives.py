"""Every known function and method on values of every kind: an answer, or an unknown; no crash."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from flake8_paramcount import dims
from flake8_paramcount.interpreter import analyze, natives
from flake8_paramcount.interpreter.array_making import RandomObject
from flake8_paramcount.interpreter.calls import call
from flake8_paramcount.interpreter.commandline import Options, Parser
from flake8_paramcount.interpreter.data import DataSource, ImageGenerator
from flake8_paramcount.interpreter.module import evaluate_source
from flake8_paramcount.interpreter.run import Raised
from flake8_paramcount.interpreter.tables import Bunch, Transformer
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    DictObject,
    ListObject,
    NativeMethod,
    Qualified,
)
from flake8_paramcount.interpreter.words import Splitting, Tokenizer, WordIndex
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize
from flake8_paramcount.unknown import Unknown

PACKAGES = (
    "builtins",
    "numpy",
    "math",
    "itertools",
    "functools",
    "operator",
    "copy",
    "random",
    "keras",
    "sklearn",
    "tensorflow",
    "argparse",
    "os",
)


def values() -> list[Any]:
    """A value of each kind, odd ones included."""
    return [
        None,
        -1,
        3,
        10**30,
        0.5,
        float("nan"),
        "a b",
        b"x",
        (),
        (2, 3),
        ListObject([1, 2]),
        ListObject([ListObject([1]), ListObject([])]),
        DictObject({"a": 1}),
        dims.symbol("n"),
        dims.symbol("m", lower=0),
        Unknown("it is not known", "u"),
        Array(Shape((2, 3)), "int64", 0, 9),
        Array(Shape(())),
        Array(Shape(Unknown("why"))),
        Qualified("numpy.float32"),
        slice(None, 2),
        ...,
    ]


def argument_lists() -> list[tuple[Any, ...]]:
    """No argument, one of each kind, and some pairs and triples."""
    pairs = itertools.islice(itertools.product(values(), values()), 0, None, 7)
    return [(), *((value,) for value in values()), *pairs, (*values()[9:12],)]


# The architectures, which take longer, have tests of their own.
PATHS = sorted(
    path for path in natives.FUNCTIONS if path.startswith(PACKAGES) and ".applications." not in path
)


def perform(callee: Any) -> None:
    run = evaluate_source("", Settings(fuel=10**9))
    for args in argument_lists():
        arguments = Arguments(args, {}, 1, lambda: "f(x)")
        try:
            call(run, callee, arguments)
        except Raised:
            continue


@pytest.mark.parametrize("package", PACKAGES)
def test_known_functions_take_anything(package: str) -> None:
    for path in PATHS:
        if path.partition(".")[0] == package:
            perform(Qualified(path))


def receivers() -> list[Any]:
    """One object of each kind that has methods."""
    return [
        "text",
        Array(Shape((2, 3)), "int64", 0, 9),
        Array(Shape((2,)), "object", 0, 9),
        Parser({}),
        Options({}),
        DataSource((Array(Shape((None, 8, 8, 3))),)),
        ImageGenerator({}),
        RandomObject({}),
        Bunch(data=1),
        Transformer(),
        Tokenizer(1, Splitting(), 10, None),
        WordIndex("len(w)"),
    ]


@pytest.mark.parametrize("index", range(len(receivers())))
def test_known_methods_take_anything(index: int) -> None:
    kind = type(receivers()[index])
    for owner, name in sorted(natives.METHODS, key=str):
        if issubclass(kind, owner):
            perform(NativeMethod(receivers()[index], name))


def test_blocks_of_an_image_become_channels() -> None:
    source = """\
import tensorflow as tf
from keras import Input, Model
from keras.layers import Conv2D, Lambda
x = Input((8, 6, 4))
m = Model(x, Conv2D(5, 1)(Lambda(lambda image: tf.nn.space_to_depth(image, block_size=2))(x)))
"""
    (model,) = analyze(source).models
    layer = model.variants[0].layers[-1]
    assert str(layer.output) == str(Shape((None, 4, 3, 5)))
    assert summarize(model, Settings()).total == 4 * 4 * 5 + 5


def test_a_layer_says_what_it_would_put_out() -> None:
    source = """\
from keras import Input, Sequential
from keras.layers import Conv1D, Dense
width = Conv1D(4, 3).compute_output_shape((None, 10, 3))
m = Sequential([Input((2,)), Dense(width[1] * width[-1])])
"""
    (model,) = analyze(source).models
    assert summarize(model, Settings()).total == 3 * 32
