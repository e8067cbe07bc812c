"""Data sets, tokenizers, padding and labels, against Keras where it needs no download."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.src.legacy.preprocessing import text as keras_text
from keras.utils import pad_sequences, to_categorical

from flake8_paramcount import dims
from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.array_values import Labels
from flake8_paramcount.interpreter.data import batches_of
from flake8_paramcount.interpreter.words import vocabulary_range
from flake8_paramcount.keras.datasets import TEXTS, index_range, split
from flake8_paramcount.unknown import Unknown
from tests.interpreter.evaluated import evaluated, value_of

IMPORTS = """
import numpy as np
from keras.datasets import mnist, fashion_mnist, cifar10, cifar100, imdb, reuters
from keras.datasets import boston_housing, california_housing
from keras.preprocessing.sequence import pad_sequences
from keras.preprocessing.text import Tokenizer, hashing_trick, one_hot, text_to_word_sequence
from keras.utils import to_categorical
"""

# --- data sets -----------------------------------------------------------------------------------


def shapes(expression: str, before: str = "") -> Any:
    """The shapes of ((x_train, y_train), (x_test, y_test))."""
    found = value_of(expression, IMPORTS + before)
    return tuple(tuple(array.shape.dims for array in part) for part in found)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("mnist", (((60000, 28, 28), (60000,)), ((10000, 28, 28), (10000,)))),
        ("fashion_mnist", (((60000, 28, 28), (60000,)), ((10000, 28, 28), (10000,)))),
        ("cifar10", (((50000, 32, 32, 3), (50000, 1)), ((10000, 32, 32, 3), (10000, 1)))),
        ("cifar100", (((50000, 32, 32, 3), (50000, 1)), ((10000, 32, 32, 3), (10000, 1)))),
        ("imdb", (((25000,), (25000,)), ((25000,), (25000,)))),
        ("reuters", (((8982,), (8982,)), ((2246,), (2246,)))),
        ("boston_housing", (((404, 13), (404,)), ((102, 13), (102,)))),
        ("california_housing", (((16512, 8), (16512,)), ((4128, 8), (4128,)))),
    ],
)
def test_shapes_of_data_sets(expression: str, expected: Any) -> None:
    assert shapes(f"{expression}.load_data()") == expected


def test_options_of_data_sets() -> None:
    assert shapes("california_housing.load_data(version='small')")[0][0] == (480, 8)
    assert shapes("boston_housing.load_data(test_split=0.5)")[0][0] == (253, 13)
    assert shapes("reuters.load_data(test_split=0.1)")[0][0] == (10105,)
    assert split(506, 0.2) == (404, 102)


@pytest.mark.parametrize(
    ("name", "classes"), [("mnist", 10), ("cifar10", 10), ("cifar100", 100), ("reuters", 46)]
)
def test_labels_of_data_sets(name: str, classes: int) -> None:
    source = (
        f"{IMPORTS}\n(x, y), _ = {name}.load_data()\nn = len(np.unique(y))\nc = to_categorical(y)"
    )
    values = evaluated(source)
    assert isinstance(values["y"], Labels)
    assert values["n"] == classes
    assert values["c"].shape.dims[1:] == (classes,)


def test_colour_images_follow_the_order_of_axes_that_is_set() -> None:
    before = "from keras import backend\nbackend.set_image_data_format('channels_first')\n"
    assert shapes("cifar10.load_data()", before)[0][0] == (50000, 3, 32, 32)


def test_coarse_labels() -> None:
    found = value_of("cifar100.load_data(label_mode='coarse')[0][1]", IMPORTS)
    assert (found.low, found.high) == (0, 19)
    assert value_of("cifar100.load_data('coarse')[0][1]", IMPORTS).high == 19


@pytest.mark.parametrize(
    ("arguments", "low", "high"),
    [
        ("num_words=20000", 1, 19999),
        ("", 1, 88586),
        ("num_words=10**6", 1, 88587),
        ("num_words=5000, index_from=0, start_char=None, oov_char=None", 1, 4999),
        ("nb_words=5000", 1, 4999),
        ("path='imdb.npz', num_words=max_features", 0, None),
    ],
)
def test_word_indices_of_imdb(arguments: str, low: int, high: int | None) -> None:
    found = value_of(f"imdb.load_data({arguments})[0][0]", IMPORTS)
    assert found.low == low
    assert found.high == high if high is not None else dims.text(found.high) == "max_features - 1"


def index_range_of(words: int, num_words: int | None, marks: dict[str, Any]) -> tuple[int, int]:
    """What the loader's own arithmetic gives on texts with each word once, and a cut."""
    start, oov, shift = marks["start_char"], marks["oov_char"], marks["index_from"] or 0
    text = [word + shift for word in range(1, words + 1)]
    text = text if start is None else [start, *text]
    limit = num_words or max(text)
    if oov is None:
        kept = [word for word in text if word < limit]
    else:
        kept = [word if word < limit else oov for word in text]
    return min(kept), max(kept)


@given(
    st.none() | st.integers(10, 40),
    st.fixed_dictionaries(
        {
            "start_char": st.sampled_from([None, 0, 1]),
            "oov_char": st.sampled_from([None, 2, 3]),
            "index_from": st.sampled_from([None, 0, 3, 5]),
        }
    ),
)
def test_index_ranges_hold_what_occurs(num_words: int | None, marks: dict[str, Any]) -> None:
    facts = TEXTS["imdb"]._replace(words=30)
    low, high = index_range(facts, num_words, **marks)
    least, most = index_range_of(30, num_words, marks)
    assert (low <= least, high) == (True, most)


def test_a_maximal_length_leaves_an_open_number_of_texts() -> None:
    found = value_of("imdb.load_data(num_words=100, maxlen=80)[0]", IMPORTS)
    assert found[0].high == 99
    assert found[0].shape.dims[0].opaque
    assert not isinstance(found[1], Labels)


def test_word_indices_of_data_sets_have_a_known_length() -> None:
    assert value_of("len(imdb.get_word_index()) + 3", IMPORTS) == 88587
    assert value_of("len(reuters.get_word_index())", IMPORTS) == 30979


# --- texts ---------------------------------------------------------------------------------------


def test_the_length_of_a_word_index_is_one_symbol() -> None:
    source = f"""{IMPORTS}
tokenizer = Tokenizer(num_words=5000)
tokenizer.fit_on_texts(texts)
a = len(tokenizer.word_index)
index = tokenizer.word_index
b = len(index)
x = tokenizer.texts_to_sequences(texts)
open_ended = Tokenizer()
open_ended.fit_on_texts(texts)
y = open_ended.texts_to_sequences(texts)
c = len(open_ended.word_index)
m = open_ended.texts_to_matrix(texts)
"""
    values = evaluated(source)
    assert values["a"] == values["b"]
    assert dims.text(values["a"]) == "len(tokenizer.word_index)"
    assert {symbol.kind for symbol in values["a"].symbols()} == {"word_index"}
    assert (values["x"].high, values["x"].source) == (4999, "Tokenizer")
    assert values["y"].high == values["c"]
    assert values["m"].shape.dims[1] == values["c"] + 1
    assert dims.text(values["c"]) == "len(open_ended.word_index)"


@pytest.mark.parametrize(
    "change", ["index['<pad>'] = 0", "index.update({'a': 1})", "del index['the']", "index.pop('a')"]
)
def test_a_word_index_that_changes_has_no_known_length(change: str) -> None:
    before = f"{IMPORTS}index = imdb.get_word_index()\n{change}\n"
    values = evaluated(before + "a = len(index)\nb = len(index)\n")
    assert isinstance(values["a"], Poly)
    assert values["a"] == values["b"]
    assert {symbol.kind for symbol in values["a"].symbols()} == {None}


def test_fitting_again_makes_another_word_index() -> None:
    source = f"""{IMPORTS}
t = Tokenizer()
t.fit_on_texts(texts)
a = len(t.word_index)
t.fit_on_texts(more)
b = len(t.word_index)
"""
    values = evaluated(source)
    assert values["a"] != values["b"]


def test_a_setting_states_the_length_of_a_word_index() -> None:
    source = f"{IMPORTS}\nt = Tokenizer()\nt.fit_on_texts(texts)\nx = t.texts_to_sequences(texts)\n"
    assert evaluated(source, assume={"len(t.word_index)": 50})["x"].high == 50


WORDS = st.text(alphabet="ab,. C!", max_size=8)


@settings(max_examples=60)
@given(
    st.lists(WORDS, min_size=1, max_size=4),
    st.fixed_dictionaries(
        {},
        optional={
            "num_words": st.integers(1, 5),
            "oov_token": st.just("<oov>"),
            "lower": st.booleans(),
            "char_level": st.booleans(),
        },
    ),
)
def test_tokenizers_of_literal_texts_are_exact(texts: list[str], options: dict[str, Any]) -> None:
    tokenizer = keras_text.Tokenizer(**options)
    tokenizer.fit_on_texts(texts)
    arguments = ", ".join(f"{name}={value!r}" for name, value in options.items())
    source = f"""{IMPORTS}
t = Tokenizer({arguments})
t.fit_on_texts({texts!r})
index = t.word_index
sequences = t.texts_to_sequences({texts!r} + ["b a new"])
"""
    values = evaluated(source)
    assert values["index"] == tokenizer.word_index
    assert values["sequences"] == tokenizer.texts_to_sequences([*texts, "b a new"])


def test_words_of_a_text() -> None:
    found = value_of("text_to_word_sequence('The cat, the dog!')", IMPORTS)
    assert found == keras_text.text_to_word_sequence("The cat, the dog!")


def test_hashed_texts() -> None:
    found = value_of("one_hot('Well done!', 50)", IMPORTS)
    assert (found.shape.dims, found.low, found.high) == ((2,), 1, 49)
    found = value_of("hashing_trick(text, vocab_size, hash_function='md5')", IMPORTS)
    assert dims.text(found.high) == "vocab_size - 1"
    padded = value_of("pad_sequences([one_hot(d, 50) for d in ['a b', 'c']], maxlen=4)", IMPORTS)
    assert (padded.shape.dims, padded.low, padded.high) == ((2, 4), 0, 49)


@settings(max_examples=60)
@given(
    st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=4),
    st.none() | st.integers(1, 6),
)
def test_padding(sequences: list[list[int]], maxlen: int | None) -> None:
    expected = pad_sequences(sequences, maxlen=maxlen)
    found = value_of(f"pad_sequences({sequences!r}, maxlen={maxlen})", IMPORTS)
    assert found.shape.dims == expected.shape
    assert found.dtype == expected.dtype.name
    if expected.size and found.high is not None:
        assert found.low <= expected.min() <= expected.max() <= found.high


def test_padding_keeps_the_vocabulary_and_its_source() -> None:
    before = f"{IMPORTS}\n(x, y), _ = imdb.load_data(num_words=20000)"
    found = value_of("pad_sequences(x, maxlen=500)", before)
    assert (found.shape.dims, found.low, found.high) == ((25000, 500), 0, 19999)
    assert found.source == "imdb.load_data"
    assert dims.text(value_of("pad_sequences(x).shape[1]", before)) == "pad_sequences(x).shape[1]"


def test_padding_what_is_not_known_gives_its_steps() -> None:
    found = value_of("pad_sequences(load(), maxlen=80)", IMPORTS)
    assert found.shape.dims[1] == 80
    assert found.high is None


def test_lookup_layers_state_their_range() -> None:
    assert vocabulary_range("TextVectorization", {"max_tokens": 1000}) == (0, 999)
    assert vocabulary_range("Hashing", {"num_bins": 8}) == (0, 7)
    assert (
        vocabulary_range("TextVectorization", {"max_tokens": 10, "output_mode": "tf_idf"}) is None
    )
    assert vocabulary_range("StringLookup", {"max_tokens": None}) is None
    assert vocabulary_range("Dense", {"units": 3}) is None


# --- labels and splits ---------------------------------------------------------------------------

LABELS = st.lists(st.integers(0, 5), min_size=1, max_size=6)


@settings(max_examples=60)
@given(LABELS, st.none() | st.integers(6, 9), st.booleans())
def test_categorical_labels(labels: list[int], classes: int | None, column: bool) -> None:
    given_labels = [[label] for label in labels] if column else labels
    expected = to_categorical(np.array(given_labels), classes)
    found = value_of(f"to_categorical(np.array({given_labels!r}), {classes})", IMPORTS)
    assert found.shape.rank == expected.ndim
    assert found.shape.dims[:-1] == expected.shape[:-1]
    width = found.shape.dims[-1]
    if isinstance(width, Poly):
        lower, upper = dims.bounds(width)
        assert lower is not None
        assert lower <= expected.shape[-1] <= (upper or 9)
    else:
        assert width == expected.shape[-1]


@pytest.mark.parametrize("name", ["keras.utils.np_utils", "tensorflow.keras.utils"])
def test_labels_under_historical_names(name: str) -> None:
    before = f"import numpy as np\nfrom {name} import to_categorical"
    assert value_of("to_categorical(np.zeros(5), 3)", before).shape.dims == (5, 3)


def test_labels_of_unknown_data_may_have_any_shape() -> None:
    assert isinstance(value_of("to_categorical(y - 1, 10)", IMPORTS + "\ny = load()"), Unknown)


@pytest.mark.parametrize(
    ("arguments", "train", "test"),
    [
        ("", 112, 38),
        (", test_size=0.2", 120, 30),
        (", test_size=0.33", 100, 50),
        (", test_size=10", 140, 10),
        (", train_size=0.7", 105, 45),
        (", train_size=0.5, test_size=0.25, random_state=1", 75, 38),
    ],
)
def test_splits_round_as_scikit_learn_does(arguments: str, train: int, test: int) -> None:
    source = f"""
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
iris = load_iris()
a, b, c, d = train_test_split(iris.data, iris['target']{arguments})
"""
    values = evaluated(source)
    sizes = [values[name].shape.dims for name in "abcd"]
    assert sizes == [(train, 4), (test, 4), (train,), (test,)]
    assert (values["c"].low, values["c"].high) == (0, 2)


def test_parts_of_unknown_data_are_named_apart() -> None:
    source = """
from sklearn.model_selection import train_test_split
a, b = train_test_split(data, test_size=0.2)
n = a.shape[1]
"""
    values = evaluated(source)
    assert values["a"] is not values["b"]
    assert values["n"].text == "a.shape[1]"


@pytest.mark.parametrize(
    ("loader", "data", "classes"),
    [
        ("load_iris", (150, 4), 3),
        ("load_digits", (1797, 64), 10),
        ("load_wine", (178, 13), 3),
        ("load_breast_cancer", (569, 30), 2),
        ("load_diabetes", (442, 10), None),
    ],
)
def test_tables(loader: str, data: tuple[int, ...], classes: int | None) -> None:
    before = f"import numpy as np\nfrom sklearn.datasets import {loader}"
    x, y = value_of(f"{loader}(return_X_y=True)", before)
    assert (x.shape.dims, y.shape.dims) == (data, data[:1])
    assert y.high == (classes - 1 if classes else None)
    if classes:
        assert value_of(f"len(np.unique({loader}().target))", before) == classes


def test_generated_tables() -> None:
    before = "from sklearn.datasets import make_classification, make_moons, make_blobs"
    x, y = value_of("make_classification(n_samples=500, n_features=7, n_classes=3)", before)
    assert (x.shape.dims, y.shape.dims, y.high) == ((500, 7), (500,), 2)
    assert value_of("make_moons(200, noise=0.1)", before)[0].shape.dims == (200, 2)
    assert value_of("make_blobs(50, centers=4)", before)[1].high == 3


def test_transformers_keep_or_state_the_columns() -> None:
    before = """
import numpy as np
from sklearn.preprocessing import StandardScaler, MinMaxScaler
from sklearn.decomposition import PCA
x = np.zeros((50, 8))
"""
    assert value_of("StandardScaler().fit_transform(x)", before).shape.dims == (50, 8)
    assert value_of("MinMaxScaler().fit(x).transform(x[:5])", before).shape.dims == (5, 8)
    assert value_of("PCA(n_components=3).fit_transform(x)", before).shape.dims == (50, 3)
    assert isinstance(value_of("PCA(0.95)", before), Unknown)


# --- streams -------------------------------------------------------------------------------------


def test_images_from_directories() -> None:
    before = """
from tensorflow.keras.utils import image_dataset_from_directory
from tensorflow.keras.preprocessing.image import ImageDataGenerator
generator = ImageDataGenerator(rescale=1 / 255)
"""
    found = value_of("image_dataset_from_directory('x', image_size=(64, 48)).cache()", before)
    assert batches_of(found)[0].shape.dims == (None, 64, 48, 3)
    flow = "generator.flow_from_directory('x', target_size=(150, 150), color_mode='grayscale')"
    assert batches_of(value_of(flow, before))[0].shape.dims == (None, 150, 150, 1)
    assert value_of(f"{flow}.image_shape", before) == (150, 150, 1)
    assert isinstance(value_of(f"{flow}.num_classes", before), Unknown)
    batches = batches_of(
        value_of(
            "generator.flow(x, y)",
            before + "import numpy as np\nx, y = np.zeros((9, 8, 8, 3)), np.zeros((9, 2))",
        )
    )
    assert [batch.shape.dims for batch in batches] == [(None, 8, 8, 3), (None, 2)]


def test_files_are_unknown_under_their_text() -> None:
    found = value_of("pd.read_csv('x.csv')", "import pandas as pd")
    assert isinstance(found, Unknown)
    assert found.text == "pd.read_csv('x.csv')"
