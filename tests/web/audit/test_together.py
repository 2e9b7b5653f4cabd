"""Many pages at once: one chain, no row lost, and no page without its row."""

import threading

import pytest
from django.db import connections

from headworks.web.audit import chain, together
from headworks.web.audit.models import AuditRow
from headworks.web.audit.verification import verify


def at_once(number, perform):
    problems = []

    def one(n):
        try:
            perform(n)
        except RuntimeError as problem:
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_make_one_chain(tmp_path, settings):
    settings.HEADWORKS_WORKSPACE = str(tmp_path)
    assert (
        at_once(50, lambda n: [together.record_view(action="view", actor=f"a{n}", object_id=str(i)) for i in range(4)]) == []
    )
    assert AuditRow.objects.count() == 200
    assert len({(row.actor, row.object_id) for row in AuditRow.objects.all()}) == 200
    assert verify() == []
    assert not together._WAITING


@pytest.mark.django_db(transaction=True)
def test_whoever_has_no_row_is_told(monkeypatch):
    def fail(rows):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(together, "record_all", fail)
    assert len(at_once(6, lambda n: together.record_view(action="view", actor=str(n)))) == 6
    monkeypatch.setattr(together, "record_all", chain.record_all)
    together.record_view(action="view")
    assert AuditRow.objects.count() == 1
