"""Baclofen: the first choice for confirmed spasm or spasticity.

Offered when: the order states a spasm or spasticity, or one is active on the problem list, and the record does not call
    it unconfirmed; to a continuing user only beside a taper, and not when older.
Not offered when: a row of the table in `_blocks` holds; each holding row of the gravest kind is told.
Left to the prescriber when: only rows marked `advise` hold, or the problem list or the prescriptions were not to be
    had.
Offered with a reminder when: kidney function is not known and the patient is older.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.facts import Facts
from cds_service.domain.indication import Indication, indication
from cds_service.domain.kidney import Filtration, Kidney, KidneyLimits, kidney
from cds_service.domain.outcome import Declined, Finding, Indicator, Offer, Unfit, Verdict
from cds_service.domain.suitability import (
    Ages,
    Block,
    Sedation,
    Windows,
    declined,
    is_older,
    not_adult,
    not_tolerated,
    recent_problems,
    sedation_of,
    unchecked,
    unlooked,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Limits, all from `hooks/limits.toml`; `kidney_words` by source of the kidney function."""

    ages: Ages
    windows: Windows
    sedation: Sedation
    kidney: KidneyLimits
    kidney_words: Mapping[str, str]


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:
    """Judge the patient; see the module."""
    spasm = indication(facts, "muscle-spasm", "spasticity-umn")
    if not spasm.confirmed:
        return _without_spasm(facts, spasm)
    too_young = not_adult(facts, params.ages)
    if too_young:
        return too_young
    kidneys = kidney(facts, params.kidney)
    blocked = declined(_blocks(facts, findings, params, kidneys), points=_specialist(facts, findings))
    return blocked or _offer(facts, findings, params, kidneys)


def _without_spasm(facts: Facts, spasm: Indication) -> Verdict:
    """Rheumatic disease as the only reason is named, because the label excludes it; anything else is not."""
    rheumatoid = indication(facts, "rheumatoid-arthritis")
    anxious = indication(facts, "anxiety-disorders").present
    if not spasm.present and (rheumatoid.stated or (rheumatoid.inferred and not anxious)):
        return Declined(because="rheumatoid")
    return Unfit(because="unconfirmed" if spasm.present else "no-spasm")


def _blocks(facts: Facts, findings: Mapping[str, Finding], params: Params, kidneys: Kidney) -> tuple[Block, ...]:
    older = is_older(facts, params.ages)
    return (
        *_record_blocks(facts, findings, params),
        *_kidney_blocks(kidneys, params, older=older),
        *_older_blocks(facts, params, older=older),
        Block(
            because="seizures",
            holds=bool(facts.active_problems("seizure-disorders", "status-epilepticus")),
            advise=True,
        ),
        Block(because="alcohol", holds=bool(facts.active_problems("alcohol-use-disorder")), advise=True),
        *unchecked(facts),
    )


def _record_blocks(facts: Facts, findings: Mapping[str, Finding], params: Params) -> tuple[Block, ...]:
    stopped, since = params.windows.stopped_days, facts.as_of - timedelta(days=params.windows.stopped_days)
    stroke = findings.get("stroke-recovery")
    recovering = stroke is not None and stroke.ceiling is not Indicator.INFO
    central = "cerebral-palsy-or-parkinson"
    sedated = sedation_of(facts, params.sedation)
    current = facts.current_drugs("baclofen", "baclofen-intrathecal")
    tried = facts.past_drugs("baclofen", since=since)
    return (
        Block(because="pregnancy", holds="pregnancy" in findings),
        Block(because="not-tolerated", holds=not_tolerated(facts, "baclofen", "baclofen-intrathecal", days=stopped)),
        Block(because="already", holds=bool(current)),
        Block(because="ineffective", holds=not current and any(drug.ineffective for drug in tried.items)),
        Block(because="tried", holds=bool(tried) and not current, advise=True),
        Block(
            because="stroke",
            holds=recovering
            or bool(facts.active_problems("stroke-sequelae"))
            or facts.stated_reasons("stroke-sequelae"),
        ),
        Block(because="central", holds=bool(facts.active_problems(central)) or facts.stated_reasons(central)),
        Block(because="myasthenia", holds=bool(facts.active_problems("myasthenia-gravis"))),
        Block(
            because="breathing",
            holds=bool(facts.active_problems("severe-respiratory-insufficiency", "copd", "sleep-apnea")),
        ),
        Block(because="opioid", holds=bool(facts.current_drugs("opioids"))),
        Block(because="strongest", holds=bool(sedated.strongest), values={"strongest": sedated.strongest}),
        Block(because="sedatives", holds=sedated.too_many, values={"sedatives": sedated.names}),
    )


def _kidney_blocks(kidneys: Kidney, params: Params, *, older: bool) -> tuple[Block, ...]:
    told = {"kidney": params.kidney_words[kidneys.source].format(value=kidneys.shown) if kidneys.source else ""}
    reduced = kidneys.filtration is Filtration.REDUCED
    return (
        Block(because="kidney-severe", holds=kidneys.filtration is Filtration.SEVERE, values=told),
        Block(because="kidney-reduced-older", holds=reduced and older, advise=True, values=told),
        Block(because="kidney-reduced", holds=reduced and not older, advise=True, values=told),
    )


def _older_blocks(facts: Facts, params: Params, *, older: bool) -> tuple[Block, ...]:
    fell = recent_problems(facts, "falls", days=params.windows.fall_days)
    return (
        Block(because="continuing-older", holds=older and facts.prior_use.continuing),
        Block(because="fall", holds=older and bool(fell), advise=True),
        Block(because="mind", holds=older and bool(facts.active_problems("dementia-delirium")), advise=True),
    )


def _offer(facts: Facts, findings: Mapping[str, Finding], params: Params, kidneys: Kidney) -> Offer:
    reminded = kidneys.unknown and is_older(facts, params.ages)
    holds = {
        "check-egfr": reminded,
        "kidney-unlooked": bool(kidneys.missing) and not reminded,
        "with-taper": facts.prior_use.continuing,
        **dict.fromkeys(unlooked(facts), True),
    }
    said = tuple(token for token, true in holds.items() if true)
    return Offer(
        label="check-egfr" if reminded else "",
        points=(*_off_label(facts), *said, *_specialist(facts, findings)),
        notes=said,
    )


def _off_label(facts: Facts) -> tuple[str, ...]:
    labelled = ("multiple-sclerosis", "spinal-cord-disease")
    if not indication(facts, "spasticity-umn").confirmed:
        return ("off-label-spasm",)
    if facts.stated_reasons(*labelled) or facts.active_problems("multiple-sclerosis", "spinal-cord-disease"):
        return ()
    return ("off-label-spasticity",)


def _specialist(facts: Facts, findings: Mapping[str, Finding]) -> tuple[str, ...]:
    """Whom to ask beyond tablets in spasticity, unless a card says so already; no toxin in myasthenia."""
    said = "first-line-alternative" in findings or "stroke-recovery" in findings
    if said or not indication(facts, "spasticity-umn").confirmed:
        return ()
    return ("specialist-myasthenia" if facts.active_problems("myasthenia-gravis") else "specialist",)
