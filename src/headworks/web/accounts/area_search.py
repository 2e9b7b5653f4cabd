"""Which area an administrator means: a code, a name, or part of one."""

from __future__ import annotations

from django.db.models import Q

from headworks.core.errors import UsageError
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import visible_areas, within
from headworks.web.access.reader import Reader

EVERYTHING = ("*", "all")


def find_areas(reader: Reader, text: str, scope: str = "administer", limit: int = 30) -> list[AreaNode]:
    """Areas on which the reader has a scope, by code or name; exact ones first, then wide before narrow."""
    rows = visible_areas(reader, scope)
    return _matches(rows, text.strip(), limit)


def _matches(rows: object, text: str, limit: int) -> list[AreaNode]:
    if not text:
        return []
    exact = Q(area_id=text) | Q(name_zh=text) | Q(name_en__iexact=text) | Q(name_pinyin__iexact=text)
    found = list(rows.filter(exact).order_by("level", "area_id")[:limit])  # type: ignore[attr-defined]
    if found:
        return found
    part = (
        Q(area_id__startswith=text) | Q(name_zh__contains=text) | Q(name_en__icontains=text) | Q(name_pinyin__icontains=text)
    )
    return list(rows.filter(part).order_by("level", "area_id")[:limit])  # type: ignore[attr-defined]


def area_path(text: str, reader: Reader | None = None, scope: str = "administer") -> str:
    """Path of the one area that a text names; empty for everything (``*``, or nothing).

    Raises
    ------
    UsageError
        ``HW-U114`` when it names none, or several.
    """
    if not text.strip() or text.strip() in EVERYTHING:
        return ""
    rows = AreaNode.objects.all() if reader is None else AreaNode.objects.filter(within(reader.roots(scope), "path"))
    found = _matches(rows, text.strip(), 4)
    if len(found) == 1:
        return found[0].path
    several = ", ".join(f"{area.area_id} {area.name_zh or area.name_en}" for area in found)
    raise UsageError(
        "A text names one area.", found=f"{text}: {several or 'no area'}", remedy="Give its code: headworks areas find",
        code="HW-U114",
    )  # fmt: skip
