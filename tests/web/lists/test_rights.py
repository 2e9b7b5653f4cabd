"""Who proposes and who decides on lists: by scopes on areas, as the table of the security page says."""

from pathlib import Path

import pytest
from tests.web.conftest import area_at
from tests.web.lists.seed import who

from headworks.web.access.reader import Reader, Right
from headworks.web.access.roles import ROLES
from headworks.web.lists.rights import may_assess, may_confirm, may_decide, may_propose

_PAGE = Path(__file__).resolve().parents[3] / "docs" / "explanation" / "security.md"
# Columns of the page's table, left to right.
_COLUMNS = ("view", "view_samples", "capture", "measure", "release", "approve", "decide", "assess", "import", "publish",
            "administer", "audit")  # fmt: skip


def test_the_table_of_the_security_page_is_that_of_the_roles():
    lines = [line for line in _PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    told = {cells[0]: cells[1:] for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)}
    for role, scopes in ROLES.items():
        assert {scope for scope, cell in zip(_COLUMNS, told[role], strict=True) if cell} == set(scopes), role


def test_rules_need_the_scope_on_every_area_and_appeals_on_one(province):
    county, other = area_at(3, 0).path, area_at(3, 1).path
    held = {role: (may_propose(who(role, "x", county), county), may_assess(who(role, "x"))) for role in ROLES}
    assert {role for role, (proposes, _all) in held.items() if proposes} == {
        "officer",
        "epidemiologist",
        "assessor",
        "director",
    }
    assert {role for role, (_own, assesses) in held.items() if assesses} == {"epidemiologist", "assessor", "director"}
    assert not may_assess(who("assessor", "x", county))
    assert not may_propose(who("assessor", "x", county), other)


def test_deciding_needs_to_see_and_to_approve_on_the_same_area(province):
    county, other = area_at(3, 0).path, area_at(3, 1).path
    both = Reader(1, "x", (Right("reviewer", county, "steward"), Right("assessor", other, "steward")))
    assert not may_decide(both, county)
    assert not may_decide(both, other)
    assert may_decide(who("director", "x", county), county)
    assert [role for role in ROLES if may_confirm(who(role, "x"))] == ["director"]


@pytest.mark.parametrize(("scopes", "proposes"), [({"view"}, False), ({"assess"}, False), ({"view", "assess"}, True)])
def test_a_token_proposes_with_the_scope_and_with_sight_only(province, scopes, proposes):
    county = area_at(3).path
    token = Reader(1, "x", (Right("assessor", "", "steward"),), only_scopes=frozenset(scopes), only_path=county)
    assert may_propose(token, county) is proposes
    assert not may_assess(token)
