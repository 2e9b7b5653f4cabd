"""What the laboratory's checks say, as a code with values: English by template here, any language where it is shown.

A sentence is a struct of ``code``, ``values`` (texts, in the order in which its template first names them) and ``reason``, the
English. A placeholder named ``*_words`` holds words of ``FIXED_WORDS``, several parted by ``"; "``; one named ``*_sentences``
holds further sentences. The trap: a code is kept in stored evaluations for years. A template may be worded better; what a code
means, and which values it has, may not change.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import polars as pl

from headworks.lab.calibration.accepted_range import PROBLEM_WORDS

SENTENCE = pl.Struct({"code": pl.String, "values": pl.List(pl.String), "reason": pl.String})
SENTENCE_COLUMNS = ("code", "values", "reason")
_PLACE = re.compile(r"\{(\w+)\}")
_WORDS, _SENTENCES = "_words", "_sentences"

_WESTGARD = {
    "1_2s": "beyond 2 s, a warning", "1_3s": "beyond 3 s", "2_2s": "two in a row beyond 2 s on one side",
    "r_4s": "one beyond 2 s on each side in the run", "4_1s": "four in a row beyond 1 s on one side",
    "8_x": "eight in a row on one side of the target", "10_x": "ten in a row on one side of the target",
    "12_x": "twelve in a row on one side of the target", "7_t": "seven in a row in one direction",
    "none_broken": "no rule broken",
}  # fmt: skip
_PROVISIONAL = " Limits are provisional, from {n} controls."


def _westgard_templates() -> dict[str, str]:
    found = {}
    for name, said in _WESTGARD.items():
        rule = "" if name == "none_broken" else f"{name}: "
        found[f"westgard.{name}"] = f"Control {{level}} (z = {{z}}): {rule}{said}."
        found[f"westgard.{name}.provisional"] = found[f"westgard.{name}"] + _PROVISIONAL
    return found


TEMPLATES: dict[str, str] = {
    "check.number_missing": "Not judged: a number is missing.",
    "check.name_missing": "A name or a number is missing.",
    "check.no_result": "{sample} has no valid result to check.",
    "blank.no_result": "Blank {sample} has no valid result.",
    "blank.no_loq": "Blank {sample} cannot be judged: no LOQ.",
    "blank.below": "Blank {sample} is below its limit.",
    "blank.holds": "Blank {sample} holds {found}, to stay below {limit}.",
    "carry_over.no_peak": "Carry-over not judged: no calibrator has a peak.",
    "carry_over.analyte": (
        "{sample} after the highest calibrator: {found} % of the lowest calibrator's area, at most {limit} %."
    ),
    "carry_over.internal_standard": (
        "{sample} after the highest calibrator: {found} % of the internal standard's mean area in the calibrators, at most "
        "{limit} %."
    ),
    "continuing_calibration.deviation": ("Continuing calibration {sample}: {found} % off, {lower} to {upper} % allowed."),
    "continuing_calibration.interval": "{found} injections without a check of the calibration, at most {limit}.",
    "quality_control.deviation": "Control {sample}: {found} % off, {lower} to {upper} % allowed.",
    "quality_control.share_of_level": (
        "Controls {level}: {found} % of {n} of its level are within their limits, at least {limit} %."
    ),
    "quality_control.share_of_all": "Controls: {found} % of {n} of all levels are within their limits, at least {limit} %.",
    "drift.over_run": "Controls change by {found} % over the run (p = {p}), {lower} to {upper} % allowed.",
    "drift.few": "Drift not judged: too few controls over the run.",
    "duplicate.differ": "Duplicate {sample}: the two differ by {found} %, at most {limit} %.",
    "duplicate.differ_at_least": "Duplicate {sample}: the two differ by at least {found} %, at most {limit} %.",
    "duplicate.no_sample": "Duplicate {sample}: its sample is not in the batch.",
    "duplicate.no_result": "Duplicate {sample}: one of the two has no valid result.",
    "duplicate.both_below": "Duplicate {sample}: both below their limit.",
    "duplicate.no_limit": "Duplicate {sample}: one is below a limit that is not known.",
    "spike.recovery": "Spike {sample}: recovery {found} %, {lower} to {upper} % allowed.",
    "spike.recovery_between": "Spike {sample}: recovery {least} to {most} %, {lower} to {upper} % allowed.",
    "spike.no_sample": "Spike {sample}: its sample is not in the batch.",
    "spike.no_addition": "Spike {sample}: it is not said how much was added.",
    "spike.no_result": "Spike {sample}: one of the two has no valid result.",
    "spike.no_limit": "Spike {sample}: a result or the limit it is below is not known.",
    "spike.too_small": "Spike {sample} is not evaluable: {added} added to {native} that may have been there.",
    "spike.open": "Spike {sample} is not evaluable: its recovery is between {least} and {most} %.",
    "internal_standard.of_calibrators": (
        "{sample}: internal standard {found} % of the mean of the calibrators, {lower} to {upper} % allowed."
    ),
    "internal_standard.of_samples": (
        "{sample}: internal standard {found} % of the median of the samples, {lower} to {upper} % allowed."
    ),
    "internal_standard.not_judged": "Internal standard not judged: no calibrator holds one.",
    "required.blank_procedural": "Procedural blanks: {found}, {limit} asked for {samples} samples.",
    "required.duplicate": "Duplicates: {found}, {limit} asked for {samples} samples.",
    "required.spike": "Matrix spikes: {found}, {limit} asked for {samples} samples.",
    "required.blank_after_highest": "Blanks right after the highest calibrator: {found}, {limit} asked.",
    "required.quality_control_levels": "Levels of controls: {found}, {limit} asked.",
    "required.quality_control_share": "Controls are {found} % of the run, {limit} % asked.",
    "matrix_effect.normalised": "Matrix effect {found}, {lower} to {upper} allowed.",
    "matrix_effect.percent": "Matrix effect {found} %, {lower} to {upper} % allowed.",
    "matrix_effect.no_pair": "Matrix effect not judged: {sample} lacks its sample, a valid result or what was added.",
    "matrix_effect.too_small": ("Matrix effect not judged in {sample}: what was added is less than what may have been there."),
    "matrix_effect.open": "Matrix effect not judged in {sample}: it is between {least} and {most}.",
    "proficiency.unsatisfactory": "The last round, {round}, was unsatisfactory: z = {z}.",
    "proficiency.false_negative": "In the last round, {round}, the substance was there and was not found.",
    "proficiency.questionable": "The last two rounds, {earlier} and {round}, were questionable: z = {earlier_z} and {z}.",
    "proficiency.satisfactory": "The last round, {round}, holds nothing against the results: z = {z}.",
    "proficiency.unsatisfactory_by": "The last round, {round}, was unsatisfactory: {kind} = {z}.",
    "proficiency.questionable_by": (
        "The last two rounds, {earlier} and {round}, were questionable: {earlier_kind} = {earlier_z} and {kind} = {z}."
    ),
    "proficiency.satisfactory_by": "The last round, {round}, holds nothing against the results: {kind} = {z}.",
    "proficiency.agrees": "The last round, {round}, holds nothing against the results.",
    "proficiency.not_assessed": "No round between laboratories is known of the substance.",
    **_westgard_templates(),
    "westgard.no_result": "Control {level} has no valid result.",
    "westgard.no_limits": "Control {level}: no limits yet, {n} earlier controls are too few.",
    "calibration.not_accepted": "Calibration not accepted: {problems_words}.",
    "calibration.accepted": "Calibration accepted, weight {weight}, {passed} of {levels} levels pass.",
    "calibration.deviation": "Calibrator {sample} comes back {found} % off {level}.",
    "calibration.left_out": "Calibrator {sample} (level {level_words}) is not used: {why_words}.",
    "calibration.refused": "Calibrator {sample} (level {level_words}) is not used: refused in the export ({fault}).",
    "identification.not_identified": "{sample} is not identified: {why_sentences}",
    "identification.indicated": "Indicated only, not identified, in {samples}: {why_sentences}",
    "identification.peak": "Peak with an area of {area}.",
    "identification.area_below_zero": "No peak: the area is {area}, below zero.",
    "identification.no_time": "No peak: an area without a retention time.",
    "identification.no_peak": "No peak.",
    "identification.no_qualifier": "Ion ratio not judged: no qualifier was measured.",
    "identification.points": "{found} points of identification, {limit} needed.",
    "identification.no_reference_time": "Retention time not judged: no calibrator and no stored reference.",
    "identification.retention_time": "Retention time {found}, expected {lower} to {upper}.",
    "identification.relative_retention_time": "Relative retention time {found}, expected {lower} to {upper}.",
    "identification.no_standard_time": "Co-elution not judged: the time of the internal standard is not known.",
    "identification.coelution": "Offset from the internal standard {found} min, expected {lower} to {upper}.",
    "identification.no_signal_to_noise": "Signal to noise not judged: not in the export.",
    "identification.signal_to_noise": "Signal to noise {found}, at least {limit}.",
    "identification.no_reference_ratio": "{ion}: ratio not judged, no reference ratio.",
    "identification.ion_missing": "{ion}: no peak, where the reference ratio gives one.",
    "identification.ion_too_weak": "{ion}: no peak, and too weak a signal to expect one.",
    "identification.ion_ratio": "{ion}: {direction_words} {found} %, expected {expected} %, {lower} to {upper} allowed.",
    "export.refused": "Areas were refused in {samples} ({faults}).",
    "export.lacking": "{problem_words} {found} ({fault}).",
    "export.rows": "{n} rows of the export could not be told apart or read: {found}.",
    "export.manual_integration": "Integrated by hand: {samples}.",
    "export.absent": "The export has no row of the analyte for {samples}.",
    "names.unique": "{n} injections are named {sample}: which is whose sample is not known.",
    "preparation.amount": "Amount taken and final volume are not in the batch sheet for {samples}.",
    "screening.no_rule": "No rule of the profile holds.",
    "screening.isomers": "The spectrum agrees as for level {level}. Capped: MS/MS does not tell it from {others}.",
    "screening.few_fragments": "{rule} Capped: few fragments.",
    "screening.also_isomers": "{rule} MS/MS does not tell it from {others}.",
    "screening.score": "score {score}",
    "screening.fragments": "{n} fragments",
    "screening.minutes": "{difference} min",
    "screening.isotopes": "isotopes {score}",
    "unit.convertible": "Results stay in {unit_words}, which is not turned into {due}; they cannot be released.",
}
# Words that are values of ``*_words``; anything else in their place (a person's reason, a unit) is shown as it is.
FIXED_WORDS: tuple[str, ...] = (
    *PROBLEM_WORDS.values(), "none", "no unit", "no nominal concentration", "no area of the internal standard", "no peak",
    "a blank is used with weight 1 only", "qualifier over quantifier", "quantifier over qualifier",
    # What an export lacks, as the import says it.
    "The batch has no calibrators.", "The internal standard is named and has no rows.", "The export has no internal standard.",
    "The internal standard has no area in some injections.",
    "An injection lacks compounds that others have; the file may be cut off.",
)  # fmt: skip


def placeholders(template: str) -> tuple[str, ...]:
    """Names of a template's places, in the order in which it first names them.

    Examples
    --------
    >>> placeholders("Blank {sample} holds {found}, to stay below {limit}.")
    ('sample', 'found', 'limit')
    """
    return tuple(dict.fromkeys(_PLACE.findall(template)))


def sentence(code: str, **values: pl.Expr | str | float | None) -> pl.Expr:
    """The sentence of a code as a struct; null where one of its values is.

    Parameters
    ----------
    code
        Of ``TEMPLATES``.
    values
        Of every placeholder: a text, a number, or an expression; of ``*_sentences`` a list of sentences.

    Examples
    --------
    >>> row = pl.DataFrame({"name": ["B1"], "loq": [2.5]})
    >>> row.select(said=sentence("blank.holds", sample=pl.col("name"), found=3.0, limit=pl.col("loq"))).unnest("said").row(0)
    ('blank.holds', ['B1', '3.0', '2.5'], 'Blank B1 holds 3.0, to stay below 2.5.')
    """
    template = TEMPLATES[code]
    names = placeholders(template)
    if not names:
        return pl.struct(code=pl.lit(code), values=pl.lit([], pl.List(pl.String)), reason=pl.lit(template))
    kept, shown = {}, {}
    for name in names:
        value = values[name]
        given = value if isinstance(value, pl.Expr) else pl.lit(value)
        if name.endswith(_SENTENCES):
            kept[name] = pl.struct(said=given).struct.json_encode()
            shown[name] = given.list.eval(pl.element().struct.field("reason")).list.join(" ")
        else:
            kept[name] = shown[name] = given.cast(pl.String)
    text = pl.format(_PLACE.sub("{}", template), *(shown[name] for name in _PLACE.findall(template)))
    whole = pl.struct(code=pl.lit(code), values=pl.concat_list([kept[name] for name in names]), reason=text)
    return pl.when(text.is_not_null()).then(whole)


def no_sentence() -> pl.Expr:
    """No sentence, as a column."""
    return pl.lit(None, SENTENCE)


def translated_sentences(findings: pl.DataFrame, translate: Callable[[str], str]) -> dict[str, str]:
    """English sentences of findings and the same in another language.

    Parameters
    ----------
    findings
        With ``code, values, reason``; without the first two, as stored before there were any, nothing is translated.
    translate
        A template or a word in the other language, such as gettext. A translation that does not name the same places is not
        used.

    Examples
    --------
    >>> row = pl.DataFrame({"code": ["blank.below"], "values": [["B1"]], "reason": ["Blank B1 is below its limit."]})
    >>> translated_sentences(row, lambda text: text.replace("is below its limit", "ist unter der Grenze"))
    {'Blank B1 is below its limit.': 'Blank B1 ist unter der Grenze.'}
    """
    if not {"code", "values"} <= set(findings.columns):
        return {}
    rows = findings.select(SENTENCE_COLUMNS).drop_nulls().unique("reason", maintain_order=True)
    return {reason: _translated(code, values, reason, translate) for code, values, reason in rows.iter_rows()}


def _translated(code: str, values: list[str], reason: str, translate: Callable[[str], str]) -> str:
    template = TEMPLATES.get(code)
    names = placeholders(template) if template is not None else ()
    if template is None or len(names) != len(values):
        # Of a later version, or of a code that is no more.
        return reason
    other = translate(template)
    if set(placeholders(other)) != set(names):
        return reason
    shown = {name: _translated_value(name, value, translate) for name, value in zip(names, values, strict=True)}
    return _PLACE.sub(lambda place: shown[place[1]], other)


def _translated_value(name: str, value: str, translate: Callable[[str], str]) -> str:
    if name.endswith(_WORDS):
        words = [value] if value in FIXED_WORDS else value.split("; ")
        return "; ".join(translate(word) if word in FIXED_WORDS else word for word in words)
    if name.endswith(_SENTENCES):
        said = [_translated(one["code"], one["values"], one["reason"], translate) for one in json.loads(value)["said"]]
        return " ".join(said)
    return value
