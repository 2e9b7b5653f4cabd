"""What is to be simulated: which province, how many sites and weeks, which residues, which errors, which switches."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields

from headworks.core.errors import UsageError
from headworks.planning.draws import MOST_SEED
from headworks.reference import uncertainty_defaults
from headworks.reference.simulation_levels import simulation_levels, simulation_value

PROVINCES = ("44", "52")
DAYS = 7


@dataclass(frozen=True)
class Errors:
    """Relative standard deviations of the errors that are made, all of them with mean one (S2).

    ``flow`` and ``analysis`` are ranges: each site, and each laboratory and residue, has and declares its own. What is
    declared is what is made, so a method that believes the declarations and the reference's defaults is right.
    """

    sampling: float
    flow: tuple[float, float]
    analysis: tuple[float, float]
    calibration: float
    population: float


def reference_errors() -> Errors:
    """The errors that the reference's defaults expect.

    Examples
    --------
    >>> reference_errors()
    Errors(sampling=0.1, flow=(0.1, 0.2), analysis=(0.08, 0.15), calibration=0.06, population=0.12)
    """
    rsd = dict(uncertainty_defaults().select("parameter", "rsd").iter_rows())
    return Errors(
        sampling=rsd["sampling"],
        flow=(simulation_value("u_flow", "low"), simulation_value("u_flow", "high")),
        analysis=(simulation_value("u_analysis", "low"), simulation_value("u_analysis", "high")),
        calibration=rsd["calibration"],
        population=rsd["population"],
    )


def known_analytes() -> tuple[str, ...]:
    """Residues that can be simulated, most wanted first.

    Examples
    --------
    >>> known_analytes()[:4]
    ('methamphetamine', 'amphetamine', 'ketamine', 'norketamine')
    """
    return tuple(simulation_levels().filter(parameter="load_median")["item"])


@dataclass(frozen=True)
class SimulationPlan:
    """A simulation, wholly: the same plan gives the same tables, bit for bit.

    Parameters
    ----------
    province
        44 Guangdong or 52 Guizhou.
    n_sites
        Sites; a sixteenth are county plants, a ninth villages. None for the whole programme: 1,943 in Guangdong.
    n_weeks
        Calendar weeks from ``start``.
    start
        A Monday.
    every_weeks
        Sampling in every so-manieth week; the first is sampled.
    n_analytes
        The first so many of ``known_analytes()``; not used when ``analytes`` names them.
    seed
        At least 0.
    errors
        None for those of the reference.
    heterogeneity
        Places differ in what is used; without it all have the median of their province.
    day_to_day
        Days differ at a place, beyond the chance of who takes a dose.
    drift
        Levels wander from week to week.
    calendar
        Weekdays, seasons, holidays.
    limits
        Laboratories have limits; without them every result is quantified.
    missing
        Samples and results are missing, laboratories fail for weeks, quality control rejects.
    events
        A new substance, dumping, an outbreak.
    """

    province: str = "44"
    n_sites: int | None = None
    n_weeks: int = 52
    start: dt.date = dt.date(2025, 1, 6)
    every_weeks: int = 1
    n_analytes: int = 12
    seed: int = 7
    analytes: tuple[str, ...] | None = None
    errors: Errors | None = None
    heterogeneity: bool = True
    day_to_day: bool = True
    drift: bool = True
    calendar: bool = True
    limits: bool = True
    missing: bool = True
    events: bool = True

    @property
    def residues(self) -> tuple[str, ...]:
        """Residues that are measured, in the order of the alphabet."""
        return tuple(sorted(self.analytes or known_analytes()[: self.n_analytes]))

    @property
    def made_errors(self) -> Errors:
        """The errors that are made."""
        return self.errors or reference_errors()

    def monday(self, week: int) -> dt.date:
        """First day of a week, counted from 0."""
        return self.start + dt.timedelta(days=DAYS * week)

    def is_sampled(self, week: int) -> bool:
        """Whether samples are taken in a week, counted from 0."""
        return week % self.every_weeks == 0


def require_plan(plan: SimulationPlan) -> SimulationPlan:
    """The plan, when it can be carried out; how many sites a province has room for is known to its network.

    Raises
    ------
    UsageError
        ``HW-U061`` another province, ``HW-U063`` weeks or a start that cannot be, ``HW-U064`` more residues than are known,
        ``HW-U067`` an error or a seed below zero.
    """
    if plan.province not in PROVINCES:
        raise UsageError(
            "This province cannot be simulated.",
            found=plan.province,
            remedy="Use 44 (Guangdong) or 52 (Guizhou)",
            code="HW-U061",
        )
    if plan.n_weeks < 1 or plan.every_weeks < 1 or plan.start.weekday() != 0:
        raise UsageError(
            "A simulation begins on a Monday and lasts at least a week.",
            found=f"start {plan.start} ({plan.start:%A}), {plan.n_weeks} weeks, every {plan.every_weeks}",
            remedy="Give --start 2025-01-06 --weeks 52 --every 1",
            code="HW-U063",
        )
    _require_residues(plan)
    made = plan.made_errors
    rsds = [value for one in fields(made) for value in _pair(getattr(made, one.name))]
    if not 0 <= plan.seed < MOST_SEED or not all(0 <= value < 1 for value in rsds):
        raise UsageError(
            "A seed is a whole number from 0, a relative standard deviation at least 0 and below 1.",
            found=f"seed {plan.seed}, {made}",
            remedy="Give --seed 7",
            code="HW-U067",
        )
    return plan


def _require_residues(plan: SimulationPlan) -> None:
    known = known_analytes()
    said = plan.analytes or ()
    strangers = [name for name in said if name not in known]
    if strangers or len(set(said)) < len(said) or (not said and not 1 <= plan.n_analytes <= len(known)):
        raise UsageError(
            f"The simulation knows {len(known)} residues, each once.",
            found=", ".join(strangers or said) or str(plan.n_analytes),
            remedy="Take the first so many of " + ", ".join(known),
            code="HW-U064",
        )


def _pair(value: float | tuple[float, float]) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (value,)
