"""Age: benzodiazepines in people of 65 and over.

Says: the drug is best avoided at this age, what it may do, what raises the risk further, and what fits instead.
Speaks when: the patient has, or by a partial birth date may have, completed `older_age` years on the order date.
    With REM sleep behaviour disorder, on record or as the reason, an exception Beers names, it only informs.
Silent when: younger (or exempt: see `hooks/exemptions.toml`).
Cannot tell when: there is no believable birth date.
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.basis import problem_basis, reason_basis
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts, Problem, ProblemStatus, SectionName, in_any
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome

EXCEPTION = "rem-sleep-behavior-disorder"
FALLS, DEMENTIA, FRAGILE = "falls", "dementia-delirium", "osteoporosis"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """`older_age` in completed years; `fall_window_days` before the order date; codes of falls that count undated."""

    older_age: int
    fall_window_days: int
    repeated_falls: tuple[str, ...]


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Judge the age on the order date; see the module."""
    if facts.age is None:
        return NotAssessed(missing=("birth-date",))
    older = facts.age.at_least(params.older_age)
    if older is Certainty.NO:
        return NotApplicable(because="younger")
    variant = "certain" if older is Certainty.CERTAIN else "possible"
    exception = _exception(facts)
    aggravating = _aggravating(facts, params)
    return Finding(
        variant=f"excepted-{variant}" if exception else variant,
        values={"age": facts.age.minimum, "age_max": facts.age.maximum},
        points=tuple(aggravating),
        basis=(
            Basis(label="birth-date", section=SectionName.PATIENT),
            *exception,
            *(problem_basis(problem, value_set) for value_set, problem in aggravating.values()),
        ),
    )


def _exception(facts: Facts) -> tuple[Basis, ...]:
    problems = facts.active_problems(EXCEPTION).items
    reasons = [reason for reason in facts.order.reasons if in_any(reason.classes, (EXCEPTION,))]
    return (
        *(reason_basis(reason, EXCEPTION) for reason in reasons),
        *(problem_basis(problem, EXCEPTION) for problem in problems),
    )


def _aggravating(facts: Facts, params: Params) -> dict[str, tuple[str, Problem]]:
    """Sentence -> (value set, problem), for what raises the risk further."""
    opens = facts.as_of - timedelta(days=params.fall_window_days)
    falls = facts.problems_in(FALLS).items
    found = {
        "fall": (FALLS, [fall for fall in falls if fall.dated and fall.dated.touches(opens, facts.as_of)]),
        "falls": (FALLS, [fall for fall in falls if _repeated(fall, params)]),
        "dementia": (DEMENTIA, facts.active_problems(DEMENTIA).items),
        "fracture": (FRAGILE, facts.active_problems(FRAGILE).items),
    }
    return {point: (value_set, problems[0]) for point, (value_set, problems) in found.items() if problems}


def _repeated(fall: Problem, params: Params) -> bool:
    return fall.status is ProblemStatus.ACTIVE and not fall.dated and fall.classes[FALLS].code in params.repeated_falls
