"""Source text to LibCST's tree, piece by piece.

LibCST's parser holds a tree of its own while it makes the one that it returns, which takes five
times the memory of the result, and it is slower than linear. The statements of a module are
independent, and `ast` says where each begins and ends; so they are parsed a few at a time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import libcst as cst

# Statements are put together until they fill so many lines.
LINES = 50


def lines_of(source: str) -> list[str]:
    """The lines of a source text as `ast` counts them: a form feed ends none."""
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def parse_module(source: str, tree: ast.Module) -> cst.Module:
    """The concrete tree of a module. Raises what LibCST's parser raises."""
    lines = lines_of(source)
    body: list[cst.SimpleStatementLine | cst.BaseCompoundStatement] = []
    for first, last in _pieces(tree.body):
        body.extend(cst.parse_module("\n".join(lines[first - 1 : last]) + "\n").body)
    return cst.Module(body=body)


def _pieces(statements: Sequence[ast.stmt]) -> Iterator[tuple[int, int]]:
    """First and last lines of groups of statements; none shares a line with another."""
    first = last = 0
    for statement in statements:
        start, end = _begin(statement), statement.end_lineno or statement.lineno
        if first and start > last and end - first >= LINES:
            yield first, last
            first = 0
        first = first or start
        last = max(last, end)
    if first:
        yield first, last


def _begin(statement: ast.stmt) -> int:
    """The first line of a statement, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(decorator.lineno for decorator in decorators)])
