"""What the rows of each answer hold, for the document of routes: made from the promise of the tables themselves."""

from __future__ import annotations

from typing import Any

import polars as pl
from ninja import Field, Schema
from pydantic import create_model

from headworks.core.schema import Table
from headworks.tables import (
    AreaChanges,
    AreaConsumption,
    AreaLoads,
    Changes,
    Consumption,
    Loads,
    Measurements,
    PeriodConsumption,
    PeriodMeans,
    Samples,
)

_STATE = "value, below_limit or suppressed; a suppressed row has no numbers."


def _type_of(dtype: Any) -> Any:
    if dtype.is_integer():
        return int
    return float if dtype.is_numeric() else bool if dtype == pl.Boolean else str


def _row(name: str, *tables: type[Table], **more: Any) -> Any:
    """A row of one table, or of any of some: a column that another one lacks is not there."""
    columns: dict[str, Any] = {}
    for table in tables:
        for column, promise in table.columns().items():
            unit = (promise.metadata or {}).get("unit", "-")
            words = f"{promise.description} [{unit}]" if unit not in ("-", "1") else promise.description
            columns.setdefault(column, (_type_of(promise.dtype) | None, Field(None, description=words)))
    return create_model(name, __base__=Schema, **columns, **more)


def listing(name: str, row: Any) -> Any:
    """The answer that holds a page of rows."""
    return create_model(
        name,
        __base__=Schema,
        total=(int, Field(..., ge=0, description="Rows there are.")),
        limit=(int, ...),
        offset=(int, ...),
        run_id=(str, Field("", description="Run whose figures these are.")),
        tier=(str, Field("", description="Tier at which they are shown.")),
        rows=(list[row], ...),
    )


_state: Any = (str | None, Field(None, description=_STATE))
AreaFigureRow = _row("AreaFigureRow", AreaLoads, AreaConsumption, AreaChanges, state=_state)
SiteFigureRow = _row("SiteFigureRow", PeriodMeans, PeriodConsumption, Changes, state=_state)
ChangeRow = _row("ChangeRow", AreaChanges, state=_state)
ConsumptionRow = _row("ConsumptionRow", AreaConsumption, state=_state)
SampleRow = _row("SampleRow", Samples)
MeasurementRow = _row(
    "MeasurementRow", Measurements, site_id=(str | None, None), collected_from=(str | None, None)
)  # fmt: skip
LoadRow = _row("LoadRow", Loads)
DayConsumptionRow = _row("DayConsumptionRow", Consumption)


class AreaRow(Schema):
    """An area."""

    area_id: str
    parent_id: str | None = None
    level: int = Field(..., description="1 province or country, 2 city, 3 county, 4 town or street, 5 village.")
    name_en: str = ""
    name_zh: str = ""
    name_pinyin: str = ""
    population: float | None = Field(None, description="Residents.")
    tier: str = Field(..., description="Tier at which the reader sees its figures.")


class SiteRow(Schema):
    """A site."""

    site_id: str
    name: str = ""
    kind: str = ""
    area_id: str | None = Field(None, description="Area that owns it, where the reader sees that area.")
    population: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    tier: str


class RunRow(Schema):
    """A run of the computation."""

    run_id: str
    started_at: str
    finished_at: str
    code_version: str
    parameter_set: str
    parameter_set_digest: str
    is_shown: bool = Field(..., description="Whether figures shown now are this run's.")


class WorkRow(Schema):
    """A piece of work: an import, a run, a report."""

    id: int
    kind: str
    state: str = Field(..., description="waiting, running, done, failed or cancelled.")
    step: str = ""
    asked_at: str
    ended_at: str | None = None
    outcome: dict[str, Any] = {}
    href: str = ""


class SignalRow(Schema):
    """A signal; numbers are empty where the figure behind them is withheld."""

    id: int
    kind: str
    source: str
    area_id: str | None = None
    site_id: str | None = None
    drug: str = ""
    analyte: str = ""
    period: str = ""
    statistic: float | None = None
    expected: float | None = None
    observed: float | None = None
    since: str = Field("", description="First week of the evidence.")
    until: str = Field("", description="Last week in which the event was still there.")
    expected_lower: float | None = None
    expected_upper: float | None = None
    e_value: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    n_days: int | None = None
    share_censored: float | None = None
    is_withheld: bool
    method_version: str = ""
    words: str = ""
    state: str
    outcome: str = ""
    raised_at: str
    due_at: str | None = None
    is_late: bool
    version: int


class DecisionRow(Schema):
    """A step that was decided."""

    version: int
    from_state: str
    to_state: str
    outcome: str = ""
    reason: str
    actor: str
    decided_at: str
    hours: float


class SignalWhole(SignalRow):
    """A signal with its explanation and its decisions."""

    explanation: dict[str, Any] = {}
    decisions: list[DecisionRow] = []
    moves: list[dict[str, str]] = []
