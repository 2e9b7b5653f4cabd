"""Which figures a tier of readers may see, such that nothing withheld follows from what is shown.

Primary: a figure by itself (D1 to D3). Secondary: what is left of a figure when those inside it are subtracted, in space
(D4), over time (D5), and between figures that cross (D6); earlier editions count as figures that are out. Figures are only
ever withheld, so it ends; and whether a figure is shown hangs on who was sampled, never on what was found.

The trap: a unit is withheld for all periods of one kind in a year, or for none. A single week withheld would be its month less
the other weeks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.disclosure.alone import own_reasons
from headworks.core.disclosure.blocks import hide_blocks, verdict_on_slots
from headworks.core.disclosure.coding import CodedFigures, CodedMembers, Names, coded, joined
from headworks.core.disclosure.crossings import crossing_units
from headworks.core.disclosure.groups import DOMINANCE, POPULATION, SAFE, SITES, Index, Mask, SiteFlags
from headworks.core.disclosure.incidence import Incidence, build_incidence
from headworks.core.disclosure.over_time import known_slots, redundant_slots, units_disclosed_over_time
from headworks.core.disclosure.spans import longer_codes
from headworks.core.disclosure.tiers import TierRule
from headworks.core.periods import KINDS, PeriodKind

REASONS = ("institution", "detail", "primary_population", "primary_sites", "dominance", "secondary")
_WORDS = {SAFE: None, POPULATION: "primary_population", SITES: "primary_sites", DOMINANCE: "dominance"}


class _Units(NamedTuple):
    """A unit is an area or site in a year, of the new edition or an earlier one.

    Its code is ``(edition * n_names + name) * n_years + year``: those of the new edition come first.
    """

    n_names: int
    year: Index
    n_years: int
    n_editions: int

    def code(self, name: Index, period: Index, edition: Index | int = 0) -> Index:
        """Codes of units by name, period and edition."""
        codes: Index = (edition * self.n_names + name) * self.n_years + self.year[period]
        return codes

    @property
    def n_new(self) -> int:
        """Units of the new edition."""
        return self.n_names * self.n_years


class _Kind(NamedTuple):
    """The figures of one kind of period, and the units of it that are shown."""

    incidence: Incidence
    periods: Index
    labels: list[str]
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
    names, found, now, editions = coded(figures, members, sites, history)
    why = reasons_to_withhold(found, now, names, rule, editions)
    return figures.select(pl.exclude("is_suppressed", "why")).with_columns(is_suppressed=why.is_not_null(), why=why)


def reasons_to_withhold(
    figures: CodedFigures, members: CodedMembers, names: Names, rule: TierRule, history: Sequence[CodedMembers] = ()
) -> pl.Series:
    """Why each figure is withheld, empty where it is shown: :func:`protect` for who has codes.

    Parameters
    ----------
    figures, members
        Every figure has members; a member's people may be unknown.
    names
        What the codes stand for.
    rule
        The tier's, which is not the steward's.
    history
        Members of figures that were shown to these readers, one set for every earlier edition.
    """
    years, year = np.unique(names.year, return_inverse=True)
    units = _Units(names.units.height, year, years.size, 1 + len(history))
    rows, edition = joined([members, *history])
    # An analyst is shown a site of unknown population: it counts as one that just reaches the floor.
    unknown = float(rule.floor) if rule.shows_unknown else 0.0
    rows = rows._replace(people=np.where(np.isnan(rows.people), unknown, rows.people))
    is_there = np.zeros(units.n_new * units.n_editions, dtype=bool)
    is_there[units.code(rows.unit, rows.period, edition)] = True
    fixed = is_there & (np.arange(is_there.size) >= units.n_new)
    kinds = _kinds_of(rows, edition, units, names, rule)
    own = own_reasons(figures, _judged(figures, kinds, units, names, rule), members, names, rule)
    unit, kind_of, is_out = units.code(figures.unit, figures.period), names.kind[figures.period], own.is_not_null().to_numpy()
    shown = is_there
    for kind, one in kinds.items():
        shown = shown.copy()
        shown[unit[is_out & (kind_of == KINDS.index(kind))]] = False
        shown = _protected(one.incidence, shown | fixed, fixed, names.flags, rule)
        kinds[kind] = one._replace(shown=shown)
    _protect_over_time(kinds, fixed, names.flags, rule)
    is_shown = np.zeros(unit.size, dtype=bool)
    for kind, one in kinds.items():
        mine = kind_of == KINDS.index(kind)
        is_shown[mine] = one.shown[unit[mine]]
    return pl.select(why=pl.when(~pl.Series(is_shown)).then(own.fill_null("secondary")))["why"]


def _kinds_of(rows: CodedMembers, edition: Index, units: _Units, names: Names, rule: TierRule) -> dict[PeriodKind, _Kind]:
    """Figures by kind of period that the tier sees, the longest first."""
    kinds: dict[PeriodKind, _Kind] = {}
    kind_of = names.kind[rows.period]
    for number, kind in reversed(list(enumerate(KINDS))):
        mine = np.flatnonzero(kind_of == number)
        if not mine.size or rule.holds_back(kind):
            continue
        entries = rows.rows(mine)
        periods = np.flatnonzero(np.bincount(entries.period, minlength=len(names.periods)))
        place = np.zeros(len(names.periods), dtype=np.int64)
        place[periods] = np.arange(periods.size)
        unit = units.code(entries.unit, entries.period, edition[mine])
        entries, is_area = entries._replace(unit=unit, period=place[entries.period]), names.is_area[entries.unit]
        nothing = np.zeros(units.n_new * units.n_editions, dtype=bool)
        kinds[kind] = _Kind(
            build_incidence(entries, is_area, names.flags), periods, [names.periods[i] for i in periods], nothing
        )
    return kinds


def _judged(figures: CodedFigures, kinds: dict[PeriodKind, _Kind], units: _Units, names: Names, rule: TierRule) -> pl.Series:
    """What each figure breaks by its members; editions that are out are left out."""
    verdicts = np.full(names.n_figures, SAFE, dtype=np.int64)
    for incidence, periods, _, _ in kinds.values():
        is_new = incidence.unit_of < units.n_new
        figure = incidence.unit_of[is_new] // units.n_years * len(names.periods) + periods[incidence.period_of[is_new]]
        verdicts[figure] = verdict_on_slots(incidence, names.flags, rule)[is_new]
    mine = verdicts[figures.unit * len(names.periods) + figures.period]
    return pl.Series(mine).replace_strict(_WORDS, return_dtype=pl.String)


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
        codes = {kind: longer_codes(tuple(shortest.labels), kind) for kind in asked}
        redundant = np.zeros(shortest.incidence.n_slots, dtype=bool)
        as_short = shortest.shown
        for kind, units in asked.items():
            as_short = as_short | kinds[kind].shown
            redundant |= redundant_slots(shortest.incidence, codes[kind], units, as_short)
        known = known_slots(shortest.incidence, published, redundant, flags, rule)
        for kind, units in asked.items():
            one = kinds[kind]
            left = units_disclosed_over_time(shortest.incidence, known, codes[kind], units, redundant, shortest.shown)
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
