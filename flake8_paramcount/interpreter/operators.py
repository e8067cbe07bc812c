"""Operators over values: exact on constants, symbolic on unknown integers, bounded always."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.containers import (
    extend,
    is_key,
    iterate,
    listed,
    packed,
    present,
)
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MULTIPLIED,
    Arguments,
    Array,
    DictObject,
    Instance,
    ListObject,
    Qualified,
    Ref,
    SetObject,
    Value,
)
from flake8_paramcount.keras.shapes import NAMELESS
from flake8_paramcount.unknown import Undetermined, Unknown

__all__ = ["binary", "compare", "is_key", "unary"]

# No intermediate integer has more bits, and no sequence more items.
MAX_BITS = 4_096
MAX_LENGTH = 100_000

_BINARY: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    cst.Add: ("+", operator.add),
    cst.Subtract: ("-", operator.sub),
    cst.Multiply: ("*", operator.mul),
    cst.Divide: ("/", operator.truediv),
    cst.FloorDivide: ("//", operator.floordiv),
    cst.Modulo: ("%", operator.mod),
    cst.Power: ("**", operator.pow),
    cst.LeftShift: ("<<", operator.lshift),
    cst.RightShift: (">>", operator.rshift),
    cst.BitAnd: ("&", operator.and_),
    cst.BitOr: ("|", operator.or_),
    cst.BitXor: ("^", operator.xor),
    cst.MatrixMultiply: ("@", operator.matmul),
    cst.AddAssign: ("+", operator.add),
    cst.SubtractAssign: ("-", operator.sub),
    cst.MultiplyAssign: ("*", operator.mul),
    cst.DivideAssign: ("/", operator.truediv),
    cst.FloorDivideAssign: ("//", operator.floordiv),
    cst.ModuloAssign: ("%", operator.mod),
    cst.PowerAssign: ("**", operator.pow),
    cst.LeftShiftAssign: ("<<", operator.lshift),
    cst.RightShiftAssign: (">>", operator.rshift),
    cst.BitAndAssign: ("&", operator.and_),
    cst.BitOrAssign: ("|", operator.or_),
    cst.BitXorAssign: ("^", operator.xor),
    cst.MatrixMultiplyAssign: ("@", operator.matmul),
}

_SYMBOLIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": dims.floordiv,
    "%": dims.mod,
}

# What asks for a width of over three digits, or for one that stands elsewhere.
WIDE = re.compile(r"\d{4}|\*")

_NUMBERS = (int, float, complex)


def binary(run: Run, kind: type, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """`left kind right`; the node gives the text of an unknown result."""
    symbol, function = _BINARY[kind]
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return _numbers(run, symbol, function, left, right, node)
    return run.attempt(
        lambda: _binary(run, symbol, run.operand(left), run.operand(right), node), run.text(node)
    )


def _binary(run: Run, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return _numbers(run, symbol, _function(symbol), left, right, node)
    if isinstance(left, Unknown | Poly) or isinstance(right, Unknown | Poly):
        return _symbolic(run, symbol, left, right, node)
    if _is_tensor(left) or _is_tensor(right):
        from flake8_paramcount.interpreter.tensors import tensor_binary

        return tensor_binary(run, symbol, left, right, node)
    if isinstance(left, Array) or isinstance(right, Array):
        from flake8_paramcount.interpreter.arrays import array_binary

        return array_binary(symbol, left, right)
    return _sequences(run, symbol, left, right, node)


def plus(run: Run, left: Value, right: Value) -> Value:
    """`left + right` where no source says so. Raises `Undetermined`."""
    return _binary(run, "+", run.operand(left), run.operand(right), run.statement)


def _function(symbol: str) -> Callable[[Any, Any], Any]:
    return next(function for name, function in _BINARY.values() if name == symbol)


def _is_tensor(value: Value) -> bool:
    return type(value).__name__ == "Tensor"


def _numbers(
    run: Run,
    symbol: str,
    function: Callable[[Any, Any], Any],
    left: Any,
    right: Any,
    node: cst.CSTNode,
) -> Value:
    if symbol == "**" and not _power_is_small(left, right):
        return run.unknown("a power of over 4,096 bits", node)
    if symbol == "<<" and not (isinstance(right, int) and 0 <= right < MAX_BITS):
        return run.unknown("a number of over 4,096 bits", node)
    try:
        result = function(left, right)
    except (ArithmeticError, TypeError, ValueError) as error:
        run.fails(type(error), *error.args)
        return run.unknown(f"it raises {type(error).__name__}", node)
    if isinstance(result, int) and result.bit_length() > MAX_BITS:
        return run.unknown("a number of over 4,096 bits", node)
    return result


def _power_is_small(base: Any, exponent: Any) -> bool:
    if not isinstance(base, int) or not isinstance(exponent, int):
        return True
    return abs(exponent) * max(base.bit_length(), 1) <= MAX_BITS


def _symbolic(run: Run, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """Arithmetic with an unknown: a polynomial if both sides can be integers."""
    one, other = as_integer(left), as_integer(right)
    function = _SYMBOLIC.get(symbol)
    if one is not None and other is not None and function is not None:
        try:
            return function(one, other)
        except ArithmeticError:
            return run.unknown("it divides by zero", node)
    if symbol == "**" and isinstance(other, int) and one is not None and 0 <= other <= 8:
        return dims.product([one] * other)
    for side in (left, right):
        if isinstance(side, Unknown):
            return side.derive((symbol, key_of(left), key_of(right)), run.text(node))
    return run.unknown("arithmetic of a symbolic number", node)


def key_of(value: Value) -> object:
    """What tells two operands apart."""
    return value if isinstance(value, int | float | str | Unknown | Poly) else id(value)


def as_integer(value: Value) -> int | Poly | None:
    """A value as an exact integer or polynomial; None if it cannot be one.

    An unknown that has a source text becomes the symbol of that text: whatever Keras accepts there
    is an integer.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | Poly):
        return value
    if isinstance(value, Unknown) and value.named:
        return symbol_of(value)
    return None


def symbol_of(unknown: Unknown) -> int | Poly:
    """The symbol for an unknown of any sign: one and the same for one unknown."""
    if unknown._symbol is None:
        unknown._symbol = dims.symbol(
            unknown.text or NAMELESS,
            reason=unknown.reason,
            opaque=not unknown.named,
            site=unknown.site,
        )
    found: int | Poly = unknown._symbol  # type: ignore[assignment]
    return found


def _sequences(run: Run, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    if symbol == "*":
        sequence, times = (left, right) if isinstance(right, int) else (right, left)
        if isinstance(times, int):
            return _repeat(run, sequence, times, node)
    if symbol == "+":
        if type(left) is tuple and type(right) is tuple:
            return sized(run, packed(run, left + right), node)
        if isinstance(left, ListObject) and isinstance(right, ListObject):
            return ListObject(listed(run, [*run.journal.read(left), *run.journal.read(right)]))
        if isinstance(left, str) and isinstance(right, str):
            return sized(run, left + right, node)
    if symbol == "%" and isinstance(left, str):
        return _format(run, left, right, node)
    if symbol == "|" and isinstance(left, DictObject) and isinstance(right, DictObject):
        return DictObject({**dict(present(run, left)), **dict(present(run, right))})
    return run.unknown(f"`{symbol}` of {type(left).__name__} and {type(right).__name__}", node)


def _repeat(run: Run, sequence: Value, times: int, node: cst.CSTNode) -> Value:
    if times > 1 and type(sequence) is tuple:
        _mark_multiplied(run, sequence)
    if type(sequence) is tuple or isinstance(sequence, str | bytes):
        if len(sequence) * times > MAX_LENGTH:
            return run.unknown("a sequence of over 100,000 items", node)
        return sized(run, sequence * times, node)
    if isinstance(sequence, ListObject):
        items = run.journal.read(sequence)
        if len(items) * times > MAX_LENGTH:
            return run.unknown("a sequence of over 100,000 items", node)
        if times > 1:
            _mark_multiplied(run, items)
        return ListObject(listed(run, items * times))
    return run.unknown(f"`*` of {type(sequence).__name__}", node)


def _mark_multiplied(run: Run, items: Sequence[Value]) -> None:
    """Remember of layers that a multiplied list names them several times."""
    from flake8_paramcount.interpreter.models import LayerObject, ModelObject

    for item in items:
        if isinstance(item, LayerObject | ModelObject | Instance):
            run.journal.write(item)[MULTIPLIED] = True


def sized(run: Run, result: Any, node: cst.CSTNode) -> Value:
    """A new string or tuple; unknown if it is too long."""
    if isinstance(result, Unknown):
        return result
    if len(result) > MAX_LENGTH:
        return run.unknown("a sequence of over 100,000 items", node)
    # A character takes an eighth of what an item takes.
    run.fuel.sweep(len(result) if type(result) is tuple else len(result) // 8)
    return result


def _format(run: Run, template: str, values: Value, node: cst.CSTNode) -> Value:
    """`"layer_%d" % i`; widths are bounded by what a template may be long."""
    operands = values if type(values) is tuple else (values,)
    if len(template) > 200 or not all(isinstance(item, str | int | float) for item in operands):
        return run.unknown("a formatted string with an unknown part", node)
    if WIDE.search(template):
        return run.unknown("a formatted string of unknown width", node)
    try:
        return sized(run, template % operands, node)
    except (OverflowError, TypeError, ValueError):
        return run.unknown("a format that does not fit", node)


def unary(run: Run, kind: type, operand: Value, node: cst.CSTNode) -> Value:
    """`-x`, `+x`, `~x`, `not x`."""
    if kind is cst.Not:
        return _negation(run, operand, node)
    return run.attempt(lambda: _signed(run, kind, run.operand(operand), node), run.text(node))


def _signed(run: Run, kind: type, operand: Value, node: cst.CSTNode) -> Value:
    if isinstance(operand, _NUMBERS):
        if kind is cst.Minus:
            return -operand
        if kind is cst.Plus:
            return +operand
        return ~operand if isinstance(operand, int) else run.unknown("`~` of a float", node)
    number = as_integer(operand)
    if number is not None and kind is cst.Minus:
        return -number
    if number is not None and kind is cst.Plus:
        return number
    if isinstance(operand, Array):
        return operand._replace(low=None, high=None, values=None)
    if _is_tensor(operand):
        return operand
    return run.unknown("a sign before something that is no number", node)


def _negation(run: Run, operand: Value, node: cst.CSTNode) -> Value:
    operand = run.journal.resolve(operand)
    if isinstance(operand, Qualified):
        operand = run.outside(operand)
    if isinstance(operand, Unknown):
        return run.opposite(operand)
    return run.attempt(lambda: not run.truth(operand), run.text(node))


_EQUAL = (cst.Equal, cst.NotEqual)
_IDENTICAL = (cst.Is, cst.IsNot)
_MEMBER = (cst.In, cst.NotIn)
_NEGATIVE = (cst.NotEqual, cst.IsNot, cst.NotIn)
_ORDER: dict[type, tuple[str, Callable[[Any, Any], Any]]] = {
    cst.LessThan: ("<", operator.lt),
    cst.LessThanEqual: ("<=", operator.le),
    cst.GreaterThan: (">", operator.gt),
    cst.GreaterThanEqual: (">=", operator.ge),
}


def compare(run: Run, kind: type, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """A comparison: a bool, or an unknown that stands for the test."""
    return run.attempt(lambda: _compare_decided(run, kind, left, right, node), run.text(node))


def _compare_decided(run: Run, kind: type, left: Value, right: Value, node: cst.CSTNode) -> Value:
    left, right = run.journal.force(left), run.journal.force(right)
    if isinstance(left, Qualified) and isinstance(right, Qualified) and left == right:
        return kind not in _NEGATIVE
    return _compare(run, kind, run.operand(left), run.operand(right), node)


def _compare(run: Run, kind: type, left: Value, right: Value, node: cst.CSTNode) -> Value:
    if type(left) in _LONG and type(right) in _LONG:
        run.fuel.sweep(_items_in(left) + _items_in(right))
    if kind in _MEMBER:
        result = _member(run, left, right, node)
    elif kind in _IDENTICAL or kind in _EQUAL:
        result = _equal(run, left, right, node, identity=kind in _IDENTICAL)
    else:
        return _ordered(run, kind, left, right, node)
    if kind not in _NEGATIVE:
        return result
    return run.opposite(result) if isinstance(result, Unknown) else not result


# Values whose comparison takes as long as they are.
_LONG = frozenset((tuple, ListObject, str))


def _items_in(value: Value) -> int:
    held = value.state if isinstance(value, ListObject) else value
    return len(held) if isinstance(held, list | tuple) else 0


def _equal(run: Run, left: Value, right: Value, node: cst.CSTNode, *, identity: bool) -> Value:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unknown_equal(run, left, right, node)
    if isinstance(left, Poly) or isinstance(right, Poly):
        if left is None or right is None or isinstance(left, str) or isinstance(right, str):
            return False
        one, other = as_integer(left), as_integer(right)
        answer = dims.equal(one, other) if one is not None and other is not None else None
        return _symbolic_test(run, answer, ("==", left, right), node)
    if isinstance(left, Ref) or isinstance(right, Ref):
        return _equal_objects(run, left, right, node, identity=identity)
    if is_key(left) and is_key(right):
        return bool(left == right)
    if type(left) is tuple and type(right) is tuple:
        return _equal_items(run, left, right, node)
    if left is None or right is None:
        return left is right
    return run.unknown("a comparison that is not followed", node)


def _equal_objects(
    run: Run, left: Value, right: Value, node: cst.CSTNode, *, identity: bool
) -> Value:
    if left is right:
        return True
    if identity or left is None or right is None:
        return False
    if isinstance(left, ListObject) and isinstance(right, ListObject):
        return _equal_items(run, run.journal.read(left), run.journal.read(right), node)
    if isinstance(left, ListObject | DictObject | SetObject) != isinstance(
        right, ListObject | DictObject | SetObject
    ):
        return False
    return run.unknown("a comparison of objects", node)


def _equal_items(run: Run, left: Any, right: Any, node: cst.CSTNode) -> Value:
    if len(left) != len(right):
        return False
    if all(is_key(item) for item in (*left, *right)):
        return list(left) == list(right)
    return run.unknown("a comparison of unknown items", node)


def _unknown_equal(run: Run, left: Value, right: Value, node: cst.CSTNode) -> Value:
    if left is right:
        return True
    unknown, other = (left, right) if isinstance(left, Unknown) else (right, left)
    result = unknown.derive(("==", key_of(other)), run.text(node))
    if is_key(other):
        run.equality(result, unknown, other)
    return result


def _symbolic_test(run: Run, answer: bool | None, key: object, node: cst.CSTNode) -> Value:
    """A test on symbolic integers: its answer if provable, else one unknown for each key."""
    if answer is not None:
        return answer
    found = run.tests.get(key)
    if found is None:
        found = run.tests[key] = Unknown(
            "it depends on a symbolic size", run.text(node), run.site(node)
        )
    return found


def _ordered(run: Run, kind: type, left: Value, right: Value, node: cst.CSTNode) -> Value:
    symbol, function = _ORDER[kind]
    if isinstance(left, Poly) or isinstance(right, Poly):
        one, other = as_integer(left), as_integer(right)
        if one is not None and other is not None:
            return _symbolic_test(run, _proved(symbol, one, other), (symbol, one, other), node)
    for side in (left, right):
        if isinstance(side, Unknown):
            return side.derive((symbol, key_of(left), key_of(right)), run.text(node))
    plain = isinstance(left, str | int | float) and isinstance(right, str | int | float)
    if plain or (type(left) is tuple and type(right) is tuple and is_key(left) and is_key(right)):
        try:
            return bool(function(left, right))
        except TypeError:
            return run.unknown("a comparison that raises", node)
    return run.unknown("a comparison that is not followed", node)


def _proved(symbol: str, left: int | Poly, right: int | Poly) -> bool | None:
    if symbol == "<":
        return dims.less(left, right)
    if symbol == "<=":
        return dims.less_equal(left, right)
    if symbol == ">":
        return dims.less(right, left)
    return dims.less_equal(right, left)


def _member(run: Run, left: Value, right: Value, node: cst.CSTNode) -> Value:
    if isinstance(right, Unknown) or isinstance(left, Unknown):
        unknown, other = (right, left) if isinstance(right, Unknown) else (left, right)
        return unknown.derive(("in", key_of(other)), run.text(node))
    if isinstance(right, str) and isinstance(left, str):
        return left in right
    items = list(iterate(run, right))
    if is_key(left) and all(map(is_key, items)):
        return left in items
    if any(item is left for item in items):
        return True
    return run.unknown("a membership that is not followed", node)


def augmented(run: Run, kind: type, target: Value, value: Value, node: cst.CSTNode) -> Value:
    """`target op= value`: a list changes in place, everything else gives a new value."""
    target = run.journal.resolve(target)
    if isinstance(target, ListObject) and kind is cst.AddAssign:
        extend(run, target, value)
        return target
    return binary(run, kind, target, value, node)


def settle_arguments(arguments: Arguments) -> Arguments:
    """Raise for arguments that may be incomplete."""
    if not arguments.complete:
        raise Undetermined(Unknown("unpacked arguments", arguments.text, arguments.site))
    return arguments
