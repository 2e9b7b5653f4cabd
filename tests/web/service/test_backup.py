"""A backup taken while people work restores to a pair that agrees; a damaged one, or a full place, is refused."""

import io
import json
import signal
import sqlite3
import tarfile
from contextlib import closing, contextmanager

import pytest
from tests import forks
from tests.web.postgres import cluster, programs
from tests.web.service.served import headworks, is_alive

from headworks.store import Workspace, read_facts, read_imports
from headworks.web.backup.manifest import NAME

pytestmark = pytest.mark.slow
# Writes rows of the audit log, and after each import a row that names it, as a release would.
WORK = """
import sys
from pathlib import Path
from headworks.web.service.start import open_server
workspace = open_server(Path(sys.argv[1]))
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.web.audit.chain import record
for number in range(400):
    file = Path(sys.argv[2]) / f"f{number}.csv"
    file.write_text(f"sample_id,analyte,concentration_ng_per_l\\nS{number},MDMA,{number}\\n")
    done = import_file(workspace, file, ImportOrder("headworks"))
    record("import_done", object_kind="import", object_id=done.import_id or "")
    print(number, flush=True)
"""


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "W"
    assert headworks("init", made).returncode == 0
    assert headworks("user", "add", made, "boss", "--role", "administrator").returncode == 0
    return made


def audited(folder):
    with closing(sqlite3.connect(folder / "server" / "headworks.sqlite3")) as database:
        return [
            name
            for (name,) in database.execute("SELECT object_id FROM audit_auditrow WHERE action = 'import_done' ORDER BY seq")
        ]


@contextmanager
def working(folder, tmp_path, **more):
    (tmp_path / "files").mkdir()
    worker = forks.start(WORK, folder, tmp_path / "files", **more)
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()


def test_a_backup_under_load_restores_to_a_pair_that_agrees(folder, tmp_path):
    with working(folder, tmp_path) as worker:
        worker.lines(5)
        done = headworks("backup", folder, "-o", tmp_path / "b.tar", "--json")
        assert done.returncode == 0, done.stderr
        assert is_alive(worker.pid)
    assert json.loads(done.stdout)["locked_seconds"] < 5
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0
    back = headworks("restore", tmp_path / "b.tar", tmp_path / "R")
    assert (back.returncode, "audit log is whole" in back.stderr) == (0, True)
    workspace = Workspace.open(tmp_path / "R")
    imported = read_imports(workspace).sort("seq")["import_id"].to_list()
    assert len(imported) >= 5
    # The row follows its import: at one moment there is at most one import without its row, and never a row without its import.
    assert audited(tmp_path / "R") in (imported, imported[:-1])
    assert read_facts(workspace, "measurements").height == len(imported)
    checked = json.loads(headworks("check", tmp_path / "R", "--json").stdout)
    assert [one["code"] for one in checked["findings"] if one["severity"] == "error"] == []
    assert headworks("audit", "verify", tmp_path / "R").returncode == 0
    assert not list(folder.glob(".backup-*"))
    with closing(sqlite3.connect(tmp_path / "R" / "server" / "headworks.sqlite3")) as database:
        assert database.execute("SELECT username FROM accounts_account").fetchall() == [("boss",)]


def changed(source, target, change):
    """The archive with one member's content changed, or without it."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old:
            content = change(member.name, old.extractfile(member).read())
            if content is not None:
                member.size = len(content)
                new.addfile(member, io.BytesIO(content))


def swap(what):
    return lambda name, content: content.replace(b"format = 1", b"format = 1 ") if name.endswith(what) else content


def test_a_backup_that_is_not_as_it_was_written_is_refused_and_nothing_is_left(folder, tmp_path):
    good = tmp_path / "b.tar"
    headworks("backup", folder, "-o", good)
    bad = {
        "other content": swap("headworks.toml"),
        "missing": lambda name, content: None if name.endswith("secret.key") else content,
        "ends before its manifest": lambda name, content: None if name == NAME else content,
        "cannot be read": lambda name, content: b"{" if name == NAME else content,
        "later version": lambda name, content: content.replace(b'"format": 1', b'"format": 2') if name == NAME else content,
    }
    for words, change in bad.items():
        changed(good, tmp_path / "bad.tar", change)
        refused = headworks("restore", tmp_path / "bad.tar", tmp_path / "R")
        assert (refused.returncode, "HW-U116" in refused.stderr, words in refused.stderr) == (3, True, True), refused.stderr
    (tmp_path / "bad.tar").write_bytes(good.read_bytes()[:-15_000])
    assert headworks("restore", tmp_path / "bad.tar", tmp_path / "R").returncode == 3
    with tarfile.open(tmp_path / "evil.tar", "w") as archive:
        member = tarfile.TarInfo("../escaped")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
    assert headworks("restore", tmp_path / "evil.tar", tmp_path / "R").returncode == 3
    assert not (tmp_path / "escaped").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"W", "b.tar", "bad.tar", "evil.tar"}


def test_nothing_is_written_over(folder, tmp_path):
    (tmp_path / "b.tar").write_text("old")
    assert "HW-U117" in headworks("backup", folder, "-o", tmp_path / "b.tar").stderr
    assert "HW-U117" in headworks("backup", folder, "-o", folder / "b.tar").stderr
    headworks("backup", folder, "-o", tmp_path / "c.tar")
    refused = headworks("restore", tmp_path / "c.tar", folder)
    assert (refused.returncode, "HW-U117" in refused.stderr) == (2, True)


@pytest.mark.skipif(programs() is None, reason="no PostgreSQL on this machine")
def test_the_same_on_postgresql(tmp_path):
    folder = tmp_path / "W"
    headworks("init", folder)
    with cluster() as first, cluster() as second:
        urls = []
        for number, url in enumerate((first, second)):
            path = tmp_path / f"url-{number}"
            path.write_text(url)
            path.chmod(0o600)
            urls.append({"HEADWORKS_SERVER_DATABASE_URL_FILE": str(path)})
        said = headworks("user", "add", folder, "boss", "--role", "administrator", "--label", "tab\tand \\ back", **urls[0])
        assert said.returncode == 0, said.stderr
        with working(folder, tmp_path, **urls[0]) as worker:
            worker.lines(3)
            done = headworks("backup", folder, "-o", tmp_path / "b.tar", **urls[0])
            assert done.returncode == 0, done.stderr
        back = headworks("restore", tmp_path / "b.tar", tmp_path / "R", "--database-url-file", tmp_path / "url-1")
        assert (back.returncode, "audit log is whole" in back.stderr) == (0, True), back.stdout
        listed = headworks("user", "list", tmp_path / "R", "--json", **urls[1])
        assert json.loads(listed.stdout)[0]["label"] == "tab\tand \\ back"
        # Numbers of new rows go on where the old ones ended.
        assert headworks("user", "add", tmp_path / "R", "second", "--role", "officer", **urls[1]).returncode == 0
        assert headworks("audit", "verify", tmp_path / "R", **urls[1]).returncode == 0
        full = headworks("restore", tmp_path / "b.tar", tmp_path / "R2", "--database-url-file", tmp_path / "url-1")
        assert (full.returncode, "HW-U117" in full.stderr) == (2, True)
        assert not (tmp_path / "R2").exists()
