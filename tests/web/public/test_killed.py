"""kill -9 at random moments of publications: an edition is out or it is not, and whatever is out was written down."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.copies import copied_workspace
from tests.web.service.served import CLEAN, headworks

HERE = Path(__file__).parent
LOOK = """
import sys, json
from pathlib import Path
from headworks.web.configuration import use_workspace
use_workspace(Path(sys.argv[1]))
import django
django.setup()
from headworks.jobs.publications import read_publications
from headworks.web.audit.models import AuditRow
from headworks.web.opened import the_workspace
from headworks.web.public.models import Edition
of = lambda action: sorted(AuditRow.objects.filter(action=action).values_list("object_id", flat=True))
print(json.dumps({
    "editions": [[str(one.pk), one.state, one.approved_by, one.published_at is not None] for one in Edition.objects.order_by("pk")],
    "told": {action: of("edition_" + action) for action in ("proposed", "published", "withdrawn")},
    "log": [line["target"] for line in read_publications(the_workspace()) if line["what"] == "edition"],
}))
"""


def process(*words, **more):
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        env=CLEAN,
        **more,
    )


def look(path):
    with process("-c", LOOK, path) as looking:
        return json.loads(looking.stdout.read().splitlines()[-1])


def is_whole(seen):
    """Every edition has all of its state; the audit tells of each step that was taken, and of no other."""
    published = [pk for pk, _, approved_by, _ in seen["editions"] if approved_by]
    assert published == [pk for pk, _, _, is_out in seen["editions"] if is_out]
    assert seen["told"]["proposed"] == sorted(pk for pk, *_ in seen["editions"])
    assert seen["told"]["published"] == sorted(published)
    assert seen["told"]["withdrawn"] == sorted(pk for pk, state, *_ in seen["editions"] if state == "withdrawn")
    # Written before the edition is out: a line too many tells of one that was about to be.
    assert set(published) <= set(seen["log"])
    assert all(state == "withdrawn" for _, state, *_ in seen["editions"][:-1])


@pytest.mark.slow
def test_who_is_killed_while_publishing_leaves_no_half_edition(province_made, tmp_path):
    path = tmp_path / "W"
    copied_workspace(province_made.path, path, "publications")
    for name, role in (("editor", "steward"), ("second", "director")):
        assert headworks("user", "add", path, name, "--role", role, "--tier", "steward").returncode == 0
    rng = random.Random(3)
    for _ in range(4):
        with process(HERE / "killed_publication.py", path) as publishing:
            assert publishing.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0.05, 1.0))
            publishing.send_signal(signal.SIGKILL)
        is_whole(look(path))
    assert len(look(path)["editions"]) > 1
    verified = headworks("audit", "verify", path)
    assert verified.returncode == 0, verified.stdout
