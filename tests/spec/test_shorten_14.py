"""sg-shorten-14: two weeks in all, for a new course (ruling 23)."""

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Form
from tests.builders import age, facts, order
from tests.spec.release import Example, judged, told, verdict

ALTERNATIVE = "sg-shorten-14"


def used(days, **more):
    return PriorUse(covered_days=days, **more)


def case(days, earlier=0, **about):
    return facts(order=order(days=days), prior_use=used(earlier), **about)


EXAMPLES = [
    Example(of=ALTERNATIVE, case="a new course of 30 days", facts=case(30), says="offered"),
    Example(of=ALTERNATIVE, case="a new course of 14 days", facts=case(14), says="not applicable"),
    Example(of=ALTERNATIVE, case="no end date", facts=case(None), says="offered"),
    Example(of=ALTERNATIVE, case="12 days after 5 days already supplied", facts=case(12, 5), says="offered"),
    Example(of=ALTERNATIVE, case="12 days after 14 days already supplied", facts=case(12, 14), says="not applicable"),
]


@pytest.mark.parametrize(
    ("days", "earlier", "left"),
    [
        (15, 0, 14),
        (14, 0, None),
        (None, 0, 14),
        (12, 5, 9),
        (9, 5, None),
        (10, 5, 9),
        (None, 5, 9),
        (2, 13, 1),
        (1, 13, None),
        (30, 14, None),
        (None, 14, None),
        (30, 28, None),
    ],
)
def test_what_is_left_of_14_days(days, earlier, left):
    one = case(days, earlier)
    assert judged(ALTERNATIVE, one) == ("not applicable" if left is None else "offered")
    if left is not None:
        assert verdict(ALTERNATIVE, one).values["days"] == left
        assert ("earlier" in verdict(ALTERNATIVE, one).points) is (earlier > 0)


def test_days_already_supplied_are_told():
    assert f"{9} are left" in told(ALTERNATIVE, case(30, 5))


def test_never_for_a_continuing_user():
    assert judged(ALTERNATIVE, facts(order=order(days=90), prior_use=used(29, continuing=True))) == "not applicable"


@pytest.mark.parametrize(
    "more",
    [
        {"form": Form.RESCUE, "days": None},
        {"form": Form.PARENTERAL, "days": 30},
        {"single_dose": True, "days": None},
        {"stepped": True, "days": 60},
    ],
)
def test_only_a_plain_course_by_mouth(more):
    assert judged(ALTERNATIVE, facts(order=order(**more))) == "not applicable"


@pytest.mark.parametrize("years", [5, 17, 80, None, age(60, maximum=70)])
def test_at_any_age(years):
    assert judged(ALTERNATIVE, case(30, age=years)) == "offered"


@pytest.mark.parametrize("section", ["medications", "statements"])
def test_earlier_supplies_that_could_not_be_looked_at_are_said(section):
    incomplete = facts(order=order(days=30), prior_use=PriorUse(missing=(section,)))
    assert "unlooked" in verdict(ALTERNATIVE, incomplete).points
    assert "not taken regularly" in told(ALTERNATIVE, incomplete)


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"prior_use": PriorUse(covered_days=29, continuing=True)}, "continuing"),
        ({"order": order(days=60, form=Form.PARENTERAL)}, "no-plain-course"),
        ({"order": order(days=60, single_dose=True)}, "no-plain-course"),
        ({"order": order(days=60, stepped=True)}, "no-plain-course"),
        ({"order": order(days=60), "prior_use": PriorUse(covered_days=14)}, "nothing-left"),
        ({"order": order(days=14)}, "short"),
    ],
)
def test_why_it_is_not_mentioned(about, why):
    assert verdict(ALTERNATIVE, facts(**about)).because == why


def test_what_is_said_of_a_new_course_and_of_one_after_other_supplies():
    new = verdict(ALTERNATIVE, facts(order=order(days=60)))
    assert (new.points, dict(new.values)) == ((), {"days": 14, "earlier": 0, "most": 14})
    after = verdict(ALTERNATIVE, facts(order=order(days=60), prior_use=PriorUse(covered_days=1)))
    assert (after.points, dict(after.values)) == (("earlier",), {"days": 14 - 1, "earlier": 1, "most": 14})
