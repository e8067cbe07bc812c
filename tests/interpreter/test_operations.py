"""Functions of TensorFlow and of `keras.backend` on symbolic tensors; shapes from their manuals."""

from __future__ import annotations

import pytest

from flake8_paramcount.interpreter.tensors import tensors_in
from tests.interpreter.evaluated import evaluated

HEAD = """import tensorflow as tf, numpy as np
from tensorflow import keras
from keras import backend as K
x = keras.Input((6, 4))
v = keras.Input((4,))
image = keras.Input((8, 6, 3))
"""


@pytest.mark.parametrize(
    ("expression", "shapes"),
    [
        ("tf.concat([x, x], axis=-1)", (None, 6, 8)),
        ("tf.concat([x, x], 1)", (None, 12, 4)),
        ("K.concatenate([x, x])", (None, 6, 8)),
        ("K.concatenate([x, x], axis=1)", (None, 12, 4)),
        ("tf.stack([v, v], axis=1)", (None, 2, 4)),
        ("tf.tile(x, multiples=[1, 2, 1])", (None, 12, 4)),
        ("K.tile(x, (1, 2, 1))", (None, 12, 4)),
        ("tf.repeat(x, repeats=2, axis=1)", (None, 12, 4)),
        ("K.repeat(v, 5)", (None, 5, 4)),
        ("K.repeat_elements(x, 3, axis=2)", (None, 6, 12)),
        ("tf.transpose(x, perm=[0, 2, 1])", (None, 4, 6)),
        ("K.permute_dimensions(x, (0, 2, 1))", (None, 4, 6)),
        ("tf.argmax(x, axis=-1)", (None, 6)),
        ("K.argmax(x)", (None, 6)),
        ("tf.argmax(x)", (6, 4)),
        ("tf.reduce_mean(x, axis=[1, 2])", (None,)),
        ("tf.reduce_sum(x, 1, keepdims=True)", (None, 1, 4)),
        ("tf.reduce_max(x, reduction_indices=[1])", (None, 4)),
        ("K.sum(x, axis=1, keepdims=True)", (None, 1, 4)),
        ("tf.math.reduce_std(x, axis=-1)", (None, 6)),
        ("tf.norm(x, axis=-1)", (None, 6)),
        ("tf.cumsum(x)", (None, 6, 4)),
        ("K.cumsum(x, axis=1)", (None, 6, 4)),
        ("tf.nn.l2_normalize(x, axis=-1)", (None, 6, 4)),
        ("tf.matmul(x, x, transpose_b=True)", (None, 6, 6)),
        ("tf.matmul(x, x, transpose_a=True)", (None, 4, 4)),
        ("K.dot(x, np.ones((4, 5)))", (None, 6, 5)),
        ("K.dot(x, np.ones((3, 4, 5)))", (None, 6, 3, 5)),
        ("K.batch_dot(x, x, axes=2)", (None, 6, 6)),
        ("K.batch_dot(x, x, axes=(1, 1))", (None, 4, 4)),
        ("K.batch_dot(v, v, axes=1)", (None, 1)),
        ("K.batch_dot(x, v)", (None, 6)),
        ("tf.einsum('bij,bkj->bik', x, x)", (None, 6, 6)),
        ("tf.gather(x, [0, 2, 4], axis=1)", (None, 3, 4)),
        ("tf.gather(x, [0, 2])", (2, 6, 4)),
        ("K.gather(x, [0, 2])", (2, 6, 4)),
        ("tf.pad(x, paddings=[[0, 0], [1, 1], [0, 0]])", (None, 8, 4)),
        ("tf.one_hot(tf.cast(v, tf.int32), depth=7)", (None, 4, 7)),
        ("tf.expand_dims(x, axis=1)", (None, 1, 6, 4)),
        ("K.expand_dims(x)", (None, 6, 4, 1)),
        ("tf.squeeze(tf.expand_dims(x, 1), axis=1)", (None, 6, 4)),
        ("tf.reshape(x, [-1, 24])", (None, 24)),
        ("tf.reshape(x, (tf.shape(x)[0], 24))", (None, 24)),
        ("tf.image.resize(image, [4, 5])", (None, 4, 5, 3)),
        ("tf.image.resize(images=image, size=(4, 5))", (None, 4, 5, 3)),
        ("tf.image.resize_with_pad(image, 4, 5)", (None, 4, 5, 3)),
        ("tf.image.rgb_to_grayscale(image)", (None, 8, 6, 1)),
        ("K.resize_images(image, 2, 3, 'channels_last')", (None, 16, 18, 3)),
        ("tf.nn.depth_to_space(tf.concat([image] * 4, -1), 2)", (None, 16, 12, 3)),
        ("tf.nn.space_to_depth(image, 2)", (None, 4, 3, 12)),
        ("tf.split(x, 2, axis=-1)", [(None, 6, 2)] * 2),
        ("tf.split(x, [1, 3], axis=-1)", [(None, 6, 1), (None, 6, 3)]),
        ("tf.unstack(x, axis=1)", [(None, 4)] * 6),
        ("tf.nn.moments(x, axes=[1])", [(None, 4)] * 2),
        ("tf.math.top_k(v, k=2)", [(None, 2)] * 2),
        ("tf.where(x > 0, x, 0.0)", (None, 6, 4)),
        ("tf.maximum(x, v[:, None])", (None, 6, 4)),
    ],
)
def test_shapes(expression: str, shapes: object) -> None:
    value = evaluated(f"{HEAD}result = {expression}\n")["result"]
    several = isinstance(value, list)
    found = [tensor.shape.dims for tensor in tensors_in(tuple(value) if several else value)]
    assert (found if several else found[0]) == shapes


@pytest.mark.parametrize(
    "expression",
    [
        "tf.image.resize(image, [4, 5], preserve_aspect_ratio=flag)",
        "tf.image.resize(image, [4, 5], preserve_aspect_ratio=True)",
        "tf.gather(x, [0, 2], batch_dims=1, axis=1)",
        "tf.linalg.normalize(x)",
        "tf.concat([x, data], axis=1)",
        "tf.math.something_new(x)",
        "tf.slice(x, [0, 0, 0], [-1, 2, 2])",
    ],
)
def test_what_is_not_followed_has_no_shape(expression: str) -> None:
    value = evaluated(f"{HEAD}result = {expression}\n")["result"]
    assert not any(tensor.shape.known for tensor in tensors_in(value))


def test_a_model_called_on_another_size_does_its_operations_again() -> None:
    source = f"""{HEAD}
free = keras.Input((None, 4))
inner = keras.Model(free, tf.transpose(tf.concat([free, free], axis=1), [0, 2, 1]))
result = inner(keras.Input((5, 4)))
"""
    assert evaluated(source)["result"].shape.dims == (None, 4, 10)
