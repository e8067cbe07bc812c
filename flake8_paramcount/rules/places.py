"""Where comments stand: on the line of a call, alone below it, alone above it.

Lines only are looked at, and the brackets of a call's own tokens; no syntax.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from io import StringIO
from tokenize import COMMENT, TokenError, TokenInfo, generate_tokens
from typing import NamedTuple

from flake8_paramcount.records import Position

_CLOSERS = frozenset(")]}, \t")

# Of a line no more is looked at for the name of a model.
_LONGEST_NAME = 200


def lines_of(source: str) -> list[str]:
    """The lines as Python numbers them."""
    return source.replace("\r\n", "\n").replace("\r", "\n").split("\n")


class Around(NamedTuple):
    """The lines of code that a comment may belong to; 0 where there is none."""

    own: int = 0
    above: int = 0
    below: int = 0


class Places:
    """The lines of a file, and where the calls in it end."""

    def __init__(self, source: str) -> None:
        self.lines = lines_of(source)
        self._source = source

    @cached_property
    def _tokens(self) -> Sequence[TokenInfo]:
        try:
            return list(generate_tokens(StringIO(self._source).readline))
        except (TokenError, SyntaxError, ValueError):
            return ()

    @cached_property
    def comments(self) -> frozenset[tuple[int, int]]:
        """Line and column of every comment."""
        return frozenset(token.start for token in self._tokens if token.type == COMMENT)

    @cached_property
    def _starts(self) -> Sequence[tuple[int, int]]:
        return [token.start for token in self._tokens]

    def end_of(self, start: Position) -> int:
        """The line on which the call that starts here closes its bracket."""
        depth = 0
        first = bisect_left(self._starts, (start.line, start.column))
        for index in range(first, len(self._tokens)):
            token = self._tokens[index]
            if token.string in ("(", "[", "{"):
                depth += 1
            elif token.string in (")", "]", "}"):
                depth -= 1
                if depth <= 0:
                    return token.end[0]
        return start.line

    def around(self, line: int, column: int) -> Around:
        """The code that a comment at this place is next to."""
        if self._text(line)[:column].strip():
            return Around(own=line)
        return Around(above=self._code(line, -1), below=self._code(line, +1))

    def _code(self, line: int, step: int) -> int:
        """The nearest line of code in a direction, with nothing but comments in between."""
        while self._text(line + step).lstrip().startswith("#"):
            line += step
        return line + step if self._text(line + step).strip() else 0

    def closed_by(self, line: int) -> list[int]:
        """A line, and if it only closes brackets, the lines above up to one that does more."""
        found = [line]
        while self._closes(found[-1]):
            found.append(found[-1] - 1)
        return found

    def closing(self, line: int) -> list[int]:
        """The lines right below that only close brackets."""
        found = [line]
        while self._closes(found[-1] + 1):
            found.append(found[-1] + 1)
        return found[1:]

    def _closes(self, line: int) -> bool:
        code = self._text(line).partition("#")[0]
        return bool(code.strip()) and set(code) <= _CLOSERS

    def receivers(self, line: int) -> list[str]:
        """What a line's code may call a method of: `self.net` and `self` of `self.net.fit(x)`."""
        text = self._text(line).lstrip()[:_LONGEST_NAME]
        return [text[:index] for index, letter in enumerate(text) if letter == "."]

    def _text(self, line: int) -> str:
        return self.lines[line - 1] if 0 < line <= len(self.lines) else ""
