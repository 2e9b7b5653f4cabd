"""Every page, asked by the neighbours with the neighbouring area's identifiers: nothing foreign in bodies, headers or files.

No page is known by name here: addresses come from the server's own list, so a new one is tested without a line. The API has
the same test over its document (``tests/web/api/test_leaks.py``).
"""

import re

import polars as pl
import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern
from tests.intake.spectra.mzml_builder import dda
from tests.jobs.screening.test_screen_files import compound
from tests.web.api.test_leaks import _pair
from tests.web.operations.desk import approved, measured, planned, taken, who
from tests.workflows.laboratory.builders import as_bytes, export_lines

from headworks.jobs.screening import ScreeningOrder, screen_files
from headworks.store import read_facts
from headworks.web.access.models import AreaNode, SiteNode
from headworks.web.access.policy import visible_sites
from headworks.web.access.reader import reader_of
from headworks.web.operations.laboratory.batches import make_batch
from headworks.web.operations.laboratory.exports.files import evaluate_soon, keep_file
from headworks.web.operations.laboratory.screening.hits import hits_of
from headworks.web.signals.intake import raise_signal
from headworks.web.work.queue import ask

# What a page does not show: it changes nothing, and nothing but its own form comes back.
_PLACE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*(?:\([^()]*\)[^()]*)*\)")
_KINDS = {"kind": ("svg", "csv", "json"), "level": ("3", "4"), "language": ("en",), "sha256": ("0" * 64,)}
_NEVER = ("api/", "language/", "sign-out/", "settings/sessions/end/")


def addresses():
    """Every address of a page with its places, as the server lists them."""

    def walk(resolver, before):
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                yield before + str(pattern.pattern)
            else:
                yield from walk(pattern, before + str(pattern.pattern))

    return [path for path in walk(get_resolver(), "") if not path.startswith(_NEVER)]


def filled(path, ids):
    """The address with foreign identifiers in its places; one for each way to fill it."""
    found = [path.strip("^$").replace("\\", "")]
    for place in _PLACE.finditer(path):
        name = place.group(1) or place.group(2)
        values = _KINDS.get(name) or [str(value) for value in ids.get(name) or ids.get("number", ["1"])]
        written = place.group(0).replace("\\", "")
        found = [one.replace(written, value) for one in found for value in values]
    return ["/" + one for one in found]


@pytest.fixture
def neighbours(own_province, account, browse, tmp_path):
    """Two counties of a city; in the second of everything one; readers of the first."""
    mine, theirs = _pair()
    officer = account("officer", mine.path)
    seen = set(visible_sites(reader_of(officer), "view").values_list("pk", flat=True))
    sites = [site for site in SiteNode.objects.filter(owner_path__startswith=theirs.path) if site.pk not in seen]
    published = read_facts(own_province, "samples").filter(pl.col("site_id") == sites[0].pk)["sample_id"].to_list()
    sample = taken(planned(site=sites[0]))
    batch = measured([sample], name="their-batch")
    release = approved(batch)
    empty = make_batch(who("analyst", theirs.path, "their-analyst"), "their-empty-batch", "their-method", theirs.path)
    export, hit = _of_their_laboratory(own_province, tmp_path, theirs.path, empty, sample.sample_id)
    signal = raise_signal("theirs", kind="change", source="cusum", area_id=theirs.pk, words="their-secret-words").signal
    item = ask("import", {"path": "their-file.csv", "name": "their-file.csv"}, by="their-officer", area_path=theirs.path)
    areas = list(AreaNode.objects.filter(path__startswith=theirs.path).values_list("pk", flat=True))
    numbers = [batch.pk, empty.pk, release.pk, signal.pk, item.pk, export.pk, 1]
    ids = {
        "area_id": [theirs.pk], "site_id": [sites[0].pk], "sample_id": [sample.sample_id, published[0]], "number": numbers,
        "pk": numbers, "hit": [hit], "signal_id": [signal.pk], "period": ["2025-W10"],
    }  # fmt: skip
    own = " ".join(
        name for row in AreaNode.objects.filter(path__startswith=mine.path).values_list("name_en", "name_zh") for name in row
    )
    secrets = [
        *areas, *(site.pk for site in sites), sample.sample_id, *published[:5], "their-batch", "their-empty-batch", "their-method",
        "their-secret-words", "their-officer", "their-file.csv", "their-analyst", "their-run", "their-compound",
        *(name for name in AreaNode.objects.filter(pk__in=areas).values_list("name_zh", flat=True) if name and name not in own),
    ]  # fmt: skip
    readers = {
        "an officer": browse(officer), "an assessor": browse(account("assessor", mine.path)),
        "a sampler": browse(account("sampler", mine.path)), "an analyst": browse(account("analyst", mine.path)),
        "a reviewer": browse(account("reviewer", mine.path)), "a steward": browse(account("steward", mine.path)),
        "a director": browse(account("director", mine.path)), "the public": Client(),
    }  # fmt: skip
    return ids, secrets, readers


def _of_their_laboratory(workspace, folder, path, batch, sample_id):
    """An evaluated export and a hit of screening, of the neighbours."""
    analyst = who("analyst", path, "their-analyst")
    export = keep_file(analyst, batch, (as_bytes(export_lines()), "their-run.csv"))
    evaluate_soon(export, "their-analyst")
    (folder / "run.mzML").write_bytes(dda([compound("methamphetamine", 1.0)], noise=50))
    (folder / "list.csv").write_text("name,formula,fragments\ntheir-compound,C10H15N,65.0386; 91.0542; 119.0855\n")
    screen_files(workspace, [folder / "run.mzML"], ScreeningOrder(suspects=folder / "list.csv"), [sample_id])
    return export, hits_of(analyst)["hit"][0]


@pytest.mark.slow
def test_no_page_says_a_word_of_the_neighbours(neighbours):
    ids, secrets, readers = neighbours
    asked = 0
    for path in addresses():
        for address in filled(path, ids):
            for reader, client in readers.items():
                for method in (client.get, client.post):
                    answer = method(address, {"q": "their", "area": ids["area_id"][0], "site": ids["site_id"][0]})
                    said = f"{answer.headers}\n" + b"".join(answer).decode("utf-8", "replace")
                    # A page may repeat what it was asked: the address, and what was typed.
                    for own in (answer.request["PATH_INFO"], ids["area_id"][0], ids["site_id"][0]):
                        said = said.replace(own, "")
                    leaked = [secret for secret in secrets if secret in said]
                    assert not leaked, f"{reader}: {method.__name__} {address} ({answer.status_code}) says {leaked[:3]}"
                    assert answer.status_code < 500, f"{reader}: {method.__name__} {address} answers {answer.status_code}"
                    asked += 1
    assert asked > 500


def test_the_list_of_addresses_is_the_whole_server():
    found = addresses()
    assert len(found) > 60
    assert any(path.startswith("^areas/") for path in found)
    assert filled("^areas/(?P<area_id>.+)/map\\.(?P<kind>svg|png|csv)$", {"area_id": ["44"]})[0] == "/areas/44/map.svg"
