"""Operators on objects of the program: the methods that their classes define for them."""

from __future__ import annotations

from flake8_paramcount.interpreter import equality
from flake8_paramcount.interpreter.classes import called, lineage, method_of
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Instance, Qualified, Value
from flake8_paramcount.unknown import Unknown

NOT_IMPLEMENTED = Qualified("builtins.NotImplemented")
"""What a method gives that leaves the operation to the other operand."""

_NAMES = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "<<": "lshift",
    ">>": "rshift",
    "&": "and",
    "|": "or",
    "^": "xor",
    "@": "matmul",
}

_REFLECTED = {"<": "gt", "<=": "ge", ">": "lt", ">=": "le", "==": "eq", "!=": "ne"}
_COMPARED = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne"}

UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}


def binary(run: Run, symbol: str, left: Value, right: Value) -> Value:
    """`left symbol right` by a method of either; `NOT_IMPLEMENTED` where there is none."""
    name = _NAMES[symbol]
    return _either(run, left, right, f"__{name}__", f"__r{name}__")


def in_place(run: Run, symbol: str, left: Value, right: Value) -> Value:
    """`left symbol= right` by the method for that, if the class has one."""
    return _by(run, left, f"__i{_NAMES[symbol]}__", right)


def compared(run: Run, symbol: str, left: Value, right: Value) -> Value:
    """`left symbol right` for a comparison, by a method of either."""
    result = _either(run, left, right, f"__{_COMPARED[symbol]}__", f"__{_REFLECTED[symbol]}__")
    if result is NOT_IMPLEMENTED and symbol == "!=":
        equal = compared(run, "==", left, right)
        if equal is NOT_IMPLEMENTED:
            return equal
        return run.opposite(equal) if isinstance(equal, Unknown) else not run.truth(equal)
    if result is NOT_IMPLEMENTED and symbol in _BY_TOTAL_ORDERING:
        return _totally_ordered(run, symbol, left, right)
    return result


# How `functools.total_ordering` makes the comparisons out of `<` and `==`.
_BY_TOTAL_ORDERING = ("<=", ">", ">=")


def _totally_ordered(run: Run, symbol: str, left: Value, right: Value) -> Value:
    if not isinstance(left, Instance) or "__total__" not in left.cls.state:
        return NOT_IMPLEMENTED
    if method_of(run, left.cls, "__lt__") is None:
        return NOT_IMPLEMENTED
    less = run.truth(called(run, left, "__lt__", right))
    if symbol == ">=":
        return not less
    equal = equality.equal(run, left, right)
    if equal is None:
        return run.unknown("a comparison of objects")
    return less or equal if symbol == "<=" else not less and not equal


def _either(run: Run, left: Value, right: Value, name: str, reflected: str) -> Value:
    if isinstance(left, Unknown):
        return NOT_IMPLEMENTED
    ways = [(left, name, right), (right, reflected, left)]
    if isinstance(left, Instance) and isinstance(right, Instance) and _overrides(run, left, right):
        ways.reverse()
    for receiver, method, other in ways:
        result = _by(run, receiver, method, other)
        if result is not NOT_IMPLEMENTED:
            return result
    return NOT_IMPLEMENTED


def _overrides(run: Run, left: Instance, right: Instance) -> bool:
    """Whether the right operand is asked first: its class derives from the left one's."""
    return right.cls is not left.cls and left.cls in lineage(run, right.cls)


def _by(run: Run, receiver: Value, name: str, other: Value) -> Value:
    if not isinstance(receiver, Instance) or method_of(run, receiver.cls, name) is None:
        return NOT_IMPLEMENTED
    result = run.journal.resolve(called(run, receiver, name, other))
    return NOT_IMPLEMENTED if result == NOT_IMPLEMENTED else result
