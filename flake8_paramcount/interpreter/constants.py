"""Names of libraries that stand for constants, and which names are a library's at all."""

from __future__ import annotations

import math
import string
from functools import cache

from flake8_paramcount.interpreter import natives
from flake8_paramcount.interpreter.values import Value

CONSTANTS: dict[str, Value] = {
    "math.pi": math.pi,
    "math.e": math.e,
    "math.tau": math.tau,
    "math.inf": math.inf,
    "math.nan": math.nan,
    "numpy.pi": math.pi,
    "numpy.e": math.e,
    "numpy.inf": math.inf,
    "numpy.nan": math.nan,
    "numpy.newaxis": None,
    "jax.numpy.newaxis": None,
    "tensorflow.newaxis": None,
    "typing.TYPE_CHECKING": False,
    "builtins.__debug__": True,
    "os.sep": "/",
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_uppercase": string.ascii_uppercase,
    "string.ascii_letters": string.ascii_letters,
    "string.digits": string.digits,
    "string.punctuation": string.punctuation,
}

# Libraries whose names are functions, classes and types, not numbers, beside those known here.
_OTHERS = frozenset({"jax", "pandas", "scipy", "tensorflow", "torch", "typing"})


@cache
def libraries() -> frozenset[str]:
    """The packages whose names are known to be no data of the program's own."""
    return _OTHERS | {path.partition(".")[0] for path in natives.FUNCTIONS}
