import pytest

from headworks.core.errors import DataRefused
from headworks.trends.statements import Sentence, in_english, rise_sentence, turn_sentence
from headworks.trends.statements.sentence import _ENGLISH


@pytest.mark.parametrize(
    ("change", "variance", "n_days", "share", "key"),
    [
        (0.3, 0.01, 20, 0.0, "rose_surely"),
        (0.12, 0.01, 20, 0.0, "rose_likely"),
        (-0.12, 0.01, 20, 0.0, "fell_likely"),
        (-0.3, 0.01, 20, 0.5, "fell_surely"),
        (0.05, 0.01, 20, 0.0, "unclear"),
        (0.3, 0.01, 20, 1.0, "never_quantified"),
        (0.3, 0.01, 0, 0.0, "not_sampled"),
    ],
)
def test_a_sentence_says_no_more_than_its_probability(change, variance, n_days, share, key):
    found = rise_sentence(change, variance, n_days, share)
    assert found.key == key
    assert in_english(found)


def test_every_sentence_is_written_by_someone():
    numbers = dict.fromkeys(["percent", "lower", "upper", "p", "n_days", "first", "last"], 0.5)
    for key in _ENGLISH:
        assert "{" not in in_english(Sentence(key, numbers))


def test_a_turn_is_stated_from_four_in_five_on():
    assert in_english(turn_sentence(0.9, 100, 120)) == "It changed between day 100 and day 120 (probability 90%)."
    assert turn_sentence(0.79, 100, 120).key == "no_turn"


def test_a_sentence_nobody_wrote_is_refused():
    with pytest.raises(DataRefused, match="no such sentence") as refused:
        in_english(Sentence("soared", {}))
    assert refused.value.code == "HW-D546"
