"""Where in an export the columns are: one table of uniquely labelled columns, and blocks that say what they mean.

A block is one stretch of columns that becomes one row of results per row of the table: the whole table of a long export, the
columns of one compound or qualifier in MassHunter's wide one, the columns of one sample in its compound table. The trap is the
place of a fault: labels keep the export's own words (``Cortisol Results / RT``), rows keep the file's own numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from headworks.core.errors import DataRefused
from headworks.intake.instrument.layouts.grid import Grid
from headworks.intake.instrument.layouts.long import header_row, read_long, read_sections, split_sections
from headworks.intake.instrument.layouts.sheet import Sheet
from headworks.intake.instrument.layouts.wide import is_grouped, is_grouped_by_sample, is_turned, read_by_sample, read_grouped
from headworks.intake.instrument.profile import Profile
from headworks.intake.instrument.question import Question

# Columns that only one vendor's long export has; two of them settle the format.
_SIGNS = {
    "skyline": {"molecule_name", "molecule", "replicate_name", "replicate", "peak_rank", "molecule_list_name",
                "background", "total_area"},
    "sciex": {"component_name", "is_name", "component_group_name", "component_type", "actual_concentration",
              "calculated_concentration", "retention_time", "outlier_reasons"},
    "tracefinder": {"theoretical_amt", "calculated_amt", "actual_rt", "istd_response", "istd_amt", "rt_delta", "peak_label",
                    "response_ratio", "filename"},
}  # fmt: skip
# What results are computed of: a silent choice between two such columns is a choice between two results.
_OF_RESULTS = {"area", "height", "expected_concentration", "internal_standard_concentration", "dilution_factor"}


@dataclass
class Layout:
    """The sheet read, in which format, and what is to be asked about its columns."""

    format: str
    sheet: Sheet
    questions: list[Question] = field(default_factory=list)


def read_layout(grid: Grid, profile: Profile) -> Layout:
    r"""The labelled columns of an export and what they mean.

    Raises
    ------
    DataRefused
        ``HW-D640`` when the export is not of the format that the profile says; ``HW-D111`` for a profile that names columns
        which the file does not have.

    Examples
    --------
    >>> from headworks.intake.instrument.layouts.grid import read_grid
    >>> grid = read_grid(b"sample_name,analyte,area\nS1,cocaine,5\n", "x.csv", Profile())
    >>> read_layout(grid, Profile()).format
    'generic'
    """
    name = profile.format or find_format(grid)
    questions: list[Question] = []
    if name in ("masshunter", "masshunter_compounds", "masshunter_transposed"):
        turned = grid.turned() if name == "masshunter_transposed" and is_turned(grid) else grid
        if not (is_grouped_by_sample(turned) if name == "masshunter_compounds" else is_grouped(turned)):
            if name != "masshunter":
                raise _other_format(grid, name)
            sheet = read_long(grid, "masshunter", profile, questions)
        elif name == "masshunter_compounds":
            sheet = read_by_sample(grid, profile, questions)
        else:
            sheet = read_grouped(turned, profile, questions, is_turned=name == "masshunter_transposed")
    elif name == "targetlynx" and split_sections(grid):
        sheet = read_sections(grid, profile, questions)
    else:
        sheet = read_long(grid, name, profile, questions)
    _settle_rivals(sheet, profile, questions)
    _ask_for_missing(sheet, grid, questions)
    _ask_for_sheet(grid, questions)
    return Layout(name, sheet, questions)


def find_format(grid: Grid) -> str:
    """The format that the header shows; ``generic`` when no vendor's."""
    if split_sections(grid):
        return "targetlynx"
    if is_grouped_by_sample(grid):
        return "masshunter_compounds"
    if is_grouped(grid):
        return "masshunter"
    if is_turned(grid):
        return "masshunter_transposed"
    folded = header_row(grid, None)[1]
    counts = {name: len(signs & folded) for name, signs in _SIGNS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > 1 else "generic"


def _other_format(grid: Grid, name: str) -> DataRefused:
    return DataRefused(
        "The export is not of the format that the profile says.",
        where=grid.file,
        found=f"{name}; first row: {', '.join(filter(None, grid.cells(0)))[:300]}",
        remedy="Leave format out of the profile, or export in that form",
        code="HW-D640",
    )


def _settle_rivals(sheet: Sheet, profile: Profile, questions: list[Question]) -> None:
    """Of two columns for one field the one that was said is read; two that are unlike are asked about, each by its label."""
    said = set(profile.columns.values())
    for block in sheet.blocks:
        for name, other in block.rivals:
            first = block.columns[name]
            if other in said:
                block.columns[name] = other
            elif first not in said and (sheet.raw.frame[first].ne_missing(sheet.raw.frame[other])).any():
                is_blocking = name in _OF_RESULTS
                ask = "Which of the two columns is it? They differ." + ("" if is_blocking else " The first one is read.")
                for label, guess in ((first, name), (other, "ignored"))[: 1 + is_blocking]:
                    questions.append(
                        Question("HW-D642", ask, f"{sheet.raw.where}, {label}", f"{name}: {first}, {other}", guess,
                                 ("columns", label), is_blocking)
                    )  # fmt: skip


def _ask_for_missing(sheet: Sheet, grid: Grid, questions: list[Question]) -> None:
    given = sheet.fields()
    needs = {
        "sample_name": given & {"sample_name", "data_file"},
        "analyte": given & {"analyte"},
        "area": given & {"area", "height"},
    }
    for name, has in needs.items():
        if has:
            continue
        near = next((q.found for q in questions if q.code == "HW-D642" and q.guess == name), "")
        found = ", ".join(sheet.unread[:20]) or "no other column"
        questions.append(
            Question("HW-D640", f"Which column holds the {name.replace('_', ' ')}?", f"{grid.file}, header", found,
                     name if near else "", ("columns", near or "…"), True)
        )  # fmt: skip


def _ask_for_sheet(grid: Grid, questions: list[Question]) -> None:
    if grid.other_sheets:
        questions.append(
            Question("HW-D640", "Which sheet holds the results? The first one was read.", grid.file,
                     ", ".join([grid.sheet or "", *grid.other_sheets]), grid.sheet or "", ("", "sheet"), False)
        )  # fmt: skip
