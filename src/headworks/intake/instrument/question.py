"""What a reader of an export must ask, with the nearest guess and where the answer goes.

A question is no fault: the file may be right and merely not say it. Nothing is filled in from a guess; ``propose_profile``
writes the guesses into a profile, and only the profile that somebody accepted is used.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One open point of an export.

    Attributes
    ----------
    code
        Stable code.
    ask
        The question in one sentence.
    where
        File, and row or column.
    found
        What stands there.
    guess
        The nearest answer, empty where there is none.
    answer_in
        Section and key of the profile that take the answer: ``("sample_types", "EQC")``; an empty section is the top.
    is_blocking
        Results cannot be quantified before it is answered.
    """

    code: str
    ask: str
    where: str
    found: str
    guess: str
    answer_in: tuple[str, str]
    is_blocking: bool

    def __str__(self) -> str:
        guess = f" Nearest: {self.guess}." if self.guess else ""
        return f"{self.code} {self.ask} Where: {self.where}. Found: {self.found}.{guess} Answer in the profile: {self.remedy}"

    @property
    def remedy(self) -> str:
        """The line of the profile that answers it.

        Examples
        --------
        >>> Question("HW-D643", "What is EQC?", "x.csv", "EQC", "qc", ("sample_types", "EQC"), True).remedy
        '[sample_types] "EQC" = "qc"'
        """
        section, key = self.answer_in
        if section == "columns":
            return f'ignored = ["{key}"]' if self.guess == "ignored" else f'[columns] {self.guess or "…"} = "{key}"'
        value = f'"{self.guess or "…"}"'
        return f'[{section}] "{key}" = {value}' if section else f"{key} = {value}"
