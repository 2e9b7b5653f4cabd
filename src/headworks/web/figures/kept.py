"""What was made of figures that never change, kept until others were asked for more lately.

A prepared set is of one run and one tier, so what is written of it (a picture, rows of a table) is made once. The key says
everything it depends on: workspace, run, what decides which figures a reader sees, language. The trap: whatever is left out of
the key is shown to the next reader.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import get_language

from headworks.jobs.disclosure import rule_of
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.figures.sets import open_set
from headworks.web.opened import the_workspace

Made = TypeVar("Made")
# A row of a map takes some 3 kB: about 60 MB a process in all.
_MOST_ROWS = 20_000
_A_PAGE = 20
_LOCK = Lock()
_KEPT: dict[tuple[Any, ...], tuple[Any, int]] = {}


def reach_of(reader: Reader) -> tuple[Any, ...]:
    """What of a reader decides which figures they see: two readers with the same see the same."""
    views = tuple(sorted((right.area_path, right.tier) for right in reader.rights if "view" in right.scopes))
    return views, reader.only_scopes, reader.only_path


def kept(reader: Reader, key: tuple[Hashable, ...], make: Callable[[], Made], rows: int = _A_PAGE) -> Made:
    """What was made under this key for readers with the same rights, or what is made now.

    Parameters
    ----------
    reader
        Who asks.
    key
        Everything else it depends on, the kind of thing first.
    make
        Makes it.
    rows
        How many rows of a map it is as large as; what was asked for least lately makes room.
    """
    whole = (settings.HEADWORKS_WORKSPACE, shown_sets(), reach_of(reader), get_language() or "en", *key)
    with _LOCK:
        known = _KEPT.pop(whole, None)
        if known is not None:
            _KEPT[whole] = known
    if known is not None:
        found: Made = known[0]
        return found
    # Made outside the lock: two readers may make the same at once, and none waits for another's.
    found = make()
    with _LOCK:
        while _KEPT and sum(size for _made, size in _KEPT.values()) + rows > _MOST_ROWS:
            _KEPT.pop(next(iter(_KEPT)), None)
        _KEPT[whole] = (found, rows)
    return found


def shown_sets() -> tuple[Any, ...]:
    """Which runs are shown to whom, and by which rule the public's is guarded."""
    runs = tuple(served.run_id if (served := open_set(tier)) else "" for tier in TIERS)
    return (*runs, str(rule_of(the_workspace(), "public")))
