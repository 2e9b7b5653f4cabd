import pytest

from headworks.core.errors import UsageError
from headworks.warning.budget import Budget, parse_budget


@pytest.mark.parametrize(
    ("words", "budget"),
    [
        ("at most 1 in 10 false", Budget(0.1)),
        ("At most 5 % false.", Budget(0.05)),
        ("at most 2.5 percent are false", Budget(0.025)),
        ("at most 1 in 10 false; at most 5 a week per city", Budget(0.1, ((2, 5),))),
        ("at most 3 signals per week in each county, at most 1 in 20 is false", Budget(0.05, ((3, 3),))),
        ("at most 1 in 5 false and at most 40 a week and at most 2 a week per town", Budget(0.2, ((0, 40), (4, 2)))),
    ],
)
def test_what_a_reader_says_is_understood(words, budget):
    assert parse_budget(words) == budget


@pytest.mark.parametrize("budget", [Budget(0.1), Budget(0.05, ((0, 9), (6, 1)))])
def test_a_budget_in_words_is_the_same_budget(budget):
    assert parse_budget(budget.in_words()) == budget


@pytest.mark.parametrize(
    ("words", "code", "found"),
    [
        ("few false ones", "HW-U280", "few false ones"),
        ("at most 5 a week", "HW-U280", "at most 5 a week"),
        ("", "HW-U280", ""),
        ("at most 0 in 10 false", "HW-U281", "0"),
        ("at most 10 in 10 false", "HW-U281", "1"),
        ("at most 1 in 0 false", "HW-U281", "inf"),
        ("at most 1 in 10 false; at most 0 a week", "HW-U282", "0 a week"),
        ("at most 1 in 10 false; at most 5 % false", "HW-U283", "at most 1 in 10 false; at most 5 % false"),
        ("at most 1 in 10 false; at most 2 a week; at most 3 a week", "HW-U283", "at most 3 a week"),
        ("at most 1 in 10 false; at most 2 a week per district", "HW-U284", "district"),
    ],
)
def test_what_is_no_budget_is_refused(words, code, found):
    with pytest.raises(UsageError) as refused:
        parse_budget(words)
    assert (refused.value.code, refused.value.found) == (code, found)
    assert refused.value.remedy
