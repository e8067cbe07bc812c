"""Write the architectures of `keras.applications` from the installed Keras, one JSON file each.

Every constructor is called several times, with one argument changed at a time. What all calls have
in common is written down as it is; what follows an argument is written as a rule (`{"=": …}`), and
what is there only sometimes gets a condition. A rule that does not hold for every call that was
made ends the run with an error, so nothing that is written is a guess.

`KERAS_BACKEND=jax python tools/generate_applications.py [NAME …]`

What only tf.keras 2 has comes from the sources of `tf_keras` (`older_keras.py`).
"""

from __future__ import annotations

import inspect
import itertools
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import keras
from keras.src.backend.common import global_state
from keras.src.ops.node import Node
from keras.src.utils import file_utils

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import older_keras  # noqa: E402

from flake8_paramcount.keras.applications import (  # noqa: E402
    CONSTRUCTORS,
    ONLY_KERAS_2,
    SPECS,
    divisible,
)

FOLDER = ROOT / "flake8_paramcount" / "keras" / "architectures"

# What says nothing about weights or shapes, and what stands in the records elsewhere.
LEFT_OUT = re.compile(
    r"name|trainable|dtype|data_format|epsilon|momentum|synchronized|seed|axis_backup|noise_shape|"
    r".*_(initializer|regularizer|constraint)|init_values|scale_factor"
)
ALPHAS = (1.0, *(round(0.05 * step, 2) for step in range(1, 41)), 2.5, 3.0, 1 / 3)
SIZES = ((224, 224), (225, 225), (239, 271), (100, 130), (150, 200), (181, 97), (None, None))


class Row(NamedTuple):
    """One application of a layer: inputs are places of earlier rows, 0 is the input of all."""

    name: str | None
    kind: str
    arguments: Mapping[str, Any]
    inputs: tuple[int, ...]
    channels: int

    @property
    def key(self) -> tuple[str | None, str]:
        return self.name, self.kind


@dataclass
class Draft:
    """A row on its way to the file."""

    row: Row
    arguments: dict[str, Any]
    inputs: list[int]
    when: list[str] = field(default_factory=list)


# --- running Keras --------------------------------------------------------------------------------

_made: list[Node] = []

# Names that Keras makes up are numbered; from here on, so that they can be told.
FIRST_NUMBER = 987_000
OWN_NAME = re.compile(r"_98[78]\d\d\d$")


class Numbers(defaultdict[str, int]):
    """Keras' counters, with every name already in use."""

    def __contains__(self, name: object) -> bool:
        return True


def watch_keras() -> None:
    """Note every node that Keras makes, make no weights, and download nothing."""
    remember = Node.__init__

    def note(self: Node, *args: Any, **kwargs: Any) -> None:
        remember(self, *args, **kwargs)
        _made.append(self)

    Node.__init__ = note
    file_utils.get_file = lambda *args, **kwargs: ""
    keras.Model.load_weights = lambda *args, **kwargs: None
    # Inside this scope variables wait to be initialized; nobody leaves it.
    keras.StatelessScope().__enter__()


def constructor(name: str) -> Callable[..., keras.Model]:
    """The constructor of that name, in Keras or in an older one."""
    if name in ONLY_KERAS_2:
        return older_keras.constructor(CONSTRUCTORS[name][0], name)
    build: Callable[..., keras.Model] = getattr(keras.applications, name)
    return build


_rows: dict[str, list[Row]] = {}


def calls(name: str, **arguments: Any) -> list[Row]:
    """The rows of a model, in the order in which its constructor makes them."""
    key = json.dumps([name, {"weights": None, **arguments}], sort_keys=True)
    if key not in _rows:
        _rows[key] = _call(name, **arguments)
    return _rows[key]


def _call(name: str, **arguments: Any) -> list[Row]:
    _made.clear()
    global_state.set_global_attribute("object_name_uids", Numbers(lambda: FIRST_NUMBER))
    model = constructor(name)(**{"weights": None, **arguments})
    nodes = _on_the_way(model)
    places = {id(node): place for place, node in enumerate(nodes)}
    rows = [_row(node, places) for node in nodes]
    if name not in ONLY_KERAS_2:
        return rows
    return [_as_layer(row, node) for row, node in zip(rows, nodes, strict=True)]


def _as_layer(row: Row, node: Node) -> Row:
    """An operation as the layer that it is in tf.keras 2."""
    if row.kind != "operation":
        return row
    function = older_keras.OPERATIONS[type(node.operation).__name__]
    return row._replace(name=None, kind="TFOpLambda", arguments={"function": function})


def _on_the_way(model: keras.Model) -> list[Node]:
    """The nodes between a model's input and output."""
    wanted: set[int] = set()
    work = [_source(model.output)]
    while work:
        node = work.pop()
        if id(node) not in wanted:
            wanted.add(id(node))
            work.extend(map(_source, node.arguments.keras_tensors))
    return [node for node in _made if id(node) in wanted]


def _source(tensor: Any) -> Node:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def _row(node: Node, places: Mapping[int, int]) -> Row:
    operation = node.operation
    inputs = tuple(places[id(_source(tensor))] for tensor in node.arguments.keras_tensors)
    is_layer = isinstance(operation, keras.Layer)
    return Row(
        None if OWN_NAME.search(operation.name) else operation.name,
        type(operation).__name__ if is_layer else "operation",
        _arguments(operation) if is_layer else {},
        inputs,
        node.outputs[0].shape[-1],
    )


def _arguments(layer: keras.Layer) -> dict[str, Any]:
    """The arguments of a layer that matter and are not the default."""
    if isinstance(layer, keras.layers.InputLayer):
        return {}
    if isinstance(layer, keras.Sequential):
        return {
            "layers": [[each.name, type(each).__name__, _arguments(each)] for each in layer.layers]
        }
    spec = SPECS[type(layer).__name__]
    config = layer.get_config()
    return {
        name: _plain(config[name])
        for name in spec.parameters
        if name in config
        and not LEFT_OUT.fullmatch(name)
        and _plain(config[name]) != _plain(spec.defaults.get(name, ...))
        and not (config[name] == "linear" and spec.defaults.get(name, ...) is None)
    }


def _plain(value: Any) -> Any:
    return [_plain(part) for part in value] if isinstance(value, (list, tuple)) else value


# --- what differs between calls -------------------------------------------------------------------


def parameters(name: str) -> dict[str, Any]:
    """The signature of a constructor."""
    signature = inspect.signature(constructor(name))
    return {key: parameter.default for key, parameter in signature.parameters.items()}


def facts_of(name: str) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """What can be so or not so, with the arguments that make it so and those that do not."""
    found: dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {}
    known = parameters(name)
    if "include_preprocessing" in known:
        found["preprocessing"] = {"include_preprocessing": True}, {"include_preprocessing": False}
        if not name.startswith("MobileNetV3"):
            found["rgb"] = {"input_shape": (224, 224, 3)}, {"input_shape": (224, 224, 1)}
    if "dropout_rate" in known:
        found["dropout"] = {"dropout_rate": 0.2}, {"dropout_rate": 0.0}
    if re.fullmatch(r"EfficientNetB\d", name):
        found["imagenet"] = {"weights": "imagenet"}, {"weights": None}
    return found


def follow_parameters(name: str, drafts: Sequence[Draft], base: Mapping[str, Any]) -> None:
    """Replace arguments that follow a parameter by its name."""
    probes = {
        "classes": 17,
        "depth_multiplier": 3,
        "dropout": 0.375,
        "dropout_rate": 0.375,
        "classifier_activation": "sigmoid",
    }
    for parameter, value in probes.items():
        if parameter not in parameters(name):
            continue
        if parameter != "depth_multiplier" and not base.get("include_top", True):
            continue
        other = calls(name, **{**base, "weights": None, parameter: value})
        by_key = align([draft.row for draft in drafts], other)
        for draft, row in zip(drafts, by_key, strict=True):
            if row is not None:
                _follow(draft, row, parameter, value)


def _follow(draft: Draft, row: Row, parameter: str, value: Any) -> None:
    for argument in {**draft.row.arguments, **row.arguments}:
        before, after = draft.row.arguments.get(argument), row.arguments.get(argument)
        if before == after:
            continue
        default = SPECS[row.kind].defaults.get(argument)
        if (default if after is None else after) == value:
            draft.arguments[argument] = {"=": parameter}
        elif after == [value]:
            draft.arguments[argument] = [{"=": parameter}]
        else:
            raise ValueError(f"{row.name}: {argument} does not follow {parameter}")


def align(rows: Sequence[Row], others: Sequence[Row]) -> list[Row | None]:
    """For each row the same row of another call, None where the other has none."""
    result: list[Row | None] = []
    rest = list(others)
    for row in rows:
        if rest and rest[0].key == row.key:
            result.append(rest.pop(0))
        else:
            result.append(None)
    if rest:
        raise ValueError(f"{rest[0].name} is not in every call")
    return result


def conditions(name: str, drafts: Sequence[Draft], base: Mapping[str, Any]) -> None:
    """Find for each row the facts that it needs."""
    facts = facts_of(name)
    seen: list[tuple[dict[str, bool], list[bool]]] = []
    for truth in itertools.product((True, False), repeat=len(facts)):
        arguments = dict(base)
        for (so, not_so), holds in zip(facts.values(), truth, strict=True):
            arguments.update(so if holds else not_so)
        found = align([draft.row for draft in drafts], calls(name, **arguments))
        seen.append((dict(zip(facts, truth, strict=True)), [row is not None for row in found]))
    for place, draft in enumerate(drafts):
        draft.when = _needed(facts, [(truth, there[place]) for truth, there in seen], draft)


def _needed(
    names: Iterable[str], seen: Sequence[tuple[dict[str, bool], bool]], draft: Draft
) -> list[str]:
    facts = list(names)
    for width in range(len(facts) + 1):
        for needed in itertools.combinations(facts, width):
            if all(all(truth[fact] for fact in needed) is there for truth, there in seen):
                return list(needed)
    raise ValueError(f"{draft.row.name} is there under no simple condition")


_halving: dict[str, dict[int, int]] = {}


def follow_sizes(name: str, drafts: Sequence[Draft], base: Mapping[str, Any]) -> None:
    """Write paddings that follow the evenness of the image as such."""
    if None in base.get("input_shape", ()):
        return
    key = f"{name} {base.get('minimalistic')}"
    if key not in _halving:
        _halving[key] = _kernels(name, [draft.row for draft in drafts], base)
    for place, kernel in _halving[key].items():
        drafts[place].arguments["padding"] = {"=": "halving", "kernel": kernel}


def _kernels(name: str, rows: Sequence[Row], base: Mapping[str, Any]) -> dict[int, int]:
    """The kernels that differing paddings make room for, by place."""
    found: dict[int, int] = {}
    for height, width in SIZES:
        if name.startswith("NASNet") and None in (height, width):
            continue
        arguments = {**base, "weights": None, "input_shape": (height, width, 3)}
        other = calls(name, **arguments)
        for place, (before, row) in enumerate(zip(rows, align(rows, other), strict=True)):
            if row is None or row.arguments == before.arguments:
                continue
            if row.kind != "ZeroPadding2D":
                raise ValueError(f"{row.name} follows the size of the image")
            (_, below), _ = row.arguments["padding"]
            found[place] = 2 * below + 1
    return found


# --- widths that follow alpha ---------------------------------------------------------------------


class Probe(NamedTuple):
    """A call with some alpha: for each row of the union the row of this call, if it has it."""

    alpha: float
    rows: list[Row | None]


def union(versions: Sequence[Sequence[Row]]) -> list[Row]:
    """All rows of some calls that differ only in what is left out."""
    merged = list(versions[0])
    for rows in versions[1:]:
        keys = [row.key for row in merged]
        place = 0
        for row in rows:
            if row.name is not None and row.key not in keys[place:]:
                merged.insert(place, row)
                keys.insert(place, row.key)
                place += 1
            else:
                place = keys.index(row.key, place) + 1
    return merged


def follow_alpha(name: str, **base: Any) -> list[Draft]:
    """The rows of a model with widths as rules over alpha, and additions that come and go."""
    calls_by_alpha = {alpha: calls(name, alpha=alpha, **base) for alpha in ALPHAS}
    merged = union(list(calls_by_alpha.values()))
    probes = [Probe(alpha, align(merged, rows)) for alpha, rows in calls_by_alpha.items()]
    drafts = [
        Draft(row, dict(row.arguments), _inputs(place, probes)) for place, row in enumerate(merged)
    ]
    for place, draft in enumerate(drafts):
        if any(probe.rows[place] is None for probe in probes):
            draft.when = ["residual"]
        for argument in draft.arguments:
            rule = _rule(drafts, probes, place, argument)
            if rule is not None:
                draft.arguments[argument] = rule
    return drafts


def _inputs(place: int, probes: Sequence[Probe]) -> list[int]:
    """The inputs of a row in the union: the addition where a call has it, which is later."""
    slots: list[tuple[int, ...]] = []
    for probe in probes:
        row = probe.rows[place]
        if row is not None:
            there = [index for index, each in enumerate(probe.rows) if each is not None]
            slots.append(tuple(there[source] for source in row.inputs))
    return [max(slot) for slot in zip(*slots, strict=True)]


def _rule(
    drafts: Sequence[Draft], probes: Sequence[Probe], place: int, argument: str
) -> Any | None:
    """The rule that gives an argument in every call; None where it is constant."""
    values = {
        probe.alpha: row.arguments.get(argument)
        for probe in probes
        if (row := probe.rows[place]) is not None
    }
    if len({json.dumps(value) for value in values.values()}) == 1:
        return None
    for rule in _candidates(drafts, probes, place, values):
        if all(_value(rule, alpha, probes) == value for alpha, value in values.items()):
            return rule
    raise ValueError(f"{drafts[place].row.name}: no rule for {argument}")


def _candidates(
    drafts: Sequence[Draft], probes: Sequence[Probe], place: int, values: Mapping[float, Any]
) -> Iterator[dict[str, Any]]:
    base = values[1.0] if 1.0 in values else max(values.values())
    for rounding in ("down", "eight", "down-eight", "widen-eight"):
        for width in range(base, 0, -1):
            yield {"=": "alpha", "times": width, "round": rounding}
    for source in (*drafts[place].inputs, *range(place - 1, max(place - 12, 0), -1)):
        width = _channels(probes[0], source)
        for times in (1, 0.25, base / (width or 1)):
            times = int(times) if times == int(times) else times
            yield {"=": "channels", "of": source, "times": times, "round": "down"}
            yield {"=": "channels", "of": source, "times": times, "round": "eight"}


def _value(rule: Mapping[str, Any], alpha: float, probes: Sequence[Probe]) -> int | None:
    if rule["="] == "alpha":
        if rule["round"] == "widen-eight" and alpha <= 1.0:
            return int(rule["times"])
        return divisible(rule["times"] * alpha, rule["round"])
    probe = next(probe for probe in probes if probe.alpha == alpha)
    return divisible(_channels(probe, rule["of"]) * rule["times"], rule["round"])


def _channels(probe: Probe, place: int) -> int:
    """The channels behind a row, or behind the one before it where a call has no such row."""
    row = probe.rows[place]
    return row.channels if row is not None else _channels(probe, place - 1)


# --- a whole architecture -------------------------------------------------------------------------


def drafts_of(name: str, **base: Any) -> list[Draft]:
    """The rows of a model with everything that follows an argument as a rule."""
    everything = dict(base)
    for so, _ in facts_of(name).values():
        everything.update(so)
    if "alpha" in parameters(name):
        drafts = follow_alpha(name, **everything)
        present = [draft for draft in drafts if not _is_absent(draft, drafts, name, everything)]
    else:
        rows = calls(name, **everything)
        drafts = [Draft(row, dict(row.arguments), list(row.inputs)) for row in rows]
        present = drafts
    kept = {id(draft): draft.when for draft in drafts}
    conditions(name, present, base)
    for draft in present:
        draft.when = kept[id(draft)] + draft.when
    follow_parameters(name, present, everything)
    follow_sizes(name, drafts, everything)
    return drafts


def _is_absent(
    draft: Draft, drafts: Sequence[Draft], name: str, arguments: Mapping[str, Any]
) -> bool:
    """Whether a row is missing in the call with the default alpha."""
    return "residual" in draft.when and draft.row.name not in _default_names(name, arguments)


_defaults: dict[str, set[str | None]] = {}


def _default_names(name: str, arguments: Mapping[str, Any]) -> set[str | None]:
    key = json.dumps([name, arguments], default=str)
    if key not in _defaults:
        _defaults[key] = {row.name for row in calls(name, **arguments)}
    return _defaults[key]


def architecture(name: str, **base: Any) -> dict[str, Any]:
    """What the file says of one form of an architecture."""
    # Without its classifier first: there an image of any size is accepted.
    ends = {
        "none": drafts_of(name, include_top=False, **base),
        "avg": drafts_of(name, include_top=False, pooling="avg", **base),
        "max": drafts_of(name, include_top=False, pooling="max", **base),
    }
    if None not in base.get("input_shape", ()):
        ends["top"] = drafts_of(name, include_top=True, **base)
    shared = _common([[_content(draft) for draft in drafts] for drafts in ends.values()])
    body = next(iter(ends.values()))[1:shared]
    prefix = _prefix(name)
    return {
        "body": encode(body, 1, prefix),
        "tails": {end: encode(drafts[shared:], shared, prefix) for end, drafts in ends.items()},
    }


def _prefix(name: str) -> str | None:
    """The name of the model, where the names of its layers begin with it."""
    if name.startswith("ConvNeXt"):
        return str(parameters(name)["name"])
    return str(parameters(name)["model_name"]) if name.startswith("RegNet") else None


def _content(draft: Draft) -> str:
    return json.dumps([draft.row.key, draft.arguments, draft.inputs, draft.when])


def _common(lists: Sequence[Sequence[str]]) -> int:
    length = 0
    for items in zip(*lists, strict=False):
        if len(set(items)) > 1:
            break
        length += 1
    return length


# --- writing --------------------------------------------------------------------------------------


def encode(drafts: Sequence[Draft], first: int, prefix: str | None) -> list[list[Any]]:
    """Rows as lists: class, name, arguments, inputs counted backwards, conditions."""
    rows = []
    for place, draft in enumerate(drafts, first):
        name = draft.row.name
        if prefix is not None and name is not None:
            name = name.replace(prefix, "%", 1)
        arguments = _relative(draft.arguments, place, prefix)
        row: list[Any] = [draft.row.kind, name, arguments, [i - place for i in draft.inputs]]
        row.append(draft.when)
        rows.append(row)
    return rows


def _relative(value: Any, place: int, prefix: str | None) -> Any:
    """Arguments with places counted backwards, and names without the model's."""
    if isinstance(value, dict):
        if value.get("=") == "channels":
            return {**value, "of": value["of"] - place}
        return {key: _relative(part, place, prefix) for key, part in value.items()}
    if isinstance(value, list):
        return [_relative(part, place, prefix) for part in value]
    if prefix is not None and isinstance(value, str) and value.startswith(prefix):
        return value.replace(prefix, "%", 1)
    return value


UNIT = re.compile(
    r"BlockGroup\d+__block_\d+|Stage_\d_[XY]Block_\d+|conv\d+_block\d+|block\d+[a-z]|block_\d+|expanded_conv_\d+|block\d+(?=_)|"
    r"stage_\d+_block_\d+|block(?:35|17|8)_\d+|conv_(?:dw|pw|pad)_\d+"
    r"|(?<=_)(?:stem_\d|reduce_\d+|\d+)$"
)


def compress(forms: Mapping[str, Any]) -> dict[str, Any]:
    """The forms of an architecture with kinds of layers and repeated blocks written once."""
    bodies = [form["body"] for form in forms.values()]
    groups = [list(_groups(body)) for body in bodies]
    uses = Counter(_text(rows) for each in groups for _, rows, _ in each)
    kinds: dict[str, int] = {}
    blocks: dict[str, int] = {}
    written: list[Any] = []
    result: dict[str, Any] = {}
    for (label, form), each in zip(forms.items(), groups, strict=True):
        body: list[Any] = []
        for unit, rows, extras in each:
            text = _text(rows)
            if uses[text] < 2 or len(rows) < 3:
                body.extend(_short(_whole(row, unit, extras), kinds) for row in rows)
                continue
            if text not in blocks:
                blocks[text] = len(blocks)
                written.append([_short(row, kinds) for row in rows])
            body.append([f"*{blocks[text]}", unit, *([extras] if extras else [])])
        ends = {end: [_short(row, kinds) for row in rows] for end, rows in form["tails"].items()}
        result[label] = {"body": body, "tails": ends}
    return {"kinds": [json.loads(kind) for kind in kinds], "blocks": written, "forms": result}


def _groups(rows: Sequence[list[Any]]) -> Iterator[tuple[str, list[list[Any]], dict[str, Any]]]:
    """Runs of rows whose names share a block's name, which a `*` stands for; with its rates."""
    unit = ""
    group: list[list[Any]] = []
    for row in rows:
        found = UNIT.search(row[1]) if row[1] is not None else None
        here = found[0] if found else ("" if row[1] is not None else unit)
        if here != unit and group:
            yield _group(unit, group)
            group = []
        unit = here
        group.append(row)
    if group:
        yield _group(unit, group)


def _group(unit: str, rows: list[list[Any]]) -> tuple[str, list[list[Any]], dict[str, Any]]:
    extras: dict[str, Any] = {}
    result = []
    for kind, name, arguments, inputs, when in rows:
        if unit and "rate" in arguments and not isinstance(arguments["rate"], dict):
            extras["rate"] = arguments["rate"]
            arguments = {**arguments, "rate": {"=": "rate"}}
        if unit and name is not None:
            name = UNIT.sub("*", name, count=1)
        result.append([kind, name, arguments, inputs, when])
    return unit, result, extras


def _whole(row: list[Any], unit: str, extras: Mapping[str, Any]) -> list[Any]:
    kind, name, arguments, inputs, when = row
    if arguments.get("rate") == {"=": "rate"}:
        arguments = {**arguments, "rate": extras["rate"]}
    return [kind, name and name.replace("*", unit), arguments, inputs, when]


def _text(rows: Any) -> str:
    return json.dumps(rows, sort_keys=True)


def _short(row: list[Any], kinds: dict[str, int]) -> list[Any]:
    """A row with its kind as a number and without what is usual at its end."""
    kind, name, arguments, inputs, when = row
    number = kinds.setdefault(json.dumps([kind, arguments]), len(kinds))
    short: list[Any] = [number, name, inputs, when]
    for usual in ([], [-1], None):
        if short[-1] != usual:
            break
        short.pop()
    return short


def forms_of(name: str) -> dict[str, Any]:
    """The forms that an architecture has; all but the first are asked for by an argument."""
    if "minimalistic" in parameters(name):
        return {
            "default": architecture(name, minimalistic=False),
            "minimalistic": architecture(name, minimalistic=True),
        }
    if name.startswith("NASNet"):
        return {
            "default": architecture(name, input_shape=(331, 331, 3)),
            "free": architecture(name, input_shape=(None, None, 3)),
        }
    return {"default": architecture(name)}


def default_sizes(name: str) -> tuple[int | None, int]:
    """The side of the image that is the default, and the smallest that is accepted."""
    build = constructor(name)
    default = build(weights=None).input_shape[1]
    smallest = next(side for side in range(1, 400) if _accepts(build, side))
    return default, smallest


def _accepts(build: Callable[..., keras.Model], side: int) -> bool:
    try:
        build(weights=None, include_top=False, input_shape=(side, side, 3))
    except ValueError:
        return False
    return True


def write(name: str) -> None:
    """Write the file of one architecture."""
    default, smallest = default_sizes(name)
    data = {
        "keras": _version(name),
        "signature": parameters(name),
        **_own_name(name),
        "default_size": default,
        "min_size": smallest,
        **compress(forms_of(name)),
    }
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text(_pretty(data), encoding="utf-8")
    print(f"{name}: {path.stat().st_size:,} bytes")


def _version(name: str) -> str:
    return version("tf_keras") if name in ONLY_KERAS_2 else keras.__version__


def _own_name(name: str) -> dict[str, str]:
    """The name of the model, where no argument states it."""
    if parameters(name).keys() & {"name", "model_name"}:
        return {}
    return {"model": constructor(name)(weights=None).name}


def _pretty(data: Mapping[str, Any]) -> str:
    """JSON with one row, kind or block on a line."""
    lines = []
    for key, value in data.items():
        if key in ("kinds", "blocks"):
            body = ",\n  ".join(map(_compact, value))
            lines.append(f'"{key}": [\n  {body}\n ]')
        elif key == "forms":
            forms = ",\n  ".join(_form_text(label, form) for label, form in value.items())
            lines.append(f'"{key}": {{\n  {forms}}}')
        else:
            lines.append(f'"{key}": {json.dumps(value)}')
    return "{\n " + ",\n ".join(lines) + "\n}\n"


def _form_text(label: str, form: Mapping[str, Any]) -> str:
    tails = ",\n    ".join(f'"{end}": {_compact(rows)}' for end, rows in form["tails"].items())
    body = _rows_text(form["body"])
    return f'"{label}": {{"body": [\n   {body}],\n   "tails": {{{tails}}}}}'


def _rows_text(rows: Sequence[Any]) -> str:
    """Rows joined into lines of a readable length."""
    lines, line = [], ""
    for text in map(_compact, rows):
        if line and len(line) + len(text) > 96:
            lines.append(line)
            line = ""
        line += ("," if line else "") + text
    return ",\n   ".join([*lines, line])


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def main(names: Sequence[str]) -> None:
    """Write the files of the named architectures, all if none is named."""
    watch_keras()
    for name in names or CONSTRUCTORS:
        write(name)


if __name__ == "__main__":
    main(sys.argv[1:])
