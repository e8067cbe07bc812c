"""From a constructor's call to a `BoundLayer`: what Keras would make of the arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from flake8_paramcount.keras.generations import SUCCESSORS, adapt, successor, was_removed
from flake8_paramcount.keras.layer import (
    BASE_KEYWORDS,
    BoundLayer,
    Declaration,
    Fault,
    LayerSpec,
    Shape,
)
from flake8_paramcount.keras.names import check_dtype, check_names, names_for
from flake8_paramcount.keras.older import OLDER
from flake8_paramcount.keras.shapes import refuse
from flake8_paramcount.unknown import Undetermined, Unknown

UNAPPLIED = Shape(Unknown("the layer is not applied to anything"))
NOTHING: frozenset[str] = frozenset()

BASE_OF: dict[str, frozenset[str]] = {
    **dict.fromkeys(("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"), NOTHING),
    **dict.fromkeys(("Discretization", "Input", "Pipeline", "TFSMLayer"), NOTHING),
    **dict.fromkeys(("IntegerLookup", "StringLookup"), frozenset({"trainable", "dtype"})),
}
"""Layers whose constructors do not pass every keyword on to the base class."""

UNCHECKED = frozenset({("SimpleRNN", "activity_regularizer")})
"""Arguments that Keras takes and never looks at."""

AMOUNTS = ("rate", "stddev")
"""Without these a layer of noise draws nothing."""

IMAGE_KEYWORDS = frozenset({"bounding_box_format", "data_format"})
RECURRENT_KEYWORDS = frozenset({"zero_output_for_mask"})
RECURRENT_MODULES = ("recurrent", "conv_recurrent")


class Plan(NamedTuple):
    """What binding needs to know of a declaration, worked out once."""

    positional: tuple[str, ...]
    names: frozenset[str]
    defaults: Mapping[str, Any]
    required: tuple[str, ...]
    base: frozenset[str]
    checked: dict[str, frozenset[str]]
    has_data_format: bool


_plans: dict[Declaration, Plan] = {}


def bind(
    spec: LayerSpec,
    args: Iterable[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    generation: int = 3,
    data_format: str | None = None,
) -> BoundLayer:
    """A layer object from a constructor call. Raises `Fault` where Keras refuses the call.

    Raises `Undetermined` where the call leaves open which weights are trainable, or asks for what
    is not followed.
    """
    spec = OLDER.get((spec.name, generation), spec)
    if generation not in spec.generations:
        raise _gone(spec, generation)
    plan = _plans.get(spec.declaration) or _planned(spec)
    _, positional, given = adapt(spec.name, tuple(args), kwargs or {}, generation)
    arguments = _bound(spec, plan, positional, given)
    if generation >= 3:
        check_names(plan.checked, arguments)
    trainable = _take_base(spec, plan, arguments, generation)
    for name in plan.required:
        if name not in arguments:
            raise _missing(spec, name)
    arguments = {**plan.defaults, **arguments}
    if data_format is not None and plan.has_data_format and arguments["data_format"] is None:
        arguments["data_format"] = data_format
    if generation >= 3:
        _check_seed(spec, arguments)
    _construct(spec, arguments)
    return BoundLayer(spec, arguments, trainable)


def base_keywords(spec: LayerSpec) -> frozenset[str]:
    """The keywords of a constructor that go to the base class or change nothing counted."""
    return (_plans.get(spec.declaration) or _planned(spec)).base


def _planned(spec: LayerSpec) -> Plan:
    names = spec.parameters
    defaults = spec.defaults
    base = _base_of(spec) - set(names)
    checked = {
        name: found
        for name in (*names, *base)
        if (found := names_for(name)) is not None and (spec.name, name) not in UNCHECKED
    }
    plan = Plan(
        positional=spec.positional,
        names=frozenset(names),
        defaults=defaults,
        required=tuple(name for name in names if name not in defaults),
        base=base,
        checked=checked,
        has_data_format="data_format" in names,
    )
    _plans[spec.declaration] = plan
    return plan


def _base_of(spec: LayerSpec) -> frozenset[str]:
    base = BASE_OF.get(spec.name, BASE_KEYWORDS)
    module = spec.declaration.__module__.rpartition(".")[2]
    if module == "augmentation":
        return base | IMAGE_KEYWORDS
    return base | RECURRENT_KEYWORDS if module in RECURRENT_MODULES else base


def _bound(
    spec: LayerSpec, plan: Plan, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    if len(args) > len(plan.positional):
        message = f"{spec.name} takes {len(plan.positional)} positional arguments, not {len(args)}"
        raise Fault("argument", message, layer=spec.name, found=len(args))
    arguments = dict(zip(plan.positional, args, strict=False))
    for name, value in kwargs.items():
        if name in arguments:
            raise Fault("argument", f"`{name}` is given twice", argument=name, layer=spec.name)
        if name not in plan.names and name not in plan.base:
            raise _unexpected(spec, name, value)
        arguments[name] = value
    return arguments


def _unexpected(spec: LayerSpec, name: str, value: Any) -> Fault:
    """The fault for a keyword that the layer does not take, with what it is called now."""
    new = successor(spec.name, name)
    return Fault(
        "argument",
        f"{spec.name} takes no argument `{name}`",
        argument=name,
        value=value,
        layer=spec.name,
        unexpected=True,
        removed=new is not None or was_removed(name),
        successor=new,
    )


def _gone(spec: LayerSpec, generation: int) -> Fault:
    """The fault for a layer that a generation of Keras does not have."""
    return Fault(
        "argument",
        f"Keras {generation} has no {spec.name}",
        layer=spec.name,
        removed=True,
        successor=SUCCESSORS.get(spec.name),
    )


def _missing(spec: LayerSpec, name: str) -> Fault:
    message = f"{spec.name} needs the argument `{name}`"
    return Fault("argument", message, argument=name, layer=spec.name, missing=True)


def _take_base(spec: LayerSpec, plan: Plan, arguments: dict[str, Any], generation: int) -> bool:
    """Take the base class' keywords out; the result is whether the layer is trainable."""
    if generation >= 3:
        check_base(arguments)
    taken = {name: arguments.pop(name) for name in plan.base & arguments.keys()}
    trainable = taken.get("trainable", arguments.get("trainable", True))
    if isinstance(trainable, Unknown):
        raise Undetermined(trainable)
    if not isinstance(trainable, bool):
        refuse("trainable", trainable, f"`trainable` must be a bool, not {trainable!r}")
    return trainable or spec.name == "RandomFourierFeatures"


def check_base(arguments: Mapping[str, Any]) -> None:
    """Refuse what the base class of all layers refuses."""
    name, trainable = arguments.get("name"), arguments.get("trainable", True)
    wrong = "/" in name if isinstance(name, str) else isinstance(name, (int, float, tuple))
    if wrong:
        refuse("name", name, f"a layer's name must be a string without `/`, not {name!r}")
    if not isinstance(trainable, (bool, Unknown)):
        refuse("trainable", trainable, f"`trainable` must be a bool, not {trainable!r}")
    check_dtype(arguments.get("dtype"))


def _check_seed(spec: LayerSpec, arguments: Mapping[str, Any]) -> None:
    """Refuse a seed that is no integer, where there is anything to be drawn."""
    seed = arguments.get("seed")
    amounts = (*AMOUNTS, "dropout") if spec.name.endswith("Attention") else AMOUNTS
    idle = any(arguments.get(name) == 0 for name in amounts)
    if isinstance(seed, (str, float, tuple)) and not idle:
        refuse("seed", seed, f"`seed` must be an integer, not {seed!r}")


def _construct(spec: LayerSpec, arguments: Mapping[str, Any]) -> None:
    """Run the declaration's own checks: they come before anything is asked of the input."""
    try:
        spec.declaration(UNAPPLIED, **arguments)
    except Undetermined:
        return
