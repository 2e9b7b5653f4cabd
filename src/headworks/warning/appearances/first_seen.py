"""When a substance was first seen, at a site and in every area above it, and when a second independent sample confirmed it.

Two samples are independent when they are different samples from different laboratory batches (G18): a contaminated batch
makes many findings and one piece of evidence. A first appearance at a site is *new* only where the site had been screened
without the substance before; else it may have been there all along.

The trap is the archive: a substance put on the list today and found in samples of last year appeared last year. Days are
those of sampling, never of screening.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from headworks.core.errors import DataRefused
from headworks.reference.early_warning_procedure import appearance_rule
from headworks.warning.appearances.hits import LEVELS

COUNTED_LEVELS: Final = ("1", "2a", "2b")
_UNIT = ["unit_kind", "unit_id", "inchikey"]
_FINDING = ("sample_id", "site_id", "day", "inchikey", "substance", "level", "batch_id", "doubt")


def first_appearances(
    findings: pl.DataFrame, screened: pl.DataFrame, areas_of_sites: pl.DataFrame, levels: Sequence[str] = COUNTED_LEVELS
) -> pl.DataFrame:
    """First appearance of every substance at every site and area.

    Parameters
    ----------
    findings
        What ``hits.flag_findings`` and ``hits.findings_from_measurements`` give, one under the other.
    screened
        ``sample_id, site_id, day`` of all samples that were looked at, with and without findings.
    areas_of_sites
        ``site_id, area_id, level``: every area a site lies in, of all five levels.
    levels
        Levels of identification that count; a level of 3 has isomers among it.

    Returns
    -------
    pl.DataFrame
        ``unit_kind`` (site, area), ``unit_id, area_level`` (empty of a site), ``inchikey, substance, first_day,
        first_sample_id, best_level, confirmed_day, confirmed_by`` (day and sample of the first finding independent of the
        first one; both empty where there is none), ``standing`` (confirmed, unconfirmed), ``n_samples, n_batches, n_sites,
        earlier_negatives`` (samples screened before the first day), ``is_new``. Sorted by unit and substance.

    Raises
    ------
    DataRefused
        ``HW-D732`` for a level that is not known, or findings that were not flagged first.

    Examples
    --------
    >>> found = pl.DataFrame({"sample_id": ["s1", "s2"], "site_id": "A", "day": ["2024-05-06", "2024-05-13"], "inchikey": "K",
    ...                       "substance": "x", "level": "2a", "batch_id": ["b1", "b2"], "doubt": "none"})
    >>> areas = pl.DataFrame({"site_id": ["A"], "area_id": ["44"], "level": [1]})
    >>> seen = first_appearances(found, found, areas)
    >>> seen.select("unit_id", "first_day", "confirmed_day", "standing", "is_new").rows()[0]
    ('44', '2024-05-06', '2024-05-13', 'confirmed', False)
    """
    _require(findings, levels)
    counted = findings.filter((pl.col("doubt") == "none") & pl.col("level").is_in(list(levels)))
    counted = counted.select(_FINDING).unique(maintain_order=True)
    units = _units(areas_of_sites, pl.concat([findings.select("site_id"), screened.select("site_id")]))
    rows = counted.join(units, on="site_id", how="inner")
    rank = pl.col("level").replace_strict(list(LEVELS), list(range(len(LEVELS))), return_dtype=pl.Int8)
    rows = rows.with_columns(_rank=rank).sort(*_UNIT, "day", "_rank", "sample_id", "batch_id")
    first = rows.group_by(_UNIT, maintain_order=True).agg(
        pl.col("area_level").first(),
        pl.col("substance").first(),
        first_day=pl.col("day").first(),
        first_sample_id=pl.col("sample_id").first(),
        _batch=pl.col("batch_id").first(),
        _best=pl.col("_rank").min(),
        n_samples=pl.col("sample_id").n_unique().cast(pl.Int64),
        n_batches=pl.col("batch_id").drop_nulls().n_unique().cast(pl.Int64),
        n_sites=pl.col("site_id").n_unique().cast(pl.Int64),
    )
    first = first.join(_second(rows, first), on=_UNIT, how="left").join(_before(screened, units, first), on=_UNIT, how="left")
    first = first.with_columns(pl.col("earlier_negatives").fill_null(0).cast(pl.Int64))
    standing = pl.when(pl.col("confirmed_day").is_null()).then(pl.lit("unconfirmed")).otherwise(pl.lit("confirmed"))
    best = pl.col("_best").replace_strict(list(range(len(LEVELS))), list(LEVELS), return_dtype=pl.String)
    table = first.with_columns(
        best_level=best, standing=standing, is_new=pl.col("earlier_negatives") >= int(appearance_rule("earlier_negatives"))
    )
    order = [
        "unit_kind", "unit_id", "area_level", "inchikey", "substance", "first_day", "first_sample_id", "best_level",
        "confirmed_day", "confirmed_by", "standing", "n_samples", "n_batches", "n_sites", "earlier_negatives", "is_new",
    ]  # fmt: skip
    return table.select(order).sort(_UNIT)


def spread(appearances: pl.DataFrame) -> pl.DataFrame:
    """How a substance went round: units that had it by each day on which one was added.

    Parameters
    ----------
    appearances
        What :func:`first_appearances` gives.

    Returns
    -------
    pl.DataFrame
        ``inchikey, unit_kind, area_level, day, n_new, n_units``, sorted; ``n_units`` adds up the new ones.
    """
    key = ["inchikey", "unit_kind", "area_level"]
    days = appearances.group_by(*key, day=pl.col("first_day")).agg(n_new=pl.len().cast(pl.Int64)).sort(*key, "day")
    return days.with_columns(n_units=pl.col("n_new").cum_sum().over(key))


def _second(rows: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """The earliest finding of another sample and another known batch than the first."""
    joined = rows.join(first.select(*_UNIT, "first_sample_id", "_batch"), on=_UNIT, how="inner", maintain_order="left")
    other = (pl.col("sample_id") != pl.col("first_sample_id")) & (pl.col("batch_id") != pl.col("_batch"))
    others = joined.filter(other.fill_null(value=False))
    needed = int(appearance_rule("least_samples")) - 1
    # One finding per further batch: of several in one batch the earliest.
    others = others.unique([*_UNIT, "batch_id"], keep="first", maintain_order=True)
    return others.group_by(_UNIT, maintain_order=True).agg(
        confirmed_day=pl.col("day").get(needed - 1, null_on_oob=True),
        confirmed_by=pl.col("sample_id").get(needed - 1, null_on_oob=True),
    )


def _before(screened: pl.DataFrame, units: pl.DataFrame, first: pl.DataFrame) -> pl.DataFrame:
    """Samples screened in a unit before the first day; they held nothing that counts."""
    looked = screened.select("sample_id", "site_id", "day").unique().join(units, on="site_id", how="inner")
    looked = looked.join(first.select(*_UNIT, "first_day"), on=["unit_kind", "unit_id"], how="inner")
    before = looked.filter(pl.col("day") < pl.col("first_day"))
    return before.group_by(_UNIT).agg(earlier_negatives=pl.col("sample_id").n_unique().cast(pl.Int64))


def _units(areas_of_sites: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """Every site with itself and all areas it lies in."""
    sites = seen.unique().select("site_id", unit_kind=pl.lit("site"), unit_id="site_id", area_level=pl.lit(None, pl.Int64))
    areas = areas_of_sites.select(
        "site_id", unit_kind=pl.lit("area"), unit_id="area_id", area_level=pl.col("level").cast(pl.Int64)
    )
    return pl.concat([sites, areas.unique()])


def _require(findings: pl.DataFrame, levels: Sequence[str]) -> None:
    unknown = [level for level in levels if level not in LEVELS]
    missing = [name for name in _FINDING if name not in findings.columns]
    if unknown or missing:
        raise DataRefused(
            "First appearances cannot be told from these findings.",
            found=", ".join([*(f"level {level}" for level in unknown), *(f"no {name}" for name in missing)]),
            remedy="Flag the hits first (flag_findings), and count levels of " + ", ".join(LEVELS),
            code="HW-D732",
        )
