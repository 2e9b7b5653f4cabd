"""What a file became, and what is refused of it as a whole."""

import polars as pl
import pytest

from headworks.core.errors import DataRefused
from headworks.intake.parsed import fold_header, require_columns, require_no_persons
from headworks.intake.raw import build_raw


def raw(*columns):
    return build_raw(pl.DataFrame({name: ["x"] for name in columns}), pl.Series([2]), "x.csv")


@pytest.mark.parametrize(
    "header",
    [
        "patient_id",
        "Patient ID",
        "PatientID",
        "Phone No.",
        "E-mail",
        "Date of birth",
        "ID card",
        "身份证号码",
        "联系电话",
        "姓名",
        "ＰＨＯＮＥ",
    ],
)
def test_a_column_about_persons_refuses_the_file(header):
    with pytest.raises(DataRefused, match=r"columns about persons.*x.csv") as refusal:
        require_no_persons(raw("sample_id", header))
    assert refusal.value.code == "HW-D114"


@pytest.mark.parametrize(
    "header", ["name", "mobile_phase", "load_mg_per_person", "n_persons", "site_name", "surface", "样品名称"]
)
def test_words_of_the_field_are_not_taken_for_persons(header):
    require_no_persons(raw(header))


def test_headers_are_compared_without_case_blanks_and_unseen_marks():
    assert [fold_header(h) for h in (" Site ID", "site-id", "ＳＩＴＥ_ID", "site\u200b_id")] == ["site_id"] * 4


def test_a_missing_column_is_named_with_the_nearest_header():
    with pytest.raises(DataRefused, match=r"sample_id \(is it 'Sampel ID'\?\).*x.csv, header"):
        require_columns(raw("Sampel ID"), set(), ["sample_id"], "samples")
