"""Physical therapy, before or beside the drug.

Offered when: a spasm, spasticity, pain, radiculopathy, stroke or fall is the reason of the order or on the problem
    list.
Not offered when: physical therapy is ordered already.
Offered with a reminder when: requested services could not be looked at.
Not mentioned when: nothing of that is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.domain.facts import Facts, Known
from cds_service.domain.indication import indication
from cds_service.domain.outcome import Declined, Finding, Offer, Unfit, Verdict
from cds_service.domain.suitability import recent_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`codes`: codes of the referral itself, among the services we know; `fall_days` before the order date."""

    codes: tuple[str, ...]
    fall_days: int


def check(facts: Facts, findings: Mapping[str, Finding], params: Params) -> Verdict:  # noqa: ARG001 - the facts decide
    """Judge whether it fits and is not ordered yet; see the module."""
    pain = indication(facts, "muscle-spasm", "spasticity-umn", "chronic-pain", "radiculopathy")
    stroke = facts.problems_in("stroke-acute", "stroke-sequelae", "stroke-history")
    fall = recent_problems(facts, "falls", days=params.fall_days)
    stated = facts.stated_reasons("stroke-acute", "stroke-sequelae", "stroke-history", "falls")
    if not (pain.present or stroke or fall or stated):
        return Unfit(because="nothing-to-treat")
    services = facts.services.items if isinstance(facts.services, Known) else ()
    matches = [one.classes["non-pharmacological"] for one in services if "non-pharmacological" in one.classes]
    if any(match.code in params.codes or not match.code for match in matches):
        return Declined(because="ordered")
    unlooked = not isinstance(facts.services, Known) or bool(facts.services.gaps)
    return Offer(points=("unlooked",) if unlooked else ())
