"""Layers that look values up in a vocabulary, and the one that splits text for it."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.dims import Dim
from flake8_paramcount.keras.layer import Built, Shape, built, layer
from flake8_paramcount.keras.preprocessing import check_salt, check_sparse, encoded
from flake8_paramcount.keras.shapes import known, opaque, refuse, size
from flake8_paramcount.keras.values import at_least, conflict, is_true, option
from flake8_paramcount.unknown import Unknown

ADAPTED = "the vocabulary is found in data, by `adapt`"
STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)
ENCODINGS = ("binary", "tf-idf", "int", "one_hot", "multi_hot", "count", "tf_idf")

# fmt: off


@layer()
def IntegerLookup(
    x: Shape, max_tokens: Any = None, num_oov_indices: Any = 1, mask_token: Any = None,
    oov_token: Any = -1, vocabulary: Any = None, vocabulary_dtype: Any = "int64",
    idf_weights: Any = None, invert: Any = False, output_mode: Any = "int", sparse: Any = False,
    pad_to_max_tokens: Any = False, oov_method: Any = "floormod", salt: Any = None,
    name: Any = None, *, vocabulary_size: Any = None, has_input_vocabulary: Any = None,
) -> Built:
    """Maps integers to indices, keras.layers.IntegerLookup."""
    option(vocabulary_dtype, "vocabulary_dtype", ("int64",))
    option(oov_method, "oov_method", ("floormod", "farmhash"))
    check_lookup(max_tokens, pad_to_max_tokens, num_oov_indices)
    check_lookup_mode(output_mode, invert, sparse, idf_weights)
    special = special_tokens(mask_token, oov_token, num_oov_indices, output_mode)
    depth = table_depth(max_tokens, pad_to_max_tokens, vocabulary, special)
    return built(looked_up(x, output_mode, depth))


@layer()
def StringLookup(
    x: Shape, max_tokens: Any = None, num_oov_indices: Any = 1, mask_token: Any = None,
    oov_token: Any = "[UNK]", vocabulary: Any = None, idf_weights: Any = None,
    invert: Any = False, output_mode: Any = "int", pad_to_max_tokens: Any = False,
    sparse: Any = False, encoding: Any = "utf-8", name: Any = None, salt: Any = None,
    *, vocabulary_size: Any = None, has_input_vocabulary: Any = None,
) -> Built:
    """Maps strings to indices, keras.layers.StringLookup."""
    check_lookup(max_tokens, pad_to_max_tokens, num_oov_indices)
    check_salt(salt)
    check_lookup_mode(output_mode, invert, sparse, idf_weights)
    special = special_tokens(mask_token, oov_token, num_oov_indices, output_mode)
    depth = table_depth(max_tokens, pad_to_max_tokens, vocabulary, special)
    return built(looked_up(x, output_mode, depth))


@layer()
def TextVectorization(
    x: Shape, max_tokens: Any = None, standardize: Any = "lower_and_strip_punctuation",
    split: Any = "whitespace", ngrams: Any = None, output_mode: Any = "int",
    output_sequence_length: Any = None, pad_to_max_tokens: Any = False, vocabulary: Any = None,
    idf_weights: Any = None, sparse: Any = False, ragged: Any = False, encoding: Any = "utf-8",
    name: Any = None, *, vocabulary_size: Any = None, has_input_vocabulary: Any = None,
) -> Built:
    """Splits text into tokens and indexes them, keras.layers.TextVectorization."""
    option(standardize, "standardize", STANDARDIZE)
    option(split, "split", ("whitespace", "character", None))
    check_lookup_mode(output_mode, False, sparse, idf_weights)
    check_ngrams(ngrams)
    check_sequence_length(output_mode, output_sequence_length, ragged)
    check_lookup(max_tokens, pad_to_max_tokens, 1)
    if known(output_mode) == "int":
        length = None if output_sequence_length is None else size(output_sequence_length, "")
        return built(Shape((x.of_min_rank(1)[0], length)))
    special = special_tokens("", "[UNK]", 1, output_mode)
    depth = table_depth(max_tokens, pad_to_max_tokens, vocabulary, special)
    return built(looked_up(token_shape(x, split), output_mode, depth))

# fmt: on


# --- vocabularies --------------------------------------------------------------------------------


def check_lookup(max_tokens: Any, pad_to_max_tokens: Any, oov: Any) -> None:
    """What every lookup's constructor refuses about its sizes."""
    if max_tokens is not None:
        size(max_tokens, "max_tokens", minimum=2)
    elif is_true(pad_to_max_tokens):
        conflict("pad_to_max_tokens", True, "`pad_to_max_tokens=True` needs `max_tokens`")
    at_least(oov, 0, "num_oov_indices")


def check_lookup_mode(output_mode: Any, invert: Any, sparse: Any, idf_weights: Any) -> None:
    """What every lookup's constructor refuses about its output."""
    option(output_mode, "output_mode", ENCODINGS)
    if not isinstance(output_mode, str):
        return
    if is_true(invert) and output_mode != "int":
        conflict("invert", invert, "`invert=True` needs `output_mode='int'`")
    check_sparse(sparse, output_mode)
    given = idf_weights is not None and not isinstance(idf_weights, Unknown)
    if given and output_mode not in ("tf_idf", "tf-idf"):
        conflict("idf_weights", idf_weights, "`idf_weights` needs `output_mode='tf_idf'`")


def special_tokens(mask: Any, oov: Any, count: Any, output_mode: Any) -> tuple[Any, ...] | None:
    """The tokens that stand before the vocabulary; None where that is not known."""
    if isinstance(mask, Unknown) or not isinstance(count, int):
        return None
    masks = (mask,) if mask is not None and output_mode == "int" else ()
    return (*masks, *((oov,) * count))


def table_depth(
    max_tokens: Any, padded: Any, vocabulary: Any, special: tuple[Any, ...] | None
) -> Dim:
    """How many different indices a lookup gives."""
    if max_tokens is not None and is_true(padded):
        return size(max_tokens, "max_tokens", minimum=2)
    plain = isinstance(vocabulary, (tuple, list)) and isinstance(padded, (bool, int))
    if special is None or not plain:
        return opaque(ADAPTED)
    begins = tuple(vocabulary[: len(special)]) == special
    return len(vocabulary) + (0 if begins else len(special))


def looked_up(x: Shape, output_mode: Any, depth: Dim) -> Shape:
    """What a lookup puts out."""
    mode = known(output_mode)
    return x if mode == "int" else encoded(x.dims, depth, mode)


def token_shape(x: Shape, split: Any) -> Shape:
    """Text once it is split: one more axis, of any length."""
    if split is not None:
        return Shape((*x.dims, None))
    return Shape((*x.dims, 1)) if x.rank <= 1 else x


def check_ngrams(ngrams: Any) -> None:
    """N-grams are an integer or a tuple of them."""
    if isinstance(ngrams, (str, float)):
        refuse("ngrams", ngrams)
    if isinstance(ngrams, (tuple, list)) and any(isinstance(n, (str, float)) for n in ngrams):
        refuse("ngrams", ngrams)


def check_sequence_length(output_mode: Any, length: Any, ragged: Any) -> None:
    """Only indices have a sequence length, and only they can be ragged."""
    if not isinstance(output_mode, str):
        return
    if output_mode == "int":
        if isinstance(length, (str, float, tuple)):
            refuse("output_sequence_length", length)
    elif length is not None and not isinstance(length, Unknown):
        conflict("output_sequence_length", length, "a length needs `output_mode='int'`")
    elif is_true(ragged):
        conflict("ragged", ragged, "`ragged=True` needs `output_mode='int'`")
