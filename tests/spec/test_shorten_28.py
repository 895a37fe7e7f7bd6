"""sg-shorten-28: four weeks in all, for a new course of known length (ruling 23)."""

import pytest

from cds_service.domain.course import PriorUse
from cds_service.domain.orders import Form
from tests.builders import facts, order
from tests.spec.release import Example, judged, suggested, verdict

ALTERNATIVE = "sg-shorten-28"


def case(days, earlier=0, **about):
    return facts(order=order(days=days), prior_use=PriorUse(covered_days=earlier), **about)


EXAMPLES = [
    Example(of=ALTERNATIVE, case="a new course of 60 days", facts=case(60), says="offered"),
    Example(of=ALTERNATIVE, case="a new course of 28 days", facts=case(28), says="not applicable"),
    Example(of=ALTERNATIVE, case="no end date: only 14 days are offered", facts=case(None), says="not applicable"),
]


@pytest.mark.parametrize(
    ("days", "earlier", "left"),
    [(29, 0, 28), (28, 0, None), (None, 0, None), (20, 10, 18), (18, 10, None), (2, 27, 1), (30, 28, None)],
)
def test_what_is_left_of_28_days(days, earlier, left):
    one = case(days, earlier)
    assert judged(ALTERNATIVE, one) == ("not applicable" if left is None else "offered")
    if left is not None:
        assert verdict(ALTERNATIVE, one).values["days"] == left


def test_both_lengths_may_be_offered_and_count_as_one_change():
    assert suggested(case(60))[:2] == ["sg-shorten-14", "sg-shorten-28"]


def test_never_for_a_continuing_user():
    continuing = PriorUse(covered_days=29, continuing=True)
    assert judged(ALTERNATIVE, facts(order=order(days=90), prior_use=continuing)) == "not applicable"


@pytest.mark.parametrize(
    "more", [{"form": Form.RESCUE}, {"form": Form.PARENTERAL}, {"single_dose": True}, {"stepped": True}]
)
def test_only_a_plain_course_by_mouth(more):
    assert judged(ALTERNATIVE, facts(order=order(days=60, **more))) == "not applicable"


@pytest.mark.parametrize("section", ["medications", "statements"])
def test_earlier_supplies_that_could_not_be_looked_at_are_said(section):
    incomplete = facts(order=order(days=60), prior_use=PriorUse(missing=(section,)))
    assert "unlooked" in verdict(ALTERNATIVE, incomplete).points


@pytest.mark.parametrize(
    ("about", "why"),
    [
        ({"prior_use": PriorUse(covered_days=29, continuing=True)}, "continuing"),
        ({"order": order(days=60, form=Form.PARENTERAL)}, "no-plain-course"),
        ({"order": order(days=60, single_dose=True)}, "no-plain-course"),
        ({"order": order(days=60, stepped=True)}, "no-plain-course"),
        ({"order": order(days=60), "prior_use": PriorUse(covered_days=28)}, "nothing-left"),
        ({"order": order(days=28)}, "short-or-unknown"),
    ],
)
def test_why_it_is_not_mentioned(about, why):
    assert verdict(ALTERNATIVE, facts(**about)).because == why


def test_what_is_said_of_a_new_course_and_of_one_after_other_supplies():
    new = verdict(ALTERNATIVE, facts(order=order(days=60)))
    assert (new.points, dict(new.values)) == ((), {"days": 28, "earlier": 0, "most": 28})
    after = verdict(ALTERNATIVE, facts(order=order(days=60), prior_use=PriorUse(covered_days=1)))
    assert (after.points, dict(after.values)) == (("earlier",), {"days": 28 - 1, "earlier": 1, "most": 28})
