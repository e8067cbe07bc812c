"""How rules word numbers, shapes, layers and models."""

from __future__ import annotations

from collections.abc import Iterable

from flake8_paramcount.dims import Dim, text
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.records import LayerRecord, Model

_UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB")


def number(count: int) -> str:
    """`1234567` as `1,234,567`."""
    return f"{count:,}"


def parameters(count: Dim) -> str:
    """`1 parameter`, `3,104 parameters`, `64·n parameters`."""
    return f"{text(count)} parameter{'' if count == 1 else 's'}"


def size(count: int) -> str:
    """Bytes in the largest binary unit that they fill: `262.1 KiB`."""
    value = float(count)
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            break
        value /= 1024
    return f"{number(count)} bytes" if unit == _UNITS[0] else f"{value:,.1f} {unit}"


def percent(share: float) -> str:
    """`0.954` as `95.4 %`."""
    return f"{share * 100:.1f} %"


def dims(shape: Iterable[Dim]) -> str:
    """A shape as Python writes it: `(None, 784)`."""
    parts = [str(dim) if isinstance(dim, int) else text(dim) for dim in shape]
    return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"


def shape(shapes: Shapes | None) -> str:
    """One shape or several; `unknown` where the rank is not known."""
    if isinstance(shapes, tuple):
        return ", ".join(map(shape, shapes))
    return dims(shapes.dims) if isinstance(shapes, Shape) and shapes.known else "unknown"


def layer(record: LayerRecord) -> str:
    """A layer by its class, and by its name where the source gives it one."""
    return f"{record.class_name} `{record.label}`" if record.label else record.class_name


def model(subject: Model) -> str:
    """A model by the name that it was bound to, or by the function that builds it."""
    if subject.name:
        return f"model `{subject.name}`"
    return f"the model of `{subject.function}`" if subject.function else "the model"
