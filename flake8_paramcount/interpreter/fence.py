"""What becomes of a part of the analysis that cannot be finished: a reason, never an exception."""

from __future__ import annotations

import os

from flake8_paramcount.interpreter.fuel import OutOfFuel


def why_lost(error: Exception) -> str:
    """Why the part that raised this is lost; our own tests see an internal error itself."""
    if isinstance(error, (OutOfFuel, RecursionError, MemoryError)):
        return "it takes too long to follow"
    if os.environ.get("PARAMCOUNT_RERAISE"):
        raise error
    return "it cannot be followed"
