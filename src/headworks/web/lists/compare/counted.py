"""Areas of one level by the rate of an indicator, for readers who see its counts: exact limits, and what they leave out."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl
from django.http import HttpRequest
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.reports.drawing.funnel import funnel_spec
from headworks.web.access.policy import NotVisible, visible_areas
from headworks.web.figures.templatetags.figures import amount, area_name
from headworks.web.lists.compare.compared import OUTSIDE_95, STANDING_WORDS
from headworks.web.lists.indicators import indicator_names, indicator_rows
from headworks.web.lists.words.criterion_words import own_words
from headworks.workflows.assessment import CountFunnel, funnel_of_counts

# Rates are read per so many people and year.
_PER = 1_000


class Counted(NamedTuple):
    """What was asked for, what there is to ask for, and the rows; ``funnel`` is None where too few have a count."""

    indicator: str
    indicators: list[str]
    period: str
    periods: list[str]
    level: int
    levels: list[int]
    funnel: CountFunnel | None
    rows: list[dict[str, Any]]

    @property
    def query(self) -> dict[str, str]:
        """As an address says it."""
        return {"indicator": self.indicator, "period": self.period, "level": str(self.level)}

    @property
    def words(self) -> str:
        """What is counted, in the reader's language."""
        return own_words(self.indicator.replace("_", " "))


def counted(request: HttpRequest) -> Counted:
    """The areas of a request by the rate of an indicator: the newest period of the level with most counts, if not said.

    Raises
    ------
    NotVisible
        For a reader who sees no counts, or an indicator that is not there.
    UsageError
        ``HW-U339`` for a period or level without counts.
    DataRefused
        ``HW-D787`` when several counts speak of one area and period.
    """
    reader = request.reader  # type: ignore[attr-defined]
    names = indicator_names(reader)
    name = request.GET.get("indicator") or (names[0] if names else "")
    if name not in names:
        raise NotVisible(f"counts of {name[:40]}")
    areas = {one.pk: one for one in visible_areas(reader)}
    rows = indicator_rows(reader, areas.values()).filter((pl.col("indicator") == name) & (pl.col("stratum") == "all"))
    known = rows.select("period", "area_id").unique()
    levels = [areas[code].level for code in known["area_id"]]
    level = _chosen(request, "level", sorted(set(map(str, levels))), str(max(levels, key=levels.count)))
    mine = [code for code, one in areas.items() if str(one.level) == level]
    periods = known.filter(pl.col("area_id").is_in(mine))["period"].unique().to_list()
    periods.sort(key=lambda label: Period.parse(label).last)
    period = _chosen(request, "period", periods, periods[-1] if periods else "")
    funnel = funnel_of_counts(name, mine, period, rows)
    found = [] if funnel is None else funnel.areas.iter_rows(named=True)
    shown = [
        {**row, **_per_1000(row), "area": areas[row["area_id"]], "standing_words": str(STANDING_WORDS[row["standing"]]) % ()}
        for row in found
    ]
    return Counted(name, names, period, periods, int(level), sorted(set(levels)), funnel, shown)


def _chosen(request: HttpRequest, name: str, known: list[str], default: str) -> str:
    said = request.GET.get(name) or default
    if said not in known:
        raise UsageError(_("There are no counts of this."), where=name, found=said[:20], remedy=", ".join(known[-8:]),
                         code="HW-U339")  # fmt: skip
    return said


def _per_1000(row: dict[str, Any]) -> dict[str, float]:
    return {name: _PER * row[name] for name in ("rate", "lower_998", "lower_95", "upper_95", "upper_998")}


def sentences_of_counts(funnel: CountFunnel) -> list[str]:
    """How areas differ, then who stands apart."""
    first = (
        _("Areas differ more than by chance (φ = %(phi)s): far more lie outside exact limits than the limits say, and none is "
          "an outlier for that alone.")
        if funnel.spread.is_present
        else _("Areas differ no more than by chance (φ = %(phi)s).")
    )  # fmt: skip
    n_outside = funnel.areas.filter(pl.col("standing") != "inside").height
    outside = {"n": n_outside, "all": funnel.areas.height, "expected": amount(OUTSIDE_95 * funnel.areas.height)}
    second = _(
        "%(n)s of %(all)s areas lie outside the 95 %% limits; about %(expected)s would if they differed by nothing else."
    )
    found = [first % {"phi": amount(funnel.spread.phi)}, second % outside]
    if funnel.n_left_out:
        found.append(_("%(n)s areas without a count or its people are not compared.") % {"n": funnel.n_left_out})
    return found


def spec_of_counts(shown: Counted, funnel: CountFunnel, *, is_dark: bool, is_alone: bool = False) -> dict[str, Any]:
    """The Vega-Lite specification of the funnel of rates, with its title where it stands alone."""
    limits = [{"x": row["person_years"], **_per_1000({**row, "rate": 0.0})} for row in funnel.limits.iter_rows(named=True)]
    title = _("%(name)s, %(period)s") % {"name": shown.words, "period": shown.period}
    words = {
        "title": title if is_alone else "", "y_axis": _("Per 1,000 people and year"),
        "x_axis": _("person-years, log scale (large areas at the right)"),
    }  # fmt: skip
    points = [_point(row) for row in shown.rows]
    return funnel_spec(points, limits, _PER * funnel.target, words, is_dark=is_dark, is_linear=True)


def _point(row: dict[str, Any]) -> dict[str, Any]:
    name = area_name(row["area"])
    said = {"area": name, "rate": amount(row["rate"]), "standing": row["standing_words"]}
    return {
        "x": row["person_years"], "y": row["rate"], "label": name, "standing": row["standing"].split("_")[0],
        "is_alarm": row["standing"].endswith("998"),
        "hover": _("%(area)s: %(rate)s per 1,000 people and year, %(standing)s") % said,
    }  # fmt: skip


def filed_counts(shown: Counted) -> pl.DataFrame:
    """The table as a file, with the limits that each area was held against."""
    kept = ("count", "person_years", "rate", "lower_998", "lower_95", "upper_95", "upper_998", "standing")
    renamed = {name: f"{name}_per_1000_per_year" for name in ("rate", "lower_998", "lower_95", "upper_95", "upper_998")}
    rows = [
        {"area_id": row["area"].pk, "indicator": shown.indicator, "period": shown.period,
         **{renamed.get(name, name): row[name] for name in kept}}
        for row in shown.rows
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)
