"""serve --check, user, audit, backup and restore as an operator types them, each in a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.web.service.served import headworks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("served") / "W"
    assert headworks("init", made).returncode == 0
    assert headworks("user", "add", made, "boss", "--role", "administrator").returncode == 0
    return made


def test_a_new_account_comes_with_a_code_and_no_password(folder: Path) -> None:
    said = headworks("user", "add", folder, "officer-1", "--label", "county office", "--role", "officer", "--tier", "steward")
    assert said.returncode == 0
    assert said.stdout.startswith("officer-1: ")
    assert len(said.stdout.strip().split(": ")[1]) == 29
    listed = headworks("user", "list", folder).stdout
    assert "officer-1 · county office" in listed
    assert "officer on everything as steward" in listed
    assert headworks("user", "grant", folder, "officer-1", "sampler", "--until", "2099-01-01").returncode == 0
    assert headworks("user", "disable", folder, "officer-1").returncode == 0
    assert "officer-1 (may not sign in)" in headworks("user", "list", folder).stdout


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["user", "add", "W", "Not A Name"], "HW-U112", 2),
        (["user", "disable", "W", "nobody"], "HW-U112", 2),
        (["user", "disable", "W", "boss"], "HW-U112", 2),
        (["user", "grant", "W", "boss", "king"], "HW-U114", 2),
        (["user", "import", "W", "none.csv", "--codes", "codes.csv"], "HW-U115", 3),
        (["restore", "none.tar", "R"], "HW-U116", 3),
    ],
)
def test_what_cannot_be_done_is_said_with_its_code(
    folder: Path, words: list[str], code: str, exit_code: int, tmp_path: Path
) -> None:
    places = {
        "W": folder,
        "none.csv": tmp_path / "none.csv",
        "codes.csv": tmp_path / "codes.csv",
        "none.tar": tmp_path / "none.tar",
    }
    said = headworks(*[places.get(word, tmp_path / "R" if word == "R" else word) for word in words])
    assert (said.returncode, code in said.stderr) == (exit_code, True), said.stderr
    assert "Traceback" not in said.stderr


def test_the_log_is_verified_and_written_to_a_file(folder: Path, tmp_path: Path) -> None:
    assert "whole. Head: " in headworks("audit", "verify", folder).stdout
    assert headworks("audit", "export", folder, "-o", tmp_path / "log.jsonl").returncode == 0
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert rows[0]["action"] == "account_made"
    assert (tmp_path / "log.jsonl").stat().st_mode & 0o077 == 0
    headworks("audit", "export", folder, "-o", tmp_path / "log.csv")
    assert (tmp_path / "log.csv").read_text(encoding="utf-8-sig").startswith("seq,at,actor,")


def test_a_broken_log_ends_with_1_and_names_the_row(folder: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "server" / "headworks.sqlite3")) as database, database:
        old = database.execute("SELECT actor FROM audit_auditrow WHERE seq = 2").fetchone()
        database.execute("UPDATE audit_auditrow SET actor = 'x' WHERE seq = 2")
    said = headworks("audit", "verify", folder, "--json")
    assert said.returncode == 1
    assert json.loads(said.stdout)["broken"] == [{"seq": 2, "what": "its content is not what was written"}]
    assert "HW-U113" in headworks("serve", folder, "--check").stdout
    with closing(sqlite3.connect(folder / "server" / "headworks.sqlite3")) as database, database:
        database.execute("UPDATE audit_auditrow SET actor = ? WHERE seq = 2", old)


def test_a_sound_server_is_ready(folder: Path) -> None:
    said = headworks("serve", folder, "--check")
    assert (said.returncode, said.stdout) == (0, "Ready.\n")
