"""The frames of one report, read from the newest results and cut to what a tier may see.

No row leaves here that has not been through ``disclose`` or the same decision. The trap: an area withheld must stay visible
as withheld, so what disclosure takes away comes back as a row without numbers.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from headworks.core.periods import Period
from headworks.jobs.area_evidence import conformity_counts, events_of_period
from headworks.jobs.area_figures import EVERYWHERE, tree_of, trend_of_focus
from headworks.jobs.cycle.decisions import KeptDisclosure
from headworks.jobs.cycle.evidence import selected_lists, selected_signals, sites_below, waiting_samples
from headworks.jobs.cycle.outcomes import kept_outcomes, kept_signals
from headworks.jobs.disclosed import disclose
from headworks.reference import names
from headworks.reports.cycle import CycleTables, Kind
from headworks.reports.cycle.inputs import CHANGES, CONSUMPTION, COURSES, FIGURES, LATE, NAMES, PARTS, TREE
from headworks.store import Manifest, read_result_of
from headworks.workflows.parts import part_of_label

# A course goes back so many weeks: the season of the year before is still in it.
_WEEKS = 53
_DEPTH = 2


def collect(
    disclosure: KeptDisclosure, run: Manifest, kind: Kind, area_id: str, period: Period, *,
    signals: pl.DataFrame | None = None, lists: pl.DataFrame | None = None,
) -> CycleTables:  # fmt: skip
    """The frames of a report.

    Parameters
    ----------
    disclosure, run
        Tier, and the run whose results are read.
    kind, area_id, period
        Which report; an area or ``all``.
    signals, lists
        Tables ``signals`` and ``list_outcomes``; those of the run where it has them, and lists that were assessed with it.
    """
    tree = _scope(disclosure, area_id)
    figures = _figures(disclosure, run, tree, period)
    consumption = _consumption(disclosure, run, tree, period)
    drugs = pl.concat([figures["drug"], consumption["drug"]]).unique().sort().to_list()
    sites = sites_below(disclosure, area_id)
    sees_days = not disclosure.rule.holds_back("day")
    events = events_of_period(disclosure, run, sites, period)[0] if sees_days and "disposal_events" in run.results else None
    signals = _of_run(disclosure, run, "signals", signals)
    lists = _of_run(disclosure, run, "list_outcomes", lists)
    lists = kept_outcomes(disclosure.workspace, run, period) if lists is None else lists
    signals = kept_signals(disclosure.workspace, run, period) if signals is None else signals
    return CycleTables(
        tree=tree,
        figures=figures,
        changes=_of_shown(_changes(disclosure, run, kind, tree, period), figures),
        courses=_courses(disclosure, run, area_id, period),
        consumption=consumption,
        parts=_parts(disclosure, run, kind, area_id, period),
        late=_late(disclosure, run, tree, period),
        quality=conformity_counts(disclosure, run, sites, period),
        signals=selected_signals(disclosure, signals, tree, period),
        lists=selected_lists(disclosure, lists, tree, period),
        names=_names(drugs),
        has_signals=signals is not None,
        has_lists=lists is not None,
        n_events=None if events is None else events.filter("is_kept_out").select("site_id", "day").n_unique(),
        n_waiting=waiting_samples(disclosure, run, sites, period) if sees_days else None,
    )


def _of_shown(changes: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Without changes of withheld figures: a trend may be shown of a week whose longer period is not."""
    shown = figures.filter(pl.col("state") != "suppressed").select("area_id", "drug", "analyte")
    return changes.join(shown, on=["area_id", "drug", "analyte"], how="semi", maintain_order="left")


def _of_run(disclosure: KeptDisclosure, run: Manifest, name: str, given: pl.DataFrame | None) -> pl.DataFrame | None:
    if given is not None or name not in run.results:
        return given
    return read_result_of(disclosure.workspace, run, name)


def _scope(disclosure: KeptDisclosure, area_id: str) -> pl.DataFrame:
    """The area, those in it and those in these; for ``all`` a row above those that nothing is above of."""
    tree = tree_of(disclosure).select(pl.col(name).cast(kind) for name, kind in TREE.items())
    if area_id == EVERYWHERE:
        name = disclosure.workspace.settings.name or None
        own = pl.DataFrame([{"area_id": EVERYWHERE, "level": 0, "name_en": name or "All areas"}], schema=TREE)
        tree = pl.concat([own, tree.with_columns(pl.col("parent_id").fill_null(EVERYWHERE))])
    wanted, grown = [area_id], [area_id]
    for _ in range(_DEPTH):
        grown = tree.filter(pl.col("parent_id").is_in(grown))["area_id"].to_list()
        wanted += grown
    found = tree.filter(pl.col("area_id").is_in(wanted))
    top = pl.when(pl.col("area_id") != area_id).then("parent_id")
    return found.with_columns(top.alias("parent_id")).sort("level", "area_id")


def _rows(disclosure: KeptDisclosure, run: Manifest, name: str, codes: pl.Series, periods: list[str]) -> pl.DataFrame:
    """Rows of a table of areas, uncut."""
    parts = sorted({part_of_label(label) for label in periods})
    only = pl.col("period").is_in(periods) & pl.col("area_id").is_in(codes.implode())
    return read_result_of(disclosure.workspace, run, name, parts, only)


def _figures(disclosure: KeptDisclosure, run: Manifest, tree: pl.DataFrame, period: Period) -> pl.DataFrame:
    raw = _rows(disclosure, run, "area_loads", tree["area_id"], [period.label])
    seen = disclose(disclosure, "area_loads", raw).frame
    is_value = pl.col("load_mg_per_1000_per_day").is_not_null()
    seen = seen.with_columns(state=pl.when(is_value).then(pl.lit("value")).otherwise(pl.lit("below_limit")))
    key = ["area_id", "drug", "analyte"]
    told = seen.select(pl.col(name).cast(kind) for name, kind in FIGURES.items() if name != "why")
    both = pl.concat([told, _withheld(disclosure, raw.join(seen, on=key, how="anti"))], how="diagonal")
    return both.select(list(FIGURES)).sort(key)


def _withheld(disclosure: KeptDisclosure, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without numbers, with the reason of each; of the report's own area it is told."""
    if rows.is_empty():
        # Of an open tier nothing is ever decided.
        return pl.DataFrame(schema=FIGURES)
    of_areas = [pl.col("unit_kind") == "area", pl.col("unit_id").is_in(rows["area_id"].unique().implode())]
    reasons = disclosure.units.filter(*of_areas).select("period", "why", area_id="unit_id")
    found = rows.join(reasons, on=["area_id", "period"], how="left", maintain_order="left")
    return found.select("area_id", "drug", "analyte", pl.col("why").fill_null("detail"), state=pl.lit("suppressed"))


def _changes(disclosure: KeptDisclosure, run: Manifest, kind: Kind, tree: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Against a year before where the report compares so and there is one; else against a quarter before, by the trend."""
    if kind.compares == "year" and "area_changes" in run.results:
        raw = _rows(disclosure, run, "area_changes", tree["area_id"], [period.label])
        rows = disclose(disclosure, "area_changes", raw).frame
        if rows.height:
            rows = rows.rename({"previous_period": "against", "n_sites": "n_matched"})
            return rows.select(pl.col(name).cast(one) for name, one in CHANGES.items()).sort("area_id", "drug", "analyte")
    if "trends" not in run.results:
        return pl.DataFrame(schema=CHANGES)
    last = Period.containing(period.last, "week").label
    parts = [part for part in run.results["trends"].get("parts", {}) if last[:4] == part[:4]]
    only = (pl.col("unit_kind") == "area") & pl.col("unit_id").is_in(tree["area_id"].implode())
    only = only & (pl.col("period") <= last) & (pl.col("period") >= Period.containing(period.first, "week").label)
    raw = read_result_of(disclosure.workspace, run, "trends", parts, only)
    raw = raw.filter(pl.col("period") == pl.col("period").max())
    rows = disclose(disclosure, "trends", raw).frame.filter(pl.col("quarter_ratio").is_not_null())
    rows = rows.select(
        "drug", "analyte", "p_rose", "n_matched", area_id="unit_id", against=pl.lit("quarter"), ratio="quarter_ratio",
        ratio_lower="quarter_ratio_lower", ratio_upper="quarter_ratio_upper",
    )  # fmt: skip
    return rows.select(pl.col(name).cast(one) for name, one in CHANGES.items()).sort("area_id", "drug", "analyte")


def _courses(disclosure: KeptDisclosure, run: Manifest, area_id: str, period: Period) -> pl.DataFrame:
    if area_id == EVERYWHERE or "trends" not in run.results:
        return pl.DataFrame(schema=COURSES)
    rows, _ = trend_of_focus(disclosure, run, area_id, period)
    rows = rows.rename({"period": "week"}).select(pl.col(name).cast(kind) for name, kind in COURSES.items())
    weeks = rows["week"].unique().sort().tail(_WEEKS)
    return rows.filter(pl.col("week").is_in(weeks.implode())).sort("drug", "analyte", "week")


def _consumption(disclosure: KeptDisclosure, run: Manifest, tree: pl.DataFrame, period: Period) -> pl.DataFrame:
    if period.kind in ("week", "month") or "area_consumption" not in run.results:
        return pl.DataFrame(schema=CONSUMPTION)
    near = tree.filter(pl.col("level") <= pl.col("level").min() + 1)["area_id"]
    rows = disclose(disclosure, "area_consumption", _rows(disclosure, run, "area_consumption", near, [period.label])).frame
    return rows.select(pl.col(name).cast(kind) for name, kind in CONSUMPTION.items()).sort("area_id", "drug")


def _parts(disclosure: KeptDisclosure, run: Manifest, kind: Kind, area_id: str, period: Period) -> pl.DataFrame:
    if kind.parts is None:
        return pl.DataFrame(schema=PARTS)
    labels, part = [], Period.containing(period.first, kind.parts)
    while part.first <= period.last:
        labels.append(part.label)
        part = _next(part)
    raw = _rows(disclosure, run, "area_loads", pl.Series([area_id]), labels)
    rows = disclose(disclosure, "area_loads", raw).frame
    best = rows.group_by(part="period").agg(pl.col("coverage", "n_sites", "n_days").max())
    return best.select(pl.col(name).cast(one) for name, one in PARTS.items()).sort("part")


def _next(period: Period) -> Period:
    return Period.containing(period.last + dt.timedelta(days=1), period.kind)


def _late(disclosure: KeptDisclosure, run: Manifest, tree: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Sites added in the period before and in this one, where both figures are shown."""
    before = period.previous().label
    raw = _rows(disclosure, run, "area_loads", tree["area_id"], [before, period.label])
    rows = disclose(disclosure, "area_loads", raw).frame
    counted = rows.group_by("area_id", "period").agg(pl.col("n_sites").max())
    now = counted.filter(pl.col("period") == period.label).select("area_id", n_now="n_sites")
    old = counted.filter(pl.col("period") == before).select("area_id", n_before="n_sites")
    return old.join(now, on="area_id").select(pl.col(name).cast(one) for name, one in LATE.items()).sort("area_id")


def _names(drugs: list[str]) -> pl.DataFrame:
    """Names of the headings; of a residue beside another both names."""
    rows = {(kind, one): (en, zh) for kind, one, en, zh in names().select("kind", "id", "name_en", "name_zh").rows()}
    found = []
    for drug in drugs:
        own, mark, residue = drug.partition(": ")
        en, zh = rows.get(("drug", own), (own, None))
        if mark:
            en_of, zh_of = rows.get(("analyte", residue), (residue, None))
            en, zh = f"{en or own}: {en_of or residue}", f"{zh or en or own}：{zh_of or en_of or residue}"
        found.append({"id": drug, "name_en": en or drug, "name_zh": zh})
    return pl.DataFrame(found, schema=NAMES)
