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
        self._calls: dict[int, dict[int, ast.Call]] = {}
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
        return self._position(self._calls_of(statement, twin).get(id(node), twin))

    def _calls_of(self, statement: cst.CSTNode, twin: ast.stmt) -> dict[int, ast.Call]:
        """The calls of a statement by the identity of their twins, paired once for all of them."""
        found = self._calls.get(id(statement))
        if found is None:
            pairs = zip(_cst_calls(statement), _ast_calls(twin), strict=False)
            found = self._calls[id(statement)] = {id(call): other for call, other in pairs}
        return found

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


# The parts of the commonest nodes that can hold a call, in the order of their text. To ask LibCST
# for the children of a node takes twenty times as long.
_PARTS: dict[type[cst.CSTNode], tuple[str, ...]] = {
    cst.Arg: ("value",),
    cst.Assign: ("targets", "value"),
    cst.AssignTarget: ("target",),
    cst.Attribute: ("value",),
    cst.Call: ("func", "args"),
    cst.Element: ("value",),
    cst.Expr: ("value",),
    cst.Float: (),
    cst.Integer: (),
    cst.List: ("elements",),
    cst.Name: (),
    cst.Return: ("value",),
    cst.SimpleString: (),
    cst.Tuple: ("elements",),
}


def _parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes inside of a node that can hold a call, in the order of their text."""
    names = _PARTS.get(type(node))
    if names is None:
        yield from node.children
        return
    for name in names:
        part = getattr(node, name)
        if isinstance(part, cst.CSTNode):
            yield part
        else:
            yield from part or ()


def _cst_calls(statement: cst.CSTNode) -> list[cst.Call]:
    """The calls of one statement, outermost first, in the order of their text."""
    found: list[cst.Call] = []
    waiting = list(_parts(statement))[::-1]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _STATEMENTS):
            continue
        if isinstance(node, cst.Call):
            found.append(node)
        waiting.extend(list(_parts(node))[::-1])
    return found


def _ast_calls(node: ast.stmt) -> list[ast.Call]:
    """The same calls in the other tree. Calls inside f-strings are left out of both."""
    found: list[ast.Call] = []
    waiting: list[ast.AST] = [node]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            if isinstance(child, ast.stmt | ast.JoinedStr):
                continue
            if isinstance(child, ast.Call):
                found.append(child)
            waiting.append(child)
    found.sort(
        key=lambda call: (
            call.lineno,
            call.col_offset,
            -(call.end_lineno or 0),
            -(call.end_col_offset or 0),
        )
    )
    return found
