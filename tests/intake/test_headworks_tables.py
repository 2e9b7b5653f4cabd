"""Our own long tables: columns, defaults, assumptions, findings."""

import datetime as dt

import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.intake import Mapping, parse_file, read_mapping

HEAD = "sample_id,analyte,concentration_ng_per_l"


def parse(text, file="measurements.csv", **said):
    return parse_file(text.encode(), file, "headworks", **said)


def test_a_mapping_gives_columns_units_values_and_defaults():
    mapping = read_mapping(
        'table = "measurements"\ndelimiter = ";"\ndecimal = ","\n'
        '[columns]\nsample_id = "Probe"\nanalyte = "Stoff"\nconcentration = "Ergebnis"\n'
        '[units]\nconcentration = "ug/L"\n[values.analyte]\n"Benzo." = "BE"\n[defaults]\nbatch_id = "B7"\n',
        "m.toml",
    )
    parsed = parse("Probe;Stoff;Ergebnis\nS1;Benzo.;0,25\n", "export.csv", mapping=mapping)
    row = parsed.tables["measurements"].row(0, named=True)
    # 0.25 ug/L = 250 ng/L.
    assert (row["analyte"], row["concentration_ng_per_l"], row["batch_id"]) == ("benzoylecgonine", 250.0, "B7")
    assert "HW-I201" in parsed.findings["code"].to_list()


def test_chinese_headers_are_read_with_a_mapping_also_in_gb18030():
    mapping = Mapping(columns={"sample_id": "样品编号", "analyte": "目标物", "concentration_ng_per_l": "浓度"})
    text = "样品编号,目标物,浓度\n样品一,苯甲酰爱康宁,12.5\n样品二,甲基苯丙胺,未检出\n"
    parsed = parse_file(text.encode("gb18030"), "measurements.csv", "headworks", mapping=mapping)
    assert parsed.tables["measurements"].select("analyte", "detection").rows() == [
        ("benzoylecgonine", "quantified"),
        ("methamphetamine", "not_detected"),
    ]
    assert "GB18030" in " ".join(parsed.findings["message"])


def test_an_unknown_analyte_is_kept_under_its_name_and_said():
    parsed = parse(f"{HEAD}\nS1,novelamine,5\n")
    assert parsed.tables["measurements"]["analyte"].to_list() == ["novelamine"]
    assert "not in the reference" in " ".join(parsed.findings["message"])


def test_two_names_of_one_analyte_are_one_key():
    parsed = parse(f"{HEAD}\nS1,BZE,5\nS1,benzoylecgonine,6\n")
    assert parsed.refusals["code"].to_list() == ["HW-D110", "HW-D110"]


def test_a_missing_result_has_no_row_and_is_no_refusal():
    parsed = parse(f"{HEAD}\nS1,BE,NA\nS2,BE,\nS3,BE,4\n")
    assert (parsed.tables["measurements"].height, parsed.n_refused, parsed.set_aside["missing"]) == (1, 0, 2)


def test_states_alone_are_enough():
    parsed = parse("sample_id,analyte,detection,lod_ng_per_l\nS1,BE,ND,1\nS2,BE,quantified,1\n")
    assert parsed.tables["measurements"].select("detection", "lod_ng_per_l").rows() == [("not_detected", 1.0)]
    assert parsed.refusals["row"].to_list() == [3]


def test_the_offset_in_its_own_column_goes_with_an_instant_in_utc():
    parsed = parse("sample_id,site_id,collected_from,utc_offset_min\nS1,A,2024-05-07T00:00Z,480\n", "samples.csv")
    assert parsed.tables["samples"].select("collected_from", "utc_offset_min").row(0) == (
        dt.datetime(2024, 5, 7, tzinfo=dt.UTC),
        480,
    )


def test_a_local_time_needs_a_time_zone_that_was_said():
    text = "sample_id,site_id,collected_from\nS1,A,2024-05-07 08:00\n"
    assert parse(text, "samples.csv").refusals.select("row", "column", "code").rows() == [(2, "collected_from", "HW-D106")]
    for said in ({"timezone": "Asia/Shanghai"}, {"mapping": Mapping(timezone="Asia/Shanghai"), "timezone": "UTC"}):
        assert parse(text, "samples.csv", **said).tables["samples"]["utc_offset_min"].to_list() == [480]


def test_an_institution_without_consent_is_refused():
    parsed = parse("site_id,kind,consent\nA,school,\nB,prison,P-7\n", "sites.csv")
    assert parsed.tables["sites"]["site_id"].to_list() == ["B"]
    assert "consent" in parsed.refusals["problem"][0]
    assert parsed.refusals.select("row", "column").row(0) == (2, "kind, consent")


def test_an_unknown_column_is_left_out_and_said_with_the_nearest():
    parsed = parse(f"{HEAD},bach_id\nS1,BE,5,B1\n")
    assert any("did you mean 'batch_id'" in text for text in parsed.findings["message"])


def test_the_table_is_known_by_its_name_or_by_its_columns():
    assert list(parse(f"{HEAD}\nS1,BE,5\n", "lab_2024.csv").tables) == ["measurements"]
    assert list(parse("site_id,area_id,population\nA,B,5\n", "site_areas 2024.csv").tables) == ["site_areas"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "not clear which table"),
        (f"{HEAD},Sample ID\nS,BE,1,S\n", "mean the same"),
        (f"{HEAD},concentration\nS,BE,1,1\n", "mean the same"),
        (f"{HEAD},patient\nS,BE,1,1\n", "about persons"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused(text, message):
    with pytest.raises(DataRefused, match=message):
        parse(text, "x.csv")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"table": "loads"}, "not imported"),
        ({"defaults": {"replicate": "one"}}, "not a number.*replicate"),
        ({"defaults": {"analyte": "BE"}}, "in the file"),
        ({"defaults": {"unit": "ug/L"}}, r"cannot have one.*\[units\]"),
        ({"values": {"replicate": {"a": "1"}}}, "holds none"),
        ({"date_format": "day"}, "format of days"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(said, message):
    with pytest.raises(UsageError, match=message):
        parse(f"{HEAD}\nS1,BE,5\n", mapping=Mapping(**said))
