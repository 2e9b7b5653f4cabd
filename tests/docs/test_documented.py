"""What exists is documented, and what is documented exists: commands, tables, codes, settings, rooms, equations, links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from headworks.cli.app import app, register_commands
from headworks.core.schema import describe
from headworks.reference import list_sets, read_set, uncertainty_defaults, week_conventions
from headworks.store import settings
from headworks.tables import SHELF

ROOT = Path(__file__).parents[2]
DOCS, SOURCE = ROOT / "docs", ROOT / "src" / "headworks"
TOP = [ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "CITATION.cff")]
TEXTS = sorted(
    path
    for path in [*TOP, *(ROOT / "changelog.d").glob("*.md"), *DOCS.rglob("*")]
    if path.suffix in {".md", ".py", ".sh", ".out", ".csv", ".cff"} and "_build" not in path.parts
)
PAGES = [path for path in TEXTS if path.suffix == ".md"]
ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/__init__.py"))
# The server is a house of its own: each of its apps has a page as a room has.
ROOMS += sorted(f"web-{path.parent.name}" for path in SOURCE.glob("web/*/apps.py"))
CODES = sorted({code for path in SOURCE.rglob("*.py") for code in re.findall(r"HW-[A-Z]\d{3}", path.read_text("utf-8"))})
COLUMNS = [(name, column.name, column.unit) for name, (schema, _) in SHELF.items() for column in describe(schema)]


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def walk(words: str, command) -> list[tuple[str, list[str]]]:
    options = [name for parameter in command.params for name in parameter.opts if name.startswith("--")]
    below = [walk(f"{words} {name}", child) for name, child in getattr(command, "commands", {}).items()]
    return [(words, options), *[pair for pairs in below for pair in pairs]]


register_commands()
COMMANDS = walk("headworks", typer.main.get_command(app))


def section(text: str, heading: str) -> str:
    assert f"\n## `{heading}`\n" in text
    return text.split(f"\n## `{heading}`\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(("words", "options"), COMMANDS, ids=[words for words, _ in COMMANDS])
def test_every_command_and_option_is_documented(words, options):
    text = page("reference/commands.md")
    said = section(text, words)
    # Typer's own options for the shell are said once, at the head of the page.
    assert all(f"`{option}`" in (text if "completion" in option else said) for option in options)


@pytest.mark.parametrize("words", [words for words, _ in COMMANDS if words != "headworks"])
def test_the_page_of_the_room_names_every_command(words):
    assert f"`{words.removeprefix('headworks ')}" in page("rooms/cli.md")


@pytest.mark.parametrize(("table", "column", "unit"), COLUMNS, ids=[f"{table}.{column}" for table, column, _ in COLUMNS])
def test_every_column_stands_with_its_unit_under_its_table(table, column, unit):
    line = next(
        line for line in section(page("reference/tables.md"), table).splitlines() if line.startswith(f"| `{column}` |")
    )
    assert f"| {unit} |" in line
    assert len(line.rstrip(" |").split("|")[-1]) > 3  # a meaning


@pytest.mark.parametrize("table", SHELF)
def test_the_page_of_the_room_names_every_table(table):
    assert f"`{table}`" in page("rooms/tables.md")


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_documented_with_what_it_says(code):
    lines = [line for line in page("reference/errors.md").splitlines() if line.startswith(f"| `{code}` |")]
    assert len(lines) == 1
    assert len(lines[0].split("|")[2].strip()) > 3


@pytest.mark.parametrize(("section_name", "key"), [(name, key) for name, keys in settings._KNOWN.items() for key in keys])
def test_every_setting_is_documented(section_name, key):
    where = f"`[{section_name}]`" if section_name else "(top)"
    assert f"| {where} | `{key}` |" in page("reference/settings.md")


def test_sets_residues_uncertainties_and_conventions_are_documented():
    text = page("reference/parameter-sets.md")
    names = [*list_sets()["set_id"], *uncertainty_defaults()["parameter"], *week_conventions()["convention"]]
    assert all(f"| {name} |" in text for name in names)
    assert all(f"| {drug} | {analyte} |" in text for drug, analyte in read_set().factors.select("drug", "analyte").rows())


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_its_page(room):
    assert (DOCS / "rooms" / f"{room}.md").is_file()


@pytest.mark.parametrize("path", sorted(DOCS.glob("rooms/*.md")), ids=named)
def test_every_page_of_a_room_has_its_room(path):
    # A large part of a room may have a page of its own: lab-screening is lab/screening.
    room, _, part = path.stem.partition("-")
    assert path.stem in ROOMS or (part and (SOURCE / room / part).is_dir())


# Letters of equations, and the pages they stand on.
EQUATIONS = {
    "LU": ["loads"], "T": ["trends"], "A": ["areas"], "P": ["parameter-sets"], "D": ["reports", "disclosure"], "N": ["places"],
    "M": ["populations"], "Q": ["sampling"], "S": ["planning", "smoother"], "C": ["classical"], "R": ["levels"],
    "E": ["propagation"], "W": ["planning_power"], "K": ["calibration"], "I": ["identification"], "J": ["quality_control"],
    "V": ["screening"], "F": ["warning_peers"], "G": ["warning_clusters", "first_appearances"], "H": ["warning_detector"], "X": ["warning_budget"],
    "Y": ["warning_signals"], "Z": ["warning_signals"],
    "B": ["comparison", "evaluation"], "O": ["assessment"],
}  # fmt: skip


@pytest.mark.parametrize("letters", EQUATIONS)
def test_every_equation_that_code_cites_is_on_its_page(letters):
    code = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))
    cited = set(re.findall(rf"\(([{letters}]\d+)\)", code))
    # An equation's number stands at the end of its line, apart from it.
    pages = "\n".join(page(f"methods/{name}.md") for name in EQUATIONS[letters])
    assert cited
    assert cited - set(re.findall(r"  \((\w\d+)\)\.?\s*$", pages, re.MULTILINE)) == set()


@pytest.mark.parametrize("path", sorted(DOCS.glob("decisions/*.md")), ids=named)
def test_a_decision_has_question_choice_reason_cost_and_measurement(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# {path.stem[:3]}: ")
    places = [text.index(f"**{word}.**") for word in ("Question", "Choice", "Why", "Weighed", "What it costs", "Measured")]
    assert places == sorted(places)


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_no_text_names_a_path_of_a_machine(path):
    assert re.findall(r"(?<![\w.])/(?:work|tmp|root|Users|mnt)\b[^\s]*", path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_relative_links_lead_somewhere(path):
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", re.sub(r"`[^`\n]*`", "", path.read_text(encoding="utf-8")))
    inside = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in inside if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_shows_what_the_demo_prints(name):
    results = (DOCS / "examples" / "demo.sh.out").read_text(encoding="utf-8").split("\nData: ")[0]
    assert results in (ROOT / name).read_text(encoding="utf-8")


def test_contributing_fits_two_screens():
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 110


def test_the_files_that_begin_first_are_there() -> None:
    named = (ROOT / "tests" / "slowest_first.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in named if not line.startswith("#") and not (ROOT / line).is_file()] == []
