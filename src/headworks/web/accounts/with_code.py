"""Passwords that are set with a one-time code: the first administrator, a new account, one who forgot."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from headworks.web.access.models import Grant
from headworks.web.access.policy import NotVisible
from headworks.web.accounts.forms import FirstAdministrator, PasswordByCode
from headworks.web.accounts.models import Account
from headworks.web.accounts.proofs import throttle
from headworks.web.accounts.proofs.codes import administrators, use_code
from headworks.web.accounts.sessions import end_sessions
from headworks.web.accounts.sign_in import begin_session, too_often
from headworks.web.audit.middleware import record_change

FIRST = "(first administrator)"


def _wrong_code() -> str:
    return _("This code is not right, was used already, or is older than a day.")


@never_cache
@sensitive_post_parameters()
def first_administrator(request: HttpRequest) -> HttpResponse:
    """Make the first administrator with the code that the server printed; not there once there is one."""
    if administrators().exists():
        raise NotVisible("there is an administrator")
    form = FirstAdministrator(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/first_administrator.html", {"form": form})
    keys = throttle.keys_of(request, FIRST, "code")
    wait = throttle.count_attempt(keys)
    said = form.cleaned_data
    if not wait and not Account.objects.filter(username=said["username"]).exists():
        with transaction.atomic():
            if use_code(said["code"], None):
                account = Account.objects.create_account(said["username"], said["new_password"], label=said["label"])
                Grant.objects.create(account=account, role="administrator", area_path="", granted_by=FIRST)
                record_change(
                    request, "account_made", actor=account.username, object_kind="account", object_id=account.username,
                    detail="first administrator",
                )  # fmt: skip
                throttle.forget_attempt(keys)
                return begin_session(request, account, "one-time code")
    elif not wait:
        form.add_error("username", _("This sign-in name is taken."))
    if not form.errors:
        form.add_error("code", too_often(wait) if wait else _wrong_code())
    return render(request, "accounts/first_administrator.html", {"form": form}, status=429 if wait else 200)


@never_cache
@sensitive_post_parameters()
def password_by_code(request: HttpRequest) -> HttpResponse:
    """Set a password with a code that an administrator gave."""
    form = PasswordByCode(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/password_by_code.html", {"form": form})
    said = form.cleaned_data
    keys = throttle.keys_of(request, said["username"], "code")
    wait = throttle.count_attempt(keys)
    account = Account.objects.filter(username=said["username"], is_active=True).first()
    if not wait and account is not None and use_code(said["code"], account):
        set_password(request, account, said["new_password"], "one-time code")
        throttle.forget_attempt(keys)
        messages.success(request, _("The password is set. Sign in with it."))
        return redirect("sign-in")
    form.add_error("code", too_often(wait) if wait else _wrong_code())
    return render(request, "accounts/password_by_code.html", {"form": form}, status=429 if wait else 200)


def set_password(request: HttpRequest, account: Account, password: str, how: str) -> None:
    """A new password; every session of the account ends."""
    with transaction.atomic():
        account.set_password(password)
        account.must_change_password = False
        account.save()
        end_sessions(account)
        record_change(
            request, "password_set", actor=account.username, object_kind="account", object_id=account.username, detail=how
        )  # fmt: skip
