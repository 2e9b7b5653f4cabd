"""Numbers of the laboratory's rules: acceptance profiles of calibrations, factors of limits and of scores.

Each row says where its number is from and whether the source was read (``verified``) or not (``from memory``). The trap: the
name of a profile on a report is a claim of conformity only where its status is ``verified``.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import polars as pl

from headworks.core.errors import ParameterError
from headworks.reference.parameter_files import DATA_DIR, nearest

PROFILES_FILE = "lab_calibration_profiles.csv"
CONSTANTS_FILE = "lab_constants.csv"


class CalibrationProfile(NamedTuple):
    """What a calibration must fulfil to give numbers; shares are fractions, not percent.

    ``deviation_limit`` bounds the back-calculated deviation of a level, ``deviation_limit_lowest`` that of the lowest one;
    ``least_share`` of the levels pass; ``rse_limit`` bounds the relative standard error, ``None`` where no rule does. The area
    of the internal standard lies between its two bounds, in terms of the mean of the calibrators.
    """

    name: str
    title: str
    least_levels: int
    deviation_limit: float
    deviation_limit_lowest: float
    least_share: float
    rse_limit: float | None
    standard_area_lower: float
    standard_area_upper: float
    status: str = "none"
    citation: str = ""


@cache
def calibration_profiles() -> dict[str, CalibrationProfile]:
    """Every shipped profile by its name, in file order.

    Examples
    --------
    >>> calibration_profiles()["ich_m10"].deviation_limit
    0.15
    """
    rows = pl.read_csv(DATA_DIR / PROFILES_FILE, infer_schema=False).iter_rows(named=True)
    return {row["profile"]: _profile(row) for row in rows}


def _profile(row: dict[str, str | None]) -> CalibrationProfile:
    def number(column: str) -> float:
        return float(row[column] or "nan")

    return CalibrationProfile(
        row["profile"] or "", row["title"] or "", int(number("least_levels")), number("deviation_limit"),
        number("deviation_limit_lowest"), number("least_share"), number("rse_limit") if row["rse_limit"] else None,
        number("standard_area_lower"), number("standard_area_upper"), row["status"] or "none", row["citation"] or "",
    )  # fmt: skip


def calibration_profile(profile: str | CalibrationProfile) -> CalibrationProfile:
    """A shipped profile by name; one of the user's own comes back as it is.

    Raises
    ------
    ParameterError
        ``HW-D600`` for a name no profile has.
    """
    if isinstance(profile, CalibrationProfile):
        return profile
    found = calibration_profiles().get(profile)
    if found is None:
        raise ParameterError(
            "There is no acceptance profile of that name.",
            where=PROFILES_FILE,
            found=profile,
            remedy=nearest(profile, calibration_profiles()),
            code="HW-D600",
        )
    return found


@cache
def lab_constants() -> pl.DataFrame:
    """All constants of the laboratory's rules: constant, value, unit, status, citation, note."""
    return pl.read_csv(DATA_DIR / CONSTANTS_FILE, infer_schema=False).with_columns(pl.col("value").cast(pl.Float64))


@cache
def lab_constant(name: str) -> float:
    """One constant, in the unit of its row.

    Raises
    ------
    ParameterError
        ``HW-D601`` when there is no such row.

    Examples
    --------
    >>> lab_constant("calibration_lod_factor")
    3.3
    """
    found = lab_constants().filter(constant=name)["value"]
    if found.is_empty():
        raise ParameterError(
            "The laboratory's rules have no such constant.",
            where=CONSTANTS_FILE,
            found=name,
            remedy="Add a row with its source and status",
            code="HW-D601",
        )
    return float(found[0])
