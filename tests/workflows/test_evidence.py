import datetime as dt

import polars as pl
import pytest
from tests.places import builders as places
from tests.workflows.builders import facts, method, result, sample

from headworks.tables import PART, Loads
from headworks.workflows import derive_situation
from headworks.workflows.evidence import derive_conformity, derive_disposal, derive_populations
from headworks.workflows.situation import with_sampling_day

DAY = dt.date(2025, 5, 5)


def loads_of(told):
    tables = derive_situation(told, method()).tables
    return tables["loads"]


def methadone(days):
    """A day for each ratio of methadone to EDDP."""
    samples = [sample("a", DAY + dt.timedelta(days=i)) for i in range(len(days))]
    results = [result(one, 300.0 * ratio, "methadone") for one, ratio in zip(samples, days, strict=True)]
    return facts(samples, results + [result(one, 300.0, "EDDP") for one in samples])


def test_a_day_poured_away_is_kept_out_of_means_and_stays_visible():
    told = methadone([1.0] * 12 + [40.0])
    tables = derive_situation(told, method()).tables
    poured = DAY + dt.timedelta(days=12)
    assert tables["disposal_events"].filter("is_kept_out")["day"].unique().to_list() == [poured]
    assert poured in tables["loads"].filter(analyte="methadone")["day"].to_list()
    means = tables["period_means"].filter(site_id="a", period="2025", analyte="methadone")
    # 300 ng/L x 10,000 m3/d / 20,000 people = 150 mg/d per 1,000.
    assert (means["n_days"].item(), means["mean"].item()) == (12, pytest.approx(150.0))


def test_the_past_is_judged_by_and_does_not_come_out_again():
    told = methadone([1.0] * 12 + [40.0])
    loads, read = loads_of(told), told | {"samples": with_sampling_day(told["samples"])}
    late = derive_disposal(loads, read, method(), DAY + dt.timedelta(days=12))
    assert late.ratios["day"].unique().to_list() == [DAY + dt.timedelta(days=12)]
    assert late.kept_out.select("site_id", "analyte").rows() == [("a", "methadone")]
    whole = derive_disposal(loads, read, method(), DAY)
    assert late.events.equals(whole.events)
    assert whole.ratios.height == 13


def test_people_are_estimated_for_the_quarters_asked_for():
    samples = [sample("a", dt.date(2025, month, 5)) for month in (2, 5)]
    told = facts(samples, [result(one, 2.0e7, "ammonium") for one in samples])
    found = derive_populations(loads_of(told), told, method(), frozenset({"2025-Q2"}))
    assert found["quarter"].unique().to_list() == ["2025-Q2"]
    assert found[PART].unique().to_list() == ["2025-Q2"]
    assert {"register", "ammonium", "combined"} <= set(found["method"])
    assert derive_populations(pl.DataFrame(schema=loads_of(told).schema), told, method(), frozenset({"2025-Q2"})).height == 0


def test_people_of_a_site_that_no_register_knows_are_estimated_by_their_marker():
    one = sample("c", DAY)
    told = facts([one], [result(one, 2.0e7, "ammonium")], sites=[places.site("c", "T1")])
    assert "ammonium" in derive_situation(told, method()).tables["population_estimates"]["method"].to_list()


def test_each_sample_is_judged_with_its_quarter_and_stands_in_the_part_of_its_day():
    samples = [
        sample("a", dt.date(2025, 5, 5)),
        sample("a", dt.date(2025, 6, 5), mode="grab"),
        sample("a", dt.date(2025, 8, 5)),
    ]
    read = with_sampling_day(facts(samples)["samples"])
    found = derive_conformity(read, method(), 2025, frozenset({"2025-Q2"}))
    assert found.filter(rule="composite").select("sample_id", "verdict", PART).rows() == [
        ("a/2025-06-05/1", "broken", "2025-06")
    ]
    assert set(found[PART]) <= {"2025-05", "2025-06"}
    everything = derive_conformity(read, method(), 2025, None)
    assert everything.filter(pl.col(PART) != "2025-08").sort("sample_id", "rule").equals(found.sort("sample_id", "rule"))
    assert derive_conformity(read, method(), 2024, None).height == 0


def test_loads_keep_their_promise_beside_the_evidence():
    assert loads_of(methadone([1.0])).columns == Loads.column_names()
