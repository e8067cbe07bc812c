"""What scikit-learn's data sets and transformers make of rows of numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.array_values import Labels, as_array, derived, measured, opaque
from flake8_paramcount.interpreter.signatures import (
    Call,
    extent,
    given,
    known,
    known_method,
    text,
    whole,
)
from flake8_paramcount.interpreter.values import Array, ListObject, Ref, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Unknown


class Table(NamedTuple):
    """A data set of rows; without classes the target is a number."""

    rows: int
    features: int
    classes: int | None = None


_TABLES = {
    "load_iris": Table(150, 4, 3),
    "load_digits": Table(1_797, 64, 10),
    "load_wine": Table(178, 13, 3),
    "load_breast_cancer": Table(569, 30, 2),
    "load_diabetes": Table(442, 10),
    "load_boston": Table(506, 13),
    "fetch_california_housing": Table(20_640, 8),
}


class Bunch(Ref):
    """A data set as an object with `data` and `target`, as attributes and as items."""

    __slots__ = ()

    def __init__(self, **fields: Value) -> None:
        super().__init__({("attribute", name): value for name, value in fields.items()})


@known_method(Bunch, "__getitem__")
def bunch_item(call: Call, bunch: Bunch, key: Value) -> Value:
    return call.run.journal.read(bunch)[("attribute", text(key))]


def _loader(name: str) -> None:
    table = _TABLES[name]

    @known(f"sklearn.datasets.{name}")
    def load(
        call: Call, *, return_X_y: Value = False, as_frame: Value = False, **options: Value
    ) -> Value:
        if options.get("n_class", 10) != 10:
            return call.unknown("a part of a data set")
        data = Array(Shape((table.rows, table.features)), "float64", site=call.site)
        target = _target(table, name, call.site)
        if call.truth(return_X_y):
            return data, target
        return Bunch(data=data, target=target, **_extras(call, name, table))


def _target(table: Table, name: str, site: int) -> Array:
    if table.classes is None:
        return Array(Shape((table.rows,)), "float64", site=site)
    return Labels(Shape((table.rows,)), "int64", 0, table.classes - 1, name, site)


def _extras(call: Call, name: str, table: Table) -> dict[str, Value]:
    fields: dict[str, Value] = {
        "feature_names": Array(Shape((table.features,)), "str", site=call.site),
        "DESCR": call.unknown("a description"),
    }
    if table.classes is not None:
        fields["target_names"] = Array(Shape((table.classes,)), "str", site=call.site)
    if name == "load_digits":
        fields["images"] = Array(Shape((table.rows, 8, 8)), "float64", site=call.site)
    return fields


for _name in _TABLES:
    _loader(_name)


def _generated(call: Call, rows: Dim, features: Dim, classes: Dim, name: str) -> Value:
    high = None if classes is None else classes - 1
    low = None if classes is None else 0
    data = Array(Shape((rows, features)), "float64", site=call.site)
    dtype = "float64" if classes is None else "int64"
    return data, Array(Shape((rows,)), dtype, low, high, name, call.site)


@known("sklearn.datasets.make_classification")
def make_classification(
    call: Call,
    n_samples: Value = 100,
    n_features: Value = 20,
    *,
    n_classes: Value = 2,
    **options: Value,
) -> Value:
    rows, features = extent(n_samples), extent(n_features)
    return _generated(call, rows, features, extent(n_classes), "make_classification")


@known("sklearn.datasets.make_moons", "sklearn.datasets.make_circles")
def make_moons(call: Call, n_samples: Value = 100, **options: Value) -> Value:
    return _generated(call, extent(n_samples), 2, 2, call.name)


@known("sklearn.datasets.make_blobs")
def make_blobs(
    call: Call,
    n_samples: Value = 100,
    n_features: Value = 2,
    *,
    centers: Value = 3,
    **options: Value,
) -> Value:
    if call.truth(options.get("return_centers", False)):
        return call.unknown("centers of blobs")
    count = extent(centers) if given(centers) else 3
    return _generated(call, extent(n_samples), extent(n_features), count, "make_blobs")


@known("sklearn.datasets.make_regression")
def make_regression(
    call: Call,
    n_samples: Value = 100,
    n_features: Value = 100,
    *,
    n_targets: Value = 1,
    **options: Value,
) -> Value:
    if whole(n_targets) != 1 or call.truth(options.get("coef", False)):
        return call.unknown("a regression with several targets")
    return _generated(call, extent(n_samples), extent(n_features), None, "make_regression")


# --- splitting -----------------------------------------------------------------------------------


@known("sklearn.model_selection.train_test_split", "sklearn.cross_validation.train_test_split")
def train_test_split(
    call: Call, *arrays: Value, test_size: Value = None, train_size: Value = None, **options: Value
) -> Value:
    """Two parts of each array, with the rounding that scikit-learn has."""
    rows = next((value.shape.dims[0] for value in arrays if isinstance(value, Array)), None)
    if isinstance(rows, int) and not any(isinstance(s, Unknown) for s in (test_size, train_size)):
        sizes: Sequence[Dim] = _split_sizes(rows, test_size, train_size)
    else:
        sizes = [opaque(f"the rows of the {part} part", rows) for part in ("train", "test")]
    parts = [_part(call, value, size) for value in arrays for size in sizes]
    return ListObject([_named(call, part, number) for number, part in enumerate(parts)])


def _split_sizes(rows: int, test_size: Value, train_size: Value) -> tuple[int, int]:
    if test_size is None and train_size is None:
        test_size = 0.25
    test = _rows(test_size, rows, math.ceil)
    train = _rows(train_size, rows, math.floor)
    if train is None and test is not None:
        train = rows - test
    if test is None and train is not None:
        test = rows - train
    if train is None or test is None or train <= 0 or test < 0 or train + test > rows:
        raise ValueError("a split that leaves nothing")
    return train, test


def _rows(size: Value, rows: int, rounded: Callable[[float], int]) -> int | None:
    """A number of rows, stated as such or as a share."""
    if size is None or isinstance(size, int):
        return size
    return rounded(size * rows)


def _part(call: Call, value: Value, size: Dim) -> Array | None:
    if not isinstance(value, Array) or not value.shape.known:
        return None
    return derived(value, (size, *value.shape.dims[1:]))


def _named(call: Call, part: Array | None, number: int) -> Value:
    if part is not None:
        return part
    label = f"{call.arguments.text()}[{number}]"
    return Unknown("a part of data that is not known", label, call.site)


# --- transformers --------------------------------------------------------------------------------


class Transformer(Ref):
    """A transformer that gives each row a number of columns: as before, or as many as it says."""

    __slots__ = ("columns",)

    def __init__(self, columns: Dim = None) -> None:
        super().__init__({})
        self.columns = columns


@known(
    *(
        f"sklearn.preprocessing.{name}"
        for name in "StandardScaler MinMaxScaler RobustScaler MaxAbsScaler Normalizer".split()
    )
)
def scaler(call: Call, *args: Value, **options: Value) -> Value:
    return Transformer()


@known("sklearn.decomposition.PCA", "sklearn.decomposition.TruncatedSVD")
def pca(call: Call, n_components: Value = None, **options: Value) -> Value:
    if not isinstance(n_components, (int, Poly, Unknown)) or isinstance(n_components, bool):
        return call.unknown("a projection to a number of columns that depends on the data")
    if isinstance(n_components, Unknown) and n_components.text is None:
        return call.unknown("a projection to an unknown number of columns")
    return Transformer(extent(n_components))


@known_method(Transformer, "fit", "partial_fit")
def fit(call: Call, transformer: Transformer, *data: Value, **options: Value) -> Value:
    return transformer


@known_method(Transformer, "fit_transform", "transform")
def transform(
    call: Call, transformer: Transformer, X: Value, y: Value = None, **options: Value
) -> Value:
    array = as_array(call, X)
    shape = list(array.shape.dims)
    if transformer.columns is not None:
        if dims.less(shape[1], transformer.columns):
            raise ValueError("more components than columns")
        shape[1] = transformer.columns
    return measured(array, shape)


@known_method(Transformer, "inverse_transform")
def inverse_transform(call: Call, transformer: Transformer, X: Value, **options: Value) -> Value:
    if transformer.columns is not None:
        return call.unknown("columns from before a projection")
    array = as_array(call, X)
    return measured(array, array.shape.dims)


@known("sklearn.preprocessing.scale", "sklearn.preprocessing.normalize")
def scale(call: Call, X: Value, *rest: Value, **options: Value) -> Value:
    array = as_array(call, X)
    return measured(array, array.shape.dims)
