"""The records that travel from the interpreter to the summary, the rules and the reports.

They hold no syntax: a `Site` stands for a place in the source until somebody must print it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, TypeAlias

from flake8_paramcount.dims import Dim
from flake8_paramcount.keras.layer import Fault, Shape, Shapes

Site: TypeAlias = int
"""A call or statement of the analysed file; `Analysis.locate` turns it into a `Position`."""

NOWHERE: Site = 0

ModelKind: TypeAlias = Literal["sequential", "functional", "subclassed", "application"]


class Position(NamedTuple):
    """A place in the source: 1-based line, 0-based column in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a number is not known: what it depends on, where, and the directive that settles it."""

    text: str
    site: Site = NOWHERE
    directive: str | None = None


class Condition(NamedTuple):
    """One decision that a variant of a model stands on: `text` is (not) true at `site`."""

    text: str
    site: Site
    holds: bool


class Claim(NamedTuple):
    """What a directive states of a layer; what it does not state is None."""

    position: Position
    """Where the directive stands."""
    output: Shapes | None = None
    params: int | None = None
    trainable: int | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Integers that are fed somewhere: `largest` is the largest of them that can occur."""

    largest: Dim
    source: str
    site: Site = NOWHERE


@dataclass(frozen=True, slots=True)
class Data:
    """An array that the program hands to a model."""

    shape: Shape
    dtype: str | None = None
    low: Dim = None
    high: Dim = None
    """Bounds of the elements; None where they are not known."""
    one_hot: bool = False
    """Whether each row is the one-hot form of a class."""
    labels: bool = False
    """Whether the elements are class labels of which every one from `low` to `high` occurs."""
    source: str | None = None
    site: Site = NOWHERE


class Loss(NamedTuple):
    """What a model is trained for at one of its outputs."""

    name: str | None = None
    """Keras' name of the loss (`mean_squared_error`), if it is known."""
    from_logits: bool | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the program does with a model, in the order in which it does it.

    `kind` is the method's name; `call` for a call on tensors; `trainable` for setting that
    attribute on the model or on a part of it, and `restored` for setting it back;
    `compiled_within` for compiling a model that contains it; `elsewhere` for what is not followed
    and may do anything of that.
    """

    kind: str
    site: Site
    loss: str | None = None
    """Keras' name of the loss (`mean_squared_error`) of a `compile`, if it is known."""
    from_logits: bool | None = None
    losses: Mapping[int | str, Loss] = field(default_factory=dict)
    """The losses of single outputs, by their places or names, where not all have one."""
    x: Data | None = None
    y: Data | None = None
    targets: Mapping[int | str, Data | None] = field(default_factory=dict)
    """What single outputs are trained for, by their places or names."""
    x_is_y: bool = False
    """Whether inputs and targets are the same data."""
    optimizer: str | None = None
    """Keras' class of the optimizer of a `compile`, if it is known."""
    learning_rate: float | None = None
    """The learning rate that a `compile` states, if it is a number that is known."""
    built: bool = True
    """Whether the model may have been built by then; False is proven."""

    def at(self, place: int, label: str | None, outputs: int) -> Event:
        """The same as it concerns one of the model's outputs."""
        if not self.losses and not self.targets:
            return self
        loss, target = (
            _of_output(each, place, label, outputs) for each in (self.losses, self.targets)
        )
        name, logits = loss or (Loss() if self.losses else Loss(self.loss, self.from_logits))
        y = target if self.targets else self.y
        return replace(self, loss=name, from_logits=logits, y=y, losses={}, targets={})


def _of_output(given: Mapping[int | str, Any], place: int, label: str | None, outputs: int) -> Any:
    """What is given for one output: by name, or by place if there is something for each."""
    if label is not None and label in given:
        return given[label]
    return given.get(place) if len(given) == outputs else None


@dataclass(frozen=True, slots=True)
class WeightRecord:
    """A weight variable; two records with equal keys are one variable, counted once."""

    key: tuple[int, int]
    name: str
    block: tuple[Dim, ...]
    gates: int
    trainable: bool
    shape: tuple[Dim, ...]
    count: Dim


@dataclass(frozen=True, slots=True)
class LayerRecord:
    """One layer as `model.layers` lists it, applied to what flows into it in this model."""

    key: int
    name: str
    class_name: str
    site: Site
    arguments: Mapping[str, Any]
    inputs: Shapes | None
    output: Shapes | None
    weights: tuple[WeightRecord, ...] = ()
    known: bool = True
    """Whether `weights` is complete; if not, `reasons` or `fault` says why."""
    fault: Fault | None = None
    reasons: tuple[Reason, ...] = ()
    shared: bool = False
    multiplied: bool = False
    """Whether a list that holds it was multiplied."""
    inbound: tuple[int, ...] = ()
    """Indices (in `Variant.layers`) of the layers whose outputs flow into this one."""
    operated: bool = False
    """Whether operations that are no layers stand between some of those and this one."""
    leaves: bool = False
    """Whether the model puts its output out, as it is or behind operations that are no layers."""
    fed: Vocabulary | None = None
    """The integers that reach this layer, where they are known (for an Embedding)."""
    part: bool = False
    """Whether it is inside of a model of `keras.applications`: nothing in it is to be mended."""
    defined: bool = False
    """Whether the program itself defines the class."""
    nested: Variant | None = None
    """The inside of a model that is used as a layer, or of a layer that the program defines."""
    label: str | None = None
    """The name that the source gives the layer, where it is a string that is known."""
    positional: int = 0
    """How many arguments the constructor was given by position."""
    stated: Shape | None = None
    """The input shape that the constructor states (`input_shape=…`), batch first."""
    claim: Claim | None = None
    """What a directive states of it."""
    proven: bool = True
    """Whether all that is said here follows from the source; if not, some of it is claimed."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A model under one set of decisions; a model without unknown decisions has just one."""

    layers: tuple[LayerRecord, ...]
    input_shape: Shapes | None = None
    output_shape: Shapes | None = None
    built: bool = True
    conditions: tuple[Condition, ...] = ()
    reasons: tuple[Reason, ...] = ()
    """Why the list of layers itself is not certain; empty when it is."""
    outputs: tuple[int, ...] | None = None
    """Indices of the layers whose outputs the model puts out as they are; None: not known."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model that the source builds."""

    name: str | None
    function: str | None
    kind: ModelKind
    site: Site
    call_site: Site = NOWHERE
    generation: int = 3
    variants: tuple[Variant, ...] = ()
    events: tuple[Event, ...] = ()
    directives: Mapping[str, Any] = field(default_factory=dict)
    """What `# paramcount:` comments state of this model: budget, vocab_size, name, …"""
