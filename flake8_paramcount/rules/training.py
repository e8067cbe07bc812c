"""KPC316 to KPC318 and KPC913: what is done with a model, in which order, and how fast."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.records import Event, Model
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.registry import Context, Finding, rule


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
        for event in (each for each in model.events if each.kind == "compile"):
            rate, name = event.learning_rate, event.optimizer
            limit = FASTEST if name in ANY_PACE else FASTEST_ADAPTIVE
            if rate is not None and not SLOWEST <= rate <= limit:
                yield Finding(
                    "KPC913",
                    event.site,
                    f"{name} is given a learning rate of {rate:g}; "
                    f"{SLOWEST:g} to {limit:g} is usual",
                )
