"""Directives: what `# paramcount: name=value, …` comments state of the code that they stand at."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flake8_paramcount import quantities
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.records import Claim, Position

MARK = "paramcount:"

Dimensions = tuple[Any, ...]

ALLOWED_SHAPE = "give a shape such as (None, 784), or several in a list"
ALLOWED_NAME = "give a name such as encoder"


class DirectiveError(NamedTuple):
    """A directive that cannot be followed: line from 1, column from 0 in code points."""

    line: int
    column: int
    message: str

    @property
    def position(self) -> Position:
        """Where the comment starts."""
        return Position(self.line, self.column)


@dataclass(frozen=True, slots=True)
class Directives:
    """All directives of a file."""

    lines: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    """What is stated, by the line of the code that it is stated of."""
    errors: tuple[DirectiveError, ...] = ()
    claims: Mapping[int, Claim] = field(default_factory=dict)
    """What is stated of a layer, by the line of its construction or call."""

    def for_line(self, line: int) -> Mapping[str, Any]:
        """What is stated of the code on this line (from 1)."""
        return self.lines.get(line, {})


def shape(text: str) -> Dimensions | list[Dimensions]:
    """A shape, as a tuple; several of them, as a list of tuples."""
    try:
        value = quantities.literal(text)
    except ValueError:
        raise ValueError(ALLOWED_SHAPE) from None
    if _is_shape(value):
        return tuple(value)
    if isinstance(value, list | tuple) and value and all(map(_is_shape, value)):
        return [tuple(each) for each in value]
    raise ValueError(ALLOWED_SHAPE)


def _is_shape(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(_is_dimension, value))


def _is_dimension(value: object) -> bool:
    return value is None or (type(value) is int and value > 0)


def name(text: str) -> str:
    """A model's name, with quotes or without."""
    if re.fullmatch(r"[A-Za-z_][\w./-]*", text):
        return text
    try:
        value = quantities.literal(text)
    except ValueError:
        value = None
    if not isinstance(value, str) or not value.strip():
        raise ValueError(ALLOWED_NAME)
    return value


KNOWN: dict[str, Callable[[str], Any]] = {
    "input_shape": shape,
    "vocab_size": quantities.positive,
    "budget": quantities.count,
    "layer_budget": quantities.count,
    "trainable_budget": quantities.count,
    "size_budget": quantities.size,
    "name": name,
    "output_shape": shape,
    "params": quantities.count,
    "trainable_params": quantities.count,
}
"""What a directive may state; every other name is bound to a number."""

OF_A_LAYER = frozenset(("output_shape", "params", "trainable_params"))
"""What it states of a layer, the rest of a model."""


class _Comment(NamedTuple):
    """A directive as it stands in the file; `target` is the line of the code it belongs to."""

    line: int
    column: int
    text: str
    target: int | None


def parse(source: str) -> Directives:
    """The directives of a file. Never raises: what is wrong is among the errors."""
    if MARK not in source:
        return Directives()
    scan = _Scan(source)
    lines: dict[int, dict[str, Any]] = {}
    errors: list[DirectiveError] = []
    claims: dict[int, Claim] = {}
    for comment in scan.comments:
        position = Position(comment.line, comment.column)
        for message in _enter(comment, scan.names, lines):
            errors.append(DirectiveError(*position, message))
        stated = lines.get(comment.target or 0, {})
        if not OF_A_LAYER.isdisjoint(stated):
            claim = _claim(position, stated)
            wrong = [DirectiveError(*position, message) for message in _refusals(claim)]
            errors.extend(wrong)
            if not wrong:
                claims[comment.target or 0] = claim
    return Directives(lines, tuple(dict.fromkeys(errors)), claims)


def _claim(position: Position, stated: Mapping[str, Any]) -> Claim:
    """What is stated of a layer."""
    output = stated.get("output_shape")
    shapes: Shapes | None = None
    if output is not None:
        shapes = tuple(map(Shape, output)) if isinstance(output, list) else Shape(output)
    return Claim(position, shapes, stated.get("params"), stated.get("trainable_params"))


def _refusals(claim: Claim) -> Iterator[str]:
    """What is wrong with a claim in itself."""
    if claim.trainable is not None and claim.params is None:
        yield "trainable_params says how many of them train: state params as well"
    elif claim.trainable is not None and claim.trainable > (claim.params or 0):
        yield f"trainable_params={claim.trainable} is more than params={claim.params}"


def _enter(comment: _Comment, names: set[str], lines: dict[int, dict[str, Any]]) -> Iterator[str]:
    """Enter what a directive states; yields what is wrong with it."""
    if comment.target is None:
        yield "this directive belongs to no code: none follows it"
        return
    try:
        items = quantities.split(comment.text)
    except ValueError as error:
        yield f"this directive cannot be read: {error}"
        return
    if not items:
        yield "this directive states nothing: give name=value, such as budget=2M"
    stated = lines.setdefault(comment.target, {})
    for item in items:
        try:
            key, value = _entry(item, names)
        except ValueError as error:
            yield str(error)
            continue
        if stated.setdefault(key, value) != value:
            yield f"{key} is stated twice for line {comment.target}, with different values"


def _entry(item: str, names: set[str]) -> tuple[str, Any]:
    """One `name=value`, read."""
    try:
        key, text = quantities.pair(item)
    except ValueError:
        raise ValueError(f"{item!r} states nothing: give name=value") from None
    parser = KNOWN.get(key)
    if parser is None:
        return key, _symbol(key, text, names)
    try:
        return key, parser(text)
    except ValueError as error:
        raise ValueError(f"{key}={text} is not allowed: {error}") from None


def _symbol(key: str, text: str, names: set[str]) -> int:
    """The number that a piece of source text stands for."""
    if not quantities.is_source(key):
        raise ValueError(f"{key!r} is neither a key ({', '.join(KNOWN)}) nor an expression")
    meant = _meant(key, names)
    if meant is not None:
        raise ValueError(f"unknown key {key!r}, which no code here mentions: did you mean {meant}?")
    try:
        return quantities.integer(text)
    except ValueError:
        raise ValueError(f"{key}={text} is not allowed: give a whole number") from None


def _meant(key: str, names: set[str]) -> str | None:
    """The key that was probably meant by a name that stands nowhere in the file."""
    if key in names or not key.isidentifier():
        return None
    from difflib import get_close_matches

    return next(iter(get_close_matches(key, KNOWN, 1, 0.8)), None)


_NO_CODE = frozenset(
    (
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    )
)


class _Scan:
    """One pass over the tokens: the directives, and the names that the code mentions."""

    def __init__(self, source: str) -> None:
        self.names: set[str] = set()
        self._found: list[_Comment] = []
        self._waiting: list[tuple[int, int, str]] = []
        self._brackets: list[int] = []
        self._opened: dict[int, int] = {}
        self._code: set[int] = set()
        self._last = 0
        try:
            for token in tokenize.generate_tokens(io.StringIO(source).readline):
                self._take(token)
        except (tokenize.TokenError, SyntaxError):
            pass  # What stands before the error is still meant.
        self._found += (_Comment(*waiting, None) for waiting in self._waiting)

    @property
    def comments(self) -> list[_Comment]:
        """The directives in source order, each with its line of code."""
        return [
            comment._replace(target=comment.target and self._home(comment.target))
            for comment in sorted(self._found)
        ]

    def _home(self, line: int) -> int:
        """A line that only closes brackets belongs to the line that opened them."""
        return line if line in self._code else self._opened.get(line, line)

    def _take(self, token: tokenize.TokenInfo) -> None:
        if token.type == tokenize.COMMENT:
            self._take_comment(token)
        elif token.type not in _NO_CODE:
            self._take_code(token)

    def _take_comment(self, token: tokenize.TokenInfo) -> None:
        line, column = token.start
        for match in re.finditer(r"(?:^|(?<=\s))#+\s*paramcount:", token.string):
            text = quantities.before_comment(token.string[match.end() :])
            place = (line, column + match.start(), text)
            if line == self._last:
                self._found.append(_Comment(*place, line))
            else:
                self._waiting.append(place)

    def _take_code(self, token: tokenize.TokenInfo) -> None:
        line, self._last = token.start[0], token.end[0]
        self._found += (_Comment(*waiting, line) for waiting in self._waiting)
        self._waiting.clear()
        bracket = token.string if token.type == tokenize.OP else ""
        if token.type == tokenize.NAME:
            self.names.add(token.string)
        if bracket in (")", "]", "}") and self._brackets:
            self._opened[line] = self._brackets.pop()
        elif bracket != ",":
            self._code.update((line, self._last))
        if bracket in ("(", "[", "{"):
            self._brackets.append(line)
