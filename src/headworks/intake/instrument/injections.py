"""Which rows are of one injection, what was injected, in which order; and rows that cannot be told apart.

An injection is a row of a wide table; in a long one it is a data file, sample name and time together. Two injections of one
name stay two when a file or a time tells them apart; when nothing does, both are refused: which peak is whose is not known.
"""

from __future__ import annotations

import re
from pathlib import PurePath

import polars as pl

from headworks.intake.instrument.faults import Place, fault_rows, no_faults
from headworks.intake.instrument.profile import Profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.vocabulary import known_words, nearest_word
from headworks.intake.parsed import fold_header
from headworks.intake.raw import ROW

_ENDING = r"(?i)\.(d|raw|wiff2?|mzml|mzxml|lcd|qgd|cdf)$"
# Names that contradict the type "sample"; the guess stands beside.
_TELLING = (
    (re.compile(r"(?i)^(cal|std|标)[\s_-]*0+$"), "blank"),
    (re.compile(r"(?i)(^|[\s_-])(s|inst|sys|solv\w*)[\s_-]?(bl(an)?k)|溶剂空白"), "solvent_blank"),
    (re.compile(r"(?i)bl(an)?k|空白"), "blank"),
    (re.compile(r"(?i)^(cal|std|cs)[\s_-]?[a-z0-9]{1,2}$"), "calibrator"),
    (re.compile(r"(?i)^sst"), "system_suitability"),
    (re.compile(r"(?i)(^|[\s_-])[a-z]?qc([\s_-]|\d|$)"), "qc"),
)
KEY = ["batch_id", "injection", "analyte", "transition"]


def name_samples(rows: pl.DataFrame, file: str, batch_id: str | None) -> pl.DataFrame:
    """Sample names, from the data file where the export has no other; the batch, from the file's name where it has none."""
    bare = pl.col("data_file").str.split("\\").list.last().str.replace(_ENDING, "")
    batch = pl.lit(batch_id) if batch_id else pl.coalesce("batch_id", pl.lit(PurePath(file).stem or "batch"))
    return rows.with_columns(sample_name=pl.coalesce("sample_name", bare), batch_id=batch)


def read_types(rows: pl.DataFrame, format_name: str, profile: Profile, where: str, questions: list[Question]) -> pl.DataFrame:
    """``sample_type`` in our words; words and names that leave it open are asked about, each once."""
    known = known_words("sample_type", format_name)
    said = {fold_header(theirs): ours for theirs, ours in profile.sample_types.items()}
    words = rows["sample_type"].drop_nulls().unique(maintain_order=True).to_list()
    types = {word: said.get(fold_header(word)) or known.get(fold_header(word)) for word in words}
    typed = pl.col("sample_type").replace_strict(types, default=None, return_dtype=pl.String)
    named = pl.col("sample_name").replace_strict(profile.samples, default=typed, return_dtype=pl.String)
    rows = rows.with_columns(sample_type_as_written="sample_type", sample_type=named)
    for word in [word for word, ours in types.items() if ours is None]:
        first = rows.filter(pl.col("sample_type_as_written") == word).row(0, named=True)
        if rows.filter((pl.col("sample_type_as_written") == word) & pl.col("sample_type").is_null()).height:
            questions.append(
                Question("HW-D643", "What kind of sample does the export mean?", f"{where}, row {first[ROW]}", word,
                         nearest_word(word, "sample_type", format_name) or _by_name(word) or _by_name(first["sample_name"]),
                         ("sample_types", word), True)
            )  # fmt: skip
    _ask_about_names(rows, profile, where, questions)
    return rows


def _ask_about_names(rows: pl.DataFrame, profile: Profile, where: str, questions: list[Question]) -> None:
    # A word that nobody understands is asked about above; here the export says "sample", or nothing at all.
    is_open = pl.col("sample_type").is_null() & pl.col("sample_type_as_written").is_null()
    doubtful = rows.filter((pl.col("sample_type") == "sample") | is_open)
    firsts = doubtful.unique("sample_name", keep="first", maintain_order=True).select("sample_name", "sample_type", ROW)
    for name, kind, row in firsts.iter_rows():
        guess = _by_name(name)
        if name in profile.samples or (kind and not guess):
            continue
        ask = (
            "The export calls this a sample; its name says otherwise. What is it?" if kind else "What kind of sample is this?"
        )
        questions.append(
            Question("HW-D659", ask, f"{where}, row {row}", name, guess or "sample", ("samples", name), kind is None)
        )


def _by_name(name: str) -> str:
    return next((kind for pattern, kind in _TELLING if pattern.search(name)), "")


def number_injections(rows: pl.DataFrame, *, is_row_an_injection: bool) -> pl.DataFrame:
    """``injection``: 1, 2 … in each batch, by time where every injection has one, else in the order of the file."""
    if is_row_an_injection:
        rows = rows.with_columns(_injection=pl.col(ROW).cast(pl.String))
    is_marked = rows["_injection"].is_not_null().any()
    # A time that could not be read is that of the file's other rows, when they agree.
    same = ["batch_id", "data_file", "sample_name"]
    others = pl.col("_acquired").drop_nulls()
    is_one = others.n_unique().over(same) == 1
    rows = rows.with_columns(_acquired=pl.coalesce("_acquired", pl.when(is_one).then(others.first().over(same))))
    key = ["batch_id", *(["_injection"] if is_marked else ["data_file", "sample_name", "_acquired"])]
    first = rows.select(*key, "acquired_at").unique(key, keep="first", maintain_order=True).with_row_index("_place")
    is_timed = (pl.col("acquired_at").is_not_null().all() & pl.col("acquired_at").is_unique().all()).over("batch_id")
    order = pl.when(is_timed).then(pl.col("acquired_at").rank("ordinal").over("batch_id"))
    numbered = first.with_columns(injection=pl.coalesce(order, pl.int_range(1, pl.len() + 1).over("batch_id")).cast(pl.Int32))
    return rows.drop("injection").join(
        numbered.select(*key, "injection"), on=key, how="left", nulls_equal=True, maintain_order="left"
    )


def refuse_twins(rows: pl.DataFrame, place: Place) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows without those of one key, and the faults that say which; a row said again word for word is kept once."""
    if not rows.select(KEY).is_duplicated().any():
        return rows, no_faults()
    found = pl.concat_str("sample_name", "compound_as_written", "transition", separator=", ")
    values = [name for name in rows.columns if name != ROW]
    again = rows.filter(~pl.struct(values).is_first_distinct())
    rows = rows.filter(pl.struct(values).is_first_distinct())
    is_twin = rows.select(KEY).is_duplicated()
    repeated = fault_rows(
        again, place, "HW-D648", "The row says again what an earlier one says; it is kept once.", found=found,
        remedy="Nothing needs to be done", column="(row)", severity="warning",
    )  # fmt: skip
    twins = fault_rows(
        rows.filter(is_twin), place, "HW-D648", "Two rows have one injection, compound and transition and differ.",
        found=found, remedy="Export the data file or the time of injection, or give every sample its own name", column="(row)",
    )  # fmt: skip
    return rows.filter(~is_twin), pl.concat([repeated, twins])
