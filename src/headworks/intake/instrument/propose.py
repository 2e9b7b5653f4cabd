"""A profile for an export that nobody has read before: every open point with its nearest guess, to be looked at and kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from headworks.intake.instrument.profile import Profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.read_export import InstrumentExport, read_instrument_export

# An answer can open further questions (a column, then its words, then their pairs), never more often than this.
_ROUNDS = 5


@dataclass(frozen=True)
class ProfileProposal:
    """A profile with the guesses filled in, every question it answers, those it cannot, and the export read with it."""

    profile: Profile
    answered: tuple[Question, ...]
    open: tuple[Question, ...]
    export: InstrumentExport


def propose_profile(
    path_or_bytes: Path | str | bytes, profile: Profile | None = None, *, file: str | None = None
) -> ProfileProposal:
    r"""The nearest guess for everything that an export leaves open; to be accepted by somebody before it is used.

    Parameters
    ----------
    path_or_bytes
        The file, or its bytes.
    profile
        What has been said already; it is kept.
    file
        Its name, for messages, when bytes are given.

    Raises
    ------
    DataRefused
        As :func:`read_instrument_export`.

    Examples
    --------
    >>> text = b"sample_name,sample_type,analyte,area\nS1,sampel,cocaine,1200\n"
    >>> propose_profile(text).profile.sample_types
    {'sampel': 'sample'}
    """
    profile = profile or Profile()
    answered: dict[tuple[str, str], Question] = {}
    for _ in range(_ROUNDS):
        export = read_instrument_export(path_or_bytes, profile, file=file)
        fresh = [q for q in export.questions if q.guess and q.answer_in not in answered]
        if not fresh:
            break
        for question in fresh:
            # Two questions about one column are one answer.
            if question.answer_in not in answered:
                answered[question.answer_in] = question
                profile = profile.with_answer(*question.answer_in, question.guess)
    left = tuple(q for q in export.questions if q.answer_in not in answered or not q.guess)
    return ProfileProposal(profile, tuple(answered.values()), left, export)
