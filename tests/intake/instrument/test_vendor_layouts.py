"""Each vendor's layout, in small files written after public scripts, notes and manuals (see the methods page)."""

from __future__ import annotations

import polars as pl
import pytest
from tests.intake.instrument.builders import MASSHUNTER, SCIEX, SKYLINE, TARGETLYNX, TRACEFINDER

from headworks.core.errors import DataRefused
from headworks.intake.instrument import Profile, read_instrument_export


def read(text, profile=None):
    return read_instrument_export(text.encode(), profile, file="x.txt")


def one(export, **where):
    return export.rows.row(
        by_predicate=pl.all_horizontal(pl.col(name).cast(pl.String) == value for name, value in where.items()), named=True
    )


@pytest.mark.parametrize(
    ("text", "name", "n"),
    [
        (MASSHUNTER, "masshunter", 9),
        (SCIEX, "sciex", 6),
        (TARGETLYNX, "targetlynx", 4),
        (TRACEFINDER, "tracefinder", 4),
        (SKYLINE, "skyline", 6),
    ],
)
def test_the_format_is_found_from_the_header_and_no_column_is_unknown(text, name, n):
    export = read(text)
    assert (export.format, export.rows.height, export.faults["severity"].to_list()) == (name, n, [])
    assert not [question for question in export.questions if question.code in {"HW-D640", "HW-D642", "HW-D643"}]


def test_masshunter_keeps_manual_flags_transitions_and_the_vendors_ratio_apart():
    export = read(MASSHUNTER)
    row = one(export, sample_name="Cal1", analyte="Ketamine", ion="quantifier")
    assert (row["transition"], row["area"], row["signal_to_noise"], row["is_manual_integration"]) == (
        "238.1 -> 125",
        900.0,
        12.5,
        True,
    )
    assert (row["expected_concentration"], row["retention_time_min"], row["injection_volume_ul"]) == (1.5, 2.02, 5.0)
    qualifier = one(export, sample_name="Cal1", ion="qualifier")
    assert (qualifier["transition"], qualifier["area"], qualifier["vendor_ion_ratio_percent"]) == ("238.1 -> 179", 450.0, 50.0)
    standard = one(export, sample_name="Cal1", analyte="Ketamine D4")
    assert (standard["role"], standard["compound_as_written"]) == ("internal_standard", "Ketamine D4 (ISTD)")
    assert one(export, sample_name="S 1", analyte="Ketamine D4")["acquired_at"].hour == 12  # 12:25 pm is after noon


def test_masshunter_turned_round_says_the_same_and_its_faults_name_row_and_column():
    lines = [line.split(",") for line in MASSHUNTER.strip().split("\n")]
    turned = "\n".join(",".join(cells) for cells in zip(*lines, strict=True)) + "\n"
    mine, theirs = read(MASSHUNTER), read(turned)
    assert theirs.format == "masshunter_transposed"
    assert theirs.rows.drop("source_row").equals(mine.rows.drop("source_row"))
    # The area of Cal1 stands in row 12 of the turned file, in its fourth column.
    fault = read(turned.replace(",900,1800", ",abc,1800", 1)).faults.row(0, named=True)
    assert (fault["row"], fault["column"]) == (12, "Ketamine Results / Area (column D)")


def test_two_compounds_of_one_name_side_by_side_are_refused_not_merged():
    text = MASSHUNTER.replace("Ketamine D4 (ISTD) Results", "Ketamine Results").replace("238.1,125.0,", ",,")
    export = read(text)
    assert "HW-D648" in export.faults["code"].to_list()


def test_a_qualifier_before_any_compound_is_nobodys_and_left_out():
    export = read(
        MASSHUNTER.replace("Ketamine Method,,,Ketamine Results", "Qualifier (1.0 -> 2.0) Results,,,Ketamine Results")
    )
    assert set(export.rows["analyte"]) == {"Ketamine", "Ketamine D4"}
    assert "HW-D107" in export.faults["code"].to_list()


def test_sciex_qualifiers_take_the_name_of_their_quantifier():
    export = read(SCIEX)
    rows = (
        export.rows.filter(pl.col("injection") == 1).select("analyte", "ion", "role", "internal_standard", "transition").rows()
    )
    assert rows == [
        ("MDMA 1", "quantifier", "target", "MDMA-d5", ""),
        ("MDMA 1", "qualifier", "target", "MDMA-d5", "MDMA 2"),
        ("MDMA-d5", "quantifier", "internal_standard", None, ""),
    ]  # fmt: skip
    row = one(export, sample_name="S 1", ion="quantifier", role="target")
    # "< 0" and "No Peak" are no results; Used = False is kept, not obeyed.
    assert (row["vendor_concentration"], row["is_excluded_by_vendor"], row["dilution_factor"]) == (None, True, 10.0)
    assert one(export, sample_name="Std 1", transition="", role="target")["is_manual_integration"] is True


def test_targetlynx_sections_take_their_compound_their_unit_from_the_header_and_their_flags_from_letters():
    export = read(TARGETLYNX)
    row = one(export, data_file="241126_02", analyte="Morphine, total")
    assert (row["area"], row["vendor_concentration"], row["concentration_unit"]) == (210.0, 1.02, "ng/mL")
    assert (row["is_manual_integration"], row["is_excluded_by_vendor"], row["acquired_at"].isoformat()) == (
        True,
        True,
        "2024-11-26T15:54:12",
    )
    first = one(export, data_file="241126_01", analyte="Morphine, total")
    assert (first["vendor_accuracy_percent"], first["vendor_internal_standard_area"], first["is_manual_integration"]) == (
        102.0,
        2000.0,
        False,
    )
    assert [(q.code, q.found) for q in export.questions] == [("HW-D651", "Morphine-d3")]


def test_a_targetlynx_report_cut_in_a_section_says_which_row():
    cut = read(TARGETLYNX[:-30]).faults
    assert cut.filter(pl.col("severity") == "refused").select("row", "code").rows() == [(15, "HW-D109")]
    # The second file's row is gone and the time of the first one is cut off: a day is not midnight.
    export = read(TARGETLYNX[:-80])
    assert export.faults.select("row", "column", "code").rows() == [(14, "Acq.Date", "HW-D647"), (9, "(row)", "HW-D657")]
    row = one(export, data_file="241126_01", analyte="Morphine-d3")
    assert (row["injection"], row["acquired_at"], row["fault_code"]) == (1, None, "HW-D647")


def test_tracefinder_not_found_is_empty_and_its_own_exclusion_is_kept():
    export = read(TRACEFINDER)
    assert one(export, data_file="run_02", analyte="Heroin")["area"] is None
    row = one(export, data_file="run_01", analyte="Heroin")
    assert (row["is_manual_integration"], row["is_excluded_by_vendor"], row["retention_time_min"]) == (True, True, 4.11)
    assert (row["expected_retention_time_min"], row["internal_standard_concentration"], row["level"]) == (4.10, 10.0, "L1")


def test_skyline_says_which_transition_quantifies_and_what_was_set_by_hand():
    export = read(SKYLINE)
    row = one(export, sample_name="std1", transition="345.2 -> 299.2")
    assert (row["ion"], row["is_manual_integration"], row["precursor_mz"], row["product_mz"]) == (
        "quantifier",
        True,
        345.2,
        299.2,
    )
    assert one(export, sample_name="s1", transition="345.2 -> 299.2")["area"] is None
    assert one(export, sample_name="s1", analyte="THC-COOH-d3")["role"] == "internal_standard"


def test_a_choice_of_the_profile_goes_before_what_is_written():
    text = SKYLINE.replace(",Quantitative,", ",Comment,")
    asked = [question for question in read(text).questions if question.code == "HW-D652"]
    assert [(q.answer_in, q.guess) for q in asked] == [(("quantifiers", "THC-COOH"), "345.2 -> 299.2")]
    said = read(text, Profile(quantifiers={"THC-COOH": "345.2 -> 193.1"}, ignored=("Comment",)))
    assert one(said, sample_name="std1", transition="345.2 -> 193.1")["ion"] == "quantifier"


def test_a_profile_of_another_format_or_other_columns_is_refused_with_what_stands_there():
    with pytest.raises(DataRefused, match="not of the format") as refusal:
        read(SCIEX, Profile(format="masshunter_compounds"))
    assert refusal.value.code == "HW-D640"
    with pytest.raises(DataRefused, match="does not have") as refusal:
        read(SCIEX, Profile(columns={"area": "Peak Area"}))
    assert refusal.value.code == "HW-D111"
