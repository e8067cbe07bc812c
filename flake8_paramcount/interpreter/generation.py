"""Which generation of Keras a file is written for, read off its imports and spellings.

The table names what only an older Keras understands; a file without any of it is read as Keras 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from flake8_paramcount.keras.applications import ONLY_KERAS_2
from flake8_paramcount.keras.generations import OLD_KEYWORDS, ONLY_KERAS_1, SUCCESSORS
from flake8_paramcount.settings import Generation

# Beside the layers and keywords that the catalogue knows to be older: what else no Keras 3 has.
KERAS_2_KEYWORDS = frozenset({"batch_input_shape"})
KERAS_2_NAMES = frozenset(
    "fit_generator predict_generator evaluate_generator predict_classes predict_proba "
    "np_utils".split()
)
KERAS_2_MODULES = (
    "tf_keras",
    "tensorflow.compat.v1",
    "tensorflow.contrib",
    "tensorflow.python.keras",
    "keras.engine",
    "keras.legacy",
    "keras.utils.np_utils",
    "keras.utils.vis_utils",
    "keras.wrappers.scikit_learn",
    "tensorflow.keras.wrappers.scikit_learn",
    "tensorflow.keras.layers.experimental",
    "keras.utils.training_utils",
    *(
        f"keras.layers.{part}"
        for part in (
            "advanced_activations convolutional convolutional_recurrent core cudnn_recurrent "
            "embeddings local merge noise normalization pooling recurrent wrappers".split()
        )
    ),
)


class Dialect(NamedTuple):
    """A generation, and whether the file leaves open which release of it."""

    generation: Generation
    standalone: bool = False
    """Keras 2 on its own, where `GRU(reset_after=)` changed its default between releases."""
    either: bool = False
    """TensorFlow's Keras, of which the file does not show whether it is 2 or 3."""
    why: str = "nothing in the file is older than Keras 3"


def dialect(
    stated: Generation | None,
    imports: Iterable[str],
    names: Iterable[str],
    keywords: Iterable[str],
) -> Dialect:
    """What a file is written for; what the settings state goes before all clues."""
    if stated is not None:
        return Dialect(stated, why="the setting `paramcount-keras`")
    imports, keywords = set(imports), frozenset(keywords)
    named = set(names) | {part for path in imports for part in path.split(".")}
    of_tensorflow = not any(path.partition(".")[0] == "keras" for path in imports) and any(
        path.startswith("tensorflow") for path in imports
    )
    for generation, clues in (
        # TensorFlow brought Keras 2 along from the start.
        (1, frozenset() if of_tensorflow else keywords & OLD_KEYWORDS),
        (1, named & ONLY_KERAS_1),
        (2, keywords & KERAS_2_KEYWORDS),
        (2, named & (KERAS_2_NAMES | SUCCESSORS.keys())),
        (2, named & ONLY_KERAS_2 if "applications" in named else set()),
        (2, {path for path in imports if _under(path)}),
    ):
        if clues:
            return _older(generation, imports, min(clues))
    return Dialect(3, either=of_tensorflow and "ops" not in named)


def _older(generation: int, imports: set[str], clue: str) -> Dialect:
    standalone = not any(path.startswith(("tensorflow", "tf_keras")) for path in imports)
    why = f"`{clue}` is Keras {generation}"
    return Dialect(1 if generation == 1 else 2, standalone, why=why)


def _under(path: str) -> bool:
    return any(path == module or path.startswith(module + ".") for module in KERAS_2_MODULES)
