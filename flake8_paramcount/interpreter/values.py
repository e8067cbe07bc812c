"""The value domain: what an expression of the analysed program can evaluate to.

Python's own constants, tuples and ranges stand for themselves, a `Poly` for a symbolic integer and
an `Unknown` for everything that the source does not determine. The classes here are the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from flake8_paramcount.dims import Dim, Poly
from flake8_paramcount.keras.layer import Shape

Value: TypeAlias = Any

_births = count(1)


FLAGS = frozenset({"trainable", "set_trainable"})
"""Keys in the state of layers and models that say whether they train."""

MULTIPLIED = "__multiplied__"
"""Key in the state of a layer that stands in a multiplied list."""


class Missing:
    """The value of a name or key that is not there on one side of a join."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()

_CONSTANTS = frozenset({int, float, complex, bool, str, bytes, type(None)})


def are_constants(items: Iterable[Value]) -> bool:
    """Whether there are only constants among many items, which is soon told of them together."""
    return _CONSTANTS.issuperset(map(type, items))


class Condition:
    """A test whose outcome the source does not determine; identity is meaning.

    `subject` and `constant` are set for `subject == constant`, so that one such fact rules out the
    others.
    """

    __slots__ = ("constant", "site", "subject", "text")

    def __init__(
        self, text: Callable[[], str], site: int, subject: object = None, constant: Value = None
    ) -> None:
        self.text = text
        self.site = site
        self.subject = subject
        self.constant = constant


class Choice:
    """One value if the condition holds, another if not."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, condition: Condition, then: Value, otherwise: Value) -> None:
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class NeedSplit(Exception):
    """An operation met a choice that the facts at hand do not decide."""

    def __init__(self, condition: Condition) -> None:
        super().__init__()
        self.condition = condition


class Ref:
    """An object with identity. All that can change about it is in `state` (a list or a dict)."""

    __slots__ = ("birth", "state")

    def __init__(self, state: Any) -> None:
        self.birth = next(_births)
        self.state = state


class ListObject(Ref):
    """A Python list; one that a Keras object has as an attribute is `tracked`.

    None for one that is in such a list: of that Keras knows what was in it when it was added.
    """

    __slots__ = ("tracked",)
    tracked: bool | None


class IteratorObject(Ref):
    """An iterator: `advance` makes the next item out of the state, a list that is empty at the end.

    `endless` says that it has no end for certain, `returned` holds what a generator has returned,
    `sources` what the items are made of, and `body` the text that makes them with its scope.
    """

    __slots__ = ("advance", "body", "endless", "returned", "sources")

    def __init__(
        self,
        state: list[Any],
        advance: Callable[[Any, Any], Value],
        *,
        endless: bool = False,
    ) -> None:
        super().__init__(state)
        self.advance = advance
        self.endless = endless
        self.returned = Ref([])
        self.sources: tuple[Value, ...] = ()
        self.body: tuple[Any, Scope] | None = None


class DictObject(Ref):
    """A Python dict with hashable keys that are known; `tracked` like a list."""

    __slots__ = ("tracked",)
    tracked: bool | None


class SetObject(Ref):
    """A Python set; its state is a dict whose keys are the members."""

    __slots__ = ()


class Scope(Ref):
    """The names of a module, a function call or a class body.

    `module` is the outermost scope around it; that one knows its `file`, if it is not the analysed
    one, and the modules of its star imports.
    """

    __slots__ = ("file", "globals", "kind", "module", "node", "parent", "stars")

    def __init__(self, kind: str, parent: Scope | None) -> None:
        super().__init__({})
        self.kind = kind
        self.parent = parent
        self.module: Scope = self if parent is None else parent.module
        self.globals: dict[str, str] = {}
        self.node: Any = None
        self.file: str | None = None
        self.stars: list[str] = []


class Parameter(NamedTuple):
    """A parameter of a function of the file: kind is one of `/ * ** k` or empty."""

    name: str
    kind: str
    default: Value = MISSING


class Function:
    """A function or lambda of the analysed program, with the scope that it closes over."""

    __slots__ = (
        "attributes",
        "decorators",
        "name",
        "node",
        "owner",
        "parameters",
        "qualname",
        "scope",
        "site",
        "statement",
    )

    def __init__(
        self,
        name: str,
        qualname: str,
        node: Any,
        parameters: tuple[Parameter, ...],
        scope: Scope,
        site: int,
    ) -> None:
        self.name = name
        self.qualname = qualname
        self.node = node
        self.parameters = parameters
        self.scope = scope
        self.site = site
        self.owner: ClassObject | None = None
        self.attributes = Ref({})
        self.statement: Any = None
        self.decorators: frozenset[str] = frozenset()


class ClassObject(Ref):
    """A class of the analysed program; its state is the class namespace."""

    __slots__ = ("bases", "name", "qualname", "site")

    def __init__(
        self,
        name: str,
        qualname: str,
        bases: tuple[Value, ...],
        namespace: dict[str, Value],
        site: int,
    ) -> None:
        super().__init__(namespace)
        self.name = name
        self.qualname = qualname
        self.bases = bases
        self.site = site


class Instance(Ref):
    """An object of a class of the analysed program; its state is the attributes."""

    __slots__ = ("cls", "site")

    def __init__(self, cls: ClassObject, site: int) -> None:
        super().__init__({})
        self.cls = cls
        self.site = site


class ErrorObject(Ref):
    """An exception of one of Python's own classes; its state holds the attributes."""

    __slots__ = ("kind",)

    def __init__(self, kind: type[BaseException], args: tuple[Value, ...] = ()) -> None:
        super().__init__({("attribute", "args"): args})
        self.kind = kind
        first = args[0] if args else None
        if issubclass(kind, StopIteration):
            self.state[("attribute", "value")] = first
        if issubclass(kind, SystemExit):
            self.state[("attribute", "code")] = first


class Repeat(Ref):
    """Layers of a Sequential that a loop adds `count` times."""

    __slots__ = ("count", "layers")

    def __init__(self, count: int | Poly, layers: tuple[Value, ...]) -> None:
        super().__init__({})
        self.count = count
        self.layers = layers


class BoundMethod(NamedTuple):
    """A function of the file together with the object that it was looked up on."""

    receiver: Value
    function: Function


class Property(NamedTuple):
    """A property of a class; one that is `cached` is worked out once for each object."""

    getter: Value
    setter: Value = None
    deleter: Value = None
    cached: bool = False


class Qualified(NamedTuple):
    """Something imported, by its canonical dotted name (`keras.layers.Dense`, `numpy.zeros`)."""

    path: str


class Namespace(NamedTuple):
    """The names of a scope or the attributes of an object as a dict: `globals()`, `vars(x)`."""

    owner: Ref


class ModuleObject(NamedTuple):
    """Another module of the project."""

    scope: Scope


class Deferred(NamedTuple):
    """What a file of the project imports from another: read when somebody asks for it."""

    scope: Scope
    module: str
    name: str


class FileObject(NamedTuple):
    """An open file of the project."""

    path: str


class NativeMethod(NamedTuple):
    """A method of a value of this domain, implemented by the interpreter."""

    receiver: Value
    name: str


class Native(NamedTuple):
    """A callable that the interpreter itself made (a partial, a closure over values)."""

    name: str
    call: Callable[[Arguments], Value]


class Super(NamedTuple):
    """`super()` in a method: attribute look-up starts behind `cls` in the receiver's bases."""

    receiver: Value
    cls: ClassObject


class Arguments(NamedTuple):
    """Evaluated arguments of a call."""

    args: tuple[Value, ...]
    kwargs: Mapping[str, Value]
    site: int
    text: Callable[[], str]
    complete: bool = True
    """False when a `*unknown` or `**unknown` may have added more."""

    def get(self, index: int, name: str, default: Value = None) -> Value:
        """The argument at a position or under a name."""
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[index] if index < len(self.args) else default


class Array(NamedTuple):
    """An array or tensor of data: shape, dtype, and the range that its elements lie in."""

    shape: Shape
    dtype: str | None = None
    low: Dim = None
    high: Dim = None
    source: str | None = None
    site: int = 0
    values: tuple[Value, ...] | None = None
    """The elements themselves, where they are known and few (`np.array([1, 2])`)."""
