"""A signal in plain words: what, where, how much against what was expected, what it hangs on, what to look at first.

The trap: words must not say more than the numbers. A signal is a departure that chance and what was known do not explain; it
is no finding about why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "exceedance": "is higher than its past and its neighbours let expect",
    "rise": "has been rising for weeks beyond what its past and its neighbours let expect",
    "drop": "is lower than its past and its neighbours let expect",
    "variance": "scatters from day to day otherwise than it did",
    "ratio": "no longer fits the other residue of the same drug",
}
# Factors closer to 1 than this are no part of a story.
_NOTEWORTHY = 1.25


def signal_sentence(said: Mapping[str, Any]) -> str:
    """The signal in two to five sentences.

    Parameters
    ----------
    said
        ``kind, analyte, unit_name, level_name, since, period, observed, expected, expected_lower, expected_upper, n_days,
        share_censored, p_value, allowed, left_out`` (largest p-value without one part, and its name), ``switch_off``,
        ``parts``, ``n_batches``, ``batch`` (``n_other_sites, z, is_odd``),
        ``cluster`` (``n_sites``) that it explains,
        ``n_kept_out``, ``presence`` (share of days now, before), ``n_sites``; None where unknown.

    Examples
    --------
    >>> said = {"kind": "exceedance", "analyte": "ketamine", "unit_name": "County K", "level_name": "county",
    ...         "since": "2026-W02", "period": "2026-W03", "observed": 42.0, "expected": 20.0, "expected_lower": 15.0,
    ...         "expected_upper": 27.0, "n_days": 12, "n_sites": 6}
    >>> signal_sentence(said).split(": ")[1]
    '42 mg/d per 1,000 people in 2026-W02 to 2026-W03 where 20 (15 to 27) were expected, 2.1 times as much, from 12 samples.'
    """
    sites = said.get("n_sites") or 1
    level = str(said["level_name"])
    place = f"{said['unit_name']} ({level}, {sites} sites)" if sites > 1 else f"{said['unit_name']} ({level})"
    words = [f"{said['analyte']} in {place} {_WORDS[said['kind']]}: {_numbers(said)}."]
    words += [*_presence(said), *_parts(said), *hangs_on(said), *_switch(said)]
    return " ".join(words)


def _numbers(said: Mapping[str, Any]) -> str:
    since, period = said["since"], said["period"]
    weeks = f"in {period}" if since == period else f"in {since} to {period}"
    samples = f"from {said['n_days']:.0f} samples" if said.get("n_days") else ""
    observed, expected = said.get("observed"), said.get("expected")
    if observed is None or expected is None or said["kind"] == "variance":
        return f"{weeks}, {samples}".rstrip(", ")
    if said["kind"] == "ratio":
        return f"{observed / expected:.2g} times the ratio of its own past {weeks}, {samples}".rstrip(", ")
    bounds = ""
    if said.get("expected_lower") is not None:
        bounds = f" ({said['expected_lower']:.3g} to {said['expected_upper']:.3g})"
    ratio = observed / expected
    times = f"{ratio:.1f} times as much" if ratio >= 1 else f"{ratio:.2f} times as much"
    return f"{observed:.3g} mg/d per 1,000 people {weeks} where {expected:.3g}{bounds} were expected, {times}, {samples}"


def _presence(said: Mapping[str, Any]) -> list[str]:
    now = said.get("presence")
    if not now:
        censored = said.get("share_censored") or 0.0
        return [f"{censored:.0%} of the samples were below the limit."] if censored > 0.2 else []
    return [f"It comes and goes here: found in {now[0]:.0%} of the samples now, in {now[1]:.0%} before."]


def _parts(said: Mapping[str, Any]) -> list[str]:
    parts = said.get("parts")
    if not parts:
        return []
    names = {"concentration": "concentration", "flow": "flow", "people": "number of people"}
    moved = [f"{names[name]} x {parts[name]:.2g}" for name in names if not 1 / _NOTEWORTHY < parts[name] < _NOTEWORTHY]
    return [f"Of that: {', '.join(moved)}."] if moved else []


def hangs_on(said: Mapping[str, Any]) -> list[str]:
    """What a signal hangs on, a sentence each: one part, a laboratory batch, days that were left out."""
    found = []
    left = said.get("left_out")
    allowed = said.get("allowed")
    if left and allowed is not None:
        if left["p"] > allowed:
            found.append(f"It hangs on {left['part']}: without that it would not be shown.")
        else:
            found.append("No single sample or site makes it: it stays without any one of them.")
    if said.get("n_batches") == 1 and (said.get("n_days") or 0) > 1:
        found.append("All its samples were measured in one laboratory batch: ask the laboratory first.")
    batch = said.get("batch")
    if batch and batch["is_odd"]:
        others = f"{batch['n_other_sites']} other sites"
        found.append(f"In its laboratory batch {others} depart likewise: ask the laboratory first.")
    cluster = said.get("cluster")
    if cluster:
        found.append(f"Around it, {cluster['n_sites']} neighbouring sites are up together.")
    if said.get("n_kept_out"):
        found.append(f"{said['n_kept_out']} loads of known disposal were left out.")
    return found


def _switch(said: Mapping[str, Any]) -> list[str]:
    factor = said.get("switch_off")
    if not factor:
        return []
    word = "more" if said["kind"] == "drop" else "less"
    if said["kind"] in ("ratio", "variance"):
        return []
    percent = 100 * (factor - 1) if word == "more" else 100 * (1 - 1 / factor)
    return [f"Had these samples held {percent:.0f} % {word}, it would have been silent."]
