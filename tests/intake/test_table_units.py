"""Units: converted when said in one way, refused otherwise."""

import pytest

from headworks.core.errors import DataRefused
from headworks.intake import Mapping, parse_file


def value(header, rows, **mapping):
    content = "\n".join([f"sample_id,analyte,{header}", *rows]).encode()
    parsed = parse_file(content, "measurements.csv", "headworks", mapping=Mapping(**mapping))
    return parsed.tables["measurements"]["concentration_ng_per_l"].to_list(), parsed.refusals


@pytest.mark.parametrize(
    ("header", "row", "mapping"),
    [
        ("concentration_ng_per_l", "S,BE,2500", {}),
        ("concentration [ug/L]", "S,BE,2.5", {}),
        ("Concentration (μg/L)", "S,BE,2.5", {}),
        ("concentration（µg/L）", "S,BE,2.5", {}),
        ("concentration,unit", "S,BE,2.5,ng/mL", {}),
        ("concentration", "S,BE,2.5", {"units": {"concentration": "ug/L"}}),
        ("Ergebnis", "S,BE,2.5", {"columns": {"concentration": "Ergebnis"}, "units": {"concentration": "ug/L"}}),
        ("Ergebnis", "S,BE,2500", {"columns": {"concentration_ng_per_l": "Ergebnis"}}),
    ],
)
def test_two_and_a_half_micrograms_are_2500_nanograms_however_it_is_said(header, row, mapping):
    # 2.5 ug/L = 2.5 ng/mL = 2,500 ng/L.
    assert value(header, [row], **mapping)[0] == [2500.0]


def test_units_may_differ_from_row_to_row_and_an_unknown_one_is_refused_there():
    values, refusals = value("concentration,unit", ["A,BE,1,ug/L", "B,BE,1,ng/L", "C,BE,1,mg/mL", "D,BE,1,"])
    assert values == [1000.0, 1.0]
    assert refusals.select("row", "column", "code", "found").rows() == [
        (4, "unit", "HW-D104", "mg/mL"),
        (5, "unit", "HW-D104", ""),
    ]
    assert "ng/L" in refusals["remedy"][0]


def test_limits_are_in_the_unit_of_their_result():
    parsed = parse_file(b"sample_id,analyte,concentration,loq,unit\nS,BE,2,5,ug/L\n", "measurements.csv", "headworks")
    row = parsed.tables["measurements"].row(0, named=True)
    assert (row["concentration_ng_per_l"], row["loq_ng_per_l"], row["detection"]) == (2000.0, 5000.0, "below_loq")


def test_a_limit_that_names_its_own_unit_is_not_converted_by_the_units_of_the_result():
    mapping = Mapping(units={"concentration": "ug/L"})
    content = b"sample_id,analyte,concentration,loq_ng_per_l\nS,BE,2,5\n"
    parsed = parse_file(content, "measurements.csv", "headworks", mapping=mapping)
    assert parsed.tables["measurements"].select("concentration_ng_per_l", "loq_ng_per_l").row(0) == (2000.0, 5.0)


def test_a_row_whose_unit_is_not_that_of_the_header_is_refused():
    values, refusals = value("concentration [ug/L],unit", ["A,BE,1,ug/L", "B,BE,1,mg/L", "C,BE,1,"])
    assert values == [1000.0, 1000.0]
    assert refusals.select("row", "column").rows() == [(3, "unit")]
    assert "not the one" in refusals["problem"][0]


@pytest.mark.parametrize(
    ("header", "mapping", "message"),
    [
        ("concentration", {}, "said nowhere.*measurements.csv, column concentration"),
        ("concentration [furlong]", {}, r"not known.*measurements.csv, column concentration \[furlong\]"),
        ("concentration_ng_per_l", {"units": {"concentration": "ug/L"}}, "twice and differently"),
        ("concentration [ug/L]", {"units": {"concentration": "mg/L"}}, "twice and differently"),
    ],
)
def test_a_unit_said_nowhere_or_twice_refuses_the_file(header, mapping, message):
    with pytest.raises(DataRefused, match=message) as refusal:
        value(header, ["S,BE,1"], **mapping)
    assert refusal.value.code == "HW-D104"


def test_megalitres_and_ten_thousand_cubic_metres_are_converted():
    content = "site_id,day,flow,flow_unit\nA,2024-01-01,2,MLD\nB,2024-01-01,2,万m³/d\nC,2024-01-01,1,MGD\n".encode()
    flows = parse_file(content, "flows.csv", "headworks").tables["flows"]
    # 1 ML = 1,000 m3; 1 wan m3 = 10,000 m3; 1 US gallon = 3.785411784 L.
    assert flows["flow_m3_per_day"].to_list() == pytest.approx([2000.0, 20_000.0, 3785.411784])
