"""A second person approves or refuses what was proposed.

Approval and the request to the worker are one transaction, so an approved release is always done, and what is done was
approved.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.web.access.reader import Reader
from headworks.web.operations.laboratory.releases.proposals import record_release, require
from headworks.web.operations.models import MeasurementEntry, Release
from headworks.web.work.queue import ask

_OF_RELEASE = "results of a release on whose area the reader has the scope"
WORK = "release_results"


def approve(reader: Reader, release: Release, *, request_id: str = "") -> None:
    """Approve what somebody else proposed; the worker is asked in the same transaction.

    Raises
    ------
    NotVisible
        When the reader does not approve on its area.
    UsageError
        ``HW-U144`` one's own proposal or one's own results, ``HW-U153`` decided already.
    """
    require(reader, release.batch, "approve")
    _require_another(reader, release)
    with transaction.atomic():
        _decide(reader, release, "releasing", "")
        ask(WORK, {"release": release.pk}, by=reader.username, area_path=release.area_path, once=f"release-{release.pk}")
        record_release(reader, f"{release.kind}_approved", release, {"proposed_by": release.proposed_by}, request_id)


def refuse(reader: Reader, release: Release, reason: str, *, request_id: str = "") -> None:
    """Refuse a proposal with a reason; its results are free again, drafts of corrections are dropped and stay readable.

    Raises
    ------
    UsageError
        ``HW-U143``, ``HW-U153``.
    """
    if release.proposed_by != reader.username:
        require(reader, release.batch, "approve")
    if not reason.strip():
        raise UsageError(_("A reason is needed."), where=str(release.pk), remedy=_("Say why"), code="HW-U143")
    with transaction.atomic():
        _decide(reader, release, "refused", reason)
        free_entries(release)
        record_release(reader, f"{release.kind}_refused", release, {"reason": reason}, request_id)


def free_entries(release: Release) -> None:
    """Results of a release that did not come about."""
    rows = MeasurementEntry.objects.unscoped(_OF_RELEASE).filter(release=release, is_released=False)
    if release.kind != "release":
        rows.update(is_dropped=True)
    rows.update(release=None)


def _require_another(reader: Reader, release: Release) -> None:
    entered = set(MeasurementEntry.objects.unscoped(_OF_RELEASE).filter(release=release).values_list("entered_by", flat=True))
    is_own = reader.username == release.proposed_by or (release.kind != "release" and reader.username in entered)
    if is_own and (settings.SERVER.two_person_release or release.override_reason):
        raise UsageError(
            _("Who proposed a release does not approve it."), where=str(release.pk), found=reader.username,
            remedy=_("Ask somebody else who may approve"), code="HW-U144",
        )  # fmt: skip


def _decide(reader: Reader, release: Release, state: str, reason: str) -> None:
    now = timezone.now()
    rows = Release.objects.unscoped("the release that the reader was let at").filter(pk=release.pk, state="proposed")
    changed = rows.update(state=state, decided_by=reader.username, decided_at=now, decision_reason=reason.strip()[:1000])
    if not changed:
        raise UsageError(
            _("The release was decided already."), where=str(release.pk), remedy=_("Look at it again"), code="HW-U153"
        )
    release.state = state
