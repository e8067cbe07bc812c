"""Directives: where they are read, what they belong to, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_paramcount.directives import Directives, parse


def stated(source: str) -> dict[int, dict[str, Any]]:
    found = parse(source)
    assert not found.errors
    return {line: dict(values) for line, values in found.lines.items()}


def faults(source: str) -> list[tuple[int, int, str]]:
    return [tuple(error) for error in parse(source).errors]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("", id="empty"),
        pytest.param("x = 1  # params: 3\n", id="another comment"),
        pytest.param("x = '# paramcount: budget=2M'\n", id="in a string"),
        pytest.param('"""\n# paramcount: budget=2M\n"""\n', id="in a docstring"),
        pytest.param("x = f'# paramcount: {1}'\n", id="in an f-string"),
        pytest.param("x = 1  # see paramcount: the docs\n", id="in prose"),
        pytest.param("x = 1  # noqa paramcount: budget=1\n", id="not at the start"),
    ],
)
def test_silent(source: str) -> None:
    assert parse(source) == Directives()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input_shape=(None, 784)", {"input_shape": (None, 784)}),
        ("input_shape=(784,)", {"input_shape": (784,)}),
        ("input_shape=[28, 28, 1]", {"input_shape": (28, 28, 1)}),
        ("input_shape=[(3,), (None, 4)]", {"input_shape": [(3,), (None, 4)]}),
        ("input_shape=()", {"input_shape": ()}),
        ("vocab_size=20000", {"vocab_size": 20_000}),
        ("vocab_size=20k", {"vocab_size": 20_000}),
        ("budget=2M", {"budget": 2_000_000}),
        ("layer_budget=1k, trainable_budget=0", {"layer_budget": 1000, "trainable_budget": 0}),
        ("size_budget=16MiB", {"size_budget": 2**24}),
        ("name=encoder", {"name": "encoder"}),
        ("name='my encoder, v2'", {"name": "my encoder, v2"}),
        ("n_classes=10", {"n_classes": 10}),
        ("x.shape[1]=13, n=-1", {"x.shape[1]": 13, "n": -1}),
        ("budget=2M,", {"budget": 2_000_000}),
        ("budget=2M  # noqa: E501", {"budget": 2_000_000}),
        ("budget=2M  # paramcount: n=3", {"budget": 2_000_000, "n": 3}),
        ("budget=2M, budget=2_000_000", {"budget": 2_000_000}),
        (
            "input_shape=(None, 784), vocab_size=20000, budget=2M, n_classes=10, name=encoder",
            {
                "input_shape": (None, 784),
                "vocab_size": 20_000,
                "budget": 2_000_000,
                "n_classes": 10,
                "name": "encoder",
            },
        ),
    ],
)
def test_values(text: str, expected: dict[str, Any]) -> None:
    assert stated(f"m = Sequential()  # paramcount: {text}\n") == {1: expected}


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("m = 1  # paramcount: n=3\n", 1, id="on the line"),
        pytest.param("m = 1  #paramcount: n=3\n", 1, id="no space"),
        pytest.param("m = 1  # noqa  # paramcount: n=3\n", 1, id="behind a comment"),
        pytest.param("m = 1  # paramcount: n=3", 1, id="no line end"),
        pytest.param("# paramcount: n=3\nm = 1\n", 2, id="above"),
        pytest.param("# paramcount: n=3\n\n# why\n\nm = 1\n", 5, id="above, with gaps"),
        pytest.param("def f():\n    # paramcount: n=3\n    m = 1\n", 3, id="above, indented"),
        pytest.param("if x:\n    y\n# paramcount: n=3\nm = 1\n", 4, id="above, behind a block"),
        pytest.param("m = S(  # paramcount: n=3\n    1,\n)\n", 1, id="opening line"),
        pytest.param("m = S(\n    1,  # paramcount: n=3\n)\n", 2, id="inner line"),
        pytest.param("m = S(\n    # paramcount: n=3\n    1,\n)\n", 3, id="above an inner line"),
        pytest.param("m = S([\n    1,\n])  # paramcount: n=3\n", 1, id="closing line"),
        pytest.param("m = S(\n  [\n    1\n  ],\n)  # paramcount: n=3\n", 1, id="outer closing"),
        pytest.param("m = S(\n  [\n    1\n  ],  # paramcount: n=3\n)\n", 2, id="inner closing"),
        pytest.param("m = S(\n    1,\n    # paramcount: n=3\n)\n", 1, id="above a closing line"),
        pytest.param("m = S(\n    T(2))  # paramcount: n=3\n", 2, id="code before the closing"),
        pytest.param('m = """\n"""  # paramcount: n=3\n', 2, id="behind a long string"),
        pytest.param("m = f'{{('\nk = S(\n)  # paramcount: n=3\n", 2, id="braces in an f-string"),
        pytest.param("ä = 1\r\nm = 1  # paramcount: n=3\r\n", 2, id="other line ends"),
    ],
)
def test_line(source: str, line: int) -> None:
    assert stated(source) == {line: {"n": 3}}


def test_directives_above_and_behind_are_one() -> None:
    source = "# paramcount: n=3\n# paramcount: k=4\nm = 1  # paramcount: budget=2M\n"

    assert stated(source) == {3: {"n": 3, "k": 4, "budget": 2_000_000}}


def test_for_line_is_empty_elsewhere() -> None:
    found = parse("m = 1  # paramcount: n=3\n")

    assert found.for_line(1) == {"n": 3}
    assert found.for_line(2) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "states nothing"),
        ("budget", "'budget' states nothing: give name=value"),
        ("budget=", "give name=value"),
        ("=3", "give name=value"),
        ("budget=much", "budget=much is not allowed: give a whole number such as 5M"),
        ("budget=-1", "budget=-1 is not allowed"),
        ("size_budget=16M", "give bytes such as 16MiB"),
        ("vocab_size=0", "at least 1"),
        ("input_shape=784", "give a shape such as (None, 784)"),
        ("input_shape=(0, 3)", "give a shape"),
        ("input_shape=(-1, 3)", "give a shape"),
        ("input_shape=(True,)", "give a shape"),
        ("input_shape=(n, 3)", "give a shape"),
        ("input_shape=('a',)", "give a shape"),
        ("name=3", "give a name"),
        ("name=''", "give a name"),
        ("name=a b", "give a name"),
        ("n_classes=ten", "n_classes=ten is not allowed: give a whole number"),
        ("n_classes=1.5", "give a whole number"),
        ("n_classes=True", "give a whole number"),
        ("5=3", "neither a key"),
        ("the number=3", "neither a key"),
        ("the parameters of this model", "give name=value"),
        ("buget=2M", "unknown key 'buget', which no code here mentions: did you mean budget?"),
        ("input_shap=(3,)", "did you mean input_shape?"),
        ("input_shape=(3,", "brackets or quotes do not match"),
        ("name='a", "brackets or quotes do not match"),
        ("budget=1, budget=2", "budget is stated twice for line 1"),
        ("n=" + "9" * 3000, "at most"),
        ("n=" + "(" * 900 + ")" * 900, "give a whole number"),
    ],
)
def test_bad_directive_is_an_error_at_its_comment(text: str, said: str) -> None:
    ((line, column, message),) = faults(f"ä = S()  # paramcount: {text}\n")

    assert (line, column) == (1, 9)
    assert said in message
    assert "\n" not in message


def test_a_bad_entry_leaves_the_others() -> None:
    found = parse("m = 1  # paramcount: n=3, budget=x, k=4\n")

    assert found.for_line(1) == {"n": 3, "k": 4}
    assert len(found.errors) == 1


def test_a_name_that_the_code_mentions_is_no_misspelt_key() -> None:
    assert stated("buget = 3\nm = 1  # paramcount: buget=2\n") == {2: {"buget": 2}}


def test_directive_without_code_is_an_error() -> None:
    assert [fault[:2] for fault in faults("m = 1\n# paramcount: n=3\n")] == [(2, 0)]


def test_what_stands_before_a_broken_token_is_read() -> None:
    found = parse("m = 1  # paramcount: n=3\nx = (\n")

    assert found.for_line(1) == {"n": 3}


@given(st.text(st.sampled_from("=,.()[]{}'\"#\\\n\t nmbudget:paramcount1M_ä"), max_size=60))
def test_any_text_comes_back(text: str) -> None:
    for source in (f"m = 1  # paramcount: {text}", text + "# paramcount: n=1"):
        found = parse(source)
        assert all(error.line >= 1 and error.column >= 0 for error in found.errors)
