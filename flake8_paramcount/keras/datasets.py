"""What the data sets that Keras can load look like: sizes, classes and vocabularies, as facts."""

from __future__ import annotations

from typing import NamedTuple


class ImageSet(NamedTuple):
    """Images with class labels; pixels are bytes."""

    train: int
    test: int
    image: tuple[int, ...]
    classes: int
    column: bool
    """Whether the labels are a column of shape (n, 1), not a vector."""


class TextSet(NamedTuple):
    """Sequences of word indices with class labels."""

    train: int
    test: int
    words: int
    """Length of `get_word_index()`: the words are numbered from 1 to this."""
    classes: int


class TableSet(NamedTuple):
    """Rows of numbers with a number to predict."""

    rows: int
    features: int


IMAGES = {
    "mnist": ImageSet(60_000, 10_000, (28, 28), 10, column=False),
    "fashion_mnist": ImageSet(60_000, 10_000, (28, 28), 10, column=False),
    "cifar10": ImageSet(50_000, 10_000, (32, 32, 3), 10, column=True),
    "cifar100": ImageSet(50_000, 10_000, (32, 32, 3), 100, column=True),
}

# `cifar100.load_data(label_mode="coarse")`.
COARSE_CLASSES = 20

TEXTS = {
    "imdb": TextSet(25_000, 25_000, 88_584, 2),
    "reuters": TextSet(8_982, 2_246, 30_979, 46),
}

TABLES = {
    "boston_housing": TableSet(506, 13),
    "california_housing": TableSet(20_640, 8),
}

# `california_housing.load_data(version="small")`.
SMALL_CALIFORNIA = 600


def index_range(
    data: TextSet,
    num_words: int | None,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
) -> tuple[int, int]:
    """The least and the largest word index that `load_data` returns.

    Without `num_words` the loader cuts at the largest index of all, which itself is then replaced
    like any other word behind the cut.
    """
    shift = index_from or 0
    largest = data.words + shift
    largest = largest - 1 if not num_words else min(num_words - 1, largest)
    marks = [mark for mark in (start_char, oov_char) if mark is not None]
    fitting = [mark for mark in marks if mark <= largest or mark == oov_char]
    return min([1 + shift, *fitting]), max([largest, *fitting])


def split(rows: int, test_split: float) -> tuple[int, int]:
    """Rows for training and for testing, as the loaders cut them."""
    train = int(rows * (1 - test_split))
    return train, rows - train
