"""kill -9 of the worker at random moments of releases: never half a batch, no event lost, and the next worker ends it."""

import json
import random
import signal
import sqlite3
import time

import pytest
from tests import forks
from tests.copies import copied_workspace

WORKER = "import sys; from tests.web.operations.killed_release import main; main(sys.argv[1])"
PREPARE = """
import sys
from pathlib import Path
from headworks.web.configuration import use_workspace
use_workspace(Path(sys.argv[1]))
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from headworks.web.access.models import SiteNode
from headworks.web.access.register import copy_register
from headworks.web.opened import the_workspace
copy_register(the_workspace())
from tests.web.operations.desk import approved, measured, planned, taken
sites = SiteNode.objects.exclude(owner_path="").order_by("site_id")[:12]
samples = [taken(planned(site)) for site in sites]
for n in range(3):
    approved(measured(samples[4 * n : 4 * n + 4], f"B{n}"))
"""
LOOK = """
import json, sys
from pathlib import Path
from headworks.web.configuration import use_workspace
use_workspace(Path(sys.argv[1]))
import django
django.setup()
import polars as pl
from headworks.store import read_facts
from headworks.web.audit.verification import verify
from headworks.web.opened import the_workspace
from headworks.web.operations.custody import verify_custody
from headworks.web.operations.models import Batch, Release, SampleRecord
why = "a test"
facts = read_facts(the_workspace(), "measurements").filter(pl.col("batch_id").is_in(["B0", "B1", "B2"]))
samples = read_facts(the_workspace(), "samples").filter(pl.col("sample_id").is_in(facts["sample_id"].implode()))
print(json.dumps({
    "releases": list(Release.objects.unscoped(why).order_by("pk").values_list("state", flat=True)),
    "states": [sorted(SampleRecord.objects.unscoped(why).filter(batch=batch).values_list("state", flat=True)) for batch in Batch.objects.unscoped(why).order_by("pk")],
    "facts": [facts.filter(batch_id=f"B{n}").height for n in range(3)], "samples": samples.height,
    "custody": [str(one) for one in verify_custody()], "audit": [str(one) for one in verify()],
}))
"""


def run(code, path):
    answer = forks.run(code, path)
    assert answer.returncode == 0, answer.stderr[-2000:]
    return answer.stdout


def look(path):
    return json.loads(run(LOOK, path).splitlines()[-1])


def is_whole(seen):
    for n, release in enumerate(seen["releases"]):
        # Facts are all there or none; a batch is released all together.
        assert seen["facts"][n] in (0, 4)
        assert seen["states"][n] == [seen["states"][n][0]] * 4
        assert release in ("releasing", "released")
        assert seen["states"][n][0] == ("released" if release == "released" else "reviewed")
        if release == "released":
            assert seen["facts"][n] == 4
    assert seen["samples"] == sum(seen["facts"])
    assert (seen["custody"], seen["audit"]) == ([], [])


def let_the_lease_end(path):
    """As if half a minute had passed since the dead worker's last heartbeat."""
    with sqlite3.connect(path / "server" / "headworks.sqlite3") as database:
        database.execute("UPDATE work_workitem SET beat_at = '2000-01-01 00:00:00'")
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_worker_killed_in_the_middle_of_releases_leaves_no_half_batch(province_made, tmp_path, seed):
    rng = random.Random(seed)
    path = tmp_path / "W"
    copied_workspace(province_made.path, path)
    run(PREPARE, path)
    for kill in range(3):
        worker = forks.start(WORKER, path)
        assert worker.lines(1) == ["ready"]
        time.sleep(rng.uniform(0.02, 1.2))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        let_the_lease_end(path)
        if kill == rng.randrange(3):
            is_whole(look(path))
    is_whole(look(path))
    run(WORKER, path)
    seen = look(path)
    is_whole(seen)
    assert seen["releases"] == ["released"] * 3
