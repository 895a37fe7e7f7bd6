"""Data quality: what stood in the way of a complete check.

Says: which facts were missing or unclear, so that silence is not read as "nothing wrong".
Speaks when: there is no birth date; the order could not be read surely (its doubts); its dose is unknown or known from
    text only; or the problem list or the prescriptions were not to be had, in whole or in part.
Silent when: none of these.
Cannot tell when: never.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.domain.facts import Facts, SectionName, Unavailable
from cds_service.domain.orders import Dose, DoseUnknown
from cds_service.domain.outcome import Finding, NotApplicable, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """How each gap is named on the card, by token."""

    names: Mapping[str, str]


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Collect the gaps; see the module."""
    gaps = dict.fromkeys((*_patient(facts), *_order(facts), *_core(facts)))
    if not gaps:
        return NotApplicable(because="complete")
    return Finding(variant="incomplete", values={"what": tuple(params.names[gap] for gap in gaps)})


def _patient(facts: Facts) -> list[str]:
    return ["birth-date"] if facts.age is None else []


def _order(facts: Facts) -> list[str]:
    dose = facts.order.dose
    gaps = list(facts.order.doubts)
    if isinstance(dose, DoseUnknown):
        gaps.append("dose-unknown")
    if isinstance(dose, Dose) and dose.from_text:
        gaps.append("dose-from-text")
    return gaps


def _core(facts: Facts) -> list[str]:
    gaps = []
    for name, section in ((SectionName.PROBLEMS, facts.problems), (SectionName.MEDICATIONS, facts.medications)):
        if isinstance(section, Unavailable):
            gaps.append(name.value)
        elif section.gaps:
            gaps.append(f"{name.value}-partly")
    return gaps
