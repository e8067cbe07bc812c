"""KPC2xx and KPC4xx: the data that a model is given, against what it takes and puts out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flake8_paramcount.dims import Dim, equal, less, text
from flake8_paramcount.records import Data, Event
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.graph import Graph, Node, dims_of
from flake8_paramcount.rules.heads import (
    CATEGORICAL,
    CROSSENTROPIES,
    REGRESSION,
    SPARSE,
    USES,
    Training,
    head_of,
    trainings,
)
from flake8_paramcount.rules.kinds import PASSIVE
from flake8_paramcount.rules.registry import Context, Finding, head_rule, rule

FED = USES | {"call"}

FITTED = CROSSENTROPIES | REGRESSION


def _dims(data: Data | None) -> tuple[Dim, ...] | None:
    """The dimensions of data, if they are known and the data are one array of numbers."""
    return None if data is None or data.dtype == "object" else dims_of(data.shape)


def _from(context: Context, data: Data) -> str:
    """Where data come from."""
    line = f" on line {context.line(data.site)}" if data.site else ""
    return f"{data.source}{line}" if data.source else f"the data{line}"


# -- labels -------------------------------------------------------------------------------------


def _labelled(node: Node) -> Iterator[tuple[Training, Data, tuple[Dim, ...]]]:
    """What a model with rows of class values as output is trained on, with labels of known form."""
    output = node.output
    if output is None or len(output) != 2:
        return
    for training in trainings(node):
        labels = training.used.y
        shape = _dims(labels)
        if labels is not None and shape is not None:
            yield training, labels, shape


def _is_column(shape: Sequence[Dim]) -> bool:
    """Whether labels are one integer for each example."""
    return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)


@head_rule("KPC206")
def units_below_classes(context: Context, node: Node) -> Iterator[str]:
    """The last layer has another number of units than there are classes.

    With integer labels a unit is missing for the largest of them: the loss is NaN, or the program
    stops with an index that is out of range. With one-hot labels the shapes do not fit.

    The classes are known of Keras' own data sets, of `to_categorical` with a number of classes,
    and of labels that stand in the program.

    Bad:

        from keras import Sequential, layers
        from keras.datasets import cifar100

        (x, y), _ = cifar100.load_data()
        model = Sequential([
            layers.Input((32, 32, 3)),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ])
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, y)

    Good:

        from keras import Sequential, layers
        from keras.datasets import cifar100

        (x, y), _ = cifar100.load_data()
        model = Sequential([
            layers.Input((32, 32, 3)),
            layers.Flatten(),
            layers.Dense(100, activation="softmax"),
        ])
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, y)
    """
    for training, labels, shape in _labelled(node):
        units, loss = (node.output or (None,))[-1], training.compiled.loss
        if loss == SPARSE and labels.labels and _is_column(shape):
            classes = None if labels.high is None else labels.high + 1
            wrong = less(units, classes) is True
        else:
            classes = shape[-1]
            wrong = labels.one_hot and len(shape) == 2 and equal(units, classes) is False
            wrong = wrong and loss in FITTED and loss != SPARSE
        if wrong:
            yield (
                f"{wording.layer(node.record)} puts out {text(units)} value"
                f"{'' if units == 1 else 's'}, but {_from(context, labels)} gives "
                f"{text(classes)} classes"
            )


@head_rule("KPC207")
def loss_label_form(context: Context, node: Node) -> Iterator[str]:
    """The labels have the form that the other categorical crossentropy takes.

    `sparse_categorical_crossentropy` takes the number of the class, `categorical_crossentropy` a
    row with a 1 at the class, as `to_categorical` makes it. The wrong one stops the training, or,
    in older releases, trains on nonsense.

    Bad:

        from keras import Sequential, layers
        from keras.datasets import mnist

        (x, y), _ = mnist.load_data()
        model = Sequential([
            layers.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ])
        model.compile(loss="categorical_crossentropy")
        model.fit(x, y)

    Good:

        from keras import Sequential, layers
        from keras.datasets import mnist

        (x, y), _ = mnist.load_data()
        model = Sequential([
            layers.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ])
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, y)
    """
    units = (node.output or (None,))[-1]
    for training, labels, shape in _labelled(node):
        loss = training.compiled.loss
        line = context.line(training.compiled.site)
        if loss == SPARSE and labels.one_hot and len(shape) == 2 and equal(shape[1], 1) is not True:
            yield (
                f"{loss} on line {line} takes class numbers, but {_from(context, labels)} gives "
                "one-hot rows: it is categorical_crossentropy for those"
            )
        elif loss in CATEGORICAL and not labels.one_hot and _is_column(shape) and less(1, units):
            yield (
                f"{loss} on line {line} takes one-hot rows, but {_from(context, labels)} gives "
                f"class numbers: it is {SPARSE} for those"
            )


@head_rule("KPC407")
def missing_flatten(context: Context, node: Node) -> Iterator[str]:
    """The last Dense works on each position apart, but the labels are one for each example.

    A Dense on a sequence or an image acts on its last axis only: the output has all other axes
    still. Without a Flatten or a pooling before it there are far more outputs than labels; Keras
    raises, or broadcasts one against the other.

    Heads of segmentation and sequence models are not reported: their labels have the rank of the
    output.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers
        from keras.datasets import mnist

        (x, y), _ = mnist.load_data()
        model = Sequential([layers.Input((28, 28)), layers.Dense(10, activation="softmax")])
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, y)

    Good:

        from keras import Sequential, layers
        from keras.datasets import mnist

        (x, y), _ = mnist.load_data()
        model = Sequential([
            layers.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ])
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, y)
    """
    head, output = head_of(node), node.output
    if head is None or output is None or len(output) < 3 or not _is_dense(head.node):
        return
    if any(size == 1 for size in output[1:]):
        return
    for training in trainings(node):
        labels, shape = training.used.y, _dims(training.used.y)
        if labels is None or shape is None or training.compiled.loss not in FITTED:
            continue
        rank = 1 if _is_column(shape) else len(shape)
        if rank < len(output) - (training.compiled.loss == SPARSE):
            yield (
                f"{wording.layer(node.record)} puts out {wording.dims(output)}, one result for "
                f"each position, but {_from(context, labels)} gives labels of shape "
                f"{wording.dims(shape)}; a Flatten or a pooling is missing before it"
            )


def _is_dense(node: Node) -> bool:
    return node.kind == "Dense" or any(source.kind == "Dense" for source in node.behind(PASSIVE))


# -- shapes -------------------------------------------------------------------------------------


@rule("KPC208")
def data_shape_mismatch(context: Context) -> Iterator[Finding]:
    """The data that a model is given do not have its input shape.

    Keras raises at the first batch, after everything has been loaded. An axis of size 1 at the end
    may be missing or be there in excess: Keras adds and removes it.

    Bad:

        from keras import Sequential, layers
        from keras.datasets import mnist

        (x, y), _ = mnist.load_data()
        model = Sequential([layers.Input((784,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, y)

    Good:

        from keras import Sequential, layers
        from keras.datasets import mnist

        (x, y), _ = mnist.load_data()
        x = x.reshape((60000, 784))
        model = Sequential([layers.Input((784,)), layers.Dense(10, activation="softmax")])
        model.compile(loss="sparse_categorical_crossentropy")
        model.fit(x, y)
    """
    for graphs in context.graphs:
        for event in graphs[0].model.events if graphs else ():
            given = _dims(event.x) if event.kind in FED else None
            if given is not None and all(_refuses(graph, given) for graph in graphs):
                wanted = wording.shape(graphs[0].variant.input_shape)
                yield Finding(
                    "KPC208",
                    event.site,
                    f"`{event.kind}` is given data of shape {wording.dims(given)}"
                    f"{_origin(context, event)}, but {wording.model(graphs[0].model)} takes "
                    f"{wanted}",
                )


def _origin(context: Context, event: Event) -> str:
    return f" from {event.x.source}" if event.x is not None and event.x.source else ""


def _refuses(graph: Graph, given: tuple[Dim, ...]) -> bool:
    """Whether a model provably does not take data of this shape."""
    wanted = dims_of(graph.variant.input_shape) if graph.variant.built else None
    return wanted is not None and not _may_fit(given, wanted)


def _may_fit(given: tuple[Dim, ...], wanted: tuple[Dim, ...]) -> bool:
    """Whether Keras may take one shape for the other, adding or removing a last axis of 1."""
    if len(given) == len(wanted) + 1:
        return _may_be(given[-1], 1) and _may_fit(given[:-1], wanted)
    if len(wanted) == len(given) + 1:
        return _may_be(wanted[-1], 1) and _may_fit(given, wanted[:-1])
    return len(given) == len(wanted) and all(map(_may_be, given[1:], wanted[1:]))


def _may_be(one: Dim, other: Dim) -> bool:
    return one is None or other is None or equal(one, other) is not False


@head_rule("KPC209")
def autoencoder_shape(context: Context, node: Node) -> Iterator[str]:
    """A model is trained to give back its input, but its output has another shape.

    `fit(x, x)` compares the output with the input, element by element. Where the shapes differ
    Keras raises, or broadcasts one against the other. Often a stride, a cropping or an unpadded
    convolution has lost a few pixels that the decoder does not get back.

    Bad:

        import numpy as np
        from keras import Sequential, layers

        model = Sequential([
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu"),
            layers.Conv2DTranspose(1, 3, strides=2, activation="sigmoid"),
        ])
        model.compile(loss="binary_crossentropy")
        images = np.load("images.npy")
        model.fit(images, images)

    Good:

        import numpy as np
        from keras import Sequential, layers

        model = Sequential([
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, 3, strides=2, activation="relu", padding="same"),
            layers.Conv2DTranspose(1, 3, strides=2, activation="sigmoid", padding="same"),
        ])
        model.compile(loss="binary_crossentropy")
        images = np.load("images.npy")
        model.fit(images, images)
    """
    output, given = node.output, dims_of(node.graph.variant.input_shape)
    if output is None or given is None:
        return
    for training in trainings(node):
        used, loss = training.used, training.compiled.loss
        data = _dims(used.x)
        if not used.x_is_y or loss not in FITTED or loss == SPARSE:
            continue
        if not _may_fit(given, output) and (data is None or _may_fit(data, given)):
            yield (
                f"`{used.kind}` on line {context.line(used.site)} compares the output with the "
                f"input, but {wording.layer(node.record)} puts out {wording.dims(output)} and the "
                f"input is {wording.dims(given)}"
            )
