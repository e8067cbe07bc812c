"""The findings in an editor: a real language server runs flake8 over text that nobody has saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from queue import Queue
from typing import IO, Any

import pytest

ONLY_FLAKE8 = {"pycodestyle": False, "pyflakes": False, "mccabe": False, "flake8": True}
"""Which of the server's own linters are on: what it publishes is then from flake8."""

UNSAVED = """\
from keras import Sequential, layers

model = Sequential([layers.Embedding(1000, 64), layers.Dropout(50)])
"""

# What the disk holds is another text, which nobody may report on.
SAVED = UNSAVED.replace("Dropout(50)", "Dropout(0.5), layers.Dropout(7)")

# The columns of diagnostics count characters, not bytes: `ö` has two of these, `字` three.
FOREIGN = """\
from keras import Sequential, layers

größe = 64; 字 = "größer, größer"; schön = Sequential([layers.Dropout(50)])  # so schön: 字
"""


class Editor:
    """The editor's side of the protocol, over the server's standard streams."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._out: IO[bytes] = process.stdin
        self._published: Queue[Any] = Queue()
        self._version = 0
        reader = threading.Thread(target=self._read, args=(process.stdout,), daemon=True)
        reader.start()
        capabilities: dict[str, Any] = {}
        self.send(
            "initialize", id=1, processId=None, rootUri=root.as_uri(), capabilities=capabilities
        )
        self.send("initialized")
        plugins = {name: {"enabled": on} for name, on in ONLY_FLAKE8.items()}
        self.send("workspace/didChangeConfiguration", settings={"pylsp": {"plugins": plugins}})

    def send(self, method: str, *, id: int | None = None, **params: Any) -> None:
        """A notification, or with an id a request."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if id is None else {**message, "id": id}).encode()
        self._out.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._out.flush()

    def _read(self, stream: IO[bytes]) -> None:
        while header := stream.readline():
            name, _, length = header.partition(b":")
            if name.lower() != b"content-length":
                continue
            while stream.readline().strip():
                pass
            message = json.loads(stream.read(int(length)))
            if message.get("method") == "textDocument/publishDiagnostics":
                self._published.put(message["params"])

    def open(self, path: Path, text: str) -> None:
        document = {"uri": path.as_uri(), "languageId": "python", "version": 0, "text": text}
        self.send("textDocument/didOpen", textDocument=document)

    def change(self, path: Path, text: str) -> None:
        self._version += 1
        document = {"uri": path.as_uri(), "version": self._version}
        self.send("textDocument/didChange", textDocument=document, contentChanges=[{"text": text}])

    def close(self) -> None:
        self.send("shutdown", id=2)
        self.send("exit")

    def shown(self, path: Path, wanted: Callable[[list[Any]], bool] = lambda found: True) -> Any:
        """The next diagnostics of a file that are `wanted`."""
        while True:
            params = self._published.get(timeout=60)
            if params["uri"] == path.as_uri() and wanted(params["diagnostics"]):
                return params["diagnostics"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    (root / ".flake8").write_text("[flake8]\nselect = KPC1,KPC3\nparamcount-budget = 10k\n")
    return root


@pytest.fixture(scope="module")
def editor(root: Path) -> Iterator[Editor]:
    # The server runs the flake8 that stands first on the path.
    path = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", "")))
    server = subprocess.Popen(
        [sys.executable, "-m", "pylsp"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PATH": path, "PARAMCOUNT_RERAISE": "1"},
    )
    try:
        editor = Editor(server, root)
        yield editor
        with suppress(BrokenPipeError):
            editor.close()
        server.wait(timeout=30)
    finally:
        server.kill()


def places(diagnostics: Any, text: str) -> list[tuple[str, str]]:
    """The code of each diagnostic, and the text that it stands at, to the end of its line."""
    lines = text.splitlines(keepends=True)
    found = []
    for each in diagnostics:
        start, end = each["range"]["start"], each["range"]["end"]
        assert start["line"] == end["line"]
        line = lines[start["line"]]
        assert end["character"] == len(line)
        found.append((each["code"], line[start["character"] :].rstrip()))
    return found


def test_a_buffer_that_differs_from_the_file(editor: Editor, root: Path) -> None:
    path = root / "model.py"
    path.write_text(SAVED)

    editor.open(path, UNSAVED)
    found = editor.shown(path)

    last = UNSAVED.splitlines()[-1]
    assert places(found, UNSAVED) == [
        ("KPC101", last[last.index("Sequential") :]),
        ("KPC301", "layers.Dropout(50)])"),
    ]
    assert "64,000 parameters, 54,000 more than its budget of 10,000" in found[0]["message"]

    editor.change(path, UNSAVED.replace("1000", "100"))
    assert places(editor.shown(path), UNSAVED.replace("1000", "100")) == [
        ("KPC301", "layers.Dropout(50)])")
    ]

    editor.change(path, "model = (")
    assert editor.shown(path, lambda found: not found) == []

    editor.change(path, UNSAVED)
    assert len(editor.shown(path)) == 2


def test_a_buffer_without_a_file(editor: Editor, root: Path) -> None:
    path = root / "unsaved.py"

    editor.open(path, FOREIGN)

    assert places(editor.shown(path), FOREIGN) == [
        ("KPC301", "layers.Dropout(50)])  # so schön: 字"),
    ]
