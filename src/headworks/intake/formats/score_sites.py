"""The list of sites beside a SCORE-style table: where they are and how many people drain to them."""

from __future__ import annotations

import polars as pl

from headworks.intake.cells import CellReader
from headworks.intake.formats.score_places import UNDATED, keep_places, keep_table
from headworks.intake.parsed import Parsed
from headworks.intake.raw import ROW


def read_sites(reader: CellReader, headers: dict[str, str], frame: pl.DataFrame, parsed: Parsed) -> None:
    """Sites, areas and populations of a list of sites into ``parsed``.

    Parameters
    ----------
    frame
        As from ``read_places``, one row per row of the table.
    """
    numbers = {name: reader.number(headers[name]) for name in ("latitude", "longitude", "population")}
    for degree, most in (("latitude", 90), ("longitude", 180)):
        reader.refuse(
            headers[degree], numbers[degree].abs() > most, "HW-D112", "There is no such place on the globe.",
            f"Give WGS 84 degrees, -{most} to {most}; perhaps latitude and longitude are exchanged",
        )  # fmt: skip
    reader.refuse(
        headers["population"], numbers["population"] <= 0, "HW-D112", "The population is not above zero.",
        "Give the people who drain to the site, or leave it empty",
    )  # fmt: skip
    name = reader.text(headers["location"]) if "location" in headers else frame["city"]
    frame = frame.with_columns(**numbers, name=name, is_kept=reader.is_kept()).filter("is_kept")
    frame = _refuse_double_sites(reader, headers, frame, parsed)
    keep_places(reader, parsed, headers, frame)
    counted = frame.drop_nulls("population").select(
        "site_id",
        "population",
        ROW,
        valid_from=pl.lit(UNDATED),
        population_method=pl.lit("as published"),
        u_population=pl.lit(None, dtype=pl.Float64),
    )
    keep_table(reader, parsed, headers, "populations", counted)


def _refuse_double_sites(reader: CellReader, headers: dict[str, str], frame: pl.DataFrame, parsed: Parsed) -> pl.DataFrame:
    values = ["latitude", "longitude", "population", "name"]
    distinct = frame.unique(["site_id", *values], keep="first", maintain_order=True)
    clash = distinct.filter(pl.col("site_id").is_duplicated())["site_id"].unique()
    is_clash = pl.col("site_id").is_in(clash.implode())
    rows = frame.filter(is_clash)[ROW]
    reader.refuse(
        headers["site_id"], reader.frame[ROW].is_in(rows.implode()), "HW-D110",
        "Two rows describe the same site and differ.", "Keep the right one; two plants have two site identifiers",
    )  # fmt: skip
    repeated = frame.filter(~pl.col(ROW).is_in(pl.concat([distinct[ROW], rows]).implode()))[ROW]
    message = "{n} rows say the same as an earlier one (rows {rows})."
    parsed.aside("repeated", "HW-I220", "info", reader.table, repeated, message)
    return distinct.filter(~is_clash)
