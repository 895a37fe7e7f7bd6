"""CNS depressants: alcohol.

Says: that diazepam with alcohol can be fatal, or that it has to be talked about.
Speaks when: an alcohol use disorder is active, or a screening score within `window_days` is positive for the patient's
    administrative sex (warning); or use is past, in remission, or reported without being a problem (info).
Silent when: none of these is on record.
Cannot tell when: the problem list or the observations could not be looked at, and nothing was found elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cds_service.domain.basis import measurement_basis, problem_basis, problem_finding
from cds_service.domain.facts import Facts, Known, Measurement, ProblemStatus, SectionName
from cds_service.domain.outcome import Finding, NotApplicable, NotAssessed, Outcome

DISORDER = "alcohol-use-disorder"
REMISSION = "alcohol-use-remission"
SCREENING = "obs-alcohol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Params:
    """Screening scores by LOINC code, each with its name and its limits for men and for everyone else.

    `drinks` are codes of drinks per day: any above zero informs.
    """

    window_days: int
    names: Mapping[str, str]
    male_limits: Mapping[str, int]
    other_limits: Mapping[str, int]
    drinks: tuple[str, ...]


def evaluate(facts: Facts, params: Params) -> Outcome:
    """Look for alcohol; see the module."""
    disorder = facts.active_problems(DISORDER)
    if disorder:
        return problem_finding("disorder", disorder.items, DISORDER)
    recent = _recent(facts, params)
    positive = [score for score in recent if _positive(score, facts.sex, params)]
    if positive:
        names = dict.fromkeys(
            f"{params.names[_code(score)]} {score.comparator}{score.value.normalize():f}" for score in positive
        )
        basis = tuple(measurement_basis(score, SCREENING) for score in positive)
        return Finding(variant="screening", values={"score": tuple(names)}, basis=basis)
    return _milder(facts, recent, params, disorder.missing)


def _milder(facts: Facts, recent: list[Measurement], params: Params, missing: tuple[str, ...]) -> Outcome:
    remission = facts.problems_in(REMISSION).items
    past = facts.problems_in(DISORDER, status=ProblemStatus.PAST).items
    drinks = [score for score in recent if _code(score) in params.drinks and _above_zero(score)]
    if remission or past or drinks:
        return Finding(
            variant="past",
            basis=(
                *(problem_basis(problem, REMISSION, DISORDER) for problem in (*remission, *past)),
                *(measurement_basis(score, SCREENING) for score in drinks),
            ),
        )
    if not isinstance(facts.observations, Known) or facts.observations.gaps:
        missing = (*missing, SectionName.OBSERVATIONS.value)
    return NotAssessed(missing=missing) if missing else NotApplicable(because="none")


def _recent(facts: Facts, params: Params) -> list[Measurement]:
    observations = facts.observations.items if isinstance(facts.observations, Known) else ()
    window = facts.as_of - timedelta(days=params.window_days)
    return [
        score
        for score in observations
        if SCREENING in score.classes and score.taken and score.taken.touches(window, facts.as_of)
    ]


def _positive(score: Measurement, sex: str, params: Params) -> bool:
    limits = params.male_limits if sex == "male" else params.other_limits
    limit = limits.get(_code(score))
    if limit is None or score.comparator in {"<", "<="}:
        return False
    return score.value + (Decimal(1) if score.comparator == ">" else 0) >= limit  # scores are whole numbers


def _above_zero(score: Measurement) -> bool:
    return score.value > 0 or score.comparator == ">"


def _code(score: Measurement) -> str:
    return score.classes[SCREENING].code
