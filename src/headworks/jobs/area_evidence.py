"""What speaks for or against the figures of an area: disposal events, conformity of samples, populations by method."""

from __future__ import annotations

import polars as pl

from headworks.core.periods import Period
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.loads.sampling.roles import is_blank
from headworks.store import Manifest, read_result_of

_MOST_SITES = 30
_COUNTS = {"rule": pl.String, "verdict": pl.String, "n": pl.Int64, "n_samples": pl.Int64, "specification": pl.String}


def _named(disclosure: Disclosure, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with ``site``, the name readers know it by."""
    labels = disclosure.facts("sites").select("site_id", site=pl.coalesce("name", "site_id"))
    return frame.join(labels, on="site_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("site", "site_id").alias("site")
    )


def events_of_period(disclosure: Disclosure, run: Manifest, sites: pl.DataFrame, period: Period) -> tuple[pl.DataFrame, int]:
    """Disposal events of the sites in the period, and how many are withheld."""
    only = pl.col("day").is_between(period.first, period.last) & pl.col("site_id").is_in(sites["site_id"].implode())
    seen = disclose(disclosure, "disposal_events", read_result_of(disclosure.workspace, run, "disposal_events", None, only))
    return _named(disclosure, seen.frame), seen.n_withheld


def conformity_counts(disclosure: Disclosure, run: Manifest, sites: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Samples of the sites in the period that break each rule or do not say: counts over all sites, never of one.

    Returns
    -------
    pl.DataFrame
        ``rule, verdict, n, n_samples, specification``; empty when the reader may see no days and the sites are few, for then a
        count speaks of a site.
    """
    found = read_result_of(disclosure.workspace, run, "nonconformities")
    if found.is_empty() or (disclosure.rule.holds_back("day") and sites.height < disclosure.rule.min_sites):
        return pl.DataFrame(schema=_COUNTS)
    samples = disclosure.facts("samples")
    day = pl.col("collected_from").dt.date()
    mine = samples.filter(day.is_between(period.first, period.last) & ~is_blank(pl.col("role")).fill_null(value=False))
    mine = mine.join(sites, on="site_id", how="semi").select("sample_id")
    rows = found.join(mine, on="sample_id", how="semi").with_columns(pl.col("verdict").cast(pl.String))
    counted = rows.group_by("rule", "verdict").agg(n=pl.len().cast(pl.Int64), specification=pl.col("specification").first())
    return counted.with_columns(n_samples=pl.lit(mine.height, pl.Int64)).select(list(_COUNTS)).sort("rule", "verdict")


def populations_of_sites(disclosure: Disclosure, run: Manifest, sites: pl.DataFrame, period: Period) -> pl.DataFrame:
    """Populations by method of the quarters in the period, where the sites are few."""
    if sites.height > _MOST_SITES:
        empty = read_result_of(disclosure.workspace, run, "population_estimates", [])
        return _named(disclosure, empty)
    only = pl.col("site_id").is_in(sites["site_id"].implode()) & pl.col("quarter").str.starts_with(f"{period.first.year}")
    found = read_result_of(disclosure.workspace, run, "population_estimates", None, only)
    labels = [label for label in found["quarter"].unique() if _overlaps(label, period)]
    found = found.filter(pl.col("quarter").is_in(labels))
    return _named(disclosure, disclose(disclosure, "population_estimates", found).frame)


def _overlaps(label: str, period: Period) -> bool:
    quarter = Period.parse(label)
    return quarter.first <= period.last and quarter.last >= period.first
