"""What a tier may see of a run, panel by panel of residues, and who was behind what it was shown.

Residues that were sampled alike are decided on together. A residue that is withheld somewhere withholds all of that unit and
period: what is shown of a place does not hang on which residue one asks for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.disclosure import REASONS, TierRule
from headworks.core.disclosure.coding import UNIT, CodedFigures, CodedMembers
from headworks.core.disclosure.protect import reasons_to_withhold
from headworks.jobs.behind_figures import Catchments
from headworks.jobs.earlier_editions import code_editions
from headworks.jobs.figure_members import FigureMembers, figure_members
from headworks.jobs.sampled_periods import Codes, Mask, SampledPeriods, codes_of

# In order of their texts; a figure of several is told the first.
_REASONS = pl.Enum(sorted((*REASONS, "unmatched")))
_SHOWN = len(_REASONS.categories)
# Panels are bits of a whole number.
_MOST_TOGETHER = 62


class Panel(NamedTuple):
    """Residues, their figures, why each is withheld (place among the reasons, past the last where shown), cells shown."""

    analytes: list[str]
    figure: Codes
    why: Codes
    shown: Codes


class Decisions(NamedTuple):
    """Decisions on every panel of a run, for one tier."""

    behind: FigureMembers
    panels: list[Panel]

    def figures(self) -> pl.DataFrame:
        """``unit_kind, unit_id, period, analyte, is_suppressed, why`` of every figure."""
        texts = dict.fromkeys((*UNIT, "period", "analyte"), pl.String)
        parts = [pl.DataFrame(schema={**texts, "is_suppressed": pl.Boolean, "why": pl.String})]
        for panel in self.panels:
            names = pl.DataFrame({"analyte": panel.analytes})
            rows = self._told(panel.figure, panel.why).join(names, how="cross")
            parts.append(rows.with_columns(is_suppressed=pl.col("why").is_not_null()).select(parts[0].columns))
        return pl.concat(parts)

    def units(self) -> pl.DataFrame:
        """``unit_kind, unit_id, period, why``: withheld when one residue is."""
        n_figures = self.behind.names.n_figures
        is_there, first = np.zeros(n_figures, dtype=bool), np.full(n_figures, _SHOWN)
        for panel in self.panels:
            is_there[panel.figure] = True
            first[panel.figure] = np.minimum(first[panel.figure], panel.why)
        figure = np.flatnonzero(is_there)
        return self._told(figure, first[figure])

    def edition(self) -> pl.DataFrame:
        """Who was behind what was shown, one row for all residues it was shown of: ``analytes`` names them."""
        parts = []
        for start in range(0, len(self.panels), _MOST_TOGETHER):
            batch = self.panels[start : start + _MOST_TOGETHER]
            bits = np.zeros(self.behind.cells.size, dtype=np.int64)
            for place, panel in enumerate(batch):
                bits[panel.shown] |= 1 << place
            cells = np.flatnonzero(bits)
            patterns, pattern = np.unique(bits[cells], return_inverse=True)
            names = [
                ";".join(sorted(name for place, panel in enumerate(batch) if one >> place & 1 for name in panel.analytes))
                for one in patterns.tolist()
            ]
            parts.append(self.behind.table(cells).with_columns(analytes=pl.Series(names, dtype=pl.String)[pattern]))
        return pl.concat(parts)

    def _told(self, figure: Codes, why: Codes) -> pl.DataFrame:
        names = self.behind.names
        reasons = pl.Series([*_REASONS.categories, None], dtype=pl.String)
        rows = names.units[figure // len(names.periods)]
        labels = pl.Series(names.periods, dtype=pl.String)[figure % len(names.periods)]
        return rows.with_columns(period=labels, why=reasons[why])


def decide(
    catchments: Catchments, sampled: SampledPeriods, area_loads: pl.DataFrame, sites: pl.DataFrame, rule: TierRule,
    editions: pl.DataFrame,
) -> Decisions:  # fmt: skip
    """What a tier may see of every figure of a site or an area.

    Parameters
    ----------
    catchments, sampled
        What is held, and who was sampled when.
    area_loads
        ``area_id, period, analyte, population, n_sites, largest_share`` of the figures of areas.
    sites
        ``site_id, people, is_named, is_reported, is_institution, is_suppressed``, sorted by site.
    rule
        The tier's.
    editions
        Who was behind what these readers were shown of other runs.
    """
    editions = editions.join(sites, on="site_id", how="semi")
    sampled = sampled.seen_by(rule)
    behind = figure_members(catchments, sampled, sites, editions)
    sampled = sampled.at(behind.names.periods)
    earlier, declared = code_editions(editions, behind, sites["site_id"]), _declared(behind, sampled, area_loads)
    panels = []
    for places in sampled.panels():
        analytes = [sampled.analytes[place] for place in places]
        cells = behind.counting(sampled, places[0])
        figures = _figures(behind, sampled.is_there[places[0]], [declared[place] for place in places], cells, sites)
        is_figure = np.zeros(behind.names.n_figures, dtype=bool)
        is_figure[figures.unit * behind.n_periods + figures.period] = True
        cells = cells[is_figure[behind.figure_of(cells)]]
        history = earlier.changed(behind, cells, analytes)
        panels.append(_panel(behind, analytes, figures, cells, history, sites, rule))
    return Decisions(behind, panels)


def _declared(behind: FigureMembers, sampled: SampledPeriods, area_loads: pl.DataFrame) -> list[pl.DataFrame]:
    """By residue: ``figure, population, n_sites, largest_share`` as the figures of areas say."""
    areas = behind.names.units.filter(pl.col("unit_kind") == "area")["unit_id"]
    # Areas come before sites.
    unit, period = codes_of(area_loads["area_id"], areas), codes_of(area_loads["period"], behind.names.periods)
    rows = area_loads.select("population", pl.col("n_sites").cast(pl.Int64), "largest_share").with_columns(
        figure=pl.Series(unit * behind.n_periods + period)
    )
    analyte = np.where((unit >= 0) & (period >= 0), codes_of(area_loads["analyte"], sampled.analytes), -1)
    return [rows.filter(pl.Series(analyte == place)) for place in range(len(sampled.analytes))]


def _figures(
    behind: FigureMembers, is_there: Mask, declared: list[pl.DataFrame], cells: Codes, sites: pl.DataFrame
) -> CodedFigures:
    """Figures of areas and of sites that somebody is behind, in their order."""
    names = behind.names
    has_members = np.zeros(names.n_figures, dtype=bool)
    has_members[behind.figure_of(cells)] = True
    said = pl.concat(declared).group_by("figure").agg(
        pl.col("population").min(), pl.col("n_sites").min(), pl.col("largest_share").max()
    )  # fmt: skip
    site, period = np.nonzero(is_there)
    of_sites = sites[site].select(
        figure=pl.Series(behind.unit_of_site[site] * behind.n_periods + period), population="people",
        n_sites=pl.lit(1, pl.Int64), largest_share=pl.lit(0.0),
    )  # fmt: skip
    rows = pl.concat([said, of_sites])
    figure = rows["figure"].to_numpy()
    rows = rows.filter(pl.Series((figure >= 0) & has_members[figure])).sort("figure")
    figure = rows["figure"].to_numpy()
    return CodedFigures(figure // behind.n_periods, figure % behind.n_periods, rows.drop("figure"))


def _panel(
    behind: FigureMembers, analytes: list[str], figures: CodedFigures, cells: Codes, history: list[CodedMembers],
    sites: pl.DataFrame, rule: TierRule,
) -> Panel:  # fmt: skip
    """Decisions on the figures of one panel of residues."""
    figure = figures.unit * behind.n_periods + figures.period
    why = np.full(behind.names.n_figures, _SHOWN)
    if not rule.is_open:
        members = behind.members(cells)
        is_reported = np.zeros(behind.names.units.height, dtype=bool)
        unit_of = behind.unit_of_site[sites["is_reported"].to_numpy()]
        is_reported[unit_of[unit_of >= 0]] = True
        # What programmes publish of their sites is out.
        out = [*history, members.rows(is_reported[members.unit])]
        reasons = reasons_to_withhold(figures, members, behind.names, rule, [one for one in out if one.unit.size])
        code = codes_of(reasons, _REASONS.categories)
        is_unmatched = (code < 0) & _is_unmatched(behind, figures, cells, sites)
        why[figure] = np.where(
            is_unmatched, codes_of(pl.Series(["unmatched"]), _REASONS.categories), np.where(code < 0, _SHOWN, code)
        )
    return Panel(analytes, figure, why[figure], cells[why[behind.figure_of(cells)] == _SHOWN])


def _is_unmatched(behind: FigureMembers, figures: CodedFigures, cells: Codes, sites: pl.DataFrame) -> Mask:
    """Figures of areas whose number of sites is not the one their members say: who is behind them is not known.

    Where every member could be shown by itself it does not matter which of them were added.
    """
    figure = figures.unit * behind.n_periods + figures.period
    stands_not = sites["is_suppressed"].to_numpy()[behind.held.site[cells // behind.n_periods]]
    n_small = np.bincount(behind.figure_of(cells), stands_not, behind.names.n_figures)
    counted = behind.n_sites_of(cells)[figure]
    is_other = (figures.said["n_sites"] != pl.Series(counted)).fill_null(value=False).to_numpy()
    unmatched: Mask = behind.names.is_area[figures.unit] & is_other & (n_small[figure] > 0)
    return unmatched
