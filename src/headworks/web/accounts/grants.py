"""Who may give whom what: the rules of administration, the same for pages and for the command line.

- An administrator of a subtree keeps the accounts of that subtree and grants in it, and touches no account that holds more
  than the subtree: else a new password would be a way up.
- Nobody gives themselves a role that sees or changes data: another administrator approves it. Where there is no other, it is
  given at once, and the audit log says so.
- A grant is never changed: it is revoked, and another is given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.web.access.models import Grant
from headworks.web.access.policy import NotVisible, within
from headworks.web.access.reader import Reader
from headworks.web.access.roles import ROLES, TIERS
from headworks.web.accounts.models import Account
from headworks.web.accounts.proofs.codes import administrators, make_code
from headworks.web.accounts.sessions import end_sessions

_NO_DATA = ("administrator",)


@dataclass(frozen=True)
class Order:
    """What is to be granted."""

    role: str
    area_path: str = ""
    tier: str = "public"
    valid_from: dt.datetime | None = None
    valid_to: dt.datetime | None = None


def visible_accounts(reader: Reader) -> Any:
    """Accounts that the reader keeps: those of their subtrees."""
    return Account.objects.filter(within(reader.roots("administer"), "area_path"))


def require_account(reader: Reader, pk: int) -> Account:
    """An account of the reader's.

    Raises
    ------
    NotVisible
        When there is none, or it is kept elsewhere.
    """
    found: Account | None = visible_accounts(reader).filter(pk=pk).first()
    if found is None:
        raise NotVisible(f"account {pk}")
    return found


def may_change(reader: Reader, account: Account) -> bool:
    """Whether all that the account holds lies in the reader's subtrees."""
    held = Grant.objects.filter(account=account, revoked_at=None)
    return all(reader.has("administer", grant.area_path) for grant in held) and reader.has("administer", account.area_path)


def require_change(reader: Reader, account: Account) -> None:
    """Refuse a change of an account that holds more than the reader keeps.

    Raises
    ------
    UsageError
        ``HW-U114``.
    """
    if not may_change(reader, account):
        raise UsageError(
            _("This account holds grants outside of what you keep."), found=account.username,
            remedy=_("Ask an administrator of the wider area"), code="HW-U114",
        )  # fmt: skip


def give(account: Account, order: Order, *, by: Reader | None, given_by: str) -> Grant:
    """A new grant; one that waits for approval where somebody asks for themselves.

    Parameters
    ----------
    by
        The administrator; None for the operator at the machine.
    given_by
        Their sign-in name, or what the command line says.

    Raises
    ------
    UsageError
        ``HW-U114`` for a role, tier, area or time that is none, or that the administrator may not give.
    """
    if order.role not in ROLES or order.tier not in TIERS:
        raise UsageError(
            _("There is no such role or tier."), found=f"{order.role} {order.tier}",
            remedy=", ".join(ROLES) + "; " + ", ".join(TIERS), code="HW-U114",
        )  # fmt: skip
    starts = order.valid_from or timezone.now()
    if order.valid_to is not None and order.valid_to <= starts:
        raise UsageError(_("The grant ends before it begins."), found=str(order.valid_to), code="HW-U114")
    if by is not None and not by.has("administer", order.area_path):
        raise UsageError(_("You do not keep this area."), found=order.area_path, code="HW-U114")
    waits = by is not None and by.account_id == account.pk and order.role not in _NO_DATA and _others(account)
    return Grant.objects.create(  # type: ignore[no-any-return]
        account=account, role=order.role, area_path=order.area_path, tier=order.tier, valid_from=starts,
        valid_to=order.valid_to, granted_by=given_by, awaits_approval=waits,
    )  # fmt: skip


def _others(account: Account) -> bool:
    return bool(administrators().exclude(pk=account.pk).exists())


def approve(grant: Grant, by: Reader) -> None:
    """Another administrator lets a grant hold.

    Raises
    ------
    UsageError
        ``HW-U125`` when it is one's own, one has asked for it oneself, or it waits no more.
    """
    is_own = grant.account_id == by.account_id or grant.granted_by == by.username
    if is_own or not by.has("administer", grant.area_path):
        raise UsageError(_("Somebody else approves what one asked for."), found=str(grant), code="HW-U125")
    rows = Grant.objects.filter(pk=grant.pk, awaits_approval=True, revoked_at=None)
    if not rows.update(awaits_approval=False, approved_by=by.username):
        raise UsageError(_("This grant does not wait for approval any more."), found=str(grant), code="HW-U125")


def revoke(grant: Grant) -> None:
    """It holds no more, from the next request on."""
    Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=timezone.now())


def set_active(account: Account, *, is_active: bool) -> None:
    """Let an account sign in, or end that and its sessions at once.

    Raises
    ------
    UsageError
        ``HW-U112`` for the last administrator.
    """
    with transaction.atomic():
        if not is_active and list(administrators().values_list("pk", flat=True)[:2]) == [account.pk]:
            raise UsageError(
                _("This is the last administrator."),
                found=account.username,
                remedy=_("Make another one first"),
                code="HW-U112",
            )
        account.is_active = is_active
        account.save(update_fields=["is_active"])
        if not is_active:
            end_sessions(account)


def reset_password(account: Account) -> str:
    """The password is worth nothing any more; a code that sets a new one."""
    with transaction.atomic():
        account.set_password(None)
        account.save(update_fields=["password", "password_changed_at"])
        end_sessions(account)
        return make_code(account)
