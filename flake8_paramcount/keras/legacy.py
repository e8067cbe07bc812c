"""Layers that only Keras 1 or 2 has."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.dims import Dim, equal, product
from flake8_paramcount.keras.activation import per_element
from flake8_paramcount.keras.convolution import Conv1D, Conv2D
from flake8_paramcount.keras.generations import DATA_FORMATS
from flake8_paramcount.keras.layer import (
    Built,
    Fault,
    Shape,
    Shapes,
    Weight,
    built,
    layer,
)
from flake8_paramcount.keras.merging import (
    broadcast,
    check_contracted,
    concatenated,
    contracted_axes,
    mismatch,
    tensors,
)
from flake8_paramcount.keras.shapes import (
    Image,
    Window,
    choice,
    flag,
    image,
    known,
    refuse,
    size,
    sizes,
    slide,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# fmt: off

# --- activations ---------------------------------------------------------------------------------


@layer(generations=(1, 2))
def ThresholdedReLU(x: Shape, theta: Any = 1.0) -> Built:
    """Lets through what is above a threshold."""
    return built(x)


@layer(generations=(1,))
def ParametricSoftplus(
    x: Shape, alpha_init: Any = 0.2, beta_init: Any = 5.0, weights: Any = None,
    shared_axes: Any = None,
) -> Built:
    """A softplus with two weights per element."""
    return built(x, [per_element(name, x.dims, shared_axes) for name in ("alpha", "beta")])


@layer(generations=(1,))
def SReLU(
    x: Shape, t_left_init: Any = "zero", a_left_init: Any = "glorot_uniform",
    t_right_init: Any = "glorot_uniform", a_right_init: Any = "one", shared_axes: Any = None,
) -> Built:
    """Three straight pieces, with four weights per element."""
    names = ("t_left", "a_left", "t_right", "a_right")
    return built(x, [per_element(name, x.dims, shared_axes) for name in names])


# --- dense ---------------------------------------------------------------------------------------


@layer(generations=(1, 2))
def MaxoutDense(
    x: Shape, output_dim: Any, nb_feature: Any = 4, init: Any = "glorot_uniform",
    weights: Any = None, W_regularizer: Any = None, b_regularizer: Any = None,
    activity_regularizer: Any = None, W_constraint: Any = None, b_constraint: Any = None,
    bias: Any = True, input_dim: Any = None,
) -> Built:
    """The greatest of several linear maps."""
    units, pieces = size(output_dim, "output_dim"), size(nb_feature, "nb_feature")
    batch, features = x.of_rank(2)
    kernel = Weight("W", (pieces, features, units))
    return built(Shape((batch, units)), [kernel, _bias("b", (pieces, units), bias)])


@layer(generations=(1, 2))
def Highway(
    x: Shape, init: Any = "glorot_uniform", activation: Any = None, weights: Any = None,
    W_regularizer: Any = None, b_regularizer: Any = None, activity_regularizer: Any = None,
    W_constraint: Any = None, b_constraint: Any = None, bias: Any = True, input_dim: Any = None,
) -> Built:
    """A linear map with a gate that lets the input past it."""
    _, features = x.of_rank(2)
    square = (features, features)
    biases = [_bias(name, (features,), bias) for name in ("b", "b_carry")]
    return built(x, [Weight("W", square), Weight("W_carry", square), *biases])


@layer(generations=(1,))
def TimeDistributedDense(
    x: Shape, output_dim: Any, init: Any = "glorot_uniform", activation: Any = None,
    weights: Any = None, W_regularizer: Any = None, b_regularizer: Any = None,
    activity_regularizer: Any = None, W_constraint: Any = None, b_constraint: Any = None,
    bias: Any = True, input_dim: Any = None, input_length: Any = None,
) -> Built:
    """A linear map of every time step."""
    units = size(output_dim, "output_dim")
    batch, steps, features = x.of_rank(3)
    kernel = Weight("W", (features, units))
    return built(Shape((batch, steps, units)), [kernel, _bias("b", (units,), bias)])


@layer(generations=(2,))
def RandomFourierFeatures(
    x: Shape, output_dim: Any, kernel_initializer: Any = "gaussian", scale: Any = None,
    trainable: Any = False, name: Any = None,
) -> Built:
    """Random features that stand for a kernel; only their scale may be learned."""
    units = size(output_dim, "output_dim")
    batch, features = x.of_rank(2)
    return built(Shape((batch, units)), [
        Weight("unscaled_kernel", (features, units), trainable=False),
        Weight("bias", (units,), trainable=False),
        Weight("kernel_scale", (1,), trainable=flag(trainable)),
    ])


@layer(generations=(2,))
def DenseFeatures(x: Shapes, feature_columns: Any, trainable: Any = True, name: Any = None) -> Built:  # noqa: E501
    """Feature columns as one tensor: nothing here says how wide it is."""
    raise Undetermined(Unknown("what feature columns make is not followed"))


# --- convolutions --------------------------------------------------------------------------------


@layer("AtrousConv1D", generations=(1, 2))
def AtrousConvolution1D(
    x: Shape, nb_filter: Any, filter_length: Any, init: Any = "glorot_uniform",
    activation: Any = None, weights: Any = None, border_mode: Any = "valid",
    subsample_length: Any = 1, atrous_rate: Any = 1, W_regularizer: Any = None,
    b_regularizer: Any = None, activity_regularizer: Any = None, W_constraint: Any = None,
    b_constraint: Any = None, bias: Any = True,
) -> Built:
    """A convolution with holes over a sequence."""
    return Conv1D(
        x, nb_filter, filter_length, strides=subsample_length, padding=border_mode,
        dilation_rate=atrous_rate, use_bias=bias,
    )


@layer("AtrousConv2D", generations=(1, 2))
def AtrousConvolution2D(
    x: Shape, nb_filter: Any, nb_row: Any, nb_col: Any, init: Any = "glorot_uniform",
    activation: Any = None, weights: Any = None, border_mode: Any = "valid",
    subsample: Any = (1, 1), atrous_rate: Any = (1, 1), dim_ordering: Any = "default",
    W_regularizer: Any = None, b_regularizer: Any = None, activity_regularizer: Any = None,
    W_constraint: Any = None, b_constraint: Any = None, bias: Any = True,
    *, data_format: Any = None,
) -> Built:
    """A convolution with holes over an image."""
    return Conv2D(
        x, nb_filter, (nb_row, nb_col), strides=subsample, padding=border_mode, use_bias=bias,
        dilation_rate=atrous_rate, data_format=ordering(dim_ordering, data_format),
    )


@layer(generations=(1, 2))
def Deconvolution2D(
    x: Shape, nb_filter: Any, nb_row: Any, nb_col: Any, output_shape: Any,
    init: Any = "glorot_uniform", activation: Any = None, weights: Any = None,
    border_mode: Any = "valid", subsample: Any = (1, 1), dim_ordering: Any = "default",
    W_regularizer: Any = None, b_regularizer: Any = None, activity_regularizer: Any = None,
    W_constraint: Any = None, b_constraint: Any = None, bias: Any = True,
    *, data_format: Any = None,
) -> Built:
    """A transposed convolution whose output shape is stated."""
    filters = size(nb_filter, "nb_filter")
    window = sizes((nb_row, nb_col), 2, "nb_row")
    x.of_rank(4)
    picture = image(x.dims, ordering(dim_ordering, data_format))
    stated = known(output_shape)
    if not isinstance(stated, (tuple, list)) or len(stated) != 4:
        refuse("output_shape", output_shape)
    kernel = Weight("W", (*window, filters, picture.channels))
    spatial = stated[picture.first_axis : picture.first_axis + 2]
    sides = [None if side is None else size(side, "output_shape") for side in spatial]
    output = picture.dims(spatial=sides, channels=filters)
    return built(Shape(output), [kernel, _bias("b", (filters,), bias)])


@layer(generations=(1, 2))
def LocallyConnected1D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    data_format: Any = None, activation: Any = None, use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None, implementation: Any = 1,
) -> Built:
    """A convolution over a sequence that shares no weights between places."""
    local = (filters, kernel_size, strides, padding, implementation)
    return locally_connected(x, 1, local, data_format, use_bias)


@layer(generations=(1, 2))
def LocallyConnected2D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = (1, 1), padding: Any = "valid",
    data_format: Any = None, activation: Any = None, use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None, implementation: Any = 1,
) -> Built:
    """A convolution over an image that shares no weights between places."""
    local = (filters, kernel_size, strides, padding, implementation)
    return locally_connected(x, 2, local, data_format, use_bias)


# --- recurrent -----------------------------------------------------------------------------------


@layer(generations=(1, 2))
def CuDNNGRU(
    x: Shape, units: Any, kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None, activity_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, return_sequences: Any = False, return_state: Any = False,
    go_backwards: Any = False, stateful: Any = False,
) -> Built:
    """A GRU on cuDNN: two biases per gate."""
    return cudnn(x, units, 3, return_sequences, flag(return_state))


@layer(generations=(1, 2))
def CuDNNLSTM(
    x: Shape, units: Any, kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    unit_forget_bias: Any = True, kernel_regularizer: Any = None,
    recurrent_regularizer: Any = None, bias_regularizer: Any = None,
    activity_regularizer: Any = None, kernel_constraint: Any = None,
    recurrent_constraint: Any = None, bias_constraint: Any = None,
    return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
    stateful: Any = False,
) -> Built:
    """An LSTM on cuDNN: two biases per gate."""
    return cudnn(x, units, 4, return_sequences, flag(return_state))


# --- merging, images -----------------------------------------------------------------------------


@layer(generations=(1,), many_inputs=True)
def Merge(
    x: Shapes, layers: Any = None, mode: Any = "sum", concat_axis: Any = -1, dot_axes: Any = -1,
    output_shape: Any = None, output_mask: Any = None, arguments: Any = None,
    node_indices: Any = None, tensor_indices: Any = None, name: Any = None,
) -> Built:
    """All merging of Keras 1. Weights of models in `layers` are theirs, not this layer's."""
    if isinstance(known(mode), str):
        choice(mode, "mode", (*ELEMENTWISE, "concat", "cos", "dot"))
    shapes = tensors(x)
    if mode in ELEMENTWISE:
        check_same(shapes)
        return built(broadcast(shapes))
    if mode == "concat":
        return built(Shape(concatenated(shapes, known(concat_axis))))
    if mode in ("dot", "cos"):
        return built(Shape(dotted(shapes, dot_axes)))
    raise Undetermined(Unknown("what a function as `mode` gives is not followed"))


@layer(generations=(2,))
def RandomHeight(
    x: Shape, factor: Any, interpolation: Any = "bilinear", seed: Any = None,
) -> Built:
    """Changes the height at random."""
    *rest, _height, width, channels = x.of_min_rank(3)
    return built(Shape((*rest, None, width, channels)))


@layer(generations=(2,))
def RandomWidth(
    x: Shape, factor: Any, interpolation: Any = "bilinear", seed: Any = None,
) -> Built:
    """Changes the width at random."""
    *rest, height, _width, channels = x.of_min_rank(3)
    return built(Shape((*rest, height, None, channels)))

# fmt: on

ELEMENTWISE = ("sum", "mul", "ave", "max")


def _bias(name: str, shape: tuple[Dim, ...], wanted: Any) -> Weight | None:
    return Weight(name, shape) if flag(wanted) else None


def ordering(dim_ordering: Any, data_format: Any) -> Any:
    """The data format that a `dim_ordering` of Keras 1 stands for."""
    if data_format is not None:
        return data_format
    return DATA_FORMATS[choice(dim_ordering, "dim_ordering", tuple(DATA_FORMATS))]


def locally_connected(
    x: Shape, rank: int, local: tuple[Any, ...], data_format: Any, use_bias: Any
) -> Built:
    """A convolution with a kernel for every place, stored in one of three ways."""
    filters, kernel_size, strides, padding, implementation = local
    depth = size(filters, "filters")
    kernel = sizes(kernel_size, rank, "kernel_size")
    steps = sizes(strides, rank, "strides")
    padding = choice(padding, "padding", ("valid", "same"), fold=True)
    choice(implementation, "implementation", (1, 2, 3))
    if padding == "same" and implementation == 1:
        refuse("padding", padding, "padding 'same' needs implementation 2 or 3")
    x.of_rank(rank + 2)
    picture = image(x.dims, data_format)
    places = slide(picture, Window(kernel, steps, padding, (1,) * rank))
    weight = Weight("kernel", local_kernel(picture, places, kernel, depth, local[-2:]))
    output = Shape(picture.dims(spatial=places, channels=depth))
    return built(output, [weight, _bias("bias", (*places, depth), use_bias)])


def local_kernel(
    picture: Image, places: tuple[Dim, ...], kernel: tuple[Any, ...], depth: Any, how: Any
) -> tuple[Dim, ...]:
    """A kernel's shape: one per place, or (implementation 2) from every input to every output."""
    padding, implementation = how
    if implementation == 2:
        return (*picture.spatial, picture.channels, *places, depth)
    if implementation == 3 and padding != "valid":
        raise Undetermined(Unknown("implementation 3 with padding 'same' is not followed"))
    return (product(places), product((*kernel, picture.channels)), depth)


def cudnn(x: Shape, units: Any, gates: int, return_sequences: Any, return_state: bool) -> Built:
    """A recurrent layer on cuDNN: its bias is twice as long as usual."""
    width = size(units, "units")
    sequences = flag(return_sequences)
    batch, steps, features = x.of_rank(3)
    output = Shape((batch, steps, width) if sequences else (batch, width))
    states = (Shape((batch, width)),) * (2 if gates == 4 else 1)
    return built(
        (output, *states) if return_state else output,
        [
            Weight("kernel", (features, width), gates=gates),
            Weight("recurrent_kernel", (width, width), gates=gates),
            Weight("bias", (width,), gates=2 * gates),
        ],
    )


def check_same(shapes: tuple[tuple[Dim, ...], ...]) -> None:
    """Keras 1 merges only tensors of one shape element by element."""
    first = shapes[0]
    for shape in shapes[1:]:
        pairs = zip(first, shape, strict=False)
        if len(shape) != len(first) or any(equal(a, b) is False for a, b in pairs):
            raise mismatch("the inputs have different shapes", shapes)


def dotted(shapes: tuple[tuple[Dim, ...], ...], axes: Any) -> tuple[Dim, ...]:
    """What a dot product of two tensors over one axis of each puts out."""
    if len(shapes) != 2:
        raise Fault("merge", f"expected 2 inputs, found {len(shapes)}", found=len(shapes))
    axes = known(axes)
    if isinstance(axes, (tuple, list)):
        axes = tuple(axis[0] if isinstance(axis, (tuple, list)) else axis for axis in axes)
    left, right = shapes
    first, second = contracted_axes(axes, left, right)
    check_contracted(left[first], right[second], shapes)
    rest = [dim for index, dim in enumerate(right) if index != second][1:]
    kept = [*(dim for index, dim in enumerate(left) if index != first), *rest]
    return tuple(kept if len(kept) != 1 else [*kept, 1])
