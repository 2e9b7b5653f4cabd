"""What all residents of an area use, beside what was measured of those covered: measured, partly measured or modelled.

The estimate is of a quarter, a half-year or a year; a shorter period shows that of the quarter it lies in. The trap: an
estimate without a measured share is a statement about places like this one, so it says so in word, pattern and legend.
"""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.core.periods import Period, PeriodKind
from headworks.web.access.reader import Reader
from headworks.web.figures.indexed import Indexed, indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.naming import drug_name
from headworks.web.figures.scoped import area_figures
from headworks.web.figures.sentences import interval_of, number_of, state_of
from headworks.web.figures.templatetags.figures import amount, percent
from headworks.web.figures.trend_panels import basis_bars
from headworks.web.situation.asked import Asked

# Periods that estimates are made of, shortest first.
_ESTIMATED: Final[tuple[PeriodKind, ...]] = ("quarter", "half_year", "year")
BASIS_WORDS: Final = {
    "measured": gettext_lazy("measured"),
    "partly_measured": gettext_lazy("partly measured, the rest modelled"),
    "modelled": gettext_lazy("modelled: nobody was sampled here"),
}


def estimate_of(reader: Reader, asked: Asked) -> dict[str, Any]:
    """The estimate of the chosen drug for the period shown, or for the shortest estimated one it lies in.

    Parameters
    ----------
    reader, asked
        Who asks, and for which area, drug and period.
    """
    key = ("estimate", asked.area.path, asked.period, asked.analyte, asked.version)
    return kept(reader, key, lambda: {"estimate": _estimate(reader, asked)})


def estimates_alone(reader: Reader, asked: Asked) -> dict[str, Any]:
    """Of an area without a figure: what the model says of every drug in the newest period it speaks of."""
    key = ("estimates alone", asked.area.path, asked.version)
    return kept(reader, key, lambda: {"estimate": _alone(reader, asked)})


def _alone(reader: Reader, asked: Asked) -> dict[str, Any] | None:
    index = indexed(area_figures(reader, asked.area.area_id, "area_estimates"), "area_estimates", asked.area.area_id)
    label = next((index.periods[kind][-1] for kind in _ESTIMATED if index.periods.get(kind)), "")
    rows = [(drug_name(heading, analyte), index.row(analyte, label)) for analyte, heading in index.headings]
    told = [(name, row) for name, row in rows if row is not None and row["load_mg_per_1000_per_day"] is not None]
    if not told:
        return None
    bars = [(name, row["basis"], row["load_mg_per_1000_per_day"], row["lower"], row["upper"]) for name, row in told]
    lines = [
        _("%(drug)s, %(period)s: %(load)s mg per 1,000 people a day (%(low)s–%(high)s), %(basis)s") % {
            "drug": name, "period": label, "load": amount(middle), "low": amount(low), "high": amount(high),
            "basis": BASIS_WORDS[basis]}
        for name, basis, middle, low, high in bars
    ]  # fmt: skip
    title = _("Estimates of every drug, %(period)s") % {"period": label}
    return {"lines": lines, "picture": basis_bars(bars, title), "legend": _legend(), "period": label}


def _legend() -> list[tuple[str, Any]]:
    return [(one, BASIS_WORDS[one]) for one in BASIS_WORDS]


def _estimate(reader: Reader, asked: Asked) -> dict[str, Any] | None:
    index = indexed(area_figures(reader, asked.area.area_id, "area_estimates"), "area_estimates", asked.area.area_id)
    label, row = _found(index, asked)
    if row is None or row["load_mg_per_1000_per_day"] is None:
        return None
    measured = asked.row(period=label)
    basis = row["basis"]
    bars = [(_("all residents"), basis, row["load_mg_per_1000_per_day"], row["lower"], row["upper"])]
    told = measured is not None and state_of(measured) == "value"
    if measured is not None and told:
        bars.insert(
            0, (_("those covered"), "measured", measured["load_mg_per_1000_per_day"], measured["lower"], measured["upper"])
        )
    words = {"period": label, "load": amount(row["load_mg_per_1000_per_day"]), "basis": BASIS_WORDS[basis],
             "low": amount(row["lower"]), "high": amount(row["upper"]), "share": percent(row["coverage"])}  # fmt: skip
    said = _("All residents, %(period)s: %(load)s mg per 1,000 people a day (%(low)s–%(high)s), %(basis)s") % words
    beside = ""
    if measured is not None and told:
        beside = _("Those covered, %(share)s of residents: %(number)s (%(interval)s)") % {
            **words, "number": number_of(measured), "interval": interval_of(measured)}  # fmt: skip
    return {
        "said": said, "beside": beside, "basis": basis, "grams": amount(row["load_mg_per_day"] / 1000), "period": label,
        "picture": basis_bars(bars, said), "legend": _legend(),
        "modelled": amount(row["modelled_mg_per_1000_per_day"]) if row["modelled_mg_per_1000_per_day"] is not None else "",
    }  # fmt: skip


def _found(index: Indexed, asked: Asked) -> tuple[str, Any]:
    if asked.bar is None:
        return "", None
    period = asked.bar.period
    moment = period.last if period.kind != "week" else period.first
    labels = [period.label]
    if period.kind not in _ESTIMATED:
        labels += [Period.containing(moment, kind).label for kind in _ESTIMATED]
    for label in labels:
        row = index.row(asked.analyte, label)
        if row is not None and row["state"] != "suppressed":
            return label, row
    return "", None
