"""Findings that are none of quality control's own: calibration, identification, faults of the export, names, preparation.

They are of the form of ``lab.quality`` and count towards the same verdict. The trap: a file that was cut off holds no wrong
number; only what is missing shows it.
"""

from __future__ import annotations

import polars as pl

from headworks.lab.quality import FINDING_SCHEMA
from headworks.lab.sentences import SENTENCE_COLUMNS, sentence
from headworks.workflows.laboratory.calibrate import Calibration
from headworks.workflows.laboratory.matrices import MATRIX_UNITS
from headworks.workflows.laboratory.peaks import CURVE

_SAMPLES = ("sample", "duplicate", "matrix_spike")
# Faults of an export that say of a whole batch that something of it is not there.
_LACKING = ("HW-D653", "HW-D656", "HW-D657")
_SHOWN = 6
# How a calibrator that the export refused says so, with the code of the fault.
_REFUSED = r"^refused in the export \((.+)\)$"


def _findings(rows: pl.DataFrame, check: str, rule: str, *, outcome: str, consequence: str, reason: pl.Expr) -> pl.DataFrame:
    """Rows with ``batch_id, analyte`` and what else they have of the schema as findings."""
    empty = pl.lit([], pl.List(pl.Int64))
    filled = rows.with_columns(
        *(pl.lit(None, pl.Float64).alias(name) for name in ("found", "lower", "upper") if name not in rows.columns),
        *(empty.alias(name) for name in ("injections", "touches") if name not in rows.columns),
        check=pl.lit(check), rule=pl.lit(rule), outcome=pl.lit(outcome), consequence=pl.lit(consequence),
        level=pl.lit(None, pl.String), unit=pl.lit("percent" if "found" in rows.columns else "1"), _said=reason,
    ).with_columns(pl.col("_said").struct.field(name) for name in SENTENCE_COLUMNS)  # fmt: skip
    return filled.select(pl.col(name).cast(dtype) for name, dtype in FINDING_SCHEMA.items())


def _listed(name: str) -> pl.Expr:
    """The first few names of a list, and how many more."""
    more = pl.col(name).list.len().cast(pl.Int64) - _SHOWN
    said = pl.col(name).cast(pl.List(pl.String)).list.head(_SHOWN).list.join(", ")
    return pl.when(more > 0).then(pl.format("{}, … (+{})", said, more)).otherwise(said)


def calibration_findings(calibration: Calibration) -> pl.DataFrame:
    """Curves that are not accepted reject; calibrators beyond their limit or left out are said."""
    table = calibration.table.with_columns(_why=pl.col("reasons").list.join("; "))
    bad = _findings(table.filter(~pl.col("is_accepted")), "calibration", "accepted", outcome="fail", consequence="reject",
                    reason=sentence("calibration.not_accepted", problems_words=pl.col("_why")))  # fmt: skip
    text = sentence("calibration.accepted", weight=pl.col("weight"), passed=pl.col("n_passed"), levels=pl.col("n_levels"))
    good = _findings(table.filter("is_accepted"), "calibration", "accepted", outcome="pass", consequence="none", reason=text)
    rows = calibration.calibrators.with_columns(injections=pl.concat_list(pl.col("injection").cast(pl.Int64)))
    beyond = rows.filter("is_beyond").with_columns(found=pl.col("deviation_percent"))
    far = _findings(beyond, "calibration", "deviation", outcome="fail", consequence="note",
                    reason=sentence("calibration.deviation", sample=pl.col("sample_name"), found=pl.col("found").round(2),
                                    level=pl.col("expected_concentration")))  # fmt: skip
    out = rows.filter(~pl.col("is_used")).with_columns(
        _level=pl.col("expected_concentration").cast(pl.String).fill_null("none")
    )
    which = {"sample": pl.col("sample_name"), "level_words": pl.col("_level")}
    fault = pl.when(pl.col("excluded_reason").is_null()).then(pl.col("not_used_reason").str.extract(_REFUSED))
    said = pl.coalesce(
        sentence("calibration.refused", fault=fault, **which),
        sentence("calibration.left_out", why_words=pl.col("not_used_reason"), **which),
    )
    left = _findings(out, "calibration", "left_out", outcome="not_judged", consequence="note", reason=said)
    return pl.concat([bad, good, far, left])


def identification_findings(results: pl.DataFrame, profile: str) -> pl.DataFrame:
    """A quantified sample that is not the substance is withheld; one that could not be told calls for a look."""
    found = results.filter(pl.col("detection").is_in(("quantified", "above_uloq")), pl.col("sample_type").is_in(_SAMPLES))
    found = found.with_columns(pl.col("injection").cast(pl.Int64))
    not_it = found.filter(pl.col("identification") == "not_identified").with_columns(
        injections=pl.concat_list("injection"), touches=pl.concat_list("injection")
    )
    withheld = _findings(not_it, "identification", profile, outcome="fail", consequence="withhold",
                         reason=sentence("identification.not_identified", sample=pl.col("sample_name"),
                                         why_sentences=pl.col("identification_said")))  # fmt: skip
    open_ones = found.filter(pl.col("identification") == "indicated").group_by(CURVE, maintain_order=True).agg(
        touches=pl.col("injection"), _names=pl.col("sample_name"), _why=pl.col("identification_said").first()
    )  # fmt: skip
    indicated = _findings(open_ones, "identification", profile, outcome="not_judged", consequence="look",
                          reason=sentence("identification.indicated", samples=_listed("_names"),
                                          why_sentences=pl.col("_why")))  # fmt: skip
    return pl.concat([withheld, indicated])


def export_findings(results: pl.DataFrame, faults: pl.DataFrame, injection_results: pl.DataFrame) -> pl.DataFrame:
    """What the export refused or lacks, what was integrated by hand, and samples that cannot be told apart.

    ``faults`` are those of the export; the ones of whole batches call for a look at every analyte.
    """
    curves = results.select(CURVE).unique().sort(CURVE)
    rows = results.with_columns(pl.col("injection").cast(pl.Int64))
    refused = rows.filter("is_refused").group_by(CURVE, maintain_order=True).agg(
        injections=pl.col("injection"), _names=pl.col("sample_name"), _codes=pl.col("fault_code").unique(maintain_order=True)
    )  # fmt: skip
    cells = _findings(refused, "export", "refused", outcome="fail", consequence="look",
                      reason=sentence("export.refused", samples=_listed("_names"), faults=_listed("_codes")))  # fmt: skip
    lacking = faults.filter(pl.col("code").is_in(_LACKING)).group_by("code", "problem", maintain_order=True).agg("found")
    parts = [cells]
    for code, problem, found in lacking.iter_rows():
        said = sentence("export.lacking", problem_words=problem, found="; ".join(found[:_SHOWN]), fault=code)
        parts.append(_findings(curves, "export", code, outcome="fail", consequence="look", reason=said))
    lost = faults.filter(severity="refused").filter(pl.col("column") == "(row)")
    if lost.height:
        said = sentence("export.rows", n=lost.height, found="; ".join(lost["found"][:3]))
        parts.append(_findings(curves, "export", "rows", outcome="fail", consequence="look", reason=said))
    by_hand = rows.filter(pl.col("is_manual_integration")).group_by(CURVE, maintain_order=True).agg(
        injections=pl.col("injection"), _names=pl.col("sample_name"))  # fmt: skip
    parts.append(_findings(by_hand, "export", "manual_integration", outcome="pass", consequence="note",
                           reason=sentence("export.manual_integration", samples=_listed("_names"))))  # fmt: skip
    return pl.concat([*parts, _absent(injection_results, curves)])


def _absent(injection_results: pl.DataFrame, curves: pl.DataFrame) -> pl.DataFrame:
    """Injections in which an analyte has no row at all, though others have."""
    rows = injection_results.filter(pl.col("ion").cast(pl.String) == "quantifier", pl.col("role").cast(pl.String) == "target")
    injections = injection_results.select("batch_id", "injection", "sample_name").unique(["batch_id", "injection"])
    due = curves.join(injections, on="batch_id")
    missing = due.join(rows.select(*CURVE, "injection"), on=[*CURVE, "injection"], how="anti").sort(*CURVE, "injection")
    lists = missing.group_by(CURVE, maintain_order=True).agg(_names=pl.col("sample_name"))
    return _findings(lists, "export", "absent", outcome="not_judged", consequence="look",
                     reason=sentence("export.absent", samples=_listed("_names")))  # fmt: skip


def sample_findings(results: pl.DataFrame, *, repeat_injections: bool) -> pl.DataFrame:
    """Samples of one name, samples that lack their preparation, results in a unit that is not that of their matrix."""
    mine = results.filter(pl.col("sample_type").is_in(_SAMPLES)).with_columns(pl.col("injection").cast(pl.Int64))
    twins = mine.filter(pl.col("n_of_name") > 1) if not repeat_injections else mine.clear()
    twins = twins.with_columns(injections=pl.concat_list("injection"), touches=pl.concat_list("injection"))
    parts = [
        _findings(twins, "names", "unique", outcome="fail", consequence="withhold",
                  reason=sentence("names.unique", n=pl.col("n_of_name"), sample=pl.col("sample_name")))
    ]  # fmt: skip
    bare = mine.filter(pl.col("verdict") == "invalid: preparation").group_by(CURVE, maintain_order=True).agg(
        injections=pl.col("injection"), _names=pl.col("sample_name"), _matrix=pl.col("matrix").first())  # fmt: skip
    parts.append(_findings(bare, "preparation", "amount", outcome="not_judged", consequence="look",
                           reason=sentence("preparation.amount", samples=_listed("_names"))))  # fmt: skip
    due = pl.col("matrix").replace_strict({name: unit.result for name, unit in MATRIX_UNITS.items()}, return_dtype=pl.String)
    odd = mine.filter((pl.col("unit") != due).fill_null(value=True), pl.col("verdict") != "invalid: preparation")
    odd = odd.group_by(CURVE, maintain_order=True).agg(_unit=pl.col("unit").first().fill_null("no unit"), _due=due.first())
    parts.append(_findings(odd, "unit", "convertible", outcome="not_judged", consequence="look",
                           reason=sentence("unit.convertible", unit_words=pl.col("_unit"), due=pl.col("_due"))))  # fmt: skip
    return pl.concat(parts)
