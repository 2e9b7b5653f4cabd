"""Which compound a row is about: its name, its role, its internal standard, which of its transitions quantifies.

What the export says is taken, what the profile says goes before, and what neither says is asked with the nearest guess. The
trap is the label in a name: ``Cortisone 13C3`` looks like an internal standard and usually is one; somebody must say so.
"""

from __future__ import annotations

import difflib
import re

import polars as pl

from headworks.intake.instrument.profile import NONE, Profile
from headworks.intake.instrument.question import Question
from headworks.intake.instrument.vocabulary import known_words
from headworks.intake.parsed import fold_header
from headworks.tables.instrument import IONS, ROLES

_MARK = r"\s*\((?i:ISTD|IS)\)"
_LABEL = re.compile(r"(?i)(?:^|[\s_\-(\[])(?:d\d{1,2}|13c\d{0,2}(?:d\d)?|15n\d?|2h\d{1,2}|istd|is)(?=$|[\s_\-)\],])")
_TRANSITION = r"([0-9]+(?:\.[0-9]+)?)\s*(?:-+>|→|/)\s*([0-9]+(?:\.[0-9]+)?)"
# Formats whose software marks internal standards in the name, so that no mark means target.
_MARKING = ("masshunter", "masshunter_compounds", "masshunter_transposed")


def name_compounds(rows: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Add ``compound_as_written``; ``analyte`` loses the mark of an internal standard and takes our name.

    Examples
    --------
    >>> rows = pl.DataFrame({"analyte": ["Cortisol D4 (ISTD)"], "internal_standard": [None]})
    >>> name_compounds(rows, Profile())["analyte"].item()
    'Cortisol D4'
    """
    plain = pl.col("analyte").str.replace_all(_MARK, "").str.strip_chars()
    plain = pl.when(plain != "").then(plain).otherwise("analyte")
    ours = plain.replace(profile.analytes)
    named = pl.col("analyte").replace_strict(profile.analytes, default=ours, return_dtype=pl.String)
    standard = pl.col("internal_standard").cast(pl.String).str.replace_all(_MARK, "").str.strip_chars()
    return rows.with_columns(
        compound_as_written="analyte", analyte=named, internal_standard=standard.replace(profile.analytes)
    )


def fill_transitions(rows: pl.DataFrame) -> pl.DataFrame:
    """Transition as text and as two masses, each from the other where only one is written; empty text where neither is."""
    parts = [pl.col("transition").str.extract(_TRANSITION, group).cast(pl.Float64, strict=False) for group in (1, 2)]
    parts = [pl.when(part > 0).then(part) for part in parts]
    rows = rows.with_columns(
        precursor_mz=pl.coalesce("precursor_mz", parts[0]), product_mz=pl.coalesce("product_mz", parts[1])
    )
    precursor, product = (pl.col(name).cast(pl.String).str.strip_suffix(".0") for name in ("precursor_mz", "product_mz"))
    # One way of writing for both: 179.0 and 179 are one ion.
    written = pl.when(~pl.col("transition").str.contains(rf"^\s*{_TRANSITION}\s*$")).then("transition")
    rows = rows.with_columns(transition=pl.coalesce(written, precursor + " -> " + product, "transition"))
    # A component that qualifies another one, in a group without masses, is told by its own name.
    named = pl.when(pl.col("compound_as_written") != pl.col("analyte")).then("compound_as_written")
    is_other = (pl.col("ion") == "qualifier") & pl.col("analyte_group").is_not_null()
    return rows.with_columns(
        transition=pl.coalesce("transition", pl.when(is_other).then(named), pl.lit("")),
    )


def read_ions(rows: pl.DataFrame, format_name: str) -> pl.DataFrame:
    """``ion`` in our words; qualifiers of a group take the name of its quantifier."""
    known = known_words("ion", format_name)
    words = {word: known.get(fold_header(word)) for word in rows["ion"].drop_nulls().unique().to_list()}
    rows = rows.with_columns(ion=pl.col("ion").replace_strict(words, default=None, return_dtype=pl.String))
    if rows["analyte_group"].is_null().all():
        return rows
    is_lead = (pl.col("ion") == "quantifier") & (pl.col("role") != "internal_standard").fill_null(value=True)
    leads = (
        rows.filter(is_lead & pl.col("analyte_group").is_not_null())
        .select("analyte_group", "analyte")
        .unique(maintain_order=True)
    )
    leads = leads.filter(pl.col("analyte_group").is_unique()).rename({"analyte": "_lead"})
    joined = rows.join(leads, on="analyte_group", how="left", maintain_order="left")
    is_led = (pl.col("ion") == "qualifier") & pl.col("_lead").is_not_null()
    return joined.with_columns(analyte=pl.when(is_led).then("_lead").otherwise("analyte")).drop("_lead")


def read_roles(rows: pl.DataFrame, format_name: str, profile: Profile, where: str, questions: list[Question]) -> pl.DataFrame:
    """``role`` of every compound: as written, as marked, as named by others; asked about where only its name speaks."""
    known = known_words("role", "masshunter" if format_name in _MARKING else format_name)
    words = {word: known.get(fold_header(word)) for word in rows["role"].drop_nulls().unique().to_list()}
    has_column = bool(words)
    named = rows["internal_standard"].drop_nulls().unique().to_list()
    is_told = has_column or format_name in _MARKING or bool(named)
    rows = rows.with_columns(role=pl.col("role").replace_strict(words, default=None, return_dtype=pl.String))
    roles: dict[str, str | None] = {}
    compounds = rows.group_by("analyte", maintain_order=True).agg(
        pl.col("compound_as_written").first(), pl.col("role").drop_nulls().unique(maintain_order=True)
    )
    for analyte, written, as_said in compounds.iter_rows():
        role = as_said[0] if len(as_said) == 1 else None
        said = profile.roles.get(written) or profile.roles.get(analyte)
        marked = "internal_standard" if re.search(_MARK, written) or analyte in named else None
        roles[analyte] = (
            said or marked or role or ("target" if not as_said and (is_told or not _LABEL.search(analyte)) else None)
        )
        if roles[analyte] is None:
            questions.append(
                Question("HW-D651", "Is it an internal standard? Its name may say so; the export does not, or says both.",
                         where, analyte, ROLES[1], ("roles", analyte), True)
            )  # fmt: skip
    return rows.with_columns(role=pl.col("analyte").replace_strict(roles, default=None, return_dtype=pl.String))


def pair_standards(rows: pl.DataFrame, profile: Profile, where: str, questions: list[Question]) -> pl.DataFrame:
    """``internal_standard`` of every target; asked about where the export does not say it."""
    is_target = pl.col("role") == "target"
    standards = rows.filter(pl.col("role") != "target")["analyte"].unique(maintain_order=True).to_list()
    said = {profile.analytes.get(a, a): profile.analytes.get(b, b) for a, b in profile.internal_standards.items()}
    targets = (
        rows.filter(is_target).group_by("analyte", maintain_order=True).agg(pl.col("internal_standard").drop_nulls().unique())
    )
    pairs: dict[str, str | None] = {}
    for analyte, written in targets.iter_rows():
        if analyte in said:
            pairs[analyte] = None if said[analyte] == NONE else said[analyte]
        elif len(written) > 1 or (not written and standards):
            guess = written[0] if written else _nearest_standard(analyte, standards)
            questions.append(
                Question("HW-D650", "Which internal standard belongs to this target?", where, analyte, guess,
                         ("internal_standards", analyte), True)
            )  # fmt: skip
    filled = pl.col("analyte").replace_strict(pairs, default=pl.col("internal_standard"), return_dtype=pl.String)
    return rows.with_columns(internal_standard=pl.when(is_target).then(filled))


def _nearest_standard(analyte: str, standards: list[str]) -> str:
    bare = {_LABEL.sub("", name).strip(" -_()[]").casefold(): name for name in standards}
    close = difflib.get_close_matches(analyte.casefold(), bare, n=1, cutoff=0.5)
    return bare[close[0]] if close else standards[0]


def choose_quantifiers(rows: pl.DataFrame, profile: Profile, where: str, questions: list[Question]) -> pl.DataFrame:
    """``ion`` of every transition; one alone needs no choice, several without a word are asked about."""
    table = rows.group_by("analyte", "transition", maintain_order=True).agg(
        pl.col("ion").drop_nulls().first(), pl.col("area").median()
    )
    chosen: dict[tuple[str, str], str | None] = {}
    for part in table.partition_by("analyte", maintain_order=True):
        analyte, transitions, ions = part["analyte"][0], part["transition"].to_list(), part["ion"].to_list()
        said = profile.quantifiers.get(analyte)
        if said in transitions:
            ions = [IONS[transition != said] for transition in transitions]
        elif len(transitions) == 1 and ions[0] is None:
            ions = [IONS[0]]
        elif ions.count(IONS[0]) != 1 and not (len(transitions) == 1 and ions[0] == IONS[1]):
            strongest = part.sort("area", descending=True, nulls_last=True, maintain_order=True)["transition"][0]
            questions.append(
                Question("HW-D652", "Which transition of this compound quantifies it?", f"{where}, {analyte}",
                         ", ".join(transitions), strongest, ("quantifiers", analyte), True)
            )  # fmt: skip
            ions = [None] * len(transitions)
        chosen |= {(analyte, transition): ion for transition, ion in zip(transitions, ions, strict=True)}
    keys = pl.DataFrame([(*key, ion) for key, ion in chosen.items()],
                        schema={"analyte": pl.String, "transition": pl.String, "ion": pl.String}, orient="row")  # fmt: skip
    return rows.drop("ion").join(keys, on=["analyte", "transition"], how="left", maintain_order="left")
