"""What of a workspace's tables a tier of readers may see: why a row is withheld, table by table.

A reason per row, empty where the row is shown. A table of which nothing is said here is withheld until something is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from headworks.core.disclosure import STEWARD, is_suppressed
from headworks.core.errors import UsageError
from headworks.core.periods import period_label
from headworks.jobs.disclosure import Disclosure
from headworks.store import Workspace

# Where such a site stands is nearly which houses drain to it.
_MASKED_KINDS = ("manhole", "trunk_sewer", "septic_tank", "pumping_station", "outfall")


@dataclass(frozen=True)
class Disclosed:
    """A table as a tier may see it; ``withheld`` counts rows by reason, ``n_blanked`` those that lost a number only."""

    frame: pl.DataFrame
    tier: str
    withheld: dict[str, int] = field(default_factory=dict)
    n_blanked: int = 0

    @property
    def n_withheld(self) -> int:
        """Rows left out."""
        return sum(self.withheld.values())

    def said(self) -> str:
        """One line for whoever asked; empty when nothing was withheld."""
        if not self.n_withheld and not self.n_blanked:
            return ""
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in self.withheld.items())
        blanked = f"; {self.n_blanked:,} rows without their loads" if self.n_blanked else ""
        whole = self.n_withheld + self.frame.height
        return f"Withheld from {self.tier} readers: {self.n_withheld:,} of {whole:,} rows ({reasons or 'none'}){blanked}"


def disclosed_table(
    workspace: Workspace, name: str, frame: pl.DataFrame, tier: str, as_of: dt.datetime | None = None
) -> Disclosed:
    """A table as a tier may see it; for several tables of one run use :func:`disclose` with one ``Disclosure``."""
    return disclose(Disclosure(workspace, tier, as_of), name, frame)


def disclose(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> Disclosed:
    """A table of the workspace, or rows of one, as the tier may see it.

    Parameters
    ----------
    disclosure
        Workspace, tier and run.
    name
        Name on the shelf, or ``imports``.
    frame
        Its rows, with its columns.

    Raises
    ------
    UsageError
        ``HW-U004`` for a tier that does not exist, ``HW-U051`` for a table that no rule speaks of.
    """
    if disclosure.rule.is_open:
        return Disclosed(frame, disclosure.tier)
    reason = _reasons_of(disclosure, name, frame)
    withheld = reason.drop_nulls().value_counts(sort=True)
    seen, n_blanked = _blanked(disclosure, name, frame.filter(reason.is_null()))
    return Disclosed(seen, disclosure.tier, {str(why): int(count) for why, count in withheld.rows()}, n_blanked)


def _reasons_of(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    for names, reasons in _REASONS.items():
        if name in names:
            return reasons(disclosure, name, frame)
    raise UsageError("No rule says who may see this table.", found=name, remedy=f"Give --tier {STEWARD}", code="HW-U051")


def _of_all(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    return pl.Series([None] * frame.height, dtype=pl.String)


def _by_site(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    known = disclosure.sites.select("site_id", _why=pl.col("why").fill_null(""))
    found = frame.select("site_id").join(known, on="site_id", how="left", maintain_order="left")["_why"]
    # A site that is not in the register is of unknown population.
    found = found.fill_null("" if disclosure.rule.shows_unknown else "primary_population")
    return found.replace({"": None})


def _by_sample(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    if disclosure.rule.detail != "day":
        return pl.Series(["detail"] * frame.height, dtype=pl.String)
    if "site_id" not in frame.columns:
        samples = disclosure.facts("samples").select("sample_id", "site_id")
        frame = frame.select("sample_id").join(samples, on="sample_id", how="left", maintain_order="left")
    return _by_site(disclosure, name, frame)


def _by_day(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    if disclosure.rule.detail != "day":
        return pl.Series(["detail"] * frame.height, dtype=pl.String)
    weeks = frame.select("site_id", period=period_label(pl.col("day"), "week"))
    return _of_units(disclosure, "site", weeks.rename({"site_id": "unit_id"}))


def _by_week(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    week = pl.col("week").cast(pl.String).str.zfill(2)
    label = pl.when(pl.col("week") > 0).then(pl.format("{}-W{}", "year", week)).otherwise(pl.col("year").cast(pl.String))
    return _of_units(disclosure, "site", frame.select(unit_id="site_id", period=label))


def _by_period(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    column = "quarter" if name == "population_estimates" else "period"
    reasons = _of_units(disclosure, "site", frame.select(unit_id="site_id", period=column))
    if "previous_period" in frame.columns:
        before = _of_units(disclosure, "site", frame.select(unit_id="site_id", period="previous_period"))
        reasons = reasons.fill_null(before)
    return reasons


def _by_area(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    reasons = _of_units(disclosure, "area", frame.select(unit_id="area_id", period="period"))
    if name != "area_changes":
        return reasons
    reasons = reasons.fill_null(_of_units(disclosure, "area", frame.select(unit_id="area_id", period="previous_period")))
    rule = disclosure.rule
    few = _matched_people(disclosure, frame).select(
        pl.when(is_suppressed(pl.col("people"), rule.floor, tier=rule.tier))
        .then(pl.lit("primary_population"))
        .when((pl.col("n_sites") < rule.min_sites) & ~pl.col("stands"))
        .then(pl.lit("primary_sites"))
    )
    return reasons.fill_null(few.to_series())


def _matched_people(disclosure: Disclosure, frame: pl.DataFrame) -> pl.DataFrame:
    """``people`` of the sites sampled in both periods, ``n_sites``, and whether the area's own figure of as many stands."""
    key = ["area_id", "period", "analyte"]
    known = disclosure.area_loads.select(*key, "area_population", "population", _all="n_sites").unique(key)
    rows = frame.select(*key, "coverage", "n_sites").join(known, on=key, how="left", maintain_order="left")
    is_whole = (pl.col("n_sites") == pl.col("_all")).fill_null(value=False)
    return rows.select(
        "n_sites",
        stands=is_whole,
        people=pl.coalesce(pl.col("coverage") * pl.col("area_population"), pl.when(is_whole).then("population")),
    )


def _of_units(disclosure: Disclosure, kind: str, asked: pl.DataFrame) -> pl.Series:
    """Why each unit and period is withheld; one that no decision speaks of is, for its detail or because it is unknown."""
    return disclosure.reasons.of(kind, asked["unit_id"], asked["period"])


def _by_unit(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    """A trend is shown where the unit's own figure of that week is: its members are the sites of some week of the year."""
    is_area = frame["unit_kind"].cast(pl.String) == "area"
    asked = frame.select("unit_id", "period")
    of_sites, of_areas = (_of_units(disclosure, kind, asked) for kind in ("site", "area"))
    return pl.select(pl.when(is_area).then(of_areas).otherwise(of_sites)).to_series()


def _by_measured_area(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    """An estimate is shown where the area's measured figure is; estimates add up, so others would give those withheld."""
    return _of_units(disclosure, "area", frame.select(unit_id="area_id", period="period"))


def _of_nobody(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> pl.Series:
    return pl.Series(["steward only"] * frame.height, dtype=pl.String)


_REASONS: dict[tuple[str, ...], Callable[[Disclosure, str, pl.DataFrame], pl.Series]] = {
    ("areas", "code_changes", "therapeutic_use"): _of_all,
    # One row or a few per site; and what a programme publishes of its sites, where they reach the floor.
    ("sites", "site_areas", "populations"): _by_site,
    ("reported_loads", "published_means", "inconsistent_means"): _by_site,
    # Only a tier that sees samples sees these.
    ("samples", "measurements", "flows", "enantiomeric_fractions", "nonconformities"): _by_sample,
    ("loads", "consumption", "residue_ratios", "disposal_events", "outlying_days"): _by_day,
    ("weekly_means",): _by_week,
    ("period_means", "period_consumption", "changes", "population_estimates"): _by_period,
    ("area_loads", "area_consumption", "area_changes"): _by_area,
    # Counts from elsewhere, with small cells: whoever handed them in decides on publishing them.
    ("indicators",): _of_nobody,
    ("trends",): _by_unit,
    ("area_estimates",): _by_measured_area,
    # How single sites scatter.
    ("imports", "trend_settings", "weekday_offsets"): _of_nobody,
}


def _blanked(disclosure: Disclosure, name: str, frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Rows that stay, without what would give others away, and how many lost something."""
    if name == "sites" and not disclosure.rule.shows_institutions and "latitude" in frame.columns:
        is_masked = frame["kind"].cast(pl.String).is_in(_MASKED_KINDS)
        hidden = [pl.when(~pl.lit(is_masked)).then(pl.col(column)).alias(column) for column in ("latitude", "longitude")]
        return frame.with_columns(hidden), int(is_masked.sum())
    if name == "trends":
        return _without_unmatched_ratios(frame)
    if name != "area_changes" or frame.is_empty():
        return frame, 0
    # Loads of the matched sites beside those of all sites: their difference is the site that came or went.
    key = ["area_id", "period", "analyte"]
    counts = disclosure.area_loads.select(*key, "n_sites").unique(key)
    rows = frame.join(counts.rename({"n_sites": "_now"}), on=key, how="left", maintain_order="left")
    before = counts.rename({"period": "previous_period", "n_sites": "_then"})
    rows = rows.join(before, on=["area_id", "previous_period", "analyte"], how="left", maintain_order="left")
    is_matched = (pl.col("n_sites") == pl.col("_now")) & (pl.col("n_sites") == pl.col("_then"))
    is_matched = is_matched.fill_null(value=False)
    n_blanked = int(rows.select((~is_matched).sum()).item())
    blanked = [pl.when(is_matched).then(pl.col(column)).alias(column) for column in ("load", "previous_load")]
    return rows.with_columns(blanked).select(frame.columns), n_blanked


_RATIOS = ["quarter_ratio", "quarter_ratio_lower", "quarter_ratio_upper", "p_rose"]


def _without_unmatched_ratios(frame: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Trends of which a ratio over some of an area's sites is blank: it would be that of the few that were sampled twice."""
    is_partial = (frame["n_matched"] != frame["n_sites"]) & frame["quarter_ratio"].is_not_null()
    blanked = [pl.when(~pl.lit(is_partial)).then(pl.col(name)).alias(name) for name in _RATIOS]
    return frame.with_columns(blanked), int(is_partial.sum())
