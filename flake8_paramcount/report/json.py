"""The JSON of `paramcount summary`: the contract as pydantic models, and its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from flake8_paramcount.dims import Dim, text
from flake8_paramcount.keras.layer import Shape, Shapes
from flake8_paramcount.records import NOWHERE, ModelKind, Position, Site, WeightRecord
from flake8_paramcount.report import FileError, FileReport, line_of, number, reason_text
from flake8_paramcount.summary import Row, Status, Summary, weights_of

VERSION = 1
Locate: TypeAlias = Callable[[Site], Position]


def _encodable(value: Any) -> Any:
    """Text without the lone surrogates that a string literal or a file name may hold."""
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value


Text: TypeAlias = Annotated[str, BeforeValidator(_encodable)]
Size: TypeAlias = Annotated[
    int | Text | None,
    Field(description="null for None (free at run time), text for a size that is symbolic"),
]
ShapeJson: TypeAlias = list[Size]
ShapesJson: TypeAlias = Annotated[
    ShapeJson | list[ShapeJson | None] | None,
    Field(description="batch first; one list per tensor where there are several; null: unknown"),
]
Line: TypeAlias = Annotated[int, Field(ge=1, description="1-based")]
Column: TypeAlias = Annotated[int, Field(ge=0, description="0-based, in code points")]


class Record(BaseModel):
    """What all parts of the report have in common: these keys, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WeightJson(Record):
    """One variable of a layer."""

    name: Text
    shape: ShapeJson
    trainable: bool


class LayerJson(Record):
    """One layer of a model, at the place of its constructor call."""

    name: Text
    class_: Text = Field(alias="class")
    line: Line
    column: Column
    output_shape: ShapesJson
    weights: list[WeightJson]
    total: int | None
    trainable: int | None
    status: Status
    formula: Text = Field(description="the arithmetic behind the total")
    shared: bool = Field(description="whether the layer stands in more than one place")
    proven: bool = Field(description="whether no directive had to be believed for this")


class ModelJson(Record):
    """One model that the file builds."""

    name: Text | None = Field(description="the variable it is bound to, or the function it is from")
    function: Text | None = Field(description="qualified name of the enclosing function")
    call_line: Line | None = Field(description="line of the call that instantiated it")
    line: Line
    column: Column
    kind: ModelKind
    built: bool = Field(description="whether Keras has built it by then")
    status: Status
    total: int | None
    trainable: int | None
    non_trainable: int | None
    minimum: int | None = Field(description="proven lower bound of the total")
    maximum: int | None = Field(description="proven upper bound of the total")
    expression: Text | None = Field(description="the total as text, when it is symbolic")
    reasons: list[Text] = Field(description="why the total is not exact, and what would settle it")
    input_shape: ShapesJson
    output_shape: ShapesJson
    layers: list[LayerJson]


class FileJson(Record):
    """One file and its models, in source order."""

    path: Text
    models: list[ModelJson]


class ErrorJson(Record):
    """A file that could not be read or analysed."""

    path: Text
    message: Text


class SummaryJson(Record):
    """The output of `paramcount summary --format json`."""

    schema_: Literal[1] = Field(alias="schema")
    files: list[FileJson]
    errors: list[ErrorJson]


def dumps(reports: Iterable[FileReport], errors: Iterable[FileError]) -> str:
    """The report as JSON text."""
    document = SummaryJson(
        schema=VERSION,
        files=[_file(report) for report in reports],
        errors=[ErrorJson(path=error.path, message=error.message) for error in errors],
    )
    return document.model_dump_json(by_alias=True, indent=2)


def schema() -> dict[str, Any]:
    """The JSON schema of the report."""
    return SummaryJson.model_json_schema(by_alias=True, mode="serialization")


def _file(report: FileReport) -> FileJson:
    models = [_model(summary, report.locate) for summary in report.summaries]
    return FileJson(path=report.path, models=models)


def _model(summary: Summary, locate: Locate) -> ModelJson:
    model, variant = summary.model, summary.variant
    place = locate(model.site)
    return ModelJson(
        name=model.name,
        function=model.function,
        call_line=line_of(model.call_site, locate),
        line=place.line,
        column=place.column,
        kind=model.kind,
        built=variant is not None and all(each.built for each in model.variants),
        status=summary.status,
        total=number(summary.total),
        trainable=number(summary.trainable),
        non_trainable=number(summary.non_trainable),
        minimum=number(summary.minimum),
        maximum=number(summary.maximum),
        expression=summary.expression,
        reasons=[reason_text(reason, locate) for reason in summary.reasons],
        input_shape=None if variant is None else _shapes(variant.input_shape),
        output_shape=None if variant is None else _shapes(variant.output_shape),
        layers=[_layer(row, place, locate) for row in summary.rows],
    )


def _layer(row: Row, model: Position, locate: Locate) -> LayerJson:
    """A layer; one that no call of this file makes stands where its model does."""
    layer = row.layer
    place = model if layer.site == NOWHERE else locate(layer.site)
    return LayerJson(
        **{"class": layer.class_name},
        name=layer.name,
        line=place.line,
        column=place.column,
        output_shape=_shapes(layer.output),
        weights=[_weight(weight) for weight in weights_of(layer)],
        total=number(row.total),
        trainable=number(row.trainable),
        status=row.status,
        formula=row.formula,
        shared=layer.shared,
        proven=layer.proven,
    )


def _weight(weight: WeightRecord) -> WeightJson:
    shape = [_size(size) for size in weight.shape]
    return WeightJson(name=weight.name, shape=shape, trainable=weight.trainable)


def _shapes(shapes: Shapes | None) -> ShapesJson:
    if shapes is None:
        return None
    if isinstance(shapes, tuple):
        return [_shape(shape) for shape in shapes]
    return _shape(shapes)


def _shape(shape: Shape) -> ShapeJson | None:
    return [_size(size) for size in shape.dims] if shape.known else None


def _size(size: Dim) -> Size:
    if size is None:
        return None
    return text(size) if number(size) is None else number(size)
