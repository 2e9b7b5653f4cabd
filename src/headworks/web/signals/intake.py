"""How a signal comes in: from a detector by its key, or from a person who saw something."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import require_area, require_site
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.signals.free_text import LONGEST, require_no_person
from headworks.web.signals.models import Signal, StepTime
from headworks.web.signals.states import KINDS, due_after

MEASURES: Final = (
    "statistic", "expected", "observed", "expected_lower", "expected_upper", "e_value", "p_value", "q_value", "n_days",
    "share_censored",
)  # fmt: skip
_DETECTOR = "a detector raises it for everybody who sees the area"


class Raised(NamedTuple):
    """The signal, and whether it is new."""

    signal: Signal
    is_new: bool


def raise_signal(
    key: str,
    *,
    kind: str,
    source: str,
    area_id: str = "",
    site_id: str = "",
    method_version: str = "",
    explanation: dict[str, Any] | None = None,
    words: str = "",
    drug: str = "",
    analyte: str = "",
    period: str = "",
    statistic: float | None = None,
    expected: float | None = None,
    observed: float | None = None,
    since: str = "",
    measures: Mapping[str, float | None] | None = None,
) -> Raised:
    """Keep what a detector found; asked again with the same key, nothing changes.

    Parameters
    ----------
    key
        Names the finding, such as ``ears:440106:cocaine:2026-W46``.
    kind
        One of ``states.KINDS``.
    source
        Name of the detector.
    area_id, site_id
        Where; a site's owner is its area when no area is named.
    explanation
        What JSON can hold: what made it speak, what would silence it.
    since
        First week of the evidence.
    measures
        Numbers beside it, of ``MEASURES``.

    Raises
    ------
    UsageError
        ``HW-U170`` for a kind, a place or a period that is not known.
    DataRefused
        ``HW-U171`` when a text holds a number of a person.
    """
    found = Signal.objects.unscoped(_DETECTOR).filter(key=key).first()
    if found is not None:
        return Raised(found, is_new=False)
    values = _checked(kind, area_id, site_id, period, words, explanation or {})
    values |= {"key": key, "source": source, "raised_by": source, "drug": drug, "analyte": analyte}
    values |= {"method_version": method_version, "since": Period.parse(since).label if since else "", "until": period}
    numbers = {"statistic": statistic, "expected": expected, "observed": observed, **(measures or {})}
    values |= {name: _finite(numbers.get(name)) for name in MEASURES}
    try:
        with transaction.atomic():
            made = _keep(values)
            record("signal_raised", actor=source, object_kind="signal", object_id=str(made.pk), area_path=made.area_path)
    except IntegrityError:
        # Another worker was faster with the same finding.
        return Raised(Signal.objects.unscoped(_DETECTOR).get(key=key), is_new=False)
    return Raised(made, is_new=True)


def report_signal(
    reader: Reader, *, kind: str, words: str, area_id: str = "", site_id: str = "", period: str = "", drug: str = ""
) -> Signal:
    """Keep what a person saw, about an area or a site on which they decide.

    Raises
    ------
    NotVisible
        For an area or a site on which the reader does not decide.
    UsageError
        ``HW-U170`` for a kind, a place or a period that is not known, ``HW-U172`` without words.
    DataRefused
        ``HW-U171`` when the text holds a number of a person.
    """
    if not area_id and not site_id:
        raise UsageError(_("A signal speaks of an area or a site."), remedy=_("Name one of them"), code="HW-U170")
    if site_id:
        require_site(reader, site_id, "decide")
    if area_id:
        require_area(reader, area_id, "decide")
    if not words.strip():
        raise UsageError(_("A signal without words helps nobody."), remedy=_("Say what was seen"), code="HW-U172")
    values = _checked(kind, area_id, site_id, period, words, {})
    require_no_person(drug, _("drug"))
    return _keep({**values, "source": "reported", "raised_by": reader.username, "drug": drug[:80]})


def _keep(values: dict[str, Any]) -> Signal:
    now = timezone.now()
    wait = due_after("signal", StepTime.all_hours())
    made: Signal = Signal.objects.create(**values, raised_at=now, state_since=now, due_at=wait and now + wait)
    return made


def _checked(kind: str, area_id: str, site_id: str, period: str, words: str, explanation: dict[str, Any]) -> dict[str, Any]:
    if kind not in KINDS:
        raise UsageError(_("There is no such kind of signal."), found=kind, remedy=", ".join(KINDS), code="HW-U170")
    area = _area(area_id, site_id)
    require_no_person(words, _("what was seen"))
    require_no_person(explanation, _("explanation"))
    if len(words) > LONGEST:
        raise UsageError(
            _("The text is too long."), found=f"{len(words):,}", remedy=f"{LONGEST:,}", code="HW-U172"
        )  # fmt: skip
    if period:
        Period.parse(period)
    return {
        "kind": kind, "area_path": area.path if area else "", "level": area.level if area else 0, "site_id": site_id,
        "period": period, "words": words, "explanation": explanation,
    }  # fmt: skip


def _area(area_id: str, site_id: str) -> AreaNode | None:
    """The area; of a site alone the one that owns it."""
    area = AreaNode.objects.filter(pk=area_id).first() if area_id else None
    site = SiteNode.objects.filter(pk=site_id).first() if site_id else None
    if (area_id and area is None) or (site_id and site is None) or not (area_id or site_id):
        where = site_id if site_id and site is None else area_id
        raise UsageError(
            _("There is no such area or site."), found=where, remedy=_("Name one of the register"), code="HW-U170"
        )
    if area is None and site is not None:
        area = AreaNode.objects.filter(path=site.owner_path).first()
    return area


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
