"""What directives state of layers that cannot be followed: taken for true only where it must be."""

from __future__ import annotations

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.report import FileReport
from flake8_paramcount.report.table import plain, sheets
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import Summary

HEAD = """\
import keras
import tensorflow_hub as hub
from keras import Input, Model, Sequential
from keras.layers import *
from elsewhere import Foo, block, url
x = Input((4,))
class Own(Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(block(shape), 3))
    def call(self, x):
        return block(x)
"""


def summary(source: str) -> Summary:
    return report_on(HEAD + source, None, Settings(), "model.py").summaries[-1]


def complaints(source: str) -> list[tuple[int, str]]:
    findings = report_on(HEAD + source, None, Settings(), "model.py").findings
    lines = HEAD.count("\n")
    return [(each.line - lines, each.message) for each in findings if each.code == "KPC002"]


@pytest.mark.parametrize(
    ("source", "total", "trainable", "output"),
    [
        pytest.param(
            "m = Sequential([\n    Input((4,)),\n"
            "    hub.KerasLayer(url()),  # paramcount: params=100, trainable_params=0,"
            " output_shape=(None, 7)\n    Dense(2),\n])\n",
            *(116, 16, (None, 2)),
            id="in a Sequential",
        ),
        pytest.param(
            "# paramcount: params=100, output_shape=(None, 7)\n"
            "h = hub.KerasLayer(url, trainable=False)\nm = Model(x, Dense(2)(h(x)))\n",
            *(116, 16, (None, 2)),
            id="frozen where it is made",
        ),
        pytest.param(
            "y = Foo(3)(x)  # paramcount: params=9, trainable_params=9, output_shape=(None, 7)\n"
            "m = Model(x, Dense(2)(y))\n",
            *(25, 25, (None, 2)),
            id="made and called",
        ),
        pytest.param(
            "y = block(x)  # paramcount: params=9, trainable_params=4, output_shape=(None, 7)\n"
            "m = Model(x, Dense(2)(y))\n",
            *(25, 20, (None, 2)),
            id="a function",
        ),
        pytest.param(
            "y = Lambda(lambda t: block(t))(x)  # paramcount: output_shape=(None, 7)\n"
            "m = Model(x, Dense(2)(y))\n",
            *(16, 16, (None, 2)),
            id="Lambda",
        ),
        pytest.param(
            "f = Lambda(lambda t: block(t))\ny = f(x)  # paramcount: output_shape=(None, 7)\n"
            "m = Model(x, Dense(2)(y))\n",
            *(16, 16, (None, 2)),
            id="a call of a Lambda",
        ),
        pytest.param(
            "m = Sequential([Input((4,)), Own(), Dense(2)])"
            "  # paramcount: params=12, trainable_params=12, output_shape=(None, 3)\n",
            *(20, 20, (None, 2)),
            id="a class of the file",
        ),
        pytest.param(
            "m = Sequential([Input((4,)), TFSMLayer('x')])"
            "  # paramcount: params=0, output_shape=(None, 3)\n",
            *(0, 0, (None, 3)),
            id="a saved model",
        ),
        pytest.param(
            "y = x\nfor _ in range(3):\n"
            "    y = Foo()(y)  # paramcount: params=5, trainable_params=5, output_shape=(None, 4)\n"
            "m = Model(x, y)\n",
            *(15, 15, (None, 4)),
            id="one for each round",
        ),
        pytest.param(
            "f = Foo()  # paramcount: params=5, trainable_params=5, output_shape=(None, 4)\n"
            "m = Model(x, f(f(x)))\n",
            *(5, 5, (None, 4)),
            id="one that is shared",
        ),
        pytest.param(
            "class M(Model):\n    def __init__(self):\n        super().__init__()\n"
            "        self.f = Foo()  # paramcount: params=9, trainable_params=0,"
            " output_shape=(None, 7)\n        self.d = Dense(2)\n"
            "    def call(self, x):\n        return self.d(self.f(x))\n"
            "m = M()\nm(keras.ops.ones((1, 4)))\n",
            *(25, 16, None),
            id="in a subclassed model",
        ),
        pytest.param(
            "y = keras.ops.mystery(x)  # paramcount: output_shape=(None, 7)\n"
            "m = Model(x, Dense(2)(y))\n",
            *(16, 16, (None, 2)),
            id="an operation",
        ),
        pytest.param(
            "y = Foo()(x)  # paramcount: params=1, trainable_params=1,"
            " output_shape=[(None, 7), (None, 3)]\nm = Model(x, Dense(2)(y[1]))\n",
            *(9, 9, (None, 2)),
            id="several outputs",
        ),
    ],
)
def test_what_is_stated_settles_a_count(
    source: str, total: int, trainable: int, output: tuple[int | None, ...] | None
) -> None:
    assert complaints(source) == []
    found = summary(source)
    assert (found.status, found.total, found.trainable) == ("exact", total, trainable)
    shape = found.rows[-1].layer.output if output else None
    assert getattr(shape, "dims", None) == output


def test_how_many_train_is_not_guessed() -> None:
    found = summary("m = Sequential([Input((4,)), Foo()])  # paramcount: params=10\n")
    assert (found.status, found.total, found.trainable, found.non_trainable) == (
        *("exact", 10),
        *(None, None),
    )


def test_only_an_output_is_stated() -> None:
    source = (
        "m = Sequential([Input((4,)), Foo(), Dense(2)])  # paramcount: output_shape=(None, 7)\n"
    )
    found = summary(source)
    assert (found.status, found.minimum) == ("unknown", 16)
    wanted = "# paramcount: params=…, output_shape=(None, …)"
    assert [reason.directive for reason in found.reasons] == [wanted]


SUGGESTED = "# paramcount: params=…, output_shape=(None, …)"


@pytest.mark.parametrize(
    ("source", "directive"),
    [
        ("m = Sequential([Input((4,)), Foo()])", SUGGESTED),
        ("m = Sequential([Input((4,)), hub.KerasLayer(url)])", SUGGESTED),
        ("m = Sequential([Input((4,)), TFSMLayer('x')])", SUGGESTED),
        ("m = Sequential([Input((4,)), TorchModuleWrapper(url)])", SUGGESTED),
        ("m = Sequential([Input((4,)), JaxLayer(url)])", SUGGESTED),
        ("m = Model(x, Dense(2)(Foo()(x)))", SUGGESTED),
        ("m = Model(x, Dense(2)(block(x)))", SUGGESTED),
        (
            "m = Sequential([Input((4,)), Lambda(lambda t: url(t)), Dense(2)])",
            "# paramcount: output_shape=(None, …)",
        ),
    ],
)
def test_the_directive_that_is_suggested_settles_it(source: str, directive: str) -> None:
    assert [reason.directive for reason in summary(source + "\n").reasons] == [directive]
    filled = directive.replace("params=…", "params=3").replace("(None, …)", "(None, 5)")
    found = summary(f"{source}  {filled}\n")
    assert found.status == "exact"
    assert found.reasons == ()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("m = Sequential([x, Dense(3)])  # paramcount: params=12", "params=12 is not what Dense"),
        (
            "m = Sequential([x, Dense(3)])  # paramcount: output_shape=(None, 4)",
            "output_shape is not what Dense puts out: (None, 3)",
        ),
        (
            "m = Sequential([x, Dense(3, trainable=False)])"
            "  # paramcount: params=15, trainable_params=15",
            "trainable_params=15 is not what Dense has: 0",
        ),
        (
            "m = Sequential([x, Lambda(lambda t: url(t))])  # paramcount: params=5",
            "params=5 is not what Lambda has: 0",
        ),
        ("print('u')  # paramcount: params=3", "this states something of a layer, but on line 12"),
        ("k = 3  # paramcount: output_shape=(3,)", "this states something of a layer, but on"),
        ("m = Foo()  # paramcount: trainable_params=3", "trainable_params says how many of them"),
        (
            "m = Foo()  # paramcount: trainable_params=3, params=2",
            "trainable_params=3 is more than params=2",
        ),
        ("m = Foo()  # paramcount: params=-2", "params=-2 is not allowed"),
        ("m = Foo()  # paramcount: output_shape=7", "output_shape=7 is not allowed"),
    ],
)
def test_a_directive_that_is_wrong(source: str, message: str) -> None:
    ((line, found),) = complaints(source + "\n")
    assert line == 1
    assert found.startswith(message)


@pytest.mark.parametrize(
    "source",
    [
        "m = Sequential([x, Dense(3)])  # paramcount: params=15, output_shape=(None, 3)",
        "m = Sequential([x, Foo(), Dense(3)])  # paramcount: params=9, output_shape=(None, 7)",
        "def never(a):\n    y = a.made()  # paramcount: params=9\n",
    ],
)
def test_a_directive_that_is_right(source: str) -> None:
    assert complaints(source + "\n") == []


def test_what_the_source_shows_counts() -> None:
    found = summary("m = Sequential([x, Dense(3)])  # paramcount: params=12\n")
    assert (found.total, found.rows[0].layer.proven) == (15, True)


def test_the_table_marks_what_is_stated() -> None:
    source = HEAD + "m = Sequential([x, Foo(), Dense(2)])  # paramcount: params=9\n"
    source = source.replace("params=9", "params=9, output_shape=(None, 7)")
    report = report_on(source, None, Settings(), "model.py")
    from flake8_paramcount.records import Position

    shown = FileReport("model.py", report.summaries, lambda site: Position(1, 0))
    (_, _, _, foo, dense, *_) = plain(next(sheets(shown))).splitlines()
    assert foo.split()[-2:] == ["as", "stated"]
    assert "stated" not in dense
