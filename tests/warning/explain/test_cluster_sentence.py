"""A cluster in words: where, how much, how rarely, and what stands in the way of believing it."""

from headworks.warning.explain import cluster_sentence, signal_sentence

SAID = {
    "kind": "cluster", "analyte": "ketamine", "unit_name": "City C", "level_name": "city", "first_week": "2026-W03",
    "period": "2026-W03", "n_sites": 5, "n_days": 9, "recurrence_weeks": 3e5, "n_questions": 20, "allowed": 1e-4,
    "together": {"times": 1.42, "times_lower": 1.25, "times_upper": 1.61, "n_above": 5},
    "left_out": {"part": "site A", "p": 2e-4}, "n_batches": 1, "signals_inside": ["B"],
}  # fmt: skip


def test_a_cluster_says_how_much_how_rarely_and_what_it_hangs_on():
    said = cluster_sentence(SAID)
    for words in (
        "ketamine at 5 neighbouring sites in City C (city) is higher together than expected, in 2026-W03, from 9 samples.",
        "of one of 20 residues less than once in 100 years.",
        "Together that is 1.4 times what was expected (1.2 to 1.6), 5 of 5 sites above it.",
        "Around it: signals of their own in it are B.",
        "It hangs on site A: without that it would not be shown.",
        "All its samples were measured in one laboratory batch: ask the laboratory first.",
    ):
        assert words in said


def test_sites_on_one_sewer_are_told_as_such_and_without_figures_none_are_made_up():
    said = cluster_sentence(SAID | {"is_drain": True, "together": None})
    assert "at 5 sites on one sewer in City C" in said
    assert "Together" not in said


def test_a_signal_that_explains_a_cluster_says_so():
    figures = {"since": "2026-W03", "observed": 4.0, "expected": 2.0, "cluster": {"n_sites": 7}}
    assert "Around it, 7 neighbouring sites are up together." in signal_sentence(SAID | figures | {"kind": "exceedance"})
