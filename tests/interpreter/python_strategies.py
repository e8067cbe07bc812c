"""Programs of plain Python that hypothesis writes: many statements, aliases and ways to leave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

PRELUDE = """\
import itertools
from collections import defaultdict
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial, reduce
log = []
class Err(Exception):
    def __init__(self, n=0):
        super().__init__(n)
        self.n = n
class Manager:
    def __init__(self, swallow):
        self.swallow = swallow
    def __enter__(self):
        log.append("in")
        return self
    def __exit__(self, kind, error, trace):
        log.append(kind is None)
        return self.swallow
@contextmanager
def managed(n):
    log.append(n)
    try:
        yield n + 1
    finally:
        log.append(-n)
def count(n):
    for i in range(n):
        log.append(i)
        yield i * 2
    return n
def naturals():
    n = 0
    while True:
        yield n
        n += 1
@dataclass
class Point:
    x: int = 1
    y: int = 2
    more: list = field(default_factory=list)
    @property
    def total(self):
        return self.x + self.y
class Base:
    shared = []
    def __init__(self, n):
        self.n = n
    def up(self, k=1):
        self.n += k
        return self.n
    def __add__(self, other):
        return Base(self.n + (other.n if isinstance(other, Base) else other))
    def __eq__(self, other):
        return isinstance(other, Base) and self.n == other.n
    def __iter__(self):
        return iter([self.n, 1])
class Sub(Base):
    def up(self, k=2):
        self.shared.append(k)
        return super().up(k) * 2
"""


class Writer:
    """Writes one program, asking hypothesis wherever there is a choice."""

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.names: dict[str, list[str]] = {
            "int": ["a", "b"],
            "list": ["xs", "ys"],
            "dict": ["d"],
            "str": ["s"],
            "object": ["o"],
            "call": ["f"],
        }
        self.fresh = 0
        self.inside = 0
        self.loops = 0

    # Choices

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def small(self, low: int = 0, high: int = 5) -> int:
        return int(self.draw(st.integers(low, high)))

    def name(self, kind: str) -> str:
        return str(self.pick(self.names[kind]))

    def new(self, stem: str) -> str:
        self.fresh += 1
        return f"{stem}{self.fresh}"

    # Expressions

    def int(self, depth: int = 2) -> str:
        form = self.pick(_INTS[: None if depth else 3])
        return str(form(self, depth - 1))

    def list(self, depth: int = 2) -> str:
        return str(self.pick(_LISTS[: None if depth else 2])(self, depth - 1))

    def test(self) -> str:
        return str(self.pick(_TESTS)(self))

    # Statements

    def line(self, text: str) -> None:
        self.lines.append("    " * self.inside + text)

    def block(self, size: int) -> None:
        self.inside += 1
        before = len(self.lines)
        if self.inside < 4:
            for _ in range(size):
                self.statement()
        if len(self.lines) == before:
            self.line("pass")
        self.inside -= 1

    def statement(self) -> None:
        kind = self.pick(_STATEMENTS)
        kind(self)


Form = Callable[[Writer, int], str]

_INTS: list[Form] = [
    lambda w, d: str(w.small(-3, 9)),
    lambda w, d: w.name("int"),
    lambda w, d: f"len({w.name('list')})",
    lambda w, d: f"({w.int(d)} {w.pick('+ - * // % & | ^'.split())} {w.int(d)})",
    lambda w, d: f"({w.int(d)} if {w.test()} else {w.int(d)})",
    lambda w, d: f"{w.name('list')}[{w.small(-2, 3)}]",
    lambda w, d: f"{w.name('dict')}[{w.small(0, 3)}]",
    lambda w, d: f"{w.name('dict')}.get({w.int(d)}, {w.int(d)})",
    lambda w, d: f"max({w.int(d)}, {w.int(d)})",
    lambda w, d: f"sum({w.list(d)})",
    lambda w, d: f"{w.name('object')}.n",
    lambda w, d: f"{w.name('object')}.up({w.int(d)})",
    lambda w, d: f"{w.name('call')}({w.int(d)})",
    lambda w, d: f"(lambda v, k={w.int(d)}: v + k)({w.int(d)})",
    lambda w, d: f"next(iter({w.list(d)}), {w.int(d)})",
    lambda w, d: f"reduce(lambda p, q: p * 2 + q, {w.list(d)}, {w.small()})",
    lambda w, d: f"{w.name('list')}.pop({w.pick(['', '0'])})",
    lambda w, d: f"int({w.pick(['3', 'x', '-7'])!r})",
    lambda w, d: f"({w.new('w')} := {w.int(d)})",
    lambda w, d: f"Point({w.int(d)}).total",
    lambda w, d: f"abs({w.int(d)}) + round({w.int(d)} / 2)",
    lambda w, d: f"({w.int(d)} or {w.int(d)})",
    lambda w, d: f"({w.name('object')} + {w.int(d)}).n",
    lambda w, d: f"len(f'{{{w.name('int')}:>3}}' + {w.name('str')})",
    lambda w, d: f"divmod({w.int(d)}, {w.int(d)})[{w.small(0, 1)}]",
    lambda w, d: f"min([{w.int(d)}, {w.int(d)}], key=lambda v: -v)",
    lambda w, d: f"sorted({w.list(d)})[0]",
]

_LISTS: list[Form] = [
    lambda w, d: f"[{', '.join(w.int(0) for _ in range(w.small(0, 4)))}]",
    lambda w, d: w.name("list"),
    lambda w, d: f"{w.name('list')}[{w.pick(['1:', ':2', '::-1', '-2:', '::2', ':'])}]",
    lambda w, d: f"[i * {w.int(d)} for i in {w.list(d)} if i % 2 == {w.small(0, 1)}]",
    lambda w, d: f"list(count({w.small(0, 4)}))",
    lambda w, d: f"list(range({w.small(-1, 4)}))",
    lambda w, d: f"list(map(lambda v: v + {w.int(d)}, {w.list(d)}))",
    lambda w, d: f"list(filter(lambda v: v > {w.int(d)}, {w.list(d)}))",
    lambda w, d: f"[p + q for p, q in zip({w.list(d)}, {w.list(d)})]",
    lambda w, d: f"[*{w.list(d)}, *(i for i in {w.list(d)})]",
    lambda w, d: f"{w.list(d)} + {w.list(d)}",
    lambda w, d: f"sorted({w.list(d)}, reverse={w.test()})",
    lambda w, d: f"list(itertools.islice(naturals(), {w.small(0, 4)}))",
    lambda w, d: f"list(itertools.accumulate({w.list(d)}))",
    lambda w, d: f"list({w.name('object')})",
    lambda w, d: f"list({w.name('dict')})",
    lambda w, d: f"[i for i, _ in enumerate({w.list(d)}, {w.small(0, 2)})]",
    lambda w, d: f"{w.list(d)} * {w.small(0, 2)}",
    lambda w, d: f"list({w.name('dict')}.values())",
    lambda w, d: "Sub.shared",
    lambda w, d: f"[e for _ in range(2) for e in {w.list(d)}]",
]

_TESTS: list[Callable[[Writer], str]] = [
    lambda w: f"{w.int(0)} {w.pick(['<', '<=', '==', '!=', '>'])} {w.int(0)}",
    lambda w: f"{w.int(0)} < {w.int(0)} <= {w.int(0)}",
    lambda w: w.name("list"),
    lambda w: f"{w.int(0)} in {w.name('list')}",
    lambda w: f"not {w.name('dict')}",
    lambda w: f"{w.name('list')} is {w.name('list')}",
    lambda w: f"{w.name('object')} == {w.name('object')}",
    lambda w: f"isinstance({w.name('object')}, Sub)",
    lambda w: f"any(v > {w.small()} for v in {w.name('list')})",
    lambda w: f"{w.name('list')} == {w.name('list')}",
    lambda w: f"{w.int(0)} % 2 and {w.name('str')}",
]


def _assign(w: Writer) -> None:
    w.line(f"{w.name('int')} = {w.int()}")


def _augment(w: Writer) -> None:
    w.line(f"{w.name('int')} {w.pick(['+', '-', '*', '//'])}= {w.int()}")


def _make_list(w: Writer) -> None:
    w.line(f"{w.name('list')} = {w.list()}")


def _change_list(w: Writer) -> None:
    xs = w.name("list")
    forms = (
        f"{xs}.append({w.int()})",
        f"{xs}.extend({w.list()})",
        f"{xs} += {w.list()}",
        f"{xs}.insert({w.small(-1, 3)}, {w.int()})",
        f"{xs}[{w.small(-1, 2)}] = {w.int()}",
        f"{xs}[{w.small(0, 2)}:] = {w.list()}",
        f"{xs}.reverse()",
        f"{xs}.sort()",
        f"del {xs}[{w.small(0, 2)}:]",
        f"{xs}.remove({w.int(0)})",
        f"{xs}[:] = [v for v in {xs} if v]",
    )
    w.line(w.pick(forms))


def _change_dict(w: Writer) -> None:
    d = w.name("dict")
    forms = (
        f"{d}[{w.int()}] = {w.int()}",
        f"{d}.update({{{w.small()}: {w.int()}}})",
        f"{d}.setdefault({w.int()}, {w.int()})",
        f"{d}.pop({w.int()}, None)",
        f"{d} = {{k: v for k, v in {d}.items() if v != {w.int()}}}",
        f"{d} = {{**{d}, {w.small()}: {w.int()}}}",
        f"for {w.new('k')} in list({d}): {d}[{w.small()}] = {w.int(0)}",
    )
    w.line(w.pick(forms))


def _text(w: Writer) -> None:
    s = w.name("str")
    forms = (
        f"{s} = f'{{{w.name('int')}}}-{{{w.name('list')}}}'[:20]",
        f"{s} = '%d_%s' % ({w.int()}, 'x')",
        f"{s} = {s}[::-1].upper()",
        f"{s} = ','.join(str(v) for v in {w.name('list')})[:9]",
        f"{s} = '{{:03d}}'.format(abs({w.int()}))",
    )
    w.line(w.pick(forms))


def _unpack(w: Writer) -> None:
    forms = (
        f"{w.name('int')}, {w.name('int')} = {w.int()}, {w.int()}",
        f"{w.name('int')}, *{w.name('list')} = {w.list()}",
        f"{w.name('list')} = {w.name('list')} = {w.list()}",
        "a, b = b, a",
        "xs, ys = ys, xs",
    )
    w.line(w.pick(forms))


def _object(w: Writer) -> None:
    o = w.name("object")
    forms = (
        f"{o} = {w.pick(['Base', 'Sub'])}({w.int()})",
        f"{o}.n = {w.int()}",
        f"{o} += {w.int()}",
        f"log.append({o}.up())",
        f"{o}.extra = {w.list()}",
        f"{w.name('list')} = getattr({o}, 'extra', [0])",
        f"Base.n = {w.int()}",
    )
    w.line(w.pick(forms))


def _if(w: Writer) -> None:
    w.line(f"if {w.test()}:")
    w.block(2)
    if w.small(0, 1):
        w.line(f"elif {w.test()}:")
        w.block(1)
    if w.small(0, 1):
        w.line("else:")
        w.block(2)


def _for(w: Writer) -> None:
    target = w.new("i")
    source = w.pick(
        (
            f"range({w.small(0, 4)})",
            f"{w.list()}[:4]",
            f"count({w.small(0, 3)})",
            f"map(lambda v: v * {w.small()}, {w.name('list')}[:3])",
            f"(v + 1 for v in {w.name('list')}[:3])",
            "naturals()",
        )
    )
    w.line(f"for {target} in {source}:")
    w.names["int"].append(target)
    if source == "naturals()":
        w.line(f"    if {target} > {w.small(0, 3)}: break")
    w.loops += 1
    w.block(2)
    w.loops -= 1
    w.names["int"].remove(target)
    if w.small(0, 2) == 0:
        w.line("else:")
        w.block(1)


def _while(w: Writer) -> None:
    n = w.new("n")
    w.line(f"{n} = 0")
    w.line(f"while {n} < {w.small(0, 3)}:")
    w.line(f"    {n} += 1")
    w.loops += 1
    w.block(2)
    w.loops -= 1


def _leave(w: Writer) -> None:
    if w.loops:
        w.line(f"if {w.test()}: {w.pick(['break', 'continue'])}")


def _try(w: Writer) -> None:
    w.line("try:")
    w.block(2)
    raised = w.pick(
        ("pass", f"raise Err({w.int(0)})", "1 // 0", "[][0]", f"raise ValueError({w.int(0)})")
    )
    w.line(f"    {raised}")
    w.line(f"except {w.pick(['Err', 'ValueError', '(Err, LookupError)'])} as e:")
    w.line("    log.append(e.args)")
    w.block(1)
    if w.small(0, 1):
        w.line("except Exception as e:")
        w.line("    log.append(type(e).__name__)")
        w.block(1)
    if w.small(0, 1):
        w.line("else:")
        w.block(1)
    if w.small(0, 1):
        w.line("finally:")
        w.block(1)


def _with(w: Writer) -> None:
    manager = w.pick(
        (
            "Manager(True)",
            "Manager(False)",
            f"managed({w.int(0)})",
            "suppress(Err, ZeroDivisionError, IndexError, KeyError)",
        )
    )
    w.line(f"with {manager} as m:")
    w.block(2)
    if w.small(0, 2) == 0:
        w.line(f"    raise Err({w.int(0)})")


def _def(w: Writer) -> None:
    f = w.new("f")
    nonlocal_names = w.pick(("", "", "global a", "global xs"))
    w.line(f"def {f}(p, q={w.int(0)}, r=[]):")
    if nonlocal_names:
        w.line(f"    {nonlocal_names}")
    w.line("    r.append(p)")
    held, w.names["int"] = w.names["int"], ["p", "q", *(["a"] if "a" in nonlocal_names else [])]
    lists = w.names["list"]
    w.names["list"] = ["r", *(["xs"] if "xs" in nonlocal_names else [])]
    loops, w.loops = w.loops, 0
    calls = w.names["call"]
    w.names["call"] = ["abs"]
    w.line("    o, d, s = Base(p), {0: q}, 'in'")
    w.block(2)
    w.line(f"    return {w.int()}")
    w.names["int"], w.names["list"], w.loops, w.names["call"] = held, lists, loops, calls
    if w.inside == 0:
        w.names["call"].append(f)
    w.line(f"log.append({f}({w.int(0)}))")


def _generator(w: Writer) -> None:
    g = w.new("g")
    w.line(f"{g} = {w.pick(['count(3)', 'naturals()', 'map(abs, xs)', '(v * a for v in xs)'])}")
    w.line(f"{w.name('int')} = next({g}, 7)")
    w.statement()
    w.line(f"log.append(list(itertools.islice({g}, 2)))")


def _match(w: Writer) -> None:
    w.line(f"match {w.pick([w.int(), w.name('list'), w.name('object'), w.name('dict')])}:")
    w.line(f"    case {w.small()} | {w.small()}:")
    w.inside += 1
    w.block(1)
    w.inside -= 1
    for case in ("[first, *rest]", "Sub(n=k) if k > 1", "Base(n=k)", "{1: k, **rest}", "int(k)"):
        if w.small(0, 1):
            w.line(f"    case {case}:")
            w.line(f"        log.append({case!r})")
    w.line("    case _:")
    w.inside += 1
    w.block(1)
    w.inside -= 1


def _closures(w: Writer) -> None:
    k = w.new("h")
    w.line(f"{k} = [lambda z: z + {w.name('int')} for _ in range(2)]")
    w.statement()
    w.line(f"log.append([h({w.small()}) for h in {k}])")


def _delete(w: Writer) -> None:
    n = w.new("t")
    w.line(f"{n} = {w.int()}")
    w.line(f"if {w.test()}: del {n}")
    w.line("try:")
    w.line(f"    log.append({n})")
    w.line("except NameError:")
    w.line("    log.append('gone')")


_STATEMENTS: list[Callable[[Writer], None]] = [
    *(_assign, _assign, _augment, _make_list, _change_list, _change_list, _change_dict, _text),
    *(_unpack, _object, _object, _if, _for, _while, _leave, _try, _try, _with, _def, _generator),
    *(_match, _closures, _delete),
]


def write(draw: Callable[[Any], Any]) -> str:
    """A program of a few statements behind a prelude that all share."""
    writer = Writer(draw)
    writer.line("a, b, xs, ys, d, s, o = 2, 3, [1, 2], [4], {0: 5, 1: 6}, 'st', Base(3)")
    writer.line("f = partial(max, 2)")
    for _ in range(writer.small(2, 6)):
        writer.statement()
    return PRELUDE + "\n".join([*writer.lines, ""])


programs = st.composite(write)
