"""What screening says of a hit, in the reader's language: its rule, its reason, its review.

Rules and their sentences are data of the reference; a test holds what is said here to them.
"""

from __future__ import annotations

from django.utils.translation import gettext, gettext_lazy, gettext_noop

from headworks.lab.screening.reasons import translated_reason

REVIEW_WORDS = {"open": gettext_lazy("open"), "confirmed": gettext_lazy("accepted"), "rejected": gettext_lazy("rejected")}
RULES = (
    gettext_noop("own standard: time and spectrum"), gettext_noop("own standard: time and fragments"),
    gettext_noop("library spectrum and no rival"), gettext_noop("library spectrum"), gettext_noop("listed fragments"),
    gettext_noop("isotope pattern"), gettext_noop("exact mass"), gettext_noop("isomers without a standard"),
    gettext_noop("few fragments"),
)  # fmt: skip
SENTENCES = (
    gettext_noop("Retention time of the own standard and its spectrum agree."),
    gettext_noop("Retention time of the own standard and three of its fragments agree."),
    gettext_noop("The spectrum agrees with a library measured elsewhere and no other compound comes near."),
    gettext_noop("The spectrum agrees with a library; isomers remain possible."),
    gettext_noop("Three fragments of the suspect list were found."),
    gettext_noop("Exact mass and isotope pattern agree with the formula."),
    gettext_noop("Only the exact mass agrees."),
)


def rule_words(rule: str) -> str:
    """A rule that gave a level."""
    # Nothing said has no translation: gettext would give the header of the catalogue.
    return gettext(rule) if rule else ""


def reason_words(reason: str) -> str:
    """Why a hit has its level."""
    return translated_reason(reason, lambda text: gettext(text) if text else "")
