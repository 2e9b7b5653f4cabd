"""Findings and samples small enough to be read in a test."""

import datetime as dt

import polars as pl

DAY = dt.date(2024, 5, 6)


def finding(sample, site="A", week=0, batch="b1", level="2a", doubt="none", key="K"):
    return {
        "sample_id": sample, "site_id": site, "day": DAY + dt.timedelta(7 * week), "inchikey": key, "substance": "new-azole",
        "level": level, "score": 0.9, "batch_id": batch, "doubt": doubt, "reason": None,
    }  # fmt: skip


def findings(*rows):
    return pl.DataFrame(list(rows), schema_overrides={"reason": pl.String, "batch_id": pl.String})


def screened(*pairs):
    """Samples that were looked at: (site, week)."""
    rows = [{"sample_id": f"{site}{week}", "site_id": site, "day": DAY + dt.timedelta(7 * week)} for site, week in pairs]
    return pl.DataFrame(rows, schema={"sample_id": pl.String, "site_id": pl.String, "day": pl.Date})


AREAS = pl.DataFrame(
    [
        {"site_id": site, "area_id": area, "level": level}
        for site, path in {"A": ("44", "4401", "440103"), "B": ("44", "4401", "440104"), "C": ("44", "4403", "440303")}.items()
        for level, area in enumerate(path, start=1)
    ]
)
