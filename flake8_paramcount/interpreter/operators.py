"""Operators over values: exact on constants, symbolic on unknown integers, bounded always."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter import dunders, equality
from flake8_paramcount.interpreter.concatenating import sequences
from flake8_paramcount.interpreter.containers import (
    extend,
    is_hashable,
    is_key,
    peek,
    present,
)
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.streams import steps
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    DictObject,
    Function,
    Instance,
    ListObject,
    Qualified,
    Ref,
    SetObject,
    Value,
    are_constants,
)
from flake8_paramcount.keras.shapes import NAMELESS
from flake8_paramcount.unknown import Undetermined, Unknown

__all__ = ["binary", "compare", "is_key", "unary"]

# No intermediate integer has more bits.
MAX_BITS = 4_096

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
    if isinstance(left, Instance) or isinstance(right, Instance):
        result = dunders.binary(run, symbol, left, right)
        if result is not dunders.NOT_IMPLEMENTED:
            return result
        from flake8_paramcount.interpreter.fields import as_tuple

        left, right = as_tuple(run, left), as_tuple(run, right)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Array) and is_scalar(other):
            from flake8_paramcount.interpreter.arrays import array_binary

            return array_binary(symbol, left, right)
    if isinstance(left, Unknown | Poly) or isinstance(right, Unknown | Poly):
        return _symbolic(run, symbol, left, right, node)
    if _is_tensor(left) or _is_tensor(right):
        return _of_tensors(run, symbol, left, right, node)
    if isinstance(left, Array) or isinstance(right, Array):
        from flake8_paramcount.interpreter.arrays import array_binary

        return array_binary(symbol, left, right)
    return sequences(run, symbol, left, right, node)


def plus(run: Run, left: Value, right: Value) -> Value:
    """`left + right` where no source says so. Raises `Undetermined`."""
    return _binary(run, "+", run.operand(left), run.operand(right), run.statement)


def less(run: Run, left: Value, right: Value) -> bool:
    """`left < right` where no source says so. Raises `Undetermined`."""
    result = _ordered(run, cst.LessThan, left, right, run.statement)
    if isinstance(result, Unknown):
        raise Undetermined(result)
    return run.truth(result)


def _function(symbol: str) -> Callable[[Any, Any], Any]:
    return next(function for name, function in _BINARY.values() if name == symbol)


def _is_tensor(value: Value) -> bool:
    return type(value).__name__ == "Tensor"


def _of_tensors(run: Run, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    from flake8_paramcount.interpreter.tensors import tensor_binary

    return tensor_binary(run, symbol, left, right, node)


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
    weigh(run, one, other)
    if symbol == "*" and isinstance(one, Poly) and isinstance(other, Poly):
        run.fuel.walk(4 * len(one.terms) * len(other.terms))
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
            result = side.derive((symbol, key_of(left), key_of(right)), run.text(node))
            result.scalar = all(isinstance(x, _NUMBERS) or is_scalar(x) for x in (left, right))
            return result
    return run.unknown("arithmetic of a symbolic number", node)


def is_scalar(value: Value) -> bool:
    """Whether an unknown or symbolic value is certainly a number."""
    if isinstance(value, Poly):
        return all(s.lower is not None or s.kind == "number" for s in value.symbols())
    return isinstance(value, Unknown) and value.scalar


def key_of(value: Value) -> object:
    """What tells two operands apart."""
    return value if isinstance(value, int | float | str | Unknown | Poly) else id(value)


def weigh(run: Run, *values: Value) -> None:
    """Burn what it takes to go through the terms of polynomials."""
    run.fuel.walk(sum(2 * len(value.terms) for value in values if isinstance(value, Poly)))


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
            kind="number" if unknown.scalar else None,
            site=unknown.site,
        )
    found: int | Poly = unknown._symbol  # type: ignore[assignment]
    return found


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
    if isinstance(operand, Instance):
        from flake8_paramcount.interpreter.classes import called

        return called(run, operand, dunders.UNARY[_SIGNS[kind]])
    if isinstance(operand, Array):
        return operand._replace(low=None, high=None, values=None)
    if _is_tensor(operand):
        return operand
    if operand is None or isinstance(operand, str | ListObject | DictObject):
        run.refuses(TypeError)
    return run.unknown("a sign before something that is no number", node)


_SIGNS: dict[type, str] = {cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}


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
    if kind in _EQUAL or kind in _IDENTICAL:
        sides = (left, right)
        if any(map(_is_builtin, sides)) and all(
            _is_builtin(each) or is_key(each) for each in sides
        ):
            return kind in _NEGATIVE
    return _compare(run, kind, run.operand(left), run.operand(right), node)


def _is_builtin(value: Value) -> bool:
    """Whether a value is a function or class of Python's own, which equals no constant."""
    return isinstance(value, Qualified) and value.path.removeprefix("builtins.") in _BUILTINS


_BUILTINS = frozenset(name for name, value in vars(builtins).items() if callable(value))


def _compare(run: Run, kind: type, left: Value, right: Value, node: cst.CSTNode) -> Value:
    if type(left) in _LONG or type(right) in _LONG:
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
        weigh(run, one, other)
        answer = dims.equal(one, other) if one is not None and other is not None else None
        return _symbolic_test(run, answer, ("==", left, right), node)
    if identity:
        return _identical(run, left, right, node)
    answer = equality.equal(run, left, right)
    return run.unknown("a comparison that is not followed", node) if answer is None else answer


def _identical(run: Run, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """`left is right`: values of different kinds, or with identity, are told apart."""
    if isinstance(left, Ref) or isinstance(right, Ref) or left is None or right is None:
        return left is right
    if isinstance(left, _ALONE) or isinstance(right, _ALONE):
        return left is right
    if type(left) is not type(right):
        return False
    if isinstance(left, int) and -5 <= left <= 256:
        return bool(left == right)
    # Whether two equal numbers or texts are one object is Python's own affair.
    different = is_key(left) and is_key(right) and left != right
    return False if different else run.unknown("a comparison of identities", node)


# What is itself and nothing else.
_ALONE = (bool, Function, type(...))


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
        weigh(run, one, other)
        if one is not None and other is not None:
            return _symbolic_test(run, _proved(symbol, one, other), (symbol, one, other), node)
    for side in (left, right):
        if isinstance(side, Unknown):
            return side.derive((symbol, key_of(left), key_of(right)), run.text(node))
    if isinstance(left, Instance) or isinstance(right, Instance):
        result = dunders.compared(run, symbol, left, right)
        if result is not dunders.NOT_IMPLEMENTED:
            return result
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        try:
            return bool(function(left, right))
        except TypeError as error:
            run.fails(TypeError, *error.args)
            return run.unknown("a comparison that raises", node)
    if _is_tensor(left) or _is_tensor(right):
        return _of_tensors(run, symbol, left, right, node)
    answer = equality.ordered(run, symbol, left, right)
    return run.unknown("a comparison that is not followed", node) if answer is None else answer


_PLAIN = (str, int, float, bytes)


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
    if isinstance(right, Instance):
        from flake8_paramcount.interpreter.classes import called, method_of

        if method_of(run, right.cls, "__contains__") is not None:
            return run.truth(called(run, right, "__contains__", left))
    if isinstance(right, DictObject | SetObject):
        if not is_hashable(run, left):
            return run.unknown("a membership that is not followed", node)
        return left in dict(present(run, right))
    if isinstance(right, ListObject) or type(right) is tuple:
        items = peek(run, right)
        if is_key(left) and (are_constants(items) or all(map(is_key, items))):
            return left in items
    return _found_among(run, left, steps(run, right), node)


def _found_among(run: Run, wanted: Value, items: Iterator[Value], node: cst.CSTNode) -> Value:
    """Whether one of the items is what is wanted, or equals it; no more of them are asked for."""
    sure = True
    for item in items:
        same = equality.equal(run, item, wanted)
        if same:
            return True
        sure = sure and same is False
    return False if sure else run.unknown("a membership that is not followed", node)


def augmented(run: Run, kind: type, target: Value, value: Value, node: cst.CSTNode) -> Value:
    """`target op= value`: a list changes in place, everything else gives a new value."""
    target = run.journal.resolve(target)
    symbol, _ = _BINARY[kind]
    if isinstance(target, Instance):
        result = run.attempt(lambda: dunders.in_place(run, symbol, target, value), run.text(node))
        if result is not dunders.NOT_IMPLEMENTED:
            return result
    if isinstance(target, ListObject) and kind is cst.AddAssign:
        extend(run, target, value)
        return target
    result = binary(run, kind, target, value, node)
    if isinstance(target, ListObject | DictObject | SetObject):
        run.attempt(lambda: _take_over(run, target, result))
        return target
    return result


def _take_over(run: Run, target: Ref, result: Value) -> None:
    """Give a container the contents of another."""
    result = run.journal.force(result)
    if isinstance(result, Ref):
        run.journal.replace(target, run.journal.read(result).copy())
    else:
        run.journal.replace(target, result)


def settle_arguments(arguments: Arguments) -> Arguments:
    """Raise for arguments that may be incomplete."""
    if not arguments.complete:
        raise Undetermined(Unknown("unpacked arguments", arguments.text, arguments.site))
    return arguments
