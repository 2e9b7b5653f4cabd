"""The figures of a report as PNG, all in one go, for formats that draw no SVG.

Typst draws them, as it does in the PDF: it reads the fonts of the machine once, where a converter for each picture would read
them each time. Without a font of the language the signs of another stand in; a document is not refused for it, for its text is
drawn by the reader's machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import typst

from headworks.core.errors import DataRefused
from headworks.reports.content import Figure
from headworks.reports.formats.drawing import WIDTH, draw_figure
from headworks.reports.formats.fonts import families_for, font_folders, found_fonts
from headworks.reports.wording import Wording

# Sharp on paper at the width of a page.
_DOTS_PER_INCH = 216.0


def pictures_of(figures: Sequence[Figure], wording: Wording) -> list[bytes]:
    """A PNG of each figure, in order."""
    if not figures:
        return []
    try:
        family = families_for(wording.language)[0]
    except DataRefused:
        family = families_for("en")[0]
    pages = [f'#image(bytes("{_escaped(draw_figure(one, wording, family))}"), format: "svg", width: 100%)' for one in figures]
    source = f"#set page(width: {WIDTH:g}pt, height: auto, margin: 0pt)\n" + "\n#pagebreak()\n".join(pages)
    fonts = found_fonts(tuple(font_folders()))
    made: bytes | list[bytes] | None = typst.compile(
        source.encode("utf-8"), font_paths=fonts, format="png", ppi=_DOTS_PER_INCH
    )
    # One page comes as bytes, several as a list of them.
    return made if isinstance(made, list) else [made or b""]


def _escaped(drawn: str) -> str:
    return drawn.replace("\\", "\\\\").replace('"', '\\"')
