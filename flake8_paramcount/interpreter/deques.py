"""`collections.deque`: a list with two ends, and perhaps a length that it keeps."""

from __future__ import annotations

from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.natives import attribute, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import Call, known, whole
from flake8_paramcount.interpreter.values import Arguments, ListObject, Value
from flake8_paramcount.unknown import Undetermined, Unknown


class DequeObject(ListObject):
    """A deque; what is more than `maxlen` falls off at the other end."""

    __slots__ = ("maxlen",)

    def __init__(self, state: list[Value], maxlen: int | None = None) -> None:
        super().__init__(state)
        self.maxlen = maxlen


@known("collections.deque")
def deque(call: Call, iterable: Value = (), maxlen: Value = None) -> Value:
    made = DequeObject([], None if maxlen is None else whole(maxlen))
    _put(call.run, made, list(iterate(call.run, iterable)))
    return made


def _put(run: Run, receiver: DequeObject, items: list[Value], *, left: bool = False) -> None:
    """Put items at an end, one after the other."""
    state = run.journal.write(receiver)
    state[:] = [*reversed(items), *state] if left else [*state, *items]
    if receiver.maxlen is not None and len(state) > receiver.maxlen:
        surplus = len(state) - receiver.maxlen
        state[:] = state[: receiver.maxlen] if left else state[surplus:]


@method(DequeObject, "append")
def append(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    _put(run, receiver, [arguments.args[0]])


@method(DequeObject, "extend", "__iadd__")
def extend(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    _put(run, receiver, list(iterate(run, arguments.args[0])))


@method(DequeObject, "appendleft")
def appendleft(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    _put(run, receiver, [arguments.args[0]], left=True)


@method(DequeObject, "extendleft")
def extendleft(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    _put(run, receiver, list(iterate(run, arguments.args[0])), left=True)


@method(DequeObject, "popleft")
def popleft(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    return _taken(run, receiver, 0)


@method(DequeObject, "pop")
def pop(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    return _taken(run, receiver, -1)


def _taken(run: Run, receiver: DequeObject, index: int) -> Value:
    state = run.journal.write(receiver)
    if not state:
        run.fails(IndexError, "pop from an empty deque")
        raise Undetermined(run.unknown("nothing is left in the deque"))
    return state.pop(index)


@method(DequeObject, "rotate")
def rotate(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    number = arguments.get(0, "n", 1)
    if not isinstance(number, int):
        raise Undetermined(number if isinstance(number, Unknown) else run.unknown("a rotation"))
    state = run.journal.write(receiver)
    turn = number % len(state) if state else 0
    state[:] = [*state[-turn:], *state[:-turn]] if turn else list(state)


@method(DequeObject, "copy", "__copy__")
def copy(run: Run, receiver: DequeObject, arguments: Arguments) -> Value:
    return DequeObject(list(run.journal.read(receiver)), receiver.maxlen)


@attribute(DequeObject, "maxlen")
def maxlen(run: Run, receiver: DequeObject) -> Value:
    return receiver.maxlen
