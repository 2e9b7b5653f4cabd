"""Headworks: from sewage samples to the drug situation of an area.

The names a notebook needs, loaded when they are first used, so that ``import headworks`` and the command line stay quick:

>>> import headworks
>>> round(headworks.mass_load(450.0, 120_000.0), 6)
54000.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "headworks.store": ("Workspace",),
    "headworks.jobs.import_files": ("ImportOrder", "import_file"),
    "headworks.jobs.run": ("run",),
    "headworks.jobs.read_table": ("read_table",),
    "headworks.jobs.report": ("write_report",),
    "headworks.jobs.check": ("check_workspace",),
    "headworks.jobs.demo": ("demo",),
    "headworks.core.periods": ("Period",),
    "headworks.core.uncertainty": ("combine", "interval", "weekly_uncertainty"),
    "headworks.core.errors": ("HeadworksError",),
    "headworks.loads": (
        "consumption",
        "correction_factor",
        "disposed_share",
        "doses",
        "illicit_heroin",
        "load_per_1000",
        "mass_load",
        "surviving_fraction",
    ),
    "headworks.places": ("combine_populations", "population_from_cotinine", "population_from_marker"),
    "headworks.planning": ("SimulationPlan", "simulate_province"),
    "headworks.trends": ("changes", "mean_interval", "period_means", "week_means"),
    "headworks.trends.classical": ("censored_groups", "censored_summary", "censored_trend", "seasonal_trend"),
    "headworks.trends.levels": ("fay_herriot", "reconcile"),
    "headworks.lab": ("fit_calibration", "quantify"),
    "headworks.warning": ("detect", "scan_poisson", "warn_counts"),
    "headworks.assessment.comparison": ("exceedance_probability", "funnel_limits"),
    "headworks.reference": ("compare_sets", "list_sets", "read_set", "show_factor"),
    "headworks.tables": ("SHELF",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if TYPE_CHECKING:
    from headworks.assessment.comparison import exceedance_probability as exceedance_probability
    from headworks.assessment.comparison import funnel_limits as funnel_limits
    from headworks.core.errors import HeadworksError as HeadworksError
    from headworks.core.periods import Period as Period
    from headworks.core.uncertainty import combine as combine
    from headworks.core.uncertainty import interval as interval
    from headworks.core.uncertainty import weekly_uncertainty as weekly_uncertainty
    from headworks.jobs.check import check_workspace as check_workspace
    from headworks.jobs.demo import demo as demo
    from headworks.jobs.import_files import ImportOrder as ImportOrder
    from headworks.jobs.import_files import import_file as import_file
    from headworks.jobs.read_table import read_table as read_table
    from headworks.jobs.report import write_report as write_report
    from headworks.jobs.run import run as run
    from headworks.lab import fit_calibration as fit_calibration
    from headworks.lab import quantify as quantify
    from headworks.loads import consumption as consumption
    from headworks.loads import correction_factor as correction_factor
    from headworks.loads import disposed_share as disposed_share
    from headworks.loads import doses as doses
    from headworks.loads import illicit_heroin as illicit_heroin
    from headworks.loads import load_per_1000 as load_per_1000
    from headworks.loads import mass_load as mass_load
    from headworks.loads import surviving_fraction as surviving_fraction
    from headworks.places import combine_populations as combine_populations
    from headworks.places import population_from_cotinine as population_from_cotinine
    from headworks.places import population_from_marker as population_from_marker
    from headworks.planning import SimulationPlan as SimulationPlan
    from headworks.planning import simulate_province as simulate_province
    from headworks.reference import compare_sets as compare_sets
    from headworks.reference import list_sets as list_sets
    from headworks.reference import read_set as read_set
    from headworks.reference import show_factor as show_factor
    from headworks.store import Workspace as Workspace
    from headworks.tables import SHELF as SHELF
    from headworks.trends import changes as changes
    from headworks.trends import mean_interval as mean_interval
    from headworks.trends import period_means as period_means
    from headworks.trends import week_means as week_means
    from headworks.trends.classical import censored_groups as censored_groups
    from headworks.trends.classical import censored_summary as censored_summary
    from headworks.trends.classical import censored_trend as censored_trend
    from headworks.trends.classical import seasonal_trend as seasonal_trend
    from headworks.trends.levels import fay_herriot as fay_herriot
    from headworks.trends.levels import reconcile as reconcile
    from headworks.warning import detect as detect
    from headworks.warning import scan_poisson as scan_poisson
    from headworks.warning import warn_counts as warn_counts

__all__ = ["__version__", *sorted(_HOME_OF)]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'headworks' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
