"""PHES-ODM v2 tables and our extension."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from headworks.core.errors import DataRefused, UsageError
from headworks.intake import Mapping, parse_file
from headworks.intake.formats.odm_parts import analyte_of, part_ids

HEAD = "measureRepID,sampleID,siteID,measure,value,unit,aggregation,aDateEnd"


def parse(content, file="measures.csv", **said):
    return parse_file(content if isinstance(content, bytes) else content.encode(), file, "odm", **said)


def measures(*rows, head=HEAD, **said):
    return parse("\n".join([head, *rows]) + "\n", **said)


def results(parsed):
    columns = ("sample_id", "analyte", "replicate", "concentration_ng_per_l", "detection")
    return parsed.tables["measurements"].select(columns).rows()


def test_a_residue_in_micrograms_is_converted():
    # 0.25 ug/L = 250 ng/L.
    parsed = measures("r1,S1,,hw_benzoylecgonine,0.25,ugL,single,2024-05-07")
    assert results(parsed) == [("S1", "benzoylecgonine", 1, 250.0, "quantified")]


@pytest.mark.parametrize("measure", ["hw_benzoylecgonine", "HW_Benzoylecgonine", "BZE", "benzoylecgonine", "苯甲酰爱康宁"])
def test_a_residue_has_our_part_or_a_name_that_the_reference_knows(measure):
    assert results(measures(f"r1,S1,,{measure},1,ngL,mean,2024-05-07"))[0][1] == "benzoylecgonine"


def test_every_analyte_of_the_reference_has_a_part():
    assert [analyte_of(part) for part in part_ids().values()] == list(part_ids())


def test_headers_are_read_in_any_case_and_without_underscores():
    head = "measurerepid,SAMPLEID,siteid,Measure,VALUE,unit,Aggregation,aDateEnd"
    assert len(results(measures("r1,S1,,hw_MDMA,1,ngL,single,2024-05-07", head=head))) == 1


def test_flows_belong_to_a_site_and_a_day():
    parsed = measures("r1,,A,floRate,40000,m3D,single,2024-05-07", "r2,S1,A,floRate,2,mld,single,2024-05-08T08:00:00+08:00")
    # 2 ML/d = 2,000 m3/d.
    expected = [("A", dt.date(2024, 5, 7), 40_000.0), ("A", dt.date(2024, 5, 8), 2_000.0)]
    assert parsed.tables["flows"].select("site_id", "day", "flow_m3_per_day").rows() == expected


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        ("r1,S1,,hw_MDMA,1,mgkg,single,2024-05-07", "unit", "unit of concentration"),
        ("r1,,A,floRate,1,m3,single,2024-05-07", "unit", "unit of flow"),
        ("r1,S1,,hw_MDMA,1,ngL,upperCI95,2024-05-07", "aggregation", "single values and means"),
        ("r1,S1,,hw_nothing,1,ngL,single,2024-05-07", "measure", "not in the reference"),
        ("r1,,,hw_MDMA,1,ngL,single,2024-05-07", "sampleID", "empty"),
        (",S1,,hw_MDMA,1,ngL,single,2024-05-07", "measureRepID", "empty"),
        ("r1,S1,,floRate,1,m3D,single,2024-05-07", "siteID", "belongs to no site"),
        ("r1,,A,floRate,1,m3D,single,", "aDateEnd", "on which day"),
        ("r1,,A,floRate,-1,m3D,single,2024-05-07", "value", "not above the least"),
        ("r1,S1,,hw_MDMA,twelve,ngL,single,2024-05-07", "value", "not a number"),
    ],
)
def test_a_row_that_cannot_be_kept_is_refused(row, column, problem):
    parsed = measures(row, "r9,S9,,hw_MDMA,1,ngL,single,2024-05-07")
    assert parsed.refusals.select("file", "row", "column").row(0) == ("measures.csv", 2, column)
    assert problem in parsed.refusals["problem"][0]
    assert (parsed.n_rows, parsed.n_refused, len(results(parsed))) == (2, 1, 1)


def test_viral_targets_are_counted_and_not_judged():
    parsed = measures("r1,S1,,covN1,1e5,gcL,lowerCI95,2024-05-07", "r2,S1,,hw_MDMA,1,ngL,single,2024-05-07")
    assert (parsed.n_refused, parsed.set_aside["not_ours"], len(results(parsed))) == (0, 1, 1)
    assert "covN1" in " ".join(parsed.findings["message"])


def test_what_is_not_reportable_is_not_kept_and_said():
    parsed = measures("r1,S1,,hw_MDMA,1,ngL,single,2024-05-07,FALSE", head=HEAD + ",reportable")
    assert (results(parsed), parsed.set_aside["not_reportable"]) == ([], 1)
    assert "not reportable" in " ".join(parsed.findings["message"])


@pytest.mark.parametrize("cell", ["NA", "nan", "nr", "undisc", "null", ""])
def test_missing_codes_are_missing_results(cell):
    parsed = measures(f"r1,S1,,hw_MDMA,{cell},ngL,single,2024-05-07", f"r2,,A,floRate,{cell},m3D,single,2024-05-07")
    assert (parsed.set_aside["missing"], parsed.n_refused) == (2, 0)


@pytest.mark.parametrize(
    ("cell", "flag", "expected"),
    [
        ("0", "", "not_detected"),
        ("2", "", "below_loq"),
        ("<LOQ", "", "below_loq"),
        ("", "beLOD", "not_detected"),
        ("2", "belowLOQ", "below_loq"),
        ("0.5", "flagND", "not_detected"),
        ("0.5", "belowLOQ; beLOD", "not_detected"),
        ("12", "noConcern", "quantified"),
    ],
)
def test_limits_and_flags_make_the_state(cell, flag, expected):
    head = HEAD + ",hwLod,hwLoq,qualityFlag"
    parsed = measures(f"r1,S1,,hw_MDMA,{cell},ngL,single,2024-05-07,1,5,{flag}", head=head)
    assert results(parsed)[0][4] == expected
    assert parsed.tables["measurements"].select("lod_ng_per_l", "loq_ng_per_l", "qc_flag").row(0) == (1.0, 5.0, "accepted")


def test_another_flag_makes_the_result_suspect():
    parsed = measures("r1,S1,,hw_MDMA,12,ngL,single,2024-05-07,flagJ", head=HEAD + ",qualityFlag")
    assert parsed.tables["measurements"]["qc_flag"].to_list() == ["suspect"]


def test_replicates_are_numbered_by_their_identifier_whatever_the_order_of_rows():
    rows = [f"r{i},S1,,hw_MDMA,{i},ngL,single,2024-05-07" for i in (10, 2, 1)]
    for order in (rows, rows[::-1]):
        parsed = measures(*order)
        assert sorted(r[2:4] for r in results(parsed)) == [(1, 1.0), (2, 2.0), (3, 10.0)]


def test_a_refused_replicate_keeps_its_number_when_it_comes_back_mended():
    parsed = measures("r1,S1,,hw_MDMA,x,ngL,single,2024-05-07", "r2,S1,,hw_MDMA,2,ngL,single,2024-05-07")
    mended = parsed.refused_raw[0].with_columns(value=pl.lit("1"))
    again = parse(mended.write_csv())
    assert (results(parsed)[0][2:4], results(again)[0][2:4]) == ((2, 2.0), (1, 1.0))


SITES = "siteID,siteType,name,popServ,geoLat,geoLong,geoEPSG,hwConsent\n"


def test_sites_become_ours_and_institutions_need_consent():
    text = "A,wwtpMuC,West,425000,47.1,15.4,4326,\nB,school,,,,,,\nC,school,,,,,,P-7\nD,pStat,,,1,2,3857,\nE,moon,,,,,,\n"
    parsed = parse(SITES + text, "sites.csv")
    assert parsed.tables["sites"].select("site_id", "kind", "population_served").rows() == [
        ("A", "plant_influent", 425_000.0),
        ("C", "school", None),
    ]
    assert parsed.refusals.select("row", "code").rows() == [(3, "HW-D115"), (5, "HW-D104"), (6, "HW-D108")]


SAMPLES = "sampleID,siteID,saMaterial,collType,collDT,collDTStart,collDTEnd,collPer\n"


def test_a_composite_needs_its_begin_and_a_grab_sample_its_instant():
    rows = [
        "S1,A,rawWW,flowPr,,2024-05-07 08:00,2024-05-08 08:00,",
        "S2,A,rawWW,comp,,,2024-05-08 08:00,24",
        "S3,A,rawWW,grab,2024-05-07 09:30,,,",
        "S4,A,rawWW,comp,2024-05-07 09:30,,,24",
    ]
    parsed = parse(SAMPLES + "\n".join(rows), "samples.csv", timezone="Asia/Shanghai")
    begun = dt.datetime(2024, 5, 7, tzinfo=dt.UTC)
    assert parsed.tables["samples"].select("sample_id", "mode", "collected_from", "utc_offset_min").rows() == [
        ("S1", "flow_proportional", begun, 480),
        ("S2", "unknown", begun, 480),
        ("S3", "grab", begun + dt.timedelta(minutes=90), 480),
    ]
    assert "when the collection" in parsed.refusals["problem"][0]


def workbook(**sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, text in sheets.items():
        sheet = made.create_sheet(name)
        for line in text.strip().splitlines():
            sheet.append([cell or None for cell in line.split(",")])
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()


def test_flags_of_quality_reports_go_to_their_measures_and_contacts_stay_unread():
    content = workbook(
        measures=HEAD + "\nr1,S1,,hw_MDMA,3,ngL,single,2024-05-07",
        qualityReports="qualityReportID,measureRepID,qualityFlag\nq1,r1,belowLOQ\nq2,r7,beLOD",
        contacts="contactID,firstName,phone\nc1,Ann,1",
    )
    parsed = parse(content, "wbe.xlsx")
    assert results(parsed)[0][3:] == (3.0, "below_loq")
    assert (parsed.set_aside["joined"], parsed.set_aside["not_ours"]) == (1, 1)
    assert parsed.refusals.select("sheet", "row", "column").rows() == [("qualityReports", 3, "measureRepID")]
    assert not any("Ann" in str(cell) for frame in parsed.refused_raw for cell in frame.rows())


def test_a_quality_report_alone_is_refused_rather_than_forgotten():
    parsed = parse("qualityReportID,measureRepID,qualityFlag\nq1,r1,belowLOQ\n", "qualityReports.csv")
    assert (parsed.n_rows, parsed.n_refused) == (1, 1)
    assert "one workbook" in parsed.refusals["remedy"][0]


def test_a_mapping_uses_odms_own_names():
    mapping = Mapping(
        columns={"siteID": "Station"}, values={"siteType": {"KA": "plant_influent"}}, defaults={"siteType": "KA"}
    )
    parsed = parse("Station,geoLat\nA,47\n", "sites.csv", mapping=mapping)
    assert parsed.tables["sites"].select("site_id", "kind").rows() == [("A", "plant_influent")]


@pytest.mark.parametrize(
    ("text", "file", "message"),
    [
        ("a,b\n1,2\n", "x.csv", "not clear which ODM table.*x.csv"),
        ("measureRepID,measure,value,unit\n1,2,3,4\n", "x.csv", "lacks required columns: aggregation"),
        ("siteID,siteType,site_id\n1,2,3\n", "sites.csv", "mean the same"),
        ("siteID,siteType,phone\n1,2,3\n", "sites.csv", "about persons"),
        ("sampleID,siteID,saMaterial,collType\n1,2,3,4\n", "samples.csv", "no time of collection"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(text, file, message):
    with pytest.raises(DataRefused, match=message):
        parse(text, file)


def test_units_do_not_belong_into_the_mapping():
    with pytest.raises(UsageError, match=r"row by row"):
        parse(SITES, "sites.csv", mapping=Mapping(units={"value": "ng/L"}))


def test_the_documented_list_of_parts_is_the_references():
    text = (Path(__file__).parents[2] / "docs/reference/odm-extension.md").read_text(encoding="utf-8")
    assert [part for part in part_ids().values() if f"| `{part}` |" not in text] == []
