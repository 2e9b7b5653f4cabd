"""Samples, measurements and daily loads of one site, as a tier of readers may see them; no more of a table is read than that.

Whether a site may be shown, and its samples, is asked of the disclosure. Whether a day's load may be is what was decided on
the site's week when the run was cut to the tier (``jobs.serving``): deciding it anew takes as long as for the whole province.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import polars as pl

from headworks.core.disclosure import STEWARD
from headworks.core.periods import period_label
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure, rule_of
from headworks.store import Manifest, Workspace, read_facts, read_result_of

_OF_DAYS = ("loads", "consumption")


def withheld_sites(workspace: Workspace, tier: str, last_import: int) -> frozenset[str]:
    """Sites that a tier is not shown at all; those not in the register are not asked for.

    Parameters
    ----------
    last_import
        Number of the newest import: a later one is a new question.
    """
    if tier == STEWARD:
        return frozenset()
    sites = _disclosure(workspace.path, tier, last_import, repr(workspace.settings)).sites
    return frozenset(sites.filter("is_suppressed")["site_id"].to_list())


def site_samples(workspace: Workspace, site_id: str, tier: str, last_import: int) -> pl.DataFrame:
    """Samples of a site, as a tier may see them; by collection, oldest first."""
    asked = pl.DataFrame({"site_id": [site_id]})
    known = read_facts(workspace, "samples", among=asked).select("sample_id")
    # A sample whose site was amended stands in the older rows of this one.
    rows = read_facts(workspace, "samples", among=known).filter(pl.col("site_id") == site_id)
    return _seen(workspace, "samples", rows, tier, last_import).sort("collected_from", "sample_id")


def one_sample(workspace: Workspace, sample_id: str) -> pl.DataFrame:
    """The sample as it is kept, to find out of which site it is; no row where there is none."""
    return read_facts(workspace, "samples", among=pl.DataFrame({"sample_id": [sample_id]}))


def sample_measurements(workspace: Workspace, samples: pl.DataFrame, tier: str, last_import: int) -> pl.DataFrame:
    """Measurements of some samples, with their ``site_id`` and the day of collection, as a tier may see them.

    Parameters
    ----------
    samples
        Rows of ``samples`` that the tier sees.
    """
    rows = read_facts(workspace, "measurements", among=samples.select("sample_id"))
    seen = _seen(workspace, "measurements", rows, tier, last_import)
    places = samples.select("sample_id", "site_id", "collected_from")
    return seen.join(places, on="sample_id", how="inner", maintain_order="left")


def site_days(
    workspace: Workspace,
    run: Manifest,
    table: str,
    site_id: str,
    tier: str,
    shown_weeks: frozenset[str],
    span: tuple[str, str] | None = None,
) -> pl.DataFrame:
    """Rows of ``loads`` or ``consumption`` of a site, as a tier may see them.

    Parameters
    ----------
    run
        Whose results are shown.
    shown_weeks
        Labels of the weeks whose figure of the site the tier is shown.
    span
        First and last day wanted, as ISO 8601; all when None.
    """
    if table not in _OF_DAYS:
        raise ValueError(table)
    only, parts = pl.col("site_id") == site_id, None
    if span is not None:
        only &= pl.col("day").dt.to_string("iso").is_between(pl.lit(span[0]), pl.lit(span[1]))
        first, last = (day[: len("2026-11")] for day in span)
        parts = [part for part in run.results.get(table, {}).get("parts", {}) if first <= part <= last]
    rule = rule_of(workspace, tier)
    if not rule.is_open and rule.detail != "day":
        return read_result_of(workspace, run, table, [])
    rows = read_result_of(workspace, run, table, parts, only)
    if rule.is_open:
        return rows
    return rows.filter(period_label(pl.col("day"), "week").is_in(sorted(shown_weeks)))


def _seen(workspace: Workspace, table: str, rows: pl.DataFrame, tier: str, last_import: int) -> pl.DataFrame:
    if tier == STEWARD:
        return rows
    return disclose(_disclosure(workspace.path, tier, last_import, repr(workspace.settings)), table, rows).frame


@lru_cache(maxsize=6)
def _disclosure(path: Path, tier: str, last_import: int, settings: str) -> Disclosure:
    """Of a tier; what it reads of the register it keeps until the next import or other settings."""
    return Disclosure(Workspace.open(path), tier)
