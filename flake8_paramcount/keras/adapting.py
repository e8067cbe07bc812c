"""What LoRA, quantization and the freezing of a part make of the weights that a layer has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeAlias

from flake8_paramcount.dims import Dim, ceildiv, product
from flake8_paramcount.keras.core import Einsum
from flake8_paramcount.keras.layer import Shapes, Weight
from flake8_paramcount.keras.shapes import known
from flake8_paramcount.unknown import Undetermined, Unknown

BLOCK_SIZE = 128
"""Elements that share a scale, where `quantize("int4")` is not told otherwise."""

HISTORY = 1024
"""How many of the largest absolute values float8 remembers."""


class Change(NamedTuple):
    """One thing that a program does to the weights of a layer that has been built.

    `kind` is a key of `CHANGES`. `size` is the rank of LoRA, the block size of int4 (None: a scale
    for each column), or the length of float8's history. `part` is the layer inside of it that it
    is done to.
    """

    kind: str
    size: Any = None
    part: str = ""


_EMBEDDINGS = ("Embedding", "ReversibleEmbedding")
MAIN: Mapping[str, str] = {
    **dict.fromkeys(("Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D"), "kernel"),
    **dict.fromkeys(_EMBEDDINGS, "embeddings"),
}
"""The layers that have `enable_lora`, and the weight that it freezes."""

MODES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("Dense", "EinsumDense"), ("int8", "int4", "float8")),
    **dict.fromkeys(_EMBEDDINGS, ("int8", "int4")),
}
"""The layers that have `quantize`, and its modes; two others need data to calibrate with."""

DENSE = ("query", "key", "gate", "value", "attention_output")
"""The maps inside of an attention layer, each an EinsumDense."""

_ATTENTION = {
    f"{hidden}{part.removeprefix('attention_')}_dense": part
    for hidden in ("", "_")
    for part in DENSE
}
PARTS: Mapping[str, Mapping[str, str]] = {
    "MultiHeadAttention": _ATTENTION,
    "GroupQueryAttention": _ATTENTION,
    "Bidirectional": {"forward_layer": "forward", "backward_layer": "backward"},
}
"""The attributes that are layers inside of a layer, and how the names of their weights begin."""


class Variable(NamedTuple):
    """A weight, and whether it is `fixed`: one that no flag makes trainable."""

    weight: Weight
    fixed: bool = False

    @classmethod
    def of(cls, weight: Weight, main: str) -> Variable:
        """A weight as it was built; the main one may be frozen, but only for LoRA."""
        return cls(weight, not weight.trainable and weight.name.rpartition("/")[2] != main)

    def set(self, trainable: bool) -> Variable:
        """The weight with another flag, if that is for anybody to set."""
        return self if self.fixed else Variable(replace(self.weight, trainable=trainable))


class Kernel(NamedTuple):
    """A weight as a matrix for quantization: its rows are summed over, each column is scaled."""

    weight: Weight
    rows: Dim
    columns: Dim
    scales: tuple[Dim, ...]
    packed: tuple[Dim, ...]
    turned: bool = False
    """Whether blocks of rows lie side by side, instead of one below the other."""
    indexed: bool = True
    """Whether it says for each row which block that is in."""


class Own(NamedTuple):
    """The layer that is changed, which may be a part of another, as it was built."""

    class_name: str
    arguments: Mapping[str, Any]
    inputs: Shapes | None
    weights: tuple[Weight, ...]
    part: str

    @property
    def is_dense(self) -> bool:
        """Whether it is one of the maps inside of an attention layer."""
        return bool(self.part) and self.part in DENSE

    @property
    def main(self) -> str:
        """The name of the weight that is adapted, in the layer itself."""
        return "kernel" if self.is_dense else MAIN.get(self.class_name, "")

    def named(self, name: str) -> str:
        """The name of a weight in the layer that it is a part of."""
        return f"{self.part}/{name}" if self.part else name

    def weight(self, name: str) -> Weight:
        """A weight as it was built."""
        return next(weight for weight in self.weights if weight.name == self.named(name))


def adapted(
    class_name: str,
    arguments: Mapping[str, Any],
    inputs: Shapes | None,
    weights: Sequence[Weight],
    changes: Iterable[Change],
) -> list[Weight]:
    """The weights of a layer behind changes, one after the other. Raises `Undetermined`."""
    variables = [Variable.of(weight, MAIN.get(class_name, "")) for weight in weights]
    for kind, size, part in changes:
        own = Own(class_name, arguments, inputs, tuple(weights), part)
        inside = [each for each in variables if each.weight.name.startswith(part)]
        if inside:
            place = variables.index(inside[0])
            others = [each for each in variables if each not in inside]
            variables = [*others[:place], *CHANGES[kind](own, inside, size), *others[place:]]
    return [each.weight for each in variables]


# --- LoRA and flags ------------------------------------------------------------------------------

Variables: TypeAlias = Sequence[Variable]


def _lora(own: Own, variables: Variables, rank: Any) -> Iterable[Variable]:
    """The main weight is frozen, and a pair of thin ones is added that train in its place."""
    *outer, last = own.weight(own.main).shape
    for each in variables:
        yield each.set(False) if each.weight.name == own.named(own.main) else each
    yield Variable(Weight(own.named(f"lora_{own.main}_a"), (*outer, rank)))
    yield Variable(Weight(own.named(f"lora_{own.main}_b"), (rank, last)))


def _freeze(own: Own, variables: Variables, size: Any) -> Iterable[Variable]:
    return (each.set(False) for each in variables)


def _thaw(own: Own, variables: Variables, size: Any) -> Iterable[Variable]:
    return (each.set(True) for each in variables)


# --- quantization --------------------------------------------------------------------------------


def _int8(own: Own, variables: Variables, size: Any) -> Iterable[Variable]:
    """The kernels become bytes, each with scales."""
    kernels = _kernels(own)
    yield from _others(variables, kernels)
    for kernel in kernels:
        name = kernel.weight.name
        yield from _fixed(kernel.weight, Weight(f"{name}_scale", kernel.scales))


def _int4(own: Own, variables: Variables, size: Any) -> Iterable[Variable]:
    """Two elements of a kernel share a byte; a scale is for a column, or for a block of it."""
    kernels = _kernels(own)
    yield from _others(variables, kernels)
    for kernel in kernels:
        name = kernel.weight.name
        yield from _fixed(Weight(name, kernel.packed))
        if size is None or size == -1:
            yield from _fixed(Weight(f"{name}_scale", (kernel.columns,)))
            continue
        blocks = (ceildiv(kernel.rows, size), kernel.columns)
        blocks = blocks[::-1] if kernel.turned else blocks
        yield from _fixed(Weight(f"{name}_scale", blocks), Weight(f"{name}_zero", blocks))
        if kernel.indexed:
            yield from _fixed(Weight(own.named("g_idx"), (kernel.rows,)))


def _float8(own: Own, variables: Variables, size: Any) -> Iterable[Variable]:
    """A scale and a history for inputs, kernel and gradients, which the gradients overwrite."""
    yield from variables
    for of in ("inputs", "kernel", "outputs_grad"):
        yield Variable(Weight(own.named(f"{of}_scale"), ()))
        yield Variable(
            Weight(own.named(f"{of}_amax_history"), (HISTORY if size is None else size,))
        )


CHANGES: Mapping[str, Callable[[Own, Variables, Any], Iterable[Variable]]] = {
    "lora": _lora,
    "freeze": _freeze,
    "thaw": _thaw,
    "int8": _int8,
    "int4": _int4,
    "float8": _float8,
}


def _others(variables: Variables, kernels: Sequence[Kernel]) -> Iterable[Variable]:
    names = [kernel.weight.name for kernel in kernels]
    return (each for each in variables if each.weight.name not in names)


def _fixed(*weights: Weight) -> Iterable[Variable]:
    return (Variable(replace(weight, trainable=False), fixed=True) for weight in weights)


def _kernels(own: Own) -> tuple[Kernel, ...]:
    """The weights that are quantized."""
    main = own.weight(own.main)
    if own.class_name in _EMBEDDINGS:
        return _tables(own, main)
    if own.class_name == "Dense":
        rows, columns = main.shape
        return (Kernel(main, rows, columns, (columns,), (rows, ceildiv(columns, 2))),)
    einsum = _einsum(own)
    summed = [letter not in einsum.output for letter in einsum.kernel]
    rows, columns = (
        product(size for size, out in zip(main.shape, summed, strict=True) if out is side)
        for side in (True, False)
    )
    scales = _scales(einsum, main.shape, _elided(own))
    return (Kernel(main, rows, columns, scales, (rows, ceildiv(columns, 2))),)


def _tables(own: Own, main: Weight) -> tuple[Kernel, ...]:
    """A table of vectors, and the one that maps back, where it has its own."""
    columns, rows = main.shape
    table = Kernel(main, rows, columns, (columns,), (columns, ceildiv(rows, 2)), turned=True)
    back = [weight for weight in own.weights if weight.name == "reverse_embeddings"]
    packed = (ceildiv(rows, 2), columns)
    return (table, *(Kernel(w, rows, columns, (columns,), packed, indexed=False) for w in back))


def _einsum(own: Own) -> Einsum:
    """The equation of a kernel."""
    if not own.is_dense:
        equation = known(own.arguments["equation"])
        if "..." in equation:
            raise Undetermined(Unknown("Keras does not quantize an equation with dots"))
        return Einsum.of(equation)
    ends = "bcdefghi"[: len(own.weight("kernel").shape)]
    if own.part == "attention_output":
        return Einsum(ends[:2], ends, ends[2:], left_elided=True)
    return Einsum(ends[:1], ends, ends[1:], left_elided=True)


def _elided(own: Own) -> int:
    """How many axes of its input a map inside of an attention layer leaves as they are."""
    if not own.is_dense or not isinstance(own.inputs, tuple):
        return 0
    place = {"key": -1, "value": 1}.get(own.part, 0)
    return own.inputs[place].rank - 1


def _scales(einsum: Einsum, sizes: Sequence[Dim], elided: int) -> tuple[Dim, ...]:
    """The shape of a kernel's scales: the axes of the output, 1 for those that it does not have.

    The axes that are summed over take the places of those; what is too many of them is taken out
    by its place in the kernel, as Keras does it.
    """
    output = "." * elided + einsum.output
    order = [einsum.kernel.index(letter) for letter in output if letter in einsum.kernel]
    free = [place for place, letter in enumerate(output) if letter not in einsum.kernel]
    summed = [axis for axis, letter in enumerate(einsum.kernel) if letter not in output]
    if summed and not free:
        raise Undetermined(Unknown("how Keras scales a kernel without free axes"))
    places = [*free, *free[-1:] * len(summed)]
    for place, axis in zip(places, summed, strict=False):
        order.insert(place, axis)
    shape: list[Dim] = [1 if axis in summed else sizes[axis] for axis in order]
    for place in free[len(summed) :]:
        shape.insert(place, 1)
    for axis in reversed(summed[len(free) :]):
        shape.pop(axis)
    return tuple(shape)
