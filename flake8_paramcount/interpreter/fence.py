"""What becomes of a part of the analysis that cannot be finished: a reason, never an exception."""

from __future__ import annotations

import os

from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.keras.layer import Fault

# What is raised where the analysed program raises, or has something that is not followed.
FAILURES = (ArithmeticError, Fault, LookupError, TypeError, ValueError)


def why_lost(error: Exception) -> str:
    """Why the part that raised this is lost; our own tests see an internal error itself."""
    if isinstance(error, (OutOfFuel, RecursionError, MemoryError)):
        return "it takes too long to follow"
    if os.environ.get("PARAMCOUNT_RERAISE"):
        raise error
    return "it cannot be followed"
