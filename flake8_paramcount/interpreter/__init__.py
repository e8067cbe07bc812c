"""Python source to models, read and never run."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flake8_paramcount.records import Model, Position, Site
from flake8_paramcount.settings import Settings

if TYPE_CHECKING:
    from flake8_paramcount.directives import Directives
    from flake8_paramcount.interpreter.run import Run

__all__ = ["Analysis", "analyze"]


class Analysis:
    """What one file builds. `error` says why there is nothing, if something went wrong."""

    def __init__(self, source: str, filename: str, error: str | None = None) -> None:
        self.source = source
        self.filename = filename
        self.error = error
        self.models: tuple[Model, ...] = ()
        self.directives: Directives = _directives(source)
        self._run: Run | None = None

    def locate(self, site: Site) -> Position:
        """Line and column of a site. This takes time: ask only for what is reported."""
        return self._run.sites.locate(site) if self._run is not None else Position(1, 0)

    @property
    def module(self) -> Any:
        """The LibCST module of the file, for whoever changes it."""
        return None if self._run is None else self._run.module

    def node(self, site: Site) -> Any:
        """The LibCST node of a site."""
        return None if self._run is None else self._run.sites.node(site)

    @property
    def idle(self) -> Mapping[int, Position]:
        """The directives that state something of a layer where there is none, by line of code."""
        run, claims = self._run, self.directives.claims
        if run is None or not claims:
            return {}
        reached = run.passed | (claims.keys() - run.sites.lines_of_calls())
        return {line: claims[line].position for line in claims if line in reached - run.claimed}

    def adopt(self, run: Run) -> None:
        """Take over the result of a run."""
        from flake8_paramcount.interpreter.export import export

        self._run = run
        models = export(run, self._stated(run))
        self.models = tuple(sorted(models, key=lambda model: self.locate(model.site)))

    def _stated(self, run: Run) -> Mapping[Site, Mapping[str, Any]]:
        """What directives say of each constructed model, by its site."""
        if "paramcount:" not in self.source:
            return {}
        sites = {model.site for model in run.models}
        return {site: self.directives.for_line(self.locate(site).line) for site in sites}


def _directives(source: str) -> Directives:
    from flake8_paramcount.directives import parse

    return parse(source)


def analyze(
    source: str,
    tree: ast.AST | None = None,
    settings: Settings | None = None,
    filename: str = "<string>",
) -> Analysis:
    """Evaluate a source text. Every input comes back; `Analysis.error` says what went wrong."""
    from flake8_paramcount.interpreter.guard import parse, too_deep

    parsed = tree if isinstance(tree, ast.Module) else parse(source)
    if isinstance(parsed, str):
        return Analysis(source, filename, parsed)
    if too_deep(parsed):
        return Analysis(source, filename, "it nests too deeply")
    analysis = Analysis(source, filename)
    run = _run(analysis, parsed, settings or Settings())
    if isinstance(run, str):
        analysis.error = run
    else:
        analysis.adopt(run)
    return analysis


def _run(analysis: Analysis, tree: ast.Module, settings: Settings) -> Run | str:
    import libcst

    from flake8_paramcount.interpreter.module import run_module
    from flake8_paramcount.interpreter.parsing import parse_module

    try:
        module = parse_module(analysis.source, tree)
    except (libcst.ParserSyntaxError, RecursionError, ValueError) as error:
        return f"LibCST cannot parse it: {str(error).splitlines()[0]}"
    name = analysis.filename
    path = None if name.startswith(("<", "-")) or name == "stdin" else name
    return run_module(analysis.source, tree, settings, module, path, analysis.directives)
