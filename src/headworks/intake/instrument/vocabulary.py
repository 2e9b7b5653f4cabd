"""Which of our fields a foreign header is, and what a foreign word means; else the nearest guess.

A header is compared in small letters, blanks and hyphens as underscores, first with and then without a unit in brackets:
``Retention Time (min)``. TargetLynx names the column of its concentrations after the unit alone: ``ng/mL``, ``pguL``.
"""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import NamedTuple

from headworks.intake.parsed import fold_header
from headworks.reference.instrument_words import instrument_words

TEXTS = (
    "sample_name", "data_file", "sample_type", "level", "vial", "batch_id", "analyte", "analyte_group", "internal_standard",
    "transition", "concentration_unit", "role", "ion", "flags",
)  # fmt: skip
# Numbers that cannot lie below zero, and numbers that can.
AMOUNTS = (
    "injection_volume_ul", "dilution_factor", "precursor_mz", "product_mz", "expected_concentration",
    "internal_standard_concentration", "area", "height", "retention_time_min", "expected_retention_time_min",
    "signal_to_noise", "peak_width_min", "vendor_internal_standard_area", "vendor_ion_ratio_percent",
    "vendor_ion_ratio_fraction",
)  # fmt: skip
NUMBERS = ("symmetry", "vendor_response", "vendor_concentration", "vendor_accuracy_percent", "vendor_deviation_percent")
FLAGS = ("is_manual_integration", "is_excluded_by_vendor", "is_used_by_vendor")
TIMES = ("acquired_at", "acquired_date", "acquired_time")
FIELDS = (*TEXTS, *AMOUNTS, *NUMBERS, *FLAGS, *TIMES)
CONCENTRATIONS = ("expected_concentration", "internal_standard_concentration", "vendor_concentration")
_UNIT = re.compile(r"[fpnuµμm]?(g|mol)\s*/?\s*(u|µ|μ|m|d)?[lL]|[fpnuµμm]M|[fpnuµμm]?g\s*/\s*k?g|pp[bmt]")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_CLOSE = 0.6


class Header(NamedTuple):
    """What a header is: our field (``ignored``, or empty when unknown), the unit it carries, the nearest guess."""

    field: str
    unit: str
    guess: str


def read_header(name: str, format_name: str) -> Header:
    """The field a header stands for in a format.

    Examples
    --------
    >>> read_header("Retention Time (min)", "sciex")
    Header(field='retention_time_min', unit='min', guess='')
    >>> read_header("Aera", "sciex")
    Header(field='', unit='', guess='area')
    """
    field, unit = find_field(name, format_name)
    if field:
        return Header(field, unit, "")
    close = difflib.get_close_matches(_bare(name)[0], [*_columns(format_name), *FIELDS], n=1, cutoff=_CLOSE)
    return Header("", unit, _columns(format_name).get(close[0], close[0]) if close else "ignored")


def find_field(name: str, format_name: str) -> tuple[str, str]:
    """Our field and the unit a header carries; no field when the header is not known.

    Examples
    --------
    >>> find_field("pguL", "targetlynx")
    ('vendor_concentration', 'pguL')
    """
    known = _columns(format_name)
    folded = fold_header(name)
    if folded in known:
        return known[folded], ""
    bare, unit = _bare(name)
    if bare in known:
        return known[bare], unit
    return ("vendor_concentration", name.strip()) if is_unit(name) else ("", unit)


def _bare(name: str) -> tuple[str, str]:
    match = _BRACKETS.search(name)
    return (fold_header(name[: match.start()]), match[1].strip()) if match else (fold_header(name), "")


@cache
def _columns(format_name: str) -> dict[str, str]:
    """Folded header to field: the format's own words go before our own ones."""
    words = [word for word in instrument_words() if word.kind == "column" and word.format in (format_name, "generic")]
    words.sort(key=lambda word: word.format == format_name)
    return {fold_header(word.theirs): word.ours for word in words}


@cache
def known_words(kind: str, format_name: str) -> dict[str, str]:
    """Folded word to ours, for a kind of word.

    Examples
    --------
    >>> known_words("sample_type", "tracefinder")["cal_std"]
    'calibrator'
    """
    words = [word for word in instrument_words() if word.kind == kind and word.format in (format_name, "generic")]
    words.sort(key=lambda word: word.format == format_name)
    return {fold_header(word.theirs): word.ours for word in words}


def nearest_word(word: str, kind: str, format_name: str) -> str:
    """What the nearest known word means, or nothing.

    Examples
    --------
    >>> nearest_word("Calibrater", "sample_type", "generic")
    'calibrator'
    """
    # The words of every vendor are near enough for a guess.
    known = {fold_header(w.theirs): w.ours for w in instrument_words() if w.kind == kind} | known_words(kind, format_name)
    close = difflib.get_close_matches(fold_header(word), known, n=1, cutoff=_CLOSE)
    return known[close[0]] if close else ""


def is_unit(text: str) -> bool:
    """Whether a text is a unit of concentration.

    Examples
    --------
    >>> is_unit("ng/mL"), is_unit("pguL"), is_unit("min")
    (True, True, False)
    """
    return bool(_UNIT.fullmatch(text.strip()))
