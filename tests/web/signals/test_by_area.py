"""Signals by area beside the budget: counts of one's own, caps of the level, what people found false."""

import pytest
from tests.web.conftest import area_at, reader
from tests.web.signals.found import WEEK, keep, row

from headworks.web.access.models import AreaNode
from headworks.web.access.reader import Right
from headworks.web.signals.by_area import budget_used
from headworks.web.signals.intake import raise_signal
from headworks.web.signals.models import Signal
from headworks.web.signals.taking import take_row


@pytest.fixture
def judged(own_province):
    """Two counties of one city and a county of another, with three, one and one signals; the last of an earlier week."""
    city = next(one for one in AreaNode.objects.filter(level=2) if one.children.count() > 1)
    first, second = city.children.order_by("pk")[:2]
    other = AreaNode.objects.filter(level=3).exclude(parent=city).order_by("pk")[0]
    rows = [row(first.pk, f"first {n}") for n in range(3)] + [row(second.pk, "second")]
    keep(own_province, rows)
    for one in [*rows, row(other.pk, "other", period="2025-W03", since="2025-W03")]:
        take_row(one)
    return city, first, second, other


def test_counts_are_of_the_level_the_budget_caps_and_of_the_week(judged):
    city, _first, _second, other = judged
    used = budget_used(reader())
    assert (used.week, used.level, used.most, used.budget.share_false) == (WEEK, 2, 2, 0.1)
    counts = {one.area.pk: (one.new, one.open) for one in used.rows}
    assert counts == {city.pk: (4, 4), other.parent_id: (0, 1)}
    assert (used.whole.new, used.whole.open, used.n_over) == (4, 5, 1)


def test_a_reader_of_a_county_counts_their_own(judged):
    _city, first, second, _other = judged
    used = budget_used(reader(path=first.path))
    assert (used.levels[0], used.level, used.whole.open) == (3, 3, 3)
    assert [one.area.pk for one in used.rows] == [first.pk]
    both = reader(path=first.path)
    both = type(both)(1, "x", (*both.rights, Right("officer", second.path, "public")))
    assert [one.new for one in budget_used(both).rows] == [3, 1]


def test_another_level_is_chosen_and_one_that_is_none_is_not(judged):
    assert budget_used(reader(), "3").level == 3
    for asked in ("9", "x", "33", "²", "-1"):
        assert budget_used(reader(), asked).level == 2


def test_what_people_closed_as_false_is_told_of_those_closed(judged):
    rows = Signal.objects.unscoped("a test")
    assert budget_used(reader()).false_share is None
    rows.filter(key="first 0").update(state="closed", outcome="false")
    rows.filter(key="second").update(state="closed", outcome="true")
    used = budget_used(reader())
    assert (used.whole.closed, used.whole.false, used.false_share) == (2, 1, 0.5)


def test_what_people_report_is_not_of_the_budget(judged):
    raise_signal("x", kind="change", source="cusum", area_id=judged[1].pk, period=WEEK)
    assert budget_used(reader()).whole.open == 5


def test_before_a_week_was_judged_there_is_no_budget(province):
    used = budget_used(reader())
    assert (used.week, used.budget, used.most, used.rows, used.n_over) == ("", None, None, [], 0)
    assert area_at(1).level == used.level
