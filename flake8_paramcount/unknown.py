"""Values that the source does not determine, and the exception that using one raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn


class Unknown:
    """A value that cannot be worked out, with the reason and, where it has one, its source text.

    An unknown never passes for a value: every protocol that would have to look inside it raises
    `Undetermined`, so that a computation either does without the value or ends with its reason.
    Identity is meaning: two reads of one unknown give one object, so `u - u` is provably 0.
    `settles` is what a directive would have to state, where that is not a value for the text.
    `held` are the values of the program that it may be, or that may lie in it, beside those of its
    `origin`: what it was made from under `key`. It is `scalar` if it is certainly a number, be it
    none that counts anything.
    """

    __slots__ = (
        *("_derived", "_symbol", "_text"),
        *("held", "key", "origin", "reason", "scalar", "settles", "site"),
    )

    def __init__(
        self,
        reason: str,
        text: str | Callable[[], str] | None = None,
        site: int = 0,
        settles: str | None = None,
    ) -> None:
        self.reason = reason
        self._text = text
        self.site = site
        self.settles = settles
        self.scalar = False
        self.held: tuple[object, ...] = ()
        self.origin: Unknown | None = None
        self.key: object = None
        self._derived: dict[object, Unknown] = {}
        self._symbol: object = None

    @property
    def text(self) -> str | None:
        """The source text that stands for the value, made only when somebody asks."""
        if callable(self._text):
            self._text = self._text()
        return self._text

    @property
    def named(self) -> bool:
        """Whether there is a source text; asking does not make it."""
        return self._text is not None

    def derive(
        self,
        key: object,
        text: str | Callable[[], str] | None,
        reason: str | None = None,
    ) -> Unknown:
        """The unknown that an operation on this one gives: the same object each time."""
        found = self._derived.get(key)
        if found is None:
            found = Unknown(reason or self.reason, text, self.site)
            found.origin, found.key = self, key
            self._derived[key] = found
        return found

    def renamed(self, text: str | Callable[[], str] | None) -> Unknown:
        """The unknown that this one makes of what has that source text."""
        made = Unknown(self.reason, text, self.site)
        made.origin, made.scalar = self, self.scalar
        return made

    def holding(self, *values: object) -> Unknown:
        """The same unknown, which may be one of these values or may hold them."""
        made = Unknown(self.reason, self._text, self.site, self.settles)
        made.origin, made.held, made.scalar = self, values, self.scalar
        return made

    def joins(self, other: Unknown) -> bool:
        """Whether both are one unknown but for what they may hold; both may hold all of it then."""
        if self._root() is not other._root():
            return False
        known = set(map(id, self.held))
        self.held = other.held = (*self.held, *(v for v in other.held if id(v) not in known))
        return True

    def _root(self) -> Unknown:
        """The unknown that this one was before it was known what it may hold."""
        found = self
        while found.held and found.key is None and found.origin is not None:
            found = found.origin
        return found

    @property
    def holds(self) -> bool:
        """Whether it may be a value of the program, or hold one."""
        found: Unknown | None = self
        while found is not None and not found.held:
            found = found.origin
        return found is not None

    def forget(self) -> None:
        """Drop what was derived: the object behind this unknown may have changed."""
        self._derived.clear()

    def _refuse(self, *_args: object) -> NoReturn:
        raise Undetermined(self)

    def __repr__(self) -> str:
        return f"Unknown({self.text or self.reason!r})"

    __bool__ = _refuse
    __iter__ = _refuse
    __len__ = _refuse
    __index__ = _refuse
    __int__ = _refuse
    __float__ = _refuse
    __contains__ = _refuse
    __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = __mod__ = __rmod__ = _refuse
    __neg__ = __pow__ = __rpow__ = _refuse


class Undetermined(Exception):
    """A computation needed a value that the source does not determine."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.reason)
        self.unknown = unknown
