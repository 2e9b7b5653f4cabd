"""Which figures a tier of readers may see, such that nothing withheld follows from what is shown.

Primary: a figure by itself (D1 to D3). Secondary: what is left of a figure when those inside it are subtracted, in space
(D4), over time (D5), and between figures that cross (D6); earlier editions count as figures that are out. Figures are only
ever withheld, so it ends; and whether a figure is shown hangs on who was sampled, never on what was found.

The trap: a unit is withheld for all periods of one kind in a year, or for none. A single week withheld would be its month less
the other weeks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from headworks.core.disclosure.alone import own_reasons
from headworks.core.disclosure.blocks import hide_blocks, verdict_on_slots
from headworks.core.disclosure.coding import UNIT, coded_members
from headworks.core.disclosure.crossings import crossing_units
from headworks.core.disclosure.groups import DOMINANCE, POPULATION, SAFE, SITES, SiteFlags
from headworks.core.disclosure.incidence import Incidence, build_incidence
from headworks.core.disclosure.over_time import redundant_slots, units_disclosed_over_time
from headworks.core.disclosure.spans import longer_periods, with_kind
from headworks.core.disclosure.tiers import TierRule
from headworks.core.errors import DataRefused
from headworks.core.periods import KINDS, PeriodKind

Mask = npt.NDArray[np.bool_]
REASONS = ("institution", "detail", "primary_population", "primary_sites", "dominance", "secondary")
_WORDS = {SAFE: None, POPULATION: "primary_population", SITES: "primary_sites", DOMINANCE: "dominance"}


class _Kind(NamedTuple):
    """The figures of one kind of period, and the units of it that are shown."""

    incidence: Incidence
    periods: list[str]
    shown: Mask


def protect(
    figures: pl.DataFrame,
    members: pl.DataFrame,
    sites: pl.DataFrame,
    rule: TierRule,
    *,
    history: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The figures with ``is_suppressed`` and ``why``.

    Parameters
    ----------
    figures
        ``unit_kind`` (area or site), ``unit_id``, ``period``, ``population``; one row per figure, of one residue or of several
        that were sampled alike. Optional ``n_sites`` and ``largest_share`` are trusted where they are stricter than members
        say.
    members
        ``unit_kind, unit_id, period, atom, site_id, people``: the catchments each figure holds, with their residents, and the
        sampled site they speak through. A catchment inside another is an atom of both sites; a catchment in two areas is two
        atoms. Optional ``piece``: the parts of a site that are shared out to several areas.
    sites
        ``site_id, is_named`` (published by name with recorded consent), ``is_institution``.
    rule
        The tier's.
    history
        Members, in the same columns, of figures that earlier editions showed to these readers.

    Returns
    -------
    pl.DataFrame
        The rows of ``figures`` in their order; ``why`` is one of ``institution``, ``detail``, ``primary_population``,
        ``primary_sites``, ``dominance``, ``secondary``, empty where the figure is shown.

    Raises
    ------
    DataRefused
        ``HW-D491`` for a figure without a member or a member at a site that ``sites`` lacks.

    Examples
    --------
    >>> from headworks.core.disclosure import tier_rule
    >>> members = pl.DataFrame({"unit_kind": ["area"] * 5, "unit_id": ["C", "C", "C", "T", "U"], "period": ["2026"] * 5,
    ...                         "atom": ["a", "b", "c", "a", "b"], "site_id": ["a", "b", "c", "a", "b"],
    ...                         "people": [9_000.0, 6_000.0, 800.0, 9_000.0, 6_000.0]})
    >>> key = ["unit_kind", "unit_id", "period"]
    >>> figures = members.group_by(key, maintain_order=True).agg(population=pl.col("people").sum())
    >>> sites = pl.DataFrame({"site_id": ["a", "b", "c"], "is_named": [False] * 3, "is_institution": [False] * 3})
    >>> protect(figures, members, sites, tier_rule("partner")).select("unit_id", "population", "why").rows()
    [('C', 15800.0, None), ('T', 9000.0, None), ('U', 6000.0, 'secondary')]
    """
    if rule.is_open or figures.is_empty():
        return figures.with_columns(is_suppressed=pl.lit(value=False), why=pl.lit(None, dtype=pl.String))
    _require_members(figures, members, sites)
    figures = with_kind(figures.with_row_index("_row"))
    coded, units, flags = coded_members(members, sites, rule, history)
    fixed = units["is_fixed"].to_numpy()
    kinds = _kinds_of(coded, units)
    own = own_reasons(figures, _judged(kinds, units, flags, rule), members, sites, rule)
    shown = np.ones(units.height, dtype=bool)
    for kind, one in kinds.items():
        shown = shown & ~_withheld_alone(own.filter(pl.col("period_kind") == kind), units)
        kinds[kind] = one._replace(shown=_protected(one.incidence, shown | fixed, fixed, flags, rule))
        shown = kinds[kind].shown
    _protect_over_time(kinds, fixed, flags, rule)
    return _told(figures, own, units, kinds)


def _kinds_of(coded: pl.DataFrame, units: pl.DataFrame) -> dict[PeriodKind, _Kind]:
    """Figures by kind of period, the longest first."""
    kinds: dict[PeriodKind, _Kind] = {}
    for kind in reversed(KINDS):
        entries = coded.filter(pl.col("period_kind") == kind)
        if entries.height:
            periods = entries["period"].unique().sort()
            place = pl.DataFrame({"period": periods}).with_columns(_place=pl.int_range(pl.len(), dtype=pl.Int64))
            entries = entries.join(place, on="period", maintain_order="left").drop("period").rename({"_place": "period"})
            kinds[kind] = _Kind(build_incidence(entries), periods.to_list(), np.zeros(units.height, dtype=bool))
    return kinds


def _judged(kinds: dict[PeriodKind, _Kind], units: pl.DataFrame, flags: SiteFlags, rule: TierRule) -> pl.DataFrame:
    """``unit_kind, unit_id, period, _judged``: what each figure breaks by its members; editions that are out are left out."""
    frames = []
    for incidence, periods, _ in kinds.values():
        verdict = pl.Series(verdict_on_slots(incidence, flags, rule)).replace_strict(_WORDS, return_dtype=pl.String)
        names = units[incidence.unit_of].select(*UNIT, "is_fixed")
        labels = pl.Series(periods, dtype=pl.String)[incidence.period_of]
        frames.append(names.with_columns(period=labels, _judged=verdict).filter(~pl.col("is_fixed")).drop("is_fixed"))
    empty = pl.DataFrame(schema={"unit_kind": pl.String, "unit_id": pl.String, "period": pl.String, "_judged": pl.String})
    return pl.concat([empty, *(frame.select(empty.columns) for frame in frames)])


def _require_members(figures: pl.DataFrame, members: pl.DataFrame, sites: pl.DataFrame) -> None:
    alone = figures.join(members, on=[*UNIT, "period"], how="anti")
    strange = members.join(sites, on="site_id", how="anti")
    if alone.height or strange.height:
        found = alone.select(*UNIT, "period").rows()[:3] if alone.height else strange["site_id"].unique().sort().to_list()[:3]
        raise DataRefused(
            "It is not known who is behind a figure.",
            where="members" if alone.height else "sites",
            found="; ".join(str(one) for one in found),
            remedy="Give every figure its catchments, and every site a row",
            code="HW-D491",
        )


def _withheld_alone(own: pl.DataFrame, units: pl.DataFrame) -> Mask:
    """By unit: withheld by itself in some period."""
    withheld = (
        own.filter(pl.col("own").is_not_null()).select(*UNIT, "year").unique().with_columns(is_withheld=pl.lit(value=True))
    )
    found = units.join(withheld, on=[*UNIT, "year"], how="left", maintain_order="left")
    return found.select((pl.col("is_withheld") & ~pl.col("is_fixed")).fill_null(value=False)).to_series().to_numpy()


def _protected(incidence: Incidence, shown: Mask, fixed: Mask, flags: SiteFlags, rule: TierRule) -> Mask:
    """Units shown of one kind of period, nothing of which gives away another of the same period."""
    shown = shown.copy()
    shown[crossing_units(incidence, shown, fixed)] = False
    return hide_blocks(incidence, shown, fixed, flags, rule)


def _protect_over_time(kinds: dict[PeriodKind, _Kind], fixed: Mask, flags: SiteFlags, rule: TierRule) -> None:
    """Withhold long figures that with shorter ones could give something small away, until none does."""
    is_changed = True
    while is_changed:
        is_changed = False
        shown_kinds = [kind for kind in kinds if kinds[kind].shown.any()]
        if len(shown_kinds) < 2:
            return
        shortest = kinds[shown_kinds[-1]]
        published = np.logical_or.reduce([kinds[kind].shown for kind in shown_kinds])
        asked = _resolved(kinds, shown_kinds, fixed)
        codes = {
            kind: longer_periods(shortest.periods, kind)["longer"].rank("dense").cast(pl.Int64).to_numpy() - 1
            for kind in asked
        }
        redundant = np.zeros(shortest.incidence.n_slots, dtype=bool)
        as_short = shortest.shown
        for kind, units in asked.items():
            as_short = as_short | kinds[kind].shown
            redundant |= redundant_slots(shortest.incidence, codes[kind], units, as_short)
        for kind, units in asked.items():
            one = kinds[kind]
            left = units_disclosed_over_time(
                shortest.incidence, codes[kind], units, published, redundant, shortest.shown, flags, rule
            )
            if left.size:
                is_changed = True
                one.shown[left] = False
                kinds[kind] = one._replace(shown=_protected(one.incidence, one.shown, fixed, flags, rule))


def _resolved(kinds: dict[PeriodKind, _Kind], shown_kinds: list[PeriodKind], fixed: Mask) -> dict[PeriodKind, Mask]:
    """By kind of period but the shortest: the units of which it is the shortest that is shown."""
    in_shorter = kinds[shown_kinds[-1]].shown.copy()
    asked = {}
    for kind in reversed(shown_kinds[:-1]):
        asked[kind] = kinds[kind].shown & ~in_shorter & ~fixed
        in_shorter |= kinds[kind].shown
    return asked


def _told(figures: pl.DataFrame, own: pl.DataFrame, units: pl.DataFrame, kinds: dict[PeriodKind, _Kind]) -> pl.DataFrame:
    new = units.filter(~pl.col("is_fixed"))
    empty = new.clear().select(*UNIT, "year", period_kind=pl.lit(""))
    shown = pl.concat(
        [
            empty,
            *(
                new.select(*UNIT, "year", period_kind=pl.lit(kind)).filter(
                    pl.Series(one.shown[new["unit"].to_numpy()], dtype=pl.Boolean)
                )
                for kind, one in kinds.items()
            ),
        ]
    ).with_columns(_is_shown=pl.lit(value=True))
    rows = own.join(shown, on=[*UNIT, "year", "period_kind"], how="left", maintain_order="left")
    why = pl.when(pl.col("_is_shown").is_null()).then(pl.col("own").fill_null("secondary"))
    told = rows.select("_row", why=why).with_columns(is_suppressed=pl.col("why").is_not_null())
    return (
        figures.join(told, on="_row", how="left", maintain_order="left")
        .drop("_row", "year")
        .select(pl.exclude("is_suppressed", "why"), "is_suppressed", "why")
    )
