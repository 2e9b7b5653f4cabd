"""What is known of one site beside its figures, and of one sample: read by predicate, cut to what a tier may see.

Populations by method, residue ratios with their limits, days kept out of the trend, conformity, and the samples themselves;
tables that are read for one site at a time and are not worth preparing.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import polars as pl

from headworks.jobs.disclosed import disclose
from headworks.jobs.site_evidence import disclosure_of, imports_of, one_sample, site_samples
from headworks.store import Workspace, read_facts, read_result_of, require_run

_RESULTS = ("population_estimates", "residue_ratios", "disposal_events")


class SiteDetail(NamedTuple):
    """Rows of one site; ``samples`` with their local ``day``, newest first, and ``nonconformities`` by sample."""

    populations: pl.DataFrame
    ratios: pl.DataFrame
    events: pl.DataFrame
    samples: pl.DataFrame
    nonconformities: pl.DataFrame


class SampleDetail(NamedTuple):
    """A sample, its results, its loads, and where it departs from the specification."""

    sample: pl.DataFrame
    measurements: pl.DataFrame
    loads: pl.DataFrame
    nonconformities: pl.DataFrame


def site_detail(workspace: Workspace, site_id: str, tier: str, newest_import: int, *, has_samples: bool) -> SiteDetail:
    """Everything of a site that is no figure.

    Parameters
    ----------
    tier
        Who asks.
    newest_import
        Number of the last import; what was read is kept until it or the run changes.
    has_samples
        Whether the reader was granted samples; without it none is read.

    Raises
    ------
    UsageError
        ``HW-U008`` before the first run.
    """
    run = require_run(workspace).run_id
    return _detail(workspace.path, site_id, tier, run, newest_import, has_samples, repr(workspace.settings))


@lru_cache(maxsize=256)
def _detail(
    path: Path, site_id: str, tier: str, run_id: str, newest_import: int, has_samples: bool, settings: str
) -> SiteDetail:
    workspace = Workspace.open(path)
    disclosure, run = disclosure_of(workspace, tier, newest_import), require_run(workspace)
    only = pl.col("site_id") == site_id
    found = {}
    for name in _RESULTS:
        rows = read_result_of(workspace, run, name, only=only)
        found[name] = disclose(disclosure, name, rows).frame
    samples = with_day(site_samples(workspace, site_id, tier, newest_import))
    samples = samples.sort("day", "sample_id", descending=[True, False])
    samples = samples if has_samples else samples.clear()
    of_them = pl.col("sample_id").is_in(samples["sample_id"].implode())
    broken = read_result_of(workspace, run, "nonconformities", only=of_them)
    shown = disclose(disclosure, "nonconformities", broken).frame
    return SiteDetail(found["population_estimates"], found["residue_ratios"], found["disposal_events"], samples, shown)


def with_day(samples: pl.DataFrame) -> pl.DataFrame:
    """Samples with the local date on which their window began."""
    shift = pl.format("{}m", pl.col("utc_offset_min").fill_null(0))
    return samples.with_columns(day=pl.col("collected_from").dt.offset_by(shift).dt.date())


def site_of_sample(workspace: Workspace, sample_id: str, newest_import: int) -> str | None:
    """Where a sample was taken; asked before anything of it is shown."""
    found = one_sample(workspace, sample_id, newest_import)
    return str(found["site_id"][0]) if found.height else None


def sample_detail(workspace: Workspace, sample_id: str, tier: str, newest_import: int) -> SampleDetail | None:
    """A sample and what the laboratory released of it; None where there is none or the tier sees no samples.

    Parameters
    ----------
    tier
        Who asks.
    newest_import
        Number of the last import; what was read is kept until it or the run changes.

    Raises
    ------
    UsageError
        ``HW-U008`` before the first run.
    """
    run = require_run(workspace).run_id
    return _sample_detail(workspace.path, sample_id, tier, run, newest_import, repr(workspace.settings))


@lru_cache(maxsize=512)
def _sample_detail(
    path: Path, sample_id: str, tier: str, run_id: str, newest_import: int, settings: str
) -> SampleDetail | None:
    workspace = Workspace.open(path)
    disclosure, run = disclosure_of(workspace, tier, newest_import), require_run(workspace)
    sample = disclose(disclosure, "samples", with_day(one_sample(workspace, sample_id, newest_import))).frame
    if sample.is_empty():
        return None
    asked = pl.DataFrame({"sample_id": [sample_id]})
    measured = read_facts(workspace, "measurements", imports=imports_of(workspace, newest_import), among=asked)
    measured = disclose(disclosure, "measurements", measured).frame
    day, site = sample["day"][0], sample["site_id"][0]
    months = [part for part in run.results["loads"]["parts"] if part in (f"{day:%Y-%m}", f"{day:%Y}")]
    loads = read_result_of(workspace, run, "loads", months, (pl.col("site_id") == site) & (pl.col("day") == day))
    broken = read_result_of(workspace, run, "nonconformities", only=pl.col("sample_id") == sample_id)
    shown = disclose(disclosure, "nonconformities", broken).frame
    return SampleDetail(sample, measured.sort("analyte", "replicate"), disclose(disclosure, "loads", loads).frame, shown)
