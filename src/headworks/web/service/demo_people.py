"""Accounts to look around with, one per role, for a workspace whose data are nobody's: the demos.

Their passwords are drawn anew at each start and printed once. They are refused on a workspace with data of its own, and on an
address that others reach. Two of them publish the run, as it takes two, so that the public pages show something.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

import polars as pl
from django.db import transaction

from headworks.core.errors import UsageError
from headworks.jobs.demo_files import demo_digests
from headworks.jobs.serving import prepare_serving
from headworks.jobs.simulate import is_simulated
from headworks.store import Workspace, read_imports
from headworks.web.access.models import AreaNode, Grant, SiteNode
from headworks.web.access.reader import reader_of
from headworks.web.accounts.models import Account
from headworks.web.audit.chain import record
from headworks.web.public.editions import approve, newest_edition, propose
from headworks.web.service.findings import is_loopback
from headworks.web.work.queue import ask

_BY = "(demo)"
_WORDS_BYTES = 9


class DemoPerson(NamedTuple):
    """A sign-in name, its password of this start, and what it was granted where."""

    username: str
    password: str
    role: str
    area: str


class _Place(NamedTuple):
    role: str
    level: int
    tier: str


_PLACES = (
    _Place("sampler", 3, "analyst"), _Place("analyst", 1, "analyst"), _Place("reviewer", 1, "analyst"),
    _Place("officer", 3, "steward"), _Place("epidemiologist", 1, "steward"), _Place("assessor", 1, "analyst"),
    _Place("director", 1, "steward"), _Place("steward", 1, "steward"), _Place("administrator", 0, "public"),
    _Place("auditor", 0, "public"),
)  # fmt: skip


def make_demo_people(workspace: Workspace, host: str) -> list[DemoPerson]:
    """One account per role, with a password of this start, and an edition for the public.

    Raises
    ------
    UsageError
        ``HW-U128`` for a workspace with data of its own, or an address that others reach.
    """
    _require_demo(workspace, host)
    with transaction.atomic():
        people = [_person(place) for place in _PLACES]
        record("demo_accounts", actor=_BY, object_kind="account", detail={"accounts": [one.username for one in people]})
    prepare_serving(workspace, tiers=["public", "steward"])
    ask("serve_figures", by=_BY, once="serve_figures")
    if newest_edition() is None:
        told = {one.role: reader_of(Account.objects.get(username=one.username)) for one in people}
        edition = propose(told["epidemiologist"], "First edition of the demo")
        approve(told["director"], edition.pk)
    return people


def _require_demo(workspace: Workspace, host: str) -> None:
    imports = read_imports(workspace)
    others = imports.filter(~pl.col("content_sha256").is_in(list(demo_digests()))).height
    if (others and not is_simulated(workspace)) or not is_loopback(host):
        raise UsageError(
            "Accounts to look around with are made for the demos alone, on this machine alone.", where=str(workspace.path),
            found=f"{host}, {others} imports that are not the demo's", remedy="Leave --demo out; see headworks user add",
            code="HW-U128",
        )  # fmt: skip


def _person(place: _Place) -> DemoPerson:
    username, password = f"demo-{place.role}", secrets.token_urlsafe(_WORDS_BYTES)
    area = _area(place.level)
    account = Account.objects.filter(username=username).first()
    if account is None:
        account = Account.objects.create_account(username, password, label=f"demo, {place.role}")
    account.set_password(password)
    account.is_active = True
    account.save()
    path = area.path if area and place.level else ""
    held = {"role": place.role, "area_path": path, "tier": place.tier, "revoked_at": None}
    if not Grant.objects.filter(account=account, **held).exists():
        Grant.objects.create(account=account, granted_by=_BY, **held)
    return DemoPerson(username, password, place.role, area.name_in("en") if area and path else "everything")


def _area(level: int) -> AreaNode | None:
    """The county with most sites, or the area of a higher level where there are no counties; None for everything."""
    wanted = AreaNode.objects.filter(level=min(level, max(AreaNode.objects.values_list("level", flat=True), default=0)))
    if level <= 1 and wanted.count() != 1:
        # Many countries lie side by side: who sees the whole sees them all.
        return None
    counted = {area.pk: SiteNode.objects.filter(owner_path__startswith=area.path).count() for area in wanted}
    best = max(sorted(counted), key=lambda code: counted[code], default=None)
    return None if best is None else AreaNode.objects.get(pk=best)
