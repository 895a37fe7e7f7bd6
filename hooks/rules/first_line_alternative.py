"""Indication: spasm or spasticity, for which other treatment comes first.

Says: the ladder of treatments, step by step; the summary names a drug only when that drug is offered.
Speaks when: spasm or spasticity is confirmed (stated, or active and not called unconfirmed), without anxiety, in an
    adult below `older_age`, in a new course.
Silent when: not confirmed; anxiety as well; older, a child, a continuing user; or recovery after a stroke (`unless`).
Cannot tell when: the problem list, a reason, the birth date or earlier use is not known.
"""

from dataclasses import dataclass

from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts
from cds_service.domain.indication import indication
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

SPASM = ("muscle-spasm", "spasticity-umn")
ANXIETY = "anxiety-disorders"
MYASTHENIA = "myasthenia-gravis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Ages in completed years; the step of the ladder for focal spasticity, and what it is in myasthenia gravis."""

    adult_age: int
    older_age: int
    focal: str
    focal_in_myasthenia: str


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Ask what the order is for, and who it is for; see the module."""
    spasm, anxiety = indication(facts, *SPASM), indication(facts, ANXIETY)
    if anxiety.present:
        return NotApplicable(because="anxiety")
    unfit = _unfit(facts, params)
    if unfit:
        return NotApplicable(because=unfit)
    missing = dict.fromkeys(
        (*anxiety.missing, *facts.prior_use.missing, *(("birth-date",) if facts.age is None else ()))
    )
    if missing and (spasm.confirmed or spasm.missing):
        return NotAssessed(missing=tuple(missing))
    if not spasm.confirmed:
        return NotApplicable(because="unconfirmed" if spasm.present else "none")
    focal = params.focal_in_myasthenia if facts.active_problems(MYASTHENIA) else params.focal
    return Finding(variant="baclofen", values={"focal": focal}, basis=spasm.basis)


def _unfit(facts: Facts, params: Params) -> str:
    """Why this order is for somebody whom another rule advises, or none."""
    if facts.age is not None and facts.age.at_least(params.older_age) is not Certainty.NO:
        return "older"
    if facts.age is not None and facts.age.at_least(params.adult_age) is not Certainty.CERTAIN:
        return "child"
    return "continuing" if facts.prior_use.continuing else ""
