"""Every text of the server is there in every language, with its places, and compiled."""

import importlib.util
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "catalogues.py"


@pytest.fixture(scope="module")
def catalogues():
    found = importlib.util.spec_from_file_location("catalogues", _SCRIPT)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_no_text_is_without_its_translation(catalogues):
    assert list(catalogues.findings()) == []


def test_a_lost_place_is_found(catalogues):
    from babel.messages.catalog import Message

    assert list(catalogues._wrong(Message("%(n)s areas", "数"))) == ["places [] instead of ['%(n)s']"]
    assert list(catalogues._wrong(Message("%(n)s areas", ""))) == ["no translation"]
    assert list(catalogues._wrong(Message("%(n)s areas", "%(n)s の地域"))) == []
