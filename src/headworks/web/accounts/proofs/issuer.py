"""Signing in by the office's own identity provider (OpenID Connect): authorization code with PKCE, state and nonce.

The server speaks to the configured issuer and to nothing else: every address that the issuer names must have its own scheme
and host, redirects are not followed. No account is made: an administrator links the subject to one.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from headworks.core.errors import UsageError
from headworks.web.configuration import read_secret

_SECONDS: Final = 10
_LONGEST: Final = 600
_KEPT: Final = "issuer_state"
_SIGNED_BY: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
_STRONG: Final = {"mfa", "otp", "hwk", "swk", "fpt", "face"}


def is_configured() -> bool:
    """Whether there is an identity provider."""
    return bool(settings.SERVER.oidc_issuer and settings.SERVER.oidc_client_id)


def require_sound_issuer(issuer: str) -> None:
    """Refuse an issuer that is not reached by https; on this machine http will do.

    Raises
    ------
    UsageError
        ``HW-U123``.
    """
    parts = urlsplit(issuer)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return
    raise UsageError(
        "The identity provider is not reached by https.", where="[server] oidc_issuer", found=issuer,
        remedy="Give its https address", code="HW-U123",
    )  # fmt: skip


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def begin(request: HttpRequest, then: str) -> str:
    """Where to send the browser; what must come back is kept in the session."""
    verifier, nonce = generate_token(64), generate_token(32)
    address, state = _client(request).create_authorization_url(
        _said()["authorization_endpoint"], code_verifier=verifier, nonce=nonce, redirect_uri=_back(request)
    )
    request.session[_KEPT] = {"state": state, "nonce": nonce, "verifier": verifier, "then": then, "at": int(time.time())}
    return str(address)


def finish(request: HttpRequest) -> tuple[str, bool, str]:
    """Subject the issuer vouches for, whether it asked for a second factor itself, and where to go then.

    Raises
    ------
    UsageError
        ``HW-U124`` when what came back is not what was asked for.
    """
    kept = request.session.pop(_KEPT, None)
    state, code = request.GET.get("state", ""), request.GET.get("code", "")
    if not kept or not code or not hmac.compare_digest(kept["state"], state) or time.time() - kept["at"] > _LONGEST:
        raise _refused(request.GET.get("error", ""))
    try:
        token = _client(request).fetch_token(
            _said()["token_endpoint"], code=code, code_verifier=kept["verifier"], redirect_uri=_back(request),
            timeout=_SECONDS, allow_redirects=False,
        )  # fmt: skip
        claims = _claims(token["id_token"], kept["nonce"])
    except (OAuthError, JoseError, requests.RequestException, KeyError, ValueError) as problem:
        raise _refused(type(problem).__name__) from problem
    subject = f"{settings.SERVER.oidc_issuer.rstrip('/')} {claims['sub']}"
    return subject, bool(_STRONG & set(claims.get("amr", ()))), kept["then"]


def _claims(text: str, nonce: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(_fetch(_said()["jwks_uri"]))
    claims = jwt.decode(text, keys, algorithms=_SIGNED_BY).claims
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": _said()["issuer"]}, aud={"essential": True, "value": settings.SERVER.oidc_client_id},
        exp={"essential": True}, iat={"essential": True}, sub={"essential": True}, leeway=60,
    ).validate(claims)  # fmt: skip
    if not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
        raise ValueError("another nonce")
    return claims


def _refused(found: str) -> UsageError:
    return UsageError(
        _("The identity provider's answer cannot be used."),
        found=found[:80],
        remedy=_("Begin signing in anew"),
        code="HW-U124",
    )


def _client(request: HttpRequest) -> OAuth2Session:
    said = settings.SERVER
    secret = read_secret(said.oidc_client_secret_file) if said.oidc_client_secret_file else None
    return OAuth2Session(
        said.oidc_client_id, secret, scope="openid", redirect_uri=_back(request), code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if secret else "none",
    )  # fmt: skip


def _back(request: HttpRequest) -> str:
    return str(request.build_absolute_uri(reverse("sign-in-issuer-back")))


def _said() -> dict[str, str]:
    # Read again now and then: keys and addresses of an issuer change.
    return _discover(settings.SERVER.oidc_issuer.rstrip("/"), int(time.time()) // 3600)


@lru_cache(maxsize=2)
def _discover(issuer: str, hour: int) -> dict[str, str]:
    require_sound_issuer(issuer)
    said = _fetch(f"{issuer}/.well-known/openid-configuration")
    ours = urlsplit(issuer)
    if str(said.get("issuer", "")).rstrip("/") != issuer:
        raise _refused(str(said.get("issuer")))
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        parts = urlsplit(str(said.get(name, "")))
        if (parts.scheme, parts.netloc) != (ours.scheme, ours.netloc):
            raise _refused(f"{name}: {said.get(name)}")
    return said


def _fetch(address: str) -> Any:
    try:
        answer = requests.get(address, timeout=_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as problem:
        raise _refused(type(problem).__name__) from problem
