"""Whatever stands in a file, it is read to its end: nothing raises or hangs, the rest is exact."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_paramcount.analysis import report_on
from flake8_paramcount.interpreter import Analysis, analyze
from flake8_paramcount.rules import check
from flake8_paramcount.settings import Settings
from flake8_paramcount.summary import summarize
from tests.effort import effort
from tests.interpreter.hostile import HEAD, HOSTILE, TAIL, read

# A tenth of the default: what takes no fuel takes as long as ever, and is seen in the calls.
LITTLE = Settings(fuel=25_000)

# Hundreds of statements, each of them short, need more.
MANY = {"a long line of classes", "hundreds of choices", "wrappers around wrappers"}

# The calls that a unit of fuel and a character of the source may be worth, at most.
CALLS_PER_UNIT, CALLS_PER_CHARACTER = 120, 160

# What ends the program for certain, so that nothing behind it runs.
ENDING = {"tryraise", "toplevelraise", "toplevelraise2"}


@pytest.fixture(autouse=True)
def _surfaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAMCOUNT_RERAISE", "1")


def last_of(analysis: Analysis) -> list[tuple[str, object]]:
    summaries = tuple(summarize(model, LITTLE) for model in analysis.models)
    list(check(analysis, summaries, LITTLE))
    return [(each.status, each.total) for each in summaries if each.model.name == "last"]


@pytest.mark.parametrize("title", [title for title in HOSTILE if title not in ENDING])
def test_hostile_source_costs_no_other_statement(title: str) -> None:
    chosen = Settings() if title in MANY else LITTLE
    source = HEAD + HOSTILE[title] + TAIL

    with effort() as made:
        analysis = analyze(source, None, chosen)

    assert analysis.error is None
    assert last_of(analysis) == [("exact", 15)]
    assert made.calls < CALLS_PER_UNIT * chosen.fuel + CALLS_PER_CHARACTER * len(source)


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_source_in_a_function(title: str) -> None:
    body = "".join(f"    {line}\n" for line in HOSTILE[title].splitlines())
    source = f"{HEAD}\ndef main():\n{body}\n{TAIL}"
    try:
        ast.parse(source)
    except SyntaxError:
        return

    assert last_of(analyze(source, None, LITTLE)) == [("exact", 15)]


LINEAR = {
    "add": lambda n: "m = Sequential([Input((3,))])\n" + "m.add(Dense(3))\n" * n,
    "loop": lambda n: f"m = Sequential([Input((3,))])\nfor i in range({n}):\n    m.add(Dense(3))\n",
    "calls": lambda n: "i = x = Input((3,))\n" + "x = Dense(3)(x)\n" * n + "m = Model(i, x)\n",
    "skips": lambda n: (
        "i = x = Input((3,))\n" + "x = add([x, Dense(3)(x)])\n" * n + "Model(i, x)\n"
    ),
    "models": lambda n: "m = Sequential([Input((3,)), Dense(3)])\n" * n,
    "functions": lambda n: "".join(
        f"def f{i}(): return Sequential([Dense(3)])\n" for i in range(n)
    ),
    "assignments": lambda n: "x = 1\n" * n,
    "conditions": lambda n: "".join(f"x = 1 if u{i} else 2\n" for i in range(n)),
}


@pytest.mark.parametrize("write", LINEAR.values(), ids=LINEAR)
def test_work_grows_with_the_file_and_no_faster(write: Callable[[int], str]) -> None:
    small, large = (calls_made(HEAD + write(n)) for n in (100, 400))

    assert large < 5 * small


def calls_made(source: str) -> int:
    """How many Python functions the analysis of a source calls."""
    analyze(source)
    with effort() as made:
        analyze(source)
    return made.of_functions


# Programs of which something is taken away, doubled or exchanged.

SEEDS = list(read("seeds.txt").values())


@settings(max_examples=150)
@given(st.sampled_from(SEEDS), st.sampled_from(SEEDS), st.integers(0, 10**9))
def test_mutated_lines_and_tokens(first: str, second: str, seed: int) -> None:
    source = mutated_text(first, second, random.Random(seed))
    report_on(HEAD + source, None, LITTLE, "mutated.py")


@settings(max_examples=250)
@given(st.sampled_from(SEEDS), st.sampled_from(SEEDS), st.integers(0, 10**9))
def test_exchanged_nodes(first: str, second: str, seed: int) -> None:
    report_on(HEAD + mutated_tree(first, second, random.Random(seed)), None, LITTLE, "mutated.py")


def mutated_text(first: str, second: str, chance: random.Random) -> str:
    lines = first.splitlines(keepends=True)
    others = second.splitlines(keepends=True)
    for _ in range(chance.randint(1, 4)):
        place, way = chance.randrange(len(lines)), chance.randrange(4)
        if way == 0:
            lines.insert(place, chance.choice(others))
        elif way == 1:
            lines.insert(place, chance.choice(lines))
        elif way == 2:
            lines[place] = _exchange(lines[place], chance)
        elif len(lines) > 1:
            del lines[place]
    return "".join(lines)


_WORDS = [
    "None",
    "0",
    "-1",
    "'s'",
    "u",
    "x",
    "m",
    "[]",
    "(",
    ")",
    "lambda: x",
    "*x",
    "**x",
    "1e999",
]


def _exchange(line: str, chance: random.Random) -> str:
    words = line.split(" ")
    words[chance.randrange(len(words))] = chance.choice(_WORDS)
    return " ".join(words).rstrip("\n") + "\n"


def mutated_tree(first: str, second: str, chance: random.Random) -> str:
    """The first program with some of its expressions and statements replaced by the second's."""
    tree = ast.parse(first)
    for _ in range(chance.randint(1, 4)):
        donors = [node for node in ast.walk(ast.parse(second + first)) if _is_part(node)]
        places = list(_places(tree))
        holder, field, index, kind = chance.choice(places)
        donor = chance.choice([node for node in donors if isinstance(node, kind)])
        if index is None:
            setattr(holder, field, donor)
        else:
            getattr(holder, field)[index] = donor
    try:
        source = ast.unparse(ast.fix_missing_locations(tree))
        ast.parse(source)
    except (SyntaxError, ValueError, TypeError, AttributeError):
        return first
    return source + "\n"


def _is_part(node: ast.AST) -> bool:
    return isinstance(node, (ast.expr, ast.stmt))


def _places(tree: ast.AST) -> list[tuple[ast.AST, str, int | None, type[ast.AST]]]:
    found: list[tuple[ast.AST, str, int | None, type[ast.AST]]] = []
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            for index, part in enumerate(value) if isinstance(value, list) else ((None, value),):
                if isinstance(part, ast.expr):
                    found.append((node, field, index, ast.expr))
                elif isinstance(part, ast.stmt):
                    found.append((node, field, index, ast.stmt))
    return found
