"""Reading layer arguments, and the arithmetic of shapes, as Keras does both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn, TypeAlias

from flake8_paramcount.dims import (
    Dim,
    Poly,
    ceildiv,
    equal,
    floordiv,
    less,
    less_equal,
    mod,
    symbol,
    text,
)
from flake8_paramcount.keras.layer import Fault
from flake8_paramcount.unknown import Undetermined, Unknown

# No array library makes an axis of more.
LARGEST = 2**63 - 1

# Of an argument's value no more is shown.
LONGEST = 200

# The text of a size that nothing in the source names.
NAMELESS = "?"

Size: TypeAlias = "int | Poly"

PLAIN = (int, float, complex, str, bytes, tuple, list, dict, set, frozenset, type(None), Poly)

# --- arguments -----------------------------------------------------------------------------------


def refuse(name: str, value: Any, message: str | None = None, **details: Any) -> NoReturn:
    """Raise the fault for a constructor argument that Keras refuses.

    Of an object that is no plain value, nobody here can tell what Keras makes of it.
    """
    if not _is_plain(value):
        raise Undetermined(Unknown(f"what `{name}` is given is not known"))
    raise Fault(
        "argument",
        message or f"invalid value for `{name}`: {show(value)}",
        argument=name,
        value=value,
        **details,
    )


def _is_plain(value: Any) -> bool:
    """Whether a value is what it looks like: an array is a tuple here, and none for Keras."""
    if isinstance(value, tuple | list):
        return type(value) in (tuple, list) and all(map(_is_plain, value))
    return isinstance(value, PLAIN)


def show(value: Any) -> str:
    """An argument's value as it reads in a message."""
    shown = text(value) if isinstance(value, Poly) else repr(value)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def known(value: Any) -> Any:
    """The value itself; an unknown raises `Undetermined`."""
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return value


def flag(value: Any) -> bool:
    """Whether an argument is true. What is not known raises `Undetermined`."""
    if isinstance(value, Poly):
        zero = equal(value, 0)
        if zero is None:
            raise Undetermined(Unknown("its value is not known", text(value)))
        return not zero
    return bool(value)


def size_of(unknown: Unknown, lower: int = 1) -> Size:
    """The symbol that stands for an unknown integer: one and the same for one unknown."""
    if unknown._symbol is None:
        unknown._symbol = symbol(
            unknown.text or NAMELESS,
            lower=lower,
            reason=unknown.reason,
            opaque=unknown.text is None,
            site=unknown.site,
        )
    return unknown._symbol  # type: ignore[return-value]


def opaque(reason: str, lower: int = 1) -> Size:
    """A size that nothing in the source says: it keeps what depends on it from being stated."""
    return symbol(NAMELESS, lower=lower, reason=reason, opaque=True)


def size(value: Any, name: str, *, minimum: int = 1, bools: bool = True) -> Size:
    """An integer argument that must be at least `minimum`; an unknown one is a symbol."""
    if isinstance(value, Unknown):
        return size_of(value, minimum)
    if isinstance(value, Poly):
        return refuse(name, value) if less(value, minimum) else value
    if not isinstance(value, int) or (isinstance(value, bool) and not bools) or value < minimum:
        refuse(name, value)
    if value > LARGEST:
        refuse(name, value)
    return int(value)


def sizes(value: Any, rank: int, name: str, *, minimum: int = 1) -> tuple[Size, ...]:
    """One integer for every axis, from an int or from a tuple of exactly `rank` of them.

    An unknown may be either; for several axes its parts are sizes that nothing says.
    """
    if isinstance(value, Unknown):
        return _unknown_sizes(value, rank, minimum)
    if isinstance(value, (int, Poly)):
        return (size(value, name, minimum=minimum),) * rank
    if not isinstance(value, (tuple, list)) or len(value) != rank:
        refuse(name, value)
    return tuple(_element(part, value, name, minimum) for part in value)


def _unknown_sizes(value: Unknown, rank: int, minimum: int) -> tuple[Size, ...]:
    if rank == 1:
        return (size_of(value, minimum),)
    parts = (value.derive(("axis", axis), None) for axis in range(rank))
    return tuple(size_of(part, minimum) for part in parts)


def _element(part: Any, whole: Any, name: str, minimum: int) -> Size:
    try:
        return size(part, name, minimum=minimum)
    except Fault:
        refuse(name, whole)


def number(value: Any, name: str) -> None:
    """Refuse what is provably no number, such as `dropout=None`."""
    if not isinstance(value, (int, float, Poly, Unknown)):
        refuse(name, value)


def choice(value: Any, name: str, options: Sequence[Any], *, fold: bool = False) -> Any:
    """An argument that must be one of `options`; `fold` compares it in lower case."""
    value = known(value)
    if fold and isinstance(value, str):
        value = value.lower()
    if value not in options:
        refuse(name, value)
    return value


def axis_index(value: Any, rank: int, name: str = "axis") -> int:
    """An axis as an index from 0; one out of range is an "input" fault."""
    value = known(value)
    if not isinstance(value, int):
        refuse(name, value)
    if not -rank <= value < rank:
        raise Fault(
            "input", f"`{name}`={value} is out of range for {rank} dimensions", argument=name
        )
    return value % rank


def is_channels_first(data_format: Any) -> bool:
    """Whether the channels stand before the spatial axes. `None` is Keras' own default: last."""
    if data_format is None:
        return False
    options = ("channels_first", "channels_last")
    return bool(choice(data_format, "data_format", options, fold=True) == "channels_first")


# --- shapes --------------------------------------------------------------------------------------


class Image(NamedTuple):
    """A shape taken apart: batch, spatial axes, channels."""

    batch: Dim
    spatial: tuple[Dim, ...]
    channels: Dim
    channels_first: bool

    @property
    def first_axis(self) -> int:
        """The index of the first spatial axis in the whole shape."""
        return 2 if self.channels_first else 1

    def dims(self, *, spatial: Sequence[Dim] | None = None, channels: Dim = -1) -> tuple[Dim, ...]:
        """The shape put together again, with other spatial sizes or another channel count."""
        middle = self.spatial if spatial is None else tuple(spatial)
        depth = self.channels if channels == -1 else channels
        if self.channels_first:
            return (self.batch, depth, *middle)
        return (self.batch, *middle, depth)


def image(dims: Sequence[Dim], data_format: Any) -> Image:
    """Take a shape apart by its data format."""
    if is_channels_first(data_format):
        return Image(dims[0], tuple(dims[2:]), dims[1], channels_first=True)
    return Image(dims[0], tuple(dims[1:-1]), dims[-1], channels_first=False)


AXIS_LABELS = {
    1: ("steps",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}


def axis_label(index: int, rank: int) -> str:
    """What a spatial axis is called: `height`, `steps` …"""
    labels = AXIS_LABELS.get(rank)
    return labels[index] if labels else f"axis {index + 1}"


def exhausted(what: str, *, axis: int, label: str, size: Dim, needed: Dim) -> Fault:
    """The fault for a size that would become zero or negative.

    `axis` counts from the batch axis; `size` is the input's, `needed` the least that would do.
    """
    return Fault(
        "exhausted",
        f"{what} leaves nothing of {label} {text(size)}: at least {text(needed)} is needed",
        axis=axis,
        label=label,
        size=size,
        needed=needed,
    )


class Window(NamedTuple):
    """A window that slides over the spatial axes: a kernel or a pool."""

    size: tuple[Size, ...]
    strides: tuple[Size, ...]
    padding: str
    dilation: tuple[Size, ...]
    noun: str = "kernel"

    @property
    def extent(self) -> tuple[Size, ...]:
        """What the window covers on every axis, its holes included."""
        pairs = zip(self.size, self.dilation, strict=True)
        return tuple((length - 1) * gap + 1 for length, gap in pairs)


def slide(x: Image, window: Window) -> tuple[Dim, ...]:
    """The spatial sizes that a sliding window gives; a fault where one would be exhausted."""
    if len(x.spatial) != len(window.size):
        expected, found = len(window.size) + 2, len(x.spatial) + 2
        message = f"expected ndim={expected}, found ndim={found}"
        raise Fault("rank", message, expected=expected, found=found)
    return tuple(_slide_axis(x, window, index) for index in range(len(x.spatial)))


def _slide_axis(x: Image, window: Window, index: int) -> Dim:
    length, stride = x.spatial[index], window.strides[index]
    if length is None:
        return None
    if window.padding != "valid":
        return ceildiv(length, stride)
    extent = window.extent[index]
    if less(length, extent):
        raise exhausted(
            f"a {window.noun} of {text(extent)}",
            axis=x.first_axis + index,
            label=axis_label(index, len(x.spatial)),
            size=length,
            needed=extent,
        )
    return plus(floordiv(length - extent, stride), 1)


# --- arithmetic where None stays None ------------------------------------------------------------


def plus(*dims: Dim) -> Dim:
    """The sum of sizes, None if one is None."""
    result: Size = 0
    for dim in dims:
        if dim is None:
            return None
        result = result + dim
    return result


def times(*dims: Dim) -> Dim:
    """The product of sizes, None if one is None."""
    result: Size = 1
    for dim in dims:
        if dim is None:
            return None
        result = result * dim
    return result


def indivisible(dim: Dim, divisor: Dim) -> bool:
    """Whether `dim` is provably no multiple of `divisor`."""
    rest = mod(dim, divisor)
    return rest is not None and equal(rest, 0) is False


def provably_positive(dim: Dim) -> bool:
    """Whether a size is known to be at least 1."""
    return dim is not None and less_equal(dim, 0) is False
