"""Files read to be written again: encoding, byte order mark and line ends stay as they are."""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from flake8_paramcount.cli.files import Unreadable, file_bytes, shown

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
ENDS = "\r\n"


class Original(NamedTuple):
    """A file's text as Python reads it, and what it takes to write it back."""

    path: str
    text: str
    lines: list[str]
    encoding: str

    def encoded(self, text: str) -> bytes:
        """A new text in the file's own encoding and line ends. Raises `Unreadable`."""
        try:
            return "".join(self._with_ends(text)).encode(self.encoding)
        except UnicodeError as error:
            raise Unreadable(f"the fix cannot be written in {self.encoding}: {error}") from error

    def _with_ends(self, text: str) -> Iterator[str]:
        """The lines of a new text; those that are not new come as they were."""
        new, usual = _lines(text), self._usual_end()
        matcher = difflib.SequenceMatcher(None, _lines(self.text), new, autojunk=False)
        for kind, first, last, start, end in matcher.get_opcodes():
            if kind == "equal":
                yield from self.lines[first:last]
            else:
                yield from (line.replace("\n", usual) for line in new[start:end])

    def _usual_end(self) -> str:
        ends = Counter(line[len(line.rstrip(ENDS)) :] for line in self.lines)
        del ends[""]
        return ends.most_common(1)[0][0] if ends else "\n"


def _lines(text: str) -> list[str]:
    return LINE.findall(text)


def original(path: str) -> Original:
    """Read a file. Raises `Unreadable`."""
    data = file_bytes(path)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        whole = data.decode(encoding)
    except (SyntaxError, LookupError, UnicodeError) as error:
        raise Unreadable(f"cannot be decoded: {error}") from error
    text = whole.replace("\r\n", "\n").replace("\r", "\n")
    return Original(path, text, _lines(whole), encoding)


def rewrite(found: Original, text: str) -> None:
    """Write a new text into a file. Raises `Unreadable`."""
    data = found.encoded(text)
    try:
        with open(found.path, "wb") as stream:
            stream.write(data)
    except OSError as error:
        raise Unreadable(f"cannot be written: {error.strerror or error}") from error


def difference(found: Original, text: str) -> str:
    """What a new text changes, as a unified diff that `patch` and `git apply` take."""
    name = shown(found.path).replace("\\", "/").removeprefix("./")
    old = "".join(found.lines)
    new = found.encoded(text).decode(found.encoding)
    return "".join(_unified(_lines(old), _lines(new), name))


def _unified(old: list[str], new: list[str], name: str) -> Iterator[str]:
    for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
        yield line if line.endswith(tuple(ENDS)) else f"{line}\n\\ No newline at end of file\n"
