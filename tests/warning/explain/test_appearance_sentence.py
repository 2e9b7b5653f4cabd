"""A first appearance in plain words: how surely, how often, what does not count."""

import pytest

from headworks.warning.explain import appearance_sentence

SAID = {
    "analyte": "new-azole", "unit_name": "County K", "level_name": "county", "first_day": "2026-03-02", "best_level": "2b",
    "earlier_negatives": 30, "standing": "unconfirmed", "confirmed_day": None, "n_samples": 1, "n_batches": 1, "n_sites": 1,
    "doubts": {}, "widest": {"unit_name": "County K", "level_name": "county"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "on 2026-03-02, after 30 samples without it (level 2b, by diagnostic evidence). It is not confirmed"),
        (
            {"standing": "confirmed", "confirmed_day": "2026-03-09"},
            "A second sample of another batch confirmed it on 2026-03-09.",
        ),
        ({"n_samples": 3}, "its 3 samples are not of two known batches, so they are one piece of evidence."),
        ({"n_sites": 4}, "It has been found at 4 sites there."),
        ({"doubts": {"no_blank": 2, "blank": 1}}, "In doubt and not counted: 1 (blank), 2 (no blank)."),
        ({"widest": {"unit_name": "P", "level_name": "province"}}, "Around it: new in all of P (province)."),
    ],
)
def test_the_sentence_says_what_it_rests_on(more, words):
    assert words in appearance_sentence(SAID | more)


def test_what_is_not_so_is_not_said():
    sentence = appearance_sentence(SAID)
    assert all(word not in sentence for word in ("sites there", "doubt", "Around it"))
