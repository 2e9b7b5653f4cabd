"""What the last rounds between laboratories say of a batch: results of an analyte that was far off are not released unseen.

- *unsatisfactory_round*: the last round was unsatisfactory, ``|z| >= 3``, or the substance was there and not found: rejects;
- *questionable_rounds*: the last two rounds were both questionable, ``2 < |z| < 3``: calls for a look.

A second person may overrule either, as any verdict. The trap: a round counts from the day its report came. What was not known
when the batch ran does not change what was said of it.
"""

from __future__ import annotations

import polars as pl

from headworks.core.errors import DataRefused
from headworks.lab.proficiency.scores import OUTCOMES
from headworks.lab.quality.findings import LOOK, NOTHING, REJECT, Rule, finding_rows, no_findings
from headworks.lab.sentences import sentence
from headworks.reference.lab_values import lab_constant

ROUND_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "laboratory_id": pl.String, "analyte": pl.String, "round": pl.String, "reported_on": pl.Date, "z": pl.Float64,
    "outcome": pl.String,
}  # fmt: skip
# Of each entry of a round, beside what is judged: which score it is, of what.
ENTRY_SCHEMA = ROUND_SCHEMA | {
    "kind": pl.String, "sample": pl.String, "result": pl.Float64, "loq": pl.Float64, "assigned": pl.Float64, "unit": pl.String,
}  # fmt: skip
_SATISFACTORY, _QUESTIONABLE, _UNSATISFACTORY, _FALSE_NEGATIVE, _, _NO_RESULT = OUTCOMES
_FIRST, _SECOND = "", "_before"


def proficiency_findings(rounds: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """What the last rounds say of each analyte of each batch.

    Parameters
    ----------
    rounds
        ``ROUND_SCHEMA``: the score of each analyte of a round, null for a censored entry; outcome of ``OUTCOMES``; ``kind``
        where the score is another than z. Several samples of one round count as one, the worst of them.
    batches
        ``batch_id, analyte, laboratory_id, ran_on`` (a date; null: today's knowledge counts).

    Returns
    -------
    pl.DataFrame
        ``FINDING_SCHEMA``, one row per batch and analyte; *not judged*, a note, where the laboratory has rounds and this
        analyte none. Empty for a laboratory without any round.

    Raises
    ------
    DataRefused
        ``HW-D685`` for a column that is missing or an outcome that is not known.
    """
    _require_rounds(rounds)
    taking_part = batches.filter(pl.col("laboratory_id").is_in(rounds["laboratory_id"].unique().to_list()))
    if taking_part.is_empty():
        return no_findings()
    named = rounds if "kind" in rounds.columns else rounds.with_columns(kind=pl.lit(None, pl.String))
    last = _last_two(named, taking_part)
    failed = pl.col("outcome").is_in((_UNSATISFACTORY, _FALSE_NEGATIVE)).fill_null(value=False)
    twice = (pl.col("outcome") == _QUESTIONABLE) & (pl.col("outcome_before") == _QUESTIONABLE)
    twice = twice.fill_null(value=False)
    action, warning, of_en = (lab_constant(name) for name in ("score_action", "score_warning", "score_en_limit"))
    is_en = (pl.col("kind") == "En").fill_null(value=False)
    parts = [
        (failed & ~is_en, "unsatisfactory_round", Rule(-action, action, "1", REJECT)),
        (failed & is_en, "unsatisfactory_round", Rule(-of_en, of_en, "1", REJECT)),
        (twice & ~failed, "questionable_rounds", Rule(-warning, warning, "1", LOOK)),
        (~twice & ~failed & ~is_en, "last_round", Rule(-action, action, "1", NOTHING)),
        (~failed & is_en, "last_round", Rule(-of_en, of_en, "1", NOTHING)),
    ]
    return pl.concat(
        finding_rows(last.filter(chosen), "proficiency", name, rule, is_met=pl.lit(value=rule.consequence == NOTHING),
                     reason=_said())
        for chosen, name, rule in parts
    )  # fmt: skip


def outcome_of(z: pl.Expr, is_en: pl.Expr | None = None) -> pl.Expr:
    """What a score means, where a report gives the number alone; En where ``is_en``, else z, z' or zeta.

    Examples
    --------
    >>> pl.DataFrame({"z": [2.0, -2.5, 3.0]}).select(outcome_of(pl.col("z"))).to_series().to_list()
    ['satisfactory', 'questionable', 'unsatisfactory']
    """
    size, by_en = z.abs(), pl.lit(value=False) if is_en is None else is_en
    return (
        pl.when(by_en & (size > lab_constant("score_en_limit"))).then(pl.lit(_UNSATISFACTORY))
        .when(by_en & size.is_not_null()).then(pl.lit(_SATISFACTORY))
        .when(size >= lab_constant("score_action")).then(pl.lit(_UNSATISFACTORY))
        .when(size > lab_constant("score_warning")).then(pl.lit(_QUESTIONABLE))
        .when(size.is_not_null()).then(pl.lit(_SATISFACTORY))
    )  # fmt: skip


def _require_rounds(rounds: pl.DataFrame) -> None:
    missing = [name for name in ROUND_SCHEMA if name not in rounds.columns]
    strange = [] if missing else sorted(set(rounds["outcome"].drop_nulls()) - set(OUTCOMES))
    if missing or strange:
        raise DataRefused(
            "A table of rounds between laboratories cannot be used.", where="rounds",
            found=", ".join(missing or strange),
            remedy="Give the columns " + ", ".join(ROUND_SCHEMA) + "; outcome is one of " + ", ".join(OUTCOMES),
            code="HW-D685",
        )  # fmt: skip


def _last_two(rounds: pl.DataFrame, batches: pl.DataFrame) -> pl.DataFrame:
    """Batches with the last two rounds that were known when they ran; those of the earlier one end in ``_before``."""
    gravity = pl.col("outcome").replace_strict({name: place for place, name in enumerate(_GRAVEST)}, return_dtype=pl.Int8)
    counted = rounds.filter(pl.col("outcome") != _NO_RESULT).with_columns(_gravity=gravity)
    worst = counted.sort("_gravity", pl.col("z").abs(), descending=[False, True], nulls_last=True).unique(
        ["laboratory_id", "analyte", "round"], keep="first", maintain_order=True
    )
    both = batches.join(worst, on=["laboratory_id", "analyte"], how="left", maintain_order="left")
    known = both.filter((pl.col("reported_on") <= pl.col("ran_on")).fill_null(value=True) & pl.col("round").is_not_null())
    known = known.sort("reported_on", "round", descending=True, maintain_order=True)
    known = known.with_columns(_place=pl.int_range(pl.len()).over("batch_id", "analyte"))
    found = batches
    for place, suffix in ((0, _FIRST), (1, _SECOND)):
        one = known.filter(_place=place).select(
            "batch_id", "analyte", *(pl.col(name).alias(name + suffix) for name in ("round", "z", "outcome", "kind"))
        )
        found = found.join(one, on=["batch_id", "analyte"], how="left", maintain_order="left")
    is_unknown = pl.when(pl.col("round").is_null()).then(sentence("proficiency.not_assessed"))
    return found.with_columns(found=pl.col("z"), why_not=is_unknown)


_GRAVEST = (_FALSE_NEGATIVE, _UNSATISFACTORY, _QUESTIONABLE, _SATISFACTORY, "agrees, below limit")


def _said() -> pl.Expr:
    last, z, before, z_before = pl.col("round"), pl.col("z").round(2), pl.col("round_before"), pl.col("z_before").round(2)
    kind, kind_before = pl.col("kind").fill_null("z"), pl.col("kind_before").fill_null("z")
    is_z = (kind == "z") & (kind_before == "z")
    twice = sentence("proficiency.questionable", earlier=before, round=last, earlier_z=z_before, z=z)
    twice_by = sentence(
        "proficiency.questionable_by", earlier=before, round=last, earlier_kind=kind_before, earlier_z=z_before, kind=kind, z=z
    )
    is_questionable = (pl.col("outcome") == _QUESTIONABLE) & (pl.col("outcome_before") == _QUESTIONABLE)
    is_unsatisfactory = pl.col("outcome") == _UNSATISFACTORY
    return (
        pl.when(pl.col("outcome") == _FALSE_NEGATIVE).then(sentence("proficiency.false_negative", round=last))
        .when(is_unsatisfactory & (kind == "z")).then(sentence("proficiency.unsatisfactory", round=last, z=z))
        .when(is_unsatisfactory).then(sentence("proficiency.unsatisfactory_by", round=last, kind=kind, z=z))
        .when(is_questionable & is_z).then(twice).when(is_questionable).then(twice_by)
        .when(z.is_null()).then(sentence("proficiency.agrees", round=last))
        .when(kind == "z").then(sentence("proficiency.satisfactory", round=last, z=z))
        .otherwise(sentence("proficiency.satisfactory_by", round=last, kind=kind, z=z))
    )  # fmt: skip
