"""What is asked before a sample moves on. A guard returns nothing, or a sentence that says what fails.

Limits come from the sampling specification of the workspace, so a laboratory that changes its rules changes its guards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import polars as pl
from django.utils.translation import gettext as _

from headworks.jobs.desk import limit_of, rules_of
from headworks.web.opened import the_workspace
from headworks.web.operations.models import MeasurementEntry, Release, SampleRecord

if TYPE_CHECKING:
    from headworks.web.operations.custody.transitions import Said

_LONGEST_WINDOW = dt.timedelta(days=15)  # a passive sampler hangs for a fortnight
_HOUR = 3600.0
_ASKED = "a guard asks about one sample"


@dataclass(frozen=True)
class Asked:
    """What a guard looks at: the sample, what is said of the event, who says it."""

    sample: SampleRecord
    said: Said
    actor: str

    @cached_property
    def rules(self) -> pl.DataFrame:
        """The sampling specification."""
        return rules_of(the_workspace())

    def least(self, field: str) -> float | None:
        """The least that a field may be; None where no rule says."""
        found = self.rules.filter((pl.col("field") == field) & (pl.col("operator") == "at_least"))["value"]
        return float(found[0]) if len(found) else None


def _window(asked: Asked) -> str | None:
    begin, end = asked.said.sample.get("collected_from"), asked.said.sample.get("collected_to")
    if begin is None or end is None:
        return _("Begin and end of collection are not both said.")
    if end < begin:
        return _("Collection ends before it begins.")
    if end - begin > _LONGEST_WINDOW:
        return _("Collection took longer than a fortnight.")
    if end > asked.said.at + dt.timedelta(minutes=5):
        return _("Collection ends after the time at which it is recorded.")
    return None


def _seal_said(asked: Asked) -> str | None:
    return None if asked.said.seal else _("The number of the seal is not said.")


def _same_seal(asked: Asked) -> str | None:
    if asked.said.seal and asked.sample.seal and asked.said.seal != asked.sample.seal:
        return _("The seal is %(found)s; at collection it was %(before)s.") % {
            "found": asked.said.seal,
            "before": asked.sample.seal,
        }
    return None


def _seal_intact(asked: Asked) -> str | None:
    if asked.said.is_seal_intact is None:
        return _("It is not said whether the seal is intact.")
    if not asked.said.is_seal_intact:
        return _("The seal is broken.")
    return _same_seal(asked)


def _cool_enough(asked: Asked) -> str | None:
    limit, found = limit_of(asked.rules, "transport_temperature_c"), asked.said.temperature_c
    if limit is None:
        return None
    if found is None:
        return _("The highest temperature on the way is not said.")
    if found > limit:
        return _("It was %(found)s °C on the way; the specification allows at most %(limit)s °C.") % {
            "found": f"{found:g}",
            "limit": f"{limit:g}",
        }
    return None


def _quick_enough(asked: Asked) -> str | None:
    return _took(asked, "transport_h", asked.sample.collected_to, _("from the end of collection to the laboratory"))


def _held_short_enough(asked: Asked) -> str | None:
    return _took(asked, "holding_h", asked.sample.received_at, _("from receipt to preparation"))


def _took(asked: Asked, field: str, since: dt.datetime | None, where: str) -> str | None:
    limit = limit_of(asked.rules, field)
    if limit is None or since is None:
        return None
    hours = (asked.said.at - since).total_seconds() / _HOUR
    if hours <= limit:
        return None
    return _("%(where)s took %(found)s h; the specification allows at most %(limit)s h.") % {
        "where": where[:1].upper() + where[1:],
        "found": f"{hours:.1f}",
        "limit": f"{limit:g}",
    }


def _enough_volume(asked: Asked) -> str | None:
    limit = asked.least("volume_ml")
    found = asked.said.volume_ml if asked.said.volume_ml is not None else asked.sample.volume_ml
    if limit is None or found is None or found >= limit:
        return None
    return _("There are %(found)s mL; the specification asks for at least %(limit)s mL.") % {
        "found": f"{found:g}",
        "limit": f"{limit:g}",
    }


def current_entries(sample_id: str) -> list[MeasurementEntry]:
    """The newest version of every result of a sample that was not dropped."""
    rows = MeasurementEntry.objects.unscoped(_ASKED).filter(sample_id=sample_id, is_dropped=False)
    newest = {(row.analyte, row.replicate): row for row in rows.order_by("version")}
    return list(newest.values())


def _has_results(asked: Asked) -> str | None:
    return None if current_entries(asked.sample.sample_id) else _("No result is entered.")


def _another_than_entered(asked: Asked) -> str | None:
    if asked.actor in {entry.entered_by for entry in current_entries(asked.sample.sample_id)}:
        return _("Who entered results does not review them.")
    return None


def _not_in_release(asked: Asked) -> str | None:
    releases = Release.objects.unscoped(_ASKED).filter(state__in=("proposed", "releasing"))
    if releases.filter(entries__sample_id=asked.sample.sample_id).exists():
        return _("It is part of a release that waits for approval; that is refused first.")
    return None


GUARDS: Final[dict[str, Callable[[Asked], str | None]]] = {
    "window": _window,
    "seal_said": _seal_said,
    "same_seal": _same_seal,
    "seal_intact": _seal_intact,
    "cool_enough": _cool_enough,
    "quick_enough": _quick_enough,
    "held_short_enough": _held_short_enough,
    "enough_volume": _enough_volume,
    "has_results": _has_results,
    "another_than_entered": _another_than_entered,
    "not_in_release": _not_in_release,
}
