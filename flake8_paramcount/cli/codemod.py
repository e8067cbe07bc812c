"""The one codemod: what `rules.fixes` says, done to the syntax tree, formatting kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from flake8_paramcount.keras import LAYERS
from flake8_paramcount.records import Position
from flake8_paramcount.rules.fixes import Fix

SIMPLE = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.Integer, cst.BinaryOperation)
"""What `+ 1` can stand behind without brackets."""


class Refused(Exception):
    """A fix that the way the call is written does not allow."""


def apply(
    text: str,
    read: cst.Module,
    calls: Sequence[tuple[cst.CSTNode, Fix]],
    comments: Mapping[Position, str],
) -> str | None:
    """The text with all calls and comments changed; None if one of them cannot be.

    The calls are nodes of the tree that was `read`, which has the statements of the text and need
    not have what stands between them.
    """
    try:
        module = cst.parse_module(text)
        twins = dict(zip(map(id, _calls(read)), _calls(module), strict=True))
        editor = _Editor([(twins[id(node)], fix) for node, fix in calls])
        changed = module.visit(editor)
        if editor.done != len(calls):
            return None
        if comments:
            changed = _restated(changed, comments)
    except (Refused, RecursionError, KeyError, ValueError):
        return None
    return changed.code


def _calls(module: cst.Module) -> list[cst.Call]:
    """All calls, in the order of the tree."""
    found: list[cst.Call] = []
    waiting: list[cst.CSTNode] = [module]
    while waiting:
        node = waiting.pop()
        if isinstance(node, cst.Call):
            found.append(node)
        waiting.extend(reversed(node.children))
    return found


class _Editor(cst.CSTTransformer):
    """Changes the calls, each by its own fixes."""

    def __init__(self, calls: Sequence[tuple[cst.CSTNode, Fix]]) -> None:
        super().__init__()
        self.done = 0
        self._fixes: dict[int, list[Fix]] = {}
        for node, fix in calls:
            self._fixes.setdefault(id(node), []).append(fix)

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        for fix in self._fixes.get(id(original_node), ()):
            updated_node = _EDITS[fix.kind](updated_node, fix)
            self.done += 1
        return updated_node


def _restated(module: cst.Module, comments: Mapping[Position, str]) -> cst.Module:
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    found: dict[int, str] = {}
    for node, place in wrapper.resolve(PositionProvider).items():
        text = comments.get(Position(place.start.line, place.start.column))
        if isinstance(node, cst.Comment) and text is not None:
            found[id(node)] = text
    if len(found) != len(comments):
        raise Refused
    return wrapper.module.visit(_Restater(found))


class _Restater(cst.CSTTransformer):
    """Changes comments, by the identity of their nodes."""

    def __init__(self, found: Mapping[int, str]) -> None:
        super().__init__()
        self._found = found

    def leave_Comment(self, original_node: cst.Comment, updated_node: cst.Comment) -> cst.Comment:
        text = self._found.get(id(original_node))
        return updated_node if text is None else cst.Comment(text)


# -- finding an argument ----------------------------------------------------------------------


def _positions(call: cst.Call) -> tuple[str, ...]:
    """The names of the positional arguments of the layer class that a call spells out."""
    func = call.func
    name = func.attr if isinstance(func, cst.Attribute) else func
    spec = LAYERS.get(name.value) if isinstance(name, cst.Name) else None
    if spec is None or any(argument.star for argument in call.args):
        raise Refused
    return spec.positional


def _named(call: cst.Call, name: str) -> int | None:
    """The index of a keyword argument."""
    for index, argument in enumerate(call.args):
        if argument.keyword is not None and argument.keyword.value == name:
            return index
    return None


def _index(call: cst.Call, name: str) -> int | None:
    """The index of an argument, by keyword or by position."""
    positions = _positions(call)
    found = _named(call, name)
    if found is not None or name not in positions:
        return found
    index = positions.index(name)
    there = index < len(call.args) and call.args[index].keyword is None
    return index if there else None


def _replaced(call: cst.Call, index: int, **changes: Any) -> cst.Call:
    argument = call.args[index].with_changes(**changes)
    return call.with_changes(args=[*call.args[:index], argument, *call.args[index + 1 :]])


# -- the kinds of fixes -----------------------------------------------------------------------


def _set(call: cst.Call, fix: Fix) -> cst.Call:
    """Give an argument a value: it may be missing, or be what a literal says."""
    value, index = cst.Name(repr(fix.value)), _index(call, fix.argument)
    if index is None:
        return _appended(call, fix.argument, value)
    now = call.args[index].value
    if not isinstance(now, cst.Name) or now.value not in ("True", "False", "None"):
        raise Refused
    return _replaced(call, index, value=value.with_changes(lpar=now.lpar, rpar=now.rpar))


def _add(call: cst.Call, fix: Fix) -> cst.Call:
    """Add a number to an argument."""
    index = _index(call, fix.argument)
    if index is None:
        raise Refused
    value = call.args[index].value
    if not isinstance(value, SIMPLE) and not value.lpar:
        raise Refused
    if isinstance(value, cst.BinaryOperation) and not value.lpar and _is_loose(value.operator):
        raise Refused
    more = cst.BinaryOperation(value, cst.Add(), cst.Integer(str(fix.value)))
    return _replaced(call, index, value=more)


def _is_loose(operator: cst.BaseBinaryOp) -> bool:
    """Whether an operator binds less tightly than `+`."""
    return isinstance(
        operator, cst.BitAnd | cst.BitOr | cst.BitXor | cst.LeftShift | cst.RightShift
    )


def _join(call: cst.Call, fix: Fix) -> cst.Call:
    """Make one tuple of arguments that stand side by side."""
    _positions(call)
    by_position = isinstance(fix.value[0], int)
    found = [each if by_position else _named(call, each) for each in fix.value]
    indices = [index for index in found if isinstance(index, int)]
    if len(indices) < len(found) or indices != list(range(indices[0], indices[-1] + 1)):
        raise Refused
    first, last = indices[0], indices[-1]
    unnamed = [argument for argument in call.args if argument.keyword is None]
    if by_position and len(unnamed) != last + 1:
        raise Refused  # What stands behind would get another place.
    parts, ending = call.args[first : last + 1], call.args[last]
    joined = parts[0].with_changes(
        value=cst.Tuple([cst.Element(part.value) for part in parts]),
        keyword=None if by_position else cst.Name(fix.argument),
        comma=ending.comma,
        whitespace_after_arg=ending.whitespace_after_arg,
    )
    changed = call.with_changes(args=[*call.args[:first], joined, *call.args[last + 1 :]])
    if _named(call, fix.argument) is not None or _comments(changed) != _comments(call):
        raise Refused
    return changed


def _comments(call: cst.Call) -> int:
    return cst.Module([]).code_for_node(call).count("#")


def _rename(call: cst.Call, fix: Fix) -> cst.Call:
    """Call a keyword argument by another name."""
    _positions(call)
    index = _named(call, fix.argument)
    if index is None or _named(call, fix.value) is not None:
        raise Refused
    return _replaced(call, index, keyword=cst.Name(fix.value))


def _reword(call: cst.Call, fix: Fix) -> cst.Call:
    """Rename a keyword argument, and write its literal value as it is written today."""
    name, value = fix.value
    renamed = _rename(call, fix._replace(value=name))
    index = _named(renamed, name)
    now = renamed.args[index].value if index is not None else None
    if index is None or not isinstance(now, cst.SimpleString):
        raise Refused
    new = cst.Name("None") if value is None else cst.SimpleString(f"{now.quote}{value}{now.quote}")
    return _replaced(renamed, index, value=new)


_EDITS: dict[str, Callable[[cst.Call, Fix], cst.Call]] = {
    "set": _set,
    "add": _add,
    "join": _join,
    "rename": _rename,
    "reword": _reword,
}


# -- one more argument ------------------------------------------------------------------------


def _appended(call: cst.Call, name: str, value: cst.BaseExpression) -> cst.Call:
    """A call with one more keyword argument, laid out as its others are."""
    equal = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    new = cst.Arg(value, cst.Name(name), equal)
    if not call.args:
        return call.with_changes(args=[new])
    *before, last = call.args
    between = _separator(call)
    if isinstance(last.comma, cst.Comma):
        ending = last.comma.whitespace_after
        # A comment behind the last argument stays there.
        new = new.with_changes(comma=last.comma.with_changes(whitespace_after=_bare(ending)))
        if isinstance(ending, cst.ParenthesizedWhitespace) and ending.first_line.comment:
            between = ending.with_changes(
                indent=getattr(between, "indent", ending.indent),
                last_line=getattr(between, "last_line", ending.last_line),
            )
        last = last.with_changes(comma=last.comma.with_changes(whitespace_after=between))
    else:
        new = new.with_changes(whitespace_after_arg=last.whitespace_after_arg)
        last = last.with_changes(
            comma=cst.Comma(whitespace_after=between),
            whitespace_after_arg=cst.SimpleWhitespace(""),
        )
    return call.with_changes(args=[*before, last, new])


def _separator(call: cst.Call) -> cst.BaseParenthesizableWhitespace:
    """The white space between two arguments of a call."""
    if len(call.args) > 1 and isinstance(call.args[-2].comma, cst.Comma):
        return _bare(call.args[-2].comma.whitespace_after)
    if isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace):
        return _bare(call.whitespace_before_args)
    return cst.SimpleWhitespace(" ")


def _bare(space: cst.BaseParenthesizableWhitespace) -> cst.BaseParenthesizableWhitespace:
    """White space without the comments and empty lines in it."""
    if not isinstance(space, cst.ParenthesizedWhitespace):
        return space
    newline = cst.TrailingWhitespace(newline=space.first_line.newline)
    return space.with_changes(first_line=newline, empty_lines=[])
