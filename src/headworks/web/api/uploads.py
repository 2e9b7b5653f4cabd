"""Files that programs put in: looked at, kept under a name of ours, handed to the worker.

Django wrote the file to disk as it came. Here its name is made harmless, its first bytes are held against its ending, and it
is moved into a folder of its own under ``server/uploads``. What is inside (sizes of what is packed, formulas, rows) is for the
import to judge, which refuses row by row.
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile

from headworks.core.errors import DataRefused, UsageError
from headworks.web.opened import the_workspace
from headworks.web.work.models import WorkItem

FORMATS: Final = ("headworks", "score", "odm")
KINDS: Final = ("import", "import_check")
_ZIP = b"PK\x03\x04"
_TEXT_ENDINGS: Final = (".csv", ".tsv", ".txt")
_BOOK_ENDINGS: Final = (".xlsx", ".zip")
_LOOKED_AT = 64 * 1024
_LONGEST_NAME = 120
_MOST_WAITING = 20
_WORKER = "files of work that ended are cleared whoever asked for it"


def keep_upload(upload: UploadedFile, username: str) -> Path:
    """The file, checked from outside and moved to where the worker finds it.

    Raises
    ------
    DataRefused
        ``HW-U166`` for an ending that is not read, or bytes that are not what the ending says.
    UsageError
        ``HW-U167`` when the account has too many files waiting.
    """
    _require_room(username)
    name = harmless_name(str(upload.name or ""))
    _require_kind(upload, name)
    _forget_ended()
    folder = _folder() / secrets.token_hex(16)
    folder.mkdir(mode=0o700, parents=True)
    path = folder / name
    with path.open("wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
    return path


def harmless_name(said: str) -> str:
    r"""The last part of a name, in letters, digits, dot, dash and underscore of any script.

    Examples
    --------
    >>> harmless_name("../../etc/pass wd.csv"), harmless_name("C:\\x\\广州.CSV"), harmless_name("\x00.csv")
    ('pass_wd.csv', '广州.csv', 'file.csv')
    """
    last = said.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in last).strip("._")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = ("", kept) if last.startswith((".", "\x00.")) else (kept, "")
    room = _LONGEST_NAME - len(ending) - 1
    # A file system counts bytes, and a Chinese sign has three.
    short = (stem.strip("._") or "file").encode()[:room].decode(errors="ignore")
    return f"{short}.{ending.lower()}" if ending else short


def without_folders(outcome: dict[str, Any]) -> dict[str, Any]:
    """What became of work, without where on this machine it happened."""
    shown = {key: value for key, value in outcome.items() if key not in ("folder", "path", "html")}
    root = str(the_workspace().path)
    return {key: _cleaned(value, root) for key, value in shown.items()}


def _cleaned(value: Any, root: str) -> Any:
    if isinstance(value, str) and root in value:
        return Path(value).name if value.startswith(root) else value.replace(root, "")
    return value


def _folder() -> Path:
    return the_workspace().path / "server" / "uploads"


def _require_room(username: str) -> None:
    waiting = WorkItem.objects.unscoped("one's own files are counted").filter(
        kind__in=KINDS, asked_by=username, state__in=("waiting", "running")
    )
    if waiting.count() >= _MOST_WAITING:
        raise UsageError(
            "Too many of your files wait to be imported.", found=str(_MOST_WAITING), remedy="Wait until some are done",
            code="HW-U167",
        )  # fmt: skip


def _require_kind(upload: UploadedFile, name: str) -> None:
    ending = Path(name).suffix.lower()
    first = upload.read(_LOOKED_AT)
    upload.seek(0)
    found = "a packed file" if first.startswith(_ZIP) else "no text" if _is_binary(first) else "text"
    wanted = "text" if ending in _TEXT_ENDINGS else "a packed file" if ending in _BOOK_ENDINGS else ""
    if not wanted:
        known = ", ".join((*_TEXT_ENDINGS, *_BOOK_ENDINGS))
        raise DataRefused(
            "A file of this kind is not imported.", where=name, found=ending, remedy=f"Send {known}", code="HW-U166"
        )
    if not first or found != wanted:
        raise DataRefused(
            "The file is not what its name says.", where=name, found=found if first else "an empty file",
            remedy="Save it anew as what it is", code="HW-U166",
        )  # fmt: skip


def _is_binary(first: bytes) -> bool:
    """Text of two bytes a sign has a mark before it; other text has no zero byte."""
    return b"\0" in first and not first.startswith((b"\xff\xfe", b"\xfe\xff"))


def _forget_ended() -> None:
    """Clear the folders of uploads whose work ended."""
    folder = _folder()
    if not folder.is_dir():
        return
    items = WorkItem.objects.unscoped(_WORKER).filter(kind__in=KINDS)
    is_over: dict[str, bool] = {}
    for said, state in items.values_list("said", "state"):
        name = Path(said["path"]).parent.name
        is_over[name] = is_over.get(name, True) and state not in ("waiting", "running")
    for name in [name for name, over in is_over.items() if over]:
        shutil.rmtree(folder / name, ignore_errors=True)
