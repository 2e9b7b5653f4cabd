"""``headworks serve`` with real processes: begun, killed in every part, ended."""

import json
import os
import signal

import pytest
from tests.copies import copied_workspace
from tests.web.service.served import headworks, is_alive, serving

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(province_made, tmp_path):
    return copied_workspace(province_made.path, tmp_path / "W")


def test_it_begins_survives_kills_and_ends(workspace, tmp_path):
    with serving(workspace, tmp_path / "log") as server:
        server.wait_until(server.answers)
        assert server.code()
        assert server.answers("/first-administrator/")
        assert server.answers("/static/headworks/pages.css")
        before = server.wait_until(lambda: len(found := server.children()) == 2 and found)

        again = headworks("serve", workspace, "--port", "1")
        assert (again.returncode, "HW-U119" in again.stderr) == (2, True)

        os.kill(before["worker"], signal.SIGKILL)
        after = server.wait_until(
            lambda: (found := server.children()).get("worker", before["worker"]) != before["worker"] and found
        )
        os.kill(before["pages"], signal.SIGKILL)
        server.wait_until(lambda: server.children().get("pages", before["pages"]) != before["pages"] and server.answers())
        after = server.children()

        assert server.end() == 0
        assert not any(is_alive(pid) for pid in after.values())
        assert "Ended." in server.log.read_text()
    said = headworks("serve", workspace, "--check", "--json")
    assert said.returncode == 1
    assert [one["code"] for one in json.loads(said.stdout)["findings"]] == ["HW-U109"]


def test_nothing_is_left_when_the_watcher_is_killed(workspace, tmp_path):
    with serving(workspace, tmp_path / "log", "--workers", "1") as server:
        server.wait_until(server.answers)
        children = server.wait_until(lambda: len(found := server.children()) == 2 and found)
        server.end(signal.SIGKILL)
        server.wait_until(lambda: not any(is_alive(pid) for pid in children.values()), 30)
    with serving(workspace, tmp_path / "log", "--workers", "1", "--no-worker") as server:
        server.wait_until(server.answers)
        assert set(server.children()) == {"pages"}
        assert server.end(signal.SIGINT) == 0


def test_an_unsafe_address_is_refused(workspace):
    refused = headworks("serve", workspace, "--host", "0.0.0.0", "--port", "1")  # noqa: S104
    assert refused.returncode == 2
    assert "HW-U104" in refused.stderr
    assert "HW-U105" in refused.stderr


def test_a_database_that_does_not_answer_is_said(workspace, tmp_path):
    url = tmp_path / "url"
    url.write_text("postgresql://nobody@127.0.0.1:1/none")
    url.chmod(0o600)
    said = headworks("serve", workspace, "--port", "1", HEADWORKS_SERVER_DATABASE_URL_FILE=str(url))
    assert said.returncode == 2
    assert "HW-U120" in said.stderr
    said = headworks("serve", workspace, "--check", HEADWORKS_SERVER_DATABASE_URL_FILE=str(url))
    assert said.returncode == 1
    assert "HW-U120" in said.stdout
