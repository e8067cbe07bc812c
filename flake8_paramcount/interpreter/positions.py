"""Sites and their positions, resolved only when something is reported.

LibCST's own position provider takes longer than the parse. flake8 has parsed the file with `ast`
already, which has all positions: statements of the two trees pair up one to one, and within a
statement the calls do, in the order of their text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

import libcst as cst

from flake8_paramcount.records import NOWHERE, Position, Site


class Sites:
    """Numbers for the nodes that records refer to, and the way back to their positions."""

    def __init__(self, module: cst.Module, tree: ast.Module, lines: Sequence[str]) -> None:
        self._module = module
        self._tree = tree
        self._lines = lines
        self._numbers: dict[int, Site] = {}
        self._nodes: list[tuple[cst.CSTNode, cst.CSTNode]] = [(module, module)]
        self._statements: dict[int, ast.stmt] | None = None
        self._positions: dict[Site, Position] = {}

    def of(self, node: cst.CSTNode, statement: cst.CSTNode) -> Site:
        """The site of a node that stands in a statement."""
        number = self._numbers.get(id(node))
        if number is None:
            number = self._numbers[id(node)] = len(self._nodes)
            self._nodes.append((node, statement))
        return number

    def node(self, site: Site) -> cst.CSTNode:
        """The node that a site stands for."""
        return self._nodes[site][0] if site < len(self._nodes) else self._module

    def lines_of_calls(self) -> set[int]:
        """The lines on which calls start."""
        return {node.lineno for node in ast.walk(self._tree) if isinstance(node, ast.Call)}

    def locate(self, site: Site) -> Position:
        """Line (from 1) and column (from 0, in code points) of a site."""
        if site == NOWHERE or site >= len(self._nodes):
            return Position(1, 0)
        found = self._positions.get(site)
        if found is None:
            found = self._positions[site] = self._locate(*self._nodes[site])
        return found

    def _locate(self, node: cst.CSTNode, statement: cst.CSTNode) -> Position:
        if self._statements is None:
            self._statements = dict(_pairs(self._module.body, self._tree.body))
        twin = self._statements.get(id(statement))
        if twin is None:
            return Position(1, 0)
        if node is statement:
            return self._position(twin)
        for call, other in zip(_cst_calls(statement), _ast_calls(twin), strict=False):
            if call is node:
                return self._position(other)
        return self._position(twin)

    def _position(self, node: ast.expr | ast.stmt) -> Position:
        """The start of a node; `ast` counts columns in UTF-8 bytes."""
        line = self._lines[node.lineno - 1] if node.lineno <= len(self._lines) else ""
        if line.isascii():
            return Position(node.lineno, node.col_offset)
        prefix = line.encode("utf-8", "replace")[: node.col_offset]
        return Position(node.lineno, len(prefix.decode("utf-8", "replace")))


def _pairs(
    body: Sequence[cst.CSTNode], twins: Sequence[ast.stmt]
) -> Iterator[tuple[int, ast.stmt]]:
    """Pair the statements of two equal bodies, and of all bodies inside them."""
    for statement, twin in zip(_flat(body), twins, strict=False):
        yield id(statement), twin
        for inner, inner_twins in _bodies(statement, twin):
            yield from _pairs(inner, inner_twins)


def _flat(body: Sequence[cst.CSTNode]) -> Iterator[cst.CSTNode]:
    """Statements as `ast` counts them: each part of `a; b` is one."""
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine | cst.SimpleStatementSuite):
            yield from statement.body
        else:
            yield statement


def _block(node: cst.CSTNode | None) -> Sequence[cst.CSTNode]:
    """The statements below a header."""
    if node is None:
        return ()
    inner = node.body  # type: ignore[attr-defined]
    if isinstance(inner, cst.IndentedBlock):
        return inner.body
    return (inner,) if isinstance(inner, cst.SimpleStatementSuite) else ()


def _bodies(
    node: cst.CSTNode, twin: ast.stmt
) -> Iterator[tuple[Sequence[cst.CSTNode], Sequence[ast.stmt]]]:
    """The bodies of a compound statement, each with its twin."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef | cst.With | cst.For | cst.While | cst.If):
        yield _block(node), getattr(twin, "body", ())
    if isinstance(node, cst.For | cst.While | cst.If) and node.orelse is not None:
        other = node.orelse
        inner = (other,) if isinstance(other, cst.If) else _block(other)
        yield inner, getattr(twin, "orelse", ())
    if isinstance(node, cst.Try | cst.TryStar):
        yield from _try_bodies(node, twin)
    if isinstance(node, cst.Match):
        for case, other_case in zip(node.cases, getattr(twin, "cases", ()), strict=False):
            yield _block(case), other_case.body


def _try_bodies(
    node: cst.Try | cst.TryStar, twin: ast.stmt
) -> Iterator[tuple[Sequence[cst.CSTNode], Sequence[ast.stmt]]]:
    yield _block(node), getattr(twin, "body", ())
    for handler, other in zip(node.handlers, getattr(twin, "handlers", ()), strict=False):
        yield _block(handler), other.body
    yield _block(node.orelse), getattr(twin, "orelse", ())
    yield _block(node.finalbody), getattr(twin, "finalbody", ())


_STATEMENTS = (
    cst.IndentedBlock,
    cst.SimpleStatementLine,
    cst.SimpleStatementSuite,
    cst.BaseCompoundStatement,
    cst.FormattedString,
)


def _cst_calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    """The calls of one statement, outermost first, in the order of their text."""
    for child in node.children:
        if isinstance(child, _STATEMENTS):
            continue
        if isinstance(child, cst.Call):
            yield child
        yield from _cst_calls(child)


def _ast_calls(node: ast.stmt) -> list[ast.Call]:
    """The same calls in the other tree. Calls inside f-strings are left out of both."""
    found = list(_ast_calls_of(node))
    found.sort(
        key=lambda call: (
            call.lineno,
            call.col_offset,
            -(call.end_lineno or 0),
            -(call.end_col_offset or 0),
        )
    )
    return found


def _ast_calls_of(node: ast.AST) -> Iterator[ast.Call]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.JoinedStr):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _ast_calls_of(child)
