"""What a sampling plan sees, beside the plans one would think of next; and by simulation, when asked to check."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from headworks.planning.power import (
    PlanPower,
    PowerQuestion,
    SamplingDays,
    SimulatedPower,
    compare_plans,
    fewest_days,
    simulate_power,
)

_BESIDE = (
    SamplingDays(7, "quarter"),
    SamplingDays(1),
    SamplingDays(2),
    SamplingDays(3),
    SamplingDays(7),
)
# More sites would take minutes and say nothing new: they differ from these only in their number.
_MOST_SITES_DRAWN = 12
_SEED = 20_260_301
_WEEKDAY_MATTERS = 0.01
# With fewer the likelihood of censored results is far from normal (docs/studies/planning_power.md).
FEW_QUANTIFIED = 8


@dataclass(frozen=True)
class PowerAnswer:
    """What was asked, the plan's power, that of plans beside it, the least plan for the change, and the check.

    ``table`` has a row per plan, the asked one first; fractions.
    """

    asked: PowerQuestion
    power: PlanPower
    table: pl.DataFrame
    fewest: SamplingDays | None
    check: pl.DataFrame | None
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The answer in plain words."""
        return "\n".join([_of_level(self.asked, self.power), _of_change(self.asked, self.power), *self._of_wish()])

    def _of_wish(self) -> list[str]:
        seen = self.power.power_for_change
        if seen is None or self.asked.change is None:
            return []
        what = f"a {'rise' if self.asked.change > 0 else 'fall'} by {abs(self.asked.change):.0%}"
        first = f"It sees {what} with probability {seen:.2f}."
        if self.fewest is None:
            return [
                f"{first} No number of days sees it with {self.asked.power:.0%}: more sites or better results would have to."
            ]
        return [f"{first} {self.fewest.words()} is the least that sees it with {self.asked.power:.0%}."]

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "plan": self.asked.plan.words(),
            "sites": self.asked.n_sites,
            "coverage": self.asked.coverage,
            "period": self.asked.period,
            "scatter": asdict(self.asked.scatter),
            **asdict(self.power),
            "fewest_days": self.fewest.words() if self.fewest else None,
            "plans": self.table.to_dicts(),
            "check": self.check.to_dicts() if self.check is not None else None,
            "notes": list(self.notes),
            "sentence": self.sentence,
        }


def plans_beside(plan: SamplingDays, period: str = "year") -> list[SamplingDays]:
    """The plan and those it is compared with; plans by the quarter only for periods of whole quarters.

    Examples
    --------
    >>> [one.words() for one in plans_beside(SamplingDays(2), "month")][:2]
    ['2 days a week, rotating', '1 day a week, rotating']
    """
    others = [one for one in _BESIDE if one != plan and (one.per == "week" or period in ("quarter", "half", "year"))]
    return [plan, *others]


def answer_power(
    asked: PowerQuestion, *, notes: Sequence[str] = (), is_checked: bool = False, replicates: int = 2_000
) -> PowerAnswer:
    """What the plan sees, and the plans beside it.

    Parameters
    ----------
    asked
        The question.
    notes
        What to tell of where its numbers are from.
    is_checked
        Also draw it ``replicates`` times, with at most 12 sites.

    Raises
    ------
    UsageError
        ``HW-U181`` to ``HW-U185``.
    """
    rows = compare_plans(asked, plans_beside(asked.plan, asked.period))
    table = pl.DataFrame([_row(plan, power) for plan, power in rows])
    fewest = fewest_days(asked) if asked.change is not None else None
    said = list(notes)
    check = None
    if is_checked:
        drawn = replace(asked, n_sites=min(asked.n_sites, _MOST_SITES_DRAWN))
        if drawn != asked:
            said.append(f"Drawn, and compared, for {drawn.n_sites} sites instead of {asked.n_sites:,}.")
        check = _check(drawn, replicates)
    if asked.scatter.nondetects > 0 and rows[0][1].quantified < FEW_QUANTIFIED:
        said.append(
            f"About {rows[0][1].quantified:.1f} results of a site and {asked.period} lie above the limit; with fewer than "
            f"{FEW_QUANTIFIED} what is said here is too hopeful."
        )
    bias = rows[0][1].weekday_bias
    if abs(bias) >= _WEEKDAY_MATTERS:
        said.append(f"Its weekdays are not balanced: the level comes out {bias:+.1%}, however many weeks are sampled.")
    return PowerAnswer(asked, rows[0][1], table, fewest, check, tuple(said))


def _row(plan: SamplingDays, power: PlanPower) -> dict[str, Any]:
    return {
        "plan": plan.words(),
        "days": power.days,
        "samples": power.samples,
        "half_width": power.half_width,
        "weekday_bias": power.weekday_bias,
        "rise": power.rise,
        "fall": power.fall,
        "trend_rise_per_year": power.trend_rise,
        "trend_fall_per_year": power.trend_fall,
        "power_for_change": power.power_for_change,
    }


def _check(asked: PowerQuestion, replicates: int) -> pl.DataFrame:
    """Formula and simulation side by side; ``ratio`` lies near 1 by some ``expected_error``, that of drawing."""
    formula = compare_plans(asked, [asked.plan])[0][1]
    drawn: SimulatedPower = simulate_power(asked, np.random.default_rng(_SEED), replicates)
    rows: list[dict[str, Any]] = [
        {
            "quantity": name,
            "formula": one,
            "simulation": other,
            "ratio": other / one,
            "expected_error": drawn.monte_carlo_error,
        }
        for name, one, other in (
            ("standard error of the level", formula.level_se, drawn.level_se),
            ("standard error of the change", formula.change_se, drawn.change_se),
            ("standard error of the trend a year", formula.trend_se, drawn.trend_se),
        )
    ]
    if formula.power_for_change is not None and drawn.power_for_change is not None:
        one, other = formula.power_for_change, drawn.power_for_change
        error = math.sqrt(max(one * (1.0 - one), 1.0 / replicates) / replicates) / max(one, 1.0 / replicates)
        rows.append({"quantity": "power for the change", "formula": one, "simulation": other,
                     "ratio": other / one if one else math.nan, "expected_error": error})  # fmt: skip
    return pl.DataFrame(rows)


def _of_level(asked: PowerQuestion, power: PlanPower) -> str:
    where = "one site" if asked.n_sites == 1 else f"{asked.n_sites:,} sites"
    covering = "" if asked.coverage == 1 else f" that cover {asked.coverage:.0%} of the people"
    return (
        f"With {asked.plan.words()} at {where}{covering} ({power.samples:,} samples a {asked.period}), the mean of a "
        f"{asked.period} is known to {power.half_width:.0%} (95 %)."
    )


def _of_change(asked: PowerQuestion, power: PlanPower) -> str:
    return (
        f"From one {asked.period} to the next it sees a rise by {power.rise:.0%} or a fall by {power.fall:.0%} with "
        f"{asked.power:.0%} probability, and over {asked.years} years a trend of +{power.trend_rise:.1%} or "
        f"-{power.trend_fall:.1%} a year (false alarms {asked.alpha:.0%})."
    )
