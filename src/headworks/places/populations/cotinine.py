"""How many people there are by the provincial rule from cotinine, and the load of a drug among them.

    load of one person = cigarettes x cotinine of one cigarette                                   (M2)
    people = cotinine load x domestic share / load of one person                                  (M3)

The trap is the domestic share: the rule multiplies the cotinine load by it and leaves the load of the drug as it is, so a
plant with much industrial water seems to use more. :func:`load_per_1000_by_cotinine` makes that a switch, and says so.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Generic, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from headworks.core.errors import DataRefused
from headworks.places.populations.markers import MG_PER_DAY, Amount, population_from_marker

_PER = 1_000.0
_RULES = Path(__file__).parents[1] / "data" / "population_rules.csv"

UNSCALED = (
    "The population was scaled by the domestic share and the load of the drug was not: that is the provincial rule, and it "
    "raises the load per head where industry dilutes the sewage."
)
SCALED = "Population and load of the drug were both scaled by the domestic share: not the provincial rule."


class LoadByCotinine(NamedTuple, Generic[Amount]):
    """Load per 1,000 people of the cotinine population (mg/d), those people, and what was scaled."""

    load_mg_per_1000_per_day: Amount
    population: Amount
    warning: str


@cache
def population_rules() -> pl.DataFrame:
    """Numbers of the rules that turn a marker into people: rule, value, low, high, unit, status, citation, note.

    Examples
    --------
    >>> population_rules().filter(rule="cotinine_per_cigarette")["value"].item()
    0.14
    """
    return pl.read_csv(_RULES, schema_overrides={"value": pl.Float64, "low": pl.Float64, "high": pl.Float64})


def cotinine_mg_per_cigarette() -> float:
    """Cotinine in the sewage for each cigarette smoked, mg."""
    return float(population_rules().filter(rule="cotinine_per_cigarette")["value"].item())


def cotinine_per_1000(cigarettes_per_person_day: Amount) -> Amount:
    """Cotinine that 1,000 people leave in the sewage in a day, mg (M2).

    Parameters
    ----------
    cigarettes_per_person_day
        Cigarettes per head of the *whole* population, not per smoker.

    Raises
    ------
    DataRefused
        ``HW-D443`` unless people smoke.

    Examples
    --------
    >>> round(cotinine_per_1000(4.0), 6)
    560.0
    """
    _require_smokers(cigarettes_per_person_day)
    return cigarettes_per_person_day * cotinine_mg_per_cigarette() * _PER


def population_from_cotinine(
    cotinine_ng_per_l: Amount,
    flow_m3_per_day: Amount | float,
    cigarettes_per_person_day: Amount | float,
    domestic_share: Amount | float = 1.0,
) -> Amount:
    """People, by the provincial rule from cotinine (M3).

    Parameters
    ----------
    cotinine_ng_per_l
        Cotinine, ng/L.
    flow_m3_per_day
        Water of the day, m3/d (the rule is often written in 10^4 m3/d).
    cigarettes_per_person_day
        Cigarettes per head of the whole population; province-specific.
    domestic_share
        Domestic sewage in the flow, above 0 and at most 1; multiplies the cotinine load.

    Raises
    ------
    DataRefused
        ``HW-D441``, ``HW-D443``, and ``HW-D444`` for a share outside (0, 1].

    Examples
    --------
    >>> round(population_from_cotinine(2_500.0, 8e4, 4.0, domestic_share=0.85), 0)
    303571.0
    """
    _require_share(domestic_share)
    load = cotinine_ng_per_l * flow_m3_per_day * MG_PER_DAY * domestic_share
    _require_smokers(cigarettes_per_person_day)
    return population_from_marker(load, cigarettes_per_person_day * cotinine_mg_per_cigarette())


def load_per_1000_by_cotinine(
    concentration_ng_per_l: Amount,
    flow_m3_per_day: Amount | float,
    population: Amount,
    domestic_share: Amount | float = 1.0,
    *,
    scale_load_by_domestic_share: bool = False,
) -> LoadByCotinine[Amount]:
    """Load of a drug per 1,000 people of the cotinine population, and a warning about the domestic share.

    Parameters
    ----------
    concentration_ng_per_l
        The drug's residue, ng/L.
    flow_m3_per_day
        Water of the day, m3/d.
    population
        From :func:`population_from_cotinine`.
    domestic_share
        The share that population was computed with.
    scale_load_by_domestic_share
        False is the provincial rule.

    Returns
    -------
    LoadByCotinine
        mg/d per 1,000 people; ``warning`` is empty where the share is 1, for then there is nothing to choose.

    Raises
    ------
    DataRefused
        ``HW-D444`` for a share outside (0, 1], ``HW-D445`` for a population of 0 or less.

    Examples
    --------
    >>> people = population_from_cotinine(2_500.0, 8e4, 4.0, domestic_share=0.85)
    >>> round(load_per_1000_by_cotinine(60.0, 8e4, people, 0.85).load_mg_per_1000_per_day, 4)
    15.8118
    """
    _require_share(domestic_share)
    if not np.all(np.asarray(population) > 0):
        raise DataRefused(
            "A load per head needs people.",
            where="population",
            found=str(population),
            remedy="Give people above 0",
            code="HW-D445",
        )
    load = concentration_ng_per_l * flow_m3_per_day * MG_PER_DAY
    if scale_load_by_domestic_share:
        load = load * domestic_share
    is_all_domestic = bool(np.all(np.asarray(domestic_share) == 1.0))
    warning = "" if is_all_domestic else SCALED if scale_load_by_domestic_share else UNSCALED
    return LoadByCotinine(load * (_PER / population), population, warning)


def _require_smokers(cigarettes: ArrayLike) -> None:
    if not np.all(np.asarray(cigarettes) > 0):
        raise DataRefused(
            "A cotinine population needs people who smoke.",
            where="cigarettes_per_person_day",
            found=str(cigarettes),
            remedy="Give cigarettes per head of the whole population, above 0",
            code="HW-D443",
        )


def _require_share(share: ArrayLike) -> None:
    values = np.asarray(share)
    if not np.all((values > 0) & (values <= 1)):
        raise DataRefused(
            "A domestic share lies above 0 and is at most 1.",
            where="domestic_share",
            found=str(share),
            remedy="Give 0.85 for 85 %",
            code="HW-D444",
        )
