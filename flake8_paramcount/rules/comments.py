"""Claims that comments make about parameter counts: `# params: 1,234`, `# 64*32 + 32 = 2080`.

A claim must be unmistakable: the whole comment is the claim, in one of a few forms.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from operator import add, mul, pow, sub
from typing import NamedTuple

LONGEST = 200
MOST_DIGITS = 18
LARGEST_POWER = 6
LEAST_TOLD = 10
"""`# 3 parameters` more likely speaks of arguments."""

NUMBER = r"\d{1,3}(?:,\d{3})+|\d{1,3}(?:_\d{3})+|\d+"
_ARITHMETIC = r"[\d,_ +*×·x()^²³-]*[+*×·x(^²³-][\d,_ +*×·x()^²³-]*"
_VALUE = rf"(?:(?P<sum>{_ARITHMETIC}?)=\s*)?(?P<stated>{NUMBER})"
_NOUN = r"(?:params?|parameters?)"
_SIZE = r"(?:\s*\(\d[\d.,]*\s*[kmg]?i?b(?:ytes)?\))?"

LABELLED = (
    re.compile(
        rf"(?P<whole>total\s+)?(?:(?:num(?:ber)?|no\.?|#)[\s_]+(?:of\s+)?)?{_NOUN}"
        rf"\s*(?:#|count)?\s*(?P<sign>[:=])\s*{_VALUE}(?:\s*{_NOUN})?{_SIZE}"
    ),
    re.compile(
        rf"(?P<whole>total)\s*(?P<sign>:)\s*{_VALUE}\s*{_NOUN}{_SIZE}",
    ),
    re.compile(
        rf"(?:(?P<layer>[a-z]\w*)\s*:\s*)?{_VALUE}\s*(?P<whole>total\s+)?{_NOUN}"
        rf"(?P<in_total>\s+in\s+total|\s+total)?{_SIZE}",
    ),
)
BARE = re.compile(rf"(?:(?P<layer>[a-z]\w*)\s*:\s*)?{_VALUE}")
_SUPPRESSION = re.compile(r"\s*#\s*(?:noqa|type:|pylint:).*", re.IGNORECASE)


class Claim(NamedTuple):
    """What a comment says: a count, the arithmetic it gives for it, and of what it speaks."""

    stated: int
    sum: int | None = None
    whole: bool = False
    """It speaks of a total: of a model, not of a layer."""
    labelled: bool = True
    """It says that it counts parameters; without that, only its place can tell."""
    layer: str | None = None
    """The layer class that it names, in lower case."""
    addends: int = 1
    """How many terms its arithmetic adds up."""
    like_code: bool = False
    """Alone on a line it could be an assignment that was commented out."""

    @property
    def comes_out(self) -> bool:
        """Whether the arithmetic, if there is any, gives the stated count."""
        return self.sum is None or self.sum == self.stated


def claim(comment: str) -> Claim | None:
    """The claim that a comment makes, if it is nothing but a claim."""
    found = _matched(comment)
    if found is None:
        return None
    match, _ = found
    return _bare(match) if match.re is BARE else _labelled(match)


def _matched(comment: str) -> tuple[re.Match[str], int] | None:
    """The form that a comment has, and where in it the matched text starts."""
    if len(comment) > LONGEST or not any(character.isdigit() for character in comment):
        return None
    told = _SUPPRESSION.sub("", comment.lstrip("#:"))
    body = told.strip().rstrip(".").strip().lower()
    for pattern in (*LABELLED, BARE):
        match = pattern.fullmatch(body)
        if match:
            return match, len(comment) - len(comment.lstrip("#:").lstrip())
    return None


def _labelled(match: re.Match[str]) -> Claim | None:
    stated, groups = _number(match["stated"]), match.groupdict()
    worked = _sum(match)
    if stated is None or (match["sum"] and worked is None):
        return None
    if 0 < stated < LEAST_TOLD and worked is None:
        return None
    return Claim(
        stated,
        sum=worked,
        whole=bool(groups.get("whole") or groups.get("in_total")),
        layer=groups.get("layer"),
        addends=_addends(match),
        like_code=groups.get("sign") == "=" and worked is None and "," not in match["stated"],
    )


def _bare(match: re.Match[str]) -> Claim | None:
    """A sum of products with its result, as people write it beside a layer."""
    stated, worked, text = _number(match["stated"]), _sum(match), match["sum"] or ""
    if stated is None or worked is None or "-" in text or not re.search(r"[*×·x²³^(]", text):
        return None
    return Claim(stated, sum=worked, labelled=False, layer=match["layer"], addends=_addends(match))


def _number(text: str) -> int | None:
    digits = text.replace(",", "").replace("_", "")
    return int(digits) if len(digits) <= MOST_DIGITS else None


def _addends(match: re.Match[str]) -> int:
    return (match["sum"] or "").count("+") + 1


def _sum(match: re.Match[str]) -> int | None:
    return evaluate(match["sum"]) if match["sum"] else None


# -- the claim that would be true --------------------------------------------------------------


def restated(comment: str, count: int, arithmetic: str) -> str | None:
    """The comment with the true count, and with its arithmetic where its own is wrong.

    None where it cannot be written in the comment's manner.
    """
    found = _matched(comment)
    if found is None:
        return None
    match, start = found
    if "(" in match.string[match.end("stated") :]:
        return None  # A size in bytes would become stale.
    spans = [(match.span("stated"), _like(match["stated"], count))]
    if match["sum"] and evaluate(match["sum"]) != count:
        spans.append((match.span("sum"), _in_manner(match["sum"], arithmetic)))
    for (first, last), text in spans:
        comment = f"{comment[: start + first]}{text}{comment[start + last :]}"
    told = claim(comment)
    return comment if told and told.stated == count and told.comes_out else None


def _like(number: str, count: int) -> str:
    """A count with the separators that a number has."""
    separator = next((each for each in ",_" if each in number), "")
    return f"{count:,}".replace(",", separator)


def _in_manner(model: str, arithmetic: str) -> str:
    """A formula as the writer of another one would write it."""
    separator = next((each for each in ",_" if each in model), "")
    text = re.sub(r"(?<=\d),(?=\d)", separator, arithmetic)
    raised = next((each for each in ("**", "^") if each in model), "")
    if raised:
        text = text.replace("²", f"{raised}2").replace("³", f"{raised}3")
    elif not re.search("[²³]", model):
        text = re.sub(r"([\d,_]+)²", r"\1·\1", text)
        text = re.sub(r"([\d,_]+)³", r"\1·\1·\1", text)
    times = next((each for each in "*×x" if each in model.replace("**", "")), "·")
    text = text.replace("·", f" {times} " if f" {times} " in model else times)
    text = text if " + " in model or "+" not in model else text.replace(" + ", "+")
    return text + " " * (len(model) - len(model.rstrip()))


# -- arithmetic -------------------------------------------------------------------------------

_OPERATORS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Pow: pow,
}
_SPELLINGS = {"×": "*", "·": "*", "x": "*", "^": "**", "²": "**2", "³": "**3"}


def evaluate(text: str) -> int | None:
    """The value of a comment's arithmetic: `4·(64·32 + 32²)`. None if it is none."""
    plain = re.sub(NUMBER, lambda found: str(_number(found[0]) or 0), text.strip())
    for spelling, operator in _SPELLINGS.items():
        plain = plain.replace(spelling, operator)
    plain = re.sub(r"(?<=[\d)])\s*\(", "*(", plain)
    try:
        return _value(ast.parse(plain, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if not isinstance(node, ast.BinOp) or type(node.op) not in _OPERATORS:
        raise ValueError("not a sum of products")
    left, right = _value(node.left), _value(node.right)
    if isinstance(node.op, ast.Pow) and not 0 <= right <= LARGEST_POWER:
        raise ValueError("a power that no count has")
    return _OPERATORS[type(node.op)](left, right)
