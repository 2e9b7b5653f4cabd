import polars as pl
import pytest
from tests.warning.appearances.builders import DAY, finding, findings

from headworks.core.errors import DataRefused
from headworks.warning.appearances import findings_from_measurements, flag_findings

NO_BLANK = pl.DataFrame(schema={"batch_id": pl.String, "inchikey": pl.String, "response": pl.Float64})


def hit(response=1_000.0, run_order=5, **more):
    return (
        findings(finding("s1", **more))
        .drop("doubt", "reason")
        .with_columns(response=pl.lit(response, pl.Float64), run_order=pl.lit(run_order, pl.Int64))
    )


def blank(key=None, response=None):
    return pl.DataFrame([{"batch_id": "b1", "inchikey": key, "response": response}], schema=NO_BLANK.schema)


def doubt(*tables):
    return flag_findings(*tables)["doubt"].to_list()


def test_a_clean_blank_speaks_for_a_finding_and_none_leaves_it_in_doubt():
    assert doubt(hit(), blank()) == ["none"]
    assert doubt(hit(), NO_BLANK) == ["no_blank"]


@pytest.mark.parametrize(("response", "expected"), [(999.0, "blank"), (1_000.0, "none"), (None, "blank")])
def test_a_finding_is_ten_times_the_blank_or_in_doubt(response, expected):
    assert doubt(hit(response), blank("K", 100.0)) == [expected]
    assert doubt(hit(response), blank("another", 1e9)) == ["none"]


@pytest.mark.parametrize(
    ("held", "order", "expected"), [(10_001.0, 4, "carry_over"), (10_000.0, 4, "none"), (1e6, 3, "none"), (1.1e6, 3, "carry_over"),
                                    (1e9, 2, "none"), (1e9, 6, "none")],
)  # fmt: skip
def test_what_an_injection_just_before_held_may_be_found_again(held, order, expected):
    # 1 % of the one before, 0.01 % of the one before that: 1,000 must be ten times either.
    before = pl.DataFrame({"batch_id": ["b1"], "run_order": [order], "inchikey": ["K"], "response": [held]})
    assert doubt(hit(), blank(), before) == [expected]


def test_nothing_is_dropped_and_a_reason_stands_beside_a_doubt():
    table = flag_findings(pl.concat([hit(), hit(50.0)]), blank("K", 100.0))
    assert table["doubt"].to_list() == ["none", "blank"]
    assert table["reason"].to_list() == [None, "the batch's blank held 100.0"]


def test_a_quantified_result_is_level_1_and_a_trace_does_not_count():
    samples = pl.DataFrame({"sample_id": ["s1"], "site_id": ["A"], "day": [DAY]})
    measured = pl.DataFrame(
        {"sample_id": "s1", "analyte": ["x", "y", "z", "w", "r"],
         "detection": ["quantified", "below_loq", "not_detected", "quantified", "quantified"],
         "batch_id": "b1", "qc_flag": ["accepted", None, None, "suspect", "rejected"]}
    )  # fmt: skip
    found = findings_from_measurements(measured, samples, pl.DataFrame({"analyte": ["x"], "inchikey": ["KX"]}))
    assert found.select("inchikey", "level", "doubt").rows() == [
        ("KX", "1", "none"), ("y", "1", "below_limit"), ("w", "1", "suspect_result"),
    ]  # fmt: skip


def test_what_cannot_be_read_is_refused():
    for table, message in (
        (hit().drop("level"), "not all columns"),
        (hit(level="6"), "no such level"),
        (hit().with_columns(site_id=pl.lit(None, pl.String)), "no sample, site, day or substance"),
    ):
        with pytest.raises(DataRefused, match=message) as refused:
            flag_findings(table, blank())
        assert refused.value.code == "HW-D731"
