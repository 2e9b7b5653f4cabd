from __future__ import annotations

import ast
import re
import string
from importlib.resources import files
from pathlib import Path

from headworks.reports.content import Amount, Label, Share, tell
from headworks.reports.wording import read_catalogue, wording_for

ROOM = Path(str(files("headworks.reports")))
CATALOGUE = "zh_CN.po"


def spoken_texts() -> set[str]:
    """Every text given to tell() or text() in the code, or to _() in a template."""
    found = set()
    for module in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in ("tell", "text") and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    for template in ROOM.glob("templates/*.html"):
        found |= {text for _, text in re.findall(r"""_\((['"])(.*?)\1\)""", template.read_text(encoding="utf-8"))}
    return found


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_has_a_chinese_translation_with_the_same_places():
    catalogue = read_catalogue(CATALOGUE)
    texts = spoken_texts()
    assert len(texts) > 150
    for text in texts:
        message = catalogue.get(text)
        assert message is not None, text
        assert message.string, text
        assert places(str(message.string)) == places(text), text


def test_the_catalogue_holds_nothing_that_is_not_said():
    assert {str(message.id) for message in read_catalogue(CATALOGUE) if message.id} == spoken_texts()


def test_templates_hold_no_bare_words():
    for template in ROOM.glob("templates/*.html"):
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>|<[^>]*>",
            " ",
            template.read_text(encoding="utf-8"),
            flags=re.S,
        )
        assert re.findall(r"[A-Za-z]{3,}", text.replace("Headworks", "").replace("DOCTYPE", "")) == [], template.name


def test_a_value_with_braces_is_not_read_as_a_place():
    assert wording_for("en").say(tell("{site}: {state}", site="{0} {state}", state="%s")) == "{0} {state}: %s"


def test_numbers_dates_and_names_follow_the_language():
    en, zh = wording_for("en"), wording_for("zh")
    assert en.say(Amount(0.1166)) == "0.117"
    assert en.say(Amount(None)) == "–"
    assert en.say(7.0) == "7"
    assert zh.say(Share(0.73)) == "73%"
    assert zh.say(Label("Cocaine", "可卡因")) == "可卡因"
    assert zh.say(Label("New", None)) == "New"
    assert (en.territory("AT"), zh.territory("AT"), en.territory("Ruritania")) == ("Austria", "奥地利", "Ruritania")
    assert zh.weekdays()[0] == "周一"
