"""What instrument software calls its columns, sample types, roles and ions, and which words mean that nothing was found.

One row per word in ``instrument_columns.csv``, with its source; ``status`` says whether the word was seen in a real export or
in public material (verified) or is from memory. The trap is one word for two things: ``RT`` is the time found in MassHunter
and the time expected in TraceFinder, so words are kept by format.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from headworks.reference.parameter_files import DATA_DIR, STATUSES, Breach, read_rows, require_none

WORDS_FILE = "instrument_columns.csv"
WORD_COLUMNS = ("format", "kind", "theirs", "ours", "source", "status")
FORMATS = ("masshunter", "skyline", "sciex", "targetlynx", "tracefinder", "generic")
KINDS = ("column", "sample_type", "role", "ion", "absent")


@dataclass(frozen=True)
class InstrumentWord:
    """One word of one vendor, what it means here, and where that was learnt."""

    format: str
    kind: str
    theirs: str
    ours: str
    source: str
    status: str


@cache
def instrument_words() -> tuple[InstrumentWord, ...]:
    """Every word known, in file order.

    Raises
    ------
    ParameterError
        ``HW-P003`` for a file that cannot be used.

    Examples
    --------
    >>> [w.ours for w in instrument_words() if (w.format, w.theirs) == ("masshunter", "MI")]
    ['is_manual_integration']
    """
    breaches: list[Breach] = []
    rows = read_rows(DATA_DIR / WORDS_FILE, WORD_COLUMNS, breaches)
    allowed: Mapping[str, tuple[str, ...]] = {"format": FORMATS, "kind": KINDS, "status": STATUSES}
    for row in rows:
        for column, words in allowed.items():
            if row.text(column) not in words:
                breaches.append(row.breach(column, "The word is not one of those known.", "Use one of " + ", ".join(words)))
    require_none(breaches)
    return tuple(InstrumentWord(*(row.text(column) for column in WORD_COLUMNS)) for row in rows)
