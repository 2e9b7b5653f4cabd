"""An evaluation as its page shows it: verdicts first, with the charts that matter for their reasons; then everything.

The trap: an evaluation's chart holds controls of earlier batches. They are of the same laboratory and of no other, because a
laboratory evaluates among its own (``laboratories``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from headworks.jobs.laboratory import StoredEvaluation, lab_profile
from headworks.lab.sentences import translated_sentences
from headworks.reference.lab_values import calibration_profile
from headworks.reports.laboratory import calibration_chart, levey_jennings

VERDICT_WORDS = {"released": _("released"), "needs_a_look": _("needs a look"), "rejected": _("rejected")}
_ORDER = ("rejected", "needs_a_look", "released")
# Checks whose failing a curve explains, and those that controls over time explain.
_OF_CURVE = frozenset({"calibration", "continuing_calibration", "drift", "internal_standard"})
_OF_CONTROLS = frozenset({"quality_control", "westgard", "control_chart"})
# So many drawings make a page of a megabyte; the rest is in the report.
_MOST_CHARTS = 40
_MOST_ROWS = 500
_COLUMNS: dict[str, tuple[tuple[str, Any], ...]] = {
    "results": (
        ("sample_name", _("Name in the export")), ("sample_id", _("Sample")), ("sample_type", _("Type")),
        ("analyte", _("Residue")), ("result", _("Result")), ("unit", _("Unit")), ("loq", "LOQ"), ("verdict", _("Verdict")),
        ("identification", _("Identification")), ("reason", _("Reason")),
    ),
    "calibrators": (
        ("analyte", _("Residue")), ("sample_name", _("Name in the export")), ("expected_concentration", _("Expected")),
        ("back_calculated", _("Back-calculated")), ("deviation_percent", _("Deviation, %")), ("is_used", _("Used")),
        ("not_used_reason", _("Why not used")),
    ),
    "limits": (
        ("analyte", _("Residue")), ("rule", _("Rule")), ("lod", "LOD"), ("loq", "LOQ"), ("unit", _("Unit")),
        ("is_used", _("Used")),
    ),
    "findings": (
        ("analyte", _("Residue")), ("check", _("Check")), ("outcome", _("Outcome")), ("consequence", _("Consequence")),
        ("reason", _("Reason")),
    ),
    "faults": (
        ("row", _("Row")), ("column", _("Column")), ("problem", _("What is wrong")), ("found", _("Found")),
        ("remedy", _("What would do")),
    ),
}  # fmt: skip
_FINDING_WORDS = {
    "pass": _("within limits"), "fail": _("not within limits"), "not_judged": _("not judged"),
    "reject": _("rejects the batch"), "withhold": _("withholds results"), "look": _("needs a look"), "note": _("is noted"),
    "none": _("nothing follows"),
}  # fmt: skip
_TITLES = {
    "results": _("Results"), "calibrators": _("Calibrators"), "limits": _("Limits by every rule"), "findings": _("Findings"),
    "faults": _("Faults of the file"),
}  # fmt: skip


class Card(NamedTuple):
    """An analyte: its row of verdicts, its charts by what they are of, and which of them its reasons call for."""

    row: dict[str, Any]
    words: Any
    charts: list[SafeString]
    further: list[SafeString]


class ShownTable(NamedTuple):
    """A table: headings with whether they are of numbers, cells as text, and how many rows were left out.

    ``is_english`` where its sentences are not in the reader's language.
    """

    title: Any
    is_english: bool
    headings: list[tuple[Any, bool]]
    rows: list[list[str]]
    n_left: int


def sentences_of(stored: StoredEvaluation) -> dict[str, str]:
    """Sentences of the findings in the reader's language, by the English; none of an evaluation older than their codes."""
    return translated_sentences(stored.table("findings"), gettext)


def cards_of(stored: StoredEvaluation, said: Mapping[str, str]) -> list[Card]:
    """A card per analyte, what was rejected first; its reasons and notes as ``said`` says them."""
    rank = {name: place for place, name in enumerate(_ORDER)}
    rows = sorted(
        stored.verdicts.iter_rows(named=True), key=lambda row: (rank[row["verdict"]], row["batch_id"], row["analyte"])
    )
    tables = {name: stored.table(name) for name in ("curves", "calibrators", "chart", "findings")}
    limit = 100.0 * calibration_profile(lab_profile(stored.record["profile"]).method.calibration_profile).deviation_limit
    for row in rows:
        row |= {name: [said.get(one, one) for one in row[name] or ()] for name in ("reasons", "notes")}
    return [_card(row, tables, limit, place) for place, row in enumerate(rows)]


def _card(row: dict[str, Any], tables: dict[str, pl.DataFrame], limit: float, place: int) -> Card:
    words = VERDICT_WORDS[row["verdict"]]
    if place >= _MOST_CHARTS:
        return Card(row, words, [], [])
    batch, analyte = row["batch_id"], row["analyte"]
    curve = tables["curves"].filter(batch_id=batch, analyte=analyte)
    mine = tables["calibrators"].filter(batch_id=batch, analyte=analyte)
    controls = tables["chart"].filter(analyte=analyte)
    failed = tables["findings"].filter(
        (pl.col("batch_id") == batch) & (pl.col("analyte") == analyte) & (pl.col("outcome") != "pass")
        & (pl.col("consequence").is_in(("reject", "look", "withhold")))
    )  # fmt: skip
    checks = set(failed["check"].to_list())
    found: list[tuple[bool, SafeString]] = []
    if curve.height:
        drawn = calibration_chart(curve.row(0, named=True), mine, f"curve-{place}", limit_percent=limit)
        found.append((bool(checks & _OF_CURVE), _drawn(drawn)))
    if controls.height:
        # Controls without any valid result are said in words; a chart of them shows nothing.
        has_points = controls["concentration"].null_count() < controls.height
        found.append(
            (has_points and bool(checks & _OF_CONTROLS), _drawn(levey_jennings(controls, analyte, f"controls-{place}")))
        )
    wanted = row["verdict"] != "released"
    return Card(
        row, words, [svg for matters, svg in found if wanted and matters],
        [svg for matters, svg in found if not (wanted and matters)],
    )  # fmt: skip


def _drawn(svg: str) -> SafeString:
    """Ours, written by ElementTree, which escapes what it is given."""
    return mark_safe(svg)  # noqa: S308


def counts_of(cards: Sequence[Card]) -> list[tuple[str, Any, int]]:
    """How many analytes have which verdict, those there are."""
    found = [(name, VERDICT_WORDS[name], sum(card.row["verdict"] == name for card in cards)) for name in _ORDER]
    return [one for one in found if one[2]]


def tables_of_page(stored: StoredEvaluation, said: Mapping[str, str]) -> list[ShownTable]:
    """Everything else, as it is kept; findings as ``said`` says them."""
    found = []
    for name, columns in _COLUMNS.items():
        frame = stored.table(name)
        if frame.height:
            shown = _with_result(frame) if name == "results" else frame
            words = {**said, **_FINDING_WORDS} if name == "findings" else {}
            found.append(_table(_TITLES[name], shown, columns, words, is_english=name != "findings" or not said))
    return found


def _with_result(results: pl.DataFrame) -> pl.DataFrame:
    """A number, or what bounds it; samples before calibrators and blanks."""
    state = pl.col("detection")
    value, lod, loq, highest = (
        pl.col(name).round_sig_figs(4).cast(pl.String) for name in ("concentration", "lod", "loq", "highest")
    )
    shown = (
        pl.when(state == "quantified").then(value).when(state == "not_detected").then(pl.format("< {}", lod))
        .when(state == "below_loq").then(pl.format("< {}", loq)).when(state == "above_uloq").then(pl.format("> {}", highest))
        .otherwise(pl.lit("–"))
    )  # fmt: skip
    is_sample = pl.col("sample_type").cast(pl.String).is_in(("sample", "duplicate", "matrix_spike"))
    return results.sort("analyte", ~is_sample.fill_null(value=False), "injection").with_columns(result=shown)


def _table(
    title: Any, frame: pl.DataFrame, columns: tuple[tuple[str, Any], ...], said: Mapping[str, Any], *, is_english: bool
) -> ShownTable:
    names = [name for name, _words in columns]
    is_number = [frame.schema[name].is_numeric() or name == "result" for name in names]
    rows = [
        [str(said.get(cell, cell)) for cell in map(_cell, row)] for row in frame.select(names).head(_MOST_ROWS).iter_rows()
    ]
    headings = [(words, number) for (_name, words), number in zip(columns, is_number, strict=True)]
    return ShownTable(title, is_english, headings, rows, max(frame.height - _MOST_ROWS, 0))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
