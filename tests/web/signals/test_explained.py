"""An explanation as a reader may read it: nothing of foreign places, wherever it stands; nothing finer than the tier."""

from hypothesis import given
from hypothesis import strategies as st
from tests.web.conftest import area_at, reader
from tests.web.signals.found import explanation

from headworks.web.access.models import SiteNode
from headworks.web.signals.explained import _GONE, OF_THE_FIGURE, _without, _words, explanation_for

_TEXTS = st.sampled_from(["F", "of F.", "mine", "site F: high", "F2", ""])
_JSON = st.recursive(
    _TEXTS | st.floats(0, 1), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS | st.just("unit_id"), inner)
)


@given(_JSON)
def test_no_foreign_name_is_left_wherever_it_stood(said):
    kept = _without(said, {"F"})
    assert kept is _GONE or "F" not in set(_words(kept))


@given(_JSON)
def test_where_nothing_is_foreign_nothing_goes(said):
    assert _without(said, {"elsewhere"}) == said


def test_a_row_that_names_a_foreign_place_goes_with_its_number():
    rows = [{"unit_id": "F", "p": 0.1}, {"unit_id": "G", "p": 0.2}]
    assert _without({"near": rows}, {"F"}) == {"near": [{"unit_id": "G", "p": 0.2}]}


def test_neighbours_are_told_to_who_sees_all_of_them(province):
    mine, other = area_at(3, 0), area_at(3, 1)
    site = SiteNode.objects.filter(owner_path__startswith=other.path).first()
    said = explanation(
        neighbours={"n_asked": 7, "nearest_to_a_signal": [{"unit_id": other.pk, "p": 0.01}]},
        levels=[{"unit_id": area_at(1).pk, "p": 0.2}], folded=[other.pk, mine.pk],
        left_out={"part": f"site {site.pk if site else 'x'}", "p": 0.3},
    )  # fmt: skip
    above = mine.path.rstrip("/").rpartition("/")[0] + "/"
    whole = explanation_for(reader(), said, above, is_whole=True)
    own = explanation_for(reader(path=mine.path), said, above, is_whole=True)
    assert whole == said
    assert "neighbours" not in own
    assert own["levels"] == []
    assert own["folded"] == [mine.pk]
    assert other.pk not in str(own)


def test_below_the_highest_tier_only_what_is_made_of_the_figure_is_told(province):
    own = explanation_for(reader(tier="analyst"), explanation(), "44/", is_whole=False)
    assert set(own) <= OF_THE_FIGURE
    assert {"switch_off", "baseline"} <= set(own)
    assert not {"left_out", "without_each", "parts", "neighbours", "levels", "folded", "sentence"} & set(own)
