"""Arrays that NumPy makes from sizes, numbers, lists or random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.array_values import (
    MAX_VALUES,
    as_array,
    dtype_name,
    fitting,
    is_integer,
    not_negative,
    rearranged,
)
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import (
    Call,
    certain,
    extent,
    given,
    known,
    known_method,
    number,
    whole,
)
from flake8_paramcount.interpreter.values import Arguments, Array, ListObject, Ref, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

_NUMPY = ("numpy", "jax.numpy", "keras.ops", "keras.backend", "tensorflow", "cupy")


def everywhere(name: str) -> list[str]:
    """The paths of a function that the array libraries share."""
    return [f"{package}.{name}" for package in _NUMPY]


def sizes(call: Call, shape: Value) -> tuple[Dim, ...]:
    """A shape argument: one size, or several."""
    if isinstance(shape, Unknown):
        raise Undetermined(shape)
    if isinstance(shape, Poly):
        return (certain(shape),)
    if isinstance(shape, int):
        return (extent(shape),)
    # A size that a tensor leaves free stays so.
    found = tuple(None if size is None else extent(size) for size in call.items(shape))
    if any(isinstance(size, int) and size < 0 for size in found):
        raise ValueError("a negative size")
    return found


def made(
    call: Call, shape: Sequence[Dim], dtype: str | None, low: Dim = None, high: Dim = None
) -> Array:
    """A fresh array."""
    return Array(Shape(shape), dtype, low, high, None, call.site)


@known(*everywhere("zeros"), *everywhere("ones"), "numpy.empty", "keras.ops.empty")
def zeros(call: Call, shape: Value, dtype: Value = None, *rest: Value, **options: Value) -> Value:
    """Made to be filled, so that nothing is said of the range."""
    return made(call, sizes(call, shape), dtype_name(dtype))


@known(*everywhere("full"))
def full(
    call: Call, shape: Value, fill_value: Value, dtype: Value = None, *rest: Value, **options: Value
) -> Value:
    return made(call, sizes(call, shape), dtype_name(dtype))


@known(*(path for name in ("zeros_like", "ones_like", "empty_like") for path in everywhere(name)))
def zeros_like(call: Call, a: Value, dtype: Value = None, *rest: Value, **options: Value) -> Value:
    array = as_array(call, a)
    return Array(array.shape, dtype_name(dtype) if given(dtype) else array.dtype, site=call.site)


@known("numpy.full_like")
def full_like(call: Call, a: Value, fill_value: Value, *rest: Value, **options: Value) -> Value:
    return Array(as_array(call, a).shape, site=call.site)


@known("numpy.eye", "numpy.identity", "jax.numpy.eye", "keras.ops.eye", "tensorflow.eye")
def eye(call: Call, N: Value, M: Value = None, *rest: Value, **options: Value) -> Value:
    rows = extent(N)
    columns = rows if not given(M) else extent(M)
    return made(call, (rows, columns), dtype_name(options.get("dtype", "float64")))


@known("numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray")
@known("jax.numpy.array", "jax.numpy.asarray")
@known("tensorflow.constant", "tensorflow.convert_to_tensor")
def array(call: Call, value: Value, dtype: Value = None, *rest: Value, **options: Value) -> Value:
    result = as_array(call, value)
    if given(options.get("ndmin")) or (result.dtype == "object" and not isinstance(value, Array)):
        raise TypeError("an array of lists of several lengths")
    return cast(result, dtype) if given(dtype) else result


def cast(array: Array, dtype: Value) -> Array:
    """An array with another dtype: integers that fit keep their range and values."""
    name = dtype_name(dtype)
    if name is None or not array.shape.known:
        return array._replace(dtype=name, values=None)
    if name.startswith("float") and (is_integer(array.dtype) or array.dtype == "bool"):
        # Indices are fed as floats, too: the range stays that of whole numbers.
        return rearranged(array, array.shape.dims, dtype=name, values=array.values)
    low, high = fitting(name, array.low, array.high)
    if low is None or array.low is None:
        return Array(array.shape, name, None, None, None, array.site)
    return rearranged(array, array.shape.dims, dtype=name, low=low, high=high, values=array.values)


@known("tensorflow.cast", "keras.ops.cast")
def cast_function(call: Call, x: Value, dtype: Value, *rest: Value, **options: Value) -> Value:
    return cast(as_array(call, x), dtype)


@known_method(Array, "astype")
def astype(call: Call, receiver: Array, dtype: Value, *rest: Value, **options: Value) -> Value:
    return cast(receiver, dtype)


@known("numpy.arange", "jax.numpy.arange", "keras.ops.arange", "tensorflow.range")
def arange(call: Call, *bounds: Value, dtype: Value = None, **options: Value) -> Value:
    numbers = [call.settle(bound) for bound in (*bounds, *options.values())]
    if None in numbers:
        # A bound that is a size which a tensor leaves free.
        return made(call, (None,), "int64")
    if len(numbers) == 1 and isinstance(numbers[0], Poly):
        return made(call, (not_negative(certain(numbers[0])),), "int64", 0, numbers[0] - 1)
    exact = [number(bound) for bound in numbers]
    if all(isinstance(bound, int) for bound in exact):
        result = as_array(call, range(*exact))._replace(site=call.site)
        return cast(result, dtype) if given(dtype) else result
    start, stop, step = (0, exact[0], 1) if len(exact) == 1 else (*exact, 1)[:3]
    count = -int(-(stop - start) // step)
    return made(call, (max(count, 0),), "float64")


@known("jax.numpy.linspace", "keras.ops.linspace", "tensorflow.linspace")
@known("numpy.logspace", "numpy.geomspace")
def linspace(
    call: Call,
    start: Value,
    stop: Value,
    num: Value = 50,
    endpoint: Value = True,
    retstep: Value = False,
    dtype: Value = None,
    axis: Value = 0,
    **options: Value,
) -> Value:
    if call.truth(retstep) or whole(axis) != 0 or not _are_numbers(start, stop):
        raise TypeError("a form of linspace that is not followed")
    return made(call, (extent(num),), "float64" if not given(dtype) else dtype_name(dtype))


@known("numpy.linspace")
def spaced(
    call: Call, start: Value, stop: Value, num: Value = 50, endpoint: Value = True, **options: Value
) -> Value:
    array: Array = linspace(call, start, stop, num, endpoint, **options)
    known = all(isinstance(value, (int, float)) for value in (start, stop, num, endpoint))
    if options or not known or not 1 < num <= MAX_VALUES:
        return array
    call.run.fuel.sweep(num)
    return array._replace(values=_steps(start, stop, whole(num), closed=bool(endpoint)))


def _steps(start: float, stop: float, num: int, *, closed: bool) -> tuple[float, ...]:
    """Numbers at equal distances, rounded as NumPy rounds them."""
    parts = num - 1 if closed else num
    delta = float(stop) - float(start)
    step = delta / parts
    found = [(index * step if step else index / parts * delta) + start for index in range(num)]
    return (*found[:-1], float(stop)) if closed else tuple(found)


def _are_numbers(*values: Value) -> bool:
    return all(isinstance(value, (int, float, Poly)) for value in values)


# --- random numbers ------------------------------------------------------------------------------


class RandomObject(Ref):
    """A random number generator: `np.random.default_rng(0)`, `np.random.RandomState(7)`."""

    __slots__ = ()


@known("numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator")
def default_rng(call: Call, *seed: Value, **options: Value) -> Value:
    return RandomObject({})


def sampler(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a function of `numpy.random` and the method of a generator at once."""

    def register(body: Callable[..., Value]) -> Callable[..., Value]:
        known(*(f"numpy.random.{name}" for name in names), pure=False)(body)

        def on_generator(call: Call, _rng: RandomObject, *args: Value, **kwargs: Value) -> Value:
            return body(call, *args, **kwargs)

        known_method(RandomObject, *names)(on_generator)
        return body

    return register


def sampled(call: Call, size: Value, dtype: str, low: Dim = None, high: Dim = None) -> Value:
    """An array of random numbers, or one of them where no size is given."""
    if isinstance(size, Unknown):
        return call.unknown("a random array of unknown shape")
    if size is None:
        return call.number("it is a random number")
    return made(call, sizes(call, size), dtype, low, high)


@sampler("randint", "integers")
def randint(
    call: Call,
    low: Value,
    high: Value = None,
    size: Value = None,
    dtype: Value = "int64",
    endpoint: Value = False,
) -> Value:
    least, most = (0, low) if high is None else (low, high)
    extra = 1 if call.truth(endpoint) else 0
    bounds = (_bound(least), _bound(most, extra - 1))
    result = sampled(call, size, dtype_name(dtype) or "int64", *bounds)
    return result._replace(source="np.random.randint") if isinstance(result, Array) else result


def _bound(value: Value, shift: int = 0) -> Dim:
    """A bound of the range; none where the argument is an array or not known."""
    if isinstance(value, Unknown) and value.text is not None:
        value = extent(value)
    return value + shift if isinstance(value, (int, Poly)) else None


@sampler("random_integers")
def random_integers(call: Call, low: Value, high: Value = None, size: Value = None) -> Value:
    least, most = (1, low) if high is None else (low, high)
    return sampled(call, size, "int64", _bound(least), _bound(most))


@sampler("rand", "randn")
def rand(call: Call, *shape: Value) -> Value:
    if not shape:
        return call.number("it is a random number")
    return made(call, tuple(map(extent, shape)), "float64")


@sampler("random", "random_sample", "ranf", "sample", "standard_normal")
def random(call: Call, size: Value = None, *rest: Value, **options: Value) -> Value:
    return sampled(call, size, "float64")


def _two_parameters(name: str, dtype: str) -> None:
    @sampler(name)
    def perform(
        call: Call, one: Value = 0, other: Value = 1, size: Value = None, **names: Value
    ) -> Value:
        if size is None and not _are_numbers(one, other, *names.values()):
            return call.unknown("random numbers of unknown shape")
        return sampled(call, size, dtype)


for _name in ("normal", "uniform", "laplace", "logistic", "gumbel", "lognormal", "beta", "gamma"):
    _two_parameters(_name, "float64")


@sampler("binomial")
def binomial(call: Call, n: Value, p: Value, size: Value = None) -> Value:
    return sampled(call, size, "int64", 0, _bound(n))


@sampler("poisson", "exponential")
def poisson(call: Call, lam: Value = 1.0, size: Value = None, **names: Value) -> Value:
    return sampled(call, size, "int64" if call.name == "poisson" else "float64")


@sampler("choice")
def choice(
    call: Call, a: Value, size: Value = None, replace: Value = True, p: Value = None, **rest: Value
) -> Value:
    if isinstance(a, (int, Poly)):
        most = certain(a) if isinstance(a, Poly) else a
        return sampled(call, size, "int64", 0, most - 1)
    if size is None or rest:
        return call.unknown("it is a random choice")
    pool = as_array(call, a)
    shape = (*sizes(call, size), *pool.shape.dims[1:])
    return made(call, shape, pool.dtype, pool.low, pool.high)


@sampler("permutation")
def permutation(call: Call, x: Value, *rest: Value) -> Value:
    if isinstance(x, (int, Poly)):
        size = certain(x) if isinstance(x, Poly) else x
        return made(call, (size,), "int64", 0, size - 1)
    array = as_array(call, x)
    return rearranged(array, array.shape.dims)


@sampler("shuffle")
def shuffle(call: Call, x: Value, *rest: Value) -> None:
    """Rows change places: neither shape nor range of an array do; the order of a list is lost."""
    if isinstance(x, ListObject):
        call.run.journal.replace(x, call.unknown("a shuffled list"))


@sampler("seed")
def seed(call: Call, *value: Value) -> None:
    """Nothing that matters here."""


@known(
    *(
        f"{package}.{name}"
        for package in ("tensorflow.random", "keras.random")
        for name in ("normal", "truncated_normal")
    ),
    *(
        f"{package}.{name}"
        for package in ("tensorflow", "keras.backend")
        for name in ("random_normal", "truncated_normal", "random_binomial", "random_bernoulli")
    ),
    pure=False,
)
def tensor_normal(call: Call, shape: Value, *rest: Value, **options: Value) -> Value:
    return made(call, sizes(call, shape), "float32")


@known("tensorflow.random.uniform", "keras.random.uniform", pure=False)
@known("tensorflow.random_uniform", "keras.backend.random_uniform", pure=False)
def tensor_uniform(
    call: Call,
    shape: Value,
    minval: Value = 0,
    maxval: Value = None,
    dtype: Value = "float32",
    seed: Value = None,
    **options: Value,
) -> Value:
    """Integers only where the dtype says so."""
    name = dtype_name(dtype)
    if is_integer(name) and given(maxval):
        return made(call, sizes(call, shape), name, _bound(minval), _bound(maxval, -1))
    return made(call, sizes(call, shape), name)


@known("keras.random.randint", pure=False)
def tensor_randint(
    call: Call, shape: Value, minval: Value, maxval: Value, dtype: Value = "int32", *rest: Value
) -> Value:
    return tensor_uniform(call, shape, minval, maxval, dtype)


# --- what comes from outside ---------------------------------------------------------------------

_READERS = (
    "numpy.load numpy.loadtxt numpy.genfromtxt numpy.fromfile numpy.memmap pandas.read_csv "
    "pandas.read_excel pandas.read_json pandas.read_parquet pandas.read_pickle pandas.read_table "
    "joblib.load pickle.load h5py.File cv2.imread"
).split()


@function(*_READERS)
def read(run: Run, arguments: Arguments) -> Value:
    """Data that stands in a file: known by its source text alone."""
    return Unknown("it is read from a file", arguments.text, arguments.site)
