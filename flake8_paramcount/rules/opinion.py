"""KPC9xx: matters of taste that other checkers report; all off by default."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.rules import wording
from flake8_paramcount.rules.graph import Node
from flake8_paramcount.rules.kinds import (
    ACTIVATIONS,
    BATCH_WISE,
    CONVOLUTIONS,
    DROPOUTS,
    PASSIVE,
    POOLINGS,
)
from flake8_paramcount.rules.registry import Context, layer_rule

MAX_POOLINGS = tuple(name for name in POOLINGS if name.startswith("Max"))
PLAIN = tuple(name for name in CONVOLUTIONS if "Transpose" not in name and "Depth" not in name)
BETWEEN = PASSIVE | {*BATCH_WISE, *POOLINGS}

ZEROS = ("zeros", "zero", "Zeros")


def _on_line(context: Context, node: Node) -> str:
    return f"{wording.layer(node.record)} on line {context.line(node.record.site)}"


@layer_rule("KPC901", *BATCH_WISE)
def dropout_before_normalization(context: Context, node: Node) -> Iterator[str]:
    """A dropout stands before a normalization.

    Dropping values changes their variance in training but not in use, so the statistics that the
    normalization keeps are those of another distribution.

    It is silent where a layer with weights or a sum stands between the two, as in the blocks of
    transformers.

    References: NeuraLint (arXiv 2105.08095), Design smells in deep learning programs (2021).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.2),
            layers.BatchNormalization(),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
        ])
    """
    for source in node.behind(ACTIVATIONS):
        if source.kind in DROPOUTS:
            yield f"{node.kind} stands behind {_on_line(context, source)}; swap them"


@layer_rule("KPC902", *MAX_POOLINGS)
def dropout_before_pooling(context: Context, node: Node) -> Iterator[str]:
    """A dropout stands before a maximum pooling.

    The maximum is most often taken from a value that was kept, so less is dropped than the rate
    says.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((32, 8)), layers.Dropout(0.2), layers.MaxPooling1D()])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((32, 8)), layers.MaxPooling1D(), layers.Dropout(0.2)])
    """
    for source in node.behind(ACTIVATIONS):
        if source.kind in DROPOUTS:
            yield f"{node.kind} stands behind {_on_line(context, source)}; swap them"


@layer_rule("KPC903", *DROPOUTS)
def dropout_over_half(context: Context, node: Node) -> Iterator[str]:
    """A dropout drops more than half.

    At a half the noise is largest; above it, most of each example is gone in every step, and the
    layers behind learn from little. Often the fraction to keep was meant.

    References: UMLAUT (CHI 2021).

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dropout(0.8)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64,)), layers.Dropout(0.5)])
    """
    rate = node.argument("rate")
    if isinstance(rate, float) and 0.5 < rate < 1:
        yield f"{node.kind}(rate={rate}) drops {wording.percent(rate)} of what it is fed"


def _convolutions_behind(node: Node) -> Iterator[Node]:
    """The plain convolutions of the same rank that feed a convolution."""
    for source in node.behind(BETWEEN):
        if source.kind in PLAIN and source.kind[-2:] == node.kind[-2:]:
            yield source


def _window(node: Node) -> tuple[int, ...] | None:
    """The kernel of a convolution along every axis, if it is known and not a single point."""
    size = node.argument("kernel_size")
    sizes = (size,) * int(node.kind[-2]) if type(size) is int else size
    if not isinstance(sizes, tuple) or any(type(each) is not int for each in sizes):
        return None
    return sizes if max(sizes) > 1 else None


@layer_rule("KPC904", *PLAIN)
def shrinking_window(context: Context, node: Node) -> Iterator[str]:
    """A convolution looks at a smaller window than the one before it.

    The first layers see small things, edges and textures, and later ones what is made of them, so
    windows usually grow or stay. Well-known networks begin with a large window on purpose.

    Convolutions of a single point are left out: they are there for the channels.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((64, 8)), layers.Conv1D(8, 5, activation="relu"), layers.Conv1D(8, 3)]
        )

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((64, 8)), layers.Conv1D(8, 3, activation="relu"), layers.Conv1D(8, 5)]
        )
    """
    for source in _convolutions_behind(node):
        ours, theirs = _window(node), _window(source)
        if ours and theirs and all(map(int.__lt__, ours, theirs)):
            yield (
                f"{node.kind} has a window of {'×'.join(map(str, ours))} behind "
                f"{'×'.join(map(str, theirs))} of {_on_line(context, source)}"
            )


@layer_rule("KPC905", *PLAIN)
def shrinking_filters(context: Context, node: Node) -> Iterator[str]:
    """A convolution has fewer filters than the one before it.

    With each step the image gets smaller, and more filters make up for the places that are lost.
    A layer with fewer of them throws away what the one before it has found.

    Convolutions of a single point and what follows an upsampling are left out.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((64, 8)), layers.Conv1D(32, 3, activation="relu"), layers.Conv1D(16, 3)]
        )

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((64, 8)), layers.Conv1D(16, 3, activation="relu"), layers.Conv1D(32, 3)]
        )
    """
    ours = node.argument("filters")
    for source in _convolutions_behind(node):
        theirs = source.argument("filters")
        if type(ours) is int and type(theirs) is int and ours < theirs and _window(node):
            place = _on_line(context, source)
            yield f"{node.kind} has {ours:,} filters behind {theirs:,} of {place}"


@layer_rule("KPC906", "Dense")
def growing_dense(context: Context, node: Node) -> Iterator[str]:
    """A hidden Dense has more units than the one before it.

    The narrower layer has let through what it could; a wider one behind it adds parameters, but
    nothing to know. The decoder of an autoencoder is built that way on purpose.

    The last layer is silent: its width is the number of classes.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(16, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(32, activation="relu"),
            layers.Dense(16, activation="relu"),
            layers.Dense(1),
        ])
    """
    ours = node.argument("units")
    for source in node.behind(PASSIVE | set(BATCH_WISE)):
        theirs = source.argument("units") if source.kind == "Dense" else None
        if type(ours) is int and type(theirs) is int and ours > theirs and node.children:
            yield f"Dense has {ours:,} units behind {theirs:,} of {_on_line(context, source)}"


@layer_rule("KPC911", "Dense", *CONVOLUTIONS)
def non_zero_bias_initializer(context: Context, node: Node) -> Iterator[str]:
    """A bias does not start at zero.

    A unit with such a bias answers before it has seen anything; the initializers of kernels are
    worked out for biases of zero.

    It is silent for recurrent layers, whose forget gate starts open, and for the last layer, which
    may well start at the frequencies of the classes.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(8, activation="relu", bias_initializer="ones"),
            layers.Dense(1),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64,)),
            layers.Dense(8, activation="relu", bias_initializer="zeros"),
            layers.Dense(1),
        ])
    """
    initializer = node.argument("bias_initializer")
    if node.may_be_output or not node.argument("use_bias"):
        return
    if isinstance(initializer, str) and initializer not in ZEROS:
        yield f"the bias of {wording.layer(node.record)} starts as {initializer!r}, not at zero"


@layer_rule("KPC914", *PLAIN)
def linear_stack_of_convolutions(context: Context, node: Node) -> Iterator[str]:
    """A convolution stands directly on another, with no activation between.

    Two linear layers in a row can do no more than one could, with a larger window.

    It is silent where the two are one convolution in parts, with fewer parameters: a window of a
    row behind one of a column, or fewer channels between than on either side. It is silent too
    where the first output is used elsewhere.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((64, 8)), layers.Conv1D(8, 3), layers.Conv1D(8, 3)])

    Good:

        from keras import Sequential, layers

        model = Sequential(
            [layers.Input((64, 8)), layers.Conv1D(8, 3, activation="relu"), layers.Conv1D(8, 3)]
        )
    """
    source = node.before
    if source is None or source.kind not in PLAIN or source.kind[-2:] != node.kind[-2:]:
        return
    if source.argument("activation") in (None, "linear") and not _are_parts(source, node):
        yield f"{node.kind} stands on {_on_line(context, source)} with no activation between"


def _are_parts(first: Node, second: Node) -> bool:
    """Whether two convolutions have fewer parameters than one that does the same."""
    between, channels = first.argument("filters"), second.argument("filters")
    given = (first.input or (None,))[-1]
    if all(type(size) is int for size in (given, between, channels)):
        narrow = between < min(given, channels)
    else:
        narrow = False
    sizes = [set(size) for size in (_window(first), _window(second)) if size is not None]
    return narrow or any(len(size) > 1 and 1 in size for size in sizes)
