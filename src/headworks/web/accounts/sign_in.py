"""Signing in: password, second factor, the office's own provider, one-time codes; and what the session is for."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from headworks.web.access.decorators import signed_in
from headworks.web.access.middleware import PURPOSE_KEY
from headworks.web.access.reader import reader_of
from headworks.web.accounts.forms import PURPOSES, PurposeForm, SecondFactorForm, SignInForm
from headworks.web.accounts.middleware import GATE_KEY, STRONG_KEY
from headworks.web.accounts.models import Account
from headworks.web.accounts.proofs import issuer, second_factor, throttle
from headworks.web.accounts.proofs.networks import browser_of, coarse_network
from headworks.web.audit.middleware import record_change
from headworks.web.frame import PARTS

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_PROVING = "proving"
_PROVING_SECONDS = 300


def begin_session(
    request: HttpRequest, account: Account, how: str, *, then: str = "", is_strong: bool = False
) -> HttpResponse:
    """A new session for an account that proved itself; audited; on to where it wanted."""
    # Whatever was there before goes, also of the same account: Django would keep that key.
    request.session.flush()
    login(request, account, backend=_BACKEND)
    request.session[GATE_KEY] = True
    request.session[STRONG_KEY] = is_strong
    request.session["browser"], request.session["network"] = browser_of(request), coarse_network(request)
    record_change(request, "sign_in", actor=account.username, object_kind="account", object_id=account.username, detail=how)
    response = HttpResponseRedirect(then or _landing(account))
    remember_language(response, account.language)
    return response


def _landing(account: Account) -> str:
    """The first part of the bar that the account may see; its settings where there is none."""
    reader = reader_of(account)
    return reverse(next((part.route for part in PARTS if reader.has_any(part.scopes)), "settings"))


def remember_language(response: HttpResponse, language: str) -> None:
    """Pages come in this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86_400, samesite="Lax", secure=settings.SERVER.behind_tls
    )


def wanted(request: HttpRequest) -> str:
    """Where the browser wanted to go, if that is here."""
    said = str(request.POST.get("next") or request.GET.get("next") or "")
    is_ours = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    return said if is_ours else ""


def too_often(seconds: int) -> str:
    """What somebody reads who has to wait; the same whether the account exists or not."""
    said = ngettext("Too many attempts. Try again in %(n)d second.", "Too many attempts. Try again in %(n)d seconds.", seconds)
    return said % {"n": seconds}


@never_cache
@sensitive_post_parameters()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        username, password = form.cleaned_data["username"], form.cleaned_data["password"]
        keys = throttle.keys_of(request, username)
        wait = throttle.count_attempt(keys)
        account: Any = None if wait else authenticate(request, username=username, password=password)
        if account is not None:
            throttle.forget_attempt(keys)
            return _first_proved(request, account)
        status = 429 if wait else 200
        form.add_error(None, too_often(wait) if wait else _("This sign-in name and password do not go together."))
        if not wait:
            _record_refusal(request, username, "password")
    context = {"form": form, "next": wanted(request), "issuer": settings.SERVER.oidc_button if issuer.is_configured() else ""}
    if issuer.is_configured():
        context["issuer"] = settings.SERVER.oidc_button or _("Sign in with the account of your office")
    return render(request, "accounts/sign_in.html", context, status=status)


def _first_proved(request: HttpRequest, account: Account) -> HttpResponse:
    """Password or provider said who it is; whoever has a device is asked for its code."""
    if account.totp_confirmed_at is None:
        return begin_session(request, account, "password", then=wanted(request))
    request.session.flush()
    request.session[_PROVING] = {"pk": account.pk, "at": int(time.time()), "next": wanted(request)}
    return redirect("sign-in-code")


def _record_refusal(request: HttpRequest, username: str, how: str) -> None:
    """Only names of accounts are written down: somebody may have typed a password there."""
    is_known = Account.objects.filter(username=username).exists()
    record_change(
        request, "sign_in_refused", object_kind="account", object_id=username if is_known else "(unknown)", detail=how
    )  # fmt: skip


@never_cache
@sensitive_post_parameters()
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The second factor."""
    proving = request.session.get(_PROVING)
    account = Account.objects.filter(pk=proving["pk"], is_active=True).first() if proving else None
    if account is None or time.time() - proving["at"] > _PROVING_SECONDS:
        request.session.flush()
        return redirect("sign-in")
    form = SecondFactorForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        keys = throttle.keys_of(request, account.username, "second factor")
        wait = throttle.count_attempt(keys)
        how = "" if wait else second_factor.passes(account, form.cleaned_data["code"])
        if how:
            throttle.forget_attempt(keys)
            request.session.pop(_PROVING, None)
            return begin_session(request, account, f"password and {how}", then=proving["next"])
        status = 429 if wait else 200
        form.add_error("code", too_often(wait) if wait else _("This code is not right, or was used already."))
        if not wait:
            _record_refusal(request, account.username, "second factor")
    return render(request, "accounts/sign_in_code.html", {"form": form}, status=status)


@never_cache
@require_POST
def sign_in_issuer(request: HttpRequest) -> HttpResponse:
    """On to the office's own provider."""
    if not issuer.is_configured():
        return redirect("sign-in")
    return HttpResponseRedirect(issuer.begin(request, wanted(request)))


@never_cache
def sign_in_issuer_back(request: HttpRequest) -> HttpResponse:
    """Back from it."""
    if not issuer.is_configured():
        return redirect("sign-in")
    subject, is_strong, then = issuer.finish(request)
    account = Account.objects.filter(external_subject=subject, is_active=True).first()
    if account is None:
        record_change(request, "sign_in_refused", object_kind="account", object_id="(not linked)", detail="issuer")
        return render(request, "accounts/not_linked.html", {"subject": subject}, status=403)
    if account.totp_confirmed_at is not None and not is_strong:
        request.session.flush()
        request.session[_PROVING] = {"pk": account.pk, "at": int(time.time()), "next": then}
        return redirect("sign-in-code")
    return begin_session(request, account, "issuer", then=then, is_strong=is_strong)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The session ends here, not in the browser only."""
    if request.user.is_authenticated:
        record_change(request, "sign_out", object_kind="account", object_id=request.user.username)
    logout(request)
    response = redirect("front")
    # Whatever a browser kept of the pages goes too.
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@signed_in()
def purpose(request: HttpRequest) -> HttpResponse:
    """What this session is for: asked once, written beside every row of the audit log."""
    form = PurposeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen, note = form.cleaned_data["purpose"], form.cleaned_data["note"]
        request.session[PURPOSE_KEY] = f"{chosen}: {note}" if note else chosen
        record_change(request, "purpose", object_kind="session", purpose=request.session[PURPOSE_KEY])
        messages.success(request, _("Noted: %(purpose)s") % {"purpose": PURPOSES[chosen]})
        return HttpResponseRedirect(wanted(request) or _landing(request.user))
    return render(request, "accounts/purpose.html", {"form": form, "next": wanted(request)})
