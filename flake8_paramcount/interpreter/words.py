"""Texts as numbers: Keras' `Tokenizer`, hashing, padding, and what lookup layers put out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.natives import attribute, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.signatures import (
    Call,
    extent,
    known,
    known_method,
    length_of,
    text,
    under,
)
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    DictObject,
    ListObject,
    Ref,
    Value,
)
from flake8_paramcount.keras import datasets
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Unknown

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'

# Literal texts with more characters together than this are not split into words.
MAX_CHARACTERS = 50_000

_text_module = under(
    "keras.preprocessing.text", "keras.legacy.preprocessing.text", "keras_preprocessing.text"
)


_CHANGED = "length after a change"


class WordIndex(Ref):
    """A dict from words to 1, 2, …: its length is a number, or the symbol of its source text."""

    __slots__ = ("count", "label")

    def __init__(self, label: str, count: Dim = None) -> None:
        super().__init__({})
        self.label = label
        self.count = count

    def size(self, call: Call, label: str | None = None) -> int | Poly:
        """The length: one and the same each time somebody asks, until it changes."""
        changed = self.state.get(_CHANGED)
        if changed is not None:
            return changed  # type: ignore[no-any-return]
        if self.count is None:
            name = label or self.label
            stated = call.run.assumed(name)
            self.count = (
                stated
                if stated is not None
                else dims.symbol(name, lower=0, kind="word_index", site=call.site)
            )
        return self.count


@known_method(WordIndex, "__len__")
def len_of_index(call: Call, index: WordIndex) -> Value:
    label = call.arguments.text()
    return index.size(call, label if label.startswith("len(") else None)


@method(WordIndex, "__setitem__", "clear", "pop", "popitem", "setdefault", "update")
def change_of_index(run: Run, index: WordIndex, arguments: Arguments) -> Value:
    """Words are added or removed, such as `word_index["<PAD>"] = 0`: nobody knows how many."""
    length = dims.symbol(index.label, lower=0, reason="it was changed", site=arguments.site)
    run.journal.write(index)[_CHANGED] = length
    return Unknown("an item of a word index", arguments.text, arguments.site)


@known_method(WordIndex, "copy", "__copy__")
def copy_of_index(call: Call, index: WordIndex) -> Value:
    return index


def _index_of_data_set(name: str) -> None:
    facts = datasets.TEXTS[name]

    @known(f"keras.datasets.{name}.get_word_index")
    def get_word_index(call: Call, *path: Value, **options: Value) -> Value:
        return WordIndex(call.arguments.text(), facts.words)


for _name in datasets.TEXTS:
    _index_of_data_set(_name)


# --- Tokenizer -----------------------------------------------------------------------------------


class Splitting(NamedTuple):
    """How a text becomes words."""

    filters: Value = _FILTERS
    lower: Value = True
    split: Value = " "
    char_level: Value = False

    def words(self, value: Value) -> list[str]:
        """The words of a text that is known. Raises `Undetermined` otherwise."""
        source = text(value)
        if self.lower:
            source = source.lower()
        if self.char_level:
            return list(source)
        split = text(self.split)
        source = source.translate({ord(character): split for character in text(self.filters)})
        return [word for word in source.split(split) if word]


class Tokenizer(Ref):
    """A `Tokenizer`; its state says which words it has counted, or that they are not known."""

    __slots__ = ("site", "splitting")

    def __init__(self, site: int, splitting: Splitting, num_words: Value, oov_token: Value) -> None:
        index = WordIndex("len(word_index)")
        super().__init__({"num_words": num_words, "oov": oov_token, "index": index, "counts": {}})
        self.site = site
        self.splitting = splitting


@known(*_text_module("Tokenizer"))
def tokenizer(
    call: Call,
    num_words: Value = None,
    filters: Value = _FILTERS,
    lower: Value = True,
    split: Value = " ",
    char_level: Value = False,
    oov_token: Value = None,
    analyzer: Value = None,
    *,
    nb_words: Value = None,
    document_count: Value = 0,
) -> Value:
    limit = nb_words if num_words is None else num_words
    if analyzer is not None:
        filters = Unknown("an analyzer of its own")
    return Tokenizer(call.site, Splitting(filters, lower, split, char_level), limit, oov_token)


@known_method(Tokenizer, "fit_on_texts")
def fit_on_texts(call: Call, tokenizer: Tokenizer, texts: Value) -> None:
    state = call.run.journal.write(tokenizer)
    counts = _counted(call, tokenizer, call.settle(state["counts"]), texts)
    state["counts"] = counts
    if counts is None or isinstance(state["oov"], Unknown):
        name = call.arguments.text().partition(".fit_on_texts(")[0]
        state["index"] = WordIndex(f"len({name}.word_index)")
        return
    ranked = sorted(counts, key=counts.__getitem__, reverse=True)
    words = ranked if state["oov"] is None else [state["oov"], *ranked]
    state["index"] = DictObject({word: rank for rank, word in enumerate(words, 1)})


def _counted(
    call: Call, tokenizer: Tokenizer, before: dict[str, int] | None, texts: Value
) -> dict[str, int] | None:
    """The words counted so far, with those of more texts; None if some are not known."""
    if before is None:
        return None
    found = call.run.attempt(lambda: _split(call, tokenizer, texts))
    if not isinstance(found, tuple):
        return None
    counts = dict(before)
    for sequence in found:
        for word in sequence:
            counts[word] = counts.get(word, 0) + 1
    return counts


def _split(call: Call, tokenizer: Tokenizer, texts: Value) -> Any:
    """The words of each text, as a tuple; unknown where a text is."""
    items = call.items(texts)
    size = sum(len(item) for item in items if isinstance(item, str))
    if size > MAX_CHARACTERS:
        return call.unknown("long texts")
    call.run.fuel.burn(size // 20)
    try:
        return tuple(_words_of(call, tokenizer, item) for item in items)
    except (TypeError, ValueError):
        return call.unknown("texts in a form that is not followed")


def _words_of(call: Call, tokenizer: Tokenizer, item: Value) -> list[str]:
    if not isinstance(item, ListObject):
        return tokenizer.splitting.words(item)
    parts = [text(part) for part in call.items(item)]
    return [part.lower() for part in parts] if tokenizer.splitting.lower else parts


@attribute(Tokenizer, "word_index")
def word_index(run: Run, tokenizer: Tokenizer) -> Value:
    return run.journal.force(run.journal.read(tokenizer)["index"])


@attribute(Tokenizer, "index_word")
def index_word(run: Run, tokenizer: Tokenizer) -> Value:
    index = word_index(run, tokenizer)
    if isinstance(index, DictObject):
        return DictObject({rank: word for word, rank in run.journal.read(index).items()})
    return index


@attribute(Tokenizer, "num_words")
def num_words(run: Run, tokenizer: Tokenizer) -> Value:
    return run.journal.force(run.journal.read(tokenizer)["num_words"])


@attribute(Tokenizer, "word_counts", "word_docs", "document_count", "index_docs", "oov_token")
def unfollowed(run: Run, tokenizer: Tokenizer) -> Value:
    return Unknown("an attribute of a tokenizer that is not followed", None, tokenizer.site)


@known_method(Tokenizer, "set_num_words")
def set_num_words(call: Call, tokenizer: Tokenizer, value: Value) -> None:
    call.run.journal.write(tokenizer)["num_words"] = value


@known_method(Tokenizer, "set_word_index")
def set_word_index(call: Call, tokenizer: Tokenizer, value: Value) -> None:
    state = call.run.journal.write(tokenizer)
    state["index"], state["counts"] = value, None


def largest_index(call: Call, tokenizer: Tokenizer) -> Dim:
    """The largest index that `texts_to_sequences` can give."""
    limit = num_words(call.run, tokenizer)
    index = word_index(call.run, tokenizer)
    if isinstance(index, Unknown) and not limit:
        return None
    if limit is not None and limit != 0:
        most = extent(limit) - 1
        return dims.minimum(most, len(index.state)) if isinstance(index, DictObject) else most
    return length_of(call, index, lambda: "len(word_index)")


@known_method(Tokenizer, "texts_to_sequences")
def texts_to_sequences(call: Call, tokenizer: Tokenizer, texts: Value) -> Value:
    index, limit = word_index(call.run, tokenizer), num_words(call.run, tokenizer)
    if isinstance(index, DictObject) and (limit is None or isinstance(limit, int)):
        found = call.run.attempt(lambda: _split(call, tokenizer, texts))
        if isinstance(found, tuple):
            return _encoded(call, tokenizer, found, limit or None)
    count = length_of(call, texts)
    high = largest_index(call, tokenizer)
    return Array(Shape((count,)), "object", 1, high, "Tokenizer", tokenizer.site)


def _encoded(call: Call, tokenizer: Tokenizer, found: Any, limit: int | None) -> Value:
    """The exact sequences of texts that are known."""
    ranks = call.run.journal.read(word_index(call.run, tokenizer))
    oov = call.settle(call.run.journal.read(tokenizer)["oov"])
    spare = ranks.get(oov) if oov is not None else None
    return ListObject([ListObject(_ranks(words, ranks, limit, spare)) for words in found])


def _ranks(
    words: Sequence[str], ranks: Mapping[str, int], limit: int | None, spare: int | None
) -> list[int]:
    """Words that are not kept give the index of the out-of-vocabulary token, if there is one."""
    kept = [ranks.get(word) for word in words]
    known = [rank if rank and (limit is None or rank < limit) else spare for rank in kept]
    return [rank for rank in known if rank is not None]


@known_method(Tokenizer, "texts_to_matrix", "sequences_to_matrix")
def texts_to_matrix(
    call: Call, tokenizer: Tokenizer, texts: Value, mode: Value = "binary"
) -> Value:
    limit = num_words(call.run, tokenizer)
    if limit is not None and limit != 0:
        width: Dim = extent(limit)
    else:
        width = length_of(call, word_index(call.run, tokenizer), lambda: "len(word_index)") + 1
    return Array(Shape((length_of(call, texts), width)), "float64", site=call.site)


# --- hashing -------------------------------------------------------------------------------------


@known(*_text_module("text_to_word_sequence"))
def text_to_word_sequence(
    call: Call,
    input_text: Value,
    filters: Value = _FILTERS,
    lower: Value = True,
    split: Value = " ",
) -> Value:
    return ListObject(Splitting(filters, lower, split).words(input_text))


@known(*_text_module("one_hot"))
def one_hot(
    call: Call,
    input_text: Value,
    n: Value,
    filters: Value = _FILTERS,
    lower: Value = True,
    split: Value = " ",
) -> Value:
    return _hashed(call, input_text, n, Splitting(filters, lower, split), "one_hot")


@known(*_text_module("hashing_trick"))
def hashing_trick(
    call: Call,
    text: Value,
    n: Value,
    hash_function: Value = None,
    filters: Value = _FILTERS,
    lower: Value = True,
    split: Value = " ",
) -> Value:
    return _hashed(call, text, n, Splitting(filters, lower, split), "hashing_trick")


def _hashed(call: Call, value: Value, n: Value, splitting: Splitting, source: str) -> Value:
    """Each word becomes a number from 1 to n - 1."""
    if isinstance(value, str):
        count: Dim = len(splitting.words(value[:MAX_CHARACTERS]))
    else:
        count = call.symbol(".size", opaque=True, reason="the number of words in a text")
    high = extent(n) - 1
    return Array(Shape((count,)), "int64", 1, high, source, call.site)


# --- what lookup layers put out ------------------------------------------------------------------

_LIMITS = {
    "TextVectorization": "max_tokens",
    "StringLookup": "max_tokens",
    "IntegerLookup": "max_tokens",
    "Hashing": "num_bins",
}


def vocabulary_range(class_name: str, arguments: Mapping[str, Value]) -> tuple[Dim, Dim] | None:
    """The range of the indices that a preprocessing layer puts out; None if it is not known."""
    limit = arguments.get(_LIMITS.get(class_name, ""))
    mode = arguments.get("output_mode", "int")
    if limit is None or mode != "int" or not isinstance(limit, (int, Poly, Unknown)):
        return None
    if isinstance(limit, Unknown) and limit.text is None:
        return None
    return 0, extent(limit) - 1
