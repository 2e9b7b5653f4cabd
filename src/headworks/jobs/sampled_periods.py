"""Which sites were sampled for which residue in which periods, as one array of days.

A residue, a site and a period have a place each; at their place stand the first and the last day that count. A result of a
year as a whole has no days: there the first is after the last.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.disclosure import TierRule
from headworks.core.periods import KINDS, Period, PeriodKind, period_label
from headworks.jobs.behind_figures import ALWAYS, FOR_EVER

Days = npt.NDArray[np.int32]
Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01, as the tables count them."""
    return (day - dt.date(1970, 1, 1)).days


def codes_of(texts: pl.Series, among: pl.Series | list[str]) -> Codes:
    """Place of each text among others, -1 where it is not there.

    Examples
    --------
    >>> codes_of(pl.Series(["b", "c", "a"]), ["a", "b"])
    array([ 1, -1,  0])
    """
    codes: Codes = texts.cast(pl.Enum(among), strict=False).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    return codes


class SampledPeriods(NamedTuple):
    """``first``, ``last`` and ``is_there`` have shape ``(n_analytes, n_sites, n_periods)``; days since 1970-01-01."""

    analytes: list[str]
    sites: list[str]
    periods: list[str]
    first: Days
    last: Days
    is_there: Mask

    def seen_by(self, rule: TierRule) -> SampledPeriods:
        """Without the periods that are shorter than a tier sees."""
        seen = [place for place, label in enumerate(self.periods) if not rule.holds_back(Period.parse(label).kind)]
        return self.at([self.periods[place] for place in seen])

    def at(self, periods: list[str]) -> SampledPeriods:
        """The same for other periods, in their order; nothing was sampled in one that is not known here."""
        if periods == self.periods:
            return self
        if not self.periods:
            days = np.zeros((*self.is_there.shape[:2], len(periods)), dtype=np.int32)
            return self._replace(periods=periods, first=days, last=days, is_there=days > 0)
        known = {label: place for place, label in enumerate(self.periods)}
        place = np.array([known.get(label, -1) for label in periods], dtype=np.int64)
        # The last period stands in for an unknown one; nothing is there.
        is_there = self.is_there[:, :, place] & (place >= 0)
        return self._replace(periods=periods, first=self.first[:, :, place], last=self.last[:, :, place], is_there=is_there)

    def panels(self) -> list[list[int]]:
        """Places of residues that were sampled at the same sites and periods: what is withheld of one is withheld of all."""
        alike: dict[bytes, list[int]] = {}
        for place in np.flatnonzero(self.is_there.any(axis=(1, 2))).tolist():
            alike.setdefault(np.packbits(self.is_there[place]).tobytes(), []).append(place)
        return list(alike.values())


def sampled_periods(
    loads: pl.DataFrame, reported: pl.DataFrame, sites: pl.Series, kinds: tuple[PeriodKind, ...] = KINDS[1:]
) -> SampledPeriods:
    """Which site has a result of which residue in which period.

    Parameters
    ----------
    loads
        ``site_id, analyte, day``: dated days.
    reported
        Table ``reported_loads``; week 0 counts in its year only.
    sites
        Sites that are known, sorted; others are left out.
    kinds
        Kinds of period wanted.
    """
    texts = pl.format("{}-W{}-{}", "year", pl.col("week").cast(pl.String).str.zfill(2), "weekday")
    dated = reported.filter(pl.col("week") > 0).select("site_id", "analyte", day=texts.str.to_date("%G-W%V-%u"))
    bare = reported.filter((pl.col("week") == 0) & pl.lit("year" in kinds))
    bare = bare.select("site_id", "analyte", period=pl.col("year").cast(pl.String))
    days = pl.concat([loads.select("site_id", "analyte", "day"), dated])
    analytes = pl.concat([days["analyte"].unique(), bare["analyte"].unique()]).unique().sort()
    labels = days.select(pl.col("day").unique().sort()).with_columns(
        period_label(pl.col("day"), kind).alias(kind) for kind in kinds
    )
    periods = pl.concat([bare["period"], *(labels[kind] for kind in kinds)]).unique().sort()

    def places(rows: pl.DataFrame) -> Codes:
        """Place of a site's rows in their residue, less than nothing for a site that is not known."""
        site = codes_of(rows["site_id"], sites)
        return np.where(site < 0, -1, codes_of(rows["analyte"], analytes) * sites.len() + site) * periods.len()

    shape = (analytes.len(), sites.len(), periods.len())
    first = np.full(shape, day_number(FOR_EVER), dtype=np.int32)
    last = np.full(shape, day_number(ALWAYS), dtype=np.int32)
    place, day = places(days), days["day"].to_physical().to_numpy()
    place, day = place[place >= 0], day[place >= 0]
    known = labels["day"].to_physical().to_numpy()
    for kind in kinds if known.size else ():
        period_of = np.zeros(int(known[-1] - known[0]) + 1, dtype=np.int64)
        period_of[known - known[0]] = codes_of(labels[kind], periods)
        figure = place + period_of[day - known[0]]
        np.minimum.at(first.reshape(-1), figure, day)
        np.maximum.at(last.reshape(-1), figure, day)
    is_there = first <= last
    place = places(bare)
    is_there.reshape(-1)[(place + codes_of(bare["period"], periods))[place >= 0]] = True
    return SampledPeriods(analytes.to_list(), sites.to_list(), periods.to_list(), first, last, is_there)
