"""Indication: anxiety together with spasm, which the drug is approved for both.

Says: that it can serve as a short bridge, how to start, and when it ends.
Speaks when: anxiety and spasm or spasticity are both stated or active, in an adult below `older_age`, in a new course
    by mouth of at most `longest_days` or of unknown length. After buspirone and cyclobenzaprine it says why neither
    could do.
Silent when: not both; older, a child, a continuing user, a longer course, another form; or another card says avoid
    (`unless`).
Cannot tell when: what would make it silent could not be looked at: this card encourages, so it must know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.basis import drug_basis
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Drug, Facts, Known, Standing
from cds_service.domain.indication import indication
from cds_service.domain.orders import Form
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

ANXIETY = "anxiety-disorders"
SPASM = ("muscle-spasm", "spasticity-umn")
TRIED = ("buspirone", "cyclobenzaprine")
RELAXANT = "cyclobenzaprine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Ages in completed years; the longest course; how far back an earlier trial of other drugs counts, in days."""

    adult_age: int
    older_age: int
    longest_days: int
    history_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Ask what the order is for, and who it is for; see the module."""
    anxiety, spasm = indication(facts, ANXIETY), indication(facts, *SPASM)
    if not (anxiety.present and spasm.present):
        missing = dict.fromkeys((*anxiety.missing, *spasm.missing))
        return NotAssessed(missing=tuple(missing)) if missing else NotApplicable(because="not-both")
    unfit = _unfit(facts, params)
    if unfit:
        return NotApplicable(because=unfit)
    missing = dict.fromkeys(
        (*anxiety.missing, *facts.prior_use.missing, *(("birth-date",) if facts.age is None else ()))
    )
    if missing:
        return NotAssessed(missing=tuple(missing))
    tried = {name: list(_taken(facts, name, params)) for name in TRIED}
    failed = tuple(name for name in TRIED if any(drug.ineffective for drug in tried[name]))
    both = all(tried.values())
    holds = {
        "tried": both,
        "ineffective": both and bool(failed),
        "still-current": both and bool(facts.current_drugs(RELAXANT)),
    }
    drugs = [drug_basis(drugs[0], name) for name, drugs in tried.items()] if both else []
    return Finding(
        variant="both",
        values={"failed": failed},
        points=tuple(point for point, true in holds.items() if true),
        basis=(*anxiety.basis, *spasm.basis, *drugs),
    )


def _unfit(facts: Facts, params: Params) -> str:
    """Why this order is none that this card could encourage."""
    if facts.age is not None and facts.age.at_least(params.older_age) is not Certainty.NO:
        return "older"
    if facts.age is not None and facts.age.at_least(params.adult_age) is not Certainty.CERTAIN:
        return "child"
    if facts.prior_use.continuing:
        return "continuing"
    if facts.order.form is not Form.ORAL:
        return "not-oral"
    total = (facts.order.planned.days or 0) + facts.prior_use.covered_days
    return "longer" if total > params.longest_days else ""


def _taken(facts: Facts, value_set: str, params: Params) -> Iterable[Drug]:
    """Records of a drug that was taken within the window; a draft of this Bundle has not been taken yet."""
    since = facts.as_of - timedelta(days=params.history_days)
    for section in (facts.medications, facts.statements):
        for drug in section.items if isinstance(section, Known) else ():
            last = facts.as_of if drug.standing is Standing.CURRENT else drug.ended or drug.since
            if value_set in drug.classes and drug.standing is not Standing.NEITHER and (last is None or last >= since):
                yield drug
