"""Signals of a workspace are kept once, found again, and cut to the reader's tier."""

from __future__ import annotations

import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.core.schema import polars_schema
from headworks.jobs.run import run
from headworks.jobs.screening.hits import keep_hits
from headworks.jobs.warning import WarnOrder, explain_signal, record_for, signals_for, warn
from headworks.store import Workspace
from headworks.tables.screening import ScreeningHits


@pytest.fixture
def computed(two_plants: Workspace) -> Workspace:
    run(two_plants)
    return two_plants


def test_two_plants_with_two_days_have_no_signal_and_are_kept_once(computed):
    first = warn(computed)
    assert (first.week, first.is_new, first.signals.height) == ("2025-W10", True, 0)
    kept = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    again = warn(computed)
    assert not again.is_new
    anew = warn(computed, WarnOrder(again=True))
    assert {path.name: path.read_bytes() for path in anew.folder.iterdir()} == kept
    assert signals_for(computed, again, "public").is_empty()


def test_hits_that_came_since_are_looked_at_without_a_new_run(computed):
    first = warn(computed)
    about = {
        "sample_id": "B2", "substance": "new-azole", "adduct": "[M+H]+", "run": "r", "inchikey": None, "level": "2a", "rule": "r",
        "score": 0.9, "n_fragments": 5, "is_few_fragments": False, "precursor_mz": 300.1, "deviation_ppm": 1.0, "isomers": "",
        "reason": "", "review": "open",
    }  # fmt: skip
    with computed.writing():
        (computed.path / "screening").mkdir(exist_ok=True)
        keep_hits(computed, pl.DataFrame([about], schema=polars_schema(ScreeningHits)))
    again = warn(computed)
    assert (again.is_new, again.folder == first.folder) == (True, False)
    assert again.record["n_first_appearances"] == 0


def test_no_tier_is_told_how_much_it_does_not_see(computed):
    found = warn(computed)
    assert record_for(found, "steward", 0)["n_signals"] == 0
    hidden = {"n_signals", "n_events", "n_first_appearances", "n_findings_in_doubt", "sha256", "is_new"}
    for tier in ("public", "partner", "analyst"):
        assert not hidden & set(record_for(found, tier, 0))


def test_what_cannot_be_asked_is_refused(computed):
    with pytest.raises(UsageError, match="Signals are of an ISO week"):
        warn(computed, WarnOrder(week="2025"))
    with pytest.raises(UsageError, match="No day of load is known by then"):
        warn(computed, WarnOrder(week="2001-W05"))
    with pytest.raises(UsageError, match="No signals were kept"):
        explain_signal(computed, "1", "2019-W05", "steward")
    warn(computed)
    with pytest.raises(UsageError, match="no such signal"):
        explain_signal(computed, "1", None, "steward")
