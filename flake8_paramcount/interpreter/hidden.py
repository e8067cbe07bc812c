"""Weights of a layer that the program defines which no layer among its attributes has.

These are variables that it makes itself, and those of what comes from elsewhere: an object of an
unknown class, or anything unknown that is called on a tensor, may be a layer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import may_hold_tensors
from flake8_paramcount.interpreter.tracking import REPLACED
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    DictObject,
    Function,
    Instance,
    ListObject,
    NativeMethod,
    Qualified,
    Ref,
    Value,
)
from flake8_paramcount.keras.layer import Shape, Weight
from flake8_paramcount.keras.names import ACTIVATIONS
from flake8_paramcount.unknown import Undetermined, Unknown

# Packages of which nothing holds weights of Keras; of Keras itself, only these places make layers.
_PLAIN = sys.stdlib_module_names | {
    *("builtins", "numpy", "scipy", "pandas", "sklearn", "tensorflow", "jax", "torch", "keras"),
    *("matplotlib", "PIL", "cv2", "tqdm", "h5py", "absl", "yaml", "einops"),
}
_LAYERED = ("keras.models.", "keras.layers.", "keras.applications.", "keras.saving.")


def note_call(run: Run, callee: Qualified | Unknown, arguments: Arguments, result: Value) -> None:
    """Remember what was made elsewhere, and what unknown was called on tensors."""
    on_tensors = may_hold_tensors((*arguments.args, *arguments.kwargs.values()))
    if isinstance(callee, Unknown):
        if on_tensors and callee not in run.harmless:
            run.applied.add(callee)
        return
    if callee.path.partition(".")[0] in _PLAIN and not callee.path.startswith(_LAYERED):
        run.harmless.add(result)
        return
    run.applied.add(callee.path if on_tensors else result)


def note_comprehension(run: Run, result: Value, text: Callable[[], str]) -> Value:
    """Remember a comprehension over something unknown that makes weights."""
    if isinstance(result, Unknown) and any(word in text() for word in ("add_weight", "Variable")):
        run.applied.add(result)
    return result


def attributes(run: Run, instance: Instance) -> Iterator[Value]:
    """What the attributes of an object hold, also in lists, tuples and dicts."""
    for key, value in run.journal.read(instance).items():
        if key == REPLACED or not (key.startswith("__") and key.endswith("__")):
            yield from _inside(run, value)


def _inside(run: Run, value: Value) -> Iterator[Value]:
    run.fuel.burn()
    value = run.journal.force(value)
    if isinstance(value, ListObject):
        items = run.journal.read(value)
    elif isinstance(value, DictObject):
        items = run.journal.read(value).values()
    elif type(value) is tuple:
        items = value
    else:
        yield value
        return
    if isinstance(items, Unknown):
        yield items
        return
    for item in items:
        yield from _inside(run, item)


def unseen(run: Run, instance: Instance, *, followed: bool) -> Unknown | None:
    """Why an object may have weights that are not counted; None if it has none.

    Where its `call` could not be `followed`, anything unknown may be a layer that is called there.
    """
    for value in attributes(run, instance):
        if isinstance(value, Unknown) and value in run.strange:
            continue
        unknown = isinstance(value, Unknown) and value not in run.harmless
        if unknown and (not followed or _was_applied(run, value)):
            return Unknown(f"`{value.text or value.reason}` may have weights", None, value.site)
        if isinstance(value, Qualified) and value.path in run.applied:
            return Unknown(f"`{value.path}` may have weights", value.path)
        found = run.variables.get(id(value))
        if found is not None and found.owner not in (None, instance):
            return Unknown("a variable belongs to several objects", None, instance.site)
    return None


def _was_applied(run: Run, value: Unknown, depth: int = 3) -> bool:
    """Whether an unknown, or an attribute of it, was made elsewhere or called on a tensor."""
    if value in run.applied:
        return True
    derived = value._derived.values() if depth else ()
    return any(_was_applied(run, each, depth - 1) for each in derived)


@function("keras.activations.get")
def activation(run: Run, arguments: Arguments) -> Value:
    """The function of a name; a function is itself."""
    value = run.journal.force(arguments.get(0, "identifier"))
    if value is None:
        return Qualified("keras.activations.linear")
    if isinstance(value, str) and value in ACTIVATIONS:
        return Qualified(f"keras.activations.{value}")
    if isinstance(value, Qualified | Function):
        return value
    raise Undetermined(run.unknown("an activation"))


# -- variables --------------------------------------------------------------------------------


VARIABLES = (
    *("weights", "trainable_weights", "non_trainable_weights"),
    *("variables", "trainable_variables", "non_trainable_variables"),
)


class Variable:
    """A variable that the program makes: the weight that it is, and the object that has it."""

    def __init__(self, array: Array, weight: Weight) -> None:
        self.array = array
        self.weight = weight
        self.owner: Instance | None = None


@function(
    *("keras.Variable", "keras.backend.Variable", "keras.backend.variable", "tensorflow.Variable")
)
def variable(run: Run, arguments: Arguments) -> Value:
    """`Variable(initializer, shape=None, dtype=None, trainable=True, …)`."""
    from flake8_paramcount.interpreter.construct import shape_of

    initial = arguments.get(0, "initializer", arguments.kwargs.get("initial_value"))
    stated = arguments.kwargs.get("shape")
    if stated is not None:
        shape = shape_of(run, stated)
    elif isinstance(initial, Array):
        shape = initial.shape
    elif isinstance(initial, int | float):
        shape = Shape(())
    else:
        shape = Shape(Unknown("the shape of a variable", arguments.text, arguments.site))
    array = Array(shape, "float32", site=arguments.site)
    trainable = run.truth(arguments.kwargs.get("trainable", True))
    name = arguments.kwargs.get("name")
    name = name if isinstance(name, str) else "variable"
    if not shape.known:
        return run.unknown("the shape of a variable is not known")
    run.variables[id(array)] = Variable(array, Weight(name, shape.dims, trainable))
    return array


def variables(run: Run, instance: Instance) -> Iterator[Weight]:
    """The variables among an object's attributes, each once."""
    seen: set[int] = set()
    for value in attributes(run, instance) if run.variables else ():
        found = run.variables.get(id(value))
        if found is None or id(value) in seen:
            continue
        seen.add(id(value))
        found.owner = found.owner or instance
        if found.owner is instance:
            yield as_flagged(run, found.array, found.weight)


def set_weight_flag(run: Run, weight: Array | NativeMethod, value: Value) -> None:
    """`weight.trainable = value`; of a layer of Keras it is not told which weight that is."""
    if isinstance(weight, Array):
        run.journal.write(run.flagged)[id(weight)] = (weight, value)
    elif isinstance(weight.receiver, Ref) and "trainable" in run.journal.read(weight.receiver):
        why = run.unknown("single weights are frozen or thawed")
        run.journal.write(weight.receiver)["trainable"] = why


def as_flagged(run: Run, array: Array, weight: Weight) -> Weight:
    """A weight with the flag that the program has set on its variable since. May split."""
    _, value = run.journal.read(run.flagged).get(id(array), (None, weight.trainable))
    return replace(weight, trainable=run.truth(value))
