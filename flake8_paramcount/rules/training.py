"""KPC3xx: the loss against the output layer, and what is done with a model in which order."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.dims import text
from flake8_paramcount.records import Event, Model
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.activations import is_softmax_over_one
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.heads import (
    BINARY,
    CATEGORICAL,
    CROSSENTROPIES,
    LINEAR,
    REGRESSION,
    Head,
    compilations,
    head_of,
)
from flake8_paramcount.rules.registry import Context, Finding, head_rule, rule

PROBABILITIES = ("softmax", "sigmoid")
RECTIFIERS = ("relu", "relu6")


def _heads(node: Node) -> Iterator[tuple[Head, Event]]:
    """The head of a model with each `compile` whose loss is a crossentropy."""
    head = head_of(node)
    if head is not None and not is_softmax_over_one(head.node):
        for event in compilations(node.graph.model):
            if event.loss in CROSSENTROPIES:
                yield head, event


def _place(context: Context, head: Head) -> str:
    """The layer that applies the last function, by its line."""
    node = head.node
    if node.graph.is_head(node):
        return wording.layer(node.record)
    return f"{wording.layer(node.record)} on line {context.line(node.record.site)}"


@head_rule("KPC313")
def logits_mismatch(context: Context, node: Node) -> Iterator[str]:
    """The loss takes logits for probabilities, or probabilities for logits.

    A crossentropy expects probabilities, unless it is told `from_logits=True`; then it applies the
    softmax or sigmoid itself, a second time if the model has one. A last layer without activation
    gives logits. The program runs either way, and learns badly.

    References: NeuraLint (arXiv 2105.08095), UMLAUT (CHI 2021).

    Bad:

        from keras import Sequential, layers, losses

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss=losses.SparseCategoricalCrossentropy(from_logits=True))

    Good:

        from keras import Sequential, layers, losses

        model = Sequential([layers.Input((64,)), layers.Dense(10)])
        model.compile(loss=losses.SparseCategoricalCrossentropy(from_logits=True))
    """
    for head, event in _heads(node):
        line = context.line(event.site)
        if event.from_logits is True and head.function in PROBABILITIES:
            yield (
                f"{_place(context, head)} gives the probabilities of a {head.function}, but the "
                f"{event.loss} of line {line} takes logits (from_logits=True)"
            )
        elif event.from_logits is False and head.function == LINEAR:
            mend = "sigmoid" if event.loss in BINARY else "softmax"
            yield (
                f"{_place(context, head)} has no activation, but the {event.loss} of line {line} "
                f"takes probabilities: give it a {mend}, or the loss from_logits=True"
            )


@head_rule("KPC314")
def crossentropy_mismatch(context: Context, node: Node) -> Iterator[str]:
    """The kind of crossentropy is not the one for the output layer.

    A softmax over several classes goes with a categorical crossentropy: the binary one takes each
    class for a question of its own, and its accuracy counts every class that is rightly not
    chosen. A categorical crossentropy needs a probability for each class, which neither one unit
    nor a sigmoid gives.

    Binary crossentropy with several sigmoids is right: an example may have several labels.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="binary_crossentropy")

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="categorical_crossentropy")
    """
    for head, event in _heads(node):
        why = _mismatch(head, event)
        if why:
            yield f"{_place(context, head)} {why}: the loss of line {context.line(event.site)}"


def _mismatch(head: Head, event: Event) -> str:
    """What is wrong with a crossentropy behind an output layer."""
    width, function = head.width, head.function
    known = type(width) is int
    if event.loss in BINARY and function == "softmax" and known and width != 2:
        return (
            f"gives a softmax over {width:,} classes, which {event.loss} takes for {width:,} "
            "questions of yes and no"
        )
    if event.loss in BINARY:
        return ""
    if width == 1 and function in ("sigmoid", LINEAR):
        return f"gives one value, but {event.loss} needs one for each class"
    if event.loss in CATEGORICAL and function == "sigmoid" and known:
        return (
            f"gives {width:,} sigmoids, which {event.loss} takes for the probabilities of classes "
            "that exclude each other"
        )
    return ""


@head_rule("KPC315")
def relu_output(context: Context, node: Node) -> Iterator[str]:
    """The output of a ReLU is taken for a probability.

    A ReLU gives values above 1 and exact zeros; a crossentropy needs probabilities, or logits that
    may be negative. Where it gives zero, no gradient comes back.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="relu")])
        model.compile(loss="categorical_crossentropy")

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="categorical_crossentropy")
    """
    for head, event in _heads(node):
        if head.function in RECTIFIERS:
            wanted = "logits" if event.from_logits else "probabilities"
            yield (
                f"{_place(context, head)} puts out {head.function}, but the {event.loss} of line "
                f"{context.line(event.site)} takes {wanted}"
            )


@head_rule("KPC912")
def regression_loss_on_softmax(context: Context, node: Node) -> Iterator[str]:
    """A softmax is trained with a loss for numbers.

    It learns, but slowly where it is wrong: the gradient of a squared error vanishes there, that
    of a crossentropy does not.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="mean_squared_error")

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="categorical_crossentropy")
    """
    head = head_of(node)
    if head is None or head.function != "softmax" or is_softmax_over_one(head.node):
        return
    for event in compilations(node.graph.model):
        if event.loss in REGRESSION:
            yield (
                f"{_place(context, head)} gives a softmax over {text(head.width)}, but the loss of "
                f"line {context.line(event.site)} is {event.loss}"
            )


# -- in which order -----------------------------------------------------------------------------


@rule("KPC316")
def trainable_after_compile(context: Context) -> Iterator[Finding]:
    """A layer is frozen or unfrozen after `compile`, and the model is trained without another.

    `compile` settles what is trained: Keras asks for another one behind every change of
    `trainable`. Without it a model that has been trained goes on with the old weights, and older
    releases ignore the change from the start.

    It is silent where the change is taken back, and where another model that holds the layer is
    compiled in between, as the two halves of a GAN are.

    References: the guide *Transfer learning and fine-tuning* of Keras.

    Bad:

        import numpy as np
        from keras import Input, Sequential, layers

        x, y = np.load("x.npy"), np.load("y.npy")
        model = Sequential([Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(1)])
        model.compile(loss="mse")
        model.fit(x, y)
        model.layers[0].trainable = False
        model.fit(x, y)

    Good:

        import numpy as np
        from keras import Input, Sequential, layers

        x, y = np.load("x.npy"), np.load("y.npy")
        model = Sequential([Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(1)])
        model.compile(loss="mse")
        model.fit(x, y)
        model.layers[0].trainable = False
        model.compile(loss="mse")
        model.fit(x, y)
    """
    for model in _models(context):
        for compiled, changed, trained in _unseen_changes(model):
            yield Finding(
                "KPC316",
                changed.site,
                f"`trainable` changes after {wording.model(model)} was compiled on line "
                f"{context.line(compiled.site)}, and `{trained.kind}` on line "
                f"{context.line(trained.site)} needs another compile to take it into account",
            )


def _unseen_changes(model: Model) -> Iterator[tuple[Event, Event, Event]]:
    """Changes that no `compile` has seen before the training: compile, change, training."""
    compiled: Event | None = None
    changed: Event | None = None
    for event in model.events:
        if event.kind == "compile":
            compiled, changed = event, None
        elif event.kind in ("elsewhere", "compiled_within"):
            compiled = changed = None
        elif event.kind == "restored":
            changed = None
        elif event.kind == "trainable" and changed is None:
            changed = event
        elif event.kind == "fit" and compiled is not None and changed is not None:
            yield compiled, changed, event
            changed = None


@rule("KPC317")
def compiled_twice(context: Context) -> Iterator[Finding]:
    """A model is compiled with one loss, then with another, and not used in between.

    The first `compile` has no effect. Most often one of the two is left over from an experiment,
    and which one counts is easily missed.

    Bad:

        import numpy as np
        from keras import Input, Sequential, layers

        model = Sequential([Input((8,)), layers.Dense(1)])
        model.compile(loss="mse")
        model.compile(loss="mae")
        model.fit(np.load("x.npy"), np.load("y.npy"))

    Good:

        import numpy as np
        from keras import Input, Sequential, layers

        model = Sequential([Input((8,)), layers.Dense(1)])
        model.compile(loss="mae")
        model.fit(np.load("x.npy"), np.load("y.npy"))
    """
    for model in _models(context):
        for first, second in _overwritten(model):
            yield Finding(
                "KPC317",
                second.site,
                f"{wording.model(model)} is compiled with {second.loss}, but it has not been used "
                f"since it was compiled with {first.loss} on line {context.line(first.site)}",
            )


def _overwritten(model: Model) -> Iterator[tuple[Event, Event]]:
    """Pairs of `compile` with different losses and nothing between that uses the first."""
    before: Event | None = None
    for event in model.events:
        if event.kind != "compile":
            before = before if event.kind in ("summary", "count_params", "trainable") else None
            continue
        known = before is not None and before.loss is not None and event.loss is not None
        if before is not None and known and before.loss != event.loss:
            yield before, event
        before = event


@rule("KPC318")
def model_never_built(context: Context) -> Iterator[Finding]:
    """A Sequential is asked for its weights before it knows its input shape.

    Without an input shape a Sequential has no weights until it is built or called on data. Until
    then `summary()` and `count_params()` raise in Keras 2; in Keras 3 the summary shows no
    parameters at all and `count_params()` raises.

    A first Embedding is not reported unless `paramcount-keras` says 3: before, it states its shape.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Dense(32, activation="relu"), layers.Dense(10)])
        model.summary()

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((64,)), layers.Dense(32, activation="relu"), layers.Dense(10)]
        )
        model.summary()
    """
    for model in _models(context):
        event = next((event for event in model.events if not event.built), None)
        if event is None or "input_shape" in model.directives or _may_state(context, model):
            continue
        asked = "summary()" if event.kind == "summary" else "count_params() or get_weights()"
        yield Finding(
            "KPC318",
            event.site,
            f"{wording.model(model)} has no input shape here, so it has no weights for {asked}: "
            "begin it with an Input, or build it first",
        )


def _may_state(context: Context, model: Model) -> bool:
    """Whether the first layer may state an input shape without any argument."""
    first = [variant.layers[0].class_name for variant in model.variants if variant.layers]
    return "Embedding" in first and context.settings.keras != 3


def _models(context: Context) -> Iterator[Model]:
    return (summary.model for summary in context.summaries if summary.model.events)


# -- how fast -----------------------------------------------------------------------------------

ANY_PACE = frozenset({"SGD", "Adadelta", "Adagrad", "Ftrl", "Adafactor", "Muon"})
FASTEST, FASTEST_ADAPTIVE, SLOWEST = 1.0, 0.01, 1e-7


@rule("KPC913")
def learning_rate_range(context: Context) -> Iterator[Finding]:
    """A learning rate lies outside the range in which training goes anywhere.

    Below 1e-7 the weights hardly move; above 0.01 Adam and its like diverge, above 1 everything
    does.

    References: UMLAUT (CHI 2021).

    Bad:

        from keras import Input, Sequential, layers, optimizers

        model = Sequential([Input((8,)), layers.Dense(1)])
        model.compile(optimizers.Adam(learning_rate=0.5), loss="mse")

    Good:

        from keras import Input, Sequential, layers, optimizers

        model = Sequential([Input((8,)), layers.Dense(1)])
        model.compile(optimizers.Adam(learning_rate=0.001), loss="mse")
    """
    for model in _models(context):
        for event in compilations(model):
            rate, name = event.learning_rate, event.optimizer
            limit = FASTEST if name in ANY_PACE else FASTEST_ADAPTIVE
            if rate is not None and not SLOWEST <= rate <= limit:
                yield Finding(
                    "KPC913",
                    event.site,
                    f"{name} is given a learning rate of {rate:g}; "
                    f"{SLOWEST:g} to {limit:g} is usual",
                )
