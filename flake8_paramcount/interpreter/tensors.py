"""Symbolic tensors of the functional API, and the operations between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, ValuesView
from typing import Any

import libcst as cst

from flake8_paramcount.dims import Dim, equal
from flake8_paramcount.interpreter.natives import attribute, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    Choice,
    DictObject,
    ListObject,
    Value,
    are_constants,
)
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown


class Node:
    """One application of a layer, a model or an operation to tensors."""

    __slots__ = ("again", "flow", "inputs", "keeps", "layer", "site")

    def __init__(
        self,
        layer: Value,
        inputs: tuple[Tensor, ...],
        site: int,
        flow: Any,
        again: Callable[[tuple[Shape, ...]], Shape] | None = None,
        *,
        keeps: bool = False,
    ) -> None:
        self.layer = layer
        self.inputs = inputs
        self.site = site
        self.flow = flow
        # What an operation gives on other shapes, where that can be told.
        self.again = again
        # Whether an operation hands on the elements as they are.
        self.keeps = keeps


class Tensor:
    """A symbolic tensor: its shape, and the node that puts it out."""

    __slots__ = ("index", "node", "shape")

    def __init__(self, shape: Shape, node: Node, index: int = 0) -> None:
        self.shape = shape
        self.node = node
        self.index = index


def source_tensor(shape: Shape, site: int) -> Tensor:
    """A tensor of some shape that comes from nowhere: to see what becomes of it."""
    return Tensor(shape, Node(None, (), site, None))


def operation(
    run: Run,
    shape: Shape,
    inputs: tuple[Tensor, ...],
    again: Callable[[tuple[Shape, ...]], Shape] | None = None,
    *,
    keeps: bool = False,
) -> Tensor:
    """The tensor that an operation without weights gives."""
    return Tensor(shape, Node(None, inputs, run.site(run.statement), None, again, keeps=keeps))


def tensors_in(value: Value) -> list[Tensor]:
    """The tensors in a value, in order; choices inside it are not looked into."""
    found: list[Tensor] = []
    waiting = [value]
    # A list may hold itself, or another one many times over.
    met: set[int] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor):
            found.append(value)
        elif type(value) in (tuple, list):
            waiting.extend(() if are_constants(value) else reversed(value))
        elif isinstance(value, ListObject | DictObject) and id(value) not in met:
            met.add(id(value))
            waiting.append(_held(value))
    return found


def may_hold_tensors(value: Value) -> bool:
    """Whether a value has tensors in it, whichever way its choices are made."""
    waiting = [value]
    met: set[int] = set()
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor):
            return True
        if isinstance(value, dict):
            value = tuple(value.values())
        if type(value) in (tuple, list):
            waiting.extend(() if are_constants(value) else value)
        elif isinstance(value, Choice | ListObject | DictObject) and id(value) not in met:
            met.add(id(value))
            parts = (value.then, value.otherwise) if isinstance(value, Choice) else (value.state,)
            waiting.extend(parts)
    return False


def is_open(value: Value) -> bool:
    """Whether a list, tuple or dict has choices between tensors in it."""
    held = value.state if isinstance(value, ListObject | DictObject) else value
    if isinstance(held, Choice):
        return value is not held and may_hold_tensors(held)
    items = held.values() if isinstance(held, dict) else held
    if not isinstance(items, list | tuple | ValuesView):
        return False
    return any(isinstance(item, Choice) and may_hold_tensors(item) for item in items)


def chosen(run: Run, value: Value, depth: int = 3) -> Value:
    """A value with the choices between tensors in its lists made. Raises `NeedSplit`."""
    value = run.journal.resolve(value)
    if isinstance(value, Choice):
        return run.journal.force(value) if may_hold_tensors(value) else value
    if type(value) is tuple and depth:
        return tuple(chosen(run, item, depth - 1) for item in value)
    if not isinstance(value, ListObject | DictObject) or not depth or not may_hold_tensors(value):
        return value
    state = run.journal.read(value)
    if isinstance(state, dict):
        entries = {key: chosen(run, item, depth - 1) for key, item in state.items()}
        return value if _all_same(entries.values(), state.values()) else DictObject(entries)
    items = [chosen(run, item, depth - 1) for item in state]
    return value if _all_same(items, state) else ListObject(items)


def _all_same(one: Iterable[Value], other: Iterable[Value]) -> bool:
    return all(mine is theirs for mine, theirs in zip(one, other, strict=True))


def with_chosen(run: Run, arguments: Arguments) -> Arguments:
    """Arguments with the choices between tensors made. Raises `NeedSplit`."""
    return arguments._replace(
        args=tuple(chosen(run, value) for value in arguments.args),
        kwargs={name: chosen(run, value) for name, value in arguments.kwargs.items()},
    )


def _held(value: ListObject | DictObject) -> list[Value]:
    """What a container holds, where that is known."""
    if isinstance(value.state, dict):
        return list(value.state.values())
    return value.state if isinstance(value.state, list) else []


def sources(tensor: Tensor) -> list[Tensor]:
    """The tensors without a source of their own that a tensor comes from."""
    found: dict[int, Tensor] = {}
    work = [tensor]
    seen: set[int] = set()
    while work:
        each = work.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if not each.node.inputs:
            found.setdefault(id(each.node), each)
        work.extend(reversed(each.node.inputs))
    return list(found.values())


def tensor_binary(run: Run, symbol: str, left: Value, right: Value, node: cst.CSTNode) -> Value:
    """An operator between tensors: the broadcast of their shapes."""
    inputs = tuple(value for value in (left, right) if isinstance(value, Tensor))
    if symbol == "@":
        if not all(isinstance(value, Tensor | Array) for value in (left, right)):
            why = Unknown("a matrix product of tensors", run.text(node), run.site(node))
            return operation(run, Shape(why), inputs)
        product = _product_again((left.shape, right.shape))
        return operation(run, product, inputs, _product_again if len(inputs) == 2 else None)
    again = _broadcast_again if len(inputs) == 2 else _first_shape
    known = len(inputs) == 2 or isinstance(left if inputs[0] is right else right, int | float)
    shape = _broadcast_values(left, right)
    return operation(run, shape, inputs, again if known else None)


def _first_shape(shapes: tuple[Shape, ...]) -> Shape:
    return shapes[0]


def _broadcast_again(shapes: tuple[Shape, ...]) -> Shape:
    return broadcast(shapes[0], shapes[1])


def matrix_product(one: Sequence[Dim], other: Sequence[Dim]) -> tuple[Dim, ...]:
    """The shape of `one @ other`, batches broadcast. Raises `ValueError` where NumPy does."""
    if not one or not other:
        raise ValueError("a matrix product with a scalar")
    if equal(one[-1], other[-2] if len(other) > 1 else other[0]) is False:
        raise ValueError("a matrix product whose sizes do not fit")
    outer = broadcast(Shape(one[:-2]), Shape(other[:-2])).dims
    return (*outer, *one[-2:-1], *(other[-1:] if len(other) > 1 else ()))


def _product_again(shapes: tuple[Shape, ...]) -> Shape:
    try:
        return Shape(matrix_product(shapes[0].dims, shapes[-1].dims))
    except Undetermined as stop:
        return Shape(stop.unknown)
    except ValueError as error:
        return Shape(Unknown(str(error)))


def _broadcast_values(left: Value, right: Value) -> Shape:
    from flake8_paramcount.interpreter.operators import is_scalar

    shapes = []
    for value in (left, right):
        if isinstance(value, Tensor | Array):
            shapes.append(value.shape)
        elif not isinstance(value, int | float) and not is_scalar(value):
            return Shape(value if isinstance(value, Unknown) else Unknown("an operand of a tensor"))
    return broadcast(shapes[0], shapes[1]) if len(shapes) == 2 else shapes[0]


def broadcast(first: Shape, second: Shape) -> Shape:
    """The shape that two shapes broadcast to; unknown where that is not provable."""
    for shape in (first, second):
        if shape.why is not None:
            return Shape(shape.why)
    left, right = first.dims, second.dims
    width = max(len(left), len(right))
    padded = [(1,) * (width - len(dims)) + dims for dims in (left, right)]
    dims: list[Dim] = []
    for one, other in zip(*padded, strict=True):
        dim = _broadcast_dims(one, other)
        if isinstance(dim, Unknown):
            return Shape(dim)
        dims.append(dim)
    return Shape(dims)


def _broadcast_dims(one: Dim, other: Dim) -> Dim | Unknown:
    if one == 1 or other == 1:
        return other if one == 1 else one
    if one is None or other is None:
        return other if one is None else one
    if equal(one, other):
        return one
    return Unknown("shapes that do not provably broadcast")


@attribute(Tensor, "shape")
def tensor_shape(run: Run, tensor: Tensor) -> Value:
    return tensor.shape.dims


@attribute(Tensor, "dtype")
def tensor_dtype(run: Run, tensor: Tensor) -> Value:
    return Unknown("the dtype of a tensor", None, run.site(run.statement))


@method(Tensor, "get_shape")
def get_shape(run: Run, tensor: Tensor, arguments: Arguments) -> Value:
    return tensor.shape.dims


@attribute(tuple, "as_list")
def as_list_attribute(run: Run, shape: tuple[Value, ...]) -> Value:
    from flake8_paramcount.interpreter.values import ListObject, Native

    return Native("as_list", lambda arguments: ListObject(list(shape)))


@attribute(Tensor, "_keras_shape")
def keras_shape(run: Run, tensor: Tensor) -> Value:
    return tensor.shape.dims


@method(Tensor, "__getitem__")
def tensor_item(run: Run, tensor: Tensor, arguments: Arguments) -> Value:
    """Slicing a tensor: integers drop their axis, slices shorten it."""
    index = arguments.args[0]
    parts = index if type(index) is tuple else (index,)
    shape = sliced(tensor.shape, parts)
    return operation(run, shape, (tensor,), lambda shapes: sliced(shapes[0], parts), keeps=True)


def sliced(shape: Shape, parts: tuple[Value, ...]) -> Shape:
    """The shape of `x[parts]`; unknown where a bound is."""
    try:
        dims = list(shape.dims)
    except Undetermined as stop:
        return Shape(stop.unknown)
    if ... in parts:
        at = parts.index(...)
        used = sum(part is not None for part in parts) - 1
        fill = (slice(None),) * max(len(dims) - used, 0)
        parts = (*parts[:at], *fill, *parts[at + 1 :])
    result: list[Dim] = []
    for part in parts:
        if part is None:
            result.append(1)
        elif not dims:
            return Shape(Unknown("more indices than axes"))
        else:
            dim = dims.pop(0)
            if isinstance(part, slice):
                cut = _cut(dim, part)
                if isinstance(cut, Unknown):
                    return Shape(cut)
                result.append(cut)
            elif not isinstance(part, int):
                return Shape(Unknown("an index that is not known"))
    return Shape((*result, *dims))


def _cut(dim: Dim, part: slice) -> Dim | Unknown:
    if part == slice(None) or part == slice(None, None, -1):
        return dim
    if dim is None:
        return None
    bounds = (part.start, part.stop, part.step)
    if isinstance(dim, int) and all(isinstance(bound, int | None) for bound in bounds):
        return len(range(*part.indices(dim)))
    return Unknown("a slice that is not known")


Call = Callable[[Run, Any, Arguments], Value]
