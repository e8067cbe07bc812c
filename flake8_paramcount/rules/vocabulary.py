"""KPC2xx: what an Embedding holds against what is fed to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flake8_paramcount.dims import Dim, Poly, equal, less, less_equal, text
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.records import NOWHERE, Site
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.fixes import Fix
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.registry import Context, Mended, layer_rule

SPARE = 1.1
"""KPC204 lets an Embedding be this much larger than its vocabulary."""


class Fed(NamedTuple):
    """How many different integers reach an Embedding: 0 to `size` - 1."""

    size: Dim
    source: str
    site: Site = NOWHERE


def _fed(context: Context, node: Node) -> Fed | None:
    """What is fed to an Embedding, by the program or else by setting or directive."""
    seen = node.record.fed
    if seen is not None:
        return None if seen.largest is None else Fed(seen.largest + 1, seen.source, seen.site)
    stated = node.graph.model.directives.get("vocab_size")
    if isinstance(stated, int):
        return Fed(stated, "its directive") if _is_widest(node) else None
    option = context.settings.vocab_size
    if option is not None and _is_widest(node):
        return Fed(option, "paramcount-vocab-size")
    return None


def _is_widest(node: Node) -> bool:
    """Whether no other Embedding of the model may hold more.

    A size stated for the model says that its tokens reach one of its Embeddings; a table of
    positions beside it is none of them.
    """
    size = _input_dim(node)
    others = (_input_dim(other) for other in node.graph.of(("Embedding",)) if other is not node)
    return all(less_equal(other, size) for other in others)


def _input_dim(node: Node) -> Dim:
    """An Embedding's `input_dim`, where it is a number or a symbol."""
    value = node.argument("input_dim")
    return value if isinstance(value, (int, Poly)) and not isinstance(value, bool) else None


def _code(size: Dim) -> str:
    """A size as it stands in code, without separators."""
    return str(size) if isinstance(size, int) else text(size)


def _origin(context: Context, fed: Fed) -> str:
    return f"{fed.source} on line {context.line(fed.site)}" if fed.site else fed.source


@layer_rule("KPC201", "Embedding")
def embedding_below_vocabulary(context: Context, node: Node) -> Iterator[str]:
    """An Embedding has fewer rows than the integers that are fed to it.

    An index from `input_dim` on has no row. On a CPU the lookup raises at run time, in whichever
    batch first holds such an index; on a GPU it silently gives zeros or NaN.

    What is fed is read off the program (`imdb.load_data(num_words=…)`, `Tokenizer(num_words=…)`,
    `TextVectorization(max_tokens=…)`, `np.random.randint(…)`, …) or stated: by the
    `paramcount-vocab-size` option or by `# paramcount: vocab_size=20000` at the model, which
    both count the different integers, the largest being one less.

    Bad:

        from keras import Sequential, layers
        from keras.datasets import imdb
        from keras.utils import pad_sequences

        (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=20000)
        x_train = pad_sequences(x_train, maxlen=200)
        model = Sequential([layers.Embedding(10000, 64), layers.SimpleRNN(32)])
        model.compile(loss="binary_crossentropy")
        model.fit(x_train, y_train)

    Good:

        from keras import Sequential, layers
        from keras.datasets import imdb
        from keras.utils import pad_sequences

        (x_train, y_train), (x_test, y_test) = imdb.load_data(num_words=20000)
        x_train = pad_sequences(x_train, maxlen=200)
        model = Sequential([layers.Embedding(20000, 64), layers.SimpleRNN(32)])
        model.compile(loss="binary_crossentropy")
        model.fit(x_train, y_train)
    """
    size, fed = _input_dim(node), _fed(context, node)
    if size is None or fed is None or _is_word_index(size) or not less(size, fed.size):
        return
    yield (
        f"Embedding(input_dim={_code(size)}) is smaller than the vocabulary fed to it "
        f"({_code(fed.size)}, from {_origin(context, fed)}): "
        f"indices from {_code(size)} on are out of range"
    )


@layer_rule("KPC202", "Embedding")
def embedding_off_by_one(context: Context, node: Node) -> Iterator[Mended]:
    """An Embedding has a row for every word, but the words are numbered from 1.

    A Keras Tokenizer gives the first word index 1 and keeps 0 for padding, so the largest index
    is `len(tokenizer.word_index)` itself, and an Embedding of that size has no row for it. The
    rarest word fails, which may take until the last batch.

    It is silent where what is fed is known to stay below, as with `Tokenizer(num_words=…)`.

    Bad:

        from keras import Sequential, layers
        from keras.preprocessing.text import Tokenizer

        tokenizer = Tokenizer()
        tokenizer.fit_on_texts(open("corpus.txt"))
        model = Sequential([layers.Embedding(len(tokenizer.word_index), 64), layers.LSTM(32)])

    Good:

        from keras import Sequential, layers
        from keras.preprocessing.text import Tokenizer

        tokenizer = Tokenizer()
        tokenizer.fit_on_texts(open("corpus.txt"))
        model = Sequential([layers.Embedding(len(tokenizer.word_index) + 1, 64), layers.LSTM(32)])
    """
    if not _is_one_short(node):
        return
    size, site = text(_input_dim(node)), node.record.site
    certain = all(map(_is_one_short, context.at(site)))
    yield Mended(
        f"Embedding(input_dim={size}) is one row short: the words are numbered from 1, "
        f"so the largest index is {size}; give {size} + 1",
        Fix(site, "add", "input_dim", 1) if certain else None,
    )


def _is_one_short(node: Node) -> bool:
    """Whether an Embedding is as large as a word index that is fed to it, which starts at 1."""
    size, fed = _input_dim(node), node.record.fed
    return _is_word_index(size) and (fed is None or equal(fed.largest, size) is True)


def _is_word_index(size: Dim) -> bool:
    """Whether a size is the length of a tokenizer's word index, no more and no less."""
    sole = size.sole if isinstance(size, Poly) else None
    return sole is not None and sole.kind == "word_index"


@layer_rule("KPC204", "Embedding")
def embedding_above_vocabulary(context: Context, node: Node) -> Iterator[str]:
    """An Embedding has over 10 % more rows than can ever be fed.

    The rows that no index reaches are never trained; they only cost memory and file size. Room
    for a growing vocabulary is a good reason to have them, so the rule is off by default.

    Options:

        paramcount-vocab-size = 1000

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Embedding(5000, 64), layers.LSTM(32)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Embedding(1001, 64), layers.LSTM(32)])
    """
    size, fed = _input_dim(node), _fed(context, node)
    if not isinstance(size, int) or fed is None or not isinstance(fed.size, int):
        return
    if size <= SPARE * fed.size:
        return
    rows, width = size - fed.size, node.argument("output_dim")
    price = f", {rows * width:,} parameters" if type(width) is int else ""
    yield (
        f"Embedding(input_dim={size}) is larger than the vocabulary fed to it ({fed.size}, from "
        f"{_origin(context, fed)}): {rows:,} rows are never used{price}"
    )


@layer_rule("KPC205", "Embedding")
def embedding_matrix_shape(context: Context, node: Node) -> Iterator[str]:
    """A matrix given to an Embedding has another shape than the Embedding.

    It is given as `weights=[matrix]` or as `embeddings_initializer=Constant(matrix)`, and must
    have `input_dim` rows and `output_dim` columns. Keras refuses another one when the weights are
    set, which is after the matrix has been filled, often minutes later.

    Bad:

        import numpy as np
        from keras import Sequential, layers

        matrix = np.zeros((10000, 100))
        model = Sequential([layers.Embedding(10001, 100, weights=[matrix]), layers.LSTM(32)])

    Good:

        import numpy as np
        from keras import Sequential, layers

        matrix = np.zeros((10001, 100))
        model = Sequential([layers.Embedding(10001, 100, weights=[matrix]), layers.LSTM(32)])
    """
    given = node.record.arguments.get("weights")
    given = given[0] if isinstance(given, tuple) and len(given) == 1 else None
    matrix = _dims(given or node.argument("embeddings_initializer"))
    wanted = (_input_dim(node), node.argument("output_dim"))
    if matrix is None or not all(isinstance(size, (int, Poly)) for size in wanted):
        return
    if len(matrix) == 2 and False not in map(equal, matrix, wanted):
        return
    yield (
        f"the matrix given to this Embedding has shape {wording.dims(matrix)}, but input_dim and "
        f"output_dim ask for {wording.dims(wanted)}"
    )


def _dims(value: object) -> tuple[Dim, ...] | None:
    """The dimensions of an array, where they are known."""
    shape = getattr(value, "shape", None)
    return shape.dims if isinstance(shape, Shape) and shape.known else None
