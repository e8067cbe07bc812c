"""Arrays against the real NumPy: shapes, dtypes and ranges; and what must stay open."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.array_values import Labels
from flake8_paramcount.interpreter.values import Array
from flake8_paramcount.unknown import Unknown
from tests.interpreter.evaluated import evaluated, value_of

IMPORTS = "import numpy as np"

X = "np.arange(24).reshape(2, 3, 4)"

EXPRESSIONS = [
    "np.zeros((3, 4))",
    "np.ones(5)",
    "np.empty([2, 3])",
    "np.full((2, 2), 7)",
    "np.zeros_like(np.ones((2, 3)))",
    "np.eye(4)",
    "np.eye(3, 5)",
    "np.identity(3)",
    "np.array([1, 2, 3])",
    "np.array([[1, 2], [3, 4], [5, 6]])",
    "np.array([[1.5, 2], [3, 4]])",
    "np.array(((1, 2), (3, 4)), dtype='float32')",
    "np.array(5)",
    "np.array([])",
    "np.array([True, False])",
    "np.array(range(7))",
    "np.asarray([np.zeros(3), np.ones(3)])",
    "np.arange(10)",
    "np.arange(2, 10, 3)",
    "np.arange(0, 1, 0.1)",
    "np.arange(10, 0, -3)",
    "np.linspace(0, 1)",
    "np.linspace(0, 1, 11)",
    "np.linspace(0, 1, num=7, dtype='float32')",
    "np.random.rand(3, 2)",
    "np.random.randn(4)",
    "np.random.random((2, 2))",
    "np.random.normal(size=(3, 1))",
    "np.random.normal(0, 1, (3, 1))",
    "np.random.uniform(low=-1, high=1, size=(2, 5))",
    "np.random.randint(7, size=(50, 2))",
    "np.random.randint(3, 6, (50,))",
    "np.random.randint(0, 2, size=50, dtype='int32')",
    "np.random.choice(5, size=(40, 2))",
    "np.random.choice([2, 9], 40)",
    "np.random.permutation(6)",
    "np.random.permutation(np.zeros((6, 2)))",
    "np.random.binomial(4, 0.5, size=60)",
    "np.random.default_rng(0).integers(3, 9, size=(50, 2))",
    "np.random.default_rng(0).integers(3, endpoint=True, size=50)",
    "np.random.default_rng(0).random((2, 3))",
    "np.random.RandomState(7).rand(3)",
    f"{X}.reshape(6, 4)",
    f"{X}.reshape((4, -1))",
    f"{X}.reshape(-1)",
    f"{X}.reshape(-1, 2, 2, 3)",
    f"np.reshape({X}, (2, 12))",
    f"{X}.ravel()",
    f"{X}.flatten()",
    f"{X}.T",
    f"{X}.transpose()",
    f"{X}.transpose(1, 0, 2)",
    f"np.transpose({X}, (2, 0, 1))",
    f"np.swapaxes({X}, 0, 2)",
    f"np.moveaxis({X}, 0, -1)",
    f"np.expand_dims({X}, -1)",
    f"np.expand_dims({X}, axis=0)",
    f"np.expand_dims({X}, (0, 2))",
    "np.squeeze(np.zeros((1, 3, 1)))",
    "np.squeeze(np.zeros((1, 3, 1)), axis=0)",
    "np.zeros((3, 1)).squeeze()",
    f"np.concatenate([{X}, {X}])",
    f"np.concatenate(({X}, {X}), axis=-1)",
    f"np.concatenate([{X}, {X}], axis=None)",
    "np.append(np.zeros((2, 3)), np.ones((1, 3)), axis=0)",
    "np.append([1, 2], [3])",
    f"np.stack([{X}, {X}])",
    f"np.stack([{X}, {X}], axis=-1)",
    "np.vstack([[1, 2], [3, 4]])",
    "np.vstack((np.zeros((2, 3)), np.ones((4, 3))))",
    "np.hstack([[1, 2], [3]])",
    "np.hstack((np.zeros((2, 3)), np.ones((2, 4))))",
    "np.dstack((np.zeros((2, 3)), np.ones((2, 3))))",
    "np.column_stack(([1, 2], [3, 4]))",
    f"np.repeat({X}, 3)",
    f"np.repeat({X}, 3, axis=1)",
    f"np.tile({X}, 2)",
    f"np.tile({X}, (2, 1, 1, 3))",
    "np.pad(np.zeros((2, 3)), 2)",
    "np.pad(np.zeros((2, 3)), (1, 2), 'constant')",
    "np.pad(np.zeros((2, 3)), ((1, 0), (2, 2)), mode='constant')",
    "np.rot90(np.zeros((2, 3)))",
    "np.flip(np.zeros((2, 3)), 0)",
    "np.broadcast_to([1, 2], (3, 2))",
    "np.atleast_2d([1, 2])",
    "np.split(np.zeros((6, 2)), 3)[0]",
    f"{X}[0]",
    f"{X}[-1, 1:]",
    f"{X}[:, 0]",
    f"{X}[..., -1]",
    f"{X}[:1, ..., None]",
    f"{X}[None]",
    f"{X}[:, np.newaxis]",
    f"{X}[::-1]",
    f"{X}[:, ::2, 1:-1]",
    f"{X}[5:]",
    f"{X}[[0, 1, 0]]",
    f"{X}[:, [0, 2]]",
    f"{X}[np.array([1, 1])]",
    "np.array([1, 2, 3, 4])[1:3]",
    "np.array([1, 2, 3, 4])[-1]",
    "np.take(np.zeros((4, 5)), [1, 2], axis=1)",
    f"{X} + 1",
    f"{X} * 2",
    f"{X} - 30",
    f"{X} // 5",
    f"{X} / 255.",
    f"1 - {X}",
    f"{X} % 100",
    f"{X} + {X}",
    f"{X} * np.ones((3, 1))",
    f"{X} + np.arange(4)",
    f"np.greater({X}, 3)",
    f"{X} @ np.zeros((4, 5))",
    "np.arange(4) @ np.zeros((4, 5))",
    "np.dot(np.zeros((2, 3)), np.zeros((3, 4)))",
    "np.matmul(np.zeros((6, 2, 3)), np.zeros((3, 4)))",
    "np.arange(5).astype('float32')",
    "np.arange(5).astype(np.int32)",
    "np.arange(5).astype(float)",
    "np.arange(300).astype('uint8')",
    "np.random.randint(256, size=9).astype('uint8') + 1",
    "np.array([200, 100], dtype='uint8') * 2",
    f"np.sum({X}, axis=0)",
    f"{X}.sum(axis=(0, 2))",
    f"{X}.mean(axis=-1, keepdims=True)",
    f"np.mean({X}, axis=0)",
    f"np.argmax({X}, axis=-1)",
    f"{X}.argmax(axis=1)",
    f"{X}.max(axis=0)",
    f"np.exp({X})",
    f"np.sqrt({X})",
    f"np.where(np.greater({X}, 3), {X}, 0)",
    f"np.argsort({X})",
    "np.unique([3, 1, 3])",
    "np.clip(np.zeros((2, 3)), 0, 1)",
    "np.add([1, 2], [3, 4])",
    "np.array([3, 1, 2]).max()",
    "np.max([3, 9])",
    "np.min([3, 9])",
    "np.amax(np.array([2, 4]))",
    "np.sum([1, 2, 3])",
    "np.mean([1, 2])",
    "np.prod((3, 4, 5))",
    "np.prod(np.zeros((2, 3)).shape)",
    "np.array([2, 5]).prod()",
    "np.median(np.zeros((2, 3)), axis=0)",
    "np.ceil(7 / 2)",
    "int(np.ceil(np.log2(100)))",
    "np.sqrt(16)",
    "np.int32(7)",
    "np.shape([[1, 2]])",
    "np.ndim(np.zeros((2, 3)))",
    "np.zeros((2, 3)).size",
    "np.size(np.zeros((2, 3)))",
    "len(np.zeros((7, 2)))",
    "np.zeros((2, 3)).ndim",
    f"{X}.shape[1:]",
    "np.array([4, 5]).tolist()",
    "np.array([[1, 2], [3, 4]]).shape",
    "[row.shape for row in np.zeros((2, 3))]",
]


def agrees(found: Any, expected: Any) -> None:
    """Whatever is claimed of an array is true of the real one, and its shape is claimed."""
    if not isinstance(expected, np.ndarray):
        assert found == expected
        return
    assert isinstance(found, Array)
    assert found.shape.dims == expected.shape
    if found.dtype is not None:
        assert found.dtype == expected.dtype.name
    claims(found, expected)


def claims(found: Array, expected: np.ndarray[Any, Any]) -> None:
    """The range and the elements that are claimed are those of the real array."""
    if expected.size and isinstance(found.low, int) and isinstance(found.high, int):
        assert found.low <= expected.min() <= expected.max() <= found.high
    if found.values is not None:
        assert list(found.values) == expected.tolist()


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_arrays_are_what_numpy_makes(expression: str) -> None:
    agrees(value_of(expression, IMPORTS), eval(expression, {"np": np}))


REFUSED = [
    "np.zeros((2, 3)).reshape(4, 2)",
    "np.zeros((2, 3)).reshape(-1, -1)",
    "np.zeros((2, 3)).reshape(-1, 4)",
    "np.zeros((2, 3)) + np.zeros((2, 4))",
    "np.concatenate([np.zeros((2, 3)), np.zeros((2, 4))])",
    "np.concatenate([np.zeros((2, 3)), np.zeros(2)])",
    "np.stack([np.zeros(2), np.zeros(3)])",
    "np.zeros((2, 3))[5]",
    "np.zeros((2, 3))[0, 0, 0]",
    "np.zeros((2, 3)) @ np.zeros((2, 3))",
    "np.squeeze(np.zeros((2, 3)), axis=0)",
    "np.zeros((2, -3))",
    "np.array([[1, 2], [3]])",
    "np.zeros((2, 3)).transpose(0, 0)",
]


@pytest.mark.parametrize("expression", REFUSED)
def test_what_numpy_refuses_is_unknown(expression: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        eval(expression, {"np": np})
    assert isinstance(value_of(expression, IMPORTS), Unknown)


UNKNOWN = [
    "np.max(x)",
    "int(np.max(x)) + 1",
    "x.max()",
    "x.min()",
    "x[0, 0]",
    "x.any()",
    "(x > 3).all()",
    "np.random.randint(5)",
    "np.random.rand()",
    "np.load('x.npy')",
    "np.array(n)",
    "np.zeros(n)",
    "np.prod([10**9, 10**9, 10**9])",
    "np.unique(x, return_counts=True)",
    "np.zeros(n).shape",
]


@pytest.mark.parametrize("expression", UNKNOWN)
def test_what_depends_on_data_is_unknown(expression: str) -> None:
    before = f"{IMPORTS}\nx = np.random.randint(10000, size=(32, 10))"
    found = value_of(expression, before)
    assert isinstance(found, (Unknown, Poly))


def test_huge_arrays_cost_nothing() -> None:
    found = value_of("(np.zeros((10**9, 10**9)) + 1)[5:]", IMPORTS)
    assert found.shape.dims == (10**9 - 5, 10**9)


def test_sizes_may_be_symbols() -> None:
    source = f"""
{IMPORTS}
n = len(texts)
x = np.zeros((n, 28, 28))
y = x.reshape(n, 784)
z = x.reshape(-1, 784)
w = np.concatenate([x, x[:10]])
v = x[..., None]
u = np.zeros((n * 2, 3))[:n]
a = np.arange(n)
"""
    values = evaluated(source)
    n = values["n"]
    assert values["y"].shape.dims == (n, 784)
    assert values["z"].shape.dims == (n, 784)
    assert values["v"].shape.dims == (n, 28, 28, 1)
    assert values["w"].shape.dims == (n + dims.minimum(n, 10), 28, 28)
    assert values["u"].shape.dims == (n, 3)
    assert (values["a"].shape.dims, values["a"].high) == ((n,), n - 1)


def test_an_unknown_size_of_a_reshape_may_be_minus_one() -> None:
    source = f"{IMPORTS}\nsteps = config()\nx = np.zeros((6, 4)).reshape(steps, 2)\n"
    assert evaluated(source)["x"].shape.dims == (12, 2)


def test_a_reshape_says_something_of_data_that_is_not_known() -> None:
    found = value_of("np.reshape(load(), (-1, 28, 28, 1))", IMPORTS)
    assert found.shape.dims[1:] == (28, 28, 1)
    assert found.shape.dims[0].opaque


def test_unknown_indices_leave_the_other_axes() -> None:
    values = evaluated(
        f"{IMPORTS}\nx = np.zeros((100, 8))\na = x[:k]\nb = x[np.greater(x, 1)]\nc = x[i]\n"
    )
    assert values["a"].shape.dims[1] == 8
    assert dims.bounds(values["a"].shape.dims[0]) == (0, 100)
    assert values["b"].shape.rank == 1
    assert isinstance(values["c"], Unknown)


def test_a_range_that_can_wrap_around_is_not_claimed() -> None:
    values = evaluated(
        f"{IMPORTS}\na = np.random.randint(256, size=9).astype('uint8')\nb = a + 1\nc = a - 1\n"
    )
    assert values["a"].high == 255
    assert values["b"].high is None
    assert values["c"].low is None


def test_the_source_of_indices_stays_with_them() -> None:
    before = (
        f"{IMPORTS}\nfrom keras.datasets import imdb\n(x, _), _ = imdb.load_data(num_words=100)"
    )
    found = value_of("np.array(x)[:500]", before)
    assert (found.high, found.source) == (99, "imdb.load_data")


def test_only_whole_sets_of_labels_keep_every_class() -> None:
    before = f"{IMPORTS}\nfrom keras.datasets import mnist\n(_, y), _ = mnist.load_data()"
    for expression in ("y", "y[:]", "y.reshape(-1, 1)", "y.astype('int32')", "y[::-1]"):
        assert isinstance(value_of(expression, before), Labels)
    for expression in ("y[:1000]", "y + 1", "y[[0, 1]]", "y.repeat(2)", "np.tile(y, 2)[:60000]"):
        assert not isinstance(value_of(expression, before), Labels)
    assert value_of("len(np.unique(y))", before) == 10
    assert value_of("y.max() + 1", before) == 10
    assert isinstance(value_of("y[:100].max()", before), Unknown)


# --- programs ------------------------------------------------------------------------------------

SIZES = st.integers(1, 4)
STARTS = st.one_of(
    st.lists(SIZES, min_size=1, max_size=4).map(lambda s: f"np.zeros({tuple(s)})"),
    st.lists(SIZES, min_size=1, max_size=3).map(lambda s: f"np.random.randint(9, size={tuple(s)})"),
    st.integers(1, 12).map(lambda n: f"np.arange({n})"),
    st.lists(st.integers(-3, 3), min_size=1, max_size=5).map(lambda v: f"np.array({v})"),
)
INDICES = st.sampled_from(
    ["0", "-1", ":", "1:", ":-1", "::2", "::-1", "None", "...", "[0, 0]", "-2:", "3:1"]
)
AXES = st.integers(-2, 2)
WHOLE_STEPS = [
    *("x.T", "x.ravel()", "np.squeeze(x)", "x.astype('float32')", "x.astype('int64')"),
    *("np.vstack([x, x])", "np.hstack([x, x])", "np.pad(x, 1)", "x[x > 1]", "x > 2", "-x"),
    *("x[np.greater(x, 1)]", "np.unique(x)", "x + x", "x.astype('uint8')", "np.sort(x)"),
]
STEPS = st.one_of(
    st.lists(INDICES, min_size=1, max_size=3).map(lambda parts: f"x[{', '.join(parts)}]"),
    AXES.map(lambda axis: f"np.expand_dims(x, {axis})"),
    AXES.map(lambda axis: f"np.concatenate([x, x], axis={axis})"),
    AXES.map(lambda axis: f"np.stack([x, x, x], axis={axis})"),
    AXES.map(lambda axis: f"np.repeat(x, 2, axis={axis})"),
    AXES.map(lambda axis: f"x.sum(axis={axis})"),
    AXES.map(lambda axis: f"np.argmax(x, axis={axis})"),
    st.tuples(AXES, AXES).map(lambda axes: f"np.swapaxes(x, {axes[0]}, {axes[1]})"),
    st.tuples(SIZES, SIZES).map(lambda sizes: f"x.reshape(-1, {sizes[0]}, {sizes[1]})"),
    st.lists(SIZES, min_size=1, max_size=3).map(lambda reps: f"np.tile(x, {reps})"),
    st.lists(SIZES, min_size=1, max_size=3).map(lambda sizes: f"x + np.ones({tuple(sizes)})"),
    st.tuples(st.sampled_from("+ - * // %".split()), st.integers(-3, 30)).map(
        lambda pair: f"x {pair[0]} {pair[1]}"
    ),
    st.sampled_from(WHOLE_STEPS),
)


@settings(max_examples=300)
@given(STARTS, st.lists(STEPS, max_size=5))
def test_programs_of_array_operations(start: str, steps: list[str]) -> None:
    program = "\n".join([IMPORTS, f"x = {start}", *(f"x = {step}" for step in steps)])
    names: dict[str, Any] = {}
    try:
        with np.errstate(all="ignore"):
            exec(program, names)  # the test's own program, made above
    except (ValueError, IndexError, TypeError, ArithmeticError):
        evaluated(program)
        return
    found, expected = evaluated(program)["x"], names["x"]
    if isinstance(found, (int, float)):
        assert found == expected
    if not isinstance(found, Array):
        return
    assert found.shape.rank == expected.ndim
    for ours, theirs in zip(found.shape.dims, expected.shape, strict=True):
        lower, upper = dims.bounds(ours)
        assert lower is None or lower <= theirs
        assert upper is None or theirs <= upper
    if found.dtype is not None:
        assert found.dtype == expected.dtype.name
    claims(found, expected)


@pytest.mark.parametrize(
    ("call", "shape"),
    [
        ("tf.expand_dims(x, axis=-1)", (24, 1)),
        ("tf.reshape(x, [-1, 4])", (6, 4)),
        ("tf.cast(tf.convert_to_tensor(x), dtype=tf.float32)", (24,)),
        ("tf.concat([x, x], axis=0)", (48,)),
        ("tf.stack([x, x, x])", (3, 24)),
        ("tf.squeeze(tf.expand_dims(x, 0))", (24,)),
        ("tf.transpose(tf.tile(tf.reshape(x, (4, 6)), [1, 2]))", (12, 4)),
    ],
)
def test_functions_of_tensorflow_on_data(call: str, shape: tuple[int, ...]) -> None:
    found = value_of(call, "import tensorflow as tf\nx = tf.range(24)")
    assert found.shape.dims == shape
