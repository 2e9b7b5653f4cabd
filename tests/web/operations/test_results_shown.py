"""Results of single samples are for the laboratory and stewards; floors and tiers hold for everybody else."""

import pytest
from tests.web.operations.desk import approved, measured, planned, taken

from headworks.web.work.worker import work_once


@pytest.mark.parametrize(
    ("role", "tier", "sees_draft", "sees_released"),
    [
        ("analyst", "public", True, True),
        ("reviewer", "public", True, True),
        ("steward", "steward", False, True),
        ("officer", "steward", False, True),
        ("officer", "analyst", False, False),
        ("epidemiologist", "public", False, False),
        ("sampler", "public", False, False),
    ],
)
def test_who_sees_results(own_province, account, browse, role, tier, sees_draft, sees_released):
    sample = taken(planned())
    batch = measured([sample])
    visitor = browse(account(role, "", tier=tier))
    session = visitor.session
    session["purpose"] = "a test"
    session.save()
    page = f"/operations/samples/{sample.sample_id}/"
    assert ("812.5" in visitor.get(page).content.decode()) == sees_draft
    approved(batch)
    work_once()
    assert ("812.5" in visitor.get(page).content.decode()) == sees_released
