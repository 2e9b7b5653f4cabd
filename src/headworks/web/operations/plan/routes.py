"""Who goes where: samples that wait on a day, by the area that owns their site, in the order of a tour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from headworks.jobs.desk import route_order
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import visible_sites
from headworks.web.access.reader import Reader
from headworks.web.operations.models import SampleRecord

_MOST_TASKS = 2_000
# A sample that was not taken on its day may be taken so much later; after that it is late and a day of its own.
_STILL_A_TASK = dt.timedelta(days=3)
_COUNTY = 3


@dataclass
class Route:
    """Tasks of an area in order."""

    area: AreaNode | None
    tasks: list[dict[str, Any]] = field(default_factory=list)


def routes_of(reader: Reader, day: dt.date, *, is_open_only: bool = False) -> list[Route]:
    """Routes of a day for whoever captures; with ``is_open_only`` what is not yet on its way, and what the last days left."""
    rows = SampleRecord.objects.visible_to(reader, "capture")
    if is_open_only:
        since = day - _STILL_A_TASK
        rows = rows.filter(state__in=("planned", "collected"), planned_day__range=(since, day))
    else:
        rows = rows.filter(planned_day=day)
    found = list(rows.order_by("planned_day", "sample_id")[:_MOST_TASKS])
    sites = {site.site_id: site for site in visible_sites(reader, "capture").filter(pk__in={row.site_id for row in found})}
    areas = _areas_of_routes({row.owner_path for row in found})
    routes: dict[str, Route] = {}
    for row in found:
        area = areas.get(row.owner_path)
        route = routes.setdefault("" if area is None else area.path, Route(area))
        is_late = row.state == "planned" and row.planned_day < day
        route.tasks.append({"sample": row, "site": sites.get(row.site_id), "is_late": is_late})
    for route in routes.values():
        order = route_order({task["sample"].site_id: _place(task["site"]) for task in route.tasks})
        route.tasks.sort(key=lambda task: (order.index(task["sample"].site_id), task["sample"].sample_id))
    return [routes[path] for path in sorted(routes)]


def _areas_of_routes(owners: set[str]) -> dict[str, AreaNode]:
    """The county of each owner, or what is nearest above it where there is no county; a street alone is no route."""
    above = {owner: ["/".join(owner.split("/")[:n]) + "/" for n in range(1, owner.count("/") + 1)] for owner in owners}
    known = AreaNode.objects.filter(path__in={path for paths in above.values() for path in paths}, level__lte=_COUNTY)
    areas = {area.path: area for area in known}
    nearest = {owner: [areas[path] for path in paths if path in areas] for owner, paths in above.items()}
    return {owner: found[-1] for owner, found in nearest.items() if found}


def _place(site: Any) -> tuple[float | None, float | None]:
    return (None, None) if site is None else (site.latitude, site.longitude)


def late_samples(reader: Reader, today: dt.date) -> Any:
    """Samples that should have been taken before today, and are neither taken nor cancelled; newest first."""
    seen = SampleRecord.objects.visible_to(reader) | SampleRecord.objects.visible_to(reader, "capture")
    return seen.filter(state="planned", planned_day__lt=today).order_by("-planned_day", "sample_id")
