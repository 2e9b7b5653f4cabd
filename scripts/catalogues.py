"""The server's translations: what is said in code and templates, in ``src/headworks/web/locale``.

``python scripts/catalogues.py update`` puts new texts into every catalogue and drops those nothing says any more;
``compile`` makes the files that Django reads; ``check`` says what is missing. Needs no gettext programs.

The rooms below the server know no language. The sentences in which they refuse are read from their source, with a place for
what each fills in; ``headworks.web.refusals`` finds the sentence again in a message. The trap: a sentence put together in any
other way than by an f-string or a text and something more stays English.
"""

from __future__ import annotations

import ast
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

from headworks.jobs.run import REASONS
from headworks.lab.sentences import FIXED_WORDS, TEMPLATES
from headworks.web.refusals import REFUSAL

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "headworks" / "web"
LANGUAGES = {"zh_Hans": "zh", "ja": "ja"}
_KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
# Whose steps the page of work and those of what is sent show.
_WORKING = ("jobs", "store", "web/api", "web/audit", "web/lists", "web/operations", "web/reporting", "web/signals", "web/work")
# Where a person meets refusals who proposes rules, registers an evaluation or puts in a file.
_REFUSING = (
    "assessment/evaluation", "assessment/rules", "assessment/trial", "jobs/assessment", "jobs/import_files.py",
    "workflows/assessment", "intake/*.py", "intake/files", "intake/formats", "intake/spectra", "lab/quality/verdict.py",
    "core/periods.py", "core/schema.py",
)  # fmt: skip
_SENTENCE = re.compile(r"[A-Z{;][^\n]* [^\n]*\S")
_WORD = re.compile(r"[a-zA-Z]{2,}")
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
    for text in (*refusals(), *steps()):
        catalogue.add(text, context=REFUSAL)
    return catalogue


def steps() -> list[str]:
    """What work says of itself while it is done: the texts that are told, with their places."""
    found = set()
    for module in (module for room in _WORKING for module in (WEB.parent / room).rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tell" and node.args:
                found.add(_sentence(node.args[0]))
    return sorted(said for said in found if _WORD.search(_PLACE.sub("", said)))


def refusals() -> list[str]:
    """Sentences of the rooms below, with a place named after what fills it: no docstrings. And why a run did everything."""
    found = set()
    for where in _REFUSING:
        path = WEB.parent / where
        for module in path.rglob("*.py") if path.is_dir() else path.parent.glob(path.name):
            tree = ast.parse(module.read_text(encoding="utf-8"))
            within = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            # A text that may fill a place is a sentence of its own; the parts between places are none.
            within |= {id(part) for node in ast.walk(tree) for part in _between(node)}
            found |= {_sentence(node) for node in ast.walk(tree) if id(node) not in within}
    return sorted({*filter(_is_sentence, found), *REASONS})


def _between(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        yield from (part for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, ast.BinOp):
        yield from (part for part in ast.walk(node) if part is not node)


def _is_sentence(said: str) -> bool:
    """Two words or more, or one and what is filled in; what begins with a place is a sentence only with its full stop."""
    if said.startswith("{") and not said.endswith("."):
        return False
    words, places = _WORD.findall(_PLACE.sub("", said)), _PLACE.findall(said)
    return _SENTENCE.fullmatch(said) is not None and len(words) + bool(places) > 1 and bool(words)


def _sentence(node: ast.AST) -> str:
    """The text of a node, with places; empty where it has none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and not {"{", "}"} & set(node.value) else ""
    taken: list[str] = []
    return "".join(part if isinstance(part, str) else _place(part, taken) for part in _parts(node))


def _parts(node: ast.AST) -> Iterator[str | ast.AST]:
    """Texts and what is filled in between them: of an f-string, and of texts and others that are added."""
    match node:
        case ast.Constant(value=str(said)):
            yield said
        case ast.JoinedStr(values=values):
            for one in values:
                yield from _parts(one)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from (*_parts(left), *_parts(right))
        case ast.expr():
            yield node


def _place(part: ast.AST, taken: list[str]) -> str:
    """A place called after what fills it, and what others are not called."""
    names = [node.attr if isinstance(node, ast.Attribute) else node.id for node in ast.walk(part)
             if isinstance(node, (ast.Attribute, ast.Name))]  # fmt: skip
    name = (names[0] if names else "value").strip("_").lower()
    while name in taken:
        name += "_"
    taken.append(name)
    return f"{{{name}}}"


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
