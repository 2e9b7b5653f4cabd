"""A small province that a server shows, made once per process; accounts by role and area."""

import shutil
import threading

import pytest
from django.core.servers.basehttp import ServerHandler
from django.db import connection, models
from django.test import Client
from django.utils import timezone
from tests.chromium import ANSWERING
from tests.copies import copied_workspace
from tests.once import made_once

from headworks.jobs.demo_province import demo_plan
from headworks.jobs.import_files import ImportOrder, import_file
from headworks.jobs.run import run
from headworks.jobs.serving import prepare_serving
from headworks.jobs.simulate import SimulateOrder, simulate
from headworks.store import Workspace
from headworks.web.access.models import AreaNode, Grant, RegisterState, SiteArea, SiteNode
from headworks.web.access.reader import Reader, Right
from headworks.web.access.register import copy_register
from headworks.web.accounts.models import Account
from headworks.web.accounts.proofs.password_hash import Argon2

PASSWORD = "a sewer runs under it"  # noqa: S105


@pytest.fixture(scope="session", autouse=True)
def _connections_end_with_their_answer():
    """A browser keeps them open; closed after its test, they meet a database that is no longer shared with their threads."""
    cleanup, run = ServerHandler.cleanup_headers, ServerHandler.run

    def cleanup_and_close(handler):
        handler.headers["Connection"] = "close"
        cleanup(handler)

    def counted_run(handler, application):
        ANSWERING.add(threading.get_ident())
        try:
            run(handler, application)
        finally:
            ANSWERING.discard(threading.get_ident())

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ServerHandler, "cleanup_headers", cleanup_and_close)
        patched.setattr(ServerHandler, "run", counted_run)
        yield


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch):
    """Passwords are hashed as in earnest by one test and quickly by the others."""
    monkeypatch.setattr(Argon2, "memory_cost", 64)
    monkeypatch.setattr(Argon2, "time_cost", 1)


@pytest.fixture(scope="session")
def province_made(tmp_path_factory, request):
    """60 sites of Guangdong for a quarter, run, and prepared for every tier. Not to be changed; copy it to change it."""
    first = made_once(request, "province-of-all", make_province)
    # Each process has a copy: a test's server keeps things beside the facts.
    return Workspace.open(copied_workspace(first, tmp_path_factory.mktemp("province") / "W"))


def make_province(folder):
    written = simulate(folder, demo_plan("44", n_sites=60), SimulateOrder())
    workspace = Workspace.open(folder)
    for path in written.files:
        import_file(workspace, path, ImportOrder("headworks"))
    run(workspace)
    prepare_serving(workspace)


@pytest.fixture(scope="session")
def register_of_province(province_made):
    """Brings its register into the database of a test: worked out by the first, its rows as they are by all others."""
    kept = {}

    def bring():
        if kept and not Grant.objects.exists() and not AreaNode.objects.exists():
            with connection.cursor() as cursor:
                for said, rows in kept.items():
                    cursor.executemany(said, rows)
        elif copy_register(province_made) and not kept:
            kept.update(_rows_of(model) for model in (AreaNode, SiteNode, SiteArea, RegisterState))

    return bring


def _rows_of(model):
    """What puts a model's rows into an empty table, and the rows."""
    columns = [field.column for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {table}")  # noqa: S608  names of our own models
        return f"INSERT INTO {table} ({names}) VALUES ({', '.join(['%s'] * len(columns))})", cursor.fetchall()  # noqa: S608


@pytest.fixture
def province(province_made, register_of_province, settings, db):
    """The same as the workspace that the server serves, with its register in the database."""
    settings.HEADWORKS_WORKSPACE = str(province_made.path)
    register_of_province()
    yield province_made
    # What a test's server kept beside the facts was signed with that test's key.
    shutil.rmtree(province_made.path / "server", ignore_errors=True)


@pytest.fixture
def own_province(province_made, register_of_province, settings, db, tmp_path):
    """A copy that a test may write to."""
    copied_workspace(province_made.path, tmp_path / "W")
    settings.HEADWORKS_WORKSPACE = str(tmp_path / "W")
    register_of_province()
    return Workspace.open(tmp_path / "W")


@pytest.fixture
def account(db):
    """Makes an account with one grant: ``account("officer", path, tier="steward")``."""

    def make(role, area_path="", tier="steward", username=None, **more):
        made = Account.objects.create_account(username or f"{role}-{Account.objects.count()}", PASSWORD, **more)
        Grant.objects.create(account=made, role=role, area_path=area_path, tier=tier, valid_from=timezone.now())
        return made

    return make


@pytest.fixture
def browse():
    """A client that has signed in as an account."""

    def signed_in(of):
        client = Client()
        client.force_login(of)
        return client

    return signed_in


def reader(role="officer", path="", tier="steward", **more):
    """A reader with one right, without a database."""
    return Reader(1, "somebody", (Right(role, path, tier),), **more)


def area_at(level, n=0):
    """The n-th area of a level."""
    return AreaNode.objects.filter(level=level).order_by("area_id")[n]
