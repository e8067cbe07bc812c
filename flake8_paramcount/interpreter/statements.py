"""Statements: one executor for each kind."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from flake8_paramcount.interpreter import operators
from flake8_paramcount.interpreter.assignment import assign, delete
from flake8_paramcount.interpreter.branching import branch
from flake8_paramcount.interpreter.containers import iterate
from flake8_paramcount.interpreter.continuations import (
    NEXT,
    Continuation,
    Frame,
    Rest,
    Signal,
    Step,
)
from flake8_paramcount.interpreter.errors import raised_value
from flake8_paramcount.interpreter.execution import Block, body_of, execute, executes, header
from flake8_paramcount.interpreter.generators import Give, Receive, yield_from_statement
from flake8_paramcount.interpreter.handling import Enter, Finally, Tried, being_handled
from flake8_paramcount.interpreter.loops import Drawing, Rounds, WhileLoop, pace
from flake8_paramcount.interpreter.names import dotted, import_from, import_names, store
from flake8_paramcount.interpreter.possible import change_any
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    Condition,
    ErrorObject,
    Instance,
    IteratorObject,
    ListObject,
    NeedSplit,
    Value,
)
from flake8_paramcount.unknown import Undetermined, Unknown


@executes(cst.SimpleStatementLine, cst.SimpleStatementSuite)
def simple_line(run: Run, node: cst.SimpleStatementLine, rest: Continuation) -> Step:
    if len(node.body) == 1:
        return execute(run, node.body[0], rest)
    return NEXT, Rest(Block(node.body), rest)


@executes(cst.Expr)
def expression(run: Run, node: cst.Expr, rest: Continuation) -> Step:
    if isinstance(node.value, cst.Yield):
        return yield_from_statement(run, node.value, Receive(()), rest)
    if not isinstance(node.value, cst.SimpleString | cst.ConcatenatedString):
        run.evaluate(node.value)
    return NEXT, rest


@executes(cst.Assign)
def assignment(run: Run, node: cst.Assign, rest: Continuation) -> Step:
    if isinstance(node.value, cst.Yield):
        targets = [target.target for target in node.targets]
        return yield_from_statement(run, node.value, Receive(targets), rest)
    value = run.evaluate(node.value)
    for target in node.targets:
        assign(run, target.target, value)
    return NEXT, rest


@executes(cst.AnnAssign)
def annotated_assignment(run: Run, node: cst.AnnAssign, rest: Continuation) -> Step:
    if isinstance(node.value, cst.Yield):
        return yield_from_statement(run, node.value, Receive((node.target,)), rest)
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value))
    _annotate(run, node)
    return NEXT, rest


def _annotate(run: Run, node: cst.AnnAssign) -> None:
    """Note the fields of a class body in their order: a dataclass takes them as parameters."""
    if run.scope.kind != "class" or not isinstance(node.target, cst.Name):
        return
    annotation = node.annotation.annotation
    if isinstance(annotation, cst.Subscript):
        annotation = annotation.value
    kind = dotted(annotation).rpartition(".")[2]
    if kind == "ClassVar":
        return
    key = "__once__" if kind == "InitVar" else None
    for note in ("__annotations__", key):
        if note is not None:
            found = run.scope.state.get(note, ())
            run.scope.state[note] = (*found, node.target.value)


@executes(cst.AugAssign)
def augmented_assignment(run: Run, node: cst.AugAssign, rest: Continuation) -> Step:
    target = run.evaluate(node.target)
    value = run.evaluate(node.value)
    kind = type(node.operator)
    if isinstance(target, Unknown):
        change_any(run, target, lambda each: operators.augmented(run, kind, each, value, node))
    assign(run, node.target, operators.augmented(run, kind, target, value, node))
    return NEXT, rest


@executes(cst.Return)
def return_statement(run: Run, node: cst.Return, rest: Continuation) -> Step:
    if isinstance(node.value, cst.Yield):
        return yield_from_statement(run, node.value, Give(), rest)
    return Signal("return", run.evaluate(node.value) if node.value is not None else None), rest


@executes(cst.Break)
def break_statement(run: Run, node: cst.Break, rest: Continuation) -> Step:
    return Signal("break"), rest


@executes(cst.Continue)
def continue_statement(run: Run, node: cst.Continue, rest: Continuation) -> Step:
    return Signal("continue"), rest


@executes(cst.Raise)
def raise_statement(run: Run, node: cst.Raise, rest: Continuation) -> Step:
    if node.exc is None:
        return Signal("raise", being_handled(rest)), rest
    error = raised_value(run, run.evaluate(node.exc), run.site(node))
    if node.cause is not None and isinstance(error, ErrorObject):
        run.journal.write(error)[("attribute", "__cause__")] = run.evaluate(node.cause.item)
    return Signal("raise", error), rest


@executes(cst.Assert)
def assert_statement(run: Run, node: cst.Assert, rest: Continuation) -> Step:
    test = run.evaluate(node.test)
    if run.guarded and not isinstance(test, Unknown) and not run.truth(test):
        args = () if node.msg is None else (run.evaluate(node.msg),)
        run.fails(AssertionError, *args)
    return NEXT, rest


@executes(cst.Del)
def del_statement(run: Run, node: cst.Del, rest: Continuation) -> Step:
    delete(run, node.target)
    return NEXT, rest


@executes(cst.Global, cst.Nonlocal)
def declaration(run: Run, node: cst.Global | cst.Nonlocal, rest: Continuation) -> Step:
    kind = "global" if isinstance(node, cst.Global) else "nonlocal"
    for item in node.names:
        run.scope.globals[item.name.value] = kind
    return NEXT, rest


@executes(cst.Import)
def import_statement(run: Run, node: cst.Import, rest: Continuation) -> Step:
    import_names(run, node)
    return NEXT, rest


@executes(cst.ImportFrom)
def import_from_statement(run: Run, node: cst.ImportFrom, rest: Continuation) -> Step:
    import_from(run, node)
    return NEXT, rest


@executes(cst.FunctionDef)
def function_definition(run: Run, node: cst.FunctionDef, rest: Continuation) -> Step:
    from flake8_paramcount.interpreter.decorators import decorated_function

    store(run, node.name.value, decorated_function(run, node))
    return NEXT, rest


@executes(cst.ClassDef)
def class_definition(run: Run, node: cst.ClassDef, rest: Continuation) -> Step:
    from flake8_paramcount.interpreter.classes import make_class

    store(run, node.name.value, make_class(run, node))
    return NEXT, rest


@executes(cst.If)
def if_statement(run: Run, node: cst.If, rest: Continuation) -> Step:
    test = header(run, node.test)
    try:
        holds = run.truth(test)
    except NeedSplit as need:
        return _branch_if(run, node, test, need.condition, rest)
    return NEXT, _branch_body(node, holds, rest)


def _branch_if(
    run: Run, node: cst.If, test: Value, condition: Condition, rest: Continuation
) -> Step:
    """Both ways of an undecided `if`: the test is not evaluated again."""

    def way(behind: Continuation) -> Continuation:
        return Rest(Decided(node, test), behind)

    return branch(run, condition, way, way, rest)


class Decided(Frame):
    """An `if` whose test has been evaluated, to be gone on with under new facts."""

    __slots__ = ("node", "test")

    def __init__(self, node: cst.If, test: Value) -> None:
        self.node = node
        self.test = test

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        run.statement = self.node
        try:
            holds = run.truth(self.test)
        except NeedSplit as need:
            return _branch_if(run, self.node, self.test, need.condition, behind)
        return NEXT, _branch_body(self.node, holds, behind)


def _branch_body(node: cst.If, holds: bool, behind: Continuation) -> Continuation:
    # `_body` of an `if` is the statement itself where it stands for an `elif`.
    return Rest(Block(node.body.body), behind) if holds else body_of(node.orelse, behind)


@executes(cst.With)
def with_statement(run: Run, node: cst.With, rest: Continuation) -> Step:
    return NEXT, Rest(Enter(node), rest)


@executes(cst.Try, cst.TryStar)
def try_statement(run: Run, node: cst.Try | cst.TryStar, rest: Continuation) -> Step:
    if node.finalbody is not None:
        rest = Rest(Finally(Block(node.finalbody.body.body)), rest)
    return NEXT, Rest(Tried(node), rest)


@executes(cst.For)
def for_statement(run: Run, node: cst.For, rest: Continuation) -> Step:
    iterable = header(run, node.iter)
    source = run.journal.resolve(iterable)
    if isinstance(source, IteratorObject | Instance):
        return NEXT, Rest(Drawing(node, source, pace(run)), rest)
    items = run.attempt(lambda: tuple(iterate(run, iterable)))
    return NEXT, Rest(Rounds(node, items, source if type(source) is ListObject else None), rest)


@executes(cst.While)
def while_statement(run: Run, node: cst.While, rest: Continuation) -> Step:
    return NEXT, Rest(WhileLoop(node, pace(run)), rest)


@executes(cst.Match)
def match_statement(run: Run, node: cst.Match, rest: Continuation) -> Step:
    return NEXT, Rest(Cases(node, header(run, node.subject)), rest)


class Cases(Frame):
    """A `match` whose subject has been evaluated."""

    __slots__ = ("cases", "memory", "node", "subject")

    def __init__(self, node: cst.Match, subject: Value) -> None:
        self.node = node
        self.subject = subject
        self.cases: Sequence[cst.MatchCase] = node.cases
        self.memory: dict[object, Value] = {}

    def resume(self, run: Run, signal: Signal, behind: Continuation) -> Step:
        from flake8_paramcount.interpreter.matching import takes

        run.statement = self.node
        for index, case in enumerate(self.cases):
            try:
                with run.repeatable(self.memory):
                    taken = takes(run, self.subject, case)
            except NeedSplit as need:
                return branch(run, need.condition, self._again, self._again, behind)
            except Undetermined as stop:
                return self._either(run, index, stop.unknown, behind)
            if taken:
                return NEXT, Rest(Block(case.body.body), behind)
        return NEXT, behind

    def _again(self, behind: Continuation) -> Continuation:
        return Rest(self, behind)

    def _either(self, run: Run, index: int, why: Unknown, behind: Continuation) -> Step:
        """A case that may be taken or not: both ways are gone, with what it captures unknown."""
        from flake8_paramcount.interpreter.matching import captures

        case = self.cases[index]
        for name in captures(case.pattern):
            run.journal.write(run.scope)[name] = Unknown(why.reason, name, why.site)
        others = Cases(self.node, self.subject)
        others.cases = self.cases[index + 1 :]
        text = run.text(case.pattern)
        condition = Condition(lambda: f"case {text()}", run.site(self.node))

        def then(behind: Continuation) -> Continuation:
            return Rest(Block(case.body.body), behind)

        def otherwise(behind: Continuation) -> Continuation:
            return Rest(others, behind)

        return branch(run, condition, then, otherwise, behind)
