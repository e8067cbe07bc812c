"""The constructors that only tf.keras 2 has, run from their source on the layers of Keras 3.

The package `tf_keras` must be installed; its model files are read, never imported. What they call
has the same names and arguments in Keras 3, but for what is set right here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import keras
from keras.src import backend, layers, models
from keras.src.applications import imagenet_utils

# A number that tf.keras gives out and puts into names: the constructors of a module count theirs.
NUMBER = "#"

# Operations between tensors, which are layers in tf.keras 2, and the names that they have there.
OPERATIONS = {"Add": "tf.__operators__.add", "Multiply": "tf.math.multiply"}


def constructor(module: str, name: str) -> Callable[..., keras.Model]:
    """A constructor of a module of `tf_keras.applications`."""
    build: Callable[..., keras.Model] = getattr(_loaded(module), name)
    return build


_modules: dict[str, ModuleType] = {}


def _loaded(name: str) -> ModuleType:
    if name not in _modules:
        spec = importlib.util.find_spec("tf_keras")
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin).parent / "src" / "applications" / f"{name}.py"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        # The imports, which stand alone on their lines, are replaced by what is put there.
        text = "".join("\n" if _is_of_keras(line) else line for line in lines)
        module = _modules[name] = ModuleType(name)
        vars(module).update(_names())
        exec(compile(text, str(path), "exec"), vars(module))
    return _modules[name]


def _is_of_keras(line: str) -> bool:
    return line.startswith(("from tf_keras", "import tensorflow", "from tensorflow"))


def _names() -> dict[str, Any]:
    """What the model files import."""
    exists = SimpleNamespace(exists=lambda path: False)
    return {
        "backend": SimpleNamespace(
            get_uid=lambda prefix: NUMBER,
            image_data_format=backend.image_data_format,
            is_keras_tensor=backend.is_keras_tensor,
        ),
        "data_utils": SimpleNamespace(get_file=lambda *args, **kwargs: ""),
        "imagenet_utils": imagenet_utils,
        "keras_export": lambda *names: lambda function: function,
        "layers": SimpleNamespace(**{**vars(layers), "Conv2D": _convolution}),
        "tf": SimpleNamespace(math=keras.ops, io=SimpleNamespace(gfile=exists)),
        "training": models,
    }


def _convolution(*args: Any, groups: int = 1, **kwargs: Any) -> layers.Layer:
    """No groups, which some models come to, is one group in tf.keras 2."""
    return layers.Conv2D(*args, groups=groups or 1, **kwargs)
