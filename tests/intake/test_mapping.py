"""Mappings: read, or refused with the line at fault."""

import polars as pl
import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.intake.mapping import Mapping, mapped_headers, read_mapping
from headworks.intake.raw import build_raw

RAW = build_raw(pl.DataFrame({"Probe": ["S1"]}), pl.Series([2]), "x.csv")


def test_every_part_of_a_mapping_is_read():
    text = 'decimal = ","\ndelimiter = ";"\n[columns]\nsample_id = "Probe"\n[values.analyte]\n"Benzo." = "BE"\n'
    read = read_mapping(text, "m.toml")
    assert read == Mapping(decimal=",", delimiter=";", columns={"sample_id": "Probe"}, values={"analyte": {"Benzo.": "BE"}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("decimal = ", "not TOML.*m.toml"),
        ('decimals = ","', "unknown key.*Did you mean decimal"),
        ('decimal = ";"', "point or a comma"),
        ('delimiter = ";;"', "one character"),
        ('delimiter = "a"', "one character"),
        ("columns = 3", r"wrong kind.*Write \[columns\]"),
        ("[values]\nanalyte = 'x'", "wrong kind"),
        ("sheet = 3", "wrong kind.*sheet"),
    ],
)
def test_a_mapping_at_fault_is_refused(text, message):
    with pytest.raises(UsageError, match=message):
        read_mapping(text, "m.toml")


@pytest.mark.parametrize("part", ["columns", "units", "values", "defaults"])
def test_a_name_that_is_not_ours_is_refused_in_every_part(part):
    said = {"sampel_id": {"a": "b"} if part == "values" else "Probe"}
    with pytest.raises(UsageError, match=rf"not ours.*\[{part}\].*Did you mean sample_id"):
        mapped_headers(Mapping(**{part: said}), RAW, {"sample_id"})


def test_a_column_that_the_file_does_not_have_is_refused_with_the_nearest():
    with pytest.raises(DataRefused, match=r"does not have.*Found: Prob.*Did you mean 'Probe'"):
        mapped_headers(Mapping(columns={"sample_id": "Prob"}), RAW, {"sample_id"})
