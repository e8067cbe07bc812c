"""KPC0xx: what the tool knows and does not know, and what it could not read."""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.dims import text
from flake8_paramcount.records import Condition, Reason
from flake8_paramcount.rules import wording
from flake8_paramcount.rules.claims import refuted
from flake8_paramcount.rules.registry import Context, Finding, rule
from flake8_paramcount.summary import Row, Summary

REASONS_SHOWN = 3


@rule("KPC001")
def count_unknown(context: Context) -> Iterator[Finding]:
    """A model's parameter count is not exact.

    The message says what the count depends on, on which line, and the directive that would settle
    it. Off by default: a symbolic count or a range is often all there is to know.

    Bad:

        from keras import Sequential, layers

        vocab_size = int(input())
        model = Sequential([layers.Embedding(vocab_size, 64), layers.SimpleRNN(32)])

    Good:

        from keras import Sequential, layers

        vocab_size = 1000
        model = Sequential([layers.Embedding(vocab_size, 64), layers.SimpleRNN(32)])
    """
    for summary in context.summaries:
        if summary.status != "exact":
            why = "; ".join(_reasons(context, summary))
            message = f"{wording.model(summary.model)} has {_count(summary)}"
            yield Finding("KPC001", summary.model.site, f"{message}{why and ': '}{why}")


def _count(summary: Summary) -> str:
    """A count as it is known."""
    if summary.status == "exact":
        return wording.parameters(summary.total)
    if summary.expression is not None:
        return f"{summary.expression} parameters"
    if summary.minimum is None:
        return "an unknown number of parameters"
    if summary.maximum is None:
        return f"at least {wording.parameters(summary.minimum)}"
    return f"{summary.minimum:,} … {summary.maximum:,} parameters"


def _reasons(context: Context, summary: Summary) -> Iterator[str]:
    for condition in summary.conditions[:REASONS_SHOWN]:
        yield _condition(context, condition)
    for reason in summary.reasons[:REASONS_SHOWN]:
        yield _reason(context, reason)


def _condition(context: Context, condition: Condition) -> str:
    return f"it depends on `{condition.text}`{_on_line(context, condition.site)}"


def _reason(context: Context, reason: Reason) -> str:
    mend = f", settled by `{reason.directive}`" if reason.directive else ""
    return f"{reason.text}{_on_line(context, reason.site)}{mend}"


def _on_line(context: Context, site: int) -> str:
    return f" (line {context.line(site)})" if site else ""


@rule("KPC002")
def bad_directive(context: Context) -> Iterator[Finding]:
    """A `# paramcount:` comment cannot be read.

    An unknown key would otherwise be a setting that never takes effect. A directive states facts
    that the source cannot show, at the end of the line where a model or layer is constructed or
    alone on the line above it: `# paramcount: input_shape=(None, 784), budget=2M`. Values are
    literals; any name of the program can be given one (`n_classes=10`).

    What it states of a layer (`output_shape`, `params`, `trainable_params`) is for a layer that
    cannot be followed. Where the source shows something else, the source is believed, and the
    directive reported; so is one on a line that makes or calls no layer.

    Bad:

        from keras import Sequential, layers

        # paramcount: budget=lots
        model = Sequential([layers.Input((8,)), layers.Dense(4)])

    Good:

        from keras import Sequential, layers

        # paramcount: budget=50
        model = Sequential([layers.Input((8,)), layers.Dense(4)])
    """
    for error in context.analysis.directives.errors:
        yield Finding("KPC002", error.position, error.message)
    for line, position in context.analysis.idle.items():
        message = f"this states something of a layer, but on line {line} none is made or called"
        yield Finding("KPC002", position, message)
    for position, message in refuted(context.summaries).items():
        yield Finding("KPC002", position, message)


@rule("KPC003")
def layer_count(context: Context) -> Iterator[Finding]:
    """A note: what a layer counts, with the arithmetic and the output shape.

    Off by default. Switched on in an editor it shows the numbers beside the lines, as
    `model.summary()` would, while the model is written.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((500, 128)), layers.Conv1D(32, 7)])

    Good:

        from keras import layers

        layer = layers.Conv1D(32, 7)
    """
    for summary in context.summaries:
        for row in summary.rows:
            if row.layer.site and row.layer.class_name != "InputLayer":
                yield Finding("KPC003", row.layer.site, _row(row))


def _row(row: Row) -> str:
    name, output = wording.layer(row.layer), wording.shape(row.layer.output)
    if row.total is None:
        return f"{name}: parameters unknown, output {output}"
    arithmetic = f"{row.formula} = " if _adds(row) else ""
    return f"{name}: {arithmetic}{wording.parameters(row.total)}, output {output}"


def _adds(row: Row) -> bool:
    """Whether the arithmetic says more than the result."""
    return bool(row.formula) and row.formula != text(row.total)


@rule("KPC004")
def model_count(context: Context) -> Iterator[Finding]:
    """A note: what a model counts, on the line of its construction.

    Off by default, as KPC003.

    Bad:

        from keras import Sequential, layers

        model = Sequential([layers.Input((500, 128)), layers.Conv1D(32, 7)])

    Good:

        from keras import layers

        layer = layers.Conv1D(32, 7)
    """
    for summary in context.summaries:
        size, trainable = summary.size, summary.trainable
        message = f"{wording.model(summary.model)} has {_count(summary)}"
        if isinstance(size, int) and isinstance(trainable, int):
            message += f", {trainable:,} trainable, {wording.size(size)} of {summary.dtype}"
        yield Finding("KPC004", summary.model.site, message)


@rule("KPC005")
def budget_unverifiable(context: Context) -> Iterator[Finding]:
    """A budget applies to a model whose count cannot be proved to keep it.

    The count is not exact and its upper bound, if it has one, lies above the budget, so that
    KPC101 can be silent though the model is too large. A directive that gives the missing value
    settles it.

    Options:

        paramcount-budget = 50k

    Bad:

        from keras import Sequential, layers

        vocab_size = int(input())
        model = Sequential([layers.Embedding(vocab_size, 64), layers.SimpleRNN(32)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Embedding(500, 64), layers.SimpleRNN(32)])
    """
    for summary in context.summaries:
        limit = context.allowed(summary.model, "budget", context.settings.budget)
        if limit is None or (summary.maximum is not None and summary.maximum <= limit):
            continue
        if summary.minimum is None or summary.minimum <= limit:
            why = "; ".join(_reasons(context, summary))
            message = f"{wording.model(summary.model)} has {_count(summary)}"
            yield Finding(
                "KPC005",
                summary.model.site,
                f"{message}, which is not proved to be within its budget of {limit:,}"
                f"{why and ': '}{why}",
            )


@rule("KPC006")
def unknown_layer(context: Context) -> Iterator[Finding]:
    """A layer is neither one of Keras nor defined in what is read.

    What it holds is not known, so the model's count is a lower bound, and what follows it is only
    known where its shape does not matter. A class from another package is such a layer, and one
    from a module that `paramcount-follow-imports` does not lead to.

    Bad:

        from keras import Sequential, layers
        from keras_contrib.layers import CRF

        model = Sequential([layers.Embedding(1000, 64), layers.Dense(32), CRF(9)])

    Good:

        from keras import Sequential, layers

        model = Sequential([layers.Embedding(1000, 64), layers.Dense(9)])
    """
    for graphs in context.graphs:
        told: set[tuple[int, str]] = set()
        for node in (node for graph in graphs for node in graph.nodes):
            if node.kind != "?" or not node.record.reasons:
                continue
            reason = node.record.reasons[0]
            site = reason.site or node.graph.model.site
            if (site, reason.text) not in told:
                told.add((site, reason.text))
                name = wording.model(node.graph.model)
                yield Finding("KPC006", site, f"a layer of {name} is not known: {_why(reason)}")


def _why(reason: Reason) -> str:
    mend = f", settled by `{reason.directive}`" if reason.directive else ""
    return f"{reason.text}{mend}; its count is a lower bound"
