"""Names: scopes, imports, and what a name means that the file does not define."""

from __future__ import annotations

import builtins
import os
import sys

import libcst as cst

from flake8_paramcount.interpreter import catalogue, natives
from flake8_paramcount.interpreter.constants import CONSTANTS
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Choice,
    ClassObject,
    Deferred,
    Qualified,
    Scope,
    Value,
)
from flake8_paramcount.unknown import Unknown

_CONSTANTS = {"None": None, "True": True, "False": False}
_BUILTINS = frozenset(dir(builtins))

# Spellings of Keras' root, longest first: whatever follows is the same in all of them.
_ROOTS = (
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.python.keras.api",
    "tensorflow.python.keras",
    "tensorflow.contrib.keras.python.keras",
    "tensorflow.contrib.keras",
    "tensorflow.keras",
    "tf_keras.src",
    "tf_keras",
    "keras.api",
    "keras.src",
    "keras",
)


def canonical(path: str) -> str:
    """A dotted name with the root of Keras in its one canonical spelling."""
    for root in _ROOTS:
        if path == root or path.startswith(root + "."):
            return "keras" + path[len(root) :]
    return path


def spellings(path: str) -> list[str]:
    """The dotted names of which a canonical one may be made."""
    root, _, rest = path.partition(".")
    return [f"{spelled}.{rest}" for spelled in _ROOTS] if root == "keras" else []


def lookup(run: Run, node: cst.Name) -> Value:
    """The value of a name."""
    name = node.value
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    scope: Scope | None = run.scope
    inner = True
    while scope is not None:
        # A class body is no scope for the functions and comprehensions in it.
        if inner or scope.kind != "class":
            value = scope.state.get(name, MISSING)
            if type(value) is Choice:
                value = run.journal.resolve(value)
                if type(value) is Choice:
                    return _chosen(run, value, node)
            if type(value) is Deferred:
                return arrived(run, value)
            if value is not MISSING:
                return value
            if inner and _is_unbound(run, scope, name):
                run.refuses(UnboundLocalError)
                return run.unknown(f"`{name}` is not bound here", node)
            if scope.globals.get(name) == "global":
                scope, inner = scope.module, False
                continue
        inner = False
        scope = scope.parent
    return _undefined(run, node)


def _chosen(run: Run, value: Choice, node: cst.Name) -> Value:
    """A name that may be unbound on one side: a program that runs has not taken that side."""
    for side, other in ((value.then, value.otherwise), (value.otherwise, value.then)):
        if side is MISSING:
            return other if other is not MISSING else _undefined(run, node)
    return value


def _undefined(run: Run, node: cst.Name) -> Value:
    name = node.value
    for module in reversed(run.scope.module.stars):
        path = f"{module}.{name}"
        if path in CONSTANTS:
            return CONSTANTS[path]
        is_module = module == "keras" and name in catalogue.MODULES
        if is_module or path in natives.FUNCTIONS or catalogue.constructor(path) is not None:
            return Qualified(path)
    if name == "__name__":
        file = run.scope.module.file
        return "__main__" if file is None else os.path.splitext(os.path.basename(file))[0]
    if name in _BUILTINS:
        return Qualified(f"builtins.{name}")
    if name in run.scope.module.state or (name in _PYTHON_2 and not run.scope.module.stars):
        run.fails(NameError, f"name {name!r} is not defined")
    value = run.unknown(f"`{name}` is not defined in this file", node)
    if isinstance(value, Unknown):
        # The same unknown each time, so that `n` equals `n`.
        run.scope.module.state.setdefault(name, value)
    return value


def _is_unbound(run: Run, scope: Scope, name: str) -> bool:
    """Whether a name that is not bound in a function is its own, and so not looked up outside."""
    if scope.kind != "function":
        return False
    return name in scope.state or (run.guarded and name in local_names(run, scope))


def local_names(run: Run, scope: Scope) -> frozenset[str]:
    """The names that the body of a function binds, and so are its own from its beginning on."""
    from flake8_paramcount.interpreter.havoc import bound_in

    if not isinstance(scope.node, cst.FunctionDef):
        return frozenset()
    found = run.locals.get(id(scope.node))
    if found is None:
        found = run.locals[id(scope.node)] = frozenset(bound_in(scope.node.body))
    return found - scope.globals.keys()


# Names that are certainly not bound; any other may come from where the reader does not look.
_PYTHON_2 = frozenset("basestring cmp execfile file long raw_input unichr unicode xrange".split())


def mangled(run: Run, name: str) -> str:
    """The name of an attribute as it is in the class around: `__x` is `_Class__x`."""
    if not name.startswith("__") or name.endswith("__"):
        return name
    scope: Scope | None = run.scope
    while scope is not None:
        owner = scope.state.get("__class__") if scope.kind == "function" else None
        if isinstance(owner, ClassObject):
            return f"_{owner.name.lstrip('_')}{name}"
        if scope.kind == "class":
            return f"_{scope.globals['__qualname__'].rpartition('.')[2].lstrip('_')}{name}"
        scope = scope.parent
    return name


def unbind(run: Run, name: str) -> None:
    """`del name`, in the scope that it is bound in."""
    scope = _target(run, name)
    if scope.state.get(name, MISSING) is MISSING:
        run.fails(NameError, f"name {name!r} is not defined")
    run.journal.write(scope)[name] = MISSING


def store(run: Run, name: str, value: Value) -> None:
    """Bind a name in the current scope, or where `global` and `nonlocal` say."""
    scope = _target(run, name)
    run.journal.write(scope)[mangled(run, name) if scope.kind == "class" else name] = value


def _target(run: Run, name: str) -> Scope:
    """The scope that an assignment to a name changes."""
    scope = run.scope
    while scope.kind == "comprehension" and scope.parent is not None:
        scope = scope.parent
    declared = scope.globals.get(name)
    if declared == "global":
        scope = scope.module
    elif declared == "nonlocal":
        scope = _enclosing(scope, name)
    return scope


def bind(run: Run, name: str, value: Value) -> None:
    """Bind a name in the innermost scope: what a comprehension's target does."""
    run.journal.write(run.scope)[name] = value


def _enclosing(scope: Scope, name: str) -> Scope:
    outer = scope.parent
    while outer is not None and outer.kind != "module":
        if name in outer.state and outer.kind == "function":
            return outer
        outer = outer.parent
    return scope


def import_names(run: Run, node: cst.Import) -> None:
    """`import a.b as c, d.e`."""
    for alias in node.names:
        path = dotted(alias.name)
        if _import_sibling(run, path, alias):
            continue
        run.strangers += not _is_there(path)
        if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
            store(run, alias.asname.name.value, Qualified(canonical(path)))
        else:
            root = path.split(".")[0]
            store(run, root, Qualified(root))


# No project names a module of its own like these.
_EXTERNAL = frozenset(
    "keras tensorflow tf_keras numpy pandas sklearn scipy matplotlib os sys math random json re "
    "time itertools functools collections typing argparse pathlib logging datetime "
    "dataclasses".split()
)


def is_external(module: str) -> bool:
    """Whether a dotted name certainly leads out of the project."""
    return module.partition(".")[0] in _EXTERNAL


# A program that builds models has these; any other package may be missing where it runs.
_THERE = sys.stdlib_module_names | {"keras", "tensorflow", "tf_keras", "numpy"}


def _is_there(module: str) -> bool:
    """Whether an import of a module that is not of the project certainly finds it."""
    return module.partition(".")[0] in _THERE


def _import_sibling(run: Run, path: str, alias: cst.ImportAlias) -> bool:
    """`import a` or `import a.b as c` of a module of the project; whether it is one."""
    from flake8_paramcount.interpreter.imports import import_module

    if is_external(path):
        return False
    if alias.asname is None and "." in path:
        return False
    module = import_module(run, path)
    if module is None:
        return False
    target = alias.asname.name if alias.asname is not None else alias.name
    if isinstance(target, cst.Name):
        store(run, target.value, module)
    return True


def arrived(run: Run, value: Value) -> Value:
    """What a name stands for that is imported only when somebody asks for it."""
    from flake8_paramcount.interpreter.imports import imported

    if type(value) is not Deferred or run.project is None:
        return value
    known = run.project.arrived
    if value not in known:
        # Entered first as foreign: a cycle of imports ends here.
        known[value] = _foreign(value.module, value.name)
        with run.inside(value.scope, site=run.site(run.statement)):
            found = imported(run, value.module, value.name)
        known[value] = known[value] if found is MISSING else found
    return known[value]


def _foreign(module: str, name: str) -> Value:
    joined = module + name if module.endswith(".") else f"{module}.{name}"
    path = canonical(joined)
    return CONSTANTS.get(path, Qualified(path))


def import_from(run: Run, node: cst.ImportFrom, *, later: bool = False) -> None:
    """`from a import b as c`, `from a import *`; relative ones are files of the project.

    `later` leaves a file of the project unread until somebody asks for a name out of it.
    """
    module = dotted(node.module) if node.module is not None else ""
    module = "." * len(node.relative) + module
    from flake8_paramcount.interpreter.imports import import_star, imported

    foreign = not is_external(module)
    if isinstance(node.names, cst.ImportStar):
        if not foreign or not import_star(run, module):
            run.strangers += not _is_there(module)
            run.scope.module.stars.append(canonical(module))
            _hide(run, canonical(module))
        return
    for alias in node.names:
        name = dotted(alias.name)
        target = alias.asname.name if alias.asname is not None else alias.name
        if not isinstance(target, cst.Name):
            continue
        if foreign and later:
            store(run, target.value, Deferred(run.scope, module, name))
            continue
        value = imported(run, module, name) if foreign else MISSING
        run.strangers += value is MISSING and not _is_there(module)
        store(run, target.value, _foreign(module, name) if value is MISSING else value)


def _hide(run: Run, module: str) -> None:
    """Rebind the names that a star import brings and that were bound before."""
    for name, value in list(run.scope.state.items()):
        path = f"{module}.{name}"
        known = path in natives.FUNCTIONS or catalogue.constructor(path) is not None
        if known and value is not MISSING and not name.startswith("_"):
            run.journal.write(run.scope)[name] = Qualified(path)


def dotted(node: cst.BaseExpression | None) -> str:
    """The text of a dotted name."""
    if isinstance(node, cst.Attribute):
        return f"{dotted(node.value)}.{node.attr.value}"
    return node.value if isinstance(node, cst.Name) else ""
