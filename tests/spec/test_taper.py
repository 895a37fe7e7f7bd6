"""sg-taper: for those who take the drug regularly; dose and frequency stay, supply is never added (ruling 20)."""

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Form
from tests.builders import drug, facts, order, problem
from tests.spec.release import Example, answer, judged, suggested, verdict

ALTERNATIVE = "sg-taper"
CONTINUING = PriorUse(covered_days=90, continuing=True)


def case(days=30, use=CONTINUING, **more):
    return facts(order=order(days=days, **more), prior_use=use)


EXAMPLES = [
    Example(of=ALTERNATIVE, case="30 days more after 90 days", facts=case(), says="offered"),
    Example(of=ALTERNATIVE, case="a new course", facts=case(use=PriorUse()), says="not applicable"),
    Example(
        of=ALTERNATIVE,
        case="ordered as a taper already",
        facts=case(reasons=["sedative-withdrawal"]),
        says="not applicable",
    ),
]


@pytest.mark.parametrize(("planned", "days"), [(10, 10), (27, 27), (28, 28), (29, 28), (120, 28), (None, 28)])
def test_at_most_28_days_and_never_more_than_was_ordered(planned, days):
    offer = verdict(ALTERNATIVE, case(planned))
    assert (offer.values["days"], offer.values["covered"]) == (days, 90)


@pytest.mark.parametrize(
    ("covered", "continuing", "says"),
    [(28, False, "not applicable"), (29, True, "offered"), (0, False, "not applicable")],
)
def test_only_a_continuing_user(covered, continuing, says):
    assert judged(ALTERNATIVE, case(use=PriorUse(covered_days=covered, continuing=continuing))) == says


@pytest.mark.parametrize(
    "more",
    [
        {"reasons": ["sedative-withdrawal"]},
        {"stepped": True, "mentions": ["taper-words"]},
        {"stepped": True},
        {"form": Form.RESCUE},
        {"form": Form.PARENTERAL},
        {"single_dose": True},
    ],
)
def test_not_where_there_is_nothing_to_taper(more):
    assert judged(ALTERNATIVE, case(**more)) == "not applicable"
    assert ALTERNATIVE not in suggested(case(**more))


@pytest.mark.parametrize(
    ("exempt", "offered"),
    [
        ({"order": order(days=30, reasons=["seizure-disorders"])}, False),
        ({"order": order(days=30, reasons=["tetanus"])}, False),
        ({"order": order(days=30, reasons=["sedative-withdrawal"])}, False),
        ({"problems": [problem("hospice-palliative")]}, False),
        ({"order": order(days=30, reasons=["alcohol-withdrawal"])}, True),
        ({}, True),
    ],
)
def test_not_where_the_order_is_right_as_it_is(exempt, offered):
    """Not even on the card of an opioid beside it."""
    known = facts(**({"order": order(days=30), "prior_use": CONTINUING, "medications": [drug("opioids")]} | exempt))
    assert (ALTERNATIVE in suggested(known)) is offered


def test_at_any_age():
    for years in (10, 45, 80, None):
        assert judged(ALTERNATIVE, facts(age=years, order=order(days=30), prior_use=CONTINUING)) == "offered"


def test_the_label_says_the_days():
    assert answer(case())["long-term-use"][0][0] == "Keep current dose, 28 days, no repeats, and agree a taper"
    assert answer(case(10))["long-term-use"][0][0] == "Keep current dose, 10 days, no repeats, and agree a taper"


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"prior_use": PriorUse(covered_days=28)}, "new-course"),
        ({"order": order(form=Form.PARENTERAL)}, "no-plain-course"),
        ({"order": order(single_dose=True)}, "no-plain-course"),
        ({"order": order(stepped=True)}, "is-a-taper"),
        ({"order": order(reasons=["sedative-withdrawal"])}, "is-a-taper"),
    ],
)
def test_why_it_is_not_mentioned(about, why):
    continuing = PriorUse(covered_days=29, continuing=True)
    assert verdict("sg-taper", facts(**({"prior_use": continuing} | about))).because == why
