"""One's own account: language, password, second factor, sessions, tokens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from headworks.core.errors import UsageError
from headworks.web.access.decorators import signed_in
from headworks.web.access.middleware import PURPOSE_KEY
from headworks.web.accounts.area_search import area_path
from headworks.web.accounts.forms import ChangePassword, OwnSettings, SecondFactorForm, TokenForm
from headworks.web.accounts.middleware import GATE_KEY, STRONG_KEY
from headworks.web.accounts.models import ApiToken
from headworks.web.accounts.proofs import second_factor, throttle
from headworks.web.accounts.proofs.drawn import digest_of
from headworks.web.accounts.sessions import end_sessions
from headworks.web.accounts.sign_in import remember_language, too_often, wanted
from headworks.web.accounts.tokens import make_token, revoke_token
from headworks.web.accounts.with_code import set_password
from headworks.web.audit.middleware import record_change

_CANDIDATE = "second_factor_candidate"
_KEPT = (GATE_KEY, STRONG_KEY, PURPOSE_KEY, "browser", "network")


@signed_in()
def own_settings(request: HttpRequest) -> HttpResponse:
    """Everything of one's own on one page."""
    form = OwnSettings(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        account = form.save()
        record_change(request, "language", object_kind="account", object_id=account.username, detail=account.language)
        with override(account.language):
            messages.success(request, _("Pages come in this language from now on."))
        response = HttpResponseRedirect(reverse("settings"))
        remember_language(response, account.language)
        return response
    here = digest_of(request.session.session_key or "")
    context = {
        "form": form, "sessions": request.user.sessions.filter(expire_date__gt=timezone.now()).order_by("-last_used_at"),
        "here": here, "tokens": request.user.tokens.order_by("-created_at"), "now": timezone.now(),
        "recovery_left": request.user.recovery_codes.filter(used_at=None).count(),
        "is_required": second_factor.is_required(request.reader),  # type: ignore[attr-defined]
    }  # fmt: skip
    return render(request, "accounts/settings.html", context)


@signed_in()
@sensitive_post_parameters()
def own_password(request: HttpRequest) -> HttpResponse:
    """A new password; all other sessions end, this one gets a new key."""
    form = ChangePassword(request.POST or None, account=request.user)
    status = 200
    if request.method == "POST":
        keys = throttle.keys_of(request, request.user.username, "password")
        wait = throttle.count_attempt(keys)
        if not wait and form.is_valid():
            throttle.forget_attempt(keys)
            kept = {key: request.session[key] for key in _KEPT if key in request.session}
            set_password(request, request.user, form.cleaned_data["new_password"], "changed")
            request.session.flush()
            login(request, request.user, backend="django.contrib.auth.backends.ModelBackend")
            request.session.update(kept)
            messages.success(request, _("The password is changed; your other sessions have ended."))
            return HttpResponseRedirect(wanted(request) or reverse("settings"))
        if wait:
            status = 429
            form = ChangePassword(account=request.user)
            messages.error(request, too_often(wait))
    return render(request, "accounts/password.html", {"form": form, "next": wanted(request)}, status=status)


@signed_in()
@sensitive_post_parameters()
def own_second_factor(request: HttpRequest) -> HttpResponse:
    """Take a device into use, or a new one after the old one has proved itself."""
    account = request.user
    has_one = account.totp_confirmed_at is not None
    secret = request.session.get(_CANDIDATE) or second_factor.new_secret()
    request.session[_CANDIDATE] = secret
    form = SecondFactorForm(request.POST if request.method == "POST" and not has_one else None)
    form.fields["code"].label = _("Six digits that the device shows")
    if form.is_bound and form.is_valid():
        codes = second_factor.enrol(account, secret, form.cleaned_data["code"])
        if codes is not None:
            request.session.pop(_CANDIDATE)
            record_change(request, "second_factor_on", object_kind="account", object_id=account.username)
            return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": wanted(request)})
        form.add_error("code", _("This code is not right. Is the device's clock right?"))
    context = {
        "form": form, "has_one": has_one, "secret": secret, "picture": second_factor.picture_of(account, secret),
        "is_required": second_factor.is_required(request.reader), "off": SecondFactorForm(),  # type: ignore[attr-defined]
        "next": wanted(request),
    }  # fmt: skip
    return render(request, "accounts/second_factor.html", context)


@signed_in()
@require_POST
def second_factor_off(request: HttpRequest) -> HttpResponse:
    """Take it off, by proving it once more."""
    keys = throttle.keys_of(request, request.user.username, "second factor")
    wait = throttle.count_attempt(keys)
    if not wait and second_factor.passes(request.user, request.POST.get("code", "")):
        throttle.forget_attempt(keys)
        second_factor.take_off(request.user)
        record_change(request, "second_factor_off", object_kind="account", object_id=request.user.username)
        messages.success(request, _("The second factor is off."))
    else:
        messages.error(request, too_often(wait) if wait else _("This code is not right, or was used already."))
    return redirect("own-second-factor")


@signed_in()
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all others."""
    which = request.POST.get("session", "")
    if which == "others":
        ended = end_sessions(request.user, but=request.session.session_key)
    else:
        ended = request.user.sessions.filter(session_key=which).delete()[0]
    record_change(request, "session_ended", object_kind="account", object_id=request.user.username, detail=f"{ended} sessions")
    messages.success(request, _("Ended."))
    return redirect("settings")


@signed_in()
@sensitive_post_parameters()
def new_token(request: HttpRequest) -> HttpResponse:
    """A token for a program; its text is shown this once."""
    reader = request.reader  # type: ignore[attr-defined]
    form = TokenForm(request.POST or None, reader=reader)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            path = _own_path(request, said["scopes"], said["area"])
        except UsageError as problem:
            form.add_error("area", problem.found or problem.what)
            return render(request, "accounts/new_token.html", {"form": form})
        token, text = make_token(
            request.user, said["name"], said["scopes"], form.ends(), only_path=path, purpose=reader.purpose
        )  # fmt: skip
        detail = {"name": token.name, "scopes": token.scopes, "until": token.expires_at.isoformat()}
        record_change(request, "token_made", object_kind="token", object_id=str(token.pk), area_path=path, detail=detail)
        return render(request, "accounts/new_token.html", {"text": text, "token": token})
    return render(request, "accounts/new_token.html", {"form": form})


def _own_path(request: HttpRequest, scopes: list[str], text: str) -> str:
    """Path of an area of one's own."""
    if not text.strip():
        return ""
    return next(
        area_path(text, request.reader, scope)  # type: ignore[attr-defined]
        for scope in (*scopes, "")
        if not scope or request.reader.has(scope)  # type: ignore[attr-defined]
    )


@signed_in()
@require_POST
def end_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one's own token."""
    token = get_object_or_404(ApiToken, pk=pk, account=request.user)
    revoke_token(token)
    record_change(request, "token_revoked", object_kind="token", object_id=str(token.pk))
    messages.success(request, _("The token is worth nothing any more."))
    return redirect("settings")
