"""Signals as a feed that programs and readers of news take: JSON Feed 1.1, and Atom (RFC 4287).

An entry is one signal; it changes when a step is decided on it. Numbers stand in it only where the reader's tier is
shown them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _

from headworks.web.signals.entries import Entry

JSON_FEED = "application/feed+json"
ATOM = "application/atom+xml"
_VERSION = "https://jsonfeed.org/version/1.1"
_SPACE = "http://www.w3.org/2005/Atom"
# Before the first signal a feed has no moment of its own.
_NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
Absolute = Callable[[str], str]


def json_feed(found: Sequence[Entry], absolute: Absolute, own: str, language: str) -> dict[str, Any]:
    """The JSON Feed.

    Parameters
    ----------
    found
        Entries, newest change first.
    absolute
        Makes an address of a path on the server.
    own
        Path of the feed itself.
    language
        Of the texts.
    """
    return {
        "version": _VERSION, "title": _("Signals"), "home_page_url": absolute("/signals/"), "feed_url": absolute(own),
        "language": language,
        "items": [
            {
                "id": absolute(one.path), "url": absolute(one.path), "title": one.title, "content_text": one.text or one.title,
                "date_published": one.raised_at.isoformat(), "date_modified": one.changed_at.isoformat(),
                "tags": [one.kind, one.state, *(["late"] if one.is_late else [])],
            }
            for one in found
        ],
    }  # fmt: skip


def atom_feed(found: Sequence[Entry], absolute: Absolute, own: str, language: str) -> bytes:
    """The same as Atom."""
    feed = ET.Element("feed", {"xmlns": _SPACE, "xml:lang": language})
    ET.SubElement(feed, "id").text = absolute("/signals/")
    ET.SubElement(feed, "title").text = _("Signals")
    ET.SubElement(feed, "updated").text = max((one.changed_at for one in found), default=_NEVER).isoformat()
    ET.SubElement(feed, "link", {"rel": "self", "href": absolute(own), "type": ATOM})
    ET.SubElement(feed, "link", {"rel": "alternate", "href": absolute("/signals/"), "type": "text/html"})
    ET.SubElement(ET.SubElement(feed, "author"), "name").text = "Headworks"
    for one in found:
        _atom_entry(feed, one, absolute)
    return ET.tostring(feed, encoding="utf-8", xml_declaration=True)


def _atom_entry(feed: ET.Element, one: Entry, absolute: Absolute) -> None:
    entry = ET.SubElement(feed, "entry")
    ET.SubElement(entry, "id").text = absolute(one.path)
    ET.SubElement(entry, "title").text = _plain(one.title)
    ET.SubElement(entry, "link", {"rel": "alternate", "href": absolute(one.path), "type": "text/html"})
    ET.SubElement(entry, "published").text = one.raised_at.isoformat()
    ET.SubElement(entry, "updated").text = one.changed_at.isoformat()
    for term in (one.kind, one.state):
        ET.SubElement(entry, "category", {"term": term})
    ET.SubElement(entry, "content", {"type": "text"}).text = _plain(one.text or one.title)


def _plain(text: str) -> str:
    """Without control signs, which XML cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or (sign >= " " and sign not in "\ufffe\uffff"))
