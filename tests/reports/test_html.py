from __future__ import annotations

import base64
import dataclasses
import io
import itertools
import re
import zipfile
from html.parser import HTMLParser

import polars as pl
import pytest

from headworks.core.errors import UsageError
from headworks.core.periods import Period
from headworks.reports import render_html, situation_report
from headworks.reports.wording import wording_for

HOSTILE = {"A1": "<script>alert(1)</script>", "B2": '"><img src=x onerror=alert(2)>', "C3": "{{ 7*7 }} {site} ]]></style>"}


class Page(HTMLParser):
    """Tags with attributes, and the text between them."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture
def page(make_tables, request_2022):
    return render_html(situation_report(make_tables(), request_2022), "en")


def downloads(html):
    """Everything a reader could take out of the file, as text."""
    found = [base64.b64decode(uri) for uri in re.findall(r"base64,([A-Za-z0-9+/=]+)", html)]
    texts = []
    for content in found:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                texts += [book.read(name).decode() for name in book.namelist()]
        else:
            texts.append(content.decode("utf-8"))
    return texts


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_of_a_suppressed_site_is_anywhere(make_tables, request_2022, language):
    html = render_html(situation_report(make_tables(), request_2022), language)
    taken = downloads(html)
    assert len(taken) > 2
    secrets = ["TINY9", "Hiddenham", "742", "46.12", "13.76", "777.1", "888.3", "3189", "3,189", "771.25", "700.5", "990.5"]
    readable = re.sub(r"base64,[A-Za-z0-9+/=]+", "", html)
    for text in (readable, *taken):
        assert [secret for secret in secrets if secret in text] == []


def test_hostile_names_come_out_inert(make_tables, request_2022):
    html = render_html(situation_report(make_tables(HOSTILE), request_2022), "en")
    page = Page(html)
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert [tag for tag, _ in page.tags if tag == "img"] == []
    assert [attrs for _, attrs in page.tags for name in attrs if name.startswith("on")] == []
    assert any("<script>alert(1)</script>" in text for text in page.text)
    assert any("{{ 7*7 }} {site}" in text for text in page.text)
    for svg in re.findall(r"<svg.*?</svg>", html, re.S):
        assert "alert(1)</script>" not in svg


def test_a_hostile_area_name_cannot_leave_the_style_sheet(make_tables, request_2022):
    hostile = dataclasses.replace(request_2022, area_name='x"} body{} </style><script>alert(3)</script>')
    page = Page(render_html(situation_report(make_tables(), hostile), "en"))
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert sum(tag == "style" for tag, _ in page.tags) == 1


def test_nothing_is_fetched(page):
    for _, attrs in Page(page).tags:
        for name in ("src", "href", "xlink:href", "srcset", "action"):
            assert (attrs.get(name) or "#").startswith(("#", "data:")), attrs
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_the_same_tables_give_the_same_bytes(make_tables, request_2022):
    first, second = (render_html(situation_report(make_tables(), request_2022), "zh") for _ in range(2))
    assert first == second


def test_headings_are_in_order_and_every_table_is_captioned(page):
    tags = Page(page).tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    names = [tag for tag, _ in tags]
    assert names.count("table") == names.count("caption")
    assert all("scope" in attrs for tag, attrs in tags if tag == "th")


def test_every_picture_has_a_name_and_ids_are_unique(page):
    tags = Page(page).tags
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    pictures = [attrs for tag, attrs in tags if tag == "svg"]
    assert all(p.get("role") == "img" or p.get("aria-hidden") == "true" for p in pictures)
    for picture in (p for p in pictures if p.get("role") == "img"):
        assert all(name in ids for name in picture["aria-labelledby"].split())


def test_the_four_states_have_a_mark_each(page):
    for word in ("below the limit", "not sampled", "suppressed, not placed:"):
        assert word in page
    assert "url(#key-hatch)" in page
    assert "url(#drug-cocaine-map-1-hatch)" in page


def test_a_site_below_an_unknown_limit_is_drawn_as_such(make_tables, request_2022):
    means = make_tables().period_means
    unknown = means.with_columns(upper_total=pl.when(pl.col("site_id") != "C3").then("upper_total"),
                                 upper=pl.when(pl.col("site_id") != "C3").then("upper"))  # fmt: skip
    html = render_html(situation_report(make_tables(period_means=unknown), request_2022), "en")
    assert "below, limit unknown" in html


def test_chinese_pages_speak_chinese(make_tables, request_2022):
    html = render_html(situation_report(make_tables(), request_2022), "zh")
    assert '<html lang="zh-Hans">' in html
    assert "可卡因：在 2021 与 2022 均有测定的 2 个监测点中，1 个上升" in html
    assert "2026年3月1日" in html


def test_a_language_without_a_catalogue_is_refused(make_tables, request_2022):
    with pytest.raises(UsageError, match="no report in this language"):
        render_html(situation_report(make_tables(), request_2022), "tlh")


def test_hovering_shows_the_sentence_and_no_sentence_of_vega(page):
    assert "<title>Aville: 200 mg per 1,000 people a day (160–250), 7 days</title>" in page
    assert "<title>from: " not in page
    assert "aria-roledescription" not in page


@pytest.mark.parametrize("label", ["2022-H1", "2022-Q2", "2022-05", "2022-W19"])
def test_every_kind_of_period_is_drawn(make_tables, request_2022, label):
    period = Period.parse(label)
    labels = {"2022": label, "2021": period.a_year_before().label}
    means = make_tables().period_means.with_columns(
        period=pl.col("period").replace(labels),
        period_kind=pl.lit(period.kind, pl.Enum(["week", "month", "quarter", "half_year"])),
    )
    asked = dataclasses.replace(request_2022, period=period)
    html = render_html(situation_report(make_tables(period_means=means), asked), "zh")
    assert "drug-cocaine-trends-1" in html


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_workspace_without_results_says_what_would_fill_it(make_tables, request_2022, language):
    tables = make_tables()
    empty = dataclasses.replace(
        tables, period_means=tables.period_means.clear(), changes=tables.changes.clear(), method={},
        period_consumption=tables.period_consumption.clear(), inconsistent_means=tables.inconsistent_means.clear(),
    )  # fmt: skip
    html = render_html(situation_report(empty, request_2022), language)
    assert (
        wording_for(language).text("Nothing was measured at the sites of this area. Import results and compute again.") in html
    )
    assert wording_for(language).text("No run is recorded: these figures cannot be recomputed by name.") in html


def test_sites_without_a_position_get_no_map_and_a_reason(make_tables, request_2022):
    nowhere = make_tables().sites.with_columns(latitude=pl.lit(None, pl.Float64))
    html = render_html(situation_report(make_tables(sites=nowhere), request_2022), "en")
    assert "No map: no site has a position." in html
    assert "drug-cocaine-map" not in html


def test_distant_sites_are_drawn_beside_the_map(make_tables, request_2022):
    sites = make_tables().sites.with_columns(
        longitude=pl.when(pl.col("site_id") == "C3").then(150.0).otherwise(pl.col("longitude"))
    )
    html = render_html(situation_report(make_tables(sites=sites), request_2022), "en")
    assert "1 sites are too far away to be drawn to position" in html
