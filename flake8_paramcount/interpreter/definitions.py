"""What a module defines and imports, found without looking into its expressions."""

from __future__ import annotations

import libcst as cst

from flake8_paramcount.interpreter.names import canonical, dotted


class Definitions(cst.CSTVisitor):
    """Functions, classes and imports of a module, wherever they stand in it."""

    def __init__(self) -> None:
        super().__init__()
        self.functions: list[cst.FunctionDef] = []
        self.classes: list[cst.ClassDef] = []
        self.imports: set[str] = set()

    @property
    def uses_keras(self) -> bool:
        """Whether anything imported can lead to Keras."""
        roots = {name.lstrip(".").partition(".")[0] for name in map(canonical, self.imports)}
        return bool(roots & {"keras", "tensorflow"}) or any(
            name.startswith(".") or name for name in self.imports if "keras" in name
        )

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        self.functions.append(node)
        return True

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        self.classes.append(node)
        return True

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        return any(isinstance(part, cst.Import | cst.ImportFrom) for part in node.body)

    def visit_Import(self, node: cst.Import) -> bool:
        self.imports.update(dotted(alias.name) for alias in node.names)
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        module = "." * len(node.relative) + dotted(node.module)
        self.imports.add(module)
        if not isinstance(node.names, cst.ImportStar):
            self.imports.update(f"{module}.{dotted(alias.name)}" for alias in node.names)
        return False

    # Nothing is defined or imported inside these.

    def visit_Parameters(self, node: cst.Parameters) -> bool:
        return False

    def visit_Decorator(self, node: cst.Decorator) -> bool:
        return False

    def visit_Call(self, node: cst.Call) -> bool:
        return False

    def visit_Comparison(self, node: cst.Comparison) -> bool:
        return False


def definitions(module: cst.Module) -> Definitions:
    """What a module defines and imports."""
    found = Definitions()
    module.visit(found)
    return found
