"""Padding: lists of sequences become arrays of one shape."""

from __future__ import annotations

from typing import NamedTuple

from flake8_paramcount import dims
from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.array_values import as_array, dtype_name, joined_range
from flake8_paramcount.interpreter.signatures import Call, extent, known, length_of, under
from flake8_paramcount.interpreter.values import Array, Value
from flake8_paramcount.keras.layer import Shape
from flake8_paramcount.unknown import Unknown

_sequence_module = under(
    "keras.preprocessing.sequence",
    "keras.utils",
    "keras.utils.sequence_utils",
    "keras.legacy.preprocessing.sequence",
    "keras_preprocessing.sequence",
)


@known(*_sequence_module("pad_sequences"))
def pad_sequences(
    call: Call,
    sequences: Value,
    maxlen: Value = None,
    dtype: Value = "int32",
    padding: Value = "pre",
    truncating: Value = "pre",
    value: Value = 0.0,
) -> Value:
    rows = _rows(call, sequences)
    steps = extent(maxlen) if maxlen is not None else rows.longest
    if steps is None:
        steps = call.symbol(".shape[1]")
    low, high = rows.low, rows.high
    if isinstance(value, (int, float)) and int(value) == value:
        low, high = dims.minimum(low, int(value)), dims.maximum(high, int(value))
    else:
        low = high = None
    shape = Shape((rows.number, steps, *rows.inner))
    return Array(shape, dtype_name(dtype), low, high, rows.source, rows.site)


class Rows(NamedTuple):
    """What padding needs to know of a list of sequences."""

    number: Dim
    longest: Dim = None
    low: Dim = None
    high: Dim = None
    source: str | None = None
    site: int = 0
    inner: tuple[Dim, ...] = ()


def _rows(call: Call, sequences: Value) -> Rows:
    if isinstance(sequences, Unknown):
        return Rows(length_of(call, sequences), site=call.site)
    if isinstance(sequences, Array):
        return _array_rows(sequences)
    rows = [as_array(call, item) for item in call.items(sequences)]
    if not rows:
        return Rows(0, 0, site=call.site)
    filled = [row for row in rows if row.shape.dims[:1] != (0,)] or rows
    low, high = joined_range(filled)
    longest: Dim = 0
    for row in rows:
        longest = dims.maximum(longest, row.shape.dims[0])
    origins = {(row.source, row.site) for row in rows if row.source}
    source, site = next(iter(origins)) if origins else (None, call.site)
    return Rows(len(rows), _stated(longest), low, high, source, site, filled[0].shape.dims[1:])


def _array_rows(array: Array) -> Rows:
    shape = array.shape.dims
    longest, inner = (shape[1], shape[2:]) if len(shape) > 1 else (None, ())
    return Rows(shape[0], longest, array.low, array.high, array.source, array.site, inner)


def _stated(length: Dim) -> Dim:
    """A length that tells a reader something."""
    return None if isinstance(length, Poly) and length.opaque else length
