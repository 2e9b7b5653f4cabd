"""What came out of a plan: a row per area, the areas each was compared with, and who was left out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl

from headworks.assessment.evaluation import BeforeAfter

Row = dict[str, Any]
_NUMBERS = (
    "expected_ratio", "expected_lower", "expected_upper", "seen_ratio", "ratio", "lower", "upper", "p_fell", "p_value",
    "miss", "statistic", "share_censored",
)  # fmt: skip
_ROWS = {
    "area_id": pl.String, "is_compared_with": pl.Boolean, **dict.fromkeys(_NUMBERS, pl.Float64), "n_before": pl.Int64,
    "n_after": pl.Int64, "problem": pl.String,
}  # fmt: skip
_DONORS = {"area_id": pl.String, "compared_id": pl.String, "weight": pl.Float64, "statistic": pl.Float64}


class Evaluated(NamedTuple):
    """What came out, in the order in which it is to be read.

    Attributes
    ----------
    rows
        A row per area. ``expected_ratio`` with its bounds: after over before without any action; null where areas to learn
        it from are too few. ``seen_ratio``: after over before. ``ratio`` with bounds: the level after over what it would have
        been (95 %; 90 % of ``synthetic_control``). ``p_fell``: probability that it fell; ``p_value``: chance of a level as
        low without an action, of ``synthetic_control`` the share of areas with a statistic as large. ``miss``: by how much
        the mixture missed the area before, on the log scale. ``n_before, n_after``: weeks, months or periods with a figure.
        ``problem``: why there is no ratio.
    donors
        ``area_id, compared_id, weight, statistic``: of what the mixture of an area consists, and what each of its parts
        shows when it is taken as if it had been acted on. No rows for other methods.
    left_out
        Areas compared with that lack too many figures.
    """

    rows: pl.DataFrame
    donors: pl.DataFrame
    left_out: tuple[str, ...]


def evaluated(rows: Iterable[Row], donors: Iterable[Row] = (), left_out: tuple[str, ...] = ()) -> Evaluated:
    """Rows as tables; what is not a number is null."""
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    return Evaluated(pl.DataFrame(plain, schema=_ROWS), pl.DataFrame(list(donors), schema=_DONORS), left_out)


def of_area(found: BeforeAfter, place: int) -> Row:
    """What a comparison before and after says of one area."""
    lower, upper = found.expected_bounds
    said = {
        "expected_ratio": found.expected_ratio, "expected_lower": lower, "expected_upper": upper, "seen_ratio": found.ratio,
        "ratio": found.effect, "lower": found.effect_lower, "upper": found.effect_upper, "p_value": found.p_as_low,
    }  # fmt: skip
    return {name: float(values[place]) for name, values in said.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else float(value)
    return value
