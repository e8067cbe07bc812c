"""What a program does with its models: compile, fit, evaluate, predict, summary."""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from flake8_paramcount.interpreter.data import batches_of
from flake8_paramcount.interpreter.graph import data_of, feed
from flake8_paramcount.interpreter.happenings import note, noted
from flake8_paramcount.interpreter.journal import same
from flake8_paramcount.interpreter.models import (
    LayerObject,
    ModelObject,
    declared_input,
    flows,
    stack,
)
from flake8_paramcount.interpreter.natives import function, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    Arguments,
    DictObject,
    ListObject,
    NeedSplit,
    Qualified,
    Value,
)
from flake8_paramcount.records import Event, Loss
from flake8_paramcount.unknown import Undetermined, Unknown

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


OPTIMIZERS = (
    "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion Muon Nadam RMSprop SGD"
).split()


MOST_OUTPUTS = 16
"""A list with more items holds numbers rather than one thing for each output."""


class LossObject(NamedTuple):
    """A loss object."""

    name: str
    from_logits: Value = None

    @property
    def record(self) -> Loss:
        """What is known of it."""
        return Loss(self.name, self.from_logits if isinstance(self.from_logits, bool) else None)


class Optimizer(NamedTuple):
    """An optimizer object, with the learning rate that it is given."""

    name: str
    rate: Value = None


def loss_name(text: str) -> str:
    """The one name of a loss in any of its spellings."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", text).replace("KLD", "kl_d").lower()
    return _ALIASES.get(snake, snake)


def _loss(name: str, run: Run, arguments: Arguments) -> Value:
    """A call of a loss class; the focal ones take their own arguments first."""
    by_name = arguments.kwargs.get("from_logits", False)
    logits = by_name if "Focal" in name else arguments.get(0, "from_logits", False)
    return LossObject(loss_name(name), logits if arguments.complete else None)


for _name in _CLASSES:
    function(f"keras.losses.{_name}", f"tensorflow.losses.{_name}")(partial(_loss, _name))


def _optimizer(name: str, run: Run, arguments: Arguments) -> Value:
    """A call of an optimizer class; the rate is called `lr` before Keras 2.3."""
    return Optimizer(name, arguments.kwargs.get("lr", arguments.get(0, "learning_rate")))


for _name in OPTIMIZERS:
    function(
        f"keras.optimizers.{_name}",
        f"keras.optimizers.legacy.{_name}",
        f"tensorflow.optimizers.{_name}",
    )(partial(_optimizer, _name))


def loss_of(run: Run, value: Value) -> Loss:
    """The loss that `compile(loss=…)` means, if it is one loss and known."""
    value = run.journal.resolve(value)
    if isinstance(value, LossObject):
        return value.record
    if isinstance(value, str):
        return Loss(loss_name(value), False)
    if isinstance(value, Qualified) and value.path.startswith(_MODULES):
        return Loss(loss_name(value.path.rpartition(".")[2]), False)
    return Loss()


def _by_output(run: Run, value: Value) -> dict[int | str, Value]:
    """What a list or dict gives for each output of a model; nothing for anything else."""
    value = run.journal.resolve(value)
    if isinstance(value, ListObject | DictObject):
        value = run.journal.read(value)
    if type(value) not in (dict, list, tuple) or len(value) > MOST_OUTPUTS:
        return {}
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    return {key: each for key, each in entries if isinstance(key, int | str)}


def optimizer_of(run: Run, value: Value) -> Optimizer | None:
    """The optimizer that `compile(optimizer=…)` means, if it is known."""
    value = run.journal.resolve(value)
    if isinstance(value, str):
        names = {name.lower(): name for name in OPTIMIZERS}
        return Optimizer(names[value.lower()]) if value.lower() in names else None
    return value if isinstance(value, Optimizer) else None


@method(ModelObject, "compile")
def compile_model(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`compile(optimizer, loss, …)`."""
    given = arguments.get(1, "loss") if arguments.complete else None
    loss = loss_of(run, given)
    optimizer = optimizer_of(run, arguments.get(0, "optimizer", "rmsprop"))
    rate = None if optimizer is None else run.journal.resolve(optimizer.rate)
    event = Event(
        "compile",
        arguments.site,
        loss=loss.name,
        from_logits=loss.from_logits,
        losses={key: loss_of(run, each) for key, each in _by_output(run, given).items()},
        optimizer=None if optimizer is None else optimizer.name,
        learning_rate=float(rate) if isinstance(rate, int | float) else None,
    )
    note(run, model, event)
    run.journal.write(model)[_FLAGS] = _flags(run, model)
    _compiled_within(run, model, arguments.site)
    return None


def _compiled_within(run: Run, model: ModelObject, site: int) -> None:
    """Tell the models whose parts a compiled model shares that their flags were seen."""
    waiting = [
        other
        for other in run.retrained
        if other is not model and _last_change(run, other) == "trainable"
    ]
    if not waiting:
        return
    parts = _parts(run, model)
    for other in waiting:
        if NOT_FOLLOWED in parts or not parts.keys().isdisjoint(_parts(run, other)):
            note(run, other, Event("compiled_within", site))


def note_trainable(run: Run, owner: Value, value: Value) -> None:
    """Tell every compiled model that holds a layer or model that its flag changes."""
    if not isinstance(owner, LayerObject | ModelObject):
        return
    before = owner.state.get("trainable")
    if isinstance(value, bool) and before is value:
        return
    run.fuel.burn(len(run.models) // PARTS_PER_UNIT)
    for model in run.models:
        if _last_change(run, model) in ("compile", "restored") and id(owner) in _parts(run, model):
            run.retrained[model] = None
            note(run, model, Event("trainable", run.site(run.statement)))


def _last_change(run: Run, model: ModelObject) -> str | None:
    """Which came last of what settles, changes, or hides what is trained."""
    kinds = (event.kind for event in noted(run, model))
    return next((kind for kind in kinds if kind in _SETTLING), None)


_SETTLING = frozenset({"compile", "compiled_within", "elsewhere", "restored", "trainable"})

# Where a compiled model remembers what was to be trained.
_FLAGS = "flags at compile"


def _flags(run: Run, model: ModelObject) -> tuple[tuple[int, Value], ...]:
    """The flags of a model and of all that is inside of it."""
    parts = _parts(run, model)
    return tuple((key, part.state.get("trainable")) for key, part in parts.items())


def _note_restored(run: Run, model: ModelObject, site: int) -> None:
    """Note that what changed since the last `compile` has been changed back, if it has."""
    if _last_change(run, model) != "trainable":
        return
    before = run.journal.resolve(model.state.get(_FLAGS))
    if type(before) is tuple and same(before, _flags(run, model)):
        note(run, model, Event("restored", site))


def _parts(run: Run, model: ModelObject) -> dict[int, LayerObject | ModelObject]:
    """A model and all that is inside of it, by identity."""
    found: dict[int, LayerObject | ModelObject] = {}
    work: list[Value] = [model]
    while work:
        part = work.pop()
        if id(part) in found or not isinstance(part, LayerObject | ModelObject):
            continue
        found[id(part)] = part
        if isinstance(part, ModelObject):
            layers = _layers(run, part)
            work += layers or ()
            if layers is None:
                found[NOT_FOLLOWED] = part
    run.fuel.burn(len(found) // PARTS_PER_UNIT)
    return found


# Parts that are looked through for one unit of fuel.
PARTS_PER_UNIT = 8

NOT_FOLLOWED = 0
"""Stands among the parts of a model for those that are not known."""


def _layers(run: Run, model: ModelObject) -> list[Value] | None:
    try:
        if model.kind == "sequential":
            return stack(run, model)
        if model.kind == "functional":
            return [step.layer for step in flows(run, model, None)]
    except (NeedSplit, Undetermined):
        return None
    return None


def _fed(run: Run, kind: str, model: ModelObject, x: Value, y: Value, site: int) -> None:
    x, y = run.journal.resolve(x), run.journal.resolve(y)
    batch = batches_of(x)
    if batch is not None:
        x, y = (*batch, None, None)[:2]
    feed(run, model, x)
    event = Event(
        kind,
        site,
        x=data_of(run, x),
        y=data_of(run, y),
        targets={key: data_of(run, each) for key, each in _by_output(run, y).items()},
        x_is_y=x is not None and x is y,
    )
    note(run, model, event)


@method(ModelObject, "fit", "train_on_batch", "fit_generator")
def fit(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`fit(x, y, …, validation_data=(x, y))`."""
    _note_restored(run, model, arguments.site)
    x = arguments.get(0, "x", arguments.kwargs.get("generator"))
    _fed(run, "fit", model, x, arguments.get(1, "y"), arguments.site)
    checked = run.journal.resolve(arguments.kwargs.get("validation_data"))
    if type(checked) is tuple and len(checked) >= 2:
        _fed(run, "evaluate", model, checked[0], checked[1], arguments.site)
    return Unknown("the result of training", arguments.text, arguments.site)


@method(ModelObject, "evaluate", "test_on_batch", "evaluate_generator")
def evaluate(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`evaluate(x, y)`."""
    _fed(run, "evaluate", model, arguments.get(0, "x"), arguments.get(1, "y"), arguments.site)
    return Unknown("the result of an evaluation", arguments.text, arguments.site)


@method(ModelObject, "predict", "predict_on_batch", "predict_generator", "predict_classes")
def predict(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`predict(x)`."""
    _fed(run, "predict", model, arguments.get(0, "x"), None, arguments.site)
    return Unknown("what the model predicts", arguments.text, arguments.site)


@method(ModelObject, "summary")
def summary(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`summary()`."""
    note(run, model, Event("summary", arguments.site, built=_may_be_built(run, model)))
    return None


@method(ModelObject, "count_params", "get_weights")
def counted(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`count_params()` and `get_weights()`: both need a model that is built."""
    note(run, model, Event("count_params", arguments.site, built=_may_be_built(run, model)))
    return Unknown("what a model holds", arguments.text, arguments.site)


def _may_be_built(run: Run, model: ModelObject) -> bool:
    """Whether anything may have told a Sequential its input shape by now."""
    variable = model.state["variable"]
    if isinstance(variable, str) and "." in variable:
        return True  # whatever uses the object may call the model
    if model.kind != "sequential" or any(e.kind not in _INERT for e in noted(run, model)):
        return True
    try:
        layers = run.journal.read(model.layers)
        run.journal.read(model.events)
        if declared_input(run, model) is not None or not all(map(_is_fresh, layers)):
            return True
    except (NeedSplit, Undetermined):
        return True
    return not layers or any(_holds(other, model) for other in run.models)


# What does not build a model.
_INERT = frozenset({"compile", "summary", "count_params", "save"})


# `adapt` builds these.
_ADAPTED = frozenset(
    {"Discretization", "IntegerLookup", "Normalization", "StringLookup", "TextVectorization"}
)


def _is_fresh(layer: Value) -> bool:
    """Whether a layer is known, and has met no input and states none."""
    return (
        isinstance(layer, LayerObject)
        and layer.class_name not in _ADAPTED
        and layer.bound is not None
        and layer.shape is None
        and layer.state["built"] is None
    )


def _holds(model: ModelObject, part: ModelObject) -> bool:
    state = model.layers.state
    return not isinstance(state, list) or any(layer is part for layer in state)


@method(ModelObject, "save")
def save(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`save(path)`, which takes the loss and the optimizer along."""
    note(run, model, Event("save", arguments.site))
    return None


@method(ModelObject, "load_weights", "save_weights", "set_weights")
def no_effect(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """What changes neither layers nor shapes."""
    return None
