"""What screening is sent: runs of samples, libraries of spectra, suspect lists; kept until the worker has taken them.

    <laboratory>/screening/runs/<sha256>/<name>        until it is in the archive
    <laboratory>/screening/lists/<sha256>/<name>       until its suspects are kept
    <laboratory>/screening/arriving/<sha256>/<name>    a library until it was read
    <laboratory>/screening/libraries/<sha256>/<name>   for every run of the laboratory

Suspects are looked for in everybody's samples, a library only in those of the laboratory that sent it, for its licence may not
allow more. The trap: a sample's name is nowhere in an mzML, so the file's name or the sender says whose it is, and nothing is
kept of files of which one has no sample.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import zlib
from collections.abc import Mapping, Sequence
from gzip import BadGzipFile, GzipFile
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.store import write_atomically
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.operations.laboratory.exports.matching import code_in
from headworks.web.operations.laboratory.laboratories import laboratory_of
from headworks.web.operations.models import SampleRecord
from headworks.web.work.models import WorkItem
from headworks.web.work.queue import ask

WORK = "screen_samples"
ENDINGS = {
    "runs": (".mzml", ".mzml.gz"), "arriving": (".msp", ".mgf", ".txt"), "lists": (".csv", ".tsv", ".txt"),
}  # fmt: skip
_NO_NAME = re.compile(r"[^\w .\-]+")
# A packed run is half of what it unpacks to; one that grows more is none.
_MOST_TIMES_UNPACKED = 8
_PIECE = 1 << 20
Sent = tuple[bytes, str]


def send_runs(reader: Reader, area_path: str, files: Sequence[Sent], sample_id: str = "", *, request_id: str = "") -> WorkItem:
    """Keep runs and have them screened, each as the sample that its name says; a single one as ``sample_id`` when given.

    Raises
    ------
    NotVisible
        When the reader does not measure in the area.
    UsageError
        ``HW-U320`` for files of which one is no run, or grows too large; ``HW-U321`` when one has no sample of the reader's.
    """
    _require_measuring(reader, area_path)
    for content, name in files:
        _require_ending("runs", name)
        _require_unpacks(content, name)
    samples = _samples_of(reader, [name for _content, name in files], sample_id)
    runs = [[_keep(area_path, "runs", *file), sample] for file, sample in zip(files, samples, strict=True)]
    return _ask(reader, {"laboratory": area_path, "runs": runs}, [name for _content, name in files], request_id)


def send_list(reader: Reader, area_path: str, file: Sent, *, request_id: str = "") -> WorkItem:
    """Keep a suspect list and have the laboratory's archived samples asked for its suspects.

    Raises
    ------
    NotVisible
        As for runs.
    UsageError
        ``HW-U320`` for another kind of file.
    """
    return _send(reader, area_path, file, "list", "lists", request_id)


def send_library(reader: Reader, area_path: str, file: Sent, *, request_id: str = "") -> WorkItem:
    """Keep a library and have the laboratory's archived samples searched in it.

    Raises
    ------
    NotVisible
        As for runs.
    UsageError
        ``HW-U320`` for another kind of file.
    """
    return _send(reader, area_path, file, "library", "arriving", request_id)


def _send(reader: Reader, area_path: str, file: Sent, what: str, kind: str, request_id: str) -> WorkItem:
    _require_measuring(reader, area_path)
    _require_ending(kind, file[1])
    return _ask(reader, {"laboratory": area_path, what: _keep(area_path, kind, *file)}, [file[1]], request_id)


def libraries_of(area_path: str) -> list[Path]:
    """Files of the libraries of a laboratory, by name."""
    return sorted((_folder(area_path) / "libraries").glob("*/*"), key=lambda path: (path.name, path.parent.name))


def remove_library(reader: Reader, area_path: str, sha256: str, *, request_id: str = "") -> None:
    """Search in a library no more; hits stay.

    Raises
    ------
    NotVisible
        When the reader does not measure there, or there is no such library.
    """
    _require_measuring(reader, area_path)
    found = next((path for path in libraries_of(area_path) if path.parent.name == sha256), None)
    if found is None:
        raise NotVisible(f"library {sha256[:40]}")
    with transaction.atomic():
        _record(reader, "library_removed", area_path, {"file": found.name, "sha256": sha256}, request_id)
        shutil.rmtree(found.parent)


def file_of(area_path: str, kept: str) -> Path:
    """The file that is kept under ``<kind>/<sha256>/<name>``."""
    return _folder(area_path) / kept


def _folder(area_path: str) -> Path:
    return laboratory_of(area_path).path / "screening"


def _keep(area_path: str, kind: str, content: bytes, name: str) -> str:
    clean = _NO_NAME.sub("_", name)[-80:].lstrip(".") or kind
    kept = f"{kind}/{hashlib.sha256(content).hexdigest()}/{clean}"
    write_atomically(file_of(area_path, kept), content)
    return kept


def _require_measuring(reader: Reader, area_path: str) -> None:
    # A laboratory is what works for one of these; any area below would open a folder of its own.
    if area_path not in reader.roots("measure"):
        raise NotVisible("screening: measure")


def _require_ending(kind: str, name: str) -> None:
    if not name.lower().endswith(ENDINGS[kind]):
        raise UsageError(
            _("This kind of file is not read here."), where=name[-80:],
            remedy=_("Send one of: %(endings)s") % {"endings": ", ".join(ENDINGS[kind])}, code="HW-U320",
        )  # fmt: skip


def _require_unpacks(content: bytes, name: str) -> None:
    """Count what a packed run unpacks to, without keeping it."""
    if not name.lower().endswith(".gz"):
        return
    left = _MOST_TIMES_UNPACKED * settings.SERVER.max_upload_mb * 1024 * 1024
    try:
        with GzipFile(fileobj=io.BytesIO(content)) as packed:
            while left > 0 and (piece := packed.read(_PIECE)):
                left -= len(piece)
    except (BadGzipFile, EOFError, zlib.error):
        left = 0
    if left <= 0:
        raise UsageError(
            _("The packed run is broken, or unpacks to too much."), where=name[-80:], remedy=_("Send it as it was written"),
            code="HW-U320",
        )  # fmt: skip


def _samples_of(reader: Reader, names: Sequence[str], sample_id: str) -> list[str]:
    """The sample of each file, all of them the reader's."""
    if sample_id and len(names) == 1:
        codes: list[str | None] = [code_in(sample_id) or sample_id.strip()]
    else:
        codes = [code_in(re.sub(r"\.mzml(\.gz)?$", "", name, flags=re.IGNORECASE)) for name in names]
    mine = SampleRecord.objects.visible_to(reader, "measure").filter(pk__in=[code for code in codes if code])
    known = set(mine.values_list("pk", flat=True))
    strange = [name for name, code in zip(names, codes, strict=True) if code not in known]
    if strange:
        raise UsageError(
            _("Files have no sample of yours."), where=", ".join(strange)[:200],
            remedy=_("Name each file with the code of its sample, or send one and say its sample"), code="HW-U321",
        )  # fmt: skip
    return [str(code) for code in codes]


def _ask(reader: Reader, said: Mapping[str, object], names: Sequence[str], request_id: str) -> WorkItem:
    area_path = str(said["laboratory"])
    with transaction.atomic():
        _record(reader, "screening_sent", area_path, {key: said[key] for key in said if key != "laboratory"}, request_id)
        once = "screening-" + hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:32]
        return ask(WORK, dict(said) | {"name": ", ".join(names)[:200]}, by=reader.username, area_path=area_path, once=once)


def _record(reader: Reader, action: str, area_path: str, detail: dict[str, object], request_id: str) -> None:
    record(
        action, actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="screening",
        object_id=area_path, area_path=area_path, detail=detail,
    )  # fmt: skip
