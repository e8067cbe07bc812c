"""Runs program texts with the real Keras, one for each line of input, and prints what they built.

This is a script: `program_truth` starts it in a process of its own and talks to it.
"""

from __future__ import annotations

import gc
import json
import sys
import types
from typing import Any

import keras
import numpy as np
from keras.src.utils import module_utils

FILENAME = "<program>"

# Other spellings of Keras, and a library that is not Keras, for programs that import them.
_SPELLINGS = ("tensorflow.keras", "tf_keras")
_OTHER = "class Linear:\n    def __init__(self, *a): pass\n\nclass Sequential(Linear): pass\n"

# Inputs that a model of unstated input shape is tried on: its total must not depend on them.
_TRIALS = ((2, 7), (2, 5, 7), (2, 9, 9, 7), (2, 4, 9, 9, 7), (2, 11), (2, 3, 11))

made: list[tuple[Any, tuple[int, int]]] = []
layers: dict[int, tuple[Any, tuple[int, int]]] = {}


def _install() -> None:
    assert not module_utils.tensorflow.available  # asked once: Keras must not meet the stand-in
    tensorflow = types.ModuleType("tensorflow")
    tensorflow.keras = keras  # type: ignore[attr-defined]
    tensorflow.__path__ = []
    torch, nn = types.ModuleType("torch"), types.ModuleType("torch.nn")
    torch.nn = nn  # type: ignore[attr-defined]
    exec(_OTHER, vars(nn))
    sys.modules.update({"tensorflow": tensorflow, "torch": torch, "torch.nn": nn})
    for name, module in list(sys.modules.items()):
        if name == "keras" or name.startswith("keras."):
            sys.modules.update({root + name[len("keras") :]: module for root in _SPELLINGS})
    # Keras tries calls on arrays that hold whatever memory held: an index may be out of range.
    np.empty = np.zeros
    _note_constructions()
    _note_layers()


def _note_layers() -> None:
    """Remember every layer that the program constructs itself, and where."""
    original = keras.layers.Layer.__new__

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        layer = original(cls, *args, **kwargs)
        frame: Any = sys._getframe(1)
        while frame is not None and frame.f_code.co_filename != FILENAME:
            if isinstance(frame.f_locals.get("self"), keras.layers.Layer):
                return layer  # another layer has made it
            frame = frame.f_back
        if frame is not None:
            layers[id(layer)] = layer, _position(frame.f_code, frame.f_lasti)
        return layer

    keras.layers.Layer.__new__ = new


def _position(code: Any, lasti: int) -> tuple[int, int]:
    """Line and column where the expression starts that code has come to."""
    line, _, column, _ = list(code.co_positions())[lasti // 2]
    return line, column


def _note_constructions() -> None:
    """Remember every model and the place in the program that called for it."""
    original = keras.Model.__init__

    def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
        place = _place(self)
        if place is not None and not any(model is self for model, _ in made):
            made.append((self, place))
        original(self, *args, **kwargs)

    keras.Model.__init__ = initialize
    # The backend without gradients has no training; its first step, a call, it has.
    keras.Model.fit = lambda self, x=None, *args, **kwargs: self.predict(x, verbose=0)


def _place(model: Any) -> tuple[int, int] | None:
    """Line and column of the innermost call in the program that is not a constructor's own."""
    frame: Any = sys._getframe(2)
    while frame is not None:
        inner = frame.f_code.co_name == "__init__" and frame.f_locals.get("self") is model
        if frame.f_code.co_filename == FILENAME and not inner:
            return _position(frame.f_code, frame.f_lasti)
        if frame.f_code.co_filename.endswith("sequential.py") and frame.f_code.co_name == "build":
            return None  # the functional model inside of a Sequential is its own affair
        frame = frame.f_back
    return None


def _count(weights: Any) -> int:
    total = 0
    for weight in weights:
        size = 1
        for dim in weight.shape:
            size *= dim
        total += size
    return total


def _shape(layer: Any) -> Any:
    """The output shape of a layer that was called once, None where that is not one thing."""
    if isinstance(layer, keras.layers.InputLayer):
        return [list(layer.batch_shape)]
    if len(layer._inbound_nodes) != 1:
        return None
    return [list(tensor.shape) for tensor in keras.tree.flatten(layer.output)]


def _layer(layer: Any) -> dict[str, Any]:
    return {
        "name": layer.name,
        "class": type(layer).__name__,
        "built": bool(layer.built),
        "total": _count(layer.weights),
        "trainable": _count(weight for weight in layer.weights if weight.trainable),
        "output": _shape(layer),
    }


def _model(model: Any, place: tuple[int, int]) -> dict[str, Any]:
    unbuilt = not model.built
    found = {
        "place": list(place),
        "name": model.name,
        "built": bool(model.built),
        "flag": bool(model.trainable),
        "total": _count(model.weights),
        "trainable": _count(model.trainable_weights),
        "layers": [_layer(layer) for layer in model.layers],
    }
    if unbuilt and isinstance(model, keras.Sequential):
        found["once_built"] = _once_built(model)
    return found


def _once_built(model: Any) -> list[int]:
    """The totals that the model gets on inputs of several shapes, where it takes them."""
    if model.layers and all(layer.built for layer in model.layers):
        return [_count(model.weights)]
    config = [(type(layer), layer.get_config()) for layer in model.layers]
    totals = []
    for trial in _TRIALS:
        try:
            copy = keras.Sequential([kind.from_config(values) for kind, values in config])
            copy.build(trial)
            totals.append(_count(copy.weights))
        except Exception:
            continue
    return sorted(set(totals))


def _blamed(error: BaseException) -> list[dict[str, Any]]:
    """Whom an exception goes through, the innermost first: Keras' layers by where they are made.

    The last is the statement of the program itself.
    """
    found: dict[tuple[int, int], str] = {}
    place, trace = (0, 0), error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if frame.f_code.co_filename == FILENAME:
            place = _position(frame.f_code, trace.tb_lasti)
        layer, at = layers.get(id(frame.f_locals.get("self")), (None, place))
        theirs = type(layer).__module__ != "__main__" and not isinstance(layer, keras.Model)
        if layer is not None and theirs:
            found.pop(at, None)
            found[at] = type(layer).__name__
        trace = trace.tb_next
    blamed = [{"place": list(at), "class": name} for at, name in reversed(found.items())]
    return [*blamed, {"place": list(place), "class": None}]


def _run(source: str) -> dict[str, Any]:
    made.clear()
    layers.clear()
    keras.utils.clear_session()
    keras.config.disable_traceback_filtering()
    keras.config.set_image_data_format("channels_last")
    names: dict[str, Any] = {"__name__": "__main__"}
    raised, blamed = None, []
    try:
        exec(compile(source, FILENAME, "exec"), names)
    except BaseException as error:
        raised, blamed = f"{type(error).__name__}: {error}", _blamed(error)
    models = list(made) if raised is None else []
    bound = {
        name: list(place)
        for name, value in names.items()
        for model, place in models
        if model is value
    }
    return {
        "raised": raised,
        "blamed": blamed,
        "bound": bound,
        "models": [_model(model, place) for model, place in models],
    }


def main() -> None:
    """Answer one JSON line for each JSON line."""
    _install()
    gc.freeze()  # Keras collects garbage for each program, and need not go through itself
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
