"""What a program does with its models: compile, fit, evaluate, predict, summary."""

from __future__ import annotations

import re
from typing import NamedTuple

from flake8_paramcount.interpreter.array_values import Labels, OneHot
from flake8_paramcount.interpreter.graph import feed
from flake8_paramcount.interpreter.models import ModelObject
from flake8_paramcount.interpreter.natives import NativeFunction, function, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Array, Qualified, Value
from flake8_paramcount.records import Data, Event
from flake8_paramcount.unknown import Unknown

# Keras' own short names of losses.
_ALIASES = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "cosine_proximity": "cosine_similarity",
}

_CLASSES = (
    "BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy "
    "CategoricalFocalCrossentropy CosineSimilarity Hinge CategoricalHinge SquaredHinge Huber "
    "KLDivergence LogCosh MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError "
    "MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy"
).split()

_MODULES = ("keras.losses.", "keras.objectives.", "keras.metrics.", "tensorflow.losses.")


class Loss(NamedTuple):
    """A loss object."""

    name: str
    from_logits: Value = None


def loss_name(text: str) -> str:
    """The one name of a loss in any of its spellings."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).replace("KLD", "kl_d").lower()
    return _ALIASES.get(snake, snake)


def _constructor(name: str) -> NativeFunction:
    def construct(run: Run, arguments: Arguments) -> Value:
        return Loss(loss_name(name), arguments.get(0, "from_logits", False))

    return construct


for _name in _CLASSES:
    function(f"keras.losses.{_name}", f"tensorflow.losses.{_name}")(_constructor(_name))


def loss_of(run: Run, value: Value) -> Loss | None:
    """The loss that `compile(loss=…)` means, if it is one loss and known."""
    value = run.journal.resolve(value)
    if isinstance(value, Loss):
        return value
    if isinstance(value, str):
        return Loss(loss_name(value), False)
    if isinstance(value, Qualified) and value.path.startswith(_MODULES):
        return Loss(loss_name(value.path.rpartition(".")[2]), False)
    return None


def note(run: Run, model: ModelObject, event: Event) -> None:
    """Note what the program does with a model."""
    run.journal.write(model.events).append(event)


@method(ModelObject, "compile")
def compile_model(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`compile(optimizer, loss, …)`."""
    loss = loss_of(run, arguments.get(1, "loss"))
    name, logits = loss if loss is not None else (None, None)
    from_logits = logits if isinstance(logits, bool) else None
    note(run, model, Event("compile", arguments.site, loss=name, from_logits=from_logits))
    return None


def data_of(run: Run, value: Value) -> Data | None:
    """What is known of an array."""
    value = run.journal.resolve(value)
    if not isinstance(value, Array):
        return None
    return Data(
        value.shape,
        value.dtype,
        value.low,
        value.high,
        one_hot=isinstance(value, OneHot),
        labels=isinstance(value, Labels),
        source=value.source,
        site=value.site,
    )


def _fed(run: Run, kind: str, model: ModelObject, x: Value, y: Value, site: int) -> None:
    x, y = run.journal.resolve(x), run.journal.resolve(y)
    if isinstance(x, Array):
        feed(run, model, x)
    same = x is not None and x is y
    note(run, model, Event(kind, site, x=data_of(run, x), y=data_of(run, y), x_is_y=same))


@method(ModelObject, "fit", "train_on_batch")
def fit(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`fit(x, y, …, validation_data=(x, y))`."""
    _fed(run, "fit", model, arguments.get(0, "x"), arguments.get(1, "y"), arguments.site)
    checked = run.journal.resolve(arguments.kwargs.get("validation_data"))
    if type(checked) is tuple and len(checked) >= 2:
        _fed(run, "evaluate", model, checked[0], checked[1], arguments.site)
    return Unknown("the result of training", arguments.text, arguments.site)


@method(ModelObject, "evaluate", "test_on_batch")
def evaluate(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`evaluate(x, y)`."""
    _fed(run, "evaluate", model, arguments.get(0, "x"), arguments.get(1, "y"), arguments.site)
    return Unknown("the result of an evaluation", arguments.text, arguments.site)


@method(ModelObject, "predict", "predict_on_batch")
def predict(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`predict(x)`."""
    _fed(run, "predict", model, arguments.get(0, "x"), None, arguments.site)
    return Unknown("what the model predicts", arguments.text, arguments.site)


@method(ModelObject, "summary")
def summary(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`summary()`."""
    note(run, model, Event("summary", arguments.site))
    return None


@method(ModelObject, "count_params", "get_weights")
def counted(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`count_params()` and `get_weights()`: both need a model that is built."""
    note(run, model, Event("count_params", arguments.site))
    return Unknown("what a model holds", arguments.text, arguments.site)


@method(ModelObject, "load_weights", "save", "save_weights", "set_weights")
def no_effect(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """What changes neither layers nor shapes."""
    return None
