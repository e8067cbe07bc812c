"""Whether an object is an instance of a class of Keras."""

from __future__ import annotations

from flake8_paramcount.interpreter import catalogue
from flake8_paramcount.interpreter.classes import lineage
from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import Instance, Qualified, Value
from flake8_paramcount.keras import LAYERS

_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D")

# Layer classes that derive from another public one.
_BASES: dict[str, str] = {
    **dict.fromkeys(_RECURRENT, "RNN"),
    "AdditiveAttention": "Attention",
    "FlaxLayer": "JaxLayer",
    "ReversibleEmbedding": "Embedding",
    "SpatialDropout1D": "Dropout",
    "SpatialDropout2D": "Dropout",
    "SpatialDropout3D": "Dropout",
    "SpectralNormalization": "Wrapper",
    "TimeDistributed": "Wrapper",
}

_MODELS = {"Sequential": "sequential", "Functional": "functional"}


def is_keras_instance(run: Run, value: Value, path: str) -> bool | None:
    """Three-valued: `isinstance(value, <path>)` for a layer or model of the program."""
    if not path.startswith("keras."):
        return None
    name = path.rpartition(".")[2]
    if isinstance(value, Instance):
        answers = [
            _is_class(run, catalogue.class_name(base.path), name)
            for base in lineage(run, value.cls)
            if isinstance(base, Qualified)
        ]
        return True if True in answers else None if None in answers else False
    if isinstance(value, LayerObject):
        return _is_class(run, value.class_name, name)
    if isinstance(value, ModelObject):
        if value.kind == "application":
            return name in ("Layer", "Model", "Functional")
        return name in ("Layer", "Model") or value.kind == _MODELS.get(name)
    return None


def _is_class(run: Run, own: str | None, wanted: str) -> bool | None:
    if own is None:
        return None
    if wanted in ("Layer", own):
        return True
    spec, target = LAYERS.get(own), LAYERS.get(wanted)
    if wanted in ("Model", *_MODELS):
        return own in _MODELS and wanted == "Model" if own in ("Model", *_MODELS) else False
    if spec is None or target is None:
        return None if target is None else False
    if spec is target or _BASES.get(spec.name) == target.name:
        return True
    # Convolutions derived from each other before Keras 3.
    return None if run.generation < 3 and "Conv" in spec.name and "Conv" in target.name else False
