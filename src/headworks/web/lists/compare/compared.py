"""Areas of one level held against each other in a funnel: what a reader is shown of it, in their language.

Only areas that the reader was granted are compared, by figures of their tier; the areas stand by code.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.reports.drawing.funnel import funnel_spec
from headworks.web.access.models import AreaNode
from headworks.web.access.reader import Reader
from headworks.web.figures.kept import kept
from headworks.web.figures.periods import period_bar
from headworks.web.figures.scoped import map_figures
from headworks.web.figures.sentences import interval_of, state_of
from headworks.web.figures.templatetags.figures import amount, area_name
from headworks.web.situation.asked import Asked, asked_of_all
from headworks.web.situation.maps import chosen_level, map_title
from headworks.workflows.assessment import AreaFunnel, funnel_of_areas

STANDING_WORDS = {
    "inside": gettext_lazy("as the others"), "above_95": gettext_lazy("▲ above the 95 %% limits"),
    "above_998": gettext_lazy("▲▲ above the 99.8 %% limits"), "below_95": gettext_lazy("▼ below the 95 %% limits"),
    "below_998": gettext_lazy("▼▼ below the 99.8 %% limits"), "none": gettext_lazy("not compared: no load above its limit"),
}  # fmt: skip
OUTSIDE_95 = 0.05


@dataclass(frozen=True)
class Compared:
    """The rows of the table with what the funnel says of each; ``funnel`` is None where too few can be compared."""

    asked: Asked
    level: int
    funnel: AreaFunnel | None
    rows: list[dict[str, Any]]

    @property
    def query(self) -> dict[str, str]:
        """As an address says it."""
        return {**self.asked.query, "level": str(self.level)}

    @property
    def title(self) -> str:
        """What is compared, as a sentence."""
        return _("%(what)s, against the middle area") % {"what": map_title(self.asked, self.level)}


def compared(request: HttpRequest) -> Compared | None:
    """The areas of a request compared, by code: of the newest quarter where none was asked for, as lists look at quarters.

    Raises
    ------
    UsageError
        ``HW-U130`` to ``HW-U132`` for a period, drug or level of which there are no figures.
    """
    reader, asked = request.reader, asked_of_all(request)  # type: ignore[attr-defined]
    quarters = asked.figures.periods.get("quarter")
    if quarters and not request.GET.get("period"):
        asked = asked._replace(bar=period_bar(asked.figures.periods, quarters[-1]))
    level = chosen_level(asked, request.GET.get("level", "")) if asked.bar else None
    if level is None:
        return None
    key = ("funnel", asked.paths, level, asked.period, asked.analyte, asked.version)
    return kept(reader, key, lambda: _compared(reader, asked, level))


def _compared(reader: Reader, asked: Asked, level: int) -> Compared:
    figures = map_figures(reader, "", level, asked.period, asked.analyte).rows.sort("area_id")
    funnel = funnel_of_areas(figures.filter(pl.col("state") != "suppressed")) if "u_day" in figures.columns else None
    by_area = {} if funnel is None else {row["area_id"]: row for row in funnel.areas.iter_rows(named=True)}
    areas = AreaNode.objects.in_bulk(figures["area_id"].to_list())
    rows = [
        _row(areas[row["area_id"]], row, by_area.get(row["area_id"]))
        for row in figures.iter_rows(named=True)
        if row["area_id"] in areas
    ]
    return Compared(asked, level, funnel, rows)


def _row(area: AreaNode, figure: dict[str, Any], found: dict[str, Any] | None) -> dict[str, Any]:
    state = state_of(figure)
    is_shown = state != "suppressed"
    return {
        "area": area, "state": state, "is_shown": is_shown, "residents": figure.get("area_population") if is_shown else None,
        "load": figure.get("load_mg_per_1000_per_day") if is_shown else None,
        "interval": interval_of(figure) if is_shown else "", "coverage": figure.get("coverage") if is_shown else None,
        "found": found,
        "error": found["log_sd"] if found else None,
        "standing": str(STANDING_WORDS[found["standing"] if found else "none"]) % (),
    }  # fmt: skip


def sentences(shown: Compared) -> list[str]:
    """What the funnel says, in the order in which it is to be read: how areas differ, then who stands apart."""
    funnel = shown.funnel
    if funnel is None:
        return []
    alone, spread = funnel.areas.filter(~pl.col("is_shared")), funnel.spread
    if spread.is_present:
        said = {"phi": amount(spread.phi), "times": amount(math.exp(spread.tau))}
        first = _(
            "Areas differ more than their errors explain (φ = %(phi)s): from area to area typically by a factor of %(times)s. "
            "The limits are widened for that."
        )
    else:
        said = {"phi": amount(spread.phi)}
        first = _("Areas differ no more than their errors explain (φ = %(phi)s); the limits are those of the errors alone.")
    n_outside = alone.filter(pl.col("standing") != "inside").height
    outside = {"n": n_outside, "all": alone.height, "expected": amount(OUTSIDE_95 * alone.height)}
    second = _(
        "%(n)s of %(all)s areas lie outside the 95 %% limits; about %(expected)s would if they differed by nothing else."
    )
    found = [first % said, second % outside]
    if alone.height < funnel.areas.height:
        third = _("%(n)s further areas have the very figure of another, of the same sites; such a figure counts once.")
        found.append(third % {"n": funnel.areas.height - alone.height})
    if funnel.n_left_out:
        found.append(_("%(n)s areas without a load above its limit are not compared.") % {"n": funnel.n_left_out})
    return found


def spec_of(shown: Compared, funnel: AreaFunnel, *, is_dark: bool, is_alone: bool = False) -> dict[str, Any]:
    """The Vega-Lite specification of the funnel, with its title where it stands alone."""
    points = [_point(row) for row in shown.rows if row["found"] is not None]
    # Standard errors are read in percent.
    limits = funnel.limits.with_columns(x=100 * pl.col("log_sd")).drop("log_sd").to_dicts()
    words = {
        "title": shown.title if is_alone else "", "y_axis": _("mg per 1,000 people a day, log scale"),
        "x_axis": _("standard error of the figure, %% (well known at the right)") % (),
    }  # fmt: skip
    return funnel_spec(points, limits, funnel.target, words, is_dark=is_dark, is_reversed=True)


def _point(row: dict[str, Any]) -> dict[str, Any]:
    found, name = row["found"], area_name(row["area"])
    said = {"area": name, "load": amount(row["load"]), "interval": row["interval"], "standing": row["standing"]}
    return {
        "x": 100 * found["log_sd"], "y": row["load"], "label": name, "standing": found["standing"].split("_")[0],
        "is_alarm": found["standing"].endswith("998"),
        "hover": _("%(area)s: %(load)s mg per 1,000 people a day (%(interval)s), %(standing)s") % said,
    }  # fmt: skip


def filed(shown: Compared) -> pl.DataFrame:
    """The table as a file, with the limits that each area was held against as z."""
    columns = ("load_mg_per_1000_per_day", "log_sd", "z", "standing")
    rows = [
        {"area_id": row["area"].pk, "period": shown.asked.period, "analyte": shown.asked.analyte, "state": row["state"],
         "residents": row["residents"], **{name: row["found"][name] if row["found"] else None for name in columns}}
        for row in shown.rows
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)
