"""Layers that turn sound into spectra."""

from __future__ import annotations

from typing import Any

from flake8_paramcount.dims import Dim, Poly, floordiv, less
from flake8_paramcount.keras.layer import Built, Fault, Shape, Weight, built, layer
from flake8_paramcount.keras.shapes import (
    Image,
    Window,
    flag,
    image,
    known,
    opaque,
    plus,
    refuse,
    size,
    slide,
    times,
)
from flake8_paramcount.keras.values import number, option

STFT_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")

# fmt: off


@layer()
def MelSpectrogram(
    x: Shape, fft_length: Any = 2048, sequence_stride: Any = 512, sequence_length: Any = None,
    window: Any = "hann", sampling_rate: Any = 16000, num_mel_bins: Any = 128,
    min_freq: Any = 20.0, max_freq: Any = None, power_to_db: Any = True, top_db: Any = 80.0,
    mag_exp: Any = 2.0, min_power: Any = 1e-10, ref_power: Any = 1.0,
) -> Built:
    """Sound as energy per frequency band and frame, keras.layers.MelSpectrogram."""
    fft = size(fft_length, "fft_length")
    number(sampling_rate, "sampling_rate")
    if sequence_length and less(fft, size(sequence_length, "sequence_length")):
        refuse("fft_length", fft_length, "`fft_length` is less than `sequence_length`")
    rows = size(num_mel_bins, "num_mel_bins", minimum=0)
    stride = size(sequence_stride, "sequence_stride")
    batch, length = ((), x.dims[0]) if x.rank == 1 else (x.of_min_rank(2)[:1], x.dims[1])
    return built(Shape((*batch, rows, floordiv(plus(length, stride, 1), stride))))


@layer()
def STFTSpectrogram(
    x: Shape, mode: Any = "log", frame_length: Any = 256, frame_step: Any = None,
    fft_length: Any = None, window: Any = "hann", periodic: Any = False,
    scaling: Any = "density", padding: Any = "valid", expand_dims: Any = False,
    data_format: Any = None,
) -> Built:
    """Sound as a spectrum per frame, by convolution, keras.layers.STFTSpectrogram."""
    option(mode, "mode", STFT_MODES)
    option(scaling, "scaling", (None, "density", "spectrum"))
    option(padding, "padding", ("valid", "same"))
    frame = size(frame_length, "frame_length")
    step = frame_step_of(frame_step, frame)
    bands = plus(floordiv(fft_length_of(fft_length, frame), 2), 1)
    x.of_rank(3)
    sound = image(x.dims, known(data_format))
    kernels = [Weight(name, (frame, 1, bands)) for name in stft_kernels(known(mode))]
    frames = slide(sound, Window((frame,), (step,), known(padding), (1,), "frame"))
    rows = times(bands, 2) if mode == "stft" else bands
    return built(spectrum(sound, frames, rows, flag(expand_dims)), kernels)

# fmt: on


# --- sound ---------------------------------------------------------------------------------------


def frame_step_of(step: Any, frame: Any) -> Any:
    """How far frames are apart: half a frame unless stated, and never more than one."""
    if step is None:
        half = floordiv(frame, 2)
        return refuse("frame_length", frame) if half == 0 else half
    step = size(step, "frame_step")
    if less(frame, step):
        refuse("frame_step", step, "`frame_step` is greater than `frame_length`")
    return step


def fft_length_of(length: Any, frame: int | Poly) -> Dim:
    """The transform's length: a power of two that holds a frame, unless stated."""
    if length is not None:
        fft = size(length, "fft_length")
        return refuse("fft_length", length) if less(fft, frame) else fft
    if isinstance(frame, Poly):
        return opaque("the power of two above the frame length is not known")
    return 1 << (frame - 1).bit_length()


def stft_kernels(mode: str) -> list[str]:
    """The kernels that a mode needs."""
    return [
        f"{part}_kernel"
        for part in ("real", "imag")
        if mode not in ("real", "imag") or part == mode
    ]


def spectrum(sound: Image, frames: tuple[Dim, ...], rows: Dim, expanded: bool) -> Shape:
    """Bands of all channels side by side, or on an axis of their own."""
    if sound.channels is None:
        raise Fault("undefined", "the number of channels is None", shape=sound.dims())
    if not expanded:
        return Shape(sound.dims(spatial=frames, channels=times(rows, sound.channels)))
    return Shape(sound.dims(spatial=(*frames, rows)))
