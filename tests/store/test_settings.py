from __future__ import annotations

import pytest

from headworks.core.errors import WorkspaceError
from headworks.store.settings import Settings, read_settings


def test_what_is_not_said_has_its_default() -> None:
    assert read_settings("", "x.toml") == Settings()


def test_all_that_can_be_said_is_read() -> None:
    said = read_settings(
        'format = 1\nname = "P"\ntimezone = "Asia/Shanghai"\n[run]\nparameter_set = "own"\nresidues = "molar_sum"\n'
        'parameter_dirs = ["sets"]\n[uncertainty]\nflow = 1\n[publication_floors]\npublic = 5\n'
        '[week_conventions.ours]\nweekday_days = "1"\n',
        "x.toml",
    )
    assert said == Settings(
        name="P",
        timezone="Asia/Shanghai",
        parameter_set="own",
        residues="molar_sum",
        parameter_dirs=("sets",),
        uncertainty={"flow": 1.0},
        publication_floors={"public": 5},
        week_conventions={"ours": {"weekday_days": "1"}},
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "not TOML"),
        ("format = 2", "later version"),
        ('format = "1"', "no such format"),
        ("format = true", "no such format"),
        ("format = 0", "no such format"),
        ("nam = 'x'", "Did you mean name"),
        ("[runs]\nx = 1", "Did you mean run"),
        ("[run]\nresidue = 'x'", "Did you mean residues"),
        ("run = 5", "wrong kind"),
        ("name = 5", "wrong kind"),
        ("week_conventions = 5", "wrong kind"),
        ("[week_conventions]\nours = 5", "wrong kind"),
        ("[run]\nparameter_dirs = 'x'", "wrong kind"),
        ("[run]\nparameter_dirs = [1]", "folder is a text"),
        ("[uncertainty]\nflow = -0.1", "below zero"),
        ("[uncertainty]\nflow = nan", "below zero or no number"),
        ("[uncertainty]\nflow = inf", "below zero or no number"),
        ("[uncertainty]\nflow = true", "wrong kind"),
        ("[publication_floors]\npublic = -1", "below zero"),
        ("[publication_floors]\npubic = 1", "Did you mean public"),
        ("[publication_sites]\npublic = 0", "comes from a site"),
        ("[publication_dominance]\npublic = 1.5", "above 0 and at most 1"),
        ('[publication_detail]\npublic = "fortnight"', "no such kind of period"),
        ("[server]\nbehind_tls = 1", "wrong kind"),
        ("[server]\nmax_upload_mb = true", "wrong kind"),
        ("[server]\nallowed_host = ['x']", "Did you mean allowed_hosts"),
    ],
)
def test_settings_at_fault_are_refused_with_their_place(text: str, said: str) -> None:
    with pytest.raises(WorkspaceError, match=said) as refusal:
        read_settings(text, "ws/headworks.toml")
    assert "ws/headworks.toml" in refusal.value.where
    assert refusal.value.code == "HW-W003"


def test_the_digest_changes_with_what_a_figure_hangs_on() -> None:
    plain = read_settings("", "x").digest
    assert read_settings('name = "x"\ntimezone = "UTC"\n[publication_floors]\npublic = 1', "x").digest == plain
    assert read_settings("[uncertainty]\nflow = 0.3", "x").digest != plain


def test_the_server_is_set_up_without_recomputing_anything() -> None:
    said = read_settings('[server]\nallowed_hosts = ["a.example"]\nbehind_tls = true\nsession_hours = 4', "x")
    assert said.server == {"allowed_hosts": ["a.example"], "behind_tls": True, "session_hours": 4}
    assert said.digest == read_settings("", "x").digest
