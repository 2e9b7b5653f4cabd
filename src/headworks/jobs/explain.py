"""How a figure of an area was computed: its members, their days, the samples behind them; as far as a tier may see them.

Members are found again from the loads of the period, by the same rules as the roll-up; nothing of it is stored. The trap: the
members of one figure are sites, and a site that may not be shown must not come out by subtraction, so a member is listed only
where its own figure of the period is shown.
"""

from __future__ import annotations

import datetime as dt
import shlex
from dataclasses import replace
from typing import Any, NamedTuple

import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.area_figures import area_tables, find_area
from headworks.jobs.area_members import MEMBERS, SAMPLES, members_of_area, samples_behind, sites_of_area
from headworks.jobs.disclosed import disclose
from headworks.jobs.disclosure import Disclosure
from headworks.jobs.read_table import require_known
from headworks.reference import names, resolve_drug
from headworks.reports import AreaTables, Computed, Label, computed_text
from headworks.store import Manifest, Workspace, read_facts, read_result_of, require_run
from headworks.workflows.parts import part_of_label
from headworks.workflows.register import build_register

_REGISTER = ("sites", "site_areas", "areas", "code_changes", "populations", "therapeutic_use")


def how_computed(
    workspace: Workspace,
    area_id: str,
    period: str,
    analyte: str,
    tier: str = "public",
    *,
    site: str | None = None,
    as_of: dt.datetime | None = None,
) -> Computed:
    """How the figure of an area, a period and a residue was computed.

    Parameters
    ----------
    area_id
        Code of the area.
    period
        Label, such as 2025-Q1.
    analyte
        Residue.
    tier
        Who asks.
    site
        Whose samples are listed; the member with the largest load when None.
    as_of
        Results as published by then.

    Raises
    ------
    UsageError
        ``HW-U004`` for an unknown tier, ``HW-U008`` without results, ``HW-U012`` for a residue without figures,
        ``HW-U015`` for an area whose code is not used, ``HW-U071`` for a site that is no member.
    """
    disclosure = Disclosure(workspace, tier, as_of)
    disclosure.rule  # noqa: B018  an unknown tier is refused before anything is read
    run = require_run(workspace, as_of)
    about = Period.parse(period)
    made = area_tables(disclosure, run, area_id, about)
    pairs = pl.concat([frame.select(pl.col("analyte", "drug").cast(pl.String)) for frame in (made.loads, made.withheld)])
    known = sorted(pairs["analyte"].unique().to_list())
    if known:
        require_known("residue", analyte, known)
    return computed_of_area(disclosure, run, made, about, [analyte], site).get(analyte) or _nothing(
        disclosure, run, made, about, (analyte, ""), {}
    )


class Explained(NamedTuple):
    """A figure explained, and the same as text."""

    computed: Computed
    text: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON holds it: the figure, its members and samples, what it hangs on."""
        said = self.computed
        tables = {"members": said.members, "nested": said.nested, "samples": said.samples}
        return {
            "area_id": said.area_id, "period": said.period, "analyte": said.analyte, "drug": said.drug, "tier": said.tier,
            "is_withheld": said.is_withheld, "figure": dict(said.figure), "n_members": said.n_members,
            "n_nested": said.n_nested, "n_batches": said.n_batches, "sampled_site": said.sampled_site,
            "consumption": dict(said.consumption), "change": dict(said.change), "run_id": said.run_id,
            "parameter_set": said.parameter_set, **{name: frame.to_dicts() for name, frame in tables.items()},
        }  # fmt: skip


def explain_figure(
    workspace: Workspace,
    *,
    area: str,
    period: str,
    drug: str,
    tier: str = "public",
    site: str | None = None,
    language: str = "en",
    as_of: dt.datetime | None = None,
) -> Explained:
    """A figure explained, asked for by names.

    Parameters
    ----------
    area
        Id or name of the area.
    drug
        Any name of a drug, or a residue.
    period, tier, site, as_of
        As for :func:`how_computed`.
    language
        Of the text, ``en`` or ``zh``.

    Raises
    ------
    UsageError
        As for :func:`how_computed`; ``HW-U005`` for a language without a catalogue.
    """
    run = require_run(workspace, as_of)
    area_id, _ = find_area(read_facts(workspace, "areas", as_of), area, language)
    about = Period.parse(period)
    only = (pl.col("area_id") == area_id) & (pl.col("period") == about.label)
    rows = read_result_of(workspace, run, "area_loads", [part_of_label(about.label)], only)
    pairs = rows.select(pl.col("drug", "analyte").cast(pl.String)).unique().sort("drug", "analyte").rows()
    named = {**{analyte: analyte for _, analyte in pairs}, **dict(pairs)}
    wanted = drug if drug in named else resolve_drug(drug)
    if named:
        require_known("drug or residue", wanted, list(named))
    computed = how_computed(workspace, area_id, about.label, named.get(wanted, wanted), tier, site=site, as_of=as_of)
    spoken = names().filter((pl.col("kind") == "drug") & (pl.col("id") == computed.drug)).select("name_en", "name_zh").rows()
    label = Label(spoken[0][0] or computed.drug, spoken[0][1]) if spoken else Label(computed.drug or computed.analyte)
    return Explained(computed, computed_text(computed, label, language))


def computed_of_area(
    disclosure: Disclosure,
    run: Manifest,
    made: AreaTables,
    period: Period,
    analytes: list[str] | None = None,
    site: str | None = None,
) -> dict[str, Computed]:
    """How the figures of the focus were computed, by residue; of a withheld figure only that it is."""
    if made.focus is None:
        return {}
    own = made.loads.filter(pl.col("area_id") == made.focus)
    hidden = made.withheld.filter(pl.col("area_id") == made.focus)
    if analytes is not None:
        own, hidden = (frame.filter(pl.col("analyte").is_in(analytes)) for frame in (own, hidden))
    found = {
        row["analyte"]: _nothing(disclosure, run, made, period, (row["analyte"], row["drug"]), {}, is_withheld=True)
        for row in hidden.to_dicts()
    }
    if own.is_empty():
        return found
    register = build_register({name: disclosure.facts(name) for name in _REGISTER})
    sites = sites_of_area(register, made.focus)
    asked = pl.DataFrame(
        {"site_id": sites, "period": [period.label] * len(sites)}, schema=dict.fromkeys(("site_id", "period"), pl.String)
    )
    shown = disclose(disclosure, "period_means", asked).frame["site_id"]
    members, n_batches = pl.DataFrame(schema=MEMBERS), dict[str, int]()
    if shown.len():
        members, n_batches = members_of_area(disclosure, run, register, made.focus, period, own["analyte"].to_list())
    labels = disclosure.facts("sites").select("site_id", label=pl.coalesce("name", "site_id"))
    members = members.join(labels, on="site_id", how="left", maintain_order="left")
    holders = labels.select(held_by="site_id", holder="label")
    members = members.join(holders, on="held_by", how="left", maintain_order="left")
    for row in own.to_dicts():
        mine = members.filter(pl.col("analyte") == row["analyte"])
        made_of = _Members(mine, shown, n_batches.get(row["analyte"], 0))
        found[row["analyte"]] = _computed(disclosure, run, made, period, row, made_of, site)
    return found


class _Members(NamedTuple):
    """Members of one figure, the sites that this reader may see, and the batches of all."""

    rows: pl.DataFrame
    shown: pl.Series
    n_batches: int


def _nothing(
    disclosure: Disclosure,
    run: Manifest,
    made: AreaTables,
    period: Period,
    names: tuple[str, str],
    figure: dict[str, Any],
    *,
    is_withheld: bool = False,
) -> Computed:
    named = made.tree.filter(pl.col("area_id") == made.focus)
    english, chinese = named.select(pl.coalesce("name_en", "name_zh", "area_id"), "name_zh").row(0)
    return Computed(
        area_id=str(made.focus), area_name=Label(english, chinese), period=period.label, analyte=names[0],
        drug=names[1], tier=disclosure.tier,
        figure=figure, members=pl.DataFrame(schema=MEMBERS), nested=pl.DataFrame(schema=MEMBERS), n_members=0, n_nested=0,
        n_batches=0, samples=pl.DataFrame(schema=SAMPLES), sampled_site="", consumption={}, change={}, run_id=run.run_id,
        parameter_set=run.parameter_set, commands=_commands(disclosure, made, period, names[0]), is_withheld=is_withheld,
    )  # fmt: skip


def _commands(disclosure: Disclosure, made: AreaTables, period: Period, analyte: str) -> dict[str, str]:
    here = shlex.quote(str(disclosure.workspace.path))
    about = f"--area {shlex.quote(str(made.focus))} --period {period.label} --drug {shlex.quote(analyte)}"
    return {
        "this": f"headworks explain {here} {about} --tier {disclosure.tier}",
        "samples": f"headworks explain {here} {about} --tier analyst --site SITE",
    }


def _computed(
    disclosure: Disclosure,
    run: Manifest,
    made: AreaTables,
    period: Period,
    figure: dict[str, Any],
    made_of: _Members,
    site: str | None,
) -> Computed:
    analyte, drug = str(figure["analyte"]), str(figure["drug"])
    members, shown = made_of.rows, made_of.shown
    added = members.filter("is_added").sort(["load_mg_per_day", "site_id"], descending=[True, False])
    nested = members.filter(~pl.col("is_added"))
    seen = added.filter(pl.col("site_id").is_in(shown.implode()))
    if int(figure["n_sites"]) - seen.height == 1:
        # One member left out alone would be the figure less all the others.
        seen = seen.head(seen.height - 1)
    seen_nested = nested.filter(pl.col("site_id").is_in(shown.implode()) & pl.col("held_by").is_in(shown.implode()))
    if site is not None and site not in seen["site_id"]:
        raise UsageError(
            "This site is no member of the figure, or may not be shown.", found=site,
            remedy="Use one of " + (", ".join(seen["site_id"].head(12)) or "none: ask as analyst or steward"), code="HW-U071",
        )  # fmt: skip
    sampled = site or (str(seen["site_id"][0]) if seen.height else "")
    samples = samples_behind(disclosure, run, sampled, period, analyte) if sampled else pl.DataFrame(schema=SAMPLES)
    used = made.consumption.filter((pl.col("area_id") == made.focus) & (pl.col("drug") == drug))
    change = made.changes.filter((pl.col("area_id") == made.focus) & (pl.col("analyte") == analyte))
    return replace(
        _nothing(disclosure, run, made, period, (analyte, drug), figure),
        members=seen,
        nested=seen_nested,
        n_members=int(figure["n_sites"]),
        n_nested=int(figure["n_nested"]),
        n_batches=made_of.n_batches,
        samples=samples,
        sampled_site=_named_site(seen, sampled),
        consumption=used.row(0, named=True) if used.height else {},
        change=change.row(0, named=True) if change.height else {},
    )


def _named_site(members: pl.DataFrame, site: str) -> str:
    """Name and code of a member."""
    found = members.filter(pl.col("site_id") == site)["label"].to_list()
    return f"{found[0]} · {site}" if found and found[0] != site else site
