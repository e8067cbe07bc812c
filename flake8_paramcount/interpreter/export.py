"""From the objects of a finished evaluation to the records that summaries and rules work on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from flake8_paramcount.dims import Poly, product
from flake8_paramcount.interpreter.adapting import changed_weights
from flake8_paramcount.interpreter.bindings import binding, bound_dim, bound_shapes
from flake8_paramcount.interpreter.branches import begins_with_branches
from flake8_paramcount.interpreter.building import as_built, defined_flow, why_late
from flake8_paramcount.interpreter.claims import CLAIM, USED
from flake8_paramcount.interpreter.edges import chained
from flake8_paramcount.interpreter.feeds import Feeds, feeds_of
from flake8_paramcount.interpreter.fence import why_lost
from flake8_paramcount.interpreter.freezing import flag, inner_of, trains
from flake8_paramcount.interpreter.graph import ends_of, layers_put_out
from flake8_paramcount.interpreter.journal import MAX_FACTS
from flake8_paramcount.interpreter.models import (
    Flow,
    LayerObject,
    ModelObject,
    Part,
    declared_input,
    extra_flows,
    flow,
    flows,
    is_input,
    output_of,
)
from flake8_paramcount.interpreter.nesting import (
    input_elsewhere,
    input_of_first,
    note_inputs,
    once_built,
)
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.subclassing import call_on, inside_of, is_called, model_flows
from flake8_paramcount.interpreter.unbuilt import unstated_flows
from flake8_paramcount.interpreter.values import (
    MULTIPLIED,
    Instance,
    NeedSplit,
    Ref,
    Value,
)
from flake8_paramcount.keras.layer import Shape, Shapes, Weight
from flake8_paramcount.records import (
    Condition as ConditionRecord,
)
from flake8_paramcount.records import (
    Event,
    LayerRecord,
    Model,
    Reason,
    Variant,
    WeightRecord,
)
from flake8_paramcount.unknown import Undetermined, Unknown

# Added to the index of a weight of which a loop makes more, beside that of its first round.
REPEATED = 1_000

# The part of all fuel that is kept for putting models together.
EXPORT_SHARE = 0.3

# What it takes to record a layer of a graph, and to look at it in every rule.
RECORD_COST = 5


def export(run: Run, stated: Mapping[int, Mapping[str, Any]]) -> list[Model]:
    """The records of all models, one for each distinct construction.

    `stated` holds what directives say of the models constructed at a site.
    """
    # What the program left of the fuel may be too little to put its models together.
    run.fuel.refill(EXPORT_SHARE)
    with run.fuel.half():
        note_inputs(run)
    groups: dict[object, list[ModelObject]] = {}
    for model in run.models:
        groups.setdefault(model.identity, []).append(model)
    records: dict[int, Model] = {}
    # Whoever has not finished with a fair share comes again when all the others have.
    for last in (False, True):
        for index, models in enumerate(groups.values()):
            if index not in records:
                share = 0.5 if last else 1 / (len(groups) - index)
                record = _fenced(run, models, stated.get(models[0].site, {}), share)
                if record is not None or last:
                    records[index] = record or _unfinished(run, models[0])
    return _unlike([records[index] for index in sorted(records)])


def _fenced(
    run: Run, models: list[ModelObject], directives: Mapping[str, Any], share: float
) -> Model | None:
    """The record of a model, made with a share of the fuel; None if that is not enough."""
    try:
        with run.fuel.keeping(1 - share):
            return _record(run, models, directives)
    except Exception as error:
        why_lost(error)
        return None


def _unfinished(run: Run, model: ModelObject) -> Model:
    why = Reason("its layers take too long to follow", model.site)
    return _model(run, model, [Variant((), built=False, reasons=(why,))], [()], {})


def _unlike(records: list[Model]) -> list[Model]:
    """The models without those which are the same to a reader as one before at their place."""
    places = [(record.site, record.function) for record in records]
    several = {place for place, times in Counter(places).items() if times > 1}
    found: dict[object, Model] = {}
    for place, record in zip(places, records, strict=True):
        # To put into words what is in a model takes long, and most stand alone.
        content = tuple(map(_variant_content, record.variants)) if place in several else ()
        found.setdefault((place, content), record)
    return list(found.values())


def _variant_content(variant: Variant) -> object:
    layers = tuple(
        (layer.class_name, repr(layer.output), _weights_text(layer), layer.fault is None)
        for layer in variant.layers
    )
    return layers, tuple(reason.text for reason in variant.reasons)


def _settings_text(variant: Variant) -> str:
    """What the layers of a variant are told, and how they are wired."""
    return repr([(each.arguments, each.inbound, each.operated) for each in variant.layers])


def _weights_text(layer: LayerRecord) -> str:
    return repr([(weight.shape, weight.trainable) for weight in layer.weights])


def _record(run: Run, models: list[ModelObject], directives: Mapping[str, Any]) -> Model:
    variants: list[Variant] = []
    events: list[tuple[Event, ...]] = []
    for model in models:
        with ExitStack() as stack:
            for condition, holds in model.facts.items():
                stack.enter_context(run.journal.assuming(condition, holds))
            stack.enter_context(binding(run, directives))
            variants.extend(_variants(run, model, directives))
            events.append(_events(run, model))
    return _model(run, models[0], variants, events, directives)


def _model(
    run: Run,
    first: ModelObject,
    variants: list[Variant],
    events: list[tuple[Event, ...]],
    directives: Mapping[str, Any],
) -> Model:
    name = directives.get("name") or _name(run, first)
    return Model(
        name=name,
        function=first.function,
        kind=getattr(first, "record_kind", first.kind),
        site=first.site,
        call_site=first.calls[-1][0] if first.calls else 0,
        generation=run.generation,
        variants=_distinct(variants),
        events=_agreed(events),
        directives=directives,
    )


def _events(run: Run, model: ModelObject) -> tuple[Event, ...]:
    """What the program does with a model; nothing where that depends on something undecided."""
    try:
        events = tuple(run.journal.resolve(event) for event in run.journal.read(model.events))
    except (NeedSplit, Undetermined):
        return ()
    return events if all(isinstance(event, Event) for event in events) else ()


def _agreed(events: list[tuple[Event, ...]]) -> tuple[Event, ...]:
    """What is done with a model under whatever facts it was constructed."""
    first = events[0]
    same = all(list(map(_core, other)) == list(map(_core, first)) for other in events)
    return first if same else ()


def _core(event: Event) -> tuple[object, ...]:
    losses = tuple(event.losses.items())
    return (event.kind, event.site, event.loss, event.from_logits, losses)


def _distinct(variants: list[Variant]) -> tuple[Variant, ...]:
    """The variants that differ; one alone stands on no decision."""
    if len(variants) == 1:
        return (replace(variants[0], conditions=()),)
    found: dict[object, Variant] = {}
    for variant in variants:
        key = (_variant_content(variant), _settings_text(variant)) if variants[1:] else None
        found.setdefault(key, variant)
    if len(found) == 1:
        return tuple(replace(variant, conditions=()) for variant in found.values())
    return tuple(found.values())


def _name(run: Run, model: ModelObject) -> str | None:
    """The variable that the model was bound to, else the function that returns it."""
    variable = model.state["variable"]
    if isinstance(variable, str):
        return variable
    return model.function.rpartition(".")[2] if model.function else None


def _variants(run: Run, model: ModelObject, directives: Mapping[str, Any]) -> Iterator[Variant]:
    """The model under every set of facts that makes a difference."""
    try:
        yield _variant(run, model, directives)
    except NeedSplit as need:
        if len(run.journal.facts) > 2 * MAX_FACTS:
            why = Reason("too many undecided conditions", need.condition.site)
            yield Variant((), built=False, reasons=(why,))
            return
        for holds in (True, False):
            with run.journal.assuming(need.condition, holds):
                yield from _variants(run, model, directives)
    except Raised:
        # A program that works has not decided like this.
        if not run.journal.facts:
            yield Variant((), built=False, reasons=(Reason("its layers raise", model.site),))


def _variant(run: Run, model: ModelObject, directives: Mapping[str, Any]) -> Variant:
    conditions = tuple(
        ConditionRecord(condition.text(), condition.site, holds)
        for condition, holds in run.journal.facts.items()
    )
    if id(model) in run.unfinished:
        why = Reason("the evaluation ran out of fuel", model.site)
        return Variant((), built=False, conditions=conditions, reasons=(why,))
    with run.journal.speculation():
        run.journal.apply(run.views.get(id(model), {}))
        try:
            steps, given, output, is_built = _contents(run, model, directives)
            run.fed = _is_fed(run, model, steps)
        except Undetermined as stop:
            return Variant((), built=False, conditions=conditions, reasons=(reason(stop.unknown),))
        trainable = _is_trainable(run, model)
        records = _layer_records(run, _sourced(model, steps), trainable, feeds_of(run, model))
        ends = layers_put_out(run, model, steps)
    given, output = bound_shapes(run, given), bound_shapes(run, output)
    return Variant(records, given, output, is_built, conditions, outputs=ends)


def _is_fed(run: Run, model: ModelObject, steps: Sequence[Flow]) -> bool:
    """Whether anything is fed, which builds what is built late.

    Raises `Undetermined` where that is not known, and there is something built late.
    """
    if isinstance(model.feeds.state, list):
        return bool(model.feeds.state)
    return any(step.late for step in steps) and bool(run.journal.read(model.feeds))


def _contents(
    run: Run, model: ModelObject, directives: Mapping[str, Any]
) -> tuple[list[Flow], Shapes | None, Shapes | None, bool]:
    """The steps of a model, its input and output shape, and whether Keras has built it."""
    if model.kind == "subclassed":
        return _subclassed_contents(run, model, directives)
    steps, given, output, is_built = _own_contents(run, model, directives)
    return [*steps, *extra_flows(run, model)], given, output, is_built


def _own_contents(
    run: Run, model: ModelObject, directives: Mapping[str, Any]
) -> tuple[list[Flow], Shapes | None, Shapes | None, bool]:
    """The same of a functional model or a Sequential."""
    if model.kind == "functional":
        steps = list(flows(run, model, None))
        run.fuel.pay(RECORD_COST * len(steps))
        inputs, _ = ends_of(run, model)
        shapes = tuple(tensor.shape for tensor in inputs)
        given: Shapes = shapes[0] if len(shapes) == 1 else shapes
        return steps, given, output_of(run, model, steps, None), True
    if begins_with_branches(run, model):
        steps = list(flows(run, model, None))
        return steps, steps[0].inputs, output_of(run, model, steps, None), True
    stated = _stated_input(directives) or declared_input(run, model)
    if stated is None:
        stated = input_elsewhere(run, model)
    shape = stated or input_of_first(run, model)
    if shape is None:
        shape, steps = unstated_flows(run, model)
    else:
        steps = once_built(run, list(flows(run, model, shape)))
    return steps, shape, output_of(run, model, steps, shape), stated is not None and bool(steps)


def _subclassed_contents(
    run: Run, model: ModelObject, directives: Mapping[str, Any]
) -> tuple[list[Flow], Shapes | None, Shapes | None, bool]:
    """The same of a model of the program's own class: what `call` has made of its first input."""
    instance = model.state["instance"]
    stated = _stated_input(directives)
    if stated is not None and not is_called(run, instance):
        call_on(run, instance, stated)
    is_built = stated is not None or run.journal.force(instance.state["__built__"]) is not None
    if not is_called(run, instance):
        shape, steps = unstated_flows(run, model)
        return steps, shape, None, is_built
    inside = inside_of(run, instance)
    return model_flows(run, instance), None, None if inside is None else inside.output, is_built


def _stated_input(directives: Mapping[str, Any]) -> Shape | None:
    shape = directives.get("input_shape")
    return Shape(shape) if isinstance(shape, tuple | list) else None


def _is_trainable(run: Run, model: ModelObject) -> bool:
    return flag(run, model)


def reason(unknown: Unknown) -> Reason:
    """Why something is not known, with the directive that would settle it."""
    text = unknown.reason
    if unknown.text is not None and unknown.text not in text:
        text = f"{unknown.text}: {text}"
    name = unknown.text
    settles = unknown.settles
    if settles is None and name is not None and len(name) < 60:
        settles = f"{name}=…"
    return Reason(text, unknown.site, None if settles is None else f"# paramcount: {settles}")


def _layer_records(
    run: Run, steps: Sequence[Flow], trainable: bool, feeds: Feeds
) -> tuple[LayerRecord, ...]:
    seen: dict[int, int] = {}
    for step in steps:
        seen[id(step.layer)] = seen.get(id(step.layer), 0) + (step.times == 1)
    return tuple(
        _layer_record(run, step, trainable, feeds, shared=step.reused or seen[id(step.layer)] > 1)
        for step in steps
    )


def _layer_record(
    run: Run, step: Flow, trainable: bool, feeds: Feeds, *, shared: bool
) -> LayerRecord:
    layer = step.layer
    weights = tuple(weight_records(run, step, trainable))
    reaching = tuple(
        feeds.get(source) if isinstance(source, int) else source for source in step.sources
    )
    nested, late = None, why_late(run, step)
    if step.inner:
        run.fuel.burn(len(step.inner))
        inside = _sourced(
            layer, [each._replace(late=each.late or step.late) for each in step.inner]
        )
        inner = _layer_records(run, inside, trainable, dict(enumerate(reaching)))
        nested = Variant(inner, step.inputs, step.output)
    return LayerRecord(
        key=getattr(layer, "key", id(layer)),
        name=_layer_name(run, layer) + ("" if step.times == 1 else f" × {step.times}"),
        class_name=_class_name(layer),
        site=getattr(layer, "site", 0),
        arguments=layer.bound.arguments
        if isinstance(layer, LayerObject) and layer.bound is not None
        else {},
        inputs=bound_shapes(run, step.inputs),
        output=bound_shapes(run, layer.shape if is_input(layer) else step.output),
        weights=weights,
        known=(step.built is not None or is_input(layer)) and late is None,
        fault=None if _fails_inside(step) else step.fault,
        reasons=tuple(reason(why) for why in (step.unknown, late) if why is not None),
        shared=shared,
        inbound=step.inbound,
        operated=step.operated,
        leaves=step.leaves,
        fed=reaching[0] if reaching else None,
        part=isinstance(layer, Part),
        defined=isinstance(layer, Instance),
        nested=nested,
        multiplied=_is_multiplied(layer),
        **_claimed(run, layer),
        **_as_written(run, layer),
    )


def _is_multiplied(layer: Value) -> bool:
    return isinstance(layer, Ref) and isinstance(layer.state, dict) and MULTIPLIED in layer.state


def _claimed(run: Run, layer: Value) -> dict[str, Any]:
    """What a directive states of a layer, and whether it had to be taken for true."""
    if not isinstance(layer, LayerObject | Instance):
        return {}
    claim = run.journal.force(layer.state.get(CLAIM))
    return {"claim": claim, "proven": run.journal.force(layer.state.get(USED)) is None}


def _as_written(run: Run, layer: Value) -> dict[str, Any]:
    """What the constructor call of a layer states, beside its arguments."""
    if not isinstance(layer, LayerObject):
        return {}
    name = run.journal.resolve(layer.state["name"])
    label = name if layer.labelled and isinstance(name, str) else None
    return {"label": label, "positional": layer.positional, "stated": layer.shape}


def _fails_inside(step: Flow) -> bool:
    """Whether a fault is that of a layer inside, which shows it."""
    return any(inner.fault is step.fault for inner in step.inner)


def _sourced(owner: Value, steps: Sequence[Flow]) -> Sequence[Flow]:
    """The layers inside of a model, each with the source of what reaches it."""
    in_line = isinstance(owner, ModelObject) and owner.kind == "sequential"
    return chained(steps) if in_line else steps


def _layer_name(run: Run, layer: Value) -> str:
    if isinstance(layer, LayerObject | ModelObject):
        name = run.journal.resolve(layer.state["name"])
    elif isinstance(layer, Instance):
        name = run.journal.resolve(layer.state.get("__name__"))
    else:
        name = None
    if isinstance(name, str):
        return name
    if isinstance(name, Unknown) and name.text:
        return name.text
    return "?"


def _class_name(layer: Value) -> str:
    if isinstance(layer, LayerObject):
        return layer.class_name
    if isinstance(layer, ModelObject):
        return {"sequential": "Sequential", "functional": "Functional"}.get(layer.kind, "Model")
    if isinstance(layer, Instance):
        return layer.cls.name
    return "?"


def weight_records(run: Run, step: Flow, trainable: bool) -> Iterator[WeightRecord]:
    """The weights of a step, each with the key of the layer that owns it."""
    layer = step.layer
    if step.late and not run.fed:
        return
    # Since Keras 3 what is inside of a frozen layer has just its own flag.
    below = trainable and (run.generation >= 3 or flag(run, layer))
    if step.inner:
        run.fuel.burn(len(step.inner))
        for inner in step.inner:
            yield from weight_records(run, inner, below)
        if isinstance(layer, Instance) and step.built is not None:
            yield from _own(run, layer, trainable)
        return
    step = as_built(run, step)
    if step.built is None:
        return
    owner = inner_of(layer)
    if isinstance(owner, ModelObject) and isinstance(step.inputs, Shape) and step.inputs.known:
        batch, _, *rest = step.inputs.dims
        yield from weight_records(run, flow(run, owner, Shape((batch, *rest)), 0), below)
        return
    if isinstance(owner, Instance):
        yield from weight_records(run, defined_flow(run, owner), below)
        return
    while inner_of(owner) is not None:
        owner = inner_of(owner)
    key = getattr(owner or layer, "key", id(layer))
    weights = changed_weights(run, step, owner or layer)
    trainable = trainable and bool(weights) and trains(run, layer)
    for index, weight in enumerate(weights):
        place = index if step.times == 1 else index + REPEATED
        record = _weight(run, weight, (key, place), trainable)
        yield record if step.times == 1 else _times(run, record, step.times)


def _times(run: Run, record: WeightRecord, times: int | Poly) -> WeightRecord:
    """As many weights as rounds of a loop have made."""
    block = (bound_dim(run, times), *record.block)
    return replace(record, block=block, count=product((*block, record.gates)))


def _own(run: Run, instance: Instance, trainable: bool) -> Iterator[WeightRecord]:
    from flake8_paramcount.interpreter.subclassing import own_weights

    for index, weight in enumerate(own_weights(run, instance)):
        yield _weight(run, weight, (id(instance), index), trainable and flag(run, instance))


def _weight(run: Run, weight: Weight, key: tuple[int, int], trainable: bool) -> WeightRecord:
    if run.bindings:
        weight = replace(weight, block=tuple(bound_dim(run, dim) for dim in weight.block))
    return WeightRecord(
        key=key,
        name=weight.name,
        block=weight.block,
        gates=weight.gates,
        trainable=weight.trainable and trainable,
        shape=weight.shape,
        count=weight.count,
    )
