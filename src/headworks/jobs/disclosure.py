"""Which figures of a workspace a tier of readers may see.

Everything that leaves the workspace (exports, reports) goes through a :class:`Disclosure`: it knows for every site, area and
period whether its figure may be shown, and cuts any table down to that. The steward's is open and cuts nothing.

A site is *named* when a consent is recorded for it, or when a programme publishes its figures already (``reported_loads``);
what a programme publishes counts as out, whatever we withhold. An institution is never shown as such to the public or to
partners, and adds nothing to what makes an area's figure safe.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from headworks.core.disclosure import TierRule, is_suppressed, tier_rule
from headworks.jobs.behind_figures import Catchments, catchments_of
from headworks.jobs.publications import earlier_editions, keep_edition
from headworks.jobs.sampled_periods import SampledPeriods, sampled_periods
from headworks.jobs.tier_decisions import Decisions, decide
from headworks.jobs.unit_reasons import UnitReasons, unit_reasons
from headworks.loads import kept_out_days
from headworks.places.code_changes import carry_site_areas
from headworks.store import Manifest, Workspace, latest_run, read_facts, read_imports, read_result_of
from headworks.tables import AreaLoads, Loads
from headworks.tables.places import CONSENT_KINDS
from headworks.workflows.register import newest_code_date, with_ends, with_populations

_OF_AREAS = ["area_id", "period", "analyte", "population", "area_population", "n_sites", "largest_share"]


def rule_of(workspace: Workspace, tier: str) -> TierRule:
    """The rule of a tier as the workspace's settings have it.

    Raises
    ------
    UsageError
        ``HW-U004`` for a tier that does not exist.
    """
    said = workspace.settings
    return tier_rule(
        tier,
        floors=said.publication_floors,
        sites=said.publication_sites,
        dominance=said.publication_dominance,
        detail=said.publication_detail,
    )


@dataclass(frozen=True)
class Disclosure:
    """Decisions for one tier and one run (the newest, or the newest by a moment).

    Attributes
    ----------
    beside
        Disclosure of the same run to another tier: what is the same for all of them is read once.
    """

    workspace: Workspace
    tier: str
    as_of: dt.datetime | None = None
    beside: Disclosure | None = field(default=None, kw_only=True)

    @cached_property
    def rule(self) -> TierRule:
        """The tier's."""
        return rule_of(self.workspace, self.tier)

    @cached_property
    def run(self) -> Manifest | None:
        """The run whose results are shown; None before the first."""
        return self.beside.run if self.beside else latest_run(self.workspace, self.as_of)

    @cached_property
    def _imports(self) -> pl.DataFrame:
        return read_imports(self.workspace, self.as_of)

    def facts(self, table: str) -> pl.DataFrame:
        """A fact table as of the disclosure's moment."""
        return read_facts(self.workspace, table, imports=self._imports)

    def result(self, table: str) -> pl.DataFrame | None:
        """A result table of the run; None before the first."""
        return None if self.run is None else read_result_of(self.workspace, self.run, table)

    @cached_property
    def sites(self) -> pl.DataFrame:
        """All sites: ``site_id, kind, people, is_named, is_reported, is_institution, is_suppressed, why`` (as a site)."""
        sites, reported = self.facts("sites"), self.facts("reported_loads").select("site_id").unique()
        dated = self.facts("populations").sort("valid_from").unique("site_id", keep="last").select("site_id", "population")
        rows = sites.join(dated, on="site_id", how="left").join(
            reported.with_columns(is_reported=pl.lit(value=True)), on="site_id", how="left"
        )
        is_named = pl.col("consent").is_not_null() | pl.col("is_reported")
        is_institution = pl.col("kind").cast(pl.String).is_in(CONSENT_KINDS)
        rows = rows.with_columns(pl.col("is_reported").fill_null(value=False)).select(
            "site_id", pl.col("kind").cast(pl.String), "is_reported",
            people=pl.coalesce("population", "population_served"),
            is_named=is_named.fill_null(value=False) & ~is_institution, is_institution=is_institution,
        )  # fmt: skip
        rule = self.rule
        why = (
            pl.when(pl.col("is_institution") & (not rule.shows_institutions))
            .then(pl.lit("institution"))
            .when(is_suppressed(pl.col("people"), rule.floor, tier=rule.tier))
            .then(pl.lit("primary_population"))
            .when(~pl.col("is_named") & (rule.min_sites > 1))
            .then(pl.lit("primary_sites"))
        )
        rows = rows.with_columns(why=why if not rule.is_open else pl.lit(None, pl.String)).sort("site_id")
        return rows.with_columns(is_suppressed=pl.col("why").is_not_null())

    @cached_property
    def catchments(self) -> Catchments:
        """Atoms of sites and areas, by the register the roll-up reads."""
        if self.beside:
            return self.beside.catchments
        sites = with_populations(self.facts("sites"), self.facts("populations"))
        areas, changes = with_ends(self.facts("areas")), self.facts("code_changes")
        as_of = newest_code_date(areas, changes)
        site_areas, sites = carry_site_areas(self.facts("site_areas"), sites, changes, areas, as_of)
        return catchments_of(sites, site_areas, areas, self.sites.select("site_id", "people"), as_of)

    @cached_property
    def area_loads(self) -> pl.DataFrame:
        """What decisions hang on, of the figures of areas of the run; none before the first."""
        if self.beside:
            return self.beside.area_loads
        if self.run is None:
            return AreaLoads.create_empty().select(_OF_AREAS)
        return read_result_of(self.workspace, self.run, "area_loads", columns=_OF_AREAS)

    @cached_property
    def sampled(self) -> SampledPeriods:
        """Which sites are behind figures of which residue, in periods of every kind.

        Days that the run kept out of all means and sums are left out: nobody is behind a figure through these.
        """
        if self.beside:
            return self.beside.sampled
        key, sites, reported = ["site_id", "day", "analyte"], self.sites["site_id"], self.facts("reported_loads")
        if self.run is None:
            return sampled_periods(Loads.create_empty(), reported.clear(), sites)
        loads, events = read_result_of(self.workspace, self.run, "loads", columns=key), self.result("disposal_events")
        if events is not None:
            loads = loads.join(kept_out_days(events), on=key, how="anti")
        return sampled_periods(loads, reported, sites)

    @cached_property
    def decisions(self) -> Decisions:
        """What was decided of every panel of residues."""
        editions = earlier_editions(self.workspace, self.run.run_id if self.run else "", self.tier)
        return decide(self.catchments, self.sampled, self.area_loads, self.sites, self.rule, editions)

    @property
    def figures(self) -> pl.DataFrame:
        """``unit_kind, unit_id, period, analyte, is_suppressed, why``: every figure of a site or an area that results hold."""
        return self.decisions.figures()

    def keep(self) -> None:
        """Remember who was behind what was shown, for the next edition; nothing for the steward, or before decisions."""
        if self.run is not None and "decisions" in self.__dict__ and self.decisions.panels and not self.rule.is_open:
            keep_edition(self.workspace, self.run.run_id, self.tier, self.decisions.edition())

    @cached_property
    def units(self) -> pl.DataFrame:
        """``unit_kind, unit_id, period, why``: withheld when one residue is; what a programme publishes of itself is not."""
        is_free = (pl.col("unit_kind") == "site") & pl.col("unit_id").is_in(self._free.implode())
        return self.decisions.units().with_columns(why=pl.when(~is_free).then("why"))

    @cached_property
    def reasons(self) -> UnitReasons:
        """The same, to be looked up."""
        return unit_reasons(self.units, self._free)

    @property
    def _free(self) -> pl.Series:
        """Sites large enough of which a programme publishes what it likes."""
        return self.sites.filter(pl.col("is_reported") & ~pl.col("is_suppressed"))["site_id"]
