"""Age: benzodiazepines in people of 65 and over.

Says: the drug is best avoided at this age, what it may do, and what fits this patient instead.
Speaks when: the patient has, or by a partial birth date may have, completed `older_age` years on the order date.
    With REM sleep behaviour disorder, an exception Beers names, it only informs.
Silent when: younger (or exempt: see `hooks/exemptions.toml`).
Cannot tell when: there is no believable birth date.
"""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.domain.basis import problem_basis
from cds_service.domain.dates import Certainty
from cds_service.domain.facts import Facts, Problem, SectionName
from cds_service.domain.outcome import Basis, Finding, NotApplicable, NotAssessed, Outcome

EXCEPTION = "rem-sleep-behavior-disorder"


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
    variant = "certain" if older is Certainty.CERTAIN else "possible"
    if facts.active_problems(EXCEPTION) or facts.stated_reasons(EXCEPTION):
        variant = "excepted"
    aggravating = _aggravating(facts, params)
    return Finding(
        variant=variant,
        values={"age": facts.age.minimum, "age_max": facts.age.maximum},
        points=tuple(aggravating),
        basis=(
            Basis(label="birth-date", section=SectionName.PATIENT),
            *(problem_basis(problem, value_set) for value_set, problem in aggravating.values()),
        ),
    )


def _aggravating(facts: Facts, params: Params) -> dict[str, tuple[str, Problem]]:
    """Sentence -> (value set, problem), for what raises the risk further."""
    window = facts.as_of - timedelta(days=params.fall_window_days)
    falls = [
        fall for fall in facts.problems_in("falls").items if fall.dated and fall.dated.touches(window, facts.as_of)
    ]
    dementia = facts.active_problems("dementia-delirium").items
    found = {"fall": ("falls", falls), "dementia": ("dementia-delirium", dementia)}
    return {point: (value_set, problems[0]) for point, (value_set, problems) in found.items() if problems}
