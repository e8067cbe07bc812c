"""What Keras 3 tracks of the attributes of layers and models.

It keeps copies of lists and dicts, and whatever it has met once: also what an attribute held
before it was set to something else.
"""

from __future__ import annotations

from collections.abc import Iterator

from flake8_paramcount.interpreter.models import LayerObject, ModelObject
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.values import (
    MISSING,
    Array,
    DictObject,
    Instance,
    ListObject,
    Ref,
    Value,
)
from flake8_paramcount.unknown import Unknown

REPLACED = "__replaced__"


def track(run: Run, owner: Instance, name: str, value: Value) -> Value:
    """What an attribute becomes that is set on an object of a class derived from one of Keras'."""
    keep_replaced(run, owner, name, value)
    return _copied(run, value)


def keep_replaced(run: Run, owner: Instance, name: str, value: Value = None) -> None:
    """Remember what an attribute holds that is about to be set or deleted."""
    before = run.journal.read(owner).get(name, MISSING)
    if before is value or not any(map(is_state, state_in(run, before))):
        return
    kept = run.journal.force(owner.state.get(REPLACED)) or ()
    run.journal.write(owner)[REPLACED] = (*kept, before)


def _copied(run: Run, value: Value) -> Value:
    run.fuel.burn()
    if type(value) is tuple:
        return tuple(_copied(run, item) for item in value)
    if type(value) is ListObject and isinstance(value.state, list):
        made: Value = ListObject([_copied(run, item) for item in value.state])
    elif type(value) is DictObject and isinstance(value.state, dict):
        made = DictObject({key: _copied(run, item) for key, item in value.state.items()})
    else:
        return value
    made.tracked = True
    return made


def state_in(run: Run, value: Value) -> Iterator[Value]:
    """What stands in the lists, dicts and tuples that a value is, or it itself."""
    waiting = [value]
    met: set[int] = set()
    while waiting:
        value = run.journal.resolve(waiting.pop())
        if id(value) in met:
            continue
        run.fuel.burn()
        met.add(id(value))
        if isinstance(value, ListObject | DictObject):
            value = value.state
        if type(value) in (tuple, list):
            waiting.extend(value)
        elif type(value) is dict:
            waiting.extend(value.values())
        else:
            yield value


def is_state(value: Value) -> bool:
    """Whether a value may have weights."""
    return isinstance(value, LayerObject | ModelObject | Instance | Array)


def untracked_item(run: Run, receiver: Ref, value: Value) -> None:
    """An item of a tracked list that is set: Keras tracks what was there, and not what is there."""
    if getattr(receiver, "tracked", False) and any(map(is_state, state_in(run, value))):
        run.journal.replace(receiver, run.unknown("an item of a tracked list is replaced"))


def added_item(run: Run, receiver: ListObject, value: Value) -> None:
    """An item is added to a list: Keras tracks what a list has in it when it is added itself."""
    tracked = getattr(receiver, "tracked", False)
    if tracked is True and isinstance(value, ListObject) and not getattr(value, "tracked", False):
        value.tracked = None
    elif tracked is None and any(map(is_state, state_in(run, value))):
        run.journal.replace(receiver, run.unknown("it was added to a list that is tracked already"))


def extra_state(run: Run, owner: ModelObject) -> Unknown | None:
    """Why a model of Keras' own class may have more than its layers; None if it has not."""
    from flake8_paramcount.interpreter.freezing import all_inside

    held = [value for key, value in owner.state.items() if type(key) is tuple]
    if not held:
        return None
    inside = {id(each) for each in all_inside(run, owner)}
    for value in state_in(run, tuple(held)):
        layered = is_state(value) and owner.kind != "sequential" and id(value) not in inside
        if id(value) in run.variables or (layered and not isinstance(value, Array)):
            return Unknown("an attribute of it may have weights", None, owner.site)
    return None
