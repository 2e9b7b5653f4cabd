"""What becomes of grants and of objects when an area gets another code or comes to lie in another.

    the same area under another parent     what hung on its path hangs on the new path
    one old code became one new code       the same (kinds recode and rename; no other area went into the new one)
    merged, split, or gone                 nothing moves: a grant on part of a merged area would open the rest of it.
                                           The grant is kept, opens nothing, and is listed until somebody gives it anew

A path of an object keeps leading where it led; rows of the audit log stay as they were written.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import polars as pl
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from headworks.web.access.models import Grant

_SAME_AREA = ("recode", "rename")
# Columns with paths besides those that models name as their ``area_path_field``.
_MORE = (("access", "Grant", "area_path"), (settings.AUTH_USER_MODEL.split(".")[0], "Account", "area_path"))
_TOKENS = (settings.AUTH_USER_MODEL.split(".")[0], "ApiToken", "only_path")
_BATCH = 500


def moved_paths(before: dict[str, str], after: dict[str, str], changes: pl.DataFrame) -> dict[str, str]:
    """Old path to new path, of areas that are still one area.

    Parameters
    ----------
    before, after
        Path by area, in the register as it was and as it is.
    changes
        Table ``code_changes``.
    """
    became = _one_to_one(changes)
    moved = {}
    for area_id, path in before.items():
        now = area_id
        seen = {now}
        while now not in after and became.get(now, now) not in seen:
            now = became[now]
            seen.add(now)
        if now in after and after[now] != path:
            moved[path] = after[now]
    return moved


def _one_to_one(changes: pl.DataFrame) -> dict[str, str]:
    """Codes that became exactly one code, into which no other went."""
    pairs = changes.select("old_id", "new_id", pl.col("kind").cast(pl.String)).unique().rows()
    leaves, enters = Counter(old for old, _, _ in pairs), Counter(new for _, new, _ in pairs)
    return {old: new for old, new, kind in pairs if kind in _SAME_AREA and leaves[old] == 1 and enters[new] == 1}


def follow_areas(before: dict[str, str], after: dict[str, str], changes: pl.DataFrame) -> int:
    """Move what hangs on paths; how many paths moved. All at once: two areas may have changed places."""
    moved = moved_paths(before, after, changes)
    if moved:
        for model, field in _columns_with_paths():
            manager = model._base_manager
            held = manager.filter(**{f"{field}__in": list(moved)}) if len(moved) < _BATCH else manager.exclude(**{field: ""})
            rows = [row for row in held.only("pk", field) if getattr(row, field) in moved]
            for row in rows:
                setattr(row, field, moved[getattr(row, field)])
            manager.bulk_update(rows, [field], batch_size=_BATCH)
    return len(moved)


def _columns_with_paths() -> list[tuple[Any, str]]:
    named = [(model, model.area_path_field) for model in apps.get_models() if getattr(model, "area_path_field", None)]
    more = [(apps.get_model(app, model), field) for app, model, field in (*_MORE, _TOKENS)]
    return [(model, field) for model, field in dict.fromkeys(named + more) if "__" not in field]


def lost_and_found(paths: set[str]) -> int:
    """Mark grants whose area the register does not have, and unmark those whose area is there; how many are lost."""
    held = Grant.objects.filter(revoked_at=None).exclude(area_path="")
    lost = [grant.pk for grant in held if grant.area_path not in paths]
    held.filter(pk__in=lost, area_lost_at=None).update(area_lost_at=timezone.now())
    held.exclude(pk__in=lost).exclude(area_lost_at=None).update(area_lost_at=None)
    return len(lost)


def lost_grants() -> list[Grant]:
    """Grants that open nothing since their area is gone."""
    return list(Grant.objects.filter(revoked_at=None).exclude(area_lost_at=None).select_related("account").order_by("pk"))
