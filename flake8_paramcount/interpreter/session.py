"""Keras' global state as far as models depend on it: the data format, and automatic names."""

from __future__ import annotations

from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Choice, Condition, Value
from flake8_paramcount.unknown import Unknown

# The spellings of Keras 1, in those of today.
_ORDERINGS = {"th": "channels_first", "tf": "channels_last"}


def begin(run: Run) -> None:
    """What is set when a program begins.

    The releases of Keras 1 differ in the order of axes, and what the user has set goes before that.
    """
    if run.generation == 1:
        theirs = Condition(lambda: "Keras 1 is set to the order of axes of Theano", 0)
        choice = Choice(theirs, "channels_first", "channels_last")
        run.session.state["image_data_format"] = choice


@function(
    "keras.backend.set_image_data_format",
    "keras.config.set_image_data_format",
    "keras.backend.set_image_dim_ordering",
)
def set_image_data_format(run: Run, arguments: Arguments) -> Value:
    """What `data_format=None` means from here on."""
    value = arguments.get(0, "data_format", arguments.kwargs.get("dim_ordering"))
    if not isinstance(value, str):
        value = value if isinstance(value, Unknown) else Unknown("the image data format")
    run.journal.write(run.session)["image_data_format"] = (
        _ORDERINGS.get(value, value) if isinstance(value, str) else value
    )
    return None


@function("keras.backend.image_data_format", "keras.config.image_data_format")
def image_data_format(run: Run, arguments: Arguments) -> Value:
    """The format that is set, by default `channels_last`."""
    return run.journal.force(run.session.state["image_data_format"])


@function("keras.backend.image_dim_ordering")
def image_dim_ordering(run: Run, arguments: Arguments) -> Value:
    """The format that is set, in the words of Keras 1."""
    value = run.journal.force(run.session.state["image_data_format"])
    return next((old for old, new in _ORDERINGS.items() if new == value), value)


@function("keras.backend.floatx", "keras.config.floatx")
def floatx(run: Run, arguments: Arguments) -> Value:
    """The type of weights and inputs that is set, by default `float32`."""
    return run.journal.force(run.session.state.get("floatx", "float32"))


@function("keras.backend.set_floatx", "keras.config.set_floatx")
def set_floatx(run: Run, arguments: Arguments) -> Value:
    """What `floatx()` gives from here on."""
    run.journal.write(run.session)["floatx"] = arguments.get(0, "value")


@function("keras.backend.clear_session", "keras.utils.clear_session")
def clear_session(run: Run, arguments: Arguments) -> Value:
    """Automatic names begin anew."""
    run.journal.write(run.counters).clear()
    return None
