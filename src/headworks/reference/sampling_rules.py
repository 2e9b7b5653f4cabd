"""Sampling specifications as data: what a sample must be like, one row per rule.

A rule compares one field of a sample with a value. A workspace may bring a file of its own in the same columns, which is
used instead of the shipped one. The trap is a citation: it stays empty where no document is known to say it, and ``status``
says ``none`` where the number is a choice of Headworks.
"""

from __future__ import annotations

import math
from pathlib import Path

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR, STATUSES, Breach, Row, nearest, read_rows, require_none

RULES_FILE = "sampling_rules.csv"
RULE_COLUMNS = (
    "specification", "edition", "rule", "field", "operator", "value", "unit", "applies_to_modes", "is_required", "severity",
    "citation", "status", "note",
)  # fmt: skip
# What a rule can ask about, and how.
FIELDS = {
    "mode": ("one_of",),
    "window_h": ("at_least", "at_most"),
    "interval_min": ("at_least", "at_most"),
    "volume_ml": ("at_least", "at_most"),
    "ph": ("at_least", "at_most"),
    "temperature_c": ("at_least", "at_most"),
    "transport_h": ("at_least", "at_most"),
    "holding_h": ("at_least", "at_most"),
    "transport_temperature_c": ("at_least", "at_most"),
    "field_blanks": ("one_per",),
    "duplicates": ("one_per",),
}
MODES = ("flow_proportional", "volume_proportional", "time_proportional", "grab", "passive")
SEVERITIES = ("major", "minor")
_WORDS = {"is_required": ("yes", "no"), "severity": SEVERITIES, "status": STATUSES}


def sampling_rules(specification: str | None = None, own_file: str | Path | None = None) -> pl.DataFrame:
    """The rules of one sampling specification.

    Parameters
    ----------
    specification
        Its name; may be left out where the file holds only one.
    own_file
        CSV file of the user's own with the columns of ``sampling_rules.csv``, used instead of it.

    Returns
    -------
    pl.DataFrame
        The columns of the file in file order, text, but ``is_required`` (bool).

    Raises
    ------
    ParameterError
        ``HW-P003`` for a file that cannot be used, every cell of it; ``HW-D451`` for a specification it does not hold, or
        several and none named.

    Examples
    --------
    >>> sampling_rules().filter(rule="interval").select("operator", "value", "unit").row(0)
    ('at_most', '10', 'min')
    """
    breaches: list[Breach] = []
    rows = read_rows(Path(own_file) if own_file else DATA_DIR / RULES_FILE, RULE_COLUMNS, breaches)
    breaches.extend(breach for row in rows for breach in _row_breaches(row))
    seen: set[tuple[str, str]] = set()
    for row in rows:
        key = (row.text("specification"), row.text("rule"))
        if key in seen:
            breaches.append(row.breach("rule", "A specification names a rule twice.", "Give each rule its own name"))
        seen.add(key)
    require_none(breaches)
    frame = pl.DataFrame([row.values for row in rows], schema=dict.fromkeys(RULE_COLUMNS, pl.String))
    names = frame["specification"].unique(maintain_order=True).to_list()
    if specification not in names and (specification is not None or len(names) != 1):
        raise ParameterError(
            "There is no sampling specification of that name.",
            where=str(own_file or RULES_FILE),
            found=specification or "none named",
            remedy=nearest(specification or "", names),
            code="HW-D451",
        )
    chosen = frame.filter(pl.col("specification") == (specification or names[0]))
    return chosen.with_columns(is_required=pl.col("is_required") == "yes")


def _row_breaches(row: Row) -> list[Breach]:
    breaches = [
        row.breach(column, f"A rule has no {column}.", f"Give a {column}")
        for column in ("specification", "edition", "rule", "value")
        if not row.text(column)
    ]
    for column, words in _WORDS.items():
        if row.text(column) not in words:
            breaches.append(row.breach(column, f"{column} is not one of those known.", "Give one of " + ", ".join(words)))
    field, operator = row.text("field"), row.text("operator")
    if field not in FIELDS:
        breaches.append(row.breach("field", "A rule asks about a field that no sample has.", nearest(field, FIELDS)))
    elif operator not in FIELDS[field]:
        remedy = "Give one of " + ", ".join(FIELDS[field])
        breaches.append(row.breach("operator", "This operator does not fit the field.", remedy))
    elif operator != "one_of" and not _is_number(row.text("value"), above=0.0 if operator == "one_per" else -math.inf):
        breaches.append(row.breach("value", "The value of a rule is not a number.", "Give a number, with a decimal point"))
    asked = row.text("applies_to_modes").split(";") + (row.text("value").split(";") if field == "mode" else [])
    unknown = [mode for mode in asked if mode and mode not in MODES]
    if unknown:
        breaches.append(row.breach("applies_to_modes", f"There is no mode {unknown[0]}.", nearest(unknown[0], MODES)))
    return breaches


def _is_number(text: str, above: float) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and value > above
