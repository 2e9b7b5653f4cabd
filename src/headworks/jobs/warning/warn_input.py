"""What the signals of a week are made of: two years of days, the network, what was learnt, days that are kept out."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import NamedTuple

import numpy as np
import polars as pl

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.method import method_of_run
from headworks.jobs.screening import list_archive, read_hits
from headworks.loads import kept_out_days
from headworks.store import Manifest, Workspace, read_facts, read_result_of
from headworks.tables import SHELF
from headworks.trends.day_arrays import DayArrays
from headworks.workflows.register import Register, build_register
from headworks.workflows.situation import with_sampling_day
from headworks.workflows.warning import Looked
from headworks.workflows.year_days import LOOKED_BACK_ON, days_of_year
from headworks.workflows.year_trends import LEARNT, LearntBefore

# Two years: two seasons to hold a week against, and no reorganisation of the network from long ago.
LOOK_BACK_WEEKS = 104
_REGISTER = ("sites", "site_areas", "areas", "code_changes", "populations", "therapeutic_use", "reported_loads")
_KEY = ["site_id", "day", "analyte"]


class WarnInput(NamedTuple):
    """Dated ``days`` up to the end of ``week``, without ``kept_out``; the ``register``; what the year before taught."""

    week: Period
    days: DayArrays
    register: Register
    learnt: LearntBefore
    kept_out: pl.DataFrame


def warn_input(workspace: Workspace, run: Manifest, week: str | None) -> WarnInput:
    """Everything that signals of a week are computed from, of one run.

    Parameters
    ----------
    workspace, run
        Whose results.
    week
        ISO week; the newest with a day where None.

    Raises
    ------
    UsageError
        ``HW-U290`` for a label that is no week, ``HW-U291`` where no day of load is known by then.
    """
    facts = {name: read_facts(workspace, name, up_to_seq=run.last_import_seq) for name in _REGISTER}
    register = build_register(facts)
    until = _week(week, run, facts["reported_loads"], workspace)
    first = until.last - dt.timedelta(weeks=LOOK_BACK_WEEKS, days=-1)
    months = [part for part in run.results["loads"].get("parts", {}) if f"{first:%Y-%m}" <= part <= f"{until.last:%Y-%m}"]
    loads = read_result_of(workspace, run, "loads", months, pl.col("day").is_between(first, until.last), LOOKED_BACK_ON)
    events = read_result_of(workspace, run, "disposal_events", None, pl.col("day").is_between(first, until.last))
    kept_out = kept_out_days(events)
    year = until.last.year
    days = days_of_year(
        year,
        loads.sort(_KEY),
        facts["reported_loads"],
        register.sites,
        method_of_run(workspace, run),
        until.last,
        lambda: kept_out,
    )
    arrays = days.arrays
    arrays = arrays.take(arrays.is_dated)
    arrays = arrays.take(arrays.ordinal >= int(np.datetime64(first).astype(np.int64)))
    if not arrays.ordinal.size:
        raise UsageError("No day of load is known by then.", where=str(workspace.path), found=until.label, code="HW-U291",
                         remedy="Name a later week, or import and run first")  # fmt: skip
    learnt = LearntBefore(*(
        read_result_of(workspace, run, name, [str(year - 1)], columns=SHELF[name].schema.column_names()) for name in LEARNT
    ))  # fmt: skip
    return WarnInput(until, arrays, register, learnt, kept_out)


def _week(said: str | None, run: Manifest, reported: pl.DataFrame, workspace: Workspace) -> Period:
    """The week asked for; else that of the newest day."""
    if said is not None:
        try:
            period = Period.parse(said)
        except UsageError as problem:
            raise _no_week(said) from problem
        if period.kind != "week":
            raise _no_week(said)
        return period
    parts = sorted(run.results["loads"].get("parts", {}))
    newest = [read_result_of(workspace, run, "loads", [parts[-1]], columns=["day"])["day"].max()] if parts else []
    newest += reported.filter(pl.col("week") > 0).select(
        pl.format("{}-W{}-{}", "year", pl.col("week").cast(pl.String).str.zfill(2), "weekday").str.to_date("%G-W%V-%u")
    ).to_series().drop_nulls().sort().tail(1).to_list()  # fmt: skip
    known = [day for day in newest if isinstance(day, dt.date)]
    if not known:
        raise UsageError("No day of load is known.", where=str(workspace.path), found="none", code="HW-U291",
                         remedy="Import and run first")  # fmt: skip
    return Period.containing(max(known), "week")


def _no_week(said: str) -> UsageError:
    return UsageError("Signals are of an ISO week.", found=said, remedy="Give --week such as 2026-W46", code="HW-U290")


def masses_of(workspace: Workspace, run: Manifest, sites: list[str], analytes: list[str]) -> pl.DataFrame:
    """Mass, flow and people of the days of some sites and residues: ``site_id, analyte, day`` and three columns."""
    columns = ["site_id", "analyte", "day", "load_mg_per_day", "population"]
    only = pl.col("site_id").is_in(sites) & pl.col("analyte").is_in(analytes)
    loads = read_result_of(workspace, run, "loads", None, only, columns)
    samples = with_sampling_day(read_facts(workspace, "samples", up_to_seq=run.last_import_seq))
    of_samples = samples.filter(pl.col("site_id").is_in(sites)).group_by("site_id", "day").agg(
        _sample=pl.col("flow_m3_per_day").sort().mean()
    )  # fmt: skip
    flows = read_facts(workspace, "flows", up_to_seq=run.last_import_seq)
    of_days = flows.select("site_id", "day", _day="flow_m3_per_day").unique(
        ["site_id", "day"], keep="last", maintain_order=True
    )
    joined = loads.join(of_samples, on=["site_id", "day"], how="left").join(of_days, on=["site_id", "day"], how="left")
    return joined.select(*columns, flow_m3_per_day=pl.coalesce("_sample", "_day")).sort("site_id", "analyte", "day")


def names_of(workspace: Workspace, run: Manifest) -> dict[str, str]:
    """What sites and areas are called, where they have a name."""
    areas = read_facts(workspace, "areas", up_to_seq=run.last_import_seq).sort("area_id", "valid_from")
    sites = read_facts(workspace, "sites", up_to_seq=run.last_import_seq)
    named = areas.select("area_id", pl.coalesce("name_en", "name_pinyin", "name_zh")).drop_nulls().rows()
    return dict(named) | dict(sites.select("site_id", "name").drop_nulls().rows())


def looked_at(workspace: Workspace, run: Manifest) -> Looked:
    """Samples and what was found in them, by screening and by targeted methods."""
    samples = with_sampling_day(read_facts(workspace, "samples", up_to_seq=run.last_import_seq))
    measured = read_facts(workspace, "measurements", up_to_seq=run.last_import_seq)
    archived = list_archive(workspace)
    runs = pl.DataFrame(
        {"sample_id": [one.sample_id for one in archived], "run": [one.run for one in archived],
         "day_of_run": [one.started_at[:10] for one in archived]},
        schema=dict.fromkeys(("sample_id", "run", "day_of_run"), pl.String),
    )  # fmt: skip
    return Looked(
        samples.select("sample_id", "site_id", "day", "role"),
        measured.select("sample_id", "analyte", "detection", "batch_id", "qc_flag"),
        read_hits(workspace),
        # Runs that do not say when they were made share no batch that is known.
        runs.with_columns(day_of_run=pl.when(pl.col("day_of_run") != "").then("day_of_run")),
    )


def digest_of_looked(looked: Looked) -> str:
    """What screening found and where it looked, in short: hits may come without a new run."""
    kept = (looked.hits.sort("sample_id", "substance", "adduct", "run"), looked.runs.sort("sample_id", "run"))
    return hashlib.sha256("\x1f".join(one.write_json() for one in kept).encode()).hexdigest()[:12]
