"""What every test relies on: the lightest Keras backend, and hypothesis without a clock."""

from __future__ import annotations

import os

from hypothesis import settings

os.environ.setdefault("KERAS_BACKEND", "numpy")

# A shared machine's pauses are no fault of the code, and a red run must be the same on each.
settings.register_profile("project", deadline=None, derandomize=True)
settings.load_profile("project")
