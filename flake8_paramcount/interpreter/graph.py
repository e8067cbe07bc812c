"""The functional API: calls of layers on tensors, and what lies between inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flake8_paramcount.interpreter.array_values import Labels, OneHot
from flake8_paramcount.interpreter.edges import Edges, leaving, owner
from flake8_paramcount.interpreter.fuel import STEPS_PER_UNIT
from flake8_paramcount.interpreter.happenings import escape, note
from flake8_paramcount.interpreter.models import (
    BEHIND_FAULT,
    BUILT_OTHERWISE,
    NESTED,
    STALE,
    Flow,
    LayerObject,
    ModelObject,
    first_of,
    flow,
    stack,
    stale_flow,
)
from flake8_paramcount.interpreter.natives import method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Node, Tensor, tensors_in, with_chosen
from flake8_paramcount.interpreter.values import Arguments, Array, ListObject, Value
from flake8_paramcount.keras import call_inputs
from flake8_paramcount.keras.layer import Fault, Shape, Shapes
from flake8_paramcount.records import Data, Event
from flake8_paramcount.unknown import Undetermined, Unknown

# What it takes to find the place of a node in a graph.
NODE_COST = 3

# Arguments of a call that hand on what other layers put out.
_STATES = frozenset({"initial_state", "constants"})


@method(LayerObject, "__call__")
@method(ModelObject, "__call__")
def call_layer(run: Run, layer: LayerObject | ModelObject, arguments: Arguments) -> Value:
    """A layer or model called on symbolic tensors, or on data of known shape."""
    if isinstance(layer, LayerObject):
        # Also a call that cannot be followed gives a layer its weights.
        run.journal.write(layer)["called"] = True
    arguments = with_chosen(run, arguments)
    values = (*arguments.args, *arguments.kwargs.values())
    # Whatever is passed, an initial state or a mask too, is what the layer depends on.
    inputs = tuple(tensor for value in values for tensor in tensors_in(value))
    wrong = _misuse(values) if arguments.complete else None
    if wrong is not None and isinstance(layer, LayerObject):
        return _refused(run, layer, arguments, wrong)
    inputs += tuple(_unseen_states(run, arguments))
    if not inputs:
        return _call_on_data(run, layer, arguments)
    step = _applied(run, layer, arguments)
    if step.fault is not None and BEHIND_FAULT in (tensor.shape.why for tensor in inputs):
        step = step._replace(fault=None, unknown=BEHIND_FAULT)
    if isinstance(layer, LayerObject):
        step = _stale(_noted(run, layer, step))
    else:
        run.journal.write(layer)[NESTED] = True
        note(run, layer, Event("call", arguments.site))
    node = Node(layer, inputs, arguments.site, step)
    return put_out(step, node)


def _unseen_states(run: Run, arguments: Arguments) -> Iterator[Tensor]:
    """States that are not known, as tensors of which nobody knows what lies behind them."""
    for name in _STATES & arguments.kwargs.keys():
        value = run.journal.force(arguments.kwargs[name])
        if isinstance(value, ListObject):
            value = tuple(map(run.journal.force, run.journal.read(value)))
        for state in value if type(value) is tuple else (value,):
            if isinstance(state, Unknown):
                origin = Flow(state, None, unknown=state)
                yield Tensor(Shape(state), Node(state, (), arguments.site, origin))


def _applied(run: Run, layer: LayerObject | ModelObject, arguments: Arguments) -> Flow:
    """A layer on the shapes of what it is called on, with the options of the call."""
    name = layer.class_name if isinstance(layer, LayerObject) else "Model"
    try:
        given, options = call_inputs(name, arguments.args, arguments.kwargs)
    except Fault as fault:
        return Flow(layer, None, fault=fault)
    if isinstance(given, ListObject):
        given = tuple(run.journal.force(item) for item in run.journal.read(given))
    tensors = tensors_in(given)
    shapes = tuple(tensor.shape for tensor in tensors)
    if not tensors or (type(given) is tuple and len(tensors) != len(given)):
        why = Unknown("some of its inputs are not known", arguments.text, arguments.site)
        return Flow(layer, None, unknown=next(_unknowns(given), why))
    if isinstance(layer, ModelObject) and shapes:
        take_input(run, layer, shapes[0])
    return flow(run, layer, shapes if isinstance(given, tuple) else shapes[0], 0, options)


def _unknowns(given: Value) -> Iterator[Unknown]:
    """The inputs that are not known."""
    for value in given if type(given) is tuple else (given,):
        if isinstance(value, Unknown):
            yield value


def _misuse(values: tuple[Value, ...]) -> str | None:
    """What a layer is called on, if that is certainly no data."""
    if not values:
        return "it is called on nothing"
    if isinstance(values[0], LayerObject):
        return f"it is called on a layer: {values[0].class_name} itself is called on nothing"
    return None


def _refused(run: Run, layer: LayerObject, arguments: Arguments, message: str) -> Value:
    step = Flow(layer, None, fault=Fault("argument", message))
    return put_out(_noted(run, layer, step), Node(layer, (), arguments.site, step))


def _noted(run: Run, layer: LayerObject, step: Flow) -> Flow:
    """Remember what a layer was built to, or why Keras refuses to."""
    step = _first_build(run, layer, step)
    if step.fault is not None or layer.state.get("refused") is not None:
        run.journal.write(layer)["refused"] = step if step.fault is not None else None
    return step


def _stale(step: Flow) -> Flow:
    """What a layer puts out is not known when its attributes were set after it was built."""
    if step.built is None or step.layer.state[STALE] is False:
        return step
    why = Unknown("its attributes were set after it was built", None, step.layer.site)
    return step._replace(built=step.built._replace(output=Shape(why)))


def _first_build(run: Run, layer: LayerObject, step: Flow) -> Flow:
    """A layer is built once: another input must fit the weights that it has."""
    if step.built is None:
        return step
    before = run.journal.force(layer.state["built"])
    if before is None:
        run.journal.write(layer)["built"] = step.built
        return step
    if [weight.shape for weight in before.weights] != [w.shape for w in step.built.weights]:
        return step._replace(built=None, fault=Fault("input", BUILT_OTHERWISE))
    return step


def put_out(step: Flow, node: Node) -> Value:
    """The tensor that a step puts out, or the list of them."""
    output = step.output
    if output is None:
        why = BEHIND_FAULT if step.fault is not None else first_of(step.unknown, BEHIND_FAULT)
        return Tensor(Shape(why), node)
    if isinstance(output, Shape):
        return Tensor(output, node)
    return ListObject([Tensor(shape, node, index) for index, shape in enumerate(output)])


def _call_on_data(run: Run, layer: LayerObject | ModelObject, arguments: Arguments) -> Value:
    """A call on an array builds the layer, and gives an array."""
    data = run.journal.force(arguments.args[0]) if arguments.args else None
    if not isinstance(data, Array):
        escape(run, layer)
        why = data if isinstance(data, Unknown) else Unknown("a call on something unknown")
        if why.settles is not None:
            return why
        return Unknown(why.reason, arguments.text, arguments.site)
    if isinstance(layer, ModelObject):
        feed(run, layer, data)
        note(run, layer, Event("call", arguments.site, x=data_of(run, data)))
    step = flow(run, layer, data.shape, 0)
    if isinstance(step.output, Shape):
        return Array(step.output, "float32", source=data.source, site=arguments.site)
    return Unknown("the output is not known", arguments.text, arguments.site)


def data_of(run: Run, value: Value) -> Data | None:
    """What is known of an array."""
    value = run.journal.resolve(value)
    if not isinstance(value, Array):
        return None
    return Data(
        value.shape,
        value.dtype,
        value.low,
        value.high,
        one_hot=isinstance(value, OneHot),
        labels=isinstance(value, Labels),
        source=value.source,
        site=value.site,
    )


def feed(run: Run, model: ModelObject, data: Value) -> None:
    """Note that data flow into a model; the first ones build it.

    Where those are not known, it takes rows without an axis of features for rows of one feature.
    """
    feeds = run.journal.write(model.feeds)
    first = all(isinstance(fed, Array) for fed in feeds)
    feeds.append(data)
    if model.kind == "subclassed":
        from flake8_paramcount.interpreter.subclassing import build_on

        build_on(run, model.state["instance"], data)
    elif isinstance(data, Array) and data.shape.known and data.shape.dims[0 if first else 1 :]:
        take_input(run, model, Shape((None, *data.shape.dims[1:])))


def take_input(run: Run, model: ModelObject, shape: Shape) -> None:
    """A Sequential that has not been built is built for what it is called on."""
    if model.kind != "sequential" or not shape.known or not stack(run, model):
        return
    if run.journal.force(model.state["input"]) is None:
        from flake8_paramcount.interpreter.settling import settle

        run.journal.write(model)["input"] = shape
        settle(run, model)


def nodes_between(run: Run, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> list[Node]:
    """The nodes on the way from inputs to outputs, each behind those that it depends on."""
    stops = {id(tensor) for tensor in inputs}
    done: set[int] = set()
    order: list[Node] = []
    work: list[tuple[Node, bool]] = [
        (tensor.node, False) for tensor in reversed(outputs) if id(tensor) not in stops
    ]
    while work:
        node, finished = work.pop()
        if finished:
            order.append(node)
        elif id(node) not in done:
            done.add(id(node))
            if not len(done) % STEPS_PER_UNIT:
                run.fuel.burn()
            work.append((node, True))
            work.extend(
                (tensor.node, False)
                for tensor in reversed(node.inputs)
                if id(tensor) not in stops and id(tensor.node) not in done
            )
    return order


def _depths(order: list[Node], stands_for: dict[int, Node]) -> dict[int, int]:
    """For each layer or operation how far it is from the outputs, as Keras sorts them.

    `stands_for` has the nodes inside a graph that input layers stand for.
    """
    of_node: dict[int, int] = {}
    of_layer: dict[int, int] = {}
    for node in reversed(order):
        key = owner(node)
        met = id(stands_for.get(id(node), node))
        depth = max(of_node.get(met, 0), of_layer.get(key, 0))
        of_layer[key] = of_node[id(node)] = depth
        for tensor in node.inputs:
            before = id(tensor.node)
            of_node[before] = max(of_node.get(before, 0), depth + 1)
    return of_layer


def ends_of(run: Run, model: ModelObject) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """Inputs and outputs of a functional model. Raises `Undetermined`."""
    ends = []
    for key in ("inputs", "outputs"):
        value = run.journal.force(model.state.get(key))
        if not isinstance(value, tuple):
            raise Undetermined(value if isinstance(value, Unknown) else Unknown("its tensors"))
        ends.append(value)
    return ends[0], ends[1]


def graph_flows(run: Run, model: ModelObject) -> Sequence[Flow]:
    """The layers of a functional model in the order of `model.layers`, worked out once."""
    inputs, outputs = ends_of(run, model)
    if model.sorted is None or model.sorted[0] is not inputs or model.sorted[1] is not outputs:
        order = nodes_between(run, inputs, outputs)
        run.fuel.pay(NODE_COST * len(order))
        model.sorted = (inputs, outputs, list(_sorted_flows(inputs, outputs, order)))
    found: list[Flow] = model.sorted[2]
    if any(_is_stale(step) for step in found):
        return [stale_flow(step.layer, step.inbound) if _is_stale(step) else step for step in found]
    return found


def _is_stale(step: Flow) -> bool:
    return isinstance(step.layer, ModelObject) and step.layer.state[STALE] is not False


def _sorted_flows(
    inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...], order: list[Node]
) -> Iterator[Flow]:
    starts = [_source(tensor) for tensor in inputs]
    first: dict[int, int] = {}
    # The index of an operation is its place in a walk from the outputs.
    for index, node in enumerate(_discovery(inputs, outputs)):
        first.setdefault(owner(node), index)
    stands_for = {id(source): tensor.node for source, tensor in zip(starts, inputs, strict=True)}
    depths = _depths([*starts, *order], stands_for)
    calls: dict[int, list[Node]] = {}
    for node in (*starts, *order):
        if node.layer is not None:
            calls.setdefault(owner(node), []).append(node)
    ranked = sorted(calls, key=lambda key: (-depths.get(key, 0), first.get(key, -1)))
    ends = leaving(outputs)
    edges = Edges({key: place for place, key in enumerate(ranked)}, inputs)
    for key in ranked:
        # Keras gets no further than to a call that it refuses, whatever it took at first.
        node = next(filter(_is_refused, calls[key]), calls[key][0])
        step = node.flow or Flow(node.layer, None)
        before, operated = edges.inbound(calls[key])
        yield step._replace(
            inbound=tuple(before),
            operated=operated,
            sources=edges.sources(node),
            leaves=key in ends,
            reused=len(calls[key]) > 1,
        )


def _is_refused(node: Node) -> bool:
    return node.flow is not None and node.flow.fault is not None


def _source(tensor: Tensor) -> Node:
    """The node of an input of a model; one inside a graph stands for an input layer."""
    node = tensor.node
    if isinstance(node.layer, LayerObject) and node.layer.class_name == "InputLayer":
        return node
    stand_in = LayerObject("InputLayer", node.site, name="input_layer", shape=tensor.shape)
    return Node(stand_in, (), node.site, None)


def _discovery(inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> list[Node]:
    """The nodes in the order in which a depth-first walk from the outputs meets them."""
    stops = {id(tensor) for tensor in inputs}
    met: dict[int, Node] = {}
    work = [tensor.node for tensor in reversed(outputs)]
    while work:
        node = work.pop()
        if id(node) in met:
            continue
        met[id(node)] = node
        work.extend(
            tensor.node
            for tensor in reversed(node.inputs)
            if (id(tensor.node) not in met and id(tensor) not in stops) or tensor.node.inputs == ()
        )
    return list(met.values())


def layers_put_out(run: Run, model: ModelObject, steps: Sequence[Flow]) -> tuple[int, ...] | None:
    """The places of the layers whose outputs a model puts out; None where something else does."""
    if model.kind == "sequential":
        return (len(steps) - 1,) if steps else None
    places = {id(step.layer): place for place, step in enumerate(steps)}
    outputs = _outputs_of_any(run, model)
    found = [places.get(id(tensor.node.layer)) for tensor in outputs]
    if any(tensor.node.layer is None for tensor in outputs):
        return None
    return tuple(place for place in found if place is not None) if None not in found else None


def _outputs_of_any(run: Run, model: ModelObject) -> tuple[Tensor, ...]:
    """The tensors that a functional or subclassed model puts out."""
    if model.kind == "functional":
        return ends_of(run, model)[1]
    from flake8_paramcount.interpreter.subclassing import inside_of

    inside = inside_of(run, model.state["instance"])
    return () if inside is None else inside.outputs


def outputs_of(run: Run, model: ModelObject) -> Shapes:
    """The output shape or shapes of a functional model."""
    _, outputs = ends_of(run, model)
    if len(outputs) == 1 and model.state.get("single", True):
        return outputs[0].shape
    return tuple(tensor.shape for tensor in outputs)
