"""Which sites a tier of readers may see; samples, measurements and daily loads of one, read without the rest of a table.

Whether a site may be shown, and its samples, is asked of the disclosure. Whether a day's load may be is what was decided on
the site's week when the run was cut to the tier (``jobs.serving``): deciding it anew takes as long as for the whole province.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from headworks.core.disclosure import STEWARD
from headworks.core.periods import period_label
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure, rule_of
from headworks.store import Manifest, Workspace, latest_run, read_facts, read_imports, read_result_of

_OF_DAYS = ("loads", "consumption")
_SITE_COLUMNS = [
    "site_id", "name", "kind", "latitude", "longitude", "population_served", "design_population", "domestic_share",
    "residence_h", "upstream_of", "area_id",
]  # fmt: skip


def withheld_sites(workspace: Workspace, tier: str, last_import: int) -> frozenset[str]:
    """Sites that a tier is not shown at all; those not in the register are not asked for.

    Parameters
    ----------
    last_import
        Number of the newest import: a later one is a new question.
    """
    if tier == STEWARD:
        return frozenset()
    sites = disclosure_of(workspace, tier, last_import).sites
    return frozenset(sites.filter("is_suppressed")["site_id"].to_list())


def shown_sites(workspace: Workspace, tier: str, last_import: int) -> Mapping[str, Mapping[str, Any]]:
    """Rows of ``sites`` by id, without those, and without the places of those, that the tier hides; ``people`` beside them.

    Parameters
    ----------
    last_import
        Number of the newest import; what is known is kept until it changes.
    """
    return _shown(workspace.path, tier, last_import, repr(workspace.settings))


@lru_cache(maxsize=8)
def _shown(path: Path, tier: str, last_import: int, settings: str) -> Mapping[str, Mapping[str, Any]]:
    disclosure = disclosure_of(Workspace.open(path), tier, last_import)
    rows = disclose(disclosure, "sites", disclosure.facts("sites")).frame
    people = dict(disclosure.sites.select("site_id", "people").rows())
    return {row["site_id"]: {**row, "kind": str(row["kind"]), "people": people.get(row["site_id"])}
            for row in rows.select(_SITE_COLUMNS).iter_rows(named=True)}  # fmt: skip


def site_samples(workspace: Workspace, site_id: str, tier: str, last_import: int) -> pl.DataFrame:
    """Samples of a site, as a tier may see them; by collection, oldest first."""
    asked = pl.DataFrame({"site_id": [site_id]})
    known = read_facts(workspace, "samples", among=asked).select("sample_id")
    # A sample whose site was amended stands in the older rows of this one.
    rows = read_facts(workspace, "samples", among=known).filter(pl.col("site_id") == site_id)
    return _seen(workspace, "samples", rows, tier, last_import).sort("collected_from", "sample_id")


def one_sample(workspace: Workspace, sample_id: str, last_import: int | None = None) -> pl.DataFrame:
    """The sample as it is kept, to find out of which site it is; no row where there is none.

    Parameters
    ----------
    last_import
        Number of the newest import: the same question until then has the same answer. Without it the facts are read.
    """
    if last_import is not None:
        return _one_sample(workspace.path, sample_id, last_import)
    return read_facts(workspace, "samples", among=pl.DataFrame({"sample_id": [sample_id]}))


@lru_cache(maxsize=512)
def _one_sample(path: Path, sample_id: str, last_import: int) -> pl.DataFrame:
    workspace = Workspace.open(path)
    asked = pl.DataFrame({"sample_id": [sample_id]})
    return read_facts(workspace, "samples", imports=imports_of(workspace, last_import), among=asked)


def imports_of(workspace: Workspace, last_import: int) -> pl.DataFrame:
    """The log of imports, read once until there is a further one."""
    return _imports(workspace.path, last_import)


@lru_cache(maxsize=4)
def _imports(path: Path, last_import: int) -> pl.DataFrame:
    return read_imports(Workspace.open(path))


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
    return disclose(disclosure_of(workspace, tier, last_import), table, rows).frame


def disclosure_of(workspace: Workspace, tier: str, last_import: int) -> Disclosure:
    """What a tier may see; what it reads of the register it keeps until the next import, run or other settings."""
    run = latest_run(workspace)
    return _disclosure(workspace.path, tier, last_import, run.run_id if run else "", repr(workspace.settings))


@lru_cache(maxsize=8)
def _disclosure(path: Path, tier: str, last_import: int, run_id: str, settings: str) -> Disclosure:
    return Disclosure(Workspace.open(path), tier)
