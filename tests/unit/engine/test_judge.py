"""Which alternatives are asked, and what holds one of them back before its own check."""

from dataclasses import replace

import pytest

from cds_service.domain.outcome import Declined, Indicator, NotApplicable, Offer, Unfit
from cds_service.engine.assess import assess
from cds_service.engine.judge import judged
from tests.builders import facts
from tests.unit.engine.small_content import CHANGE, alternative, content, finding, rule

BLOCKED = Declined(because="kidney", values={"egfr": 22})


def verdicts(release, case=None):
    return dict(judged((assess(case or facts(), release),), release)[0][0].verdicts)


def seeing(name, seen, **more):
    """An alternative that notes the findings its check is given."""

    def check(case, findings, params):
        seen.update(findings)
        return Offer()

    return replace(alternative(name, **more), check=check)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Offer(), Unfit(because="after:one")),
        (Unfit(because="nothing-to-treat"), Unfit(because="after:one")),
        (ValueError(), Unfit(because="after:one")),
        (BLOCKED, Offer()),
        (replace(BLOCKED, advise=True), Offer()),
    ],
)
def test_a_second_choice_is_considered_only_where_the_first_is_declined(first, second):
    release = content(
        rule("a", finding(), offers=("two", "one")),
        alternatives=(alternative("two", after=("one",)), alternative("one", first)),
    )
    assert verdicts(release)["two"] == second


def test_the_first_choice_is_judged_although_no_card_offers_it():
    release = content(
        rule("a", finding(), offers=("two",)),
        alternatives=(alternative("two", after=("one",)), alternative("one", BLOCKED)),
    )
    assert verdicts(release) == {"one": BLOCKED, "two": Offer()}


def test_an_alternative_that_no_card_offers_is_not_judged():
    release = content(rule("a", NotApplicable(because="no"), offers=("one",)), alternatives=(alternative("one"),))
    assert verdicts(release) == {}


def test_a_check_sees_each_finding_as_loud_as_it_is_shown():
    seen = {}
    release = content(
        rule("a", finding(text_only=True), indicator="critical", offers=("one",)), alternatives=(seeing("one", seen),)
    )
    verdicts(release)
    assert seen["a"].ceiling is Indicator.WARNING


def test_a_heeded_rule_is_seen_although_it_is_not_shown():
    seen = {}
    release = content(
        rule("a", finding(), offers=("one",)),
        rule("b", finding(), gives_way_to={"a": "folded"}),
        rule("c", finding(), gives_way_to={"a": "folded"}),
        alternatives=(seeing("one", seen, heeds=("b",)),),
    )
    verdicts(release)
    assert set(seen) == {"a", "b"}


def test_where_a_heeded_rule_broke_nothing_is_offered():
    release = content(
        rule("a", finding(), offers=("one",)),
        rule("b", ValueError()),
        alternatives=(alternative("one", heeds=("b",)),),
    )
    assert verdicts(release)["one"] == Unfit(because="unjudged:b")


def test_a_heeded_rule_on_trial_counts_all_the_same():
    seen = {}
    release = content(
        rule("a", finding(), offers=("one",)),
        replace(rule("b", finding()), shadow=True),
        alternatives=(seeing("one", seen, heeds=("b",)),),
    )
    verdicts(release)
    assert set(seen) == {"a", "b"}


@pytest.mark.parametrize("kind", ["drug", "combination", "cancel", "service"])
def test_what_replaces_or_removes_an_order_is_held_back_by_any_exemption(kind):
    release = content(
        rule("a", finding(), offers=("one",)),
        alternatives=(alternative("one", kind=kind),),
        exempt=("X",),
        matrix={"a": {"X": "W"}},
    )
    assert verdicts(release)["one"] == Unfit(because="exempt")


@pytest.mark.parametrize(
    ("never_under", "offered"), [((), True), (("Y",), True), (("X",), False), (("Y", "X"), False), (("*",), False)]
)
def test_a_change_is_held_back_by_the_exemptions_it_names(never_under, offered):
    one = alternative("one", kind="change", orders={"default": CHANGE}, never_under=never_under)
    release = content(
        rule("a", finding(), offers=("one",)), alternatives=(one,), exempt=("X",), matrix={"a": {"X": "W"}}
    )
    assert isinstance(verdicts(release)["one"], Offer) is offered
    free = content(rule("a", finding(), offers=("one",)), alternatives=(one,))
    assert isinstance(verdicts(free)["one"], Offer)
