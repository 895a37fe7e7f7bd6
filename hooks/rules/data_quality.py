"""Data quality: what stood in the way of a complete check.

Says: which facts were missing or unclear, and which checks rest on them: silence must not be read as "nothing wrong".
Speaks when: the problem list or the prescriptions were not to be had, in whole or in part, though this system does send
    them; there is no birth date; or the order could not be read surely (its doubts): its dose unknown, say, or known
    from text only.
    Where it speaks, it also tells that the order gives no reason; that alone is no reason to speak.
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
    """How each gap is named on the card, by token, the weightiest first; doubts that need no card of their own."""

    names: Mapping[str, str]
    accepted: tuple[str, ...]


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Collect the gaps; see the module.

    Raises:
        ValueError: a doubt that is neither named nor accepted: the content does not know it.
    """
    found = {*_core(facts), *_patient(facts), *_order(facts)}
    gaps = sorted(found.difference(params.accepted), key=[*params.names].index)
    if not gaps:
        return NotApplicable(because="complete")
    points = [*gaps, *([] if facts.order.reasons else ["no-reason"])]
    return Finding(
        variant="incomplete", values={"what": tuple(params.names[gap] for gap in gaps)}, points=tuple(points)
    )


def _core(facts: Facts) -> list[str]:
    gaps = []
    for name, section in ((SectionName.MEDICATIONS, facts.medications), (SectionName.PROBLEMS, facts.problems)):
        if isinstance(section, Unavailable):
            gaps += [] if section.agreed else [name.value]
        elif section.gaps:
            gaps.append(f"{name.value}-partly")
    return gaps


def _patient(facts: Facts) -> list[str]:
    return ["birth-date"] if facts.age is None else []


def _order(facts: Facts) -> list[str]:
    dose, doubts = facts.order.dose, list(facts.order.doubts)
    if isinstance(dose, DoseUnknown) and "strength-unknown" not in doubts:
        doubts.append("dose-unknown")
    if isinstance(dose, Dose) and dose.from_text:
        doubts.append("dose-from-text")
    return doubts
