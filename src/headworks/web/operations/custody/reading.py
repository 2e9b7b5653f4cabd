"""What a form or a phone sends, read into :class:`Said`: every fault of it at once, none passed on."""

from __future__ import annotations

import datetime as dt
import math
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from headworks.core.errors import UsageError
from headworks.tables.samples import SAMPLING_MODES
from headworks.web.operations.custody.transitions import Said

EVENT_ID = re.compile(r"^[0-9A-Za-z-]{8,64}$")
# Least and most of what a form can say; those of table ``samples``.
RANGES: dict[str, tuple[float, float, Any]] = {
    "temperature_c": (-10, 60, gettext_lazy("temperature of the sewage")),
    "ph": (0, 14, gettext_lazy("pH")),
    "volume_ml": (0, 100_000, gettext_lazy("volume")),
    "flow_m3_per_day": (1e-9, 1e8, gettext_lazy("flow")),
    "interval_min": (1e-9, 1440, gettext_lazy("interval")),
    "transport_temperature_c": (-90, 60, gettext_lazy("temperature on the way")),
}
_OF_SAMPLE = ("temperature_c", "ph", "volume_ml", "flow_m3_per_day", "interval_min")
_SHORT, _LONG = 40, 1000
_MOST_OFFSET = 840


class _Reader:
    """Reads fields and keeps what is wrong with each."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.wrong: list[str] = []

    def text(self, name: str, longest: int = _LONG) -> str:
        value = self._data.get(name)
        said = "" if value is None else str(value)
        plain = "".join(sign if sign.isprintable() else " " for sign in said).strip()
        if len(plain) > longest:
            self.wrong.append(_("%(field)s has more than %(most)s signs") % {"field": name, "most": longest})
        return plain[:longest]

    def number(self, name: str) -> float | None:
        said = self.text(name)
        if not said:
            return None
        least, most, words = RANGES[name]
        try:
            value = float(said.replace(",", ".") if "." not in said else said)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            self.wrong.append(
                _("%(field)s: %(found)s is no number from %(least)s to %(most)s")
                % {"field": words, "found": said[:40], "least": f"{least:g}", "most": f"{most:g}"}
            )
            return None
        return value

    def offset(self) -> int:
        said = self.text("utc_offset_min")
        if not said:
            here = timezone.localtime().utcoffset()
            return 0 if here is None else int(here.total_seconds() // 60)
        if re.fullmatch(r"[+-]?\d{1,3}", said) and abs(int(said)) <= _MOST_OFFSET:
            return int(said)
        self.wrong.append(_("the offset from UTC: %(found)s") % {"found": said[:40]})
        return 0

    def moment(self, name: str, offset: int) -> dt.datetime | None:
        """An instant; one without an offset is a local time of the device."""
        said = self.text(name)
        if not said:
            return None
        try:
            value = parse_datetime(said)
        except ValueError:
            value = None
        if value is None:
            self.wrong.append(_("%(field)s: %(found)s is no time") % {"field": name, "found": said[:40]})
            return None
        return value if value.tzinfo else value.replace(tzinfo=dt.timezone(dt.timedelta(minutes=offset)))


def read_said(kind: str, data: Mapping[str, Any]) -> Said:
    """An event from the fields of a form, or from JSON of a phone.

    Raises
    ------
    UsageError
        ``HW-U146`` with every field that cannot be.
    """
    fields = _Reader(data)
    offset = fields.offset()
    event_id = fields.text("event_id", 64) or str(uuid.uuid4())
    if not EVENT_ID.match(event_id):
        fields.wrong.append(_("the name of the event: %(found)s") % {"found": event_id})
    at = fields.moment("at", offset)
    said = Said(
        event_id=event_id, kind=kind, at=at or timezone.now(), is_at_said=at is not None, utc_offset_min=offset,
        container=fields.text("container", _SHORT), place_from=fields.text("place_from", 120),
        place_to=fields.text("place_to", 120), seal=fields.text("seal", _SHORT).upper(),
        temperature_c=fields.number("transport_temperature_c"), volume_ml=fields.number("volume_ml"), ph=fields.number("ph"),
        preservative=fields.text("preservative", 80), note=fields.text("note"),
        is_seal_intact={"yes": True, "no": False}.get(fields.text("is_seal_intact", 8)),
        overrides=fields.text("overrides", 8) in ("yes", "true", "True"), deviation=fields.text("deviation", 400),
        sample=_of_collection(fields, offset) if kind == "collect" else {},
    )  # fmt: skip
    if fields.wrong:
        raise UsageError(
            _("The form cannot be kept as it is."), where=str(data.get("sample_id", "")), found="; ".join(fields.wrong),
            remedy=_("Correct these fields"), code="HW-U146",
        )  # fmt: skip
    return said


def _of_collection(fields: _Reader, offset: int) -> dict[str, Any]:
    mode = fields.text("mode", 24) or "unknown"
    if mode not in SAMPLING_MODES:
        fields.wrong.append(_("the mode: %(found)s") % {"found": mode})
    return {
        "collected_from": fields.moment("collected_from", offset),
        "collected_to": fields.moment("collected_to", offset),
        "mode": mode,
        **{name: fields.number(name) for name in _OF_SAMPLE},
    }
