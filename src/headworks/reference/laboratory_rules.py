"""Rules of the laboratory as data: when a peak is the substance, and when a batch may be released.

A *profile* is a named list of rules; its name goes on the report. A laboratory may bring a file of its own in the same
columns, which is used instead of the shipped one. The trap: a rule that a profile does not hold is not applied, so a short
profile is a lenient one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR, STATUSES, Breach, Row, nearest, read_rows, require_none

IDENTIFICATION_FILE = "identification_rules.csv"
QUALITY_FILE = "quality_rules.csv"
_SMALL_SAMPLES_FILE = "quality_small_samples.csv"
IDENTIFICATION_COLUMNS = (
    "profile", "edition", "rule", "separation", "abundance_above", "abundance_up_to", "limit", "unit", "basis", "is_required",
    "citation", "status", "note",
)  # fmt: skip
QUALITY_COLUMNS = (
    "profile", "edition", "check", "rule", "limit_lower", "limit_upper", "unit", "consequence", "citation", "status", "note",
)  # fmt: skip
# Units a rule of identification may have, and what its limit may be relative to.
_IDENTIFICATION_RULES = {
    "retention_time": (("percent", "min"), ("absolute", "internal_standard")),
    "coelution": (("min",), ("absolute",)),
    "ion_ratio": (
        ("percent", "percent_points"),
        ("qualifier_over_quantifier", "quantifier_over_qualifier", "weaker_over_stronger"),
    ),
    "signal_to_noise": (("1",), ("",)),
    "points": (("points",), ("",)),
    "points_of_separation": (("points",), ("",)),
    "points_of_precursor": (("points",), ("",)),
    "points_of_product_ion": (("points",), ("",)),
}
CONSEQUENCES = ("reject", "withhold", "look", "note")
_DEFAULT = "headworks-default"


def identification_rules(profile: str = _DEFAULT, own_file: str | Path | None = None) -> pl.DataFrame:
    """The rules by which a peak is the substance.

    Parameters
    ----------
    profile
        Its name.
    own_file
        CSV file of the user's own with the columns of ``identification_rules.csv``, used instead of it.

    Returns
    -------
    pl.DataFrame
        The columns of the file in file order; ``abundance_above``, ``abundance_up_to`` (percent) and ``limit`` are numbers,
        ``is_required`` bool.

    Raises
    ------
    ParameterError
        ``HW-P003`` for a file that cannot be used, every cell of it; ``HW-D621`` for a profile it does not hold.

    Examples
    --------
    >>> identification_rules("sante-11312-2021").select("rule", "limit", "unit").row(0)
    ('retention_time', 0.1, 'min')
    """
    numbers = ("abundance_above", "abundance_up_to", "limit")
    breaches: list[Breach] = []
    rows = read_rows(Path(own_file) if own_file else DATA_DIR / IDENTIFICATION_FILE, IDENTIFICATION_COLUMNS, breaches)
    for row in rows:
        breaches.extend(_cells(row, numbers, {"is_required": ("yes", "no"), "status": STATUSES}))
        rule = row.text("rule")
        if rule not in _IDENTIFICATION_RULES:
            breaches.append(row.breach("rule", "No such rule of identification.", nearest(rule, _IDENTIFICATION_RULES)))
            continue
        for column, words in zip(("unit", "basis"), _IDENTIFICATION_RULES[rule], strict=True):
            if row.text(column) not in words:
                breaches.append(row.breach(column, f"The {column} does not fit the rule.", "Give " + " or ".join(words)))
        if not _is_number(row.text("limit")) or float(row.text("limit")) <= 0:
            breaches.append(row.breach("limit", "A limit is above zero.", "Give a number above 0"))
    require_none(breaches)
    frame = _frame(rows, IDENTIFICATION_COLUMNS, numbers)
    return _chosen(frame, profile, own_file or IDENTIFICATION_FILE).with_columns(is_required=pl.col("is_required") == "yes")


def quality_rules(profile: str = _DEFAULT, own_file: str | Path | None = None) -> pl.DataFrame:
    """The rules by which a batch may be released, and what follows when one is broken.

    Parameters
    ----------
    profile, own_file
        As of :func:`identification_rules`; the columns are those of ``quality_rules.csv``.

    Returns
    -------
    pl.DataFrame
        The columns of the file in file order; ``limit_lower`` and ``limit_upper`` are numbers in the unit of the row.

    Raises
    ------
    ParameterError
        ``HW-P003`` for a file that cannot be used, every cell of it; ``HW-D621`` for a profile it does not hold.

    Examples
    --------
    >>> quality_rules().filter(check="spike", rule="recovery").select("limit_lower", "limit_upper", "consequence").row(0)
    (70.0, 120.0, 'look')
    """
    numbers = ("limit_lower", "limit_upper")
    breaches: list[Breach] = []
    rows = read_rows(Path(own_file) if own_file else DATA_DIR / QUALITY_FILE, QUALITY_COLUMNS, breaches)
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        breaches.extend(_cells(row, numbers, {"consequence": CONSEQUENCES, "status": STATUSES}))
        key = tuple(row.text(column) for column in ("profile", "check", "rule"))
        if key in seen:
            breaches.append(row.breach("rule", "A profile names a rule twice.", "Keep one of the two rows"))
        seen.add(key)
        if not any(row.text(column) for column in numbers):
            breaches.append(row.breach("limit_upper", "A rule has no limit.", "Give limit_lower, limit_upper or both"))
    require_none(breaches)
    return _chosen(_frame(rows, QUALITY_COLUMNS, numbers), profile, own_file or QUALITY_FILE)


@cache
def small_sample_factors() -> Mapping[int, float]:
    """What the scaled median absolute deviation of so many points is multiplied by, to be right on average.

    Examples
    --------
    >>> small_sample_factors()[5]
    1.206
    """
    frame = pl.read_csv(DATA_DIR / _SMALL_SAMPLES_FILE, infer_schema=False)
    return {int(count): float(factor) for count, factor in frame.select("n_points", "mad_factor").rows()}


def _cells(row: Row, numbers: Sequence[str], words: Mapping[str, Sequence[str]]) -> list[Breach]:
    """What is wrong with the names, numbers and words of a row."""
    breaches = [
        row.breach(column, f"A rule has no {column}.", f"Give a {column}")
        for column in ("profile", "edition", "rule")
        if not row.text(column)
    ]
    breaches += [
        row.breach(column, "The limit of a rule is not a number.", "Give a number with a decimal point")
        for column in numbers
        if row.text(column) and not _is_number(row.text(column))
    ]
    for column, known in words.items():
        if row.text(column) not in known:
            breaches.append(row.breach(column, f"{column} is not one of those known.", "Give one of " + ", ".join(known)))
    return breaches


def _frame(rows: Sequence[Row], columns: Sequence[str], numbers: Sequence[str]) -> pl.DataFrame:
    frame = pl.DataFrame([row.values for row in rows], schema=dict.fromkeys(columns, pl.String))
    return frame.with_columns(pl.col(*numbers).cast(pl.Float64))


def _chosen(rules: pl.DataFrame, profile: str, file: str | Path) -> pl.DataFrame:
    """The rules of one profile."""
    names = rules["profile"].unique(maintain_order=True).to_list()
    if profile not in names:
        raise ParameterError(
            "There is no profile of acceptance of that name.",
            where=str(file),
            found=profile,
            remedy=nearest(profile, names),
            code="HW-D621",
        )
    return rules.filter(pl.col("profile") == profile)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
