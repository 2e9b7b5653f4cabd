"""What is unsafe is named, and keeps the server from addresses that others reach."""

import pytest

from headworks.core.errors import UsageError
from headworks.store import Workspace
from headworks.web.configuration import read_configuration, secret_key, server_folder
from headworks.web.service.findings import configuration_findings, database_findings, is_loopback
from headworks.web.service.start import require_safe

OTHERS = "0.0.0.0"  # noqa: S104


@pytest.fixture
def made(tmp_path):
    """A workspace with settings of a server."""

    def make(*lines):
        workspace = Workspace.create(tmp_path / "W")
        with (workspace.path / "headworks.toml").open("a") as file:
            file.write("\n".join(["", "[server]", *lines, ""]))
        return Workspace.open(workspace.path)

    return make


def codes(workspace, host=OTHERS):
    return [finding.code for finding in configuration_findings(workspace, host)]


def test_on_this_machine_alone_nothing_is_unsafe(made):
    workspace = made()
    assert codes(workspace, "127.0.0.1") == codes(workspace, "::1") == []


def test_an_address_that_others_reach_needs_https_and_names(made):
    workspace = made()
    assert codes(workspace) == ["HW-U104", "HW-U105"]
    with pytest.raises(UsageError, match="not started on an address that others reach") as refused:
        require_safe(workspace, OTHERS)
    assert refused.value.exit_code == 2
    assert "HW-U105" in refused.value.found
    require_safe(workspace, "127.0.0.1")


def test_behind_a_proxy_with_names_it_is_safe(made):
    workspace = made("behind_tls = true", 'allowed_hosts = ["drugs.example.org"]')
    assert codes(workspace) == []
    require_safe(workspace, OTHERS)
    assert read_configuration(workspace).totp_is_required


def test_a_second_factor_is_required_unless_only_this_machine_reaches_it(made, monkeypatch):
    workspace = made()
    assert not read_configuration(workspace).totp_is_required
    monkeypatch.setenv("HEADWORKS_SERVER_REQUIRE_TOTP", "yes")
    assert read_configuration(workspace).totp_is_required


def test_debug_is_for_this_machine_alone(made, monkeypatch):
    monkeypatch.setenv("HEADWORKS_SERVER_DEBUG", "1")
    workspace = made()
    assert "HW-U106" in codes(workspace)
    assert codes(workspace, "127.0.0.1") == []


def test_secrets_that_others_may_read(made, tmp_path):
    url = tmp_path / "url"
    url.write_text("postgresql://x")
    url.chmod(0o644)
    workspace = made(f'database_url_file = "{url}"')
    secret_key(workspace)
    (server_folder(workspace) / "secret.key").chmod(0o640)
    assert codes(workspace, "127.0.0.1") == ["HW-U107", "HW-U107"]
    url.chmod(0o600)
    (server_folder(workspace) / "secret.key").chmod(0o600)
    assert codes(workspace, "127.0.0.1") == []


@pytest.mark.parametrize(
    "lines", [['oidc_issuer = "http://id.example.org"', 'oidc_client_id = "x"'], ['oidc_issuer = "https://id.example.org"']]
)
def test_an_identity_provider_by_http_or_half_set_up(made, lines):
    assert codes(made(*lines), "127.0.0.1") == ["HW-U123"]


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("10.0.0.1", False),
        ("drugs.example.org", False),
    ],
)
def test_what_is_this_machine(host, is_it):
    assert is_loopback(host) is is_it


@pytest.mark.django_db
def test_what_the_database_says(made, account, monkeypatch):
    workspace = made()
    assert [finding.code for finding in database_findings(workspace)] == ["HW-U109"]
    account("administrator")
    assert database_findings(workspace) == []
    account("officer", "99/9901/")
    from headworks.web.access.moved_areas import lost_and_found

    lost_and_found(set())
    assert [finding.code for finding in database_findings(workspace)] == ["HW-U122"]


@pytest.mark.django_db
def test_a_broken_audit_log_is_a_finding(made, account):
    from headworks.web.audit.chain import record
    from headworks.web.audit.models import AuditRow

    account("administrator")
    record("view")
    AuditRow.objects.update(actor="x")
    assert [finding.code for finding in database_findings(made())] == ["HW-U113"]
