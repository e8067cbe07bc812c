"""Functions of `keras.ops`, `keras.backend` and `tensorflow` on symbolic tensors.

None of them has weights; what matters is the shape of the result. To see it, an array of the same
shape stands for each tensor, and the function is evaluated as it is on data: `keras.ops` has the
names of NumPy. A function that is not listed gives a tensor of unknown shape that still depends on
its operands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flake8_paramcount.interpreter import image_shapes, natives, tensor_products  # noqa: F401
from flake8_paramcount.interpreter.claims import OUTPUT
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import Call
from flake8_paramcount.interpreter.tensor_shapes import SHAPES
from flake8_paramcount.interpreter.tensors import Tensor, operation, sources, tensors_in
from flake8_paramcount.interpreter.values import Arguments, Array, DictObject, ListObject, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

# What is known of a tensor, which is no tensor itself.
_FACTS: dict[str, Callable[[Tensor], Value]] = {
    "get_source_inputs": lambda tensor: ListObject(sources(tensor)),
    "int_shape": lambda tensor: tensor.shape.dims,
    "is_keras_tensor": lambda tensor: True,
    "ndim": lambda tensor: tensor.shape.rank,
    "shape": lambda tensor: tensor.shape.dims,
}

_SOURCE_MODULES = ("engine", "engine.network", "engine.topology", "utils", "utils.layer_utils")

_ROOTS = ("keras.ops.", "keras.backend.", "tensorflow.", "keras.activations.")

_PREPROCESSING = re.compile(r"keras[._]applications\.(\w+\.)?preprocess_input$")

# Functions whose result has the shape of their first operand.
_SAME = frozenset(
    "abs absolute arccos arccosh arcsin arcsinh arctan arctanh argsort cast cbrt ceil celu clip "
    "clip_by_value convert_to_tensor copy cos cosh dropout elu erf exp exp2 expm1 fliplr flip "
    "flipud floor full_like gelu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh identity "
    "isfinite isinf isnan l2_normalize leaky_relu log log10 log1p log2 log_sigmoid log_softmax "
    "logical_not nan_to_num negative ones_like preprocess_input real reciprocal relu relu6 "
    "reverse rint roll round rsqrt selu sigmoid sign silu sin sinh soft_shrink softmax softplus "
    "softsign sort sparse_plus sparse_sigmoid sparsemax sqrt square squareplus stop_gradient "
    "swish tan tanh tanh_shrink tril triu trunc zeros_like".split()
)
# Functions that hand on the elements of their tensors, and no others.
_KEEPS = frozenset(
    "cast identity stop_gradient reshape expand_dims squeeze transpose permute_dimensions "
    "batch_flatten flip reverse roll split".split()
)

# Other names that the libraries have for a function, and for its operands.
_NAMES = {
    "permute_dimensions": "transpose",
    "concat": "concatenate",
    "repeat_elements": "repeat",
    "truediv": "divide",
    "floordiv": "floor_divide",
    "pow": "power",
    "true_divide": "divide",
}
_OPERANDS: dict[str, Mapping[str, str]] = {
    "broadcast_to": {},
    "pad": {"paddings": "pad_width"},
    "repeat": {"rep": "repeats"},
    "tile": {"repeats": "reps", "multiples": "reps", "n": "reps"},
    "reshape": {"newshape": "shape"},
    "transpose": {"perm": "axes", "pattern": "axes"},
    "one_hot": {"depth": "num_classes"},
    "resize": {"images_size": "size"},
}
_REDUCING = {"reduction_indices": "axis", "keep_dims": "keepdims"}
_FIRST = (
    *("x", "xs", "input", "inputs", "tensor", "tensors", "values", "images", "params", "a"),
    *("input_tensor", "reference", "indices", "array", "value", "labels", "logits", "features"),
)

# What an argument is that is left out, where it is not what Keras 3 takes.
_DEFAULTS: dict[str, Mapping[str, Value]] = {
    "keras.backend.argmax": {"axis": -1},
    "keras.backend.argmin": {"axis": -1},
    "keras.backend.concatenate": {"axis": -1},
    "keras.backend.cumprod": {"axis": 0},
    "keras.backend.cumsum": {"axis": 0},
    "keras.backend.expand_dims": {"axis": -1},
    "tensorflow.argmax": {"axis": 0},
    "tensorflow.argmin": {"axis": 0},
    "tensorflow.cumsum": {"axis": 0},
    "tensorflow.expand_dims": {"axis": -1},
    "tensorflow.math.argmax": {"axis": 0},
    "tensorflow.math.argmin": {"axis": 0},
    "tensorflow.math.cumsum": {"axis": 0},
}


def tensor_function(run: Run, path: str, arguments: Arguments) -> Value:
    """What a function from outside gives on tensors; None if it is no tensor function."""
    if not path.startswith(_ROOTS) and not _PREPROCESSING.match(path):
        return None
    inputs = tuple(tensors_in((*arguments.args, *arguments.kwargs.values())))
    name = path.rpartition(".")[2]
    if name in _FACTS:
        return _FACTS[name](inputs[0])

    def shapes_for(shapes: tuple[Shape, ...]) -> Shape | list[Shape]:
        known = dict(zip(map(id, inputs), shapes, strict=True))
        return _shapes(run, path, _on_arrays(arguments, known))

    keeps = name in _KEEPS
    result = shapes_for(tuple(tensor.shape for tensor in inputs))
    if isinstance(result, Shape):
        return operation(run, result, inputs, lambda shapes: _one(shapes_for(shapes)), keeps=keeps)
    return ListObject(
        [
            operation(run, shape, inputs, _picked(shapes_for, index), keeps=keeps)
            for index, shape in enumerate(result)
        ]
    )


Shaping = Callable[[tuple[Shape, ...]], Shape | list[Shape]]


def _picked(shapes_for: Shaping, index: int) -> Callable[[tuple[Shape, ...]], Shape]:
    return lambda shapes: _one(shapes_for(shapes), index)


def _one(result: Shape | list[Shape], index: int | None = None) -> Shape:
    """The one shape that is asked for, if there are as many as there were."""
    if isinstance(result, Shape):
        return result if index is None or not result.known else Shape(Unknown("one of several"))
    if index is None or index >= len(result):
        return Shape(Unknown("a number of results that depends on sizes"))
    return result[index]


def _shapes(run: Run, path: str, arguments: Arguments) -> Shape | list[Shape]:
    """The shape or shapes that a function gives, with arrays in place of tensors."""
    name = path.rpartition(".")[2]
    why = Unknown(f"`{name}` is not followed", arguments.text, arguments.site, OUTPUT)
    try:
        result = _result(run, path, name, arguments)
    except Undetermined as stop:
        return Shape(stop.unknown)
    if isinstance(result, Unknown):
        return Shape(Unknown(result.reason, arguments.text, arguments.site, OUTPUT))
    return Shape(why) if result is None else _shapes_of(result, why)


def _result(run: Run, path: str, name: str, arguments: Arguments) -> Value:
    """What a function gives on arrays; None if it is not listed."""
    if name in _SAME:
        return _first_array(arguments)
    arguments = _normal(path, name, arguments)
    name = _NAMES.get(name, name).removeprefix("reduce_")
    body = SHAPES.get(path) or SHAPES.get(name)
    if body is not None:
        return Call(run, arguments, name).perform(body)
    native = natives.FUNCTIONS.get(f"numpy.{name}")
    return native(run, arguments) if native is not None else None


def _shapes_of(result: Value, why: Unknown) -> Shape | list[Shape]:
    if isinstance(result, Array):
        return result.shape
    if isinstance(result, int | float):
        return Shape(())
    items = result.state if isinstance(result, ListObject) else result
    if isinstance(items, list | tuple) and all(isinstance(item, Array) for item in items):
        return [item.shape for item in items]
    return Shape(why)


def _first_array(arguments: Arguments) -> Array:
    for value in (*arguments.args, *arguments.kwargs.values()):
        if isinstance(value, Array):
            return value
    raise TypeError("the tensors are inside something else")


def _normal(path: str, name: str, arguments: Arguments) -> Arguments:
    """The arguments under the names that they have in `keras.ops` or NumPy, defaults filled in."""
    own = _NAMES.get(name, name)
    names = {**_REDUCING, **_OPERANDS.get(own, {})}
    args, kwargs = arguments.args, dict(arguments.kwargs)
    for first in _FIRST:
        if not args and first in kwargs:
            args = (kwargs.pop(first),)
    kwargs.pop("name", None)
    kwargs = {names.get(key, key): value for key, value in kwargs.items()}
    for key, value in _DEFAULTS.get(path, {}).items():
        if len(args) < 2:
            kwargs.setdefault(key, value)
    if own == "transpose" and "axes" in kwargs:
        args = (*args, kwargs.pop("axes"))
    return arguments._replace(args=args, kwargs=kwargs)


def _on_arrays(arguments: Arguments, shapes: Mapping[int, Shape]) -> Arguments:
    """The arguments with an array of some shape in place of each tensor."""

    def stand_in(value: Value) -> Any:
        if isinstance(value, Tensor):
            return Array(shapes[id(value)], site=arguments.site)
        if type(value) is tuple:
            return tuple(map(stand_in, value))
        if isinstance(value, ListObject) and isinstance(value.state, list) and tensors_in(value):
            return tuple(map(stand_in, value.state))
        if isinstance(value, DictObject) and tensors_in(value):
            return Unknown("tensors in a dict", arguments.text, arguments.site)
        return value

    return arguments._replace(
        args=tuple(map(stand_in, arguments.args)),
        kwargs={name: stand_in(value) for name, value in arguments.kwargs.items()},
    )


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
