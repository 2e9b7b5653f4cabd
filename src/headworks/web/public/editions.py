"""Letting figures out: one person proposes the run that is shown, another approves it, either may withdraw it.

An edition speaks of every area, so both must hold their right on every area there is.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.disclosure import rule_of
from headworks.jobs.publications import log_publication
from headworks.web.access.models import AreaNode
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.figures.sets import current_run, open_set
from headworks.web.opened import the_workspace
from headworks.web.public.models import Edition
from headworks.web.signals.free_text import LONGEST, require_no_person

_TIER = "public"


def published_runs() -> list[str]:
    """Runs whose prepared figures must stay: those published and not withdrawn, and those that wait for approval."""
    return sorted(set(Edition.objects.filter(withdrawn_at=None).values_list("run_id", flat=True)))


def newest_edition() -> Edition | None:
    """The edition that the public reads; None before the first, and when all were withdrawn."""
    return Edition.objects.filter(withdrawn_at=None).exclude(published_at=None).order_by("-published_at", "-pk").first()


def require_everywhere(reader: Reader, *scopes: str) -> None:
    """Refuse a reader who has none of some scopes on every area there is.

    Raises
    ------
    NotVisible
        The page is not there for them.
    """
    tops = list(AreaNode.objects.filter(parent=None).values_list("path", flat=True))
    for scope in scopes:
        if reader.has(scope, "") or (tops and all(reader.has(scope, path) for path in tops)):
            return
    raise NotVisible(f"needs {' or '.join(scopes)} on every area")


def propose(reader: Reader, words: str) -> Edition:
    """Propose the run that is shown now.

    Raises
    ------
    NotVisible
        Without the right to publish everywhere.
    UsageError
        ``HW-U175`` when nothing was prepared for the public, or the run was proposed before.
    DataRefused
        ``HW-U171`` when the words hold a number of a person.
    """
    require_everywhere(reader, "publish")
    require_no_person(words, _("words"))
    run_id = current_run(the_workspace())
    if run_id is None or open_set(_TIER, run_id) is None:
        raise UsageError(
            _("There are no figures for the public yet."), remedy=_("Run, and wait until they are prepared"), code="HW-U175"
        )
    with transaction.atomic():
        if Edition.objects.filter(run_id=run_id, withdrawn_at=None).exists():
            remedy = _("Wait for a newer run, or withdraw that edition")
            raise UsageError(_("This run was proposed before."), found=run_id, remedy=remedy, code="HW-U175")
        return Edition.objects.create(run_id=run_id, words=words.strip()[:LONGEST], proposed_by=reader.username)


def approve(reader: Reader, edition_id: int) -> Edition:
    """Publish what somebody else proposed.

    Raises
    ------
    NotVisible
        Without the right to approve everywhere, or for an edition that is not there.
    UsageError
        ``HW-U176`` for one's own proposal, ``HW-U177`` for one that does not wait any more, or whose figures are gone.
    """
    require_everywhere(reader, "approve")
    with transaction.atomic():
        found = _edition(edition_id)
        if found.proposed_by == reader.username:
            remedy = _("Ask somebody else who may approve")
            raise UsageError(_("Nobody approves what they proposed."), found=reader.username, remedy=remedy, code="HW-U176")
        waiting = Edition.objects.filter(pk=edition_id, approved_by="", withdrawn_at=None)
        if open_set(_TIER, found.run_id) is None or not waiting.update(
            approved_by=reader.username, published_at=timezone.now()
        ):
            raise UsageError(_("This edition does not wait for approval."), found=found.state, code="HW-U177")
        log_publication(the_workspace(), rule_of(the_workspace(), _TIER), "edition", str(found.pk), found.run_id)
    return _edition(edition_id)


def withdraw(reader: Reader, edition_id: int, because: str) -> Edition:
    """Take an edition back; the one before it is shown again.

    Raises
    ------
    NotVisible
        Without the right to publish or approve everywhere.
    UsageError
        ``HW-U172`` without a reason, ``HW-U177`` when it was withdrawn already.
    """
    require_everywhere(reader, "publish", "approve")
    require_no_person(because, _("reason"))
    if not because.strip():
        raise UsageError(_("A decision needs a reason."), remedy=_("Say why, in a sentence or two"), code="HW-U172")
    _edition(edition_id)
    standing = Edition.objects.filter(pk=edition_id, withdrawn_at=None)
    said = because.strip()[:LONGEST]
    if not standing.update(withdrawn_by=reader.username, withdrawn_at=timezone.now(), withdrawn_because=said):
        raise UsageError(_("This edition was withdrawn already."), found=str(edition_id), code="HW-U177")
    return _edition(edition_id)


def _edition(edition_id: int) -> Edition:
    found = Edition.objects.filter(pk=edition_id).first()
    if found is None:
        raise NotVisible(f"edition {edition_id}")
    return found
