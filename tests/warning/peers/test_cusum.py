import numpy as np
import pytest
from tests.warning.peers.builders import weeks

from headworks.warning.detect import detect
from headworks.warning.peers.cusum import yearly_wave

# Mean 4 before the first week assessed.
BEFORE = [3, 5, 4, 4]


def run(observed, **control):
    return detect(weeks(BEFORE + observed), "cusum", evaluate=(5, 4 + len(observed)), **control)


def test_sums_by_hand():
    # x = (y - 4)/2: 1, 3, -2; less k = 0.5: S = 0.5, 3, 0.5.
    found = run([6, 10, 0], k=0.5, h=3.0)
    assert found["score"].to_list() == [0.5, 3.0, 0.5]
    assert found["alarm"].to_list() == [False, True, False]
    # Cases that would have reached h: 4 + 2 (3 + 0.5 - S before) = 11, 10 and 5.
    assert found["threshold"].to_list() == [11.0, 10.0, 5.0]


def test_rossi_by_hand_and_its_threshold_just_reaches_h():
    # x = (9 - 12 + 2 sqrt(36)) / 4 = 2.25.
    assert run([9], trans="rossi", k=1.0)["score"].item() == pytest.approx(1.25)
    threshold = run([9], trans="rossi")["threshold"].item()
    assert run([threshold * (1 + 1e-9)], trans="rossi")["alarm"].item()
    assert not run([threshold * (1 - 1e-9)], trans="rossi")["alarm"].item()


def test_a_missing_week_leaves_the_sum_and_is_not_assessed():
    found = run([6, None, 6], k=0.5, h=3.0)
    assert found["score"].to_list() == [0.5, 0.5, 1.0]
    assert found["alarm"].to_list() == [False, None, False]


def test_with_reset_a_sum_begins_again_after_an_alarm():
    assert run([40, 4], k=0.5, h=3.0, reset=True)["score"].to_list() == [17.5, 0.0]


def test_a_given_mean_needs_no_history():
    assert detect(weeks([6]), "cusum", m=4.0, k=0.5)["score"].item() == 0.5


def test_no_history_and_a_history_of_nothing_are_not_assessed():
    assert detect(weeks([6]), "cusum")["reason"].item() == "the history is too short"
    found = detect(weeks([0, 0, 3]), "cusum", evaluate=(3, 3))
    assert (found["reason"].item(), found["threshold"].item(), found["alarm"].item()) == (
        "no cases in the baseline",
        0.0,
        None,
    )


def test_a_wave_that_is_there_is_found():
    t = np.arange(104)
    mean = np.exp(3 + 0.5 * np.cos(2 * np.pi * t / 52) - 0.2 * np.sin(2 * np.pi * t / 52))
    past = np.where(t % 7 == 3, np.nan, mean)[None, :80]
    np.testing.assert_allclose(yearly_wave(past, t[:80], t[80:], 52)[0], mean[80:], rtol=1e-7)


def test_two_values_have_no_wave():
    assert np.isnan(yearly_wave(np.array([[3.0, np.nan, 4.0]]), np.arange(3), np.array([3]), 52)).all()
