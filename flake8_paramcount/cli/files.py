"""Files as the command finds and reads them."""

from __future__ import annotations

import ast
import functools
import io
import logging
import os
import sys
import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from flake8 import defaults, utils

STDIN = "-"
VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


class Unreadable(Exception):
    """A file that cannot be read or parsed; the message says why in one line."""


class Source(NamedTuple):
    """The text of a file and its syntax tree."""

    text: str
    tree: ast.Module


def read(path: str) -> Source:
    """Read and parse a file. Raises `Unreadable`."""
    return parse(decode(file_bytes(path)))


def shown(path: str) -> str:
    """A path that can be printed, whatever bytes the file system gave."""
    return os.fsencode(path).decode("utf-8", "replace")


def decode(data: bytes) -> str:
    """The text of a source file: encoding as Python declares it, line ends as `\\n`."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return io.TextIOWrapper(io.BytesIO(data), encoding).read()
    except (SyntaxError, LookupError, UnicodeError) as error:
        raise Unreadable(f"cannot be decoded: {error}") from error


def parse(text: str) -> Source:
    """The tree of a text, as this Python parses it. Raises `Unreadable`.

    Comes before LibCST sees the text: what Python refuses for its depth could end the process.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Source(text, ast.parse(text))
    except SyntaxError as error:
        where = "" if error.lineno is None else f" (line {error.lineno})"
        raise Unreadable(f"{type(error).__name__}: {error.msg}{where}") from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error


def file_bytes(path: str) -> bytes:
    """What a file holds. Raises `Unreadable`."""
    try:
        if path == STDIN:
            return sys.stdin.buffer.read()
        with open(path, "rb") as stream:
            return stream.read()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise Unreadable(f"cannot be read: {reason}") from error


def expand(
    paths: Iterable[str],
    *,
    exclude: Iterable[str] = defaults.EXCLUDE,
    patterns: Iterable[str] = ("*.py",),
    stdin_name: str = "stdin",
) -> Iterator[str]:
    """The files that the paths stand for: a directory stands for the files in it, sorted."""
    excluded, wanted = _matcher(exclude), tuple(patterns)
    for path in paths:
        if excluded(stdin_name if path == STDIN else path):
            continue
        if os.path.isdir(path):
            yield from (file for file in _walk(path, excluded) if utils.fnmatch(file, wanted))
        else:
            yield path


def _walk(top: str, excluded: Callable[[str], bool]) -> Iterator[str]:
    for folder, folders, files in os.walk(top):
        inside = [os.path.join(folder, name) for name in sorted(folders)]
        own = [path for path in inside if not _is_foreign(path) and not excluded(path)]
        folders[:] = map(os.path.basename, own)
        paths = (os.path.join(folder, name) for name in sorted(files))
        yield from (path for path in paths if not excluded(path))


def _is_foreign(folder: str) -> bool:
    """Whether a directory is hidden, or a virtual environment: nobody's own source."""
    hidden = os.path.basename(folder).startswith(".")
    return hidden or os.path.exists(os.path.join(folder, VIRTUAL_ENVIRONMENT))


def _matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a path is one that flake8's `exclude` means."""
    return functools.partial(
        utils.matches_filename,
        patterns=list(patterns),
        log_message='"%(path)s" has %(whether)sbeen excluded',
        logger=logging.getLogger(__name__),
    )
