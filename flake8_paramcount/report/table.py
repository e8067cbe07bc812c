"""A model's summary as a table, to lay beside what `model.summary()` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import IO

from flake8_paramcount.dims import Dim, text
from flake8_paramcount.records import Condition, Position, Site
from flake8_paramcount.report import FileReport, line_of, one_line, shape_text
from flake8_paramcount.settings import DTYPE_BYTES
from flake8_paramcount.summary import Row, Summary, Tally

COLUMNS = ("Layer", "Output shape", "Params", "Share", "Arithmetic")
RIGHT = frozenset({"Params", "Share"})
GAP = "  "
UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The words of one table, before they are laid out."""

    title: str
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...]
    notes: tuple[str, ...] = ()


def sheets(report: FileReport) -> Iterator[Sheet]:
    """The tables of one file, one for each model."""
    for summary in report.summaries:
        yield sheet(summary, report.path, report.locate)


def sheet(summary: Summary, path: str, locate: Callable[[Site], Position]) -> Sheet:
    """The table of one model."""
    return Sheet(
        title=_title(summary, path, locate),
        rows=tuple(_cells(row) for row in summary.rows),
        totals=tuple(_totals(summary)),
        notes=tuple(_notes(summary, locate)),
    )


def plain(page: Sheet) -> str:
    """The table as text, in columns."""
    body = [COLUMNS, *page.rows]
    widths = [max(len(line[column]) for line in body) for column in range(len(COLUMNS))]
    lines = [_aligned(line, widths) for line in body]
    rule = "─" * max(len(line) for line in lines)
    table = [lines[0], rule, *lines[1:], rule] if page.rows else []
    return "\n".join([page.title, *table, *page.totals, *page.notes]) + "\n"


def print_rich(page: Sheet, stream: IO[str], *, color: bool) -> None:
    """The table drawn by rich, in the width of the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console(file=stream, force_terminal=color, highlight=False, markup=False, emoji=False)
    console.print(page.title, style="bold", soft_wrap=True)
    if page.rows:
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        for name in COLUMNS:
            numeric = name in RIGHT
            justify = "right" if numeric else "left"
            table.add_column(name, justify=justify, no_wrap=numeric, overflow="fold")  # type: ignore[arg-type]
        for cells in page.rows:
            table.add_row(*cells)
        console.print(table)
    for line in page.totals:
        console.print(line, soft_wrap=True)
    for line in page.notes:
        console.print(line, style="yellow", soft_wrap=True)
    console.print()


def has_rich() -> bool:
    """Whether rich (the extra `cli`) is installed."""
    try:
        import rich  # noqa: F401
    except ImportError:
        return False
    return True


def _aligned(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (
        cell.rjust(width) if name in RIGHT else cell.ljust(width)
        for name, cell, width in zip(COLUMNS, cells, widths, strict=True)
    )
    return GAP.join(padded).rstrip()


# -- title and rows ---------------------------------------------------------------------------


def _title(summary: Summary, path: str, locate: Callable[[Site], Position]) -> str:
    model = summary.model
    place = locate(model.site)
    words = [f"{model.name or '(unnamed)'}: {model.kind} model"]
    words.append(f"{path}:{place.line}:{place.column + 1}")
    if model.function is not None:
        call = line_of(model.call_site, locate)
        words.append(f"in {model.function}()" + ("" if call is None else f" called on line {call}"))
    words.append(f"Keras {model.generation}")
    return ", ".join(words)


def _cells(row: Row) -> tuple[str, ...]:
    layer = row.layer
    return (
        f"{layer.name} ({layer.class_name})",
        shape_text(layer.output),
        _count(row.total, row.minimum),
        _share(row),
        _arithmetic(row),
    )


def _share(row: Row) -> str:
    if row.share is not None:
        return f"{row.share:.1%}"
    return "shared" if row.layer.shared else ""


def _arithmetic(row: Row) -> str:
    frozen = _frozen(row)
    if not row.layer.proven:
        return "; ".join(part for part in ("as stated", frozen) if part)
    return "; ".join(part for part in (row.formula, frozen) if part)


def _frozen(row: Row) -> str:
    """What of the layer is not trained."""
    if row.total is None or row.trainable is None or row.total == row.trainable:
        return ""
    rest = row.total - row.trainable
    return "frozen" if row.trainable == 0 else f"{text(rest)} not trainable"


def _count(value: Dim, minimum: int | None) -> str:
    if value is not None:
        return text(value)
    return "?" if minimum is None else f"≥ {text(minimum)}"


# -- totals -----------------------------------------------------------------------------------


def _totals(summary: Summary) -> Iterator[str]:
    size = _size(summary)
    yield f"Total params: {_amount(summary.counts)}" + (f" ({size})" if size else "")
    yield f"Trainable params: {_amount(summary.trainable_counts)}"
    yield f"Non-trainable params: {_amount(summary.frozen_counts)}"


def _amount(counts: Tally) -> str:
    """A count in words: a number, an expression, a range, or what is known of it."""
    if isinstance(counts.value, int):
        return text(counts.value)
    bound = _bound(counts)
    if counts.status == "range" and not counts.cases:
        return bound
    head = " or ".join(map(text, counts.cases or (counts.value,)))
    if counts.value is None and not counts.cases:
        head = "unknown"
    return f"{head}, {bound}" if bound else head


def _bound(counts: Tally) -> str:
    if counts.lower is None:
        return "" if counts.upper is None else f"at most {text(counts.upper)}"
    if counts.upper is None:
        return f"at least {text(counts.lower)}"
    return f"{text(counts.lower)} … {text(counts.upper)}"


def _size(summary: Summary) -> str:
    """The memory that the weights take, as far as it is proven."""
    lower, upper = summary.minimum, summary.maximum
    if isinstance(summary.total, int):
        return f"{_bytes(summary.total, summary.dtype)} as {summary.dtype}"
    if lower is None:
        return ""
    least = _bytes(lower, summary.dtype)
    if upper is None:
        return f"at least {least} as {summary.dtype}"
    return f"{least} … {_bytes(upper, summary.dtype)} as {summary.dtype}"


def _bytes(count: int, dtype: str) -> str:
    size = count * DTYPE_BYTES[dtype]
    power = min(max(size.bit_length() - 1, 0) // 10, len(UNITS) - 1)
    if power == 0:
        return f"{size} B"
    hundredths = round(Fraction(size * 100, 1024**power))
    return f"{text(hundredths // 100)}.{hundredths % 100:02} {UNITS[power]}"


# -- notes ------------------------------------------------------------------------------------


def _notes(summary: Summary, locate: Callable[[Site], Position]) -> Iterator[str]:
    variant = summary.variant
    if variant is not None and variant.layers and not variant.built:
        yield "Keras leaves this model unbuilt until it is given an input shape."
    if summary.conditions:
        yield f"The total depends on {_decisions(summary.conditions, locate)}."
    if summary.reasons:
        yield "Not exact, because:"
    for reason in summary.reasons:
        line = line_of(reason.site, locate)
        yield ("  " if line is None else f"  line {line}: ") + one_line(reason.text)
        if reason.directive is not None:
            yield f"    settle it: {one_line(reason.directive)}"


def _decisions(conditions: tuple[Condition, ...], locate: Callable[[Site], Position]) -> str:
    words = []
    for condition in conditions:
        line = line_of(condition.site, locate)
        where = "" if line is None else f"line {line}, "
        words.append(f"`{one_line(condition.text)}` ({where}shown: {condition.holds})")
    return " and ".join(words)
