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
from headworks.jobs.disclosure import Disclosure
from headworks.store import Manifest, Workspace, read_facts, read_imports, read_result_of, require_run

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


@lru_cache(maxsize=8)
def _disclosure(path: Path, tier: str, run_id: str) -> Disclosure:
    return Disclosure(Workspace.open(path), tier)


def _opened(workspace: Workspace, tier: str) -> tuple[Disclosure, Manifest]:
    run = require_run(workspace)
    return _disclosure(workspace.path, tier, run.run_id), run


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
    return _detail(workspace.path, site_id, tier, require_run(workspace).run_id, newest_import, has_samples)


@lru_cache(maxsize=256)
def _detail(path: Path, site_id: str, tier: str, run_id: str, newest_import: int, has_samples: bool) -> SiteDetail:
    workspace = Workspace.open(path)
    disclosure, run = _opened(workspace, tier)
    only = pl.col("site_id") == site_id
    found = {}
    for name in _RESULTS:
        rows = read_result_of(workspace, run, name, only=only)
        found[name] = disclose(disclosure, name, rows).frame
    samples = with_day(read_facts(workspace, "samples", imports=read_imports(workspace)).filter(only))
    samples = disclose(disclosure, "samples", samples).frame.sort("day", "sample_id", descending=[True, False])
    samples = samples if has_samples else samples.clear()
    of_them = pl.col("sample_id").is_in(samples["sample_id"].implode())
    broken = read_result_of(workspace, run, "nonconformities", only=of_them)
    shown = disclose(disclosure, "nonconformities", broken).frame
    return SiteDetail(found["population_estimates"], found["residue_ratios"], found["disposal_events"], samples, shown)


def with_day(samples: pl.DataFrame) -> pl.DataFrame:
    """Samples with the local date on which their window began."""
    shift = pl.format("{}m", pl.col("utc_offset_min").fill_null(0))
    return samples.with_columns(day=pl.col("collected_from").dt.offset_by(shift).dt.date())


def site_of_sample(workspace: Workspace, sample_id: str) -> str | None:
    """Where a sample was taken; asked before anything of it is shown."""
    asked = pl.DataFrame({"sample_id": [sample_id]}, schema={"sample_id": pl.String})
    found = read_facts(workspace, "samples", imports=read_imports(workspace), among=asked)
    return str(found["site_id"][0]) if found.height else None


def sample_detail(workspace: Workspace, sample_id: str, tier: str) -> SampleDetail | None:
    """A sample and what the laboratory released of it; None where there is none or the tier sees no samples.

    Parameters
    ----------
    tier
        Who asks.

    Raises
    ------
    UsageError
        ``HW-U008`` before the first run.
    """
    disclosure, run = _opened(workspace, tier)
    asked = pl.DataFrame({"sample_id": [sample_id]}, schema={"sample_id": pl.String})
    imports = read_imports(workspace)
    sample = disclose(disclosure, "samples", with_day(read_facts(workspace, "samples", imports=imports, among=asked))).frame
    if sample.is_empty():
        return None
    measured = disclose(disclosure, "measurements", read_facts(workspace, "measurements", imports=imports, among=asked)).frame
    day, site = sample["day"][0], sample["site_id"][0]
    months = [part for part in run.results["loads"]["parts"] if part in (f"{day:%Y-%m}", f"{day:%Y}")]
    loads = read_result_of(workspace, run, "loads", months, (pl.col("site_id") == site) & (pl.col("day") == day))
    broken = read_result_of(workspace, run, "nonconformities", only=pl.col("sample_id") == sample_id)
    shown = disclose(disclosure, "nonconformities", broken).frame
    return SampleDetail(sample, measured.sort("analyte", "replicate"), disclose(disclosure, "loads", loads).frame, shown)
