"""Keras objects of the analysed program: layers and models, and how shapes flow through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple, TypeAlias

from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.interpreter.bindings import asking, bound_shape, bound_value
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    Choice,
    Instance,
    ListObject,
    NeedSplit,
    Ref,
    Repeat,
    Value,
)
from flake8_paramcount.keras import apply
from flake8_paramcount.keras.layer import BoundLayer, Built, Fault, Shape, Shapes, Weight
from flake8_paramcount.records import ModelKind, Vocabulary
from flake8_paramcount.unknown import Undetermined, Unknown

_serials = count(1)

# What a symbolic size takes, a term: bounds are looked for, and quotients made.
TERM_COST = 5

# Keys in the state of layers and models that the first call sets, and none behind it changes.
SETTLED = frozenset({"built", "called", "input", "tensors", "__built__", "__followed__"})


# Keys in the state of a layer: arguments that were set as attributes before it was built, and
# whether some were set behind that. A Sequential is stale that was changed when it had been called.
SETTLED_STEPS, MAY_RUN_CODE = "__steps__", "__code__"
NESTED, RESTATED, STALE = "__nested__", "__restated__", "__stale__"


class LayerObject(Ref):
    """A layer that the program has constructed.

    `bound` is None where the layer is not known; then `why` says why. `built` in the state is what
    the layer became when it was first called on a tensor, `changes` what was done to it since.
    """

    __slots__ = (
        "bound",
        "class_name",
        "fault",
        "function",
        "key",
        "labelled",
        "length",
        "positional",
        "shape",
        "site",
        "why",
    )

    def __init__(
        self,
        class_name: str,
        site: int,
        *,
        name: Value = None,
        bound: BoundLayer | None = None,
        why: Unknown | None = None,
        fault: Fault | None = None,
        shape: Shape | None = None,
        length: Dim = None,
        function: Value = None,
        positional: int = 0,
        labelled: bool = False,
        trainable: Value = True,
    ) -> None:
        super().__init__({"name": name, "trainable": trainable, "built": None, "changes": ()})
        self.state |= {RESTATED: None, STALE: False}
        self.key = next(_serials)
        self.class_name = class_name
        self.site = site
        self.bound = bound
        self.why = why
        self.fault = fault
        self.shape = shape
        self.length = length
        self.function = function
        self.positional = positional
        self.labelled = labelled


class Events(ListObject):
    """What the program does with a model, in order."""

    __slots__ = ()


class Part(LayerObject):
    """A layer inside of a model that Keras brings along."""

    __slots__ = ()


class ModelObject(Ref):
    """A model that the program has constructed.

    The state holds `name`, `trainable`, the declared `input` (a Shape) of a Sequential, and the
    `inputs` and `outputs` (tensors) of a functional model.
    """

    __slots__ = (
        "calls",
        "events",
        "facts",
        "feeds",
        "function",
        "key",
        "kind",
        "layers",
        "point",
        "site",
        "sorted",
        "stacked",
    )

    def __init__(self, run: Run, kind: ModelKind, site: int, items: Sequence[Value] = ()) -> None:
        super().__init__({"name": None, "trainable": True, "input": None, "variable": None})
        self.state |= {NESTED: False, STALE: False, SETTLED_STEPS: None}
        self.state[MAY_RUN_CODE] = bool(items)
        self.key = next(_serials)
        self.kind: ModelKind = kind
        self.site = site
        self.layers = ListObject(list(items))
        self.feeds = Events([])
        self.events = Events([])
        self.calls = run.calls
        self.point = run.point
        self.facts = dict(run.journal.facts)
        # The layers of a functional model in Keras' order, behind the ends that they lie between.
        self.sorted: tuple[Value, Value, list[Flow]] | None = None
        # Whether it has been put into a Sequential on any way that was tried.
        self.stacked = False
        self.function = _enclosing_function(run)
        run.models.append(self)

    @property
    def identity(self) -> tuple[object, ...]:
        """What two runs of one construction under opposite facts have in common."""
        return (self.site, self.calls, self.point)


def _enclosing_function(run: Run) -> str | None:
    scope = run.scope
    while scope is not None:
        name = scope.globals.get("__function__")
        if name is not None:
            return name
        if scope.parent is None:
            return None
        scope = scope.parent
    return None


Source: TypeAlias = "int | Vocabulary | None"
"""The place of an input of the model around, what a layer looks up, or nothing of the kind."""


class Flow(NamedTuple):
    """A layer in a model, with what it was given and what became of it."""

    layer: Value
    inputs: Shapes | None
    built: Built | None = None
    fault: Fault | None = None
    unknown: Unknown | None = None
    inbound: tuple[int, ...] = ()
    sources: tuple[Source, ...] = ()
    """Where the values of each input come from, if they reach the layer unchanged."""
    inner: tuple[Flow, ...] = ()
    times: int | Poly = 1
    """How many such layers there are in a row."""
    operated: bool = False
    leaves: bool = False
    """Whether the model puts its output out, as it is or behind operations."""
    reused: bool = False
    """Whether the model calls the layer more than once."""
    late: bool = False
    """Whether it has no weights before data come."""

    @property
    def output(self) -> Shapes | None:
        return self.built.output if self.built is not None else None


class Settled(NamedTuple):
    """What the layers of a Sequential became when Keras built it."""

    given: Shapes | None
    layers: tuple[Value, ...]
    steps: tuple[Flow, ...]


BUILT_OTHERWISE = "the layer was built for inputs of another shape"

BEHIND_FAULT = Unknown("a layer before it cannot be built")


def first_of(why: Unknown | None, otherwise: Unknown) -> Unknown:
    """A reason, or another where there is none: an unknown has no truth, so no `or`."""
    return otherwise if why is None else why


def known_arguments(run: Run, bound: BoundLayer) -> BoundLayer:
    """A layer with the flags that the facts decide, and the values that directives state."""
    if not run.journal.facts and not run.bindings:
        return bound
    decided = {}
    for name, value in bound.arguments.items():
        stated = bound_value(run, value)
        if stated is not value:
            decided[name] = stated
        elif isinstance(value, Unknown):
            condition, straight = run.test(value)
            holds = run.journal.decided(condition)
            if holds is not None and isinstance(bound.spec.defaults.get(name), bool):
                decided[name] = holds is straight
    if not decided:
        return bound
    return BoundLayer(bound.spec, {**bound.arguments, **decided}, bound.trainable)


def bound_now(run: Run, layer: LayerObject) -> BoundLayer:
    """A layer with the arguments that were set as attributes before it was built."""
    bound = layer.bound
    assert bound is not None
    changed = run.journal.force(layer.state[RESTATED])
    if isinstance(changed, Unknown):
        raise Undetermined(changed)
    return replace(bound, arguments={**bound.arguments, **changed}) if changed else bound


def apply_layer(
    run: Run, layer: LayerObject, shapes: Shapes, options: Mapping[str, Value] | None = None
) -> Built:
    """A layer on input shapes, called with options.

    Raises `Fault`, `Undetermined` and `NeedSplit`.
    """
    run.fuel.burn(3)
    if type(shapes) is tuple:
        # Shapes are compared with one another.
        run.fuel.walk(len(shapes) ** 2 // 4)
    run.fuel.burn(_arithmetic(shapes))
    if layer.fault is not None:
        raise layer.fault
    if layer.bound is None:
        raise Undetermined(first_of(layer.why, Unknown("an unknown layer")))
    bound = known_arguments(run, bound_now(run, layer))
    try:
        return apply(bound, shapes, options)
    except Undetermined as stop:
        flag = _undecided_flag(bound, stop.unknown)
        if flag is None:
            raise
        raise NeedSplit(run.test(flag)[0]) from None


def _arithmetic(shapes: Shapes) -> int:
    """What it takes to compute with the sizes of shapes that are symbolic."""
    several = shapes if isinstance(shapes, tuple) else (shapes,)
    sizes = (size for shape in several if shape.known for size in shape.dims)
    return sum(TERM_COST * len(size.terms) for size in sizes if isinstance(size, Poly))


def _undecided_flag(bound: BoundLayer, unknown: Unknown) -> Unknown | None:
    """The unknown, if it is an argument that can only be true or false."""
    for name, value in bound.arguments.items():
        if value is unknown and isinstance(bound.spec.defaults.get(name), bool):
            return value
    return None


def flow(
    run: Run,
    layer: Value,
    shapes: Shapes | None,
    index: int,
    options: Mapping[str, Value] | None = None,
) -> Flow:
    """One step of a chain: `layer` on what the step before puts out."""
    run.fuel.burn()
    inbound = (index - 1,) if index else ()
    if isinstance(layer, Choice):
        raise NeedSplit(layer.condition)
    given = shapes if shapes is not None else Shape(Unknown("the input shape is not stated"))
    if isinstance(layer, Instance):
        from flake8_paramcount.interpreter.inheriting import stands_for

        layer = stands_for(run, layer)
    if isinstance(layer, ModelObject):
        run.fuel.burn(3)
        return _model_flow(run, layer, given, inbound)
    from flake8_paramcount.interpreter.claims import stranger, with_claim

    if isinstance(layer, Unknown):
        layer = run.strange.get(layer, layer)
    if isinstance(layer, Instance):
        from flake8_paramcount.interpreter.subclassing import flow_through

        return flow_through(run, layer, given)._replace(inbound=inbound)
    if not isinstance(layer, LayerObject):
        why = stranger(layer) if isinstance(layer, Unknown) else Unknown("it is not a layer")
        return Flow(layer, shapes, unknown=why, inbound=inbound)
    step = _layer_flow(run, layer, shapes, given, options)
    return with_claim(run, layer, step._replace(inbound=inbound))


def _layer_flow(
    run: Run,
    layer: LayerObject,
    shapes: Shapes | None,
    given: Shapes,
    options: Mapping[str, Value] | None,
) -> Flow:
    """One of Keras' layers, as far as the source says what becomes of it."""
    if layer.class_name == "Merge" and layer.bound is not None and layer.bound.arguments["layers"]:
        from flake8_paramcount.interpreter.branches import merge_flow

        return merge_flow(run, layer, layer.bound)
    try:
        made = apply_layer(run, layer, given, options)
        if layer.function is not None:
            from flake8_paramcount.interpreter.lambdas import with_output

            made = with_output(run, layer, given, made)
        return Flow(layer, shapes, made)
    except Fault as fault:
        return Flow(layer, shapes, fault=fault)
    except Undetermined as stop:
        return Flow(layer, shapes, unknown=stop.unknown)


def _model_flow(run: Run, model: ModelObject, shapes: Shapes, inbound: tuple[int, ...]) -> Flow:
    """A model used as a layer: the weights of everything inside it."""
    if model.state[STALE]:
        return stale_flow(model, inbound)
    try:
        inner, output = _inside(run, model, shapes)
    except Fault as fault:
        return Flow(model, shapes, fault=fault, inbound=inbound)
    for step in inner:
        if step.fault is not None:
            return Flow(model, shapes, fault=step.fault, inbound=inbound, inner=inner)
    weights: list[Weight] = []
    why: Unknown | None = None
    for step in inner:
        if step.built is None:
            why = why if why is not None else step.unknown
        else:
            weights.extend(step.built.weights)
    if why is not None or output is None:
        why = first_of(why, Unknown("its output is not known"))
        return Flow(model, shapes, unknown=why, inbound=inbound, inner=inner)
    return Flow(model, shapes, Built(tuple(weights), output), inbound=inbound, inner=inner)


def stale_flow(model: ModelObject, inbound: tuple[int, ...] = ()) -> Flow:
    """A model in another that was built when it was not yet changed."""
    why = Unknown("it was changed after it had been called", None, model.site)
    return Flow(model, None, unknown=why, inbound=inbound)


def _inside(run: Run, model: ModelObject, shapes: Shapes) -> tuple[tuple[Flow, ...], Shapes | None]:
    """The layers of a model on these shapes, and what it puts out. Raises `Fault`."""
    if model.kind == "functional":
        from flake8_paramcount.interpreter.reapplying import applied

        inner, output = applied(run, model, shapes)
        return (*inner, *extra_flows(run, model)), output
    stated = declared_input(run, model)
    if stated is not None and isinstance(shapes, Shape):
        from flake8_paramcount.interpreter.reapplying import merged

        merged(run, stated, shapes)
    inner = tuple(flows(run, model, shapes))
    return (*inner, *extra_flows(run, model)), output_of(run, model, inner, shapes)


def extra_flows(run: Run, model: ModelObject) -> Iterator[Flow]:
    """What a model has beside its layers."""
    from flake8_paramcount.interpreter.tracking import extra_state

    why = extra_state(run, model)
    if why is not None:
        yield Flow(model, None, unknown=why)


def output_of(
    run: Run, model: ModelObject, steps: Sequence[Flow], shapes: Shapes | None
) -> Shapes | None:
    """What a model puts out."""
    if model.kind == "functional":
        from flake8_paramcount.interpreter.graph import outputs_of

        return outputs_of(run, model)
    if not steps:
        return shapes
    return steps[-1].output


def flows(run: Run, model: ModelObject, shapes: Shapes | None) -> Iterator[Flow]:
    """The layers of a model, with what flows into each. Raises `NeedSplit`, `Undetermined`."""
    if model.kind == "functional":
        from flake8_paramcount.interpreter.graph import graph_flows
        from flake8_paramcount.interpreter.subclassing import flows_beside

        steps = graph_flows(run, model)
        yield from steps
        yield from flows_beside(run, model, steps)
        return
    yield from _chain(run, model, shapes)


def _chain(run: Run, model: ModelObject, shapes: Shapes | None) -> Iterator[Flow]:
    broken = False
    for step in _steps(run, model, shapes):
        if broken and step.fault is not None and step.fault.kind != "argument":
            step = step._replace(fault=None, unknown=BEHIND_FAULT)
        yield step
        broken = broken or step.built is None


def _steps(run: Run, model: ModelObject, shapes: Shapes | None) -> Iterator[Flow]:
    """Each layer on what the one before puts out."""
    index, known = 0, _settled(run, model, shapes)
    for layer in entries(run, model):
        if known and known[0][0] is not layer:
            known = []
        made = [known.pop(0)[1]] if known else _step(run, layer, shapes, index)
        for step in made:
            yield step
            index += 1
            shapes = step.output
            if shapes is None:
                shapes = Shape(first_of(step.unknown, BEHIND_FAULT))


def _settled(run: Run, model: ModelObject, shapes: Shapes | None) -> list[tuple[Value, Flow]]:
    """The layers that were built when the program got there, for the same input."""
    found = run.journal.force(model.state[SETTLED_STEPS])
    if found is None or run.bindings or found.given != shapes:
        return []
    return list(zip(found.layers, found.steps, strict=True))


def _step(run: Run, layer: Value, shapes: Shapes | None, index: int) -> Iterable[Flow]:
    if not isinstance(layer, Repeat):
        return (flow(run, layer, shapes, index),)
    from flake8_paramcount.interpreter.repeating import repeated_flows

    return repeated_flows(run, layer, shapes, index)


def entries(run: Run, model: ModelObject) -> list[Value]:
    """The layers of a Sequential without its input layer, and the repeats among them."""
    layers = [run.journal.force(layer) for layer in run.journal.read(model.layers)]
    run.fuel.walk(len(layers))
    return [layer for layer in layers if not is_input(layer)]


def stack(run: Run, model: ModelObject) -> list[Value]:
    """The layers of a Sequential without its input layer, as `model.layers` gives them."""
    layers = entries(run, model)
    if any(isinstance(layer, Repeat) for layer in layers):
        raise Undetermined(Unknown("a loop of unknown length adds layers"))
    return layers


def is_input(layer: Value) -> bool:
    """Whether a layer only states a shape."""
    is_made = isinstance(layer, LayerObject) and layer.fault is None
    return is_made and layer.class_name == "InputLayer"


_INPUT = "input_shape=(None, …)"


def declared_input(run: Run, model: ModelObject) -> Shape | None:
    """The input shape that the source states for a Sequential; None if it does not."""
    run.fuel.burn()
    stated = run.journal.force(model.state["input"])
    for layer in run.journal.read(model.layers):
        stated = _stated_by(run, run.journal.force(layer)) or stated
        break
    return None if stated is None else asking(bound_shape(run, stated), _INPUT, model.site)


def _stated_by(run: Run, layer: Value) -> Shape | None:
    """The shape that the first layer states, in its own arguments or as a model."""
    if isinstance(layer, Instance):
        from flake8_paramcount.interpreter.inheriting import STATED, stands_for

        stated: Shape | None = run.journal.force(layer.state.get(STATED))
        layer = stands_for(run, layer)
        if not isinstance(layer, ModelObject):
            return stated
    if isinstance(layer, LayerObject):
        return layer.shape
    if isinstance(layer, ModelObject) and layer.kind == "sequential":
        return declared_input(run, layer)
    if isinstance(layer, ModelObject):
        inputs = run.journal.force(layer.state.get("inputs"))
        return inputs[0].shape if isinstance(inputs, tuple) and len(inputs) == 1 else None
    return None
