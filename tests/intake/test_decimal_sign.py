"""Which sign separates decimals; never guessed."""

import polars as pl
import pytest

from headworks.intake.cells import CellReader
from headworks.intake.raw import build_raw


def numbers(cells, delimiter=";", decimal=None):
    raw = build_raw(
        pl.DataFrame({"c": cells}), pl.Series(range(2, len(cells) + 2)), "x.csv", notes=(f"delimiter {delimiter!r}",)
    )
    reader = CellReader(raw, decimal=decimal)
    return reader.number("c").to_list(), reader.refusals()["problem"].to_list()


def test_one_proof_of_a_decimal_comma_is_enough():
    assert numbers(["12,5", "1,250", "3"]) == ([12.5, 1.25, 3.0], [])


def test_a_comma_that_may_separate_thousands_is_refused():
    values, problems = numbers(["425,000", "76,000"])
    assert values == [None, None]
    assert set(problems) == {"The sign in the number may separate decimals or thousands."}


def test_a_point_that_may_separate_thousands_is_refused_in_a_semicolon_file():
    assert numbers(["425.000", "76"])[0] == [None, 76.0]
    assert numbers(["425.000", "7.6"])[0] == [425.0, 7.6]
    assert numbers(["425.000", "76"], delimiter=",")[0] == [425.0, 76.0]


def test_a_file_with_both_signs_has_every_fraction_refused_and_two_rows_named():
    values, problems = numbers(["1,5", "2.5", "3"])
    assert values == [None, None, 3.0]
    assert set(problems) == {"The file mixes decimal points and decimal commas."}


@pytest.mark.parametrize(("said", "expected"), [(",", [1.5, None]), (".", [None, 2.5])])
def test_what_the_owner_says_settles_it(said, expected):
    assert numbers(["1,5", "2.5"], decimal=said)[0] == expected


def test_a_limit_proves_the_sign_too():
    assert numbers(["<0,5", "425,000"])[0][1] == 425.0
