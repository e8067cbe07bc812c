"""Functions of `keras.ops` on symbolic tensors against the real Keras: the shapes they give."""

from __future__ import annotations

from typing import Any

import pytest

from flake8_paramcount.interpreter.tensors import tensors_in
from tests.interpreter.evaluated import evaluated

HEAD = """import keras, numpy as np
from keras import ops
x = keras.Input((6, 4))
y = keras.Input((6, 5))
v = keras.Input((4,))
one = keras.Input((1,))
image = keras.Input((8, 6, 3))
whole = keras.Input(batch_shape=(2, 6, 4))
free = keras.Input((None, 4))
w = np.ones((4, 7))
"""

FOLLOWED = """\
ops.abs(x)
ops.floor(x)
ops.log1p(x)
ops.logical_not(x)
ops.nan_to_num(x)
ops.tril(x)
ops.sort(x)
ops.hard_swish(x)
ops.log_sigmoid(x)
ops.convert_to_tensor(x)
ops.cumsum(x, axis=1)
ops.cumsum(x)
ops.cumprod(whole)
ops.cumsum(whole, 1)
ops.normalize(x)
ops.add(x, 1)
ops.add(one, np.ones(3))
ops.multiply(x, np.ones((6, 1)))
ops.multiply(x1=x, x2=np.ones((5, 6, 4)))
ops.logical_and(x, whole)
ops.not_equal(x, 0)
ops.where(x > 0, x, 0.0)
ops.arctan2(x, v)
ops.mean(x)
ops.mean(x, axis=1)
ops.mean(x, 1, True)
ops.sum(x, axis=(1, 2))
ops.amax(x, axis=-1, keepdims=True)
ops.argmax(x)
ops.argmax(x, axis=-1)
ops.argmin(x, axis=1, keepdims=True)
ops.median(x, axis=-1)
ops.norm(x)
ops.norm(x, axis=-1)
ops.norm(x, 2, 1, True)
ops.count_nonzero(x, axis=1)
ops.logsumexp(x, axis=-1)
ops.moments(x, axes=[1])
ops.moments(x, axes=[1], keepdims=True)
ops.concatenate([x, y], axis=-1)
ops.concatenate([x, free], axis=1)
ops.concatenate([whole, whole])
ops.concatenate([whole, np.ones((2, 6, 3))], axis=2)
ops.stack([x, x])
ops.stack([x, x, x], axis=-1)
ops.stack([whole, np.ones((2, 6, 4))], axis=1)
ops.vstack([whole, whole])
ops.hstack([whole, whole])
ops.append(whole, whole, axis=2)
ops.reshape(x, (-1, 24))
ops.reshape(x, (-1, 3, 8))
ops.reshape(whole, (-1, 8))
ops.reshape(whole, (2, -1))
ops.expand_dims(x, 1)
ops.expand_dims(x, -1)
ops.expand_dims(x, (1, 2))
ops.squeeze(one, axis=-1)
ops.squeeze(ops.expand_dims(x, 1), 1)
ops.transpose(x, (0, 2, 1))
ops.transpose(whole)
ops.swapaxes(x, 1, 2)
ops.moveaxis(x, 1, -1)
ops.moveaxis(image, [1, 2], [2, 1])
ops.moveaxis(image, (1, 3), (3, 0))
ops.flip(x, axis=1)
ops.roll(x, 2, axis=1)
ops.ravel(whole)
ops.repeat(x, 3, axis=1)
ops.repeat(whole, 3)
ops.tile(x, (1, 2, 3))
ops.tile(whole, 2)
ops.tile(x, [1, 1, 2])
ops.pad(x, [[0, 0], [1, 2], [0, 3]])
ops.pad(image, ((0, 0), (1, 1), (1, 1), (0, 0)))
ops.pad(whole, 1)
ops.broadcast_to(one, (5, 3))
ops.split(x, 2, axis=1)
ops.split(x, 2, axis=-1)
ops.split(x, [1, 4], axis=1)
ops.split(whole, 2)
ops.unstack(x, axis=1)
ops.unstack(whole)
ops.unstack(x, 4, -1)
ops.take(x, 2, axis=1)
ops.take(x, np.array([0, 1, 1]), axis=1)
ops.take(x, [0, 1], axis=-1)
ops.take(whole, [0, 1, 2])
ops.take_along_axis(x, x, axis=1)
ops.matmul(x, w)
ops.matmul(ops.transpose(y, (0, 2, 1)), x)
ops.matmul(ops.swapaxes(x, 1, 2), y)
ops.matmul(ops.expand_dims(x, 1), np.ones((3, 4, 2)))
ops.matmul(whole, np.ones((4,)))
ops.dot(v, w)
ops.dot(x, w)
ops.dot(x, np.ones((5, 4, 2)))
ops.tensordot(x, w, axes=1)
ops.tensordot(x, np.ones((6, 4, 3)), axes=2)
ops.tensordot(x, w, axes=[[2], [0]])
ops.einsum("abc,abd->acd", x, y)
ops.einsum("abc,cd->abd", x, w)
ops.einsum("btf->bt", x)
ops.einsum("bij,bij", whole, whole)
ops.einsum("...c,cd->...d", x, w)
ops.one_hot(ops.cast(v, "int32"), 9)
ops.one_hot(ops.cast(v, "int32"), 9, axis=1)
ops.top_k(x, 3)
ops.space_to_depth(image, 2)
ops.depth_to_space(ops.pad(image, [[0, 0], [0, 0], [0, 0], [0, 1]]), 2)
ops.glu(x)
ops.image.resize(image, (4, 5))
ops.image.resize(ops.transpose(image, (0, 3, 1, 2)), (4, 5), data_format="channels_first")
ops.image.rgb_to_grayscale(image)
ops.slice(whole, [0, 1, 1], [2, 3, 2])
ops.shape(x)[1:]
ops.image.extract_patches(image, 2)
ops.image.extract_patches(image, size=(4, 3))
x[:, 0]
x[:, -2:, ::2]
x[..., None]
x @ w
-x
x * v[:, None, :]
x ** 2 > 3
"""


def real(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(HEAD + source, names)
    return shapes_of(names["result"])


def shapes_of(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [shapes_of(item) for item in value]
    return tuple(value.shape) if hasattr(value, "shape") else value


def ours(source: str) -> Any:
    value = evaluated(HEAD + source)["result"]
    found = tensors_in(tuple(value) if isinstance(value, list) else value)
    if not found:
        return shapes_of(value)
    shapes = [tensor.shape.dims if tensor.shape.known else None for tensor in found]
    return shapes if isinstance(value, list | tuple) else shapes[0]


@pytest.mark.parametrize("expression", FOLLOWED.splitlines())
def test_shapes_like_keras(expression: str) -> None:
    assert ours(f"result = {expression}\n") == real(f"result = {expression}\n")
