"""New substances: cards of one's own places, steps of the procedure written down once, by those who decide on everything."""

import datetime as dt

import polars as pl
import pytest
from tests.web.conftest import reader

from headworks.core.errors import DataRefused, UsageError
from headworks.core.schema import polars_schema
from headworks.jobs.screening.hits import keep_hits
from headworks.store import read_facts
from headworks.tables.screening import ScreeningHits
from headworks.warning.appearances import Step
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import NotVisible
from headworks.web.audit.models import AuditRow
from headworks.web.signals.models import SubstanceStep
from headworks.web.signals.substances import card_of, substance_rows, take_step

TODAY = dt.date(2026, 1, 1)
KEY = "ISOTONITAZEN-UHFFFAOYSA-N"
EVENT = Step("event", dt.date(2025, 3, 1), "analyst", {"finding": "sample s1"})


def hit(sample_id, day, review="confirmed", **more):
    said = {
        "sample_id": sample_id, "substance": "isotonitazene", "adduct": "[M+H]+", "run": "r", "inchikey": KEY, "level": "2a",
        "rule": "library", "score": 0.9, "n_fragments": 4, "is_few_fragments": False, "precursor_mz": 411.2,
        "deviation_ppm": 1.0, "isomers": "", "reason": "found", "sampled_on": day, "first_seen": day, "review": review,
    }  # fmt: skip
    return said | more


@pytest.fixture
def found(own_province):
    """Hits at sites of two counties, on two days each."""
    samples = read_facts(own_province, "samples").sort("collected_from").select("sample_id", "site_id").rows()
    owner = dict(SiteNode.objects.values_list("pk", "owner_path"))
    counties = sorted({path.split("/")[2] for path in owner.values() if path.count("/") > 2})[:2]
    paths = [AreaNode.objects.get(pk=county).path for county in counties]
    rows, sites = [], []
    for place, path in enumerate(paths):
        site = next(site for _sample, site in samples if owner.get(site, "").startswith(path))
        sites.append(site)
        mine = [sample for sample, of in samples if of == site]
        rows += [hit(mine[0], dt.date(2025, 1, 6 + place)), hit(mine[-1], dt.date(2025, 3, 3), review="open")]
    keep_hits(own_province, pl.DataFrame(rows, schema=polars_schema(ScreeningHits)))
    return paths, sites


def test_a_reader_sees_what_was_found_at_their_places(found):
    paths, sites = found
    whole, own = card_of(reader(), KEY, TODAY), card_of(reader(path=paths[1]), KEY, TODAY)
    assert (whole.n_sites, whole.n_findings, whole.n_in_doubt) == (2, 4, 2)
    assert (own.n_sites, own.n_findings, own.first_day) == (1, 2, dt.date(2025, 1, 7))
    assert sites[0] not in str(own)
    assert [row.n_sites for row in substance_rows(reader(path=paths[1]))] == [1]
    assert substance_rows(reader(role="sampler")) == []


def test_what_was_found_elsewhere_alone_is_not_there(found):
    elsewhere = AreaNode.objects.exclude(path__startswith=found[0][0]).exclude(path__startswith=found[0][1]).filter(level=3)
    with pytest.raises(NotVisible):
        card_of(reader(path=elsewhere.first().path), KEY, TODAY)
    with pytest.raises(NotVisible):
        card_of(reader(), "NONE", TODAY)
    with pytest.raises(NotVisible):
        card_of(reader(), KEY, dt.date(2024, 1, 1))


def test_what_nobody_confirmed_is_in_doubt_and_makes_no_first_appearance(own_province, found):
    workspace_hits = pl.DataFrame([hit("x", dt.date(2025, 1, 1))], schema=polars_schema(ScreeningHits))
    keep_hits(own_province, workspace_hits)
    # A sample that the workspace does not know lies nowhere.
    assert card_of(reader(), KEY, TODAY).n_findings == 4


def test_steps_follow_the_procedure_and_are_never_changed(found):
    boss = reader(role="director")
    with pytest.raises(DataRefused, match="lacks its evidence"):
        take_step(boss, KEY, EVENT._replace(evidence={}))
    with pytest.raises(UsageError, match="does not follow"):
        take_step(boss, KEY, EVENT._replace(state="alert"))
    made = take_step(boss, KEY, EVENT)
    assert (made.number, made.actor) == (1, "somebody")
    assert card_of(boss, KEY, TODAY).state == "event"
    assert card_of(boss, KEY, TODAY).days_overdue == (TODAY - EVENT.day).days - 10
    with pytest.raises(TypeError, match="not changed"):
        made.save()
    with pytest.raises(TypeError, match="not taken away"):
        made.delete()


def test_only_who_decides_on_everything_writes_steps_and_no_person_is_in_them(found):
    for who in (reader(path=found[0][0]), reader(role="assessor")):
        with pytest.raises(NotVisible):
            take_step(who, KEY, EVENT)
    with pytest.raises(DataRefused) as refused:
        take_step(reader(), KEY, EVENT._replace(note="Ask 13812345678"))
    assert refused.value.code == "HW-U171"
    with pytest.raises(UsageError) as long:
        take_step(reader(), KEY, EVENT._replace(note="x" * 5000))
    assert long.value.code == "HW-U311"
    assert SubstanceStep.objects.count() == 0


def test_of_two_who_write_at_once_the_second_is_told(found, monkeypatch):
    take_step(reader(), KEY, EVENT)
    monkeypatch.setattr("headworks.web.signals.substances.history_of", lambda key: ())
    with pytest.raises(UsageError) as refused:
        take_step(reader(), KEY, EVENT)
    assert refused.value.code == "HW-U310"


def test_a_step_is_written_on_the_page_and_shown_with_its_evidence_to_who_sees_all(found, account, browse):
    paths, sites = found
    client = browse(account("director"))
    url = f"/signals/substances/{KEY}/"
    said = {"state": "event", "day": "2025-03-01", "role": "analyst", "evidence-finding": "sample s1", "note": ""}
    assert "isotonitazene" in client.get("/signals/substances/").content.decode()
    assert "HW-U312" in client.post(url, {**said, "day": "soon"}).content.decode()
    assert client.post(url, said).status_code == 302
    assert client.post(url, said).status_code == 400
    assert "finding: sample s1" in client.get(url).content.decode()
    assert AuditRow.objects.filter(action="substance_step", object_id=KEY).count() == 1
    own = browse(account("officer", paths[1]))
    page = own.get(url).content.decode()
    assert "Event" in page
    assert "sample s1" not in page
    assert sites[0] not in page
    assert "Keep the step" not in page
    assert own.post(url, said).status_code == 404
