"""A back-test on its page: scores in words, a dash for what was not computed, nothing of single units."""

import json
import re

from tests.web.conftest import area_at

from headworks.web.signals.backtest_shown import shown_backtest
from headworks.web.signals.warning_results import read_backtests

ALL = {"series_type": "all", "n_outbreaks": 1200, "found": 0.8, "false_discovery": 0.08}
RARE = {"series_type": "mostly_below_limit", "n_outbreaks": 40, "found": 0.5, "delay_days": 9.0}
SAID = {"name": "try", "detector": "headworks", "inject": {"size": 2, "weeks": 6}, "scores": [ALL, RARE]}


def test_scores_stand_in_words_and_a_dash_where_none_was_computed():
    one = shown_backtest(SAID)
    assert one.headline == "80 % of what was injected was found; 8 % of what was shown was false."
    assert [str(words) for words in one.columns] == ["Injected", "Found", "False of those shown", "Delay, days"]
    assert one.rows == [("all series", ["1,200", "80 %", "8.0 %", "–"]), ("mostly below limit", ["40", "50 %", "–", "9.00"])]
    assert ("What was injected", "size 2, weeks 6") in [(str(words), value) for words, value in one.facts]


def test_a_bar_is_as_long_as_the_share_that_was_found():
    widths = [float(found) for found in re.findall(r'class="found"[^>]*width="([\d.]+)"', str(shown_backtest(SAID).picture))]
    # 640 less 190 and 12 is 438 for all.
    assert widths == [350.4, 219.0]


def test_rows_of_single_units_and_what_is_no_number_are_left_out():
    rows = [{**ALL, "unit_id": "440106000000"}, {"series_type": "odd", "found": "many"}]
    one = shown_backtest({"name": "x", "scores": rows})
    assert one.rows == [("odd", ["–"])]
    assert one.picture is None
    assert one.headline == ""


def test_back_tests_are_read_newest_first_and_broken_ones_are_not(own_province, account, browse):
    folder = own_province.path / "signals" / "backtests"
    folder.mkdir(parents=True)
    for name, week in (("old", "2026-W01"), ("new", "2026-W02"), ("broken", ""), ("other", "")):
        (folder / name).mkdir()
        text = {"broken": "{", "other": "[]"}.get(name) or json.dumps({**SAID, "week": week})
        (folder / name / "backtest.json").write_text(text)
    assert [one["name"] for one in read_backtests(own_province)] == ["new", "old"]
    client = browse(account("officer", area_at(3).path))
    assert "2 back-tests" in client.get("/signals/backtests/").content.decode()
    page = client.get("/signals/backtests/new/").content.decode()
    assert "80 % of what was injected was found" in page
    assert "Delay, days" in page
