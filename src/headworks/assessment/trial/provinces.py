r"""Provinces whose truth is known, as the figures that criteria are held against.

True levels differ between areas, move a little from period to period and with the season, and double in some areas for some
years. What is measured of them scatters as it does at the recommended sampling. In a null province no level is above a
threshold and none doubles: whoever is listed there is listed for nothing.

The trap: figures scatter by what the rule set knows of their uncertainty. Real figures may scatter more than they say; the
trial is then too kind.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import gammainc, gammaincinv, ndtr, ndtri

from headworks.assessment.outcomes import Areas, Figures, figures_of, with_past
from headworks.assessment.rules import Criterion, RuleSet
from headworks.core.errors import DataRefused

Array = npt.NDArray[np.float64]
PER_YEAR = {"month": 12, "quarter": 4, "half_year": 2, "year": 1}
# A true level that nobody would call high: below this share of a threshold.
_BELOW = 1.0


class Province(NamedTuple):
    """Areas of one simulated province, the first of which is the whole; ``raised`` is 0 before, 1 in, 2 after a doubling.

    ``size_class`` is -1 for the province itself; ``raised`` has the shape ``(n_areas, n_periods)``, ``is_doubled`` tells
    the areas that double at all.
    """

    population: Array
    size_class: npt.NDArray[np.int64]
    is_doubled: npt.NDArray[np.bool_]
    begins: int
    ends: int
    n_periods: int
    areas: Areas
    figures: tuple[Figures, ...]


def simulate_province(rule_set: RuleSet, assumed: dict[str, Any], rng: np.random.Generator, *, is_null: bool) -> Province:
    """One province, as a rule set sees it.

    Parameters
    ----------
    assumed
        The shipped ``trial_province``, or one's own in the same form.
    is_null
        Whether nothing doubles.

    Raises
    ------
    DataRefused
        ``HW-D785`` when a criterion asks for what cannot be simulated.
    """
    per_year = _periods_a_year(rule_set)
    begins = assumed["years_before"] * per_year
    ends = begins + assumed["years_raised"] * per_year
    n_periods = ends + assumed["years_after"] * per_year
    size_class = np.repeat(np.arange(len(assumed["classes"])), assumed["areas_per_class"])
    low, high = (np.array([one[name] for one in assumed["classes"]], dtype=np.float64) for name in ("low", "high"))
    people = np.exp(np.log(low)[size_class] + rng.random(size_class.size) * np.log(high / low)[size_class])
    is_doubled = (rng.random(people.size) < assumed["share_doubled"]) & (not is_null)
    times = np.ones((people.size, n_periods))
    times[is_doubled, begins:ends] = 2.0
    loads = _Loads(rule_set, assumed["load"], people, times, per_year, rng)
    counts = {name: _counts(rule_set, name, one, people, times, per_year, rng) for name, one in assumed["indicators"].items()}
    figures = tuple(with_past(one, _figures(one, loads, counts, people, per_year)) for one in rule_set.criteria)
    # Levels that a list names are those of towns; the province stands above them.
    areas = Areas(np.array([1] + [4] * people.size), np.array([-1] + [0] * people.size))
    return Province(
        np.append(people.sum(), people), np.append(-1, size_class), np.append(False, is_doubled),
        begins, ends, n_periods, areas, figures,
    )  # fmt: skip


class _Loads:
    """Per-capita loads relative to the province's median, the first row the province's."""

    def __init__(
        self, rule_set: RuleSet, said: dict[str, Any], people: Array, times: Array, per_year: int, rng: np.random.Generator
    ) -> None:
        shape = times.shape
        self.n_days = said["days_per_quarter"] * 4.0 / per_year
        weights = people / people.sum()
        level = _log_normal_below(rng.random(people.size), said["between_sd"], _load_cap(rule_set), weights)
        moves = np.sqrt(said["wander_sd"] ** 2 + said["wander_people"] / people)
        wander = _wander(rng, moves, said["wander_correlation"] ** (4 / per_year), shape)
        season = said["season"] * np.cos(2 * np.pi * np.arange(shape[1]) / per_year)
        truth = level[:, None] * times * np.exp(wander + season)
        u_day = np.sqrt(np.expm1((said["day_variance"] + said["day_variance_people"] / people) / self.n_days))
        u_site = said["site_sd"]
        sd = np.sqrt(np.log1p(u_day**2) + np.log1p(said["batch_sd"] ** 2))
        noise = sd[:, None] * rng.standard_normal(shape) + u_site * rng.standard_normal(people.size)[:, None]
        measured = truth * np.exp(noise)
        top = (weights[:, None] * measured).sum(axis=0)
        self.value = np.vstack([top, measured])
        self.sd = np.repeat(np.append(sd.min() / 10, sd)[:, None], shape[1], axis=1)
        self.sd_total = np.sqrt(self.sd**2 + u_site**2)
        self.coverage = np.full(self.value.shape, said["coverage"])


def _counts(
    rule_set: RuleSet, name: str, said: dict[str, Any], people: Array, times: Array, per_year: int, rng: np.random.Generator
) -> Array:
    """Counts of one indicator, the first row the province's."""
    lag = -(-said["lag_quarters"] * per_year // 4)
    late = np.ones_like(times)
    late[:, lag:] = times[:, : times.shape[1] - lag]
    cap = _rate_cap(rule_set, name)
    shape, mean = said["shape"], said["rate"] / 1000.0
    share = 1.0 if cap is None else float(gammainc(shape, shape * _BELOW * cap / mean))
    rate = gammaincinv(shape, share * rng.random(people.size)) * mean / shape
    rate = np.maximum(rate, 1e-12)
    moved = late * np.exp(_wander(rng, np.full(people.size, said["wander_sd"]), 0.0, times.shape))
    if said["counts"] == "flow":
        own = rng.poisson(people[:, None] * rate[:, None] * moved / per_year).astype(np.float64)
    else:
        own = _stock(rng, people * rate, late, 1.0 - (1.0 - said["turnover_per_quarter"]) ** (4 / per_year))
    return np.vstack([own.sum(axis=0), own])


def _stock(rng: np.random.Generator, mean: Array, times: Array, turnover: float) -> Array:
    """A stock that loses a share each period and is refilled: Poisson about its mean in the long run."""
    found = np.empty(times.shape)
    now = rng.poisson(mean)
    for period in range(times.shape[1]):
        now = rng.binomial(now, 1.0 - turnover) + rng.poisson(mean * times[:, period] * turnover)
        # Registers follow a doubling at once, not by turnover alone.
        missing = np.maximum(mean * (times[:, period] - (times[:, period - 1] if period else 1.0)), 0.0) * (1.0 - turnover)
        now = now + rng.poisson(missing)
        found[:, period] = now
    return found


def _figures(criterion: Criterion, loads: _Loads, counts: dict[str, Array], people: Array, per_year: int) -> Figures:
    shape, where = loads.value.shape, dict(criterion.where)
    everybody = np.append(people.sum(), people)
    if criterion.table == "area_loads":
        known = {"load_mg_per_1000_per_day": loads.value, "n_days": np.full(shape, loads.n_days), "coverage": loads.coverage}
        if criterion.columns.value not in known:
            raise _cannot(criterion, criterion.columns.value)
        value = known[criterion.columns.value]
        scale = np.broadcast_to(value[:1], shape) if criterion.of_parent else None
        sd = loads.sd if criterion.columns.scatter else loads.sd_total
        return figures_of(shape, value=value, sd=sd, scale=scale, coverage=loads.coverage)
    if criterion.table != "indicators" or where.get("indicator") not in counts:
        raise _cannot(criterion, where.get("indicator", criterion.table))
    events = counts[where["indicator"]]
    if criterion.evidence == "crude" and not criterion.columns.numerator:
        return figures_of(shape, value=events)
    exposure = np.repeat(everybody[:, None], shape[1], axis=1) / (per_year if criterion.is_flow else 1)
    rate = events[:1] / exposure[:1] * criterion.per
    scale = np.broadcast_to(rate, shape) if criterion.of_parent else None
    return figures_of(shape, events=events, exposure=exposure, scale=scale)


def _load_cap(rule_set: RuleSet) -> float | None:
    """The lowest threshold, in times the province's, that a true load must stay below in a null province."""
    caps = [
        one.threshold for one in rule_set.criteria
        if one.table == "area_loads" and one.of_parent and one.is_above and one.columns.value == "load_mg_per_1000_per_day"
    ]  # fmt: skip
    return min(caps, default=None)


def _rate_cap(rule_set: RuleSet, indicator: str) -> float | None:
    """The lowest rate, events per person (and year), that a true rate must stay below."""
    caps = [
        one.threshold / one.per for one in rule_set.criteria
        if dict(one.where).get("indicator") == indicator and one.is_above and one.columns.denominator
        and not one.of_parent and one.against is None
    ]  # fmt: skip
    return min(caps, default=None)


def _log_normal_below(uniform: Array, sd: float, cap: float | None, weights: Array) -> Array:
    """Levels with mean 1 over the people, none above a cap times that mean."""
    if cap is None:
        level = np.exp(sd * ndtri(uniform))
        return np.asarray(level / (weights * level).sum())
    # The mean of what is cut off is not known beforehand; a few rounds settle it.
    limit = cap
    for _ in range(4):
        level = np.exp(sd * ndtri(uniform * ndtr(np.log(limit) / sd)))
        limit = _BELOW * cap * float((weights * level).sum())
    level = np.minimum(level, limit)
    return np.asarray(level / (weights * level).sum())


def _wander(rng: np.random.Generator, sd: Array, correlation: float, shape: tuple[int, int]) -> Array:
    """Log-scale movement about a level, correlated from period to period."""
    drawn = rng.standard_normal(shape)
    for period in range(1, shape[1]):
        drawn[:, period] = correlation * drawn[:, period - 1] + np.sqrt(1 - correlation**2) * drawn[:, period]
    return np.asarray(sd[:, None] * drawn)


def _periods_a_year(rule_set: RuleSet) -> int:
    if rule_set.period not in PER_YEAR:
        raise DataRefused("A rule set by the week cannot be tried.", where=rule_set.rule_set_id, found=rule_set.period,
                          remedy="Use " + ", ".join(PER_YEAR), code="HW-D785")  # fmt: skip
    return PER_YEAR[rule_set.period]


def _cannot(criterion: Criterion, found: str) -> DataRefused:
    return DataRefused(
        "The trial cannot simulate what a criterion asks for.", where=f"criteria.{criterion.name}", found=found,
        remedy="It knows loads, coverage and days of area_loads, and the indicators of its province; add the indicator's rate "
        "there", code="HW-D785",
    )  # fmt: skip
