"""Substances seen for the first time, as signals of a week: from hits of screening and from results of targeted methods.

A first appearance is no test and spends nothing of the budget: it stands on the level of identification, on blanks, and on
a second sample of another batch (G18). One substance that comes to several sites of an area at once is one event of that area,
at the most specific unit that holds all its sites. The trap: a residue measured for the first time anywhere is new everywhere;
only samples in which it was looked for count as having been without it.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from headworks.core.periods import Period
from headworks.core.schema import polars_schema, sort_by_key
from headworks.tables.samples import SAMPLE_ROLES
from headworks.tables.signals import Signals
from headworks.trends.areas.network import Network
from headworks.warning.appearances import findings_from_measurements, first_appearances, flag_findings, spread
from headworks.warning.explain import appearance_sentence
from headworks.workflows.warning.units import AREA_LEVELS, LEVEL_NAMES, SITE_LEVEL, main_areas

# A sample is screened and measured some weeks after it was taken; what is older is no news.
NEWS_WEEKS = 4
# What a county knows is no news of one of its sites, confirmed or not: a province of two thousand sites had 183 such in four
# weeks, of drugs that come and go in villages. Where a substance went is on its card.
_TOLD = 3
_BLANKS = [role for role in SAMPLE_ROLES if role.endswith("_blank")]


class Looked(NamedTuple):
    """What was looked at, up to the end of the week.

    ``samples`` (``sample_id, site_id, day, role``); ``measurements`` (``sample_id, analyte, detection, batch_id, qc_flag``);
    ``hits`` of screening; ``runs`` (``sample_id, run, day_of_run``), every run that was screened, also of blanks.
    """

    samples: pl.DataFrame
    measurements: pl.DataFrame
    hits: pl.DataFrame
    runs: pl.DataFrame


class Seen(NamedTuple):
    """``appearances`` with the ``source`` of each (screening, measured), and ``findings`` behind them with their doubts."""

    appearances: pl.DataFrame
    findings: pl.DataFrame
    areas: pl.DataFrame


def seen_substances(looked: Looked, network: Network, until: dt.date) -> Seen:
    """First appearances of all substances up to a day.

    Parameters
    ----------
    looked
        Samples and what was found in them; later days are left out here.
    network
        Sites and areas.
    until
        Last day.
    """
    samples = looked.samples.filter((pl.col("day") <= until) & ~pl.col("role").cast(pl.String).fill_null("").is_in(_BLANKS))
    areas = _areas_of_sites(sorted(samples["site_id"].unique().to_list()), network)
    keys = _keys_of_names(looked.hits)
    screened, of_screening = _screening(looked, samples)
    good = looked.measurements.filter(pl.col("qc_flag").cast(pl.String).fill_null("") != "rejected")
    measured = findings_from_measurements(good, samples, keys)
    since = until - dt.timedelta(weeks=NEWS_WEEKS)
    parts = [first_appearances(of_screening, screened, areas).with_columns(source=pl.lit("screening"))]
    for analyte in _with_news(measured, since):
        in_which = good.filter(analyte=analyte).select("sample_id").unique().join(samples, on="sample_id")
        mine = measured.filter(substance=analyte)
        parts.append(first_appearances(mine, in_which, areas).with_columns(source=pl.lit("measured")))
    findings = pl.concat([of_screening.select(measured.columns), measured])
    # Seen by both ways it is the earlier one.
    both = pl.concat(parts).sort("unit_kind", "unit_id", "inchikey", "first_day", "source")
    return Seen(both.unique(["unit_kind", "unit_id", "inchikey"], keep="first", maintain_order=True), findings, areas)


def _with_news(measured: pl.DataFrame, since: dt.date) -> list[str]:
    """Residues that a site has, or has a second batch of, only since lately; the others have nothing new to tell."""
    before = pl.col("batch_id").filter(pl.col("day") <= since).n_unique()
    of_sites = measured.filter(doubt="none").group_by("substance", "site_id").agg(pl.col("day").max(), n=before)
    return sorted(of_sites.filter((pl.col("day") > since) & (pl.col("n") <= 1))["substance"].unique().to_list())


def _screening(looked: Looked, samples: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Samples that were screened, and findings of screening with their doubts.

    A run's batch is that of the sample's measurements; without one, the day on which it was injected.
    """
    batch = looked.measurements.group_by("sample_id").agg(_batch=pl.col("batch_id").drop_nulls().min())
    runs = looked.runs.join(batch, on="sample_id", how="left").with_columns(
        batch_id=pl.coalesce("_batch", pl.format("injected on {}", "day_of_run"))
    )
    is_blank = ~pl.col("sample_id").is_in(samples["sample_id"].implode())
    roles = looked.samples.filter(pl.col("role").cast(pl.String).fill_null("").is_in(_BLANKS)).select("sample_id")
    of_blanks = runs.filter(is_blank).join(roles, on="sample_id", how="semi")
    hits = looked.hits.filter(pl.col("review").cast(pl.String) != "rejected").with_columns(
        inchikey=_key(), level=pl.col("level").cast(pl.String).str.replace(r"^([345])[abc]$", "$1"), response="intensity",
    )  # fmt: skip
    held = of_blanks.select("sample_id", "run", "batch_id").join(
        hits.select("sample_id", "run", "inchikey", "response"), on=["sample_id", "run"], how="left"
    )
    mine = hits.join(runs.select("sample_id", "run", "batch_id"), on=["sample_id", "run"]).join(
        samples.select("sample_id", "site_id", "day"), on="sample_id"
    )
    found = flag_findings(
        mine.select(
            "sample_id", "site_id", "day", "inchikey", "substance", "level", "score", "batch_id", "response", "review"
        ),
        held.select("batch_id", "inchikey", "response"),
    )
    # A person who confirmed a hit has looked at what the blanks would have said.
    lifted = (pl.col("doubt") == "no_blank") & (pl.col("review").cast(pl.String) == "confirmed")
    found = found.with_columns(doubt=pl.when(lifted).then(pl.lit("none")).otherwise("doubt"))
    return samples.join(runs.select("sample_id").unique(), on="sample_id", how="semi"), found


def _key() -> pl.Expr:
    """A compound: the part of the InChIKey that says how its atoms are joined, else its name."""
    return pl.coalesce(pl.col("inchikey").str.slice(0, 14), pl.col("substance").str.to_lowercase())


def _keys_of_names(hits: pl.DataFrame) -> pl.DataFrame:
    """``analyte, inchikey``, so that a residue found by screening first and measured later is one substance."""
    named = hits.drop_nulls("inchikey").select(analyte=pl.col("substance").str.to_lowercase(), inchikey=_key())
    return named.sort("analyte", "inchikey").unique("analyte", keep="first", maintain_order=True)


def _areas_of_sites(site_ids: list[str], network: Network) -> pl.DataFrame:
    """``site_id, area_id, level``: the areas that most of a site's people live in."""
    area = main_areas(site_ids, network)
    level, site = np.nonzero(area >= 0)
    return pl.DataFrame(
        {"site_id": [site_ids[int(one)] for one in site],
         "area_id": [str(network.areas["area_id"][int(area[row, one])]) for row, one in zip(level, site, strict=True)],
         "level": [AREA_LEVELS[int(row)] for row in level]},
        schema={"site_id": pl.String, "area_id": pl.String, "level": pl.Int64},
    )  # fmt: skip


def signals_of_appearances(seen: Seen, until: dt.date, names: dict[str, str], method_version: str) -> pl.DataFrame:
    """Table ``signals`` of the substances that are new, an event a row.

    Parameters
    ----------
    seen
        Of :func:`seen_substances`.
    until
        Last day of the week.
    names
        Of units.
    method_version
        As it is kept.
    """
    since = until - dt.timedelta(weeks=NEWS_WEEKS)
    is_news = (pl.col("first_day") > since) | (pl.col("confirmed_day") > since)
    news = seen.appearances.filter(pl.col("is_new") & is_news).with_columns(_level=pl.col("area_level").fill_null(SITE_LEVEL))
    rows = [
        _row(event, seen, until, names, method_version)
        for key in news["inchikey"].unique().sort().to_list()
        for event in _events(news.filter(inchikey=key), seen)
    ]
    return sort_by_key(pl.DataFrame(rows, schema=polars_schema(Signals), orient="row"), Signals)


def _events(news: pl.DataFrame, seen: Seen) -> list[dict[str, Any]]:
    """The widest units in which a substance is new, each told at the most specific unit that holds all its sites."""
    told: list[dict[str, Any]] = []
    covered: set[str] = set()
    sites = set(news.filter(unit_kind="site")["unit_id"])
    found = seen.appearances.filter(unit_kind="site", inchikey=news["inchikey"][0])["unit_id"].to_list()
    inside = {row["unit_id"]: _sites_in(row, seen.areas, found) for row in news.to_dicts()}
    for row in news.sort("_level", "unit_id").to_dicts():
        mine = inside[row["unit_id"]]
        if mine <= covered:
            continue
        covered |= mine
        closest = [one for one in news.to_dicts() if inside[one["unit_id"]] == mine]
        event = max(closest, key=lambda one: (one["_level"], one["unit_id"]))
        if row["_level"] <= _TOLD:
            told.append(event | {"widest": row["unit_id"], "widest_level": row["_level"], "n_new_sites": len(mine & sites)})
    return told


def _sites_in(row: dict[str, Any], areas: pl.DataFrame, found: list[str]) -> set[str]:
    if row["unit_kind"] == "site":
        return {row["unit_id"]}
    return set(areas.filter(area_id=row["unit_id"])["site_id"]) & set(found)


def _row(event: dict[str, Any], seen: Seen, until: dt.date, names: dict[str, str], method_version: str) -> dict[str, Any]:
    week, first = Period.containing(until, "week").label, Period.containing(event["first_day"], "week").label
    said = _said(event, seen, names) | {"since": first, "period": week, "first_shown": first}
    said["sentence"] = appearance_sentence(said)
    none = dict.fromkeys(
        ("statistic", "e_value", "p_value", "q_value", "expected", "expected_lower", "expected_upper", "observed")
    )
    return {
        "signal_id": f"first:{event['unit_id']}:{event['substance']}:{first}", "unit_kind": event["unit_kind"],
        "unit_id": event["unit_id"], "level": event["_level"], "analyte": event["substance"], "drug": event["substance"],
        "period": week, "since": first, "kind": "first_appearance", **none, "n_days": event["n_samples"],
        "share_censored": None, "explanation": json.dumps(said, ensure_ascii=False, sort_keys=True),
        "method_version": method_version,
    }  # fmt: skip


def _said(event: dict[str, Any], seen: Seen, names: dict[str, str]) -> dict[str, Any]:
    """What the explanation says; keys that a statistical signal has too mean the same."""
    inside = seen.areas.filter(area_id=event["unit_id"])["site_id"].to_list() or [event["unit_id"]]
    mine = seen.findings.filter((pl.col("inchikey") == event["inchikey"]) & pl.col("site_id").is_in(inside))
    doubts = mine.filter(pl.col("doubt") != "none").group_by("doubt").len().sort("doubt").rows()
    course = spread(seen.appearances.filter(inchikey=event["inchikey"], unit_kind="site"))
    return {
        "kind": "first_appearance", "analyte": event["substance"], "inchikey": event["inchikey"], "source": event["source"],
        "unit_name": names.get(event["unit_id"], event["unit_id"]), "level_name": LEVEL_NAMES[event["_level"]],
        "first_day": str(event["first_day"]), "first_sample_id": event["first_sample_id"], "best_level": event["best_level"],
        "standing": event["standing"], "confirmed_by": event["confirmed_by"],
        "confirmed_day": None if event["confirmed_day"] is None else str(event["confirmed_day"]),
        "n_samples": event["n_samples"], "n_batches": event["n_batches"], "n_sites": event["n_sites"],
        "earlier_negatives": event["earlier_negatives"], "doubts": dict(doubts),
        "widest": {"unit_name": names.get(event["widest"], event["widest"]), "level_name": LEVEL_NAMES[event["widest_level"]]},
        "spread": [{"day": str(row["day"]), "n_sites": row["n_units"]} for row in course.to_dicts()],
        "normals": {}, "baseline": {"n_samples": event["earlier_negatives"], "weights": {}, "older": 0.0},
    }  # fmt: skip
