"""The sentences at the head: words, then number, then interval, then coverage; and what the report cannot say."""

from __future__ import annotations

import polars as pl

from headworks.reports.content import Amount, Label, Message, Sentence, Share, tell
from headworks.reports.inputs import View
from headworks.reports.standing import SURE, Tally


def _words(drug: Label, counts: Tally, period: str) -> Message:
    if counts.n_sampled == 0:
        return tell("{drug}: not sampled in {period}", drug=drug, period=period)
    if counts.n_pairs == 0:
        return tell("{drug}: change not known, no site was measured a year before", drug=drug)
    return tell(
        "{drug}: rising at {rising} of {pairs} sites measured in both {previous} and {period}"
        " (probability of a rise above {sure}), falling at {falling}",
        drug=drug, rising=counts.n_rising, pairs=counts.n_pairs, previous=counts.previous_period or "", period=period,
        sure=Share(SURE), falling=counts.n_falling,
    )  # fmt: skip


def _number(counts: Tally) -> Message:
    if counts.n_sampled == 0:
        return tell("no number")
    if counts.median is None:
        return tell("median site below the limit of quantification")
    return tell("median site {median} mg per 1,000 people a day", median=Amount(counts.median))


def _interval(counts: Tally) -> Message:
    if counts.highest is None:
        return tell("no interval: no site has a value")
    if counts.n_below == 0:
        return tell(
            "middle half of the sites {low} to {high}, range {lowest} to {highest}",
            low=Amount(counts.quarter_low), high=Amount(counts.quarter_high),
            lowest=Amount(counts.lowest), highest=Amount(counts.highest),
        )  # fmt: skip
    if counts.quarter_low is None:
        return tell(
            "range from below the limit ({below} sites) to {highest}", below=counts.n_below, highest=Amount(counts.highest)
        )
    return tell(
        "middle half of the sites {low} to {high}, range from below the limit ({below} sites) to {highest}",
        low=Amount(counts.quarter_low), high=Amount(counts.quarter_high), below=counts.n_below,
        highest=Amount(counts.highest),
    )  # fmt: skip


def _coverage(counts: Tally) -> Message:
    if counts.people_known <= 0:
        return tell("{sampled} of {known} sites sampled, population not known", sampled=counts.n_sampled, known=counts.n_known)
    return tell(
        "{sampled} of {known} sites sampled, {share} of the people who drain to known sites",
        sampled=counts.n_sampled,
        known=counts.n_known,
        share=Share(counts.people_sampled / counts.people_known),
    )


def headline(drug: Label, counts: Tally, period: str) -> Sentence:
    """The sentence of one drug.

    Parameters
    ----------
    drug
        Its name.
    counts
        What was counted over the sites the reader may see.
    period
        Label of the period.
    """
    return Sentence(_words(drug, counts, period), _number(counts), _interval(counts), _coverage(counts))


def limits_of_what_is_said(view: View) -> tuple[Message, ...]:
    """What a reader could take from the report and must not; with this report's own numbers where there are any."""
    now = view.tables.period_means.filter(pl.col("period") == view.request.period.label)
    places = (
        tell("What places without a sample are like. A figure speaks for the residents covered; nothing is filled in.")
        if view.is_deep
        else tell("What places without a sample are like. The sites were not drawn at random; no total for the area is given.")
    )
    said = [
        tell("How many people use, who they are, how pure or how dear it is: a load is a residue that reached the plant."),
        places,
    ]
    if now.height:
        days = now["n_days"].median()
        said.append(
            tell(
                "What the other days were like: the typical site was sampled on {days} of {all} days of the period.",
                days=float(str(days)),
                all=int(now["days_in_period"][0]),
            )
        )
    said += [
        tell("That nothing was there: below the limit means less than could be measured, not zero."),
        tell("An exact order of areas: where intervals overlap, none is claimed; ranks are given from–to.")
        if view.is_deep
        else tell("An exact order of sites: where intervals overlap, none is claimed; ranks are given from–to."),
        tell("Use alone: medicines, discarded drugs and visitors are in the load too, residents away are not."),
    ]
    return tuple(said)
