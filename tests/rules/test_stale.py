"""KPC106: counts that comments state, held against the computed ones."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import Any

import pytest

from flake8_paramcount.dims import symbol
from flake8_paramcount.records import Model
from tests.rules.making import Call, call, findings, model, sequence, variant

RNN = call("SimpleRNN", 32)
EMBEDDING = call("Embedding", 1000, 64)


def text_model(*lines: int, **rest: Any) -> Model:
    """Embedding (64,000) and SimpleRNN (3,104) on the given lines; the model on line 1."""
    calls = [replace(each, site=line) for each, line in zip((EMBEDDING, RNN), lines, strict=True)]
    return sequence((None, 10), *calls, **rest)


def stale(record: Model, source: str) -> list[tuple[int, str]]:
    found = findings(record, "KPC106", source=textwrap.dedent(source).lstrip("\n"))
    return [(line, message) for line, _, message in found]


CHAIN = """
    model = Sequential()
    model.add(Embedding(1000, 64)){0}
    model.add(SimpleRNN(32)){1}
    {2}
    """


def chain(embedding: str = "", rnn: str = "", below: str = "") -> list[tuple[int, str]]:
    return stale(text_model(2, 3), CHAIN.format(embedding, rnn, below))


@pytest.mark.parametrize(
    ("embedding", "rnn", "below"),
    [
        pytest.param("", "", "", id="no comment"),
        pytest.param("  # params: 64,000", "  # 3,104 parameters", "", id="right, inline"),
        pytest.param("", "", "# 64*32+32*32+32=3104", id="right, below"),
        pytest.param("", "", "# Total params: 67,104", id="right total"),
        pytest.param("", "  # 67,104 parameters", "", id="the total so far, at the last layer"),
        pytest.param("  # 3 layers", "  # 28*28=784", "", id="no claims"),
        pytest.param("  # 10*64=640", "", "", id="output size"),
        pytest.param("  # 1000*64=64000", "", "", id="right product"),
        pytest.param("", "  # 8*32+32=288", "", id="arithmetic of another order"),
        pytest.param("", "  # 60*32=1920", "", id="a product beside a layer with several weights"),
        pytest.param("", "  # LSTM: 12,416 params", "", id="another layer's name"),
        pytest.param("", "", "\n# 99 parameters", id="a blank line between"),
        pytest.param("", "", "# params = 500", id="code that was commented out"),
        pytest.param("", "", "x = '''\n# 99 parameters\n'''", id="in a string"),
        pytest.param("", "", "print('# 99 parameters')", id="in a string on the line"),
        pytest.param("", "", "model.fit()\n# 99 parameters", id="below something else"),
        pytest.param("", "", "def f(:\n# 99 params", id="a file that has no tokens"),
    ],
)
def test_nothing_is_stale(embedding: str, rnn: str, below: str) -> None:
    assert chain(embedding, rnn, below) == []


def test_stale_arithmetic_below_the_layer() -> None:
    assert chain(below="# 64*64+64*64+64=8256") == [
        (
            3,
            "the comment on line 4 says 8,256 parameters, but SimpleRNN has "
            "3,104 = 64·32 + 32² + 32",
        )
    ]


@pytest.mark.parametrize(
    "comment",
    ["# params: 3,105", "# 3105 params", "# SimpleRNN: 3,105 parameters", "# 64*32+33*32+1=3105"],
)
def test_stale_at_the_end_of_the_line(comment: str) -> None:
    assert chain(rnn=f"  {comment}") == [
        (3, "the comment says 3,105 parameters, but SimpleRNN has 3,104 = 64·32 + 32² + 32")
    ]


def test_stale_product() -> None:
    assert [line for line, _ in chain(embedding="  # 500*64=32000")] == [2]


@pytest.mark.parametrize("comment", ["# 64*32+32*32+3=3104", "# params: 64*32 + 3 = 3,104"])
def test_arithmetic_that_does_not_come_out(comment: str) -> None:
    ((line, message),) = chain(rnn=f"  {comment}")

    assert line == 3
    assert message.startswith("the arithmetic in the comment comes to ")
    assert message.endswith(", not to the 3,104 that it says")


def test_stale_total_below_the_model() -> None:
    assert chain(below="# Total params: 67,105") == [
        (1, "the comment on line 4 says 67,105 parameters, but model `model` has 67,104")
    ]


def test_total_below_the_printed_summary() -> None:
    right = "model.summary()\n    # ______\n    # Total params: 67,104\n    # ====="
    wrong = right.replace("67,104", "67,105")

    assert chain(below=right) == []
    assert [line for line, _ in chain(below=wrong)] == [1]


def test_total_of_a_trained_model_counts_the_optimizer() -> None:
    assert chain(below="# Total params: 134,210\n    # Optimizer params: 67,106") == []


def test_total_above_the_model() -> None:
    source = "# Total params: {}\nmodel = Sequential([\n  A(),\n  B(),\n])\n"
    record = replace(text_model(3, 4), site=2)

    assert stale(record, source.format("67,104")) == []
    assert [line for line, _ in stale(record, source.format("67,105"))] == [2]


def test_total_before_the_last_layer() -> None:
    assert chain(embedding="  # Total params: 64,001") == []


LIST = """
    model = Sequential([
        Embedding(1000, 64),{0}
        SimpleRNN(32),{1}
    ]){2}
    {3}
    """


@pytest.mark.parametrize(
    "comments",
    [
        ("  # 64,000 params", "  # 3,104 params", "  # 67,104 params", ""),
        ("\n# 64,000 params"[1:], "", "", "# Total params: 67,104"),
        ("", "", "", "# 67,104 parameters"),
    ],
)
def test_right_counts_in_a_list(comments: tuple[str, ...]) -> None:
    assert stale(text_model(2, 3), LIST.format(*comments)) == []


@pytest.mark.parametrize(
    ("comments", "line"),
    [
        pytest.param(("  # 64,001 params", "", "", ""), 2, id="layer"),
        pytest.param(("", "", "  # 67,105 params", ""), 1, id="closing bracket"),
        pytest.param(("", "", "", "# 67,105 parameters"), 1, id="below the bracket"),
    ],
)
def test_stale_counts_in_a_list(comments: tuple[str, ...], line: int) -> None:
    assert [found for found, _ in stale(text_model(2, 3), LIST.format(*comments))] == [line]


BETWEEN = """
    model = Sequential()
    model.add(Embedding(1000, 64))
    # {0} parameters
    model.add(SimpleRNN(32))
    """


@pytest.mark.parametrize("count", ["64,000", "3,104"])
def test_between_two_layers_either_may_be_meant(count: str) -> None:
    assert stale(text_model(2, 4), BETWEEN.format(count)) == []


def test_between_two_layers_neither_has_that_many() -> None:
    assert stale(text_model(2, 4), BETWEEN.format("3,105")) == [
        (
            2,
            "the comment on line 3 says 3,105 parameters, but neither Embedding above (64,000) "
            "nor SimpleRNN below (3,104) has that many",
        )
    ]


def test_alone_above_a_layer() -> None:
    source = """
        model = Sequential()
        model.add(Embedding(1000, 64))

        # 3,105 parameters
        model.add(SimpleRNN(32))
        """

    assert [line for line, _ in stale(text_model(2, 5), source)] == [5]


def test_a_call_over_several_lines() -> None:
    source = """
        model = Sequential()
        model.add(Embedding(1000, 64))
        model.add(
            SimpleRNN(
                units=32,
                use_bias=True,
            ){0}
        ){1}
        """

    assert stale(text_model(2, 4), source.format("  # 3,104 params", "  # 67,104 params")) == []
    assert [line for line, _ in stale(text_model(2, 4), source.format("", "  # 9,000 params"))] == [
        4
    ]
    assert [line for line, _ in stale(text_model(2, 4), source.format("  # 9,000 params", ""))] == [
        4
    ]


# -- what is not known --------------------------------------------------------------------------


def widths(*units: Any) -> list[Any]:
    return [variant((None, 8), replace(call("Dense", each), site=2)) for each in units]


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(model(*widths(symbol("n", lower=1))), id="symbolic"),
        pytest.param(model(*widths(4, 5)), id="another count in each branch"),
        pytest.param(
            sequence((None, 8), *[replace(call("Dense", n), site=2) for n in (4, 8)]),
            id="another count in each round of a loop",
        ),
        pytest.param(sequence((8,), replace(call("LSTM", 4), site=2)), id="fault"),
    ],
)
def test_unknown_or_ambiguous_counts(record: Model) -> None:
    assert stale(record, "model = f()\nadd(Dense(n))  # 999 parameters\n") == []


def test_the_same_layer_in_every_round() -> None:
    record = sequence((None, 8), *[replace(call("Dense", 8), site=2)] * 3)

    assert stale(record, "for _ in range(3):\n    add(Dense(8))  # 72 parameters\n") == []
    assert len(stale(record, "for _ in range(3):\n    add(Dense(8))  # 73 parameters\n")) == 1


def test_trainable_part_may_be_meant() -> None:
    record = sequence((None, 64), Call("BatchNormalization", site=2))

    for count in (256, 128):
        assert stale(record, f"m = f()\nm.add(BatchNormalization())  # {count} params") == []


def test_two_layers_on_one_line() -> None:
    source = "model = Sequential([\n  Embedding(1000, 64), SimpleRNN(32),  # 999 params\n])\n"

    assert stale(text_model(2, 2), source) == []


def test_other_line_ends() -> None:
    source = (
        "model = Sequential()\r\nadd(Embedding(1000, 64))\r\nadd(SimpleRNN(32))  # 9 params\r\n"
    )

    assert stale(text_model(2, 3), source.replace("9 params", "99 params")) != []
