"""Four plants in two counties of a province: what is new, where it is told, and what does not count."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest

from headworks.core.schema import polars_schema, require_promise
from headworks.tables.screening import ScreeningHits
from headworks.tables.signals import Signals
from headworks.trends.areas.network import build_network
from headworks.workflows.warning import Looked, seen_substances, signals_of_appearances

MONDAY, WEEKS = dt.date(2025, 9, 1), 12
LAST = MONDAY + dt.timedelta(days=7 * WEEKS - 1)
SITES = {"A": "K", "B": "K", "C": "L", "D": "L"}
NAMES = {"K": "County K", "P": "Province P", "A": "Plant A"}


def network():
    rows = [{"site_id": site, "area_id": area, "level": level, "population": 20_000.0}
            for site, county in SITES.items() for area, level in (("P", 1), (county, 3))]  # fmt: skip
    dates = pl.lit(None, pl.Date)
    areas = pl.DataFrame(
        {"area_id": ["P", "K", "L"], "parent_id": [None, "P", "P"], "level": [1, 3, 3], "population": [8e4, 4e4, 4e4]}
    )
    people = pl.DataFrame(rows).with_columns(valid_from=dates, valid_to=dates)
    return build_network(people, pl.DataFrame(schema={"site_id": pl.String, "downstream_id": pl.String}), areas)


def sample(site, week):
    return {"sample_id": f"{site}{week}", "site_id": site, "day": MONDAY + dt.timedelta(days=7 * week + 1), "role": "routine"}


SAMPLES = [sample(site, week) for site in SITES for week in range(WEEKS)]
NO_HITS = pl.DataFrame(schema=polars_schema(ScreeningHits))
NO_RUNS = pl.DataFrame(schema=dict.fromkeys(("sample_id", "run", "day_of_run"), pl.String))


def measured(*found, batches=lambda week: f"b{week}", looked=lambda site, week: True, flag="accepted"):
    """A residue looked for in every sample, quantified in those of ``found``."""
    rows = [
        {"sample_id": f"{site}{week}", "analyte": "etonitazene", "batch_id": batches(week), "qc_flag": flag,
         "detection": "quantified" if (site, week) in found else "not_detected"}
        for site in SITES for week in range(WEEKS) if looked(site, week)
    ]  # fmt: skip
    return Looked(pl.DataFrame(SAMPLES), pl.DataFrame(rows), NO_HITS, NO_RUNS)


def signals(looked, until=LAST):
    seen = seen_substances(looked, network(), until)
    return pl.DataFrame(require_promise(Signals, signals_of_appearances(seen, until, NAMES, "v"), where="signals"))


def said_of(found):
    return json.loads(found["explanation"][0])


def test_one_site_is_told_at_the_site_though_the_whole_province_is_new():
    found = signals(measured(("A", 11)))
    assert found.select("unit_id", "level", "kind", "since", "period").rows() == [
        ("A", 6, "first_appearance", "2025-W47", "2025-W47")
    ]
    assert found["signal_id"][0] == "first:A:etonitazene:2025-W47"
    said = said_of(found)
    assert (said["standing"], said["earlier_negatives"], said["widest"]["unit_name"]) == ("unconfirmed", 11, "Province P")
    assert said["sentence"].startswith(
        "etonitazene was seen for the first time in Plant A (site), on 2025-11-18, after 11 samples"
    )
    assert "that takes a second sample of another batch" in said["sentence"]


def test_two_sites_of_a_county_are_one_event_and_confirm_each_other():
    found = signals(measured(("A", 10), ("B", 11)))
    assert found.select("unit_id", "level").rows() == [("K", 3)]
    said = said_of(found)
    assert (said["standing"], said["confirmed_by"], said["n_sites"]) == ("confirmed", "B11", 2)
    assert said["spread"] == [{"day": "2025-11-11", "n_sites": 1}, {"day": "2025-11-18", "n_sites": 2}]


def test_two_samples_of_one_batch_are_one_piece_of_evidence():
    said = said_of(signals(measured(("A", 10), ("B", 10))))
    assert said["standing"] == "unconfirmed"
    assert "one piece of evidence" in said["sentence"]


def test_what_the_county_knows_is_no_news_of_a_site_confirmed_or_not():
    long_ago = [("B", 0), ("B", 1), ("C", 0), ("C", 1)]
    assert signals(measured(*long_ago, ("A", 10))).is_empty()
    assert signals(measured(*long_ago, ("A", 10), ("A", 11))).is_empty()


def test_what_was_not_looked_for_before_is_not_new():
    assert signals(measured(("A", 11), looked=lambda site, week: week >= 11)).is_empty()


def test_an_old_finding_that_is_confirmed_now_is_news_again():
    found = signals(measured(("A", 4), ("A", 11)))
    assert found.select("unit_id", "since", "signal_id").rows() == [("A", "2025-W40", "first:A:etonitazene:2025-W40")]
    assert said_of(found)["confirmed_by"] == "A11"


def test_old_news_and_later_days_are_none():
    looked = measured(("A", 5))
    assert signals(looked).is_empty()
    assert signals(looked, MONDAY + dt.timedelta(days=5 * 7 + 6)).height == 1
    assert signals(looked, MONDAY + dt.timedelta(days=5 * 7 - 1)).is_empty()


@pytest.mark.parametrize("flag", ["suspect", "rejected"])
def test_results_that_quality_control_doubts_do_not_count(flag):
    assert signals(measured(("A", 11), flag=flag)).is_empty()


def screened(*found, blank=True, blank_holds=None, review="open", level="2a"):
    """All samples and a blank a week were run; hits of an azole in those of ``found``, height 500."""
    rows = [*SAMPLES, *({"sample_id": f"blank{week}", "site_id": "A", "day": MONDAY + dt.timedelta(days=7 * week + 1),
                         "role": "field_blank"} for week in range(WEEKS))]  # fmt: skip
    runs = [
        {"sample_id": row["sample_id"], "run": f"run-{row['sample_id']}", "day_of_run": f"{row['day'] + dt.timedelta(days=2)}"}
        for row in rows if blank or row["role"] == "routine"
    ]  # fmt: skip
    names = [(f"{site}{week}", 500.0) for site, week in found]
    names += [] if blank_holds is None else [(f"blank{week}", blank_holds) for week in range(WEEKS)]
    hits = [
        {"sample_id": name, "substance": "New-azole", "adduct": "[M+H]+", "run": f"run-{name}", "inchikey": "AAAAAAAAAAAAAA-B-N",
         "level": level, "rule": "r", "score": 0.9, "n_fragments": 5, "is_few_fragments": False, "precursor_mz": 300.1,
         "deviation_ppm": 1.0, "intensity": height, "isomers": "", "reason": "", "review": review}
        for name, height in names
    ]  # fmt: skip
    frame = pl.DataFrame(hits, schema=polars_schema(ScreeningHits)) if hits else NO_HITS
    empty = pl.DataFrame(schema=dict.fromkeys(("sample_id", "analyte", "detection", "batch_id", "qc_flag"), pl.String))
    return Looked(pl.DataFrame(rows), empty, frame, pl.DataFrame(runs))


def test_a_hit_of_screening_is_an_appearance_with_its_level():
    found = signals(screened(("A", 10), ("A", 11)))
    said = said_of(found)
    assert (found["unit_id"][0], said["best_level"], said["source"], said["standing"]) == ("A", "2a", "screening", "confirmed")
    assert "level 2a, by a library spectrum" in said["sentence"]


def test_a_blank_that_held_it_speaks_against_it_and_a_faint_one_does_not():
    # Ten times the blank is asked for: 500 over 100 is too little, 500 over 10 is enough.
    assert signals(screened(("A", 11), blank_holds=100.0)).is_empty()
    assert signals(screened(("A", 11), blank_holds=10.0)).height == 1


def test_without_a_blank_a_person_has_to_confirm_it():
    assert signals(screened(("A", 11), blank=False)).is_empty()
    assert signals(screened(("A", 11), blank=False, review="confirmed")).height == 1
    assert signals(screened(("A", 11), review="rejected")).is_empty()


def test_a_level_with_isomers_among_it_is_no_appearance():
    assert signals(screened(("A", 11), level="3a")).is_empty()


def test_nothing_looked_at_is_no_signal():
    nothing = Looked(pl.DataFrame(SAMPLES), screened().measurements, NO_HITS, NO_RUNS)
    assert signals(nothing).is_empty()
