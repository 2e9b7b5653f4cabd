"""Files that programs put in: refused by length, kind or name before anything reads them; judged by the import otherwise."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.conftest import area_at

from headworks.store import read_facts, read_imports
from headworks.web.access.models import AreaNode
from headworks.web.api.uploads import harmless_name
from headworks.web.audit.models import AuditRow
from headworks.web.work.models import WorkItem
from headworks.web.work.worker import work_once

API = "/api/v1"
SITES = b"site_id,area_id,name,kind,matrix,population_served,population_method\nNEW-1,{},New plant,plant_influent,sewage,51000,census\n"


@pytest.fixture
def steward(own_province, account, program):
    return program(account("steward"))


def put(client, name, content, **said):
    return client.post(f"{API}/imports", {"file": SimpleUploadedFile(name, content), **said})


def sites_file():
    return SITES.replace(b"{}", area_at(3).area_id.encode())


def done(client, answer):
    assert answer.status_code == 202, answer.content
    assert work_once()
    return client.get(answer.json()["href"]).json()


def test_a_file_is_imported_by_the_worker_and_a_run_is_asked_for(own_province, steward):
    said = done(steward, put(steward, "sites.csv", sites_file()))
    assert (said["state"], said["outcome"]["status"]) == ("done", "imported"), said
    assert read_facts(own_province, "sites").filter(pl.col("site_id") == "NEW-1").height == 1
    assert WorkItem.objects.unscoped("a test").filter(kind="run", state="waiting").count() == 1
    assert AuditRow.objects.filter(action="ask_import").count() == 1
    assert str(own_province.path) not in str(said)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(own_province, steward):
    before = read_imports(own_province).height
    said = done(steward, put(steward, "sites.csv", sites_file(), dry_run="true"))
    assert (said["state"], said["outcome"]["status"], said["outcome"]["rows_new"]) == ("done", "dry_run", 1), said
    assert read_imports(own_province).height == before


def test_files_of_work_that_ended_are_cleared_with_the_next(own_province, steward):
    done(steward, put(steward, "sites.csv", sites_file(), dry_run="true"))
    put(steward, "again.csv", sites_file())
    kept = [path.name for path in (own_province.path / "server" / "uploads").rglob("*.csv")]
    assert kept == ["again.csv"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sites.xlsx", b"site_id,name\n1,2\n"),
        ("sites.csv", b"PK\x03\x04rest"),
        ("sites.csv", b"MZ\x90\x00\x03\x00\x00\x00"),
        ("sites.csv", b""),
        ("sites.exe", b"a,b\n"),
        ("sites", b"a,b\n"),
        ("sites.csv.php", b"a,b\n"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(steward, name, content):
    answer = put(steward, name, content)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("HW-U166", "HW-U161")
    assert WorkItem.objects.unscoped("a test").count() == 0


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("../../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\boot.ini.csv", "boot.ini.csv"),
        ("/etc/cron.d/x.csv", "x.csv"),
        ("a\x00b\n.csv", "a_b.csv"),
        ("=cmd|x.csv", "_cmd_x.csv"),
        ("...csv", "file.csv"),
        ("广州 采样.XLSX", "广州_采样.xlsx"),
        ("x" * 400 + ".csv", "x" * 116 + ".csv"),
        ("", "file"),
    ],
)
def test_a_name_leads_nowhere(said, kept):
    name = harmless_name(said)
    assert name.lstrip("_") == kept.lstrip("_")
    assert "/" not in name
    assert len(name.encode()) <= 120


def test_a_path_in_a_name_stays_in_the_folder_of_uploads(own_province, steward):
    put(steward, "../../../outside.csv", sites_file())
    path = Path(WorkItem.objects.unscoped("a test").get().said["path"])
    assert path.parent.parent == own_province.path / "server" / "uploads"


def test_two_gigabytes_are_refused_by_their_announced_length(steward):
    answer = steward.generic(
        "POST", f"{API}/imports", b"short", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(2 * 1024**3)
    )
    assert (answer.status_code, answer.json()["code"]) == (413, answer.json()["code"])
    assert answer.json()["code"] in ("HW-U118", "HW-U164")


def _bomb():
    buffer = io.BytesIO()
    packed = zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
    with packed as file, file.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
        for _ in range(600):
            sheet.write(b"\0" * 1024 * 1024)
    return buffer.getvalue()


def _broken_book():
    book = openpyxl.Workbook()
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()[:-300]


def _link_out():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("../../outside.csv", "site_id\nX\n")
    return buffer.getvalue()


@pytest.mark.parametrize("make", [_bomb, _broken_book, _link_out])
def test_a_packed_file_that_is_hostile_is_refused_in_words_and_in_little_memory(own_province, steward, make):
    content = make()
    before = read_imports(own_province).height
    answer = put(steward, "book.xlsx", content)
    tracemalloc.start()
    said = done(steward, answer)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said["state"] == "failed"
    assert said["outcome"]["code"].startswith("HW-D"), said
    assert peak < 200 * 1024 * 1024
    assert read_imports(own_province).height == before
    assert not (own_province.path / "outside.csv").exists()


def test_a_formula_in_a_cell_is_refused_by_the_import_with_its_place(own_province, steward):
    said = done(steward, put(steward, "sites.csv", sites_file().replace(b"New plant", b"=HYPERLINK(1)")))
    refused = said["outcome"]["refusals"][0]
    assert (said["outcome"]["rows_new"], refused["row"], refused["column"]) == (0, 2, "name")


def test_who_may_import_for_a_part_only_may_not_import_a_file_that_may_speak_of_any(own_province, account, program):
    city = program(account("steward", area_at(2).path))
    assert put(city, "sites.csv", sites_file()).status_code == 404
    assert city.get(f"{API}/imports").status_code == 404
    top = AreaNode.objects.get(parent=None)
    assert put(program(account("steward", top.path)), "sites.csv", sites_file()).status_code == 202


def test_too_many_waiting_files_of_one_account_are_refused(steward, monkeypatch):
    monkeypatch.setattr("headworks.web.api.uploads._MOST_WAITING", 1)
    assert put(steward, "a.csv", sites_file()).status_code == 202
    answer = put(steward, "b.csv", sites_file())
    assert (answer.status_code, answer.json()["code"]) == (400, "HW-U167")


def test_waiting_work_is_cancelled_by_who_asked(steward):
    made = put(steward, "a.csv", sites_file()).json()
    assert steward.post(f"{API}/work/{made['id']}/cancel", content_type="application/json").json()["state"] == "cancelled"
