"""An SSRI for anxiety: one of several, in the order of `names` in the TOML half.

Offered when: the order states an anxiety disorder or one is active on the problem list, and at least one of the drugs
    is free of its own rows; the first free one is drafted, the others are told with their reasons. To a continuing user
    only beside a taper.
Not offered when: a row of the table for all of them holds, or each is blocked by a row of its own.
Left to the prescriber when: only rows marked `advise` hold, a drug that is current or may still act is known by a text
    alone that names none we know, or the problem list or the prescriptions were not to be had.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from cds_service.domain.facts import Facts, label_of
from cds_service.domain.indication import indication
from cds_service.domain.kidney import Filtration, KidneyLimits, kidney
from cds_service.domain.outcome import Declined, Finding, Offer, PassedOver, Unfit, Verdict
from cds_service.domain.suitability import (
    Ages,
    Block,
    Windows,
    declined,
    has_unknown_drugs,
    is_named,
    is_older,
    may_still_act,
    names_of,
    not_adult,
    not_tolerated,
    passed_over,
    recent_problems,
    unchecked,
    unlooked,
)

ALWAYS = ("psychological",)  # said whether a drug is offered or not


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Limits shared in `hooks/limits.toml`, and its own.

    Attributes:
        names: choice -> words in names of that drug, in the order in which they are tried.
        serotonergic: words in names of opioids that act on serotonin.
        maoi_days, history_days: an MAOI acts for so many days after its last dose; older records do not count.
        young_age: below this age, in completed years, suicidal thoughts are watched for.
    """

    ages: Ages
    windows: Windows
    kidney: KidneyLimits
    names: Mapping[str, tuple[str, ...]]
    serotonergic: tuple[str, ...]
    maoi_days: int
    history_days: int
    young_age: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What the rows of single drugs ask for."""

    older: bool
    liver: bool
    liver_severe: bool
    kidney_severe: bool


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:
    """Judge the patient; see the module."""
    anxiety = indication(facts, "anxiety-disorders")
    if not anxiety.present:
        return Unfit(because="no-anxiety")
    too_young = not_adult(facts, params.ages)
    if too_young:
        return replace(too_young, points=ALWAYS)
    blocked = declined(_blocks(facts, findings, params), points=ALWAYS)
    if blocked:
        return blocked
    patient = Patient(
        older=is_older(facts, params.ages),
        liver=bool(facts.active_problems("hepatic-impairment-any", "severe-hepatic-disease")),
        liver_severe=bool(facts.active_problems("severe-hepatic-disease")),
        kidney_severe=kidney(facts, params.kidney).filtration is Filtration.SEVERE,
    )
    return _choose(facts, patient, params)


# All of them ----------------------------------------------------------------------------------------------------------


def _blocks(facts: Facts, findings: Mapping[str, Finding], params: Params) -> tuple[Block, ...]:
    fell = recent_problems(facts, "falls", days=params.windows.fall_days)
    angle = facts.active_problems("glaucoma-angle-closure", "glaucoma-angle-closure-acute")
    unknown = has_unknown_drugs(facts, days=params.maoi_days, history_days=params.history_days)
    return (
        *_drug_blocks(facts, params),
        Block(because="bipolar", holds=bool(facts.active_problems("bipolar-disorder"))),
        Block(because="bleeding", holds=bool(facts.active_problems("active-bleeding"))),
        Block(because="sodium", holds=bool(facts.active_problems("hyponatremia"))),
        Block(because="pregnancy", holds="pregnancy" in findings, advise=True),
        Block(because="angle-closure", holds=bool(angle), advise=True),
        Block(because="fall", holds=is_older(facts, params.ages) and bool(fell), advise=True),
        Block(because="unknown-drug", holds=unknown, advise=True),
        *unchecked(facts),
    )


def _drug_blocks(facts: Facts, params: Params) -> tuple[Block, ...]:
    treating = ("ssri", "antidepressants-other-serotonergic", "tricyclics")
    treated = names_of(facts.current_drugs("ssri", "antidepressants-other-serotonergic", "tricyclics").items, *treating)
    oxidase = names_of(may_still_act(facts, "maois", days=params.maoi_days, history_days=params.history_days), "maois")
    blockers = names_of(facts.current_drugs("pimozide-thioridazine").items, "pimozide-thioridazine")
    serotonergic = _serotonergic(facts, params)
    return (
        Block(because="treated", holds=bool(treated), values={"treated": treated}),
        Block(because="class-reaction", holds=not_tolerated(facts, "ssri-class", days=params.windows.stopped_days)),
        Block(because="maoi", holds=bool(oxidase), values={"maoi": oxidase}),
        Block(because="blockers", holds=bool(blockers), values={"blockers": blockers}),
        Block(because="serotonergic", holds=bool(serotonergic), advise=True, values={"serotonergic": serotonergic}),
    )


def _serotonergic(facts: Facts, params: Params) -> tuple[str, ...]:
    """By their own word lists, and among the opioids by name, because a code alone carries no text."""
    named = [
        one
        for one in facts.current_drugs("opioids").items
        if is_named(label_of(one.classes, "opioids"), params.serotonergic)
    ]
    listed = facts.current_drugs("serotonergic-opioids", "triptans").items
    return names_of((*named, *listed), "opioids", "serotonergic-opioids", "triptans")


# One of them ----------------------------------------------------------------------------------------------------------


def _choose(facts: Facts, patient: Patient, params: Params) -> Verdict:
    """The first drug free of rows of its own; the others with the reason why not they."""
    blocked = {choice: passed_over(_rows(choice, facts, patient, params), choice) for choice in params.names}
    chosen = next((choice for choice, over in blocked.items() if over is None), None)
    also = tuple(
        over or PassedOver(choice=choice, because=f"second-{choice}", advise=True)
        for choice, over in blocked.items()
        if choice != chosen
    )
    return (
        Declined(because="none-left", also=also, points=ALWAYS)
        if chosen is None
        else _offer(chosen, also, facts, patient, params)
    )


def _rows(choice: str, facts: Facts, patient: Patient, params: Params) -> tuple[Block, ...]:
    stopped, named = params.windows.stopped_days, params.names[choice]
    since = facts.as_of - timedelta(days=stopped)
    tried = [
        one for one in facts.past_drugs("ssri", since=since).items if is_named(label_of(one.classes, "ssri"), named)
    ]
    own = (
        Block(because="not-tolerated", holds=not_tolerated(facts, "ssri", days=stopped, named=named)),
        Block(because="ineffective", holds=any(one.ineffective for one in tried)),
    )
    match choice:
        case "escitalopram":
            prolonging = names_of(facts.current_drugs("qt-prolonging-drugs").items, "qt-prolonging-drugs")
            return (
                *own,
                Block(because="long-qt", holds=bool(facts.active_problems("long-qt"))),
                Block(because="qt-drugs", holds=bool(prolonging), values={"prolonging": prolonging}),
            )
        case "sertraline":
            return (
                *own,
                Block(because="liver-severe", holds=patient.liver_severe),
                Block(because="liver", holds=patient.liver, advise=True),
            )
        case _:
            return (
                *own,
                Block(because="older", holds=patient.older),
                Block(because="tamoxifen", holds=bool(facts.current_drugs("tamoxifen"))),
            )


def _offer(chosen: str, also: tuple[PassedOver, ...], facts: Facts, patient: Patient, params: Params) -> Offer:
    cautions = (*_cautions(chosen, facts, patient), *unlooked(facts))
    young = facts.age is not None and facts.age.minimum < params.young_age
    smaller = chosen == "paroxetine" and (patient.liver_severe or patient.kidney_severe)
    return Offer(
        choice=f"{chosen}-smaller" if smaller else chosen,
        points=(f"chosen-{chosen}", *(("young",) if young else ()), *cautions, *ALWAYS),
        notes=(*(("second-step",) if chosen == "sertraline" else ()), *cautions),
        also=also,
    )


def _cautions(chosen: str, facts: Facts, patient: Patient) -> tuple[str, ...]:
    """Sentences that stand both on the card and in the note of the order."""
    sodium = patient.older and (facts.problems_in("hyponatremia") or facts.current_drugs("thiazides"))
    first = chosen == "escitalopram"
    holds = {
        "most": first and (patient.older or patient.liver),
        "kidney": first and patient.kidney_severe,
        "smaller": chosen == "paroxetine" and (patient.liver_severe or patient.kidney_severe),
        "seizures": bool(facts.active_problems("seizure-disorders", "status-epilepticus")),
        "sodium": bool(sodium),
        "bleeding": bool(facts.current_drugs("bleeding-risk-drugs")),
        "buspirone": bool(facts.current_drugs("buspirone")),
    }
    return tuple(token for token, true in holds.items() if true)
