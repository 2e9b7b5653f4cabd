"""What a second person decides of an evaluation: a verdict overruled, a calibrator left out; each a version with a reason."""

from __future__ import annotations

from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.jobs.laboratory import Exclusion, StoredEvaluation, exclude_calibrators, override_verdict
from headworks.lab.quality import Override
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.operations.laboratory.exports.files import evaluation_of, record_file
from headworks.web.operations.laboratory.laboratories import laboratory_of
from headworks.web.operations.models import InstrumentFile

_LONGEST = 1000


def overrule(
    reader: Reader, file: InstrumentFile, curve: tuple[str, str], verdict: str, reason: str, *, request_id: str = ""
) -> StoredEvaluation:
    """A verdict as a second person decided it; ``curve`` is the batch of the export and its analyte.

    Raises
    ------
    NotVisible
        When the reader does not approve there, or nothing was evaluated.
    DataRefused
        ``HW-D638`` by somebody who had a hand in it, ``HW-D639`` without a reason.
    UsageError
        ``HW-U224`` without such a verdict.
    """
    stored = _require(reader, file)
    decided = Override(*curve, verdict, reader.username, reason.strip()[:_LONGEST])
    made = override_verdict(laboratory_of(file.area_path), stored.id, decided)
    _record(reader, file, "evaluation_overruled", made, decided._asdict(), request_id)
    return made


def leave_out(
    reader: Reader, file: InstrumentFile, curve: tuple[str, str], injection: int, reason: str, *, request_id: str = ""
) -> StoredEvaluation:
    """A calibrator left out by somebody who did not evaluate the batch; what was overruled must be decided again.

    Raises
    ------
    NotVisible
        When the reader does not approve there, or nothing was evaluated.
    DataRefused
        ``HW-D682`` without a reason, or of what is no calibrator.
    UsageError
        ``HW-U289`` by who evaluated it.
    """
    stored = _require(reader, file)
    if reader.username.casefold() == str(stored.record["evaluated_by"]).strip().casefold():
        raise UsageError(
            _("A calibrator is left out by a second person."), where=file.file, found=reader.username,
            remedy=_("Ask someone who did not evaluate the batch"), code="HW-U289",
        )  # fmt: skip
    left = Exclusion(*curve, injection, reason.strip()[:_LONGEST])
    made = exclude_calibrators(laboratory_of(file.area_path), stored.id, [left], reader.username)
    _record(reader, file, "calibrator_left_out", made, left._asdict(), request_id)
    return made


def _require(reader: Reader, file: InstrumentFile) -> StoredEvaluation:
    stored = evaluation_of(file) if reader.has("approve", file.area_path) else None
    if stored is None:
        raise NotVisible(f"export {file.pk}: approve")
    return stored


def _record(
    reader: Reader, file: InstrumentFile, action: str, made: StoredEvaluation, detail: dict[str, object], request_id: str
) -> None:
    record_file(reader, action, file, {"evaluation": made.id, "version": made.version, **detail}, request_id)
