"""Which comments are claims about a parameter count, and what they claim."""

from __future__ import annotations

import pytest

from flake8_paramcount.rules.comments import LONGEST, claim, evaluate


@pytest.mark.parametrize(
    "comment",
    [
        "#",
        "# 3 layers",
        "# 3 parameters",
        "# 4,457,472",
        "# 784",
        "# 28*28",
        "# 28x28 images",
        "# (28, 28) = 784",
        "# (500-7)/1+1 = 494",
        "# 28/2 = 14",
        "# 500-7+1=494",
        "# 28+2*1-3+1=28",
        "# 64+32=96",
        "# x = 32",
        "# units=256",
        "# n = 2*32 = 64",
        "# 1.2M params",
        "# ~3,000 params",
        "# about 3,104 parameters",
        "# 3,104 parameters in the first layer",
        "# less than 3,104 parameters",
        "# params: 64*32+32",
        "# params: lots",
        "# see the 3,104 parameters above: 12",
        "# trainable params: 3,104",
        "# non-trainable params: 128",
        "# Output shape: (None, 32), params: 3104",
        "# noqa: KPC106",
        "# paramcount: budget=3104",
        "# 3,10 parameters",
        "# 2**9999999 = 3104 params",
        "# params: 99999999999999999999999",
        "# the 2 * 32 = 64 case",
    ],
)
def test_no_claim(comment: str) -> None:
    assert claim(comment) is None


@pytest.mark.parametrize(
    ("comment", "stated"),
    [
        ("# params: 1,234", 1_234),
        ("#params: 1234", 1_234),
        ("# Params = 1,234", 1_234),
        ("# Param #: 640000", 640_000),
        ("# param count: 1_234", 1_234),
        ("# parameters: 3104.", 3_104),
        ("# number of parameters: 3104", 3_104),
        ("# num_params: 3104", 3_104),
        ("# 3,104 parameters", 3_104),
        ("# 3104 params", 3_104),
        ("# 0 params", 0),
        ("# params: 3,104 (12.12 KB)", 3_104),
        ("# 3,104 parameters  # noqa: KPC106", 3_104),
        ("# 3,104 parameters  # type: ignore", 3_104),
    ],
)
def test_a_word_and_a_number(comment: str, stated: int) -> None:
    found = claim(comment)

    assert found is not None
    assert (found.stated, found.sum, found.whole, found.labelled) == (stated, None, False, True)


@pytest.mark.parametrize(
    "comment",
    [
        "# Total params: 67,104",
        "# Total params: 67,104 (262.12 KB)",
        "# total parameters = 67,104",
        "# Total: 67,104 parameters",
        "# 67,104 total parameters",
        "# 67,104 parameters in total",
        "# 67,104 params total",
    ],
)
def test_a_total(comment: str) -> None:
    found = claim(comment)

    assert found is not None
    assert (found.stated, found.whole) == (67_104, True)


@pytest.mark.parametrize(
    ("comment", "stated", "addends"),
    [
        ("# 64*32+32*32+32=3104", 3_104, 3),
        ("# 64 * 32 + 32 * 32 + 32 = 3,104", 3_104, 3),
        ("# 64×32 + 32² + 32 = 3,104", 3_104, 3),
        ("# 64·32 + 32^2 + 32 = 3104", 3_104, 3),
        ("# 10,000*64=640,000", 640_000, 1),
        ("# 4(4096·256 + 256² + 256) = 4,457,472", 4_457_472, 3),
        ("# (64+1)*32 = 2080", 2_080, 2),
        ("# 7x128x32 + 32 = 28704", 28_704, 2),
    ],
)
def test_arithmetic_with_its_result(comment: str, stated: int, addends: int) -> None:
    found = claim(comment)

    assert found is not None
    assert (found.stated, found.sum, found.addends) == (stated, stated, addends)
    assert (found.labelled, found.comes_out) == (False, True)


def test_arithmetic_that_does_not_come_out() -> None:
    found = claim("# 64*32+32*32+32=3105")

    assert found is not None
    assert (found.stated, found.sum, found.comes_out) == (3_105, 3_104, False)


def test_arithmetic_with_a_word() -> None:
    for comment in ("# params: 64*32 + 32 = 2080", "# 64*32 + 32 = 2,080 params"):
        found = claim(comment)
        assert found is not None
        assert (found.stated, found.sum, found.labelled) == (2_080, 2_080, True)


def test_the_layer_is_named() -> None:
    for comment in ("# SimpleRNN: 64*32+32*32+32=3104", "# simplernn: 3,104 parameters"):
        found = claim(comment)
        assert found is not None
        assert found.layer == "simplernn"


def test_an_assignment_that_was_commented_out() -> None:
    like_code = {text: claim(text) for text in ("# params = 500", "# num_params = 500")}
    claims = {text: claim(text) for text in ("# params: 500", "# params = 1,500", "# 500 params")}

    assert [found.like_code for found in like_code.values() if found] == [True, True]
    assert [found.like_code for found in claims.values() if found] == [False, False, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*3+4", 10),
        ("2(3+4)", 14),
        ("(2+3)(4+5)", 45),
        ("2³", 8),
        ("3·(64·32 + 32² + 2·32)", 9_408),
        ("2**7", None),
        ("2^9", None),
        ("1/0", None),
        ("__import__('os')", None),
        ("", None),
        ("2 3", None),
        ("()", None),
    ],
)
def test_evaluation(text: str, value: int | None) -> None:
    assert evaluate(text) == value


@pytest.mark.parametrize("unit", ["1+", "(", "1 ", "2x", "1,", "9", "²", "1*(", "- "])
def test_long_comments_come_to_an_end(unit: str) -> None:
    for length in (LONGEST - 4, 10 * LONGEST):
        text = "# " + unit * (length // len(unit))
        assert claim(text + "!") is None
        for claimed in (claim(text), claim(text + "=1")):
            assert claimed is None or len(text) <= LONGEST
