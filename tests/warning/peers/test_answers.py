import numpy as np
from tests.warning.peers.builders import weeks

from headworks.warning.peers.answers import Answers, answer_rows
from headworks.warning.peers.counts import counts_of


def test_the_first_reason_stays_and_only_a_verdict_is_an_alarm_of_false():
    answers = Answers(np.array([[1.0, 2.0, 3.0]]), np.array([[True, True, True]]))
    answers.cannot(np.array([[True, False, False]]), "first")
    answers.cannot(np.array([[True, True, False]]), "second", is_verdict=True)
    found = answer_rows(counts_of(weeks([9, 9, 9]), None), answers)
    assert found["reason"].to_list() == ["first", "second", None]
    assert found["alarm"].to_list() == [None, False, True]
    assert found["threshold"].to_list() == [None, None, 3.0]
    assert found["assessable"].to_list() == [False, False, True]
