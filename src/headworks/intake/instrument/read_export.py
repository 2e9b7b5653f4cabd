"""From an instrument's export to rows ready for quantification: what it says, what it leaves open, what is wrong with it.

The same bytes and the same profile give the same rows, and the hash of the bytes tells an export that comes again. Nothing is
filled in that neither the file nor the profile says.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from headworks.core.errors import DataRefused
from headworks.core.schema import polars_schema
from headworks.intake.instrument.checks import look_at_batch, refuse_levels
from headworks.intake.instrument.faults import Place, fault_rows
from headworks.intake.instrument.identity import (
    choose_quantifiers,
    fill_transitions,
    name_compounds,
    pair_standards,
    read_ions,
    read_roles,
)
from headworks.intake.instrument.injections import KEY, name_samples, number_injections, read_types, refuse_twins
from headworks.intake.instrument.layouts.grid import read_grid, require_size
from headworks.intake.instrument.layouts.layout import Layout, read_layout
from headworks.intake.instrument.profile import Profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.values import ValueReader
from headworks.intake.instrument.vocabulary import CONCENTRATIONS
from headworks.intake.raw import ROW
from headworks.tables.instrument import InjectionResults

# Fields that are used on the way to the table.
_WORKING = {"analyte_group": pl.String, "flags": pl.String, "_acquired": pl.String, "_injection": pl.String}


@dataclass(frozen=True)
class InstrumentExport:
    """An export as read.

    Attributes
    ----------
    rows
        ``InjectionResults`` with ``source_row``, by batch, injection and the order of the file.
    questions
        What the file leaves open, with the nearest guesses.
    faults
        By file, row and column; ``severity`` refused or warning.
    format
        What the header showed, or the profile said.
    profile
        The profile it was read with.
    file, content_hash
        Its name, and the SHA-256 of its bytes.
    """

    rows: pl.DataFrame
    questions: tuple[Question, ...]
    faults: pl.DataFrame
    format: str
    profile: Profile
    file: str
    content_hash: str

    @property
    def is_ready(self) -> bool:
        """Whether results can be computed: there are rows, and no question stands in the way."""
        return self.rows.height > 0 and not any(question.is_blocking for question in self.questions)


def read_instrument_export(
    path_or_bytes: Path | str | bytes, profile: Profile | None = None, *, file: str | None = None, batch_id: str | None = None
) -> InstrumentExport:
    r"""The results an instrument's software exported, ready for quantification once every blocking question is answered.

    Parameters
    ----------
    path_or_bytes
        The file, or its bytes.
    profile
        How its laboratory writes.
    file
        Its name, for messages, when bytes are given.
    batch_id
        The batch, when the file's own name is not wanted.

    Returns
    -------
    InstrumentExport
        Rows, questions and faults. A cell at fault is empty and its row says so in ``fault_code``.

    Raises
    ------
    DataRefused
        ``HW-D641`` for a file that cannot be opened or is too large; ``HW-D101`` to ``HW-D103`` when it is no table,
        ``HW-D111`` and ``HW-D640`` when the profile is of another file, ``HW-D114`` when it has columns about persons.

    Examples
    --------
    >>> export = read_instrument_export(b"sample_name,sample_type,analyte,area\nS1,sample,cocaine,1200\n")
    >>> export.rows.select("injection", "analyte", "area", "ion").row(0)
    (1, 'cocaine', 1200.0, 'quantifier')
    """
    profile = profile or Profile()
    content, name = _content(path_or_bytes, file)
    grid = read_grid(content, name, profile)
    layout = read_layout(grid, profile)
    place = Place(grid.file, grid.sheet)
    reader = ValueReader(layout.sheet, layout.format, profile, layout.questions)
    rows = _complete(reader.rows())
    rows, found = _shape(rows, layout, profile, place, batch_id)
    # Words of the sheet are read before this, so that every fault of a cell is known.
    faults = pl.concat([reader.faults(), *found]).sort("severity", "row", nulls_last=True, maintain_order=True)
    digest = hashlib.sha256(content).hexdigest()
    return InstrumentExport(rows, tuple(dict.fromkeys(layout.questions)), faults, layout.format, profile, name, digest)


def _content(path_or_bytes: Path | str | bytes, file: str | None) -> tuple[bytes, str]:
    if isinstance(path_or_bytes, bytes):
        return path_or_bytes, file or "export"
    path = Path(path_or_bytes)
    try:
        require_size(path.stat().st_size, file or path.name)
        return path.read_bytes(), file or path.name
    except (OSError, ValueError) as problem:
        raise DataRefused(
            "The export cannot be opened.", where=file or path.name, found=type(problem).__name__,
            remedy="Give a file that can be read", code="HW-D641",
        ) from problem  # fmt: skip


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    """Every field as a column, words still as text."""
    wanted: dict[str, pl.DataType | type[pl.DataType]] = {**polars_schema(InjectionResults), **_WORKING}
    words = {name: pl.String if isinstance(dtype, pl.Enum) else dtype for name, dtype in wanted.items()}
    return rows.with_columns(
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in words.items()
    )


def _shape(
    rows: pl.DataFrame, layout: Layout, profile: Profile, place: Place, batch_id: str | None
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    questions, name = layout.questions, layout.format
    rows = name_samples(rows, place.file, batch_id).with_columns(pl.col("analyte", "sample_name").replace("", None))
    faults = []
    for column in ("sample_name", "analyte"):
        # A name that was refused already is said there.
        bad = rows.filter(pl.col(column).is_null() & pl.col("fault_code").is_null())
        faults.append(
            fault_rows(bad, place, "HW-D107", "The row does not say its sample or compound.", found=pl.lit("empty"),
                       remedy="Give a value; this column is required", column=column)
        )  # fmt: skip
    rows = rows.filter(pl.col("sample_name").is_not_null() & pl.col("analyte").is_not_null())
    rows = _with_flags(rows)
    rows = name_compounds(rows, profile)
    rows = read_roles(rows, name, profile, place.where, questions)
    rows = fill_transitions(read_ions(rows, name))
    rows = read_types(rows, name, profile, place.where, questions)
    rows = number_injections(rows, is_row_an_injection=layout.sheet.is_row_an_injection)
    rows, twins = refuse_twins(rows, place)
    rows = choose_quantifiers(rows, profile, place.where, questions)
    rows = pair_standards(rows, profile, place.where, questions)
    rows = _with_unit(rows, layout, profile, place, questions)
    rows, levels = refuse_levels(rows, place)
    rows = rows.select(*[pl.col(c).cast(dtype) for c, dtype in polars_schema(InjectionResults).items()], ROW)
    rows = rows.sort(KEY[:2], maintain_order=True)
    return rows, [*faults, twins, levels, look_at_batch(rows, place)]


def _with_flags(rows: pl.DataFrame) -> pl.DataFrame:
    """TargetLynx's letters: M for an end of the peak moved by hand, X for a point left out of the calibration."""
    flags = pl.col("flags")
    return rows.with_columns(
        is_manual_integration=pl.coalesce("is_manual_integration", flags.str.contains("M", literal=True)),
        is_excluded_by_vendor=pl.coalesce("is_excluded_by_vendor", flags.str.contains("X", literal=True)),
    )


def _with_unit(rows: pl.DataFrame, layout: Layout, profile: Profile, place: Place, questions: list[Question]) -> pl.DataFrame:
    headers = list(dict.fromkeys(unit for name, unit in layout.sheet.units.items() if name in CONCENTRATIONS))
    said = headers[0] if len(headers) == 1 else None
    has_any = rows.select(pl.any_horizontal(pl.col(CONCENTRATIONS).is_not_null().any())).item() if rows.height else False
    rows = rows.with_columns(concentration_unit=pl.coalesce("concentration_unit", pl.lit(said or profile.concentration_unit)))
    written = rows["concentration_unit"].drop_nulls().unique().to_list()
    if len(headers) > 1:
        questions.append(Question("HW-D645", "Which unit do the concentrations have? The headers name several.", place.where,
                                  ", ".join(headers), headers[0], ("", "concentration_unit"), True))  # fmt: skip
    elif profile.concentration_unit and set(written) - {profile.concentration_unit}:
        ask = "Is the profile of this file? It says another unit; the file's own is kept."
        questions.append(Question("HW-D645", ask, place.where, ", ".join(sorted(written)), sorted(written)[0],
                                  ("", "concentration_unit"), True))  # fmt: skip
    elif has_any and rows["concentration_unit"].is_null().any():
        questions.append(Question("HW-D645", "Which unit do the concentrations have? The file does not say it.", place.where,
                                  "no unit", "", ("", "concentration_unit"), True))  # fmt: skip
    if layout.format == "generic" and not profile.retention_time_unit and "retention_time_min" in layout.sheet.fields():
        label = layout.sheet.blocks[0].columns["retention_time_min"]
        if not label.endswith("_min") and "retention_time_min" not in layout.sheet.units:
            questions.append(Question("HW-D645", "Are retention times in minutes? They are read so.", place.where, label,
                                      "min", ("", "retention_time_unit"), False))  # fmt: skip
    return rows
