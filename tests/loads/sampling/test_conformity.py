"""Samples against a specification kept as data."""

import datetime as dt

import polars as pl
import pytest
from tests.loads.builders import sample, table

from headworks.core.schema import require_promise
from headworks.loads.sampling import conformity_summary, nonconformities
from headworks.reference.sampling_rules import sampling_rules
from headworks.tables import Nonconformities, Samples

START = dt.datetime(2026, 11, 3, 0, tzinfo=dt.UTC)
RULE = {
    "specification": "ours", "edition": "1", "rule": "r", "field": "interval_min", "operator": "at_most", "value": "10",
    "unit": "min", "applies_to_modes": None, "is_required": False, "severity": "major", "citation": None, "status": "none",
    "note": None,
}  # fmt: skip


def rules(*changes):
    return pl.DataFrame(
        [RULE | {"rule": f"r{i}"} | change for i, change in enumerate(changes)],
        schema_overrides={"applies_to_modes": pl.String},
    )


def taken(sample_id="X1", *, hours=24, day=0, **more):
    start = START + dt.timedelta(days=day)
    base = {"collected_from": start, "collected_to": start + dt.timedelta(hours=hours), "utc_offset_min": 480}
    return sample(sample_id, **{**base, **more})


def judged(samples, *changes):
    found = nonconformities(table(Samples, samples), rules(*changes))
    require_promise(Nonconformities, found, where="test")
    return found


def verdicts(samples, *changes):
    return judged(samples, *changes).select("sample_id", "verdict", "found").rows()


def after(hours, day=0):
    return START + dt.timedelta(days=day, hours=hours)


def test_a_bound_is_met_by_its_own_value_and_broken_beyond_it():
    samples = [taken("X1", interval_min=10.0), taken("X2", interval_min=10.5), taken("X3", interval_min=30.0)]
    assert verdicts(samples, {}) == [("X2", "broken", "10.5 min"), ("X3", "broken", "30 min")]
    at_least = {"field": "volume_ml", "operator": "at_least", "value": "500", "unit": "mL"}
    assert verdicts([taken("X1", volume_ml=500.0), taken("X2", volume_ml=20.0)], at_least) == [("X2", "broken", "20 mL")]


def test_a_row_says_what_was_asked_and_by_whom():
    row = judged([taken(interval_min=30.0)], {}).row(0, named=True)
    assert (row["rule"], row["asked"], row["specification"]) == ("r0", "at most 10 min", "ours 1")


@pytest.mark.parametrize(
    ("field", "value", "times", "found"),
    [
        ("window_h", "25", {"hours": 30}, "30 h"),
        ("transport_h", "24", {"received_at": after(54)}, "30 h"),
        ("holding_h", "48", {"received_at": after(30), "extracted_at": after(80.5)}, "50.5 h"),
    ],
)
def test_times_are_the_hours_between_the_instants(field, value, times, found):
    rule = {"field": field, "value": value, "unit": "h"}
    assert verdicts([taken(**times)], rule) == [("X1", "broken", found)]
    assert verdicts([taken(received_at=after(26), extracted_at=after(30))], rule) == []


def test_a_sample_received_before_it_was_taken_breaks_the_rule():
    rule = {"field": "transport_h", "value": "24", "unit": "h"}
    assert verdicts([taken(received_at=after(21))], rule) == [("X1", "broken", "-3 h")]


def test_what_is_not_stated_is_written_only_where_it_is_required():
    assert verdicts([taken()], {}) == []
    assert verdicts([taken()], {"is_required": True}) == [("X1", "not_stated", None)]


def test_a_mode_is_one_of_those_asked_and_an_unknown_one_is_not_stated():
    rule = {"field": "mode", "operator": "one_of", "value": "flow_proportional;volume_proportional", "unit": None}
    samples = [taken("X1"), taken("X2", mode="grab"), taken("X3", mode="unknown")]
    assert verdicts(samples, rule) == [("X2", "broken", "grab")]
    assert verdicts(samples, rule | {"is_required": True}) == [("X2", "broken", "grab"), ("X3", "not_stated", None)]
    assert judged(samples, rule)["asked"].item() == "one of flow_proportional, volume_proportional"


def test_a_rule_for_some_modes_passes_over_the_others_but_not_over_an_unknown_one():
    samples = [taken(f"X{i}", mode=mode, interval_min=30.0) for i, mode in enumerate(["grab", "flow_proportional", "unknown"])]
    found = judged(samples, {"applies_to_modes": "flow_proportional;time_proportional"})
    assert found["sample_id"].to_list() == ["X1", "X2"]


def test_blanks_are_not_judged():
    assert (
        verdicts([taken(role="field_blank", interval_min=99.0), taken("X2", role="travel_blank", interval_min=99.0)], {}) == []
    )


def test_blanks_and_duplicates_are_counted_per_site_and_quarter_on_the_last_routine_sample():
    routine = [taken(f"X{i}", day=i) for i in range(5)]
    extra = [
        taken("B1", day=1, role="field_blank"),
        taken("D1", day=2, role="duplicate"),
        taken("D2", day=3, role="supervisory"),
    ]
    blanks = {"field": "field_blanks", "operator": "one_per", "value": "2", "unit": "samples"}
    doubles = {"field": "duplicates", "operator": "one_per", "value": "2", "unit": "samples"}
    # Two whole lots of two in five samples: two blanks are asked, one is there; two repeats are there.
    assert verdicts(routine + extra, blanks, doubles) == [("X4", "broken", "1 for 5 samples of site S1 in 2026-Q4")]
    assert verdicts([*routine, *extra, taken("B2", day=4, role="field_blank")], blanks, doubles) == []
    assert verdicts(routine[:1], blanks, doubles) == []


def test_a_travel_blank_is_no_field_blank_and_another_quarter_or_site_does_not_help():
    rule = {"field": "field_blanks", "operator": "one_per", "value": "1", "unit": "samples"}
    others = [
        taken("B1", role="travel_blank"),
        taken("B2", role="field_blank", day=90),
        taken("B3", role="field_blank", site="S2"),
    ]
    assert verdicts([taken(), *others], rule) == [("X1", "broken", "0 for 1 samples of site S1 in 2026-Q4")]


def test_the_quarter_is_that_of_the_local_sampling_day():
    rule = {"field": "duplicates", "operator": "one_per", "value": "1", "unit": "samples"}
    # 2026-12-31 20:00 UTC is New Year's Day in China.
    late = taken(collected_from=dt.datetime(2026, 12, 31, 20, tzinfo=dt.UTC), collected_to=None)
    assert judged([late], rule)["found"].item() == "0 for 1 samples of site S1 in 2027-Q1"


def test_every_breach_has_its_row_in_the_order_of_the_key():
    samples = [taken("X2", interval_min=30.0, ph=3.0), taken("X1", interval_min=30.0)]
    found = judged(samples, {}, {"field": "ph", "operator": "at_least", "value": "6.5", "unit": "1"})
    assert found.select("sample_id", "rule").rows() == [("X1", "r0"), ("X2", "r0"), ("X2", "r1")]
    assert found["asked"].to_list()[-1] == "at least 6.5"


def test_no_samples_give_an_empty_table():
    assert judged([], {}, {"field": "duplicates", "operator": "one_per", "value": "1"}).is_empty()


def test_an_ordinary_sample_conforms_to_the_shipped_specification():
    good = taken(interval_min=5.0, volume_ml=1_000.0, ph=7.5, temperature_c=18.0, transport_temperature_c=4.0,
                 received_at=after(30), extracted_at=after(50))  # fmt: skip
    bad = taken("X2", mode="grab", hours=0, ph=1.5, transport_temperature_c=19.0, received_at=after(48))
    frame = table(Samples, [good, bad])
    found = nonconformities(frame, sampling_rules())
    assert found.select("sample_id", "rule").rows() == [
        ("X2", "composite"), ("X2", "ph-lowest"), ("X2", "transport-temperature"), ("X2", "transport-time"),
    ]  # fmt: skip
    row = conformity_summary(frame, found, sampling_rules()).row(0, named=True)
    assert (row["n_samples"], row["n_conforming"], row["share_conforming"], row["n_broken"]) == (2, 1, 0.5, 4)
