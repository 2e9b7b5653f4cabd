import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headworks.core.errors import UsageError
from headworks.jobs.desk import check_character, make_sample_code, read_sample_code

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODES = st.text(SIGNS, min_size=1, max_size=24)


@pytest.mark.parametrize(
    ("stem", "check"),
    # The example number of the GRid standard, and one of the ISAN standard; both use MOD 37,36.
    [("A12425GABC1234002", "M"), ("00000000D07A0090", "Q")],
)
def test_published_numbers_have_their_check_characters(stem, check):
    assert check_character(stem) == check


@given(CODES, st.data())
def test_every_single_wrong_sign_is_found(stem, data):
    whole = stem + check_character(stem)
    at = data.draw(st.integers(0, len(whole) - 1))
    wrong = data.draw(st.sampled_from([sign for sign in SIGNS if sign != whole[at]]))
    other = whole[:at] + wrong + whole[at + 1 :]
    assert check_character(other[:-1]) != other[-1]


@given(st.text(min_size=1, max_size=40), st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 99))
def test_a_code_is_read_as_it_was_made_whatever_the_site_is_called(site, day, number):
    code = make_sample_code(site, day, number)
    assert read_sample_code(f" {code.lower().replace('-', ' ')} ") == code


@pytest.mark.parametrize("text", ["", "P440103", "P440103-20250106-01-4", "<script>", "P440103-20250106-01-", "🙂" * 30])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(UsageError, match="no code") as refused:
        read_sample_code(text)
    assert refused.value.code == "HW-U140"


def test_a_hundredth_sample_of_a_day_is_refused():
    with pytest.raises(UsageError, match="at most 99"):
        make_sample_code("P1", dt.date(2025, 1, 6), 100)
