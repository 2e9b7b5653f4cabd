"""An export of an instrument: sent for a batch, evaluated at once when it is small, else by the worker; asked about, answered.

Nothing is computed while a question stands open that matters, and no name of a sample is dropped. Doing it again changes
nothing: an evaluation is known by the bytes, the profile and the samples it was made of.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from headworks.core.errors import HeadworksError, UsageError, WorkspaceBusy
from headworks.intake.instrument import read_instrument_export
from headworks.jobs.laboratory import EvaluationOrder, StoredEvaluation, evaluate, read_evaluation
from headworks.store import write_atomically
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.audit.chain import record
from headworks.web.operations.custody.photos import attachment
from headworks.web.operations.laboratory.batches import samples_of
from headworks.web.operations.laboratory.exports.matching import match_samples, names_of, sheet_with_samples
from headworks.web.operations.laboratory.laboratories import laboratory_of, profile_of, works_in
from headworks.web.operations.models import Batch, InstrumentFile
from headworks.web.work.queue import ask
from headworks.workflows.laboratory import read_sheet

WORK = "evaluate_export"
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")
# Such an export is evaluated in well under a second; a larger one would hold up the pages of others.
SMALL_BYTES = 400_000
# A page waits so long for another writer, then the worker does.
_PATIENCE_SECONDS = 1.0
_WORKER = "the worker evaluates what was sent"


def keep_file(
    reader: Reader, batch: Batch, export: tuple[bytes, str], *, sheet: tuple[bytes, str] | None = None,
    run_at: dt.datetime | None = None, request_id: str = "",
) -> InstrumentFile:  # fmt: skip
    """Keep an export of a batch; the same again is the one that is there.

    Raises
    ------
    NotVisible
        When the reader does not measure in the batch's area.
    UsageError
        ``HW-U285`` for another kind of file, or one that was sent for another batch; ``DataRefused`` for a batch sheet
        that cannot be read.
    """
    if not reader.has("measure", batch.area_path):
        raise NotVisible(f"batch {batch.pk}: measure")
    content, name = export
    if not name.lower().endswith(ENDINGS):
        raise UsageError(
            _("This kind of file is not read here."), where=name[-80:], remedy=_("Export .csv, .tsv, .txt or .xlsx"),
            code="HW-U285",
        )  # fmt: skip
    if sheet:
        read_sheet(*sheet)
    sha256, sheet_sha256 = _stored(content), _stored(sheet[0]) if sheet else ""
    values: dict[str, Any] = {"sheet_sha256": sheet_sha256, "sheet_file": sheet[1][-80:]} if sheet else {}
    if run_at:
        values["run_at"] = run_at
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = InstrumentFile.objects.create(
                    batch=batch, area_path=batch.area_path, file=name[-80:], sha256=sha256, sent_by=reader.username, **values
                )
        except IntegrityError:
            return _known(reader, batch, sha256, values, name)
        record_file(reader, "export_sent", made, {"file": name[-80:], "sha256": sha256}, request_id)
    return made  # type: ignore[no-any-return]


def _stored(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    write_atomically(attachment(sha256), content)
    return sha256


def _known(reader: Reader, batch: Batch, sha256: str, values: dict[str, Any], name: str) -> InstrumentFile:
    rows = InstrumentFile.objects.unscoped("exports of the laboratory in which the reader measures")
    found: InstrumentFile = rows.select_related("batch").get(area_path=batch.area_path, sha256=sha256)
    if found.batch_id != batch.pk:
        raise UsageError(
            _("This export was sent for another batch."), where=name[-80:], found=found.batch.name,
            remedy=_("See it there; an export has the samples of one batch"), code="HW-U285",
        )  # fmt: skip
    rows.filter(pk=found.pk).update(**values)
    return found


def require_file(reader: Reader, number: int, *scopes: str) -> InstrumentFile:
    """An export, for somebody of its laboratory who holds one of the scopes there; any scope of a laboratory without.

    Raises
    ------
    NotVisible
        When there is none, or not for this reader.
    """
    found: InstrumentFile = InstrumentFile.objects.require(reader, pk=number)
    if not (any(reader.has(scope, found.area_path) for scope in scopes) if scopes else works_in(reader, found.area_path)):
        raise NotVisible(f"export {number}: {' or '.join(scopes) or 'laboratory'}")
    return found


def evaluation_of(file: InstrumentFile) -> StoredEvaluation | None:
    """The newest version of its evaluation, or None before there is one."""
    return read_evaluation(laboratory_of(file.area_path), file.evaluation) if file.evaluation else None


def evaluate_soon(file: InstrumentFile, by: str) -> None:
    """Evaluate a small export now, a large one by the worker; also a small one while somebody else is writing."""
    if attachment(file.sha256).stat().st_size <= SMALL_BYTES:
        try:
            # Asked first, because evaluating waits for two minutes.
            with laboratory_of(file.area_path).writing(wait_seconds=_PATIENCE_SECONDS):
                pass
            return evaluate_file(file)
        except WorkspaceBusy:
            pass  # the worker waits, a page does not
    InstrumentFile.objects.unscoped(_WORKER).filter(pk=file.pk).update(state="waiting", problem={})
    ask(WORK, {"export": file.pk}, by=by, area_path=file.area_path, once=f"export-{file.pk}")
    return None


def evaluate_work(said: dict[str, Any], tell: Callable[[str], None]) -> dict[str, Any]:
    """The worker's part."""
    file = InstrumentFile.objects.unscoped(_WORKER).select_related("batch").get(pk=said["export"])
    evaluate_file(file, tell)
    file.refresh_from_db(from_queryset=InstrumentFile.objects.unscoped(_WORKER))
    return {"status": file.state, "export": file.pk, "evaluation": file.evaluation}


def evaluate_file(file: InstrumentFile, tell: Callable[[str], None] = lambda step: None) -> None:
    """Read and evaluate; what is asked, or what is wrong, is kept with the file.

    Raises
    ------
    WorkspaceError
        When the workspace cannot be written to now.
    """
    try:
        found = _evaluated(file, tell)
    except HeadworksError as problem:
        if problem.code.startswith("HW-W"):
            raise
        found = {"state": "failed", "problem": problem.as_dict()}
    InstrumentFile.objects.unscoped(_WORKER).filter(pk=file.pk).update(**({"problem": {}} | found))


def _evaluated(file: InstrumentFile, tell: Callable[[str], None]) -> dict[str, Any]:
    content, profile = attachment(file.sha256).read_bytes(), profile_of(file.batch)
    export = read_instrument_export(content, profile.reading, file=file.file)
    sheet = read_sheet(attachment(file.sheet_sha256).read_bytes(), file.sheet_file) if file.sheet_sha256 else None
    written = {} if sheet is None else dict(sheet.drop_nulls("sample_id").select("sample_name", "sample_id").rows())
    matched = match_samples(names_of(export.rows, sheet), _codes(file.batch), written | file.matches)
    known = sheet_with_samples(sheet, matched)
    order = EvaluationOrder(
        profile, (known.write_csv().encode(), "sheet.csv") if known.height else None,
        run_at=file.run_at.astimezone(dt.UTC).replace(tzinfo=None) if file.run_at else None, by=file.sent_by,
    )  # fmt: skip
    outcome = evaluate(laboratory_of(file.area_path), content, order, name=file.file, tell=tell)
    questions = [vars(one) | {"answer_in": list(one.answer_in)} for one in outcome.questions]
    if outcome.stored is None:
        return {"state": "questions", "questions": questions}
    return {"state": "evaluated", "questions": questions, "evaluation": outcome.stored.id}


def _codes(batch: Batch) -> set[str]:
    return set(samples_of(batch).values_list("sample_id", flat=True))


def say_samples(reader: Reader, file: InstrumentFile, said: Mapping[str, str], *, request_id: str = "") -> None:
    """Keep which names are which samples of the batch; an empty word is a name that is none of them.

    Raises
    ------
    NotVisible
        When the reader does not measure there.
    UsageError
        ``HW-U286`` for a sample that is not in the batch.
    """
    if not reader.has("measure", file.area_path):
        raise NotVisible(f"export {file.pk}: measure")
    strange = sorted(set(said.values()) - _codes(file.batch) - {""})
    if strange:
        raise UsageError(
            _("There is no such sample in the batch."), where=file.file, found=", ".join(strange)[:80],
            remedy=_("Choose one of the batch, or prepare it into the batch first"), code="HW-U286",
        )  # fmt: skip
    file.matches = {**file.matches, **said}
    with transaction.atomic():
        InstrumentFile.objects.unscoped(_WORKER).filter(pk=file.pk).update(matches=file.matches)
        record_file(reader, "export_samples_said", file, {"said": dict(said)}, request_id)


def record_file(reader: Reader, action: str, file: InstrumentFile, detail: dict[str, object], request_id: str = "") -> None:
    """A row of the audit log about an export."""
    record(
        action, actor=reader.username, purpose=reader.purpose, request_id=request_id, object_kind="export",
        object_id=str(file.pk), area_path=file.area_path, detail=detail,
    )  # fmt: skip


def is_waiting_long(file: InstrumentFile) -> bool:
    """Whether the worker should have had it by now."""
    return file.state == "waiting" and timezone.now() - file.sent_at > dt.timedelta(minutes=2)
