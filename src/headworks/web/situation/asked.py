"""What a page was asked for: area, period, drug; and the figures it reads them from."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.jobs.step_change import StepChange, step_change
from headworks.web.access.models import AreaNode, SiteArea, codes_of
from headworks.web.access.policy import require_area, within
from headworks.web.access.reader import Reader
from headworks.web.figures.cells import levels_inside, register_version
from headworks.web.figures.indexed import Indexed, Row, index_rows, indexed
from headworks.web.figures.kept import kept
from headworks.web.figures.naming import drug_name
from headworks.web.figures.periods import PeriodBar, period_bar
from headworks.web.figures.scoped import area_figures, figures_above, lowest_tier

# How many periods a course shows.
_SHOWN = {"week": 26, "month": 24, "quarter": 12, "half_year": 8, "year": 10}


class Granted(NamedTuple):
    """All that a reader was granted, where a page speaks of several areas at once; it stands where an area does."""

    roots: tuple[AreaNode, ...]
    paths: tuple[str, ...]
    area_id: str = ""
    path: str = ""
    level: int = 0

    def name_in(self, _language: str) -> str:
        """As for an area of the register."""
        return _("My areas")


class Asked(NamedTuple):
    """An area as it was asked for; ``bar`` is None and ``analyte`` empty where it has no figure at all."""

    area: AreaNode | Granted
    figures: Indexed
    bar: PeriodBar | None
    analyte: str
    heading: str
    tier: str
    run_id: str
    version: int

    @property
    def one(self) -> AreaNode:
        """The area, on a page of one."""
        if isinstance(self.area, Granted):
            raise TypeError("a page of several areas has no single one")
        return self.area

    @property
    def paths(self) -> tuple[str, ...]:
        """What a map of it covers."""
        return self.area.paths if isinstance(self.area, Granted) else (self.area.path,)

    @property
    def period(self) -> str:
        """Label of the period shown."""
        return self.bar.period.label if self.bar else ""

    @property
    def previous(self) -> str:
        """Label of the period just before; empty where nothing is known of it."""
        before = self.bar.period.previous().label if self.bar else ""
        return before if self.bar and before in self.bar.labels else ""

    @property
    def query(self) -> dict[str, str]:
        """What links keep."""
        return {"period": self.period, "drug": self.analyte}

    def row(self, analyte: str = "", period: str = "") -> Row | None:
        """The figure of a residue in a period; of those shown when not named."""
        return self.figures.row(analyte or self.analyte, period or self.period)

    def change(self, analyte: str = "") -> StepChange:
        """How a figure compares with the period before (S1)."""
        year = self.row(analyte, self.period[:4]) or {}
        return step_change(self.row(analyte), self.row(analyte, self.previous) if self.previous else None,
                           year.get("population"))  # fmt: skip

    def course(self, analyte: str) -> list[Row | None]:
        """Rows of the periods up to the one shown, oldest first; None where nothing was sampled."""
        return [self.figures.row(analyte, label) for label in course_labels(self.bar)]

    def href(self, route: str = "area", **other: str) -> str:
        """Address of a page of this area that keeps period and drug."""
        where = reverse(route, args=[self.area.area_id]) if self.area.area_id else reverse("situation")
        return f"{where}?{urlencode({**self.query, **other})}"


def asked_of(request: HttpRequest, area_id: str) -> Asked:
    """Area, period and drug of a request, for its reader.

    Parameters
    ----------
    request
        With ``period`` and ``drug`` (a residue) in its query, or without.
    area_id
        Area.

    Raises
    ------
    NotVisible
        For an area that is not the reader's.
    UsageError
        ``HW-U130`` for a period that is none, ``HW-U131`` for a drug that the area has no figure of.
    """
    reader: Reader = request.reader  # type: ignore[attr-defined]
    area = require_area(reader, area_id)
    figures = area_figures(reader, area_id)
    index = indexed(figures, "area_loads", area_id)
    bar = period_bar(index.periods, request.GET.get("period", ""))
    analyte, heading = chosen_drug(index, request.GET.get("drug", ""))
    return Asked(area, index, bar, analyte, heading, figures.tier, figures.run_id, register_version())


def asked_of_all(request: HttpRequest) -> Asked:
    """Period and drug of a request for all that its reader was granted; figures are those of each area, not of the whole.

    Raises
    ------
    UsageError
        As :func:`asked_of`.
    """
    reader: Reader = request.reader  # type: ignore[attr-defined]
    granted, version = Granted(tuple(roots_of(reader)), reader.roots("view")), register_version()
    key = ("granted", granted.paths, version)
    headings, periods, run_id = kept(reader, key, lambda: _known_of(reader, granted.roots))
    index = Indexed({}, headings, periods)
    bar = period_bar(periods, request.GET.get("period", ""))
    analyte, heading = chosen_drug(index, request.GET.get("drug", ""))
    return Asked(granted, index, bar, analyte, heading, lowest_tier(reader), run_id, version)


def _known_of(reader: Reader, roots: tuple[AreaNode, ...]) -> tuple[Any, Any, str]:
    """Residues, periods by kind and run that the figures of some areas know together."""
    headings: dict[str, str] = {}
    periods: dict[str, set[str]] = {}
    run_id = ""
    for root in roots:
        figures = area_figures(reader, root.area_id)
        index, run_id = indexed(figures, "area_loads", root.area_id), run_id or figures.run_id
        headings |= dict(index.headings)
        for kind, labels in index.periods.items():
            periods.setdefault(kind, set()).update(labels)
    order = tuple(sorted(headings.items(), key=lambda pair: (":" in pair[1], pair[1].lower())))
    return order, {kind: tuple(sorted(labels)) for kind, labels in periods.items()}, run_id


def roots_of(reader: Reader) -> list[AreaNode]:
    """The areas at the top of what the reader was granted."""
    roots = reader.roots("view")
    if "" in roots:
        return list(AreaNode.objects.filter(parent__isnull=True).order_by("area_id"))
    return list(AreaNode.objects.filter(path__in=roots).order_by("level", "area_id"))


def chosen_drug(index: Indexed, asked: str) -> tuple[str, str]:
    """Residue and heading that were asked for; the first of the list when none was.

    Raises
    ------
    UsageError
        ``HW-U131``.
    """
    if not index.headings:
        return "", ""
    if not asked:
        return index.headings[0]
    for analyte, heading in index.headings:
        if asked in (analyte, heading):
            return analyte, heading
    raise UsageError(
        _("There is no figure of this drug here."), found=asked[:60],
        remedy=_("Use one of %(list)s") % {"list": ", ".join(analyte for analyte, _heading in index.headings)}, code="HW-U131",
    )  # fmt: skip


def course_labels(bar: PeriodBar | None) -> list[str]:
    """Labels of a course: every period from the first known to the one shown, at most so many."""
    if bar is None:
        return []
    labels: list[str] = []
    first, period = min(bar.labels, default=bar.period.label), bar.period
    while len(labels) < _SHOWN[period.kind]:
        labels.append(period.label)
        if period.label <= first:
            break
        period = period.previous()
    return labels[::-1]


def first_day(label: str) -> str:
    """First day of a period, for an axis of time."""
    return Period.parse(label).first.isoformat()


def drug_choice(index: Indexed) -> list[tuple[str, str]]:
    """Residues and what they are called, in the order of the list."""
    return [(analyte, drug_name(heading, analyte)) for analyte, heading in index.headings]


def breadcrumbs(reader: Reader, area: AreaNode) -> list[dict[str, Any]]:
    """The areas that an area lies in, highest first, and itself; a link where the reader may go."""
    codes = codes_of(area.path)
    found = AreaNode.objects.in_bulk(codes)
    nodes = [found[code] for code in codes if code in found]
    return [{"area": node, "is_open": reader.has("view", node.path), "is_here": node.pk == area.pk} for node in nodes]


def levels_below(asked: Asked) -> tuple[int, ...]:
    """Levels of which there are areas in this one, or among those granted."""
    if isinstance(asked.area, Granted):
        return tuple(level for level, _n in levels_granted(asked.paths, settings.HEADWORKS_WORKSPACE, asked.version))
    return levels_inside(asked.area.path, settings.HEADWORKS_WORKSPACE, asked.version)


@lru_cache(maxsize=64)
def levels_granted(paths: tuple[str, ...], workspace: str, version: int) -> tuple[tuple[int, int], ...]:
    """Levels of the areas in some subtrees, these included, and how many areas each has."""
    found = AreaNode.objects.filter(within(paths, "path")).values_list("level").annotate(n=Count("pk")).order_by("level")
    return tuple((int(level), int(n)) for level, n in found)


def sites_of(area: AreaNode, version: int) -> tuple[str, ...]:
    """Sites that serve an area, by id."""
    return _sites_of(area.path, settings.HEADWORKS_WORKSPACE, version)


@lru_cache(maxsize=512)
def _sites_of(path: str, workspace: str, version: int) -> tuple[str, ...]:
    found = SiteArea.objects.filter(within((path,), "area_path")).values_list("site_id", flat=True)
    return tuple(sorted(set(found)))


def rows_above(reader: Reader, area: AreaNode, version: int) -> list[tuple[AreaNode, Indexed, str]]:
    """Areas that this one lies in with what of their figures may be shown here, nearest first, and at which tier."""

    def made() -> dict[str, tuple[Indexed, str]]:
        found = figures_above(reader, area)
        return {code: (index_rows(figures.rows), figures.tier) for code, figures in found.items()}

    above = kept(reader, ("above", area.path, version), made)
    nodes = AreaNode.objects.in_bulk(list(above))
    return [(nodes[code], *said) for code, said in above.items() if code in nodes]
