"""What speaks beside the figures: sites of the area, samples without a result, signals and lists that a tier may see."""

from __future__ import annotations

import polars as pl

from headworks.core.periods import Period, sampling_day
from headworks.jobs.area_figures import EVERYWHERE
from headworks.jobs.disclosure import Disclosure
from headworks.loads.sampling.roles import is_blank
from headworks.places.catchments import site_area_people
from headworks.places.code_changes import carry_site_areas
from headworks.reports.cycle.inputs import LISTS, SIGNALS
from headworks.reports.cycle.signals import told_of
from headworks.store import Manifest, read_result_of
from headworks.workflows.register import newest_code_date, with_ends, with_populations

_KEY = ["unit_kind", "unit_id", "period"]


def sites_below(disclosure: Disclosure, area_id: str) -> pl.DataFrame:
    """``site_id`` of the sites to which residents of the area drain; all for ``all``."""
    sites = with_populations(disclosure.facts("sites"), disclosure.facts("populations"))
    if area_id == EVERYWHERE:
        return sites.select("site_id").unique().sort("site_id")
    areas, changes = with_ends(disclosure.facts("areas")), disclosure.facts("code_changes")
    as_of = newest_code_date(areas, changes)
    site_areas, sites = carry_site_areas(disclosure.facts("site_areas"), sites, changes, areas, as_of)
    people = site_area_people(sites, site_areas, areas, as_of)
    return people.filter(pl.col("area_id") == area_id).select("site_id").unique().sort("site_id")


def waiting_samples(disclosure: Disclosure, run: Manifest, sites: pl.DataFrame, period: Period) -> int:
    """Samples of the sites, blanks left out, collected in the period on a day that has no load."""
    samples = disclosure.facts("samples").filter(~is_blank(pl.col("role")).fill_null(value=False))
    samples = samples.join(sites, on="site_id", how="semi")
    days = samples.select("site_id", day=sampling_day(pl.col("collected_from"), pl.col("utc_offset_min").fill_null(0)))
    days = days.filter(pl.col("day").is_between(period.first, period.last))
    months = sorted(part for part in run.results.get("loads", {}).get("parts", {}) if _meets(part, period))
    only = pl.col("day").is_between(period.first, period.last)
    known = read_result_of(disclosure.workspace, run, "loads", months, only, ["site_id", "day"]).unique()
    return int(days.join(known, on=["site_id", "day"], how="anti").height)


def _meets(part: str, period: Period) -> bool:
    of_part = Period.parse(part)
    return of_part.first <= period.last and of_part.last >= period.first


def selected_signals(disclosure: Disclosure, signals: pl.DataFrame | None, tree: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Signals of areas of the report in the weeks of the period, where the area's own figure of the week is shown."""
    if signals is None or signals.is_empty():
        return pl.DataFrame(schema=SIGNALS)
    # Whoever hands signals over may leave out what is told of them besides.
    missing = [pl.lit(None, kind).alias(name) for name, kind in SIGNALS.items() if name not in signals.columns]
    rows = signals.with_columns(pl.col("unit_kind", "kind").cast(pl.String), *missing)
    rows = rows.filter((pl.col("unit_kind") == "area") & pl.col("unit_id").is_in(tree["area_id"].implode()))
    rows = rows.filter(pl.col("period").is_in(_labels_in(rows["period"], period)))
    rows = _shown(disclosure, rows)
    # An explanation names sites and samples; a report keeps what names none.
    told = pl.Series("explanation", [told_of(one) for one in rows["explanation"]], dtype=pl.String)
    rows = rows.with_columns(told)
    return rows.select(pl.col(name).cast(kind) for name, kind in SIGNALS.items())


def selected_lists(disclosure: Disclosure, lists: pl.DataFrame | None, tree: pl.DataFrame, period: Period) -> pl.DataFrame:
    """The newest outcome within the period of every area and list, where the area's own figure of it is shown."""
    if lists is None or lists.is_empty():
        return pl.DataFrame(schema=LISTS)
    rows = lists.filter(pl.col("area_id").is_in(tree["area_id"].implode()))
    rows = rows.filter(pl.col("period").is_in(_labels_in(rows["period"], period)))
    rows = rows.with_columns(unit_kind=pl.lit("area"), unit_id="area_id")
    rows = _shown(disclosure, rows).sort("period").unique(["area_id", "rule_set", "list_name"], keep="last")
    return rows.select(pl.col(name).cast(kind) for name, kind in LISTS.items()).sort("list_name", "area_id")


def _labels_in(labels: pl.Series, period: Period) -> list[str]:
    return [label for label in labels.unique().to_list() if period.first <= Period.parse(label).last <= period.last]


def _shown(disclosure: Disclosure, rows: pl.DataFrame) -> pl.DataFrame:
    if disclosure.rule.is_open:
        return rows
    shown = disclosure.units.filter(pl.col("why").is_null())
    return rows.join(shown, on=_KEY, how="semi", maintain_order="left")
