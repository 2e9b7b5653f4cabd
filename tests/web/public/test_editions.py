"""Two people let a run out; withdrawn, the one before is read again; the set of a published run stays."""

import pytest
from django.db import IntegrityError
from django.utils import timezone
from tests.web.conftest import area_at

from headworks.core.errors import DataRefused, UsageError
from headworks.jobs.publications import read_publications
from headworks.web.access.policy import NotVisible
from headworks.web.access.reader import reader_of
from headworks.web.audit.models import AuditRow
from headworks.web.public.editions import approve, newest_edition, propose, published_runs, withdraw
from headworks.web.public.models import Edition


def test_one_proposes_and_another_approves(own_province, editors):
    proposer, approver = editors
    made = propose(proposer, "")
    assert newest_edition() is None
    assert published_runs() == [made.run_id]
    out = approve(approver, made.pk)
    assert newest_edition() == out
    assert out.state == "published"
    assert read_publications(own_province)[-1]["what"] == "edition"


def test_nobody_approves_what_they_proposed(own_province, account):
    both = account("steward", username="both")
    from headworks.web.access.models import Grant

    Grant.objects.create(account=both, role="director", area_path="", tier="steward")
    made = propose(reader_of(both), "")
    with pytest.raises(UsageError, match="Nobody approves"):
        approve(reader_of(both), made.pk)
    with pytest.raises(IntegrityError):
        Edition.objects.filter(pk=made.pk).update(approved_by="both", published_at=timezone.now())


def test_whoever_may_publish_one_city_only_publishes_nothing(own_province, account):
    city = reader_of(account("steward", area_at(2).path))
    with pytest.raises(NotVisible):
        propose(city, "")


def test_a_run_is_proposed_once_and_words_name_no_person(own_province, editors):
    with pytest.raises(DataRefused, match="number of a person"):
        propose(editors[0], "Call 138 1234 5678")
    propose(editors[0], "")
    with pytest.raises(UsageError, match="proposed before"):
        propose(editors[0], "")


def test_an_edition_is_approved_once(edition, editors):
    with pytest.raises(UsageError, match="does not wait"):
        approve(editors[1], edition.pk)


def test_a_withdrawn_edition_is_not_read_and_says_why(edition, editors, client):
    with pytest.raises(UsageError, match="needs a reason"):
        withdraw(editors[0], edition.pk, " ")
    assert "Edition" in client.get("/public/en/").content.decode()
    withdraw(editors[0], edition.pk, "A flow was wrong.")
    assert newest_edition() is None
    assert published_runs() == []
    assert "Nothing is published yet" in client.get("/public/en/").content.decode()
    with pytest.raises(UsageError, match="withdrawn already"):
        withdraw(editors[1], edition.pk, "Again.")


def test_the_desk_is_there_for_publishers_alone_and_audited(own_province, account, browse, client):
    assert client.get("/publication/").status_code == 302
    officer = browse(account("officer", area_at(2).path))
    assert officer.get("/publication/").status_code == 404
    assert AuditRow.objects.first().action == "refused"
    proposer, approver = browse(account("steward")), browse(account("director"))
    answer = proposer.post("/publication/propose/", {"words": "First."})
    assert answer.status_code == 302
    number = Edition.objects.get().pk
    assert proposer.post(f"/publication/{number}/approve/").status_code == 404
    page = approver.get("/publication/")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Approve and publish" in page.content.decode()
    assert approver.post(f"/publication/{number}/approve/").status_code == 302
    assert approver.post(f"/publication/{number}/approve/").status_code == 400
    actions = list(AuditRow.objects.order_by("-seq").values_list("action", flat=True)[:4])
    assert actions[:2] == ["refused", "edition_published"]
    assert approver.get(f"/publication/{number}/approve/").status_code == 405
