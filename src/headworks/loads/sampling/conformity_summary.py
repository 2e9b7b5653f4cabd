"""How many of a site's samples conform to the specification.

A sample conforms when it breaks no *major* rule; what it leaves unsaid is counted apart. The trap: a share of 100 % where most
samples state nothing is no praise, so the samples that could be judged by a required field stand beside it.
"""

from __future__ import annotations

import polars as pl

from headworks.loads.sampling.roles import is_blank


def conformity_summary(samples: pl.DataFrame, found: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Conformity by site.

    Parameters
    ----------
    samples
        Table ``samples``; blanks do not count.
    found
        Table ``nonconformities`` of these samples.
    rules
        The specification they were judged by, for the severity.

    Returns
    -------
    pl.DataFrame
        ``site_id, n_samples, n_conforming, share_conforming, n_broken`` (rules broken, major or minor), ``n_not_stated``
        (required fields), ``most_broken`` (the rule broken most often; of several the first by name; empty when none),
        sorted by site.
    """
    judged = samples.filter(~is_blank(pl.col("role"))).select("sample_id", "site_id")
    severity = rules.select("rule", _is_major=pl.col("severity") == "major")
    rows = found.with_columns(pl.col("verdict").cast(pl.String)).join(judged, on="sample_id", how="inner")
    rows = rows.join(severity, on="rule", how="left")
    is_broken = pl.col("verdict") == "broken"
    breaking = rows.filter(is_broken & pl.col("_is_major")).group_by("site_id").agg(_n=pl.col("sample_id").n_unique())
    counted = rows.group_by("site_id").agg(n_broken=is_broken.sum(), n_not_stated=(~is_broken).sum())
    often = rows.filter(is_broken).group_by("site_id", "rule").len().sort("len", "rule", descending=[True, False])
    most = often.group_by("site_id", maintain_order=True).agg(most_broken=pl.col("rule").first())
    sites = judged.group_by("site_id").agg(n_samples=pl.len())
    for part in (breaking, counted, most):
        sites = sites.join(part, on="site_id", how="left")
    n_conforming = pl.col("n_samples").cast(pl.Int64) - pl.col("_n").cast(pl.Int64).fill_null(0)
    return sites.select(
        "site_id",
        pl.col("n_samples").cast(pl.Int64),
        n_conforming=n_conforming,
        share_conforming=n_conforming * (1.0 / pl.col("n_samples")),
        n_broken=pl.col("n_broken").cast(pl.Int64).fill_null(0),
        n_not_stated=pl.col("n_not_stated").cast(pl.Int64).fill_null(0),
        most_broken="most_broken",
    ).sort("site_id")
