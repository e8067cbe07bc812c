"""What is refused before LibCST sees it, each with a reason."""

from __future__ import annotations

import ast

import pytest

from flake8_paramcount.analysis import report_on
from flake8_paramcount.interpreter import analyze
from flake8_paramcount.interpreter.guard import MAX_CHARACTERS, MAX_DEPTH, parse, too_deep
from flake8_paramcount.settings import Settings
from tests.interpreter.hostile import HEAD, TAIL

REFUSED = {
    "a syntax error": "x = (\n",
    "Python 2": "print 'hello'\n",
    "a null byte": "x = 1\0\n",
    "a lone surrogate": "x = '\ud800'\n",
    "mixed indentation": "if x:\n\ty = 1\n        z = 2\n",
    "an unfinished string": "x = 'abc\n",
    "a digit that is none": "x = ²\n",
    "an unknown escape in a name": "x\\y = 1\n",
    "five thousand terms": "x = " + "+".join(["1"] * 5000) + "\n",
    "five thousand calls": "x = a" + ".b()" * 5000 + "\n",
    "five thousand brackets": "x = " + "[" * 5000 + "]" * 5000 + "\n",
    "a thousand blocks": "".join(" " * i + "if u:\n" for i in range(1000)) + " " * 1000 + "x\n",
    "a hundred brackets": "x = " + "[" * 150 + "]" * 150 + "\n",
    "ninety blocks": "".join(" " * i + "if u:\n" for i in range(95)) + " " * 95 + "x\n",
    "three hundred lambdas": "x = " + "lambda: " * 300 + "1\n",
    "three hundred negations": "x = " + "not " * 300 + "1\n",
    "three hundred attributes": "x = a" + ".b" * 300 + "\n",
    "an octal nine": "x = 0o9\n",
}


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_refused_with_a_reason(source: str) -> None:
    analysis = analyze(HEAD + source)

    assert analysis.error
    assert "\n" not in analysis.error
    assert analysis.models == ()
    assert report_on(HEAD + source, None, Settings(), "x.py").findings == ()


ACCEPTED = {
    "nothing": "",
    "a comment": "# nothing but this",
    "a byte order mark": "\ufeffx = 1\n",
    "carriage returns": "x = 1\r\ny = 2\r\n",
    "old carriage returns": "x = 1\ry = 2\r",
    "form feeds": "x = 1\n\f\ny = 2\n\fz = 3\n",
    "tabs": "if x:\n\ty = 1\n\tz = 2\n",
    "no newline at the end": "x = 1",
    "a backslash at the end of a line": "x = 1 + \\\n  2\n",
    "another alphabet": "größe = 3\nслой = größe\n変数 = слой\n",
    "a cookie that lies": "# -*- coding: latin-1 -*-\nx = 'ä'\n",
    "ninety brackets": "x = " + "[" * 80 + "]" * 80 + "\n",
    "walrus": "(x := 3)\n",
    "match": "match x:\n    case [1, *y, {'a': b}]: pass\n",
    "exception groups": "try:\n    pass\nexcept* ValueError:\n    pass\n",
    "positional only": "def f(a, /, b, *, c): pass\n",
    "async": "async def f():\n    async with a as b:\n        return [x async for x in y]\n",
    "type parameters": "def f[T](x: T) -> T: return x\nclass A[T]: pass\ntype B = int\n",
    "quotes in an f-string": "x = f'{a['b']}'\n",
    "defaults of type parameters": "class A[T = int]: pass\n",
    "template strings": "x = t'{a} and {b!r:>{c}}'\n",
    "except without parentheses": "try:\n    pass\nexcept A, B:\n    pass\n",
}


@pytest.mark.parametrize("source", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted_or_refused_with_a_reason(source: str) -> None:
    # A byte order mark and a cookie stand at the very start, or nowhere.
    whole = source + ("" if source.endswith(("\n", "\r")) else "\n") + HEAD + TAIL
    if _is_newer(source):
        return
    analysis = analyze(whole)

    if analysis.error is None:
        assert [model.name for model in analysis.models] == ["last"]
    else:
        # LibCST may learn of new syntax later than Python.
        assert analysis.error.startswith("LibCST cannot parse it")
        assert source in (ACCEPTED["template strings"], ACCEPTED["except without parentheses"])


def _is_newer(source: str) -> bool:
    """Whether the running Python does not know this syntax: then flake8 itself refuses it."""
    try:
        ast.parse(source)
    except SyntaxError:
        return True
    return False


def test_a_file_that_is_too_long_is_not_read() -> None:
    assert parse("#" * (MAX_CHARACTERS + 1)) == "over 5,000,000 characters"


def test_a_tree_that_somebody_else_has_parsed_is_guarded_too() -> None:
    source = "x = " + "-" * (2 * MAX_DEPTH) + "1\n"

    assert analyze(source, ast.parse(source)).error == "it nests too deeply"


@pytest.mark.parametrize("depth", [1, 10, MAX_DEPTH - 5])
def test_what_nests_less_is_not_too_deep(depth: int) -> None:
    assert not too_deep(ast.parse("x = " + "-" * depth + "1"))
