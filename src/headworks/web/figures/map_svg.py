"""The map as a picture that needs no script: cells as links, states as patterns, names where they have room.

The same marks as everywhere. Inside a page its colours come from the style sheet (dark pages); as a file of its own they are
written in, with a title, a legend and where the numbers come from. The trap: a page allows no style attribute, only classes.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from headworks.reports.drawing.charts import INK, MUTED, PAPER
from headworks.reports.drawing.classes import CIVIDIS
from headworks.web.figures.map_rows import MapRow, MapShown, class_legend
from headworks.web.figures.sentences import STATE_WORDS

# Beyond so many areas links and sentences are left to the script and the table: the page stays small.
MOST_LINKED = 400
_LEGEND_ROW = 18.0
_PATTERNS = (
    '<defs><pattern id="{name}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="paper" width="6" height="6" fill="{paper}"/>'
    '<rect class="ink" width="1.6" height="6" fill="{ink}"/></pattern>'
    '<pattern id="{name}-dots" width="5" height="5" patternUnits="userSpaceOnUse">'
    '<rect class="paper" width="5" height="5" fill="{paper}"/><circle class="ink" cx="2.5" cy="2.5" r="1" fill="{ink}"/>'
    "</pattern></defs>"
)  # fmt: skip


def _fill(one: MapRow, name: str) -> str:
    if one.class_number is not None:
        return CIVIDIS[one.class_number]
    return {"below_limit": f"url(#{name}-hatch)", "suppressed": f"url(#{name}-dots)"}.get(one.state, "none")


def map_svg(shown: MapShown, title: str, query: dict[str, str], name: str = "map") -> SafeString:
    """The map for a page: every area a link, its sentence its title.

    Parameters
    ----------
    shown
        From :func:`~headworks.web.figures.map_rows.map_shown`.
    title
        A sentence that says what is seen.
    query
        Period and drug that the links keep.
    name
        Of the picture in the page.
    """
    drawn = shown.drawn
    rows = {one.area_id: one for one in shown.rows}
    kept = urlencode(query)
    linked = len(drawn.places) <= MOST_LINKED
    parts = [
        (
            f'<svg id="{name}" class="map-picture" viewBox="0 0 {drawn.width:.0f} {drawn.height:.0f}" role="group" '
            f"aria-label={quoteattr(title)}>"
        ),
        _PATTERNS.format(name=name, ink=INK, paper=PAPER),
    ]
    for place in sorted(drawn.places, key=lambda place: rows[place.area_id].state != "not_sampled"):
        one = rows[place.area_id]
        drawn_as = f'<path class="cell {one.state}" d="{place.path}" fill="{_fill(one, name)}"'
        if not linked:
            parts.append(drawn_as + "/>")
            continue
        shape = f"{drawn_as}><title>{escape(one.sentence)}</title></path>"
        href = f"{reverse('area', args=[place.area_id])}?{kept}"
        parts.append(
            f'<a href={quoteattr(href)} data-area={quoteattr(place.area_id)} data-x="{place.x:g}" data-y="{place.y:g}" '
            f"aria-label={quoteattr(one.sentence)}>{shape}</a>"
        )
    parts.append(_labels(shown, names_most=60))
    parts.append("</svg>")
    return mark_safe("".join(parts))  # noqa: S308  all text is escaped above


def _labels(shown: MapShown, names_most: int) -> str:
    """Names that do not run into one another; the others are in titles and in the table."""
    names = {one.area_id: one.name for one in shown.rows}
    taken: list[tuple[float, float, float]] = []
    texts = []
    for place in shown.drawn.places:
        name = names[place.area_id]
        half = sum(10.0 if ord(sign) > 0x2E7F else 5.4 for sign in name) / 2
        x = min(max(place.x, half + 2), shown.drawn.width - half - 2)
        if place.room * 1.5 < 2 * half:
            continue
        if len(taken) < names_most and all(abs(x - a) > half + w or abs(place.y - b) > 11.0 for a, b, w in taken):
            taken.append((x, place.y, half))
            texts.append(f'<text x="{x:.1f}" y="{place.y + 3.5:.1f}">{escape(name)}</text>')
    if not texts:
        return ""
    return (
        '<g class="map-names" aria-hidden="true" font-size="10" text-anchor="middle" paint-order="stroke" stroke-width="2.6" '
        f'stroke-linejoin="round" fill="{INK}" stroke="{PAPER}">' + "".join(texts) + "</g>"
    )


def legend_swatch(state: str, color: str = "") -> SafeString:
    """A legend's box, drawn like the map's areas."""
    fill = color or {"below_limit": "url(#legend-hatch)", "suppressed": "url(#legend-dots)"}.get(state, "none")
    return mark_safe(  # noqa: S308
        f'<svg class="swatch" viewBox="0 0 22 14" width="22" height="14" aria-hidden="true">'
        f'<rect class="cell {state}" x="1" y="1" width="20" height="12" fill="{fill}"/></svg>'
    )


def legend_patterns() -> SafeString:
    """The two patterns that legend boxes refer to, once a page."""
    drawn = _PATTERNS.format(name="legend", ink=INK, paper=PAPER)
    return mark_safe(f'<svg class="patterns" width="0" height="0" aria-hidden="true">{drawn}</svg>')  # noqa: S308


def map_file(shown: MapShown, title: str, source: str) -> str:
    """The map as a file of its own: title, names, legend of the classes and of the four states, source.

    Parameters
    ----------
    title, source
        First and last line of the picture.
    """
    drawn, name = shown.drawn, "m"
    rows = {one.area_id: one for one in shown.rows}
    top, legend = 34.0, class_legend(shown.edges)
    n_rows = (len(legend) + 2) // 3 + 2
    height = top + drawn.height + 30 + _LEGEND_ROW * n_rows
    width = max(drawn.width, 480.0)
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
            f"height=\"{height:.0f}\" font-family=\"'Noto Sans', 'Noto Sans CJK SC', sans-serif\">"
        ),
        f"<title>{escape(title)}</title>{_PATTERNS.format(name=name, ink=INK, paper=PAPER)}",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="{PAPER}"/>',
        f'<text x="8" y="20" font-size="13" font-weight="600" fill="{INK}">{escape(title)}</text>',
        f'<g transform="translate(0,{top:g})" stroke-width="0.8">',
    ]
    for place in drawn.places:
        one = rows[place.area_id]
        edge = {"not_sampled": MUTED, "value": PAPER}.get(one.state, INK)
        parts.append(
            f'<path d="{place.path}" fill="{_fill(one, name)}" stroke="{edge}"><title>{escape(one.sentence)}</title></path>'
        )
    parts.append(_labels(shown, names_most=len(drawn.places)) + "</g>")
    y = top + drawn.height + 20
    parts.append(f'<text x="8" y="{y:g}" font-size="10" fill="{MUTED}">{escape(_("mg per 1,000 people a day"))}</text>')
    boxes = [(color, INK, words) for _number, color, words in legend]
    boxes += [(f"url(#{name}-hatch)", INK, str(STATE_WORDS["below_limit"])), ("none", MUTED, str(STATE_WORDS["not_sampled"])),
              (f"url(#{name}-dots)", INK, str(STATE_WORDS["suppressed"]))]  # fmt: skip
    for place_of, (fill, edge, words) in enumerate(boxes):
        x, line = 8 + 155 * (place_of % 3), y + 8 + _LEGEND_ROW * (place_of // 3)
        parts.append(f'<rect x="{x}" y="{line:g}" width="20" height="12" fill="{fill}" stroke="{edge}" stroke-width="0.8"/>'
                     f'<text x="{x + 26}" y="{line + 10:g}" font-size="10" fill="{INK}">{escape(words)}</text>')  # fmt: skip
    parts.append(f'<text x="8" y="{height - 6:g}" font-size="9" fill="{MUTED}">{escape(source)}</text></svg>')
    return "".join(parts)
