import datetime as dt

import polars as pl
import pytest
from tests.warning.appearances.builders import AREAS, DAY, finding, findings, screened

from headworks.core.errors import DataRefused
from headworks.warning.appearances import Step, first_appearances, substance_card

ROWS = findings(
    finding("s0", week=-1, level="4"), finding("s1"), finding("s2", site="B", week=2, batch="b2", level="1"),
    finding("s3", week=3, batch="b3", doubt="blank"), finding("t1", key="other"),
)  # fmt: skip
OPENED = (Step("event", DAY, "analyst", {"finding": "s1"}),)


def card(day, rows=ROWS):
    return substance_card("K", rows, first_appearances(rows.filter(pl.col("day") <= day), screened(), AREAS), OPENED, day)


def test_a_card_says_what_where_since_when_and_how_sure():
    found = card(DAY + dt.timedelta(30))
    assert (found.first_day, found.first_site, found.first_sample) == (DAY, "A", "s1")
    assert (found.is_confirmed, found.confirmed_by, found.best_level) == (True, "s2", "1")
    assert (found.n_findings, found.n_in_doubt, found.n_sites, found.names) == (4, 1, 2, ("new-azole",))
    assert found.levels.select("level", "sample_id").rows() == [("4", "s0"), ("2a", "s1"), ("1", "s2")]
    assert (found.state, found.days_overdue) == ("event", 20)


def test_a_card_of_an_earlier_day_does_not_know_what_came_later():
    found = card(DAY + dt.timedelta(1))
    assert (found.is_confirmed, found.best_level, found.n_sites, found.days_overdue) == (False, "2a", 1, None)
    early = card(DAY - dt.timedelta(1))
    assert (early.first_day, early.state, early.best_level, early.n_findings) == (None, "", None, 1)


def test_a_card_without_a_finding_or_with_later_appearances_is_refused():
    with pytest.raises(DataRefused, match="no finding of this substance") as refused:
        card(DAY - dt.timedelta(99))
    assert refused.value.code == "HW-D735"
    with pytest.raises(DataRefused, match="after the day of the card"):
        substance_card("K", ROWS, first_appearances(ROWS, screened(), AREAS), OPENED, DAY)
