"""What is refused before LibCST sees it: source that `ast` cannot parse, or that nests too deeply.

LibCST can crash the process on thousands of nested brackets, takes quadratic time on long chains of
operators, and its visitors recurse. Depth in the `ast` tree bounds all three.
"""

from __future__ import annotations

import ast

# LibCST's visitors and this evaluator recurse a few Python frames for each level.
MAX_DEPTH = 90

# A file of more characters than this is not read.
MAX_CHARACTERS = 5_000_000


def parse(source: str) -> ast.Module | str:
    """The `ast` of a source text, or why there is none."""
    if len(source) > MAX_CHARACTERS:
        return f"over {MAX_CHARACTERS:,} characters"
    try:
        return ast.parse(source)
    except SyntaxError as error:
        return f"syntax error on line {error.lineno or 1}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"it cannot be parsed: {error}"


def too_deep(tree: ast.AST) -> bool:
    """Whether expressions or statements nest deeper than is evaluated."""
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        inner: list[ast.AST] = []
        for node in level:
            for name in node._fields:
                part = getattr(node, name, None)
                if type(part) is list:
                    inner += [each for each in part if isinstance(each, ast.AST)]
                elif isinstance(part, ast.AST):
                    inner.append(part)
        if not inner:
            return False
        level = inner
    return True
