"""Which figures of a workspace a tier of readers may see.

Everything that leaves the workspace (exports, reports) goes through a :class:`Disclosure`: it knows for every site, area and
period whether its figure may be shown, and cuts any table down to that. The steward's is open and cuts nothing.

A site is *named* when a consent is recorded for it, or when a programme publishes its figures already (``reported_loads``);
what a programme publishes counts as out, whatever we withhold. An institution is never shown as such to the public or to
partners, and adds nothing to what makes an area's figure safe.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from headworks.core.disclosure import TierRule, is_suppressed, protect, tier_rule
from headworks.core.periods import KINDS
from headworks.jobs.behind_figures import Catchments, catchments_of, members_of, panels, sampled_periods
from headworks.jobs.publications import earlier_editions, keep_edition
from headworks.loads import kept_out_days
from headworks.places.code_changes import carry_site_areas
from headworks.store import Manifest, Workspace, latest_run, read_facts, read_imports, read_result_of
from headworks.tables import AreaLoads, Loads
from headworks.tables.places import CONSENT_KINDS
from headworks.workflows.register import newest_code_date, with_ends, with_populations

_KEY = ["unit_kind", "unit_id", "period"]


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
    """Decisions for one tier and one run (the newest, or the newest by a moment)."""

    workspace: Workspace
    tier: str
    as_of: dt.datetime | None = None

    @cached_property
    def rule(self) -> TierRule:
        """The tier's."""
        return rule_of(self.workspace, self.tier)

    @cached_property
    def run(self) -> Manifest | None:
        """The run whose results are shown; None before the first."""
        return latest_run(self.workspace, self.as_of)

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
        sites = with_populations(self.facts("sites"), self.facts("populations"))
        areas, changes = with_ends(self.facts("areas")), self.facts("code_changes")
        as_of = newest_code_date(areas, changes)
        site_areas, sites = carry_site_areas(self.facts("site_areas"), sites, changes, areas, as_of)
        return catchments_of(sites, site_areas, areas, self.sites.select("site_id", "people"), as_of)

    @cached_property
    def area_loads(self) -> pl.DataFrame:
        """Figures of areas of the run; none before the first."""
        found = self.result("area_loads")
        return AreaLoads.create_empty() if found is None else found

    @cached_property
    def sampled(self) -> pl.DataFrame:
        """``site_id, analyte, period, first, last``: which sites are behind figures of which residue, in periods of the tier.

        Days that the run kept out of all means and sums are left out: nobody is behind a figure through these.
        """
        kinds = tuple(kind for kind in KINDS[1:] if not self.rule.holds_back(kind))
        loads, events = self.result("loads"), self.result("disposal_events")
        if loads is None:
            return sampled_periods(Loads.create_empty(), self.facts("reported_loads").clear(), kinds)
        if events is not None:
            loads = loads.join(kept_out_days(events), on=["site_id", "day", "analyte"], how="anti", maintain_order="left")
        return sampled_periods(loads, self.facts("reported_loads"), kinds).join(self.sites, on="site_id", how="semi")

    @cached_property
    def figures(self) -> pl.DataFrame:
        """``unit_kind, unit_id, period, analyte, is_suppressed, why``: every figure of a site or an area that results hold."""
        parts = [_no_figures()]
        for analytes in panels(self.sampled):
            mine = self.sampled.filter(pl.col("analyte") == analytes[0])
            decided = self._decide(mine, self.area_loads.filter(pl.col("analyte").is_in(analytes)), analytes)
            names = pl.DataFrame({"analyte": analytes}, schema={"analyte": pl.String})
            parts.append(decided.join(names, how="cross").select(_no_figures().columns))
        return pl.concat(parts)

    def _decide(self, sampled: pl.DataFrame, area_loads: pl.DataFrame, analytes: list[str]) -> pl.DataFrame:
        """Decisions on the figures of one panel of residues; who is behind those shown is kept as an edition."""
        members = members_of(self.catchments, sampled)
        declared = area_loads.group_by(area_id="area_id", period="period").agg(
            pl.col("population").min(), pl.col("n_sites").min(), pl.col("largest_share").max()
        )
        declared = declared.rename({"area_id": "unit_id"}).with_columns(
            unit_kind=pl.lit("area"), n_sites=pl.col("n_sites").cast(pl.Int64)
        )
        own = self.sites.select(unit_id="site_id", population="people").join(
            sampled.select(unit_id="site_id", period="period"), on="unit_id"
        )
        own = own.with_columns(unit_kind=pl.lit("site"), n_sites=pl.lit(1, pl.Int64), largest_share=pl.lit(0.0))
        figures = pl.concat([own, declared.select(own.columns)]).join(members, on=_KEY, how="semi").sort(_KEY)
        members = members.join(figures, on=_KEY, how="semi")
        out = self._out_already(members, analytes)
        decided = _matched(protect(figures, members, self.sites, self.rule, history=out), members, self._standing)
        if self.run is not None:
            shown = members.join(decided.filter(~pl.col("is_suppressed")), on=_KEY, how="semi")
            self._edition.append(shown.with_columns(analytes=pl.lit(";".join(analytes))))
        return decided

    @cached_property
    def _standing(self) -> pl.DataFrame:
        """Sites that could be shown each by itself."""
        return self.sites.filter(~pl.col("is_suppressed")).select("site_id")

    @cached_property
    def _edition(self) -> list[pl.DataFrame]:
        return []

    def _out_already(self, members: pl.DataFrame, analytes: list[str]) -> pl.DataFrame | None:
        """Members of figures that are out: of programmes, and of earlier editions where they differ from these."""
        programmes = self.sites.filter("is_reported").select(unit_kind=pl.lit("site"), unit_id="site_id")
        out = members.join(programmes, on=["unit_kind", "unit_id"], how="semi").with_columns(edition=pl.lit("programme"))
        old = None
        if self.run is not None:
            old = earlier_editions(self.workspace, self.run.run_id, self.tier, analytes)
        if old is not None:
            old = old.join(self.sites, on="site_id", how="semi")
            mark = pl.struct("atom", "piece").hash().sum().alias("_mark")
            now_there = members.group_by(_KEY).agg(mark)
            changed = old.group_by("edition", *_KEY).agg(mark).join(now_there, on=[*_KEY, "_mark"], how="anti")
            out = pl.concat([out, old.join(changed, on=["edition", *_KEY], how="semi").select(out.columns)])
        return out if out.height else None

    def keep(self) -> None:
        """Remember who was behind what was shown, for the next edition; nothing for the steward."""
        if self.run is not None and self._edition:
            keep_edition(self.workspace, self.run.run_id, self.tier, pl.concat(self._edition))

    @cached_property
    def units(self) -> pl.DataFrame:
        """``unit_kind, unit_id, period, why``: withheld when one residue is; what a programme publishes of itself is not."""
        worst = self.figures.group_by(_KEY).agg(pl.col("why").drop_nulls().sort().first())
        free = self.sites.filter(pl.col("is_reported") & ~pl.col("is_suppressed")).select(
            unit_id="site_id", unit_kind=pl.lit("site")
        )
        free = free.with_columns(_is_free=pl.lit(value=True))
        rows = worst.join(free, on=["unit_kind", "unit_id"], how="left")
        return rows.select(*_KEY, why=pl.when(pl.col("_is_free").is_null()).then("why"))


def _matched(decided: pl.DataFrame, members: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Without the figures of areas whose number of sites is not the one their members say: who is behind them is not known.

    Where every member could be shown by itself it does not matter which of them were added.
    """
    rows = members.join(standing.with_columns(_stands=pl.lit(value=True)), on="site_id", how="left")
    counted = rows.group_by(_KEY).agg(
        _counted=pl.col("site_id").n_unique().cast(pl.Int64), _stand=pl.col("_stands").is_not_null().all()
    )
    rows = decided.join(counted, on=_KEY, how="left", maintain_order="left")
    is_strange = (pl.col("unit_kind") == "area") & (pl.col("_counted") != pl.col("n_sites")) & ~pl.col("_stand")
    why = pl.when(is_strange & pl.col("why").is_null()).then(pl.lit("unmatched")).otherwise("why")
    return rows.with_columns(why=why).drop("_counted", "_stand").with_columns(is_suppressed=pl.col("why").is_not_null())


def _no_figures() -> pl.DataFrame:
    texts = dict.fromkeys(("unit_kind", "unit_id", "period", "analyte"), pl.String)
    return pl.DataFrame(schema={**texts, "is_suppressed": pl.Boolean, "why": pl.String})
