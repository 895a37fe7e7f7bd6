"""sg-cancel: the draft is taken out, never of someone who takes the drug regularly."""

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.dates import Certainty
from tests.builders import age, allergy, drug, facts, order, problem
from tests.spec.release import Example, answer, judged, suggested, verdict

ALTERNATIVE = "sg-cancel"
CONTINUING = PriorUse(covered_days=29, continuing=True)
OPIOID = drug("opioids", label="oxycodone")
ALLERGIC = allergy("diazepam", label="diazepam")

EXAMPLES = [
    Example(of=ALTERNATIVE, case="a new course", facts=facts(), says="offered"),
    Example(
        of=ALTERNATIVE, case="90 days of diazepam before", facts=facts(prior_use=CONTINUING), says="not applicable"
    ),
    Example(
        of=ALTERNATIVE,
        case="earlier prescriptions could not be looked at",
        facts=facts(prior_use=PriorUse(missing=("medications",))),
        says="not offered: unlooked",
    ),
]


@pytest.mark.parametrize(
    ("use", "says"),
    [
        (PriorUse(), "offered"),
        (PriorUse(covered_days=28), "offered"),
        (CONTINUING, "not applicable"),
        (PriorUse(missing=("medications",)), "not offered: unlooked"),
        (PriorUse(missing=("medications", "statements")), "not offered: unlooked"),
        (PriorUse(covered_days=60, continuing=True, missing=("medications",)), "not applicable"),
    ],
)
def test_only_a_new_course(use, says):
    assert judged(ALTERNATIVE, facts(prior_use=use)) == says


def test_a_medication_list_that_could_not_be_looked_at_is_said():
    offer = verdict(ALTERNATIVE, facts(prior_use=PriorUse(missing=("statements",))))
    assert offer.points == ("unlooked-statements",)


def test_beside_an_opioid_a_continuing_user_gets_a_taper_in_its_place():
    assert ALTERNATIVE in suggested(facts(medications=[OPIOID]))
    continuing = facts(medications=[OPIOID], prior_use=CONTINUING)
    assert ALTERNATIVE not in suggested(continuing)
    assert "sg-taper" in suggested(continuing)


@pytest.mark.parametrize(
    "exempt",
    [
        {"order": order(reasons=["seizure-disorders"])},
        {"order": order(reasons=["alcohol-withdrawal"])},
        {"order": order(reasons=["tetanus"])},
        {"problems": [problem("hospice-palliative")]},
    ],
)
def test_under_an_exemption_only_for_allergy_and_the_very_young(exempt):
    assert suggested(facts(medications=[OPIOID], **exempt)) == []
    allergic = facts(medications=[OPIOID], allergies=[ALLERGIC], **exempt)
    assert suggested(allergic) == [ALTERNATIVE]
    assert answer(allergic)["allergy"][0] == ["Do not start diazepam"]
    infant = age(0, under_six_months=Certainty.CERTAIN)
    assert suggested(facts(age=infant, **exempt)) == [ALTERNATIVE]


def test_a_draft_without_an_id_cannot_be_taken_out():
    assert ALTERNATIVE not in suggested(facts(order=order(reference=""), medications=[OPIOID]))


def test_nothing_is_added_when_all_earlier_prescriptions_were_looked_at():
    assert verdict(ALTERNATIVE, facts()).points == ()
