"""Cut points without a gap, terms and roles that fit, and a source or "our choice" in every row."""

import pytest

from headworks.core.errors import ParameterError
from headworks.reference.early_warning_procedure import appearance_rule, appearance_rules, early_warning_procedure
from headworks.reference.parameter_files import STATUSES
from headworks.reference.public_levels import cut_points, level_schemes, public_levels


def test_cut_points_meet_and_their_ends_are_open():
    for scheme in level_schemes():
        rows = cut_points(scheme, "cocaine")
        assert rows["rank"].to_list() == [1, 2, 3, 4, 5]
        assert rows["above"][1:].to_list() == rows["up_to"][:-1].to_list()
        assert (rows["above"][0], rows["up_to"][4]) == (None, None)
    assert set(public_levels()["scheme"]) == set(level_schemes())


def test_every_row_says_where_it_is_from_and_every_scheme_what_it_cannot_say():
    for table in (public_levels(), appearance_rules()):
        assert set(table["status"]) <= set(STATUSES)
        assert table.filter(table["status"] != "none")["citation"].null_count() == 0
    for scheme in level_schemes().values():
        assert (scheme.status == "none") == (scheme.citation == "")
        assert len(scheme.cannot_say) > 50


def test_every_state_is_reached_and_every_step_has_who_and_on_what():
    procedure = early_warning_procedure()
    states = {state.state for state in procedure.states}
    assert {move.to_state for move in procedure.moves} == states
    assert {move.from_state for move in procedure.moves} <= states | {""}
    assert all(all(move.roles) and all(move.evidence) for move in procedure.moves)
    follows = {(move.from_state, move.to_state) for move in procedure.moves}
    assert all((state.state, state.next_step_due) in follows for state in procedure.states if state.within_days)


def test_a_rule_that_is_not_there_is_refused():
    with pytest.raises(ParameterError, match="no such rule") as refused:
        appearance_rule("luck")
    assert refused.value.code == "HW-D729"
