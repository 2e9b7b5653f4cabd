import pytest

from headworks.core.errors import UsageError
from headworks.warning.peers.control import METHODS, control_of


@pytest.mark.parametrize("method", METHODS)
def test_the_defaults_of_a_method_are_sound(method):
    assert control_of(method, 52, {})


def refusal(method, freq=52, **control):
    with pytest.raises(UsageError) as refused:
        control_of(method, freq, control)
    return refused.value


def test_a_method_and_a_setting_nobody_knows_are_refused():
    assert refusal("glrnb").code == "HW-U231"
    strange = refusal("ears_c1", weights=3)
    assert (strange.code, strange.found) == ("HW-U232", "weights")
    assert "baseline, min_sigma, alpha" in strange.remedy


@pytest.mark.parametrize(
    ("method", "control"),
    [
        ("farrington", {"alpha": 0}), ("farrington", {"alpha": 1}), ("farrington", {"b": 0}), ("farrington", {"b": 2.5}),
        ("farrington", {"w": 26}), ("farrington", {"power_trans": "3/2"}), ("farrington", {"limit54": 5}),
        ("farrington_flexible", {"past_weeks_not_included": 60}), ("farrington_flexible", {"no_periods": 47}), ("farrington_flexible", {"threshold_method": "nb"}),
        ("farrington_flexible", {"p_threshold_trend": 1.5}), ("ears_c1", {"baseline": 2}), ("cusum", {"m": "mean"}),
        ("cusum", {"trans": "anscombe"}), ("rki", {"b": 0}), ("bayes", {"w": 0}), ("bayes", {"act_y": "yes"}),
    ],
)  # fmt: skip
def test_a_value_that_means_nothing_is_refused(method, control):
    refused = refusal(method, **control)
    assert refused.code == "HW-U233"
    assert next(iter(control)) in refused.found or refused.found.startswith("b =")


def test_all_that_is_wrong_is_told_at_once():
    found = refusal("farrington_flexible", freq=0, alpha=2, b=-1).found
    assert all(name in found for name in ("alpha", "b = -1", "freq"))
