"""The data that programs load: Keras' data sets, labels, splits and streams of images."""

from __future__ import annotations

from collections.abc import Sequence

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter import sequences, tables, words  # noqa: F401 (registered by import)
from flake8_paramcount.interpreter.array_reading import labelled, numbers_of
from flake8_paramcount.interpreter.array_values import Labels, OneHot, as_array, opaque
from flake8_paramcount.interpreter.natives import attribute
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import (
    Call,
    extent,
    given,
    known,
    known_method,
    number,
    text,
)
from flake8_paramcount.interpreter.values import Array, Ref, Value
from flake8_paramcount.keras import datasets
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Undetermined, Unknown

# --- keras.datasets ------------------------------------------------------------------------------


def _images(name: str) -> None:
    facts = datasets.IMAGES[name]

    @known(f"keras.datasets.{name}.load_data")
    def load_data(call: Call, *args: Value, label_mode: Value = "fine", **options: Value) -> Value:
        mode = args[0] if args and name == "cifar100" else label_mode
        classes = datasets.COARSE_CLASSES if text(mode) == "coarse" else facts.classes
        image = _in_format(call, facts.image)
        return tuple(
            (
                Array(Shape((rows, *image)), "uint8", 0, 255, f"{name}.load_data", call.site),
                _labels(call, name, rows, classes, column=facts.column),
            )
            for rows in (facts.train, facts.test)
        )


def _in_format(call: Call, image: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Colour images come in the order of axes that is set for all of Keras."""
    if len(image) < 3:
        return image
    state = call.run.journal.read(call.run.session)
    order = text(call.settle(state["image_data_format"]))
    return (image[2], *image[:2]) if order == "channels_first" else image


def _labels(call: Call, name: str, rows: Dim, classes: int, *, column: bool = False) -> Array:
    shape = (rows, 1) if column else (rows,)
    dtype = "uint8" if name in datasets.IMAGES else "int64"
    return Labels(Shape(shape), dtype, 0, classes - 1, f"{name}.load_data", call.site)


for _name in datasets.IMAGES:
    _images(_name)


@known("keras.datasets.imdb.load_data")
def load_imdb(
    call: Call,
    path: Value = "imdb.npz",
    num_words: Value = None,
    skip_top: Value = 0,
    maxlen: Value = None,
    seed: Value = 113,
    start_char: Value = 1,
    oov_char: Value = 2,
    index_from: Value = 3,
    nb_words: Value = None,
    **options: Value,
) -> Value:
    low, high = _indices("imdb", _first(num_words, nb_words), start_char, oov_char, index_from)
    facts = datasets.TEXTS["imdb"]
    rows = _kept((facts.train, facts.test), maxlen)
    return _texts(call, "imdb", rows, low, high, maxlen is None)


@known("keras.datasets.reuters.load_data")
def load_reuters(
    call: Call,
    path: Value = "reuters.npz",
    num_words: Value = None,
    skip_top: Value = 0,
    maxlen: Value = None,
    test_split: Value = 0.2,
    seed: Value = 113,
    start_char: Value = 1,
    oov_char: Value = 2,
    index_from: Value = 3,
    nb_words: Value = None,
    **options: Value,
) -> Value:
    limit = _first(num_words, nb_words)
    low, high = _indices("reuters", limit, start_char, oov_char, index_from)
    facts = datasets.TEXTS["reuters"]
    rows = datasets.split(facts.train + facts.test, number(test_split))
    certain = maxlen is None and test_split == 0.2
    return _texts(call, "reuters", _kept(rows, maxlen), low, high, certain)


def _first(value: Value, legacy: Value) -> Value:
    """An argument, or what it was called in Keras 1."""
    return legacy if value is None else value


def _indices(
    name: str, num_words: Value, start_char: Value, oov_char: Value, index_from: Value
) -> tuple[Dim, Dim]:
    """The range of word indices; symbolic where the number of words is."""
    marks = (start_char, oov_char, index_from)
    if any(isinstance(mark, (Unknown, Poly)) for mark in marks):
        return None, None
    if isinstance(num_words, (Unknown, Poly)):
        return 0, extent(num_words) - 1
    return datasets.index_range(datasets.TEXTS[name], num_words, *marks)


def _texts(call: Call, name: str, rows: Sequence[Dim], low: Dim, high: Dim, certain: bool) -> Value:
    """Both parts of a set of texts; not every class need occur in the small test part."""
    classes = datasets.TEXTS[name].classes
    parts = []
    for part, size in enumerate(rows):
        data = Array(Shape((size,)), "object", low, high, f"{name}.load_data", call.site)
        labels = _labels(call, name, size, classes)
        occur = certain and (part == 0 or name == "imdb")
        parts.append((data, labels if occur else Array(*labels)))
    return tuple(parts)


def _kept(rows: Sequence[int], maxlen: Value) -> Sequence[Dim]:
    """Texts of over `maxlen` words are left out."""
    if maxlen is None:
        return rows
    return [opaque("the texts up to `maxlen` words", count) for count in rows]


def _table(name: str) -> None:
    facts = datasets.TABLES[name]

    @known(f"keras.datasets.{name}.load_data")
    def load_data(
        call: Call,
        *args: Value,
        version: Value = "large",
        test_split: Value = 0.2,
        path: Value = None,
        seed: Value = None,
    ) -> Value:
        if args:
            return call.unknown("positional arguments of a data set")
        rows = datasets.SMALL_CALIFORNIA if text(version) == "small" else facts.rows
        return tuple(
            (
                Array(Shape((size, facts.features)), None, None, None, None, call.site),
                Array(Shape((size,)), None, None, None, None, call.site),
            )
            for size in datasets.split(rows, number(test_split))
        )


for _name in datasets.TABLES:
    _table(_name)


# --- labels --------------------------------------------------------------------------------------


@known(
    "keras.utils.to_categorical",
    "keras.utils.np_utils.to_categorical",
    "keras.utils.numerical_utils.to_categorical",
    "keras.preprocessing.utils.to_categorical",
    "np_utils.to_categorical",
)
def to_categorical(
    call: Call,
    y: Value,
    num_classes: Value = None,
    dtype: Value = None,
    *,
    nb_classes: Value = None,
) -> Value:
    array = as_array(call, y)
    shape = array.shape.dims
    if len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    asked = _first(num_classes, nb_classes)
    width = extent(asked) if asked is not None else _classes(call, array)
    source = array.source or "to_categorical"
    return OneHot(Shape((*shape, width)), "float32", 0, 1, source, array.site or call.site)


def _classes(call: Call, array: Array) -> Dim:
    """The width that follows from the labels: the largest of them, and one for 0."""
    values = numbers_of(array)
    if values:
        return int(max(values)) + 1
    if labelled(array) and array.high is not None:
        return array.high + 1
    upper = dims.bounds(array.high)[1]
    return call.symbol(".shape[-1]", lower=1, upper=None if upper is None else upper + 1)


# --- streams of images and texts -----------------------------------------------------------------


class DataSource(Ref):
    """Batches of data: `element` is what one batch consists of (inputs, then labels)."""

    __slots__ = ("element",)

    def __init__(self, element: tuple[Value, ...]) -> None:
        super().__init__({})
        self.element = element


_CHANNELS = {"grayscale": 1, "greyscale": 1, "rgb": 3, "rgba": 4}


def _batch(call: Call, size: Value, color_mode: Value, dtype: str | None = "float32") -> Array:
    """A batch of images of that size."""
    height, width = map(extent, call.items(size))
    image = _in_format(call, (height, width, _CHANNELS[text(color_mode)]))
    return Array(Shape((None, *image)), dtype, None, None, None, call.site)


@known("keras.utils.image_dataset_from_directory")
@known("keras.preprocessing.image_dataset_from_directory")
@known("keras.preprocessing.image.image_dataset_from_directory")
def image_dataset_from_directory(
    call: Call,
    directory: Value,
    labels: Value = "inferred",
    label_mode: Value = "int",
    class_names: Value = None,
    color_mode: Value = "rgb",
    batch_size: Value = 32,
    image_size: Value = (256, 256),
    **options: Value,
) -> Value:
    """One data set, or two for `subset="both"`; labels depend on the directory."""
    if not given(batch_size) or options.get("subset") == "both":
        return call.unknown("an image data set of another form")
    mode = "int" if isinstance(labels, str) else None
    mode = label_mode if labels == "inferred" and label_mode is not None else mode
    return DataSource((_batch(call, image_size, color_mode), _classes_in(call, mode, class_names)))


def _classes_in(call: Call, mode: Value, names: Value) -> Value:
    """The labels of a batch from a directory, in the form that is asked for."""
    if mode in ("int", "sparse"):
        return Array(Shape((None,)), "int32", 0, None, "the directory", call.site)
    if mode == "categorical":
        width = len(call.items(names)) if names is not None else call.symbol(".classes", lower=1)
        return OneHot(Shape((None, width)), "float32", 0, 1, "the directory", call.site)
    return call.unknown("labels of a directory")


class ImageGenerator(Ref):
    """An `ImageDataGenerator`: it changes pixels, not shapes."""

    __slots__ = ()


@known(
    "keras.preprocessing.image.ImageDataGenerator",
    "keras.legacy.preprocessing.image.ImageDataGenerator",
    "keras_preprocessing.image.ImageDataGenerator",
)
def image_data_generator(call: Call, *args: Value, **options: Value) -> Value:
    if given(options.get("data_format")):
        return call.unknown("a generator with an order of axes of its own")
    return ImageGenerator({})


@known_method(ImageGenerator, "flow_from_directory")
def flow_from_directory(
    call: Call,
    generator: ImageGenerator,
    directory: Value,
    target_size: Value = (256, 256),
    color_mode: Value = "rgb",
    classes: Value = None,
    class_mode: Value = "categorical",
    *rest: Value,
    **options: Value,
) -> Value:
    batch = _batch(call, target_size, color_mode)
    return DataSource((batch, _classes_in(call, class_mode, classes)))


@known_method(ImageGenerator, "flow_from_dataframe")
def flow_from_dataframe(
    call: Call,
    generator: ImageGenerator,
    *args: Value,
    target_size: Value = (256, 256),
    color_mode: Value = "rgb",
    **options: Value,
) -> Value:
    if len(args) > 5:
        return call.unknown("positional arguments of a data frame's flow")
    return flow_from_directory(call, generator, None, target_size, color_mode, None, None)


@known_method(ImageGenerator, "flow")
def flow(
    call: Call, generator: ImageGenerator, x: Value, y: Value = None, *rest: Value, **options: Value
) -> Value:
    found = [as_array(call, value) for value in (x, y) if value is not None]
    batches = [array._replace(shape=Shape((None, *array.shape.dims[1:]))) for array in found]
    return DataSource(tuple(Array(*batch) for batch in batches))


@known_method(ImageGenerator, "fit")
def fit(call: Call, generator: ImageGenerator, x: Value, *rest: Value, **options: Value) -> None:
    """It computes statistics of the pixels."""


@known_method(
    DataSource, "shuffle", "cache", "prefetch", "repeat", "take", "skip", "with_options", "shard"
)
def same_elements(call: Call, source: DataSource, *args: Value, **options: Value) -> Value:
    return source


@attribute(DataSource, "image_shape")
def image_shape(run: Run, source: DataSource) -> Value:
    first = source.element[0]
    if not isinstance(first, Array):
        raise Undetermined(Unknown("the shape of what is no image"))
    return first.shape.dims[1:]


@attribute(
    DataSource, "class_names", "class_indices", "num_classes", "classes", "samples", "n", "labels"
)
def of_directory(run: Run, source: DataSource) -> Value:
    return Unknown("it depends on what is in the directory", None, run.site(run.statement))


def batches_of(value: Value) -> tuple[Value, ...] | None:
    """What one batch of a data source consists of; None for anything else."""
    return value.element if isinstance(value, DataSource) else None
