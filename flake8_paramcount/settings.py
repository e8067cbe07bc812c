"""What the user has set: one immutable record with defaults, handed to every step."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from flake8_paramcount.keras.declared import DeclaredSpec

Generation: TypeAlias = Literal[1, 2, 3]

DEFAULT_FUEL = 250_000

DTYPE_BYTES: dict[str, int] = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
}
"""Bytes that one parameter takes, by the name that Keras gives the type."""


class Recorded(NamedTuple):
    """A model of the baseline, and the parameters that it had at most."""

    name: str | None
    function: str | None
    total: int | None


class Baseline(NamedTuple):
    """What was counted before, by file."""

    path: str
    files: Mapping[str, tuple[Recorded, ...]]


class Growth(NamedTuple):
    """How much a model may grow: a number of parameters, or a part of what it had."""

    more: int = 0
    percent: float = 0.0

    def allowed(self, before: int) -> int:
        """The most parameters that a model with `before` of them may have."""
        return before + self.more + int(before * self.percent / 100)


NO_GROWTH = Growth()


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default; `None` means: not set."""

    budget: int | None = None
    """Most parameters that a model may have."""
    layer_budget: int | None = None
    """Most parameters that one layer may have."""
    trainable_budget: int | None = None
    """Most trainable parameters that a model may have."""
    size_budget: int | None = None
    """Most bytes that the weights of a model may take at `dtype`."""
    activation_budget: int | None = None
    """Most bytes that the outputs of all layers of a model may take for one batch."""
    batch: int = 32
    """Examples in a batch, where the model does not say."""
    baseline: Baseline | None = None
    """What was counted before."""
    growth: Growth = NO_GROWTH
    """How much more than the baseline a model may have."""
    baseline_strict: bool = False
    """Whether every model must stand in the baseline."""
    dtype: str = "float32"
    """A key of `DTYPE_BYTES`."""
    optimizer_slots: int = 0
    """Values that the optimizer keeps for each trained parameter."""
    flatten_parameters: int = 10_000_000
    """Parameters from which on a Dense behind a Flatten is too large."""
    flatten_share: float = 0.9
    """The part of the model from which on it is."""
    vocab_size: int | None = None
    """Number of different integers that are fed to Embedding layers (the largest is one less)."""
    assume: Mapping[str, int] = field(default_factory=dict)
    """Values for names and other source text that the source does not determine."""
    layers: Mapping[str, DeclaredSpec] = field(default_factory=dict)
    """Layers that the user declares, by class name or by the path that they are imported by."""
    keras: Generation | None = None
    """Keras generation; `None`: inferred from each file."""
    fuel: int = DEFAULT_FUEL
    """Evaluation steps that one file may take."""
    follow_imports: bool = True
    """Whether sibling modules of the same project are read."""
    codes: frozenset[str] | None = None
    """The only codes whose findings anybody will see; `None`: all of them."""

    def assumed(self, text: str) -> int | None:
        """The value assumed for this source text, however it is spaced and quoted."""
        if not self.assume or text in self.assume:
            return self.assume.get(text)
        wanted = canonical(text)
        return next((v for name, v in self.assume.items() if canonical(name) == wanted), None)

    def wants(self, code: str) -> bool:
        """Whether a finding with this code would be seen."""
        return self.codes is None or code in self.codes


def canonical(text: str) -> str:
    """Source text of an expression in one spelling, so that two of them can be compared."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.unparse(ast.parse(text.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text.strip()
