"""Functions of `keras.ops`, `keras.backend` and `tensorflow` on symbolic tensors.

None of them has weights; what matters is the shape of the result. A function that is not listed
gives a tensor of unknown shape that still depends on its operands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flake8_paramcount.dims import Dim, Poly, floordiv, product, total
from flake8_paramcount.interpreter.construct import shape_of
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import (
    Tensor,
    broadcast,
    matrix_product,
    operation,
    sources,
    tensors_in,
)
from flake8_paramcount.interpreter.values import Arguments, Array, ListObject, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

# What is known of a tensor, which is no tensor itself.
_FACTS: dict[str, Callable[[Tensor], Value]] = {
    "get_source_inputs": lambda tensor: ListObject(sources(tensor)),
    "int_shape": lambda tensor: tensor.shape.dims,
    "is_keras_tensor": lambda tensor: True,
    "shape": lambda tensor: tensor.shape.dims,
}

_SOURCE_MODULES = ("engine", "engine.network", "engine.topology", "utils", "utils.layer_utils")

_ROOTS = ("keras.ops.", "keras.backend.", "tensorflow.", "keras.activations.")

_PREPROCESSING = re.compile(r"keras[._]applications\.(\w+\.)?preprocess_input$")

_SAME = frozenset(
    "abs absolute cast clip clip_by_value cos cumsum dropout elu erf exp gelu hard_sigmoid "
    "identity l2_normalize leaky_relu log log_softmax negative normalize ones_like relu relu6 "
    "reverse round rsqrt selu sigmoid sign silu sin softmax softplus softsign sqrt square "
    "stop_gradient swish tanh zeros_like flip roll preprocess_input".split()
)
_BROADCAST = frozenset(
    "add divide equal floor_divide greater less maximum minimum mod multiply power pow subtract "
    "true_divide truediv where".split()
)
_REDUCE = frozenset(
    "all any argmax argmin count_nonzero logsumexp max mean min prod reduce_logsumexp reduce_max "
    "reduce_mean reduce_min reduce_prod reduce_std reduce_sum std sum var".split()
)
# Functions that hand on the elements of their one tensor.
_KEEPS = frozenset(
    "cast identity stop_gradient reshape expand_dims squeeze transpose permute_dimensions "
    "batch_flatten flip reverse roll".split()
)


def tensor_function(run: Run, path: str, arguments: Arguments) -> Value:
    """What a function from outside gives on tensors; None if it is no tensor function."""
    if not path.startswith(_ROOTS) and not _PREPROCESSING.match(path):
        return None
    inputs = tuple(tensors_in((*arguments.args, *arguments.kwargs.values())))
    name = path.rpartition(".")[2]
    if name in _FACTS:
        return _FACTS[name](inputs[0])
    try:
        result = _result(run, name, inputs, arguments)
    except Undetermined as stop:
        result = Shape(stop.unknown)
    except (IndexError, KeyError, TypeError, ValueError):
        result = Shape(Unknown(f"`{name}` is not followed", arguments.text, arguments.site))
    if isinstance(result, Shape):
        again = (lambda shapes: shapes[0]) if name in _SAME else None
        return operation(run, result, inputs, again, keeps=name in _KEEPS)
    return ListObject([operation(run, shape, inputs, keeps=True) for shape in result])


@function("keras.backend.is_keras_tensor", "keras.utils.is_keras_tensor")
def is_keras_tensor(run: Run, arguments: Arguments) -> Value:
    """Whether a value is a symbolic tensor."""
    value = arguments.get(0, "x")
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return isinstance(value, Tensor)


@function(*(f"keras.{module}.get_source_inputs" for module in _SOURCE_MODULES))
def get_source_inputs(run: Run, arguments: Arguments) -> Value:
    """The inputs that a tensor comes from."""
    value = arguments.get(0, "tensor")
    if not isinstance(value, Tensor):
        raise Undetermined(value if isinstance(value, Unknown) else Unknown("no tensor"))
    return ListObject(sources(value))


def _result(
    run: Run, name: str, inputs: tuple[Tensor, ...], arguments: Arguments
) -> Shape | list[Shape]:
    if name in _SAME:
        return inputs[0].shape
    if name in _BROADCAST:
        return _broadcast_all(arguments)
    if name in _REDUCE:
        return _reduced(run, inputs[0], arguments)
    function = _SHAPES.get(name)
    if function is None:
        raise Undetermined(Unknown(f"`{name}` is not followed", arguments.text, arguments.site))
    shapes: Shape | list[Shape] = function(run, inputs, arguments)
    return shapes


def _broadcast_all(arguments: Arguments) -> Shape:
    result: Shape | None = None
    for value in (*arguments.args, *arguments.kwargs.values()):
        if isinstance(value, Tensor | Array):
            result = value.shape if result is None else broadcast(result, value.shape)
        elif isinstance(value, Unknown):
            raise Undetermined(value)
    if result is None:
        raise Undetermined(Unknown("a function of tensors inside something else"))
    return result


def _axis(value: Value, rank: int) -> int:
    if not isinstance(value, int):
        raise Undetermined(value if isinstance(value, Unknown) else Unknown("an axis"))
    index = value + rank if value < 0 else value
    if not 0 <= index < rank:
        raise IndexError(value)
    return index


def _axes(run: Run, value: Value, rank: int) -> set[int]:
    if value is None:
        return set(range(rank))
    values = [value] if isinstance(value, int | Unknown) else list(iterate(run, value))
    return {_axis(item, rank) for item in values}


def _option(arguments: Arguments, index: int, *names: str, default: Value = None) -> Value:
    for name in names:
        if name in arguments.kwargs:
            return arguments.kwargs[name]
    return arguments.args[index] if index < len(arguments.args) else default


def _reduced(run: Run, x: Tensor, arguments: Arguments) -> Shape:
    dims = x.shape.dims
    axes = _axes(run, _option(arguments, 1, "axis", "reduction_indices"), len(dims))
    if run.truth(_option(arguments, 2, "keepdims", "keep_dims", default=False)):
        return Shape(1 if index in axes else dim for index, dim in enumerate(dims))
    return Shape(dim for index, dim in enumerate(dims) if index not in axes)


def _concatenated(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    rank = inputs[0].shape.rank
    axis = _axis(_option(arguments, 1, "axis", default=-1), rank)
    dims = list(inputs[0].shape.dims)
    dims[axis] = total(tensor.shape.dims[axis] for tensor in inputs)
    return Shape(dims)


def _stacked(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    dims = list(inputs[0].shape.dims)
    axis = _axis(_option(arguments, 1, "axis", default=0), len(dims) + 1)
    return Shape((*dims[:axis], len(inputs), *dims[axis:]))


def _reshaped(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    source = inputs[0].shape.dims
    target = list(shape_of(run, _unsigned(run, _option(arguments, 1, "shape", "newshape"))).dims)
    if target and target[0] is None and source and source[0] is None:
        # A leading -1 in front of a free batch is that batch, if the rest has the same size.
        rest, wanted = product(source[1:]), product(target[1:])
        if rest == wanted and rest is not None:
            return Shape((None, *target[1:]))
    if target.count(None) == 1 and None not in source:
        known = product(dim for dim in target if dim is not None)
        target[target.index(None)] = floordiv(product(source), known)
    return Shape(target)


def _unsigned(run: Run, shape: Value) -> Value:
    """A target shape with its -1 as a size that is free."""
    return tuple(
        None if (isinstance(item, int) and item < 0) or isinstance(item, Tensor) else item
        for item in (run.journal.force(part) for part in iterate(run, shape))
    )


def _expanded(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    dims = inputs[0].shape.dims
    axis = _axis(_option(arguments, 1, "axis", default=-1), len(dims) + 1)
    return Shape((*dims[:axis], 1, *dims[axis:]))


def _squeezed(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    dims = inputs[0].shape.dims
    axis = _option(arguments, 1, "axis")
    if axis is None:
        if any(not isinstance(dim, int) for dim in dims[1:]):
            raise Undetermined(Unknown("which axes have size 1"))
        return Shape(dim for dim in dims if dim != 1)
    axes = _axes(run, axis, len(dims))
    return Shape(dim for index, dim in enumerate(dims) if index not in axes)


def _transposed(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    dims = inputs[0].shape.dims
    order = _option(arguments, 1, "axes", "perm", "pattern")
    if order is None:
        return Shape(reversed(dims))
    return Shape(dims[_axis(item, len(dims))] for item in iterate(run, order))


def _flattened(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    dims = inputs[0].shape.dims
    return Shape((dims[0], product(dims[1:])))


def _multiplied(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    operands = [value for value in arguments.args if isinstance(value, Tensor | Array)]
    if len(operands) != 2 or any(
        run.truth(arguments.kwargs.get(name, False))
        for name in ("transpose_a", "transpose_b", "adjoint_a", "adjoint_b")
    ):
        raise Undetermined(Unknown("a matrix product that is not followed"))
    shape = matrix_product(operands[0], operands[1])
    if shape is None:
        raise Undetermined(Unknown("a matrix product that is not followed"))
    return shape


def _one_hot(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    depth = _option(arguments, 1, "depth", "num_classes")
    if not isinstance(depth, int | Poly):
        raise Undetermined(depth if isinstance(depth, Unknown) else Unknown("the depth"))
    return Shape((*inputs[0].shape.dims, depth))


def _largest(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> list[Shape]:
    """`top_k(x, k)`: the values, and where they stand."""
    count = _option(arguments, 1, "k", default=1)
    if not isinstance(count, int | Poly):
        raise Undetermined(count if isinstance(count, Unknown) else Unknown("the number of items"))
    return [Shape((*inputs[0].shape.dims[:-1], count))] * 2


def _to_depth(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    """`space_to_depth(x, block_size)`: blocks of an image become channels."""
    block = _option(arguments, 1, "block_size")
    if not isinstance(block, int) or _option(arguments, 2, "data_format", default="NHWC") != "NHWC":
        raise Undetermined(Unknown("blocks that are not followed", arguments.text, arguments.site))
    batch, height, width, channels = inputs[0].shape.dims
    sides = (None if side is None else floordiv(side, block) for side in (height, width))
    return Shape((batch, *sides, None if channels is None else channels * block * block))


def _resized(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    size = tuple(shape_of(run, _option(arguments, 1, "size", "images_size")).dims)
    dims: tuple[Dim, ...] = inputs[0].shape.dims
    return Shape((*dims[:-3], *size, dims[-1]))


def _split(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Any:
    parts = _option(arguments, 1, "num_or_size_splits", "indices_or_sections")
    dims = inputs[0].shape.dims
    axis = _axis(_option(arguments, 2, "axis", default=0), len(dims))
    if not isinstance(parts, int) or parts < 1:
        raise Undetermined(Unknown("a split that is not followed"))
    size = dims[axis] if dims[axis] is None else floordiv(dims[axis], parts)
    return [Shape((*dims[:axis], size, *dims[axis + 1 :])) for _ in range(parts)]


def _patched(run: Run, inputs: tuple[Tensor, ...], arguments: Arguments) -> Shape:
    """`extract_patches(images, size, …)` of Keras 3: patches side by side, each flattened."""
    size = run.journal.force(arguments.get(1, "size"))
    sizes = size if type(size) is tuple else (size, size)
    plain = len(arguments.args) <= 2 and arguments.kwargs.keys() <= {"images", "size"}
    batch, height, width, channels = inputs[0].shape.of_rank(4)
    if not plain or len(sizes) != 2 or not all(isinstance(each, int) for each in sizes):
        raise Undetermined(Unknown("patches", arguments.text, arguments.site))
    rows, columns = sizes
    area = product((rows, columns, channels))
    return Shape((batch, floordiv(height, rows), floordiv(width, columns), area))


_SHAPES: dict[str, Callable[[Run, tuple[Tensor, ...], Arguments], Any]] = {
    "concat": _concatenated,
    "concatenate": _concatenated,
    "stack": _stacked,
    "reshape": _reshaped,
    "expand_dims": _expanded,
    "squeeze": _squeezed,
    "transpose": _transposed,
    "permute_dimensions": _transposed,
    "batch_flatten": _flattened,
    "matmul": _multiplied,
    "dot": _multiplied,
    "one_hot": _one_hot,
    "resize": _resized,
    "space_to_depth": _to_depth,
    "top_k": _largest,
    "split": _split,
    "extract_patches": _patched,
}
