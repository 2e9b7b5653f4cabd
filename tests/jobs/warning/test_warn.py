"""Signals of a workspace are kept once, found again, and cut to the reader's tier."""

from __future__ import annotations

import pytest

from headworks.core.errors import UsageError
from headworks.jobs.run import run
from headworks.jobs.warning import WarnOrder, explain_signal, signals_for, warn
from headworks.store import Workspace


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
