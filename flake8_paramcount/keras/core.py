"""Core layers: dense maps, embeddings, inputs, and layers that change nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from flake8_paramcount.dims import Dim, equal
from flake8_paramcount.keras.layer import Built, Fault, Shape, Shapes, Weight, built, layer
from flake8_paramcount.keras.shapes import PLAIN, flag, known, refuse, size
from flake8_paramcount.unknown import Unknown

# Signatures are those of the Keras classes, so they are laid out to be compared, not one per line.
# fmt: off


@layer()
def Dense(
    x: Shape, units: Any, activation: Any = None, use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
    kernel_constraint: Any = None, bias_constraint: Any = None, lora_rank: Any = None,
    lora_alpha: Any = None, quantization_config: Any = None,
) -> Built:
    """A linear map of the last axis, keras.layers.Dense."""
    units = size(units, "units")
    *rest, features = x.of_min_rank(2)
    kernel = Weight("kernel", (features, units))
    bias = Weight("bias", (units,)) if flag(use_bias) else None
    return built(Shape((*rest, units)), adapted(kernel, bias, lora_rank, kernel_constraint))


@layer()
def EinsumDense(
    x: Shape, equation: Any, output_shape: Any, activation: Any = None, bias_axes: Any = None,
    kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, bias_regularizer: Any = None, kernel_constraint: Any = None,
    bias_constraint: Any = None, lora_rank: Any = None, lora_alpha: Any = None,
    gptq_unpacked_column_size: Any = None, quantization_config: Any = None,
) -> Built:
    """A linear map written as an einsum equation, keras.layers.EinsumDense."""
    einsum = Einsum.of(known(equation))
    partial = einsum_output(output_shape)
    axes = known(bias_axes)
    output = einsum.output_dims(x.dims, partial)
    kernel = Weight("kernel", einsum.kernel_dims(x.dims, output))
    bias = None if axes is None else Weight("bias", einsum.bias_dims(x.rank, output, axes))
    return built(Shape(output), adapted(kernel, bias, lora_rank, kernel_constraint))


@layer()
def Embedding(
    x: Shape, input_dim: Any, output_dim: Any, embeddings_initializer: Any = "uniform",
    embeddings_regularizer: Any = None, embeddings_constraint: Any = None, mask_zero: Any = False,
    weights: Any = None, lora_rank: Any = None, lora_alpha: Any = None,
    quantization_config: Any = None, *, input_length: Any = None,
) -> Built:
    """A table of vectors, keras.layers.Embedding. Its weights do not depend on the input."""
    table = _table("embeddings", input_dim, output_dim)
    if isinstance(weights, (int, float, str)):
        refuse("weights", weights)
    width = table.block[1]
    output = Shape((*x.dims, width)) if x.known else x
    return built(output, adapted(table, None, lora_rank, embeddings_constraint))


@layer()
def ReversibleEmbedding(
    x: Shape, input_dim: Any, output_dim: Any, tie_weights: Any = True,
    embeddings_initializer: Any = "uniform", embeddings_regularizer: Any = None,
    embeddings_constraint: Any = None, mask_zero: Any = False, reverse_dtype: Any = None,
    logit_soft_cap: Any = None, *, weights: Any = None, lora_rank: Any = None,
    lora_alpha: Any = None, quantization_config: Any = None, input_length: Any = None,
) -> Built:
    """An embedding that also maps back to the vocabulary, keras.layers.ReversibleEmbedding."""
    table = _table("embeddings", input_dim, output_dim)
    rows, width = table.block
    output = Shape((*x.dims, width)) if x.known else x
    back = None if flag(tie_weights) else Weight("reverse_embeddings", (width, rows))
    if back and lora_rank is not None and flag(lora_rank):
        refuse("lora_rank", lora_rank, "LoRA needs tied weights")
    return built(output, adapted(table, back, lora_rank, embeddings_constraint))


@layer()
def InputLayer(
    x: Shapes, shape: Any = None, batch_size: Any = None, dtype: Any = None, sparse: Any = None,
    ragged: Any = None, batch_shape: Any = None, input_tensor: Any = None, optional: Any = False,
    name: Any = None, *, input_shape: Any = None, batch_input_shape: Any = None,
) -> Built:
    """Where data enters a model, keras.layers.InputLayer. What is passed as `x` does not matter."""
    if input_tensor is not None:
        return built(Shape(Unknown("the shape of `input_tensor` is not known")))
    shape = input_shape if shape is None else shape
    batch_shape = batch_input_shape if batch_shape is None else batch_shape
    return built(entrance(shape, batch_size, batch_shape))


@layer()
def Input(
    x: Shapes, shape: Any = None, batch_size: Any = None, dtype: Any = None, sparse: Any = None,
    ragged: Any = None, batch_shape: Any = None, name: Any = None, tensor: Any = None,
    optional: Any = False,
) -> Built:
    """The function keras.Input, which makes an InputLayer and gives its tensor."""
    if tensor is not None:
        return built(Shape(Unknown("the shape of `tensor` is not known")))
    return built(entrance(shape, batch_size, batch_shape))


@layer(many_inputs=True)
def Identity(x: Shapes) -> Built:
    """Passes its input on, keras.layers.Identity."""
    return built(x)


@layer(many_inputs=True)
def Lambda(
    x: Shapes, function: Any, output_shape: Any = None, mask: Any = None, arguments: Any = None,
) -> Built:
    """A function as a layer, keras.layers.Lambda: only a stated `output_shape` says its output."""
    if isinstance(function, PLAIN):
        refuse("function", function)
    if isinstance(output_shape, (int, float, str)):
        raise Fault("input", "`output_shape` must be a tuple", argument="output_shape")
    if not isinstance(output_shape, tuple):
        return built(Shape(Unknown("what a Lambda puts out is up to its function")))
    stated = tuple(tensor_dim(dim, output_shape, "output_shape") for dim in output_shape)
    first = x[0] if isinstance(x, tuple) else x
    return built(Shape((first.of_min_rank(1)[0], *stated)))


@layer()
def Masking(x: Shape, mask_value: Any = 0.0) -> Built:
    """Marks time steps to be skipped, keras.layers.Masking."""
    return built(x)


@layer(many_inputs=True)
def Layer(
    x: Shapes, *, activity_regularizer: Any = None, trainable: Any = True, dtype: Any = None,
    autocast: Any = True, name: Any = None,
) -> Built:
    """The base class, keras.layers.Layer, which on its own passes its input on."""
    return built(x)

# fmt: on


def _table(name: str, rows: Any, width: Any) -> Weight:
    rows = size(rows, "input_dim", bools=False)
    return Weight(name, (rows, size(width, "output_dim", bools=False)))


def adapted(
    main: Weight, other: Weight | None, lora_rank: Any, constraint: Any
) -> tuple[Weight | None, ...]:
    """A layer's weights, where `lora_rank` freezes the main one and adds a low-rank pair."""
    if lora_rank is None or not flag(lora_rank):
        return (main, other)
    if constraint is not None and not isinstance(constraint, Unknown):
        refuse("lora_rank", lora_rank, "LoRA does not go with a constraint on the kernel")
    rank = size(lora_rank, "lora_rank")
    name = f"lora_{main.name}"
    return (
        Weight(main.name, main.block, trainable=False),
        other,
        Weight(f"{name}_a", (*main.block[:-1], rank)),
        Weight(f"{name}_b", (rank, main.block[-1])),
    )


def entrance(shape: Any, batch_size: Any, batch_shape: Any) -> Shape:
    """The shape of a model's input, from the arguments of `Input`."""
    if batch_shape is not None and (shape is not None or batch_size is not None):
        refuse("batch_shape", batch_shape, "`batch_shape` excludes `shape` and `batch_size`")
    if shape is None and batch_shape is None:
        refuse("shape", None, "an input needs a `shape`")
    name, whole = ("shape", shape) if batch_shape is None else ("batch_shape", batch_shape)
    if isinstance(whole, Unknown):
        return Shape(whole)
    if not isinstance(whole, tuple):
        refuse(name, whole, f"`{name}` must be a tuple, not {whole!r}")
    dims = tuple(tensor_dim(dim, whole, name) for dim in whole)
    if batch_shape is not None:
        return Shape(dims)
    return Shape((tensor_dim(batch_size, batch_size, "batch_size"), *dims))


def tensor_dim(dim: Any, whole: Any, name: str = "shape") -> Dim:
    """One dimension of a stated shape: None, or an integer that is not negative."""
    if dim is None:
        return None
    try:
        return size(dim, name, minimum=1 if isinstance(dim, Unknown) else 0)
    except Fault:
        refuse(name, whole)


def einsum_output(output_shape: Any) -> tuple[Dim, ...]:
    """The `output_shape` argument of EinsumDense as a tuple."""
    whole = output_shape if isinstance(output_shape, tuple) else (known(output_shape),)
    if whole == (None,) and not isinstance(output_shape, tuple):
        refuse("output_shape", None)
    return tuple(tensor_dim(dim, output_shape, "output_shape") for dim in whole)


class Einsum(NamedTuple):
    """An equation of the forms `ab,bc->ac`, `...b,bc->...c` or `ab...,bc->ac...`."""

    inputs: str
    kernel: str
    output: str
    left_elided: bool

    @classmethod
    def of(cls, equation: Any) -> Einsum:
        """Read an equation, or refuse it."""
        if not isinstance(equation, str):
            refuse("equation", equation)
        for pattern, left_elided in EINSUM_FORMS:
            match = pattern.match(equation)
            if match:
                einsum = cls(match[1], match[2], match[3], left_elided)
                einsum.check(equation)
                return einsum
        return refuse("equation", equation)

    def check(self, equation: str) -> None:
        """Refuse letters that nothing determines."""
        for letter in self.output:
            if letter not in self.inputs + self.kernel:
                refuse("equation", equation, f"output axis `{letter}` of `{equation}` has no size")
        for letter in self.kernel:
            if letter not in self.inputs + self.output:
                refuse("equation", equation, f"kernel axis `{letter}` of `{equation}` has no size")

    def elided(self, rank: int) -> int:
        """How many input axes the dots stand for."""
        count = rank - len(self.inputs)
        if count < 0:
            raise Fault(
                "rank",
                f"expected min_ndim={len(self.inputs)}, found ndim={rank}",
                expected=len(self.inputs),
                found=rank,
            )
        return count

    def output_dims(self, dims: Sequence[Dim], partial: Sequence[Dim]) -> tuple[Dim, ...]:
        """The whole output shape: the batch axis and what the dots stand for filled in."""
        count = self.elided(len(dims))
        if self.left_elided:
            # Keras fills several elided axes in back to front.
            return (dims[0], *reversed(dims[1:count]), *partial)
        return (dims[0], *partial, *dims[len(dims) - count :])

    def kernel_dims(self, dims: Sequence[Dim], output: Sequence[Dim]) -> tuple[Dim, ...]:
        """The kernel's shape: letters of the output first, then those of the input."""
        count = self.elided(len(dims)) if self.left_elided else 0
        into = {letter: index + count for index, letter in enumerate(self.inputs)}
        out = {letter: index + count for index, letter in enumerate(self.output)}
        for letter in self.inputs:
            if letter in out:
                self._agree(letter, dims[into[letter]], _at(output, out[letter]))
        return tuple(
            _at(output, out[letter]) if letter in out else dims[into[letter]]
            for letter in self.kernel
        )

    def _agree(self, letter: str, received: Dim, stated: Dim) -> None:
        if stated is None or (received is not None and equal(received, stated) is not False):
            return
        raise Fault(
            "input",
            f"axis `{letter}` is {received} in the input and {stated} in `output_shape`",
            axis=letter,
            found=received,
            expected=stated,
        )

    def bias_dims(self, rank: int, output: Sequence[Dim], axes: Any) -> tuple[Dim, ...]:
        """The bias' shape: the sizes of its own axes, 1 for those between and behind."""
        if not isinstance(axes, str) or not axes or not set(axes) <= set(self.output):
            refuse("bias_axes", axes)
        count = self.elided(rank)
        shift = count if self.left_elided else 0
        start = min(self.output.find(letter) for letter in axes)
        block = tuple(
            _at(output, index + shift) if letter in axes else 1
            for index, letter in enumerate(self.output)
            if index >= start
        )
        return block if self.left_elided else (*block, *(1,) * count)


def _at(output: Sequence[Dim], index: int) -> Dim:
    if index < len(output):
        return output[index]
    raise Fault(
        "argument",
        "`output_shape` has fewer axes than the equation's output",
        argument="output_shape",
        value=tuple(output),
    )


LETTERS = "([a-zA-Z]+)"
EINSUM_FORMS = (
    (re.compile(rf"{LETTERS},{LETTERS}->{LETTERS}"), False),
    (re.compile(rf"\.\.\.{LETTERS},{LETTERS}->\.\.\.{LETTERS}"), True),
    (re.compile(rf"([a-zA-Z]{{2,}})\.\.\.,{LETTERS}->{LETTERS}\.\.\."), False),
)
