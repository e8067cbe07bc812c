"""What the structure of an application follows: tests of arguments that may be undecided."""

from __future__ import annotations

from flake8_paramcount.dims import Dim, Poly, equal, text
from flake8_paramcount.interpreter.operators import key_of
from flake8_paramcount.interpreter.run import Run
from flake8_paramcount.interpreter.tensors import Tensor
from flake8_paramcount.interpreter.values import NeedSplit, Value
from flake8_paramcount.unknown import Undetermined, Unknown


def pooling_of(run: Run, value: Value) -> str:
    """The end that `pooling` asks for; what Keras does not know is no pooling."""
    for kind in ("avg", "max"):
        if equals(run, value, kind):
            return kind
    return "none"


def equals(run: Run, value: Value, constant: str) -> bool:
    """Whether an argument is a string. Raises `NeedSplit` where that is not decided."""
    if not isinstance(value, Unknown):
        return bool(value == constant) if isinstance(value, str) else False
    asked = value.derive(("==", key_of(constant)), lambda: f"{value.text} == {constant!r}")
    run.equality(asked, value, constant)
    return run.truth(asked)


def agree(inputs: tuple[Tensor, ...]) -> bool:
    """Whether two tensors have the same channels, so that they can be added."""
    same = equal(inputs[0].shape.dims[-1], inputs[1].shape.dims[-1])
    if same is None:
        raise Undetermined(Unknown("the number of channels is not known"))
    return same


def is_three(run: Run, channels: Dim) -> bool:
    """Whether an image has three channels. Raises `NeedSplit` where that is not decided."""
    answer = equal(channels, 3)
    if answer is not None:
        return answer
    condition = run.condition(("==", channels, 3), lambda: f"{text(channels)} == 3")
    holds = run.journal.decided(condition)
    if holds is None:
        raise NeedSplit(condition)
    return holds


def is_positive(run: Run, rate: Value) -> bool:
    """Whether anything is dropped. Raises `NeedSplit` where that is not decided."""
    if isinstance(rate, Unknown):
        return run.truth(rate.derive((">", 0), lambda: f"{rate.text} > 0"))
    return rate > 0 if isinstance(rate, (int, float)) else isinstance(rate, Poly)
