"""What was made of figures that never change, kept until others were asked for more lately.

A prepared set is of one run and one tier, so what is written of it (a picture, rows of a table) is made once. The key says
everything it depends on: workspace, run, what decides which figures a reader sees, language. The trap: whatever is left out of
the key is shown to the next reader.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from django.conf import settings
from django.utils.translation import get_language

from headworks.jobs.disclosure import rule_of
from headworks.web.access.reader import Reader
from headworks.web.access.roles import TIERS
from headworks.web.figures.sets import open_set
from headworks.web.opened import the_workspace

Made = TypeVar("Made")
_MOST = 1024
_KEPT: dict[tuple[Any, ...], Any] = {}


def reach_of(reader: Reader) -> tuple[Any, ...]:
    """What of a reader decides which figures they see: two readers with the same see the same."""
    views = tuple(sorted((right.area_path, right.tier) for right in reader.rights if "view" in right.scopes))
    return views, reader.only_scopes, reader.only_path


def kept(reader: Reader, key: tuple[Hashable, ...], make: Callable[[], Made]) -> Made:
    """What was made under this key for readers with the same rights, or what is made now.

    Parameters
    ----------
    reader
        Who asks.
    key
        Everything else it depends on, the kind of thing first.
    make
        Makes it.
    """
    whole = (settings.HEADWORKS_WORKSPACE, _sets(), reach_of(reader), get_language() or "en", *key)
    if whole in _KEPT:
        found: Made = _KEPT.pop(whole)
    else:
        found = make()
        while len(_KEPT) >= _MOST:
            _KEPT.pop(next(iter(_KEPT)), None)
    _KEPT[whole] = found
    return found


def _sets() -> tuple[Any, ...]:
    """Which runs are shown to whom, and by which rule the public's is guarded."""
    runs = tuple(served.run_id if (served := open_set(tier)) else "" for tier in TIERS)
    return (*runs, str(rule_of(the_workspace(), "public")))
