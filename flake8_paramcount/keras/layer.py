"""What a layer declaration is made of: weights, shapes, faults, and the registry of layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from flake8_paramcount.dims import Dim, product
from flake8_paramcount.unknown import Undetermined, Unknown

FaultKind: TypeAlias = Literal[
    "argument",  # Keras refuses the construction, whatever the input (KPC308, KPC301)
    "rank",  # the input has another rank than the layer takes (KPC401)
    "exhausted",  # a size would become zero or negative (KPC403)
    "reshape",  # element counts differ (KPC404)
    "merge",  # inputs of a merging layer do not fit (KPC405)
    "undefined",  # a weight needs a dimension that is None (KPC406)
    "input",  # any other input that Keras refuses
]


class Fault(Exception):
    """Keras raises here. `details` carries the numbers that a rule's message needs."""

    def __init__(self, kind: FaultKind, message: str, **details: Any) -> None:
        super().__init__(message)
        self.kind: FaultKind = kind
        self.message = message
        self.details = details


class Shape:
    """The shape of a tensor, batch first; its rank may be unknown.

    Every question about an unknown shape raises `Undetermined`, so that a declaration reads as if
    shapes were always known.
    """

    __slots__ = ("_dims", "why")

    def __init__(self, dims: Iterable[Dim] | Unknown) -> None:
        self.why = dims if isinstance(dims, Unknown) else None
        self._dims = () if isinstance(dims, Unknown) else tuple(dims)

    @property
    def known(self) -> bool:
        return self.why is None

    @property
    def dims(self) -> tuple[Dim, ...]:
        """All dimensions, batch first. Raises `Undetermined` when the rank is unknown."""
        if self.why is not None:
            raise Undetermined(self.why)
        return self._dims

    @property
    def rank(self) -> int:
        return len(self.dims)

    def of_rank(self, rank: int) -> tuple[Dim, ...]:
        """The dimensions, if there are exactly `rank`, else a rank fault."""
        if self.rank != rank:
            raise Fault(
                "rank",
                f"expected ndim={rank}, found ndim={self.rank}",
                expected=rank,
                found=self.rank,
            )
        return self.dims

    def of_min_rank(self, rank: int) -> tuple[Dim, ...]:
        """The dimensions, if there are at least `rank`, else a rank fault."""
        if self.rank < rank:
            raise Fault(
                "rank",
                f"expected min_ndim={rank}, found ndim={self.rank}",
                expected=rank,
                found=self.rank,
            )
        return self.dims

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Shape):
            return NotImplemented
        return self._dims == other._dims and self.why is other.why

    def __hash__(self) -> int:
        return hash((self._dims, id(self.why)))

    def __repr__(self) -> str:
        return f"Shape({self._dims if self.why is None else self.why!r})"


Shapes: TypeAlias = "Shape | tuple[Shape, ...]"


@dataclass(frozen=True, slots=True)
class Weight:
    """One variable of a layer, as `layer.weights` lists it.

    `gates` stacked copies lie side by side on the last axis: an LSTM's kernel of shape
    (features, 4·units) is `Weight("kernel", (features, units), gates=4)`, so that the arithmetic
    can be shown as `4·(…)`.
    """

    name: str
    block: tuple[Dim, ...]
    trainable: bool = True
    gates: int = 1

    @property
    def shape(self) -> tuple[Dim, ...]:
        if self.gates == 1:
            return self.block
        return (*self.block[:-1], self.block[-1] * self.gates)  # type: ignore[operator]

    @property
    def count(self) -> Dim:
        return product(self.shape)


class Built(NamedTuple):
    """What a layer becomes on a given input: its weights and the shape that it puts out."""

    weights: tuple[Weight, ...]
    output: Shapes


def built(output: Shapes, weights: Iterable[Weight | None] = ()) -> Built:
    """A `Built` of the weights that are there (None stands for one switched off).

    Raises a fault of kind "undefined" where a weight would need a dimension that is None.
    """
    present = tuple(weight for weight in weights if weight is not None)
    for weight in present:
        if any(size is None for size in weight.block):
            raise Fault(
                "undefined",
                f"weight `{weight.name}` needs a dimension that is None",
                weight=weight.name,
                shape=weight.block,
            )
    return Built(present, output)


class Buildable(Protocol):
    """A layer object: a `BoundLayer`, or a model used as a layer."""

    @property
    def class_name(self) -> str: ...

    @property
    def arguments(self) -> Mapping[str, Any]: ...

    def apply(self, x: Shapes) -> Built: ...


Declaration: TypeAlias = Callable[..., Built]


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """A declared layer: its Keras name and the function that builds it.

    The function's parameters after the input shape are those of the Keras class: names, order and
    defaults.
    """

    name: str
    declaration: Declaration
    aliases: tuple[str, ...] = ()
    generations: frozenset[int] = frozenset({1, 2, 3})
    many_inputs: bool = False

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters in Keras' order, keyword-only ones last."""
        code = self.declaration.__code__
        return tuple(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])

    @property
    def positional(self) -> tuple[str, ...]:
        code = self.declaration.__code__
        return tuple(code.co_varnames[1 : code.co_argcount])

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The defaults of the parameters that have one."""
        return _defaults(self.declaration)


@cache
def _defaults(declaration: Declaration) -> Mapping[str, Any]:
    function: Any = declaration
    code = function.__code__
    values = function.__defaults__ or ()
    names = code.co_varnames[code.co_argcount - len(values) : code.co_argcount]
    return {**dict(zip(names, values, strict=True)), **(function.__kwdefaults__ or {})}


LAYERS: dict[str, LayerSpec] = {}


def layer(
    *aliases: str,
    generations: Sequence[int] = (1, 2, 3),
    many_inputs: bool = False,
) -> Callable[[Declaration], Declaration]:
    """Register a declaration under its own name and its aliases."""

    def register(declaration: Declaration) -> Declaration:
        name = declaration.__name__
        spec = LayerSpec(name, declaration, aliases, frozenset(generations), many_inputs)
        for key in (name, *aliases):
            LAYERS[key] = spec
        return declaration

    return register


# Keywords that the base class `keras.layers.Layer` takes, whatever the layer.
BASE_KEYWORDS = frozenset(
    {"activity_regularizer", "trainable", "dtype", "autocast", "name", "input_shape", "input_dim"}
)


@dataclass(frozen=True, slots=True)
class BoundLayer:
    """A layer with its arguments, ready to be applied to shapes: what its constructor made."""

    spec: LayerSpec
    arguments: Mapping[str, Any]
    trainable: bool = True

    @property
    def class_name(self) -> str:
        return self.spec.name

    def apply(self, x: Shapes) -> Built:
        """Weights and output on input shape(s) `x`. Raises `Fault` and `Undetermined`."""
        result = self.spec.declaration(x, **self.arguments)
        if self.trainable:
            return result
        frozen = tuple(replace(weight, trainable=False) for weight in result.weights)
        return Built(frozen, result.output)
