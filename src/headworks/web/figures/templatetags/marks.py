"""Marks and words of figures in templates: states, tables' codes in words, names of drugs, the legend's patterns."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from headworks.web.access.roles import TIER_WORDS
from headworks.web.figures import map_svg, naming, trend_panels
from headworks.web.figures.sentences import STATE_WORDS

register = template.Library()


@register.filter
def state_words(state: str) -> str:
    """One of the four states in words."""
    return str(STATE_WORDS[state])


@register.filter
def tier_words(tier: str) -> str:
    """A tier in words."""
    return str(TIER_WORDS[tier])


@register.filter
def plain_words(code: Any) -> str:
    """A code of a table in words; as it stands where no words are known."""
    return naming.words_of(str(code))


@register.filter
def residue(analyte: str) -> str:
    """A residue's name."""
    return naming.residue_name(analyte)


@register.filter
def drug(heading: str) -> str:
    """A drug's name."""
    return naming.drug_name(heading)


@register.simple_tag
def basis_patterns() -> SafeString:
    """Fills of what is partly measured and of what is modelled, once a page."""
    return trend_panels.basis_patterns()


@register.simple_tag
def legend_patterns() -> SafeString:
    """Hatch and dots, once a page."""
    return map_svg.legend_patterns()
