"""Evaluation of expressions: one evaluator for each kind of node."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import libcst as cst

from flake8_paramcount.interpreter import operators
from flake8_paramcount.interpreter.attributes import get_attribute
from flake8_paramcount.interpreter.calls import call
from flake8_paramcount.interpreter.claiming import claim_before, claim_behind
from flake8_paramcount.interpreter.concatenating import sized
from flake8_paramcount.interpreter.containers import (
    display_items,
    get_item,
    is_hashable,
    listed,
    packed,
    spread,
)
from flake8_paramcount.interpreter.functions import make_lambda
from flake8_paramcount.interpreter.havoc import mentioned_values
from flake8_paramcount.interpreter.hidden import note_comprehension
from flake8_paramcount.interpreter.mappings import entries, owner_of
from flake8_paramcount.interpreter.names import lookup, mangled, store
from flake8_paramcount.interpreter.possible import holding, items_of
from flake8_paramcount.interpreter.rounds import open_comprehension
from flake8_paramcount.interpreter.run import Run, evaluates
from flake8_paramcount.interpreter.streams import steps
from flake8_paramcount.interpreter.texts import formatted
from flake8_paramcount.interpreter.values import (
    Arguments,
    DictObject,
    ListObject,
    Namespace,
    Qualified,
    Scope,
    SetObject,
    Value,
)
from flake8_paramcount.unknown import Unknown

# A literal longer than this is no size of anything.
MAX_LITERAL = 2_000


@evaluates(cst.Name)
def name(run: Run, node: cst.Name) -> Value:
    value = lookup(run, node)
    if isinstance(value, Qualified):
        run.note(value, node)
    return value


# What nearly all literals are: it takes a fraction of the time to read them as what they are.
_PLAIN_LITERAL = re.compile(r"""(?P<quote>['"])(?:(?!(?P=quote))[^\\\n])*(?P=quote)|[1-9][0-9]*""")


@evaluates(cst.Integer, cst.Float, cst.Imaginary, cst.SimpleString)
def literal(run: Run, node: cst.Integer) -> Value:
    if len(node.value) > MAX_LITERAL and not isinstance(node, cst.SimpleString):
        return run.unknown("a number of over 2,000 digits", node)
    return _literal(node.value)


@lru_cache(maxsize=4_096)
def _literal(text: str) -> Value:
    plain = _PLAIN_LITERAL.fullmatch(text)
    if plain:
        return text[1:-1] if plain["quote"] else int(text)
    return ast.literal_eval(text)


@evaluates(cst.Ellipsis)
def ellipsis(run: Run, node: cst.Ellipsis) -> Value:
    return ...


@evaluates(cst.ConcatenatedString)
def concatenated_string(run: Run, node: cst.ConcatenatedString) -> Value:
    left, right = run.evaluate(node.left), run.evaluate(node.right)
    if isinstance(left, str) and isinstance(right, str):
        return sized(run, left + right, node)
    return run.unknown("a string with an unknown part", node)


@evaluates(cst.FormattedString)
def formatted_string(run: Run, node: cst.FormattedString) -> Value:
    parts = [_formatted_part(run, part) for part in node.parts]
    if all(isinstance(part, str) for part in parts):
        return sized(run, "".join(parts), node)
    return run.unknown("a string with an unknown part", node)


def _formatted_part(run: Run, part: cst.BaseFormattedStringContent) -> Value:
    if isinstance(part, cst.FormattedStringText):
        return part.value.replace("{{", "{").replace("}}", "}")
    assert isinstance(part, cst.FormattedStringExpression)
    value = run.evaluate(part.expression)
    pieces = [_formatted_part(run, piece) for piece in part.format_spec or ()]
    if not all(isinstance(piece, str) for piece in pieces):
        return None
    spec = "".join(pieces)
    label, conversion = "", part.conversion
    if part.equal is not None:
        label = run.text(part.expression)() + _equals(part.equal)
        conversion = conversion or (None if spec else "r")
    result = run.attempt(lambda: formatted(run, value, conversion, spec))
    return label + result if isinstance(result, str) else None


def _equals(node: cst.AssignEqual) -> str:
    """The `=` of `f"{x = }"` with the space around it."""
    before, behind = node.whitespace_before, node.whitespace_after
    return f"{getattr(before, 'value', '')}={getattr(behind, 'value', '')}"


@evaluates(cst.Tuple)
def tuple_display(run: Run, node: cst.Tuple) -> Value:
    items = display_items(run, node.elements)
    return packed(run, items) if isinstance(items, list) else items


@evaluates(cst.List)
def list_display(run: Run, node: cst.List) -> Value:
    items = display_items(run, node.elements)
    return ListObject(listed(run, items)) if isinstance(items, list) else items


@evaluates(cst.Set)
def set_display(run: Run, node: cst.Set) -> Value:
    items = display_items(run, node.elements)
    if isinstance(items, list) and all(is_hashable(run, item) for item in items):
        return SetObject(dict.fromkeys(items))
    return run.unknown("a set with unknown members", node)


@evaluates(cst.Dict)
def dict_display(run: Run, node: cst.Dict) -> Value:
    state: dict[Any, Value] = {}
    for element in node.elements:
        if isinstance(element, cst.StarredDictElement):
            value = run.journal.resolve(run.evaluate(element.value))
            if not isinstance(value, DictObject | Namespace):
                lost = run.unknown("a dict with unknown keys", node)
                return holding(lost, value, *state.values())
            if isinstance(value, Namespace):
                state.update(entries(run, value.owner))
            else:
                state.update(run.journal.read(value))
            run.fuel.sweep(4 * len(state))
            continue
        assert isinstance(element, cst.DictElement)
        key, value = run.evaluate(element.key), run.evaluate(element.value)
        if not is_hashable(run, key):
            lost = run.unknown("a dict with unknown keys", node)
            return holding(lost, value, *state.values())
        state[key] = value
    return DictObject(state)


@evaluates(cst.Attribute)
def attribute(run: Run, node: cst.Attribute) -> Value:
    receiver = run.evaluate(node.value)
    text, name = run.text(node), mangled(run, node.attr.value)
    result = run.attempt(lambda: get_attribute(run, run.journal.force(receiver), name, text), text)
    return _assumed(run, result, node)


def _assumed(run: Run, value: Value, node: cst.CSTNode) -> Value:
    """A value that the settings state for this source text, where the source leaves it open."""
    if isinstance(value, Qualified):
        run.note(value, node)
    if not run.assume or not isinstance(value, Unknown):
        return value
    assumed = run.assumed(run.text(node)())
    return value if assumed is None else assumed


@evaluates(cst.Subscript)
def subscript(run: Run, node: cst.Subscript) -> Value:
    receiver = run.evaluate(node.value)
    index = subscript_index(run, node)
    text = run.text(node)
    result = run.attempt(
        lambda: get_item(run, run.journal.force(receiver), run.journal.force(index), text), text
    )
    if isinstance(result, Unknown) and not isinstance(receiver, Unknown):
        result = holding(result, *items_of(run, receiver, index))
    return _assumed(run, result, node)


def subscript_index(run: Run, node: cst.Subscript) -> Value:
    """The value between the brackets: a tuple where there are several."""
    indices = [_index(run, element.slice) for element in node.slice]
    lone = len(indices) == 1 and isinstance(node.slice[0].comma, cst.MaybeSentinel)
    return indices[0] if lone else tuple(indices)


def _index(run: Run, node: cst.BaseSlice) -> Value:
    if isinstance(node, cst.Index):
        return run.evaluate(node.value)
    assert isinstance(node, cst.Slice)
    bounds = [
        run.evaluate(part) if part is not None else None
        for part in (node.lower, node.upper, node.step)
    ]
    return slice(*bounds)


@evaluates(cst.BinaryOperation)
def binary_operation(run: Run, node: cst.BinaryOperation) -> Value:
    left, right = run.evaluate(node.left), run.evaluate(node.right)
    return operators.binary(run, type(node.operator), left, right, node)


@evaluates(cst.UnaryOperation)
def unary_operation(run: Run, node: cst.UnaryOperation) -> Value:
    operand = run.evaluate(node.expression)
    return operators.unary(run, type(node.operator), operand, node)


@evaluates(cst.Comparison)
def comparison(run: Run, node: cst.Comparison) -> Value:
    left = run.evaluate(node.left)
    undecided: list[Value] = []
    for target in node.comparisons:
        right = run.evaluate(target.comparator)
        result = operators.compare(run, type(target.operator), left, right, node)
        if result is False:
            return False
        if result is not True:
            undecided.append(result)
        left = right
    if len(undecided) < 2:
        return undecided[0] if undecided else True
    return run.recalled(node, run.unknown("a chain of comparisons", node))


@evaluates(cst.BooleanOperation)
def boolean_operation(run: Run, node: cst.BooleanOperation) -> Value:
    left = run.evaluate(node.left)
    is_and = isinstance(node.operator, cst.And)

    def decide() -> Value:
        return run.evaluate(node.right) if run.truth(left) is is_and else left

    if isinstance(left, Unknown):
        return _unknown_operation(run, node, left)
    return run.transact(decide, run.text(node))


def _unknown_operation(run: Run, node: cst.BooleanOperation, left: Unknown) -> Value:
    """`unknown and right`: one condition of its own, unless the left side is decided."""
    condition, straight = run.test(left)
    holds = run.journal.decided(condition)
    is_and = isinstance(node.operator, cst.And)
    if holds is not None:
        return run.evaluate(node.right) if (holds is straight) is is_and else left
    right = run.evaluate(node.right)
    if isinstance(right, bool):
        # `unknown and True` has the truth of the unknown, `unknown and False` is falsy.
        return left if right is is_and else right
    if is_and or isinstance(right, Unknown):
        return left.derive((is_and, operators.key_of(right)), run.text(node))
    return run.attempt(lambda: left if run.truth(left) else right, run.text(node))


@evaluates(cst.IfExp)
def if_expression(run: Run, node: cst.IfExp) -> Value:
    test = run.evaluate(node.test)
    return run.transact(
        lambda: run.evaluate(node.body) if run.truth(test) else run.evaluate(node.orelse),
        run.text(node),
    )


@evaluates(cst.NamedExpr)
def named_expression(run: Run, node: cst.NamedExpr) -> Value:
    value = run.evaluate(node.value)
    if isinstance(node.target, cst.Name):
        store(run, node.target.value, value)
    return value


@evaluates(cst.Lambda)
def lambda_expression(run: Run, node: cst.Lambda) -> Value:
    return make_lambda(run, node)


@evaluates(cst.Yield)
def yield_expression(run: Run, node: cst.Yield) -> Value:
    return run.unknown("what is sent to a generator", node)


@evaluates(cst.Await)
def awaited(run: Run, node: cst.Await) -> Value:
    return run.unknown("the result of a coroutine", node)


@evaluates(cst.Call)
def call_expression(run: Run, node: cst.Call) -> Value:
    callee = run.evaluate(node.func)
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    complete = True
    # Python evaluates what stands for positions before what has names.
    for arg in sorted(node.args, key=_is_named) if _is_mixed(node.args) else node.args:
        value = run.evaluate(arg.value)
        if arg.star == "*":
            items = spread(run, value)
            complete = complete and isinstance(items, tuple)
            args.extend(items if isinstance(items, tuple) else ())
            run.fuel.walk(len(listed(run, args)))
        elif arg.star == "**":
            complete = _add_keywords(run, value, kwargs) and complete
        elif arg.keyword is not None:
            kwargs[arg.keyword.value] = value
        else:
            args.append(value)
    arguments = Arguments(tuple(args), kwargs, run.site(node), run.text(node), complete)
    if run.claims:
        claim_before(run, node, callee, arguments)
    result = run.recalled(node, _assumed(run, call(run, callee, arguments), node))
    return claim_behind(run, node, callee, arguments, result) if run.claims else result


def _is_named(arg: cst.Arg) -> bool:
    return arg.keyword is not None or arg.star == "**"


def _is_mixed(args: Sequence[cst.Arg]) -> bool:
    """Whether a `*` stands behind a name."""
    named = False
    for arg in args:
        if named and arg.star == "*":
            return True
        named = named or _is_named(arg)
    return False


def _add_keywords(run: Run, value: Value, kwargs: dict[str, Value]) -> bool:
    """Add the items of a `**value`; whether all of them are known."""
    value = run.journal.resolve(value)
    if not isinstance(value, DictObject | Namespace):
        return False
    pairs = run.attempt(lambda: tuple(entries(run, owner_of(value))))
    if type(pairs) is not tuple:
        return False
    kwargs.update({key: item for key, item in pairs if isinstance(key, str)})
    return True


@evaluates(cst.GeneratorExp)
def generator_expression(run: Run, node: cst.GeneratorExp) -> Value:
    from flake8_paramcount.interpreter.generators import generator_expression as made

    text = run.text(node)
    result = note_comprehension(run, run.transact(lambda: made(run, node), text), text)
    return _left_open(run, node, result, node.elt)


@evaluates(cst.ListComp, cst.SetComp)
def list_comprehension(run: Run, node: cst.ListComp | cst.SetComp) -> Value:
    iterable = run.evaluate(node.for_in.iter)

    def build() -> Value:
        pairs = _comprehend(run, node.for_in, lambda: (None, run.evaluate(node.elt)), iterable)
        items = [value for _, value in pairs]
        if isinstance(node, cst.SetComp):
            if not all(is_hashable(run, item) for item in items):
                return run.unknown("a set with unknown members", node)
            return SetObject(dict.fromkeys(items))
        return ListObject(items)

    return _left_open(run, node, _in_own_scope(run, build, node), node.elt)


@evaluates(cst.DictComp)
def dict_comprehension(run: Run, node: cst.DictComp) -> Value:
    iterable = run.evaluate(node.for_in.iter)

    def build() -> Value:
        pairs = list(
            _comprehend(
                run,
                node.for_in,
                lambda: (run.evaluate(node.key), run.evaluate(node.value)),
                iterable,
            )
        )
        if all(is_hashable(run, key) for key, _ in pairs):
            return DictObject(dict(pairs))
        return run.unknown("a dict with unknown keys", node)

    return _left_open(run, node, _in_own_scope(run, build, node), node.key, node.value)


def _left_open(run: Run, node: cst.BaseComp, result: Value, *elements: cst.BaseExpression) -> Value:
    """A comprehension that could not be followed to its end may have gone through anything."""
    if not isinstance(result, Unknown):
        return result
    open_comprehension(run, node, elements, result)
    return holding(result, *mentioned_values(run, node, run.scope))


def _in_own_scope(run: Run, build: Callable[[], Value], node: cst.BaseExpression) -> Value:
    with run.inside(Scope("comprehension", run.scope)):
        statement = run.statement
        try:
            text = run.text(node)
            return note_comprehension(run, run.transact(build, text), text)
        finally:
            run.statement = statement


def _comprehend(
    run: Run,
    clause: cst.CompFor,
    element: Callable[[], tuple[Value, Value]],
    iterable: Value,
) -> Iterator[tuple[Value, Value]]:
    """The elements of a comprehension, clause by clause."""
    from flake8_paramcount.interpreter.assignment import assign

    for number, item in enumerate(steps(run, iterable)):
        run.fuel.burn()
        with run.round(number):
            assign(run, clause.target, item)
            if not all(run.truth(run.evaluate(test.test)) for test in clause.ifs):
                continue
            if clause.inner_for_in is not None:
                inner = clause.inner_for_in
                yield from _comprehend(run, inner, element, run.evaluate(inner.iter))
            else:
                yield element()
