"""Quantization: `quantize` of layers and models, and dtype policies that ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flake8_paramcount.interpreter.adapting import (
    CHANGES,
    DERIVED,
    WHY,
    PartOf,
    followed,
    is_built,
    known_log,
    log,
    lose_log,
)
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.freezing import all_inside
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.natives import function, method
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Arguments, Function, Value
from flake8_paramcount.keras.adapting import BLOCK_SIZE, DENSE, MODES, PARTS, Change
from flake8_paramcount.keras.shapes import size
from flake8_paramcount.unknown import Undetermined, Unknown

_POLICY = re.compile(r"(int8|int4|float8|gptq|awq)(?:/(-?\d+))?(?:/.*)?_from_\w+")
# What the layers of an attention layer are called, and a filter that is no more than a text.
_PLAIN = re.compile(r"[\w -]+")


# --- configurations and policies: each is the change that it asks for -----------------------------


@function("keras.quantizers.Int8QuantizationConfig")
def int8_configuration(run: Run, arguments: Arguments) -> Value:
    """`Int8QuantizationConfig(weight_quantizer=None, activation_quantizer="default")`."""
    return Change("int8")


@function("keras.quantizers.Int4QuantizationConfig")
def int4_configuration(run: Run, arguments: Arguments) -> Value:
    """`Int4QuantizationConfig(weight_quantizer=None, activation_quantizer, block_size=128)`."""
    return _int4(arguments.get(2, "block_size", BLOCK_SIZE))


@function("keras.quantizers.Float8QuantizationConfig")
def float8_configuration(run: Run, arguments: Arguments) -> Value:
    """`Float8QuantizationConfig()`."""
    return Change("float8")


@function("keras.dtype_policies.QuantizedDTypePolicy", "keras.dtype_policies.Int4DTypePolicy")
def quantized_policy(run: Run, arguments: Arguments) -> Value:
    """`QuantizedDTypePolicy(mode, source_name=None)`."""
    return policy_of(f"{arguments.get(0, 'mode')}_from_float32") or Change("?")


@function("keras.dtype_policies.QuantizedFloat8DTypePolicy")
def float8_policy(run: Run, arguments: Arguments) -> Value:
    """`QuantizedFloat8DTypePolicy(mode, source_name=None, amax_history_length=1024)`."""
    length = arguments.get(2, "amax_history_length")
    return Change("float8", None if length is None else size(length, "amax_history_length"))


@function(
    "keras.dtype_policies.DTypePolicyMap",
    "keras.dtype_policies.GPTQDTypePolicy",
    "keras.dtype_policies.AWQDTypePolicy",
)
def other_policy(run: Run, arguments: Arguments) -> Value:
    """A policy of which it is not followed what it asks for."""
    return Change("?")


def policy_of(value: Value) -> Change | None:
    """The change that a `dtype` asks for; None for one that asks for none."""
    if isinstance(value, Change):
        return value
    named = _POLICY.fullmatch(value) if isinstance(value, str) else None
    if named is None:
        return None
    if named[1] == "int4":
        return _int4(int(named[2]) if named[2] else None)
    return Change(named[1] if named[1] in MODES["Dense"] else "?")


def _int4(block: Value) -> Change:
    whole = block is None or block == -1
    return Change("int4", None if whole else size(block, "block_size"))


@function(
    "keras.config.set_dtype_policy",
    "keras.mixed_precision.set_dtype_policy",
    "keras.mixed_precision.set_global_policy",
)
def set_policy(run: Run, arguments: Arguments) -> Value:
    """What `dtype=None` means from here on."""
    run.journal.write(run.session)["dtype_policy"] = policy_of(arguments.get(0, "policy"))
    return None


def note_policy(run: Run, layer: LayerObject, arguments: Arguments) -> None:
    """A layer whose policy asks for quantization is built that way."""
    given = run.journal.force(arguments.kwargs.get("dtype"))
    asked = run.session.state["dtype_policy"] if given is None else policy_of(given)
    change = run.journal.force(asked)
    configured = run.journal.force(arguments.kwargs.get("quantization_config"))
    if change is None:
        return
    if isinstance(configured, Change) and configured.kind == change.kind == "int4":
        change = configured
    if change.kind not in MODES.get(layer.class_name, MODES["Dense"]):
        lose_log(run, layer, layer.site)
    elif layer.class_name in MODES:
        layer.state[CHANGES] = (change,)
    elif DENSE[0] in PARTS.get(layer.class_name, {}).values():
        layer.state[CHANGES] = tuple(change._replace(part=part) for part in DENSE)


@method(LayerObject, "set_dtype_policy")
def set_policy_of(run: Run, layer: LayerObject, arguments: Arguments) -> Value:
    """`layer.dtype_policy = …` quantizes a layer that has been built."""
    change = policy_of(arguments.args[0])
    if change is None:
        return
    change = Change("int4", BLOCK_SIZE) if change.kind == "int4" else change
    followed(run, layer, arguments.site, lambda: _quantize(run, layer, "", change))


# --- quantize ------------------------------------------------------------------------------------


@method(LayerObject, "quantize")
def quantize(run: Run, layer: LayerObject, arguments: Arguments) -> Value:
    """`layer.quantize(mode=None, config=None)`."""
    if layer.class_name not in MODES or layer.state.get(DERIVED):
        run.fails(NotImplementedError)
        return
    followed(run, layer, arguments.site, lambda: _quantize(run, layer, "", _asked(arguments)))


@method(PartOf, "quantize")
def quantize_part(run: Run, inside: PartOf, arguments: Arguments) -> Value:
    """`attention.query_dense.quantize(mode)`."""
    layer, part = inside.owner, inside.part
    if part not in DENSE:
        run.fails(NotImplementedError)
        return
    followed(run, layer, arguments.site, lambda: _quantize(run, layer, part, _asked(arguments)))


@method(ModelObject, "quantize")
def quantize_model(run: Run, model: ModelObject, arguments: Arguments) -> Value:
    """`model.quantize(mode=None, config=None, filters=None)` does it to all layers that can."""
    for layer, part, name in _leaves(run, model):

        def change(layer: LayerObject = layer, part: str = part, name: Value = name) -> None:
            asked = _asked(arguments)
            takes = MODES["EinsumDense" if part else layer.class_name]
            inside = PartOf(layer, part) if part else layer
            if asked.kind in takes and _passes(run, arguments, inside, name):
                _quantize(run, layer, part, asked)

        followed(run, layer, arguments.site, change)


def _asked(arguments: Arguments) -> Change:
    """The change that a mode or a configuration asks for. Raises `Undetermined`."""
    mode, config = arguments.get(0, "mode"), arguments.get(1, "config")
    if isinstance(config, str):
        mode, config = config, None
    if config is None and isinstance(mode, str) and mode in MODES["Dense"]:
        config = Change(mode, BLOCK_SIZE if mode == "int4" else None)
    if not isinstance(config, Change) or "type_check" in arguments.kwargs:
        raise Undetermined(Unknown(WHY))
    return config


def _quantize(run: Run, layer: LayerObject, part: str, change: Change) -> None:
    """Keras refuses what has been quantized already, or has not been built."""
    done = {each.kind for each in known_log(run, layer) if each.part == part}
    if done.intersection(MODES["Dense"]):
        run.fails(ValueError)
    elif change.kind not in MODES["EinsumDense" if part else layer.class_name]:
        run.fails(NotImplementedError)
    elif not is_built(run, layer):
        raise Undetermined(Unknown(WHY))
    else:
        log(run, layer, change._replace(part=part))


def _leaves(run: Run, model: ModelObject) -> Iterator[tuple[LayerObject, str, Value]]:
    """All layers inside of a model that can be quantized: where they are, and their names."""
    for owner in all_inside(run, model):
        if isinstance(owner, LayerObject):
            yield from _leaves_in(owner)


def _leaves_in(layer: LayerObject) -> Iterator[tuple[LayerObject, str, Value]]:
    if layer.class_name in MODES and not layer.state.get(DERIVED):
        yield layer, "", layer.state["name"]
    elif DENSE[0] in PARTS.get(layer.class_name, {}).values():
        for part in DENSE:
            yield layer, part, part


def _passes(run: Run, arguments: Arguments, layer: Value, name: Value) -> bool:
    """Whether the filters let a layer through. Raises `Undetermined` and `NeedSplit`."""
    from flake8_paramcount.interpreter.calls import call

    filters = arguments.get(2, "filters")
    if filters is None:
        return True
    if isinstance(filters, Function):
        given = Arguments((layer,), {}, arguments.site, str)
        return run.truth(call(run, filters, given))
    patterns = [filters] if isinstance(filters, str) else list(iterate(run, filters))
    name = run.journal.force(name)
    if not isinstance(name, str) or not all(_is_plain(pattern) for pattern in patterns):
        raise Undetermined(Unknown("which layers the filters let through"))
    return any(pattern in name for pattern in patterns)


def _is_plain(pattern: Value) -> bool:
    """Whether a regular expression is a text to look for: none from outside is ever run."""
    return isinstance(pattern, str) and _PLAIN.fullmatch(pattern) is not None
