"""Small builders of days, shared by the tests of this room."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

SHARED = Path(__file__).parents[3] / "shared" / "data"
TYPES = {
    "value": pl.Float64,
    "limit": pl.Float64,
    "day": pl.Date,
    "country": pl.String,
    "city": pl.String,
    "batch_id": pl.String,
    "population": pl.Float64,
}


class Build:
    """``one_day(3.0)``, ``week_of([1, None, 3])``: a load of None is a day below a limit."""

    conventions = pl.DataFrame(
        {
            "convention": ["score-2021", "score"],
            "weekday_days": ["2;3;4;5", "2;3;4"],
            "weekend_days": ["1;6;7", "1;5;6;7"],
            "first_year": [2021, None],
            "last_year": [2021, None],
            "zero_is": ["zero", "zero"],
        }
    )

    @staticmethod
    def one_day(value: float | None = 1.0, *, weekday: int = 1, year: int = 2020, **more: object) -> dict[str, object]:
        """A day of which only the year is known."""
        row: dict[str, object] = {
            "site_id": "s", "country": "X", "city": "Y", "year": year, "week": 0, "weekday": weekday, "day": None,
            "analyte": "x", "drug": "X", "value": value, "detection": "below_loq" if value is None else "quantified",
            "limit": None, "u_day": 0.2, "u_batch": 0.1, "u_site": 0.15, "batch_id": None, "population": None,
        }  # fmt: skip
        return row | more

    def dated(self, day: dt.date, value: float | None = 1.0, **more: object) -> dict[str, object]:
        year, week, weekday = day.isocalendar()
        return self.one_day(value, weekday=weekday, year=year, **{"week": week, "day": day, **more})

    @staticmethod
    def frame(rows: list[dict[str, object]]) -> pl.DataFrame:
        return pl.DataFrame(rows, schema_overrides=TYPES, infer_schema_length=None)

    def week_of(self, values: list[float | None], **more: object) -> pl.DataFrame:
        """Monday, Tuesday … of a year."""
        return self.frame([self.one_day(value, weekday=i, **more) for i, value in enumerate(values, start=1)])

    @staticmethod
    def shared(*parts: str) -> Path:
        path = SHARED.joinpath(*parts)
        if not path.exists():
            pytest.skip(f"no {'/'.join(parts)} in the shared data folder beside the repository (owner: trends)")
        return path


@pytest.fixture(scope="session")
def build() -> Build:
    return Build()
