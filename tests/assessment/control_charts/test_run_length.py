import pytest

from headworks.assessment.control_charts import cusum_run_length
from headworks.core.errors import DataRefused


@pytest.mark.parametrize(("height", "quiet", "one_sigma", "two_sigma"), [(4.0, 168, 8.38, 3.34), (5.0, 465, 10.4, 4.01)])
def test_run_lengths_are_those_of_the_textbook(height, quiet, one_sigma, two_sigma):
    # Montgomery, Introduction to Statistical Quality Control, table of ARL for k = 1/2.
    assert cusum_run_length(0.0, 0.5, height) == pytest.approx(quiet, abs=0.6)
    assert cusum_run_length(1.0, 0.5, height) == pytest.approx(one_sigma, abs=0.03)
    assert cusum_run_length(-2.0, 0.5, height) == pytest.approx(two_sigma, abs=0.03)


def test_a_height_of_nothing_is_refused():
    with pytest.raises(DataRefused, match="constant of a chart"):
        cusum_run_length(height=0.0)
