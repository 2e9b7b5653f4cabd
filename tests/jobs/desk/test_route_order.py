from hypothesis import given
from hypothesis import strategies as st

from headworks.jobs.desk import route_order

PLACE = st.tuples(st.floats(-80, 80), st.floats(-179, 179)) | st.just((None, None))


@given(st.dictionaries(st.text(min_size=1, max_size=4), PLACE, max_size=12))
def test_every_stop_is_visited_once_and_those_without_a_place_last(stops):
    order = route_order(stops)
    assert sorted(order) == sorted(stops)
    placed = [stops[name][0] is not None for name in order]
    assert placed == sorted(placed, reverse=True)


def test_stops_on_a_line_are_driven_in_line():
    assert route_order({str(n): (23.0, 113.0 + n / 100) for n in (5, 1, 4, 2, 3)}) == ["1", "2", "3", "4", "5"]
