"""Sources that try to crash, hang or fill the memory of whoever reads them, by what they do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

HEAD = """\
import keras
import numpy as np
from keras import Input, Model, Sequential, layers
from keras.layers import LSTM, Dense, Embedding, add, concatenate
"""

TAIL = """
last = Sequential([layers.Dense(3, input_shape=(4,))])
"""
"""A model behind the hostile statements, which must be as exact as if it stood alone."""


def read(name: str) -> dict[str, str]:
    """The sources of a text file beside this one, by their titles."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    _, *sections = re.split(r"^# === ", text, flags=re.MULTILINE)
    return dict(_section(section) for section in ("\n" + text for text in sections))


def _section(text: str) -> tuple[str, str]:
    title, _, body = text.strip("\n").partition("\n")
    return title, "\n".join(line for each in body.split("\n") for line in _lines(each)) + "\n"


def _lines(line: str) -> Iterator[str]:
    """A line; `@60 a\\nb` stands for sixty times its lines, `_I_` in them for the number."""
    repeated = re.match(r"@(\d+) (.*)", line)
    if repeated is None:
        yield line
        return
    for number in range(int(repeated[1])):
        yield from repeated[2].replace("_I_", str(number)).split(r"\n")


HOSTILE = read("hostile.txt")
