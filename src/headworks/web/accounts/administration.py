"""Keeping accounts: who there is, what they were granted, and every change of it, audited in its own transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from headworks.core.errors import UsageError
from headworks.web.access.decorators import signed_in
from headworks.web.access.models import AreaNode, Grant
from headworks.web.access.moved_areas import lost_grants
from headworks.web.access.policy import NotVisible
from headworks.web.access.roles import ROLE_WORDS, ROLES, SCOPES, TIER_WORDS
from headworks.web.accounts.area_search import area_path, find_areas
from headworks.web.accounts.grants import (
    Order,
    approve,
    give,
    may_change,
    require_account,
    require_change,
    reset_password,
    revoke,
    set_active,
    visible_accounts,
)
from headworks.web.accounts.models import Account
from headworks.web.accounts.proofs.codes import make_code
from headworks.web.accounts.proofs.second_factor import take_off
from headworks.web.accounts.sessions import end_sessions
from headworks.web.audit.chain import digest
from headworks.web.audit.middleware import about, record_change

_PAGE = 100


class NewAccount(forms.ModelForm):
    """An account without a password: a one-time code sets it."""

    area = forms.CharField(
        label=gettext_lazy("Kept in the area"), max_length=64, required=False,
        help_text=gettext_lazy("Code or name; empty for everywhere. Administrators of this area keep the account."),
    )  # fmt: skip
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    class Meta:
        """No name of anybody."""

        model = Account
        fields = ("username", "label", "language")


class GrantForm(forms.Form):
    """A role on an area."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=[(role, ROLE_WORDS[role]) for role in ROLES])
    area = forms.CharField(
        label=gettext_lazy("Area"), max_length=64, help_text=gettext_lazy("Code or name; * for everything.")
    )  # fmt: skip
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), choices=list(TIER_WORDS.items()))
    starts = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )  # fmt: skip
    ends = forms.DateField(
        label=gettext_lazy("Until the end of"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )  # fmt: skip


def _reader(request: HttpRequest) -> Any:
    return request.reader  # type: ignore[attr-defined]


@signed_in("administer")
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts that the reader keeps, grants that wait, and grants whose area is gone."""
    reader = _reader(request)
    rows = visible_accounts(reader)
    said = request.GET.get("q", "").strip()
    if said:
        rows = rows.filter(username__icontains=said) | rows.filter(label__icontains=said)
    rows = rows.order_by("username").prefetch_related("grants")
    now = timezone.now()
    shown = [
        {"account": row, "grants": [one for one in row.grants.all() if is_in_force(one, now)]} for row in rows[:_PAGE]
    ]  # fmt: skip
    mine = visible_accounts(reader).values("pk")
    context = {
        "rows": shown, "total": rows.count(), "q": said, "paths": _names([g for row in shown for g in row["grants"]]),
        "waiting": Grant.objects.filter(awaits_approval=True, revoked_at=None, account__in=mine).select_related("account"),
        "lost": [grant for grant in lost_grants() if reader.has("administer", grant.area_path)],
    }  # fmt: skip
    about(request, "accounts")
    return render(request, "accounts/index.html", context)


def is_in_force(grant: Grant, now: dt.datetime) -> bool:
    """As :meth:`Grant.in_force`, of a row that is already here."""
    is_open = not (grant.revoked_at or grant.awaits_approval or grant.area_lost_at)
    return is_open and grant.valid_from <= now and (grant.valid_to is None or grant.valid_to > now)


def _names(grants: list[Grant]) -> dict[str, AreaNode]:
    return {area.path: area for area in AreaNode.objects.filter(path__in={grant.area_path for grant in grants})}


@signed_in("administer")
def new_account(request: HttpRequest) -> HttpResponse:
    """Make one; its one-time code is shown this once."""
    reader = _reader(request)
    form = NewAccount(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            path = area_path(form.cleaned_data["area"], reader)
            if not reader.has("administer", path):
                raise UsageError(_("You do not keep this area."), code="HW-U114")
        except UsageError as problem:
            form.add_error("area", problem.found or problem.what)
        else:
            with transaction.atomic():
                made = form.save(commit=False)
                made.area_path = path
                made.set_password(None)
                made.save()
                code = make_code(made)
                record_change(request, "account_made", object_kind="account", object_id=made.username, area_path=path)
            return render(request, "accounts/code.html", {"account": made, "code": code})
    return render(request, "accounts/new.html", {"form": form})


@signed_in("administer")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its grants, past ones too, and what can be done."""
    found = require_account(_reader(request), pk)
    about(request, "account", found.username, found.area_path)
    return _one(request, found, GrantForm(initial={"tier": "public"}))


def _one(request: HttpRequest, found: Account, form: GrantForm, hits: list[AreaNode] | None = None) -> HttpResponse:
    held = list(found.grants.order_by("revoked_at", "-valid_from"))
    now = timezone.now()
    context = {
        "account": found, "form": form, "hits": hits, "paths": _names(held), "may_change": may_change(_reader(request), found),
        "grants": [{"grant": one, "holds": is_in_force(one, now)} for one in held],
        "sessions": found.sessions.filter(expire_date__gt=now).count(), "roles": _roles(),
        "tokens": found.tokens.filter(revoked_at=None, expires_at__gt=now).count(),
    }  # fmt: skip
    return render(request, "accounts/one.html", context)


def _roles() -> list[dict[str, Any]]:
    return [{"role": ROLE_WORDS[role], "may": [SCOPES[scope] for scope in scopes]} for role, scopes in ROLES.items()]


@signed_in("administer")
def areas(request: HttpRequest) -> HttpResponse:
    """Which area is meant, as rows to choose from."""
    said = request.GET.get("q", "")
    return render(request, "accounts/areas.html", {"hits": find_areas(_reader(request), said), "q": said})


@signed_in("administer")
@require_POST
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a role on an area."""
    reader = _reader(request)
    found = require_account(reader, pk)
    form = GrantForm(request.POST)
    if not form.is_valid():
        return _one(request, found, form)
    said = dict(form.cleaned_data)
    try:
        order = Order(said["role"], area_path(said["area"], reader), said["tier"], _begin(said["starts"]), _end(said["ends"]))
        with transaction.atomic():
            given = give(found, order, by=reader, given_by=reader.username)
            detail = {"role": given.role, "tier": given.tier, "to": str(given.valid_to or ""), "waits": given.awaits_approval}
            is_alone = reader.account_id == found.pk and not given.awaits_approval
            record_change(
                request, "grant_to_self" if is_alone else "grant_given", object_kind="account", object_id=found.username,
                area_path=given.area_path, after=digest(detail), detail=detail,
            )  # fmt: skip
    except UsageError as problem:
        form.add_error("area", f"{problem.what} {problem.found}")
        return _one(request, found, form, find_areas(reader, said["area"]))
    messages.success(request, _("It waits for another administrator.") if given.awaits_approval else _("Granted."))
    return redirect("accounts-one", pk)


def _begin(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _end(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else timezone.make_aware(dt.datetime.combine(day, dt.time.max))


@signed_in("administer")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a grant that waits, or revoke one."""
    reader = _reader(request)
    held = Grant.objects.filter(pk=pk).select_related("account").first()
    if held is None or not reader.has("administer", held.area_path):
        raise NotVisible(f"grant {pk}")
    require_account(reader, held.account_id)
    action = request.POST.get("action")
    with transaction.atomic():
        if action == "approve":
            approve(held, reader)
        else:
            revoke(held)
        record_change(
            request, "grant_approved" if action == "approve" else "grant_revoked", object_kind="account",
            object_id=held.account.username, area_path=held.area_path, detail={"role": held.role, "tier": held.tier},
        )  # fmt: skip
    messages.success(request, _("Approved.") if action == "approve" else _("Revoked."))
    return redirect("accounts-one", held.account_id)


@signed_in("administer")
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it sign in or not, a new password, no second factor, another subject, no sessions."""
    found = require_account(_reader(request), pk)
    require_change(_reader(request), found)
    action = request.POST.get("action", "")
    code = ""
    with transaction.atomic():
        if action in ("disable", "enable"):
            set_active(found, is_active=action == "enable")
        elif action == "reset_password":
            code = reset_password(found)
        elif action == "second_factor_off":
            take_off(found)
            end_sessions(found)
        elif action == "end_sessions":
            end_sessions(found)
        elif action == "link":
            found.external_subject = request.POST.get("subject", "").strip()[:255] or None
            found.save(update_fields=["external_subject"])
        else:
            raise NotVisible(action)
        record_change(request, f"account_{action}", object_kind="account", object_id=found.username, area_path=found.area_path)
    if code:
        return render(request, "accounts/code.html", {"account": found, "code": code})
    messages.success(request, _("Done."))
    return redirect("accounts-one", pk)
