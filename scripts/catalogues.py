"""The server's translations: what is said in code and templates, in ``src/headworks/web/locale``.

``python scripts/catalogues.py update`` puts new texts into every catalogue and drops those nothing says any more;
``compile`` makes the files that Django reads; ``check`` says what is missing. Needs no gettext programs.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from headworks.lab.sentences import FIXED_WORDS, TEMPLATES

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "headworks" / "web"
LANGUAGES = {"zh_Hans": "zh", "ja": "ja"}
_KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
_PLACE = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")


def spoken() -> Catalog:
    """Every text of the server, with where it stands."""
    catalogue = Catalog(project="headworks", charset="utf-8")
    for path in sorted(WEB.rglob("*.py")):
        _take(catalogue, path, path.read_bytes())
    for path in sorted([*WEB.rglob("*.html"), *WEB.rglob("*.svg"), *WEB.rglob("*.txt")]):
        if "static" not in path.parts:
            _take(catalogue, path, _as_python(path).encode())
    # The laboratory's room knows no language; its sentences are translated where they are shown.
    for text in (*TEMPLATES.values(), *FIXED_WORDS):
        catalogue.add(text)
    return catalogue


def _as_python(path: Path) -> str:
    """A template as Django shows it to xgettext: Python calls with everything else blanked."""
    from django.utils.translation.template import templatize

    return str(templatize(path.read_text(encoding="utf-8"), origin=str(path)))


def _take(catalogue: Catalog, path: Path, content: bytes) -> None:
    where = path.relative_to(ROOT).as_posix()
    for line, said, comments, context in extract("python", io.BytesIO(content), _KEYWORDS, comment_tags=("Translators:",)):
        if said and said != "" and said != ("", ""):
            catalogue.add(said, locations=[(where, line)], auto_comments=comments, context=context)


def catalogue_file(language: str) -> Path:
    """Where a language's catalogue stands."""
    return WEB / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """A language's catalogue, empty when there is none yet."""
    path = catalogue_file(language)
    if not path.is_file():
        return Catalog(locale=LANGUAGES[language], charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGES[language])


def update() -> None:
    """Put new texts into every catalogue; translations of texts that stay are kept."""
    template = spoken()
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.project, catalogue.version, catalogue.copyright_holder = "Headworks", "", "The Headworks founders"
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False
        path = catalogue_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, sort_output=True, no_location=True, width=120, omit_header=False, ignore_obsolete=True)
        left = sum(1 for message in catalogue if message.id and not _is_said(message))
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} texts, {left} without translation")


def compile_all() -> None:
    """Make the files that Django reads."""
    for language in LANGUAGES:
        catalogue_file(language).with_suffix(".mo").write_bytes(compiled(language))


def compiled(language: str) -> bytes:
    """A catalogue as Django reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, read(language))
    return buffer.getvalue()


def findings() -> Iterator[str]:
    """What is missing, lost a place, is said no more, or is not compiled."""
    template = spoken()
    for language in LANGUAGES:
        catalogue = read(language)
        known = {(message.id, message.context) for message in catalogue if message.id}
        wanted = {(message.id, message.context) for message in template if message.id}
        yield from (f"{language}: no entry for {_first(said)!r}" for said, _ in sorted(wanted - known, key=str))
        yield from (f"{language}: nothing says {_first(said)!r}" for said, _ in sorted(known - wanted, key=str))
        for message in catalogue:
            if message.id and (message.id, message.context) in wanted:
                yield from (f"{language}: {what} in {_first(message.id)!r}" for what in _wrong(message))
        made = catalogue_file(language).with_suffix(".mo")
        if not made.is_file() or made.read_bytes() != compiled(language):
            yield f"{language}: the compiled file is not that of the catalogue"


def _wrong(message: Message) -> Iterator[str]:
    if not _is_said(message):
        yield "no translation"
        return
    if message.fuzzy:
        yield "a doubtful translation"
    ids = message.id if isinstance(message.id, (tuple, list)) else [message.id]
    places = set(_PLACE.findall(ids[-1]))
    for text in message.string if isinstance(message.string, (tuple, list)) else [message.string]:
        if set(_PLACE.findall(text)) != places:
            yield f"places {sorted(set(_PLACE.findall(text)))} instead of {sorted(places)}"


def _is_said(message: Message) -> bool:
    said = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return bool(said) and all(said)


def _first(said: object) -> str:
    return str(said[0] if isinstance(said, (tuple, list)) else said)


def main(words: list[str]) -> int:
    """Run one of the three."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headworks.web.settings")
    import django

    django.setup()
    if words == ["update"]:
        update()
    elif words == ["compile"]:
        compile_all()
    elif words == ["check"]:
        found = list(findings())
        print("\n".join(found) or "Complete.")
        return bool(found)
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
