"""The smallest number of users, grams or outbreak that a town's samples show: with the reference's doses and factors."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.planning.detect import (
    Detection,
    most_users_unseen,
    probability_seen,
    simulate_seen,
    smallest_poured,
    smallest_users,
)
from headworks.reference import DEFAULT_SET, read_set
from headworks.reference.planning_values import planning_value
from headworks.reference.simulation_levels import simulation_value

_L_PER_M3 = 1e3
_MG_PER_G = 1e3
_PER = 1e3
_SEED = 20_260_302
_POINTS = 31


@dataclass(frozen=True)
class DetectionOrder:
    """What is asked; what is not said comes from the reference.

    Parameters
    ----------
    drug
        By any of its names.
    people
        Residents who drain to the site.
    flow_m3_per_day
        Water of a day.
    probability
        Wanted.
    users
        How many users a day to give the probability for; none.
    n_days
        Days in a row on which they use.
    days_per_week
        Days sampled.
    dose_mg
        What a user takes in a day, pure drug.
    limit
        ``lod``, ``loq`` or ng/L as a number.
    survival
        Share of the residue that is left after the sewer.
    """

    drug: str
    people: float
    flow_m3_per_day: float | None = None
    probability: float = 0.95
    users: float | None = None
    n_days: int = 1
    days_per_week: int = 7
    dose_mg: float | None = None
    limit: str = "lod"
    survival: float = 1.0
    flushes: float | None = None
    pulse_width_min: float | None = None
    pulse_cv: float | None = None
    interval_min: float | None = None
    u_result: float | None = None
    parameter_set: str = DEFAULT_SET


@dataclass(frozen=True)
class DetectionAnswer:
    """The town as it was computed with, and the answers; grams of pure drug. None is what cannot be seen, however much."""

    order: DetectionOrder
    asked: Detection
    analyte: str
    dose_mg: float
    users: float | None
    grams_per_day: float | None
    concentration_ng_per_l: float | None
    grams_poured: float | None
    probability_for_users: float | None
    n_samples: int
    users_if_absent: float | None
    curve: pl.DataFrame
    check: pl.DataFrame | None
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The answer in plain words."""
        return "\n".join([self._smallest(), *self._inverse(), self._absence()])

    def _smallest(self) -> str:
        order, plan = self.order, _plan_words(self.order)
        if self.users is None or self.grams_per_day is None:
            return (
                f"In a town of {order.people:,.0f} {plan} does not see even everybody's use of {order.drug} with "
                f"{order.probability:.0%}."
            )
        share = self.users / order.people * _PER
        return (
            f"In a town of {order.people:,.0f} {plan} sees {self.users:.3g} users of {order.drug} a day ({share:.2g} per "
            f"1,000; {self.grams_per_day:.2g} g a day) with {order.probability:.0%}."
        )

    def _inverse(self) -> list[str]:
        if self.order.users is None:
            return []
        return [
            f"With {self.order.users:g} users a day samples show something with probability {self.probability_for_users:.3f}."
        ]

    def _absence(self) -> str:
        if self.users_if_absent is None:
            return f"{_samples(self.n_samples)} without a trace would prove nothing."
        return (
            f"{_samples(self.n_samples)} without a trace would prove, with {self.order.probability:.0%}, fewer than "
            f"{self.users_if_absent:.3g} users a day."
        )

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        names = ("analyte", "dose_mg", "users", "grams_per_day", "concentration_ng_per_l", "grams_poured",
                 "probability_for_users", "n_samples", "users_if_absent")  # fmt: skip
        return {
            "drug": self.order.drug,
            "probability": self.order.probability,
            "days": self.order.n_days,
            **{name: getattr(self, name) for name in names},
            "town": asdict(self.asked),
            "curve": self.curve.to_dicts(),
            "check": self.check.to_dicts() if self.check is not None else None,
            "notes": list(self.notes),
            "sentence": self.sentence,
        }


def answer_detection(order: DetectionOrder, *, is_checked: bool = False, replicates: int = 10_000) -> DetectionAnswer:
    """What is seen in a town.

    Raises
    ------
    ParameterError
        ``HW-P002`` for an unknown drug.
    UsageError
        ``HW-U186``, ``HW-U187``; ``HW-U193`` for a dose, a factor or a limit that neither order nor reference holds.
    """
    asked, analyte, dose, notes = _town(order)
    users = smallest_users(asked, order.probability, order.n_days)
    n_samples = max(1, order.n_days * order.days_per_week // 7)
    shown = None if order.users is None else probability_seen(asked, order.users, order.n_days)
    reached = users if users is not None else asked.people
    return DetectionAnswer(
        order=order,
        asked=asked,
        analyte=analyte,
        dose_mg=dose,
        users=users,
        grams_per_day=None if users is None else users * dose / _MG_PER_G,
        concentration_ng_per_l=None if users is None else _concentration(asked, users),
        grams_poured=smallest_poured(asked, order.probability),
        probability_for_users=shown,
        n_samples=n_samples,
        users_if_absent=most_users_unseen(asked, n_samples, order.probability),
        curve=_curve(asked, order, reached),
        check=_check(asked, order, reached, replicates) if is_checked else None,
        notes=tuple(notes),
    )


def _concentration(asked: Detection, users: float) -> float:
    """Mean concentration that so many users make, ng/L."""
    return asked.limit_ng_per_l * users * asked.residue_mg_per_user / asked.least_mg


def _town(order: DetectionOrder) -> tuple[Detection, str, float, list[str]]:
    factors = read_set(order.parameter_set).primary(order.drug).row(0, named=True)
    notes = []
    flow = order.flow_m3_per_day
    if flow is None:
        flow = order.people * simulation_value("water_per_person") / _L_PER_M3
        notes.append(f"Flow taken as {simulation_value('water_per_person'):g} L per person: {flow:,.0f} m3/d.")
    dose = factors["dose_mg"] if order.dose_mg is None else order.dose_mg
    if dose is None or factors["correction_factor"] is None:
        raise _not_known(order.drug, "dose" if dose is None else "excretion factor")
    if order.dose_mg is None:
        notes.append(f"One dose of {dose:g} mg a user and day ({order.parameter_set}, {factors['dose_status']}).")
    asked = Detection(
        people=order.people,
        flow_m3_per_day=flow,
        residue_mg_per_user=dose / factors["correction_factor"],
        limit_ng_per_l=_limit(order, factors, notes),
        survival=order.survival,
        flushes=_or_reference(order.flushes, "flushes_per_user"),
        pulse_cv=_or_reference(order.pulse_cv, "pulse_cv"),
        pulse_width_min=_or_reference(order.pulse_width_min, "pulse_width_min"),
        interval_min=_or_reference(order.interval_min, "interval_min"),
        u_result=_or_reference(order.u_result, "u_near_limit"),
        days_per_week=order.days_per_week,
    )
    return asked, factors["analyte"], float(dose), notes


def _or_reference(said: float | None, parameter: str) -> float:
    return planning_value(parameter) if said is None else said


def _limit(order: DetectionOrder, factors: dict[str, Any], notes: list[str]) -> float:
    said = order.limit.strip().lower()
    if said in ("lod", "loq"):
        found = factors[f"{said}_ng_per_l"]
        if found is None and said == "lod" and factors["loq_ng_per_l"] is not None:
            found = factors["loq_ng_per_l"]
            notes.append("The reference has no LOD; its LOQ is used.")
        if found is None:
            raise _not_known(order.drug, said.upper())
        notes.append(f"Limit {found:g} ng/L ({order.parameter_set}, {factors['limits_status']}).")
        return float(found)
    try:
        return float(said)
    except ValueError as problem:
        raise UsageError("A limit is lod, loq or ng/L.", where="limit", found=order.limit, remedy="Give --limit 1.5",
                         code="HW-U193") from problem  # fmt: skip


def _not_known(drug: str, what: str) -> UsageError:
    return UsageError(
        f"The reference holds no {what} of this drug.",
        where="parameter set",
        found=drug,
        remedy="Give --dose and --limit, or another --set",
        code="HW-U193",
    )


def _curve(asked: Detection, order: DetectionOrder, reached: float) -> pl.DataFrame:
    """Probability against users, from nothing to nearly certain."""
    users = np.geomspace(reached / 100, min(reached * 10, max(asked.people, reached)), _POINTS)
    chances = [probability_seen(asked, float(one), order.n_days) for one in users]
    return pl.DataFrame({"users": users, "probability": chances})


def _check(asked: Detection, order: DetectionOrder, reached: float, replicates: int) -> pl.DataFrame:
    rng = np.random.default_rng(_SEED)
    rows = []
    for users in (reached / 4, reached / 2, reached):
        formula = probability_seen(asked, users, order.n_days)
        drawn, error = simulate_seen(asked, users, order.n_days, rng, replicates)
        rows.append((users, formula, drawn, error))
    return pl.DataFrame(rows, schema=["users", "formula", "simulation", "expected_error"], orient="row")


def _samples(n: int) -> str:
    return "One sample" if n == 1 else f"{n} samples"


def _plan_words(order: DetectionOrder) -> str:
    often = "a sample every day" if order.days_per_week == 7 else f"sampling {order.days_per_week} of 7 days"
    return often if order.n_days == 1 else f"{often}, over {order.n_days} days,"
