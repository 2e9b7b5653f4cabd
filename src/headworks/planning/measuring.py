"""What a sampler and a laboratory make of the truth.

One composite of 24 hours a site and sampling week, on a weekday drawn anew each time. Every error has mean one (S2, S12):
sampling and flow are drawn per sample, repeatability per result, calibration per laboratory batch and residue, so that what
the method says is shared is shared. A result below the LOD or LOQ of its batch is reported as that. The trap is an error of
the flow that goes into the concentration too: a sample is diluted by the true flow, a load is computed from the declared one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headworks.planning.draws import Purpose, mean_one, stream
from headworks.planning.events import YEAR_WEEKS, Event
from headworks.planning.network import Network, plants_of
from headworks.planning.plan import DAYS, SimulationPlan
from headworks.planning.residue_levels import ResidueLevel, residue_level
from headworks.planning.true_loads import TrueWeek
from headworks.reference.simulation_levels import simulation_value

# Places in DETECTION and QC_FLAGS of the table of measurements.
QUANTIFIED, BELOW_LOQ, NOT_DETECTED = 0, 1, 2
ACCEPTED, SUSPECT, REJECTED = 0, 1, 2
ENANTIOMERS_OF = "MDMA"
# 1 mg/m3 is 1e3 ng/L.
_NG_PER_L = 1e3
# A laboratory's method improves once, in the middle of the first year.
_STEP_WEEKS = (13, 39)


@dataclass(frozen=True, eq=False)
class Laboratories:
    """What each city's laboratory declares: arrays of residues x laboratories; ``steps`` is the week a limit falls."""

    loq: np.ndarray
    u_analysis: np.ndarray
    steps: np.ndarray
    outages: list[Event]
    batch_of_site: np.ndarray
    laboratory_of_batch: np.ndarray
    batch_names: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class MeasuredWeek:
    """The samples of a week: one value a sample, or residues x samples; ``bias`` is residues x batches and never reported."""

    week: int
    site: np.ndarray
    weekday: np.ndarray
    flow_m3_per_day: np.ndarray
    temperature_c: np.ndarray
    ph: np.ndarray
    is_warm: np.ndarray
    batch: np.ndarray
    concentration: np.ndarray
    detection: np.ndarray
    lod: np.ndarray
    loq: np.ndarray
    u_analysis: np.ndarray
    qc: np.ndarray
    has_result: np.ndarray
    bias: np.ndarray
    fraction_r: np.ndarray


def equip_laboratories(plan: SimulationPlan, network: Network) -> Laboratories:
    """The laboratories of a network: one a city."""
    count = len(network.cities)
    low, high = simulation_value("loq_laboratory_factor", "low"), simulation_value("loq_laboratory_factor", "high")
    loq, u, steps = [], [], []
    for name in plan.residues:
        level = residue_level(name)
        rng = stream(plan.seed, Purpose.LIMITS, analyte=level.number)
        loq.append(level.loq * np.exp(rng.uniform(np.log(low), np.log(high), count)))
        u.append(np.round(rng.uniform(*plan.made_errors.analysis, count), 3))
        steps.append(rng.integers(*_STEP_WEEKS, count))
    pairs = np.stack([network.city, network.batch], axis=1)
    batches, of_site = np.unique(pairs, axis=0, return_inverse=True)
    names = tuple(f"{network.cities[city][:4]}-{number + 1}" for city, number in batches)
    return Laboratories(
        np.stack(loq), np.stack(u), np.stack(steps), _outages(plan, network), of_site.ravel(), batches[:, 0], names
    )


def _outages(plan: SimulationPlan, network: Network) -> list[Event]:
    """Weeks in which a laboratory releases nothing."""
    if not plan.missing:
        return []
    weeks, per_year = int(simulation_value("outage_weeks")), int(simulation_value("outages_per_year"))
    found = []
    for year in range(-(-plan.n_weeks // YEAR_WEEKS)):
        rng = stream(plan.seed, Purpose.OUTAGES, week=year)
        for first, draw in zip(rng.integers(0, YEAR_WEEKS, per_year), rng.random(per_year), strict=True):
            city = int(draw * len(network.cities))
            sites = np.flatnonzero(network.city == city)
            week = year * YEAR_WEEKS + int(first)
            found.append(Event("outage", None, sites, week, weeks, 0.0, network.cities[city]))
    return [event for event in found if event.first_week < plan.n_weeks]


def measure_week(plan: SimulationPlan, network: Network, laboratories: Laboratories, truth: TrueWeek) -> MeasuredWeek:
    """The samples and results of a sampled week, in the order of day and site."""
    rng = stream(plan.seed, Purpose.SAMPLING, truth.week)
    n, made = network.n_sites, plan.made_errors
    weekday = rng.integers(0, DAYS, n)
    lost, warm, warmth, acid = rng.random((4, n))
    sampling, flow_error = mean_one(rng, made.sampling, n), mean_one(rng, network.u_flow, n)
    taken = np.lexsort((np.arange(n), weekday))
    taken = taken[~_is_lost(plan, laboratories, truth.week, lost)[taken]]
    day = weekday[taken]
    water = truth.water_m3_per_day[taken, day]
    carried = truth.loads[:, taken, day] * (_NG_PER_L / water * sampling[taken])
    results = [
        _analyse(plan, laboratories, truth.week, residue_level(name), place, taken, carried[place])
        for place, name in enumerate(plan.residues)
    ]
    stacked = {key: np.stack([one[key] for one in results]) for key in results[0]}
    season = np.cos(2.0 * np.pi * (plan.monday(truth.week).timetuple().tm_yday / 365.25 - 0.04))
    return MeasuredWeek(
        week=truth.week,
        site=taken,
        weekday=day,
        flow_m3_per_day=np.round(water * flow_error[taken], 1).clip(0.1),
        temperature_c=np.round(24.0 - 5.0 * season + 2.0 * (warmth[taken] - 0.5), 1),
        ph=np.round(7.2 + 0.8 * (acid[taken] - 0.5), 1),
        is_warm=plan.missing & (warm[taken] < simulation_value("missing_samples")),
        batch=laboratories.batch_of_site[taken],
        fraction_r=_enantiomers(plan, network, truth, taken, day),
        **stacked,
    )


def _is_lost(plan: SimulationPlan, laboratories: Laboratories, week: int, draw: np.ndarray) -> np.ndarray:
    lost = draw < (simulation_value("missing_samples") if plan.missing else 0.0)
    for outage in laboratories.outages:
        if 0 <= week - outage.first_week < outage.n_weeks:
            lost[outage.sites] = True
    return np.asarray(lost)


def _analyse(
    plan: SimulationPlan,
    laboratories: Laboratories,
    week: int,
    level: ResidueLevel,
    place: int,
    taken: np.ndarray,
    carried_ng_per_l: np.ndarray,
) -> dict[str, np.ndarray]:
    """Results of one residue in the samples taken."""
    rng = stream(plan.seed, Purpose.ANALYSIS, week, level.number)
    batch = laboratories.batch_of_site[taken]
    laboratory = laboratories.laboratory_of_batch
    bias = mean_one(rng, plan.made_errors.calibration, len(laboratory))
    jitter = np.exp(simulation_value("loq_batch_sd") * rng.standard_normal(len(laboratory)))
    u_of_site = laboratories.u_analysis[place][laboratory[laboratories.batch_of_site]]
    repeat = mean_one(rng, u_of_site, len(u_of_site))
    lost, verdict = rng.random((2, len(u_of_site)))[:, taken]
    step = np.where(week >= laboratories.steps[place], simulation_value("loq_step"), 1.0)
    loq = np.round((laboratories.loq[place] * step)[laboratory] * jitter, 3).clip(0.001)[batch]
    lod = np.round(simulation_value("lod_share") * loq, 4)
    found = carried_ng_per_l * bias[batch] * repeat[taken]
    state = np.select([found >= loq, found >= lod], [QUANTIFIED, BELOW_LOQ], NOT_DETECTED)
    rejected = simulation_value("rejected_results")
    qc = np.select(
        [verdict < rejected, verdict < rejected + simulation_value("suspect_results")], [REJECTED, SUSPECT], ACCEPTED
    )
    return {
        "concentration": found,
        "detection": state if plan.limits else np.full(len(batch), QUANTIFIED),
        "lod": lod,
        "loq": loq,
        "u_analysis": u_of_site[taken],
        "qc": qc if plan.missing else np.full(len(batch), ACCEPTED),
        "has_result": lost >= (simulation_value("missing_results") if plan.missing else 0.0),
        "bias": bias,
    }


def _enantiomers(plan: SimulationPlan, network: Network, truth: TrueWeek, taken: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Share of R in the MDMA of county plants' samples, empty elsewhere: use enriches it, a racemate was poured in (S11)."""
    if ENANTIOMERS_OF not in plan.residues:
        return np.full(len(taken), np.nan)
    # A stream beside those of the residues, whose numbers are small.
    rng = stream(plan.seed, Purpose.ANALYSIS, truth.week, 1_000)
    noise = simulation_value("enantiomeric_fraction", "u") * rng.standard_normal(network.n_sites)[taken]
    all_of_it = truth.loads[plan.residues.index(ENANTIOMERS_OF), taken, day]
    poured = truth.dumped.get(ENANTIOMERS_OF, np.zeros((network.n_sites, DAYS)))[taken, day]
    share = np.divide(poured, all_of_it, out=np.zeros(len(taken)), where=all_of_it > 0)
    use, racemate = simulation_value("enantiomeric_fraction", "use"), simulation_value("enantiomeric_fraction", "racemate")
    fraction = np.clip((1.0 - share) * use + share * racemate + noise, 0.0, 1.0)
    return np.where(np.isin(taken, plants_of(network)), np.round(fraction, 4), np.nan)
