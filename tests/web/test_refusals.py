"""A refusal of a room below is found again among the sentences of the source, and told in the reader's language."""

import importlib.util
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import translation

from headworks.assessment.evaluation import Window
from headworks.assessment.rules.document import RuleSetBroken
from headworks.core.errors import DataRefused, HeadworksError, UsageError
from headworks.core.periods import Period
from headworks.intake import parse_file
from headworks.jobs.assessment import read_rule_file
from headworks.web import refusals
from headworks.workflows.assessment.evaluations import plan_of_counts, read_window

_SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "catalogues.py"
_OTHER = {
    "The row has {found} cells, the header {width}.": "首行 {width} 格，本行 {found} 格。",
    "Give a YAML file, or a shipped one. {nearest}": "请给出 YAML 文件或自带的一个。{nearest}",
    "Did you mean {near}?": "是否指 {near}？",
    "The file is empty.": "文件是空的。",
}


@pytest.fixture(scope="module")
def sentences():
    """Sentences of the source, as the catalogues learn them."""
    found = importlib.util.spec_from_file_location("catalogues", _SCRIPT)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.refusals()


@pytest.fixture
def chinese(monkeypatch):
    """A reader of Chinese, and a catalogue of four sentences."""
    known = {f"refusal\x04{said}": other for said, other in _OTHER.items()}
    monkeypatch.setattr(refusals, "translation", lambda language: SimpleNamespace(_catalog=known))
    monkeypatch.setattr(refusals, "pgettext", lambda context, said: _OTHER.get(said, said))
    refusals._sentences.cache_clear()
    with translation.override("zh-hans"):
        yield
    refusals._sentences.cache_clear()


@pytest.mark.parametrize(
    ("said", "other"),
    [
        ("The file is empty.", "文件是空的。"),
        ("The row has 3 cells, the header 5.", "首行 5 格，本行 3 格。"),
        # What is filled in may be a sentence itself.
        (
            "Give a YAML file, or a shipped one. Did you mean recommended?",
            "请给出 YAML 文件或自带的一个。是否指 recommended？",
        ),
        ("Something nobody translated, 3 of it.", "Something nobody translated, 3 of it."),
        ("", ""),
        ("x" * 100_000, "x" * 100_000),
    ],
)
def test_the_sentence_of_a_message_is_found_and_filled_after_its_translation(chinese, said, other):
    assert refusals.said_to_reader(said) == other


def test_readers_of_english_are_told_what_was_said(chinese):
    with translation.override("en"):
        assert refusals.said_to_reader("The file is empty.") == "The file is empty."


def refused(call):
    """What a call refuses."""
    with pytest.raises(HeadworksError) as found:
        call()
    return found.value


def met(tmp_path):
    """Refusals as people meet them."""
    rules = tmp_path / "own.yaml"
    rules.write_text("id: own\nperiod: fortnight\ncriteria:\n  a: {tabel: x, threshold: many}\nlists: 3\n", encoding="utf-8")
    broken = refused(lambda: read_rule_file(str(rules)))
    assert isinstance(broken, RuleSetBroken)
    year = Window.of_years(2025)
    yield from (DataRefused(one.problem, remedy=one.remedy) for one in broken.breaches)
    yield from (broken, refused(lambda: read_rule_file("recomended")), refused(lambda: Period.parse("soon")))
    yield refused(lambda: plan_of_counts("?", "deaths", ("a",), year, Window.of_years(2026), 0.8))
    yield refused(lambda: read_window("2025/2024"))
    for content, name in ((b"", "samples.csv"), (b"a,b\n1,2\n", "notes.csv"), (b"PK\x03\x04", "samples.xlsx")):
        yield refused(lambda content=content, name=name: parse_file(content, name, "headworks"))
    parsed = parse_file(b"site_id,name,kind\nS,Works,pool\nT,x,y,z\n", "sites.csv", "headworks")
    yield from (UsageError(row["problem"], remedy=row["remedy"] or "") for row in parsed.refusals.to_dicts())


def test_refusals_that_people_meet_are_among_the_sentences_of_the_source(sentences, tmp_path):
    patterns = [refusals._pattern(one) for one in sentences]
    said = {text for problem in met(tmp_path) for text in (problem.what, problem.remedy) if text and " " in text}
    assert len(said) > 20
    assert {text for text in said if not any(pattern.fullmatch(text) for pattern in patterns)} == set()


def test_a_sentence_says_more_than_its_places(sentences):
    assert all(re.search(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", one)) for one in sentences)
    assert not any(name != name.lower() for one in sentences for name in re.findall(r"\{(\w+)\}", one))
