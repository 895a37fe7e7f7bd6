"""Age: benzodiazepines in people of 65 and over.

Says: the drug is best avoided at this age, what it may do, and what fits this patient instead.
Speaks when: the patient has, or by a partial birth date may have, completed `older_age` years on the order date.
    With REM sleep behaviour disorder, an exception Beers names, it only informs.
Silent when: younger (or exempt: see `hooks/exemptions.toml`).
Cannot tell when: there is no believable birth date.
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts, ProblemStatus
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Thresholds: `older_age` in completed years; `fall_window_days` before the order date."""

    older_age: int
    fall_window_days: int


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Judge the age on the order date; see the module."""
    if facts.age is None:
        return NotAssessed(missing=("birth-date",))
    older = facts.age.at_least(params.older_age)
    if older is Certainty.NO:
        return NotApplicable(because="younger")
    excepted = facts.active_problems("rem-sleep-behavior-disorder").items or facts.stated_reasons(
        "rem-sleep-behavior-disorder"
    )
    variant = "excepted" if excepted else ("certain" if older is Certainty.CERTAIN else "possible")
    return Finding(
        variant=variant,
        values={"age": facts.age.minimum, "age_max": facts.age.maximum},
        points=_aggravating(facts, params),
        basis=(Basis(label="birth-date", section="patient", date=facts.age.precision),),
    )


def _aggravating(facts: Facts, params: Params) -> tuple[str, ...]:
    window = facts.as_of - timedelta(days=params.fall_window_days)
    falls = facts.problems_in("falls").items
    fell = any(fall.dated and fall.dated.touches(window, facts.as_of) for fall in falls)
    checks = {
        "fall": fell,
        "dementia": bool(facts.problems_in("dementia-delirium", status=ProblemStatus.ACTIVE)),
    }
    return tuple(point for point, holds in checks.items() if holds)
