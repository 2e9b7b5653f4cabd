from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from headworks.core.errors import WorkspaceError
from headworks.store import Workspace
from headworks.store.workspace import SETTINGS, write_atomically, write_json

# Python's own files may be readable for nobody but us: all is loaded and done once before the rights are given up.
AS_NOBODY = """
import contextlib, io, json, os, sys
from headworks.cli.app import run_app

def answer(words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_app(words)
    return code, out.getvalue(), err.getvalue()

commands = json.loads(sys.argv[1])
for words in commands:
    answer(words)
os.setgid(65534)
os.setuid(65534)
print(json.dumps([answer(words) for words in commands]))
"""


def test_a_new_workspace_has_its_name_and_timezone(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "a" / "b", name='Say "省"', timezone="Asia/Shanghai")
    assert made.settings.name == 'Say "省"'
    assert Workspace.open(tmp_path / "a" / "b") == made
    assert made.settings.timezone == "Asia/Shanghai"


def test_an_existing_workspace_is_opened_and_left_as_it_is(workspace: Workspace) -> None:
    before = (workspace.path / SETTINGS).read_text()
    assert Workspace.create(workspace.path, name="other") == workspace
    assert (workspace.path / SETTINGS).read_text() == before


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("")
    with pytest.raises(WorkspaceError, match="not empty and is no workspace"):
        Workspace.create(tmp_path)
    with pytest.raises(WorkspaceError, match="not empty and is no workspace"):
        Workspace.create(tmp_path / "thesis.doc")
    with pytest.raises(WorkspaceError, match="cannot be written to"):
        Workspace.create(tmp_path / "thesis.doc" / "ws")


def test_there_is_no_workspace_in_another_folder(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing", tmp_path / ("x" * 300)):
        with pytest.raises(WorkspaceError, match="headworks init"):
            Workspace.open(path)


@pytest.mark.parametrize("name", ["a[1]", "a|b", "a^b", "a%20b", "a\nb"])
def test_a_name_that_breaks_the_address_of_a_table_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="folder of this name"):
        Workspace.create(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_settings_that_are_no_text_are_refused(workspace: Workspace) -> None:
    (workspace.path / SETTINGS).write_bytes(b"name = \xff")
    with pytest.raises(WorkspaceError, match="settings cannot be read"):
        Workspace.open(workspace.path)


def test_a_file_is_written_wholly_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "new" / "file.json"
    write_json(target, {"name": "省"})
    assert target.read_text(encoding="utf-8") == '{\n  "name": "省"\n}\n'

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(target, "half")
    assert target.read_text(encoding="utf-8") == '{\n  "name": "省"\n}\n'
    assert [path.name for path in target.parent.iterdir()] == ["file.json"]


def test_what_the_system_refuses_while_writing_is_one_sentence(workspace: Workspace) -> None:
    with pytest.raises(WorkspaceError, match=r"cannot be written to\. .*Found: Read-only file system\."):  # noqa: SIM117
        with workspace.writing():
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
    with workspace.writing(0.0):
        pass


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may read; those of pytest are closed again by the next pytest that begins beside this one."""
    with tempfile.TemporaryDirectory(prefix="headworks-open-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can become somebody without rights")
def test_a_workspace_one_may_only_read_is_read_and_not_written(
    two_plants: Workspace, tables: dict[str, str], open_folder: Path
) -> None:
    ws, file = str(shutil.copytree(two_plants.path, open_folder / "ws")), str(open_folder / "sites.csv")
    Path(file).write_text(tables["sites"], encoding="utf-8")
    # Done as root first, the two that write leave nothing for nobody to do but try.
    commands = [
        ["show", ws, "sites"],
        ["import", ws, file, "--as", "headworks", "--dry-run"],
        ["import", ws, file, "--as", "headworks"],
        ["run", ws],
        ["check", ws],
    ]
    done = subprocess.run([sys.executable, "-c", AS_NOBODY, json.dumps(commands)], capture_output=True, text=True, check=True)
    show, dry, brought, run, check = json.loads(done.stdout)
    assert (show[0], show[1].splitlines()[0][:7]) == (0, "site_id")
    assert dry[0] == 0
    for code, _, err in (brought, run):
        assert code == 2
        assert "HW-W006" in err
        assert "Permission denied" in err
    assert check[0] == 1
    assert "HW-C018" in check[1]
