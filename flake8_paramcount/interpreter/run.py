"""The state of one evaluation, and the two operations that everything else is built from.

`attempt` performs an operation that may meet a value that is not known or not decided; `fork` runs
two ways of going on and joins them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import libcst as cst

from flake8_paramcount.dims import Poly, less
from flake8_paramcount.interpreter.fuel import Fuel
from flake8_paramcount.interpreter.generation import Dialect
from flake8_paramcount.interpreter.journal import MAX_FACTS, Delta, Journal
from flake8_paramcount.interpreter.mentions import Mentions
from flake8_paramcount.interpreter.positions import Sites
from flake8_paramcount.interpreter.values import (
    Arguments,
    Array,
    Choice,
    ClassObject,
    Condition,
    ErrorObject,
    Function,
    Instance,
    NeedSplit,
    Qualified,
    Ref,
    Scope,
    Value,
)
from flake8_paramcount.keras.declared import DeclaredSpec
from flake8_paramcount.keras.layer import Built, Fault, Shape
from flake8_paramcount.settings import Generation, canonical
from flake8_paramcount.unknown import Undetermined, Unknown

if TYPE_CHECKING:
    from flake8_paramcount.interpreter.hidden import Variable
    from flake8_paramcount.interpreter.imports import Project
    from flake8_paramcount.interpreter.models import LayerObject, ModelObject
    from flake8_paramcount.records import Claim

Evaluator = Callable[["Run", Any], Value]

EVALUATORS: dict[type[cst.CSTNode], Evaluator] = {}

# Deeper nesting of calls in the analysed program than this is not followed.
MAX_DEPTH = 40

# An operation that meets new conditions each time it is tried is given up after so many.
MAX_SPLITS = 3 * MAX_FACTS

# Steps that one way of a fork is worth, for what it takes to record and to join.
FORK_COST = 20

_CODE = cst.Module(body=())


def evaluates(*kinds: type[cst.CSTNode]) -> Callable[[Evaluator], Evaluator]:
    """Register the evaluator of one or more kinds of expression."""

    def register(function: Evaluator) -> Evaluator:
        EVALUATORS.update(dict.fromkeys(kinds, function))
        return function

    return register


class Raised(Exception):
    """The analysed program raises here, so this way of going on ends."""

    def __init__(self, error: Value = None) -> None:
        super().__init__()
        # The exception as a value of the program; None where it is not known.
        self.error = error


Following: TypeAlias = Literal["nothing", "symbols", "untraced", "data"]
"""What a `call` of the program's own class is followed on; Keras does not make an untraced one."""


class Run:
    """One evaluation of one module."""

    def __init__(self, module: cst.Module, sites: Sites, *, fuel: Fuel) -> None:
        self.module = module
        self.sites = sites
        self.fuel = fuel
        self.journal = Journal(fuel)
        self.globals = Scope("module", None)
        self.scope = self.globals
        self.statement: cst.CSTNode = module
        self.anchor = 0
        self.project: Project | None = None
        self.calls: tuple[tuple[int, tuple[int, ...]], ...] = ()
        self.rounds: tuple[int, ...] = ()
        self.whole = True
        self.uses_tuner = False
        # How often something has been called that is not followed, and so may have raised.
        self.strangers = 0
        self.loops = 0
        # Whether the program has made a class or a `Lambda`, which a layer may run.
        self.has_code = False
        # The parts of what `functools.partial` has made.
        self.partials: dict[int, dict[str, Value]] = {}
        # The flags that are declared, by the paths that they are read under.
        self.flags: dict[str, Value] = {}
        # What the file mentions at all, and which of its functions have a `yield`.
        self.mentions = Mentions()
        self.generators: dict[int, bool] = {}
        # The local names of functions, by their nodes.
        self.locals: dict[int, frozenset[str]] = {}
        self.functions: list[Function] = []
        self.called: set[int] = set()
        self.models: list[ModelObject] = []
        # Models of which something was frozen or thawed after they had been compiled.
        self.retrained: dict[ModelObject, None] = {}
        self.spellings: dict[str, cst.CSTNode] = {}
        self.imported: dict[str, Value] = {}
        self.bindings: dict[str, int] = {}
        self.unfinished: set[int] = set()
        # Whether a `try` is open around what is evaluated.
        self.guarded = False
        self.memory: dict[object, Value] | None = None
        self.following: Following = "nothing"
        # Whether the model that is being recorded has been called on data.
        self.fed = False
        self.inputs: dict[int, Shape] = {}
        self.lines: dict[ClassObject, list[Value]] = {}
        # What layers were built as in models that are put together already.
        self.built: dict[int, Built] = {}
        self.instances: dict[ClassObject, Value] = {}
        # What else is to be as it was when a model was made, by the identity of the model.
        self.views: dict[int, Delta] = {}
        self.assume: dict[str, int] = {}
        self.applied: set[object] = set()
        self.harmless: set[object] = set()
        self.variables: dict[int, Variable] = {}
        self.declared: Mapping[str, DeclaredSpec] = {}
        # What directives state of layers, the lines where there was one, and those layers that are
        # objects of unknown classes.
        self.claims: Mapping[int, Claim] = {}
        # All that directives state, by the line of the code.
        self.stated: Mapping[int, Mapping[str, Any]] = {}
        self.claimed: set[int] = set()
        self.passed: set[int] = set()
        self.strange: dict[Unknown, LayerObject] = {}
        self.counters: Ref = Ref({})
        # The flags that the program sets on single variables, by their identity.
        self.flagged: Ref = Ref({})
        self.session = Ref({"image_data_format": "channels_last", "dtype_policy": None})
        self.dialect = Dialect(3)
        self._conditions: dict[object, Condition] = {}
        self._either: Choice | None = None
        self._opposites: dict[Unknown, Value] = {}
        self.tests: dict[object, Unknown] = {}
        self.texts: dict[cst.CSTNode, str] = {}
        self.mentioned: dict[cst.CSTNode, tuple[list[str], list[str]]] = {}
        # What code does to objects, by its node.
        self.deeds: dict[object, Any] = {}

    @property
    def generation(self) -> Generation:
        """The generation of Keras that the file is written for."""
        return self.dialect.generation

    # Places and texts

    def site(self, node: cst.CSTNode) -> int:
        """The site of what is being evaluated; in another file, that of the call leading there."""
        if self.scope.module is not self.globals:
            return self.anchor
        return self.sites.of(node, self.statement)

    def text(self, node: cst.CSTNode) -> Callable[[], str]:
        """The source text of a node, made when somebody asks, and once."""
        return lambda: self.texts.get(node) or self._write(node)

    def _write(self, node: cst.CSTNode) -> str:
        text = self.texts[node] = _CODE.code_for_node(node)
        return text

    def unknown(self, reason: str, node: cst.CSTNode | None = None) -> Value:
        """A value that the source does not determine, named by its source text."""
        if node is None:
            return Unknown(reason, None, self.site(self.statement))
        value = self.assumed(self.text(node)()) if self.assume else None
        if value is not None:
            return value
        return Unknown(reason, self.text(node), self.site(node))

    def assumed(self, text: str | None) -> int | None:
        """The value that the settings state for a source text."""
        if not self.assume or text is None:
            return None
        return self.assume.get(canonical(text))

    def note(self, qualified: Qualified, node: cst.CSTNode) -> None:
        """Remember how the source spells an imported name."""
        self.spellings.setdefault(qualified.path, node)

    def outside(self, qualified: Qualified) -> Value:
        """The unknown value of an imported name: the same one each time."""
        found = self.imported.get(qualified.path)
        if found is None:
            node = self.spellings.get(qualified.path)
            reason = f"`{qualified.path}` is not part of this file"
            found = Unknown(reason, self.text(node) if node is not None else qualified.path)
            value = self.assumed(found.text)
            found = self.imported[qualified.path] = found if value is None else value
        return found

    def operand(self, value: Value) -> Value:
        """A value as an operand: an imported name stands for what it is worth, which is unknown."""
        value = self.journal.force(value)
        return self.outside(value) if isinstance(value, Qualified) else value

    def fails(self, error: type[BaseException], *args: Value) -> None:
        """The program raises here, whatever is not known of it: in a `try` that is followed."""
        if self.guarded and not self.journal.facts:
            raise Raised(ErrorObject(error, args))

    def refuses(self, error: type[BaseException]) -> None:
        """The program raises here, with a text that is not told."""
        if self.guarded:
            self.fails(error, self.unknown("the text of an exception"))

    # Evaluation

    def evaluate(self, node: cst.CSTNode) -> Value:
        """The value of an expression."""
        self.fuel.burn()
        evaluator = EVALUATORS.get(type(node))
        if evaluator is None:
            return self.unknown(f"{type(node).__name__} is not evaluated", node)
        return evaluator(self, node)

    def attempt(
        self, operation: Callable[[], Value], text: Callable[[], str] | None = None
    ) -> Value:
        """The result of an operation; unknown or a choice where an operand is.

        `text` is the operation's own source text: what it gives is not the operand.
        """
        made = len(self.models)
        try:
            return operation()
        except Undetermined as stop:
            why = stop.unknown
            return why if text is None else why.renamed(text)
        except Fault as fault:
            return Unknown(fault.message, text, self.site(self.statement))
        except NeedSplit as need:
            del self.models[made:]
            if len(self.journal.facts) > MAX_SPLITS:
                return Unknown("too many undecided conditions", text, need.condition.site)

            def again() -> Value:
                return self.attempt(operation, text)

            return self.fork(need.condition, again, again)

    def transact(
        self, operation: Callable[[], Value], text: Callable[[], str] | None = None
    ) -> Value:
        """`attempt` for an operation that evaluates further source: half-done, it is undone."""

        def undone() -> Value:
            with self.journal.speculation() as delta:
                value = operation()
            self.journal.apply(delta)
            return value

        with self.repeatable({} if self.memory is None else self.memory):
            return self.attempt(undone, text)

    @contextmanager
    def repeatable(self, memory: dict[object, Value]) -> Iterator[None]:
        """What is evaluated now may be evaluated again: each unknown call must give one unknown."""
        before, self.memory = self.memory, memory
        try:
            yield
        finally:
            self.memory = before

    def recalled(self, node: cst.CSTNode, value: Value) -> Value:
        """The unknown that an expression gave before, at the same point of the evaluation."""
        if self.memory is None or not isinstance(value, Unknown):
            return value
        return self.memory.setdefault((id(node), self.calls, self.rounds), value)

    def fork(
        self, condition: Condition, then: Callable[[], Value], otherwise: Callable[[], Value]
    ) -> Value:
        """The join of both ways to go on; a way that raises is not taken."""
        join = self.journal.joiner(condition)
        ours = self._one_way(condition, True, then)
        theirs = self._one_way(condition, False, otherwise)
        if ours is None and theirs is None:
            raise Raised
        if (ours is None or theirs is None) and self.guarded:
            raise Undetermined(self.unknown("it raises on one of two ways"))
        if ours is None or theirs is None:
            value, delta = ours or theirs  # type: ignore[misc]
            self.journal.apply(delta)
            return value
        self.journal.merge(ours[1], theirs[1], join)
        return join(ours[0], theirs[0])

    def _one_way(
        self, condition: Condition, holds: bool, way: Callable[[], Value]
    ) -> tuple[Value, Delta] | None:
        self.fuel.burn(FORK_COST)
        with self.journal.assuming(condition, holds), self.journal.speculation() as delta:
            try:
                value = way()
            except Raised:
                return None
        return value, delta

    # Truth

    def condition(
        self, key: object, text: Callable[[], str], subject: object = None, constant: Value = None
    ) -> Condition:
        """The condition of that key: the same object each time, so that equal tests agree."""
        found = self._conditions.get(key)
        if found is None:
            found = Condition(text, self.site(self.statement), subject, constant)
            self._conditions[key] = found
        return found

    def test(self, unknown: Unknown) -> tuple[Condition, bool]:
        """The condition that the truth of an unknown stands for, and whether as it is."""
        base = self._opposites.get(unknown)
        if base is not None:
            condition, holds = self.test(base)
            return condition, not holds
        found = self._conditions.get(unknown)
        if found is None:
            found = Condition(lambda: unknown.text or unknown.reason, unknown.site)
            self._conditions[unknown] = found
        return found, True

    @property
    def either(self) -> Choice:
        """A flag that may train or not, independent of all others.

        What trains is most when all of them do, and least when none does: that is all one must
        tell apart, and so they have one condition in common.
        """
        if self._either is None:
            condition = Condition(lambda: "what may train does", self.site(self.statement))
            self._either = Choice(condition, True, False)
        return self._either

    def opposite(self, unknown: Unknown) -> Unknown:
        """`not unknown`, with the connection kept."""
        base = self._opposites.get(unknown)
        if base is not None:
            return base  # type: ignore[no-any-return]
        result = unknown.derive("not", lambda: f"not {unknown.text}")
        self._opposites[result] = unknown
        return result

    def equality(self, unknown: Unknown, subject: object, constant: Value) -> None:
        """Note that an unknown is the test `subject == constant`."""
        self._conditions.setdefault(
            unknown,
            Condition(lambda: unknown.text or unknown.reason, unknown.site, subject, constant),
        )

    def truth(self, value: Value) -> bool:
        """The truth of a value. Raises `NeedSplit` where it is not decided."""
        value = self.operand(value)
        if isinstance(value, Unknown):
            condition, straight = self.test(value)
            holds = self.journal.decided(condition)
            if holds is None:
                raise NeedSplit(condition)
            return holds is straight
        if isinstance(value, Poly):
            self.fuel.walk(4 * len(value.terms))
            if less(0, value) or less(value, 0):
                return True
            key = ("truth", value)
            return self._decided(key, lambda: f"{value} is not 0")
        if isinstance(value, Ref):
            return self._truth_of_object(value)
        if isinstance(value, Array):
            raise Undetermined(self.unknown("the truth of an array"))
        if type(value).__name__ == "Tensor":
            # A tensor has no truth yet: a program that asks for it goes either way.
            return self._decided(("truth", value), lambda: "the truth of a tensor")
        try:
            return bool(value)
        except Exception as error:
            raise Undetermined(self.unknown(f"the truth of {type(value).__name__}")) from error

    def _decided(self, key: object, text: Callable[[], str]) -> bool:
        """Which way a test goes. Raises `NeedSplit` where it is not decided."""
        condition = self.condition(key, text)
        holds = self.journal.decided(condition)
        if holds is None:
            raise NeedSplit(condition)
        return holds

    def _truth_of_object(self, value: Ref) -> bool:
        from flake8_paramcount.interpreter.containers import is_container

        if is_container(value):
            return bool(self.journal.read(value))
        return self._truth_of_instance(value) if isinstance(value, Instance) else True

    def _truth_of_instance(self, value: Instance) -> bool:
        """An object of the program is true unless its class says otherwise."""
        from flake8_paramcount.interpreter.classes import foreign_bases, method_of, raises
        from flake8_paramcount.interpreter.functions import call_function

        for name in ("__bool__", "__len__"):
            own = method_of(self, value.cls, name)
            if own is not None:
                arguments = Arguments((value,), {}, value.site, str)
                return self.truth(call_function(self, own, arguments))
        bases = {path for path in foreign_bases(self, value.cls) if path.startswith("builtins.")}
        if bases - {"builtins.object"} and not raises(self, value.cls):
            raise Undetermined(self.unknown("the truth of an object of a class of Python's"))
        return True

    # Context

    @property
    def point(self) -> tuple[int, ...]:
        """What tells two executions at one site apart; all of another file has the same site."""
        if self.scope.module is self.globals:
            return self.rounds
        return (*self.rounds, id(self.statement))

    @contextmanager
    def inside(
        self, scope: Scope, *, site: int | None = None, statement: cst.CSTNode | None = None
    ) -> Iterator[None]:
        """Evaluate in another scope, as a call from `site` where one is given."""
        before = self.scope, self.calls, self.statement, self.anchor
        if site is not None:
            if self.scope.module is self.globals:
                self.anchor = site
            self.calls = (*self.calls, (site, self.point))
        self.scope = scope
        self.statement = statement or self.statement
        try:
            yield
        finally:
            self.scope, self.calls, self.statement, self.anchor = before

    @contextmanager
    def round(self, number: int) -> Iterator[None]:
        """Evaluate as round `number` of a loop, so that each round's models are told apart."""
        before = self.rounds
        self.rounds = (*before, number)
        try:
            yield
        finally:
            self.rounds = before
