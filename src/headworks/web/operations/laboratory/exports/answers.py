"""Answers to what an export leaves open, kept in the profile of the method, so that the next export of its kind asks nothing.

The trap: an answer that was given stays when it is given again; a wrong one is mended in the profile itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from headworks.core.errors import UsageError
from headworks.intake.instrument.profile import INTEGRATIONS
from headworks.intake.instrument.vocabulary import FIELDS
from headworks.jobs.laboratory import LabProfile, lab_profile, save_profile
from headworks.tables.instrument import ROLES, SAMPLE_TYPES
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import Reader
from headworks.web.operations.laboratory import laboratories
from headworks.web.operations.laboratory.exports.files import record_file
from headworks.web.operations.models import InstrumentFile

_WORDS: dict[str, tuple[str, ...]] = {
    "sample_types": tuple(SAMPLE_TYPES), "samples": tuple(SAMPLE_TYPES), "roles": tuple(ROLES),
    "integrations": tuple(INTEGRATIONS), "columns": ("ignored", *FIELDS),
}  # fmt: skip
_TOP = {"decimal": (",", "."), "date_order": ("dmy", "mdy"), "retention_time_unit": ("min", "s")}
_MOST_PROFILE = 100_000


class Asked(NamedTuple):
    """A question as a form shows it: the name of its field, what may be chosen (empty: free text), and what is guessed."""

    field: str
    question: dict[str, Any]
    choices: tuple[str, ...]
    guess: str


def asked_of(file: InstrumentFile) -> list[Asked]:
    """The questions of an export, what blocks first; two about one thing are one."""
    found: dict[str, Asked] = {}
    for question in sorted(file.questions, key=lambda one: not one["is_blocking"]):
        section, key = question["answer_in"]
        field = f"answer:{section}:{key}"
        choices = ("true", "false") if section == "method" else _WORDS.get(section, ()) if section else _TOP.get(key, ())
        found.setdefault(field, Asked(field, question, choices, question["guess"]))
    return list(found.values())


def keep_answers(reader: Reader, file: InstrumentFile, said: Mapping[str, str], *, request_id: str = "") -> int:
    """Keep what was answered; how many answers there were.

    Raises
    ------
    NotVisible
        When the reader does not measure there.
    UsageError
        ``HW-U005`` or ``HW-U220`` for a word that cannot be an answer, ``HW-U287`` where a question that blocks has none.
    """
    _require(reader, file)
    profile = laboratories.profile_of(file.batch)
    given: dict[str, str] = {}
    left: list[str] = []
    for one in asked_of(file):
        answer = " ".join(str(said.get(one.field, "")).split())[:200]
        if answer:
            given[one.field] = answer
            section, key = one.question["answer_in"]
            profile = _answered(profile, section, key, answer)
        elif one.question["is_blocking"]:
            left.append(f"{one.question['ask']} {one.question['found']}")
    if left:
        raise UsageError(
            _("Nothing is computed before this is answered."), where=file.file, found="; ".join(left)[:300],
            remedy=_("Answer every question that is marked"), code="HW-U287",
        )  # fmt: skip
    _save(reader, file, profile, {"answers": given}, request_id)
    return len(given)


def _answered(profile: LabProfile, section: str, key: str, value: str) -> LabProfile:
    if section == "method":
        # The one question of a method: is the stated dilution applied?
        return replace(profile, method=replace(profile.method, apply_dilution=value == "true"))
    return replace(profile, reading=profile.reading.with_answer(section, key, value))


def keep_profile(reader: Reader, file: InstrumentFile, text: str, *, request_id: str = "") -> None:
    """Keep the whole profile of a method as somebody wrote it.

    Raises
    ------
    NotVisible
        When the reader does not measure there.
    UsageError
        ``HW-U005``, ``HW-U220`` for what cannot be used as written.
    """
    _require(reader, file)
    if len(text) > _MOST_PROFILE:
        raise UsageError(
            _("The profile is too long."), where=file.file, found=f"{len(text):,}", remedy=_("Shorten it"), code="HW-U287"
        )
    _save(reader, file, lab_profile(text.replace("\r\n", "\n")), {"profile": text[:2000]}, request_id)


def _require(reader: Reader, file: InstrumentFile) -> None:
    if not reader.has("measure", file.area_path):
        raise NotVisible(f"export {file.pk}: measure")


def _save(reader: Reader, file: InstrumentFile, profile: LabProfile, detail: dict[str, Any], request_id: str) -> None:
    # Written and read again, so that a word that cannot stand in a profile is refused before it is kept.
    checked = lab_profile(profile.as_toml())
    name = laboratories.profile_name(file.batch)
    save_profile(laboratories.laboratory_of(file.area_path), name, checked)
    record_file(reader, "profile_answered", file, {"name": name, **detail}, request_id)
