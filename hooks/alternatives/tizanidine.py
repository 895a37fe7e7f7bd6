"""Tizanidine: the second choice for confirmed spasm or spasticity.

Offered when: the first choice is not (`after` in the TOML half), and the order states a spasm or spasticity, or one is
    active on the problem list, and the record does not call it unconfirmed.
Not offered when: a row of the table in `_blocks` holds; each holding row of the gravest kind is told.
Left to the prescriber when: only rows marked `advise` hold, a current drug is known by a text alone that names none we
    know, or the problem list or the prescriptions were not to be had.
Offered with a reminder when: kidney function is not known and the patient is older.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.facts import Facts
from cds_service.domain.indication import indication
from cds_service.domain.kidney import Filtration, Kidney, KidneyLimits, kidney
from cds_service.domain.outcome import Finding, Indicator, Offer, Unfit, Verdict
from cds_service.domain.suitability import (
    Ages,
    Block,
    Sedation,
    Windows,
    declined,
    has_unknown_drugs,
    is_older,
    low_value,
    names_of,
    not_adult,
    not_tolerated,
    recent_problems,
    sedation_of,
    unchecked,
    unlooked,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Limits shared in `hooks/limits.toml`, and its own.

    Attributes:
        qt_drugs_too_many: so many drugs that prolong the QT interval together.
        systolic_below: mmHg, in a value at most `systolic_days` old.
    """

    ages: Ages
    windows: Windows
    sedation: Sedation
    kidney: KidneyLimits
    kidney_words: Mapping[str, str]
    qt_drugs_too_many: int
    systolic_below: int
    systolic_days: int


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:
    """Judge the patient; see the module."""
    spasm = indication(facts, "muscle-spasm", "spasticity-umn")
    if not spasm.confirmed:
        return Unfit(because="unconfirmed" if spasm.present else "no-spasm")
    too_young = not_adult(facts, params.ages)
    if too_young:
        return too_young
    kidneys = kidney(facts, params.kidney)
    return declined(_blocks(facts, findings, params, kidneys)) or _offer(facts, params, kidneys)


def _blocks(facts: Facts, findings: Mapping[str, Finding], params: Params, kidneys: Kidney) -> tuple[Block, ...]:
    return (
        *_record_blocks(facts, findings, params),
        *_interactions(facts),
        *_circulation(facts, params),
        *_sedation_blocks(facts, params),
        *_kidney_blocks(kidneys, params),
        Block(because="alcohol", holds=bool(facts.active_problems("alcohol-use-disorder")), advise=True),
        Block(because="unknown-drug", holds=has_unknown_drugs(facts, days=0, history_days=0), advise=True),
        *unchecked(facts),
    )


def _record_blocks(facts: Facts, findings: Mapping[str, Finding], params: Params) -> tuple[Block, ...]:
    stopped, since = params.windows.stopped_days, facts.as_of - timedelta(days=params.windows.stopped_days)
    older = is_older(facts, params.ages)
    stroke = findings.get("stroke-recovery")
    recovering = stroke is not None and stroke.ceiling is not Indicator.INFO
    fell = recent_problems(facts, "falls", days=params.windows.fall_days)
    tried = facts.past_drugs("tizanidine", since=since).items
    return (
        Block(because="pregnancy", holds="pregnancy" in findings),
        Block(because="not-tolerated", holds=not_tolerated(facts, "tizanidine", days=stopped)),
        Block(because="already", holds=bool(facts.current_drugs("tizanidine"))),
        Block(because="ineffective", holds=any(drug.ineffective for drug in tried)),
        Block(
            because="stroke",
            holds=recovering
            or bool(facts.active_problems("stroke-sequelae"))
            or facts.stated_reasons("stroke-sequelae"),
        ),
        Block(because="liver", holds=bool(facts.active_problems("hepatic-impairment-any", "severe-hepatic-disease"))),
        Block(because="myasthenia", holds=bool(facts.active_problems("myasthenia-gravis"))),
        Block(
            because="breathing",
            holds=bool(facts.active_problems("severe-respiratory-insufficiency", "copd", "sleep-apnea")),
        ),
        Block(because="continuing-older", holds=older and facts.prior_use.continuing),
        Block(because="fall", holds=older and bool(fell)),
        Block(because="mind", holds=older and bool(facts.active_problems("dementia-delirium"))),
    )


def _interactions(facts: Facts) -> tuple[Block, ...]:
    strong = names_of(facts.current_drugs("cyp1a2-inhibitors-strong").items, "cyp1a2-inhibitors-strong")
    other = names_of(facts.current_drugs("cyp1a2-inhibitors-other").items, "cyp1a2-inhibitors-other")
    return (
        Block(because="inhibitor-strong", holds=bool(strong), values={"strong": strong}),
        Block(because="inhibitor-other", holds=bool(other), values={"other": other}),
    )


def _circulation(facts: Facts, params: Params) -> tuple[Block, ...]:
    agonists = names_of(facts.current_drugs("alpha2-agonists").items, "alpha2-agonists")
    prolonging = names_of(facts.current_drugs("qt-prolonging-drugs").items, "qt-prolonging-drugs")
    low = low_value(facts, "obs-systolic-pressure", below=params.systolic_below, days=params.systolic_days)
    return (
        Block(because="hypotension", holds=bool(facts.active_problems("hypotension"))),
        Block(because="pressure", holds=bool(low), values={"pressure": low}),
        Block(because="agonist", holds=bool(agonists), values={"agonists": agonists}),
        Block(because="long-qt", holds=bool(facts.active_problems("long-qt"))),
        Block(
            because="qt-drugs",
            holds=len(prolonging) >= params.qt_drugs_too_many,
            values={"prolonging": prolonging},
        ),
    )


def _sedation_blocks(facts: Facts, params: Params) -> tuple[Block, ...]:
    sedated = sedation_of(facts, params.sedation)
    return (
        Block(because="opioid", holds=bool(facts.current_drugs("opioids"))),
        Block(because="strongest", holds=bool(sedated.strongest), values={"strongest": sedated.strongest}),
        Block(because="sedatives", holds=sedated.too_many, values={"sedatives": sedated.names}),
    )


def _kidney_blocks(kidneys: Kidney, params: Params) -> tuple[Block, ...]:
    told = {"kidney": params.kidney_words[kidneys.source].format(value=kidneys.shown) if kidneys.source else ""}
    return (
        Block(because="kidney-severe", holds=kidneys.filtration is Filtration.SEVERE, values=told),
        Block(because="kidney-reduced", holds=kidneys.filtration is Filtration.REDUCED, advise=True, values=told),
    )


def _offer(facts: Facts, params: Params, kidneys: Kidney) -> Offer:
    reminded = kidneys.unknown and is_older(facts, params.ages)
    local = not indication(facts, "spasticity-umn").confirmed
    holds = {
        "check-egfr": reminded,
        "kidney-unlooked": bool(kidneys.missing) and not reminded,
        "with-taper": facts.prior_use.continuing,
        **dict.fromkeys(unlooked(facts), True),
    }
    said = tuple(token for token, true in holds.items() if true)
    label = "-".join(token for token, true in (("off-label", local), ("check-egfr", reminded)) if true)
    return Offer(label=label, points=(*(("off-label",) if local else ()), *said), notes=said)
