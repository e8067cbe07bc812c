"""Recurrent layers whose products are convolutions."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.keras.convolution import BOTH_ENDS, Sliding
from flake8_paramcount.keras.layer import Built, Fault, Shape, Weight, built, layer
from flake8_paramcount.keras.recurrent import Run
from flake8_paramcount.keras.shapes import flag, image, number, size, slide

# Signatures are those of the Keras classes, so they are laid out to be compared, not one per line.
# fmt: off


@layer()
def ConvLSTM1D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = 1, activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid", use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
    stateful: Any = False,
) -> Built:
    """LSTM over sequences with convolutions for products, keras.layers.ConvLSTM1D."""
    number(dropout, "dropout")
    number(recurrent_dropout, "recurrent_dropout")
    settings = Sliding.of(1, kernel_size, strides, padding, data_format, dilation_rate, BOTH_ENDS)
    runner = Run(return_sequences, return_state, stateful)
    return _over_frames(x, settings, filters, flag(use_bias), runner)


@layer()
def ConvLSTM2D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = 1, activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid", use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
    stateful: Any = False,
) -> Built:
    """LSTM over images with convolutions for products, keras.layers.ConvLSTM2D."""
    number(dropout, "dropout")
    number(recurrent_dropout, "recurrent_dropout")
    settings = Sliding.of(2, kernel_size, strides, padding, data_format, dilation_rate, BOTH_ENDS)
    runner = Run(return_sequences, return_state, stateful)
    return _over_frames(x, settings, filters, flag(use_bias), runner)


@layer()
def ConvLSTM3D(
    x: Shape, filters: Any, kernel_size: Any, strides: Any = 1, padding: Any = "valid",
    data_format: Any = None, dilation_rate: Any = 1, activation: Any = "tanh",
    recurrent_activation: Any = "sigmoid", use_bias: Any = True,
    kernel_initializer: Any = "glorot_uniform",
    recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros",
    unit_forget_bias: Any = True, kernel_regularizer: Any = None, recurrent_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None, recurrent_constraint: Any = None,
    bias_constraint: Any = None, dropout: Any = 0.0, recurrent_dropout: Any = 0.0,
    seed: Any = None,
    return_sequences: Any = False, return_state: Any = False, go_backwards: Any = False,
    stateful: Any = False,
) -> Built:
    """LSTM over volumes with convolutions for products, keras.layers.ConvLSTM3D."""
    number(dropout, "dropout")
    number(recurrent_dropout, "recurrent_dropout")
    settings = Sliding.of(3, kernel_size, strides, padding, data_format, dilation_rate, BOTH_ENDS)
    runner = Run(return_sequences, return_state, stateful)
    return _over_frames(x, settings, filters, flag(use_bias), runner)

# fmt: on


def _over_frames(x: Shape, settings: Sliding, filters: Any, use_bias: bool, run: Run) -> Built:
    filters = size(filters, "filters", minimum=0)  # unlike other layers, these take none
    settings.refuse_holes_and_steps()
    window = settings.window
    batch, steps, *frame = x.of_rank(len(window.size) + 3)
    run.check_batch(batch)
    source = image((batch, *frame), settings.data_format)
    if None in source.spatial:
        raise Fault("undefined", "the spatial sizes must be known", shape=x.dims)
    last = Shape(source.dims(spatial=slide(source, window), channels=filters))
    weights = (
        Weight("kernel", (*window.size, source.channels, filters), gates=4),
        Weight("recurrent_kernel", (*window.size, filters, filters), gates=4),
        Weight("bias", (filters,), gates=4) if use_bias else None,
    )
    states = (last, last) if flag(run.return_state) else ()
    return built(run.output(last, steps, states), weights)
