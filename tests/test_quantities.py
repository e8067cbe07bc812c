"""The small language of values: what is read, and what is refused."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_paramcount import quantities


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("1234", 1234),
        ("5M", 5_000_000),
        ("5 m", 5_000_000),
        ("250k", 250_000),
        ("2_000_000", 2_000_000),
        ("2,000,000", 2_000_000),
        ("2.5M", 2_500_000),
        ("1.234567M", 1_234_567),
        ("7B", 7_000_000_000),
        (" 3 ", 3),
    ],
)
def test_count(text: str, expected: int) -> None:
    assert quantities.count(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "M",
        "-5",
        "5X",
        "1e6",
        "0x10",
        "1.5",
        "1.2345k",
        "2__0",
        "_2",
        "2_",
        "2,00",
        "five",
        "5 M M",
        "٣",
        "9" * 19,
        "9" * 5000,
        "nan",
        "inf",
        "5M\n# x",
    ],
)
def test_count_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"^give a whole number such as 5M"):
        quantities.count(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1048576", 2**20),
        ("16MiB", 16 * 2**20),
        ("16 MB", 16_000_000),
        ("16mib", 16 * 2**20),
        ("512kB", 512_000),
        ("1.5KiB", 1536),
        ("10 B", 10),
        ("2GiB", 2 * 2**30),
        ("2 TB", 2 * 10**12),
    ],
)
def test_size(text: str, expected: int) -> None:
    assert quantities.size(text) == expected


@pytest.mark.parametrize("text", ["", "16M", "16 Mbit", "-1", "1.5", "0.3KiB", "MiB"])
def test_size_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"^give bytes such as 16MiB"):
        quantities.size(text)


def test_positive_refuses_zero() -> None:
    assert quantities.positive("1") == 1
    with pytest.raises(ValueError, match="at least 1"):
        quantities.positive("0")


@pytest.mark.parametrize(
    ("text", "expected"), [("3", 3), ("-3", -3), ("20k", 20_000), ("0x10", 16), (" 1_0 ", 10)]
)
def test_integer(text: str, expected: int) -> None:
    assert quantities.integer(text) == expected


@pytest.mark.parametrize("text", ["True", "1.5", "'3'", "None", "x", "--3", "(1,)", ""])
def test_integer_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"^give"):
        quantities.integer(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("n=10", {"n": 10}),
        ("n = 10 , m=20k,", {"n": 10, "m": 20_000}),
        ("x_train.shape[1]=13", {"x_train.shape[1]": 13}),
        ("x[0, 1]=13,n=-1", {"x[0, 1]": 13, "n": -1}),
        ("f(a=1, b=2)=3", {"f(a=1, b=2)": 3}),
        ("df['a,=b']=3", {"df['a,=b']": 3}),
        ("n=1,n=1", {"n": 1}),
        ("\nn=1\nm=2", {"n": 1, "m": 2}),
        ("größe=2", {"größe": 2}),
    ],
)
def test_bindings(text: str, expected: dict[str, int]) -> None:
    assert quantities.bindings(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "n",
        "n=",
        "=1",
        "n=m",
        "n=1.5",
        "1=2",
        "n m=1",
        "class=1",
        "n=1,n=2",
        "x[0=1",
        "x]0[=1",
        "x['a]=1",
        "n==1",
        "(((=1",
    ],
)
def test_bindings_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"give name=value|brackets or quotes"):
        quantities.bindings(text)


def test_long_texts_are_refused_unread() -> None:
    deep = "(" * 100_000
    with pytest.raises(ValueError, match="at most"):
        quantities.bindings(f"{deep}=1")
    with pytest.raises(ValueError, match="literal"):
        quantities.literal(deep)


@pytest.mark.parametrize(
    "text", ["(" * 1000, "-" * 1900 + "1", "[" * 300 + "]" * 300, "\0", "'\\d"]
)
def test_literal_refuses_without_crash_or_warning(
    text: str, recwarn: pytest.WarningsRecorder
) -> None:
    with pytest.raises(ValueError, match="literal"):
        quantities.literal(text)
    assert not recwarn.list


def test_literal_is_silent_about_escapes(recwarn: pytest.WarningsRecorder) -> None:
    assert quantities.literal(r"'\d'") == r"\d"
    assert not recwarn.list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5M", "5M"),
        ("5M  # x", "5M"),
        ("name='a#b' # x", "name='a#b'"),
        ("# x", ""),
    ],
)
def test_before_comment(text: str, expected: str) -> None:
    assert quantities.before_comment(text) == expected


@pytest.mark.parametrize(
    "parser",
    [quantities.count, quantities.size, quantities.integer, quantities.bindings, quantities.split],
)
@given(
    text=st.text(
        st.characters(codec="utf-8") | st.sampled_from("=,.()[]{}'\"#kMiB_09-"), max_size=30
    )
)
def test_any_text_is_read_or_refused(parser: Callable[[str], object], text: str) -> None:
    with contextlib.suppress(ValueError):
        parser(text)
