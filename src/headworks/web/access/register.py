"""The register of areas and sites, copied from the workspace into the server's database when an import changed it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone

from headworks.jobs.area_figures import tree_of
from headworks.jobs.disclosure import Disclosure
from headworks.store import Workspace, read_imports
from headworks.web.access.models import AreaNode, RegisterState, SiteArea, SiteNode, path_below
from headworks.web.access.moved_areas import follow_areas, lost_and_found

_BATCH = 5_000


def newest_import(workspace: Workspace) -> int:
    """Number of the last finished import; -1 without any."""
    imports = read_imports(workspace)
    return -1 if imports.is_empty() else int(imports.select(pl.col("seq").max()).item())


def copy_register(workspace: Workspace, *, force: bool = False) -> bool:
    """Bring the copy up to date, all at once; whether there was anything to do."""
    seq = newest_import(workspace)
    state = RegisterState.objects.first()
    if state is not None and state.last_import_seq == seq and not force:
        return False
    steward = Disclosure(workspace, "steward")
    tree = tree_of(steward)
    paths = dict(_paths(tree))
    pinyin = _pinyin(steward)
    areas = [_area(row, paths, pinyin) for row in tree.to_dicts()]
    people = dict(steward.sites.select("site_id", "people").rows())
    sites = [_site(row, paths, people) for row in steward.facts("sites").to_dicts()]
    links = _links(steward, sites, paths)
    changes = steward.facts("code_changes")
    with transaction.atomic():
        before = dict(AreaNode.objects.values_list("area_id", "path"))
        SiteArea.objects.all().delete()
        SiteNode.objects.all().delete()
        AreaNode.objects.all().delete()
        AreaNode.objects.bulk_create(areas, batch_size=_BATCH)
        SiteNode.objects.bulk_create(sites, batch_size=_BATCH)
        SiteArea.objects.bulk_create(links, batch_size=_BATCH)
        follow_areas(before, paths, changes)
        lost_and_found(set(paths.values()))
        RegisterState.objects.update_or_create(pk=1, defaults={"last_import_seq": seq, "copied_at": timezone.now()})
    return True


def _paths(tree: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """Each area's path; the tree lists parents before children."""
    known: dict[str, str] = {}
    for area_id, parent in tree.sort("level", "area_id").select("area_id", "parent_id").rows():
        known[area_id] = path_below(known.get(parent, ""), area_id)
        yield area_id, known[area_id]


def _pinyin(steward: Disclosure) -> dict[str, str]:
    rows = steward.facts("areas").sort("valid_from").unique("area_id", keep="last")
    return {code: name or "" for code, name in rows.select("area_id", "name_pinyin").rows()}


def _area(row: dict[str, Any], paths: dict[str, str], pinyin: dict[str, str]) -> AreaNode:
    return AreaNode(
        area_id=row["area_id"], path=paths[row["area_id"]], parent_id=row["parent_id"], level=row["level"],
        name_en=row["name_en"] or "", name_zh=row["name_zh"] or "", name_pinyin=pinyin.get(row["area_id"], ""),
        population=row["population"],
    )  # fmt: skip


def _site(row: dict[str, Any], paths: dict[str, str], people: dict[str, float | None]) -> SiteNode:
    return SiteNode(
        site_id=row["site_id"], name=row["name"] or "", kind=row["kind"], owner_path=paths.get(row["area_id"] or "", ""),
        upstream_of=row["upstream_of"] or "", population=people.get(row["site_id"]),
        latitude=row["latitude"], longitude=row["longitude"],
    )  # fmt: skip


def _links(steward: Disclosure, sites: list[SiteNode], paths: dict[str, str]) -> list[SiteArea]:
    pairs = set(steward.facts("site_areas").select("site_id", "area_id").rows())
    known = {site.site_id for site in sites}
    found = {(site, paths[area]) for site, area in pairs if site in known and area in paths}
    found |= {(site.site_id, site.owner_path) for site in sites if site.owner_path}
    return [SiteArea(site_id=site, area_path=path) for site, path in sorted(found)]
