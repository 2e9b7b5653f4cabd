"""Two areas, or two periods of one area, compared as they should be: what they share is cancelled.

Both figures have to be visible to the reader, or nothing is said of either.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.area_figures import find_area
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.method import method_of
from headworks.loads import kept_out_days
from headworks.reference import resolve_drug
from headworks.store import Manifest, Workspace, read_facts, read_result_of, require_run
from headworks.tables import FACTS
from headworks.trends.areas.cells import site_cells
from headworks.trends.areas.compare import Comparison, compare_figures
from headworks.trends.areas.roll_up import labels_by_kind
from headworks.trends.day_arrays import day_arrays
from headworks.trends.day_spread import day_spread
from headworks.workflows import residue_headings, situation_days
from headworks.workflows.parts import part_of_label
from headworks.workflows.register import build_register


@dataclass(frozen=True)
class ComparedAreas:
    """What was compared, and the result; loads in mg/d per 1,000 people."""

    analyte: str
    first: tuple[str, str]
    second: tuple[str, str]
    comparison: Comparison

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        named = {"analyte": self.analyte, "first": self.first, "second": self.second}
        return named | {f"{name}_load" if name in ("first", "second") else name: value for name, value in zip(
            Comparison._fields, self.comparison, strict=True)}  # fmt: skip


def compare_areas(
    workspace: Workspace,
    area: str,
    other: str,
    period: str,
    drug: str,
    *,
    other_period: str | None = None,
    tier: str = "public",
    as_of: dt.datetime | None = None,
) -> ComparedAreas:
    """Ratio and difference of two per-capita loads, with what they share cancelled (A6).

    Parameters
    ----------
    area, other
        Ids or names; the same one twice to compare two periods.
    period, other_period
        Labels; the same period for both when ``other_period`` is not said.
    drug
        Drug, by any of its names, or residue.
    tier
        Whose figures are compared.

    Raises
    ------
    UsageError
        ``HW-U072`` when a figure is not there or not visible to the tier.
    """
    run = require_run(workspace, as_of)
    disclosure = Disclosure(workspace, tier, as_of)
    facts = {name: read_facts(workspace, name, as_of) for name in FACTS if name != "measurements"}
    first = find_area(facts["areas"], area)[0], Period.parse(period).label
    second = find_area(facts["areas"], other)[0], Period.parse(other_period or period).label
    analyte = _visible_residue(disclosure, run, (first, second), drug)
    register = build_register(facts)
    years = [int(label[:4]) for _, label in (first, second)]
    parts = [part for part in run.results["loads"]["parts"] if min(years) - 1 <= int(part[:4]) <= max(years) + 1]
    loads = read_result_of(workspace, run, "loads", parts, pl.col("analyte") == analyte)
    kept_out = kept_out_days(read_result_of(workspace, run, "disposal_events"))
    loads = loads.join(kept_out, on=["site_id", "day", "analyte"], how="anti", maintain_order="left")
    method = method_of(workspace)
    reported = facts["reported_loads"].filter(analyte=analyte)
    headings = residue_headings(method.parameters, loads, reported)
    days = day_arrays(situation_days(loads, reported, register.sites, headings, method.uncertainty))
    wanted = frozenset({first[1], second[1]})
    cells, periods = site_cells(days, day_spread(days), register.network, [analyte], labels_by_kind(wanted))
    at = [(where, periods.index(label)) for where, label in (first, second)]
    found = compare_figures(cells, register.network, 0, at[0], at[1], len(periods))
    if found is None:
        raise _not_there(first, second, "no load of one of the two is known")
    return ComparedAreas(analyte, first, second, found)


def _visible_residue(disclosure: Disclosure, run: Manifest, figures: tuple[tuple[str, str], ...], drug: str) -> str:
    """The residue meant, of which the reader may see both figures."""
    residues = []
    for area, period in figures:
        rows = _figures(disclosure, run, (area, period)).select("analyte", "drug").unique().rows()
        if not rows:
            found = f"nothing of {area} in {period} that a {disclosure.tier} reader may see"
            raise _not_there(figures[0], figures[1], found)
        by_name = {analyte: analyte for analyte, _ in rows} | {heading: analyte for analyte, heading in rows}
        wanted = drug if drug in by_name else resolve_drug(drug)
        if wanted not in by_name:
            found = (
                f"no {drug} of {area} in {period} that a {disclosure.tier} reader may see, but {', '.join(sorted(by_name))}"
            )
            raise _not_there(figures[0], figures[1], found)
        residues.append(str(by_name[wanted]))
    return residues[0]


def _figures(disclosure: Disclosure, run: Manifest, which: tuple[str, str]) -> pl.DataFrame:
    only = (pl.col("area_id") == which[0]) & (pl.col("period") == which[1])
    rows = read_result_of(disclosure.workspace, run, "area_loads", [part_of_label(which[1])], only)
    return disclose(disclosure, "area_loads", rows).frame


def _not_there(first: tuple[str, str], second: tuple[str, str], found: str) -> UsageError:
    return UsageError(
        "These two figures cannot be compared.",
        where=f"{first[0]} {first[1]} and {second[0]} {second[1]}",
        found=found,
        remedy="See headworks show WORKSPACE area_loads for the figures there are, or name another tier",
        code="HW-U072",
    )
