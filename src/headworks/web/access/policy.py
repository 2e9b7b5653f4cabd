"""The one policy: which areas, sites and objects a reader may see or act on. Every query passes here.

    view       figures of areas in a granted subtree, at the grant's tier; others are not there (404, never 403)
    samples    any site that serves a granted area is seen; only its owner's area captures
    above      the areas one's own lie in are shown at the public tier, and only where what is left of them when one's own
               is taken off could be published by itself: else a county would read its neighbour by subtraction

Tables of the server's database that speak of an area or a site have :class:`ScopedManager` as ``objects``: it gives rows to a
reader, or to nobody in particular with a reason, and refuses every other question.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Substr
from django.db.models.lookups import Exact

from headworks.web.access.models import AreaNode, SiteArea, SiteNode
from headworks.web.access.reader import Reader

_NOTHING = Q(pk__in=[])


class NotVisible(Exception):
    """Not there, or not for this reader: the answer is the same."""


def within(roots: Sequence[str], field: str) -> Q:
    """Rows whose path lies in one of some subtrees."""
    if not roots:
        return _NOTHING
    if "" in roots:
        return Q()
    return reduce(or_, (_below(root, field) for root in roots))


def _below(root: str, field: str) -> Q:
    """A prefix that an index can help with, and the letters themselves: SQLite takes ``de/`` and ``DE/`` for the same."""
    is_exact = Exact(Substr(F(field), 1, len(root)), Value(root))
    return Q(**{f"{field}__startswith": root}) & Q(is_exact)


def visible_areas(reader: Reader, scope: str = "view") -> models.QuerySet[AreaNode]:
    """Areas on which the reader has a scope."""
    return AreaNode.objects.filter(within(reader.roots(scope), "path"))


def visible_sites(reader: Reader, scope: str = "view_samples") -> models.QuerySet[SiteNode]:
    """Sites on which the reader has a scope: by any area they serve for seeing, by their owner for everything else."""
    roots = reader.roots(scope)
    if not roots:
        return SiteNode.objects.none()
    if "" in roots:
        return SiteNode.objects.all()
    owned = within(roots, "owner_path")
    if scope not in ("view", "view_samples"):
        return SiteNode.objects.filter(owned)
    serving = SiteArea.objects.filter(within(roots, "area_path")).values("site_id")
    return SiteNode.objects.filter(owned | Q(pk__in=serving))


def require_area(reader: Reader, area_id: str, scope: str = "view") -> AreaNode:
    """The area, for a reader who has a scope on it.

    Raises
    ------
    NotVisible
        When there is none, or the reader has not.
    """
    found = visible_areas(reader, scope).filter(pk=area_id).first()
    if found is None:
        raise NotVisible(f"area {area_id}: {scope}")
    return found


def require_site(reader: Reader, site_id: str, scope: str = "view_samples") -> SiteNode:
    """The site, for a reader who has a scope on it.

    Raises
    ------
    NotVisible
        As for areas.
    """
    found = visible_sites(reader, scope).filter(pk=site_id).first()
    if found is None:
        raise NotVisible(f"site {site_id}: {scope}")
    return found


def require_scope(reader: Reader, *scopes: str) -> None:
    """Refuse a reader who has none of some scopes anywhere.

    Raises
    ------
    NotVisible
        The page is not there for them.
    """
    if not reader.has_any(scopes):
        raise NotVisible(f"needs {' or '.join(scopes)}")


class ScopedQuerySet(models.QuerySet[Any]):
    """Rows that a reader may see."""


class ScopedManager(models.Manager[Any]):
    """Rows of objects that speak of an area or a site, given to a reader only.

    A model says how it hangs on the network: ``area_path_field`` names its column with an area's path, or ``site_field`` its
    column with a site, or both (either opens the row). ``view_scope`` is what one needs to see it.
    """

    def visible_to(self, reader: Reader, scope: str | None = None) -> models.QuerySet[Any]:
        """Rows on which the reader has a scope; the model's ``view_scope`` when none is named."""
        wanted = str(scope or getattr(self.model, "view_scope", "view"))
        roots = reader.roots(wanted)
        rows = super().get_queryset()
        if "" in roots:
            return rows
        allowed = _NOTHING
        area_field, site_field = (getattr(self.model, name, None) for name in ("area_path_field", "site_field"))
        if roots and area_field:
            allowed = allowed | within(roots, area_field)
        if roots and site_field:
            allowed = allowed | Q(**{f"{site_field}__in": visible_sites(reader, wanted).values("pk")})
        return rows.filter(allowed)

    def require(self, reader: Reader, scope: str | None = None, **which: Any) -> Any:
        """The one row, for a reader who may see it.

        Raises
        ------
        NotVisible
            When there is none, or not for this reader.
        """
        found = self.visible_to(reader, scope).filter(**which).first()
        if found is None:
            raise NotVisible(f"{self.model.__name__} {which}")
        return found

    def unscoped(self, because: str) -> models.QuerySet[Any]:
        """All rows, for work that no reader asked for: the worker, a check, a chain. The reason stands in the code."""
        if not because:
            raise ValueError("say why no reader is asked for")
        return super().get_queryset()

    def create(self, **values: Any) -> Any:
        """A new row."""
        return super().get_queryset().create(**values)

    def get_queryset(self) -> NoReturn:
        """Refused: say for whom, or why for nobody."""
        raise TypeError(f"{self.model.__name__}.objects: use visible_to(reader) or unscoped(because)")
