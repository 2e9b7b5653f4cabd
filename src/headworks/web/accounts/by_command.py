"""Accounts kept by whoever has the machine: one by one, or many from a table. All of it is audited as the command line's."""

from __future__ import annotations

import csv
import datetime as dt
import os
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from headworks.core.errors import DataRefused, HeadworksError, UsageError
from headworks.web.access.models import Grant
from headworks.web.accounts.area_search import area_path
from headworks.web.accounts.grants import Order, give, set_active
from headworks.web.accounts.models import Account
from headworks.web.accounts.proofs.codes import make_code
from headworks.web.audit.chain import record

BY = "(command line)"
_MOST_ROWS = 20_000


class AccountLine(NamedTuple):
    """An account and a grant of it, as they are typed."""

    username: str
    label: str = ""
    role: str = ""
    area: str = "*"
    tier: str = "public"
    until: str = ""
    language: str = "en"


def add_account(said: AccountLine) -> str:
    """Make an account, with a grant if a role is said; the one-time code that sets its password.

    Raises
    ------
    UsageError
        ``HW-U112`` for a sign-in name that is taken or is none, ``HW-U114`` for a grant that cannot be given.
    """
    if said.language not in dict(settings.LANGUAGES):
        raise UsageError("There is no such language.", found=said.language, remedy="en, zh-hans or ja", code="HW-U112")
    with transaction.atomic():
        path = area_path(said.area) if said.role else ""
        try:
            made = Account.objects.create_account(
                said.username, label=said.label, language=said.language, area_path="" if said.role == "administrator" else path
            )
        except ValidationError as problem:
            raise UsageError(
                "An account cannot be called so.", found=f"{said.username}: {'; '.join(problem.messages)}",
                remedy="Use 2 to 64 small letters, digits, . - and _", code="HW-U112",
            ) from problem  # fmt: skip
        record("account_made", actor=BY, object_kind="account", object_id=made.username, area_path=path)
        if said.role:
            _grant(made, said)
        return make_code(made)


def _grant(account: Account, said: AccountLine) -> Grant:
    order = Order(said.role, area_path(said.area), said.tier, valid_to=_until(said.until))
    given = give(account, order, by=None, given_by=BY)
    detail = {"role": given.role, "tier": given.tier, "to": str(given.valid_to or "")}
    record(
        "grant_given", actor=BY, object_kind="account", object_id=account.username, area_path=given.area_path, detail=detail
    )  # fmt: skip
    return given


def _until(text: str) -> dt.datetime | None:
    if not text.strip():
        return None
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError as problem:
        raise UsageError("This is not a day.", found=text, remedy="Give 2027-06-30", code="HW-U114") from problem
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


def require_named(username: str) -> Account:
    """The account of a name.

    Raises
    ------
    UsageError
        ``HW-U112``.
    """
    found: Account | None = Account.objects.filter(username=username).first()
    if found is None:
        raise UsageError("There is no such account.", found=username, remedy="headworks user list", code="HW-U112")
    return found


def grant_role(username: str, role: str, area: str, tier: str, until: str) -> str:
    """Give a role; what was given, in words.

    Raises
    ------
    UsageError
        ``HW-U112``, ``HW-U114``.
    """
    account = require_named(username)
    with transaction.atomic():
        return _words(_grant(account, AccountLine(username, role=role, area=area, tier=tier, until=until)))


def disable_account(username: str) -> None:
    """It may sign in no more.

    Raises
    ------
    UsageError
        ``HW-U112`` when there is none, or it is the last administrator.
    """
    account = require_named(username)
    with transaction.atomic():
        set_active(account, is_active=False)
        record("account_disable", actor=BY, object_kind="account", object_id=username)


def _words(grant: Grant) -> str:
    until = f" until {grant.valid_to:%Y-%m-%d}" if grant.valid_to else ""
    return f"{grant.role} on {grant.area_path or 'everything'} as {grant.tier}{until}"


def account_rows() -> list[dict[str, Any]]:
    """Every account with what it holds now."""
    held: dict[int, list[str]] = {}
    for grant in Grant.objects.filter(Grant.in_force(timezone.now())).order_by("pk"):
        held.setdefault(grant.account_id, []).append(_words(grant))
    return [
        {"username": one.username, "label": one.label, "is_active": one.is_active, "grants": held.get(one.pk, [])}
        for one in Account.objects.order_by("username")
    ]


def import_accounts(file: Path, codes: Path) -> tuple[int, int]:
    """Make the accounts of a table, all or none; how many accounts and grants.

    A name that stands in several rows is one account with several grants; one that is there already only gets the grants.

    Raises
    ------
    DataRefused
        ``HW-U115`` with every row that is at fault.
    """
    lines = _read(file)
    made: dict[str, str] = {}
    faults: list[str] = []
    with transaction.atomic():
        for number, said in lines:
            try:
                with transaction.atomic():
                    account = Account.objects.filter(username=said.username).first()
                    if account is None:
                        made[said.username] = add_account(said)
                    elif said.role:
                        _grant(account, said)
            except HeadworksError as problem:
                faults.append(f"row {number}: {problem.what} {problem.found}".strip())
        if faults:
            raise DataRefused(
                "Rows of the table cannot be taken; none was.", where=str(file), found="; ".join(faults[:50]),
                remedy="Correct them and import the file again", code="HW-U115",
            )  # fmt: skip
        # Inside: without their codes the accounts would be of no use.
        _write_codes(codes, made)
    return len(made), sum(bool(said.role) for _, said in lines)


def _read(file: Path) -> list[tuple[int, AccountLine]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            unknown = set(reader.fieldnames or ()) - set(AccountLine._fields)
            if "username" not in (reader.fieldnames or ()) or unknown:
                raise DataRefused(
                    "The table has other columns than accounts have.", where=str(file), found=", ".join(map(str, unknown)),
                    remedy="Use " + ", ".join(AccountLine._fields), code="HW-U115",
                )  # fmt: skip
            rows = [(number, row) for number, row in enumerate(reader, 2) if any(row.values())]
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise DataRefused("The table cannot be read.", where=str(file), found=str(problem), code="HW-U115") from problem
    if len(rows) > _MOST_ROWS:
        raise DataRefused("The table is too long.", where=str(file), found=f"{len(rows)} rows", code="HW-U115")
    return [(number, AccountLine(**{key: text.strip() for key, text in row.items() if key and text})) for number, row in rows]


def _write_codes(codes: Path, made: dict[str, str]) -> None:
    try:
        handle = os.open(codes, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise UsageError(
            "The file of codes cannot be written.", where=str(codes), found=problem.strerror or "",
            remedy="Name a file that is not there yet", code="HW-U115",
        ) from problem  # fmt: skip
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("username", "code"), *made.items()])
