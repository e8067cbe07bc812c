"""What the text of a module mentions, whatever becomes of it: names, keywords, calls, `yield`."""

from __future__ import annotations

import ast


class Mentions:
    """The names that are read anywhere, the keywords of all calls, and the names called.

    And those that functions declare to be from outside, to bind them there; the attributes that are
    read or set.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.keywords: set[str] = set()
        self.callees: set[str] = set()
        self.outer: set[str] = set()
        self.sets: set[str] = set()
        self.attributes: set[str] = set()
        self.yields = False

    def note(self, node: ast.AST) -> None:
        """Take up what one node mentions."""
        kind = type(node)
        if kind is ast.Name:
            self.names.add(node.id)  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            self._note_attribute(node)  # type: ignore[arg-type]
        elif kind is ast.keyword:
            self.keywords.add(node.arg)  # type: ignore[attr-defined]
        elif kind is ast.Call:
            callee = node.func  # type: ignore[attr-defined]
            self.callees.add(getattr(callee, "id", getattr(callee, "attr", "")))
        elif kind in (ast.Global, ast.Nonlocal):
            self.outer.update(node.names)  # type: ignore[attr-defined]
        elif kind in (ast.Yield, ast.YieldFrom):
            self.yields = True

    def _note_attribute(self, node: ast.Attribute) -> None:
        self.names.add(node.attr)
        if not isinstance(node.ctx, ast.Load):
            self.sets.add(node.attr)
        elif "keras" not in (getattr(node.value, "id", ""), getattr(node.value, "attr", "")):
            self.attributes.add(node.attr)


def mentioned(tree: ast.Module) -> Mentions:
    """What a module mentions, found in one walk; the parts that mention nothing are left out."""
    found = Mentions()
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        found.note(node)
        for name in node._fields:
            part = getattr(node, name, None)
            if type(part) is list:
                waiting += [each for each in part if isinstance(each, ast.AST)]
            elif isinstance(part, ast.AST) and not isinstance(part, ast.expr_context):
                waiting.append(part)
    found.keywords.discard(None)
    return found
