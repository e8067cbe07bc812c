"""What was counted before: the JSON of `paramcount summary`, as far as growth is measured by it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from flake8_paramcount.settings import Baseline, Recorded

ALLOWED = "give a file that `paramcount summary --format json` has written"


def read(path: str) -> Baseline:
    """The baseline in a file. Raises `ValueError`, which says what is allowed."""
    return _read(os.path.abspath(path.strip()))


@lru_cache(maxsize=4)
def _read(path: str) -> Baseline:
    try:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        return Baseline(path, dict(_files(document)))
    except OSError as error:
        raise ValueError(f"{error.strerror or 'it cannot be read'}; {ALLOWED}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(ALLOWED) from None


def _files(document: Any) -> Iterator[tuple[str, tuple[Recorded, ...]]]:
    for file in document["files"]:
        yield os.path.normpath(str(file["path"])), tuple(map(_recorded, file["models"]))


def _recorded(model: Mapping[str, Any]) -> Recorded:
    """A model; of one that is not exact the proven upper bound is what it may have had."""
    total = model["total"] if model["total"] is not None else model["maximum"]
    if total is not None and (isinstance(total, bool) or not isinstance(total, int)):
        raise TypeError(total)
    return Recorded(model["name"], model["function"], total)


def recorded_in(baseline: Baseline, filename: str) -> tuple[Recorded, ...]:
    """The models that a file had; its path may be relative to the baseline or to where we run."""
    wanted = os.path.abspath(filename)
    folder = os.path.dirname(baseline.path)
    for path, models in baseline.files.items():
        if wanted in (os.path.abspath(path), os.path.normpath(os.path.join(folder, path))):
            return models
    return ()
