"""From a column's unit to ours: by its name, its header, the mapping or a unit column; what they say must agree.

    concentration_ng_per_l          the name says it
    concentration [ug/L]            the header says it
    concentration + column unit     every row says it
    [units] concentration = "ug/L"  the mapping says it

A number whose unit is said nowhere is refused, and so is one whose unit is said twice and differently.
"""

from __future__ import annotations

import re

import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.units import Quantity, convert_factor
from headworks.intake.cells import CellReader
from headworks.intake.mapping import Mapping
from headworks.intake.parsed import fold_header

# A quantity with its unit in the name, the bare name that needs a unit, what it is, and the column that says its unit.
QUANTITIES: dict[str, tuple[str, Quantity, tuple[str, ...]]] = {
    "concentration_ng_per_l": ("concentration", Quantity.CONCENTRATION, ("unit",)),
    "lod_ng_per_l": ("lod", Quantity.CONCENTRATION, ("unit",)),
    "loq_ng_per_l": ("loq", Quantity.CONCENTRATION, ("unit",)),
    "flow_m3_per_day": ("flow", Quantity.FLOW, ("flow_unit", "unit")),
}
BARE_NAMES = {wide: bare for wide, (bare, _, _) in QUANTITIES.items()}
HEADER_WITH_UNIT = re.compile(r"^(?P<name>.+?)\s*[\[(（](?P<unit>[^\])）]+)[\])）]$")


def unit_factor(reader: CellReader, name: str, source: str, headers: dict[str, str], mapping: Mapping) -> float | pl.Series:
    """What to multiply a column by, one number or one per row; rows of an unknown unit are refused.

    Parameters
    ----------
    name
        Ours, with the unit in it.
    source
        The foreign header.

    Raises
    ------
    DataRefused
        ``HW-D104`` when the unit is said nowhere, is not known, or is said differently in two places.
    """
    bare, quantity, unit_columns = QUANTITIES[name]
    where = f"{reader.table.where}, column {source}"
    said: dict[str, float] = {}
    match = HEADER_WITH_UNIT.match(source)
    if match:
        said["the header"] = factor_of(match["unit"], quantity, where)
    elif fold_header(source) == name:
        said["the column's name"] = 1.0
    for key in (name, bare):
        if key in mapping.units:
            said[f"the mapping, [units] {key}"] = factor_of(mapping.units[key], quantity, where)
    unit_source = next((headers[column] for column in unit_columns if column in headers), None)
    if not said and quantity is Quantity.CONCENTRATION and "concentration" in mapping.units:
        said["the mapping, [units] concentration"] = factor_of(mapping.units["concentration"], quantity, where)
    if not said and unit_source is None and mapping.columns.get(name) == source:
        said["the mapping, [columns]"] = 1.0
    if len(set(said.values())) > 1:
        raise DataRefused(
            "The unit of a column is said twice and differently.",
            where=where, found=" and ".join(said), remedy="Say it in one place", code="HW-D104",
        )  # fmt: skip
    if unit_source is not None:
        return factors_by_row(reader, unit_source, quantity, next(iter(said.values()), None))
    if not said:
        remedy = f"Name the column {name}, or {bare} [unit], add a column {unit_columns[0]}, or say it in the mapping: [units]"
        raise DataRefused(f"The unit of {source!r} is said nowhere.", where=where, found=source, remedy=remedy, code="HW-D104")
    return next(iter(said.values()))


def factor_of(unit: str, quantity: Quantity, where: str) -> float:
    """The factor of one spelling; the refusal of an unknown one says where it stood."""
    try:
        return convert_factor(unit, quantity)
    except DataRefused as problem:
        raise DataRefused(problem.what, where=where, found=unit, remedy=problem.remedy, code=problem.code) from problem


def factors_by_row(reader: CellReader, unit_source: str, quantity: Quantity, only: float | None) -> pl.Series:
    """Factors by a unit column; rows of another or an unknown unit are refused.

    Parameters
    ----------
    only
        The one factor that the header or the mapping allows; then an empty cell says nothing against it.
    """
    units = reader.frame[unit_source]
    factors: dict[str, float] = {}
    remedy, problem = "Give the unit of every row", f"This unit of {quantity.value} is not known or is missing."
    for unit in units.drop_nulls().unique().sort().to_list():
        try:
            factor = convert_factor(unit, quantity)
        except DataRefused as refused:
            remedy = refused.remedy
            continue
        if only is None or factor == only:
            factors[unit] = factor
        else:
            problem = "The unit of this row is not the one the column's header or the mapping says."
            remedy = "Say the unit in one place: name the column without one"
    is_bad = ~units.is_in(list(factors)).fill_null(value=False)
    if only is not None:
        is_bad &= units.is_not_null()  # an empty cell says nothing against the header
        reader.refuse(unit_source, is_bad, "HW-D104", problem, remedy)
        return units.replace_strict(factors, default=only, return_dtype=pl.Float64)
    reader.refuse(unit_source, is_bad, "HW-D104", problem, remedy)
    return units.replace_strict(factors, default=None, return_dtype=pl.Float64)
