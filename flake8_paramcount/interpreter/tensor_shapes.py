"""What functions of Keras and TensorFlow give on tensors, where it is not what NumPy gives on data.

Each is written with the parameters that it has in `keras.ops`; an array of the same shape stands
for each tensor, and sizes may be free (`None`).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from flake8_paramcount.dims import Dim, Poly, floordiv, product
from flake8_paramcount.interpreter.array_shaping import axes_of, axis_of, merged
from flake8_paramcount.interpreter.array_values import as_array
from flake8_paramcount.interpreter.construct import shape_of
from flake8_paramcount.interpreter.signatures import Body, Call, extent, whole
from flake8_paramcount.interpreter.tensors import broadcast, matrix_product
from flake8_paramcount.interpreter.values import Array, ListObject, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

SHAPES: dict[str, Body] = {}
"""The functions by their last name, or by their whole path where libraries differ."""


def gives(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function that gives the sizes of one tensor, or lists of sizes of several."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        def on_arrays(call: Call, *args: Value, **kwargs: Value) -> Value:
            found = body(call, *args, **kwargs)
            if isinstance(found, list):
                return ListObject([Array(Shape(sizes), site=call.site) for sizes in found])
            return Array(Shape(found), site=call.site)

        SHAPES.update(dict.fromkeys(names, on_arrays))
        return body

    return register


def _sizes(call: Call, value: Value) -> tuple[Dim, ...]:
    return as_array(call, value).shape.dims


# --- element by element --------------------------------------------------------------------------


@gives(
    *"add arctan2 bitwise_and bitwise_or bitwise_xor divide divide_no_nan floor_divide floormod "
    "fmax fmin fmod greater greater_equal heaviside hypot less less_equal logaddexp logical_and "
    "logical_or logical_xor maximum minimum mod multiply not_equal power squared_difference "
    "subtract".split()
)
def element_by_element(call: Call, x1: Value, x2: Value) -> Any:
    return _broadcast(call, x1, x2)


@gives("tensorflow.where", "keras.ops.where", "keras.backend.switch", "keras.ops.numpy.where")
def where(call: Call, condition: Value, x1: Value, x2: Value) -> Any:
    return _broadcast(call, condition, x1, x2)


def _broadcast(call: Call, *values: Value) -> tuple[Dim, ...]:
    result = Shape(())
    for value in values:
        result = broadcast(result, as_array(call, value).shape)
    return result.dims


@gives("keras.ops.cumsum", "keras.ops.cumprod", "keras.ops.numpy.cumsum", "keras.ops.numpy.cumprod")
def cumulated(call: Call, x: Value, axis: Value = None, dtype: Value = None) -> Any:
    return (product(_sizes(call, x)),) if axis is None else _sizes(call, x)


@gives("cumsum", "cumprod")
def cumulated_along(call: Call, x: Value, axis: Value = 0, *rest: Value, **options: Value) -> Any:
    return _sizes(call, x)


@gives("keras.ops.normalize", "keras.ops.nn.normalize", "tensorflow.math.l2_normalize")
def normalize(call: Call, x: Value, axis: Value = -1, *rest: Value, **options: Value) -> Any:
    return _sizes(call, x)


@gives("take_along_axis")
def take_along_axis(call: Call, x: Value, indices: Value, axis: Value = None) -> Any:
    if axis is None:
        raise TypeError("indices into all elements")
    sizes, index = _sizes(call, x), axis_of(axis, len(_sizes(call, x)))
    found = _sizes(call, indices)
    pairs = zip(sizes, found, strict=True)
    return tuple(
        theirs if place == index else broadcast(Shape((mine,)), Shape((theirs,))).dims[0]
        for place, (mine, theirs) in enumerate(pairs)
    )


# --- reductions ----------------------------------------------------------------------------------


@gives(
    *"all any argmax argmin count_nonzero euclidean_norm logsumexp max amax mean median min amin "
    "nanmax nanmean nanmin nansum prod ptp std sum var variance".split()
)
def reduction(
    call: Call, x: Value, axis: Value = None, keepdims: Value = False, **options: Value
) -> Any:
    return _reduced(call, _sizes(call, x), axis, keepdims)


@gives("norm")
def norm(
    call: Call, x: Value, ord: Value = None, axis: Value = None, keepdims: Value = False
) -> Any:
    return _reduced(call, _sizes(call, x), axis, keepdims)


@gives("moments")
def moments(call: Call, x: Value, axes: Value, keepdims: Value = False, **options: Value) -> Any:
    return [_reduced(call, _sizes(call, x), axes, keepdims)] * 2


def _reduced(call: Call, sizes: Sequence[Dim], axis: Value, keepdims: Value) -> tuple[Dim, ...]:
    axes = range(len(sizes)) if axis is None else axes_of(call, axis, len(sizes))
    if call.truth(keepdims):
        return tuple(1 if index in axes else size for index, size in enumerate(sizes))
    return tuple(size for index, size in enumerate(sizes) if index not in axes)


# --- other sizes ---------------------------------------------------------------------------------


@gives("reshape")
def reshape(call: Call, x: Value, shape: Value) -> Any:
    source = _sizes(call, x)
    target = list(shape_of(call.run, _with_free(call, shape)).dims)
    if target and target[0] is None and source and source[0] is None:
        # A leading -1 in front of a free batch is that batch, if the rest has the same size.
        rest, wanted = product(source[1:]), product(target[1:])
        if rest == wanted and rest is not None:
            return (None, *target[1:])
    if target.count(None) == 1 and None not in source:
        known = product(size for size in target if size is not None)
        target[target.index(None)] = floordiv(product(source), known)
    return tuple(target)


def _with_free(call: Call, shape: Value) -> tuple[Value, ...]:
    """A target shape with its -1 as a size that is free."""
    return tuple(
        None if (isinstance(item, int) and item < 0) or isinstance(item, Array) else item
        for item in call.items(shape)
    )


@gives("squeeze")
def squeeze(call: Call, x: Value, axis: Value = None) -> Any:
    sizes = _sizes(call, x)
    if axis is not None:
        axes = axes_of(call, axis, len(sizes))
        return tuple(size for index, size in enumerate(sizes) if index not in axes)
    if any(not isinstance(size, int) for size in sizes[1:]):
        raise Undetermined(Unknown("which axes have size 1"))
    return tuple(size for size in sizes if size != 1)


@gives("batch_flatten")
def batch_flatten(call: Call, x: Value) -> Any:
    first, *rest = _sizes(call, x)
    return (first, product(rest))


@gives("keras.backend.repeat")
def repeat_vector(call: Call, x: Value, n: Value) -> Any:
    batch, features = _sizes(call, x)
    return (batch, extent(n), features)


@gives("split")
def split(call: Call, x: Value, indices_or_sections: Value, axis: Value = 0) -> Any:
    places = indices_or_sections
    cuts = None if isinstance(places, int | Poly | Unknown) else call.items(places)
    return _split(_sizes(call, x), axis, places if cuts is None else None, cuts)


@gives("tensorflow.split")
def split_into_sizes(
    call: Call, value: Value, num_or_size_splits: Value, axis: Value = 0, num: Value = None
) -> Any:
    parts = num_or_size_splits
    if isinstance(parts, int | Poly | Unknown):
        return _split(_sizes(call, value), axis, parts, None)
    sizes = list(_sizes(call, value))
    index = axis_of(axis, len(sizes))
    return [(*sizes[:index], extent(part), *sizes[index + 1 :]) for part in call.items(parts)]


def _split(sizes: Sequence[Dim], axis: Value, count: Value, cuts: list[Value] | None) -> Any:
    index = axis_of(axis, len(sizes))
    size = sizes[index]
    if cuts is None:
        parts: list[Dim] = [None if size is None else floordiv(size, whole(count))] * whole(count)
    else:
        ends = [0, *map(whole, cuts), whole(size)]
        if sorted(ends) != ends:
            raise ValueError("cuts that are not in order")
        parts = [end - start for start, end in itertools.pairwise(ends)]
    return [(*sizes[:index], part, *sizes[index + 1 :]) for part in parts]


@gives("unstack")
def unstack(call: Call, x: Value, num: Value = None, axis: Value = 0) -> Any:
    sizes = _sizes(call, x)
    index = axis_of(axis, len(sizes))
    count = whole(sizes[index] if num is None else num)
    return [(*sizes[:index], *sizes[index + 1 :])] * count


@gives("take")
def take(call: Call, x: Value, indices: Value, axis: Value = None) -> Any:
    sizes, chosen = _sizes(call, x), _sizes(call, indices)
    if axis is None:
        return chosen
    index = axis_of(axis, len(sizes))
    return (*sizes[:index], *chosen, *sizes[index + 1 :])


@gives("gather")
def gather(call: Call, params: Value, indices: Value, *, axis: Value = 0) -> Any:
    return take(call, params, indices, axis)


@gives("slice")
def slice_(call: Call, x: Value, start_indices: Value, shape: Value) -> Any:
    wanted = [whole(size) for size in call.items(shape)]
    if -1 in wanted:
        raise TypeError("a slice up to the end")
    return tuple(wanted)


@gives("one_hot")
def one_hot(call: Call, x: Value, num_classes: Value, axis: Value = -1, **options: Value) -> Any:
    sizes = list(_sizes(call, x))
    sizes.insert(axis_of(axis, len(sizes) + 1), extent(num_classes))
    return tuple(sizes)


@gives("top_k")
def top_k(call: Call, x: Value, k: Value = 1, sorted: Value = True) -> Any:
    return [(*_sizes(call, x)[:-1], extent(k))] * 2


@gives("glu")
def glu(call: Call, x: Value, axis: Value = -1) -> Any:
    sizes = list(_sizes(call, x))
    index = axis_of(axis, len(sizes))
    sizes[index] = None if sizes[index] is None else floordiv(sizes[index], 2)
    return tuple(sizes)


# --- products ------------------------------------------------------------------------------------


@gives("matmul")
def matmul(
    call: Call,
    x1: Value,
    x2: Value,
    transpose_a: Value = False,
    transpose_b: Value = False,
    adjoint_a: Value = False,
    adjoint_b: Value = False,
) -> Any:
    one = _turned(call, x1, transpose_a, adjoint_a)
    other = _turned(call, x2, transpose_b, adjoint_b)
    return matrix_product(one, other)


def _turned(call: Call, value: Value, *turns: Value) -> tuple[Dim, ...]:
    sizes = _sizes(call, value)
    return (*sizes[:-2], *reversed(sizes[-2:])) if any(map(call.truth, turns)) else sizes


@gives("dot")
def dot(call: Call, x1: Value, x2: Value) -> Any:
    """As NumPy's: the last axis of one with the last but one of the other, all others kept."""
    one, other = _sizes(call, x1), _sizes(call, x2)
    if not one or not other:
        return one or other
    return (*one[:-1], *other[:-2], *(other[-1:] if len(other) > 1 else ()))


@gives("tensordot")
def tensordot(call: Call, x1: Value, x2: Value, axes: Value = 2) -> Any:
    one, other = _sizes(call, x1), _sizes(call, x2)
    if isinstance(axes, int):
        if not 0 <= axes <= min(len(one), len(other)):
            raise ValueError("axes that are not there")
        return (*one[: len(one) - axes], *other[axes:])
    first, second = (axes_of(call, item, r) for item, r in zip_ranks(call, axes, one, other))
    return (
        *(size for index, size in enumerate(one) if index not in first),
        *(size for index, size in enumerate(other) if index not in second),
    )


def zip_ranks(call: Call, axes: Value, one: Sequence[Dim], other: Sequence[Dim]) -> Any:
    """The axes of each of two operands beside its rank."""
    return zip(call.items(axes), (len(one), len(other)), strict=True)


@gives("batch_dot")
def batch_dot(call: Call, x: Value, y: Value, axes: Value = None) -> Any:
    one, other = list(_sizes(call, x)), list(_sizes(call, y))
    if axes is None:
        axes = (len(one) - 1, max(len(other) - 2, 1))
    pair = (axes, axes) if isinstance(axes, int) else call.items(axes)
    places = [axis_of(axis, r) for axis, r in zip(pair, (len(one), len(other)), strict=True)]
    if 0 in places:
        raise ValueError("the batch is not summed over")
    del one[places[0]], other[places[1]]
    result = (*one, *other[1:])
    return result if len(result) > 1 else (*result, 1)


@gives("einsum")
def einsum(call: Call, subscripts: Value, *operands: Value, **options: Value) -> Any:
    """The sizes of the letters behind the arrow, or of those that occur once."""
    if not isinstance(subscripts, str) or options:
        raise TypeError("subscripts that are not known")
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    found: dict[str, list[Dim]] = {}
    outer = Shape(())
    for term, operand in zip(terms, operands, strict=True):
        letters, ellipsis = _letters(term, _sizes(call, operand))
        outer = broadcast(outer, Shape(ellipsis))
        for letter, size in letters:
            found.setdefault(letter, []).append(size)
    if not arrow:
        once = sorted(letter for letter in found if left.count(letter) == 1)
        right = ("..." if "..." in left else "") + "".join(once)
    before, dots, after = right.partition("...")
    middle = outer.dims if dots else ()
    return tuple(
        size if part is None else merged([s for s in found[part] if s != 1] or [1])
        for part, size in (
            *((letter, None) for letter in before),
            *((None, size) for size in middle),
            *((letter, None) for letter in after),
        )
    )


def _letters(term: str, sizes: Sequence[Dim]) -> tuple[list[tuple[str, Dim]], tuple[Dim, ...]]:
    """The letters of an operand with their sizes, and the sizes that its ellipsis stands for."""
    before, dots, after = term.partition("...")
    hidden = len(sizes) - len(before) - len(after)
    if hidden < 0 or (hidden and not dots):
        raise ValueError("subscripts for another rank")
    inner = (*sizes[: len(before)], *sizes[len(before) + hidden :])
    pairs = list(zip(before + after, inner, strict=True))
    return pairs, tuple(sizes[len(before) : len(before) + hidden])


# --- images --------------------------------------------------------------------------------------


def _is_last(call: Call, data_format: Value) -> bool:
    """Whether channels come last, where nothing is said by the session's setting."""
    if data_format is None:
        data_format = call.settle(call.run.session.state["image_data_format"])
    if data_format not in ("channels_last", "channels_first", "NHWC", "NCHW"):
        raise TypeError("an order of axes that is not known")
    return data_format in ("channels_last", "NHWC")


def _resized(call: Call, x: Value, size: tuple[Dim, ...], data_format: Value) -> tuple[Dim, ...]:
    sizes = _sizes(call, x)
    if len(sizes) not in (3, 4):
        raise ValueError("no images")
    if _is_last(call, data_format):
        return (*sizes[:-3], *size, sizes[-1])
    return (*sizes[:-2], *size)


def _size(call: Call, size: Value) -> tuple[Dim, ...]:
    return tuple(shape_of(call.run, size).dims)


@gives("keras.ops.image.resize")
def resize(
    call: Call,
    images: Value,
    size: Value,
    interpolation: Value = "bilinear",
    antialias: Value = False,
    crop_to_aspect_ratio: Value = False,
    pad_to_aspect_ratio: Value = False,
    fill_mode: Value = "constant",
    fill_value: Value = 0.0,
    data_format: Value = None,
) -> Any:
    return _resized(call, images, _size(call, size), data_format)


@gives("resize", "resize_bilinear", "resize_nearest_neighbor", "resize_bicubic", "resize_images")
def resize_with_tensorflow(
    call: Call,
    images: Value,
    size: Value,
    method: Value = None,
    preserve_aspect_ratio: Value = False,
    **options: Value,
) -> Any:
    if call.truth(preserve_aspect_ratio):
        raise TypeError("a size that depends on the image")
    return _resized(call, images, _size(call, size), "channels_last")


@gives("resize_with_pad", "resize_with_crop_or_pad")
def resize_to(call: Call, image: Value, height: Value, width: Value, *rest: Value) -> Any:
    return _resized(call, image, (extent(height), extent(width)), "channels_last")


@gives("keras.backend.resize_images")
def resize_by_factors(
    call: Call,
    x: Value,
    height_factor: Value,
    width_factor: Value,
    data_format: Value = None,
    interpolation: Value = "nearest",
) -> Any:
    sides = _sizes(call, x)[1:3] if _is_last(call, data_format) else _sizes(call, x)[2:4]
    factors = (extent(height_factor), extent(width_factor))
    return _resized(call, x, tuple(map(product, zip(sides, factors, strict=True))), data_format)


@gives("rgb_to_grayscale")
def rgb_to_grayscale(call: Call, images: Value, data_format: Value = "channels_last") -> Any:
    sizes = _sizes(call, images)
    return (*sizes[:-1], 1) if _is_last(call, data_format) else (*sizes[:-3], 1, *sizes[-2:])


@gives("space_to_depth")
def space_to_depth(
    call: Call, x: Value, block_size: Value, data_format: Value = "channels_last"
) -> Any:
    """Blocks of an image become channels."""
    batch, height, width, channels = _images(call, x, data_format)
    block = whole(block_size)
    sides = (None if side is None else floordiv(side, block) for side in (height, width))
    return (batch, *sides, product((channels, block * block)))


@gives("depth_to_space")
def depth_to_space(
    call: Call, x: Value, block_size: Value, data_format: Value = "channels_last"
) -> Any:
    """Channels become blocks of an image."""
    batch, height, width, channels = _images(call, x, data_format)
    block = whole(block_size)
    depth = None if channels is None else floordiv(channels, block * block)
    return (batch, product((height, block)), product((width, block)), depth)


def _images(call: Call, x: Value, data_format: Value) -> tuple[Dim, ...]:
    sizes = _sizes(call, x)
    if len(sizes) != 4 or not _is_last(call, data_format):
        raise TypeError("images that are not followed")
    return sizes


@gives("keras.ops.image.extract_patches", "keras.ops.extract_patches")
def extract_patches(call: Call, images: Value, size: Value) -> Any:
    """Patches side by side, each flattened."""
    batch, height, width, channels = _images(call, images, None)
    rows, columns = (size, size) if isinstance(size, int) else map(whole, call.items(size))
    area = product((rows, columns, channels))
    return (batch, floordiv(height, rows), floordiv(width, columns), area)
