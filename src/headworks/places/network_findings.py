"""What a reader should know about the network before reading a figure: old codes, odd trees, catchments that do not add up.

Every finding has a stable code, a sentence with up to five examples, and what would do. Nothing is changed here. Figures are
made by the rules of ``docs/methods/places.md``; this only says where they bite.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import polars as pl

from headworks.places.area_tree import areas_at, tree_breaches
from headworks.places.catchments import downstream_pairs, sewage_circles, site_area_people
from headworks.places.code_changes import carry_site_areas, current_ids
from headworks.tables.places import CONSENT_KINDS

_SHOWN = 5
_COUNTY, _TOWN = 3, 4
# A coverage of 100.4 % is a rounding of registers, not a fault.
_FULL = 1.005


class NetworkFinding(NamedTuple):
    """One thing to know: ``error``, ``warning`` or ``info``, a stable code, a sentence, a remedy."""

    severity: str
    code: str
    message: str
    remedy: str = ""


class Network(NamedTuple):
    """The fact tables of the network, and all rows of ``sites`` ever recorded (``site_id, area_id, recorded_at``) or None."""

    areas: pl.DataFrame
    sites: pl.DataFrame
    site_areas: pl.DataFrame
    code_changes: pl.DataFrame
    history: pl.DataFrame | None = None


def network_findings(network: Network, as_of: dt.date) -> list[NetworkFinding]:
    """Everything worth knowing about areas, sites and catchments on a day.

    Parameters
    ----------
    network
        The facts.
    as_of
        The day whose codes, parents and catchments count.

    Returns
    -------
    list of NetworkFinding
        By code; empty for a network without a question.

    Raises
    ------
    DataRefused
        ``HW-D405`` when shares of a split add up to more than one.
    """
    breaches = tree_breaches(network.areas, as_of)
    findings = [*_of_tree(breaches, network.areas, as_of), *_of_sites(network)]
    findings += _of_codes(network, as_of)
    circles = sewage_circles(network.sites)
    findings += _told("error", "HW-C411", "catchments lie in one another in a circle", [" → ".join(one) for one in circles],
                      "Leave upstream_of empty at the site that is furthest downstream")  # fmt: skip
    if breaches.filter(pl.col("breach") != "orphan").is_empty() and not circles:
        findings += _of_catchments(network, as_of)
    return sorted(findings, key=lambda one: one.code)


def _told(severity: str, code: str, what: str, items: list[str], remedy: str = "") -> list[NetworkFinding]:
    if not items:
        return []
    shown = "; ".join(items[:_SHOWN]) + (f"; and {len(items) - _SHOWN:,} more" if len(items) > _SHOWN else "")
    return [NetworkFinding(severity, code, f"{len(items):,} {what}: {shown}.", remedy)]


def _of_tree(breaches: pl.DataFrame, areas: pl.DataFrame, as_of: dt.date) -> list[NetworkFinding]:
    broken = breaches.filter(pl.col("breach") != "orphan")
    orphans = breaches.filter(pl.col("breach") == "orphan")
    found = _told("error", "HW-C401", "places where the areas are no tree", _lines(broken, "{} ({})", "area_id", "found"),
                  "Give each code one row a day, a level of 1 to 5, and a parent of a higher level")  # fmt: skip
    lines = _lines(orphans, "{} ({})", "area_id", "found")
    found += _told("warning", "HW-C402", "areas lie in one that the table of areas lacks", lines,
                   "Import the parent; until then such an area stands at the top")  # fmt: skip
    valid = areas_at(areas, as_of).unique("area_id", keep="first", maintain_order=True)
    cities = valid.select(parent_id="area_id", parent_level="level", parent_name=_name(valid))
    direct = valid.join(cities, on="parent_id").filter((pl.col("level") == _TOWN) & (pl.col("parent_level") < _COUNTY))
    direct = direct.group_by("parent_id", "parent_name").len().sort("parent_id")
    lines = _lines(direct, "{} {} ({} towns)", "parent_id", "parent_name", "len")
    return found + _told("info", "HW-C406", "cities have no counties: their towns lie directly in them", lines)


def _of_sites(network: Network) -> list[NetworkFinding]:
    sites = network.sites
    lost = sites.filter(pl.col("upstream_of").is_not_null()).join(sites, left_on="upstream_of", right_on="site_id", how="anti")
    lines = _lines(lost, "{} to {}", "site_id", "upstream_of")
    found = _told("error", "HW-C412", "sites drain to a site that is not known", lines,
                  "Import the site downstream, or leave upstream_of empty")  # fmt: skip
    unasked = sites.filter(pl.col("kind").cast(pl.String).is_in(CONSENT_KINDS) & pl.col("consent").is_null())
    found += _told("error", "HW-C414", "institutions have no consent protocol", unasked["site_id"].sort().to_list(),
                   "Record the reference of the protocol in the column consent, or take the site out")  # fmt: skip
    strange = network.site_areas.join(sites, on="site_id", how="anti")["site_id"].unique().sort().to_list()
    found += _told("error", "HW-C417", "sites of site_areas are not in the register of sites", strange, "Import the sites")
    empty = sites.join(network.site_areas, on="site_id", how="anti")
    empty = empty.filter(pl.col("population_served").is_null() | pl.col("area_id").is_null())
    found += _told("info", "HW-C415", "sites are in no area's figure, as nobody is known to drain to them",
                   empty["site_id"].sort().to_list(), "Give population_served and area_id, or rows of site_areas")  # fmt: skip
    return found + _of_moves(network)


def _of_moves(network: Network) -> list[NetworkFinding]:
    dated = network.site_areas.filter(pl.col("valid_from").is_not_null() | pl.col("valid_to").is_not_null())
    dated = dated.sort("site_id", pl.col("valid_from").fill_null(dt.date.min), "area_id")
    lines = [
        f"{site}: {area} {f'from {begins} ' if begins else ''}{f'until {ends}' if ends else ''}".strip()
        for site, area, begins, ends in dated.select("site_id", "area_id", "valid_from", "valid_to").rows()
    ]
    found = _told(
        "info", "HW-C409", "rows of site_areas count on some days only; each day counts for the area of that day", lines
    )
    if network.history is None:
        return found
    rows = network.history.filter(pl.col("area_id").is_not_null()).sort("site_id", "recorded_at")
    before = pl.col("area_id").shift(1).over("site_id")
    moved = rows.with_columns(_before=before).filter(pl.col("_before") != pl.col("area_id"))
    moved = moved.join(dated, on="site_id", how="anti")
    lines = _lines(moved, "{} from {} to {}", "site_id", "_before", "area_id")
    remedy = "Give site_areas a row of the old area with valid_to and one of the new area with valid_from"
    what = "sites were given another area without dates, so that all of their days count for the new one"
    return found + _told("warning", "HW-C416", what, lines, remedy)


def _of_codes(network: Network, as_of: dt.date) -> list[NetworkFinding]:
    used = pl.concat([network.sites.select("area_id"), network.site_areas.select("area_id")]).drop_nulls().unique()
    ids = current_ids(network.code_changes, network.areas, as_of).join(used, left_on="old_id", right_on="area_id", how="semi")
    past = network.code_changes.filter(pl.col("changed_on") <= pl.lit(as_of)).sort("changed_on")
    kinds = past.group_by("old_id").agg(pl.col("kind").cast(pl.String).last(), pl.col("changed_on").last())
    ids = ids.join(kinds, on="old_id", how="left").sort("old_id", "new_id")
    is_stuck, is_merged = pl.col("problem") == "the share of a split is not known", pl.col("kind") == "merge"
    whole = pl.col("problem") == ""
    parts = ids.filter(whole & (pl.col("kind") == "split")).with_columns(percent=(pl.col("share") * 100).round(1))
    merged, plain = ids.filter(whole & is_merged), ids.filter(whole & pl.col("kind").is_in(["recode", "rename", "reparent"]))
    found = _told("info", "HW-C403", "old codes are in use; their series go on under the new ones",
                  _lines(plain, "{} is {} since {}", "old_id", "new_id", "changed_on"))  # fmt: skip
    found += _told("info", "HW-C404", "areas in use were merged into others, where their people are counted",
                   _lines(merged, "{} in {} since {}", "old_id", "new_id", "changed_on"))  # fmt: skip
    found += _told("info", "HW-C418", "parts of areas in use that were divided; people are shared out",
                   _lines(parts, "{} to {} ({} %)", "old_id", "new_id", "percent"))  # fmt: skip
    stuck = _lines(ids.filter(is_stuck), "{} since {}", "old_id", "changed_on")
    what = "areas in use were divided by shares that are not known; figures stay under the old code"
    found += _told("warning", "HW-C405", what, stuck,
                   "Give the shares in code_changes, or the people of the new areas in site_areas")  # fmt: skip
    resolved = ids.filter(whole | is_stuck).select(area_id="old_id")
    known = pl.concat([areas_at(network.areas, as_of).select("area_id"), resolved])
    unknown = used.join(known, on="area_id", how="anti")["area_id"].sort().to_list()
    remedy = "Import the areas, or the change of the code; until then their people are in no figure"
    return found + _told("warning", "HW-C413", "areas in use are not in the table of areas on that day", unknown, remedy)


def _of_catchments(network: Network, as_of: dt.date) -> list[NetworkFinding]:
    site_areas, sites = carry_site_areas(network.site_areas, network.sites, network.code_changes, network.areas, as_of)
    people = site_area_people(sites, site_areas, network.areas, as_of)
    day = pl.lit(as_of)
    begun, unfinished = pl.col("valid_from").is_null() | (pl.col("valid_from") <= day), pl.col("valid_to").is_null()
    people = people.filter(begun & (unfinished | (pl.col("valid_to") >= day)))
    valid = areas_at(network.areas, as_of)
    pairs = downstream_pairs(sites)
    return _across(people) + _over_full(people, pairs, valid) + _smaller(people, sites)


def _across(people: pl.DataFrame) -> list[NetworkFinding]:
    """Sites that drain several counties, with their shares."""
    counties = people.filter((pl.col("level") == _COUNTY) & (pl.col("population") > 0))
    counties = counties.with_columns(_n=pl.len().over("site_id"), _all=pl.col("population").sum().over("site_id"))
    counties = counties.filter(pl.col("_n") > 1).sort("site_id", "population", "area_id", descending=[False, True, False])
    counties = counties.with_columns(_percent=(100.0 * pl.col("population") * (1.0 / pl.col("_all"))).round(1))
    lines = counties.with_columns(_line=pl.format("{} {} %", "area_id", "_percent"))
    lines = lines.group_by("site_id", maintain_order=True).agg(pl.col("_line").str.join(", "))
    return _told("info", "HW-C407", "catchments cross borders of counties", _lines(lines, "{}: {}", "site_id", "_line"))


def _over_full(people: pl.DataFrame, pairs: pl.DataFrame, valid: pl.DataFrame) -> list[NetworkFinding]:
    """Areas to whose independent sites more people drain than live there."""
    below = people.select("site_id", "area_id").join(pairs, on="site_id")
    here = people.filter(pl.col("population") > 0).select(downstream_id="site_id", area_id="area_id")
    nested = below.join(here, on=["downstream_id", "area_id"], how="semi").select("site_id", "area_id").unique()
    served = people.join(nested, on=["site_id", "area_id"], how="anti").sort("area_id", "site_id")
    served = served.group_by("area_id", maintain_order=True).agg(pl.col("population").sum().alias("_served"))
    full = served.join(valid.select("area_id", "population", label=_name(valid)), on="area_id").sort("area_id")
    full = full.filter((pl.col("population") > 0) & (pl.col("_served") > _FULL * pl.col("population")))
    lines = [
        f"{area} {label} {100.0 * served / residents:.0f} % ({served:,.0f} of {residents:,.0f})"
        for area, served, residents, label in full.rows()
    ]
    remedy = "See whether a catchment is listed twice, its upstream_of is missing, or the census is older than the network"
    return _told("warning", "HW-C408", "areas are covered by more than 100 %", lines, remedy)


def _smaller(people: pl.DataFrame, sites: pl.DataFrame) -> list[NetworkFinding]:
    """Sites downstream that fewer people drain to than to a site upstream."""
    total = people.filter(pl.col("level") == pl.col("level").min().over("site_id"))
    total = total.sort("site_id", "area_id").group_by("site_id", maintain_order=True).agg(pl.col("population").sum())
    served = dict(total.rows())
    lines = [
        f"{below} ({served[below]:,.0f}) below {above} ({served[above]:,.0f})"
        for above, below in sites.select("site_id", "upstream_of").sort("site_id").rows()
        if above in served and below in served and served[below] < served[above]
    ]
    remedy = "A catchment holds all that lies upstream; correct the people of one, or the order of the sites"
    return _told("warning", "HW-C410", "catchments are smaller than one that lies in them", lines, remedy)


def _name(areas: pl.DataFrame) -> pl.Series:
    return areas.select(pl.coalesce("name_en", "name_zh", pl.lit("")))["name_en"]


def _lines(frame: pl.DataFrame, form: str, *columns: str) -> list[str]:
    return frame.select(pl.format(form, *columns)).to_series().to_list()
