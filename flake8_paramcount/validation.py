"""Settings from values of unproven form, checked by pydantic; imported only when one is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    ValidationError,
    field_validator,
)

from flake8_paramcount.options import OPTIONS
from flake8_paramcount.settings import (
    DEFAULT_FUEL,
    DTYPE_BYTES,
    NO_GROWTH,
    Baseline,
    Generation,
    Growth,
    Settings,
)

_PARSERS: dict[str, Callable[[str], Any]] = {option.field: option.parse for option in OPTIONS}


def _read(field: str) -> BeforeValidator:
    """Texts are read as the option of that name reads them."""
    parse = _PARSERS[field]
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


class _Model(BaseModel):
    """The form that settings must have."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    budget: Annotated[int | None, _read("budget"), Field(ge=0)] = None
    layer_budget: Annotated[int | None, _read("layer_budget"), Field(ge=0)] = None
    trainable_budget: Annotated[int | None, _read("trainable_budget"), Field(ge=0)] = None
    size_budget: Annotated[int | None, _read("size_budget"), Field(ge=0)] = None
    activation_budget: Annotated[int | None, _read("activation_budget"), Field(ge=0)] = None
    batch: Annotated[int, _read("batch"), Field(ge=1)] = 32
    baseline: Annotated[InstanceOf[Baseline] | None, _read("baseline")] = None
    growth: Annotated[InstanceOf[Growth], _read("growth")] = NO_GROWTH
    baseline_strict: Annotated[bool, _read("baseline_strict")] = False
    dtype: Annotated[str, _read("dtype")] = "float32"
    optimizer_slots: Annotated[int, _read("optimizer_slots"), Field(ge=0)] = 0
    flatten_parameters: Annotated[int, _read("flatten_parameters"), Field(ge=0)] = 10_000_000
    flatten_share: Annotated[float, _read("flatten_share"), Field(ge=0, le=1)] = 0.9
    vocab_size: Annotated[int | None, _read("vocab_size"), Field(ge=1)] = None
    assume: Annotated[dict[str, int], _read("assume")] = Field(default_factory=dict)
    layers: Annotated[dict[str, Any], _read("layers")] = Field(default_factory=dict)
    keras: Annotated[Generation | None, _read("keras")] = None
    fuel: Annotated[int, _read("fuel"), Field(ge=1)] = DEFAULT_FUEL
    follow_imports: Annotated[bool, _read("follow_imports")] = True
    codes: frozenset[str] | None = None

    @field_validator("dtype")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in DTYPE_BYTES:
            raise ValueError(f"give one of {', '.join(DTYPE_BYTES)}")
        return value


def validated(values: Mapping[str, Any]) -> Settings:
    """Settings with these values. Raises `ValueError` with one line per value that is wrong."""
    try:
        model = _Model.model_validate(dict(values))
    except ValidationError as error:
        lines = (f"{detail['loc'][0]}: {detail['msg']}" for detail in error.errors())
        raise ValueError("\n".join(lines)) from None
    return Settings(**{field: getattr(model, field) for field in _Model.model_fields})
