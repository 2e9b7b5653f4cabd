"""The office's own sign-in, against a provider that runs on this machine and signs with a real key."""

import base64
import dataclasses
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from joserfc import jwt
from joserfc.jwk import RSAKey

from headworks.core.errors import UsageError
from headworks.web.accounts.models import Account, AccountSession
from headworks.web.accounts.proofs import issuer

pytestmark = pytest.mark.django_db


class Provider(BaseHTTPRequestHandler):
    """Authorization code with PKCE, and the lies a test asks for."""

    def do_GET(self):
        if self.path == "/.well-known/openid-configuration":
            here = self.server.address
            said = {
                "issuer": here,
                "authorization_endpoint": f"{here}/authorize",
                "token_endpoint": f"{here}/token",
                "jwks_uri": f"{here}/keys",
            }
            self._answer(said | self.server.metadata)
        else:
            self._answer({"keys": [self.server.key.as_dict(private=False)]})

    def do_POST(self):
        said = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        challenge = base64.urlsafe_b64encode(hashlib.sha256(said["code_verifier"][0].encode()).digest()).rstrip(b"=").decode()
        if challenge != self.server.asked["code_challenge"][0]:
            self._answer({"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = {
            "iss": self.server.address,
            "aud": "headworks",
            "sub": "officer 7",
            "iat": now,
            "exp": now + 60,
            "nonce": self.server.asked["nonce"][0],
        }
        text = jwt.encode({"alg": "RS256"}, claims | self.server.claims, self.server.signing_key)
        self._answer({"access_token": "x", "token_type": "Bearer", "id_token": text})

    def _answer(self, content, status=200):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def provider(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    server.address = f"http://127.0.0.1:{server.server_port}"
    server.key = server.signing_key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    server.metadata, server.claims, server.asked = {}, {}, {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SERVER = dataclasses.replace(settings.SERVER, oidc_issuer=server.address, oidc_client_id="headworks")
    issuer._discover.cache_clear()
    yield server
    server.shutdown()
    server.server_close()


def go(client, server, then="/settings/"):
    """Through the provider and back; the address that the browser comes back with."""
    answer = client.post("/sign-in/office/", {"next": then})
    server.asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    return f"/sign-in/office/back/?code=c&state={server.asked['state'][0]}"


@pytest.fixture
def linked(account, provider):
    made = account("sampler", username="known", tier="public")
    Account.objects.filter(pk=made.pk).update(external_subject=f"{provider.address} officer 7")
    return made


def test_a_linked_account_signs_in(linked, provider, client):
    back = go(client, provider)
    assert provider.asked["code_challenge_method"] == ["S256"]
    assert provider.asked["scope"] == ["openid"]
    answer = client.get(back)
    assert answer.headers["Location"] == "/settings/"
    assert client.get("/settings/").status_code == 200


def test_nobody_is_made_who_was_not_linked(provider, client):
    answer = client.get(go(client, provider))
    assert answer.status_code == 403
    assert f"{provider.address} officer 7" in answer.content.decode()
    assert not Account.objects.exists()
    assert not AccountSession.objects.exclude(account=None).exists()


def test_a_disabled_account_does_not_sign_in(linked, provider, client):
    Account.objects.update(is_active=False)
    assert client.get(go(client, provider)).status_code == 403


def test_what_comes_back_must_be_what_was_asked_for(linked, provider, client):
    back = go(client, provider)
    assert "HW-U124" in client.get("/sign-in/office/back/?code=c&state=other").content.decode()
    assert "HW-U124" in client.get(back).content.decode()
    assert "HW-U124" in Client().get(back).content.decode()


def test_an_answer_is_good_once(linked, provider, client):
    back = go(client, provider)
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    assert client.get(back).status_code == 400


@pytest.mark.parametrize(
    "lie",
    [{"nonce": "other"}, {"aud": "somebody else"}, {"iss": "https://evil.example"}, {"exp": 1}, {"sub": None}],
)
def test_a_statement_that_is_not_for_us_now_is_refused(linked, provider, client, lie):
    provider.claims = lie
    answer = client.get(go(client, provider))
    assert answer.status_code == 400
    assert "HW-U124" in answer.content.decode()


def test_a_statement_signed_by_another_key_is_refused(linked, provider, client):
    provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    assert client.get(go(client, provider)).status_code == 400


@pytest.mark.parametrize("name", ["token_endpoint", "jwks_uri", "authorization_endpoint", "issuer"])
def test_the_server_speaks_to_no_other_host(linked, provider, client, name):
    provider.metadata = {name: "http://169.254.169.254/latest"}
    assert client.post("/sign-in/office/", {}).status_code == 400


@pytest.mark.parametrize("address", ["http://id.example.org", "ftp://127.0.0.1", "file:///etc/passwd", "https://"])
def test_an_issuer_is_reached_by_https(address):
    with pytest.raises(UsageError, match="not reached by https"):
        issuer.require_sound_issuer(address)


def test_a_device_is_asked_for_unless_the_provider_did(linked, provider, client):
    Account.objects.update(totp_secret="A" * 32, totp_confirmed_at="2026-01-01T00:00Z")
    assert client.get(go(client, provider)).headers["Location"] == "/sign-in/code/"
    provider.claims = {"amr": ["pwd", "otp"]}
    assert client.get(go(client, provider)).headers["Location"] == "/settings/"


def test_without_a_provider_there_is_no_such_way_in(client):
    assert client.post("/sign-in/office/").headers["Location"] == "/sign-in/"
    assert client.get("/sign-in/office/back/?code=c&state=s").headers["Location"] == "/sign-in/"
