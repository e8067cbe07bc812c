"""KPC907 to KPC910: how convolutions and poolings are arranged; opinions, off by default."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.rules import wording
from flake8_paramcount.rules.graph import Graph, Node
from flake8_paramcount.rules.kinds import BATCH_WISE, GLOBAL_POOLINGS, PASSIVE, POOLINGS
from flake8_paramcount.rules.opinion import PLAIN
from flake8_paramcount.rules.registry import Context, layer_rule

FEWEST = 3
"""A model with fewer convolutions has no arrangement to speak of."""

WITHIN_BLOCK = PASSIVE | set(BATCH_WISE)


def _convolutions(graph: Graph) -> list[Node]:
    """The plain convolutions of a model that look at more than a single point."""
    return [node for node in graph.of(PLAIN) if _window(node) not in (None, 1)]


def _window(node: Node) -> object:
    size = node.argument("kernel_size")
    return size[0] if isinstance(size, tuple) and len(set(size)) == 1 else size


def _strides(node: Node) -> set[object]:
    given = node.argument("strides")
    return set(given) if isinstance(given, tuple) else {given}


@layer_rule("KPC907", "Flatten")
def no_pooling(context: Context, node: Node) -> Iterator[str]:
    """Convolutions are flattened without anything that makes the image smaller.

    Neither a pooling nor a stride: the Dense behind the Flatten then gets a weight for each pixel
    of each channel.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((32, 32, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((32, 32, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10),
        ])
    """
    graph = node.graph
    found = _convolutions(graph)
    pooled = graph.of((*POOLINGS, *GLOBAL_POOLINGS))
    if len(found) < FEWEST or pooled or any(_strides(each) - {1} for each in found):
        return
    if all(each.kind in PLAIN or each.kind in WITHIN_BLOCK for each in graph.nodes[1 : node.index]):
        yield (
            f"{len(found)} convolutions are flattened with no pooling or stride: "
            f"{wording.shape(node.record.inputs)}"
        )


@layer_rule("KPC908", *POOLINGS)
def pooling_after_every_conv(context: Context, node: Node) -> Iterator[str]:
    """Every convolution of a model is followed by a pooling.

    Two convolutions between poolings see more of the image, with fewer parameters than one with a
    larger window. Reported is the last of the poolings.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64, 64, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64, 64, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
        ])
    """
    graph = node.graph
    found = _convolutions(graph)
    pooled = graph.of(POOLINGS)
    if len(found) < FEWEST or max(pooled, key=lambda each: each.index) is not node:
        return
    followed = {each.index for pool in pooled for each in pool.behind(WITHIN_BLOCK)}
    if all(each.index in followed for each in found):
        yield f"each of the {len(found)} convolutions of this model is followed by a pooling"


@layer_rule("KPC909", *PLAIN)
def heterogeneous_blocks(context: Context, node: Node) -> Iterator[str]:
    """Two convolutions of one block differ in their filters or their window.

    A block is what lies between two poolings; successful models keep the size of the image and the
    number of filters in step. Where filters or windows shrink, KPC905 and KPC904 say so.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64, 64, 3)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Conv2D(24, 3, activation="relu"),
            layers.MaxPooling2D(),
        ])

    Good:

        from keras import Sequential, layers

        model = Sequential([
            layers.Input((64, 64, 3)),
            layers.Conv2D(24, 3, activation="relu"),
            layers.Conv2D(24, 3, activation="relu"),
            layers.MaxPooling2D(),
        ])
    """
    if _window(node) in (None, 1) or _strides(node) != {1}:
        return
    for source in node.behind(WITHIN_BLOCK):
        if source.kind != node.kind or _window(source) in (None, 1) or _strides(source) != {1}:
            continue
        for name in ("filters", "kernel_size"):
            ours, theirs = node.argument(name), source.argument(name)
            if type(ours) is int and type(theirs) is int and ours > theirs:
                yield (
                    f"{node.kind} has {name}={ours}, but {wording.layer(source.record)} of the "
                    f"same block, on line {context.line(source.record.site)}, has {theirs}"
                )


@layer_rule("KPC910", *POOLINGS, *GLOBAL_POOLINGS)
def ineffective_pooling(context: Context, node: Node) -> Iterator[str]:
    """A pooling has nothing to pool: its window, or what it is fed, is a single point.

    It hands on what it gets. Most often it is left over from a larger input or window, and the
    reader takes the output for smaller than it is.

    References: NeuraLint (arXiv 2105.08095).

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((32, 32, 3)), layers.MaxPooling2D(1)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Input((32, 32, 3)), layers.MaxPooling2D(2)])
    """
    shape = node.input
    if shape is None or len(shape) < 3:
        return
    first = node.argument("data_format") == "channels_first"
    spatial = shape[2:] if first else shape[1:-1]
    size = node.argument("pool_size") if node.kind in POOLINGS else None
    window = set(size) if isinstance(size, tuple) else {size}
    alone = window == {1} and _strides(node) <= {1, None}
    if alone or all(each == 1 for each in spatial):
        yield f"{node.kind} has nothing to pool: it is fed {wording.shape(node.record.inputs)}" + (
            " and its window is 1" if alone else ""
        )
