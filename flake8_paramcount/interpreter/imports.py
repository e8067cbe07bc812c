"""Other files of the project: sibling modules and data files, read where an import points to them.

They are parsed and evaluated like the file itself, never executed. Nothing outside the project root
is read, and nothing past a bound in files and bytes; what is not read is unknown, as before.
"""

from __future__ import annotations

import json
import os
from typing import Any

import libcst as cst

from flake8_paramcount.interpreter import guard
from flake8_paramcount.interpreter.fuel import OutOfFuel
from flake8_paramcount.interpreter.names import arrived, canonical, import_from, spellings, store
from flake8_paramcount.interpreter.natives import function
from flake8_paramcount.interpreter.parsing import parse_module
from flake8_paramcount.interpreter.run import Raised, Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Arguments,
    Deferred,
    DictObject,
    FileObject,
    ListObject,
    ModuleObject,
    Qualified,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown

MAX_FILES = 20
MAX_BYTES = 400_000
MAX_NESTING = 4

# A directory that holds one of these is the root of a project.
_MARKERS = ("pyproject.toml", "setup.cfg", "setup.py", ".git")


class Project:
    """The files that an analysed file may lead to."""

    def __init__(self, filename: str) -> None:
        self.file = os.path.realpath(filename)
        self.package = _package(self.file)
        self.root = _root(self.file) or self.package
        self.bytes_left = MAX_BYTES
        self.modules: dict[str, ModuleObject | None] = {}
        self.arrived: dict[Deferred, Value] = {}
        self.nesting = 0

    def find(self, module: str, importer: str) -> str | None:
        """The file of a dotted module name, as a file of the project imports it."""
        if self.root is None:
            return None
        level = len(module) - len(module.lstrip("."))
        parts = [part for part in module[level:].split(".") if part]
        directory = os.path.dirname(importer)
        if level:
            for _ in range(level - 1):
                directory = os.path.dirname(directory)
            return self._file(directory, parts)
        bases = [directory, self.root, os.path.join(self.root, "src")]
        if self.package is not None:
            bases.append(os.path.dirname(self.package))
        for base in bases:
            found = self._file(base, parts) if parts else None
            if found is not None:
                return found
        return None

    def _file(self, base: str, parts: list[str]) -> str | None:
        path = os.path.join(base, *parts)
        for candidate in (path + ".py", os.path.join(path, "__init__.py")):
            if os.path.isfile(candidate) and self.holds(candidate):
                return os.path.realpath(candidate)
        return None

    def holds(self, path: str) -> bool:
        """Whether a path, links followed, lies inside the project root."""
        real = os.path.realpath(path)
        return self.root is not None and real.startswith(self.root + os.sep) and real != self.file

    def read(self, path: str) -> str | None:
        """The text of a file of the project, within the bounds."""
        try:
            if os.path.getsize(path) > self.bytes_left:
                return None
            with open(path, encoding="utf-8") as file:
                text = file.read(self.bytes_left)
        except (OSError, ValueError):
            return None
        self.bytes_left -= len(text)
        return text


def _root(file: str) -> str | None:
    """The nearest directory above a file that is certainly a project's root."""
    directory = os.path.dirname(file)
    while True:
        if any(os.path.exists(os.path.join(directory, marker)) for marker in _MARKERS):
            return directory
        above = os.path.dirname(directory)
        if above == directory:
            return None
        directory = above


def _package(file: str) -> str | None:
    """The directory of the outermost package that a file lies in, by its `__init__.py`."""
    found = None
    directory = os.path.dirname(file)
    while os.path.exists(os.path.join(directory, "__init__.py")):
        found, directory = directory, os.path.dirname(directory)
    return found


def import_module(run: Run, module: str) -> ModuleObject | None:
    """A module of the project, evaluated; None if there is none or it cannot be read."""
    project = run.project
    if project is None:
        return None
    importer = run.scope.module.file or project.file
    path = project.find(module, importer)
    if path is None:
        return None
    if path not in project.modules:
        if len(project.modules) >= MAX_FILES or project.nesting >= MAX_NESTING:
            return None
        # Entered first as missing: a cycle of imports ends here.
        project.modules[path] = None
        project.modules[path] = _evaluated(run, project, path)
    return project.modules[path]


def _evaluated(run: Run, project: Project, path: str) -> ModuleObject | None:
    source = project.read(path)
    tree = guard.parse(source) if source is not None else "unreadable"
    if source is None or isinstance(tree, str) or guard.too_deep(tree):
        return None
    try:
        module = parse_module(source, tree)
    except (cst.ParserSyntaxError, RecursionError, ValueError):
        return None
    scope = Scope("module", None)
    scope.file = path
    project.nesting += 1
    _execute(run, module, scope)
    project.nesting -= 1
    return ModuleObject(scope)


def _execute(run: Run, module: cst.Module, scope: Scope) -> None:
    """Run the statements of another module; the models that it builds are its own."""
    from flake8_paramcount.interpreter.execution import execute_alone

    made = len(run.models)
    site = run.site(run.statement)
    whole, run.whole = run.whole, True
    try:
        with run.fuel.half(), run.inside(scope, site=site):
            for statement in module.body:
                if _put_off(run, statement):
                    continue
                if execute_alone(run, statement).kind == "raise":
                    break
    except (OutOfFuel, Raised, RecursionError):
        pass
    finally:
        run.whole = whole
        del run.models[made:]


def _put_off(run: Run, statement: cst.CSTNode) -> bool:
    """Leave what a module imports from others until somebody asks for it, if it does nothing else.

    A package imports all that it has, and a program needs little of it.
    """
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    nodes = [node for node in statement.body if isinstance(node, cst.ImportFrom)]
    if len(nodes) < len(statement.body) or any(isinstance(n.names, cst.ImportStar) for n in nodes):
        return False
    for node in nodes:
        run.statement = statement
        import_from(run, node, later=True)
    return True


def imported(run: Run, module: str, name: str) -> Value:
    """What `from module import name` gives; MISSING if it is not of this project."""
    found = import_module(run, module)
    if found is not None:
        value = arrived(run, found.scope.state.get(name, MISSING))
        if value is not MISSING:
            return value
    joined = module + name if module.endswith(".") else f"{module}.{name}"
    inner = import_module(run, joined)
    return MISSING if inner is None else inner


def beside(run: Run, path: str) -> Value:
    """What a name of Keras is in the source beside this file, if the file is one of Keras' own."""
    project = run.project
    if project is None or project.package is None:
        return MISSING
    own = os.path.basename(project.package) + "."
    for spelling in spellings(path):
        module, _, name = spelling.rpartition(".")
        found = project.find(module, project.file) if spelling.startswith(own) else None
        if found is not None and os.path.dirname(found) == os.path.dirname(project.file):
            return imported(run, module, name)
    return MISSING


def import_star(run: Run, module: str) -> bool:
    """`from module import *` of a module of the project; whether it is one."""
    found = import_module(run, module)
    if found is None:
        return False
    public = _public(run, found.scope)
    for name in public:
        value = found.scope.state.get(name, MISSING)
        if value is not MISSING:
            store(run, name, value)
    run.scope.module.stars.extend(found.scope.stars)
    return True


def _public(run: Run, scope: Scope) -> list[str]:
    listed = scope.state.get("__all__")
    if isinstance(listed, ListObject) and isinstance(listed.state, list):
        return [name for name in listed.state if isinstance(name, str)]
    return [name for name in scope.state if isinstance(name, str) and not name.startswith("_")]


def module_attribute(run: Run, module: ModuleObject, name: str) -> Value:
    """`module.name`."""
    value = arrived(run, module.scope.state.get(name, MISSING))
    if value is not MISSING:
        return run.journal.force(value)
    return Qualified(canonical(f"{os.path.basename(module.scope.file or '')}.{name}"))


# Data files


@function("builtins.open", "io.open")
def open_file(run: Run, arguments: Arguments) -> Value:
    """`open("config.json")` with a literal path inside the project."""
    name = arguments.get(0, "file")
    project = run.project
    if isinstance(name, str) and project is not None:
        base = os.path.dirname(run.scope.module.file or project.file)
        for directory in (base, project.root or base):
            path = os.path.join(directory, name)
            if os.path.isfile(path) and project.holds(path):
                return FileObject(path)
    return Unknown("a file that is not read", arguments.text, arguments.site)


@function("json.load")
def load_json(run: Run, arguments: Arguments) -> Value:
    """The values of a JSON file of the project."""
    file = arguments.get(0, "fp")
    if not isinstance(file, FileObject):
        raise Undetermined(file if isinstance(file, Unknown) else Unknown("a file"))
    return _parsed(run, file, json.loads, arguments)


@function("tomllib.load", "toml.load", "tomli.load")
def load_toml(run: Run, arguments: Arguments) -> Value:
    """The values of a TOML file of the project, where this Python can read it."""
    file = arguments.get(0, "fp")
    if not isinstance(file, FileObject):
        raise Undetermined(file if isinstance(file, Unknown) else Unknown("a file"))
    try:
        import tomllib  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        return Unknown("this Python cannot read TOML", arguments.text, arguments.site)
    return _parsed(run, file, tomllib.loads, arguments)


def _parsed(run: Run, file: FileObject, parse: Any, arguments: Arguments) -> Value:
    text = run.project.read(file.path) if run.project is not None else None
    try:
        return as_value(parse(text or ""))
    except (ValueError, RecursionError):
        return Unknown(f"`{os.path.basename(file.path)}` cannot be read", arguments.text)


def as_value(data: Any) -> Value:
    """Data of a file as a value of the analysed program."""
    if isinstance(data, dict):
        return DictObject({key: as_value(value) for key, value in data.items()})
    if isinstance(data, list):
        return ListObject([as_value(item) for item in data])
    if data is None or isinstance(data, bool | int | float | str):
        return data
    return Unknown(f"a {type(data).__name__}")
