"""What directives state of layers, held against what the source shows of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flake8_paramcount.counting import is_complete, is_trainable, sum_of, unique, weights_of
from flake8_paramcount.dims import equal, text
from flake8_paramcount.keras.layer import Shapes
from flake8_paramcount.records import Claim, LayerRecord, Position, Variant
from flake8_paramcount.rules import wording
from flake8_paramcount.summary import Summary


def refuted(summaries: Iterable[Summary]) -> dict[Position, str]:
    """What the source refutes, by the directive that states it.

    One that had to be believed of some layer on its line is not held against the others there.
    """
    found: dict[Position, str] = {}
    believed: set[Position] = set()
    for record, claim in _claimed(summaries):
        message = _refutation(record, claim)
        if not record.proven:
            believed.add(claim.position)
        elif message is not None:
            found.setdefault(claim.position, message)
    return {position: found[position] for position in found.keys() - believed}


def _claimed(summaries: Iterable[Summary]) -> Iterator[tuple[LayerRecord, Claim]]:
    """All layers of which a directive states something."""
    for summary in summaries:
        for variant in summary.model.variants:
            for record in _all_layers(variant):
                if record.claim is not None:
                    yield record, record.claim


def _all_layers(variant: Variant) -> Iterator[LayerRecord]:
    for layer in variant.layers:
        yield layer
        if layer.nested is not None:
            yield from _all_layers(layer.nested)


def _refutation(record: LayerRecord, claim: Claim) -> str | None:
    """What is stated wrongly of a layer; None where nothing of it is refuted."""
    if not is_complete(record):
        return None
    name = wording.layer(record)
    weights = unique(weights_of(record))
    count = sum_of(weights, complete=True).value
    trained = sum_of(filter(is_trainable, weights), complete=True).value
    if claim.params is not None and equal(count, claim.params) is False:
        return f"params={claim.params} is not what {name} has: {text(count)}"
    if claim.trainable is not None and equal(trained, claim.trainable) is False:
        return f"trainable_params={claim.trainable} is not what {name} has: {text(trained)}"
    if claim.output is not None and _differ(claim.output, record.output):
        return f"output_shape is not what {name} puts out: {wording.shape(record.output)}"
    return None


def _differ(stated: Shapes, found: Shapes | None) -> bool:
    """Whether two outputs cannot be the same."""
    ours = stated if isinstance(stated, tuple) else (stated,)
    theirs = found if isinstance(found, tuple) else (found,)
    if found is None or not all(shape is not None and shape.known for shape in theirs):
        return False
    if [shape.rank for shape in ours] != [shape.rank for shape in theirs if shape is not None]:
        return True
    return any(
        equal(one, other) is False
        for shape, twin in zip(ours, theirs, strict=True)
        for one, other in zip(shape.dims, twin.dims if twin else (), strict=True)
    )
