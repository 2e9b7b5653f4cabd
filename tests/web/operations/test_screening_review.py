"""The review of what screening found: whose samples it is of, when it was first seen, accepted or rejected with a reason."""

import pytest
from tests.intake.spectra.mzml_builder import dda
from tests.jobs.screening.test_screen_files import SUSPECTS, compound
from tests.web.api.test_leaks import _pair
from tests.web.operations.desk import planned, who

from headworks.core.errors import UsageError
from headworks.jobs.screening import ScreeningOrder, read_hits, screen_files
from headworks.web.access.models import SiteNode
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.operations.laboratory.screening.hits import decide_hit, hits_of
from headworks.web.operations.laboratory.screening.mirrored_spectra import mirrored_spectra
from headworks.web.operations.models import HitReview


@pytest.fixture
def screened(own_province, tmp_path):
    """Methamphetamine in a sample of each of two neighbours, the other's a month before; paths and codes."""
    pair = _pair()
    samples = [planned(site=SiteNode.objects.filter(owner_path__startswith=area.path).first()) for area in pair]
    for name, sample, day in zip("ab", samples, ("2026-03-02", "2026-02-01"), strict=True):
        path = tmp_path / f"{name}.mzML"
        path.write_bytes(dda([compound("methamphetamine", 1.0)], noise=50, started=f"{day}T08:00:00Z"))
        (tmp_path / "list.csv").write_text(SUSPECTS)
        screen_files(own_province, [path], ScreeningOrder(suspects=tmp_path / "list.csv"), [sample.sample_id])
    return [area.path for area in pair], [sample.sample_id for sample in samples]


def test_a_hit_is_reviewed_with_a_reason_and_first_seen_tells_nothing_of_the_neighbour(
    screened, own_province, account, browse
):
    (mine, _theirs), (sample, foreign) = screened
    reader = who("analyst", mine, "ana")
    (own,) = hits_of(reader).to_dicts()
    assert own["sample_id"] == sample
    # The neighbour's is of February.
    assert (str(own["first_seen"]), hits_of(who("analyst"))["first_seen"].min().isoformat()) == ("2026-03-02", "2026-02-01")
    analyst = browse(account("analyst", mine, username="ana"))
    page = analyst.get("/release/screening/").content.decode()
    assert sample in page
    assert foreign not in page
    address = f"/release/screening/{own['hit']}/"
    assert "<svg" in analyst.get(address).content.decode()
    refused = analyst.post(f"{address}decide/", {"verdict": "confirmed", "reason": " "})
    assert (refused.status_code, read_hits(own_province)["review"].to_list()) == (400, ["open", "open"])
    assert analyst.post(f"{address}decide/", {"verdict": "rejected", "reason": "A blank has it too."}).status_code == 302
    assert dict(read_hits(own_province).select("sample_id", "review").rows()) == {sample: "rejected", foreign: "open"}
    assert "A blank has it too." in analyst.get(address).content.decode()
    assert AuditRow.objects.filter(action="hit_reviewed", actor="ana").count() == 1
    (other,) = hits_of(who("analyst", _theirs)).to_dicts()
    for path in (other["hit"], "0" * 20):
        assert analyst.get(f"/release/screening/{path}/").status_code == 404
        assert analyst.post(f"/release/screening/{path}/decide/", {"verdict": "rejected", "reason": "x"}).status_code == 404


def test_another_word_leaves_no_trace(screened):
    (mine, _theirs), _codes = screened
    reader = who("analyst", mine, "ana")
    (own,) = hits_of(reader).to_dicts()
    with pytest.raises(UsageError, match="nothing to be reviewed"):
        decide_hit(reader, own["hit"], "perhaps", "I wonder.")
    with pytest.raises(NotVisible):
        decide_hit(who("steward", mine), own["hit"], "rejected", "No.")
    assert not HitReview.objects.unscoped("a test").exists()


def test_spectra_head_to_tail_say_which_fragments_are_there():
    drawn = mirrored_spectra(([91.0542, 119.0855], [100.0, 40.0]), ([91.0543, 65.0386], None), "s", title="<b>")
    assert "1 of 2 expected peaks are among them" in drawn
    assert "<b>" not in drawn
    assert "list of fragments" in drawn
    assert "no list of fragments" in mirrored_spectra(([], []), ([], None), "s", title="t")


def test_peaks_of_a_library_stand_at_their_own_heights():
    drawn = mirrored_spectra(([91.0542], [7.0]), ([65.0386, 91.0543], [0.25, 1.0]), "s", title="t")
    # A quarter of 128 below 164, and the whole of it.
    assert 'y2="196' in drawn
    assert 'y2="292' in drawn
    assert "65.0386: 25.0 %" in drawn
