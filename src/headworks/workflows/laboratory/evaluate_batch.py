"""From the rows of an export to results, limits, findings and a verdict per analyte: the whole of the laboratory's rooms.

    peaks -> calibration -> limits -> results -> identification -> quality control -> verdicts

The trap is the order: what a person left out of the calibration is left out of the reference of identification as well.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from headworks.core.errors import DataRefused
from headworks.intake.instrument import Question
from headworks.lab.identification import derive_reference, identify_peaks, split_injections
from headworks.lab.proficiency import proficiency_findings
from headworks.lab.quality import CHART_COLUMNS, check_batches
from headworks.lab.quality.findings import no_findings
from headworks.reference.laboratory_rules import identification_rules, quality_rules
from headworks.workflows.laboratory.batch_findings import (
    calibration_findings,
    export_findings,
    identification_findings,
    sample_findings,
)
from headworks.workflows.laboratory.calibrate import EXCLUSION_SCHEMA, Calibration, calibrate, no_exclusions
from headworks.workflows.laboratory.limits import offered_limits
from headworks.workflows.laboratory.matrices import MATRIX_UNITS
from headworks.workflows.laboratory.method import BatchMethod
from headworks.workflows.laboratory.peaks import CURVE, SAMPLE_TYPES, target_peaks
from headworks.workflows.laboratory.quantified import quantified
from headworks.workflows.laboratory.sheet import no_sheet

# What a batch gives to the charts and to the noise of later ones.
CONTROL_COLUMNS = (
    "laboratory_id", "instrument", "analyte", "level", "lot", "batch_id", "run_at", "injection", "concentration", "unit",
)  # fmt: skip
EARLIER_COLUMNS = ("batch_id", "analyte", "run_at", "expected_concentration", "response", "is_used")
_KEY = ["batch_id", "injection", "analyte"]


@dataclass(frozen=True)
class BatchEvaluation:
    """Tables of an evaluation.

    Attributes
    ----------
    curves, calibrators
        A row per batch and analyte; one per calibrator, with its back-calculated deviation.
    limits
        Every rule a batch allows, and which is used.
    results
        A row per injection and analyte, of whatever was injected.
    criteria
        What each peak was held to in identification.
    findings, verdicts
        Of quality control and of all else; one verdict per batch and analyte.
    chart
        Controls of this batch and of earlier ones with limits and broken rules; empty without times.
    controls, earlier
        What later batches need of this one.
    """

    curves: pl.DataFrame
    calibrators: pl.DataFrame
    limits: pl.DataFrame
    results: pl.DataFrame
    criteria: pl.DataFrame
    findings: pl.DataFrame
    verdicts: pl.DataFrame
    chart: pl.DataFrame
    controls: pl.DataFrame
    earlier: pl.DataFrame

    def tables(self) -> dict[str, pl.DataFrame]:
        """Every table by its name."""
        return dict(vars(self))


def open_points(injection_results: pl.DataFrame, method: BatchMethod, where: str) -> tuple[Question, ...]:
    """What the method must say before results are computed.

    A dilution that the export states is applied, or not, by a person's word: taken for granted either way it is an error of
    its size.
    """
    stated = injection_results.filter(pl.col("dilution_factor").is_not_null() & (pl.col("dilution_factor") != 1.0))
    if method.apply_dilution is not None or stated.is_empty():
        return ()
    first = stated.row(0, named=True)
    return (
        Question("HW-D680", "Is the dilution that the export states to be applied to its results?", where,
                 f"{first['sample_name']}: {first['dilution_factor']:g}", "true", ("method", "apply_dilution"), True),
    )  # fmt: skip


def evaluate_batch(
    injection_results: pl.DataFrame, method: BatchMethod | None = None, *, sheet: pl.DataFrame | None = None,
    faults: pl.DataFrame | None = None, exclusions: pl.DataFrame | None = None, controls: pl.DataFrame | None = None,
    earlier: pl.DataFrame | None = None, rounds: pl.DataFrame | None = None, run_at: dt.datetime | None = None,
) -> BatchEvaluation:  # fmt: skip
    """Everything that is said of the batches of an export.

    Parameters
    ----------
    injection_results
        Of the shelf, every open point settled.
    method
        What the laboratory decided; its shipped defaults without.
    sheet
        ``sheet.SHEET_SCHEMA``.
    faults
        Of the export, as ``InstrumentExport.faults``.
    exclusions
        Calibrators left out by a person: batch_id, analyte (empty: all), injection, reason, decided_by.
    controls, earlier
        ``CONTROL_COLUMNS`` and ``EARLIER_COLUMNS`` of batches before these.
    rounds
        Scores of rounds between laboratories, ``lab.proficiency.ROUND_SCHEMA``.
    run_at
        Start of the batches where the export has no times.

    Raises
    ------
    DataRefused
        ``HW-D682`` for an exclusion without a reason, ``HW-D683`` for matrices of unlike units in one batch, ``HW-D684``
        without any target.
    ParameterError
        ``HW-D600`` and ``HW-D621`` for profiles that are not there.
    """
    method, sheet = method or BatchMethod(), no_sheet() if sheet is None else sheet
    peaks = target_peaks(injection_results, sheet, method)
    _require_targets(peaks)
    _require_one_unit(peaks)
    left_out = no_exclusions() if exclusions is None else exclusions.select(list(EXCLUSION_SCHEMA))
    calibration = calibrate(
        peaks, method, left_out, _before(earlier, peaks, run_at), _of_instrument(_before(controls, peaks, run_at), method)
    )
    limits, used = offered_limits(peaks, calibration, method)
    results = quantified(peaks, calibration, used, method)
    results, criteria = _identified(injection_results, results, calibration.calibrators, method)
    told = pl.concat([
        calibration_findings(calibration), identification_findings(results, method.identification_profile),
        export_findings(results, faults if faults is not None else _no_faults(), injection_results),
        sample_findings(results, repeat_injections=method.repeat_injections),
        _round_findings(results, method, rounds, run_at),
    ])  # fmt: skip
    mine = _controls(results, method, run_at)
    checked = check_batches(
        _for_quality(results), quality_rules(method.quality_profile), controls=_with_history(mine, controls), further=told
    )
    return BatchEvaluation(
        curves=calibration.table, calibrators=calibration.calibrators, limits=limits,
        results=_with_release(results, checked.verdicts), criteria=criteria, findings=checked.findings,
        verdicts=checked.verdicts, chart=_no_chart() if checked.chart is None else checked.chart, controls=mine,
        earlier=_earlier(calibration, results, run_at),
    )  # fmt: skip


def _round_findings(
    results: pl.DataFrame, method: BatchMethod, rounds: pl.DataFrame | None, run_at: dt.datetime | None
) -> pl.DataFrame:
    """What rounds known when the batches ran say of their analytes."""
    if rounds is None:
        return no_findings()
    batches = results.with_columns(ran_on=_run_times(run_at).dt.date()).select(*CURVE, "ran_on").unique(CURVE).sort(CURVE)
    return proficiency_findings(rounds, batches.with_columns(laboratory_id=pl.lit(method.laboratory_id or "")))


def _no_faults() -> pl.DataFrame:
    names = ("code", "problem", "found", "severity", "column")
    return pl.DataFrame(schema=dict.fromkeys(names, pl.String))


def _no_chart() -> pl.DataFrame:
    texts = ("laboratory_id", "instrument", "analyte", "level", "lot", "batch_id")
    kinds: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(CHART_COLUMNS, pl.Float64)
    kinds |= dict.fromkeys(texts, pl.String) | {"run_at": pl.Datetime("us"), "injection": pl.Int64, "n_points": pl.Int64}
    return pl.DataFrame(schema=kinds | {"is_provisional": pl.Boolean, "rules": pl.List(pl.String)})


def _require_targets(peaks: pl.DataFrame) -> None:
    if peaks.is_empty():
        raise DataRefused(
            "The export has no peak of a target.", where="injection_results",
            found="no row with role target and ion quantifier",
            remedy="Say in the profile which compounds are targets and which transition quantifies them", code="HW-D684",
        )  # fmt: skip


def _require_one_unit(peaks: pl.DataFrame) -> None:
    units = {name: unit.result for name, unit in MATRIX_UNITS.items()}
    samples = peaks.filter(pl.col("sample_type").is_in(SAMPLE_TYPES))
    kinds = samples.with_columns(_unit=pl.col("matrix").replace_strict(units, return_dtype=pl.String))
    mixed = kinds.group_by("batch_id", maintain_order=True).agg(pl.col("matrix").unique().sort(), pl.col("_unit").n_unique())
    mixed = mixed.filter(pl.col("_unit") > 1)
    if mixed.height:
        raise DataRefused(
            "A batch has samples of matrices with unlike units.", where=f"batch {mixed['batch_id'][0]}",
            found=", ".join(mixed["matrix"][0].to_list()),
            remedy="Evaluate the samples of each matrix as a batch of their own",
            code="HW-D683",
        )  # fmt: skip


def _identified(
    injection_results: pl.DataFrame, results: pl.DataFrame, calibrators: pl.DataFrame, method: BatchMethod
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Results with their identification; calibrators that were left out do not make the reference."""
    peaks, qualifiers = split_injections(injection_results)
    types = results.select(*_KEY, pl.col("sample_type").alias("_type"))
    peaks = peaks.with_columns(pl.col("injection").cast(pl.Int64)).join(
        types.with_columns(pl.col("injection").cast(pl.Int64)), on=_KEY, how="left", maintain_order="left"
    )
    peaks = peaks.with_columns(sample_type=pl.coalesce("_type", "sample_type")).drop("_type")
    unused = calibrators.filter(~pl.col("is_used")).select(*_KEY)
    good = peaks.join(unused, on=_KEY, how="anti", maintain_order="left")
    known = qualifiers.join(good, on=_KEY, how="semi", maintain_order="left")
    reference = derive_reference(good, known)
    # Of an injection without its quantifier there is no ratio; that it is missing is said elsewhere.
    qualifiers = qualifiers.join(peaks, on=_KEY, how="semi", maintain_order="left")
    rules = identification_rules(method.identification_profile)
    found = identify_peaks(peaks, qualifiers, reference, rules, separation=method.separation)
    verdicts = found.verdicts.select(
        "batch_id", pl.col("injection").cast(pl.Int32), "analyte", pl.col("verdict").alias("identification"),
        pl.col("reasons").alias("identification_reasons"), pl.col("said").alias("identification_said"),
    )  # fmt: skip
    return results.join(verdicts, on=_KEY, how="left", maintain_order="left"), found.criteria


def _for_quality(results: pl.DataFrame) -> pl.DataFrame:
    """Results as quality control reads them: an external calibration has no internal standard to judge."""
    area = pl.when(~pl.col("is_external")).then("internal_standard_area")
    return results.with_columns(internal_standard_area=area, expected_concentration=_expected())


def _expected() -> pl.Expr:
    return pl.when(pl.col("sample_type").is_in(("calibrator", "qc", "continuing_calibration"))).then("expected_concentration")


def _run_times(run_at: dt.datetime | None) -> pl.Expr:
    # A batch of which only some injections have a time begins with the first of them.
    return pl.coalesce(pl.col("acquired_at").min().over("batch_id"), pl.lit(run_at, pl.Datetime("us")))


def _controls(results: pl.DataFrame, method: BatchMethod, run_at: dt.datetime | None) -> pl.DataFrame:
    """Controls of these batches as the charts read them; a level without a name is told by what it should be."""
    level = pl.coalesce("level", pl.col("expected_concentration").cast(pl.String), pl.lit("control"))
    rows = results.with_columns(run_at=_run_times(run_at))
    rows = rows.filter((pl.col("sample_type") == "qc") & pl.col("run_at").is_not_null())
    return rows.with_columns(
        pl.col("injection").cast(pl.Int64), pl.col("lot").fill_null(""), level=level,
        laboratory_id=pl.lit(method.laboratory_id or ""), instrument=pl.lit(method.instrument or ""),
    ).select(CONTROL_COLUMNS)  # fmt: skip


def _with_history(mine: pl.DataFrame, history: pl.DataFrame | None) -> pl.DataFrame | None:
    """Controls of earlier runs before those of these batches; the same batch is not its own past."""
    if mine.is_empty():
        return None
    if history is None or history.is_empty():
        return mine
    runs = mine.group_by("batch_id").agg(pl.col("run_at").min())
    before = history.select(CONTROL_COLUMNS).join(runs.select("batch_id"), on="batch_id", how="anti")
    before = before.filter(pl.col("run_at") < runs["run_at"].max())
    # A control in another unit is not of the same series.
    units = mine.select("analyte", "unit").unique()
    return pl.concat([before.join(units, on=["analyte", "unit"], how="semi", nulls_equal=True), mine])


def _earlier(calibration: Calibration, results: pl.DataFrame, run_at: dt.datetime | None) -> pl.DataFrame:
    """Calibrators of accepted curves, for the noise of later batches."""
    times = results.select("batch_id", run_at=_run_times(run_at)).unique("batch_id")
    good = calibration.table.filter("is_accepted").select(CURVE)
    rows = calibration.calibrators.join(good, on=CURVE, how="semi", maintain_order="left")
    return rows.join(times, on="batch_id", how="left", maintain_order="left").select(EARLIER_COLUMNS)


def _of_instrument(controls: pl.DataFrame | None, method: BatchMethod) -> pl.DataFrame | None:
    """Controls of the laboratory and the instrument: another one has noise of its own."""
    if controls is None:
        return None
    return controls.filter(laboratory_id=method.laboratory_id or "", instrument=method.instrument or "")


def _before(earlier: pl.DataFrame | None, peaks: pl.DataFrame, run_at: dt.datetime | None) -> pl.DataFrame | None:
    """Calibrators or controls of batches that ran before the first of these: what comes later must not change a result."""
    first = peaks["acquired_at"].min() or run_at
    if earlier is None or first is None:
        return None
    return earlier.filter(pl.col("run_at") < first)


def _with_release(results: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """``is_withheld``: the result is not to be released whatever the verdict of its analyte."""
    held = verdicts.select(*CURVE, pl.col("withheld_injections").alias("injection")).explode("injection").drop_nulls()
    held = held.with_columns(pl.col("injection").cast(pl.Int32), is_withheld=pl.lit(value=True))
    joined = results.join(held, on=_KEY, how="left", maintain_order="left")
    return joined.with_columns(pl.col("is_withheld").fill_null(value=False))
