"""The server's tests once more, on PostgreSQL, in a process of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.once import SHARED, shared_folder
from tests.web.postgres import cluster, programs

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
# What speaks to the database in ways that its two kinds answer differently; pages and browsers are the same on both.
ROOMS = ("access", "audit", "work", "operations", "signals")


def test_what_people_do_is_kept_the_same_on_postgresql(tmp_path, request):
    if programs() is None:
        pytest.skip("no PostgreSQL on this machine")
    rooms = [f"tests/web/{room}" for room in ROOMS if (ROOT / "tests" / "web" / room).is_dir()]
    with cluster() as url:
        secret = tmp_path / "url"
        secret.write_text(url)
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", *rooms, "tests/web/test_skeleton.py", "-q", "-p", "no:xdist", "-p", "no:cacheprovider",
             "-m", "not browser and not postgres and not slow", "-k", "not test_pages"],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, "HEADWORKS_SERVER_DATABASE_URL_FILE": str(secret), SHARED: str(shared_folder(request))},
        )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
