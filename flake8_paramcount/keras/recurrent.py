"""Recurrent layers, their cells, and what runs a cell over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from flake8_paramcount.dims import Dim
from flake8_paramcount.keras.layer import (
    LAYERS,
    BoundLayer,
    Buildable,
    Built,
    Fault,
    Shape,
    Shapes,
    Weight,
    built,
    layer,
)
from flake8_paramcount.keras.shapes import Size, choice, flag, number, refuse, size
from flake8_paramcount.unknown import Undetermined, Unknown

# Signatures are those of the Keras classes, so they are laid out to be compared, not one per line.
# fmt: off


@layer()
def SimpleRNN(
    x: Shape, units: Any, activation: Any = "tanh", use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
    stateful: Any = False, unroll: Any = False, seed: Any = None,
) -> Built:
    """Fully connected recurrence, keras.layers.SimpleRNN."""
    cell = _simple(units, use_bias, (dropout, recurrent_dropout))
    return Run(return_sequences, return_state, stateful).over(x, cell)


@layer()
def LSTM(
    x: Shape, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
    use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
    stateful: Any = False, unroll: Any = False, use_cudnn: Any = "auto",
    *, implementation: Any = 2,
) -> Built:
    """Long short-term memory (Hochreiter & Schmidhuber 1997), keras.layers.LSTM."""
    cell = _lstm(units, use_bias, (dropout, recurrent_dropout))
    _check_cudnn(use_cudnn)
    return Run(return_sequences, return_state, stateful).over(x, cell)


@layer()
def GRU(
    x: Shape, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
    use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
    stateful: Any = False, unroll: Any = False, reset_after: Any = True,
    use_cudnn: Any = "auto", *, implementation: Any = 2,
) -> Built:
    """Gated recurrent unit (Cho et al. 2014), keras.layers.GRU."""
    cell = _gru(units, use_bias, reset_after, (dropout, recurrent_dropout))
    _check_cudnn(use_cudnn)
    return Run(return_sequences, return_state, stateful).over(x, cell)


@layer()
def SimpleRNNCell(
    x: Shape, units: Any, activation: Any = "tanh", use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    seed: Any = None,
) -> Built:
    """One step of SimpleRNN, keras.layers.SimpleRNNCell."""
    return _simple(units, use_bias, (dropout, recurrent_dropout)).step(x)


@layer()
def LSTMCell(
    x: Shape, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
    use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    seed: Any = None, *, implementation: Any = 2,
) -> Built:
    """One step of LSTM, keras.layers.LSTMCell."""
    return _lstm(units, use_bias, (dropout, recurrent_dropout)).step(x)


@layer()
def GRUCell(
    x: Shape, units: Any, activation: Any = "tanh", recurrent_activation: Any = "sigmoid",
    use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    reset_after: Any = True, seed: Any = None, *, implementation: Any = 2,
) -> Built:
    """One step of GRU, keras.layers.GRUCell."""
    return _gru(units, use_bias, reset_after, (dropout, recurrent_dropout)).step(x)


@layer()
def StackedRNNCells(x: Shape, cells: Any) -> Built:
    """Cells on top of each other, keras.layers.StackedRNNCells."""
    stack = _stack(cells)
    weights: list[Weight] = []
    for cell in stack:
        step = cell.apply(x)
        weights += step.weights
        x = _single(step.output)
    return built(x, weights)


@layer()
def RNN(
    x: Shape, cell: Any, return_sequences: Any = False, return_state: Any = False,
    go_backwards: Any = False, stateful: Any = False, unroll: Any = False,
    zero_output_for_mask: Any = False,
) -> Built:
    """A cell, or a stack of them, run over time, keras.layers.RNN."""
    runner = Run(return_sequences, return_state, stateful)
    if cell == ():
        refuse("cell", cell)
    stepper = _bound(cell)
    batch, steps, *rest = x.of_min_rank(3)
    runner.check_batch(batch)
    step = stepper.apply(Shape((batch, *rest)))
    output = _single(step.output)
    states = _states(stepper, output) if flag(return_state) else ()
    return built(runner.output(output, steps, states), step.weights)

# fmt: on


class Cell(NamedTuple):
    """One step of a recurrent layer: gates over the input and over what the last step put out."""

    units: Size
    gates: int
    states: int
    biases: tuple[Dim, ...] | None

    def weights(self, features: Dim) -> tuple[Weight | None, ...]:
        """The weights that a step on so many features has."""
        bias = None if self.biases is None else Weight("bias", self.biases, gates=self.gates)
        return (
            Weight("kernel", (features, self.units), gates=self.gates),
            Weight("recurrent_kernel", (self.units, self.units), gates=self.gates),
            bias,
        )

    def step(self, x: Shape) -> Built:
        """The cell on its own: what one time step gives."""
        dims = x.of_min_rank(2)
        return built(Shape((dims[0], self.units)), self.weights(dims[-1]))


class Run(NamedTuple):
    """How a recurrent layer runs its cell, as its arguments say."""

    return_sequences: Any
    return_state: Any
    stateful: Any

    def over(self, x: Shape, cell: Cell) -> Built:
        """A built-in cell over the time axis of `x`."""
        batch, steps, features = x.of_rank(3)
        self.check_batch(batch)
        last = Shape((batch, cell.units))
        states = (last,) * cell.states if flag(self.return_state) else ()
        return built(self.output(last, steps, states), cell.weights(features))

    def output(self, last: Shape, steps: Dim, states: Sequence[Shape]) -> Shapes:
        """The last step or all of them, and the states behind them where they are wanted."""
        whole = last
        if flag(self.return_sequences) and last.known:
            batch, *rest = last.dims
            whole = Shape((batch, steps, *rest))
        return (whole, *states) if flag(self.return_state) else whole

    def check_batch(self, batch: Dim) -> None:
        """A layer that keeps its states between batches needs their size."""
        if batch is None and flag(self.stateful):
            raise Fault(
                "input", "`stateful=True` needs a fixed batch size", argument="stateful", value=True
            )


def _simple(units: Any, use_bias: Any, rates: Sequence[Any]) -> Cell:
    units = _units(units, rates)
    return Cell(units, gates=1, states=1, biases=(units,) if flag(use_bias) else None)


def _lstm(units: Any, use_bias: Any, rates: Sequence[Any]) -> Cell:
    units = _units(units, rates)
    return Cell(units, gates=4, states=2, biases=(units,) if flag(use_bias) else None)


def _gru(units: Any, use_bias: Any, reset_after: Any, rates: Sequence[Any]) -> Cell:
    units = _units(units, rates)
    if not flag(use_bias):
        return Cell(units, gates=3, states=1, biases=None)
    biases = (2, units) if flag(reset_after) else (units,)
    return Cell(units, gates=3, states=1, biases=biases)


def _units(units: Any, rates: Sequence[Any]) -> Size:
    for name, rate in zip(("dropout", "recurrent_dropout"), rates, strict=True):
        number(rate, name)
    return size(units, "units")


def _check_cudnn(use_cudnn: Any) -> None:
    if not isinstance(use_cudnn, Unknown):
        choice(use_cudnn, "use_cudnn", ("auto", True, False))


# --- cells as arguments --------------------------------------------------------------------------

STATES = {"SimpleRNNCell": 1, "GRUCell": 1, "LSTMCell": 2}


def _bound(cell: Any) -> Buildable:
    """The cell that RNN is given, where a tuple of cells is a stack."""
    if isinstance(cell, tuple):
        return BoundLayer(LAYERS["StackedRNNCells"], {"cells": cell})
    if isinstance(cell, Unknown):
        raise Undetermined(cell)
    name = getattr(cell, "class_name", None)
    if name is None:
        refuse("cell", cell)
    if name in LAYERS and name not in CELLS:
        refuse("cell", name, f"an RNN runs a cell, not {name}")
    return cell  # type: ignore[no-any-return]


CELLS = frozenset((*STATES, "StackedRNNCells"))


def _stack(cells: Any) -> tuple[Buildable, ...]:
    if isinstance(cells, Unknown):
        raise Undetermined(cells)
    if not isinstance(cells, tuple):
        refuse("cells", cells)
    return tuple(map(_bound, cells))


def _states(cell: Buildable, output: Shape) -> tuple[Shape, ...]:
    """The shapes of the states that a cell carries from step to step."""
    if cell.class_name in STATES:
        return (output,) * STATES[cell.class_name]
    if cell.class_name == "StackedRNNCells":
        return tuple(_state_of_stacked(part, output) for part in _stack(cell.arguments["cells"]))
    raise Undetermined(Unknown(f"the states of {cell.class_name} are not known"))


def _state_of_stacked(cell: Buildable, output: Shape) -> Shape:
    """A cell's state within a stack; several states of one cell come as a list of their own."""
    if STATES.get(cell.class_name) == 1:
        return Shape((output.dims[0], size(cell.arguments["units"], "units")))
    return Shape(Unknown(f"the states of {cell.class_name} come as a list"))


def _single(output: Shapes) -> Shape:
    if isinstance(output, Shape):
        return output
    raise Fault("input", "a cell puts out one tensor")
