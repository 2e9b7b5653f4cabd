"""Ions that rise and fall in a run: one m/z, one time, one height, from the MS1 spectra.

Peaks of neighbouring m/z are one trace while the step to the next is below the tolerance; a trace ends in time where it
is missing in more than :data:`MOST_MISSED` scans. What is in fewer than :data:`LEAST_SCANS` scans is noise. This is a plain
method: it keeps what an archive needs to be searched again, and is no peak integration.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from headworks.lab.screening.peak_arrays import flat

TRACE_PPM = 10.0
# Scans a trace may be missing in: one is a matter of an unlucky centroid.
MOST_MISSED = 2
LEAST_SCANS = 3
FEATURE_COLUMNS = {
    "mz": pl.Float64, "retention_time_min": pl.Float64, "height": pl.Float64, "area": pl.Float64, "n_scans": pl.Int32,
    "polarity": pl.String,
}  # fmt: skip


def derive_features(spectra: pl.DataFrame, *, ppm: float = TRACE_PPM, least_height: float = 0.0) -> pl.DataFrame:
    """Features of the MS1 spectra of a run.

    Parameters
    ----------
    spectra
        ``Spectra`` of one run, any levels.
    ppm
        Step in m/z within a trace.
    least_height
        Lower peaks are left out.

    Returns
    -------
    pl.DataFrame
        ``mz`` (mean weighted by height), ``retention_time_min`` and ``height`` of the highest scan, ``area`` in counts x min,
        ``n_scans``, ``polarity``; by ascending m/z.

    Examples
    --------
    >>> run = pl.DataFrame({"ms_level": [1, 1, 1], "polarity": ["positive"] * 3, "retention_time_min": [1.0, 1.5, 2.0],
    ...     "mz": [[150.1277], [150.1277], [150.1277]], "intensity": [[10.0], [30.0], [20.0]]})
    >>> derive_features(run).select("retention_time_min", "height", "area", "n_scans").row(0)
    (1.5, 30.0, 22.5, 3)
    """
    levels = spectra.filter((pl.col("ms_level") == 1) & pl.col("retention_time_min").is_not_null())
    parts = [_of_polarity(part, ppm, least_height) for part in levels.partition_by("polarity", maintain_order=True)]
    found = pl.concat(parts) if parts else pl.DataFrame(schema=FEATURE_COLUMNS)
    return found.sort("mz", "retention_time_min", "polarity")


def _of_polarity(scans: pl.DataFrame, ppm: float, least_height: float) -> pl.DataFrame:
    scans = scans.sort("retention_time_min", maintain_order=True)
    start, mz, height = flat(scans)
    scan = np.repeat(np.arange(scans.height), np.diff(start))
    is_kept = (height > 0) & (height >= least_height)
    mz, height, scan = mz[is_kept], height[is_kept], scan[is_kept]
    order = np.argsort(mz, kind="stable")
    mz, height, scan = mz[order], height[order], scan[order]
    trace = np.concatenate(([0], np.cumsum(np.diff(mz) > mz[1:] * (ppm * 1e-6)))) if mz.size else np.zeros(0, dtype=int)
    order = np.lexsort((mz, scan, trace))
    mz, height, scan, trace = mz[order], height[order], scan[order], trace[order]
    is_new = np.ones(mz.size, dtype=bool)
    is_new[1:] = (np.diff(trace) > 0) | (np.diff(scan) > MOST_MISSED + 1)
    return _summary(mz, height, scan, np.flatnonzero(is_new), scans)


def _summary(mz: np.ndarray, height: np.ndarray, scan: np.ndarray, begin: np.ndarray, scans: pl.DataFrame) -> pl.DataFrame:
    """One row for each run of peaks that begins at ``begin``."""
    if mz.size == 0:
        return pl.DataFrame(schema=FEATURE_COLUMNS)
    time = scans["retention_time_min"].to_numpy()[scan]
    length = np.diff(np.append(begin, mz.size))
    owner = np.repeat(np.arange(begin.size), length)
    is_next = np.zeros(mz.size, dtype=bool)
    is_next[1:] = np.diff(scan) > 0
    n_scans = 1 + np.add.reduceat(is_next & ~np.isin(np.arange(mz.size), begin), begin)
    total = np.add.reduceat(height, begin)
    # Trapezoids between neighbours of one feature.
    step = np.zeros(mz.size)
    step[1:] = 0.5 * (height[1:] + height[:-1]) * np.diff(time)
    step[begin] = 0.0
    # The first of the highest, by a sort that keeps the order of time.
    top = np.lexsort((scan, -height, owner))[begin]
    polarity = scans["polarity"].cast(pl.String)[0]
    frame = pl.DataFrame({
        "mz": np.add.reduceat(mz * height, begin) / total, "retention_time_min": time[top], "height": height[top],
        "area": np.add.reduceat(step, begin), "n_scans": n_scans.astype(np.int32),
        "polarity": pl.repeat(polarity, begin.size, dtype=pl.String, eager=True),
    }, schema=FEATURE_COLUMNS)  # fmt: skip
    return frame.filter(pl.col("n_scans") >= min(LEAST_SCANS, scans.height))
