"""Pregnancy.

Says: what the drug may do to the newborn.
Speaks when: a pregnancy is active on the problem list and undated or begun within `window_days` before the order date,
    or the order states it as its reason.
Silent when: there is none, it is over, or it began earlier (an old entry that nobody closed).
Cannot tell when: no such pregnancy was found, and the problem list could not be looked at, in whole or in part, or a
    stated reason leads nowhere.
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.basis import problem_finding, reason_basis
from cds_service.domain.facts import Facts, Problem
from cds_service.domain.indication import indication
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

PREGNANCY = "pregnancy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`window_days`: an entry that began longer before the order date is no present pregnancy."""

    window_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for a present pregnancy; see the module."""
    pregnancy = indication(facts, PREGNANCY)
    present = [one for one in pregnancy.problems if _present(one, facts, params)]
    if present:
        return problem_finding("on-record", present, PREGNANCY)
    if pregnancy.stated:
        return Finding(
            variant="on-record", basis=tuple(reason_basis(reason, PREGNANCY) for reason in pregnancy.reasons)
        )
    if pregnancy.missing:
        return NotAssessed(missing=pregnancy.missing)
    return NotApplicable(because="old" if pregnancy.problems else "none")


def _present(pregnancy: Problem, facts: Facts, params: Params) -> bool:
    return pregnancy.dated is None or pregnancy.dated.latest >= facts.as_of - timedelta(days=params.window_days)
