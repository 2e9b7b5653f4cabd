"""What a rule set does to areas where nothing is wrong, and to areas whose use doubled, by population.

Two arms: null provinces, and provinces in which a share of the areas doubles. Every province has a generator of its own,
keyed by the seed, so that the result does not hang on how many are done at a time. The trap: a share of few areas is not
known well; each is told with its standard error over provinces.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from headworks.assessment.outcomes import evaluate
from headworks.assessment.rules import RuleSet
from headworks.assessment.trial.provinces import PER_YEAR, Province, simulate_province
from headworks.core.errors import UsageError
from headworks.tables.assessment import LIST_STATES

_ON = LIST_STATES.index("on")
_QUARTERS_TO_FIND = 3


@dataclass(frozen=True)
class Trial:
    """The operating characteristics of one rule set; ``rows`` has one row per list and class of population.

    Columns of ``rows``: ``list_name``, ``population``; ``listed_per_year``, areas of null provinces on the list at some time
    of a year; ``entered_per_year``, entries; ``found``, doubled areas on the list within three quarters; ``found_ever``
    while it lasted; ``quarters_to_list`` and ``quarters_to_leave``, medians of those that were; ``…_se``, standard errors.
    """

    rule_set: str
    version: str
    rule_digest: str
    province_version: str
    provinces: int
    areas_per_province: int
    seed: int
    rows: list[dict[str, Any]]

    def table(self) -> pl.DataFrame:
        """The rows as a table."""
        return pl.DataFrame(self.rows)

    def as_dict(self) -> dict[str, Any]:
        """For the record that is attached to a rule set."""
        return asdict(self)


def operating_characteristics(
    rule_set: RuleSet, assumed: dict[str, Any], provinces: int, seed: int, tell: Callable[[int], None] = lambda done: None
) -> Trial:
    """Try a rule set on simulated provinces, half of the work on null ones.

    Parameters
    ----------
    provinces
        Null provinces, and as many with doublings; at least 2.
    tell
        Told how many are done.

    Raises
    ------
    UsageError
        ``HW-U261`` for fewer than 2 provinces.
    DataRefused
        ``HW-D785`` when a criterion asks for what cannot be simulated.
    """
    if provinces < 2:
        raise UsageError("A trial needs provinces.", found=str(provinces), remedy="Give at least 2", code="HW-U261")
    null, raised = [], []
    for number in range(provinces):
        null.append(_null(rule_set, simulate_province(rule_set, assumed, _rng(seed, number, 0), is_null=True)))
        raised.append(_raised(rule_set, simulate_province(rule_set, assumed, _rng(seed, number, 1), is_null=False)))
        tell(number + 1)
    names = [one["name"] for one in assumed["classes"]]
    rows = [
        _row(rule.name, name, np.array([one[place, k] for one in null]), [one[place][k] for one in raised])
        for place, rule in enumerate(rule_set.lists)
        if not rule.is_merit
        for k, name in enumerate(names)
    ]
    n_areas = len(names) * assumed["areas_per_class"]
    return Trial(rule_set.rule_set_id, rule_set.version, rule_set.digest, assumed["version"], provinces, n_areas, seed, rows)


def _rng(seed: int, number: int, arm: int) -> np.random.Generator:
    return np.random.default_rng([seed, number, arm])


def _null(rule_set: RuleSet, province: Province) -> np.ndarray:
    """Per list and class: share of area-years on the list, and entries per area-year."""
    per_year = PER_YEAR[rule_set.period]
    found = np.zeros((len(rule_set.lists), province.size_class.max() + 1, 2))
    for place, course in enumerate(evaluate(rule_set, province.figures, province.areas, {})):
        on = course.state[:, province.begins :] != 0
        entered = on[:, 1:] & ~on[:, :-1]
        years = on.reshape(on.shape[0], -1, per_year).any(axis=2).mean(axis=1)
        entries = (entered.sum(axis=1) + on[:, 0]) / (on.shape[1] / per_year)
        for k in range(found.shape[1]):
            mine = province.size_class == k
            found[place, k] = years[mine].mean(), entries[mine].mean()
    return found


def _raised(rule_set: RuleSet, province: Province) -> list[list[np.ndarray]]:
    """Per list and class: of every doubled area not yet listed, periods until listed and until left; nan where never."""
    begins, ends, per_year = province.begins, province.ends, PER_YEAR[rule_set.period]
    told = []
    for course in evaluate(rule_set, province.figures, province.areas, {}):
        on = course.state == _ON
        in_time = on[:, begins:ends]
        first = np.where(in_time.any(axis=1), in_time.argmax(axis=1) + 1.0, np.nan) * 4 / per_year
        gone = ~on[:, ends:]
        left = np.where(gone.any(axis=1), gone.argmax(axis=1) + 1.0, np.nan) * 4 / per_year
        left = np.where(on[:, ends - 1], left, np.nan)
        fresh = province.is_doubled & ~on[:, begins - 1]
        classes = range(province.size_class.max() + 1)
        told.append([np.stack([first, left])[:, fresh & (province.size_class == k)] for k in classes])
    return told


def _row(list_name: str, population: str, null: np.ndarray, raised: list[np.ndarray]) -> dict[str, Any]:
    times = np.concatenate(raised, axis=1)
    first, left = times
    n = max(first.size, 1)
    found = float(np.mean(first <= _QUARTERS_TO_FIND)) if first.size else float("nan")
    return {
        "list_name": list_name, "population": population,
        "listed_per_year": float(null[:, 0].mean()), "listed_per_year_se": float(null[:, 0].std(ddof=1) / np.sqrt(len(null))),
        "entered_per_year": float(null[:, 1].mean()), "found": found, "found_se": float(np.sqrt(found * (1 - found) / n)),
        "found_ever": float(np.mean(~np.isnan(first))) if first.size else float("nan"), "n_doubled": int(first.size),
        "quarters_to_list": _median(first), "quarters_to_leave": _median(left),
    }  # fmt: skip


def _median(values: np.ndarray) -> float | None:
    there = values[~np.isnan(values)]
    return float(np.median(there)) if there.size else None
