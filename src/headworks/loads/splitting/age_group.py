"""Doses and amounts per 1,000 people of the ages that use, rather than per 1,000 of everyone.

    d_ages = d / share of these ages                                                          (L26)

It assumes that nobody of other ages used any. The trap is a number without its denominator: the column and the label name the
ages, always.
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from headworks.core.errors import DataRefused
from headworks.loads.mass_load import Amount

_AGES = re.compile(r"\d{1,3}-\d{1,3}")
_PER_HEAD = "per_1000"


def per_1000_of_ages(per_1000: Amount, share: Amount) -> Amount:
    """Per 1,000 people of some ages, from per 1,000 of everyone (L26).

    Parameters
    ----------
    per_1000
        Any quantity per 1,000 people.
    share
        Share of the ages in the population, above 0 and at most 1.

    Raises
    ------
    DataRefused
        ``HW-D258`` for an impossible share (numbers and arrays).

    Examples
    --------
    >>> per_1000_of_ages(5.0, 0.625)
    8.0
    """
    if not isinstance(share, pl.Expr):
        _require_share(bool(np.all((np.asarray(share) > 0) & (np.asarray(share) <= 1))), str(share))
    return per_1000 * (1.0 / share)


def restrict_ages(rows: pl.DataFrame, shares: pl.DataFrame, ages: str = "15-64") -> pl.DataFrame:
    """Rows with each per-capita column also per 1,000 people of some ages.

    Parameters
    ----------
    rows
        A table with ``site_id`` and columns that have ``per_1000`` in their name, and their bounds.
    shares
        ``site_id, share``: of the ages in the population behind the site.
    ages
        As ``15-64``.

    Returns
    -------
    pl.DataFrame
        The rows, columns such as ``doses_per_1000_aged_15_64_per_day``, and ``denominator`` (``1,000 people aged 15-64``); all
        of them empty for a site without a share.

    Raises
    ------
    DataRefused
        ``HW-D258`` for an impossible share, ``HW-D259`` for ages that cannot be read.
    """
    if not _AGES.fullmatch(ages):
        raise DataRefused("Ages cannot be read.", where="ages", found=ages, remedy="Give them as 15-64", code="HW-D259")
    bad = shares.filter(~((pl.col("share") > 0) & (pl.col("share") <= 1)).fill_null(value=False))
    _require_share(bad.is_empty(), str(bad.head(5).rows()))
    of_ages = f"per_1000_aged_{ages.replace('-', '_')}"
    joined = rows.join(shares.select("site_id", _share="share"), on="site_id", how="left", maintain_order="left")
    share = pl.col("_share")
    heads = [name for name in rows.columns if _PER_HEAD in name]
    bounds = {"lower": f"lower_{of_ages}", "upper": f"upper_{of_ages}", "doses_lower": f"doses_lower_{of_ages}",
              "doses_upper": f"doses_upper_{of_ages}"}  # fmt: skip
    named = {name: name.replace(_PER_HEAD, of_ages) for name in heads} | {k: v for k, v in bounds.items() if k in rows.columns}
    return joined.with_columns(
        *(per_1000_of_ages(pl.col(old), share).alias(new) for old, new in named.items()),
        denominator=pl.when(share.is_not_null()).then(pl.lit(f"1,000 people aged {ages}")),
    ).drop("_share")


def _require_share(fits: bool, found: str) -> None:
    if not fits:
        raise DataRefused(
            "A share of ages is impossible.",
            where="share",
            found=found,
            remedy="Give shares above 0 and at most 1",
            code="HW-D258",
        )
