"""Assignment to targets of every form."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from flake8_paramcount.dims import Poly
from flake8_paramcount.interpreter.attributes import delete_attribute
from flake8_paramcount.interpreter.containers import delete_item, iterate, set_item
from flake8_paramcount.interpreter.journal import choose
from flake8_paramcount.interpreter.models import BEHIND_FAULT, ModelObject
from flake8_paramcount.interpreter.names import bind, mangled, store, unbind
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Tensor
from flake8_paramcount.interpreter.values import Array, Choice, Instance, ListObject, Value
from flake8_paramcount.unknown import Unknown


def assign(run: Run, target: cst.CSTNode, value: Value) -> None:
    """Bind a value to a name, attribute, item or a pattern of them."""
    if isinstance(target, cst.Name | cst.Attribute):
        value = stated(run, target, value)
        note_variable(run, target, value)
    if isinstance(target, cst.Name):
        (bind if run.scope.kind == "comprehension" else store)(run, target.value, value)
    elif isinstance(target, cst.Tuple | cst.List):
        _unpack(run, target.elements, value)
    elif isinstance(target, cst.Attribute):
        receiver = run.evaluate(target.value)
        name = mangled(run, target.attr.value)
        run.attempt(lambda: set_attribute(run, receiver, name, value))
    elif isinstance(target, cst.Subscript):
        _assign_item(run, target, value)
    elif isinstance(target, cst.StarredElement):
        assign(run, target.value, value)


def stated(run: Run, target: cst.Name | cst.Attribute, value: Value) -> Value:
    """What is stated that a variable is worth, where the source leaves it open."""
    if not run.assume and not run.stated:
        return value
    if not isinstance(run.journal.resolve(value), Unknown | Poly | Choice):
        return value
    text = run.text(target)()
    found = run.assumed(text)
    if found is None and run.stated and run.scope.module is run.globals:
        found = run.stated.get(run.sites.locate(run.site(target)).line, {}).get(text)
    return found if isinstance(found, int) else value


def note_variable(run: Run, target: cst.Name | cst.Attribute, value: Value) -> None:
    """Note the first name that a model is bound to."""
    value = run.journal.resolve(value)
    if isinstance(value, Choice):
        note_variable(run, target, value.then)
        note_variable(run, target, value.otherwise)
        return
    if isinstance(value, Instance):
        value = value.state.get("__model__")
    if isinstance(value, ModelObject) and value.state["variable"] is None:
        value.state["variable"] = run.text(target)()


def _assign_item(run: Run, target: cst.Subscript, value: Value) -> None:
    from flake8_paramcount.interpreter.expressions import subscript_index

    receiver = run.evaluate(target.value)
    index = subscript_index(run, target)
    if isinstance(receiver, Array):
        # The elements change, the shape does not.
        assign(run, target.value, Array(receiver.shape, receiver.dtype, site=receiver.site))
        return
    run.attempt(lambda: set_item(run, receiver, run.journal.force(index), value))


def set_attribute(run: Run, receiver: Value, name: str, value: Value) -> None:
    """`receiver.name = value`. Raises `NeedSplit` where the receiver is not decided."""
    from flake8_paramcount.interpreter.attributes import set_attribute as set_on

    set_on(run, run.journal.force(receiver), name, value)


def _unpack(run: Run, elements: Sequence[cst.BaseElement], value: Value) -> None:
    values = run.attempt(lambda: _parts(run, elements, value))
    for index, element in enumerate(elements):
        assign(run, element.value, _part(run, values, index))


def _part(run: Run, values: Value, index: int) -> Value:
    """The value for one target."""
    if isinstance(values, Choice):
        then = _part(run, values.then, index)
        return choose(values.condition, then, _part(run, values.otherwise, index))
    if isinstance(values, list):
        return values[index]
    return _part_of_unknown(run, values, index)


def _parts(run: Run, elements: Sequence[cst.BaseElement], value: Value) -> list[Value]:
    """One value for each target."""
    value = run.journal.force(value)
    if isinstance(value, Tensor) and value.shape.why is BEHIND_FAULT:
        return [value] * len(elements)
    if isinstance(value, Unknown):
        return [_part_of_unknown(run, value, index) for index in range(len(elements))]
    items = list(iterate(run, value))
    stars = [
        index for index, element in enumerate(elements) if isinstance(element, cst.StarredElement)
    ]
    if not stars:
        if len(items) != len(elements):
            run.refuses(ValueError)
            lost = run.unknown(f"{len(items)} values for {len(elements)} targets")
            return [lost] * len(elements)
        return items
    star = stars[0]
    behind = len(elements) - star - 1
    if len(items) < len(elements) - 1:
        run.refuses(ValueError)
        return [run.unknown("too few values to unpack")] * len(elements)
    middle = ListObject(items[star : len(items) - behind])
    return [*items[:star], middle, *items[len(items) - behind :]]


def _part_of_unknown(run: Run, value: Unknown, index: int) -> Value:
    text = f"{value.text}[{index}]" if value.text else None
    assumed = run.assumed(text)
    return assumed if assumed is not None else value.derive(("item", index), text)


def delete(run: Run, target: cst.CSTNode) -> None:
    """`del target`."""
    if isinstance(target, cst.Name):
        unbind(run, target.value)
    elif isinstance(target, cst.Subscript):
        from flake8_paramcount.interpreter.expressions import subscript_index

        receiver = run.evaluate(target.value)
        index = subscript_index(run, target)
        run.attempt(lambda: delete_item(run, receiver, run.journal.force(index)))
    elif isinstance(target, cst.Attribute):
        owner = run.evaluate(target.value)
        name = mangled(run, target.attr.value)
        run.attempt(lambda: delete_attribute(run, run.journal.force(owner), name))
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            delete(run, element.value)
